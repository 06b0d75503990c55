"""What is told of formulas: frozen values. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from wardround.cmdb.types import ItemRef
from wardround.impact.formulas import Term, Word
from wardround.impact.types import Cell, Doubt
from wardround.kernel.types import Named
from wardround.kernel.wording import Wording
from wardround.schema.types import Label

MOST_CELLS_NAMED = 20
"""Cells that a check names; the rest is counted."""


class Standing(StrEnum):
    """What an item is to a formula that names it.

    NEEDED  related, so that it counts
    LEFT    not related any more, or out of use: the formula says the rest
    GONE    deleted
    """

    NEEDED = "needed"
    LEFT = "left"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class TermTold:
    """A term as its reader may know of it."""

    id: UUID | None
    """The item; None of a gate, and of an item out of reach."""
    name: str
    """What it is called in the text."""
    hidden: bool
    standing: Standing | None
    word: Word | None
    need: int
    minutes: float | None
    parts: tuple[TermTold, ...]


@dataclass(frozen=True, slots=True)
class RelatedItem:
    """Something that the item needs by a relation that counts."""

    id: UUID
    name: str
    """What it is called in the text."""
    layer_label: Label
    named: bool
    """Whether the formula speaks of it; else it is needed as the relation says."""
    grouped: bool
    """It stands in for others by its relation."""


@dataclass(frozen=True, slots=True)
class FormulaTold:
    item: ItemRef
    version: int
    """0 where there never was one."""
    tree: TermTold | None
    """None: it goes by its relations."""
    text: str
    by: Named | None
    at: datetime | None
    reason: str
    related: tuple[RelatedItem, ...]
    hidden: tuple[Label, ...]
    """Layers of which it needs others that are out of reach; not how many."""
    doubts: tuple[Doubt, ...]
    editable: bool
    """The reader may change the item and sees all that the formula names."""


@dataclass(frozen=True, slots=True)
class FormulaVersion:
    version: int
    tree: TermTold | None
    text: str
    by: Named
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class FormulaMistake:
    """Why a text is no formula; `line` and `column` from 1, 0 where there is no place."""

    message: Wording | str
    line: int
    column: int
    suggestion: str
    """The name that may be meant."""


@dataclass(frozen=True, slots=True)
class CellChange:
    item: ItemRef
    service: ItemRef
    before: Cell | None
    after: Cell | None


@dataclass(frozen=True, slots=True)
class CirclePart:
    """Of a circle: that one needs the other."""

    needing: ItemRef
    needed: ItemRef


@dataclass(frozen=True, slots=True)
class FormulaEffect:
    cells: tuple[CellChange, ...]
    more: int
    doubts: tuple[Doubt, ...]
    """About the item, as it would be."""
    circle: tuple[CirclePart, ...]
    """The needs that close a circle on which the item is: without one of them there is none.
    Only those both of whose ends are within reach."""


@dataclass(frozen=True, slots=True)
class FormulaChecked:
    tree: TermTold | None
    text: str
    mistakes: tuple[FormulaMistake, ...]
    effect: FormulaEffect | None
    """None of what is no formula."""


@dataclass(frozen=True, slots=True)
class FormulaSaid:
    """A formula as somebody gives it: as text or as a tree."""

    text: str | None = None
    tree: Term | None = None
