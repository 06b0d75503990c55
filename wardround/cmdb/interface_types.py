"""Interfaces between systems as they are listed, and the map of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from wardround.cmdb.items import Condition, Item, ItemFilters, ItemRef, OutOfReach, Parts
from wardround.cmdb.message_counts import Measured, MessageCounts

MOST_MAPPED = 2_000
"""Interfaces of one map."""
MOST_COUNTED = 5_000
"""Interfaces whose messages are counted at once, for an order or a filter by them."""


@dataclass(frozen=True, slots=True)
class InterfaceFilters:
    """Which interfaces; a party is an item, or a business system that it serves."""

    items: ItemFilters = field(default_factory=ItemFilters)
    providers: tuple[UUID, ...] = ()
    consumers: tuple[UUID, ...] = ()
    parties: tuple[UUID, ...] = ()
    """On either side."""
    incomplete: bool = False
    """Those alone of which nobody provides or nobody consumes them."""
    measured: tuple[Measured, ...] = ()
    """By whether their messages are counted; of those alone whose values the reader may read."""


@dataclass(frozen=True, slots=True)
class Party:
    """Who provides or consumes an interface."""

    item: ItemRef | OutOfReach
    shown: ItemRef | OutOfReach
    """The business system that it serves, where that is just one; else the item itself."""
    condition: Condition | None
    """Of the item; None where it is out of reach itself."""
    owner: ItemRef | OutOfReach | None


@dataclass(frozen=True, slots=True)
class Interface:
    item: Item
    providers: tuple[Party, ...]
    consumers: tuple[Party, ...]
    messages: MessageCounts | None = None
    """None: the reader may read no measured values of it."""


@dataclass(frozen=True, slots=True)
class InterfacePage:
    interfaces: tuple[Interface, ...]
    next: str | None
    total: int


@dataclass(frozen=True, slots=True)
class MapParty:
    """A business system, or an item that serves none or several, as the map shows it."""

    number: int
    item: ItemRef | OutOfReach
    """All parties that are out of reach are one."""
    provides: int
    consumes: int


@dataclass(frozen=True, slots=True)
class MapWay:
    """The interfaces that one party provides and another consumes."""

    provider: int
    consumer: int
    fare: Parts
    """How many, and how they fare."""
    messages: float | None = None
    """Over those of them that are counted, in the last hour; None: none of them is."""
    failed: float | None = None
    measured: int = 0
    """How many of them are counted."""


@dataclass(frozen=True, slots=True)
class InterfaceMap:
    parties: tuple[MapParty, ...]
    ways: tuple[MapWay, ...]
    fare: Parts
    """Of all interfaces of the map."""
    without_provider: int
    without_consumer: int
    left_out: int
    """Interfaces for which the map has no room."""
    unmeasured: int = 0
    """Whose messages nothing counts, of those whose values the reader may read."""
