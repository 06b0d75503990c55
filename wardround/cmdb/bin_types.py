"""What crosses the door of the recycle bin. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from wardround.cmdb.items import ItemRef
from wardround.kernel.types import Named
from wardround.kernel.wording import Label, Wording


@dataclass(frozen=True, slots=True)
class Effect:
    """What becomes of one sort of things when an item is deleted."""

    thing: str
    label: Label | Wording
    count: int
    becomes: Wording | None = None
    names: tuple[str, ...] = ()
    """The first of them, where they have names that the reader may know."""


@dataclass(frozen=True, slots=True)
class Deletion:
    """What deleting one item takes away, or took."""

    item: ItemRef
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class BinnedItem:
    """A deleted item, as the recycle bin shows it; its attributes are not shown there."""

    id: UUID
    key: str
    name: str
    type: str
    type_label: Label
    importance: str | None
    deleted_at: datetime
    by: Named
    reason: str
    ticket: str
    until: datetime
    """When it is removed for good, unless it was restored."""
    relations: int
    merged_into: ItemRef | None = None


@dataclass(frozen=True, slots=True)
class BinPage:
    items: tuple[BinnedItem, ...]
    next: str | None
    total: int


@dataclass(frozen=True, slots=True)
class BinFilters:
    types: tuple[str, ...] = ()
    q: str | None = None
    """Words in name, key, reason, and the name of who deleted it."""
    mine: UUID | None = None
    """Deleted by this account."""


class Became(StrEnum):
    """What became, or would become, of a deleted item."""

    RESTORED = "restored"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Restored:
    """One item, with what of it came back and what did not."""

    id: UUID
    name: str
    became: Became
    relations: int = 0
    left: tuple[str, ...] = ()
    """Why it did not come back, or what of it did not."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What was carried to the item that stays, and what could not be."""

    stays: UUID
    carried: tuple[Effect, ...] = ()
    left: tuple[str, ...] = ()
