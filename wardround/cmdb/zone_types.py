"""The hospital by its network zones, as it is told. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from wardround.cmdb.items import Item, ItemRef, Parts
from wardround.schema.declarations import told_as
from wardround.schema.types import Label


@told_as(
    {
        "zone": ("网络区域", "Network zone"),
        "nowhere": ("不属于任何区域", "In no zone"),
        "restricted": ("您看不到的区域", "Zones out of your reach"),
    }
)
class Area(StrEnum):
    """What a part of the unified view is."""

    ZONE = "zone"
    NOWHERE = "nowhere"
    RESTRICTED = "restricted"
    """All zones of which the reader may not know; as one, so that their number is not told."""


@dataclass(frozen=True, slots=True)
class Where:
    """The part of the unified view in which something lies."""

    area: Area
    zone: ItemRef | None


@dataclass(frozen=True, slots=True)
class TypeInZone:
    """Items of one type that lie in a zone, and how they fare."""

    type: str
    type_label: Label
    icon: str
    layer: str
    layer_label: Label
    order: int
    """Of the layer, from the top."""
    fare: Parts


@dataclass(frozen=True, slots=True)
class SystemInZone:
    """A business system, in the zone where the nearest of what it stands on lies."""

    item: Item
    beside: tuple[Where, ...]
    """Where other parts of it lie."""


@dataclass(frozen=True, slots=True)
class ZoneView:
    where: Where
    systems: tuple[SystemInZone, ...]
    """Worst first, then the most important."""
    types: tuple[TypeInZone, ...]
    """Layer by layer, as far as they are within reach."""
    beyond: tuple[Label, ...]
    """Layers of which there is something here that the reader may not see; not how much."""
    fare: Parts
    """Of all here within reach, the systems among them as they are judged."""


@dataclass(frozen=True, slots=True)
class UnifiedView:
    zones: tuple[ZoneView, ...]
    """By name; what lies in none, and what lies in zones out of reach, last."""
    items: int
    """All within reach, but the zones themselves."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An item and where it lies."""

    item: Item
    where: Where


ZoneAsked = UUID | None
"""A zone, or nothing for what lies in none."""
