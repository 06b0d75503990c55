"""What is written into the history. Returns only once the store has acknowledged it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
import xxhash
from django.utils.translation import gettext_lazy as _

from wardround.history import carrying, commits, rolling, rules, settings
from wardround.history.blocks import Rows
from wardround.history.catalogue import catalogue
from wardround.history.engine import Engine, engine
from wardround.history.errors import BatchMalformed, SeriesRefused
from wardround.history.known import KnownSeries
from wardround.history.migrate import migrate
from wardround.history.settings import retention
from wardround.history.types import (
    AppendReport,
    Event,
    Misfit,
    Refusal,
    SampleBatch,
    SeriesKey,
    Source,
    StateChange,
)
from wardround.kernel import clock

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["append", "carry_over", "migrate", "record_events", "record_state_changes", "roll_up"]

MAX_ROWS = 200_000
"""Rows in one part (5 MB); a larger batch goes in several, each under a token of its own."""
MAX_SERIES_TOLD = 50_000
"""Series in one insert, some 15 MB of JSON: a million at once go in twenty."""
NO_TARGET = UUID(int=0)

_SERIES_COLUMNS = (
    "id", "metric", "item", "labels", "target", "unit", "kind", "first_seen", "last_seen",
)  # fmt: skip


_known: dict[Engine, KnownSeries] = {}
_known_lock = threading.Lock()


def append(batch: SampleBatch, *, at: datetime | None = None) -> AppendReport:
    """Store a batch; what the report calls accepted survives any end of the store's process.

    Sending a batch again under its `batch_id` stores nothing twice, within the last fifty thousand
    batches (ten thousand inserts of an external store), and what was refused the first time as
    ahead of the clock is refused again, as the report says; another batch under that id is refused
    with BatchChanged, and nothing of it is stored. Refused samples are counted by reason and
    nothing else is lost. Raises BatchMalformed, SeriesRefused, and HistoryUnavailable, HistoryFull
    (then send it again later).
    """
    masks = rules.refusals(batch.at, now=at or clock.now(), keep=retention().of(Source.RAW))
    taken = ~np.logical_or.reduce(list(masks.values())) if len(batch) else np.zeros(0, np.bool_)
    store = engine()
    with _known_lock:
        known = _known.setdefault(store, KnownSeries())
        _refuse_misfits(known, batch)
        places = known.places(batch.series)
        _check(batch, len(places))
        _tell_series(store, known, batch, places, taken)
        rows = _rows(known, batch, places)
        ids = known.columns.ids[places]  # places mean nothing once memory has begun anew
    digest = _digest(ids, batch)
    untaken = 0  # of what is refused no more, but was when the batch came first
    for number, start in enumerate(range(0, len(batch), MAX_ROWS)):
        part = _part(rows, slice(start, start + MAX_ROWS), taken)
        if len(part):
            token = f"{batch.batch_id}-{number}"
            stored = commits.commit(store, part, token=token, digest=digest)
            untaken += max(len(part) - stored, 0)
    if len(batch):
        rolling.forget(store, since=int(batch.at.min()) / 1000)
    refused = {reason: int(mask.sum()) for reason, mask in masks.items() if mask.any()}
    if untaken:
        refused[Refusal.FUTURE] = refused.get(Refusal.FUTURE, 0) + untaken
    return AppendReport(accepted=int(taken.sum()) - untaken, refused=refused)


def roll_up(*, at: datetime) -> int:
    """Roll up what is closed at this moment or was touched, for two seconds at most.

    Returns how many stretches of time it did; 0 means that nothing was left to do.
    """
    from wardround.history import rolling_up  # noqa: PLC0415  # its compiler loads slowly

    return rolling_up.roll_up(engine(), now=at.timestamp())


def carry_over() -> bool:
    """Bring one partition of an earlier version into today's form; False when none is left."""
    name = settings.cluster()
    return carrying.carry_over(engine(), on_cluster=f"ON CLUSTER `{name}`" if name else "")


def record_state_changes(changes: Sequence[StateChange]) -> None:
    """Store state changes; recording one again (same id) changes nothing."""
    _insert_values("state_changes", changes, StateChange)


def record_events(events: Sequence[Event]) -> None:
    """Store events; recording one again (same id) changes nothing."""
    _insert_values("events", events, Event)


_REASONS = {
    Misfit.METRIC: _("a metric's name has 1 to 200 characters"),
    Misfit.LABELS: _("a series has 64 labels at most"),
    Misfit.LABEL: _("a label's name has 1 to 200 characters"),
    Misfit.TWICE: _("two of its labels have the same name"),
    Misfit.VALUE: _("a label's value has 4,096 characters at most"),
    Misfit.BYTES: _("name and labels have 16,384 bytes at most together"),
    Misfit.TEXT: _("its name or labels are no text"),
}
_SHOWN = 80
"""Characters of a name that an error repeats."""


def _refuse_misfits(known: KnownSeries, batch: SampleBatch) -> None:
    """Lists of series that are new here are looked at, before anything is stored."""
    for series in batch.series:
        for key in () if known.knows(series) else series.keys:
            if (misfit := key.misfit) is not None:
                name = key.metric[:_SHOWN].encode("utf-8", "replace").decode()
                field = "metric" if misfit is Misfit.METRIC else "labels"
                raise SeriesRefused(field=field, reason=_REASONS[misfit], metric=name)


def _check(batch: SampleBatch, series: int) -> None:
    size = len(batch.at)
    if not size == len(batch.value) == len(batch.series_index):
        raise BatchMalformed(reason="series_index, at and value differ in length")
    if size and not 0 <= batch.series_index.min() <= batch.series_index.max() < series:
        raise BatchMalformed(reason="series_index points outside keys", field="series_index")


def _digest(series: NDArray[np.uint64], batch: SampleBatch) -> str:
    """Stands for all that a batch says, also for what is refused of it at this moment. XXH3: it
    costs next to nothing (SHA-1 20 ns a sample), and nobody is kept out by it.
    """
    content = xxhash.xxh3_128()
    columns = (series, batch.series_index.astype("<i4", copy=False), batch.at, batch.value)
    for column in columns:
        content.update(np.ascontiguousarray(column).data)
    return content.hexdigest()


def _tell_series(
    store: Engine,
    known: KnownSeries,
    batch: SampleBatch,
    places: NDArray[np.int64],
    taken: NDArray[np.bool_],
) -> None:
    """Make sure the store knows every series of the batch, before its samples."""
    times = batch.at if taken.all() else batch.at[taken]
    if not len(times):
        return
    first, last = int(times.min()), int(times.max())
    used = np.zeros(len(places), np.bool_)
    used[batch.series_index[taken]] = True
    due = known.untold(places, used, first, last)
    if not len(due):
        return
    keys = batch.keys
    ids = known.columns.ids[places[due]].tolist()
    moments = [rules.moment(first).isoformat(), rules.moment(last).isoformat()]
    rows = [
        [*_described(number, keys[i]), *moments]
        for i, number in zip(due.tolist(), ids, strict=True)
    ]
    for start in range(0, len(rows), MAX_SERIES_TOLD):
        store.insert_rows("series", _SERIES_COLUMNS, rows[start : start + MAX_SERIES_TOLD])
    begun = due[known.are_new(places[due])].tolist()
    known.tell(places[due], first, last)
    catalogue(store).forget({keys[i].metric for i in begun})


def _described(number: int, key: SeriesKey) -> list[object]:
    """A series as the table has it, in what JSON writes by itself: a thousand go at once."""
    target = str(key.target or NO_TARGET)
    item, labels = str(key.item), dict(key.labels)
    return [number, key.metric, item, labels, target, key.unit, str(key.kind)]


def _rows(known: KnownSeries, batch: SampleBatch, places: NDArray[np.int64]) -> Rows:
    """Every sample of a batch, its number a decimal where that is exact."""
    from wardround.history.decimals import encode  # noqa: PLC0415  # its compiler loads slowly

    of_sample = places[batch.series_index]
    number, code = np.empty(len(batch), np.int64), np.empty(len(batch), np.int8)
    columns = known.columns
    values = np.ascontiguousarray(batch.value, dtype=np.float64)
    encode(values, of_sample, columns.scales, columns.counters, number, code)
    return Rows(columns.ids[of_sample], batch.at, number, code)


def _part(rows: Rows, part: slice, taken: NDArray[np.bool_]) -> Rows:
    """The accepted samples of one part of a batch."""
    keep = taken[part]
    whole = Rows(rows.series[part], rows.at[part], rows.number[part], rows.code[part])
    return whole if keep.all() else whole.where(keep)


def _insert_values(
    table: str, values: Sequence[StateChange] | Sequence[Event], kind: type[StateChange | Event]
) -> None:
    columns = tuple(kind.__dataclass_fields__)
    rows = [[getattr(value, column) for column in columns] for value in values]
    if rows:
        engine().insert_rows(table, columns, rows)
