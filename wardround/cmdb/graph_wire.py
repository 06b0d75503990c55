"""Parts of the graph as the API shows them."""

from __future__ import annotations

from typing import Annotated, Self
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

from wardround.cmdb.graph_types import (
    MOST_SHOWN,
    USUAL_SHOWN,
    Direction,
    GraphNode,
    ItemGraph,
    ItemPaths,
)
from wardround.cmdb.items import Condition, Importance, Item, Standby
from wardround.kernel.wire import Answer, Label
from wardround.schema.types import ItemRole


class ModelQuery(Schema):
    model_config = ConfigDict(extra="forbid")

    most: Annotated[int, Field(ge=1, le=MOST_SHOWN)] = USUAL_SHOWN
    """Places of the answer; what has none is counted in `more`."""


class GraphQuery(ModelQuery):
    direction: Direction = Direction.BOTH
    depth: Annotated[int | None, Field(ge=1, le=1_000)] = None
    """The most steps from the item; any number where it is not given."""


class PathQuery(ModelQuery):
    from_: Annotated[UUID, Field(alias="from")]
    to: UUID


class GraphNodeOut(Answer):
    number: int
    id: UUID | None
    """None where it is out of the reader's reach: then one place stands for all of its layer."""
    key: str | None
    name: Label
    type: str | None
    type_label: Label
    roles: list[ItemRole]
    condition: Condition | None
    importance: Importance | None
    layer: str
    layer_label: Label
    steps: int
    """From the item that was asked about; negative towards what it supports."""
    alike: int
    """How many items of one type, with the same neighbours, stand here as one."""
    members: list[UUID]
    """Of those the ones that the reader may see, the first 100 at most."""
    lane: int
    place: int

    @classmethod
    def of(cls, node: GraphNode) -> Self:
        item = node.item if isinstance(node.item, Item) else None
        return cls(
            number=node.number,
            id=node.item.id,
            key=item.key if item else None,
            name=node.item.name,
            type=item.type if item else None,
            type_label=item.type_label if item else "",
            roles=list(item.roles) if item else [],
            condition=item.judged if item else None,
            importance=item.importance if item else None,
            layer=node.layer,
            layer_label=node.layer_label,
            steps=node.steps,
            alike=node.alike,
            members=list(node.members),
            lane=node.lane,
            place=node.place,
        )


class GraphRelationOut(Answer):
    kind: str
    label: Label
    group: str | None
    need: int | None
    standby: Standby | None
    switch_minutes: float | None


class GraphEdgeOut(Answer):
    needing: int
    needed: int
    relations: list[GraphRelationOut]
    """Why; empty where an end is out of the reader's reach, of many alike those of the first."""


class LeftOutOut(Answer):
    layer: str
    layer_label: Label
    side: Direction
    items: int
    abnormal: int
    out_of_reach: bool
    """Whether there are others that the reader may not see; how many is not told."""


class GraphOut(Answer):
    nodes: list[GraphNodeOut]
    edges: list[GraphEdgeOut]
    more: list[LeftOutOut]
    """What there was no room for, by layer and side: nothing is left out in silence."""
    items: int
    """All within reach that was found, drawn or not."""

    @classmethod
    def of(cls, graph: ItemGraph) -> Self:
        return cls(
            nodes=[GraphNodeOut.of(node) for node in graph.nodes],
            edges=[GraphEdgeOut.model_validate(edge) for edge in graph.edges],
            more=[LeftOutOut.model_validate(left) for left in graph.more],
            items=graph.items,
        )


class PathsOut(Answer):
    direction: Direction | None
    """`supported-by`: the first is supported by the second. `both`: something joins them, and
    neither supports the other. None: nothing joins them.
    """
    length: int
    """Steps of each of the ways; all that are shortest are in the graph."""
    graph: GraphOut

    @classmethod
    def of(cls, paths: ItemPaths) -> Self:
        return cls(direction=paths.direction, length=paths.length, graph=GraphOut.of(paths.graph))
