"""Fault trees and their figures, as the API shows them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from wardround.impact.fault_tree import GateKind
from wardround.impact.matrix_wire import ProofPartOut
from wardround.impact.types import MOST_ORDER, ServiceState
from wardround.kernel.wire import Answer, Body, Ref


class TreeQuery(Body):
    unfolded: bool = False
    """What is shared is drawn in full each time, as long as there is room."""


class TreeNowOut(Answer):
    id: UUID
    state: ServiceState
    failed: bool


class TreePartOut(Answer):
    id: int
    above: int | None
    kind: GateKind | None
    """Null of what is out of reach, and of a group some of which is."""
    part: ProofPartOut
    fail: int | None
    """Of `of` inputs as many must fail; null where not all of them are within reach."""
    of: int | None
    minutes: float | None
    """Of a cold standby, how long the switch to it takes."""
    now: TreeNowOut | None
    occurs: bool | None
    """It has come about by what is measured as down now, cold standbys switched on."""
    between_failures: float | None
    to_repair: float | None
    """Hours."""
    layer: int
    row: float
    """Where it is drawn: layers from the top event on, rows of leaves."""
    same: int | None
    """Drawn in full there."""
    cut: bool
    """What is below it is left out, since the picture is full."""


class FaultTreeOut(Answer):
    """What must fail for a business system to be down; its own failure aside."""

    service: Ref
    parts: list[TreePartOut]
    """The top event first, each after the gate that it is an input of; none where nothing can
    stop the system."""
    text: str
    """What it needs, in the compact text; empty where not all of it is within reach."""
    hidden: bool
    cut: bool


class ItemWeightOut(Answer):
    part: ProofPartOut
    unavailability: float
    between_failures: float
    to_repair: float
    of_type: bool
    """At least one of the two figures is the default of its type."""
    birnbaum: float
    criticality: float
    fussell_vesely: float
    exact: bool
    """False where Fussell–Vesely is an upper bound."""
    raw: float | None
    rrw: float | None


class ServiceFiguresOut(Answer):
    """Steady state. Items without figures count as never failing: with any `missing`, the figures
    say at least how much.
    """

    service: Ref
    told: bool
    """False where not all of it is within reach: then there are no figures."""
    items: int
    """That can fail."""
    missing: list[Ref]
    more_missing: int
    unavailability: float | None
    low: float | None
    high: float | None
    minutes_per_year: float | None
    switching: float | None
    switches_per_year: float | None
    weights: list[ItemWeightOut]
    """The greatest Fussell–Vesely first."""
    by_order: list[int] | None
    """Minimal cut sets of one item, two, and so on."""
    exact: bool
    complete_to: int | None


class TreeFileForm(Body):
    max_order: Annotated[int, Field(ge=1, le=MOST_ORDER)] = 2


class MatchedOut(Answer):
    event: str
    item: Ref


class ReadTopOut(Answer):
    name: str
    sets: list[list[str]]
    """Minimal cut sets, the smallest first."""
    more: bool
    by_order: list[int]
    complete_to: int
    """The order up to which none is missing."""


class ReadTreeOut(Answer):
    """What a file says; nothing of it is kept."""

    matched: list[MatchedOut]
    """Events called by the key of an item, or by a name that no other item has."""
    unmatched: list[str]
    events: int
    tops: list[ReadTopOut]
    more_tops: int
