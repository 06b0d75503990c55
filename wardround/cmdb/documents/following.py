"""What becomes of versions when their document is deleted, removed for good, or made one with
another. They stay where they are while it lies in the recycle bin, and nobody reaches them there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max

from wardround.cmdb import models
from wardround.cmdb.documents import tasks
from wardround.cmdb.documents.models import DocumentVersion
from wardround.cmdb.leaving import Follower, register
from wardround.kernel.types import Actor
from wardround.kernel.wording import Wording, untranslated

VERSIONS = "document-versions"


def _count(_actor: Actor, items: Collection[UUID]) -> Mapping[UUID, int]:
    rows = DocumentVersion.objects.filter(item__in=items).order_by()
    return dict(rows.values_list("item").annotate(number=Count("id")))


def _move(_actor: Actor, gone: UUID, stays: UUID, _at: datetime) -> int:
    """They stand behind those of the one that stays, whose current version goes on being it."""
    standing = DocumentVersion.objects.filter(item=stays)
    last = standing.aggregate(last=Max("number"))["last"] or 0
    current = standing.filter(current=True).exists()
    name = models.Item.objects.filter(id=gone).values_list("name", flat=True).first() or ""
    rows = list(DocumentVersion.objects.filter(item=gone).order_by("number"))
    numbers = {row.number: last + place for place, row in enumerate(rows, start=1)}
    for row in rows:
        row.item, row.number, row.merged_from = stays, numbers[row.number], name[:300]
        row.of_number = numbers.get(row.of_number) if row.of_number else None
        row.current = row.current and not current
        row.save(update_fields=["item", "number", "merged_from", "of_number", "current"])
    return len(rows)


def purge(items: Collection[UUID]) -> None:
    """Remove the versions of items that are removed for good; their bytes follow by a job, as far
    as no other version holds them.
    """
    if DocumentVersion.objects.filter(item__in=items).delete()[0]:
        tasks.forget_now.defer()


def declare() -> None:
    register(
        Follower(
            VERSIONS,
            Wording(untranslated("Versions of its file")),
            Wording(untranslated("They come back with it, or are removed with it for good.")),
            _count,
            move=_move,
        )
    )
