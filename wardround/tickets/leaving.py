"""What becomes of the tickets of an item that is deleted, or merged into another."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count

from wardround.cmdb.leaving import Follower, register
from wardround.kernel import live
from wardround.kernel.reach import reach
from wardround.kernel.types import Actor
from wardround.kernel.wording import Wording, untranslated
from wardround.tickets.models import Ticket, visible
from wardround.tickets.permissions import READ


def _count(actor: Actor, items: Collection[UUID]) -> Mapping[UUID, int]:
    rows = visible(reach(actor, READ)).filter(item__in=items).order_by()
    return dict(rows.values_list("item").annotate(number=Count("id")))


_SYSTEMS = """
UPDATE tickets_ticket SET systems = (
    SELECT coalesce(array_agg(DISTINCT system), '{}')
    FROM unnest(array_replace(systems, %(gone)s::uuid, %(stays)s::uuid)) AS system
)
WHERE systems @> ARRAY[%(gone)s::uuid]
"""


def _move(_actor: Actor, gone: UUID, stays: UUID, _at: datetime) -> int:
    """Tickets are of the item that stays, and of it as their business system."""
    with connection.cursor() as cursor:
        cursor.execute(_SYSTEMS, {"gone": gone, "stays": stays})
    moved = Ticket.objects.filter(item=gone).update(item=stays)
    live.publish("tickets")
    return moved


def declare() -> None:
    register(
        Follower(
            "tickets",
            Wording(untranslated("Tickets")),
            Wording(untranslated("They stay, and go on saying its name.")),
            _count,
            move=_move,
        )
    )
