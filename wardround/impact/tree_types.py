"""What is told of fault trees and their figures: frozen values. No Django."""

from __future__ import annotations

from dataclasses import dataclass

from wardround.cmdb.types import ItemRef
from wardround.impact.fault_tree import GateKind
from wardround.impact.types import ItemNow, ProofPart


@dataclass(frozen=True, slots=True)
class TreePart:
    """One part of the picture of a fault tree."""

    id: int
    """Its place among the parts; 0 is the top."""
    above: int | None
    kind: GateKind | None
    """None of what is out of reach, and of a group some of which is."""
    part: ProofPart
    fail: int | None
    """Of so many inputs as many must fail; None where the reader does not see all of them."""
    of: int | None
    minutes: float | None
    """Of a cold standby, how long the switch to it takes."""
    now: ItemNow | None
    occurs: bool | None
    """Whether it has come about by what is measured as down now, cold standbys switched on."""
    between_failures: float | None
    to_repair: float | None
    layer: int
    row: float
    same: int | None
    """Drawn in full there."""
    cut: bool


@dataclass(frozen=True, slots=True)
class ServiceFaultTree:
    service: ItemRef
    parts: tuple[TreePart, ...]
    text: str
    """What the system needs in the engine's compact text; empty where not all is within reach."""
    hidden: bool
    """Something of it is out of reach."""
    cut: bool
    """Not all of it is drawn."""


@dataclass(frozen=True, slots=True)
class ItemWeight:
    """How much an item matters to a system."""

    part: ProofPart
    unavailability: float
    """The share of time in which it has failed."""
    between_failures: float
    to_repair: float
    of_type: bool
    """At least one of the two is the default of its type."""
    birnbaum: float
    criticality: float
    fussell_vesely: float
    exact: bool
    """False where Fussell–Vesely is an upper bound."""
    raw: float | None
    rrw: float | None


@dataclass(frozen=True, slots=True)
class ServiceFigures:
    """How dependable a system is, by the figures of the items that it needs.

    `told` is False where the reader does not see all of them: then there are no figures.
    """

    service: ItemRef
    told: bool
    items: int
    """That can fail."""
    missing: tuple[ItemRef, ...]
    """Without figures: they count as never failing, so that all below is at least so much."""
    more_missing: int
    unavailability: float | None
    """None where the time allowed ended before it was found; then `low` and `high` hold."""
    low: float | None
    high: float | None
    minutes_per_year: float | None
    switching: float | None
    """The share of time that goes into switching to cold standbys, which is within it."""
    switches_per_year: float | None
    weights: tuple[ItemWeight, ...]
    """The greatest Fussell–Vesely first; none where there was no time for them."""
    by_order: tuple[int, ...] | None
    """Minimal cut sets of one item, two, and so on."""
    exact: bool
    """`by_order` tells of all of them."""
    complete_to: int | None


# Read from a file --------------------------------------------------------------------------------

MOST_FILE_MB = 5
MOST_TOPS = 20
MOST_NAMES = 2_000


@dataclass(frozen=True, slots=True)
class Matched:
    """An event of a file, and the item that it is called after."""

    event: str
    item: ItemRef


@dataclass(frozen=True, slots=True)
class ReadTop:
    name: str
    sets: tuple[tuple[str, ...], ...]
    """Minimal cut sets, the smallest first."""
    more: bool
    by_order: tuple[int, ...]
    complete_to: int


@dataclass(frozen=True, slots=True)
class ReadTree:
    """What a file says, and what it would mean for items within reach. Nothing is kept of it."""

    matched: tuple[Matched, ...]
    unmatched: tuple[str, ...]
    events: int
    tops: tuple[ReadTop, ...]
    more_tops: int
