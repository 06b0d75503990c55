"""Targets, templates, tables and collectors over HTTP."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Query

from wardround.cmdb import queries as cmdb
from wardround.collect import actions, queries
from wardround.collect.permissions import MANAGE, READ
from wardround.collect.queries import TargetsWanted
from wardround.collect.shapes import (
    CheckOut,
    CollectorOut,
    Gone,
    TableOut,
    TableRef,
    TargetIn,
    TargetOut,
    TargetPatch,
    TargetQuery,
    Telling,
    TemplateOut,
    collector,
)
from wardround.collect.types import Target, TargetChange
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
from wardround.kernel.lists import MOST_ROWS_IN_A_WORKBOOK, chosen_columns, xlsx_response
from wardround.kernel.reach import Reach, reach
from wardround.kernel.short_lists import short_list

router = RoomRouter(tags=["collect"])


def _seen(request: Request) -> Reach:
    return reach(actor_of(request), READ)


def _telling() -> Telling:
    return Telling(get_language() or "zh-hans")


def _told(found: list[Target]) -> list[TargetOut]:
    telling, templates = _telling(), queries.templates()
    items = cmdb.refs({one.item for one in found})
    return [telling.target(one, items, templates) for one in found]


# Targets -----------------------------------------------------------------------------------------


@router.get("/targets", needs=READ, response=Page[TargetOut])
def list_targets(request: Request, filters: Query[TargetQuery]) -> Page[TargetOut] | HttpResponse:
    workbook = filters.format == "xlsx"
    wanted = TargetsWanted(
        items=tuple(filters.item),
        states=tuple(filters.state),
        templates=tuple(filters.template),
        text=filters.q or "",
        limit=MOST_ROWS_IN_A_WORKBOOK if workbook else filters.limit,
        cursor=filters.cursor,
        sort=filters.sort,
    )
    found, following, total = queries.targets(_seen(request), wanted)
    if workbook:
        return _workbook(_told(found), filters.columns)
    return Page(items=_told(found), next=following, total=total)


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
    rows = ({**one.model_dump(), **_flat(one)} for one in found)
    return xlsx_response("targets", chosen_columns(labels, columns), rows)


def _flat(one: TargetOut) -> dict[str, object]:
    return {"item": one.item.name, "template": one.template_label, "reason": one.reason_text}


@router.post("/targets", needs=MANAGE, response=TargetOut)
def create_target(request: Request, payload: TargetIn) -> TargetOut:
    change = TargetChange(**payload.model_dump())
    return _told([actions.create_target(actor_of(request), change, at=clock.now())])[0]


@router.get("/targets/{uuid:target_id}", needs=READ, response=TargetOut)
def get_target(request: Request, target_id: UUID) -> TargetOut:
    return _told([queries.target(_seen(request), target_id)])[0]


@router.patch("/targets/{uuid:target_id}", needs=MANAGE, response=TargetOut)
def change_target(request: Request, target_id: UUID, payload: TargetPatch) -> TargetOut:
    given = payload.model_dump()
    version = given.pop("version")
    changed = actions.change_target(
        actor_of(request), target_id, TargetChange(**given), at=clock.now(), version=version
    )
    return _told([changed])[0]


@router.delete("/targets/{uuid:target_id}", needs=MANAGE, response=Gone)
def delete_target(request: Request, target_id: UUID) -> Gone:
    actions.delete_target(actor_of(request), target_id)
    return Gone(id=target_id)


@router.post("/targets/{uuid:target_id}/check", needs=MANAGE, response=CheckOut)
def check_target(request: Request, target_id: UUID) -> CheckOut:
    batch = actions.check_target(actor_of(request), target_id)
    seen = cmdb.visible(reach(actor_of(request), MANAGE), {key.item for key in batch.keys})
    return _telling().check(batch, seen)


# Templates, tables, collectors -------------------------------------------------------------------


@router.get("/monitor-templates", needs=READ, response=Page[TemplateOut])
def list_templates(request: Request, filters: Query[ShortFilters]) -> Page[TemplateOut]:
    telling = _telling()
    known = queries.templates()
    items = [telling.template(known[name]) for name in sorted(known)]
    return short_page(items, filters)


@router.get("/items/{uuid:item_id}/tables", needs=READ, response=Page[TableRef])
def list_tables(request: Request, item_id: UUID, filters: Query[ShortFilters]) -> Page[TableRef]:
    telling = _telling()
    items = [telling.table_ref(one) for one in queries.tables(_seen(request), item_id)]
    return short_page(items, filters)


@router.get("/items/{uuid:item_id}/tables/{name}", needs=READ, response=TableOut)
def get_table(request: Request, item_id: UUID, name: str) -> TableOut:
    return _telling().table(queries.table(_seen(request), item_id, name))


@router.get("/collectors", needs=READ, response=Page[CollectorOut])
def list_collectors(
    request: Request, filters: Query[WholeListFilters]
) -> Page[CollectorOut] | HttpResponse:
    items = [collector(one) for one in queries.collectors(_seen(request))]
    columns = {
        "host": _("Host"),
        "pid": _("Process"),
        "targets": _("Targets"),
        "samples_per_second": _("Samples/s"),
        "spool_bytes": _("Waiting on disk (bytes)"),
        "started_at": _("Started"),
        "last_at": _("Last heard of"),
    }
    return short_list("collectors", items, filters, columns)
