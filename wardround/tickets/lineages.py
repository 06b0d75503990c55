"""Rows that go by what an item is: where its type extends another one from now on, a row may take
what comes of it no longer, though another one does, and nobody would see that. Counted before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from wardround.cmdb import queries as cmdb
from wardround.schema.dependents import Changed, Holder, Renames
from wardround.schema.kinds import DefinitionView
from wardround.schema.types import ItemType, Label, with_inherited
from wardround.tickets.alert_checks import ALERT_TICKETS
from wardround.tickets.alert_tickets import AlertTickets
from wardround.tickets.definitions import ASSIGNMENT, LEVEL_MATRIX
from wardround.tickets.types import Assignment, Criteria, LevelMatrix

_ITEM_TYPE = "item-type"
_FACT = "item_type"
_SPACE = " "
"""Stands between the place of a row and the type whose items it takes no longer, in a mark."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a definition that asks what an item is."""

    place: str
    types: frozenset[str]

    def takes(self, kin: Collection[str]) -> bool:
        return not self.types.isdisjoint(kin)


def _rows(view: DefinitionView) -> Iterator[_Row]:
    """Every row, as the definitions will be, that asks for types."""
    alerts: Mapping[str, AlertTickets] = view.all(ALERT_TICKETS)
    for name, sorting in alerts.items():
        for row in sorting.rows:
            yield _Row(f"{ALERT_TICKETS}/{name}/{row.name}", frozenset(row.when.item_type))
    assignments: Mapping[str, Assignment] = view.all(ASSIGNMENT)
    for name, assignment in assignments.items():
        for rule in assignment.rules:
            yield _Row(f"{ASSIGNMENT}/{name}/{rule.name}", _asked(rule.when))
    matrices: Mapping[str, LevelMatrix] = view.all(LEVEL_MATRIX)
    for name, matrix in matrices.items():
        for level in matrix.rows:
            yield _Row(f"{LEVEL_MATRIX}/{name}/{level.name}", _asked(level.when))


def _asked(when: Criteria) -> frozenset[str]:
    return when.wanted.get(_FACT, frozenset())


def _taken(changed: Changed) -> Mapping[str, Collection[str]]:
    """By changed type that extends another one now, what rows take of its items no longer."""
    types: Mapping[str, ItemType] = changed.all_before
    found: dict[str, list[str]] = {}
    rows = [row for row in _rows(changed.view) if row.types]
    for name, its_type in types.items() if rows else ():
        after = changed.after.get(changed.renames.get(name, name))
        line = with_inherited(its_type, types).lineage
        cause = next((kin for kin in line if _extends_another(kin, changed)), None)
        if after is None or cause is None:
            continue
        was = {changed.renames.get(kin, kin) for kin in line}
        becomes = with_inherited(after, changed.after).lineage
        found.setdefault(cause, []).extend(
            f"{row.place}{_SPACE}{name}"
            for row in rows
            if row.takes(was) and not row.takes(becomes)
        )
    return found


def _extends_another(name: str, changed: Changed) -> bool:
    before: ItemType | None = changed.before.get(name)
    after: ItemType | None = changed.after.get(changed.renames.get(name, name))
    if before is None or after is None:
        return False
    return changed.renames.get(before.extends or "", before.extends or "") != (after.extends or "")


def _ids(marks: Collection[str]) -> Mapping[str, Collection[UUID]]:
    living = cmdb.living_of_types({_type_of(mark) for mark in marks})
    return {mark: living.get(_type_of(mark), frozenset()) for mark in marks}


def _type_of(mark: str) -> str:
    return mark.rpartition(_SPACE)[2]


def _row_of(mark: str) -> str:
    return mark.rpartition(_SPACE)[0]


def _count(marks: Collection[str]) -> Mapping[str, int]:
    return {mark: len(ids) for mark, ids in _ids(marks).items()}


def _none(_name: str, _type: object, _renames: Renames) -> Sequence[str]:
    return ()


HOLDER = Holder(
    kind=_ITEM_TYPE,
    thing="row-item",
    label=Label("配置项的工单或告警不再由原来的行决定", "item that a row takes no longer"),
    several=Label("配置项的工单或告警不再由原来的行决定", "items that rows take no longer"),
    count=_count,
    rows=_ids,
    marks=_none,
    losing=_taken,
    naming=_row_of,
)
