"""The unified view over HTTP."""

from __future__ import annotations

from uuid import UUID

from ninja import Query

from wardround.boards import permissions, unified
from wardround.boards.unified_wire import FoundPlacesOut, PlaceAsked, SeenOut, UnifiedOut
from wardround.kernel import clock
from wardround.kernel.http import Request, RoomRouter, actor_of
from wardround.kernel.reach import reach

router = RoomRouter(tags=["boards"])


@router.get("/unified-view", needs=permissions.READ, response=UnifiedOut)
def unified_view(request: Request) -> UnifiedOut:
    """The whole hospital by network zones: the business systems in each, and what else lies there
    by layer and type, with how all of it fares.
    """
    seen = reach(actor_of(request), permissions.READ)
    return UnifiedOut.of(unified.unified(seen, at=clock.now()))


@router.get("/unified-view/found", needs=permissions.READ, response=FoundPlacesOut)
def find_in_unified_view(request: Request, asked: Query[PlaceAsked]) -> FoundPlacesOut:
    """Items by name or address, each with its zone and its systems."""
    found = unified.find(actor_of(request), asked.q, limit=asked.limit, at=clock.now())
    return FoundPlacesOut.of(found)


@router.get("/unified-view/items/{uuid:item_id}", needs=permissions.READ, response=SeenOut)
def seen_in_unified_view(request: Request, item_id: UUID) -> SeenOut:
    """One item: how it fares and since when, where it lies, what is open for it."""
    seen = reach(actor_of(request), permissions.READ)
    return SeenOut.of(unified.seen(seen, item_id, at=clock.now()))
