"""From the lines of tables to what each says of an item and its relations; names as written."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from wardround.cmdb.intake import cells
from wardround.cmdb.intake.plans import (
    RELATION_DETAILS,
    ColumnPlan,
    TablePlan,
    Vocabulary,
    folded,
)
from wardround.cmdb.intake.tables import Cell, Lacking, Line, Table
from wardround.cmdb.items import stands_for_restricted
from wardround.kernel.errors import FieldProblem
from wardround.kernel.typed_text import matching, typed_code
from wardround.schema.types import ItemAttribute, ItemType

_SEPARATED = re.compile(r"[;；、\n]")


@dataclass(frozen=True, slots=True)
class RelationText:
    """A relation as a line says it; an end that is "" is the line's own item."""

    kind: str
    source: str
    target: str
    where: str
    """The column, for the problems."""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Said:
    """What one line says, and what is wrong with it already."""

    number: int
    """Among all lines of the file, from 1."""
    table: str
    line: Line
    of_relations: bool = False
    type: str = ""
    columns: dict[str, Any] = field(default_factory=dict)
    """`key`, `name`, `importance`, `owner`, `vendor`, those that are said."""
    attributes: dict[str, Any] = field(default_factory=dict)
    relations: list[RelationText] = field(default_factory=list)
    problems: list[FieldProblem] = field(default_factory=list)
    about: dict[UUID, str] = field(default_factory=dict)
    """Items that it may be about, with their keys: one, or several where nobody can tell."""
    doubtful: bool = False
    """Whether nobody knows what it is about, since it cannot be read."""

    def refuse(self, where: str, message: str) -> None:
        self.problems.append(FieldProblem(where, message, self.number))


@dataclass(frozen=True, slots=True)
class Reading:
    """How lines are read."""

    vocabulary: Vocabulary
    zone: tzinfo
    blank: Collection[str] = ()
    """What a source writes where it knows nothing, as it is compared."""
    clear: bool = False
    """Whether an empty cell empties what it says; else that stays."""


def said(tables: Sequence[Table], plans: Sequence[TablePlan], reading: Reading) -> Iterator[Said]:
    """What each line below the heads says."""
    by_name = {each.table: each for each in plans}
    number = 0
    for table in tables:
        plan = by_name.get(table.name)
        if plan is None or not plan.head or not plan.targets:
            continue
        reader = _Reader(plan, reading)
        for line in table.filled:
            if line.number > plan.head and not reader.is_head(line):
                number += 1
                yield reader.said(number, line)


def _declared(known: ItemType, name: str) -> ItemAttribute | None:
    """The attribute of this name, or the one that was called so."""
    former = (each for each in known.attributes if each.renamed_from == name)
    return known.attribute(name) or next(former, None)


class _Reader:
    """Reads the lines of one table."""

    def __init__(self, plan: TablePlan, reading: Reading) -> None:
        self._plan = plan
        self._reading = reading
        self._columns = [column for column in plan.columns if column.to]
        self._heads = {
            column.place: text for column in plan.columns if (text := column.head.partition("#")[0])
        }
        self._types: dict[str, str] = {}
        self._kinds: dict[str, tuple[str, bool]] = {}
        self._groups = {column.place: column.to.partition(".")[::2] for column in plan.columns}
        self._attributes: dict[tuple[str, str], ItemAttribute | None] = {}

    def is_head(self, line: Line) -> bool:
        """Whether the heads stand there once more, as after a page."""
        there = line.cells  # most lines differ in their first cell, and no other is read then
        return bool(self._heads) and all(
            place < len(there) and cells.as_text(there[place]) == head
            for place, head in self._heads.items()
        )

    def said(self, number: int, line: Line) -> Said:
        found = Said(number, self._plan.table, line, self._plan.of_relations)
        given: list[tuple[ColumnPlan, Cell]] = []
        blank = self._reading.blank
        for column in self._columns:
            cell = line.cells[column.place] if column.place < len(line.cells) else None
            if blank and isinstance(cell, str) and matching(cell) in blank:
                cell = None
            if isinstance(cell, Lacking):
                found.refuse(column.to, _lacking(cell))
            else:
                given.append((column, cell))
        if found.of_relations:
            self._relation(found, given)
        else:
            self._item(found, given)
        return found

    # Items ----------------------------------------------------------------------------------------

    def _item(self, found: Said, given: Sequence[tuple[ColumnPlan, Cell]]) -> None:
        found.type = self._type(found, given)
        known = self._reading.vocabulary.types.get(found.type)
        for column, cell in given:
            group, name = self._groups[column.place]
            if group in ("relation", "reverse"):
                self._related(found, group, name, column, cell)
            elif group == "attributes":
                self._attribute(found, known, name, column, cell)
            elif group != "type":
                self._column(found, group, cell)

    def _type(self, found: Said, given: Sequence[tuple[ColumnPlan, Cell]]) -> str:
        text = next((cells.as_text(cell) for column, cell in given if column.to == "type"), "")
        if not text:
            return self._plan.type
        if text not in self._types:
            said = self._plan.types
            named = said.get(folded(text)) or self._reading.vocabulary.type_named(text)
            self._types[text] = named or (self._plan.type if said else "")
        if not self._types[text]:
            found.refuse("type", self._no_such_type(text))
        return self._types[text]

    def _no_such_type(self, text: str) -> str:
        told = _("There is no item type “%s”.") % text[:50]
        near = self._reading.vocabulary.types_like(text)
        return told + _(" Did you mean: %(types)s?") % {"types": ", ".join(near)} if near else told

    def _attribute(
        self, found: Said, known: ItemType | None, name: str, column: ColumnPlan, cell: Cell
    ) -> None:
        attribute = self._attribute_of(known, name) if known else None
        if attribute is None:
            if known and cells.as_text(cell):  # of another type of the same table
                message = _("A %(type)s has no “%(head)s”. Empty the cell or change the type.")
                told = {"type": known.label.text(), "head": column.head}
                found.refuse(column.to, message % told)
            return
        if attribute.seen_by and stands_for_restricted(cells.as_text(cell)):
            return  # as a workbook shows what its reader may not see
        if cells.without_unit(attribute, cell, column.head):
            message = _("Bytes, or GB? Write the unit: “%(cell)s GB”, or “%(label)s (GB)” as head.")
            told = {"cell": cells.as_text(cell)[:50], "label": attribute.label.text()}
            found.refuse(column.to, message % told)
            return
        value = cells.value(attribute, cell, column.head, self._reading.zone)
        if value is not None or self._reading.clear:
            found.attributes[attribute.name] = value

    def _attribute_of(self, known: ItemType, name: str) -> ItemAttribute | None:
        """Looked for once for all rows of a type."""
        place = known.name, name
        if place not in self._attributes:
            self._attributes[place] = _declared(known, name)
        return self._attributes[place]

    def _column(self, found: Said, name: str, cell: Cell) -> None:
        text = cells.as_text(cell)
        if name in ("key", "own", "importance"):  # a code
            text = typed_code(text)
        if name == "importance":
            text = text.upper()
        if text:
            found.columns[name] = text
        elif self._reading.clear and name not in ("key", "own", "name"):
            found.columns[name] = None

    def _related(self, found: Said, group: str, kind: str, column: ColumnPlan, cell: Cell) -> None:
        for part in _SEPARATED.split(cells.as_text(cell)):
            if text := part.strip():
                ends = ("", text) if group == "relation" else (text, "")
                found.relations.append(RelationText(kind, ends[0], ends[1], column.to))

    # Relations ------------------------------------------------------------------------------------

    def _relation(self, found: Said, given: Sequence[tuple[ColumnPlan, Cell]]) -> None:
        texts = {column.to: cells.as_text(cell) for column, cell in given}
        for end in ("from", "to"):
            if not texts.get(end):
                found.refuse(end, _("Say which item stands here, by its key or name."))
        called = texts.get("kind", "")
        if called not in self._kinds:
            self._kinds[called] = self._reading.vocabulary.kind_named(called)
        kind, reverse = self._kinds[called]
        if not kind:
            found.refuse("kind", _("There is no relation kind “%s”.") % called[:50])
        details = dict(self._details(found, texts))
        if not found.problems:
            source, target = texts["from"], texts["to"]
            ends = (target, source) if reverse else (source, target)
            found.relations.append(RelationText(kind, ends[0], ends[1], "relation", details))

    def _details(self, found: Said, texts: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
        for name in RELATION_DETAILS:
            text = texts.get(name, "")
            if not text:
                if self._reading.clear and name in texts:
                    yield name, None
                continue
            value = _detail(name, text)
            if value is None:
                found.refuse(name, _("“%s” does not fit here.") % text[:50])
            else:
                yield name, value


_STANDBY = {"hot": "hot", "热备": "hot", "cold": "cold", "冷备": "cold"}
_MOST_NEEDED, _MOST_MINUTES, _LONGEST_GROUP = 1_000, 1e9, 100


def _detail(name: str, text: str) -> object:
    """A detail of a relation; None where it is none."""
    if name == "group":
        return text if len(text) <= _LONGEST_GROUP else None
    return _STANDBY.get(matching(text)) if name == "standby" else _figure(name, text)


def _figure(name: str, text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    if name == "switch_minutes":
        return number if 0 <= number < _MOST_MINUTES else None
    return int(number) if number.is_integer() and 1 <= number <= _MOST_NEEDED else None


def _lacking(cell: Lacking) -> str:
    if cell is Lacking.ERROR:
        return _("The formula in this cell comes to an error. Write its value.")
    return _(
        "The cell holds a formula and not its result. Open the file in a spreadsheet and save it,"
        " or write the value."
    )
