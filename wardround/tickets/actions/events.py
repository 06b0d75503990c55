"""Tickets that alerts open, take in and end. Everything may be delivered twice and out of order.

One row per alert (`TicketAlert`) is claimed before anything is done (`claims`), so an alert opens
or joins exactly one ticket, and its end is told exactly once, even when it is heard first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from wardround.alerts import queries as alerts
from wardround.alerts.signals import AlertRaised, AlertResolved
from wardround.alerts.types import CLOSED, Severity
from wardround.kernel import audit
from wardround.kernel.types import Actor, system_actor
from wardround.schema import queries as schema
from wardround.schema.lifecycle import StateCategory
from wardround.tickets import catalogue, changes, clocks, levels, models, opening, pins, rules
from wardround.tickets.actions import claims
from wardround.tickets.alert_tickets import AlertFacts, Decision, decide
from wardround.tickets.subjects import Subject, subjects_of
from wardround.tickets.types import AlertHandling, LineKind, TicketType

MONITORING = "monitoring"
_AT_ONCE = 500
"""Tickets read again in one transaction."""


@dataclass(slots=True)
class _Batch:
    """What one delivery comes to."""

    drafts: dict[str, opening.TicketDraft] = field(default_factory=dict)
    """Fingerprint → the ticket to be opened for it."""
    tickets: dict[UUID, models.Ticket] = field(default_factory=dict)
    """Tickets there were already that change."""
    lines: list[models.LogLine] = field(default_factory=list)
    joined: dict[UUID, UUID] = field(default_factory=dict)
    """Alert → its ticket."""


@transaction.atomic
def open_event_tickets(values: Sequence[AlertRaised], *, at: datetime) -> list[UUID]:
    """Give each alert what the definitions decide: a new ticket, the one that the same trouble has
    already, or none.

    Returns the ids of tickets opened. Alerts that were decided on before are passed over, and what
    somebody has silenced before this was heard: the end of the silence announces it once more.
    """
    schema.hold()
    actor = system_actor(MONITORING)
    quiet = alerts.silenced({value.fingerprint for value in values})
    fresh = claims.raised([value for value in values if value.fingerprint not in quiet])
    raised = [value for value in _once(values) if value.alert_id in fresh]
    subjects = subjects_of(value.item_id for value in raised)
    decided = {value.alert_id: _decision(value, subjects) for value in raised}
    batch = _sorted_out(raised, decided, subjects, actor, at)
    _let_go(batch.joined)
    opened = opening.open_drafts(actor, list(batch.drafts.values()), subjects, at)
    _settle(batch, actor, at)
    _keep(decided, batch.joined)
    over = [(alert, ended) for alert, ended in fresh.items() if ended]
    _end(over, alerts.end_reasons([alert for alert, _ in over]), actor=actor, at=at)
    return [ticket.id for ticket in opened]


def _decision(value: AlertRaised, subjects: Mapping[UUID, Subject]) -> Decision:
    """Which type of ticket the definitions in force give this alert."""
    subject = subjects.get(value.item_id)
    facts = AlertFacts(
        rule=value.rule,
        severity=value.severity,
        lineage=opening.lineage(subject.type) if subject else (),
        importance=subject.importance if subject else None,
        labels=dict(value.labels),
    )
    return decide(catalogue.alert_tickets().values(), facts)


@transaction.atomic
def end_event_tickets(values: Sequence[AlertResolved], *, at: datetime) -> None:
    """Tell tickets that their alert ended; untouched ones are resolved as their type says."""
    schema.hold()
    reasons = {value.alert_id: value.reason for value in values}
    ended = claims.ended(values)
    _end(ended, reasons, actor=system_actor(MONITORING), at=at)


def _once(values: Sequence[AlertRaised]) -> list[AlertRaised]:
    return list({value.alert_id: value for value in values}.values())


def _sorted_out(
    raised: Sequence[AlertRaised],
    decided: Mapping[UUID, Decision],
    subjects: Mapping[UUID, Subject],
    actor: Actor,
    at: datetime,
) -> _Batch:
    """Which alerts open a ticket and which join one."""
    wanting = [value for value in raised if decided[value.alert_id].type]
    present = _present({str(value.fingerprint) for value in wanting}, at)
    batch = _Batch()
    for value in wanting:
        fingerprint = str(value.fingerprint)
        ticket = present.get(fingerprint)
        if ticket is not None:
            _join_ticket(batch, ticket, value, actor, at)
        elif fingerprint in batch.drafts:
            batch.joined[value.alert_id] = batch.drafts[fingerprint].id
        else:
            ticket_type = catalogue.ticket_type(decided[value.alert_id].type or "")
            draft = _draft(value, ticket_type, subjects.get(value.item_id), at)
            batch.drafts[fingerprint] = draft
            batch.joined[value.alert_id] = draft.id
    return batch


def _present(fingerprints: set[str], at: datetime) -> dict[str, models.Ticket]:
    """Fingerprint → the ticket that takes in the same trouble: of several the newest, but one that
    is open before one that is resolved; locked.
    """
    known = models.Ticket.objects.filter(fingerprint__in=fingerprints).exclude(
        category=StateCategory.CLOSED
    )
    found: dict[str, models.Ticket] = {}
    for ticket in known.select_for_update().order_by("id"):
        handling = _handling(ticket)
        category = StateCategory(ticket.category)
        other = found.get(ticket.fingerprint or "")
        if other is not None and other.open and not ticket.open:
            continue
        if handling and rules.takes_again(handling, category, ticket.resolved_at, at):
            found[ticket.fingerprint or ""] = ticket
    return found


def _let_go(joined: Mapping[UUID, UUID]) -> None:
    """Of alerts that another ticket takes after a silence, because theirs is done with by now."""
    before = models.Ticket.objects.filter(alert__in=list(joined))
    before.exclude(id__in=list(joined.values())).update(alert=None)


def _handling(ticket: models.Ticket) -> AlertHandling | None:
    """How its type answers alerts; one that cannot be read answers none."""
    ticket_type = pins.pinned(ticket).type
    return ticket_type.alerts if ticket_type else None


def _join_ticket(
    batch: _Batch, ticket: models.Ticket, value: AlertRaised, actor: Actor, at: datetime
) -> None:
    """The same trouble again: the ticket says so, and is reopened if it was resolved."""
    moment = changes.moment(ticket, min(value.at, at))
    told = {"event": "unsilenced" if value.after_silence else "again", **_told(value)}
    batch.lines.append(changes.line(ticket, LineKind.ALERT, actor=actor, at=moment, data=told))
    ticket_type = pins.followed(ticket)
    again = (
        ticket_type.cycle.transition(ticket.state, ticket_type.alerts.reopen_by)
        if ticket_type.alerts
        else None
    )
    if ticket.category == StateCategory.RESOLVED and again is not None:
        batch.lines.append(changes.move(ticket, ticket_type, again, actor=actor, at=moment))
    batch.lines += _raise_ticket(ticket, ticket_type, value, actor, moment)
    ticket.alert = value.alert_id
    batch.tickets[ticket.id] = ticket
    batch.joined[value.alert_id] = ticket.id


def _raise_ticket(
    ticket: models.Ticket, ticket_type: TicketType, value: AlertRaised, actor: Actor, at: datetime
) -> list[models.LogLine]:
    """The trouble is worse than before: severity and grades go up, and the level with them."""
    if not rules.worse(value.severity, ticket.severity):
        return []
    before = levels.facts_of(ticket)
    grades = ticket_type.alerts.grades.get(Severity(value.severity)) if ticket_type.alerts else None
    raised = {
        "severity": value.severity,
        "impact": rules.higher(ticket.impact, grades.impact if grades else ""),
        "urgency": rules.higher(ticket.urgency, grades.urgency if grades else ""),
    }
    lines = []
    for name, new in raised.items():
        old = getattr(ticket, name)
        if new != old:
            setattr(ticket, name, new)
            told = {"name": name}
            lines.append(changes.field_line(ticket, told, old, new, actor=actor, at=at))
    return lines + levels.decide_if_changed(ticket, before, actor=actor, at=at)


_RAISED = ("alert", "severity", "impact", "urgency", *levels.FIELDS)
"""Columns that the same trouble, again or worse, changes."""


def _told(value: AlertRaised) -> dict[str, object]:
    return {
        "alert": str(value.alert_id),
        "rule": {"name": value.rule, "zh": value.rule_label_zh, "en": value.rule_label_en},
        "summary": {"zh": value.summary_zh, "en": value.summary_en},
        "severity": value.severity,
        "value": value.value,
    }


_LONGEST_WHICH = 60


def _draft(
    value: AlertRaised, ticket_type: TicketType, subject: Subject | None, at: datetime
) -> opening.TicketDraft:
    handling = ticket_type.alerts
    grades = handling.grades.get(Severity(value.severity)) if handling else None
    return opening.TicketDraft(
        type=ticket_type,
        title=_title(value, subject),
        at=min(value.at, at),
        description=value.summary_zh,
        item=value.item_id,
        impact=str(grades.impact) if grades else "",
        urgency=str(grades.urgency) if grades else "",
        severity=value.severity,
        rule=value.rule,
        alert=value.alert_id,
        fingerprint=str(value.fingerprint),
        told=_told(value),
    )


def _title(value: AlertRaised, subject: Subject | None) -> str:
    """In the hospital's first language, and telling two alerts of one rule and item apart."""
    what = value.rule_label_zh or value.rule_label_en or value.rule
    labels = alerts.labels_told(value.rule, value.labels, subject.type if subject else "")
    told = (text for name, text in labels if text and name != "target")
    which = "、".join(told)[:_LONGEST_WHICH]
    return f"{value.item_name} {what}" + (f"（{which}）" if which else "")


def _settle(batch: _Batch, actor: Actor, at: datetime) -> None:
    tickets = list(batch.tickets.values())
    if not tickets:
        return
    changes.settle(tickets, batch.lines, actor=actor, at=at, changed=_RAISED)
    audit.record_many(
        actor,
        "ticket.alert_again",
        {
            ("ticket", ticket.id): {"number": ticket.number, "alert": str(ticket.alert)}
            for ticket in tickets
        },
    )


def _keep(decided: Mapping[UUID, Decision], joined: Mapping[UUID, UUID]) -> None:
    """Say of each claimed alert what decided, and which ticket it has, if any. One that has a
    ticket from before its silence keeps it, though it would open none by now.
    """
    if not decided:
        return
    rows = [
        (alert, joined.get(alert), decision.definition, decision.row)
        for alert, decision in sorted(decided.items())
    ]
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE tickets_alert SET ticket_id = given.ticket, definition = given.definition, "
            'row = given."row" FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[]) '
            'AS given (alert, ticket, definition, "row") WHERE tickets_alert.alert = given.alert '
            "AND (given.ticket IS NOT NULL OR tickets_alert.ticket_id IS NULL)",
            columns,
        )


def _end(
    ended: Sequence[tuple[UUID, datetime]],
    reasons: Mapping[UUID, str],
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """Write the end of these alerts into their tickets; resolve those that end with them."""
    moments = dict(ended)
    rows = models.TicketAlert.objects.filter(alert__in=moments, ticket__isnull=False)
    by_ticket: dict[UUID, list[UUID]] = defaultdict(list)
    for alert, ticket_id in rows.order_by("alert").values_list("alert", "ticket"):
        by_ticket[ticket_id].append(alert)
    if not by_ticket:
        return
    tickets = changes.locked(by_ticket)
    still_open = _with_open_alerts(by_ticket)
    lines = []
    for ticket in tickets:
        for alert in by_ticket[ticket.id]:
            lines += _end_lines(
                ticket,
                actor,
                at=changes.moment(ticket, min(moments[alert], at)),
                told={"event": "ended", "alert": str(alert), "reason": reasons.get(alert, "")},
                last=ticket.id not in still_open and alert == by_ticket[ticket.id][-1],
            )
    changes.settle(tickets, lines, actor=actor, at=at)
    audit.record_many(
        actor,
        "ticket.alert_end",
        {
            ("ticket", ticket.id): {"number": ticket.number, "state": ticket.state}
            for ticket in tickets
        },
    )


def _with_open_alerts(tickets: Iterable[UUID]) -> set[UUID]:
    """Tickets of which another alert is still open."""
    rows = models.TicketAlert.objects.filter(ticket__in=list(tickets), ended_at__isnull=True)
    return set(rows.values_list("ticket", flat=True))


def _end_lines(
    ticket: models.Ticket, actor: Actor, *, at: datetime, told: dict[str, object], last: bool
) -> list[models.LogLine]:
    ticket_type = pins.pinned(ticket).type
    handling = ticket_type.alerts if ticket_type else None
    category = StateCategory(ticket.category)
    way = None
    by_hand = told["reason"] == CLOSED
    ends = handling and rules.ends_with_alert(handling, category, by_hand=by_hand)
    if ticket_type and handling and last and ends:
        way = ticket_type.cycle.transition(ticket.state, handling.end_by)
    told["stays"] = ticket.open and way is None
    lines = [changes.line(ticket, LineKind.ALERT, actor=actor, at=at, data=told)]
    if ticket_type and way is not None:
        lines.append(changes.move(ticket, ticket_type, way, actor=actor, at=at))
    return lines


def read_clocks_again(*, at: datetime) -> int:
    """Read the clocks of open tickets that a new holiday list touches; returns how many.

    A new list counts for what is open; what is done keeps its result. A changed policy or calendar
    counts for what is opened from then on.
    """
    done = 0
    while changed := _read_some_again(at):
        done += changed
    return done


@transaction.atomic
def _read_some_again(at: datetime) -> int:
    schema.hold()
    open_ones = models.Ticket.objects.select_for_update(skip_locked=True).filter(open=True)
    tickets = list(open_ones.filter(clocks.stale()).order_by("id")[:_AT_ONCE])
    if tickets:
        ids = [ticket.id for ticket in tickets]
        now = max(changes.moment(ticket, at) for ticket in tickets)
        clocks.save(clocks.read(tickets, clocks.logs_of(ids), now, clocks.rounds_of(ids)))
        models.Ticket.objects.bulk_update(tickets, clocks.CLOCK_FIELDS)
        opening.publish(tickets)
        audit.record(
            system_actor(MONITORING),
            "ticket.read_clocks",
            subject=("ticket", "open"),
            count=len(tickets),
        )
    return len(tickets)
