"""Changing tickets that are locked: moving them along their life cycle, and what follows from it.

Nothing here checks a permission or opens a transaction; actions do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from wardround.kernel.types import Actor
from wardround.schema.lifecycle import StateCategory, Transition
from wardround.schema.types import Label
from wardround.tickets import clocks, models
from wardround.tickets.opening import publish
from wardround.tickets.signals import TicketChanged, ticket_changed
from wardround.tickets.types import ENDED, GOES_ON, LineKind, TicketType

_STATE_FIELDS = ("state", "category", "open", "resolved_at", "closed_at", "updated_at", "version")


def moment(ticket: models.Ticket, at: datetime) -> datetime:
    """When a change of a locked ticket counts: never before its last one, so that its log stays in
    order. Who waited for another's change while time went on comes after it.
    """
    return max(ticket.updated_at, at)


def named(label: Label, name: str) -> dict[str, str]:
    """A definition's name and label as a line keeps them."""
    return {"name": name, "zh": label.zh, "en": label.en}


def line(  # noqa: PLR0913  # a line has this many parts; all are named
    ticket: models.Ticket,
    kind: LineKind,
    *,
    actor: Actor,
    at: datetime,
    text: str = "",
    data: Mapping[str, Any] | None = None,
) -> models.LogLine:
    """A line about a ticket, not saved yet."""
    return models.LogLine(
        ticket=ticket,
        at=at,
        kind=kind,
        actor=actor.id,
        actor_name=actor.name,
        text=text,
        data=dict(data or {}),
    )


def field_line(  # noqa: PLR0913
    ticket: models.Ticket,
    field: Mapping[str, str],
    old: object,
    new: object,
    *,
    actor: Actor,
    at: datetime,
) -> models.LogLine:
    """A line about what changed of a ticket, not saved yet."""
    told = {"field": field["name"], "label": dict(field), "old": old, "new": new}
    return line(ticket, LineKind.FIELD, actor=actor, at=at, data=told)


def move(  # noqa: PLR0913
    ticket: models.Ticket,
    ticket_type: TicketType,
    transition: Transition,
    *,
    actor: Actor,
    at: datetime,
    comment: str = "",
) -> models.LogLine:
    """Put the ticket into the transition's target; the line that tells it, not saved yet."""
    before, after = (
        ticket_type.cycle.state(ticket.state),
        ticket_type.cycle.state(transition.target),
    )
    ticket.state, ticket.category = after.name, after.category.value
    ticket.open = after.category not in ENDED
    _set_ends(ticket, after.category, at)
    told = line(
        ticket,
        LineKind.STATE,
        actor=actor,
        at=at,
        text=comment,
        data={
            "transition": named(transition.label, transition.name),
            "from": named(before.label, before.name),
            "to": named(after.label, after.name),
        },
    )
    told.state, told.category = ticket.state, ticket.category
    return told


def _set_ends(ticket: models.Ticket, category: StateCategory, at: datetime) -> None:
    if category is StateCategory.CLOSED:
        ticket.closed_at = at
        ticket.resolved_at = ticket.resolved_at or at
    elif category is StateCategory.RESOLVED:
        ticket.resolved_at, ticket.closed_at = ticket.resolved_at or at, None
    else:
        ticket.resolved_at = ticket.closed_at = None


def settle(
    tickets: Sequence[models.Ticket],
    lines: Iterable[models.LogLine],
    *,
    actor: Actor,
    at: datetime,
    changed: Iterable[str] = (),
) -> None:
    """Save the lines, read every clock again, save the tickets, announce.

    Args:
        tickets: those that changed; locked.
        lines: what is told of them, in order.
        actor: who changed them.
        at: now; every clock is read at this moment, or at that of the newest line if it is later.
        changed: columns that changed beside those of state and clocks.

    """
    told = list(lines)
    models.LogLine.objects.bulk_create(told)
    _read_clocks(tickets, told, actor, max([at, *(line.at for line in told)]))
    newest = {line.ticket_id: line for line in told}
    for ticket in tickets:
        ticket.version += 1
        if ticket.id in newest:
            ticket.updated_at = max(ticket.updated_at, newest[ticket.id].at)
    columns = {*_STATE_FIELDS, *clocks.CLOCK_FIELDS, *changed}
    models.Ticket.objects.bulk_update(tickets, sorted(columns))
    ticket_changed.send_many(
        [
            TicketChanged(ticket.id, newest[ticket.id].kind, ticket.state, newest[ticket.id].at)
            for ticket in tickets
            if ticket.id in newest
        ]
    )
    publish(tickets)


def tell(ticket: models.Ticket, told: models.LogLine) -> None:
    """Save a line that changes nothing but the timeline: neither clocks nor the version."""
    told.save()
    ticket.updated_at = told.at
    ticket.save(update_fields=["updated_at"])
    ticket_changed.send(TicketChanged(ticket.id, told.kind, ticket.state, told.at))
    publish([ticket])


def _read_clocks(
    tickets: Sequence[models.Ticket], told: Sequence[models.LogLine], actor: Actor, at: datetime
) -> None:
    ids = [ticket.id for ticket in tickets]
    before = clocks.rounds_of(ids)
    ended = {_round_of(row): row.stopped_at for several in before.values() for row in several}
    rows = clocks.read(tickets, clocks.logs_of(ids), at, before)
    clocks.save(rows)
    acts = {(line.ticket_id, line.at): line for line in told if line.kind == LineKind.STATE}
    models.LogLine.objects.bulk_create(
        _clock_line(row, moment, acts.get((row.ticket_id, moment)), actor)
        for several in rows.values()
        for row in several
        if row.stopped_at != (before_this := ended.get(_round_of(row)))
        and (moment := row.stopped_at or (before_this and at)) is not None
    )


def _round_of(row: models.Clock) -> tuple[object, ...]:
    return (row.ticket_id, row.name, row.round)


def _clock_line(
    row: models.Clock, at: datetime, act: models.LogLine | None, actor: Actor
) -> models.LogLine:
    """Tells what became of a promise, or that it is one again, when it is due, and by which act."""
    told = {
        "clock": named(Label(row.label_zh, row.label_en), row.name),
        "round": row.round,
        "outcome": row.outcome or GOES_ON,
        "due_at": row.black_at.isoformat() if row.black_at else None,
        "act": act.data["transition"] if act else None,
    }
    return line(row.ticket, LineKind.CLOCK, actor=actor, at=at, data=told)


def locked(ids: Iterable[UUID]) -> list[models.Ticket]:
    """Rows locked until the end of the transaction, always in the same order."""
    found = models.Ticket.objects.select_for_update().filter(id__in=list(ids)).order_by("id")
    return list(found)
