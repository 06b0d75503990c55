"""Formulas as gates of the model: of what their items need what they name, and nothing else.

Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from wardround.cmdb.graph import HOT, Graph
from wardround.impact.formulas import Term, Word, items, without
from wardround.impact.groups import Gates, switched_on

_Places = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class LeftFormula:
    """Something that a formula names and that its item does not need any more, or that is no more:
    the formula says what it says of the rest.
    """

    owner: int
    item: UUID


@dataclass(slots=True)
class Refined:
    """Of which edges formulas speak, and what they say."""

    named: NDArray[np.bool_]
    """Of each edge whether a formula speaks of it: it does not count by itself."""
    left: list[LeftFormula] = field(default_factory=list)
    _roots: list[tuple[int, int]] = field(default_factory=list)
    """Item and what it needs: a place, or a gate by its number from -1 downwards."""
    _owners: list[int] = field(default_factory=list)
    _said: list[int] = field(default_factory=list)
    _need: list[int] = field(default_factory=list)
    _inputs: list[list[tuple[int, float]]] = field(default_factory=list)

    @property
    def owners(self) -> _Places:
        return np.array([owner for owner, _node in self._roots], np.int32)

    def roots(self, first_number: int) -> _Places:
        """Of each owner the node that says what its formula says."""
        return _numbered(np.array([node for _owner, node in self._roots], np.int32), first_number)

    def gates(self, first_number: int) -> Gates:
        """The gates of all formulas, numbered from `first_number`."""
        if not self._inputs:
            return Gates.none()
        there = np.array([len(inputs) for inputs in self._inputs], np.int64)
        begins = np.cumsum(there) - there
        flat = [each for inputs in self._inputs for each in inputs]
        minutes = np.array([minutes for _node, minutes in flat], np.float32)
        need = np.minimum(np.array(self._need, np.int64), there)
        counted, only_cold = switched_on(minutes, begins, there, need)
        numbers = np.arange(first_number, first_number + len(there), dtype=np.int32)
        return Gates(
            owners=np.array(self._owners, np.int32),
            numbers=numbers,
            said=np.array(self._said, np.int32),
            there=there,
            need=need,
            inside=np.repeat(numbers, there),
            needed=_numbered(np.array([node for node, _minutes in flat], np.int32), first_number),
            minutes=counted,
            only_cold=only_cold,
        )

    def take(self, owner: int, term: Term, places: Mapping[UUID, int]) -> None:
        """What a formula says of what is left of it."""
        self._roots.append((owner, self._node(owner, term, places)))

    def _node(self, owner: int, term: Term, places: Mapping[UUID, int]) -> int:
        if term.item is not None:
            return places[term.item]
        inputs = [
            (self._node(owner, part, places), HOT if part.minutes is None else part.minutes)
            for part in term.parts
        ]
        self._owners.append(owner)
        self._said.append(term.need if term.word is Word.OF else 0)
        self._need.append(term.needed)
        self._inputs.append(inputs)
        return -len(self._inputs)


def _numbered(nodes: _Places, first_number: int) -> _Places:
    return np.where(nodes < 0, first_number - 1 - nodes, nodes).astype(np.int32)


def refined(
    graph: Graph, needing: _Places, needed: _Places, formulas: Mapping[UUID, Term]
) -> Refined:
    """What formulas say of these edges.

    Args:
        graph: in which.
        needing: of each edge that counts who needs, ascending.
        needed: and what.
        formulas: by item.

    """
    found = Refined(np.zeros(len(needing), np.bool_))
    for owner_id, term in formulas.items():
        owner = graph.place(owner_id)
        if owner is None:
            continue
        begin, end = np.searchsorted(needing, [owner, owner + 1]).tolist()
        related = graph.ids_of(needed[begin:end])
        places = dict(zip(related, needed[begin:end].tolist(), strict=True))
        gone = [item for item in items(term) if item not in places]
        found.left += [LeftFormula(owner, item) for item in gone]
        rest = without(term, frozenset(gone))
        if rest is None:
            continue
        found.take(owner, rest, places)
        named = [places[item] for item in items(rest)]
        found.named[begin:end] |= np.isin(needed[begin:end], np.array(named, np.int32))
    return found
