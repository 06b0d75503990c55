"""Group commit: repeats, restarts, torn files, and what comes at the wrong time."""

from __future__ import annotations

import struct
import zlib
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
from wardround.history.commit_log import CommitLog, Record
from wardround.history.engine import engine
from wardround.history.errors import BatchChanged, EngineError
from wardround.history.passed import Passed
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
    (sealed,) = log.seal()
    assert sealed is not None
    data = sealed.path.read_bytes()
    ends = np.cumsum([24, *(sum(map(len, record.encode())) for record in RECORDS)]).tolist()
    for length in range(len(data) + 1):
        sealed.path.write_bytes(data[:length])
        left = CommitLog(tmp_path / "log").left_behind()
        whole = sum(end <= length for end in ends[1:])
        assert [file.records for file in left] == ([RECORDS[:whole]] if whole else [])
        assert all(file.name == sealed.name for file in left)


@pytest.mark.parametrize("place", [0, 24 + 40], ids=["its mark", "its first record"])
def test_damage_before_whole_records_is_told_and_kept_and_they_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], place: int
) -> None:
    log = CommitLog(tmp_path / "log")
    log.append(RECORDS)
    (sealed,) = log.seal()
    assert sealed is not None
    data = bytearray(sealed.path.read_bytes())
    data[place] ^= 1
    sealed.path.write_bytes(data)
    again = CommitLog(tmp_path / "log")
    (left,) = again.left_behind()
    damaged = place > 0
    assert left.records == RECORDS[damaged:]
    assert bool(left.lost) == damaged == ("damaged" in capsys.readouterr().err)
    again.done(left)
    kept = [path.read_bytes() for path in (tmp_path / "log").glob("*.refused")]
    assert kept == ([bytes(data)] if damaged else [])
    assert not list((tmp_path / "log").glob("*.rows"))


def test_a_damaged_end_ends_the_log_before_it(tmp_path: Path) -> None:
    """It looks like what a crash leaves."""
    log = CommitLog(tmp_path / "log")
    log.append(RECORDS)
    (sealed,) = log.seal()
    assert sealed is not None
    data = bytearray(sealed.path.read_bytes())
    data[-1] ^= 1
    sealed.path.write_bytes(data)
    (left,) = CommitLog(tmp_path / "log").left_behind()
    assert (left.records, left.lost) == (RECORDS[:-1], 0)


def test_a_file_that_is_none_of_ours_stays_where_it_is(tmp_path: Path) -> None:
    log = CommitLog(tmp_path / "log")
    stray = tmp_path / "log" / "copy.rows"
    stray.write_bytes(b"somebody's")
    assert log.left_behind() == []
    assert stray.exists()


def test_names_survive_a_torn_end_and_stay_few(tmp_path: Path) -> None:
    path = tmp_path / "batches"
    passed = Passed(path)
    passed.learn(RECORDS)
    passed.keep(RECORDS)
    path.write_bytes(path.read_bytes() + b"torn")
    again = Passed(path)
    assert [again.rows(record) for record in RECORDS] == [1, 2, 3, 4]
    again.keep(RECORDS[:1])
    assert path.stat().st_size == 5 * 36


@pytest.mark.parametrize("before", ["names", "passed"])
def test_names_of_an_earlier_version_are_taken_over_without_what_it_did_not_keep(
    tmp_path: Path, before: str
) -> None:
    """Names alone, or their digests too; never how many rows there were."""
    digest = bytes(range(16))
    known = [Record(record.database, record.token, record.rows, digest) for record in RECORDS]
    entries = (record.name + (digest if before == "passed" else b"") for record in known)
    (tmp_path / before).write_bytes(b"".join(entries) + b"torn")
    for _ in range(2):
        passed = Passed(tmp_path / "batches")
        assert [passed.rows(record) for record in known] == [0] * len(known)
        assert passed.rows(Record("wardround", "another", b"", digest)) is None
        assert not (tmp_path / before).exists()
    changed = Record(known[0].database, known[0].token, b"", bytes(range(1, 17)))
    if before == "passed":
        with pytest.raises(EngineError):
            passed.rows(changed)


def test_a_log_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    name = new_id()
    written = b"WRLOG001" + name.bytes
    for record in RECORDS:
        names = record.token.encode() + record.database.encode()
        lengths = len(record.token), len(record.database)
        head = struct.pack("<IIHH", len(record.rows), zlib.crc32(names + record.rows), *lengths)
        written += head + names + record.rows
    (tmp_path / "log" / "000000000001.rows").write_bytes(written)
    (left,) = CommitLog(tmp_path / "log").left_behind()
    assert (left.records, left.name, left.lost) == (RECORDS, str(name), 0)


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
@pytest.mark.parametrize("crash", ["none", "at once", "after it was inserted"])
def test_other_content_under_the_same_batch_id_is_told_and_not_stored(
    tmp_path: Path, running: server.RunningServer, crash: str
) -> None:
    key, other = (SeriesKey(f"m_{new_id().hex}", new_id()) for _ in range(2))
    sent = batch({key: every(1, [1.0] * 10, start=NOON)})
    changes = [
        batch({key: every(1, [1.0] * 9 + [2.0], start=NOON)}, batch_id=sent.batch_id),
        batch({key: every(1, [1.0] * 11, start=NOON)}, batch_id=sent.batch_id),
        batch({key: every(1, [1.0] * 10, start=NOON + HOUR)}, batch_id=sent.batch_id),
        batch({other: every(1, [1.0] * 10, start=NOON)}, batch_id=sent.batch_id),
    ]
    actions.append(sent, at=NOON + 2 * HOUR)
    if crash != "none":
        if crash != "at once":
            assert count(key) == 10
        running.kill()
        password = urlsplit(running.url).password or ""
        running = server.start(tmp_path / "history", running.port, password=password)
    with running:
        for changed in changes:
            with pytest.raises(BatchChanged) as told:
                actions.append(changed, at=NOON + 2 * HOUR)
            assert told.value.status == 409
        assert actions.append(sent, at=NOON + 2 * HOUR) == AppendReport(10, {})
        assert (count(key), count(other)) == (10, 0)


class _BeginsAnew:
    """The lock on the series that are known; another thread makes their memory begin anew as soon
    as it is free.
    """

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_error: object) -> None:
        other = SeriesKey(f"m_{new_id().hex}", new_id())
        known = actions._known[engine()]
        known._begin()
        known.places([SeriesList((other,))])


@pytest.mark.servers
@pytest.mark.usefixtures("history")
def test_a_batch_is_the_same_whatever_other_threads_make_of_the_known_series(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = SeriesKey(f"m_{new_id().hex}", new_id())
    sent = batch({key: every(1, [1.0] * 10, start=NOON)})
    actions.append(sent, at=NOON + HOUR)
    monkeypatch.setattr(actions, "_known_lock", _BeginsAnew())
    assert actions.append(sent, at=NOON + HOUR) == AppendReport(10, {})
    assert count(key) == 10


@pytest.mark.servers
@pytest.mark.usefixtures("history")
def test_a_batch_of_which_less_is_taken_the_second_time_is_the_same_batch() -> None:
    """Samples grow too old while it waits."""
    key, now = SeriesKey(f"m_{new_id().hex}", new_id()), clock.now()
    sent = batch({key: [(now - 30 * DAY + HOUR, 1.0), (now, 0.1)]})
    assert actions.append(sent, at=now) == AppendReport(2, {})
    later = actions.append(sent, at=now + 2 * HOUR)
    assert later == AppendReport(1, {Refusal.TOO_OLD: 1})


@pytest.mark.servers
@pytest.mark.usefixtures("history")
def test_what_was_ahead_of_the_clock_at_first_is_not_told_as_stored_later() -> None:
    """Nothing of a batch is stored when it comes again, also not what is no longer ahead."""
    key, now = SeriesKey(f"m_{new_id().hex}", new_id()), clock.now()
    sent = batch({key: [(now - HOUR, 1.0), (now + HOUR / 6, 2.0), (now + HOUR / 5, 3.0)]})
    for at, refused in [(now, 2), (now + HOUR / 10, 2), (now + HOUR, 2)]:
        assert actions.append(sent, at=at) == AppendReport(1, {Refusal.FUTURE: refused})
    query = RangeQuery(key.metric, (key.item,), now - 2 * HOUR, now + HOUR, None)
    (found,) = queries.samples(query, now=now + HOUR).series
    assert found.value.tolist() == [1.0]


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
