"""Group commit: repeats, restarts, torn files, and what comes at the wrong time."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.history.batches import NOON, batch, every
from wardround.history import actions, queries, rolling, rules, server
from wardround.history.commit_log import CommitLog, Names, Record
from wardround.history.engine import engine
from wardround.history.types import (
    Aggregate,
    AppendReport,
    RangeQuery,
    Refusal,
    SampleBatch,
    SeriesKey,
    SeriesList,
)
from wardround.kernel import clock
from wardround.kernel.ids import new_id

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
RECORDS = [Record("wardround", f"token-{i}", bytes(range(25)) * i) for i in range(1, 5)]


def test_a_torn_log_gives_back_exactly_the_whole_records(tmp_path: Path) -> None:
    """Cut after every byte: what a crash leaves of a write that was not acknowledged."""
    log = CommitLog(tmp_path / "log")
    log.append(RECORDS)
    sealed = log.seal()
    assert sealed is not None
    data = sealed.path.read_bytes()
    ends = np.cumsum([24, *(sum(map(len, record.encode())) for record in RECORDS)]).tolist()
    for length in range(len(data) + 1):
        sealed.path.write_bytes(data[:length])
        left = CommitLog(tmp_path / "log").left_behind()
        whole = sum(end <= length for end in ends[1:])
        assert [file.records for file in left] == ([RECORDS[:whole]] if whole else [])
        assert all(file.name == sealed.name for file in left)


def test_a_damaged_record_ends_the_log_before_it(tmp_path: Path) -> None:
    log = CommitLog(tmp_path / "log")
    log.append(RECORDS)
    sealed = log.seal()
    assert sealed is not None
    data = bytearray(sealed.path.read_bytes())
    data[24 + sum(map(len, RECORDS[0].encode())) + 40] ^= 1
    sealed.path.write_bytes(data)
    (left,) = CommitLog(tmp_path / "log").left_behind()
    assert left.records == RECORDS[:1]


def test_names_survive_a_torn_end_and_stay_few(tmp_path: Path) -> None:
    path = tmp_path / "names"
    names = Names(path)
    names.learn([record.name for record in RECORDS])
    names.keep([record.name for record in RECORDS])
    path.write_bytes(path.read_bytes() + b"torn")
    again = Names(path)
    assert all(record.name in again for record in RECORDS)
    again.keep([RECORDS[0].name])
    assert path.stat().st_size == 5 * 16


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[server.RunningServer]:
    with server.start(tmp_path / "history") as started:
        monkeypatch.setenv("WARDROUND_HISTORY_URL", started.url)
        actions.migrate()
        yield started


def count(key: SeriesKey) -> float:
    query = RangeQuery(key.metric, (key.item,), NOON, NOON + DAY, HOUR, Aggregate.COUNT)
    found = queries.samples(query, now=NOON + DAY).series
    return float(sum(series.value.sum() for series in found))


@pytest.mark.servers
@pytest.mark.parametrize("pause", ["at once", "after it was inserted"])
def test_a_batch_repeated_after_a_crash_of_the_store_counts_once(
    tmp_path: Path, running: server.RunningServer, pause: str
) -> None:
    """The writer saw no answer, or did and ended before it noted that."""
    key = SeriesKey(f"m_{new_id().hex}", new_id())
    sent = batch({key: every(1, [1.0] * 1000, start=NOON)})
    actions.append(sent, at=NOON + HOUR)
    if pause != "at once":
        assert count(key) == 1000
    running.kill()
    password = urlsplit(running.url).password or ""
    with server.start(tmp_path / "history", running.port, password=password) as again:
        for _ in range(2):
            assert actions.append(sent, at=NOON + HOUR) == AppendReport(1000, {})
        assert count(key) == 1000
        again.stop()
    with server.start(tmp_path / "history", running.port, password=password):
        actions.append(sent, at=NOON + HOUR)
        assert count(key) == 1000


@pytest.mark.servers
@pytest.mark.usefixtures("history")
def test_the_past_of_a_year_is_taken_as_far_as_samples_are_kept() -> None:
    key, now = SeriesKey(f"m_{new_id().hex}", new_id()), clock.now()
    sent = every(3600, [float(i) for i in range(365 * 24)], start=now - 365 * DAY + HOUR / 2)
    report = actions.append(batch({key: sent}), at=now)
    assert report.accepted + report.refused[Refusal.TOO_OLD] == len(sent)
    assert 30 * 24 - 1 <= report.accepted <= 30 * 24
    query = RangeQuery(key.metric, (key.item,), now - 31 * DAY, now, DAY, Aggregate.COUNT)
    (found,) = queries.samples(query, now=now).series
    assert found.value.sum() == report.accepted


@pytest.mark.servers
@pytest.mark.usefixtures("history")
def test_very_many_new_series_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than are told to the store in one insert."""
    monkeypatch.setattr(actions, "MAX_SERIES_TOLD", 4_000)
    metric = f"m_{new_id().hex}"
    keys = tuple(SeriesKey(metric, new_id()) for _ in range(10_000))
    sent = SampleBatch(
        new_id(),
        (SeriesList(keys),),
        np.arange(len(keys), dtype=np.int32),
        np.full(len(keys), round(clock.now().timestamp() * 1000)),
        np.arange(len(keys), dtype=np.float64),
    )
    assert actions.append(sent).accepted == len(keys)
    newest = {found.key: found.value for found in queries.latest([metric])}
    assert newest == {key: float(i) for i, key in enumerate(keys)}


@pytest.mark.servers
@pytest.mark.usefixtures("running")
def test_a_clock_that_jumps_back_an_hour_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The duty ran an hour ahead; then the same hour comes again, and its samples with it."""
    monkeypatch.setattr(rules, "NARROW_SAMPLES", 0)
    key = SeriesKey("m", new_id())
    now = clock.now()
    for at in (now, now + HOUR, now, now + timedelta(minutes=10)):
        while actions.roll_up(at=at + timedelta(minutes=10)):
            pass
        actions.append(batch({key: every(15, [1.0] * 40, start=at)}), at=at + timedelta(minutes=10))
    while actions.roll_up(at=now + 3 * HOUR):
        pass
    assert rolling.rolling(engine(), fresh=True).touched == ()
    query = RangeQuery("m", (key.item,), now - HOUR, now + 2 * HOUR, HOUR, Aggregate.COUNT)
    (found,) = queries.samples(query, now=now + 3 * HOUR).series
    assert found.value.sum() == 160


BITS = st.integers(0, 2**64 - 1).map(lambda bits: struct.unpack("<d", struct.pack("<Q", bits))[0])
DIGITS = st.tuples(st.integers(-(10**15), 10**15), st.integers(0, 14)).map(
    lambda pair: float(f"{pair[0]}e-{pair[1]}")
)


@pytest.mark.servers
@pytest.mark.usefixtures("history")
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(values=st.lists(st.one_of(BITS, DIGITS), min_size=1, max_size=200))
def test_every_bit_comes_back_from_the_store(values: list[float]) -> None:
    key = SeriesKey(f"m_{new_id().hex}", new_id())
    actions.append(batch({key: every(1, values, start=NOON)}), at=NOON + HOUR)
    query = RangeQuery(key.metric, (key.item,), NOON, NOON + HOUR, None)
    (found,) = queries.samples(query, now=NOON + HOUR).series
    sent = np.array(values, np.float64)
    assert found.value.view(np.uint64).tolist() == sent.view(np.uint64).tolist()
