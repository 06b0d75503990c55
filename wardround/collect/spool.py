"""Samples that history has not acknowledged yet, on this collector's disk.

A scrape counts as accepted when it is in a file and the file is on the disk; many scrapes share
one sync. A thread writes, another reads what was written and hands it to history in groups; a
group keeps its id and its bounds over any crash, so that history can tell that it came twice.
It must never hold more in memory than one group: when history is away, samples wait in files.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self
from weakref import WeakKeyDictionary

import numpy as np

from wardround.collect import spool_format as layout_of
from wardround.collect.errors import SpoolFailed, SpoolInUse
from wardround.collect.spool_format import BatchRecord, GroupRecord, RecordKind
from wardround.collect.spool_segments import Segment, Segments

if TYPE_CHECKING:
    from wardround.collect.types import CollectedBatch, Layout

logger = logging.getLogger("wardround.collect")
LIMIT_BYTES = 1024 * 1024 * 1024
_SPOOLS = 64
_TOGETHER = 512
"""Scrapes that share one sync at most."""


@dataclass(eq=False)
class _Write:
    """One thing to write; `finish` is called with an error or None, in the writer's thread or, for
    all that were written together in one call, in that of its loop.
    """

    encode: Callable[[], bytes]
    finish: Callable[[Exception | None], None]
    loop: asyncio.AbstractEventLoop | None = None
    durable: bool = True
    is_scrape: bool = False


@dataclass
class _Figures:
    """What a collector tells about its spool, counted since it started."""

    accepted_samples: int = 0
    dropped_samples: int = 0
    failed_scrapes: int = 0
    syncs: int = 0


class Spool:
    """The spool of one collector process: one folder, locked as long as it is open."""

    def __init__(self, folder: Path, lock: int, *, limit_bytes: int) -> None:
        self.folder = folder
        self.figures = _Figures()
        self.changed = threading.Condition()
        self.segments = Segments(folder, limit_bytes=limit_bytes)
        self._lock = lock
        self._seq = self.segments.last_seq + 1
        self._layouts: WeakKeyDictionary[Layout, int] = WeakKeyDictionary()
        """Those of this segment that may come again, by their number in it."""
        self._numbered = 0
        self._active: Segment | None = None
        self._queue: queue.SimpleQueue[_Write | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write_all, name="spool", daemon=True)
        self._thread.start()

    @classmethod
    def open(cls, folder: Path, *, limit_bytes: int = LIMIT_BYTES) -> Self:
        """Open one spool folder. Raises `SpoolInUse` when a process has it open."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            raise SpoolInUse(str(folder)) from None
        return cls(folder, lock, limit_bytes=limit_bytes)

    @classmethod
    def open_any(cls, parent: Path, *, limit_bytes: int = LIMIT_BYTES) -> Self:
        """Open the first spool under `parent` that no process holds: a dead one's is taken over."""
        for number in range(_SPOOLS):
            try:
                return cls.open(parent / str(number), limit_bytes=limit_bytes)
            except SpoolInUse:
                continue
        raise SpoolInUse(str(parent))

    async def accept(self, batch: CollectedBatch) -> None:
        """Return once the scrape is on the disk. Raises `SpoolFailed`."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()

        def finish(error: Exception | None) -> None:
            _settle(done, error)

        self._queue.put(_Write(lambda: self._encode(batch), finish, loop, is_scrape=True))
        await done

    def write_group(self, group: GroupRecord) -> None:
        """Note a group's id and bounds on the disk, before it is sent. Blocks; `SpoolFailed`."""
        done: Future[None] = Future()
        self._queue.put(_Write(lambda: layout_of.group_record(group), _finisher(done)))
        done.result()

    def acknowledge(self, last: int) -> None:
        """Everything up to `last` is in history: its segments may go."""
        with self.changed:
            self.segments.acked = max(self.segments.acked, last)
            self.changed.notify_all()
        done: Future[None] = Future()
        note = _Write(lambda: layout_of.ack_record(last), _finisher(done), durable=False)
        self._queue.put(note)
        done.exception()  # an unwritten note only means that a group is sent again
        with self.changed:
            self.segments.drop_acknowledged(keep=self._active)

    @property
    def waiting_bytes(self) -> int:
        with self.changed:
            return self.segments.waiting_bytes

    def close(self) -> None:
        """Write what is queued, let go of the folder; what history has is removed."""
        self._queue.put(None)
        self._thread.join()
        with self.changed:
            self._roll()
            self.segments.drop_acknowledged(keep=None)
            self.changed.notify_all()
        os.close(self._lock)

    # The writer's thread ------------------------------------------------------------------------

    def _write_all(self) -> None:
        while (first := self._queue.get()) is not None:
            writes, ending = self._drain(first)
            self._write(writes)
            if ending:
                return

    def _drain(self, first: _Write) -> tuple[list[_Write], bool]:
        writes = [first]
        while len(writes) < _TOGETHER:
            try:
                write = self._queue.get_nowait()
            except queue.Empty:
                break
            if write is None:
                return writes, True
            writes.append(write)
        return writes, False

    def _write(self, writes: list[_Write]) -> None:
        """Write some together. On an error none counts and the segment ends before them."""
        error: Exception | None = None
        seq, accepted = self._seq, self.figures.accepted_samples
        try:
            active = self._open_active()
            data = b"".join(write.encode() for write in writes)
            active.append(data, sync=any(write.durable for write in writes))
            self.figures.syncs += 1
        except Exception as failed:  # whatever it is, this thread goes on: others wait for it
            if not isinstance(failed, OSError):
                logger.exception("scrapes cannot be written to the spool")
            error = SpoolFailed(str(failed) or type(failed).__name__)
            self._seq, self.figures.accepted_samples = seq, accepted
            self.figures.failed_scrapes += sum(write.is_scrape for write in writes)
            self._give_up_active()
        else:
            with self.changed:
                active.publish()
                self.figures.dropped_samples += self.segments.enforce_limit(keep=active)
                self.changed.notify_all()
        _finish(writes, error)

    def _encode(self, batch: CollectedBatch) -> bytes:
        head = b""
        active = self._active
        assert active is not None  # noqa: S101  # _write opened it
        number = self._layouts.get(batch.layout)
        if number is None:
            number = self._layouts[batch.layout] = self._numbered
            self._numbered += 1
            head = layout_of.layout_record(number, batch.layout.keys)
            active.repeats(batch.layout, len(head))
        at_ms = round(batch.at.timestamp() * 1000)
        times, samples = batch.times_ms, len(batch.values)
        if batch.moved is not None and times is not None:
            times = np.where(batch.moved, times, layout_of.SEEN_BEFORE)
            samples = int(np.count_nonzero(batch.moved))
        row = BatchRecord(self._seq, number, at_ms, batch.values, times)
        active.note(self._seq, samples)
        self._seq += 1
        self.figures.accepted_samples += samples
        return head + layout_of.batch_record(row)

    def _open_active(self) -> Segment:
        if self._active is not None and self.segments.should_roll(self._active):
            self._roll()
        if self._active is None:
            with self.changed:
                self._active = self.segments.create(self._seq)
        return self._active

    def _roll(self) -> None:
        if self._active is not None:
            self._active.close()
        self._active = None
        self._layouts = WeakKeyDictionary()
        self._numbered = 0

    def _give_up_active(self) -> None:
        if self._active is not None:
            self._active.undo()
        with self.changed:
            self._roll()


def _finish(writes: list[_Write], error: Exception | None) -> None:
    """Each in its thread; to wake a loop costs as much as to write a page, so that is done once."""
    of_loop: dict[asyncio.AbstractEventLoop, list[_Write]] = {}
    for write in writes:
        if write.loop is None:
            write.finish(error)
        else:
            of_loop.setdefault(write.loop, []).append(write)
    for loop, scrapes in of_loop.items():
        loop.call_soon_threadsafe(_finish_all, scrapes, error)


def _finish_all(scrapes: list[_Write], error: Exception | None) -> None:
    for scrape in scrapes:
        scrape.finish(error)


def _finisher(done: Future[None]) -> Callable[[Exception | None], None]:
    def finish(error: Exception | None) -> None:
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)

    return finish


def _settle(done: asyncio.Future[None], error: Exception | None) -> None:
    if done.done():
        return  # whoever waited was cancelled
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)


@dataclass
class Leftover:
    """Spools of processes that are gone, taken over to be sent."""

    spools: list[Spool] = field(default_factory=list)

    @classmethod
    def take(cls, parent: Path) -> Self:
        found = cls()
        for folder in sorted(parent.iterdir()) if parent.is_dir() else ():
            if not any(folder.glob("*.spool")):
                continue
            try:
                found.spools.append(Spool.open(folder))
            except SpoolInUse:
                continue
        return found


__all__ = ["LIMIT_BYTES", "Leftover", "RecordKind", "Spool", "SpoolFailed", "SpoolInUse"]
