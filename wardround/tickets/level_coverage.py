"""Whether the rows of a level matrix take every ticket there can be. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from wardround.tickets.types import Criteria

Value = str | tuple[str, ...]
"""One value of a fact, or all that hold at once: an item is of its type and of those it extends."""

ANYTHING_ELSE = "…"
"""Stands for the values of a fact that no row names."""

MOST_STEPS = 20_000

_Rows = frozenset[Criteria]


@dataclass(slots=True)
class _Search:
    """Goes fact by fact through the tickets that rows tell apart."""

    possible: Mapping[str, Sequence[Value]]
    covered: set[_Rows] = field(default_factory=set)
    """Rows that were found to take everything."""
    steps: int = 0

    def gap(self, rows: _Rows, told: Mapping[str, str]) -> Mapping[str, str] | None:
        """The facts of a ticket that none of these rows takes."""
        if rows in self.covered or any(not row.wanted for row in rows):
            return None
        self.steps += 1
        if not rows or self.steps > MOST_STEPS:
            return told
        fact = min(name for row in rows for name in row.wanted)
        for value in self._apart(fact, rows):
            left = frozenset(_without(fact, row) for row in rows if _admits(row, fact, value))
            found = self.gap(left, {**told, fact: value if isinstance(value, str) else value[0]})
            if found is not None:
                return found
        self.covered.add(rows)
        return None

    def _apart(self, fact: str, rows: _Rows) -> Iterator[Value]:
        """A value of each sort that these rows tell apart."""
        asking = [row for row in rows if fact in row.wanted]
        named = {value for row in asking for value in row.wanted[fact]}
        values = self.possible.get(fact) or (*sorted(named), "", ANYTHING_ELSE)
        met: set[tuple[bool, ...]] = set()
        for value in values:
            taken = tuple(_admits(row, fact, value) for row in asking)
            if taken not in met:
                met.add(taken)
                yield value


def _admits(row: Criteria, fact: str, value: Value) -> bool:
    wanted = row.wanted.get(fact)
    return wanted is None or not wanted.isdisjoint((value,) if isinstance(value, str) else value)


def _without(fact: str, row: Criteria) -> Criteria:
    return Criteria.of({name: values for name, values in row.wanted.items() if name != fact})


def gap(
    rows: Sequence[Criteria], possible: Mapping[str, Sequence[Value]]
) -> Mapping[str, str] | None:
    """The facts of a ticket that no row takes, as far as rows ask for them; None where each is
    taken.

    Facts are taken to be independent of one another. After `MOST_STEPS` it is given up, and what
    was being looked at is given: such a matrix needs a row that takes everything to be understood.

    Args:
        rows: what fits each row.
        possible: by fact, the values it may have; any where it is not there.

    """
    return _Search(possible).gap(frozenset(rows), {})
