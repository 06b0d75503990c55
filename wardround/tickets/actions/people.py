"""What people do with tickets."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from wardround.access import queries as access
from wardround.kernel import audit
from wardround.kernel.errors import NotFound
from wardround.kernel.reach import reach
from wardround.kernel.typed_text import typed
from wardround.kernel.types import Actor
from wardround.schema import queries as schema
from wardround.schema.lifecycle import Transition, permits
from wardround.tickets import (
    changes,
    errors,
    guards,
    levels,
    models,
    permissions,
    pins,
)
from wardround.tickets.actions import writing
from wardround.tickets.types import (
    LineKind,
    Move,
    Retarget,
    TicketType,
    Update,
)
from wardround.worktime import queries as worktime

_FIELDS = "fields."


@transaction.atomic
def move(actor: Actor, ticket_id: UUID, wanted: Move, *, at: datetime) -> None:
    """Carry out a transition with the fields and the comment it asks for."""
    schema.hold()
    ticket = _lock_for(actor, ticket_id, permissions.WORK, wanted.version)
    ticket_type = pins.followed(ticket)
    transition = _transition(actor, ticket, ticket_type, wanted.name)
    moment, facts = changes.moment(ticket, at), levels.facts_of(ticket)
    lines = writing.write_fields(ticket, ticket_type, wanted.fields, actor=actor, at=moment)
    writing.refuse_missing(ticket_type, transition, ticket, wanted.fields)
    lines += levels.decide_if_changed(ticket, facts, actor=actor, at=moment)
    comment = typed(wanted.comment)
    if transition.comment and not comment:
        raise errors.CommentMissing(field="comment")
    if not permits(transition, guards.values_of(ticket), at=moment):
        raise errors.NotNow(why=guards.why_not(transition).text())
    if wanted.name in ticket_type.takes and ticket.assignee != actor.id:
        lines += [writing.assigned(ticket, actor.id, actor.name, actor=actor, at=moment)]
    before = ticket.state
    lines.append(
        changes.move(ticket, ticket_type, transition, actor=actor, at=moment, comment=comment)
    )
    _settle(ticket, lines, actor, moment)
    audit.record(
        actor,
        "ticket.move",
        subject=("ticket", ticket.id),
        number=ticket.number,
        transition=transition.name,
        before=before,
        after=ticket.state,
        fields=sorted(wanted.fields),
    )


@transaction.atomic
def update(actor: Actor, ticket_id: UUID, wanted: Update, *, at: datetime) -> None:
    """Change title, fields, grades or item; what decides the level decides it again."""
    schema.hold()
    ticket = _lock_for(actor, ticket_id, permissions.WORK, wanted.version)
    ticket_type = pins.followed(ticket)
    moment, facts = changes.moment(ticket, at), levels.facts_of(ticket)
    lines = writing.write_standard(ticket, wanted, actor=actor, at=moment)
    lines += writing.write_item(ticket, wanted, actor=actor, at=moment)
    lines += writing.write_fields(ticket, ticket_type, wanted.fields, actor=actor, at=moment)
    if not lines:
        return
    lines += levels.decide_if_changed(ticket, facts, actor=actor, at=moment)
    _settle(ticket, lines, actor, moment)
    audit.record(
        actor,
        "ticket.update",
        subject=("ticket", ticket.id),
        number=ticket.number,
        changed=[line.data.get("field") for line in lines],
    )


@transaction.atomic
def assign(actor: Actor, ticket_id: UUID, account: UUID | None, *, at: datetime) -> None:
    """Give the ticket to an account, or to nobody. Taking it oneself is ordinary work."""
    schema.hold()
    needed = permissions.WORK if account == actor.id else permissions.ASSIGN
    ticket = _lock_for(actor, ticket_id, needed)
    if account == ticket.assignee:
        return
    name = _name_of(account, ticket) if account else ""
    moment = changes.moment(ticket, at)
    line = writing.assigned(ticket, account, name, actor=actor, at=moment)
    _settle(ticket, [line], actor, moment)
    audit.record(
        actor,
        "ticket.assign",
        subject=("ticket", ticket.id),
        number=ticket.number,
        to=str(account) if account else None,
    )


@transaction.atomic
def comment(actor: Actor, ticket_id: UUID, text: str, *, at: datetime) -> None:
    """Say something about the ticket. Nobody else's change is refused because of it."""
    said = writing.text_of(text, "text")
    ticket = _lock_for(actor, ticket_id, permissions.COMMENT)
    moment = changes.moment(ticket, at)
    line = changes.line(ticket, LineKind.COMMENT, actor=actor, at=moment, text=said)
    changes.tell(ticket, line)
    audit.record(actor, "ticket.comment", subject=("ticket", ticket.id), number=ticket.number)


@transaction.atomic
def retarget(actor: Actor, ticket_id: UUID, wanted: Retarget, *, at: datetime) -> None:
    """Set the time limits anew: what the level says today counts for the whole log, results too.

    The only way to change what a clock came to; the old results stay in the timeline.
    """
    schema.hold()
    reason = writing.text_of(wanted.reason, "reason")
    ticket = _lock_for(actor, ticket_id, permissions.RETARGET, wanted.version)
    moment = changes.moment(ticket, at)
    lines = levels.decide(ticket, actor=actor, at=moment)
    if worktime.agreement(ticket.sla) is None:
        raise errors.NothingPromised
    lines.append(levels.retarget(ticket, reason, actor=actor, at=moment))
    _settle(ticket, lines, actor, moment)
    audit.record(
        actor,
        "ticket.retarget",
        subject=("ticket", ticket.id),
        number=ticket.number,
        reason=reason,
        level_row=ticket.level_row,
    )


# Fetching is the check ---------------------------------------------------------------------------


def _lock_for(
    actor: Actor, ticket_id: UUID, needed: str, version: int | None = None
) -> models.Ticket:
    """The ticket, locked, if this actor may see it and do this to it."""
    seen = models.visible(reach(actor, permissions.READ)).select_for_update()
    ticket = seen.filter(id=ticket_id).first()
    if ticket is None:
        raise errors.NoSuchTicket
    if not reach(actor, needed).covers(ticket.item, ticket.systems):
        raise errors.MayNot(permission=needed)
    if version is not None and version != ticket.version:
        raise errors.ChangedMeanwhile(present=ticket.version, given=version, field="version")
    return ticket


def _name_of(account: UUID, ticket: models.Ticket) -> str:
    """What somebody is called who may work on the ticket; nobody else can be given it."""
    try:
        found = access.actor_for(account)
    except NotFound:
        raise errors.NoSuchAccount(field="account") from None
    if not reach(found, permissions.READ).covers(ticket.item, ticket.systems):
        raise errors.NoSuchAccount(field="account")
    if not reach(found, permissions.WORK).covers(ticket.item, ticket.systems):
        raise errors.CannotWork(field="account", name=found.name)
    return found.name


def _transition(
    actor: Actor, ticket: models.Ticket, ticket_type: TicketType, name: str
) -> Transition:
    found = ticket_type.cycle.transition(ticket.state, name)
    if found is None:
        possible = [
            transition.name
            for transition in ticket_type.cycle.leaving(ticket.state)
            if guards.may(actor, transition)
        ]
        raise errors.NoSuchTransition(
            field="name", given=name, state=ticket.state, known=", ".join(possible) or "–"
        )
    if not guards.may(actor, found):
        raise errors.MayNot(permission=found.right)
    return found


_WRITTEN = (
    "title", "fields", "impact", "urgency", "importance", "item", "item_type", "systems",
    *levels.FIELDS, "assignee",
)  # fmt: skip


def _settle(ticket: models.Ticket, lines: list[models.LogLine], actor: Actor, at: datetime) -> None:
    changes.settle([ticket], lines, actor=actor, at=at, changed=_WRITTEN)
