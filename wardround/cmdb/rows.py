"""Many items and relations as somebody says them, row by row, and what became of each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from wardround.cmdb.drafts import Prepared
from wardround.cmdb.import_types import Verdict
from wardround.cmdb.items import ItemEdit
from wardround.cmdb.relation_rows import RelationRow
from wardround.cmdb.rules import FieldChange
from wardround.cmdb.writing import Writing
from wardround.kernel.errors import FieldProblem


class Mode(StrEnum):
    """Whether one refused row refuses all, or each row stands by itself."""

    ALL = "all"
    EACH = "each"


@dataclass(frozen=True, slots=True)
class ItemRow:
    """What a row says of an item, which it names by its id or key; by neither: a new one."""

    content: ItemEdit
    type: str | None = None
    """Needed of a new one; of one that there is, what it must be."""
    key: str | None = None
    id: UUID | None = None
    version: int | None = None
    """The one that was read; none: whatever there is."""
    retired: bool | None = None
    """Taken out of use, or brought back into it; none: as it is."""
    confirmed: bool = False
    """Somebody has looked at it and found it right."""


@dataclass(frozen=True, slots=True)
class RelationSaid:
    """What a row says of a relation; an end that is "" is the row's own item."""

    kind: str
    source: str
    target: str
    details: Mapping[str, Any] = field(default_factory=dict)
    """Those that it names; the others stay."""
    where: str = "relation"
    """How the input calls it, for the problems."""


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    item: ItemRow | None = None
    relations: tuple[RelationSaid, ...] = ()
    problems: tuple[FieldProblem, ...] = ()
    """What is known to be wrong with it already."""
    place: str = ""
    """What people call the row by; else its number."""
    by_name: bool = False
    """Whether what it names may stand there by a name too."""

    @property
    def told(self) -> str:
        return self.place or str(self.number)


@dataclass(frozen=True, slots=True)
class RelationStep:
    """A relation as it is to be, and as it is; nothing where it is not there."""

    after: RelationRow
    before: RelationRow | None = None


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of one row, or would."""

    row: int
    verdict: Verdict
    item: UUID | None = None
    key: str = ""
    name: str = ""
    type: str = ""
    prepared: Prepared | None = None
    """Of one that is stored already, or is to be."""
    relations: tuple[RelationStep, ...] = ()
    """Those of its relations that are made or corrected."""
    problems: tuple[FieldProblem, ...] = ()
    retires: bool = False
    """The item goes out of use with it."""
    proposed: tuple[FieldChange, ...] = ()
    """What it says, and another source stands against."""
    claims: tuple[str, ...] = ()
    """Fields that are its source's from now on."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What became of many rows."""

    rows: Sequence[RowOutcome]

    def of(self, verdict: Verdict) -> int:
        return sum(row.verdict is verdict for row in self.rows)

    @property
    def writing(self) -> Writing:
        """What is to be stored."""
        items = [row.prepared for row in self.rows if row.prepared and row.prepared.news]
        steps = [step.after for row in self.rows for step in row.relations]
        retired = [row.item for row in self.rows if row.retires and row.item]
        claims = {row.item: row.claims for row in self.rows if row.item and row.claims}
        return Writing(items=items, relations=steps, retired=retired, claims=claims)

    @property
    def problems(self) -> tuple[FieldProblem, ...]:
        return tuple(problem for row in self.rows for problem in row.problems)
