"""Sources over HTTP: what they know, where values come from, and what people decide of a load."""

from __future__ import annotations

from uuid import UUID

from ninja import Query

from wardround.cmdb import import_deciding, item_sources, reconciling
from wardround.cmdb.import_wire import ImportOut
from wardround.cmdb.permissions import READ, WRITE
from wardround.cmdb.source_wire import (
    AcceptProposedIn,
    ChooseIn,
    HeldIn,
    ItemSourcesOut,
    ReleaseIn,
    SourceOut,
)
from wardround.kernel import clock
from wardround.kernel.http import Page, Request, RoomRouter, ShortFilters, actor_of, short_page
from wardround.kernel.reach import reach

router = RoomRouter(tags=["imports"])


@router.get("/sources", needs=WRITE, response=Page[SourceOut])
def list_sources(request: Request, filters: Query[ShortFilters]) -> Page[SourceOut]:
    """Where items come from, with how many each knows, of those within reach."""
    found = reconciling.listed_sources(reach(actor_of(request), READ))
    return short_page([SourceOut.model_validate(each) for each in found], filters)


@router.get("/items/{uuid:item_id}/sources", needs=READ, response=ItemSourcesOut)
def sources_of_item(request: Request, item_id: UUID) -> ItemSourcesOut:
    """Where each value comes from, and which sources know the item."""
    found = item_sources.of_item(reach(actor_of(request), READ), item_id)
    return ItemSourcesOut.model_validate(found)


@router.post("/items/{uuid:item_id}/release", needs=WRITE, response=ItemSourcesOut)
def release(request: Request, item_id: UUID, payload: ReleaseIn) -> ItemSourcesOut:
    """Let whatever source speaks of these fields next have them."""
    found = item_sources.release(actor_of(request), item_id, payload.fields, at=clock.now())
    return ItemSourcesOut.model_validate(found)


@router.post("/imports/{uuid:import_id}/held", needs=WRITE, response=ImportOut)
def decide_held(request: Request, import_id: UUID, payload: HeldIn) -> ImportOut:
    """Retire what a load did not hold after all, or leave it in use."""
    done = import_deciding.decide_held(
        actor_of(request), import_id, retire=payload.retire, at=clock.now()
    )
    return ImportOut.model_validate(done)


@router.post("/imports/{uuid:import_id}/accept", needs=WRITE, response=ImportOut)
def accept(request: Request, import_id: UUID, payload: AcceptProposedIn) -> ImportOut:
    """Write what rows propose; it is the source's from now on."""
    done = import_deciding.accept(actor_of(request), import_id, payload.rows, at=clock.now())
    return ImportOut.model_validate(done)


@router.post("/imports/{uuid:import_id}/choose", needs=WRITE, response=ImportOut)
def choose(request: Request, import_id: UUID, payload: ChooseIn) -> ImportOut:
    """Say which of several items a row is about, or that it is a new one, and work it in."""
    done = import_deciding.choose(
        actor_of(request), import_id, payload.row, payload.item, at=clock.now()
    )
    return ImportOut.model_validate(done)
