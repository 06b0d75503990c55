"""Deleting items, and the recycle bin, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.translation import gettext_lazy
from ninja import Query

from wardround.cmdb import bin_queries, deleting, merging, purging, restoring
from wardround.cmdb.bin_wire import (
    BinnedOut,
    BinPageOut,
    BinQuery,
    DeletedOut,
    DeleteIn,
    MergedOut,
    MergeIn,
    PurgedOut,
    PurgeIn,
    RestoredOut,
    RestoreIn,
)
from wardround.cmdb.permissions import DELETE, PURGE
from wardround.kernel import clock
from wardround.kernel.http import Request, RoomRouter, actor_of
from wardround.kernel.lists import chosen_columns
from wardround.kernel.reach import reach
from wardround.kernel.workbook import ROWS_TO_ASK_FOR, xlsx_response

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

router = RoomRouter(tags=["cmdb"])

_COLUMNS: Mapping[str, StrOrPromise] = {
    "name": gettext_lazy("Name"),
    "key": gettext_lazy("Key"),
    "type_label": gettext_lazy("Type"),
    "importance": gettext_lazy("Class of importance"),
    "deleted_at": gettext_lazy("Deleted at"),
    "by": gettext_lazy("Deleted by"),
    "reason": gettext_lazy("Reason"),
    "ticket": gettext_lazy("Ticket"),
    "relations": gettext_lazy("Relations"),
    "until": gettext_lazy("Removed for good at"),
    "merged_into": gettext_lazy("Merged into"),
}


@router.post("/items/delete", needs=DELETE, response=DeletedOut)
def delete_items(request: Request, payload: DeleteIn) -> DeletedOut:
    """Put up to 1,000 items into the recycle bin, all or none, and tell what goes with them."""
    told = deleting.delete(actor_of(request), payload.wanted(), at=clock.now())
    return DeletedOut.of(told, trial=payload.trial)


@router.post("/items/merge", needs=DELETE, response=MergedOut)
def merge_items(request: Request, payload: MergeIn) -> MergedOut:
    """Make items that are there twice one: relations, tickets, alerts, targets and whatever names
    them are carried to the one that stays, the others go to the recycle bin.
    """
    told = merging.merge(actor_of(request), payload.wanted(), at=clock.now())
    return MergedOut.of(told, trial=payload.trial)


@router.get("/recycle-bin", needs=DELETE, response=BinPageOut)
def list_recycle_bin(request: Request, filters: Query[BinQuery]) -> BinPageOut | HttpResponse:
    """Deleted items, the newest first. `since` and `until`: deleted."""
    workbook = filters.format == "xlsx"
    seen = reach(actor_of(request), DELETE)
    page = bin_queries.list_binned(
        seen,
        filters.wanted(),
        deleted=filters.time_range(),
        limit=ROWS_TO_ASK_FOR if workbook else filters.limit,
        cursor=filters.cursor,
        sort=filters.sort,
    )
    rows = [BinnedOut.model_validate(each) for each in page.items]
    if workbook:
        cells = ({**vars(row), **_names(row)} for row in rows)
        chosen = chosen_columns(_COLUMNS, filters.columns)
        return xlsx_response(gettext_lazy("Recycle bin"), chosen, cells)
    return BinPageOut(items=rows, next=page.next, total=page.total, by_condition=bool(seen.among))


def _names(row: BinnedOut) -> dict[str, object]:
    into = row.merged_into
    return {"by": row.by.name, "merged_into": into.name if into else None}


@router.post("/recycle-bin/restore", needs=DELETE, response=RestoredOut)
def restore_deleted(request: Request, payload: RestoreIn) -> RestoredOut:
    """Bring deleted items back with their relations, each by itself; what cannot come is told."""
    told = restoring.restore(
        actor_of(request), payload.items, at=clock.now(), trial=payload.trial, why=payload.why
    )
    return RestoredOut.of(told, trial=payload.trial)


@router.post("/recycle-bin/purge", needs=PURGE, response=PurgedOut)
def purge_deleted(request: Request, payload: PurgeIn) -> PurgedOut:
    """Remove deleted items for good. What they were called stays in audit, tickets and history."""
    removed = purging.purge(actor_of(request), payload.items, at=clock.now())
    return PurgedOut(removed=removed)
