"""Opening tickets, many at a time: a fixed number of statements whatever the size of the batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from wardround.kernel import audit, live
from wardround.kernel.ids import new_id
from wardround.kernel.types import Actor
from wardround.schema import queries as schema
from wardround.tickets import catalogue, clocks, models, rules, storm_places
from wardround.tickets.dispatch import Chosen, Dispatcher, Wanted, dispatcher
from wardround.tickets.errors import AgreementMissing
from wardround.tickets.signals import TicketOpened, ticket_opened
from wardround.tickets.subjects import Subject
from wardround.tickets.types import Facts, LevelRow, LineKind, TicketType
from wardround.worktime import queries as worktime
from wardround.worktime.types import LogEntry


@dataclass(frozen=True, slots=True)
class TicketDraft:
    """A ticket to be."""

    type: TicketType
    title: str
    at: datetime
    description: str = ""
    item: UUID | None = None
    fields: Mapping[str, object] = field(default_factory=dict)
    impact: str = ""
    urgency: str = ""
    severity: str = ""
    rule: str = ""
    alert: UUID | None = None
    fingerprint: str | None = None
    told: Mapping[str, Any] = field(default_factory=dict)
    """What its first line tells beside the item."""
    id: UUID = field(default_factory=new_id)


def open_drafts(
    actor: Actor, drafts: Sequence[TicketDraft], subjects: Mapping[UUID, Subject], at: datetime
) -> list[models.Ticket]:
    """Decide level and assignee of each draft, give numbers, start the clocks, save, announce.

    Inside the caller's transaction. `at` is now; each ticket counts from its draft's own moment.
    """
    owners = {subject.owner.id for subject in subjects.values() if subject.owner}
    chooser = dispatcher(owners)
    tickets, lines = [], []
    prefixes = {draft.id: draft.type.numbering for draft in drafts}
    for draft in drafts:
        subject = subjects.get(draft.item) if draft.item else None
        ticket, chosen = _decided(draft, subject, chooser)
        tickets.append(ticket)
        lines += _first_lines(actor, draft, subject, chosen, ticket)
    _give_numbers(tickets, prefixes)
    logs = {
        ticket.id: (LogEntry(ticket.opened_at, ticket.state, ticket.category),)
        for ticket in tickets
    }
    rows = clocks.read(tickets, logs, at)
    models.Ticket.objects.bulk_create(tickets)
    storm_places.place(tickets)
    models.LogLine.objects.bulk_create(lines)
    models.Clock.objects.bulk_create(row for several in rows.values() for row in several)
    _tell(actor, tickets)
    return tickets


def _decided(
    draft: TicketDraft, subject: Subject | None, chooser: Dispatcher
) -> tuple[models.Ticket, Chosen | None]:
    """The draft as a row, with its level and whoever gets it."""
    importance = subject.importance if subject else None
    facts = ticket_facts(draft, importance, subject.type if subject else "")
    row = _level_row(draft.type, facts)
    systems = [ref.id for ref in subject.systems] if subject else []
    chosen = chooser.choose(
        Wanted(
            assignment=catalogue.assignment(draft.type.assignment),
            facts={**facts, "level": row.level, "sla": row.sla},
            owner=subject.owner.id if subject and subject.owner else None,
            systems=systems,
            item=draft.item,
        )
    )
    state = draft.type.cycle.state(draft.type.cycle.initial)
    ticket = models.Ticket(
        id=draft.id,
        type=draft.type.name,
        type_version=draft.type.version,
        title=draft.title,
        description=draft.description,
        state=state.name,
        category=state.category.value,
        fields=dict(draft.fields),
        impact=draft.impact,
        urgency=draft.urgency,
        importance=importance or "",
        severity=draft.severity,
        rule=draft.rule,
        level=row.level,
        level_matrix=draft.type.levels,
        level_row=row.name,
        sla=row.sla,
        assignee=chosen.account.id if chosen else None,
        item=draft.item,
        item_type=subject.type if subject else "",
        systems=systems,
        alert=draft.alert,
        fingerprint=draft.fingerprint,
        opened_at=draft.at,
        updated_at=draft.at,
    )
    clocks.pin(ticket)
    return ticket, chosen


def ticket_facts(draft: TicketDraft, importance: str | None, item_type: str) -> Facts:
    """What conditions may ask of a ticket before its level is known."""
    standard = {
        "type": draft.type.name,
        "importance": importance,
        "impact": draft.impact,
        "urgency": draft.urgency,
        "severity": draft.severity,
        "rule": draft.rule,
        "item_type": lineage(item_type),
    }
    return rules.facts_of(standard, draft.fields)


def lineage(item_type: str) -> tuple[str, ...]:
    """The type and what it extends; an unknown one is itself."""
    known = schema.remembered_item_types().get(item_type)
    return known.lineage if known else (item_type,)


def _level_row(ticket_type: TicketType, facts: Facts) -> LevelRow:
    matrix = catalogue.level_matrix(ticket_type.levels)
    if matrix is None:
        raise AgreementMissing(
            field="type", type=ticket_type.name, kind="level-matrix", name=ticket_type.levels
        )
    row = rules.level_row(matrix, facts)
    return row or rules.UNDECIDED


def _first_lines(
    actor: Actor,
    draft: TicketDraft,
    subject: Subject | None,
    chosen: Chosen | None,
    ticket: models.Ticket,
) -> list[models.LogLine]:
    ticket.opened_by = actor.id
    told = {**(subject.as_data() if subject else {}), **draft.told, "level": ticket.level}
    opened = models.LogLine(
        ticket=ticket,
        at=draft.at,
        kind=LineKind.OPENED,
        actor=actor.id,
        actor_name=actor.name,
        state=ticket.state,
        category=ticket.category,
        data=told,
    )
    if chosen is None:
        return [opened]
    to = {"id": str(chosen.account.id), "name": chosen.account.name}
    assigned = models.LogLine(
        ticket=ticket,
        at=draft.at,
        kind=LineKind.ASSIGNED,
        actor=actor.id,
        actor_name=actor.name,
        data={"to": to, "rule": chosen.rule},
    )
    return [opened, assigned]


def _give_numbers(tickets: Sequence[models.Ticket], prefixes: Mapping[UUID, str]) -> None:
    """Numbers in the order given; the serial's row is locked last and only until the commit."""
    by_series: dict[tuple[str, str], list[models.Ticket]] = defaultdict(list)
    for ticket in tickets:
        prefix, zone = prefixes[ticket.id], _zone(ticket.sla)
        by_series[prefix, rules.local_day(ticket.opened_at, zone)].append(ticket)
    for (prefix, day), several in sorted(by_series.items(), key=lambda pair: pair[0]):
        last = _take_serials(prefix, day, len(several))
        for serial, ticket in enumerate(several, start=last - len(several) + 1):
            ticket.number = rules.number(prefix, day, serial)


def _zone(sla: str) -> str:
    """Zone of the day in a number: the agreement's, else the hospital's."""
    agreement = worktime.agreement(sla)
    return agreement.calendar.zone if agreement else str(settings.TIME_ZONE)


def _take_serials(prefix: str, day: str, count: int) -> int:
    """The last of `count` serials that are ours alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tickets_numbering (prefix, day, last) VALUES (%s, %s, %s) "
            "ON CONFLICT (prefix, day) DO UPDATE SET last = tickets_numbering.last + %s "
            "RETURNING last",
            [prefix, day, count, count],
        )
        row = cursor.fetchone()
    return int(row[0])


def _tell(actor: Actor, tickets: Sequence[models.Ticket]) -> None:
    """Audit, announcement and live pages, one statement each."""
    audit.record_many(
        actor,
        "ticket.open",
        {
            ("ticket", ticket.id): {
                "number": ticket.number,
                "type": ticket.type,
                "level_row": ticket.level_row,
                "alert": str(ticket.alert) if ticket.alert else None,
            }
            for ticket in tickets
        },
    )
    ticket_opened.send_many(
        [
            TicketOpened(
                ticket.id,
                ticket.number,
                ticket.type,
                ticket.title,
                ticket.level,
                ticket.assignee,
                ticket.alert,
                ticket.opened_at,
            )
            for ticket in tickets
        ]
    )
    publish(tickets)


def publish(tickets: Sequence[models.Ticket]) -> None:
    """Tell open lists, pages and boards; to a board a ticket is news of its item."""
    live.publish("tickets", *(ticket.id for ticket in tickets))
    live.publish("board", *{ticket.item or ticket.id for ticket in tickets})
