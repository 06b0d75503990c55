"""What boards show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from wardround.alerts.types import Alert
from wardround.cmdb.types import Condition, Item
from wardround.tickets.types import ItemTicket, Ticket
from wardround.worktime.types import Colour

ABNORMAL = (Condition.DOWN, Condition.CRITICAL, Condition.WARNING, Condition.MAINTENANCE)
"""Conditions the status board is about. Unknown is not: nobody watches those items."""


@dataclass(frozen=True, slots=True)
class InformationBoard:
    """Open tickets, worst colour first, and how many have each colour (信息看板)."""

    tickets: tuple[Ticket, ...]
    next: str | None
    counts: Mapping[Colour, int]
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Node:
    """One abnormal item, what is wrong with it and who works on it."""

    item: Item
    layer: str
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
    open_alerts: int
    open_tickets: int
    worst_colour: Colour
    parts: int
    parts_abnormal: int


@dataclass(frozen=True, slots=True)
class SystemsBoard:
    """Every business system, worst first (业务系统看板)."""

    systems: tuple[SystemState, ...]
    as_of: datetime
