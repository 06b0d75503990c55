"""What becomes of the alerts of an item that is deleted, or merged into another."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count

from wardround.alerts.models import Alert
from wardround.alerts.permissions import READ
from wardround.cmdb.leaving import Follower, register
from wardround.kernel.reach import reach
from wardround.kernel.types import Actor
from wardround.kernel.wording import Wording, untranslated


def _count(actor: Actor, items: Collection[UUID]) -> Mapping[UUID, int]:
    """Open ones."""
    inside = reach(actor, READ).condition(item="item_id")
    rows = Alert.objects.filter(inside, item_id__in=items, ended_at=None).order_by()
    return dict(rows.values_list("item_id").annotate(number=Count("id")))


_SYSTEMS = """
UPDATE alerts_alert SET systems = (
    SELECT coalesce(array_agg(DISTINCT system), '{}')
    FROM unnest(array_replace(systems, %(gone)s::uuid, %(stays)s::uuid)) AS system
)
WHERE systems @> ARRAY[%(gone)s::uuid]
"""


def _move(_actor: Actor, gone: UUID, stays: UUID, _at: datetime) -> int:
    """Ended ones are told of the item that stays from now on; an open one ends by its own mark
    within a minute, since its target is now of another item, and begins anew if it still holds.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SYSTEMS, {"gone": gone, "stays": stays})
    return Alert.objects.filter(item_id=gone).update(item_id=stays)


def declare() -> None:
    register(
        Follower(
            "alerts",
            Wording(untranslated("Open alerts")),
            Wording(untranslated("They end within a minute: nothing watches the item any more.")),
            _count,
            move=_move,
        )
    )
