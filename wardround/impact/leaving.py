"""What becomes of scenarios that name an item which is deleted, or merged into another.

A deleted item stays in them: they tell that it is gone, and are whole again when it is restored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection

from wardround.cmdb.leaving import Follower, register
from wardround.impact.scenario_reading import rows_for
from wardround.kernel.types import Actor
from wardround.kernel.wording import Wording, untranslated


def _count(actor: Actor, items: Collection[UUID]) -> Mapping[UUID, int]:
    rows = rows_for(actor).filter(failed__overlap=list(items)).values_list("failed", flat=True)
    wanted = {*items}
    return Counter(id_ for failed in rows for id_ in failed if id_ in wanted)


_MOVE = """
UPDATE impact_scenario SET
    failed = ARRAY(
        SELECT DISTINCT unnest(array_replace(failed, %(gone)s::uuid, %(stays)s::uuid))
    ),
    taken = ARRAY(
        SELECT DISTINCT unnest(array_replace(taken, %(gone)s::uuid, %(stays)s::uuid))
    ),
    sets = replace(sets::text, %(gone)s, %(stays)s)::jsonb,
    result = replace(result::text, %(gone)s, %(stays)s)::jsonb
WHERE failed || taken @> ARRAY[%(gone)s::uuid]
    OR sets::text LIKE '%%' || %(gone)s || '%%' OR result ? %(gone)s
"""


def _move(_actor: Actor, gone: UUID, stays: UUID, _at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, {"gone": str(gone), "stays": str(stays)})
        return int(cursor.rowcount)


def declare() -> None:
    register(
        Follower(
            "scenarios",
            Wording(untranslated("What-if scenarios")),
            Wording(untranslated("They tell that the item is gone, and ask without it.")),
            _count,
            move=_move,
        )
    )
