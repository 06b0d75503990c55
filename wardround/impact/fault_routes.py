"""Fault trees over HTTP."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from django.http import HttpResponse
from ninja import Query

from wardround.cmdb.permissions import READ
from wardround.impact import dependability_queries, tree_queries
from wardround.impact.tree_wire import FaultTreeOut, ServiceFiguresOut, TreeQuery
from wardround.kernel.http import Request, RoomRouter, actor_of
from wardround.kernel.reach import reach

router = RoomRouter(tags=["impact"])


@router.get("/impact/services/{uuid:item_id}/fault-tree", needs=READ, response=FaultTreeOut)
def fault_tree(request: Request, item_id: UUID, asked: Query[TreeQuery]) -> FaultTreeOut:
    """What must fail for a business system to be down, as a tree of gates over items, laid out."""
    seen = reach(actor_of(request), READ)
    found = tree_queries.fault_tree(seen, item_id, unfolded=asked.unfolded)
    return FaultTreeOut.model_validate(found)


@router.get("/impact/services/{uuid:item_id}/fault-tree.xml", needs=READ, response=None)
def fault_tree_file(request: Request, item_id: UUID) -> HttpResponse:
    """The same in the Open-PSA Model Exchange Format; items go by their keys."""
    service, text = tree_queries.openpsa(reach(actor_of(request), READ), item_id)
    response = HttpResponse(text, content_type="application/xml; charset=utf-8")
    name = quote(f"{service.name}.xml", safe="")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


@router.get("/impact/services/{uuid:item_id}/dependability", needs=READ, response=ServiceFiguresOut)
def dependability(request: Request, item_id: UUID) -> ServiceFiguresOut:
    """How much of the time a business system is down by the failure figures of what it needs, and
    which items matter most. What has no figures is told.
    """
    found = dependability_queries.figures_of(reach(actor_of(request), READ), item_id)
    return ServiceFiguresOut.model_validate(found)
