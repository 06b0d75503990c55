"""The audit chain over HTTP: its lines, and whether it holds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from ninja import Query

from wardround.access import audit_wire as wire
from wardround.access.permissions import AUDIT
from wardround.kernel import audit_check, audit_trail, clock
from wardround.kernel.http import Page, Request, RoomRouter, ShortFilters, actor_of, short_page
from wardround.kernel.lists import chosen_columns
from wardround.kernel.reach import reach
from wardround.kernel.tasks import check_audit_now
from wardround.kernel.types import Actor
from wardround.kernel.workbook import ROWS_TO_ASK_FOR, xlsx_response

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

router = RoomRouter(tags=["access"])


def _me(request: HttpRequest) -> Actor:
    return actor_of(cast("Request", request))


def _only_by(me: Actor) -> UUID | None:
    """Who reads the chain for some systems only reads what he did himself."""
    return None if reach(me, AUDIT).everything else me.id


@router.get("/audit", needs=AUDIT, response=Page[wire.AuditOut])
def list_audit(
    request: HttpRequest, filters: Query[wire.AuditFilters]
) -> Page[wire.AuditOut] | HttpResponse:
    """Who did what to what; `since` and `until`: done. `sealed`: held by the chain, so that no hand
    can change it unseen.
    """
    me = _me(request)
    wanted = audit_trail.Wanted(
        limit=filters.limit,
        cursor=filters.cursor,
        sort=filters.sort,
        text=filters.q or "",
        said_as=wire.acts_saying(filters.q),
        actors=filters.actor,
        actions=filters.action,
        subject_kinds=filters.subject_kind,
        subject_ids=filters.subject_id,
        time_range=filters.time_range(),
        only_by=_only_by(me),
    )
    if filters.format == "xlsx":
        wanted = replace(wanted, limit=ROWS_TO_ASK_FOR, cursor=None)
    found, following = audit_trail.lines(wanted)
    items = wire.told(me, found)
    if filters.format == "xlsx":
        columns = chosen_columns(_AUDIT_COLUMNS, filters.columns)
        return xlsx_response(gettext_lazy("Audit trail"), columns, (item.row() for item in items))
    return Page(items=items, next=following)


@router.get("/audit-chain", needs=AUDIT, response=wire.AuditChainOut)
def get_audit_chain(request: HttpRequest) -> wire.AuditChainOut:
    """Whether the whole chain holds, by the last walk through all of it; `stale` and `unchecked`
    claim nothing. How many entries there are, and where it is broken, is for who sees everything.
    """
    everything = reach(_me(request), AUDIT).everything
    return wire.AuditChainOut.of(audit_check.newest(), clock.now(), everything=everything)


@router.post("/audit-chain/check", needs=AUDIT, response=wire.AuditChainOut)
def check_audit_chain(request: HttpRequest) -> wire.AuditChainOut:
    """Have a worker walk the whole chain now; gives what is known until then."""
    check_audit_now.defer()
    return get_audit_chain(request)


@router.get("/audit-subjects", needs=AUDIT, response=Page[wire.AuditSubjectOut])
def list_audit_subjects(
    request: HttpRequest, filters: Query[wire.AuditSubjectFilters]
) -> Page[wire.AuditSubjectOut]:
    """What things with these ids are called, of whatever kind lines about them say they are."""
    me = _me(request)
    found = audit_trail.kinds_of(filters.id, _only_by(me))
    return short_page(wire.audit_subjects_out(me, found), filters)


@router.get("/audit-words", needs=AUDIT, response=Page[wire.AuditWordOut])
def list_audit_words(request: HttpRequest, filters: Query[ShortFilters]) -> Page[wire.AuditWordOut]:
    """What the audit can be narrowed to: every act, and every kind of thing acted on."""
    return short_page(wire.audit_words_out(), filters)


_AUDIT_COLUMNS: dict[str, StrOrPromise] = {
    "at": gettext_lazy("Time"),
    "actor": gettext_lazy("Who"),
    "action": gettext_lazy("Action"),
    "subject": gettext_lazy("Subject"),
    "detail": gettext_lazy("Detail"),
    "sealed": gettext_lazy("Sealed"),
}
