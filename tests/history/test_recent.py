"""The newest samples in memory: bit by bit what came, or no answer at all."""

from __future__ import annotations

import math
import struct
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.history.batches import batch, every
from wardround.history import actions, chunks, queries, rules, server, stepping, unpacking
from wardround.history.blocks import DOUBLE, Rows
from wardround.history.engine import engine
from wardround.history.recent import EVERYTHING, Recent
from wardround.history.steps import ASK, CODES, by_step
from wardround.history.types import Aggregate, RangeQuery, SeriesKey
from wardround.kernel import clock
from wardround.kernel.ids import new_id

Sample = tuple[int, int, int, int]
"""Series, moment, number, code."""

NUMBERS = st.one_of(
    st.integers(-(2**63), 2**63 - 1),
    st.integers(0, 1000),
    st.floats(width=64).map(lambda value: struct.unpack("<q", struct.pack("<d", value))[0]),
)
MOMENTS = st.one_of(
    st.integers(0, 300).map(lambda n: 1_800_000_000_000 + 15_000 * n),
    st.integers(1_800_000_000_000, 1_800_000_900_000),
    st.integers(-(2**62), 2**62),
)
SAMPLES = st.tuples(
    st.sampled_from([1, 2, 2**63, 2**64 - 1]), MOMENTS, NUMBERS, st.sampled_from([DOUBLE, 0, 3, 35])
)


def ready(budget: int = 1 << 20, complete_from: int = EVERYTHING) -> Recent:
    recent = Recent(budget, complete_from=complete_from)
    deadline = time.monotonic() + 60
    while recent.window(2**62, 2**62) is None and not recent.full:
        assert time.monotonic() < deadline
        time.sleep(0.01)  # its code is loaded beside us
    return recent


def rows(samples: list[Sample]) -> Rows:
    series, at, number, code = zip(*samples, strict=True) if samples else ((), (), (), ())
    return Rows(
        np.array(series, np.uint64), np.array(at, np.int64), np.array(number, np.int64),
        np.array(code, np.int8),
    )  # fmt: skip


def told(recent: Recent, series: list[int], since: int, until: int) -> list[list[Sample]] | None:
    found = recent.window(since, until)
    if found is None:
        return None
    listed = list(zip(*(column.tolist() for column in found[0]), strict=True))
    return [[sample for sample in listed if sample[0] == one] for one in series]


def stepped(
    recent: Recent, series: list[int], aggregate: Aggregate, *, since: int, until: int, step: int
) -> list[tuple[list[int], list[float]]] | None:
    begin = since - (5 * step if aggregate.grows else 0)
    asks = [(one, CODES[aggregate], step, begin, since, until) for one in series]
    found = recent.steps(np.frombuffer(np.array(asks, ASK).tobytes(), ASK))
    if found is None:
        return None
    counts, points = found
    ends = np.cumsum(counts).tolist()
    return [
        (points.at[end - count : end].tolist(), points.value[end - count : end].tolist())
        for end, count in zip(ends, counts.tolist(), strict=True)
    ]


@settings(max_examples=80, deadline=None)
@given(
    batches=st.lists(st.lists(SAMPLES, max_size=120), max_size=6),
    since=MOMENTS,
    until=MOMENTS,
)
def test_it_gives_back_every_bit_in_order(
    batches: list[list[Sample]], since: int, until: int
) -> None:
    recent = ready()
    for samples in batches:
        recent.take(rows(samples))
    sent = [sample for samples in batches for sample in samples]
    asked = [2**64 - 1, 1, 2, 7, 2**63]
    found = told(recent, asked, since, until)
    assert found is not None
    for series, samples in zip(asked, found, strict=True):
        expected = [s for s in sent if s[0] == series and since <= s[1] < until]
        assert [s[1] for s in samples] == sorted(s[1] for s in expected)
        assert sorted(samples) == sorted(expected)


BEGIN = 1_800_000_000_000
STEPPED = st.tuples(
    st.integers(0, 900_000).map(lambda ms: BEGIN + ms),
    st.one_of(st.integers(-999, 999).map(lambda n: n / 4), st.just(math.nan), st.floats(-9, 9)),
)


@settings(max_examples=80, deadline=None)
@given(
    samples=st.lists(STEPPED, max_size=200, unique_by=lambda sample: sample[0]),
    aggregate=st.sampled_from(Aggregate),
    step=st.sampled_from([1000, 60_000, 300_000]),
    span=st.tuples(st.integers(0, 12), st.integers(1, 12)),
)
def test_its_values_by_step_are_those_of_the_samples(
    samples: list[tuple[int, float]], aggregate: Aggregate, step: int, span: tuple[int, int]
) -> None:
    recent = ready()
    recent.take(rows([(4, at, int(np.float64(v).view(np.int64)), DOUBLE) for at, v in samples]))
    since = BEGIN + span[0] * 60_000 // step * step
    until = since + span[1] * max(step, 60_000)
    found = stepped(recent, [3, 4], aggregate, since=since, until=until, step=step)
    begin = since - (5 * step if aggregate.grows else 0)
    inside = sorted(sample for sample in samples if begin <= sample[0] < until)
    at, value = (np.array([sample[i] for sample in inside]) for i in (0, 1))
    moments, values = by_step(
        at.astype(np.int64), value.astype(float), aggregate=aggregate, step=step, since=since
    )
    assert found == [([], []), (moments.tolist(), pytest.approx(values.tolist(), abs=1e-9))]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 2**40), min_size=64, max_size=64), st.integers(0, 60))
def test_a_row_that_is_full_keeps_every_width_of_bits(numbers: list[int], shift: int) -> None:
    recent = ready()
    sent = [(5, 1000 * i, number >> (shift % 40), 2) for i, number in enumerate(numbers)]
    recent.take(rows(sent))
    assert told(recent, [5], 0, 64_000) == [sent]


def test_what_the_budget_does_not_hold_is_left_to_the_tables() -> None:
    recent = ready(budget=64 * 1024)
    sent = [(1, 1000 * i, hash(("noise", i)), DOUBLE) for i in range(50_000)]
    for start in range(0, len(sent), 1000):
        recent.take(rows(sent[start : start + 1000]))
    assert told(recent, [1], 0, 50_000_000) is None
    begin = next(i for i in range(0, 50_000, 64) if told(recent, [1], 1000 * i, 50_000_000))
    assert 0 < begin < 49_900
    assert told(recent, [1], 1000 * begin, 50_000_000) == [sent[begin:]]
    assert told(recent, [1], 1000 * begin, 1000 * begin + 5000) == [sent[begin : begin + 5]]
    assert recent.figures().bytes < 64 * 1024 + 1024 * 1200


def test_more_series_than_it_has_room_for_are_left_to_the_tables() -> None:
    recent = ready(budget=1 << 20)
    recent.take(rows([(series, 1000, series, 0) for series in range(1, 5001)]))
    last = partial(stepped, recent, aggregate=Aggregate.LAST, since=0, until=2000, step=1000)
    assert last([1]) == [([1000], [1.0])]
    assert last([5000]) is None
    assert last([1, 5000]) is None
    assert recent.window(0, 2000) is None
    recent.take(rows([(1, 1500, 7, 0), (5000, 1500, 8, 0)]))
    assert last([1]) == [([1000], [7.0])]


def test_series_that_ended_make_room_for_new_ones() -> None:
    recent = ready(budget=1 << 20)
    width = 100
    for turn in range(14):
        fresh = [
            (turn * width + series + 1, 1000 * (turn * 1024 + i), hash((turn, series, i)), DOUBLE)
            for i in range(1024)
            for series in range(width)
        ]
        recent.take(rows(fresh))
    assert not recent.full
    begin = 1000 * (14 * 1024 - 64)
    assert told(recent, [13 * width + 1], begin, begin + 64_000) == [
        [sample for sample in fresh if sample[0] == 13 * width + 1][-64:]
    ]


def test_what_began_before_it_is_left_to_the_tables() -> None:
    recent = ready(complete_from=5000)
    recent.take(rows([(1, 4000, 1, 0), (1, 6000, 2, 0)]))
    assert told(recent, [1], 4999, 9000) is None
    assert told(recent, [1], 5000, 9000) == [[(1, 6000, 2, 0)]]


def test_a_window_is_all_series_by_number_and_moment_some_at_a_time() -> None:
    recent = ready()
    sent = [
        (9, 1000, 1, 0),
        (2, 3000, 2, 0),
        (2, 2000, 3, 0),
        (2**64 - 1, 4, 4, 0),
        (4, 9000, 4, 0),
    ]
    recent.take(rows(sent))
    inside = sorted(sample for sample in sent if sample[1] < 5000)
    for limit in (1, 2, 3, 1000):
        listed: list[Sample] = []
        after, pages = 0, 0
        while pages == 0 or after:
            found = recent.window(0, 5000, after=after, limit=limit)
            assert found is not None
            samples, after = found
            listed += zip(*(column.tolist() for column in samples), strict=True)
            pages += 1
        assert listed == inside
        assert (pages == 1) == (limit == 1000)


def test_each_function_is_compiled_once() -> None:
    """Another type of an argument would compile for seconds in the middle of a question."""
    recent = ready()
    recent.take(rows([(1, 1000, 1, 0)]))
    stepped(recent, [1, 2], Aggregate.P95, since=0, until=2000, step=1000)
    recent.window(0, 2000)
    functions = (
        chunks.take, chunks.move, unpacking.bound, unpacking.gather, stepping.step_by_step,
    )  # fmt: skip
    for function in functions:
        assert len(function.signatures) == 1  # type: ignore[union-attr]


HOUR = timedelta(hours=1)


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[server.RunningServer]:
    with server.start(tmp_path / "history") as started:
        monkeypatch.setenv("WARDROUND_HISTORY_URL", started.url)
        actions.migrate()
        yield started


def page(key: SeriesKey) -> list[tuple[list[int], list[float]]]:
    now = clock.now()
    asked = [
        RangeQuery(key.metric, (key.item,), now - HOUR, now, timedelta(minutes=1), aggregate)
        for aggregate in Aggregate
    ]
    return [
        (series.at.tolist(), series.value.tolist())
        for answer in queries.samples_of(asked)
        for series in answer.series
    ]


def last_hour(key: SeriesKey) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    until = rules.milliseconds(clock.now())
    ask = rules.series_id(key), CODES[Aggregate.AVG], 60_000, until - 3_600_000, 0, until
    return np.array([ask], ASK)


@pytest.mark.servers
def test_memory_and_tables_answer_a_page_alike_also_after_a_restart(
    tmp_path: Path, running: server.RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    key = SeriesKey(f"m_{new_id().hex}", new_id())
    values = [float(i * i % 17) / 8 for i in range(200)]
    sent = every(15, values, start=now - timedelta(minutes=51))
    actions.append(batch({key: [*sent[1::2], *sent[::2]]}))
    deadline = time.monotonic() + 60
    while engine().steps(last_hour(key)) is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)  # until its code is there
    warm = page(key)
    assert len(warm) == len(Aggregate)
    monkeypatch.setattr(type(engine()), "steps", lambda *_: None)
    assert page(key) == warm
    monkeypatch.undo()
    monkeypatch.setenv("WARDROUND_HISTORY_URL", running.url)
    running.kill()
    password = urlsplit(running.url).password or ""
    with server.start(tmp_path / "history", running.port, password=password):
        actions.append(batch({key: [(clock.now(), 99.0)]}))
        assert engine().steps(last_hour(key)) is None
        assert page(key)[0][1][:40] == warm[0][1][:40]
        assert page(key)[1][1][-1] in {99.0, warm[1][1][-1]}
