"""What crosses the schema room's door: labels, attributes, item types, relation kinds, problems.

Everything is frozen and knows neither Django nor a store, so that the same values serve the
command line without a database, the rules of every room and the screens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from wardround.kernel.wording import Wording
from wardround.schema.capabilities import Capability
from wardround.schema.item_attributes import (
    MOST_ATTRIBUTES,
    Attribute,
    AttributeGroup,
    AttributeType,
    Choice,
    Declared,
    ItemAttribute,
)
from wardround.schema.item_types import (
    ItemRole,
    ItemType,
    Layer,
    View,
    with_inherited,
)
from wardround.schema.labels import Label
from wardround.schema.problems import InPart, Path, Place, Problem, Reference, Words
from wardround.schema.relation_kinds import Ends, Gate, Impact, InterfacePart, RelationKind

__all__ = [
    "MOST_ATTRIBUTES",
    "Attribute",
    "AttributeGroup",
    "AttributeType",
    "Capability",
    "Change",
    "ChangeKind",
    "Choice",
    "Declared",
    "DefinitionVersion",
    "Dependent",
    "Difference",
    "Ends",
    "Gate",
    "HeldBack",
    "Impact",
    "InPart",
    "InstalledPack",
    "InterfacePart",
    "ItemAttribute",
    "ItemRole",
    "ItemType",
    "Label",
    "Layer",
    "Living",
    "Path",
    "Place",
    "Problem",
    "Reference",
    "RelationKind",
    "SetAside",
    "StoredDefinition",
    "UpdateLoss",
    "View",
    "Words",
    "with_inherited",
]


@dataclass(frozen=True, slots=True)
class StoredDefinition:
    """A definition as it is kept: its text for people, its body for programs."""

    kind: str
    name: str
    version: int
    pack: str
    file: str
    label: Label | None
    text: str
    body: Mapping[str, Any]
    created_at: datetime
    created_by: str
    current: bool = True
    """False for a version that another one replaced, and for one that was retired."""
    retired_at: datetime | None = None
    retired_by: str = ""

    @property
    def called(self) -> Label:
        """Its label; one without is called by its name."""
        return self.label or Label.parse(self.name)


@dataclass(frozen=True, slots=True)
class DefinitionVersion:
    """One version of a definition with the difference of its text from the one before."""

    stored: StoredDefinition
    diff: str


@dataclass(frozen=True, slots=True)
class Dependent:
    """How many things of one sort ("item", "ticket") live by a definition."""

    thing: str
    label: Label
    count: int
    counted: bool = False
    """The label is said of so many already; else it is that of one."""
    names: tuple[str, ...] = ()
    """Which they are, or what of them, where a number alone does not say it."""
    rows: frozenset[UUID] = field(default=frozenset(), compare=False, repr=False)
    """Their ids, where one of them may lose more than one definition at a time."""


@dataclass(frozen=True, slots=True)
class Living:
    """What lives by a definition; not `complete` for a reader who may not count all of it."""

    things: tuple[Dependent, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class InstalledPack:
    name: str
    version: str
    label: Label
    requires: tuple[str, ...]
    imported_at: datetime
    imported_by: str
    definitions: int
    description: Label | None = None


class ChangeKind(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True)
class Change:
    """One definition that an import would touch, with the difference of its text."""

    change: ChangeKind
    pack: str
    kind: str
    name: str
    file: str
    diff: str
    content: bool = True
    """False where only the wording of the text differs (comments, order, spaces)."""
    was: str = ""
    """The name it had, of one that is renamed."""
    dependents: tuple[Dependent, ...] = ()
    """What lives by the definition as it is now."""
    lost: tuple[Dependent, ...] = ()
    """What of that would lose what it lives by."""

    @property
    def was_key(self) -> tuple[str, str]:
        """Kind and name under which it is stored until now."""
        return self.kind, self.was or self.name


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A definition that an update of the product's packs left as it was."""

    pack: str
    kind: str
    name: str
    what: tuple[Wording | str, ...]
    """What its new form would take, and of how many."""


@dataclass(frozen=True, slots=True)
class UpdateLoss:
    """What an update of one of the product's packs took from what lives by its definitions."""

    pack: str
    at: datetime
    what: tuple[Wording | str, ...]
    """By definition, what was lost and how many."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A retired definition that gives its name to one that is renamed, and what it is called from
    then on: its versions, and what lives by them, go along.
    """

    kind: str
    name: str
    becomes: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What an import would do, or has done."""

    packs: tuple[str, ...]
    changes: tuple[Change, ...] = ()
    files: tuple[str, ...] = field(default=())
    """Files of the packs whose bytes differ, `pack/path`."""
    advice: tuple[Problem, ...] = ()
    """What is no mistake, and probably not what was meant."""
    aside: tuple[SetAside, ...] = ()
    """Retired definitions whose names others take."""

    @property
    def empty(self) -> bool:
        return not self.changes and not self.files

    @property
    def lost(self) -> tuple[Change, ...]:
        """The changes that take something away by which anything lives."""
        return tuple(change for change in self.changes if change.lost)

    def of(self, change: ChangeKind) -> tuple[Change, ...]:
        return tuple(known for known in self.changes if known.change is change)
