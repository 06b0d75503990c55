"""What the platform does with levels when their matrix changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from wardround.kernel import audit
from wardround.kernel.types import system_actor
from wardround.schema import queries as schema
from wardround.tickets import changes, levels, models

PLATFORM = "platform"
_AT_ONCE = 500
"""Tickets decided on in one transaction."""


def decide_levels_again(*, at: datetime) -> int:
    """Decide the level of open tickets that have none, which no row took; gives how many have one.

    A ticket that has a level keeps it, and what was promised with it.
    """
    ids = list(models.undecided().order_by("id").values_list("id", flat=True))
    batches = (ids[first : first + _AT_ONCE] for first in range(0, len(ids), _AT_ONCE))
    return sum(_decide_some(batch, at) for batch in batches)


@transaction.atomic
def _decide_some(ids: Sequence[UUID], at: datetime) -> int:
    schema.hold()
    actor = system_actor(PLATFORM)
    waiting = models.undecided().select_for_update().filter(id__in=ids).order_by("id")
    decided, lines = [], []
    for ticket in waiting:
        told = levels.decide(ticket, actor=actor, at=changes.moment(ticket, at))
        if told:
            decided.append(ticket)
            lines += told
    if decided:
        changes.settle(decided, lines, actor=actor, at=at, changed=levels.FIELDS)
        audit.record_many(
            actor,
            "ticket.decide_level",
            {
                ("ticket", ticket.id): {"number": ticket.number, "level_row": ticket.level_row}
                for ticket in decided
            },
        )
    return len(decided)
