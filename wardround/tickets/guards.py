"""Whether somebody may take a transition of a ticket now, and what is told when not."""

from __future__ import annotations

from wardround.kernel.types import Actor
from wardround.kernel.wording import Label, Wording, untranslated
from wardround.schema.expressions import Kind
from wardround.schema.lifecycle import StateCategory, Transition
from wardround.tickets import models, opening, permissions
from wardround.tickets.types import LineKind, TicketType


def may(actor: Actor, transition: Transition) -> bool:
    """Whether the actor has the transition's own right; the platform's are nobody's."""
    if transition.right == permissions.AUTOMATIC:
        return False
    return transition.right is None or actor.holds(transition.right)


def acceptance(actor: Actor, ticket: models.Ticket, ticket_type: TicketType) -> Transition | None:
    """The step by which whoever takes a new ticket gets it; None where none waits for it."""
    if ticket.category != StateCategory.NEW:
        return None
    ways = (
        way
        for way in ticket_type.cycle.leaving(ticket.state)
        if way.name in ticket_type.takes and may(actor, way)
    )
    return next(ways, None)


def taken_before(ticket: models.Ticket) -> frozenset[str]:
    """The transitions that the ticket took before; one statement."""
    moved = models.LogLine.objects.filter(ticket=ticket, kind=LineKind.STATE)
    return frozenset(moved.values_list("data__transition__name", flat=True))


def values_of(ticket: models.Ticket) -> dict[str, object]:
    """What a guard sees: the form's fields and what every ticket has."""
    return {
        **ticket.fields,
        "type": ticket.type,
        "importance": ticket.importance,
        "impact": ticket.impact,
        "urgency": ticket.urgency,
        "severity": ticket.severity,
        "rule": ticket.rule,
        "item_type": Kind(ticket.item_type, opening.lineage(ticket.item_type)),
        "level": ticket.level,
        "sla": ticket.sla,
        "assigned": ticket.assignee is not None,
        "opened_at": ticket.opened_at,
    }


def why_not(transition: Transition) -> Label:
    """What is told when a guard does not hold; without words of its own, the guard itself."""
    return transition.why_not or Label.parse(transition.guard.source if transition.guard else "")


def no_right() -> Wording:
    return Wording(untranslated("You do not have the right that this needs."))
