"""The files of a spool: one after the other, written at the end, removed from the beginning."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from weakref import WeakKeyDictionary

from wardround.collect import spool_format as form
from wardround.collect.spool_format import GroupRecord, RecordKind
from wardround.collect.types import Layout

SEGMENT_BYTES = 8 * 1024 * 1024
SMALL_BYTES = 256 * 1024
"""A segment above this that history has whole is replaced, so that the folder empties itself."""
LAYOUT_SHARE = 8
"""A segment is so many times what it repeats of layouts: replaced every second, it would be nothing
but layouts, 150 bytes a series beside 8 of its sample."""

_SUM_EVERY = 64 * 1024
"""Bytes after which it is looked again at what a segment repeats."""


@dataclass(eq=False)
class Segment:
    """One file. `durable` bytes of it may be read; scrapes are noted as (number, samples)."""

    path: Path
    handle: int = -1
    durable: int = 0
    scrapes: list[tuple[int, int]] = field(default_factory=list)
    _layouts: WeakKeyDictionary[Layout, int] = field(default_factory=WeakKeyDictionary)
    _repeated: int = 0
    _summed_at: int = -_SUM_EVERY
    _size: int = 0
    _noted: int = 0

    @classmethod
    def create(cls, path: Path) -> Self:
        """Raises OSError; then there is no file and no handle of it."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        segment = cls(path, os.open(path, flags, 0o600))
        try:
            segment.append(form.MARK, sync=True)
            _sync(path.parent)
        except OSError:
            # A full disk fails again with every scrape: what is left each time would add up.
            segment.close()
            path.unlink(missing_ok=True)
            raise
        segment.publish()
        return segment

    @property
    def last_seq(self) -> int:
        """The last scrape that readers may see; -1 when there is none."""
        return self.scrapes[self._noted - 1][0] if self._noted else -1

    def append(self, data: bytes, *, sync: bool) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self.handle, view) :]
        if sync:
            os.fdatasync(self.handle)
        self._size += len(data)

    def note(self, seq: int, samples: int) -> None:
        self.scrapes.append((seq, samples))

    def repeats(self, layout: Layout, size: int) -> None:
        """Note a layout of so many bytes; the next segment repeats it while it may come again."""
        self._layouts[layout] = size
        self._repeated += size

    @property
    def layout_bytes(self) -> int:
        """What a segment begun now would repeat of this one, as it was some scrapes ago."""
        if self._size >= self._summed_at + _SUM_EVERY:
            self._summed_at = self._size
            self._repeated = sum(list(self._layouts.values()))
        return self._repeated

    def publish(self) -> None:
        """What was appended is whole: readers may see it."""
        self.durable = self._size
        self._noted = len(self.scrapes)

    def settle(self) -> None:
        """Take what was found in the file as published."""
        self._size = self.durable
        self._noted = len(self.scrapes)

    def undo(self) -> None:
        """Take back what was appended since the last `publish`, as far as the disk lets us."""
        del self.scrapes[self._noted :]
        if self.handle >= 0:
            try:
                os.ftruncate(self.handle, self.durable)
            except OSError:
                return  # the torn end is found by its checksum

    def close(self) -> None:
        if self.handle >= 0:
            with suppress(OSError):  # what counts of it is synced
                os.close(self.handle)
        self.handle = -1

    def samples_after(self, seq: int) -> int:
        return sum(samples for written, samples in self.scrapes if written > seq)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Segments:
    """The segments of one folder, oldest first, as found at start and as they come and go."""

    def __init__(self, folder: Path, *, limit_bytes: int) -> None:
        self.folder = folder
        self.limit_bytes = limit_bytes
        self.all: list[Segment] = []
        self.acked = -1
        self.groups: dict[int, GroupRecord] = {}
        """Groups that were about to be sent when the last process ended, by their first scrape."""
        self.damaged = 0
        for path in sorted(folder.glob("*.spool")):
            self._scan(path)
        self.groups = {
            first: group for first, group in self.groups.items() if group.last > self.acked
        }
        self.drop_acknowledged(keep=None)

    @property
    def last_seq(self) -> int:
        return max([self.acked, *(segment.last_seq for segment in self.all)])

    @property
    def waiting_bytes(self) -> int:
        """Bytes of segments that hold anything history has not acknowledged."""
        return sum(segment.durable for segment in self.all if segment.last_seq > self.acked)

    def create(self, first: int) -> Segment:
        path = self.folder / f"{first:016x}.spool"
        while path.exists():  # an empty one of a process that ended before its first scrape
            path = path.with_name(f"{path.stem}x.spool")
        segment = Segment.create(path)
        self.all.append(segment)
        return segment

    def should_roll(self, active: Segment) -> bool:
        share = LAYOUT_SHARE * active.layout_bytes
        most = min(max(SEGMENT_BYTES, share), self.limit_bytes // 8)
        if active.durable > most:
            return True
        least = min(max(SMALL_BYTES, share), most)
        return active.durable > least and active.last_seq <= self.acked

    def drop_acknowledged(self, *, keep: Segment | None) -> None:
        for segment in [
            segment
            for segment in self.all
            if segment is not keep and segment.last_seq <= self.acked
        ]:
            self._remove(segment)

    def enforce_limit(self, *, keep: Segment) -> int:
        """Remove the oldest until the folder is within its limit; samples lost by it."""
        lost = 0
        while (
            sum(segment.durable for segment in self.all) > self.limit_bytes
            and self.all[0] is not keep
        ):
            lost += self.all[0].samples_after(self.acked)
            self._remove(self.all[0])
        return lost

    def _remove(self, segment: Segment) -> None:
        segment.close()
        self.all.remove(segment)
        segment.path.unlink(missing_ok=True)

    def _scan(self, path: Path) -> None:
        """Take over what an earlier process left; a torn or damaged end is cut off."""
        data = path.read_bytes()
        segment = Segment(path)
        segment.durable = len(form.MARK) if data.startswith(form.MARK) else 0
        for record in form.records(data) if segment.durable else ():
            segment.durable = record.end
            if record.kind is RecordKind.BATCH:
                segment.note(*form.batch_size(record.body))
            elif record.kind is RecordKind.ACK:
                self.acked = max(self.acked, form.read_ack(record.body))
            elif record.kind is RecordKind.GROUP:
                group = form.read_group(record.body)
                self.groups[group.first] = group
        segment.settle()
        self.damaged += segment.durable < len(data)
        self.all.append(segment)
