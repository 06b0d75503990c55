"""What crosses the schema room's door: labels, attributes, item types, relation kinds, problems.

Everything is frozen and knows neither Django nor a store, so that the same values serve the
command line without a database, the rules of every room and the screens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

Path = tuple[str | int, ...]
"""Where a value stands inside one definition: keys and list positions from its top."""


@dataclass(frozen=True, slots=True)
class Label:
    """A name in both languages of the product."""

    zh: str
    en: str

    def text(self, language: str) -> str:
        """The label for a reader of `language` ("zh-hans", "en-gb"); the other one if empty."""
        wanted, other = (self.zh, self.en) if language.startswith("zh") else (self.en, self.zh)
        return wanted or other

    @classmethod
    def parse(cls, value: object) -> Label:
        """From `{zh: …, en: …}`; a plain text stands for both languages."""
        if isinstance(value, Mapping):
            zh, en = str(value.get("zh") or ""), str(value.get("en") or "")
            return cls(zh=zh or en, en=en or zh)
        return cls(zh=str(value), en=str(value))


LABEL_SCHEMA: Mapping[str, Any] = MappingProxyType(
    {
        "type": ["object", "string"],
        "minLength": 1,
        "properties": {"zh": {"type": "string"}, "en": {"type": "string"}},
        "additionalProperties": False,
        "minProperties": 1,
    }
)
"""JSON-schema of a label, for the kinds of every room."""


# Problems ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a file of a pack; lines and columns count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a definition.

    `message` is an English template with %(name)s parts, translated at the edge; `details` fills
    it. A check says only the `path` inside its definition; whoever read the file adds the place.
    `offset` counts characters into the text at `path` (a mistake inside an expression).
    """

    path: Path
    message: str
    details: Mapping[str, object] = field(default_factory=dict)
    found: str = ""
    expected: str = ""
    suggestion: str = ""
    offset: int | None = None
    place: Place | None = None
    at_key: bool = False
    """The mistake is the key itself (unknown key), not its value."""

    @property
    def dotted(self) -> str:
        """The path as people write it: `attributes[2].type`."""
        parts = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return "".join(parts).removeprefix(".")

    def text(self) -> str:
        """The message in English, without its place."""
        return self.message % self.details if self.details else self.message

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        what = f"{self.dotted}: {self.text()}" if self.path else self.text()
        return where + what


@dataclass(frozen=True, slots=True)
class Reference:
    """One definition naming another; `acyclic` ones may not lead back to their start."""

    path: Path
    kind: str
    name: str
    acyclic: bool = False


# Attributes and types ---------------------------------------------------------------------------


class AttributeType(StrEnum):
    TEXT = "text"
    LONGTEXT = "longtext"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    CHOICE = "choice"
    ADDRESS = "address"
    NETWORK = "network"
    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    REFERENCE = "reference"
    SECRET = "secret"  # noqa: S105 - the name of a type, not a password


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: Label


@dataclass(frozen=True, slots=True)
class Attribute:
    """One typed attribute of an item type, or one field of a form."""

    name: str
    label: Label
    type: AttributeType
    unit: str | None = None
    choices: tuple[Choice, ...] = ()
    required: bool = False
    to: tuple[str, ...] = ()
    """Item types a reference may point to (their descendants too); empty means any."""
    list: bool = False
    """Shown as a column of lists from the start."""
    help: Label | None = None
    minimum: float | None = None
    maximum: float | None = None
    default: Any = None

    def choice_label(self, value: str) -> Label | None:
        return next((choice.label for choice in self.choices if choice.value == value), None)


@dataclass(frozen=True, slots=True)
class Layer:
    """One of the CMDB's layers; `view` is the lane of the six-layer view it is drawn in."""

    name: str
    label: Label
    order: int
    view: str


@dataclass(frozen=True, slots=True)
class ItemType:
    """A type of configuration item. From `queries` it comes with what it inherits."""

    name: str
    label: Label
    layer: str
    icon: str
    extends: str | None = None
    abstract: bool = False
    attributes: tuple[Attribute, ...] = ()
    lineage: tuple[str, ...] = ()
    """This type and its ancestors, nearest first."""

    def attribute(self, name: str) -> Attribute | None:
        return next((one for one in self.attributes if one.name == name), None)

    def is_a(self, name: str) -> bool:
        return name == self.name or name in self.lineage


def with_inherited(one: ItemType, every: Mapping[str, ItemType]) -> ItemType:
    """`one` with its ancestors' attributes before its own, an own one replacing its namesake.

    Unknown parents and cycles end the line; the pack check reports them.
    """
    line = [one]
    while (parent := every.get(line[-1].extends or "")) and parent not in line:
        line.append(parent)
    merged = {attribute.name: attribute for kin in reversed(line) for attribute in kin.attributes}
    layer = next((kin.layer for kin in line if kin.layer), "")
    icon = next((kin.icon for kin in line if kin.icon), "")
    return replace(
        one,
        layer=layer,
        icon=icon,
        attributes=tuple(merged.values()),
        lineage=tuple(kin.name for kin in line),
    )


class Impact(StrEnum):
    """Which end of a relation suffers when the other fails."""

    TARGET_TO_SOURCE = "target-to-source"
    SOURCE_TO_TARGET = "source-to-target"
    NONE = "none"


class Gate(StrEnum):
    """How the things that one item needs through a kind of relation combine."""

    AND = "and"
    OR = "or"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Ends:
    """Item types that may stand at the two ends of a relation; empty means any."""

    source: tuple[str, ...]
    target: tuple[str, ...]

    def admits(self, source: ItemType, target: ItemType) -> bool:
        return _one_of(source, self.source) and _one_of(target, self.target)


def _one_of(item_type: ItemType, names: Sequence[str]) -> bool:
    return not names or any(item_type.is_a(name) for name in names)


@dataclass(frozen=True, slots=True)
class RelationKind:
    name: str
    label: Label
    reverse_label: Label
    carries_impact: Impact
    gate: Gate
    symmetric: bool = False
    allowed: tuple[Ends, ...] = ()

    def admits(self, source: ItemType, target: ItemType) -> bool:
        return not self.allowed or any(ends.admits(source, target) for ends in self.allowed)


# Packs and what is stored of them ---------------------------------------------------------------


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


@dataclass(frozen=True, slots=True)
class InstalledPack:
    name: str
    version: str
    label: Label
    requires: tuple[str, ...]
    imported_at: datetime
    imported_by: str
    definitions: int


class ChangeKind(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


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


@dataclass(frozen=True, slots=True)
class Difference:
    """What an import would do, or has done."""

    packs: tuple[str, ...]
    changes: tuple[Change, ...] = ()
    files: tuple[str, ...] = field(default=())
    """Files of the packs whose bytes differ, `pack/path`."""

    @property
    def empty(self) -> bool:
        return not self.changes and not self.files

    def of(self, change: ChangeKind) -> tuple[Change, ...]:
        return tuple(one for one in self.changes if one.change is change)


def names_of(values: Iterable[Attribute]) -> tuple[str, ...]:
    return tuple(value.name for value in values)
