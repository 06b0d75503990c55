"""Reading items, relations and changes. What an actor may not see is not there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    F,
    Func,
    IntegerField,
    Q,
    QuerySet,
    UUIDField,
    Value,
    When,
)

from wardround.cmdb import models, rules
from wardround.cmdb.reading import Nameable, both_ends, changes_within, read_items, read_relation
from wardround.cmdb.reading import named as _named
from wardround.cmdb.types import (
    WORST_FIRST,
    ChangePage,
    Condition,
    ImpactRelation,
    Item,
    ItemChange,
    ItemFilters,
    ItemPage,
    ItemRef,
    RelationFilters,
    RelationPage,
    Standby,
)
from wardround.kernel.errors import NotFound
from wardround.kernel.lists import paginate
from wardround.kernel.reach import EVERYTHING, Reach
from wardround.schema import queries as schema
from wardround.schema.types import Impact

SORTABLE = {
    "name": "name",
    "key": "key",
    "type": "type",
    "importance": "importance",
    "condition": "severity",
    "condition_since": "condition_since",
    "updated_at": "updated_at",
}


class UnknownItem(NotFound):
    code = "unknown_item"


class UnknownRelation(NotFound):
    code = "unknown_relation"


# Items -------------------------------------------------------------------------------------------


def list_items(
    reach: Reach,
    filters: ItemFilters,
    *,
    limit: int = 50,
    cursor: str | None = None,
    sort: str | None = None,
) -> ItemPage:
    """One page of items, worst condition first with `sort="condition"`.

    Three queries whatever the number of rows.
    """
    rows = _filtered(models.Item.objects.filter(reach.condition()), filters, reach)
    page = paginate(
        rows.annotate(severity=_SEVERITY),
        limit=limit,
        cursor=cursor,
        sort=sort,
        sortable=SORTABLE,
        default_sort="name",
    )
    return ItemPage(read_items(page.rows, reach), page.next, rows.count())


_SEVERITY = Case(
    *(When(Q(condition=one), then=Value(rank)) for rank, one in enumerate(WORST_FIRST)),
    default=Value(len(WORST_FIRST)),
    output_field=IntegerField(),
)


def _filtered(
    rows: QuerySet[models.Item], filters: ItemFilters, reach: Reach
) -> QuerySet[models.Item]:
    if not filters.retired:
        rows = rows.filter(retired_at=None)
    if filters.types or filters.layers:
        rows = rows.filter(type__in=_wanted_types(filters))
    if filters.systems:
        rows = rows.filter(systems__overlap=reach.of(filters.systems))
    if filters.q:
        rows = rows.filter(_matching(filters.q))
    columns: dict[str, tuple[Any, ...]] = {
        "condition__in": filters.conditions,
        "importance__in": filters.importances,
        "owner__in": filters.owners,
        "vendor__in": filters.vendors,
        "id__in": filters.ids,
        "key__in": filters.keys,
    }
    return rows.filter(**{name: wanted for name, wanted in columns.items() if wanted})


def _wanted_types(filters: ItemFilters) -> list[str]:
    types = schema.remembered_item_types()
    wanted = rules.with_descendants(filters.types, types) if filters.types else list(types)
    if not filters.layers:
        return wanted
    inside = set(rules.types_in(filters.layers, types))
    return [name for name in wanted if name in inside]


def _matching(q: str) -> Q:
    """Every word of `q` occurs in the name, the key or an attribute that is text."""
    condition = Q()
    for word in q.split()[:10]:
        condition &= Q(name__icontains=word) | Q(key__icontains=word) | _in_attributes(word)
    return condition


def _in_attributes(word: str) -> Q:
    names = schema.derived("cmdb.searched-attributes", _searched_attributes)
    condition = Q()
    for name in names:
        condition |= Q(**{f"attributes__{name}__icontains": word})
    return condition


_SEARCHED = frozenset({"serial", "asset_number", "management_address", "address", "short_name"})


def _searched_attributes() -> tuple[str, ...]:
    """Attributes people search by; others are found by their filters."""
    every = (one.name for its in schema.remembered_item_types().values() for one in its.attributes)
    return tuple(sorted(_SEARCHED & set(every)))


def item(reach: Reach, item_id: UUID) -> Item:
    """One item. Raises UnknownItem where there is none within reach."""
    row = models.Item.objects.filter(reach.condition(), id=item_id).first()
    if row is None:
        raise UnknownItem(field="item")
    return read_items([row], reach)[0]


def items(reach: Reach, ids: Collection[UUID]) -> dict[UUID, Item]:
    """The items of these within reach, retired ones too; two queries."""
    rows = list(models.Item.objects.filter(reach.condition(), id__in=set(ids)))
    return {one.id: one for one in read_items(rows, reach)}


def visible(reach: Reach, ids: Collection[UUID]) -> frozenset[UUID]:
    """Which of these items are within reach; one query."""
    rows = models.Item.objects.filter(reach.condition(), id__in=set(ids))
    return frozenset(rows.values_list("id", flat=True)) if ids else frozenset()


def visible_keys(reach: Reach, keys: Collection[str]) -> frozenset[str]:
    """The keys of these that are of items within reach; one query."""
    rows = models.Item.objects.filter(reach.condition(), key__in=set(keys))
    return frozenset(rows.values_list("key", flat=True)) if keys else frozenset()


def within(reach: Reach) -> tuple[UUID, ...]:
    """Every item within reach, for stores that keep nothing of items but their ids; one query."""
    rows = models.Item.objects.filter(reach.condition()).order_by("id")
    return tuple(rows.values_list("id", flat=True))


def systems(reach: Reach) -> tuple[Item, ...]:
    """Every business system within reach, by name."""
    types = rules.system_types(schema.remembered_item_types())
    rows = models.Item.objects.filter(reach.condition(), type__in=types, retired_at=None)
    return read_items(list(rows.order_by("name")), reach)


# For boards --------------------------------------------------------------------------------------


def condition_counts(reach: Reach) -> dict[Condition, int]:
    """How many items in use are in each condition. One query."""
    rows = models.Item.objects.filter(reach.condition(), retired_at=None)
    counted = rows.values("condition").annotate(number=Count("id")).order_by()
    return {Condition(row["condition"]): row["number"] for row in counted}


def parts_by_system(reach: Reach) -> dict[UUID, dict[Condition, int]]:
    """How many of the items that a system depends on are in each condition. One query."""
    system = Func(F("systems"), function="unnest", output_field=UUIDField())
    seen = models.Item.objects.filter(reach.condition(), retired_at=None)
    rows: QuerySet[Any] = seen.annotate(system=system)
    found: dict[UUID, dict[Condition, int]] = {}
    for id_, system_id, condition in rows.values_list("id", "system", "condition").order_by():
        if id_ != system_id and reach.of([system_id]):
            counts = found.setdefault(system_id, {})
            counts[Condition(condition)] = counts.get(Condition(condition), 0) + 1
    return found


def named(reach: Reach, ids: Collection[UUID]) -> dict[UUID, ItemRef]:
    """What may be told of items that something within reach names: see `reading.named`."""
    return _named(reach, ids)


# For other rooms: no reach, because nobody asked; what comes of it is shown under their own ------


def refs(ids: Collection[UUID]) -> dict[UUID, ItemRef]:
    """Items by id, as others name them; one query."""
    return _named(EVERYTHING, ids)


def items_by_key(keys: Collection[str]) -> dict[str, ItemRef]:
    """Items by key; unknown keys are left out. One query."""
    wanted = list(set(keys))
    rows = models.Item.objects.filter(key__in=wanted).values_list("id", "key", "name", "type")
    return {row[1]: ItemRef(*row) for row in rows} if wanted else {}


def owners(ids: Collection[UUID]) -> dict[UUID, ItemRef | None]:
    """Who answers for each item: its owner, or nobody. One query."""
    rows = models.Item.objects.filter(id__in=set(ids)).select_related("owner")
    return {
        row.id: ItemRef(row.owner.id, row.owner.key, row.owner.name, row.owner.type)
        if row.owner
        else None
        for row in rows
    }


def systems_of(ids: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """The business systems that each item serves. One query."""
    rows = models.Item.objects.filter(id__in=set(ids)).values_list("id", "systems")
    return {id_: frozenset(systems_) for id_, systems_ in rows}


def importance_of(ids: Collection[UUID]) -> dict[UUID, str | None]:
    """The class of each item, or the best class of the systems it serves. Two queries."""
    rows = list(
        models.Item.objects.filter(id__in=set(ids)).values_list("id", "importance", "systems")
    )
    above = {one for _id, _own, systems_ in rows for one in systems_}
    classes = dict(models.Item.objects.filter(id__in=above).values_list("id", "importance"))
    return {
        id_: own or min((best for one in systems_ if (best := classes.get(one))), default=None)
        for id_, own, systems_ in rows
    }


# Relations ---------------------------------------------------------------------------------------

RELATION_SORTABLE = {"kind": "kind", "source": "source__name", "target": "target__name"}


def list_relations(
    reach: Reach,
    filters: RelationFilters,
    *,
    limit: int = 50,
    cursor: str | None = None,
    sort: str | None = None,
) -> RelationPage:
    """Relations both of whose ends are within reach; two queries."""
    rows = models.Relation.objects.filter(
        both_ends(reach), source__retired_at=None, target__retired_at=None
    )
    columns: dict[str, tuple[Any, ...]] = {
        "kind__in": filters.kinds,
        "source__in": filters.sources,
        "target__in": filters.targets,
    }
    rows = rows.filter(**{name: wanted for name, wanted in columns.items() if wanted})
    if filters.items:
        rows = rows.filter(Q(source__in=filters.items) | Q(target__in=filters.items))
    for word in (filters.q or "").split()[:10]:
        rows = rows.filter(Q(source__name__icontains=word) | Q(target__name__icontains=word))
    page = paginate(
        rows.select_related("source", "target"),
        limit=limit,
        cursor=cursor,
        sort=sort,
        sortable=RELATION_SORTABLE,
    )
    return RelationPage(tuple(map(read_relation, page.rows)), page.next, rows.count())


def impact_relations() -> tuple[ImpactRelation, ...]:
    """Every relation along which failures spread, between items in use. One query."""
    kinds = schema.remembered_relation_kinds()
    upward = rules.impact_kinds(kinds, Impact.TARGET_TO_SOURCE)
    downward = rules.impact_kinds(kinds, Impact.SOURCE_TO_TARGET)
    rows = models.Relation.objects.filter(
        kind__in=[*upward, *downward], source__retired_at=None, target__retired_at=None
    ).values_list("source", "target", "kind", "group", "need", "standby", "switch_minutes")
    return tuple(
        ImpactRelation(
            dependent=source if kind in upward else target,
            needed=target if kind in upward else source,
            kind=kind,
            group=group,
            need=need,
            standby=Standby(standby) if standby else None,
            switch_minutes=minutes,
        )
        for source, target, kind, group, need, standby, minutes in rows
    )


# Changes -----------------------------------------------------------------------------------------


def changes(
    reach: Reach, item_id: UUID, *, limit: int = 50, cursor: str | None = None
) -> ChangePage:
    """What changed of an item, newest first. Raises UnknownItem."""
    known = models.Item.objects.filter(reach.condition(), id=item_id).values_list("type", flat=True)
    its_type = known.first()
    if its_type is None:
        raise UnknownItem(field="item")
    rows = models.ItemChange.objects.filter(changes_within(reach), item=item_id)
    page = paginate(rows, limit=limit, cursor=cursor, sort="-id", sortable={})
    nameable = Nameable.of(reach, page.rows, its_type)
    return ChangePage(tuple(_change(row, nameable) for row in page.rows), page.next)


def _change(row: models.ItemChange, nameable: Nameable) -> ItemChange:
    return ItemChange(
        id=row.id,
        at=row.at,
        actor_id=row.actor_id,
        actor=row.actor_name,
        field=row.field,
        old=nameable.told(row, row.old),
        new=nameable.told(row, row.new),
    )


def columns(types: Collection[str], language: str) -> Mapping[str, str]:
    """Attributes that lists of these types show, with their labels; all types if none."""
    known = schema.remembered_item_types()
    wanted = rules.with_descendants(list(types), known) if types else list(known)
    shown = (one for name in wanted if name in known for one in known[name].attributes)
    return {f"attributes.{one.name}": one.label.text(language) for one in shown if one.list}
