"""Items as they are shown, listed, made and edited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from wardround.kernel.lists import Total
from wardround.kernel.types import ALWAYS, TimeRange
from wardround.schema.declarations import (
    told_as,
)
from wardround.schema.types import AttributeType, ItemRole, Label


class Importance(StrEnum):
    """Class of importance of a business system, or of an item."""

    A = "A"
    B = "B"
    C = "C"


@told_as(
    {
        "ok": ("正常", "OK"),
        "warning": ("警告", "Warning"),
        "critical": ("严重", "Critical"),
        "down": ("中断", "Down"),
        "unknown": ("未知", "Unknown"),
        "maintenance": ("维护中", "Maintenance"),
    }
)
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

ABNORMAL = (Condition.DOWN, Condition.CRITICAL, Condition.WARNING, Condition.MAINTENANCE)
"""Conditions in which something is known to be out of the ordinary, worst first."""


@dataclass(frozen=True, slots=True)
class Parts:
    """How the items fare on which a business system stands, itself not among them."""

    all: int
    abnormal: int
    unknown: int
    """Nothing is measured of them."""
    worst: Condition
    """The worst that is known of any; unknown where nothing is known of all."""


@told_as(
    {
        "hot": ("热备", "Hot"),
        "cold": ("冷备", "Cold"),
    }
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
class OutOfReach:
    """Stands for an item that is named there and that the reader may not know of."""

    id: None = None
    name: Label = field(default=Label("不在您的可见范围内", "out of your reach"))


OUT_OF_REACH = OutOfReach()
RESTRICTED = Label("（受限）", "(restricted)")
"""Stands in workbooks for a value that its reader may not see; given back, it leaves it alone."""


def stands_for_restricted(value: object) -> bool:
    """Whether somebody gives back what he was shown in place of a value."""
    return isinstance(value, str) and value.strip() in (RESTRICTED.zh, RESTRICTED.en)


@dataclass(frozen=True, slots=True)
class Item:
    """One configuration item as its reader may see it; secrets are masked."""

    id: UUID
    key: str
    type: str
    type_label: Label
    type_retired: bool
    """Its type is no longer in force: the item is shown with the type as it was last."""
    layer: str
    layer_label: Label
    roles: tuple[ItemRole, ...]
    name: str
    importance: Importance | None
    condition: Condition
    condition_since: datetime | None
    owner: ItemRef | OutOfReach | None
    vendor: ItemRef | OutOfReach | None
    systems: tuple[ItemRef, ...]
    """Business systems that it serves, as far as the reader may know of them."""
    attributes: Mapping[str, Any]
    """Attribute → value; a reference is an ItemRef or OutOfReach, a secret a mask."""
    restricted: tuple[str, ...]
    """Attributes that are kept from the reader, whether they have a value or not."""
    updated_at: datetime
    version: int
    retired_at: datetime | None = None
    unfit: Mapping[str, str] = field(default_factory=dict)
    """Attribute → why its value is not what its type takes, or that one is needed."""
    parts: Parts | None = None
    """Of a business system."""

    @property
    def judged(self) -> Condition:
        """How it fares: a system of which itself nothing is known, as the worst of its parts."""
        unmeasured = self.condition is Condition.UNKNOWN
        return self.parts.worst if self.parts and unmeasured else self.condition

    @property
    def ref(self) -> ItemRef:
        return ItemRef(self.id, self.key, self.name, self.type)


@dataclass(frozen=True, slots=True)
class ItemPage:
    items: tuple[Item, ...]
    next: str | None
    total: Total


@dataclass(frozen=True, slots=True)
class Where:
    """An expression that is to be true of items, and the moment from which it counts days."""

    expression: str
    at: datetime


USUAL_DAYS = 180
"""After so many days without a change or a confirmation an item is called stale."""


@dataclass(frozen=True, slots=True)
class FindingAsked:
    """Items that a finding of the data-quality page finds, at a moment."""

    name: str
    at: datetime
    days: int = USUAL_DAYS


@dataclass(frozen=True, slots=True)
class ItemFilters:
    """What a list of items is narrowed to; several values of one field mean any of them."""

    types: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    roles: tuple[ItemRole, ...] = ()
    conditions: tuple[Condition, ...] = ()
    importances: tuple[Importance, ...] = ()
    systems: tuple[UUID, ...] = ()
    part_of: tuple[UUID, ...] = ()
    """Systems on whose parts it looks: what they stand on, themselves not among it."""
    owners: tuple[UUID, ...] = ()
    vendors: tuple[UUID, ...] = ()
    ids: tuple[UUID, ...] = ()
    keys: tuple[str, ...] = ()
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Attribute → values as a person writes them; `a..b` is a range, an empty one means none."""
    where: Where | None = None
    q: str | None = None
    retired: bool = False
    unfit: bool = False
    """Those alone that hold what their type does not take."""
    finding: FindingAsked | None = None
    updated: TimeRange = ALWAYS


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a list may show; usual ones are there from the start."""

    label: Label
    usual: bool
    type: AttributeType
    unit: str = ""
    choices: Mapping[str, Label] = field(default_factory=dict)
    """What people see its values called."""


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

    @property
    def content(self) -> ItemEdit:
        return ItemEdit(self.name, self.importance, self.owner, self.vendor, self.attributes)


class Unset(StrEnum):
    """Stands for "leave as it is", where None means "empty it"."""

    UNSET = "unset"


UNSET = Unset.UNSET
KEY_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,199}$"


@dataclass(frozen=True, slots=True)
class ItemEdit:
    """What is said of an item, by a person or a definition; what is not named stays."""

    name: str | Unset = UNSET
    importance: str | Unset | None = UNSET
    owner: str | Unset | None = UNSET
    vendor: str | Unset | None = UNSET
    attributes: Mapping[str, Any] = field(default_factory=dict)
