"""What is in memory answers as the tables do, or leaves the answer to them."""

from __future__ import annotations

import math
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.history.batches import batch, every
from wardround.history import actions, grouping, queries, server
from wardround.history.blocks import DOUBLE, Rows
from wardround.history.hot import Hot
from wardround.history.types import Aggregate, FleetQuery, SeriesKey
from wardround.kernel import clock
from wardround.kernel.ids import new_id

NOW = 1_800_000_000 // 300 * 300 + 120
HOUR = timedelta(hours=1)
SIMPLE = (Aggregate.AVG, Aggregate.MIN, Aggregate.MAX, Aggregate.SUM, Aggregate.LAST,
          Aggregate.COUNT)  # fmt: skip


def rows(samples: list[tuple[int, int, float]]) -> Rows:
    series, at, value = zip(*samples, strict=True) if samples else ((), (), ())
    number = np.array(value, np.float64).view(np.int64)
    return Rows(
        np.array(series, np.uint64),
        np.array(at, np.int64) * 1000,
        number,
        np.full(len(samples), DOUBLE, np.int8),
    )


NUMBERS = st.one_of(st.floats(-1e6, 1e6), st.just(math.nan))
SAMPLES = st.tuples(st.integers(1, 4), st.integers(NOW - 9000, NOW + 300), NUMBERS)


@settings(max_examples=200, deadline=None)
@given(
    batches=st.lists(st.lists(SAMPLES, max_size=20), max_size=5),
    since=st.integers(-11, 0),
    width=st.integers(1, 13),
    compiled=st.booleans(),
)
def test_cells_are_plain_arithmetic_over_the_last_hour(
    batches: list[list[tuple[int, int, float]]],
    since: int,
    width: int,
    compiled: bool,  # noqa: FBT001
) -> None:
    hot = Hot(complete_from=0, clock=lambda: NOW)
    for samples in batches:
        if compiled:
            for piece in grouping.together([rows(samples)], 7):
                hot.take(piece, together=True)
        else:
            hot.take(rows(samples))
    begin = (NOW // 300 + since) * 300
    end = begin + width * 300
    end = min(end, (NOW // 300 + 2) * 300)
    cells, complete, _ = hot.cells(np.array([1, 2, 3, 4, 5], np.uint64), begin, end)
    assert complete
    for series, cell in enumerate(cells, start=1):
        inside = [
            (at, value)
            for samples in batches
            for number, at, value in samples
            if number == series and begin <= at < end and not math.isnan(value)
        ]
        values = [value for _, value in inside]
        assert cell["count"] == len(values)
        if values:
            assert (cell["low"], cell["high"]) == (min(values), max(values))
            assert cell["total"] == pytest.approx(math.fsum(values), abs=1e-6)
            assert cell["last_at"] == max(at for at, _ in inside) * 1000


def test_what_began_after_the_question_does_not_answer_for_all_of_it() -> None:
    moment = [float(NOW)]
    hot = Hot(complete_from=NOW + 1, clock=lambda: moment[0])
    hot.take(rows([(1, NOW, 1.0)]))
    assert not hot.cells(np.array([1], np.uint64), NOW - 3600, NOW + 300)[1]
    moment[0] += 4500
    assert hot.cells(np.array([1], np.uint64), (NOW // 300 + 3) * 300, NOW + 4500)[1]
    assert not hot.cells(np.array([1], np.uint64), NOW // 300 * 300 - 3600, NOW)[1]


def test_a_clock_that_is_set_back_leaves_the_answer_to_the_tables() -> None:
    moment = [float(NOW)]
    hot = Hot(complete_from=0, clock=lambda: moment[0])
    hot.take(rows([(1, NOW, 1.0)]))
    assert hot.cells(np.array([1], np.uint64), NOW - 3600, NOW + 300)[1]
    moment[0] -= 3600
    hot.take(rows([(1, NOW - 3600, 1.0)]))
    assert not hot.cells(np.array([1], np.uint64), NOW - 7200, NOW - 3300)[1]
    moment[0] += 3900  # the same hour once more: what was heard the first time is in the tables
    begin = (NOW // 300 - 11) * 300
    assert not hot.cells(np.array([1], np.uint64), begin, begin + 3600)[1]


def fleet(metric: str, aggregate: Aggregate) -> list[tuple[SeriesKey, float]]:
    now = clock.now()
    found = queries.fleet(FleetQuery(metric, aggregate, now - HOUR, now, top=3))
    return [(row.key, row.value) for row in found]


@pytest.mark.servers
def test_memory_and_tables_rank_a_fleet_alike_also_after_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    metric, now = f"m_{new_id().hex}", clock.now()
    keys = [SeriesKey(metric, new_id()) for _ in range(5)]
    sent = {
        key: every(300, [float(i * j % 7) for j in range(11)], start=now - timedelta(minutes=50))
        for i, key in enumerate(keys)
    }
    with server.start(tmp_path / "history") as running:
        monkeypatch.setenv("WARDROUND_HISTORY_URL", running.url)
        actions.migrate()
        actions.append(batch(sent))
        warm = [fleet(metric, aggregate) for aggregate in SIMPLE]
        newest = {found.key: (found.at, found.value) for found in queries.latest([metric])}
        running.kill()
    password = urlsplit(running.url).password or ""
    with server.start(tmp_path / "history", running.port, password=password):
        assert [fleet(metric, aggregate) for aggregate in SIMPLE] == [
            [(key, pytest.approx(value)) for key, value in ranked] for ranked in warm
        ]
        assert newest == {found.key: (found.at, found.value) for found in queries.latest([metric])}
        assert len(newest) == 5
        actions.append(batch({keys[0]: [(clock.now(), 99.0)]}))
        again = {found.key: found.value for found in queries.latest([metric])}
        assert again == {key: value for key, (_, value) in newest.items()} | {keys[0]: 99.0}
        # One that comes late is all that memory has of its series, and not its newest.
        actions.append(batch({keys[1]: [(now - timedelta(minutes=30), 77.0)]}))
        assert again == {found.key: found.value for found in queries.latest([metric])}
