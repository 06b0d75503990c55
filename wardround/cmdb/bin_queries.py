"""What lies in the recycle bin, and what is known of items that were deleted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Func, IntegerField, Q, Value

from wardround.cmdb import bin_settings, models, rules
from wardround.cmdb.bin_types import BinFilters, BinnedItem, BinPage
from wardround.cmdb.items import ItemRef
from wardround.cmdb.reading import named_within, names
from wardround.kernel.lists import during, paginate
from wardround.kernel.reach import Reach
from wardround.kernel.types import ALWAYS, Named, TimeRange
from wardround.schema import queries as schema
from wardround.schema.types import Label

_SORTABLE = {
    "name": "name",
    "key": "key",
    "type": "type",
    "importance": "importance",
    "deleted_at": "deleted_at",
    "until": "deleted_at",
    "by": "actor_name",
    "relations": "related",
}


def list_binned(  # noqa: PLR0913  # all but two are named
    reach: Reach,
    filters: BinFilters,
    *,
    deleted: TimeRange = ALWAYS,
    limit: int = 50,
    cursor: str | None = None,
    sort: str | None = None,
) -> BinPage:
    """Deleted items within reach, the newest first: who served a system is seen by its readers."""
    rows = models.Binned.objects.filter(
        reach.condition(item="pk"), during(deleted, "deleted_at"), purged_at=None
    )
    if filters.types:
        types = schema.remembered_item_types()
        rows = rows.filter(type__in=rules.with_descendants(filters.types, types))
    if filters.mine:
        rows = rows.filter(actor_id=filters.mine)
    for word in (filters.q or "").split()[:10]:
        rows = rows.filter(
            Q(name__says=word) | Q(key__icontains=word) | Q(reason__icontains=word)
            | Q(actor_name__icontains=word)
        )  # fmt: skip
    total = rows.count()
    page = paginate(
        rows.annotate(related=_related(reach)).defer("attributes", "pointers", "elsewhere"),
        limit=limit,
        cursor=cursor,
        sort=sort,
        sortable=_SORTABLE,
        default_sort="-deleted_at",
    )
    return BinPage(_read(reach, page.rows), page.next, total)


def _related(reach: Reach) -> Func | Value:
    """How many relations wait with each: an order that only who sees all of them may ask for."""
    if not reach.everything:
        return Value(0)
    return Func("relations", function="jsonb_array_length", output_field=IntegerField())


def _seen_relations(reach: Reach, rows: Collection[Any]) -> dict[UUID, int]:
    """How many of the relations of each lead to something within reach, or deleted within it."""
    if reach.everything:
        return {row.id: row.related for row in rows}
    ends = {
        row.id: [UUID(each[end]) for each in row.relations for end in ("source", "target")]
        for row in rows
    }
    seen = named_within(reach, {end for several in ends.values() for end in several})
    return {id_: sum(end in seen and end != id_ for end in ends[id_]) for id_ in ends}


def _read(reach: Reach, rows: Collection[Any]) -> tuple[BinnedItem, ...]:
    relations = _seen_relations(reach, rows)
    types, kept = schema.remembered_item_types(), bin_settings.kept_for()
    refs = names(reach, {row.merged_into for row in rows if row.merged_into}).refs
    return tuple(
        BinnedItem(
            id=row.id,
            key=row.key,
            name=row.name,
            type=row.type,
            type_label=types[row.type].label if row.type in types else Label.parse(row.type),
            importance=row.importance,
            deleted_at=row.deleted_at,
            by=Named(row.actor_id, row.actor_name),
            reason=row.reason,
            ticket=row.ticket,
            until=row.deleted_at + kept,
            relations=relations[row.id],
            merged_into=refs.get(row.merged_into) if row.merged_into else None,
        )
        for row in rows
    )


def lying_keys(reach: Reach, keys: Collection[str]) -> Mapping[str, str]:
    """Of these keys those of items that lie in the bin within reach, with their names."""
    rows = models.Binned.objects.filter(
        reach.condition(item="pk"), key__in=list(keys), purged_at=None
    )
    return dict(rows.values_list("key", "name")) if keys else {}


def stays(item: UUID) -> UUID | None:
    """The item into which this one was merged, and that into which that was merged itself."""
    seen: set[UUID] = set()
    place: UUID | None = item
    while place is not None and place not in seen:
        seen.add(place)
        row = models.Binned.objects.filter(id=place).values_list("merged_into", flat=True).first()
        if row is None:
            break
        place = row
    return place if place != item else None


def ref(reach: Reach, item: UUID) -> tuple[ItemRef, bool] | None:
    """What a deleted item within reach is called, and whether it lies in the bin still."""
    row = models.Binned.objects.filter(reach.condition(item="pk"), id=item).first()
    if row is None:
        return None
    return ItemRef(row.id, row.key, row.name, row.type), row.purged_at is None
