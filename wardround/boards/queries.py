"""Boards: each is put together from the doors of other rooms by a fixed number of statements.

Whoever may look at boards sees on them what they are made of, as far as his boards reach.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from wardround.alerts import queries as alerts
from wardround.boards.types import (
    CLOCKED,
    InformationBoard,
    Node,
    StatusBoard,
    SystemsBoard,
    SystemState,
)
from wardround.cmdb import queries as cmdb
from wardround.cmdb.types import ABNORMAL, WORST_FIRST, Condition, ItemFilters
from wardround.impact import queries as impact
from wardround.impact.types import URGENCY
from wardround.kernel.reach import Reach
from wardround.schema import queries as schema
from wardround.tickets import queries as tickets
from wardround.tickets.types import TicketFilter
from wardround.worktime.types import Colour


def information(
    reach: Reach, wanted: TicketFilter, *, at: datetime, limit: int, cursor: str | None
) -> InformationBoard:
    """Open tickets: worst colour first, in it the highest level, in that what is due first."""
    page = tickets.tickets(
        reach,
        replace(wanted, open=True),
        at=at,
        limit=limit,
        cursor=cursor,
        sort=tickets.WORST,
    )
    counted = tickets.colour_counts(reach, at=at)
    counts: dict[Colour, int] = {colour: counted[colour] for colour in CLOCKED}
    return InformationBoard(
        tickets=page.items,
        next=page.next,
        counts=counts,
        storms=tickets.storms(reach),
        untaken_alerts=tickets.untaken(reach),
        update_losses=_update_losses(reach, at),
        as_of=at,
    )


def _update_losses(reach: Reach, at: datetime) -> int:
    """It counts things anywhere: nothing for who sees a part."""
    if not reach.everything:
        return 0
    return len(schema.lost_by_updates(schema.losses_told_since(at)))


def status(
    reach: Reach, wanted: ItemFilters, *, at: datetime, limit: int, cursor: str | None
) -> StatusBoard:
    """Abnormal items, or those in the conditions wanted, worst first, with who works on them."""
    page = cmdb.list_items(
        reach,
        replace(wanted, conditions=wanted.conditions or ABNORMAL),
        limit=limit,
        cursor=cursor,
        sort="condition",
    )
    ids = [item.id for item in page.items]
    wrong = alerts.open_alerts(reach, ids)
    alerted = {alert.id: item for item, several in wrong.items() for alert in several}
    worked_on = tickets.open_by_item(reach, ids, alerted, at=at)
    nodes = tuple(
        Node(item, wrong.get(item.id, ()), worked_on.get(item.id, ())) for item in page.items
    )
    counted = cmdb.condition_counts(reach)
    counts = {condition: counted.get(condition, 0) for condition in Condition}
    return StatusBoard(nodes, page.next, counts, at)


def systems(reach: Reach, *, at: datetime) -> SystemsBoard:
    """Every business system within reach: the worst by what it needs and what is measured of it
    first, then by class, then by name.
    """
    alerts_open = alerts.open_by_system(reach)
    tickets_open = tickets.open_by_system(reach, at=at)
    found = []
    for now in impact.services_now(reach, cmdb.systems(reach)).values():
        system = now.item
        held = tickets_open.get(system.id)
        found.append(
            SystemState(
                item=system,
                now=now,
                open_alerts=alerts_open.get(system.id, 0),
                open_tickets=held.open if held else 0,
                worst_colour=held.worst if held else Colour.NONE,
            )
        )
    return SystemsBoard(tuple(sorted(found, key=_urgency)), at)


def _urgency(state: SystemState) -> tuple[int, int, str, str]:
    importance = state.item.importance or "Z"
    judged = WORST_FIRST.index(state.now.judged)
    return judged, URGENCY[state.now.state], importance, state.item.name
