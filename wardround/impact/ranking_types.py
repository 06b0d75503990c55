"""What is critical and what is fragile, and how that has moved: frozen values. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from wardround.cmdb.types import Importance, ItemRef
from wardround.impact.types import Cell
from wardround.schema.declarations import told_as
from wardround.schema.types import Label

CLASS_WEIGHTS: Mapping[str | None, int] = {"A": 4, "B": 2}
"""By the class of a system; any other, and none, is 1."""
CELL_WEIGHTS: Mapping[Cell, int] = {Cell.SINGLE: 3, Cell.MANUAL: 1}
USUAL_DAYS = 30
MOST_CHANGES = 5_000
"""Cells of one answer, gained and lost together."""


@told_as({"items": ("关键配置项", "Critical items"), "services": ("脆弱业务", "Fragile systems")})
class Ranked(StrEnum):
    """What is ranked: items by what they stop, or business systems by what stops them."""

    ITEMS = "items"
    SERVICES = "services"


@dataclass(frozen=True, slots=True)
class RankedRow:
    """An item with the systems that it stops, or a system with the items that stop it; as far as
    both are within reach.
    """

    id: UUID
    name: str
    layer: str
    layer_label: Label
    importance: Importance | None
    """Of a system."""
    single: int
    manual: int
    score: int
    """X three, M one; each by the class of its system."""
    gained: int | None
    """X that there were not then; None where no day is kept."""
    lost: int | None
    """X then that are none now, of what was deleted since, too."""


@dataclass(frozen=True, slots=True)
class KeptDays:
    """Of which days the matrix is kept, ascending."""

    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class CellMoved:
    """A cell that is otherwise; both ends are within the reader's reach."""

    item: ItemRef
    deleted: bool
    service: ItemRef
    then: Cell | None
    """X or M; A and blank were not kept apart."""
    now: Cell | None
    """X or M, or A; None: blank, or one of the two is gone."""


@dataclass(frozen=True, slots=True)
class MatrixChanges:
    wanted: date
    day: date | None
    """The day that it is compared with: the last kept until then, else the first after it."""
    gained: tuple[CellMoved, ...]
    """Worse than then."""
    lost: tuple[CellMoved, ...]
    more: int
    hidden: tuple[Label, ...]
    """Layers of which there are others that are out of reach."""
