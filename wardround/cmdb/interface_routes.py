"""Interfaces between systems over HTTP."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.translation import gettext_lazy
from ninja import Query

from wardround.cmdb import interfaces
from wardround.cmdb.interface_types import InterfaceFilters
from wardround.cmdb.interface_wire import (
    InterfaceMapOut,
    InterfaceMapQuery,
    InterfaceOut,
    InterfaceQuery,
    PartyOut,
)
from wardround.cmdb.items import ItemFilters
from wardround.cmdb.permissions import READ
from wardround.cmdb.selection import ATTRIBUTE
from wardround.cmdb.sheets import ITEM_COLUMNS, attribute_columns, item_cells
from wardround.kernel import clock
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
    """Interfaces by name, with who provides and who consumes each. `since` and `until`: changed."""
    seen = reach(actor_of(request), READ)
    asked = filters.among(filters.wanted(prefixed(request, ATTRIBUTE), clock.now()))
    if filters.format == "xlsx":
        return _workbook(seen, asked, filters)
    page = interfaces.list_interfaces(
        seen, asked, limit=filters.limit, cursor=filters.cursor, sort=filters.sort
    )
    found = [InterfaceOut.of(interface) for interface in page.interfaces]
    return Page(items=found, next=page.next, total=page.total)


@router.get("/interface-map", needs=READ, response=InterfaceMapOut)
def interface_map(request: Request, filters: Query[InterfaceMapQuery]) -> InterfaceMapOut:
    """The interfaces under these filters by who provides and who consumes them."""
    seen = reach(actor_of(request), READ)
    return InterfaceMapOut.of(interfaces.interface_map(seen, filters.among(ItemFilters())))


_SIDES: Mapping[str, StrOrPromise] = {
    "providers": gettext_lazy("Providers"),
    "consumers": gettext_lazy("Consumers"),
}


def _workbook(seen: Reach, asked: InterfaceFilters, given: InterfaceQuery) -> HttpResponse:
    own = attribute_columns(asked.items)
    chosen = chosen_columns(
        {**ITEM_COLUMNS, **_SIDES, **own.heads},
        given.columns or ",".join((*ITEM_COLUMNS, *_SIDES, *own.usual)),
    )
    page = interfaces.list_interfaces(seen, asked, limit=ROWS_TO_ASK_FOR, sort=given.sort)
    cells = (
        {
            **item_cells(found, own),
            "providers": _names(found.providers),
            "consumers": _names(found.consumers),
        }
        for found in map(InterfaceOut.of, page.interfaces)
    )
    return xlsx_response(gettext_lazy("Interfaces"), chosen, cells)


def _names(parties: Iterable[PartyOut]) -> str:
    """Each with who answers for it: an interface has an owner on both sides."""
    return listed(
        f"{party.item.name} ({party.owner.name})" if party.owner else party.item.name
        for party in parties
    )
