"""Storms as rows: in which of them each ticket is that an alert opened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from wardround.kernel.reach import Reach
from wardround.tickets import models, storms
from wardround.tickets.types import Storm

_LOCK = 0x5741_5244_0501
FEWEST = 3
"""So many open tickets are shown as one; two cards say more than a group that must be opened."""


def place(tickets: Sequence[models.Ticket]) -> None:
    """Put new tickets that alerts opened into the storms they belong to; three statements.

    One transaction after the other: whoever comes second sees what the first has put. The rows of
    tickets are left alone, so that nobody's edit waits for it.
    """
    fresh = [_opened(ticket) for ticket in tickets if ticket.fingerprint is not None]
    if not fresh:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    moments = [ticket.at for ticket in fresh]
    known = _around(min(moments), max(moments))
    at = {ticket.ticket: ticket.at for ticket in (*known, *fresh)}
    models.StormPlace.objects.bulk_create(
        [
            models.StormPlace(ticket_id=ticket, storm=storm, at=at[ticket])
            for ticket, storm in storms.gathered(known, fresh).items()
        ],
        update_conflicts=True,
        unique_fields=["ticket"],
        update_fields=["storm"],
    )


def _around(first: datetime, last: datetime) -> list[storms.Opened]:
    """What is close enough to a ticket of these moments, ended tickets too: a storm stays one when
    the ticket that joined its parts is resolved.
    """
    span = 2 * storms.SPAN  # a storm that reaches into the span is read whole
    rows = models.StormPlace.objects.filter(at__gte=first - span, at__lte=last + span)
    found = rows.values_list("ticket", "at", "ticket__systems", "ticket__item", "storm")
    return [
        storms.Opened(ticket, at, _touches(systems, item), storm)
        for ticket, at, systems, item, storm in found.order_by("ticket")
    ]


def _opened(ticket: models.Ticket) -> storms.Opened:
    return storms.Opened(ticket.id, ticket.opened_at, _touches(ticket.systems, ticket.item))


def _touches(systems: Sequence[UUID], item: UUID | None) -> frozenset[UUID]:
    return frozenset(systems) | ({item} if item else frozenset())


def shown(reach: Reach) -> tuple[Storm, ...]:
    """The storms of which at least `FEWEST` tickets within reach are open; one statement."""
    seen = models.visible(reach).filter(open=True)
    rows = models.StormPlace.objects.filter(ticket__in=seen).order_by("at", "ticket")
    members: dict[UUID, list[tuple[UUID, datetime]]] = defaultdict(list)
    for storm, ticket, at in rows.values_list("storm", "ticket", "at"):
        members[storm].append((ticket, at))
    return tuple(
        Storm(storm, tuple(ticket for ticket, _at in held), held[0][1], held[-1][1])
        for storm, held in members.items()
        if len(held) >= FEWEST
    )
