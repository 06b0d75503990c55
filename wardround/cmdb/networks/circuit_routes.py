"""Circuits over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from ninja import Query

from wardround.cmdb.networks import circuits
from wardround.cmdb.networks.circuit_wire import CircuitOut, CircuitQuery
from wardround.cmdb.networks.circuits import ContractState
from wardround.cmdb.permissions import READ
from wardround.cmdb.selection import ATTRIBUTE
from wardround.cmdb.sheets import ITEM_COLUMNS, attribute_columns, item_cells
from wardround.kernel import clock
from wardround.kernel.http import Page, Request, RoomRouter, actor_of, prefixed
from wardround.kernel.lists import chosen_columns
from wardround.kernel.reach import reach
from wardround.kernel.wording import label_of, listed
from wardround.kernel.workbook import ROWS_TO_ASK_FOR, xlsx_response

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

router = RoomRouter(tags=["cmdb"])

_OWN: Mapping[str, StrOrPromise] = {
    "ends": gettext_lazy("Ends"),
    "contract_ends_on": gettext_lazy("Contract ends on"),
    "contract_state": gettext_lazy("Contract"),
}


@router.get("/circuits", needs=READ, response=Page[CircuitOut])
def list_circuits(
    request: Request, filters: Query[CircuitQuery]
) -> Page[CircuitOut] | HttpResponse:
    """Circuits by name, with both ends and how their contract is. `since` and `until`: changed."""
    seen, now = reach(actor_of(request), READ), clock.now()
    asked = filters.among(filters.wanted(prefixed(request, ATTRIBUTE), now))
    whole = filters.format == "xlsx"
    page = circuits.list_circuits(
        seen,
        asked,
        today=timezone.localtime(now).date(),
        limit=ROWS_TO_ASK_FOR if whole else filters.limit,
        cursor=None if whole else filters.cursor,
        sort=filters.sort,
    )
    found = [CircuitOut.of(circuit) for circuit in page.circuits]
    if not whole:
        return Page(items=found, next=page.next, total=page.total)
    own = attribute_columns(asked.items)
    chosen = chosen_columns(
        {**ITEM_COLUMNS, **_OWN, **own.heads},
        filters.columns or ",".join((*ITEM_COLUMNS, *_OWN, *own.usual)),
    )
    cells = (
        {
            **item_cells(row, own),
            "ends": listed(end.item.name for end in row.ends),
            "contract_state": _state(row.contract_state),
        }
        for row in found
    )
    return xlsx_response(gettext_lazy("Circuits"), chosen, cells)


def _state(state: ContractState | None) -> str | None:
    return label_of(state).text() if state else None
