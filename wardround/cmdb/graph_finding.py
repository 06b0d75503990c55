"""What is around an item, below a system or between two items: places in the graph, found over
everything. What a reader may know of them is told elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from wardround.cmdb import held_graph, models, rules
from wardround.cmdb.errors import UnknownItem
from wardround.cmdb.graph import FAR, Adjacency, Graph, distances, shortest_ways
from wardround.cmdb.graph_types import Direction
from wardround.kernel.reach import Reach
from wardround.schema import queries as schema
from wardround.schema.types import ItemRole, Label

Steps = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Lane:
    name: str
    label: Label
    order: int


NO_LAYER = Lane("", Label("", ""), 1_000_000)


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The items of an answer, as places in the graph."""

    graph: Graph
    steps: Steps
    """From where it began; FAR for what is not in the answer."""
    upward: NDArray[np.bool_]
    """What is found on the way to what the item supports."""
    end: int = -1
    """Where the way leads, if there is one: never drawn together with others."""

    def lanes(self) -> Sequence[Lane]:
        """The lane of each type of the graph."""
        layers = schema.layers_of_types()
        return [
            Lane(found.name, found.label, found.order) if (found := layers.get(name)) else NO_LAYER
            for name in self.graph.type_names
        ]


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """The shortest ways between two items."""

    direction: Direction
    length: int
    found: Found


def around(
    reach: Reach, item_id: UUID, direction: Direction = Direction.BOTH, *, depth: int | None = None
) -> Found | None:
    """What an item supports and what supports it, so many steps at most; None where nothing needs
    it and it needs nothing. Raises UnknownItem.
    """
    _require(reach, item_id)
    graph = held_graph.current()
    begin = graph.place(item_id)
    if begin is None:
        return None
    steps = np.full(len(graph.ids), FAR, np.int32)
    if direction is not Direction.SUPPORTED_BY:
        up = distances(len(graph.ids), begin, (graph.above,), farthest=depth)
        steps[up != FAR] = up[up != FAR]
    upward = steps > 0
    if direction is not Direction.SUPPORTS:
        down = distances(len(graph.ids), begin, (graph.below,), farthest=depth)
        nearer = (down != FAR) & ((steps == FAR) | (down < steps))
        steps[nearer], upward = down[nearer], upward & ~nearer
    steps[begin] = 0
    return Found(graph, steps, upward)


def model(reach: Reach, system_id: UUID) -> Found | None:
    """What a business system stands on, other systems not entered; None where it is alone.

    Raises UnknownItem for what is no business system too.
    """
    names = rules.types_with(ItemRole.SYSTEM, schema.remembered_item_types())
    if _require(reach, system_id) not in names:
        raise UnknownItem(field="system")
    graph = held_graph.current()
    begin = graph.place(system_id)
    if begin is None:
        return None
    systems = graph.of_types(names)
    steps = distances(len(graph.ids), begin, (graph.below,), closed=systems)
    return Found(graph, steps, np.zeros(len(graph.ids), np.bool_))


def between(reach: Reach, first: UUID, second: UUID) -> Way | None:
    """The shortest ways between two items along which one supports the other; where there are none,
    those that join them at all; None where nothing does. Raises UnknownItem.
    """
    _require(reach, first)
    _require(reach, second)
    graph = held_graph.current()
    begin, end = graph.place(first), graph.place(second)
    if first == second or begin is None or end is None:
        return None
    above, below = (graph.above,), (graph.below,)
    any_way: tuple[Adjacency, ...] = (graph.above, graph.below)
    for direction, ways, back in (
        (Direction.SUPPORTED_BY, below, above),
        (Direction.SUPPORTS, above, below),
        (Direction.BOTH, any_way, any_way),
    ):
        places = shortest_ways(graph, begin, end, ways, back)
        if len(places):
            away = distances(len(graph.ids), begin, ways)
            steps = np.full(len(graph.ids), FAR, np.int32)
            steps[places] = away[places]
            upward = np.full(len(graph.ids), direction is Direction.SUPPORTS)
            return Way(direction, int(away[end]), Found(graph, steps, upward, end))
    return None


def _require(reach: Reach, item_id: UUID) -> str:
    """The type of an item within reach. Raises UnknownItem."""
    rows = models.Item.objects.filter(reach.condition(), id=item_id)
    its_type = rows.values_list("type", flat=True).first()
    if its_type is None:
        raise UnknownItem(field="item")
    return its_type
