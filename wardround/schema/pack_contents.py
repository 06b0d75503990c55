"""What a pack holds: its head, its definitions with their places; and packs once loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

from pydantic import Field

from wardround.schema import documents
from wardround.schema.declarations import LABEL_KEY, Key, LabelField, Part, TypeName, Unique
from wardround.schema.documents import Document
from wardround.schema.kinds import DefinitionView
from wardround.schema.labels import Label
from wardround.schema.neighbours import DefinitionKey
from wardround.schema.problems import Place, Problem
from wardround.schema.pruning import Rest
from wardround.schema.sources import Source


class Head(Part):
    """What a `pack.yaml` says of its pack."""

    pack: Annotated[
        TypeName,
        Key("标识", "Pack", "包的唯一标识。", "What the pack is called; only one has this name."),
    ]
    version: Annotated[
        str,
        Field(min_length=1, max_length=50),
        Key("版本", "Version", "带引号的版本号。", "Its version, in quotes."),
    ]
    label: Annotated[LabelField, LABEL_KEY]
    description: Annotated[
        LabelField | None, Key("说明", "Description", "包里有什么。", "What is in the pack.")
    ] = None
    requires: Annotated[
        tuple[str, ...],
        Unique(),
        Key("依赖", "Requires", "它需要的其他包。", "Other packs that it needs."),
    ] = ()


@dataclass(frozen=True)
class Definition:
    """One definition as read; `value` is None while it has problems."""

    kind: str
    name: str
    pack: str
    file: str
    shown: str
    """The file as messages show it."""
    document: Document
    body: Mapping[str, Any]
    value: Any = None
    rest: Rest | None = None
    """Where it has problems, what is left of it without them."""

    @property
    def key(self) -> DefinitionKey:
        return self.kind, self.name

    @property
    def text(self) -> str:
        return self.document.text

    @property
    def place(self) -> Place:
        return Place(self.shown, self.document.first_line, 1)


@dataclass(frozen=True)
class Pack:
    name: str
    version: str
    label: Label
    requires: tuple[str, ...]
    source: Source
    head: Document
    definitions: tuple[Definition, ...] = ()


@dataclass
class Loaded:
    """Packs in the order in which they can be imported, and everything wrong with them."""

    packs: list[Pack] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    view: DefinitionView = field(default_factory=lambda: DefinitionView({}))

    def definitions(self) -> Iterator[Definition]:
        return (definition for pack in self.packs for definition in pack.definitions)


def located(problem: Problem, document: Document, file: str) -> Problem:
    """The problem with the line and column of what it is about."""
    if problem.place is not None:
        return problem
    node = document.root.at(problem.path, key=problem.at_key)
    column = node.column
    if problem.offset is not None and isinstance(node.value, str):
        column += _shift(document, node, problem.offset)
    return replace(problem, place=Place(file, node.line, column))


def _shift(document: Document, node: documents.Node, offset: int) -> int:
    """How far into a scalar's line the character `offset` of its value stands; 0 if not plain.

    Only where the value stands on one line as it is written, quotes aside.
    """
    lines = document.text.split("\n")
    line = lines[node.line - document.first_line] if lines else ""
    written = line[node.column - 1 :]
    for quote in ("", "'", '"'):
        if written.startswith(quote + node.value):
            return offset + len(quote)
    return 0


def placed(problem: Problem, definition: Definition) -> Problem:
    return located(problem, definition.document, definition.shown)
