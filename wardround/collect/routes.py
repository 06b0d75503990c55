"""Targets, templates, tables and collectors over HTTP."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Status

from wardround.collect import actions, queries
from wardround.collect.permissions import MANAGE, READ
from wardround.collect.queries import TargetsWanted
from wardround.collect.types import State, TargetChange
from wardround.collect.wire import (
    CheckOut,
    CollectorOut,
    TableOut,
    TableRef,
    TargetDraftIn,
    TargetIn,
    TargetOut,
    TargetPatch,
    TargetQuery,
    TemplateFilters,
    TemplateOut,
)
from wardround.kernel import clock
from wardround.kernel.http import (
    Page,
    Request,
    RoomRouter,
    ShortFilters,
    WholeListFilters,
    actor_of,
    short_page,
)
from wardround.kernel.lists import chosen_columns
from wardround.kernel.reach import Reach, reach
from wardround.kernel.short_lists import short_list
from wardround.kernel.workbook import ROWS_TO_ASK_FOR, mebibytes, xlsx_response

router = RoomRouter(tags=["collect"])


def _seen(request: Request) -> Reach:
    return reach(actor_of(request), READ)


# Targets -----------------------------------------------------------------------------------------


@router.get("/targets", needs=READ, response=Page[TargetOut])
def list_targets(request: Request, filters: Query[TargetQuery]) -> Page[TargetOut] | HttpResponse:
    """Targets by name. `since` and `until`: last collected."""
    workbook = filters.format == "xlsx"
    wanted = TargetsWanted(
        items=tuple(filters.item),
        states=tuple(filters.state),
        templates=tuple(filters.template),
        text=filters.q or "",
        collected=filters.time_range(),
        limit=ROWS_TO_ASK_FOR if workbook else filters.limit,
        cursor=filters.cursor,
        sort=filters.sort,
    )
    found, following, total = queries.targets(_seen(request), wanted)
    items = [TargetOut.model_validate(target) for target in found]
    if workbook:
        return _workbook(items, filters.columns)
    hidden = None if filters.cursor else queries.abnormal_hidden(_seen(request), wanted)
    return Page(items=items, next=following, total=total, abnormal_hidden=hidden)


def _workbook(found: list[TargetOut], columns: str | None) -> HttpResponse:
    labels = {
        "name": _("Name"),
        "item": _("Item"),
        "template": _("Template"),
        "address": _("Address"),
        "interval_s": _("Interval (s)"),
        "state": _("State"),
        "reason": _("Reason"),
        "detail": _("Detail"),
        "last_at": _("Last collected"),
        "last_samples": _("Samples"),
    }
    rows = (
        {
            **vars(target),
            "item": target.item.name,
            "template": target.template_label,
            "reason": None if target.state is State.UNKNOWN else target.reason_text,
        }
        for target in found
    )
    return xlsx_response(_("Monitored targets"), chosen_columns(labels, columns), rows)


@router.post("/targets", needs=MANAGE, response={201: TargetOut})
def create_target(request: Request, payload: TargetIn) -> Status[TargetOut]:
    change = TargetChange(**payload.model_dump())
    made = actions.create_target(actor_of(request), change, at=clock.now())
    return Status(201, TargetOut.model_validate(made))


@router.post("/targets/check", needs=MANAGE, response=CheckOut)
def check_draft(request: Request, payload: TargetDraftIn) -> CheckOut:
    """Try a target before it is saved."""
    given = payload.model_dump()
    of = given.pop("target")
    found = actions.check_draft(actor_of(request), TargetChange(**given), of=of)
    return CheckOut.model_validate(found)


@router.get("/targets/{uuid:target_id}", needs=READ, response=TargetOut)
def get_target(request: Request, target_id: UUID) -> TargetOut:
    return TargetOut.model_validate(queries.target(_seen(request), target_id))


@router.patch("/targets/{uuid:target_id}", needs=MANAGE, response=TargetOut)
def change_target(request: Request, target_id: UUID, payload: TargetPatch) -> TargetOut:
    given = payload.model_dump()
    version = given.pop("version")
    changed = actions.change_target(
        actor_of(request), target_id, TargetChange(**given), at=clock.now(), version=version
    )
    return TargetOut.model_validate(changed)


@router.delete("/targets/{uuid:target_id}", needs=MANAGE, response={204: None})
def delete_target(request: Request, target_id: UUID) -> Status[None]:
    actions.delete_target(actor_of(request), target_id)
    return Status(204, None)


@router.post("/targets/{uuid:target_id}/check", needs=MANAGE, response=CheckOut)
def check_target(request: Request, target_id: UUID) -> CheckOut:
    return CheckOut.model_validate(actions.check_target(actor_of(request), target_id))


# Templates, tables, collectors -------------------------------------------------------------------


@router.get("/monitor-templates", needs=READ, response=Page[TemplateOut])
def list_templates(request: Request, filters: Query[TemplateFilters]) -> Page[TemplateOut]:
    known = queries.templates()
    if filters.item is not None:
        known = queries.templates_for(_seen(request), filters.item)
    items = [TemplateOut.model_validate(known[name]) for name in sorted(known)]
    return short_page(items, filters)


@router.get("/items/{uuid:item_id}/tables", needs=READ, response=Page[TableRef])
def list_tables(request: Request, item_id: UUID, filters: Query[ShortFilters]) -> Page[TableRef]:
    found = queries.tables(_seen(request), item_id)
    items = [TableRef.model_validate(table) for table in found]
    return short_page(items, filters)


@router.get("/items/{uuid:item_id}/tables/{name}", needs=READ, response=TableOut)
def get_table(request: Request, item_id: UUID, name: str) -> TableOut:
    return TableOut.model_validate(queries.table(_seen(request), item_id, name))


@router.get("/collectors", needs=READ, response=Page[CollectorOut])
def list_collectors(
    request: Request, filters: Query[WholeListFilters]
) -> Page[CollectorOut] | HttpResponse:
    items = [CollectorOut.model_validate(found) for found in queries.collectors(_seen(request))]
    columns = {
        "host": _("Host"),
        "pid": _("Process"),
        "targets": _("Targets"),
        "samples_per_second": _("Samples/s"),
        "spool_bytes": _("Waiting on disk (MiB)"),
        "started_at": _("Started"),
        "last_at": _("Last heard of"),
    }
    cells = {"spool_bytes": mebibytes, "samples_per_second": lambda rate: round(rate, 1)}
    return short_list(_("Collectors"), items, filters, columns, cells)
