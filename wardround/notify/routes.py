"""Webhooks over HTTP: how their receivers fare, and what was sent to them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy
from ninja import Query

from wardround.kernel import clock
from wardround.kernel.http import Page, Request, RoomRouter, WholeListFilters, actor_of
from wardround.kernel.lists import chosen_columns
from wardround.kernel.short_lists import short_list
from wardround.kernel.wording import called
from wardround.kernel.workbook import ROWS_TO_ASK_FOR, xlsx_response
from wardround.notify import actions, queries, tasks
from wardround.notify.permissions import WEBHOOKS
from wardround.notify.wire import DeliveryOut, DeliveryQuery, DeliveryRow, ReceiverOut

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

router = RoomRouter(tags=["webhooks"])

_RECEIVERS: Mapping[str, StrOrPromise] = {
    "label": gettext_lazy("Name"),
    "url": gettext_lazy("Address"),
    "state": gettext_lazy("State"),
    "waiting": gettext_lazy("Waiting"),
    "delivered_at": gettext_lazy("Last delivered"),
    "failed_at": gettext_lazy("Last failed"),
    "resume_at": gettext_lazy("Tried again"),
    "trouble": gettext_lazy("Trouble"),
    "detail": gettext_lazy("What the system said"),
}


@router.get("/webhooks", needs=WEBHOOKS, response=Page[ReceiverOut])
def list_webhooks(
    request: Request, filters: Query[WholeListFilters]
) -> Page[ReceiverOut] | HttpResponse:
    """Webhooks in force, and how their receivers fare."""
    found = [ReceiverOut.model_validate(each) for each in queries.receivers(actor_of(request))]
    words = {"state": _word, "trouble": _word}
    return short_list(gettext_lazy("Webhooks"), found, filters, _RECEIVERS, words)


def _word(value: Enum | None) -> str:
    return str(called(value)) if value else ""


_DELIVERIES: Mapping[str, StrOrPromise] = {
    "made_at": gettext_lazy("Written"),
    "webhook": gettext_lazy("Webhook"),
    "state": gettext_lazy("State"),
    "changes": gettext_lazy("Changes"),
    "attempts": gettext_lazy("Tries"),
    "tried_at": gettext_lazy("Last try"),
    "ended_at": gettext_lazy("Ended"),
    "status": gettext_lazy("Answer"),
    "trouble": gettext_lazy("Trouble"),
    "detail": gettext_lazy("What the system said"),
}


@router.get("/webhook-deliveries", needs=WEBHOOKS, response=Page[DeliveryRow])
def list_deliveries(
    request: Request, filters: Query[DeliveryQuery]
) -> Page[DeliveryRow] | HttpResponse:
    """What was written to receivers, the newest first. `since` and `until`: written."""
    workbook = filters.format == "xlsx"
    page = queries.list_deliveries(
        actor_of(request),
        webhooks=filters.webhook,
        states=filters.state,
        q=filters.q,
        made=filters.time_range(),
        limit=ROWS_TO_ASK_FOR if workbook else filters.limit,
        cursor=filters.cursor,
        sort=filters.sort,
    )
    rows = [DeliveryRow.model_validate(each) for each in page.deliveries]
    if workbook:
        chosen = chosen_columns(_DELIVERIES, filters.columns)
        cells = (
            {**vars(row), "state": _word(row.state), "trouble": _word(row.trouble)} for row in rows
        )
        return xlsx_response(gettext_lazy("Deliveries"), chosen, cells)
    return Page(items=rows, next=page.next, total=page.total)


@router.get("/webhook-deliveries/{uuid:delivery_id}", needs=WEBHOOKS, response=DeliveryOut)
def get_delivery(request: Request, delivery_id: UUID) -> DeliveryOut:
    """One delivery, with the text as it was sent."""
    return DeliveryOut.model_validate(queries.delivery(actor_of(request), delivery_id))


@router.post("/webhook-deliveries/{uuid:delivery_id}/again", needs=WEBHOOKS, response=DeliveryOut)
def send_again(request: Request, delivery_id: UUID) -> DeliveryOut:
    """Send what was delivered or given up once more, under its old id."""
    found = actions.again(
        actor_of(request), delivery_id, at=clock.now(), defer=tasks.send_new.defer
    )
    return DeliveryOut.model_validate(found)


@router.post("/webhooks/{name}/trial", needs=WEBHOOKS, response=DeliveryOut)
def try_webhook(request: Request, name: str) -> DeliveryOut:
    """Send a letter that only asks whether it arrives; its delivery tells what came of it."""
    made = actions.try_now(actor_of(request), name, at=clock.now(), defer=tasks.send_new.defer)
    return DeliveryOut.model_validate(made)
