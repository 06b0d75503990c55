"""Fault trees over HTTP."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from ninja import File, Form, Query
from ninja.files import UploadedFile

from wardround.cmdb.permissions import READ
from wardround.impact import dependability_queries, tree_queries, tree_reading
from wardround.impact.tree_wire import (
    FaultTreeOut,
    ReadTreeOut,
    ServiceFiguresOut,
    TreeFileForm,
    TreeQuery,
)
from wardround.kernel import uploads
from wardround.kernel.http import Request, RoomRouter, actor_of
from wardround.kernel.reach import reach

router = RoomRouter(tags=["impact"])
uploads.limit(r"/impact/fault-tree/read", tree_reading.allowance)


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
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{service.name}.xml"
    )
    return response


@router.get("/impact/services/{uuid:item_id}/dependability", needs=READ, response=ServiceFiguresOut)
def dependability(request: Request, item_id: UUID) -> ServiceFiguresOut:
    """How much of the time a business system is down by the failure figures of what it needs, and
    which items matter most. What has no figures is told.
    """
    found = dependability_queries.figures_of(reach(actor_of(request), READ), item_id)
    return ServiceFiguresOut.model_validate(found)


@router.post("/impact/fault-tree/read", needs=READ, response=ReadTreeOut)
def read_fault_tree(
    request: Request, file: File[UploadedFile], form: Form[TreeFileForm]
) -> ReadTreeOut:
    """What a fault tree in the Open-PSA Model Exchange Format says: which items its events are
    called after, and its minimal cut sets. Nothing of it is kept.
    """
    seen = reach(actor_of(request), READ)
    return ReadTreeOut.model_validate(tree_reading.read(seen, file.read(), form.max_order))
