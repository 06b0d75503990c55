"""Clock rows of tickets: always the whole log read again, never an increment; what a clock came
to stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from django.db.models import Q

from wardround.tickets import models, rules
from wardround.tickets.types import LineKind
from wardround.worktime import queries as worktime
from wardround.worktime.types import Agreement, ClockReading, LogEntry, Pin

STATEFUL = (LineKind.OPENED, LineKind.STATE)
"""Kinds of lines that begin an interval."""

PIN_FIELDS = ("policy_version", "calendar", "calendar_version")
"""Columns of a ticket that keep what was promised."""

CLOCK_FIELDS = ("sla_version", "yellow_at", "red_at", "black_at", "clock")
"""Columns of a ticket that a reading sets."""

Logs = Mapping[UUID, Sequence[LogEntry]]


def logs_of(tickets: Iterable[UUID]) -> Logs:
    """The interval log of each ticket, in order."""
    found: dict[UUID, list[LogEntry]] = defaultdict(list)
    lines = models.LogLine.objects.filter(ticket__in=tickets, kind__in=STATEFUL).order_by("id")
    for ticket, at, state, category in lines.values_list("ticket", "at", "state", "category"):
        found[ticket].append(LogEntry(at, state, category))
    return found


Rounds = Mapping[UUID, Sequence[models.Clock]]
NOTHING: Rounds = MappingProxyType({})
"""The rounds of the clocks of each ticket."""


def rounds_of(tickets: Iterable[UUID]) -> Rounds:
    """What each ticket's clocks came to so far."""
    found: dict[UUID, list[models.Clock]] = defaultdict(list)
    for row in models.Clock.objects.filter(ticket__in=tickets):
        found[row.ticket_id].append(row)
    return found


def read(
    tickets: Sequence[models.Ticket], logs: Logs, at: datetime, before: Rounds = NOTHING
) -> dict[UUID, list[models.Clock]]:
    """Read the clocks of each ticket from its log; sets the tickets' instants, saves nothing.

    Args:
        tickets: to which something was promised or not; one of the latter has no clocks. One whose
            promise cannot be read is left out: its clocks stand as they were, for what was promised
            is not lost with the definition.
        logs: their whole logs.
        at: now, and no earlier than any entry.
        before: what was read last. A round that is over stays as it is unless the log says that
            it goes on; one that is over or overdue stays under the promise it had.

    """
    rows: dict[UUID, list[models.Clock]] = {}
    for ticket in tickets:
        agreement, promise = agreement_of(ticket), promise_of(ticket)
        if agreement is None and promise is not None:
            continue
        log, known = logs.get(ticket.id, ()), before.get(ticket.id, ())
        kept = {
            (row.name, row.round): _read_again(ticket, row, log, at)
            for row in known
            if row.stopped_at is not None or (row.black_at is not None and row.black_at <= at)
        }
        for reading in worktime.read_clocks(agreement, log, at) if agreement else ():
            if (reading.clock, reading.round) not in kept and agreement is not None:
                row = _row(ticket, reading, agreement, promise, at)
                kept[reading.clock, reading.round] = row
        rows[ticket.id] = sorted(kept.values(), key=lambda row: (row.place, row.name, row.round))
        _set_instants(ticket, rows[ticket.id], agreement)
    return rows


def _read_again(
    ticket: models.Ticket, row: models.Clock, log: Sequence[LogEntry], at: datetime
) -> models.Clock:
    """A round under the promise it had. One that has not gone on since it stopped is not touched:
    neither a holiday list nor a new way to count changes what it came to.
    """
    promise, promised = promise_of(row), agreement_of(row)
    readings = worktime.read_clocks(promised, log, at) if promised else ()
    for reading in readings:
        if (reading.clock, reading.round) == (row.name, row.round) and promised is not None:
            if reading.stopped_at is not None and reading.stopped_at == row.stopped_at:
                return row
            return _row(ticket, reading, promised, promise, at)
    return row


def _set_instants(
    ticket: models.Ticket, rows: Sequence[models.Clock], promised: Agreement | None
) -> None:
    found = rules.instants(rows)
    ticket.sla_version = promised.version if promised else ""
    ticket.yellow_at, ticket.red_at = found.yellow_at, found.red_at
    ticket.black_at = found.black_at
    ticket.clock = "running" if found.running else "paused" if found.paused else "none"


def _row(
    ticket: models.Ticket,
    reading: ClockReading,
    promised: Agreement,
    promise: Pin | None,
    at: datetime,
) -> models.Clock:
    names = [clock.name for clock in promised.policy.clocks]
    clock = promised.clock(reading.clock)
    return models.Clock(
        ticket=ticket,
        place=names.index(reading.clock),
        name=reading.clock,
        round=reading.round,
        label_zh=clock.label.zh if clock else "",
        label_en=clock.label.en if clock else "",
        started_at=reading.started_at,
        target=reading.target,
        counted_on=reading.counted_on,
        sla=promise.policy if promise else "",
        policy_version=promise.policy_version if promise else None,
        calendar=promised.calendar.name,
        calendar_version=promise.calendar_version if promise else None,
        yellow_at=reading.yellow_at,
        red_at=reading.red_at,
        black_at=reading.due_at,
        remaining=reading.remaining,
        read_at=at,
        paused_since=reading.paused_since,
        stopped_at=reading.stopped_at,
        outcome=reading.outcome or "",
        unlisted_year=reading.unlisted_year,
    )


def save(rows: Mapping[UUID, Sequence[models.Clock]]) -> None:
    """Put the rows in place of those the tickets had; those that are saved already stay."""
    kept = [row.pk for several in rows.values() for row in several if row.pk]
    models.Clock.objects.filter(ticket__in=list(rows)).exclude(pk__in=kept).delete()
    models.Clock.objects.bulk_create(
        row for several in rows.values() for row in several if not row.pk
    )


def pin(ticket: models.Ticket) -> None:
    """Promise the ticket what its policy says now; it keeps that whatever becomes of the policy."""
    pinned = worktime.pin(ticket.sla)
    ticket.policy_version = pinned.policy_version if pinned else None
    ticket.calendar = pinned.calendar if pinned else ""
    ticket.calendar_version = pinned.calendar_version if pinned else None


def promised(row: models.Ticket) -> bool:
    """Whether anything was promised to the ticket."""
    return promise_of(row) is not None


def promise_of(row: models.Ticket | models.Clock) -> Pin | None:
    """The versions that a row keeps of what was promised."""
    if row.policy_version is None or row.calendar_version is None:
        return None
    return Pin(row.sla, row.policy_version, row.calendar, row.calendar_version)


def agreement_of(row: models.Ticket | models.Clock) -> Agreement | None:
    """What was promised to the ticket, or to a round of a clock."""
    promise = promise_of(row)
    return worktime.pinned(promise) if promise else None


def stale() -> Q:
    """The condition on open tickets whose promise counts differently now, by a holiday list."""
    columns = ("sla", *PIN_FIELDS, "sla_version")
    read_under = models.Ticket.objects.filter(open=True).order_by().values(*columns).distinct()
    condition = Q(pk__in=[])
    for columns_read in read_under:
        agreement = agreement_of(models.Ticket(**columns_read))
        if agreement is not None and agreement.version != columns_read["sla_version"]:
            condition |= Q(**columns_read)
    return condition
