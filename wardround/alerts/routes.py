"""Alerts over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy
from ninja import Query

from wardround.alerts import queries
from wardround.alerts.permissions import READ
from wardround.alerts.wire import AlertOut, AlertQuery
from wardround.kernel.http import Page, Request, RoomRouter, actor_of
from wardround.kernel.lists import chosen_columns
from wardround.kernel.reach import reach
from wardround.kernel.workbook import ROWS_TO_ASK_FOR, xlsx_response

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

router = RoomRouter(tags=["alerts"])


@router.get("/alerts", needs=READ, response=Page[AlertOut])
def list_alerts(request: Request, filters: Query[AlertQuery]) -> Page[AlertOut] | HttpResponse:
    """Alerts, newest first; `state=open` for what is wrong now. `since` and `until`: began."""
    if filters.format == "xlsx":
        filters = filters.model_copy(update={"limit": ROWS_TO_ASK_FOR, "cursor": None})
    page = queries.list_alerts(
        reach(actor_of(request), READ),
        filters.wanted(),
        limit=filters.limit,
        cursor=filters.cursor,
        sort=filters.sort,
    )
    items = [AlertOut.model_validate(alert) for alert in page.alerts]
    if filters.format == "xlsx":
        return _workbook(filters.columns, items)
    return Page(items=items, next=page.next, total=page.total)


@router.get("/alerts/{alert_id}", needs=READ, response=AlertOut)
def get_alert(request: Request, alert_id: UUID) -> AlertOut:
    return AlertOut.model_validate(queries.alert(reach(actor_of(request), READ), alert_id))


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
    return xlsx_response(gettext_lazy("Alerts"), chosen_columns(_COLUMNS, columns), rows)
