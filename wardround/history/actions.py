"""What is written into the history. Returns only once the store has acknowledged it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np

from wardround.history import rules
from wardround.history.catalogue import catalogue
from wardround.history.engine import Engine, engine
from wardround.history.errors import BatchMalformed
from wardround.history.migrate import migrate
from wardround.history.settings import retention
from wardround.history.types import (
    AppendReport,
    Event,
    SampleBatch,
    SeriesKey,
    Source,
    StateChange,
)
from wardround.kernel import clock

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["append", "migrate", "record_events", "record_state_changes"]

MAX_ROWS = 200_000
"""Rows in one insert (4.8 MB); a larger batch goes in several, each under a token of its own."""
SERIES_REFRESH_MS = 3_600_000
MAX_KNOWN = 1_000_000
"""Series remembered, some 300 MB of them; past that memory begins anew."""
NO_TARGET = UUID(int=0)

_LAYOUT = np.dtype([("series", "<u8"), ("at", "<i8"), ("value", "<f8")])
_SERIES_COLUMNS = (
    "id", "metric", "item", "labels", "target", "unit", "kind", "first_seen", "last_seen",
)  # fmt: skip


class _KnownSeries:
    """The ids this process has computed, and the time of each that it told the store about."""

    def __init__(self) -> None:
        self._ids: dict[SeriesKey, int] = {}
        self._told: dict[int, tuple[int, int]] = {}

    def ids(self, keys: Sequence[SeriesKey]) -> NDArray[np.uint64]:
        known = self._ids
        if len(known) > MAX_KNOWN:
            known.clear()
            self._told.clear()
        for key in keys:
            if key not in known:
                known[key] = rules.series_id(key)
        return np.fromiter((known[key] for key in keys), dtype=np.uint64, count=len(keys))

    def untold(self, ids: NDArray[np.uint64], first: int, last: int) -> list[int]:
        """Positions of the series for which the store's first and last moments lag too far."""
        told, unknown = self._told, (last + 1, 0)
        late = last - SERIES_REFRESH_MS
        return [
            position
            for position, number in enumerate(ids.tolist())
            if (span := told.get(number, unknown))[0] > first or span[1] < late
        ]

    def tell(self, ids: Iterable[int], first: int, last: int) -> None:
        for number in ids:
            told = self._told.get(number, (first, last))
            self._told[number] = (min(told[0], first), max(told[1], last))


_known: dict[Engine, _KnownSeries] = {}


def append(batch: SampleBatch, *, at: datetime | None = None) -> AppendReport:
    """Store a batch; what the report calls accepted survives any end of the store's process.

    Sending a batch again under its `batch_id` stores nothing twice, in samples and roll-ups alike,
    within the last ten thousand inserts. Refused samples are counted by reason and nothing else is
    lost. Raises BatchMalformed, HistoryUnavailable, HistoryFull (then send it again later).
    """
    _check(batch)
    store = engine()
    known = _known.setdefault(store, _KnownSeries())
    ids = known.ids(batch.keys)
    masks = rules.refusals(batch.at, now=at or clock.now(), keep=retention().of(Source.RAW))
    taken = ~np.logical_or.reduce(list(masks.values())) if len(batch) else np.zeros(0, np.bool_)
    _tell_series(store, known, batch, ids, taken)
    for number, start in enumerate(range(0, len(batch), MAX_ROWS)):
        part = slice(start, start + MAX_ROWS)
        block = _block(batch, ids, part, taken)
        if len(block):
            token = f"{batch.batch_id}-{number}"
            store.insert_records("samples", ("series", "at", "value"), block, token=token)
    return AppendReport(
        accepted=int(taken.sum()),
        refused={reason: int(mask.sum()) for reason, mask in masks.items() if mask.any()},
    )


def record_state_changes(changes: Sequence[StateChange]) -> None:
    """Store state changes; recording one again (same id) changes nothing."""
    _insert_values("state_changes", changes, StateChange)


def record_events(events: Sequence[Event]) -> None:
    """Store events; recording one again (same id) changes nothing."""
    _insert_values("events", events, Event)


def _check(batch: SampleBatch) -> None:
    size = len(batch.at)
    if not size == len(batch.value) == len(batch.series_index):
        raise BatchMalformed(reason="series_index, at and value differ in length")
    if size and not 0 <= batch.series_index.min() <= batch.series_index.max() < len(batch.keys):
        raise BatchMalformed(reason="series_index points outside keys", field="series_index")


def _tell_series(
    store: Engine,
    known: _KnownSeries,
    batch: SampleBatch,
    ids: NDArray[np.uint64],
    taken: NDArray[np.bool_],
) -> None:
    """Make sure the store knows every series of the batch, before its samples."""
    times = batch.at[taken]
    if not len(times):
        return
    first, last = int(times.min()), int(times.max())
    used = set(np.unique(batch.series_index[taken]).tolist())
    due = [position for position in known.untold(ids, first, last) if position in used]
    if not due:
        return
    moments = (rules.moment(first), rules.moment(last))
    rows = [_series_row(int(ids[i]), batch.keys[i], *moments) for i in due]
    store.insert_rows("series", _SERIES_COLUMNS, rows)
    known.tell((int(ids[i]) for i in due), first, last)
    catalogue(store).forget({batch.keys[i].metric for i in due})


def _series_row(number: int, key: SeriesKey, first: datetime, last: datetime) -> list[object]:
    target = key.target or NO_TARGET
    described = [number, key.metric, key.item, dict(key.labels), target, key.unit, str(key.kind)]
    return [*described, first, last]


def _block(
    batch: SampleBatch, ids: NDArray[np.uint64], part: slice, taken: NDArray[np.bool_]
) -> NDArray[np.void]:
    """The accepted samples of one part of a batch, as the store reads them."""
    keep = taken[part]
    block = np.empty(int(keep.sum()), dtype=_LAYOUT)
    block["series"] = ids[batch.series_index[part][keep]]
    block["at"] = batch.at[part][keep]
    block["value"] = batch.value[part][keep]
    return block


def _insert_values(
    table: str, values: Sequence[StateChange] | Sequence[Event], kind: type[StateChange | Event]
) -> None:
    columns = tuple(kind.__dataclass_fields__)
    rows = [[getattr(value, column) for column in columns] for value in values]
    if rows:
        engine().insert_rows(table, columns, rows)
