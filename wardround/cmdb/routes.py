"""Items and relations over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Query, Schema
from pydantic import ConfigDict, Field

from wardround.cmdb import actions, queries
from wardround.cmdb.permissions import READ, WRITE
from wardround.cmdb.selection import ATTRIBUTE
from wardround.cmdb.types import (
    UNSET,
    Column,
    Condition,
    Importance,
    Item,
    ItemEdit,
    ItemFilters,
    ItemRef,
    NewItem,
    NewRelation,
    Relation,
    RelationFilters,
    Standby,
)
from wardround.kernel import clock
from wardround.kernel.errors import BadInput, FieldProblem
from wardround.kernel.http import (
    ListFilters,
    Page,
    Ref,
    Request,
    RoomRouter,
    Version,
    actor_of,
    prefixed,
)
from wardround.kernel.lists import MOST_ROWS_IN_A_WORKBOOK, chosen_columns, xlsx_response
from wardround.kernel.reach import Reach, reach
from wardround.schema import queries as schema
from wardround.schema.types import Label, Role

router = RoomRouter(tags=["cmdb"])
Several: Any = Field(default_factory=list)


class TypedRef(Ref):
    """An item named by another, with its type."""

    key: str
    type: str


class ItemOut(Schema):
    id: UUID
    key: str
    type: str
    type_label: str
    layer: str
    layer_label: str
    roles: list[Role]
    name: str
    importance: Importance | None
    condition: Condition
    condition_since: datetime | None
    owner: Ref | None
    vendor: Ref | None
    systems: list[Ref]
    attributes: dict[str, Any]
    """A reference comes as {id, name}, a secret as a mask."""
    updated_at: datetime
    version: int
    retired_at: datetime | None
    type_retired: bool
    """Its type is no longer in force: the item is shown with the type as it was last."""


class ItemQuery(ListFilters):
    type: Annotated[list[str], Several]
    layer: Annotated[list[str], Several]
    role: Annotated[list[Role], Several]
    condition: Annotated[list[Condition], Several]
    system: Annotated[list[UUID], Several]
    importance: Annotated[list[Importance], Several]
    class_: Annotated[list[Importance], Field(default_factory=list, alias="class")]
    owner: Annotated[list[UUID], Several]
    vendor: Annotated[list[UUID], Several]
    id: Annotated[list[UUID], Several]
    key: Annotated[list[str], Several]
    retired: bool = False

    prefixes: ClassVar[tuple[str, ...]] = (ATTRIBUTE,)
    """Beside these, `attribute.NAME` narrows by an attribute."""


class _Body(Schema):
    model_config = ConfigDict(extra="forbid")


class ItemIn(_Body):
    type: str
    name: str
    key: str | None = None
    importance: Importance | None = None
    owner: str | None = None
    vendor: str | None = None
    attributes: Annotated[dict[str, Any], Field(default_factory=dict)]


class ItemPatch(_Body):
    """Fields that are not given stay; null empties one. `version` is the one that was read."""

    version: int
    name: str | None = None
    importance: Importance | None = None
    owner: str | None = None
    vendor: str | None = None
    attributes: Annotated[dict[str, Any], Field(default_factory=dict)]


class ChangeOut(Schema):
    id: int
    at: datetime
    actor: Ref
    field: str
    old: Any
    new: Any


class ChangeQuery(_Body):
    limit: Annotated[int, Field(ge=1, le=500)] = 50
    cursor: str | None = None


class RelationOut(Schema):
    id: UUID
    kind: str
    kind_label: str
    reverse_label: str
    source: TypedRef
    target: TypedRef
    group: str | None
    need: int | None
    standby: Standby | None
    switch_minutes: float | None
    kind_retired: bool


class RelationQuery(ListFilters):
    kind: Annotated[list[str], Several]
    source: Annotated[list[UUID], Several]
    target: Annotated[list[UUID], Several]
    item: Annotated[list[UUID], Several]


class RelationIn(_Body):
    """Ends are ids or keys."""

    kind: str
    source: str
    target: str
    group: Annotated[str | None, Field(max_length=100)] = None
    need: Annotated[int | None, Field(ge=1, le=1000)] = None
    standby: Standby | None = None
    switch_minutes: Annotated[float | None, Field(ge=0, allow_inf_nan=False)] = None


class Gone(Schema):
    id: UUID


# Items -------------------------------------------------------------------------------------------


@router.get("/items", needs=READ, response=Page[ItemOut])
def list_items(request: Request, filters: Query[ItemQuery]) -> Page[ItemOut] | HttpResponse:
    seen, wanted = reach(actor_of(request), READ), _item_filters(filters, request)
    if filters.format == "xlsx":
        return _items_workbook(seen, wanted, filters)
    page = queries.list_items(
        seen, wanted, limit=filters.limit, cursor=filters.cursor, sort=filters.sort
    )
    labels = _Labels()
    items = [labels.item(found) for found in page.items]
    return Page(items=items, next=page.next, total=page.total)


def _item_filters(given: ItemQuery, request: Request) -> ItemFilters:
    return ItemFilters(
        types=tuple(given.type),
        layers=tuple(given.layer),
        roles=tuple(given.role),
        conditions=tuple(given.condition),
        importances=(*given.importance, *given.class_),
        systems=tuple(given.system),
        owners=tuple(given.owner),
        vendors=tuple(given.vendor),
        ids=tuple(given.id),
        keys=tuple(given.key),
        attributes=prefixed(request, ATTRIBUTE),
        q=given.q,
        retired=given.retired,
    )


@router.post("/items", needs=WRITE, response=ItemOut)
def create_item(request: Request, payload: ItemIn) -> ItemOut:
    new = NewItem(**payload.model_dump())
    return _Labels().item(actions.create_item(actor_of(request), new, at=clock.now()))


@router.get("/items/{uuid:item_id}", needs=READ, response=ItemOut)
def get_item(request: Request, item_id: UUID) -> ItemOut:
    return _Labels().item(queries.item(reach(actor_of(request), READ), item_id))


@router.patch("/items/{uuid:item_id}", needs=WRITE, response=ItemOut)
def update_item(request: Request, item_id: UUID, payload: ItemPatch) -> ItemOut:
    given = payload.model_fields_set
    if "name" in given and payload.name is None:
        raise BadInput(problems=[FieldProblem("name", _("A name is needed."))])
    edit = ItemEdit(
        name=payload.name if payload.name is not None else UNSET,
        importance=payload.importance if "importance" in given else UNSET,
        owner=payload.owner if "owner" in given else UNSET,
        vendor=payload.vendor if "vendor" in given else UNSET,
        attributes=payload.attributes,
    )
    actor = actor_of(request)
    changed = actions.update_item(actor, item_id, edit, version=payload.version, at=clock.now())
    return _Labels().item(changed)


@router.delete("/items/{uuid:item_id}", needs=WRITE, response=Gone)
def retire_item(request: Request, item_id: UUID, version: Version | None = None) -> Gone:
    actions.retire_item(actor_of(request), item_id, version=version, at=clock.now())
    return Gone(id=item_id)


@router.get("/items/{uuid:item_id}/changes", needs=READ, response=Page[ChangeOut])
def list_changes(request: Request, item_id: UUID, filters: Query[ChangeQuery]) -> Page[ChangeOut]:
    seen = reach(actor_of(request), READ)
    page = queries.changes(seen, item_id, limit=filters.limit, cursor=filters.cursor)
    changes = [
        ChangeOut(
            id=change.id,
            at=change.at,
            actor=Ref(id=str(change.actor_id), name=change.actor),
            field=change.field,
            old=change.old,
            new=change.new,
        )
        for change in page.changes
    ]
    return Page(items=changes, next=page.next)


# Relations ---------------------------------------------------------------------------------------


@router.get("/relations", needs=READ, response=Page[RelationOut])
def list_relations(
    request: Request, filters: Query[RelationQuery]
) -> Page[RelationOut] | HttpResponse:
    wanted = RelationFilters(
        kinds=tuple(filters.kind),
        sources=tuple(filters.source),
        targets=tuple(filters.target),
        items=tuple(filters.item),
        q=filters.q,
    )
    workbook = filters.format == "xlsx"
    page = queries.list_relations(
        reach(actor_of(request), READ),
        wanted,
        limit=MOST_ROWS_IN_A_WORKBOOK if workbook else filters.limit,
        cursor=filters.cursor,
        sort=filters.sort,
    )
    labels = _Labels()
    relations = [labels.relation(relation) for relation in page.relations]
    if workbook:
        return _relations_workbook(relations, filters.columns)
    return Page(items=relations, next=page.next, total=page.total)


@router.post("/relations", needs=WRITE, response=RelationOut)
def create_relation(request: Request, payload: RelationIn) -> RelationOut:
    new = NewRelation(**payload.model_dump())
    return _Labels().relation(actions.relate(actor_of(request), new, at=clock.now()))


@router.delete("/relations/{uuid:relation_id}", needs=WRITE, response=Gone)
def remove_relation(request: Request, relation_id: UUID) -> Gone:
    actions.unrelate(actor_of(request), relation_id, at=clock.now())
    return Gone(id=relation_id)


# Telling -----------------------------------------------------------------------------------------


class _Labels:
    """Definitions looked up once for a whole answer, told in the reader's language."""

    def __init__(self) -> None:
        self.language = get_language() or "zh-hans"
        self.types = schema.remembered_item_types()
        self.types_in_force = schema.item_types()
        self.layers = {layer.name: layer for layer in schema.layers()}
        self.kinds = schema.remembered_relation_kinds()
        self.kinds_in_force = schema.relation_kinds()

    def told(self, label: Label | None, otherwise: str) -> str:
        return label.text(self.language) if label else otherwise

    def item(self, item: Item) -> ItemOut:
        its_type = self.types.get(item.type)
        layer = self.layers.get(its_type.layer) if its_type else None
        return ItemOut(
            id=item.id,
            key=item.key,
            type=item.type,
            type_label=self.told(its_type.label if its_type else None, item.type),
            layer=layer.name if layer else "",
            layer_label=self.told(layer.label if layer else None, ""),
            roles=sorted(its_type.roles) if its_type else [],
            name=item.name,
            importance=item.importance,
            condition=item.condition,
            condition_since=item.condition_since,
            owner=_ref(item.owner),
            vendor=_ref(item.vendor),
            systems=[ref for system in item.systems if (ref := _ref(system))],
            attributes={name: _shown(value) for name, value in item.attributes.items()},
            updated_at=item.updated_at,
            version=item.version,
            retired_at=item.retired_at,
            type_retired=item.type not in self.types_in_force,
        )

    def relation(self, relation: Relation) -> RelationOut:
        kind = self.kinds.get(relation.kind)
        return RelationOut(
            id=relation.id,
            kind=relation.kind,
            kind_label=self.told(kind.label if kind else None, relation.kind),
            reverse_label=self.told(kind.reverse_label if kind else None, relation.kind),
            source=_typed(relation.source),
            target=_typed(relation.target),
            group=relation.group,
            need=relation.need,
            standby=relation.standby,
            switch_minutes=relation.switch_minutes,
            kind_retired=relation.kind not in self.kinds_in_force,
        )


def _ref(ref: ItemRef | None) -> Ref | None:
    return Ref(id=str(ref.id), name=ref.name) if ref else None


def _typed(ref: ItemRef) -> TypedRef:
    return TypedRef(id=str(ref.id), name=ref.name, key=ref.key, type=ref.type)


def _shown(value: Any) -> Any:
    return {"id": str(value.id), "name": value.name} if isinstance(value, ItemRef) else value


# Workbooks ---------------------------------------------------------------------------------------


def _items_workbook(seen: Reach, wanted: ItemFilters, given: ItemQuery) -> HttpResponse:
    columns = _item_columns(wanted)
    usual = ",".join(name for name, column in columns.items() if column.usual)
    labels_of = {name: column.label for name, column in columns.items()}
    chosen = chosen_columns(labels_of, given.columns or usual)
    page = queries.list_items(seen, wanted, limit=MOST_ROWS_IN_A_WORKBOOK, sort=given.sort)
    labels = _Labels()
    return xlsx_response("items", chosen, (_item_cells(labels.item(found)) for found in page.items))


def _item_columns(wanted: ItemFilters) -> dict[str, Column]:
    """Every column that a list of these items may have."""
    own = {
        "key": _("Key"),
        "name": _("Name"),
        "type_label": _("Type"),
        "layer_label": _("Layer"),
        "importance": _("Class of importance"),
        "condition": _("Condition"),
        "owner": _("Owner"),
        "vendor": _("Vendor"),
        "systems": _("Business systems"),
    }
    return {
        **{name: Column(label, usual=True) for name, label in own.items()},
        **queries.columns(wanted, get_language() or "zh-hans"),
        "updated_at": Column(_("Changed at"), usual=True),
    }


def _item_cells(item: ItemOut) -> dict[str, object]:
    cells: dict[str, object] = item.model_dump(exclude={"attributes", "systems", "owner", "vendor"})
    cells["owner"] = item.owner.name if item.owner else None
    cells["vendor"] = item.vendor.name if item.vendor else None
    cells["systems"] = "、".join(system.name for system in item.systems)
    for name, value in item.attributes.items():
        cells[f"attributes.{name}"] = value["name"] if isinstance(value, dict) else value
    return cells


def _relations_workbook(relations: Sequence[RelationOut], wanted: str | None) -> HttpResponse:
    columns = {
        "source": _("From"),
        "kind_label": _("Relation"),
        "target": _("To"),
        "group": _("Group"),
        "need": _("Needed of the group"),
        "standby": _("Standby"),
        "switch_minutes": _("Minutes to switch"),
    }
    rows = (
        {**relation.model_dump(), "source": relation.source.name, "target": relation.target.name}
        for relation in relations
    )
    return xlsx_response("relations", chosen_columns(columns, wanted), rows)
