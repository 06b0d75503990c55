"""Taking several tickets at once, each by an act of its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from wardround.kernel import clock
from wardround.kernel.errors import WardroundError
from wardround.kernel.reach import reach
from wardround.kernel.types import Actor
from wardround.schema import queries as schema
from wardround.schema.lifecycle import StateCategory
from wardround.tickets import errors, guards, models, permissions, pins
from wardround.tickets.actions.people import move
from wardround.tickets.types import Accepted, Move, Refused


def accept(actor: Actor, tickets: Iterable[UUID]) -> Accepted:
    """Take these tickets. A refusal says why and leaves the others taken; each has its own moment,
    since the last of many waits for those before it.
    """
    accepted, refused = [], []
    for ticket in dict.fromkeys(tickets):
        try:
            _accept(actor, ticket, at=clock.now())
        except WardroundError as refusal:
            refused.append(Refused(ticket, str(refusal)))
        else:
            accepted.append(ticket)
    return Accepted(tuple(accepted), tuple(refused))


@transaction.atomic
def _accept(actor: Actor, ticket_id: UUID, *, at: datetime) -> None:
    schema.hold()
    seen = models.visible(reach(actor, permissions.READ)).select_for_update()
    ticket = seen.filter(id=ticket_id).first()
    if ticket is None:
        raise errors.NoSuchTicket
    ticket_type = pins.followed(ticket)
    leaving = ticket_type.cycle.leaving(ticket.state)
    ways = [way for way in leaving if way.name in ticket_type.takes and guards.may(actor, way)]
    if ticket.category != StateCategory.NEW or not ways:
        state = pins.pinned(ticket).state_label.text()
        raise errors.NothingToAccept(number=ticket.number, state=state)
    move(actor, ticket_id, Move(ways[0].name), at=at)
