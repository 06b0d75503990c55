"""How targets, templates, tables and collectors look over HTTP."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

from wardround.cmdb.types import ItemRef
from wardround.collect.reasons import REASON_TEXTS
from wardround.collect.types import (
    CollectedBatch,
    CollectorRow,
    Column,
    ItemTable,
    MonitorTemplate,
    Panel,
    Reason,
    State,
    Target,
)
from wardround.kernel.http import ListFilters, Ref
from wardround.schema.types import Label

Several: Any = Field(default_factory=list)


class TargetOut(Schema):
    id: UUID
    name: str
    item: Ref
    template: str
    template_label: str
    driver: str
    address: str
    interval_s: float
    timeout_s: float
    enabled: bool
    parameters: dict[str, Any]
    """A secret comes as dots; dots sent back leave it as it is."""
    state: State
    reason: Reason
    reason_text: str
    detail: str
    last_at: datetime | None
    last_seconds: float | None
    last_samples: int | None
    collector: UUID | None
    version: int


class TargetQuery(ListFilters):
    item: Annotated[list[UUID], Several]
    state: Annotated[list[State], Several]
    template: Annotated[list[str], Several]


class _Body(Schema):
    model_config = ConfigDict(extra="forbid")


Seconds = Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Address = Annotated[str, Field(max_length=2000)]


class TargetIn(_Body):
    item: UUID
    template: str
    name: Name | None = None
    address: Address = ""
    interval_s: Seconds | None = None
    timeout_s: Seconds | None = None
    enabled: bool = True
    parameters: Annotated[dict[str, Any], Field(default_factory=dict)]


class TargetPatch(_Body):
    """Fields that are not given stay. With `version` the change is refused on a newer target."""

    item: UUID | None = None
    template: str | None = None
    name: Name | None = None
    address: Address | None = None
    interval_s: Seconds | None = None
    timeout_s: Seconds | None = None
    enabled: bool | None = None
    parameters: dict[str, Any] | None = None
    version: int | None = None


class SampleOut(Schema):
    metric: str
    labels: dict[str, str]
    value: float | None
    unit: str


class CheckOut(Schema):
    """The result of one try; at most 200 of the samples it found."""

    up: bool
    reason: Reason
    reason_text: str
    detail: str
    at: datetime
    seconds: float
    samples: int
    sample: list[SampleOut]
    tables: list[str]


class MetricOut(Schema):
    name: str
    label: str
    unit: str
    kind: str
    labels: list[str] | None
    """None: not said, so anything may come."""
    help: str


class PanelMetricOut(Schema):
    metric: str
    label: str | None
    aggregate: str
    by: str


class PanelOut(Schema):
    name: str
    label: str
    metrics: list[PanelMetricOut]
    unit: str
    kind: str


class ColumnOut(Schema):
    name: str
    label: str
    unit: str


class TableSpecOut(Schema):
    name: str
    label: str
    columns: list[ColumnOut]


class ParameterOut(Schema):
    name: str
    label: str
    type: str
    required: bool
    default: Any


class GroupOut(Schema):
    """What is read together; `scrape_group_up` says by its name whether it was."""

    name: str
    label: str
    interval_s: float
    timeout_s: float


class TemplateOut(Schema):
    name: str
    label: str
    driver: str
    interval_s: float
    timeout_s: float
    parameters: list[ParameterOut]
    metrics: list[MetricOut]
    groups: list[GroupOut]
    panels: list[PanelOut]
    tables: list[TableSpecOut]


class TableRef(Schema):
    name: str
    label: str
    at: datetime


class TableOut(TableRef):
    columns: list[ColumnOut]
    rows: list[dict[str, Any]]


class CollectorOut(Schema):
    id: UUID
    host: str
    pid: int
    started_at: datetime
    last_at: datetime
    targets: int
    samples_per_second: float
    spool_bytes: int
    figures: dict[str, float]


class Gone(Schema):
    id: UUID


_MOST_SHOWN = 200


class Telling:
    """Values told in one reader's language."""

    def __init__(self, language: str) -> None:
        self._language = language

    def label(self, label: Label) -> str:
        return label.text(self._language)

    def target(
        self, one: Target, items: Mapping[UUID, ItemRef], templates: Mapping[str, MonitorTemplate]
    ) -> TargetOut:
        item = items.get(one.item)
        template = templates.get(one.template)
        given = {name: value for name, value in vars(one).items() if name != "item"}
        return TargetOut(
            item=Ref(id=str(one.item), name=item.name if item else ""),
            template_label=self.label(template.label) if template else one.template,
            reason_text=str(REASON_TEXTS[one.reason]),
            **given,
        )

    def check(self, batch: CollectedBatch, seen: Collection[UUID]) -> CheckOut:
        """What a try found, of these items."""
        found = [
            (key, value)
            for key, value in zip(batch.keys, batch.values.tolist(), strict=True)
            if key.item in seen
        ]
        return CheckOut(
            up=batch.up,
            reason=batch.reason,
            reason_text=str(REASON_TEXTS[batch.reason]),
            detail=batch.detail,
            at=batch.at,
            seconds=batch.seconds,
            samples=len(found),
            sample=[
                SampleOut(
                    metric=key.metric, labels=dict(key.labels), value=_finite(value), unit=key.unit
                )
                for key, value in found[:_MOST_SHOWN]
            ],
            tables=[table.name for table in batch.tables],
        )

    def template(self, one: MonitorTemplate) -> TemplateOut:
        return TemplateOut(
            name=one.name,
            label=self.label(one.label),
            driver=one.driver,
            interval_s=one.interval,
            timeout_s=one.timeout,
            parameters=[
                ParameterOut(
                    name=parameter.name,
                    label=self.label(parameter.label),
                    type=parameter.type,
                    required=parameter.required,
                    default=parameter.default,
                )
                for parameter in one.parameters
            ],
            metrics=[
                MetricOut(
                    name=metric.name,
                    label=self.label(metric.label),
                    unit=metric.unit,
                    kind=metric.kind,
                    labels=None if metric.labels is None else list(metric.labels),
                    help=self.label(metric.help) if metric.help else "",
                )
                for metric in one.metrics()
            ],
            groups=[
                GroupOut(
                    name=group.name,
                    label=self.label(group.label) if group.label else group.name,
                    interval_s=group.interval,
                    timeout_s=group.timeout,
                )
                for group in one.groups
            ],
            panels=[self._panel(panel) for panel in one.panels],
            tables=[
                TableSpecOut(
                    name=table.name,
                    label=self.label(table.label),
                    columns=self._columns(table.columns),
                )
                for table in one.tables()
            ],
        )

    def _panel(self, one: Panel) -> PanelOut:
        return PanelOut(
            name=one.name,
            label=self.label(one.label),
            unit=one.unit,
            kind=one.kind,
            metrics=[
                PanelMetricOut(
                    metric=metric.metric,
                    label=self.label(metric.label) if metric.label else None,
                    aggregate=metric.aggregate or "",
                    by=metric.by or "",
                )
                for metric in one.metrics
            ],
        )

    def _columns(self, columns: tuple[Column, ...]) -> list[ColumnOut]:
        return [ColumnOut(name=c.name, label=self.label(c.label), unit=c.unit) for c in columns]

    def table_ref(self, one: ItemTable) -> TableRef:
        return TableRef(name=one.name, label=self.label(one.label), at=one.at)

    def table(self, one: ItemTable) -> TableOut:
        return TableOut(
            name=one.name,
            label=self.label(one.label),
            at=one.at,
            columns=self._columns(one.columns),
            rows=[dict(row) for row in one.rows],
        )


def collector(one: CollectorRow) -> CollectorOut:
    return CollectorOut(**vars(one))


def _finite(value: float) -> float | None:
    """JSON knows neither NaN nor infinities."""
    return value if abs(value) < float("inf") else None
