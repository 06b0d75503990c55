"""Deciding the level of tickets there are: by their matrix as it is now, with a new promise."""

from __future__ import annotations

from datetime import datetime

from wardround.kernel.types import Actor
from wardround.tickets import catalogue, changes, clocks, guards, models, opening, rules

FIELDS = ("level", "level_row", "sla", *clocks.PIN_FIELDS)
"""Columns of a ticket that a decision sets."""


def decide(ticket: models.Ticket, *, actor: Actor, at: datetime) -> list[models.LogLine]:
    """Decide the level again; a new promise reads the whole log under its own rule.

    Gives the line that tells it, not saved yet; none where all stays, or where no row fits.
    """
    matrix = catalogue.level_matrix(ticket.level_matrix)
    known = {name: str(value or "") for name, value in guards.values_of(ticket).items()}
    kin = {"item_type": opening.lineage(ticket.item_type)}
    facts = rules.facts_of({**known, **kin}, ticket.fields)
    row = rules.level_row(matrix, facts) if matrix else None
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
