"""Clock rows of tickets: always the whole log read again, never an increment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
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


def read(
    tickets: Sequence[models.Ticket], logs: Logs, at: datetime
) -> dict[UUID, list[models.Clock]]:
    """Read the clocks of each ticket from its log; sets the tickets' instants, saves nothing.

    A ticket to which nothing was promised has no clocks. One whose promise cannot be read is left
    out: its clocks stand as they were, for what was promised is not lost with the definition.
    """
    rows: dict[UUID, list[models.Clock]] = {}
    for ticket in tickets:
        agreement = agreement_of(ticket)
        if agreement is None and promised(ticket):
            continue
        readings = worktime.read_clocks(agreement, logs.get(ticket.id, ()), at) if agreement else ()
        _set_instants(ticket, readings, agreement)
        rows[ticket.id] = [
            _row(ticket, place, reading, agreement, at)
            for place, reading in enumerate(readings)
            if agreement is not None
        ]
    return rows


def _set_instants(
    ticket: models.Ticket, readings: Sequence[ClockReading], agreement: Agreement | None
) -> None:
    found = rules.instants(readings)
    ticket.sla_version = agreement.version if agreement else ""
    ticket.yellow_at, ticket.red_at = found.yellow_at, found.red_at
    ticket.black_at = found.black_at
    ticket.clock = "running" if found.running else "paused" if found.paused else "none"


def _row(
    ticket: models.Ticket, place: int, reading: ClockReading, agreement: Agreement, at: datetime
) -> models.Clock:
    clock = agreement.clock(reading.clock)
    return models.Clock(
        ticket=ticket,
        place=place,
        name=reading.clock,
        label_zh=clock.label.zh if clock else "",
        label_en=clock.label.en if clock else "",
        started_at=reading.started_at,
        target=reading.target,
        counted_on=reading.counted_on,
        calendar=agreement.calendar.name,
        yellow_at=reading.yellow_at,
        red_at=reading.red_at,
        black_at=reading.due_at,
        remaining=reading.remaining,
        read_at=at,
        paused_since=reading.paused_since,
        stopped_at=reading.stopped_at,
        met=reading.met,
        unlisted_year=reading.unlisted_year,
    )


def save(rows: Mapping[UUID, Sequence[models.Clock]]) -> None:
    """Put the rows in place of those the tickets had."""
    models.Clock.objects.filter(ticket__in=list(rows)).delete()
    models.Clock.objects.bulk_create(row for several in rows.values() for row in several)


def pin(ticket: models.Ticket) -> None:
    """Promise the ticket what its policy says now; it keeps that whatever becomes of the policy."""
    pinned = worktime.pin(ticket.sla)
    ticket.policy_version = pinned.policy_version if pinned else None
    ticket.calendar = pinned.calendar if pinned else ""
    ticket.calendar_version = pinned.calendar_version if pinned else None


def promised(ticket: models.Ticket) -> bool:
    """Whether anything was promised to the ticket."""
    return ticket.policy_version is not None and ticket.calendar_version is not None


def agreement_of(ticket: models.Ticket) -> Agreement | None:
    """What was promised to the ticket; None where nothing was, or where it cannot be read."""
    if ticket.policy_version is None or ticket.calendar_version is None:
        return None
    return worktime.pinned(
        Pin(ticket.sla, ticket.policy_version, ticket.calendar, ticket.calendar_version)
    )


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
