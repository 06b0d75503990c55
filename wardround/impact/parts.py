"""What one business system needs, as a model of its own. Pure, over arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wardround.dependability import Model
from wardround.dependability.graph import closure
from wardround.impact.modelling import Hospital


@dataclass(frozen=True, slots=True)
class Figures:
    """How often an item fails and how long that lasts, in hours on average; both above 0."""

    between_failures: float
    to_repair: float


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A system and all that it needs. The system itself does not fail here: that it is down when
    it has failed says nothing.
    """

    hospital: Hospital
    place: int
    """Of the system, in the graph."""
    model: Model
    """Its names are those of the hospital's model: numbers of nodes there."""
    nodes: NDArray[np.int32]
    """Of each node its number in the hospital's model, ascending."""
    top: int
    """The node that says whether the system is up."""

    @property
    def items(self) -> NDArray[np.int32]:
        """Places of the items that can fail, ascending."""
        places: NDArray[np.int32] = self.nodes[self.model.fallible]
        return places

    def subject(self, node: int) -> int:
        """The item that a node speaks of, or whose group it is; by its place in the graph."""
        if node == self.top:
            return self.place
        return int(self.hospital.subjects[self.nodes[node]])

    def is_item(self, node: int) -> bool:
        """Whether it is an item, and not a group or what is needed on a circle."""
        return node == self.top or bool(self.model.fallible[node])

    def is_group(self, node: int) -> bool:
        return bool(self.hospital.groups[self.nodes[node]])

    def with_figures(self, figures: Mapping[int, Figures]) -> Model:
        """The model with these figures by place; what has none never fails in it."""
        failure = np.zeros(self.model.size)
        repair = np.ones(self.model.size)
        for node in np.flatnonzero(self.model.fallible).tolist():
            known = figures.get(int(self.nodes[node]))
            if known is not None:
                failure[node] = 1.0 / known.between_failures
                repair[node] = 1.0 / known.to_repair
        return replace(self.model, failure_rate=failure, repair_rate=repair)


def part_of(hospital: Hospital, place: int) -> Part:
    """What the item there needs."""
    whole, top = hospital.model, int(hospital.states[place])
    inside = closure(whole.start, whole.inputs, np.array([top], np.int32))
    nodes = np.flatnonzero(inside).astype(np.int32)
    number = np.full(whole.size, -1, np.int32)
    number[nodes] = np.arange(len(nodes), dtype=np.int32)
    counts = np.diff(whole.start)
    rows = np.repeat(inside, counts)
    start = np.zeros(len(nodes) + 1, np.int64)
    np.cumsum(counts[nodes], out=start[1:])
    fallible = whole.fallible[nodes].copy()
    fallible[nodes == place] = False
    unknown = np.full(len(nodes), np.nan)
    model = Model(
        names=tuple(map(str, nodes.tolist())),
        need=whole.need[nodes],
        start=start,
        inputs=number[whole.inputs[rows]],
        minutes=whole.minutes[rows],
        fallible=fallible,
        probability=unknown,
        failure_rate=unknown,
        repair_rate=unknown,
        tops=(int(number[top]),),
    )
    return Part(hospital, place, model, nodes, int(number[top]))
