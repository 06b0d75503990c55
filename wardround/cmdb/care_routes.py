"""The care of items over HTTP: how well they are kept, how they were, and changes taken back."""

from __future__ import annotations

from uuid import UUID

from ninja import Query

from wardround.cmdb import care, moments, system_moments, taking_back
from wardround.cmdb.care_wire import QualityOut, QualityQuery
from wardround.cmdb.moment_wire import (
    ItemComparedOut,
    MomentsQuery,
    SystemComparedOut,
    TakeBackIn,
    TakenBackOut,
)
from wardround.cmdb.permissions import READ, WRITE
from wardround.kernel import clock
from wardround.kernel.http import Request, RoomRouter, actor_of
from wardround.kernel.reach import reach

router = RoomRouter(tags=["cmdb"])


@router.get("/data-quality", needs=READ, response=QualityOut)
def data_quality(request: Request, filters: Query[QualityQuery]) -> QualityOut:
    """What is out of order among the items, with how many each finding looks at."""
    found = care.quality(
        reach(actor_of(request), READ),
        at=clock.now(),
        days=filters.days,
        types=tuple(filters.type),
        systems=tuple(filters.system),
    )
    return QualityOut.of(found)


@router.get("/items/{uuid:item_id}/compare", needs=READ, response=ItemComparedOut, by_alias=True)
def compare_item(request: Request, item_id: UUID, asked: Query[MomentsQuery]) -> ItemComparedOut:
    """An item at two moments: values, relations, and whether it was there and in use."""
    seen = reach(actor_of(request), READ)
    found = moments.compare(seen, item_id, *asked.moments(clock.now()))
    return ItemComparedOut.model_validate(found)


@router.get(
    "/systems/{uuid:item_id}/compare", needs=READ, response=SystemComparedOut, by_alias=True
)
def compare_system(
    request: Request, item_id: UUID, asked: Query[MomentsQuery]
) -> SystemComparedOut:
    """What a business system stood on at two moments, as far as it is within reach."""
    seen = reach(actor_of(request), READ)
    found = system_moments.compare(seen, item_id, *asked.moments(clock.now()))
    return SystemComparedOut.model_validate(found)


@router.post("/items/{uuid:item_id}/undo", needs=WRITE, response=TakenBackOut)
def take_back(request: Request, item_id: UUID, payload: TakeBackIn) -> TakenBackOut:
    """Take changes of an item back: new changes, as far as nothing stands against them."""
    wanted = payload.wanted()
    steps = taking_back.take_back(actor_of(request), item_id, wanted, at=clock.now())
    return TakenBackOut.of(steps, trial=wanted.trial)
