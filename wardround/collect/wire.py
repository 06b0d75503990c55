"""How targets, templates, tables and collectors look over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AliasPath, BeforeValidator, Field

from wardround.collect.reasons import REASON_TEXTS
from wardround.collect.types import Reason, State
from wardround.kernel.http import ShortFilters, TimedListFilters, Version
from wardround.kernel.wire import Answer, Body, Figure, Label, OptionalLabel, Pairs, Ref, Several
from wardround.schema.queries import named


def _told(reason: Reason) -> str:
    return str(REASON_TEXTS[reason])


def _empty_if_none(value: str | None) -> str:
    return value or ""


ReasonText = Annotated[str, BeforeValidator(_told), Field(validation_alias="reason")]
"""A reason in the reader's words, with what to look at next."""

TextOrEmpty = Annotated[str, BeforeValidator(_empty_if_none)]


class MetricRef(Answer):
    name: str
    label: Label


class TargetOut(Answer):
    id: UUID
    name: str
    item: Ref = Field(validation_alias="monitored")
    template: str
    template_label: Label
    driver: str
    address: str
    interval_s: float
    timeout_s: float
    enabled: bool
    parameters: dict[str, Any]
    """A secret comes as dots; dots sent back leave it as it is."""
    state: State
    reason: Reason
    reason_text: ReasonText
    detail: str
    last_at: datetime | None
    last_seconds: float | None
    last_samples: int | None
    asked_at: datetime
    """Since when it is asked what it is asked now. While its state is `never`, it has not answered
    since then, and its silence is no outage.
    """
    unfilled: list[MetricRef]
    """What its template declares and no series of it has, as it was collected last; of a group that
    has not answered yet nothing is known.
    """
    collector: UUID | None
    version: int


class TargetQuery(TimedListFilters):
    item: list[UUID] = Several
    state: list[State] = Several
    template: list[Annotated[str, named("monitor-template")]] = Several


Seconds = Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Address = Annotated[str, Field(max_length=2000)]


class TargetIn(Body):
    item: UUID
    template: str
    name: Name | None = None
    address: Address = ""
    interval_s: Seconds | None = None
    timeout_s: Seconds | None = None
    enabled: bool = True
    parameters: Annotated[dict[str, Any], Field(default_factory=dict)]


class TargetDraftIn(TargetIn):
    """A target as it would be saved; `target`: the one whose change it would be."""

    target: UUID | None = None


class TargetPatch(Body):
    """Fields that are not given stay. With `version` the change is refused on a newer target."""

    item: UUID | None = None
    template: str | None = None
    name: Name | None = None
    address: Address | None = None
    interval_s: Seconds | None = None
    timeout_s: Seconds | None = None
    enabled: bool | None = None
    parameters: dict[str, Any] | None = None
    version: Version | None = None


class SampleOut(Answer):
    metric: str = Field(validation_alias=AliasPath("key", "metric"))
    labels: Pairs = Field(validation_alias=AliasPath("key", "labels"))
    value: Figure
    unit: str = Field(validation_alias=AliasPath("key", "unit"))


class CheckOut(Answer):
    """The result of one try; at most 200 of the samples it found."""

    up: bool
    reason: Reason
    reason_text: ReasonText
    detail: str
    at: datetime
    seconds: float
    samples: int
    sample: list[SampleOut]
    tables: list[str]


class MetricOut(Answer):
    name: str
    label: Label
    unit: str
    kind: str
    labels: list[str] | None
    """None: not said, so anything may come."""
    help: Label


class PanelMetricOut(Answer):
    metric: str
    label: OptionalLabel
    aggregate: TextOrEmpty
    by: TextOrEmpty


class PanelOut(Answer):
    name: str
    label: Label
    metrics: list[PanelMetricOut]
    unit: str
    kind: str


class ColumnOut(Answer):
    name: str
    label: Label
    unit: str


class TableSpecOut(Answer):
    name: str
    label: Label
    columns: list[ColumnOut]


class ParameterOut(Answer):
    name: str
    label: Label
    type: str
    required: bool
    default: Any


class GroupOut(Answer):
    """What is read together; `scrape_group_up` says by its name whether it was."""

    name: str
    label: Label
    interval_s: float = Field(validation_alias="interval")
    timeout_s: float = Field(validation_alias="timeout")


class TemplateFilters(ShortFilters):
    item: UUID | None = None
    """Those that are for this item."""


class TemplateOut(Answer):
    name: str
    label: Label
    driver: str
    item_types: list[str]
    """The item types it is for, their descendants too; with no layers either, for any item."""
    layers: list[str]
    interval_s: float = Field(validation_alias="interval")
    timeout_s: float = Field(validation_alias="timeout")
    parameters: list[ParameterOut]
    metrics: list[MetricOut]
    groups: list[GroupOut]
    panels: list[PanelOut]
    tables: list[TableSpecOut]


class TableRef(Answer):
    name: str
    label: Label
    at: datetime


class TableOut(TableRef):
    columns: list[ColumnOut]
    rows: list[dict[str, Any]]


class CollectorOut(Answer):
    id: UUID
    host: str
    pid: int
    started_at: datetime
    last_at: datetime
    targets: int
    samples_per_second: float
    spool_bytes: int
    figures: dict[str, float]
