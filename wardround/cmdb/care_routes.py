"""The care of items over HTTP: how well they are kept, how they were, and changes taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy
from ninja import Query

from wardround.cmdb import care, common_values, moments, system_moments, taking_back
from wardround.cmdb.care_wire import CommonValueOut, QualityOut, QualityQuery
from wardround.cmdb.moment_wire import (
    ItemComparedOut,
    MomentsQuery,
    SystemComparedOut,
    TakeBackIn,
    TakenBackOut,
)
from wardround.cmdb.permissions import READ, WRITE
from wardround.kernel import clock
from wardround.kernel.http import Page, Request, RoomRouter, WholeListFilters, actor_of
from wardround.kernel.reach import reach
from wardround.kernel.short_lists import short_list

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

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


_COMMON: Mapping[str, StrOrPromise] = {
    "value": gettext_lazy("Value as it is compared"),
    "rule_label": gettext_lazy("Relation rule"),
    "sources": gettext_lazy("Items where it starts"),
    "targets": gettext_lazy("Items where it ends"),
    "relations": gettext_lazy("Relations that would follow"),
}


@router.get("/data-quality/common-values", needs=READ, response=Page[CommonValueOut])
def list_common_values(
    request: Request, filters: Query[WholeListFilters]
) -> Page[CommonValueOut] | HttpResponse:
    """Values that so many items hold that a relation rule relates none of them by these: those of
    which the reader sees an item.
    """
    found = common_values.common_values(reach(actor_of(request), READ))
    rows = [CommonValueOut.model_validate(each) for each in found]
    return short_list(gettext_lazy("Values too common for a rule"), rows, filters, _COMMON)


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
