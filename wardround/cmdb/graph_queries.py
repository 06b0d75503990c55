"""What supports what, for a reader: found over everything, then told as far as his reach goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from wardround.cmdb import graph_finding, models, queries, rules, statements
from wardround.cmdb.arranging import arranged
from wardround.cmdb.graph import (
    FAR,
    Graph,
    alike,
    edges_within,
)
from wardround.cmdb.graph_finding import NO_LAYER, Found, Lane
from wardround.cmdb.graph_types import (
    MOST_ALIKE,
    MOST_NAMED,
    USUAL_SHOWN,
    Direction,
    GraphEdge,
    GraphNode,
    GraphRelation,
    ItemGraph,
    ItemPaths,
    LeftOut,
)
from wardround.cmdb.items import ABNORMAL, OUT_OF_REACH, Item
from wardround.kernel.reach import Reach
from wardround.schema import queries as schema
from wardround.schema.types import ItemRole

_Steps = NDArray[np.int32]
_Places = NDArray[np.int32]


def around(
    reach: Reach,
    item_id: UUID,
    direction: Direction = Direction.BOTH,
    *,
    depth: int | None = None,
    most: int = USUAL_SHOWN,
) -> ItemGraph:
    """What an item supports and what supports it, to any depth. Raises UnknownItem.

    Args:
        reach: of the reader, who must see the item itself.
        item_id: the item.
        direction: which way from it.
        depth: the most steps from it; None for any.
        most: places of the answer; what has none is counted by layer.

    """
    found = graph_finding.around(reach, item_id, direction, depth=depth)
    return _alone(reach, item_id) if found is None else told(reach, found, most)


def model(reach: Reach, system_id: UUID, *, most: int = USUAL_SHOWN) -> ItemGraph:
    """What a business system stands on; other systems are shown and not entered.

    Raises UnknownItem for what is no business system too.
    """
    found = graph_finding.model(reach, system_id)
    return _alone(reach, system_id) if found is None else told(reach, found, most)


def between(reach: Reach, first: UUID, second: UUID, *, most: int = USUAL_SHOWN) -> ItemPaths:
    """The shortest ways between two items along which one supports the other; where there are none,
    those that join them at all. Raises UnknownItem.
    """
    way = graph_finding.between(reach, first, second)
    if way is None:
        return ItemPaths(None, 0, _alone(reach, first, second))
    return ItemPaths(way.direction, way.length, told(reach, way.found, most))


# From places to what is told ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What the reader may know of them; one entry an item of the graph."""

    inside: NDArray[np.bool_]
    abnormal: NDArray[np.bool_]
    systems: Mapping[UUID, Item]
    """The business systems among them, which are judged by their parts (ADR 136)."""


def told(reach: Reach, found: Found, most: int, *, alone: int = MOST_ALIKE) -> ItemGraph:
    """What of this a reader may know.

    Args:
        reach: of the reader.
        found: what is there.
        most: places of the answer; what has none is counted by layer.
        alone: so many that look alike are drawn each for itself; more of them as one.

    """
    graph = found.graph
    places = np.flatnonzero(found.steps != FAR).astype(np.int32)
    seen = _seen(reach, graph, places)
    inside = places[seen.inside[places]]
    edges = edges_within(graph, places)
    among = edges[seen.inside[edges].all(axis=1)]
    apart = seen.abnormal[inside] | (found.steps[inside] == 0) | (inside == found.end)
    first = alike(graph, inside, among, apart)
    groups = _groups(inside, _as_measured(graph, inside, first, alone), alone)
    groups |= _restricted(found, places[~seen.inside[places]])
    drawn = [groups[place] for place in _chosen(found, groups, seen, most)]
    nodes = tuple(_nodes(reach, found, drawn, seen))
    joined = _edges(edges, _numbers(len(graph.ids), drawn), nodes)
    rest = np.setdiff1d(places, np.concatenate(drawn))
    left_out = tuple(_left_out(found, rest, seen))
    return ItemGraph(*arranged(nodes, tuple(joined)), left_out, len(inside))


def _restricted(found: Found, hidden: _Places) -> dict[int, _Places]:
    """What is out of reach: that there is some of a layer is told, and not how many. By the nearest
    of them.
    """
    lanes = found.lanes()
    groups: dict[tuple[Lane, bool], list[int]] = {}
    for place in hidden[np.argsort(found.steps[hidden], kind="stable")].tolist():
        side = lanes[found.graph.types[place]], bool(found.upward[place])
        groups.setdefault(side, []).append(place)
    return {members[0]: np.array(members, np.int32) for members in groups.values()}


def _seen(reach: Reach, graph: Graph, places: _Places) -> _Seen:
    """A few queries; those in trouble are few, however many are found, and so are systems."""
    inside = np.ones(len(graph.ids), np.bool_)
    abnormal = np.zeros(len(graph.ids), np.bool_)
    if not reach.everything:
        inside[:] = False
        ids = graph.ids_of(places)
        inside[graph.places(queries.visible(reach, ids))] = True
    rows = models.Item.objects.filter(reach.condition(), condition__in=ABNORMAL, retired_at=None)
    abnormal[graph.places(rows.values_list("id", flat=True))] = True
    names = rules.types_with(ItemRole.SYSTEM, schema.remembered_item_types())
    of_system = places[(inside & graph.of_types(names))[places]]
    systems = queries.items(reach, graph.ids_of(of_system))
    ailing = [item.id for item in systems.values() if item.judged in ABNORMAL]
    abnormal[graph.places(ailing)] = True
    return _Seen(inside, abnormal, systems)


def _as_measured(
    graph: Graph, places: _Places, first: NDArray[np.int32], alone: int
) -> NDArray[np.int32]:
    """Those of a crowd that nobody measures are another crowd: one condition is drawn for all."""
    crowded = np.bincount(first, minlength=len(places))[first] > alone
    members = places[crowded]
    unmeasured = np.zeros(len(graph.ids), np.bool_)
    if len(members):
        unknown = statements.returned("unmeasured", {"items": graph.listed(members)})
        unmeasured[members[[place for (place,) in unknown]]] = True
    looks = first.astype(np.int64) * 2 + unmeasured[places]
    _, begins, which = np.unique(looks, return_index=True, return_inverse=True)
    return begins[which.reshape(-1)].astype(np.int32)


def _groups(places: _Places, first: NDArray[np.int32], alone: int) -> dict[int, _Places]:
    """Items that are drawn as one, by the first of them; each alone where few look alike."""
    order = np.argsort(first, kind="stable")
    begins = np.flatnonzero(np.diff(first[order], prepend=-1))
    groups: dict[int, _Places] = {}
    for members in np.split(places[order], begins[1:]):
        if len(members) > alone:
            groups[int(members[0])] = members
        else:
            groups |= {int(place): np.array([place], np.int32) for place in members}
    return groups


def _chosen(found: Found, groups: Mapping[int, _Places], seen: _Seen, most: int) -> list[int]:
    """Those for which there is room: where it began, business systems (for whom one asks) in up to
    half of the room, then the nearest; of those that are even, the abnormal first and what is out
    of reach last, so that how many of that there are changes nothing.
    """
    firsts = np.array(sorted(groups), np.int32)
    steps, calm, inside = found.steps[firsts], ~seen.abnormal[firsts], seen.inside[firsts]
    systems = found.graph.of_types(
        rules.types_with(ItemRole.SYSTEM, schema.remembered_item_types())
    )[firsts]
    nearest = np.lexsort((_order(found, firsts, inside), calm, ~inside, steps))
    ahead = nearest[(systems & inside)[nearest] | (steps[nearest] == 0)][: max(most // 2, 1)]
    rest = nearest[~np.isin(nearest, ahead)]
    return [int(place) for place in firsts[np.concatenate([ahead, rest])][:most]]


def _order(found: Found, firsts: _Places, inside: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Of places that are even the order by their ids, and of what is out of reach by layer and
    side: the ids of such items would tell when one came.
    """
    lanes = found.lanes()

    def side(number: int) -> tuple[int, str, bool]:
        lane = lanes[found.graph.types[firsts[number]]]
        return lane.order, lane.name, bool(found.upward[firsts[number]])

    order = firsts.astype(np.int64)
    hidden = sorted(np.flatnonzero(~inside).tolist(), key=side)
    order[hidden] = np.arange(len(hidden))
    return order


def _numbers(size: int, drawn: Sequence[_Places]) -> NDArray[np.int32]:
    """The number under which each item of the graph is drawn; -1 for those that are not."""
    numbers = np.full(size, -1, np.int32)
    for number, group in enumerate(drawn):
        numbers[group] = number
    return numbers


def _nodes(
    reach: Reach, found: Found, drawn: Sequence[_Places], seen: _Seen
) -> Iterable[GraphNode]:
    graph = found.graph
    firsts, lanes = [int(group[0]) for group in drawn], found.lanes()
    ids = {graph.id(place) for place in firsts if seen.inside[place]}
    known = {**seen.systems, **queries.items(reach, ids - seen.systems.keys())}
    for number, (place, group) in enumerate(zip(firsts, drawn, strict=True)):
        layer, steps = lanes[graph.types[place]], int(found.steps[place])
        yield GraphNode(
            number=number,
            item=known.get(graph.id(place), OUT_OF_REACH),
            layer=layer.name,
            layer_label=layer.label,
            steps=-steps if found.upward[place] else steps,
            alike=len(group) if seen.inside[place] else 1,
            members=tuple(graph.ids_of(group[seen.inside[group]][:MOST_NAMED])),
            lane=layer.order,
            place=0,
        )


def _edges(
    edges: NDArray[np.int32], numbers: NDArray[np.int32], nodes: Sequence[GraphNode]
) -> Iterable[GraphEdge]:
    """Between what is drawn, each once."""
    ends = numbers[edges]
    ends = np.unique(ends[(ends >= 0).all(axis=1) & (ends[:, 0] != ends[:, 1])], axis=0)
    named = {node.number: node.item.id for node in nodes if isinstance(node.item, Item)}
    why = _relations(named.values())
    for needing, needed in ends.tolist():
        between = named.get(needing), named.get(needed)
        yield GraphEdge(needing, needed, tuple(why.get(between, ())))


def _relations(
    ids: Collection[UUID],
) -> Mapping[tuple[UUID | None, UUID | None], Sequence[GraphRelation]]:
    """By who needs and what is needed, why; one query."""
    kinds = schema.remembered_relation_kinds()
    found: dict[tuple[UUID | None, UUID | None], list[GraphRelation]] = {}
    for related in queries.impact_relations_among(ids):
        found.setdefault((related.dependent, related.needed), []).append(
            GraphRelation(
                kind=related.kind,
                label=kinds[related.kind].label,
                group=related.group,
                need=related.need,
                standby=related.standby,
                switch_minutes=related.switch_minutes,
            )
        )
    return found


def _left_out(found: Found, places: _Places, seen: _Seen) -> Iterable[LeftOut]:
    counted: dict[tuple[Lane, Direction], Counter[str]] = {}
    lanes = found.lanes()
    for place in places.tolist():
        side = Direction.SUPPORTS if found.upward[place] else Direction.SUPPORTED_BY
        counts = counted.setdefault((lanes[found.graph.types[place]], side), Counter())
        counts["items"] += int(seen.inside[place])
        counts["abnormal"] += int(seen.abnormal[place])
        counts["out_of_reach"] += int(not seen.inside[place])
    for lane, side in sorted(counted, key=lambda row: (row[0].order, row[0].name, row[1])):
        counts = counted[lane, side]
        yield LeftOut(
            layer=lane.name,
            layer_label=lane.label,
            side=side,
            items=counts["items"],
            abnormal=counts["abnormal"],
            out_of_reach=counts["out_of_reach"] > 0,
        )


def _alone(reach: Reach, *ids: UUID) -> ItemGraph:
    """Items that nothing needs and that need nothing, or between which nothing leads."""
    found = queries.items(reach, ids)
    items = [found[id_] for id_ in dict.fromkeys(ids) if id_ in found]
    nodes = tuple(
        GraphNode(
            number=number,
            item=item,
            layer=item.layer,
            layer_label=item.layer_label,
            steps=0,
            alike=1,
            members=(item.id,),
            lane=layer.order
            if (layer := schema.layers_of_types().get(item.type))
            else NO_LAYER.order,
            place=0,
        )
        for number, item in enumerate(items)
    )
    return ItemGraph(*arranged(nodes, ()), (), len(nodes))
