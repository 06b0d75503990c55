"""What is told of the graph of items: frozen values. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from wardround.cmdb.items import Item, OutOfReach, Standby
from wardround.schema.declarations import told_as
from wardround.schema.types import Label

MOST_SHOWN = 1_000
"""Places that one answer may have."""
USUAL_SHOWN = 300
MOST_ALIKE = 10
"""Items that look alike and are drawn each for itself; more of them are drawn as one."""
MOST_NAMED = 100
"""Of many alike those that an answer names: 50,000 PCs on one switch are a number."""


@told_as(
    {
        "supports": ("它支撑的", "What it supports"),
        "supported-by": ("支撑它的", "What supports it"),
        "both": ("两者", "Both"),
    }
)
class Direction(StrEnum):
    """Which way is walked from an item."""

    SUPPORTS = "supports"
    SUPPORTED_BY = "supported-by"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class GraphNode:
    """One place of the picture: an item, or many that look alike, or all of a layer and side that
    are out of reach.
    """

    number: int
    """What edges of this answer name it by."""
    item: Item | OutOfReach
    """Of many alike, the first of them."""
    layer: str
    layer_label: Label
    steps: int
    """From the item that was asked about; negative towards what it supports."""
    alike: int
    """How many items stand here; 1 for what is out of reach, however many they are."""
    members: tuple[UUID, ...]
    """Their ids where the reader may know them; of very many the first `MOST_NAMED`."""
    lane: int
    """From the top: that of its layer."""
    place: int
    """Within its lane, from the left."""


@dataclass(frozen=True, slots=True)
class GraphRelation:
    """Why one needs the other."""

    kind: str
    label: Label
    group: str | None
    need: int | None
    standby: Standby | None
    switch_minutes: float | None


@dataclass(frozen=True, slots=True)
class GraphEdge:
    needing: int
    needed: int
    relations: tuple[GraphRelation, ...]
    """Empty where an end is out of reach, and of many alike those of the first."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What there is no room for, by layer and side, as far as the reader sees."""

    layer: str
    layer_label: Label
    side: Direction
    items: int
    abnormal: int
    out_of_reach: bool
    """Whether there are others that the reader may not see; not how many."""


@dataclass(frozen=True, slots=True)
class ItemGraph:
    """A part of the graph around an item, or between two."""

    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]
    more: tuple[LeftOut, ...]
    items: int
    """All within reach that was found, drawn or not; the item itself among them."""


@dataclass(frozen=True, slots=True)
class ItemPaths:
    """The shortest ways between two items, all of them together."""

    direction: Direction | None
    """Whether the first supports the second, or is supported by it; BOTH: they are joined, and
    neither supports the other; none: nothing joins them."""
    length: int
    graph: ItemGraph
