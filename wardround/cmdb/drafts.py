"""Items on their way to the store: as somebody says them, as they are stored, as they will be."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from wardround.cmdb import rules
from wardround.cmdb.rules import FieldChange
from wardround.cmdb.types import ItemEdit
from wardround.kernel.errors import FieldProblem
from wardround.schema.types import (
    ItemRole,
    ItemType,
)

Types = Mapping[str, ItemType]
PEOPLE = ("owner", "vendor")
"""Columns that name another item; each called like the role of the types that may stand there."""
People = Mapping[str, Collection[str]]
"""By column, the types of items that may stand there, their subtypes too; none: any."""


def people_of(types: Types) -> People:
    """Which types may stand as owner or vendor."""
    found = {}
    for column in PEOPLE:
        playing = rules.types_with(ItemRole(column), types)
        found[column] = [name for name in playing if types[name].extends not in playing]
    return found


@dataclass(frozen=True, slots=True)
class Stored:
    """An item as it is stored, or is to be."""

    id: UUID
    key: str
    type: str
    name: str
    importance: str | None = None
    owner: UUID | None = None
    vendor: UUID | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    """As they are stored: references as ids, secrets sealed."""
    origin: str = ""
    """The `items` definition that keeps it."""
    retired: bool = False
    systems: tuple[UUID, ...] = ()
    """Those that it serves, which nobody writes."""

    def values(self) -> dict[str, Any]:
        """What of it has a history, by field."""
        return {
            "type": self.type,
            "name": self.name,
            "importance": self.importance,
            "owner": self.owner and str(self.owner),
            "vendor": self.vendor and str(self.vendor),
            **{f"attributes.{name}": value for name, value in self.attributes.items()},
        }

    def named(self, item_type: ItemType | None) -> frozenset[UUID]:
        """Items that it names."""
        held = (self.attributes.get(name) for name in rules.reference_names(item_type))
        ids = (self.owner, self.vendor, *(rules.as_id(str(text)) for text in held if text))
        return frozenset(id_ for id_ in ids if id_)


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """What somebody, or a definition, says of one item; what it does not say stays."""

    id: UUID
    key: str
    type: str
    content: ItemEdit
    before: Stored | None = None
    partial: bool = False
    """There is more of the item than is known here, so that nothing required can be missing."""
    origin: str | None = None
    """The definition that says it; None leaves the item to whoever keeps it."""
    row: int | None = None
    """Its number in the input, from 1, for the problems."""
    hidden: frozenset[str] = frozenset()
    """Attributes that are kept from whoever says it: they stay as they are."""

    @property
    def retyped(self) -> bool:
        return self.before is not None and self.before.type != self.type


@dataclass(frozen=True, slots=True)
class Target:
    """An item that another names. `type` is empty where it cannot be known yet."""

    id: UUID
    type: str = ""
    retired: bool = False


Targets = Mapping[str, Target]
"""Items by what names them: their id or key."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft after its own content was looked at; what it names are still ids or keys."""

    draft: ItemDraft
    type: ItemType | None
    columns: Mapping[str, Any]
    """Of `name`, `importance`, `owner` and `vendor` what is said, in stored form."""
    attributes: Mapping[str, Any]
    problems: tuple[FieldProblem, ...]

    def named(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Field, the id or key it names, and the types that may stand there."""
        for column in PEOPLE:
            if text := self.columns.get(column):
                yield column, text, ()
        for attribute in rules.references(self.type):
            text = self.attributes.get(attribute.name)
            if text is not None:
                yield f"attributes.{attribute.name}", text, attribute.to


@dataclass(frozen=True, slots=True)
class Prepared:
    """An item as it is to be stored, what is stored now, and the history of the step between."""

    before: Stored | None
    after: Stored
    changes: tuple[FieldChange, ...]
    row: int | None = None
    """Its number in the input, for what is found only when it is written."""

    @property
    def news(self) -> bool:
        """Whether there is anything to store."""
        return bool(self.changes) or self.before is None or self.before.origin != self.after.origin
