"""What needs what, as arrays: every item in use that failures reach or come from.

Pure functions over arrays; an item is its place in `Graph.ids`, an edge leads from who needs to
what is needed. A step along all edges of many items at once is a few passes of numpy, so that
5,000 items of 200,000 are found in milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

ID = np.dtype("S16")
"""An id's bytes; all have their full length, so that what numpy pads is nothing."""
FAR = -1
"""The distance of what is not reached."""


@dataclass(frozen=True, slots=True)
class Adjacency:
    """The neighbours of each item, those of one beside each other."""

    offsets: NDArray[np.int64]
    """Where the neighbours of each item begin; one entry more than items."""
    neighbours: NDArray[np.int32]

    @classmethod
    def of(cls, size: int, begin: NDArray[np.int32], end: NDArray[np.int32]) -> Adjacency:
        offsets = np.zeros(size + 1, np.int64)
        np.cumsum(np.bincount(begin, minlength=size), out=offsets[1:])
        return cls(offsets, end[np.argsort(begin, kind="stable")])

    def after(self, items: NDArray[np.int32]) -> NDArray[np.int32]:
        """All neighbours of these, as often as they are."""
        begins = self.offsets[items]
        counts = self.offsets[items + 1] - begins
        ends = np.cumsum(counts)
        total = int(ends[-1]) if len(ends) else 0
        return self.neighbours[np.repeat(begins - ends + counts, counts) + np.arange(total)]


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """On what terms one needs the other; one entry an edge of the graph."""

    kinds: NDArray[np.int16]
    """The kind of relation, as a place in `kind_names`."""
    kind_names: tuple[str, ...]
    groups: NDArray[np.int64]
    """What stands in for one another for one that needs it has one number here; 0: on its own."""
    need: NDArray[np.int16]
    """How many of the group must work; 0 where nothing is said."""
    minutes: NDArray[np.float32]
    """Of a cold standby, how long the switch to it takes; HOT: none is needed."""

    def chosen(self, edges: NDArray[np.int64]) -> Terms:
        """Those of these edges, in their order."""
        return Terms(
            self.kinds[edges],
            self.kind_names,
            self.groups[edges],
            self.need[edges],
            self.minutes[edges],
        )


HOT = -1.0
"""The switch minutes of what counts at once."""


@dataclass(frozen=True, eq=False)
class Graph:
    """Items in ascending order of their ids, and who needs whom: for each reason an edge."""

    ids: NDArray[np.bytes_]
    types: NDArray[np.int16]
    """Of each item its type, as a place in `type_names`; -1 for one that nobody remembers."""
    type_names: tuple[str, ...]
    needing: NDArray[np.int32]
    needed: NDArray[np.int32]
    terms: Terms | None = None
    """Where it is the graph of all, as it is held (`held_graph`)."""

    @cached_property
    def below(self) -> Adjacency:
        """What each item needs."""
        return Adjacency.of(len(self.ids), self.needing, self.needed)

    @cached_property
    def above(self) -> Adjacency:
        """What needs each item."""
        return Adjacency.of(len(self.ids), self.needed, self.needing)

    def place(self, id_: UUID) -> int | None:
        """Where an item is; None for one without any edge."""
        found = self.places([id_])
        return int(found[0]) if len(found) else None

    def places(self, ids: Iterable[UUID]) -> NDArray[np.int32]:
        """Where these are, those that are there, in ascending order."""
        wanted = np.unique(np.array([id_.bytes for id_ in ids], ID))
        if not len(self.ids):
            return np.empty(0, np.int32)
        found = np.minimum(np.searchsorted(self.ids, wanted), len(self.ids) - 1).astype(np.int32)
        there: NDArray[np.int32] = found[self.ids[found] == wanted]
        return there

    def id(self, place: int) -> UUID:
        return UUID(bytes=self.ids[place : place + 1].tobytes())

    def ids_of(self, places: NDArray[np.int32]) -> list[UUID]:
        """The ids of these, in their order."""
        raw = self.ids[places].tobytes()
        return [UUID(bytes=raw[at : at + ID.itemsize]) for at in range(0, len(raw), ID.itemsize)]

    def listed(self, places: NDArray[np.int32]) -> str:
        """The ids of these as PostgreSQL reads an array of them: of thousands much sooner made than
        a list of ids is written.
        """
        said, each = self.ids[places].tobytes().hex(), 2 * ID.itemsize
        return f"{{{','.join(said[at : at + each] for at in range(0, len(said), each))}}}"

    def of_types(self, names: Iterable[str]) -> NDArray[np.bool_]:
        """Which items are of one of these types."""
        wanted = [place for place, name in enumerate(self.type_names) if name in set(names)]
        return np.isin(self.types, np.array(wanted, np.int16))


def distances(
    size: int,
    begin: int,
    ways: tuple[Adjacency, ...],
    *,
    farthest: int | None = None,
    closed: NDArray[np.bool_] | None = None,
) -> NDArray[np.int32]:
    """How many steps each item is from one; FAR where it is not reached.

    Args:
        size: how many items there are.
        begin: the item from which is walked.
        ways: along which neighbours.
        farthest: the most steps; None for any.
        closed: items that are reached and not passed, unless it is where the walk begins.

    """
    steps = np.full(size, FAR, np.int32)
    steps[begin] = 0
    edge = np.array([begin], np.int32)
    step = 0
    while len(edge) and (farthest is None or step < farthest):
        step += 1
        near = np.concatenate([way.after(edge) for way in ways])
        fresh = near[steps[near] == FAR]
        steps[fresh] = step
        edge = np.unique(fresh)
        if closed is not None:
            edge = edge[~closed[edge]]
    return steps


def edges_within(graph: Graph, items: NDArray[np.int32]) -> NDArray[np.int32]:
    """The edges both of whose ends are among these: rows of (who needs, what is needed)."""
    among = np.zeros(len(graph.ids), np.bool_)
    among[items] = True
    offsets = graph.below.offsets
    needing = np.repeat(items, offsets[items + 1] - offsets[items])
    needed = graph.below.after(items)
    inside = among[needed]
    return np.stack([needing[inside], needed[inside]], axis=1)


def shortest_ways(
    graph: Graph, begin: int, end: int, ways: tuple[Adjacency, ...], back: tuple[Adjacency, ...]
) -> NDArray[np.int32]:
    """All items on any of the shortest ways between two, in ascending order; none where no way is.

    Args:
        graph: in which.
        begin: where the ways begin.
        end: where they end.
        ways: neighbours along the ways.
        back: neighbours against them.

    """
    size = len(graph.ids)
    there = distances(size, begin, ways)
    if there[end] == FAR:
        return np.empty(0, np.int32)
    length = int(there[end])
    home = distances(size, end, back, farthest=length)
    on_way = (there != FAR) & (home != FAR) & (there + home == length)
    return np.flatnonzero(on_way).astype(np.int32)


def alike(
    graph: Graph, items: NDArray[np.int32], edges: NDArray[np.int32], apart: NDArray[np.bool_]
) -> NDArray[np.int32]:
    """For each item of these the first that looks like it: of one type, needing the same and needed
    by the same among these. Those of `apart` are like none.

    Args:
        graph: in which.
        items: places, ascending.
        edges: between them.
        apart: one entry an item of `items`.

    Neighbours are summed as random numbers of 64 bits: that two different sets give one sum will
    not be seen (for 5,000 items, one time in 10¹²).

    """
    begin, end = (np.searchsorted(items, edges[:, side]) for side in (0, 1))
    begin, end = np.divmod(np.unique(begin * len(items) + end), len(items))  # for several reasons
    chance = np.random.default_rng(2026)
    names = chance.integers(1 << 63, size=(2, len(items)), dtype=np.uint64)
    below, above = np.zeros(len(items), np.uint64), np.zeros(len(items), np.uint64)
    np.add.at(below, begin, names[0][end])
    np.add.at(above, end, names[1][begin])
    own = np.where(apart, np.arange(1, len(items) + 1), 0).astype(np.uint64)
    looks = np.stack([graph.types[items].astype(np.uint64), below, above, own], axis=1)
    _, first, which = np.unique(looks, axis=0, return_index=True, return_inverse=True)
    return first[which.reshape(-1)].astype(np.int32)
