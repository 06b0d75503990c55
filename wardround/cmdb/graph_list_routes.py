"""Parts of the graph as lists over HTTP: what pictures show, to be filtered and exported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy
from ninja import Query

from wardround.cmdb import graph_lists
from wardround.cmdb.graph_list_wire import AroundQuery, ReachedOut, ReachedQuery, WayQuery
from wardround.cmdb.graph_lists import Reached
from wardround.cmdb.permissions import READ
from wardround.kernel.http import Page, Request, RoomRouter, actor_of
from wardround.kernel.reach import reach
from wardround.kernel.short_lists import short_list

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

router = RoomRouter(tags=["cmdb"])

_COLUMNS: Mapping[str, StrOrPromise] = {
    "name": gettext_lazy("Name"),
    "key": gettext_lazy("Key"),
    "type_label": gettext_lazy("Type"),
    "layer_label": gettext_lazy("Layer"),
    "condition": gettext_lazy("Condition"),
    "importance": gettext_lazy("Class of importance"),
    "owner": gettext_lazy("Owner"),
    "side": gettext_lazy("Direction"),
    "steps": gettext_lazy("Steps"),
}


@router.get("/items/{uuid:item_id}/graph/items", needs=READ, response=Page[ReachedOut])
def list_around(
    request: Request, item_id: UUID, filters: Query[AroundQuery]
) -> Page[ReachedOut] | HttpResponse:
    """Each item that this one supports or is supported by, to any depth, within reach."""
    seen = reach(actor_of(request), READ)
    found = graph_lists.around(seen, item_id, filters.direction, depth=filters.depth)
    chosen = [row for row in found if not filters.side or row.side in filters.side]
    return _list(gettext_lazy("Support"), filters.among(chosen), filters)


@router.get("/systems/{uuid:system_id}/model/items", needs=READ, response=Page[ReachedOut])
def list_model(
    request: Request, system_id: UUID, filters: Query[ReachedQuery]
) -> Page[ReachedOut] | HttpResponse:
    """Each item that a business system stands on, within reach."""
    found = graph_lists.model(reach(actor_of(request), READ), system_id)
    return _list(gettext_lazy("Service model"), filters.among(found), filters)


@router.get("/paths/items", needs=READ, response=Page[ReachedOut])
def list_way(request: Request, filters: Query[WayQuery]) -> Page[ReachedOut] | HttpResponse:
    """Each item on the shortest ways between two, within reach."""
    found = graph_lists.between(reach(actor_of(request), READ), filters.from_, filters.to)
    return _list(gettext_lazy("Ways"), filters.among(found), filters)


def _list(
    title: StrOrPromise, rows: Iterable[Reached], filters: ReachedQuery
) -> Page[ReachedOut] | HttpResponse:
    return short_list(title, [ReachedOut.of(row) for row in rows], filters, _COLUMNS)
