"""What people do with tickets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from wardround.access import queries as access
from wardround.kernel import audit
from wardround.kernel.errors import FieldProblem, NotFound
from wardround.kernel.reach import EVERYTHING, Reach, reach
from wardround.kernel.types import Actor
from wardround.schema import queries as schema
from wardround.schema.attributes import defaults, sealed, validated
from wardround.schema.lifecycle import FieldAccess, State, Transition, permits
from wardround.schema.sealing import MASK
from wardround.tickets import (
    catalogue,
    changes,
    errors,
    guards,
    levels,
    models,
    opening,
    permissions,
    pins,
    references,
    rows,
)
from wardround.tickets.subjects import Subject, names_of, subjects_of
from wardround.tickets.types import Grade, LineKind, Move, OpenTicket, TicketType, Update

_FIELDS = "fields."


@transaction.atomic
def open_ticket(actor: Actor, report: OpenTicket, *, at: datetime) -> UUID:
    """Open what somebody reports; level, assignee and clocks follow from the definitions."""
    schema.hold()
    ticket_type = catalogue.ticket_type(report.type)
    title = _text_of(report.title, "title")
    actor.require(permissions.OPEN)
    subject = _subject(report.item, reach(actor, permissions.OPEN))
    _refuse(_grade_problems({"impact": report.impact, "urgency": report.urgency}))
    usual = defaults(ticket_type.fields)
    checked = validated(ticket_type.fields, {**usual, **report.fields}, prefix=_FIELDS)
    inside = reach(actor, permissions.OPEN)
    named, unfit = references.resolved(ticket_type, checked.values, {}, inside)
    state = ticket_type.cycle.state(ticket_type.cycle.initial)
    given = {name: value for name, value in checked.values.items() if name in report.fields}
    _refuse([*checked.problems, *unfit, *_fixed(state, given, usual)])
    draft = opening.TicketDraft(
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


@transaction.atomic
def move(actor: Actor, ticket_id: UUID, wanted: Move, *, at: datetime) -> None:
    """Carry out a transition with the fields and the comment it asks for."""
    schema.hold()
    ticket = _lock_for(actor, ticket_id, permissions.WORK, wanted.version)
    ticket_type = pins.followed(ticket)
    transition = _transition(actor, ticket, ticket_type, wanted.name)
    moment = changes.moment(ticket, at)
    lines = _write_fields(ticket, ticket_type, wanted.fields, actor=actor, at=moment)
    _refuse_missing(ticket_type, transition, ticket)
    if transition.comment and not wanted.comment.strip():
        raise errors.CommentMissing(field="comment")
    if not permits(transition, guards.values_of(ticket), at=at):
        raise errors.NotNow(why=guards.why_not(transition).text())
    if wanted.name in ticket_type.takes and ticket.assignee != actor.id:
        lines += [_assigned(ticket, actor.id, actor.name, actor=actor, at=moment)]
    before = ticket.state
    comment = wanted.comment.strip()
    lines.append(
        changes.move(ticket, ticket_type, transition, actor=actor, at=moment, comment=comment)
    )
    _settle(ticket, lines, actor, at)
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
    moment = changes.moment(ticket, at)
    lines = _write_standard(ticket, wanted, actor=actor, at=moment)
    lines += _write_item(ticket, wanted, actor=actor, at=moment)
    lines += _write_fields(ticket, ticket_type, wanted.fields, actor=actor, at=moment)
    if not lines:
        return
    lines += levels.decide(ticket, actor=actor, at=moment)
    _settle(ticket, lines, actor, at)
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
    line = _assigned(ticket, account, name, actor=actor, at=changes.moment(ticket, at))
    _settle(ticket, [line], actor, at)
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
    said = _text_of(text, "text")
    ticket = _lock_for(actor, ticket_id, permissions.COMMENT)
    moment = changes.moment(ticket, at)
    line = changes.line(ticket, LineKind.COMMENT, actor=actor, at=moment, text=said)
    changes.tell(ticket, line)
    audit.record(actor, "ticket.comment", subject=("ticket", ticket.id), number=ticket.number)


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
    """What somebody is called who may see the ticket; nobody else can be given it."""
    try:
        found = access.actor_for(account)
    except NotFound:
        raise errors.NoSuchAccount(field="account") from None
    if not reach(found, permissions.READ).covers(ticket.item, ticket.systems):
        raise errors.NoSuchAccount(field="account")
    return found.name


def _subject(item: UUID | None, inside: Reach) -> Subject | None:
    """What the CMDB says of the item; whoever sees some systems only must name one of theirs."""
    if item is None:
        if not inside.everything and not inside.empty:
            raise errors.NoSuchItem(field="item")
        return None
    subject = subjects_of([item]).get(item)
    if subject is None or not inside.covers(item, [ref.id for ref in subject.systems]):
        raise errors.NoSuchItem(field="item")
    return subject


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


# Writing parts of a ticket -----------------------------------------------------------------------


def _write_fields(
    ticket: models.Ticket,
    ticket_type: TicketType,
    given: Mapping[str, object],
    *,
    actor: Actor,
    at: datetime,
) -> list[models.LogLine]:
    """Put in the fields that differ; a line for each."""
    state = ticket_type.cycle.state(ticket.state)
    checked = validated(ticket_type.fields, given, prefix=_FIELDS, require=False)
    inside = reach(actor, permissions.WORK)
    named, unfit = references.resolved(ticket_type, checked.values, ticket.fields, inside)
    fixed = _fixed(state, checked.values, ticket.fields)
    _refuse([*checked.problems, *unfit, *fixed])
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


def _fixed(
    state: State, given: Mapping[str, object], present: Mapping[str, object]
) -> list[FieldProblem]:
    """Fields that are only read, or not even seen, in this state, and would become another."""
    message = _("this field cannot be changed in this state")
    return [
        FieldProblem(f"{_FIELDS}{name}", message)
        for name, value in given.items()
        if state.access_to(name) is not FieldAccess.EDIT and present.get(name) != value
    ]


def _write_standard(
    ticket: models.Ticket, wanted: Update, *, actor: Actor, at: datetime
) -> list[models.LogLine]:
    given = {"title": wanted.title, "impact": wanted.impact, "urgency": wanted.urgency}
    if wanted.title is not None:
        given["title"] = _text_of(wanted.title, "title")
    _refuse(_grade_problems({name: given[name] or "" for name in ("impact", "urgency")}))
    lines = []
    for name, value in given.items():
        old = getattr(ticket, name)
        if value is not None and value != old:
            setattr(ticket, name, value)
            lines.append(changes.field_line(ticket, {"name": name}, old, value, actor=actor, at=at))
    return lines


def _write_item(
    ticket: models.Ticket, wanted: Update, *, actor: Actor, at: datetime
) -> list[models.LogLine]:
    """Link another item: its systems and its class become the ticket's."""
    if wanted.item is None or wanted.item == ticket.item:
        return []
    subject = _subject(wanted.item, reach(actor, permissions.WORK))
    old = _as_told(ticket.item)
    ticket.item = wanted.item
    ticket.systems = [ref.id for ref in subject.systems] if subject else []
    ticket.importance = (subject.importance if subject else None) or ""
    ticket.item_type = subject.type if subject else ""
    new = {"id": str(wanted.item), "name": subject.item.name} if subject else None
    return [changes.field_line(ticket, {"name": "item"}, old, new, actor=actor, at=at)]


def _as_told(item: UUID | None) -> dict[str, str] | None:
    """The item as a line keeps it: whoever reads it is told the name only if they may know it."""
    if item is None:
        return None
    return {"id": str(item), "name": names_of(EVERYTHING, [item]).get(item, str(item))}


def _assigned(
    ticket: models.Ticket, account: UUID | None, name: str, *, actor: Actor, at: datetime
) -> models.LogLine:
    ticket.assignee = account
    to = {"id": str(account), "name": name} if account else None
    return changes.line(ticket, LineKind.ASSIGNED, actor=actor, at=at, data={"to": to})


_WRITTEN = (
    "title", "fields", "impact", "urgency", "importance", "item", "item_type", "systems",
    *levels.FIELDS, "assignee",
)  # fmt: skip


def _settle(ticket: models.Ticket, lines: list[models.LogLine], actor: Actor, at: datetime) -> None:
    changes.settle([ticket], lines, actor=actor, at=at, changed=_WRITTEN)


# Refusing ----------------------------------------------------------------------------------------


def _text_of(text: str, name: str) -> str:
    stripped = text.strip()
    if not stripped:
        raise errors.NoText(field=name)
    return stripped


def _grade_problems(given: Mapping[str, str | None]) -> list[FieldProblem]:
    known = ", ".join(Grade)
    return [
        FieldProblem(name, _("choose one of: %(known)s") % {"known": known})
        for name, value in given.items()
        if value and value not in set(Grade)
    ]


def _refuse(problems: Iterable[FieldProblem]) -> None:
    found = tuple(problems)
    if found:
        raise errors.BadFields(field=found[0].field, problems=found)


def _refuse_missing(ticket_type: TicketType, transition: Transition, ticket: models.Ticket) -> None:
    missing = ticket_type.cycle.missing(transition, ticket.fields)
    if missing:
        problems = [FieldProblem(f"{_FIELDS}{name}", _("a value is needed")) for name in missing]
        raise errors.FieldsMissing(field=problems[0].field, problems=problems)
