"""Items that need each other in a circle, taken as the greatest fixed point: all of a circle is up
until something below it fails, or one of it.

The engine knows no circles. Where everything on one is needed, its items are up together: one gate
over all that they need and over whether each has failed itself says so for all. Where groups stand
on it, it is unrolled: what is up after as many rounds as it has nodes is up for good.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wardround.cmdb.graph import HOT
from wardround.dependability.graph import topological
from wardround.impact.wiring import Wiring

MOST_UNROLLED = 200_000
"""Inputs that one circle with groups may be unrolled to: some 90 items with five inputs each."""


@dataclass(frozen=True, slots=True)
class Circle:
    """Items that need each other, directly or through others."""

    items: tuple[int, ...]
    """Places in the graph, ascending."""
    followed: bool
    """False where it is too large to be unrolled: failures do not spread along it, then."""


NO_ITEM = -1


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """Wiring without circles."""

    wiring: Wiring
    states: NDArray[np.int32]
    """Of each item the node that says whether it is up."""
    subjects: NDArray[np.int32]
    """Of each node the item that it speaks of, or whose group it is; `NO_ITEM` for what is always
    up."""
    groups: NDArray[np.bool_]
    """Which nodes are groups of what an item needs, and not items."""
    circles: list[Circle]


def opened(wiring: Wiring, items: int, owners: NDArray[np.int32]) -> Opened:
    """The same without circles.

    Args:
        wiring: whose first nodes are the items, and the others groups.
        items: how many those are.
        owners: of each group the item that needs it.

    """
    subjects = np.concatenate([np.arange(items, dtype=np.int32), owners])
    groups = np.arange(len(subjects)) >= items
    states = np.arange(items, dtype=np.int32)
    order = topological(wiring.start, wiring.inputs)
    if len(order) == len(wiring.need):
        return Opened(wiring, states, subjects, groups, [])
    left = np.ones(len(wiring.need), np.bool_)
    left[order] = False
    found = [part for part in _strong_parts(wiring, np.flatnonzero(left)) if len(part) > 1]
    rows = _Rows(wiring, items, states, subjects)
    circles = [rows.take(part) for part in found]
    groups = np.concatenate([groups, np.array(rows.rounds_of_groups, np.bool_)])
    return Opened(rows.wiring(), states, np.array(rows.subjects, np.int32), groups, circles)


def _strong_parts(wiring: Wiring, nodes: NDArray[np.int64]) -> list[list[int]]:
    """Tarjan's strongly connected components of these nodes; without recursion."""
    search = _Search(wiring, frozenset(nodes.tolist()))
    for root in nodes.tolist():
        if root not in search.number:
            search.walk(root)
    return search.parts


class _Search:
    def __init__(self, wiring: Wiring, among: frozenset[int]) -> None:
        self.wiring, self.among = wiring, among
        self.number: dict[int, int] = {}
        self.low: dict[int, int] = {}
        """Of each node the least number on the stack that is reached from it."""
        self.stack: list[int] = []
        self.waiting: set[int] = set()
        self.parts: list[list[int]] = []

    def walk(self, root: int) -> None:
        way = [(root, self._enter(root))]
        while way:
            node, rest = way[-1]
            fresh = self._next(node, rest)
            if fresh is not None:
                way.append((fresh, self._enter(fresh)))
                continue
            way.pop()
            if way:
                above = way[-1][0]
                self.low[above] = min(self.low[above], self.low[node])
            if self.low[node] == self.number[node]:
                self._part(node)

    def _enter(self, node: int) -> Iterator[int]:
        self.number[node] = self.low[node] = len(self.number)
        self.stack.append(node)
        self.waiting.add(node)
        span = slice(int(self.wiring.start[node]), int(self.wiring.start[node + 1]))
        return iter(self.wiring.inputs[span].tolist())

    def _next(self, node: int, rest: Iterator[int]) -> int | None:
        """The next input that nobody has been to."""
        for below in rest:
            if below in self.waiting:
                self.low[node] = min(self.low[node], self.number[below])
            elif below in self.among and below not in self.number:
                return below
        return None

    def _part(self, node: int) -> None:
        part = [self.stack.pop()]
        while part[-1] != node:
            part.append(self.stack.pop())
        self.waiting.difference_update(part)
        self.parts.append(part)


class _Row(NamedTuple):
    """An input of a node that is new or rewritten."""

    node: int
    below: int
    minutes: float
    itself: bool
    """Whether it asks if an item has failed itself, not if it is up."""


class _Rows:
    """Inputs of nodes, some of which are being rewritten."""

    def __init__(
        self,
        wiring: Wiring,
        items: int,
        states: NDArray[np.int32],
        subjects: NDArray[np.int32],
    ) -> None:
        self.old, self.items, self.states = wiring, items, states
        self.subjects: list[int] = subjects.tolist()
        self.rounds_of_groups: list[bool] = []
        """Of each new node whether it stands for a group."""
        self.rewritten: set[int] = set()
        self.need: list[int] = wiring.need.tolist()
        self.more: list[_Row] = []

    def take(self, part: list[int]) -> Circle:
        """One circle, without itself."""
        inside = set(part)
        members = sorted(node for node in part if node < self.items)
        inputs = {node: self.old.inputs_of(node) for node in part}
        self._cut(part)
        count = sum(map(len, inputs.values()))
        if self._all_needed(inputs, inside):
            self._together(members, inputs, inside)
        elif count * len(part) <= MOST_UNROLLED:
            self._unroll(part, inputs)
        else:
            self._part(inputs, inside)
            return Circle(tuple(members), followed=False)
        return Circle(tuple(members), followed=True)

    def _cut(self, part: Sequence[int]) -> None:
        """Their nodes only say whether they failed themselves."""
        self.rewritten.update(part)
        for node in part:
            self.need[node] = 0

    def _all_needed(self, inputs: dict[int, list[tuple[int, float]]], inside: set[int]) -> bool:
        """Whether nothing on it stands in for anything."""
        return all(
            len(below) == self.old.need[node]
            and all(minutes == HOT for each, minutes in below if each in inside)
            for node, below in inputs.items()
        )

    def _new(
        self,
        need: int,
        inputs: Sequence[tuple[int, float]],
        itself: Sequence[int] = (),
        subject: int = NO_ITEM,
    ) -> int:
        node = len(self.need)
        self.need.append(need + len(itself))
        self.subjects.append(subject)
        self.rounds_of_groups.append(subject != NO_ITEM and not itself)
        self.more += [_Row(node, below, minutes, itself=False) for below, minutes in inputs]
        self.more += [_Row(node, item, HOT, itself=True) for item in itself]
        return node

    def _together(
        self, members: Sequence[int], inputs: dict[int, list[tuple[int, float]]], inside: set[int]
    ) -> None:
        outside = {row for below in inputs.values() for row in below if row[0] not in inside}
        self.states[list(members)] = self._new(len(outside), sorted(outside), members, members[0])

    def _unroll(self, part: Sequence[int], inputs: dict[int, list[tuple[int, float]]]) -> None:
        before = dict.fromkeys(part, self._new(0, ()))  # all of it is up at first
        for _ in part:
            now: dict[int, int] = {}
            for node in part:
                rows = [(before.get(below, below), minutes) for below, minutes in inputs[node]]
                now[node] = self._round(node, int(self.old.need[node]), rows)
            before = now
        for node in part:
            if node < self.items:
                self.states[node] = before[node]

    def _round(self, node: int, need: int, rows: Sequence[tuple[int, float]]) -> int:
        """A node in one round; of an item, which needs all, with whether it has failed itself."""
        itself = [node] if node < self.items else []
        return self._new(need, rows, itself, self.subjects[node])

    def _part(self, inputs: dict[int, list[tuple[int, float]]], inside: set[int]) -> None:
        """What is on the circle counts as up, and the rest as it is."""
        up = self._new(0, ())
        for node, below in inputs.items():
            self.need[node] = int(self.old.need[node])
            self.more += [
                _Row(node, up if each in inside else each, minutes, itself=False)
                for each, minutes in below
            ]

    def wiring(self) -> Wiring:
        """What came of it: whatever needs an item needs the node of its state."""
        owners = self.old.owners
        stay = ~np.isin(owners, np.array(sorted(self.rewritten), np.int32))
        more = np.array(self.more, np.float64).reshape(-1, 4)
        below = np.concatenate([self.old.inputs[stay], more[:, 1].astype(np.int32)])
        itself = np.concatenate([np.zeros(int(stay.sum()), np.bool_), more[:, 3] > 0])
        state = (below < self.items) & ~itself
        below[state] = self.states[below[state]]
        return Wiring.of(
            np.concatenate([owners[stay], more[:, 0].astype(np.int32)]),
            below,
            np.concatenate([self.old.minutes[stay], more[:, 2]]),
            np.array(self.need, np.int64),
        )
