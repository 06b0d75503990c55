"""Deciding the level of tickets there are: by their matrix as it is now, with a new promise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wardround.kernel.types import Actor
from wardround.schema.types import Label
from wardround.tickets import catalogue, changes, clocks, guards, models, opening, rules
from wardround.tickets.types import Facts, LineKind

FIELDS = ("level", "level_row", "sla", *clocks.PIN_FIELDS)
"""Columns of a ticket that a decision sets."""
_DECIDED = {"level", "sla", "assigned", "opened_at"}
"""What a guard may ask of a ticket and no matrix can: it follows from the decision, or after it."""


def facts_of(ticket: models.Ticket) -> Facts:
    """What conditions of a matrix may ask of the ticket as it is now."""
    known = {name: str(value or "") for name, value in guards.values_of(ticket).items()}
    kin = {"item_type": opening.lineage(ticket.item_type)}
    facts = rules.facts_of({**known, **kin}, ticket.fields)
    return {name: value for name, value in facts.items() if name not in _DECIDED}


def decide(ticket: models.Ticket, *, actor: Actor, at: datetime) -> list[models.LogLine]:
    """Decide the level again. A new promise counts for the clocks that still run and are not
    overdue: what is over keeps what it came to (`clocks.read`).

    Gives the line that tells it, not saved yet; none where all stays, or where no row fits.
    """
    matrix = catalogue.level_matrix(ticket.level_matrix)
    row = rules.level_row(matrix, facts_of(ticket)) if matrix else None
    if row is None or matrix is None or (row.level, row.sla) == (ticket.level, ticket.sla):
        return []
    before = catalogue.level_label(ticket.level_matrix, ticket.level)
    old = changes.named(before, ticket.level) if before else None
    new = changes.named(matrix.label_of(row.level), row.level)
    if row.sla != ticket.sla:
        ticket.sla = row.sla
        clocks.pin(ticket)
    ticket.level, ticket.level_row = row.level, row.name
    return [changes.field_line(ticket, {"name": "level"}, old, new, actor=actor, at=at)]


def decide_if_changed(
    ticket: models.Ticket, before: Facts, *, actor: Actor, at: datetime
) -> list[models.LogLine]:
    """Decide again where what is another than `before` leads to another row. A new title or a
    filled-in form is no reason to look at a matrix that says something else meanwhile.
    """
    matrix = catalogue.level_matrix(ticket.level_matrix)
    if matrix is None:
        return []
    same = rules.level_row(matrix, before) == rules.level_row(matrix, facts_of(ticket))
    return [] if same else decide(ticket, actor=actor, at=at)


def retarget(ticket: models.Ticket, reason: str, *, actor: Actor, at: datetime) -> models.LogLine:
    """Promise the ticket what its level says today, for the whole of its log: every clock is read
    again, what it had come to as well. The line keeps both.
    """
    before = clocks.rounds_of([ticket.id])[ticket.id]
    clocks.pin(ticket)
    after = clocks.read([ticket], clocks.logs_of([ticket.id]), at)[ticket.id]
    clocks.save({ticket.id: after})
    told = {"old": _results(before), "new": _results(after)}
    return changes.line(ticket, LineKind.RETARGETED, actor=actor, at=at, text=reason, data=told)


def _results(rounds: Sequence[models.Clock]) -> list[dict[str, object]]:
    """What a line keeps of clocks: what was promised, when it was due, what it came to."""
    return [
        {
            "clock": changes.named(Label(row.label_zh, row.label_en), row.name),
            "round": row.round,
            "target_s": row.target.total_seconds(),
            "due_at": row.black_at.isoformat() if row.black_at else None,
            "outcome": row.outcome,
        }
        for row in sorted(rounds, key=lambda row: (row.place, row.name, row.round))
    ]
