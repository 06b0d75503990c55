"""Deleted items removed for good: by hand, or when their days in the recycle bin are over.

What they were called stays for ever, so that the audit, tickets and the history go on saying it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from wardround.cmdb import bin_settings, models, statements
from wardround.cmdb.documents import following
from wardround.cmdb.errors import NotInBin
from wardround.cmdb.permissions import PURGE, READ
from wardround.kernel import audit, live
from wardround.kernel.reach import reach, require
from wardround.kernel.types import Actor, system_actor
from wardround.schema import queries as schema

AT_ONCE = 500
"""Items of one transaction: whoever writes items waits no longer than for these."""
_OVER = system_actor("recycle-bin")


@transaction.atomic
def purge(actor: Actor, ids: Sequence[UUID], *, at: datetime) -> int:
    """Remove deleted items for good; how many. Raises NotInBin."""
    schema.hold()
    statements.in_turn()
    inside = reach(actor, READ).condition(item="pk")
    rows = models.Binned.objects.filter(inside, id__in=ids, purged_at=None)
    found = list(rows.order_by("id").select_for_update(no_key=True))
    if len(found) < len(set(ids)):
        raise NotInBin(field="items")
    for row in found:
        require(actor, PURGE, item=row.id, systems=row.systems)
    return _empty(actor, found, at)


@transaction.atomic
def purge_due(*, at: datetime) -> int:
    """Remove some of those whose days are over; how many. To be called until there are none."""
    schema.hold()
    statements.in_turn()
    due = models.Binned.objects.filter(purged_at=None, deleted_at__lt=at - bin_settings.kept_for())
    return _empty(_OVER, list(_oldest(due)), at)


def _oldest(due: QuerySet[models.Binned]) -> QuerySet[models.Binned]:
    return due.order_by("deleted_at", "id").select_for_update(no_key=True)[:AT_ONCE]


def _empty(actor: Actor, rows: Sequence[models.Binned], at: datetime) -> int:
    ids = [row.id for row in rows]
    if not ids:
        return 0
    models.Binned.objects.filter(id__in=ids).update(
        purged_at=at, held=None, attributes={}, relations=[], pointers=[], elsewhere={}
    )
    following.purge(ids)
    named: dict[tuple[str, object], dict[str, object]] = {
        ("item", row.id): {"name": row.name} for row in rows
    }
    audit.record_many(actor, "item.purge", named)
    live.publish("recycle-bin")
    return len(ids)
