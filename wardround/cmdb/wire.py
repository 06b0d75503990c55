"""Items, relations and changes as the API shows and takes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Self
from uuid import UUID

from pydantic import BeforeValidator, Field

from wardround.cmdb.bulk_wire import ROW_BY_ROW
from wardround.cmdb.import_types import Verdict
from wardround.cmdb.rows import ItemRow, Mode, RelationSaid, Row, Rows
from wardround.cmdb.selection import ATTRIBUTE
from wardround.cmdb.types import (
    UNSET,
    USUAL_DAYS,
    Condition,
    FindingAsked,
    Importance,
    ItemEdit,
    ItemFilters,
    ItemRef,
    NewItem,
    NewRelation,
    OutOfReach,
    RelationEdit,
    RelationFilters,
    Standby,
    Where,
)
from wardround.cmdb.whys import MOST_REASON, MOST_TICKET, Why
from wardround.kernel.audit_words import actor_name
from wardround.kernel.http import ListFilters, TimedListFilters, TimeFilter
from wardround.kernel.types import Named
from wardround.kernel.wire import Answer, Body, Label, ReachedRef, Ref, Several
from wardround.schema.queries import named
from wardround.schema.types import ItemRole

# Items -------------------------------------------------------------------------------------------


def _shown(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: shown_value(value) for name, value in attributes.items()}


def shown_value(value: Any) -> Any:
    if isinstance(value, OutOfReach):
        return {"id": None, "name": value.name.text()}
    return {"id": str(value.id), "name": value.name} if isinstance(value, ItemRef) else value


class PartsOut(Answer):
    all: int
    abnormal: int
    unknown: int
    worst: Condition
    """The worst that is known of any; how a system fares of which itself nothing is known."""


class ItemOut(Answer):
    id: UUID
    key: str
    type: str
    type_label: Label
    layer: str
    layer_label: Label
    roles: list[ItemRole]
    name: str
    importance: Importance | None
    condition: Condition
    condition_since: datetime | None
    owner: ReachedRef | None
    vendor: ReachedRef | None
    systems: list[Ref]
    attributes: Annotated[dict[str, Any], BeforeValidator(_shown)]
    """A reference comes as {id, name} (without an id where it is out of the reader's reach), a
    secret as a mask."""
    restricted: list[str]
    """Attributes that the reader may not see; they are not among `attributes`, whether they have a
    value or not."""
    updated_at: datetime
    version: int
    retired_at: datetime | None
    type_retired: bool
    """Its type is no longer in force: the item is shown with the type as it was last."""
    unfit: dict[str, str]
    """Attributes whose value their type no longer takes, or that lack one it requires: why."""
    parts: PartsOut | None
    """Of a business system: how the items fare that it stands on."""
    because: Annotated[list[str], Field(default_factory=list)]
    """In a list of what a finding found: why, such as the other item that has the same name."""


class ItemQuery(TimedListFilters):
    type: list[Annotated[str, named("item-type")]] = Several
    layer: list[Annotated[str, named("layer")]] = Several
    role: list[ItemRole] = Several
    condition: list[Condition] = Several
    system: list[UUID] = Several
    part_of: list[UUID] = Several
    """Systems whose parts are wanted: what they stand on, themselves not among it."""
    importance: list[Importance] = Several
    class_: Annotated[list[Importance], Field(default_factory=list, alias="class")]
    owner: list[UUID] = Several
    vendor: list[UUID] = Several
    id: list[UUID] = Several
    key: list[str] = Several
    retired: bool = False
    unfit: bool = False
    finding: Annotated[str | None, Field(max_length=50)] = None
    """One of the findings of `/data-quality`."""
    days: Annotated[int, Field(ge=1, le=3650)] = USUAL_DAYS
    """Of the finding `stale`: without a change or a confirmation for so long."""
    where: Annotated[str | None, Field(max_length=2_000)] = None
    """An expression that is true of the items: `type = server and owner.department = "信息科"`."""

    prefixes: ClassVar[tuple[str, ...]] = (ATTRIBUTE,)
    """Beside these, `attribute.NAME` narrows by an attribute."""

    def wanted(self, attributes: Mapping[str, tuple[str, ...]], at: datetime) -> ItemFilters:
        """The filters, with those by an attribute, which only the address knows."""
        return ItemFilters(
            types=tuple(self.type),
            layers=tuple(self.layer),
            roles=tuple(self.role),
            conditions=tuple(self.condition),
            importances=(*self.importance, *self.class_),
            systems=tuple(self.system),
            part_of=tuple(self.part_of),
            owners=tuple(self.owner),
            vendors=tuple(self.vendor),
            ids=tuple(self.id),
            keys=tuple(self.key),
            attributes=attributes,
            where=Where(self.where, at) if self.where and self.where.strip() else None,
            q=self.q,
            retired=self.retired,
            unfit=self.unfit,
            finding=FindingAsked(self.finding, at, self.days) if self.finding else None,
            updated=self.time_range(),
        )


class ItemIn(Body):
    type: str
    name: str
    key: str | None = None
    importance: Importance | None = None
    owner: str | None = None
    vendor: str | None = None
    attributes: Annotated[dict[str, Any], Field(default_factory=dict)]

    def wanted(self) -> NewItem:
        return NewItem(**self.model_dump())


class WhyIn(Body):
    """Why something is changed, for its history; nobody need say."""

    reason: Annotated[str | None, Field(max_length=MOST_REASON)] = None
    ticket: Annotated[str | None, Field(max_length=MOST_TICKET)] = None
    """A ticket's number."""

    @property
    def why(self) -> Why:
        return Why((self.reason or "").strip(), (self.ticket or "").strip())


class ItemPatch(WhyIn):
    """Fields that are not given stay; null empties one. `version` is the one that was read."""

    version: int
    name: str | None = None
    importance: Importance | None = None
    owner: str | None = None
    vendor: str | None = None
    attributes: Annotated[dict[str, Any], Field(default_factory=dict)]

    def wanted(self) -> ItemEdit:
        given = self.model_fields_set
        return ItemEdit(
            name=(self.name or "") if "name" in given else UNSET,
            importance=self.importance if "importance" in given else UNSET,
            owner=self.owner if "owner" in given else UNSET,
            vendor=self.vendor if "vendor" in given else UNSET,
            attributes=self.attributes,
        )


class ItemRowIn(Body):
    """One row: an item by its id or key; by neither, a new one. What is not given stays."""

    id: UUID | None = None
    key: str | None = None
    version: int | None = None
    type: str | None = None
    name: str | None = None
    importance: Importance | None = None
    owner: str | None = None
    vendor: str | None = None
    attributes: Annotated[dict[str, Any], Field(default_factory=dict)]
    retired: bool | None = None
    """Taken out of use, or with its relations brought back into it."""
    confirmed: bool | None = None
    """Looked at and found right: told in its history, and no longer stale."""

    def row(self, number: int) -> Row:
        given = self.model_fields_set
        content = ItemEdit(
            name=(self.name or "") if "name" in given else UNSET,
            importance=self.importance if "importance" in given else UNSET,
            owner=self.owner if "owner" in given else UNSET,
            vendor=self.vendor if "vendor" in given else UNSET,
            attributes=self.attributes,
        )
        item = ItemRow(
            content,
            self.type,
            self.key or None,
            self.id,
            self.version,
            retired=self.retired,
            confirmed=bool(self.confirmed),
        )
        return Row(number, item)


class ItemsBulkIn(WhyIn):
    rows: Annotated[list[Annotated[ItemRowIn, ROW_BY_ROW]], Field(max_length=1_000)]
    mode: Mode = Mode.ALL

    def wanted(self) -> list[Row]:
        return [row.row(number) for number, row in enumerate(self.rows, start=1)]


class ItemRowProblemOut(Answer):
    field: str
    message: Label


class ItemRowOut(Answer):
    """What became of one row, counted from 1."""

    row: int
    status: Annotated[Verdict, Field(validation_alias="verdict")]
    id: Annotated[UUID | None, Field(validation_alias="item")]
    key: str
    problems: list[ItemRowProblemOut]


class _BulkOut(Answer):
    created: int
    changed: int
    unchanged: int
    refused: int

    @classmethod
    def of(cls, done: Rows) -> Self:
        counts = {str(verdict): done.of(verdict) for verdict in Verdict}
        return cls.model_validate({**counts, "rows": list(done.rows)})


class ItemsBulkOut(_BulkOut):
    rows: list[ItemRowOut]


def _doer(actor: Named) -> Ref:
    """Parts of the platform have a name in the reader's language."""
    return Ref(id=actor.id, name=actor_name(actor))


class ItemChangeOut(Answer):
    id: int
    at: datetime
    actor: Annotated[Ref, BeforeValidator(_doer)]
    field: str
    old: Any
    new: Any
    restricted: bool
    """The reader may not see this attribute: neither value is told."""
    reason: str
    ticket: str


class ChangeQuery(Body, TimeFilter):
    limit: Annotated[int, Field(ge=1, le=500)] = 50
    cursor: str | None = None


# Relations ---------------------------------------------------------------------------------------


class TypedRef(Ref):
    """An item named by another, with its type."""

    key: str
    type: str


class RelationOut(Answer):
    id: UUID
    kind: str
    kind_label: Label
    reverse_label: Label
    source: TypedRef
    target: TypedRef
    group: str | None
    need: int | None
    standby: Standby | None
    switch_minutes: float | None
    rule: Label | None
    """The rule that keeps it."""
    kind_retired: bool


class RelationQuery(ListFilters):
    kind: list[Annotated[str, named("relation-kind")]] = Several
    source: list[UUID] = Several
    target: list[UUID] = Several
    item: list[UUID] = Several

    def wanted(self) -> RelationFilters:
        return RelationFilters(
            kinds=tuple(self.kind),
            sources=tuple(self.source),
            targets=tuple(self.target),
            items=tuple(self.item),
            q=self.q,
        )


class RelationDetails(Body):
    group: Annotated[str | None, Field(max_length=100)] = None
    need: Annotated[int | None, Field(ge=1, le=1000)] = None
    standby: Standby | None = None
    switch_minutes: Annotated[float | None, Field(ge=0, allow_inf_nan=False)] = None


class RelationPatch(RelationDetails, WhyIn):
    """Details that are not given stay; null empties one."""

    def edit(self) -> RelationEdit:
        return RelationEdit(**self.model_dump(exclude_unset=True, exclude={*WhyIn.model_fields}))


class RelationIn(RelationPatch):
    """Ends are ids or keys."""

    kind: str
    source: str
    target: str

    def wanted(self) -> NewRelation:
        return NewRelation(**self.model_dump(exclude={*WhyIn.model_fields}))


class RelationRowIn(RelationDetails):
    """One row; ends are ids or keys. Of a relation that stands, details that are not given stay."""

    kind: str
    source: str
    target: str

    def row(self, number: int) -> Row:
        details = self.model_dump(include=self.model_fields_set & {*RelationDetails.model_fields})
        said = RelationSaid(self.kind, self.source.strip(), self.target.strip(), details)
        return Row(number, relations=(said,))


class RelationsBulkIn(WhyIn):
    rows: Annotated[list[Annotated[RelationRowIn, ROW_BY_ROW]], Field(max_length=1_000)]
    mode: Mode = Mode.ALL

    def wanted(self) -> list[Row]:
        return [row.row(number) for number, row in enumerate(self.rows, start=1)]


class RelationRowOut(Answer):
    """What became of a row."""

    row: int
    status: Annotated[Verdict, Field(validation_alias="verdict")]
    problems: list[ItemRowProblemOut]


class RelationsBulkOut(_BulkOut):
    rows: list[RelationRowOut]
