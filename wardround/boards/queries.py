"""Boards: each is put together from the doors of other rooms by a fixed number of statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from wardround.alerts import permissions as alerts_permissions
from wardround.alerts import queries as alerts
from wardround.boards import permissions
from wardround.boards.types import (
    ABNORMAL,
    InformationBoard,
    Node,
    StatusBoard,
    SystemsBoard,
    SystemState,
)
from wardround.cmdb import permissions as cmdb_permissions
from wardround.cmdb import queries as cmdb
from wardround.cmdb.types import WORST_FIRST, Condition, Item, ItemFilters
from wardround.kernel.types import Actor, Grant
from wardround.schema import queries as schema
from wardround.tickets import permissions as tickets_permissions
from wardround.tickets import queries as tickets
from wardround.tickets.types import TicketFilter
from wardround.worktime.types import Colour

_SHOWN = frozenset({alerts_permissions.READ, cmdb_permissions.READ, tickets_permissions.READ})


def reader(actor: Actor) -> Actor:
    """The actor as other rooms see him here: whoever may look at boards sees on them what they
    are made of, within the scope of his boards, and nothing more.
    """
    grants = (Grant(_SHOWN, actor.scope_of(permissions.READ)),)
    return replace(actor, grants=grants)


def information(
    actor: Actor, wanted: TicketFilter, *, at: datetime, limit: int, cursor: str | None
) -> InformationBoard:
    """Open tickets, worst colour first and within a colour what is due first."""
    scope = tickets.reach(reader(actor), tickets_permissions.READ)
    page = tickets.tickets(
        scope,
        replace(wanted, open=True),
        at=at,
        limit=limit,
        cursor=cursor,
        sort=tickets.WORST,
    )
    counts = tickets.colour_counts(scope, at=at)
    return InformationBoard(page.items, page.next, counts, at)


def status(
    actor: Actor, wanted: ItemFilters, *, at: datetime, limit: int, cursor: str | None
) -> StatusBoard:
    """Abnormal items, or those in the conditions wanted, worst first, with who works on them."""
    seen = reader(actor)
    page = cmdb.list_items(
        seen,
        replace(wanted, conditions=wanted.conditions or ABNORMAL),
        limit=limit,
        cursor=cursor,
        sort="condition",
    )
    ids = [one.id for one in page.items]
    wrong = alerts.open_alerts(seen, ids)
    scope = tickets.reach(seen, tickets_permissions.READ)
    worked_on = tickets.open_by_item(scope, ids, at=at)
    nodes = tuple(
        Node(one, _layer(one), wrong.get(one.id, ()), worked_on.get(one.id, ()))
        for one in page.items
    )
    return StatusBoard(nodes, page.next, cmdb.condition_counts(seen), at)


def _layer(one: Item) -> str:
    known = schema.item_types().get(one.type)
    return known.layer if known else ""


def systems(actor: Actor, *, at: datetime) -> SystemsBoard:
    """Every business system of the scope: worst condition, then class, then name first."""
    seen = reader(actor)
    scope = tickets.reach(seen, tickets_permissions.READ)
    alerts_open = alerts.open_by_system(seen)
    tickets_open = tickets.open_by_system(scope, at=at)
    parts = cmdb.parts_by_system(seen)
    found = []
    for one in cmdb.systems(seen):
        held = tickets_open.get(one.id)
        conditions = parts.get(one.id, {})
        found.append(
            SystemState(
                item=one,
                open_alerts=alerts_open.get(one.id, 0),
                open_tickets=held.open if held else 0,
                worst_colour=held.worst if held else Colour.NONE,
                parts=sum(conditions.values()),
                parts_abnormal=_abnormal(conditions),
            )
        )
    return SystemsBoard(tuple(sorted(found, key=_urgency)), at)


def _abnormal(conditions: Mapping[Condition, int]) -> int:
    return sum(number for condition, number in conditions.items() if condition in ABNORMAL)


def _urgency(one: SystemState) -> tuple[int, str, str]:
    importance = one.item.importance or "Z"
    return WORST_FIRST.index(one.item.condition), importance, one.item.name
