"""Where the items of a picture stand: a lane for each layer, and in it an order in which lines
cross little. Pure.

The order is found by the barycentre heuristic of K. Sugiyama, S. Tagawa and M. Toda (Methods for
visual understanding of hierarchical system structures, 1981): up and down through the lanes, each
item goes where the middle of its neighbours is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import fmean

from wardround.cmdb.graph_types import GraphEdge, GraphNode

_SWEEPS = 6


def arranged(
    nodes: Sequence[GraphNode], edges: tuple[GraphEdge, ...]
) -> tuple[tuple[GraphNode, ...], tuple[GraphEdge, ...]]:
    """The same items with lanes that count from 0 and places in them, and the same edges."""
    order = {lane: number for number, lane in enumerate(sorted({node.lane for node in nodes}))}
    lanes: dict[int, list[int]] = defaultdict(list)
    for node in nodes:
        lanes[order[node.lane]].append(node.number)
    neighbours = _neighbours(edges)
    for sweep in range(_SWEEPS):
        for lane in sorted(lanes, reverse=bool(sweep % 2)):
            where = _relative(lanes)
            lanes[lane].sort(key=lambda number: _middle(number, neighbours, where))
    place = {number: at for lane in lanes.values() for at, number in enumerate(lane)}
    moved = (replace(node, lane=order[node.lane], place=place[node.number]) for node in nodes)
    return tuple(moved), edges


def _neighbours(edges: Sequence[GraphEdge]) -> Mapping[int, Sequence[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for edge in edges:
        found[edge.needing].append(edge.needed)
        found[edge.needed].append(edge.needing)
    return found


def _relative(lanes: Mapping[int, Sequence[int]]) -> Mapping[int, float]:
    """Where each stands between the left (0) and the right (1) of its lane."""
    return {
        number: (at + 0.5) / len(lane) for lane in lanes.values() for at, number in enumerate(lane)
    }


def _middle(
    number: int, neighbours: Mapping[int, Sequence[int]], where: Mapping[int, float]
) -> float:
    own = neighbours.get(number)
    return fmean(where[other] for other in own) if own else where[number]
