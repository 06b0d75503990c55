"""Read a spool from its oldest scrape on, in groups that history takes as one batch each."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from wardround.collect import spool_format as form
from wardround.collect.exposition_types import NO_TIME
from wardround.collect.spool_format import BatchRecord, GroupRecord, RecordKind
from wardround.history.types import SampleBatch, SeriesList
from wardround.kernel.ids import new_id

if TYPE_CHECKING:
    from wardround.collect.spool import Spool
    from wardround.collect.spool_segments import Segment

logger = logging.getLogger("wardround.collect.delivery")

MOST_SAMPLES = 200_000
MOST_SERIES = 1_000_000
"""In layouts that are remembered; past that they are read anew."""
_TURNS, _TURN_EVERY = 3, 45.0
"""After so many turns, a turn every so many seconds, a layout that was not read is forgotten."""
_SHOWN = 80
"""Characters of a name in the log."""


@dataclass(frozen=True, eq=False)
class Fitting:
    """What history takes of a layout: its series, and which of the layout's they are."""

    series: SeriesList
    mask: NDArray[np.bool_]

    def of(self, batch: BatchRecord) -> BatchRecord:
        """A scrape's samples of these series."""
        mask, times = self.mask[: len(batch.values)], batch.times_ms
        return replace(
            batch, values=batch.values[mask], times_ms=None if times is None else times[mask]
        )


K = TypeVar("K")


class _Used(Generic[K]):
    """Layouts by something, as long as they are asked for: after some turns without, forgotten."""

    def __init__(self) -> None:
        self.newest: dict[K, SeriesList] = {}
        self._before: deque[dict[K, SeriesList]] = deque(maxlen=_TURNS)

    def get(self, key: K) -> SeriesList | None:
        found = self.newest.get(key)
        if found is None:
            found = next((it for old in self._before if (it := old.pop(key, None))), None)
            if found is not None:
                self.newest[key] = found
        return found

    def turn(self) -> None:
        self._before.append(self.newest)
        self.newest = {}


class _Layouts:
    """Layouts read before, by what they say: every segment repeats those of its scrapes, and the
    same object the next time spares reading it and looking its series up. One that no
    segment has repeated for minutes is forgotten.
    """

    def __init__(self) -> None:
        self._known: _Used[bytes] = _Used()
        self._series = 0
        self.fitting: WeakKeyDictionary[SeriesList, Fitting] = WeakKeyDictionary()

    def read(self, text: bytes) -> SeriesList:
        digest = blake2b(text, digest_size=16).digest()
        found = self._known.newest.get(digest)
        if found is None:
            found = self._known.get(digest)
            if found is None:
                found = SeriesList(form.read_keys(text))
                self._look_at(found)
            if self._series + len(found.keys) > MOST_SERIES:
                self.turn()
            self._known.newest[digest] = found
            self._series += len(found.keys)
        return found

    def turn(self) -> None:
        """Let go of those that were not read for some turns."""
        self._known.turn()
        self._series = 0

    def _look_at(self, layout: SeriesList) -> None:
        """One series with too long a name must not cost the others: it alone is left out."""
        wrong = [key for key in layout.keys if key.misfit is not None]
        if wrong:
            told = ", ".join(f"{key.metric[:_SHOWN]!r} ({key.misfit})" for key in wrong[:3])
            logger.error("%d series of target %s are not stored, for their names or labels: %s",
                         len(wrong), wrong[0].target, told)  # fmt: skip
            fits = np.array([key.misfit is None for key in layout.keys])
            keys = tuple(key for key in layout.keys if key.misfit is None)
            self.fitting[layout] = Fitting(SeriesList(keys), fits)


@dataclass(frozen=True)
class SpoolGroup:
    """Scrapes `first`…`last` as one batch; `known` ones were noted on the disk before."""

    bounds: GroupRecord
    batch: SampleBatch
    known: bool


@dataclass
class _Parts:
    """The pieces of a group while it is put together."""

    layouts: list[SeriesList] = field(default_factory=list)
    begins: dict[SeriesList, int] = field(default_factory=dict)
    """Where each layout's keys begin among all."""
    series: list[np.ndarray[tuple[int], np.dtype[np.int32]]] = field(default_factory=list)
    times: list[np.ndarray[tuple[int], np.dtype[np.int64]]] = field(default_factory=list)
    values: list[np.ndarray[tuple[int], np.dtype[np.float64]]] = field(default_factory=list)
    keys: int = 0
    samples: int = 0
    first: int = -1
    last: int = -1

    def add(self, batch: BatchRecord, layout: SeriesList) -> None:
        begin = self.begins.get(layout)
        if begin is None:
            begin = self.begins[layout] = self.keys
            self.keys += len(layout.keys)
            self.layouts.append(layout)
        count = len(batch.values)
        series = np.arange(begin, begin + count, dtype=np.int32)
        at, values = np.full(count, batch.at_ms, dtype=np.int64), batch.values
        if batch.times_ms is not None:
            at = np.where(batch.times_ms == NO_TIME, at, batch.times_ms)
            new = batch.times_ms != form.SEEN_BEFORE
            series, at, values = series[new], at[new], values[new]
        self.series.append(series)
        self.times.append(at)
        self.values.append(values)
        self.samples += len(values)
        self.first = batch.seq if self.first < 0 else self.first
        self.last = batch.seq

    def batch(self, bounds: GroupRecord) -> SampleBatch:
        return SampleBatch(
            batch_id=bounds.id,
            series=tuple(self.layouts),
            series_index=np.concatenate(self.series),
            at=np.concatenate(self.times),
            value=np.concatenate(self.values),
        )


class SpoolReader:
    """One reader a spool, in the thread that delivers."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._read_seq = spool.segments.acked
        self._segment: Segment | None = None
        self._at = 0
        self._layouts: _Used[int] = _Used()
        """Those of this segment, by their number in it."""
        self._places: dict[int, tuple[int, int]] = {}
        """Where in it they stand, and in how many bytes: one that was forgotten is read anew."""
        self._read = _Layouts()
        self._turned_at = time.monotonic()
        self._held: tuple[BatchRecord, SeriesList] | None = None

    def wait(self, seconds: float) -> bool:
        """Wait until there is something to read; whether there is."""
        with self._spool.changed:
            return self._spool.changed.wait_for(self._something, timeout=seconds)

    @property
    def behind(self) -> bool:
        """Whether the last group was full, or planned before: more is ready at once."""
        return self._held is not None

    def next_group(self) -> SpoolGroup | None:
        """The next scrapes not yet read, at most `MOST_SAMPLES` samples, or None."""
        self._age(time.monotonic())
        parts = _Parts()
        planned: GroupRecord | None = None
        for batch, keys in self._batches():
            if parts.first < 0:
                planned = self._spool.segments.groups.get(batch.seq)
            if self._belongs_elsewhere(batch, parts, planned):
                self._held = (batch, keys)
                break
            parts.add(batch, keys)
            self._read_seq = batch.seq
        if parts.first < 0:
            return None
        known = planned is not None and planned.last == parts.last
        bounds = planned if planned and known else GroupRecord(new_id(), parts.first, parts.last)
        return SpoolGroup(bounds, parts.batch(bounds), known)

    def _age(self, now: float) -> None:
        if now - self._turned_at > _TURN_EVERY:
            self._turned_at = now
            self._layouts.turn()
            self._read.turn()

    def _belongs_elsewhere(
        self, batch: BatchRecord, parts: _Parts, planned: GroupRecord | None
    ) -> bool:
        if parts.first < 0:
            return False
        if planned is not None:
            return batch.seq > planned.last
        begins_planned = batch.seq in self._spool.segments.groups
        return begins_planned or parts.samples + len(batch.values) > MOST_SAMPLES

    def _something(self) -> bool:
        return self._held is not None or self._spool.segments.last_seq > self._read_seq

    def _batches(self) -> Iterator[tuple[BatchRecord, SeriesList]]:
        if self._held is not None:
            held, self._held = self._held, None
            yield held
        while (data := self._more()) is not None:
            before = self._at
            for record in form.records(data, 0):
                self._at = before + record.end
                found = self._take(record.kind, record.body)
                if found is not None:
                    yield found
            if self._at == before:
                self._at = before + max(len(data), 1)  # damaged or gone since it was written

    def _more(self) -> bytes | None:
        """Bytes of the current segment that were not read yet, or of the next one."""
        with self._spool.changed:
            segments = self._spool.segments.all
            if self._segment not in segments:
                self._begin(next((s for s in segments if s.last_seq > self._read_seq), None))
            while self._segment is not None and self._at >= self._segment.durable:
                following = segments[segments.index(self._segment) + 1 :]
                if not following:
                    return None
                self._begin(following[0])
            if self._segment is None:
                return None
            path, begin, end = self._segment.path, self._at, self._segment.durable
        try:
            with path.open("rb") as file:
                file.seek(begin)
                return file.read(end - begin)
        except FileNotFoundError:
            return b""  # dropped for room meanwhile

    def _begin(self, segment: Segment | None) -> None:
        self._segment = segment
        self._at = len(form.MARK)
        self._layouts, self._places = _Used(), {}

    def _take(self, kind: RecordKind, body: bytes) -> tuple[BatchRecord, SeriesList] | None:
        if kind is RecordKind.LAYOUT:
            number, text = form.read_layout(body)
            self._places[number] = (self._at - len(body), len(body))
            self._layouts.newest[number] = self._read.read(text)
        elif kind is RecordKind.BATCH:
            batch = form.read_batch(body)
            layout = self._layout(batch.layout) if batch.seq > self._read_seq else None
            return None if layout is None else self._fitting(batch, layout)
        return None

    def _layout(self, number: int) -> SeriesList | None:
        """A segment may stand for long while some of its layouts never come again. None where the
        file was dropped for room meanwhile, and all that was waiting in it.
        """
        found = self._layouts.get(number)
        if found is None and self._segment is not None:
            begin, size = self._places[number]
            try:
                with self._segment.path.open("rb") as file:
                    file.seek(begin)
                    _, text = form.read_layout(file.read(size))
            except FileNotFoundError:
                return None
            found = self._layouts.newest[number] = self._read.read(text)
        return found

    def _fitting(self, batch: BatchRecord, layout: SeriesList) -> tuple[BatchRecord, SeriesList]:
        fitting = self._read.fitting.get(layout)
        return (batch, layout) if fitting is None else (fitting.of(batch), fitting.series)
