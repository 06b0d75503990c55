"""One act on several tickets, with each by itself: who is refused one has the others."""

from __future__ import annotations

import logging
from hashlib import blake2s
from uuid import UUID

from django.db import DatabaseError, transaction

from wardround.kernel import clock
from wardround.kernel.errors import WardroundError
from wardround.kernel.reach import reach
from wardround.kernel.secrets import derived_key
from wardround.kernel.types import Actor
from wardround.kernel.wording import listed
from wardround.schema import queries as schema
from wardround.tickets import errors, guards, models, permissions, pins
from wardround.tickets.actions.people import assign, comment, move
from wardround.tickets.actions.writing import FIELDS
from wardround.tickets.types import Accept, Act, ActedOn, ActOnMany, Assign, Comment, Move, Refused

logger = logging.getLogger(__name__)


def act_on_many(actor: Actor, wanted: ActOnMany) -> ActedOn:
    """Do it with each of these tickets, in this order. A refusal says why and leaves the others.

    Nothing that befalls one ticket, the store's own troubles either, takes from the sender the
    answer of what was done with those before it.
    """
    actor.require(_needed(actor, wanted.act))
    done, refused = [], []
    for ticket in dict.fromkeys(wanted.tickets):
        try:
            _act_on(actor, ticket, wanted)
        except WardroundError as refusal:
            refused.append(Refused(ticket, _why(refusal, ticket)))
        except DatabaseError as trouble:
            logger.exception("an act on ticket %s of many", ticket, exc_info=trouble)
            refused.append(Refused(ticket, str(WardroundError())))
        else:
            done.append(ticket)
    return ActedOn(tuple(done), tuple(refused))


def _needed(actor: Actor, act: Act) -> str:
    """Without this permission the act is no use anywhere; how far it reaches, each ticket says."""
    match act:
        case Comment():
            return permissions.COMMENT
        case Assign(account) if account != actor.id:
            return permissions.ASSIGN
        case _:
            return permissions.WORK


@transaction.atomic
def _act_on(actor: Actor, ticket_id: UUID, wanted: ActOnMany) -> None:
    """The act's moment comes after the lock: the last of many waits for those before it, and any of
    them for whoever holds its ticket.
    """
    schema.hold()
    seen = models.visible(reach(actor, permissions.READ)).select_for_update()
    ticket = seen.filter(id=ticket_id).first()
    if ticket is None:
        raise errors.NoSuchTicket
    if wanted.request and _done_before(actor, ticket, wanted):
        return
    match wanted.act:
        case Accept():
            move(actor, ticket_id, Move(_acceptance(actor, ticket)), at=clock.now())
        case Move() as step:
            move(actor, ticket_id, _of_its_type(step, ticket), at=clock.now())
        case Assign(account):
            assign(actor, ticket_id, account, at=clock.now())
        case Comment(text):
            comment(actor, ticket_id, text, at=clock.now())


def _acceptance(actor: Actor, ticket: models.Ticket) -> str:
    """The step that takes the ticket. Raises NothingToAccept."""
    way = guards.acceptance(actor, ticket, pins.followed(ticket))
    if way is None:
        state = pins.pinned(ticket).state_label.text()
        raise errors.NothingToAccept(number=ticket.number, state=state)
    return way.name


def _of_its_type(step: Move, ticket: models.Ticket) -> Move:
    """The step with the fields that this ticket has: tickets of several types may share it."""
    ticket_type = pins.followed(ticket)
    own = {name: value for name, value in step.fields.items() if ticket_type.field(name)}
    return Move(step.name, own, step.comment)


def _done_before(actor: Actor, ticket: models.Ticket, wanted: ActOnMany) -> bool:
    """Whether this request did it with this ticket when it was sent before; else it is claimed,
    which lasts if the act does. So a request that broke off in the midst goes on where it was.
    """
    told = repr(wanted.act).encode()
    digest = blake2s(told, key=derived_key("tickets.request")).hexdigest()
    name = f"{wanted.request}\n{ticket.id}"  # no header holds a line's end: no other's name
    if models.Request.claim(actor.id, name, ticket.id, digest):
        return False
    if models.Request.objects.get(account=actor.id, key=name).digest != digest:
        raise errors.KeyUsed(field="Idempotency-Key", key=wanted.request, number=ticket.number)
    return True


def _why(refusal: WardroundError, ticket_id: UUID) -> str:
    """In words that stand by themselves: no form is there to tell a field's mistake beside it."""
    if not refusal.problems:
        return str(refusal)
    ticket = models.Ticket.objects.get(id=ticket_id)
    fields = pins.followed(ticket).fields
    called = {f"{FIELDS}{attribute.name}": attribute.label.text() for attribute in fields}
    return listed(
        f"{called.get(problem.field, problem.field)}: {problem.message}"
        for problem in refusal.problems
    )
