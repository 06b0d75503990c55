"""Alerts over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import get_language, gettext_lazy
from ninja import Query, Schema
from pydantic import Field

from wardround.alerts import queries
from wardround.alerts.permissions import READ
from wardround.alerts.types import Alert, AlertState, Severity
from wardround.kernel.http import ListFilters, Moment, Page, Ref, Request, RoomRouter, actor_of
from wardround.kernel.lists import MOST_ROWS_IN_A_WORKBOOK, chosen_columns, xlsx_response
from wardround.kernel.reach import reach

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

router = RoomRouter(tags=["alerts"])


class AlertFilters(ListFilters):
    state: Annotated[list[AlertState], Field(default_factory=list)]
    severity: Annotated[list[Severity], Field(default_factory=list)]
    item: Annotated[list[UUID], Field(default_factory=list)]
    rule: Annotated[list[str], Field(default_factory=list)]
    system: Annotated[list[UUID], Field(default_factory=list)]
    id: Annotated[list[UUID], Field(default_factory=list)]
    since: Moment | None = None

    def wanted(self) -> queries.AlertFilters:
        return queries.AlertFilters(
            states=tuple(self.state),
            severities=tuple(self.severity),
            items=tuple(self.item),
            rules=tuple(self.rule),
            systems=tuple(self.system),
            ids=tuple(self.id),
            since=self.since,
            q=self.q,
        )


class AlertItem(Ref):
    type: str


class AlertOut(Schema):
    """`value` is what was measured when it began; null where it was no finite number."""

    id: UUID
    rule: str
    rule_label: str
    severity: Severity
    availability: bool
    item: AlertItem
    labels: dict[str, str]
    summary: str
    value: float | None
    unit: str
    state: AlertState
    started_at: datetime
    ended_at: datetime | None
    end_reason: str
    last_at: datetime
    systems: list[Ref]

    @classmethod
    def of(cls, alert: Alert) -> AlertOut:
        language = get_language() or "zh-hans"
        return cls(
            id=alert.id,
            rule=alert.rule,
            rule_label=alert.rule_label(language),
            severity=alert.severity,
            availability=alert.availability,
            item=AlertItem(id=str(alert.item.id), name=alert.item.name, type=alert.item.type),
            labels=dict(alert.labels),
            summary=alert.summary(language),
            value=alert.value,
            unit=alert.unit,
            state=alert.state,
            started_at=alert.started_at,
            ended_at=alert.ended_at,
            end_reason=alert.end_reason,
            last_at=alert.last_at,
            systems=[Ref(id=str(system.id), name=system.name) for system in alert.systems],
        )


@router.get("/alerts", needs=READ, response=Page[AlertOut])
def list_alerts(request: Request, filters: Query[AlertFilters]) -> Page[AlertOut] | HttpResponse:
    """Alerts, newest first; `state=open` for what is wrong now."""
    if filters.format == "xlsx":
        filters = filters.model_copy(update={"limit": MOST_ROWS_IN_A_WORKBOOK, "cursor": None})
    page = queries.list_alerts(
        reach(actor_of(request), READ),
        filters.wanted(),
        limit=filters.limit,
        cursor=filters.cursor,
        sort=filters.sort,
    )
    items = [AlertOut.of(alert) for alert in page.alerts]
    if filters.format == "xlsx":
        return _workbook(filters.columns, items)
    return Page(items=items, next=page.next, total=page.total)


@router.get("/alerts/{alert_id}", needs=READ, response=AlertOut)
def get_alert(request: Request, alert_id: UUID) -> AlertOut:
    return AlertOut.of(queries.alert(reach(actor_of(request), READ), alert_id))


_COLUMNS: Mapping[str, StrOrPromise] = {
    "started_at": gettext_lazy("Began"),
    "ended_at": gettext_lazy("Ended"),
    "severity": gettext_lazy("Severity"),
    "state": gettext_lazy("State"),
    "item": gettext_lazy("Item"),
    "rule_label": gettext_lazy("Rule"),
    "summary": gettext_lazy("Summary"),
    "value": gettext_lazy("Value"),
    "unit": gettext_lazy("Unit"),
    "labels": gettext_lazy("Labels"),
    "systems": gettext_lazy("Systems"),
}


def _workbook(columns: str | None, items: list[AlertOut]) -> HttpResponse:
    rows = (
        {
            **vars(alert),
            "item": alert.item.name,
            "labels": ", ".join(f"{name}={value}" for name, value in alert.labels.items()),
            "systems": ", ".join(system.name for system in alert.systems),
        }
        for alert in items
    )
    return xlsx_response("alerts", chosen_columns(_COLUMNS, columns), rows)
