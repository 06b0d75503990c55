"""Parts of a ticket as people write them, and what is refused of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from wardround.kernel.errors import FieldProblem
from wardround.kernel.reach import EVERYTHING, Reach, reach
from wardround.kernel.typed_text import typed
from wardround.kernel.types import Actor
from wardround.schema.attributes import sealed, validated
from wardround.schema.lifecycle import FieldAccess, State, Transition
from wardround.schema.sealing import MASK
from wardround.tickets import (
    changes,
    errors,
    guards,
    models,
    permissions,
    references,
    rows,
)
from wardround.tickets.subjects import Subject, names_of, subjects_of
from wardround.tickets.types import Grade, LineKind, TicketType, Update

FIELDS = "fields."
"""Before the name of a form's field, where a mistake is told."""


def subject_for(item: UUID | None, inside: Reach) -> Subject | None:
    """What the CMDB says of the item; whoever sees some systems only must name one of theirs."""
    if item is None:
        if not inside.everything and not inside.empty:
            raise errors.NoSuchItem(field="item")
        return None
    subject = subjects_of([item]).get(item)
    if subject is None or not inside.covers(item, [ref.id for ref in subject.systems]):
        raise errors.NoSuchItem(field="item")
    return subject


def write_fields(
    ticket: models.Ticket,
    ticket_type: TicketType,
    given: Mapping[str, object],
    *,
    actor: Actor,
    at: datetime,
) -> list[models.LogLine]:
    """Put in the fields that differ; a line for each."""
    state = ticket_type.cycle.state(ticket.state)
    checked = validated(ticket_type.fields, given, prefix=FIELDS, require=False)
    inside = reach(actor, permissions.WORK)
    named, unfit = references.resolved(ticket_type, checked.values, ticket.fields, inside)
    fixed = fixed_fields(state, checked.values, ticket.fields)
    refuse([*checked.problems, *unfit, *fixed])
    lines = []
    said = {name: value for name, value in named.items() if value != MASK}
    kept = sealed(ticket_type.fields, said, ticket.fields)
    for name, value in kept.items():
        attribute, old = ticket_type.field(name), ticket.fields.get(name)
        if old != value and attribute is not None:
            told = changes.named(attribute.label, name)
            before, after = rows.shown(attribute, old), rows.shown(attribute, value)
            lines.append(changes.field_line(ticket, told, before, after, actor=actor, at=at))
    ticket.fields = {**ticket.fields, **kept}
    return lines


def fixed_fields(
    state: State, given: Mapping[str, object], present: Mapping[str, object]
) -> list[FieldProblem]:
    """Fields that are only read, or not even seen, in this state, and would become another."""
    message = _("this field cannot be changed in this state")
    return [
        FieldProblem(f"{FIELDS}{name}", message)
        for name, value in given.items()
        if state.access_to(name) is not FieldAccess.EDIT and present.get(name) != value
    ]


def write_standard(
    ticket: models.Ticket, wanted: Update, *, actor: Actor, at: datetime
) -> list[models.LogLine]:
    given = {"title": wanted.title, "impact": wanted.impact, "urgency": wanted.urgency}
    if wanted.title is not None:
        given["title"] = text_of(wanted.title, "title")
    refuse(grade_problems({name: given[name] or "" for name in ("impact", "urgency")}))
    lines = []
    for name, value in given.items():
        old = getattr(ticket, name)
        if value is not None and value != old:
            setattr(ticket, name, value)
            lines.append(changes.field_line(ticket, {"name": name}, old, value, actor=actor, at=at))
    return lines


def write_item(
    ticket: models.Ticket, wanted: Update, *, actor: Actor, at: datetime
) -> list[models.LogLine]:
    """Link another item: its systems and its class become the ticket's."""
    if wanted.item is None or wanted.item == ticket.item:
        return []
    subject = subject_for(wanted.item, reach(actor, permissions.WORK))
    old = as_told(ticket.item)
    ticket.item = wanted.item
    ticket.systems = [ref.id for ref in subject.systems] if subject else []
    ticket.importance = (subject.importance if subject else None) or ""
    ticket.item_type = subject.type if subject else ""
    known = subject.as_data() if subject else {}
    line = changes.field_line(
        ticket, {"name": "item"}, old, known.pop("item", None), actor=actor, at=at
    )
    line.data.update(known)
    return [line]


def as_told(item: UUID | None) -> dict[str, str] | None:
    """The item as a line keeps it: whoever reads it is told the name only if they may know it."""
    if item is None:
        return None
    return {"id": str(item), "name": names_of(EVERYTHING, [item]).get(item, str(item))}


def assigned(
    ticket: models.Ticket, account: UUID | None, name: str, *, actor: Actor, at: datetime
) -> models.LogLine:
    ticket.assignee = account
    to = {"id": str(account), "name": name} if account else None
    return changes.line(ticket, LineKind.ASSIGNED, actor=actor, at=at, data={"to": to})


def text_of(text: str, name: str) -> str:
    """As it is kept; what nobody can see says nothing."""
    kept = typed(text)
    if not kept:
        raise errors.NoText(field=name)
    return kept


def grade_problems(given: Mapping[str, str | None]) -> list[FieldProblem]:
    known = ", ".join(Grade)
    return [
        FieldProblem(name, _("choose one of: %(known)s") % {"known": known})
        for name, value in given.items()
        if value and value not in set(Grade)
    ]


def refuse(problems: Iterable[FieldProblem]) -> None:
    found = tuple(problems)
    if found:
        raise errors.BadFields(field=found[0].field, problems=found)


def refuse_missing(
    ticket_type: TicketType,
    transition: Transition,
    ticket: models.Ticket,
    given: Mapping[str, object],
) -> None:
    """What a transition requires is there; who takes it again says it again."""
    missing = {*ticket_type.cycle.missing(transition, ticket.fields)}
    required = ticket_type.cycle.required(transition)
    if required and transition.name in guards.taken_before(ticket):
        missing.update(name for name in required if name not in given)
    if missing:
        problems = [
            FieldProblem(f"{FIELDS}{name}", _("a value is needed"))
            for name in required
            if name in missing
        ]
        raise errors.FieldsMissing(field=problems[0].field, problems=problems)
