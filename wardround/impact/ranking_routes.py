"""What is critical, what is fragile, and what moved, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from ninja import Query

from wardround.cmdb.permissions import READ
from wardround.impact import change_queries, ranking_queries
from wardround.impact.ranking_types import Ranked
from wardround.impact.ranking_wire import (
    ChangesQuery,
    KeptDaysOut,
    MatrixChangesOut,
    RankedOut,
    RankingFilters,
)
from wardround.kernel import clock
from wardround.kernel.http import Page, Request, RoomRouter, actor_of
from wardround.kernel.reach import reach
from wardround.kernel.short_lists import short_list

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

router = RoomRouter(tags=["impact"])

_TITLES: Mapping[Ranked, StrOrPromise] = {
    Ranked.ITEMS: gettext_lazy("Critical items"),
    Ranked.SERVICES: gettext_lazy("Fragile systems"),
}
_RANKED: Mapping[str, StrOrPromise] = {
    "name": gettext_lazy("Name"),
    "layer_label": gettext_lazy("Layer"),
    "importance": gettext_lazy("Class"),
    "single": gettext_lazy("Single points (X)"),
    "manual": gettext_lazy("Cold standbys (M)"),
    "score": gettext_lazy("Weight"),
    "gained": gettext_lazy("New X"),
    "lost": gettext_lazy("X gone"),
}


@router.get("/impact/rankings", needs=READ, response=Page[RankedOut])
def rankings(request: Request, filters: Query[RankingFilters]) -> Page[RankedOut] | HttpResponse:
    """Critical items by what they stop, or fragile business systems by what stops them, the worst
    first; with the single points that came and went since a day that is kept.
    """
    seen, today = reach(actor_of(request), READ), timezone.localdate(clock.now())
    rows = ranking_queries.rankings(seen, filters.of, today=today, against=filters.against)
    found = [RankedOut.model_validate(row) for row in rows if filters.wanted(row)]
    return short_list(_TITLES[filters.of], found, filters, _RANKED)


@router.get("/impact/days", needs=READ, response=KeptDaysOut)
def kept_days(request: Request) -> KeptDaysOut:
    """Of which days the matrix is kept."""
    reach(actor_of(request), READ)
    return KeptDaysOut.model_validate(ranking_queries.kept_days())


@router.get("/impact/matrix/changes", needs=READ, response=MatrixChangesOut)
def matrix_changes(request: Request, asked: Query[ChangesQuery]) -> MatrixChangesOut:
    """What stops what by now and did not then, and the other way round."""
    seen = reach(actor_of(request), READ)
    return MatrixChangesOut.model_validate(change_queries.changes(seen, asked.since))
