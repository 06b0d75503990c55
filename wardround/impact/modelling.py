"""The engine's model of the hospital, from who needs whom on what terms. Pure, over arrays.

An item is up when it has not failed itself and everything that it needs is up: each thing on its
own, and of each group of things that stand in for one another as many as the group needs; what its
formula names, as the formula says. A group is a gate of the model; an item is a node with the
number of its place in the graph.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from wardround.cmdb.graph import HOT, Graph, Terms
from wardround.dependability import Model
from wardround.impact.circles import Circle, opened
from wardround.impact.formulas import Term
from wardround.impact.groups import Gates, OnlyCold, TooFew, switched_on
from wardround.impact.refining import LeftFormula, refined
from wardround.impact.wiring import Wiring

_Places = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class ColdAlone:
    """A cold standby that stands in for nothing: it belongs to no group, and so it is needed."""

    owner: int
    standby: int


Doubt = TooFew | OnlyCold | ColdAlone | Circle | LeftFormula
"""What was said of the hospital and cannot be meant so; the model says how it took it."""


@dataclass(frozen=True, slots=True, eq=False)
class Hospital:
    """All items and what they need, as the engine computes on it."""

    graph: Graph
    model: Model
    states: NDArray[np.int32]
    """Of each item the node that says whether it is up: itself, but on a circle."""
    subjects: NDArray[np.int32]
    """Of each node the item that it speaks of or whose group it is, for who explains."""
    groups: NDArray[np.bool_]
    """Which nodes are groups of what an item needs."""
    doubts: tuple[Doubt, ...]

    def items_of(self, nodes: NDArray[np.int32]) -> _Places:
        """Those of these nodes that are items, as places of the graph."""
        return nodes[nodes < len(self.graph.ids)]


_NO_FORMULAS: Mapping[UUID, Term] = MappingProxyType({})


def built(
    graph: Graph,
    alternatives: Collection[str],
    uncounted: Collection[str],
    formulas: Mapping[UUID, Term] = _NO_FORMULAS,
) -> Hospital:
    """The model of what is in use.

    Args:
        graph: as it is held, with terms.
        alternatives: kinds of relation of whose targets one is enough where no group is said.
        uncounted: kinds that carry failures to people's eyes and are not computed with.
        formulas: by item on what terms it needs what they name; the rest as relations say.

    """
    size = len(graph.ids)
    needs = _Needs.of(graph, alternatives, uncounted)
    terms = refined(graph, needs.needing, needs.needed, formulas)
    needs = needs.chosen(~terms.named)
    own, gates = needs.on_their_own(), needs.gates(size)
    made = gates.with_more(terms.gates(size + len(gates.numbers)))
    roots = terms.roots(size + len(gates.numbers))
    whose = np.concatenate([own.needing, gates.owners, terms.owners])
    wiring = Wiring.of(
        np.concatenate([whose, made.inside]),
        np.concatenate([own.needed, gates.numbers, roots, made.needed]),
        np.concatenate([np.full(len(whose), HOT), made.minutes]),
        np.concatenate([np.bincount(whose, minlength=size), made.need]),
    )
    done = opened(wiring, size, made.owners)
    doubts: list[Doubt] = [
        *made.doubts(),
        *needs.cold_alone(),
        *terms.left,
        *done.circles,
    ]
    model = _model(done.wiring, size)
    return Hospital(graph, model, done.states, done.subjects, done.groups, tuple(doubts))


def _model(wiring: Wiring, items: int) -> Model:
    nodes = len(wiring.need)
    unknown = np.full(nodes, np.nan)
    fallible = np.arange(nodes) < items
    return Model(
        names=tuple(map(str, range(nodes))),  # who answers people turns them into items
        need=wiring.need,
        start=wiring.start,
        inputs=wiring.inputs,
        minutes=wiring.minutes,
        fallible=fallible,
        probability=unknown,
        failure_rate=unknown,
        repair_rate=unknown,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Needs:
    """Each pair once within its group: the edges that count."""

    needing: _Places
    needed: _Places
    groups: NDArray[np.int64]
    need: NDArray[np.int16]
    minutes: NDArray[np.float32]

    @classmethod
    def of(cls, graph: Graph, alternatives: Collection[str], uncounted: Collection[str]) -> _Needs:
        terms = graph.terms or _no_terms()
        groups = _with_alternatives(terms, alternatives)
        counted = ~_of_kinds(terms, uncounted) & (graph.needing != graph.needed)
        order = np.flatnonzero(counted)
        order = order[
            np.lexsort(
                (terms.minutes[order], graph.needed[order], groups[order], graph.needing[order])
            )
        ]  # of several reasons within a group the one that counts soonest is first
        needing, needed, group = graph.needing[order], graph.needed[order], groups[order]
        again = (
            (needing[1:] == needing[:-1]) & (needed[1:] == needed[:-1]) & (group[1:] == group[:-1])
        )
        first = np.flatnonzero(~np.concatenate([[False], again])) if len(order) else order
        said = np.where(terms.groups == 0, 0, terms.need)[order]  # it speaks of a group
        need = np.maximum.reduceat(said, first) if len(first) else said
        return cls(needing[first], needed[first], group[first], need, terms.minutes[order][first])

    def chosen(self, wanted: NDArray[np.bool_]) -> _Needs:
        return _Needs(
            self.needing[wanted], self.needed[wanted], self.groups[wanted], self.need[wanted],
            self.minutes[wanted],
        )  # fmt: skip

    def on_their_own(self) -> _Needs:
        return self.chosen(self.groups == 0)

    def cold_alone(self) -> Iterator[ColdAlone]:
        own = self.chosen((self.groups == 0) & (self.minutes != HOT))
        for owner, standby in zip(own.needing.tolist(), own.needed.tolist(), strict=True):
            yield ColdAlone(owner, standby)

    def gates(self, first_number: int) -> Gates:
        """The groups, numbered from `first_number`."""
        grouped = self.chosen(self.groups != 0)
        if not len(grouped.needing):
            return Gates.none()
        new = (grouped.needing[1:] != grouped.needing[:-1]) | (
            grouped.groups[1:] != grouped.groups[:-1]
        )
        begins = np.flatnonzero(np.concatenate([[True], new]))
        there = np.diff(np.append(begins, len(grouped.needing)))
        said = np.maximum.reduceat(grouped.need, begins).astype(np.int32)
        need = np.clip(said.astype(np.int64), 1, there)
        minutes, only_cold = switched_on(grouped.minutes, begins, there, need)
        return Gates(
            owners=grouped.needing[begins],
            numbers=np.arange(first_number, first_number + len(begins), dtype=np.int32),
            said=said,
            there=there,
            need=need,
            inside=np.repeat(
                np.arange(first_number, first_number + len(begins), dtype=np.int32), there
            ),
            needed=grouped.needed,
            minutes=minutes,
            only_cold=only_cold,
        )


def _with_alternatives(terms: Terms, alternatives: Collection[str]) -> NDArray[np.int64]:
    """Kinds of which one is enough make a group of their own, by the number of the kind."""
    alone = _of_kinds(terms, alternatives) & (terms.groups == 0)
    return np.where(alone, -1 - terms.kinds.astype(np.int64), terms.groups)


def _of_kinds(terms: Terms, names: Collection[str]) -> NDArray[np.bool_]:
    wanted = [place for place, name in enumerate(terms.kind_names) if name and name in names]
    return np.isin(terms.kinds, np.array(wanted, np.int16))


def _no_terms() -> Terms:
    short = np.empty(0, np.int16)
    return Terms(short, (), np.empty(0, np.int64), short, np.empty(0, np.float32))
