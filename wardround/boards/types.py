"""What boards show."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from wardround.alerts.types import Alert
from wardround.cmdb.types import Condition, Importance, Item
from wardround.impact.types import ServiceNow
from wardround.tickets.types import ItemTicket, Storm, Ticket
from wardround.worktime.types import Colour

CLOCKED = (Colour.BLACK, Colour.RED, Colour.YELLOW, Colour.GREEN, Colour.GREY)
"""Colours that the information board counts, worst first."""


@dataclass(frozen=True, slots=True)
class InformationBoard:
    """Open tickets, worst colour first, and how many have each colour (信息看板)."""

    tickets: tuple[Ticket, ...]
    next: str | None
    counts: Mapping[Colour, int]
    storms: tuple[Storm, ...]
    """Which of them belong together; of tickets on later pages and outside the filter, too."""
    untaken_alerts: int
    """Open alerts that no row of `alert-ticket` takes: they have no ticket, and none says so."""
    update_losses: int
    """How often an update of the product's packs took something from what lives here lately."""
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Node:
    """One abnormal item, what is wrong with it and who works on it."""

    item: Item
    alerts: tuple[Alert, ...]
    tickets: tuple[ItemTicket, ...]


@dataclass(frozen=True, slots=True)
class StatusBoard:
    """Abnormal items, worst first (状态看板)."""

    nodes: tuple[Node, ...]
    next: str | None
    counts: Mapping[Condition, int]
    as_of: datetime


@dataclass(frozen=True, slots=True)
class SystemState:
    """A business system, what is open for it and how its parts are."""

    item: Item
    now: ServiceNow
    """What the failures of now do to it, by what it needs."""
    open_alerts: int
    open_tickets: int
    worst_colour: Colour


@dataclass(frozen=True, slots=True)
class SystemsBoard:
    """Every business system, worst first (业务系统看板)."""

    systems: tuple[SystemState, ...]
    as_of: datetime

    def narrowed(
        self, importances: Collection[Importance], conditions: Collection[Condition]
    ) -> SystemsBoard:
        """The same with only the systems of these classes and in these conditions; none: of all."""
        chosen = (
            state
            for state in self.systems
            if (not importances or state.item.importance in importances)
            and (not conditions or state.item.condition in conditions)
        )
        return replace(self, systems=tuple(chosen))
