"""What the configuration database announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wardround.cmdb.types import Condition
from wardround.kernel.announcements import Announcement


@dataclass(frozen=True)
class ItemCreated:
    item: UUID
    type: str
    at: datetime


@dataclass(frozen=True)
class ItemChanged:
    """Attributes of an item changed; not its condition."""

    item: UUID
    fields: tuple[str, ...]
    at: datetime


@dataclass(frozen=True)
class ItemRetired:
    item: UUID
    at: datetime


@dataclass(frozen=True)
class ItemDeleted:
    """An item, in use or not, was put into the recycle bin."""

    item: UUID
    type: str
    at: datetime


@dataclass(frozen=True)
class ItemRestored:
    """An item came back from the recycle bin, in use or not."""

    item: UUID
    type: str
    at: datetime


@dataclass(frozen=True)
class ConditionChanged:
    item: UUID
    old: Condition
    new: Condition
    at: datetime


item_created = Announcement("cmdb.item_created", ItemCreated)
item_changed = Announcement("cmdb.item_changed", ItemChanged)
item_retired = Announcement("cmdb.item_retired", ItemRetired)
item_deleted = Announcement("cmdb.item_deleted", ItemDeleted)
item_restored = Announcement("cmdb.item_restored", ItemRestored)
condition_changed = Announcement("cmdb.condition_changed", ConditionChanged)
