"""Opening a ticket by hand, or by a program that may ask twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from hashlib import blake2s
from uuid import UUID

from django.db import transaction

from wardround.kernel.ids import new_id
from wardround.kernel.reach import reach
from wardround.kernel.secrets import derived_key
from wardround.kernel.types import Actor
from wardround.schema import queries as schema
from wardround.schema.attributes import defaults, sealed, validated
from wardround.tickets import catalogue, errors, models, opening, permissions, references
from wardround.tickets.actions import writing
from wardround.tickets.types import Grade, OpenTicket


@transaction.atomic
def open_ticket(actor: Actor, report: OpenTicket, *, at: datetime) -> UUID:
    """Open what somebody reports; level, assignee and clocks follow from the definitions."""
    schema.hold()
    ticket_type = catalogue.ticket_type(report.type)
    title = writing.text_of(report.title, "title")
    actor.require(permissions.OPEN)
    ticket_id = new_id()
    if report.request and (opened := _opened_before(actor, report, ticket_id)):
        return opened
    subject = writing.subject_for(report.item, reach(actor, permissions.OPEN))
    writing.refuse(writing.grade_problems({"impact": report.impact, "urgency": report.urgency}))
    usual = defaults(ticket_type.fields)
    checked = validated(ticket_type.fields, {**usual, **report.fields}, prefix=writing.FIELDS)
    inside = reach(actor, permissions.OPEN)
    named, unfit = references.resolved(ticket_type, checked.values, {}, inside)
    state = ticket_type.cycle.state(ticket_type.cycle.initial)
    given = {name: value for name, value in checked.values.items() if name in report.fields}
    writing.refuse([*checked.problems, *unfit, *writing.fixed_fields(state, given, usual)])
    draft = opening.TicketDraft(
        id=ticket_id,
        type=ticket_type,
        title=title,
        at=at,
        description=report.description.strip(),
        item=report.item,
        fields=sealed(ticket_type.fields, named, {}),
        impact=report.impact or Grade.MEDIUM,
        urgency=report.urgency or Grade.MEDIUM,
    )
    subjects = {subject.item.id: subject} if subject else {}
    return opening.open_drafts(actor, [draft], subjects, at)[0].id


def _opened_before(actor: Actor, report: OpenTicket, ticket_id: UUID) -> UUID | None:
    """The ticket that this request opened when it was sent before; else the request is claimed for
    the new one. Of two at once the second waits here until the first is done.
    """
    told = repr(replace(report, request="")).encode()
    digest = blake2s(told, key=derived_key("tickets.request")).hexdigest()
    if models.Request.claim(actor.id, report.request, ticket_id, digest):
        return None
    known = models.Request.objects.get(account=actor.id, key=report.request)
    if known.digest != digest:
        number = models.Ticket.objects.values_list("number", flat=True).get(id=known.ticket)
        raise errors.RequestReused(field="Idempotency-Key", key=report.request, number=number)
    return known.ticket
