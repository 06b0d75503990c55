"""What crosses the door of the collect room: targets, what a scrape found, and why one failed."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from wardround.history.types import SeriesKey
from wardround.schema.types import Label

SHARDS = 64
"""Targets fall into this many shards; each is collected by the one holder of its lock."""


class State(enum.StrEnum):
    """How a target stands."""

    UP = "up"
    DOWN = "down"
    UNKNOWN = "unknown"
    PAUSED = "paused"


class Reason(enum.StrEnum):
    """Why a target is not up, in classes that tell a person where to look."""

    OK = "ok"
    DNS = "dns"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    TLS = "tls"
    AUTH = "auth"
    PERMISSION = "permission"
    ANSWER = "answer"
    CONTENT_TYPE = "content_type"
    FORMAT = "format"
    ENCODING = "encoding"
    CUT = "cut"
    TOO_BIG = "too_big"
    SETTINGS = "settings"
    INTERNAL = "internal"
    TEMPLATE = "template"
    UNDECLARED = "undeclared"


# Templates --------------------------------------------------------------------------------------

TEMPLATE = "monitor-template"
"""The kind of definition that a template is."""
OWN_METRICS = frozenset(
    {"up", "scrape_duration_seconds", "scrape_samples", "scrape_group_up", "scrape_duplicates"}
)
"""What every target yields by itself; a template may draw them but not declare them."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric that a template declares; `kind` is gauge, counter or state."""

    name: str
    label: Label
    kind: str = "gauge"
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    label: Label
    unit: str = ""


@dataclass(frozen=True, slots=True)
class TableSpec:
    """Rows of which only the newest stand: processes, services, sessions."""

    name: str
    label: Label
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """What is collected together; seconds. The first group of a template decides `up`."""

    name: str
    interval: float
    timeout: float
    metrics: tuple[Metric, ...] = ()
    tables: tuple[TableSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class PanelMetric:
    metric: str
    label: Label | None = None
    aggregate: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    name: str
    label: Label
    metrics: tuple[PanelMetric, ...]
    unit: str = ""
    kind: str = "line"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A setting of a target; a `secret` one is sealed at rest and never sent out."""

    name: str
    label: Label
    type: str = "text"
    required: bool = False
    default: Any = None


@dataclass(frozen=True, slots=True)
class Naming:
    """What becomes of the metrics of a page: which are kept, and under which name.

    `item_label` is the label whose value is the key of the item a series belongs to.
    """

    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    rename: tuple[tuple[str, str], ...] = ()
    drop_labels: tuple[str, ...] = ()
    item_label: str = ""


@dataclass(frozen=True, slots=True)
class MonitorTemplate:
    """How one kind of thing is monitored."""

    name: str
    label: Label
    driver: str
    groups: tuple[Group, ...]
    parameters: tuple[Parameter, ...] = ()
    panels: tuple[Panel, ...] = ()
    naming: Naming = Naming()

    @property
    def secrets(self) -> frozenset[str]:
        """Names of the parameters that are secrets."""
        return frozenset(one.name for one in self.parameters if one.type == "secret")

    @property
    def interval(self) -> float:
        return self.groups[0].interval

    @property
    def timeout(self) -> float:
        return self.groups[0].timeout

    def metrics(self) -> tuple[Metric, ...]:
        """Every metric of every group, each once."""
        found = {metric.name: metric for group in self.groups for metric in group.metrics}
        return tuple(found.values())

    def tables(self) -> tuple[TableSpec, ...]:
        return tuple(table for group in self.groups for table in group.tables)


@dataclass(frozen=True, slots=True)
class DeclaredTarget:
    """A target as a pack declares it; `item` is an item's key, a zero the template's own value."""

    item: str
    template: str
    address: str = ""
    name: str = ""
    interval: float = 0
    timeout: float = 0
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """What tells it from every other declaration."""
        return f"{self.item}/{self.template}/{self.name}"


# Targets ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TargetSpec:
    """Everything a collector must know of a target; its secrets are open, so it is never shown."""

    id: UUID
    name: str
    item: UUID
    template: MonitorTemplate
    address: str = ""
    interval: float = 15
    timeout: float = 10
    parameters: Mapping[str, Any] = field(default_factory=dict, repr=False)
    items_by_key: Mapping[str, UUID] = field(default_factory=dict, repr=False)
    alone: bool = True
    """False: the item has another target of this template, so every series is labelled with
    the target's name; they would be one series else."""

    @property
    def series_labels(self) -> tuple[tuple[str, str], ...]:
        return () if self.alone else (("target", self.name),)


@dataclass(frozen=True)
class Target:
    """A target as people see it."""

    id: UUID
    name: str
    item: UUID
    template: str
    driver: str
    address: str
    interval_s: float
    timeout_s: float
    enabled: bool
    parameters: Mapping[str, Any]
    state: State
    reason: Reason
    detail: str
    last_at: datetime | None
    last_seconds: float | None
    last_samples: int | None
    collector: UUID | None
    version: int


@dataclass(frozen=True)
class TargetChange:
    """What a person wants of a target; None leaves a field as it is."""

    name: str | None = None
    item: UUID | None = None
    template: str | None = None
    address: str | None = None
    interval_s: float | None = None
    timeout_s: float | None = None
    enabled: bool | None = None
    parameters: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class CollectorRow:
    """A running collector process, as it last said."""

    id: UUID
    host: str
    pid: int
    started_at: datetime
    last_at: datetime
    targets: int
    samples_per_second: float
    spool_bytes: int
    figures: Mapping[str, float]


@dataclass(frozen=True)
class TargetStanding:
    """How a target stands after its newest scrape."""

    target: UUID
    state: State
    reason: Reason
    detail: str
    at: datetime
    seconds: float
    samples: int


@dataclass(frozen=True)
class Table:
    """Rows as a driver read them; the keys are the columns of the template's table."""

    name: str
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class ItemTable:
    """The newest rows of one table of an item."""

    item: UUID
    name: str
    at: datetime
    columns: tuple[Column, ...]
    label: Label
    rows: tuple[Mapping[str, Any], ...]


# Scrapes ----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Layout:
    """Which series a scrape holds, in order.

    While a target keeps its shape the same object comes again: remember by identity.
    """

    keys: tuple[SeriesKey, ...]


@dataclass(frozen=True, eq=False)
class CollectedBatch:
    """One scrape of one target: `values[i]` belongs to `layout.keys[i]`.

    `times_ms` (Unix milliseconds) is None when every sample is of the moment `at`. A target that
    does not answer gives a batch too, with `up` false: silence is never an answer.
    """

    target: UUID
    target_name: str
    item: UUID
    layout: Layout
    values: NDArray[np.float64]
    times_ms: NDArray[np.int64] | None
    at: datetime
    up: bool
    reason: Reason
    detail: str = ""
    seconds: float = 0
    tables: tuple[Table, ...] = ()
    template: str = ""
    alone: bool = True
    """As in `TargetSpec`."""

    @property
    def keys(self) -> tuple[SeriesKey, ...]:
        return self.layout.keys


@dataclass(frozen=True, eq=False)
class Collected:
    """What a driver found for one group."""

    layout: Layout
    values: NDArray[np.float64]
    times_ms: NDArray[np.int64] | None = None
    tables: tuple[Table, ...] = ()
    note: str = ""
    """Something a person should know though the scrape went well."""
    duplicates: int = 0
