"""Networks and addresses as they are shown, listed and taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from wardround.cmdb.items import Item, ItemFilters, ItemRef, OutOfReach
from wardround.kernel.wording import Label, Wording
from wardround.schema.declarations import told_as

MOST_EXACT = 2**53
"""Numbers beyond this are told as powers of two: no browser counts so far."""
MOST_CHILDREN = 500
"""Next smaller networks, reserved ranges, free ranges and troubles that a network's page names."""
BLOCK = 256
"""Addresses of one picture."""


@told_as(
    {
        "free": ("空闲", "Free"),
        "used": ("已用", "Used"),
        "restricted": ("已用（受限）", "Used, restricted"),
        "gateway": ("网关", "Gateway"),
        "reserved": ("保留", "Reserved"),
        "edge": ("网络/广播地址", "Network or broadcast"),
        "inner": ("属于下级网段", "In a smaller network"),
        "conflict": ("冲突", "Conflict"),
        "outside": ("不在任何网段", "In no network"),
    }
)
class AddressState(StrEnum):
    """What has become of one address."""

    FREE = "free"
    USED = "used"
    RESTRICTED = "restricted"
    """By something out of the reader's reach."""
    GATEWAY = "gateway"
    RESERVED = "reserved"
    EDGE = "edge"
    INNER = "inner"
    CONFLICT = "conflict"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class NetworkFilters:
    items: ItemFilters = field(default_factory=ItemFilters)
    at: str | None = None
    """Those that hold this address."""
    inside: UUID | None = None
    """Those that lie in this network, at any depth."""
    top: bool = False
    """Those alone that lie in no other of which the reader may know."""
    version: int | None = None
    full: int | None = None
    """Those of which at least so many per cent are used."""


@dataclass(frozen=True, slots=True)
class Network:
    """A network with how much of it is used: by everything, whoever asks."""

    item: Item
    prefix: str
    space: ItemRef | OutOfReach | None
    """None: the one that all of the hospital shares."""
    parent: ItemRef | None
    """The smallest that holds it and that the reader may know of."""
    depth: int
    children: int
    usable: int | None
    """None where it is beyond counting; `host_bits` says how many bits it leaves to hosts."""
    host_bits: int
    used: int
    reserved: int | None
    free: int | None
    share: float
    covered: float
    """Which part of it its next smaller networks make up."""


@dataclass(frozen=True, slots=True)
class NetworkPage:
    networks: tuple[Network, ...]
    next: str | None
    total: int


@dataclass(frozen=True, slots=True)
class Range:
    """Addresses that follow one another."""

    first: str
    last: str
    count: int | None
    """None where it is beyond counting."""
    item: ItemRef | OutOfReach | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong in a network, with the items that are concerned."""

    finding: str
    text: Wording
    address: str
    items: tuple[ItemRef, ...]


@dataclass(frozen=True, slots=True)
class FreeAddresses:
    addresses: tuple[str, ...]
    ranges: tuple[Range, ...]
    more_ranges: int
    count: int | None
    """None where it is beyond counting."""


@dataclass(frozen=True, slots=True)
class NetworkDetail:
    network: Network
    above: tuple[Network, ...]
    """From the largest to the next."""
    below: tuple[Network, ...]
    more_below: int
    reserved: tuple[Range, ...]
    free: FreeAddresses
    troubles: tuple[Trouble, ...]
    more_troubles: int
    takes: tuple[Taker, ...]
    """Types of which an item is made where an address is taken."""


@dataclass(frozen=True, slots=True)
class Taker:
    name: str
    label: Label


@dataclass(frozen=True, slots=True)
class AddressRow:
    """An address, or a range of them, and who holds it."""

    address: str
    last: str | None
    """Of a range."""
    state: AddressState
    item: ItemRef | OutOfReach
    attribute: str | None
    attribute_label: Label | None
    network: ItemRef | OutOfReach | None


@dataclass(frozen=True, slots=True)
class AddressPage:
    addresses: tuple[AddressRow, ...]
    next: str | None
    total: int


@dataclass(frozen=True, slots=True)
class Cell:
    address: str
    state: AddressState
    items: tuple[ItemRef | OutOfReach, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Addresses of a network one by one, so many at a time."""

    first: str
    cells: tuple[Cell, ...]
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address lies in one address space, and who has it."""

    space: ItemRef | OutOfReach | None
    networks: tuple[Network, ...]
    """That hold it, from the largest to the smallest."""
    state: AddressState
    holders: tuple[AddressRow, ...]


@dataclass(frozen=True, slots=True)
class Found:
    address: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Taking:
    """An address to be taken: the next free one, or a given one; by a new item, or one there is."""

    address: str | None = None
    item: UUID | None = None
    attribute: str | None = None
    version: int | None = None
    type: str | None = None
    name: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taken:
    address: str
    item: Item
