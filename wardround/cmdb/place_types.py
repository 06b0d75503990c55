"""Where people put the items of a picture. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from wardround.schema.declarations import told_as

MOST_PLACES = 1_000
"""Of one picture, for oneself or for all."""


@told_as(
    {
        "around": ("支撑关系", "Support"),
        "model": ("服务模型", "Service model"),
        "topology": ("拓扑", "Topology"),
    }
)
class Picture(StrEnum):
    """What a picture shows of the item that it is about."""

    AROUND = "around"
    MODEL = "model"
    TOPOLOGY = "topology"
    """Of a network zone; without one, of what lies in none."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands in the lane of its layer."""

    item: UUID
    x: float
    """From the left (0) to the right (1), so that it fits a page of any width."""
    y: float
    """Rows from the top of the lane; between two of them, too."""


@dataclass(frozen=True, slots=True)
class KeptPlaces:
    """The places of a picture: one's own, and for the rest those for all."""

    places: tuple[Place, ...]
    own: int
    """How many of them are the reader's own."""
    shared: int
    """How many there are for all, as far as the reader sees the items."""
    may_share: bool
    """Whether the reader may say where they stand for all."""
