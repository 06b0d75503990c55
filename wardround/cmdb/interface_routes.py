"""Interfaces between systems over HTTP."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy
from ninja import Query

from wardround.cmdb import counted_order, interfaces, message_counts, queries
from wardround.cmdb.interface_types import InterfaceFilters
from wardround.cmdb.interface_wire import (
    InterfaceMapOut,
    InterfaceMapQuery,
    InterfaceOut,
    InterfaceQuery,
    MessageCountsOut,
    MessageDayOut,
    PartyOut,
)
from wardround.cmdb.items import ItemFilters
from wardround.cmdb.message_counts import MEASURED, Counts
from wardround.cmdb.permissions import READ
from wardround.cmdb.selection import ATTRIBUTE
from wardround.cmdb.sheets import ITEM_COLUMNS, attribute_columns, item_cells
from wardround.kernel import clock
from wardround.kernel.errors import Forbidden
from wardround.kernel.http import Page, Request, RoomRouter, actor_of, prefixed
from wardround.kernel.lists import chosen_columns
from wardround.kernel.reach import Reach, reach
from wardround.kernel.wording import listed
from wardround.kernel.workbook import ROWS_TO_ASK_FOR, xlsx_response

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

router = RoomRouter(tags=["cmdb"])


@router.get("/interfaces", needs=READ, response=Page[InterfaceOut])
def list_interfaces(
    request: Request, filters: Query[InterfaceQuery]
) -> Page[InterfaceOut] | HttpResponse:
    """Interfaces by name, with who provides and who consumes each and what passed in the last hour.
    `since` and `until`: changed.
    """
    actor = actor_of(request)
    seen, at = reach(actor, READ), clock.now()
    asked = filters.among(filters.wanted(prefixed(request, ATTRIBUTE), at))
    strict = bool(asked.measured) or counted_order.is_by_counts(filters.sort)
    counts = message_counts.counts_for(actor, at, strict=strict)
    if filters.format == "xlsx":
        return _workbook(seen, asked, filters, counts)
    page = interfaces.list_interfaces(
        seen, asked, limit=filters.limit, cursor=filters.cursor, sort=filters.sort, counts=counts
    )
    found = [InterfaceOut.of(interface) for interface in page.interfaces]
    return Page(items=found, next=page.next, total=page.total)


@router.get("/interface-map", needs=READ, response=InterfaceMapOut)
def interface_map(request: Request, filters: Query[InterfaceMapQuery]) -> InterfaceMapOut:
    """The interfaces under these filters by who provides and who consumes them, with what passed in
    the last hour.
    """
    actor = actor_of(request)
    asked = filters.among(ItemFilters())
    counts = message_counts.counts_for(actor, clock.now(), strict=bool(asked.measured))
    found = interfaces.interface_map(reach(actor, READ), asked, counts=counts)
    return InterfaceMapOut.of(found)


@router.get("/interfaces/{uuid:item_id}/messages", needs=READ, response=MessageDayOut)
def interface_messages(request: Request, item_id: UUID) -> MessageDayOut:
    """What passed an interface in the last hour and the last day; null is what nothing counts."""
    actor = actor_of(request)
    item = queries.item(reach(actor, READ), item_id)
    told = message_counts.day_of(actor, item.id, clock.now())
    if told is None:
        raise Forbidden(permission=MEASURED)
    return MessageDayOut.of(told)


_SIDES: Mapping[str, StrOrPromise] = {
    "providers": gettext_lazy("Providers"),
    "consumers": gettext_lazy("Consumers"),
}
_COUNTS: Mapping[str, StrOrPromise] = {
    "measured": gettext_lazy("Messages counted"),
    "messages": gettext_lazy("Messages of the last hour"),
    "sent": gettext_lazy("Sent in the last hour"),
    "received": gettext_lazy("Received in the last hour"),
    "failed": gettext_lazy("Failed in the last hour"),
    "queued": gettext_lazy("Messages waiting"),
    "counted_at": gettext_lazy("Newest sample"),
}


def _workbook(
    seen: Reach, asked: InterfaceFilters, given: InterfaceQuery, counts: Counts
) -> HttpResponse:
    own = attribute_columns(asked.items)
    chosen = chosen_columns(
        {**ITEM_COLUMNS, **_SIDES, **_COUNTS, **own.heads},
        given.columns or ",".join((*ITEM_COLUMNS, *_SIDES, *_COUNTS, *own.usual)),
    )
    page = interfaces.list_interfaces(
        seen, asked, limit=ROWS_TO_ASK_FOR, sort=given.sort, counts=counts
    )
    cells = (
        {
            **item_cells(found, own),
            "providers": _names(found.providers),
            "consumers": _names(found.consumers),
            **_count_cells(found.messages),
        }
        for found in map(InterfaceOut.of, page.interfaces)
    )
    return xlsx_response(gettext_lazy("Interfaces"), chosen, cells)


def _count_cells(told: MessageCountsOut | None) -> dict[str, object]:
    """What is not counted is an empty cell, and the state says why."""
    if told is None:
        return dict.fromkeys(_COUNTS)
    return {
        "measured": told.measured,
        **{name: getattr(told.hour, name) for name in ("messages", "sent", "received", "failed")},
        "queued": told.queued,
        "counted_at": told.last_at,
    }


def _names(parties: Iterable[PartyOut]) -> str:
    """Each with who answers for it: an interface has an owner on both sides."""
    return listed(
        f"{party.item.name} ({party.owner.name})" if party.owner else party.item.name
        for party in parties
    )
