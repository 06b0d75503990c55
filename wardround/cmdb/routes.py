"""Items and relations over HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy
from ninja import Query, Status

from wardround.cmdb import actions, deleting, graph_queries, queries
from wardround.cmdb.finding_reasons import reasons, reasons_of_many
from wardround.cmdb.graph_wire import GraphOut, GraphQuery, ModelQuery, PathQuery, PathsOut
from wardround.cmdb.permissions import DELETE, READ, WRITE
from wardround.cmdb.selection import ATTRIBUTE
from wardround.cmdb.sheets import BECAUSE, CHANGED, ITEM_COLUMNS, attribute_columns, item_cells
from wardround.cmdb.types import ItemFilters
from wardround.cmdb.wire import (
    ChangeQuery,
    ItemChangeOut,
    ItemIn,
    ItemOut,
    ItemPatch,
    ItemQuery,
    ItemsBulkIn,
    ItemsBulkOut,
    RelationIn,
    RelationOut,
    RelationPatch,
    RelationQuery,
    RelationsBulkIn,
    RelationsBulkOut,
)
from wardround.kernel import clock
from wardround.kernel.http import Page, Request, RoomRouter, Version, actor_of, prefixed
from wardround.kernel.lists import chosen_columns
from wardround.kernel.reach import Reach, reach
from wardround.kernel.workbook import ROWS_TO_ASK_FOR, xlsx_response

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

router = RoomRouter(tags=["cmdb"])

# Items -------------------------------------------------------------------------------------------


@router.get("/items", needs=READ, response=Page[ItemOut])
def list_items(request: Request, filters: Query[ItemQuery]) -> Page[ItemOut] | HttpResponse:
    """Items by name. `since` and `until`: changed."""
    seen = reach(actor_of(request), READ)
    wanted = filters.wanted(prefixed(request, ATTRIBUTE), clock.now())
    if filters.format == "xlsx":
        return _items_workbook(seen, wanted, filters)
    page = queries.list_items(
        seen, wanted, limit=filters.limit, cursor=filters.cursor, sort=filters.sort
    )
    why = reasons(wanted.finding, page.items, seen)
    items = [
        ItemOut.model_validate(item).model_copy(update={"because": [*why.get(item.id, ())]})
        for item in page.items
    ]
    hidden = None if filters.cursor else queries.abnormal_hidden(seen, wanted)
    return Page(
        items=items,
        next=page.next,
        total=page.total.rows,
        total_is_at_least=page.total.more,
        abnormal_hidden=hidden,
    )


@router.post("/items", needs=WRITE, response={201: ItemOut})
def create_item(request: Request, payload: ItemIn) -> Status[ItemOut]:
    made = actions.create_item(actor_of(request), payload.wanted(), at=clock.now())
    return Status(201, ItemOut.model_validate(made))


@router.post("/items/bulk", needs=WRITE, response=ItemsBulkOut)
def change_items(request: Request, payload: ItemsBulkIn) -> ItemsBulkOut:
    """Make and change up to 1,000 items. `all`: one refused row refuses all; `each`: every row
    stands by itself.
    """
    done = actions.change_items(
        actor_of(request), payload.wanted(), payload.mode, at=clock.now(), why=payload.why
    )
    return ItemsBulkOut.of(done)


@router.get("/items/{uuid:item_id}", needs=READ, response=ItemOut)
def get_item(request: Request, item_id: UUID) -> ItemOut:
    """An item; of one that was merged into another, that other."""
    return ItemOut.model_validate(queries.item(reach(actor_of(request), READ), item_id))


@router.patch("/items/{uuid:item_id}", needs=WRITE, response=ItemOut)
def update_item(request: Request, item_id: UUID, payload: ItemPatch) -> ItemOut:
    changed = actions.update_item(
        actor_of(request),
        item_id,
        payload.wanted(),
        version=payload.version,
        at=clock.now(),
        why=payload.why,
    )
    return ItemOut.model_validate(changed)


@router.delete("/items/{uuid:item_id}", needs=DELETE, response={204: None})
def delete_item(request: Request, item_id: UUID, version: Version | None = None) -> Status[None]:
    """Put an item into the recycle bin: it is in no list any more, and can be restored."""
    wanted = deleting.Wanted((item_id,), version)
    deleting.delete(actor_of(request), wanted, at=clock.now())
    return Status(204, None)


@router.post("/items/{uuid:item_id}/retire", needs=WRITE, response=ItemOut)
def retire_item(request: Request, item_id: UUID, version: Version | None = None) -> ItemOut:
    """Take an item out of use: it stays to be seen, and carries nothing any more."""
    actor = actor_of(request)
    actions.retire_item(actor, item_id, version=version, at=clock.now())
    return ItemOut.model_validate(queries.item(reach(actor, READ), item_id))


@router.post("/items/{uuid:item_id}/restore", needs=WRITE, response=ItemOut)
def restore_item(request: Request, item_id: UUID, version: Version | None = None) -> ItemOut:
    """Bring an item back into use, with its relations; its targets stay paused."""
    back = actions.restore_item(actor_of(request), item_id, version=version, at=clock.now())
    return ItemOut.model_validate(back)


@router.get("/items/{uuid:item_id}/changes", needs=READ, response=Page[ItemChangeOut])
def list_changes(
    request: Request, item_id: UUID, filters: Query[ChangeQuery]
) -> Page[ItemChangeOut]:
    """What changed of an item, newest first. `since` and `until`: made."""
    seen = reach(actor_of(request), READ)
    page = queries.changes(
        seen, item_id, limit=filters.limit, cursor=filters.cursor, time_range=filters.time_range()
    )
    return Page(items=[ItemChangeOut.model_validate(row) for row in page.changes], next=page.next)


# Relations ---------------------------------------------------------------------------------------


@router.get("/relations", needs=READ, response=Page[RelationOut])
def list_relations(
    request: Request, filters: Query[RelationQuery]
) -> Page[RelationOut] | HttpResponse:
    workbook = filters.format == "xlsx"
    page = queries.list_relations(
        reach(actor_of(request), READ),
        filters.wanted(),
        limit=ROWS_TO_ASK_FOR if workbook else filters.limit,
        cursor=filters.cursor,
        sort=filters.sort,
    )
    relations = [RelationOut.model_validate(relation) for relation in page.relations]
    if workbook:
        return _relations_workbook(relations, filters.columns)
    total = page.total
    return Page(items=relations, next=page.next, total=total.rows, total_is_at_least=total.more)


@router.post("/relations", needs=WRITE, response={201: RelationOut})
def create_relation(request: Request, payload: RelationIn) -> Status[RelationOut]:
    made = actions.relate(actor_of(request), payload.wanted(), at=clock.now(), why=payload.why)
    return Status(201, RelationOut.model_validate(made))


@router.post("/relations/bulk", needs=WRITE, response=RelationsBulkOut)
def relate_many(request: Request, payload: RelationsBulkIn) -> RelationsBulkOut:
    """Make and correct up to 1,000 relations. `all`: one refused row refuses all; `each`: every row
    stands by itself.
    """
    done = actions.change_items(
        actor_of(request), payload.wanted(), payload.mode, at=clock.now(), why=payload.why
    )
    return RelationsBulkOut.of(done)


@router.patch("/relations/{uuid:relation_id}", needs=WRITE, response=RelationOut)
def change_relation(request: Request, relation_id: UUID, payload: RelationPatch) -> RelationOut:
    changed = actions.change_relation(
        actor_of(request), relation_id, payload.edit(), at=clock.now(), why=payload.why
    )
    return RelationOut.model_validate(changed)


@router.delete("/relations/{uuid:relation_id}", needs=WRITE, response={204: None})
def remove_relation(request: Request, relation_id: UUID) -> Status[None]:
    actions.unrelate(actor_of(request), relation_id, at=clock.now())
    return Status(204, None)


# The graph ---------------------------------------------------------------------------------------


@router.get("/items/{uuid:item_id}/graph", needs=READ, response=GraphOut)
def item_graph(request: Request, item_id: UUID, asked: Query[GraphQuery]) -> GraphOut:
    """What an item supports and what supports it: found over everything; of what is out of reach
    only the layer is told.
    """
    seen = reach(actor_of(request), READ)
    found = graph_queries.around(seen, item_id, asked.direction, depth=asked.depth, most=asked.most)
    return GraphOut.of(found)


@router.get("/systems/{uuid:item_id}/model", needs=READ, response=GraphOut)
def system_model(request: Request, item_id: UUID, asked: Query[ModelQuery]) -> GraphOut:
    """What a business system stands on; other systems are shown and not entered."""
    seen = reach(actor_of(request), READ)
    return GraphOut.of(graph_queries.model(seen, item_id, most=asked.most))


@router.get("/paths", needs=READ, response=PathsOut)
def item_paths(request: Request, asked: Query[PathQuery]) -> PathsOut:
    """The shortest ways between two items."""
    seen = reach(actor_of(request), READ)
    return PathsOut.of(graph_queries.between(seen, asked.from_, asked.to, most=asked.most))


# Workbooks ---------------------------------------------------------------------------------------

_RELATION_COLUMNS: Mapping[str, StrOrPromise] = {
    "source": gettext_lazy("From"),
    "kind_label": gettext_lazy("Relation"),
    "target": gettext_lazy("To"),
    "group": gettext_lazy("Group"),
    "need": gettext_lazy("Needed of the group"),
    "standby": gettext_lazy("Standby"),
    "switch_minutes": gettext_lazy("Minutes to switch"),
}


def _items_workbook(seen: Reach, wanted: ItemFilters, given: ItemQuery) -> HttpResponse:
    own, found = attribute_columns(wanted), BECAUSE if wanted.finding else {}
    chosen = chosen_columns(
        {**ITEM_COLUMNS, **found, **own.heads, **CHANGED},
        given.columns or ",".join((*ITEM_COLUMNS, *found, *own.usual, *CHANGED)),
    )
    page = queries.list_items(seen, wanted, limit=ROWS_TO_ASK_FOR, sort=given.sort)
    why = reasons_of_many(wanted.finding, page.items, seen)
    items = (
        ItemOut.model_validate(item).model_copy(update={"because": [*why.get(item.id, ())]})
        for item in page.items
    )
    cells = (item_cells(item, own) for item in items)
    return xlsx_response(gettext_lazy("Configuration items"), chosen, cells)


def _relations_workbook(relations: Sequence[RelationOut], wanted: str | None) -> HttpResponse:
    rows = (
        {**vars(relation), "source": relation.source.name, "target": relation.target.name}
        for relation in relations
    )
    return xlsx_response(gettext_lazy("Relations"), chosen_columns(_RELATION_COLUMNS, wanted), rows)
