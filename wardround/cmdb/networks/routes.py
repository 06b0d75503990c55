"""IP networks and addresses over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy
from ninja import Query, Status

from wardround.cmdb.networks import detail, held, reading, taking
from wardround.cmdb.networks.types import AddressState, Found, NetworkFilters
from wardround.cmdb.networks.wire import (
    AddressFoundOut,
    AddressGridOut,
    AddressOut,
    AddressPlaceOut,
    AddressQuery,
    AddressTakenOut,
    AtQuery,
    FreeAddressesOut,
    FreeQuery,
    GridQuery,
    NetworkDetailOut,
    NetworkOut,
    NetworkQuery,
    TakeAddressIn,
)
from wardround.cmdb.permissions import READ, WRITE
from wardround.cmdb.selection import ATTRIBUTE
from wardround.cmdb.sheets import ITEM_COLUMNS, attribute_columns, item_cells
from wardround.kernel import clock
from wardround.kernel.http import Page, Request, RoomRouter, actor_of, prefixed
from wardround.kernel.lists import chosen_columns
from wardround.kernel.reach import Reach, reach
from wardround.kernel.wording import label_of
from wardround.kernel.workbook import ROWS_TO_ASK_FOR, xlsx_response

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

router = RoomRouter(tags=["cmdb"])


@router.get("/networks", needs=READ, response=Page[NetworkOut])
def list_networks(
    request: Request, filters: Query[NetworkQuery]
) -> Page[NetworkOut] | HttpResponse:
    """IP networks, a larger one before its parts, with how much of each is used.

    `since` and `until`: changed.
    """
    seen = reach(actor_of(request), READ)
    asked = filters.among(filters.wanted(prefixed(request, ATTRIBUTE), clock.now()))
    if filters.format == "xlsx":
        return _workbook(seen, asked, filters)
    page = reading.list_networks(
        seen, asked, limit=filters.limit, cursor=filters.cursor, sort=filters.sort
    )
    found = [NetworkOut.of(network) for network in page.networks]
    return Page(items=found, next=page.next, total=page.total)


_OWN: Mapping[str, StrOrPromise] = {
    "prefix": gettext_lazy("Network"),
    "usable": gettext_lazy("Usable addresses"),
    "used": gettext_lazy("Used"),
    "reserved": gettext_lazy("Reserved"),
    "free": gettext_lazy("Free"),
    "share": gettext_lazy("Used (%)"),
    "covered": gettext_lazy("Divided (%)"),
    "space": gettext_lazy("Address space"),
    "parent": gettext_lazy("Lies in"),
}


def _workbook(seen: Reach, asked: NetworkFilters, given: NetworkQuery) -> HttpResponse:
    own = attribute_columns(asked.items)
    chosen = chosen_columns(
        {**_OWN, **ITEM_COLUMNS, **own.heads},
        given.columns or ",".join((*_OWN, *ITEM_COLUMNS, *own.usual)),
    )
    page = reading.list_networks(seen, asked, limit=ROWS_TO_ASK_FOR, sort=given.sort)
    cells = (
        {
            **item_cells(found, own),
            "share": round(found.share * 100, 2),
            "covered": round(found.covered * 100, 2),
            "space": found.space.name if found.space else None,
            "parent": found.parent.name if found.parent else None,
        }
        for found in map(NetworkOut.of, page.networks)
    )
    return xlsx_response(gettext_lazy("Networks"), chosen, cells)


@router.get("/networks/{uuid:network_id}", needs=READ, response=NetworkDetailOut)
def get_network(request: Request, network_id: UUID) -> NetworkDetailOut:
    """A network: what it lies in, what lies in it, what is free, what is wrong."""
    return NetworkDetailOut.of(detail.network(reach(actor_of(request), READ), network_id))


@router.get("/networks/{uuid:network_id}/free", needs=READ, response=FreeAddressesOut)
def free_addresses(request: Request, network_id: UUID, asked: Query[FreeQuery]) -> FreeAddressesOut:
    """The next free addresses of a network, and its free ranges."""
    seen = reach(actor_of(request), READ)
    return FreeAddressesOut.model_validate(detail.free_addresses(seen, network_id, asked.count))


@router.get("/networks/{uuid:network_id}/grid", needs=READ, response=AddressGridOut)
def address_grid(request: Request, network_id: UUID, asked: Query[GridQuery]) -> AddressGridOut:
    """The addresses of a network one by one, 256 at a time."""
    seen = reach(actor_of(request), READ)
    return AddressGridOut.model_validate(held.grid(seen, network_id, asked.first))


_ADDRESS: Mapping[str, StrOrPromise] = {
    "address": gettext_lazy("Address"),
    "last": gettext_lazy("Last address"),
    "state": gettext_lazy("State"),
    "item": gettext_lazy("Item"),
    "attribute_label": gettext_lazy("Attribute"),
    "network": gettext_lazy("Network"),
}


@router.get("/networks/{uuid:network_id}/addresses", needs=READ, response=Page[AddressOut])
def list_addresses(
    request: Request, network_id: UUID, filters: Query[AddressQuery]
) -> Page[AddressOut] | HttpResponse:
    """The addresses that are used or reserved in a network and in all that lie in it."""
    seen = reach(actor_of(request), READ)
    whole = filters.format == "xlsx"
    page = held.list_addresses(
        seen,
        network_id,
        limit=ROWS_TO_ASK_FOR if whole else filters.limit,
        cursor=None if whole else filters.cursor,
        sort=filters.sort,
        parts=filters.part,
        q=filters.q,
    )
    found = [AddressOut.model_validate(row) for row in page.addresses]
    if not whole:
        return Page(items=found, next=page.next, total=page.total)
    cells = (
        {
            **vars(row),
            "state": label_of(AddressState(row.state)).text(),
            "item": row.item.name,
            "network": row.network.name if row.network else None,
        }
        for row in found
    )
    chosen = chosen_columns(_ADDRESS, filters.columns)
    return xlsx_response(gettext_lazy("Addresses"), chosen, cells)


@router.post("/networks/{uuid:network_id}/addresses", needs=WRITE, response={201: AddressTakenOut})
def take_address(
    request: Request, network_id: UUID, payload: TakeAddressIn
) -> Status[AddressTakenOut]:
    """Take the next free address of a network, or a given one, for a new item or one there is."""
    taken = taking.take(actor_of(request), network_id, payload.wanted(), at=clock.now())
    return Status(201, AddressTakenOut.model_validate(taken))


@router.get("/addresses", needs=READ, response=AddressFoundOut)
def find_address(request: Request, asked: Query[AtQuery]) -> AddressFoundOut:
    """Where an address lies, and who has it."""
    return _found(held.find(reach(actor_of(request), READ), asked.at))


def _found(found: Found) -> AddressFoundOut:
    return AddressFoundOut(
        address=found.address,
        places=[
            AddressPlaceOut(
                space=place.space and {"id": place.space.id, "name": place.space.name},
                networks=[NetworkOut.of(each) for each in place.networks],
                state=place.state,
                holders=[AddressOut.model_validate(each) for each in place.holders],
            )
            for place in found.places
        ],
    )
