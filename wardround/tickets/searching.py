"""Tickets found by what somebody types: by number and title, closed ones too."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from wardround.kernel.finding import (
    MOST_COUNTED,
    Asked,
    Candidate,
    Found,
    Hit,
    Match,
    Searched,
    chosen,
    texts_of_name,
)
from wardround.kernel.reach import Reach, reach
from wardround.kernel.types import Actor
from wardround.kernel.wording import Label
from wardround.tickets import models, rows
from wardround.tickets.permissions import READ
from wardround.tickets.types import Ticket

_NEWEST = 2_000
"""Of so many tickets, titles that sound so or are only alike are found."""


def _find(actor: Actor, asked: Asked, limit: int, at: datetime) -> Found:
    """Tickets within the actor's reach, of those that match alike the newest first."""
    seen = reach(actor, READ)
    condition = Q()
    for word in asked.words:
        condition &= Q(number__icontains=word.text) | Q(title__says=word.text)
    matching = _read(seen, condition, MOST_COUNTED + 1)
    candidates = {**_read(seen, Q(), _NEWEST), **matching}
    newest = sorted(candidates.values(), key=lambda each: each.thing, reverse=True)
    found = chosen(asked, newest, limit)
    shown = _shown(seen, [id_ for id_, _match in found.best], at)
    hits = tuple(_hit(shown[id_], match) for id_, match in found.best if id_ in shown)
    return Found(hits, min(found.total, MOST_COUNTED), len(matching) > MOST_COUNTED)


def _read(seen: Reach, condition: Q, most: int) -> dict[UUID, Candidate[UUID]]:
    """The newest tickets within reach that the condition holds of; one statement."""
    found = models.visible(seen).filter(condition).order_by("-id")[:most]
    return {
        id_: Candidate(id_, title, texts_of_name(title, number))
        for id_, number, title in found.values_list("id", "number", "title")
    }


def _shown(seen: Reach, ids: list[UUID], at: datetime) -> dict[UUID, Ticket]:
    found = models.visible(seen).filter(id__in=ids).prefetch_related("clocks")
    return {ticket.id: ticket for ticket in rows.tickets(list(found), seen, at)} if ids else {}


def _hit(ticket: Ticket, match: Match) -> Hit:
    return Hit(
        id=str(ticket.id),
        name=f"{ticket.number} {ticket.title}",
        note=ticket.state_label,
        match=match,
        mark=ticket.colour,
    )


TICKETS = Searched(
    name="tickets",
    scope="tickets",
    label=Label("工单", "Tickets"),
    needs=READ,
    find=_find,
    order=3,
)
