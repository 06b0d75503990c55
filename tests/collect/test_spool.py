"""What was accepted is there after any end, comes once under one id, and makes room when told."""

from __future__ import annotations

import asyncio
import errno
import gc
import os
import signal
import subprocess
import sys
import weakref
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.collect.scrapes import AT, ITEM, layout, scrape
from wardround.collect import spool_format as form
from wardround.collect import spool_reader, spool_segments
from wardround.collect.delivery import Delivery
from wardround.collect.errors import SpoolFailed, SpoolInUse
from wardround.collect.exposition_types import NO_TIME
from wardround.collect.spool import Leftover, Spool
from wardround.collect.spool_reader import SpoolReader
from wardround.collect.spool_segments import SEGMENT_BYTES
from wardround.collect.types import Layout
from wardround.history.errors import BatchChanged, BatchMalformed, HistoryUnavailable
from wardround.history.types import AppendReport, Refusal, SampleBatch, SeriesKey
from wardround.kernel.errors import WardroundError


@dataclass
class Store:
    """History as the contract says: a batch sent again under its id changes nothing."""

    fails: int = 0
    samples: Counter[tuple[str, int, float]] = field(default_factory=Counter)
    ids: list[UUID] = field(default_factory=list)

    def append(self, batch: SampleBatch) -> AppendReport:
        if self.fails:
            self.fails -= 1
            raise HistoryUnavailable(reason="test")
        if batch.batch_id not in self.ids:
            for index, at, value in zip(batch.series_index, batch.at, batch.value, strict=True):
                self.samples[batch.keys[index].metric, int(at), float(value)] += 1
        self.ids.append(batch.batch_id)
        return AppendReport(accepted=len(batch), refused={})


def put(spool: Spool, *batches: object) -> None:
    async def together() -> None:
        await asyncio.gather(*(spool.accept(one) for one in batches))  # type: ignore[arg-type]

    asyncio.run(together())


def delivered(spool: Spool, store: Store | None = None) -> Store:
    store = store or Store()
    assert Delivery(spool, store.append).drain()
    return store


def test_what_goes_in_comes_out(tmp_path: Path) -> None:
    spool = Spool.open(tmp_path)
    shape, other = layout(3), layout(2, metric="temperature")
    put(
        spool,
        scrape(shape),
        scrape(other, first=7),
        scrape(shape, first=10, at=AT + timedelta(seconds=5)),
    )
    own = scrape(other, first=9, times_ms=[1_000, NO_TIME])
    put(spool, own)
    group = SpoolReader(spool).next_group()
    assert group is not None
    batch = group.batch
    at = int(AT.timestamp() * 1000)
    got = [
        (batch.keys[i], t, v)
        for i, t, v in zip(
            batch.series_index.tolist(), batch.at.tolist(), batch.value.tolist(), strict=True
        )
    ]
    assert got[:3] == [(key, at, float(i)) for i, key in enumerate(shape.keys)]
    assert [(t, v) for _, t, v in got[5:8]] == [
        (at + 5000, 10.0),
        (at + 5000, 11.0),
        (at + 5000, 12.0),
    ]
    assert [(t, v) for _, t, v in got[8:]] == [(1_000, 9.0), (at, 10.0)]
    first = batch.keys[0]
    assert (first.kind, first.unit, first.target) == (
        shape.keys[0].kind, "bytes", shape.keys[0].target,
    )  # fmt: skip
    spool.close()


def test_acknowledged_samples_leave_the_disk(tmp_path: Path) -> None:
    spool = Spool.open(tmp_path)
    put(spool, *(scrape(layout(5), first=i) for i in range(20)))
    assert spool.waiting_bytes > 0
    store = delivered(spool)
    assert store.samples.total() == 100
    assert spool.waiting_bytes == 0
    spool.close()
    assert not list(tmp_path.glob("*.spool"))


def test_killed_process_leaves_all_it_accepted(tmp_path: Path) -> None:
    """The child prints each scrape it was told is on disk, then is killed in full run."""
    script = """
import asyncio, itertools, sys
from pathlib import Path
from tests.collect.scrapes import layout, scrape
from wardround.collect.spool import Spool
async def main():
    spool, shape = Spool.open(Path(sys.argv[1])), layout(4)
    for number in itertools.count():
        await spool.accept(scrape(shape, first=number * 10))
        print(number, flush=True)
asyncio.run(main())
"""
    child = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": "."},
    )  # fmt: skip
    assert child.stdout is not None
    for line in child.stdout:
        if int(line) >= 50:
            break
    child.send_signal(signal.SIGKILL)
    rest = child.stdout.read().split()
    child.stdout.close()
    child.wait()
    last = max([50, *(int(one) for one in rest if one.isdigit())])

    spool = Spool.open_any(tmp_path.parent) if tmp_path.name == "0" else Spool.open(tmp_path)
    store = delivered(spool)
    values = {value for _, _, value in store.samples}
    assert {float(n * 10 + i) for n in range(last + 1) for i in range(4)} <= values
    assert set(store.samples.values()) == {1}
    spool.close()


def test_group_keeps_id_and_bounds_over_a_crash(tmp_path: Path) -> None:
    """Sent, stored, but the process ends before it noted so: the next one sends the same again."""
    shape = layout(3)
    first = Spool.open(tmp_path)
    put(first, scrape(shape), scrape(shape, first=5))
    group = SpoolReader(first).next_group()
    assert group is not None
    first.write_group(group.bounds)
    store = Store()
    store.append(group.batch)
    put(first, scrape(shape, first=100))
    _abandon(first)

    second = Spool.open(tmp_path)
    delivered(second, store)
    assert store.ids[0] == store.ids[1] != store.ids[2]
    assert store.samples.total() == 9
    assert set(store.samples.values()) == {1}
    second.close()


def _abandon(spool: Spool) -> None:
    """End as a killed process does: the lock goes, the files stay as they are."""
    os.close(spool._lock)
    spool._lock = os.open(os.devnull, os.O_RDONLY)


@settings(max_examples=30, deadline=None)
@given(cut=st.integers(0, 2000), flip=st.integers(0, 2000) | st.none())
def test_torn_or_damaged_end_loses_only_itself(
    tmp_path_factory: pytest.TempPathFactory, cut: int, flip: int | None
) -> None:
    folder = tmp_path_factory.mktemp("spool")
    spool = Spool.open(folder)
    for number in range(10):
        put(spool, scrape(layout(2), first=number * 10))
    _abandon(spool)
    (path,) = folder.glob("*.spool")
    data = bytearray(path.read_bytes()[: -cut or None])
    if flip is not None and flip < len(data):
        data[flip] ^= 0xFF
    path.write_bytes(data)
    whole = [
        form.read_batch(one.body).values.tolist()
        for one in (form.records(bytes(data)) if bytes(data).startswith(form.MARK) else ())
        if one.kind is form.RecordKind.BATCH
    ]
    again = Spool.open(folder)
    put(again, scrape(layout(2), first=990))
    values = sorted(value for _, _, value in delivered(again).samples)
    assert values == sorted([*(v for batch in whole for v in batch), 990.0, 991.0])
    again.close()


def test_waits_while_history_is_away(tmp_path: Path) -> None:
    spool = Spool.open(tmp_path)
    put(spool, scrape(layout(3)))
    store = Store(fails=2)
    delivery = Delivery(spool, store.append, linger=0)
    assert delivery.drain()
    assert delivery.delivered == 3
    assert delivery.working
    spool.close()


def test_delivers_while_scrapes_come(tmp_path: Path) -> None:
    spool, store = Spool.open(tmp_path), Store()
    delivery = Delivery(spool, store.append, linger=0.01)
    delivery.start()
    shape = layout(2)
    for number in range(50):
        put(spool, scrape(shape, first=number * 10))
    with spool.changed:
        assert spool.changed.wait_for(lambda: spool.segments.acked == 49, timeout=30)
    delivery.stop()
    assert store.samples.total() == 100
    spool.close()


@pytest.mark.parametrize(
    ("error", "why"), [(BatchMalformed(reason="test"), "malformed"), (BatchChanged(), "changed")]
)
def test_refused_for_good_does_not_stop_the_next(
    tmp_path: Path, error: WardroundError, why: str
) -> None:
    spool, store = Spool.open(tmp_path), Store()
    put(spool, scrape(layout(3)))

    def refuse(_batch: SampleBatch) -> AppendReport:
        raise error

    delivery = Delivery(spool, refuse)
    assert delivery.drain()
    assert delivery.refused == {why: 3}
    put(spool, scrape(layout(2)))
    assert delivered(spool, store).samples.total() == 2
    spool.close()


def test_refusals_of_history_are_counted(tmp_path: Path) -> None:
    spool = Spool.open(tmp_path)
    put(spool, scrape(layout(3)))
    delivery = Delivery(spool, lambda _: AppendReport(1, {Refusal.FUTURE: 2}))
    assert delivery.drain()
    assert delivery.refused == {"future": 2}
    spool.close()


def test_full_spool_drops_the_oldest_and_counts_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = 20_000
    spool = Spool.open(tmp_path, limit_bytes=limit)
    shape = layout(50)
    for number in range(100):
        put(spool, scrape(shape, first=number * 1000))
    files = sum(path.stat().st_size for path in tmp_path.glob("*.spool"))
    assert files <= limit
    store = delivered(spool)
    kept = store.samples.total()
    assert kept + spool.figures.dropped_samples == 5000
    assert spool.figures.dropped_samples > 0
    assert max(value for _, _, value in store.samples) == 99_049  # the newest is there
    spool.close()


def test_full_disk_is_said_and_recovered_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool.open(tmp_path)
    shape = layout(2)
    put(spool, scrape(shape, first=1))
    write = os.write
    with monkeypatch.context() as full:
        full.setattr(os, "write", _half_then_full(write))
        with pytest.raises(SpoolFailed, match="No space"):
            put(spool, scrape(shape, first=500))
    put(spool, scrape(shape, first=2000))
    values = {value for _, _, value in delivered(spool).samples}
    assert values == {1.0, 2.0, 2000.0, 2001.0}
    assert spool.figures.failed_scrapes == 1
    spool.close()


def _handles() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def _never(_handle: int, _data: memoryview) -> int:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_disk_that_stays_full_leaves_nothing_behind_and_is_recovered_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each scrape begins a file anew: none of them stays, nor its handle, nor a longer name."""
    spool = Spool.open(tmp_path)
    shape = layout(2)
    put(spool, scrape(shape, first=1))
    files, handles = set(tmp_path.iterdir()), _handles()
    with monkeypatch.context() as full:
        full.setattr(os, "write", _never)
        for _ in range(300):
            with pytest.raises(SpoolFailed, match="No space"):
                put(spool, scrape(shape, first=500))
    assert set(tmp_path.iterdir()) == files
    assert _handles() < handles
    put(spool, scrape(shape, first=2000))
    assert {value for _, _, value in delivered(spool).samples} == {1.0, 2.0, 2000.0, 2001.0}
    assert (spool.figures.failed_scrapes, spool.figures.accepted_samples) == (300, 4)
    spool.close()


def test_scrape_that_cannot_be_written_for_another_reason_ends_no_spool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool.open(tmp_path)
    shape = layout(2)
    with monkeypatch.context() as broken:
        broken.setattr(form, "layout_record", None)
        with pytest.raises(SpoolFailed):
            put(spool, scrape(shape, first=1))
    put(spool, scrape(shape, first=2000))
    assert {value for _, _, value in delivered(spool).samples} == {2000.0, 2001.0}
    spool.close()


def _half_then_full(write: Callable[[int, memoryview], int]) -> Callable[[int, memoryview], int]:
    """A disk that takes half of a write, then nothing."""
    calls: list[int] = []

    def half(handle: int, data: memoryview) -> int:
        if calls:
            raise OSError(errno.ENOSPC, "No space left on device")
        calls.append(1)
        return write(handle, data[: len(data) // 2])

    return half


def test_two_processes_never_share_a_spool(tmp_path: Path) -> None:
    one = Spool.open_any(tmp_path)
    two = Spool.open_any(tmp_path)
    assert one.folder != two.folder
    with pytest.raises(SpoolInUse):
        Spool.open(one.folder)
    put(two, scrape(layout(2)))
    _abandon(two)
    leftover = Leftover.take(tmp_path)
    assert [one.folder for one in leftover.spools] == [two.folder]
    assert delivered(leftover.spools[0]).samples.total() == 2
    leftover.spools[0].close()
    one.close()


def test_rolls_over_segments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool_segments, "SEGMENT_BYTES", 3000)
    monkeypatch.setattr(spool_segments, "LAYOUT_SHARE", 1)
    spool = Spool.open(tmp_path)
    shape = layout(10)
    for number in range(60):
        put(spool, scrape(shape, first=number * 100))
    assert len(list(tmp_path.glob("*.spool"))) > 2
    assert delivered(spool).samples.total() == 600
    assert len(list(tmp_path.glob("*.spool"))) == 1
    spool.close()


def test_layout_is_written_once_in_a_segment(tmp_path: Path) -> None:
    spool = Spool.open(tmp_path)
    shape = layout(100)
    put(spool, scrape(shape))
    before = spool.waiting_bytes
    put(spool, *(scrape(shape, first=i) for i in range(100)))
    assert (spool.waiting_bytes - before) / 10_000 < 9
    spool.close()


def test_layouts_stay_a_small_share_of_what_is_written_when_all_is_acknowledged(
    tmp_path: Path,
) -> None:
    spool, shape, store = Spool.open(tmp_path), layout(2000), Store()
    for number in range(40):
        put(spool, scrape(shape, first=number))
        delivered(spool, store)
    (file,) = tmp_path.glob("*.spool")
    kinds = Counter(record.kind for record in form.records(file.read_bytes()))
    assert kinds[form.RecordKind.BATCH] == 40
    assert kinds[form.RecordKind.LAYOUT] == 1
    spool.close()


def test_a_layout_that_comes_again_in_another_segment_is_the_same_object(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool_segments, "SEGMENT_BYTES", 1)
    monkeypatch.setattr(spool_segments, "LAYOUT_SHARE", 0)
    monkeypatch.setattr(spool_reader, "MOST_SAMPLES", 5)
    spool, (one, other) = Spool.open(tmp_path), (layout(5), layout(5, metric="temperature"))
    for number, shape in enumerate((one, other, one, other)):
        put(spool, scrape(shape, first=number))
    assert len(list(tmp_path.glob("*.spool"))) == 4
    reader = SpoolReader(spool)
    groups = [group for _ in range(4) if (group := reader.next_group())]
    lists = [group.batch.series[0] for group in groups]
    assert [found.keys[0].metric for found in lists] == [
        shape.keys[0].metric for shape in (one, other, one, other)
    ]
    assert lists[0] is lists[2]
    assert lists[1] is lists[3]
    spool.close()


@given(st.lists(st.floats(allow_nan=True), max_size=20), st.integers(0, 2**62), st.booleans())
def test_batch_record_round_trip(values: list[float], seq: int, timed: bool) -> None:  # noqa: FBT001
    times = np.arange(len(values), dtype=np.int64) if timed else None
    given = form.BatchRecord(seq, 3, 1_700_000_000_000, np.array(values, dtype=np.float64), times)
    (one,) = form.records(form.MARK + form.batch_record(given))
    got = form.read_batch(one.body)
    assert (got.seq, got.layout, got.at_ms) == (seq, 3, 1_700_000_000_000)
    assert np.array_equal(got.values, given.values, equal_nan=True)
    assert timed == (got.times_ms is not None)


def test_a_second_of_scrapes_is_one_insert_and_a_backlog_waits_for_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool, store = Spool.open(tmp_path), Store()
    delivery = Delivery(spool, store.append, linger=0.3)
    delivery.start()
    for number in range(5):
        put(spool, scrape(layout(2), first=number * 10))
    delivery.stop(patience=20)
    assert store.samples.total() == 10
    assert len(store.ids) == 1

    monkeypatch.setattr(spool_reader, "MOST_SAMPLES", 2)
    put(spool, *(scrape(layout(2), first=number * 10) for number in range(10, 15)))
    hurried = Delivery(spool, store.append, linger=3600)
    hurried._reader.next_group()
    assert hurried._reader.behind
    hurried.start()
    with spool.changed:
        assert spool.changed.wait_for(lambda: len(store.ids) == 5, timeout=20)
    hurried.stop(patience=20)
    spool.close()


def test_a_reader_forgets_layouts_that_do_not_come_and_reads_them_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long their segment stands: after a flood, calm pages fill it for minutes."""
    monkeypatch.setattr(spool_reader, "_TURN_EVERY", -1.0)  # a turn with every group
    spool = Spool.open(tmp_path)
    reader, (calm, rare) = SpoolReader(spool), (layout(5), layout(5, metric="temperature"))

    def read(shape: Layout, first: int) -> SampleBatch:
        put(spool, scrape(shape, first=first))
        group = reader.next_group()
        assert group is not None
        assert tuple(group.batch.keys) == shape.keys
        assert group.batch.value.tolist() == [first + number for number in range(5)]
        return group.batch

    kept = weakref.ref(read(rare, 0).series[0])
    stays = read(calm, 1).series[0]
    assert kept() is not None
    for number in range(2, 8):
        assert read(calm, number).series[0] is stays
    gc.collect()
    assert kept() is None
    read(rare, 9)
    assert len(list(tmp_path.glob("*.spool"))) == 1
    spool.close()


def test_layouts_that_never_come_again_cost_neither_memory_nor_a_large_segment(
    tmp_path: Path,
) -> None:
    """A page with new series each time: the spool holds no more of them than the disk does."""
    spool = Spool.open(tmp_path)

    async def story() -> None:
        for number in range(40):
            keys = tuple(
                SeriesKey("flood", ITEM, (("n", f"{number}-{one}" + "x" * 100),))
                for one in range(2_000)
            )
            await spool.accept(scrape(Layout(keys)))

    asyncio.run(story())
    gc.collect()
    assert len(spool._layouts) <= 2
    assert len(spool.segments.all) >= 2
    assert all(segment.durable < 2 * SEGMENT_BYTES for segment in spool.segments.all)
    spool.close()
