"""Alerts over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy
from ninja import Query, Status

from wardround.alerts import actions, queries
from wardround.alerts.permissions import HANDLE, READ
from wardround.alerts.types import Act, Wanted
from wardround.alerts.wire import (
    AcknowledgeIn,
    AlertActsIn,
    AlertActsOut,
    AlertLineOut,
    AlertOut,
    AlertQuery,
    CloseIn,
    SilenceIn,
)
from wardround.detection.summary import FORMS
from wardround.kernel.http import (
    Page,
    Request,
    RoomRouter,
    ShortFilters,
    actor_of,
    short_page,
)
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
    seen, wanted = reach(actor_of(request), READ), filters.wanted()
    page = queries.list_alerts(
        seen,
        wanted,
        limit=filters.limit,
        cursor=filters.cursor,
        sort=filters.sort,
    )
    handles = reach(actor_of(request), HANDLE)
    handles.look_at(alert.item.id for alert in page.alerts)
    items = [AlertOut.of(alert, handles) for alert in page.alerts]
    if filters.format == "xlsx":
        return _workbook(filters.columns, items)
    hidden = None if filters.cursor else queries.abnormal_hidden(seen, wanted)
    return Page(items=items, next=page.next, total=page.total, abnormal_hidden=hidden)


@router.post("/alerts/acts", needs=HANDLE, response=AlertActsOut)
def act_on_alerts(request: Request, body: AlertActsIn) -> AlertActsOut:
    """Acknowledge, silence, lift the silence of or close several alerts. Each is an act of its
    own: what is refused for one says why and leaves the others done.
    """
    done = actions.handle_many(actor_of(request), body.alerts, body.wanted())
    return AlertActsOut.model_validate(done)


@router.get("/alerts/{alert_id}", needs=READ, response=AlertOut)
def get_alert(request: Request, alert_id: UUID) -> AlertOut:
    return _alert(request, alert_id)


def _alert(request: Request, alert_id: UUID) -> AlertOut:
    actor = actor_of(request)
    return AlertOut.of(queries.alert(reach(actor, READ), alert_id), reach(actor, HANDLE))


@router.get("/alerts/{alert_id}/timeline", needs=READ, response=Page[AlertLineOut])
def list_lines(
    request: Request, alert_id: UUID, filters: Query[ShortFilters]
) -> Page[AlertLineOut]:
    """What happened to an alert, newest first."""
    lines = queries.lines(reach(actor_of(request), READ), alert_id)
    return short_page([AlertLineOut.model_validate(line) for line in lines], filters)


@router.post("/alerts/{alert_id}/acknowledgement", needs=HANDLE, response=AlertOut)
def acknowledge_alert(request: Request, alert_id: UUID, body: AcknowledgeIn) -> AlertOut:
    """Say that one looks at it. Its ticket is accepted by an act of its own."""
    actions.handle(actor_of(request), alert_id, Wanted(Act.ACKNOWLEDGE, body.note))
    return _alert(request, alert_id)


@router.post("/alerts/{alert_id}/silence", needs=HANDLE, response=AlertOut)
def silence_alert(request: Request, alert_id: UUID, body: SilenceIn) -> AlertOut:
    """Until its end nothing new is told of this trouble and it opens no ticket; then what holds
    still is told as if it were new.
    """
    actions.handle(actor_of(request), alert_id, Wanted(Act.SILENCE, body.reason, body.until))
    return _alert(request, alert_id)


@router.delete("/alerts/{alert_id}/silence", needs=HANDLE, response={204: None})
def lift_silence(request: Request, alert_id: UUID) -> Status[None]:
    """End the silence now."""
    actions.handle(actor_of(request), alert_id, Wanted(Act.LIFT))
    return Status(204, None)


@router.post("/alerts/{alert_id}/closing", needs=HANDLE, response=AlertOut)
def close_alert(request: Request, alert_id: UUID, body: CloseIn) -> AlertOut:
    """End an alert of which nobody can tell any more whether it holds; refused while it does."""
    actions.handle(actor_of(request), alert_id, Wanted(Act.CLOSE, body.reason))
    return _alert(request, alert_id)


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
    "acknowledged": gettext_lazy("Acknowledged by"),
    "silenced_until": gettext_lazy("Silenced until"),
    "labels": gettext_lazy("Labels"),
    "systems": gettext_lazy("Systems"),
}


_FORMS = {"ratio": "percent", "bytes": "bytes", "seconds": "duration"}
"""Units that become others for people."""


def _said(alert: AlertOut) -> object:
    """What was measured, with a unit that people read where its own is none."""
    form = _FORMS.get(alert.unit)
    return alert.value if form is None or alert.value is None else FORMS[form](alert.value)


def _workbook(columns: str | None, items: list[AlertOut]) -> HttpResponse:
    rows = (
        {
            **vars(alert),
            "item": alert.item.name,
            "acknowledged": alert.acknowledged.by.name if alert.acknowledged else "",
            "silenced_until": alert.silence.until if alert.silence else None,
            "value": _said(alert),
            "unit": "" if alert.unit in _FORMS else alert.unit,
            "labels": ", ".join(f"{name}={value}" for name, value in alert.labels.items()),
            "systems": ", ".join(system.name for system in alert.systems),
        }
        for alert in items
    )
    return xlsx_response(gettext_lazy("Alerts"), chosen_columns(_COLUMNS, columns), rows)
