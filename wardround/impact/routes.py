"""What failures do, over HTTP."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from ninja import Query

from wardround.cmdb.permissions import READ
from wardround.impact import (
    cause_queries,
    cut_queries,
    matrix_queries,
    matrix_sheets,
    queries,
    why_queries,
)
from wardround.impact.matrix_wire import (
    CellWhyOut,
    CutQuery,
    MatrixFileQuery,
    MatrixOut,
    MatrixQuery,
    RootCausesOut,
    ServiceCutSetsOut,
    WhyQuery,
)
from wardround.impact.wire import HospitalNowOut, OneServiceOut
from wardround.kernel import clock
from wardround.kernel.http import Request, RoomRouter, actor_of
from wardround.kernel.reach import reach
from wardround.kernel.workbook import sheets_response
from wardround.schema import queries as schema

router = RoomRouter(tags=["impact"])


@router.get("/impact/state", needs=READ, response=HospitalNowOut)
def state_of_hospital(request: Request) -> HospitalNowOut:
    """Every business system with what the failures of now do to it, by what it needs: redundancy
    counts. What is measured as down has failed.
    """
    seen = reach(actor_of(request), READ)
    return HospitalNowOut.of(queries.now(seen, at=clock.now()))


@router.get("/impact/services/{uuid:item_id}", needs=READ, response=OneServiceOut)
def state_of_service(request: Request, item_id: UUID) -> OneServiceOut:
    """One business system with what the failures of now do to it."""
    seen, at = reach(actor_of(request), READ), clock.now()
    return OneServiceOut.of(queries.service_now(seen, item_id), at)


@router.get("/impact/matrix", needs=READ, response=MatrixOut)
def matrix(request: Request, filters: Query[MatrixQuery]) -> MatrixOut:
    """Which single item does what to which business system (CFIA): X it stops, M it stops until a
    cold standby is switched on, A it goes on by itself. Blank cells are left out.
    """
    seen = reach(actor_of(request), READ)
    return MatrixOut.of(matrix_queries.matrix(seen, filters.asked(), at=clock.now()), filters.form)


@router.get("/impact/matrix.xlsx", needs=READ, response=None)
def matrix_file(request: Request, filters: Query[MatrixFileQuery]) -> HttpResponse:
    """The same as a workbook, with the totals of each business system."""
    seen = reach(actor_of(request), READ)
    found = matrix_queries.matrix(seen, filters.asked(), at=clock.now())
    labels = {name: each.label for name, each in schema.remembered_item_types().items()}
    return sheets_response(matrix_sheets.TITLE, matrix_sheets.sheets(found, labels))


@router.get("/impact/explanation", needs=READ, response=CellWhyOut)
def explanation(request: Request, asked: Query[WhyQuery]) -> CellWhyOut:
    """Why a cell of the matrix holds what it holds, or why it is blank."""
    seen = reach(actor_of(request), READ)
    return CellWhyOut.of(why_queries.why(seen, asked.item, asked.service))


@router.get("/impact/services/{uuid:item_id}/cut-sets", needs=READ, response=ServiceCutSetsOut)
def cut_sets(request: Request, item_id: UUID, asked: Query[CutQuery]) -> ServiceCutSetsOut:
    """What must fail together, and nothing less, to stop a business system: single points, pairs,
    and up to `max_order` items.
    """
    seen = reach(actor_of(request), READ)
    found = cut_queries.cut_sets_of(seen, item_id, asked.max_order)
    return ServiceCutSetsOut.model_validate(found)


@router.get("/impact/root-causes", needs=READ, response=RootCausesOut)
def root_causes(request: Request) -> RootCausesOut:
    """Why business systems are down, from what is measured: the smallest sets of failed items that
    explain it, the likeliest first.
    """
    seen = reach(actor_of(request), READ)
    return RootCausesOut.model_validate(cause_queries.root_causes(seen, at=clock.now()))
