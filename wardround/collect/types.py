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

from wardround.collect.declared_targets import DeclaredTarget, TargetList
from wardround.collect.monitor_templates import (
    OWN_LABELS,
    OWN_METRICS,
    TEMPLATE,
    Column,
    DeclaredMetric,
    Metric,
    MetricType,
    MonitorTemplate,
    Naming,
    Parameter,
    ParameterType,
    ScrapeGroup,
    TableSpec,
)
from wardround.collect.panels import (
    LabelName,
    MetricName,
    Panel,
    PanelKind,
    PanelMetric,
    TemplateName,
    Unit,
)
from wardround.history.types import SeriesKey
from wardround.kernel.types import Named
from wardround.schema.declarations import told_as
from wardround.schema.types import Label

__all__ = [
    "OWN_LABELS",
    "OWN_METRICS",
    "SHARDS",
    "TEMPLATE",
    "Collected",
    "CollectedBatch",
    "CollectorRow",
    "Column",
    "DeclaredMetric",
    "DeclaredTarget",
    "FoundSample",
    "ItemTable",
    "LabelName",
    "Layout",
    "Metric",
    "MetricName",
    "MetricType",
    "MonitorTemplate",
    "Naming",
    "Panel",
    "PanelKind",
    "PanelMetric",
    "Parameter",
    "ParameterType",
    "Reason",
    "ScrapeGroup",
    "State",
    "Table",
    "TableSpec",
    "Target",
    "TargetChange",
    "TargetCheck",
    "TargetList",
    "TargetSpec",
    "TargetStanding",
    "TemplateName",
    "Unit",
]

SHARDS = 64
"""Targets fall into this many shards; each is collected by the one holder of its lock."""


@told_as(
    {
        "up": ("可达", "Up"),
        "down": ("无应答", "Down"),
        "never": ("从未应答", "Never answered"),
        "unknown": ("未知", "Unknown"),
        "paused": ("已停采", "Paused"),
    }
)
class State(enum.StrEnum):
    """How a target stands."""

    UP = "up"
    DOWN = "down"
    NEVER = "never"
    """It is asked and has never answered, as it is asked now: it is set up wrongly, or what it
    watches is not there yet. Nothing is known of its item by it, so nothing is down.
    """
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
    asked_at: datetime | None = None
    """Since when it is asked what it is asked now."""
    worked: bool = field(default=True, compare=False)
    """Whether it has worked as it is asked now; what is no other target for it goes on."""

    @property
    def series_labels(self) -> tuple[tuple[str, str], ...]:
        return () if self.alone else (("target", self.name),)


@dataclass(frozen=True)
class Target:
    """A target as people see it."""

    id: UUID
    name: str
    item: UUID
    item_name: str
    template: str
    template_label: Label
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
    asked_at: datetime
    """Since when it is asked what it is asked now: address, template, item and parameters."""
    worked: bool
    """Whether it has answered since then; before that its silence is no outage."""
    unfilled: tuple[Metric, ...]
    """What its template declares and no series of it has, as it was collected last."""
    collector: UUID | None
    version: int

    @property
    def monitored(self) -> Named:
        """Its item, as a screen names it."""
        return Named(self.item, self.item_name)


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
    unfilled: tuple[str, ...] = ()
    """As in `CollectedBatch`."""
    worked_as: datetime | None = None
    """The `asked_at` of the settings that it worked with, now or before; none: it has not."""


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
    moved: NDArray[np.bool_] | None = None
    """Which samples are new; None: all. Of one whose own time did not move nothing is new: it is
    stored once, however often its page repeats it.
    """
    unfilled: tuple[str, ...] = ()
    """Metrics that its template declares and no series of it has: those of a group that has not
    answered yet are not told.
    """
    worked: bool = True
    """Whether the target has worked as it is asked now, this time or before. Rules judge nothing
    else: what never answered cannot have gone down.
    """
    asked_at: datetime | None = None
    """As in `TargetSpec`."""

    @property
    def keys(self) -> tuple[SeriesKey, ...]:
        return self.layout.keys


@dataclass(frozen=True)
class FoundSample:
    """One value as a try found it."""

    key: SeriesKey
    value: float


@dataclass(frozen=True)
class TargetCheck:
    """What one try of a target found, of the items within reach; not all of its samples."""

    up: bool
    reason: Reason
    detail: str
    at: datetime
    seconds: float
    samples: int
    """How many there were."""
    sample: tuple[FoundSample, ...]
    tables: tuple[str, ...]


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
    skipped: int = 0
    """Lines of a page that gave nothing, such as native histograms."""
