"""What crosses the configuration database's door. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class Importance(StrEnum):
    """Class of importance of a business system, or of an item."""

    A = "A"
    B = "B"
    C = "C"


class Condition(StrEnum):
    """How an item is at the moment."""

    OK = "ok"
    WARNING = "warning"
    CRITICAL = "critical"
    DOWN = "down"
    UNKNOWN = "unknown"
    MAINTENANCE = "maintenance"


WORST_FIRST = (
    Condition.DOWN,
    Condition.CRITICAL,
    Condition.WARNING,
    Condition.UNKNOWN,
    Condition.MAINTENANCE,
    Condition.OK,
)


class Standby(StrEnum):
    """How one of a group stands in for another: by itself, or after somebody acted."""

    HOT = "hot"
    COLD = "cold"


@dataclass(frozen=True, slots=True)
class ItemRef:
    """An item as others name it."""

    id: UUID
    key: str
    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Item:
    """One configuration item as its reader may see it; secrets are masked."""

    id: UUID
    key: str
    type: str
    name: str
    importance: Importance | None
    condition: Condition
    condition_since: datetime | None
    owner: ItemRef | None
    vendor: ItemRef | None
    systems: tuple[ItemRef, ...]
    """Business systems that it serves, as far as the reader may know of them."""
    attributes: Mapping[str, Any]
    """Attribute → value; a reference is an ItemRef, a secret a mask."""
    updated_at: datetime
    version: int
    retired_at: datetime | None = None

    @property
    def ref(self) -> ItemRef:
        return ItemRef(self.id, self.key, self.name, self.type)


@dataclass(frozen=True, slots=True)
class ItemPage:
    items: tuple[Item, ...]
    next: str | None
    total: int


@dataclass(frozen=True, slots=True)
class ItemFilters:
    """What a list of items is narrowed to; several values of one field mean any of them."""

    types: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    importances: tuple[Importance, ...] = ()
    systems: tuple[UUID, ...] = ()
    owners: tuple[UUID, ...] = ()
    vendors: tuple[UUID, ...] = ()
    ids: tuple[UUID, ...] = ()
    keys: tuple[str, ...] = ()
    q: str | None = None
    retired: bool = False


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item to create. References (owner, vendor, attributes) are ids or keys."""

    type: str
    name: str
    key: str | None = None
    importance: Importance | None = None
    owner: str | None = None
    vendor: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)


class Unset(StrEnum):
    """Stands for "leave as it is", where None means "empty it"."""

    UNSET = "unset"


UNSET = Unset.UNSET


@dataclass(frozen=True, slots=True)
class ItemEdit:
    """What to change of an item; attributes that are not named stay."""

    name: str | Unset = UNSET
    importance: Importance | Unset | None = UNSET
    owner: str | Unset | None = UNSET
    vendor: str | Unset | None = UNSET
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Relation:
    id: UUID
    kind: str
    source: ItemRef
    target: ItemRef
    group: str | None
    """Relations of one source with one group stand in for each other."""
    need: int | None
    """How many of the group must be up."""
    standby: Standby | None
    switch_minutes: float | None


@dataclass(frozen=True, slots=True)
class RelationPage:
    relations: tuple[Relation, ...]
    next: str | None
    total: int


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
class ItemChange:
    """One attribute of one item changed once; kept for ever."""

    id: int
    at: datetime
    actor_id: UUID
    actor: str
    field: str
    old: Any
    new: Any


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


@dataclass(frozen=True, slots=True)
class ItemEntry:
    """One item of a definition. What it does not name is left as it is."""

    key: str
    type: str
    name: str
    importance: str | Unset | None = UNSET
    owner: str | Unset | None = UNSET
    vendor: str | Unset | None = UNSET
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RelationEntry:
    kind: str
    source: str
    target: str
    group: str | None = None
    need: int | None = None
    standby: str | None = None
    switch_minutes: float | None = None


@dataclass(frozen=True, slots=True)
class ItemsDefinition:
    name: str
    items: tuple[ItemEntry, ...] = ()
    relations: tuple[RelationEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import of items has done."""

    created: int = 0
    changed: int = 0
    retired: int = 0
    relations_written: int = 0
    relations_removed: int = 0
