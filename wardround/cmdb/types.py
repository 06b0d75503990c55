"""What crosses the configuration database's door. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints

from wardround.cmdb.items import (
    ABNORMAL,
    KEY_PATTERN,
    OUT_OF_REACH,
    RESTRICTED,
    UNSET,
    USUAL_DAYS,
    WORST_FIRST,
    Column,
    Condition,
    FindingAsked,
    Importance,
    Item,
    ItemEdit,
    ItemFilters,
    ItemPage,
    ItemRef,
    NewItem,
    OutOfReach,
    Parts,
    Standby,
    Unset,
    Where,
    stands_for_restricted,
)
from wardround.kernel.lists import Total
from wardround.kernel.types import Named
from wardround.schema.declarations import (
    Declaration,
    FrozenMapping,
    Key,
    Keyed,
    Part,
    Refers,
)
from wardround.schema.types import Label

__all__ = [
    "ABNORMAL",
    "KEY_PATTERN",
    "OUT_OF_REACH",
    "RESTRICTED",
    "UNSET",
    "USUAL_DAYS",
    "WORST_FIRST",
    "Column",
    "Condition",
    "FindingAsked",
    "Importance",
    "Item",
    "ItemEdit",
    "ItemFilters",
    "ItemPage",
    "ItemRef",
    "NewItem",
    "OutOfReach",
    "Parts",
    "Standby",
    "Unset",
    "Where",
    "stands_for_restricted",
]


@dataclass(frozen=True, slots=True)
class Relation:
    id: UUID
    kind: str
    kind_label: Label
    reverse_label: Label
    """What the kind is called when it is read from its target."""
    kind_retired: bool
    source: ItemRef
    target: ItemRef
    group: str | None
    """Relations of one source with one group stand in for each other."""
    need: int | None
    """How many of the group must be up."""
    standby: Standby | None
    switch_minutes: float | None
    rule: Label | None = None
    """The rule that keeps it, and says when it goes."""


@dataclass(frozen=True, slots=True)
class Expiring:
    """A date of an item that is within notice, or has passed."""

    item_id: UUID
    attribute: str
    label: Label
    ends_on: date
    """The last day on which it holds."""
    notices: tuple[int, ...]
    """Days of notice, the most first."""


@dataclass(frozen=True, slots=True)
class RelationPage:
    relations: tuple[Relation, ...]
    next: str | None
    total: Total


@dataclass(frozen=True, slots=True)
class RelationFilters:
    kinds: tuple[str, ...] = ()
    sources: tuple[UUID, ...] = ()
    targets: tuple[UUID, ...] = ()
    items: tuple[UUID, ...] = ()
    """Either end."""
    q: str | None = None
    """Words in the names of the ends."""


@dataclass(frozen=True, slots=True)
class NewRelation:
    """A relation to create; ends are ids or keys."""

    kind: str
    source: str
    target: str
    group: str | None = None
    need: int | None = None
    standby: Standby | None = None
    switch_minutes: float | None = None


@dataclass(frozen=True, slots=True)
class RelationEdit:
    """What is said of a relation's details; what is not named stays."""

    group: str | Unset | None = UNSET
    need: int | Unset | None = UNSET
    standby: Standby | Unset | None = UNSET
    switch_minutes: float | Unset | None = UNSET

    @property
    def said(self) -> Mapping[str, Any]:
        """What is named, by field; a group without a name is none."""
        given = {
            "group": self.group or None,
            "need": self.need,
            "standby": self.standby,
            "switch_minutes": self.switch_minutes,
        }
        return {name: value for name, value in given.items() if value is not UNSET}


@dataclass(frozen=True, slots=True)
class ItemChange:
    """One attribute of one item changed once; kept for ever."""

    id: int
    at: datetime
    actor: Named
    field: str
    old: Any
    new: Any
    """A relation is told by the other end's name, or by that and its details: {name, group, …}."""
    restricted: bool = False
    """Of an attribute that is kept from the reader: neither value is told."""
    reason: str = ""
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class ChangePage:
    changes: tuple[ItemChange, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class ConditionChange:
    """What monitoring found out about an item."""

    item: UUID
    condition: Condition


@dataclass(frozen=True, slots=True)
class ImpactRelation:
    """A relation along which failures spread: when `needed` fails, `dependent` suffers."""

    dependent: UUID
    needed: UUID
    kind: str
    group: str | None
    need: int | None
    standby: Standby | None
    switch_minutes: float | None


# The body of an `items` definition --------------------------------------------------------------


ItemKey = Annotated[str, StringConstraints(pattern=KEY_PATTERN)]


def _named(said: object) -> object:
    """A key as somebody names an item by it, by hand or in a definition: blanks around it are
    none of it.
    """
    return said.strip() if isinstance(said, str) else said


def _nobody(said: object) -> object:
    """An empty text names nobody, as it does by hand."""
    return _named(said) or None


NamedKey = Annotated[ItemKey, BeforeValidator(_named)]
AnyKey = Annotated[ItemKey | None, BeforeValidator(_nobody)]
"""Of whoever answers for an item; none for nobody."""


class ItemEntry(Part):
    """One item of a definition. What it does not say is left as it is; see `says`."""

    key: Annotated[
        ItemKey,
        Key("编号", "Key", "配置项的唯一编号。", "What the item is called by everything else."),
    ]
    type: Annotated[str, Refers("item-type"), Key("类型", "Type", "配置项的类型。", "What it is.")]
    name: Annotated[
        str,
        Field(min_length=1, max_length=300),
        Key("名称", "Name", "显示给人看的名称。", "What people call it."),
    ]
    importance: Annotated[
        Importance | None,
        Key("重要性等级", "Importance", "重要性等级 A、B 或 C。", "Its class of importance."),
    ] = None
    owner: Annotated[
        AnyKey,
        Key("负责人", "Owner", "负责人的编号。", "Key of the person who is responsible for it."),
    ] = None
    vendor: Annotated[
        AnyKey,
        Key("厂商", "Vendor", "厂商的编号。", "Key of the vendor who maintains it."),
    ] = None
    attributes: Annotated[
        Keyed[str, Any],
        Key(
            "属性",
            "Attributes",
            "属性的值；空值表示清除。",
            "Values of its attributes; null empties one.",
        ),
    ] = FrozenMapping()

    def says(self, field: str) -> bool:
        """Whether the definition names the field; `null` empties it, silence leaves it."""
        return field in self.model_fields_set

    @property
    def content(self) -> ItemEdit:
        return ItemEdit(
            name=self.name,
            importance=self.importance if self.says("importance") else UNSET,
            owner=self.owner if self.says("owner") else UNSET,
            vendor=self.vendor if self.says("vendor") else UNSET,
            attributes=self.attributes,
        )


class RelationEntry(Part):
    """One relation of a definition."""

    kind: Annotated[
        str, Refers("relation-kind"), Key("关系类型", "Kind", "关系的类型。", "What it is.")
    ]
    source: Annotated[
        NamedKey,
        Field(alias="from"),
        Key("起点", "From", "起点配置项的编号。", "Key of the item it starts from."),
    ]
    target: Annotated[
        NamedKey,
        Field(alias="to"),
        Key("终点", "To", "终点配置项的编号。", "Key of the item it leads to."),
    ]
    group: Annotated[
        str | None,
        Field(min_length=1, max_length=100),
        Key(
            "冗余组",
            "Group",
            "互相替代的各项写同一组名。",
            "Items that stand in for one another have the same.",
        ),
    ] = None
    need: Annotated[
        int | None,
        Field(ge=1, le=1000),
        Key("至少需要", "Need", "组内至少要有几个正常。", "How many of the group must work."),
    ] = None
    standby: Annotated[
        Standby | None,
        Key(
            "备用方式",
            "Standby",
            "热备还是冷备。",
            "Whether one takes over by itself (hot) or not.",
        ),
    ] = None
    switch_minutes: Annotated[
        int | float | None,
        Field(ge=0),
        Key(
            "切换时间",
            "Switch minutes",
            "冷备切换所需的分钟数。",
            "Minutes until a cold one stands in.",
        ),
    ] = None

    @property
    def relation(self) -> NewRelation:
        return NewRelation(
            self.kind,
            self.source,
            self.target,
            self.group,
            self.need,
            self.standby,
            self.switch_minutes,
        )


class ItemsDefinition(Declaration):
    """Items and relations that a pack brings."""

    items: Annotated[tuple[ItemEntry, ...], Key("配置项", "Items", "配置项。", "The items.")] = ()
    relations: Annotated[
        tuple[RelationEntry, ...],
        Key("关系", "Relations", "配置项之间的关系。", "Relations between items."),
    ] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import of items has done."""

    created: int = 0
    changed: int = 0
    retired: int = 0
    relations_written: int = 0
    relations_removed: int = 0
