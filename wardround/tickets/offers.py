"""What can be done with several chosen tickets at once, and with which of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from wardround.kernel.reach import reach
from wardround.kernel.types import Actor
from wardround.schema.lifecycle import Transition, permits
from wardround.schema.types import Attribute
from wardround.tickets import guards, models, permissions, pins
from wardround.tickets.types import Offered, TicketType, WayOfMany


@dataclass(slots=True)
class _Shared:
    """A transition as the tickets seen so far have it; those of several types may."""

    way: Transition
    comment: bool = False
    tickets: list[UUID] = field(default_factory=list)
    fields: dict[str, Attribute] = field(default_factory=dict)

    def take(self, ticket: models.Ticket, way: Transition, ticket_type: TicketType) -> None:
        self.tickets.append(ticket.id)
        self.comment = self.comment or way.comment
        required = (ticket_type.field(name) for name in ticket_type.cycle.required(way))
        for attribute in required:
            if attribute is not None:
                self.fields.setdefault(attribute.name, attribute)


def offered(actor: Actor, tickets: Collection[UUID], *, at: datetime) -> Offered:
    """Of each act those of these tickets with which it would be done now; one statement. Tickets
    out of reach are passed over.
    """
    seen = models.visible(reach(actor, permissions.READ)).filter(id__in=set(tickets))
    rows = list(seen.order_by("number"))
    work, items = reach(actor, permissions.WORK), {row.item for row in rows if row.item}
    assign, comment = reach(actor, permissions.ASSIGN), reach(actor, permissions.COMMENT)
    for each in (work, assign, comment):
        each.look_at(items)
    workable = [row for row in rows if work.covers(row.item, row.systems)]
    accept, ways = _steps(actor, workable, at)
    return Offered(
        accept=accept,
        assign=tuple(r.id for r in rows if r.open and assign.covers(r.item, r.systems)),
        comment=tuple(row.id for row in rows if comment.covers(row.item, row.systems)),
        ways=ways,
    )


def _steps(
    actor: Actor, rows: Iterable[models.Ticket], at: datetime
) -> tuple[tuple[UUID, ...], tuple[WayOfMany, ...]]:
    """Which can be accepted, and the other steps by how many can take them."""
    accept: list[UUID] = []
    shared: dict[str, _Shared] = {}
    for row in rows:
        ticket_type = pins.pinned(row).type
        if ticket_type is None:
            continue
        acceptance = guards.acceptance(actor, row, ticket_type)
        for way in ticket_type.cycle.leaving(row.state):
            if not _possible(actor, row, way, at):
                continue
            if way == acceptance:
                accept.append(row.id)
            else:
                shared.setdefault(way.name, _Shared(way)).take(row, way, ticket_type)
    # A sort keeps the order of equals: the main step of a state stays before the others.
    most_first = sorted(shared.values(), key=lambda found: -len(found.tickets))
    return tuple(accept), tuple(
        WayOfMany(
            name=found.way.name,
            label=found.way.label,
            tickets=tuple(found.tickets),
            fields=tuple(found.fields.values()),
            comment=found.comment,
        )
        for found in most_first
    )


def _possible(actor: Actor, row: models.Ticket, way: Transition, at: datetime) -> bool:
    return guards.may(actor, way) and permits(way, guards.values_of(row), at=at)
