"""What crosses the door of the history room: frozen values, with numpy arrays for the bulk.

Moments of samples are `int64` milliseconds since 1970 UTC in arrays, aware datetimes elsewhere.

Several samples of a series may have one moment. In whatever order they came and wherever they are
kept, the greatest is the last of them, and a rate goes to the least and on from the greatest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

Labels = tuple[tuple[str, str], ...]


class Kind(StrEnum):
    """What a series' values mean over time."""

    GAUGE = "gauge"
    COUNTER = "counter"  # only grows, except when it begins again at zero
    STATE = "state"  # a small number that stands for a state; its mean says little


class Aggregate(StrEnum):
    """How the samples of one step become one value. NaN never takes part.

    RATE is growth per second of a counter between neighbouring samples, a fall counting as a new
    beginning at zero; INCREASE is that growth itself, in the step of the later of the two. P95 is
    of samples at every step, and is told for as long as these are kept.
    """

    AVG = "avg"
    MIN = "min"
    MAX = "max"
    SUM = "sum"
    LAST = "last"  # of several samples at one moment the greatest
    COUNT = "count"
    RATE = "rate"
    P95 = "p95"
    INCREASE = "increase"

    @property
    def grows(self) -> bool:
        """Whether it is about what lies between samples, and not about samples."""
        return self in {Aggregate.RATE, Aggregate.INCREASE}


class Source(StrEnum):
    """Which store of samples answered."""

    RAW = "raw"
    FIVE_MINUTES = "5m"
    HOUR = "1h"

    @property
    def width(self) -> timedelta:
        return _WIDTHS[self]


_WIDTHS = {
    Source.RAW: timedelta(0),
    Source.FIVE_MINUTES: timedelta(minutes=5),
    Source.HOUR: timedelta(hours=1),
}


class Refusal(StrEnum):
    """Why a sample was not taken."""

    FUTURE = "future"  # more than five minutes ahead of this machine's clock
    TOO_OLD = "too_old"  # older than raw samples are kept


MOST_IN_NAME, MOST_LABELS, MOST_IN_VALUE, MOST_BYTES = 200, 64, 4096, 16_384
"""Characters of a metric's or a label's name, labels of a series, characters of a label's value,
bytes of all of them together."""


class Misfit(StrEnum):
    """What of a series' name and labels cannot be stored."""

    METRIC = "metric"  # no name, or one that is too long
    LABELS = "labels"  # too many
    LABEL = "label"  # no name, or one that is too long
    TWICE = "twice"  # two labels of one name
    VALUE = "value"  # too long
    BYTES = "bytes"  # too long all together
    TEXT = "text"  # no text that can be written as UTF-8


@dataclass(frozen=True, slots=True)
class SeriesKey:
    """One series: a metric of one item, told apart by labels (kept sorted).

    Unit, kind and target describe the series; they are no part of its identity.
    """

    metric: str
    item: UUID
    labels: Labels = ()
    kind: Kind = field(default=Kind.GAUGE, compare=False)
    unit: str = field(default="", compare=False)
    target: UUID | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if len(self.labels) > 1:
            object.__setattr__(self, "labels", tuple(sorted(self.labels)))

    @property
    def misfit(self) -> Misfit | None:
        """Why it cannot be stored, if it cannot."""
        names, values = [name for name, _ in self.labels], [value for _, value in self.labels]
        try:
            size = sum(len(text.encode()) for text in (self.metric, *names, *values))
        except UnicodeEncodeError:  # half of a surrogate pair
            return Misfit.TEXT
        found = (
            (not 0 < len(self.metric) <= MOST_IN_NAME, Misfit.METRIC),
            (len(names) > MOST_LABELS, Misfit.LABELS),
            (not all(0 < len(name) <= MOST_IN_NAME for name in names), Misfit.LABEL),
            (len(set(names)) < len(names), Misfit.TWICE),
            (any(len(value) > MOST_IN_VALUE for value in values), Misfit.VALUE),
            (size > MOST_BYTES, Misfit.BYTES),
        )
        return next((misfit for wrong, misfit in found if wrong), None)


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class SeriesList:
    """Series that come together again and again, as those of one page.

    The same object the next time saves working out which series they are.
    """

    keys: tuple[SeriesKey, ...]


@dataclass(frozen=True, slots=True, eq=False)
class SampleBatch:
    """Samples that are stored together. `batch_id` makes sending it again harmless.

    The three arrays have one entry a sample; `series_index` points into the keys of all lists of
    `series`, one after the other.
    """

    batch_id: UUID
    series: tuple[SeriesList, ...]
    series_index: NDArray[np.int32]
    at: NDArray[np.int64]
    value: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.at)

    @property
    def keys(self) -> list[SeriesKey]:
        return [key for series in self.series for key in series.keys]


@dataclass(frozen=True, slots=True)
class AppendReport:
    """`accepted` samples are on the store's disk; the others were refused for a reason."""

    accepted: int
    refused: Mapping[Refusal, int]


@dataclass(frozen=True, slots=True)
class RangeQuery:
    """One metric of some items (none named: of all), from `since` to before `until`.

    `labels` must all match. Both ends widen to whole steps, which count from 1970 UTC. Without a
    step the samples come as they are stored.
    """

    metric: str
    items: tuple[UUID, ...]
    since: datetime
    until: datetime
    step: timedelta | None = None
    aggregate: Aggregate = Aggregate.AVG
    labels: Labels = ()


@dataclass(frozen=True, slots=True, eq=False)
class SeriesPoints:
    """`at[i]` is the beginning of the step that `value[i]` is for; empty steps are absent."""

    key: SeriesKey
    at: NDArray[np.int64]
    value: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class RangeResult:
    """`step` may be longer than asked where only a roll-up reaches back that far."""

    series: tuple[SeriesPoints, ...]
    source: Source
    step: timedelta | None


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest value of a series that is a number."""

    key: SeriesKey
    at: datetime
    value: float


@dataclass(frozen=True, slots=True)
class SeriesInfo:
    key: SeriesKey
    first_seen: datetime
    last_seen: datetime
    """Of a series that ended: exact as soon as its last hour is rolled up, half a day early at most
    until then and where it only ever was no number."""
    latest: Latest | None


@dataclass(frozen=True, slots=True)
class FleetQuery:
    """The `top` series of one metric over all items, by one value each over the whole window.

    From 20 minutes on the window widens to whole roll-up steps.
    """

    metric: str
    aggregate: Aggregate
    since: datetime
    until: datetime
    top: int = 50
    lowest: bool = False
    labels: Labels = ()


@dataclass(frozen=True, slots=True)
class FleetRow:
    """One series' value over the whole window of a fleet query."""

    key: SeriesKey
    value: float


@dataclass(frozen=True, slots=True)
class StateChange:
    """That something went from one state to another; recording the same `id` twice counts once."""

    id: UUID
    at: datetime
    subject_kind: str
    subject: UUID
    from_state: str
    to_state: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened and has no state after it; same rule for `id`."""

    id: UUID
    at: datetime
    kind: str
    subject_kind: str
    subject: UUID
    severity: str = ""
    text: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days each class of history is kept."""

    raw: int = 30
    five_minutes: int = 180
    hour: int = 1830
    changes: int = 1830

    def of(self, source: Source) -> timedelta:
        days = {Source.RAW: self.raw, Source.FIVE_MINUTES: self.five_minutes}
        return timedelta(days=days.get(source, self.hour))


@dataclass(frozen=True, slots=True)
class StoreTable:
    """What the store holds of one table, on the server that answered."""

    name: str
    rows: int
    bytes: int
    parts: int
    most_parts: int
    """Parts of the partition that has the most: past a thousand the store slows inserts down."""
    partitions: int
    oldest: datetime | None
    newest: datetime | None


@dataclass(frozen=True, slots=True)
class DamagedPart:
    """A part of a table that cannot be read."""

    table: str
    part: str
    place: str
    """Its folder on the store's machine."""
    rows: int | None
    """None where nobody can tell."""
    since: datetime | None
    until: datetime | None
    set_aside: bool
    """Whether the engine put it beside the table when it started; else questions meet it."""


@dataclass(frozen=True, slots=True)
class CommitFigures:
    """How the group commit of the embedded server does; totals begin anew with its process."""

    waiting_rows: float
    """Acknowledged, and in its log but not yet in its tables."""
    oldest_seconds: float
    """How long the oldest of them has been waiting."""
    batches: float
    rows: float
    repeated: float
    """Batches that came again and were known."""
    commits: float
    commit_seconds: float
    slowest_commit_seconds: float
    """Since it was last asked."""
    set_aside_rows: float
    """Rows whose tables are gone: kept in a file beside the log."""
    failing: float
    """1 while the tables take nothing."""
    mended_parts: float
    """Parts that the disk did not take whole, taken out; their rows came again."""
    recent_bytes: float
    """Of the newest samples that are kept in memory."""
    recent_series: float
    recent_seconds: float
    """How far back memory has every sample."""
    recent_full: float
    """1 while some series have no room there: the tables answer for them."""
    hot_series: float
    """Series whose last hour is kept as windows."""
    hot_bytes: float


@dataclass(frozen=True, slots=True)
class StoreFigures:
    """How the store itself does; counters begin anew with its process."""

    tables: tuple[StoreTable, ...]
    uptime_seconds: float
    inserts: float
    inserted_rows: float
    inserted_bytes: float
    queries: float
    failed_queries: float
    queries_running: float
    merges_running: float
    memory_bytes: float
    disk_free_bytes: float
    rolled_until: datetime | None
    """Roll-ups are made up to here."""
    touched_windows: int
    """Windows whose samples came late, to be rolled up again."""
    commits: CommitFigures | None
    """Of the embedded server alone."""
    damaged: tuple[DamagedPart, ...]
