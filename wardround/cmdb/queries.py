"""Reading items, relations and changes. What an actor may not see is not there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import (
    Count,
    Q,
)

from wardround.cmdb import bin_queries, models, rules, selection
from wardround.cmdb.errors import DeletedItem, RemovedItem, UnknownItem
from wardround.cmdb.preparation import unfit_target
from wardround.cmdb.reading import (
    Nameable,
    both_ends,
    changes_within,
    hidden_fields,
    nameable,
    names,
    read_items,
    read_relations,
)
from wardround.cmdb.reading import named as _named
from wardround.cmdb.restricted import Sight
from wardround.cmdb.types import (
    ABNORMAL,
    ChangePage,
    Column,
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
from wardround.kernel.lists import counted, during, paginate
from wardround.kernel.reach import EVERYTHING, Reach
from wardround.kernel.types import ALWAYS, Named, TimeRange
from wardround.schema import queries as schema
from wardround.schema.types import Capability, Impact, ItemRole

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

    A fixed number of queries whatever the number of rows.
    """
    rows, total = selection.counted_rows(filters, reach)
    sortable_rows, sortable = selection.ordered(rows, filters, sort, reach)
    page = paginate(
        sortable_rows,
        limit=limit,
        cursor=cursor,
        sort=sort,
        sortable=sortable,
        default_sort="name",
    )
    return ItemPage(read_items(page.rows, reach), page.next, total)


def abnormal_hidden(reach: Reach, filters: ItemFilters) -> int:
    """How many abnormal items within reach these filters leave out; two queries, or none. What is
    out of use keeps the condition it had, and is neither wrong now nor makes up for what is.
    """
    if filters == ItemFilters():
        return 0
    everything = _abnormal(reach, ItemFilters())
    return max(everything - _abnormal(reach, filters), 0) if everything else 0


def _abnormal(reach: Reach, filters: ItemFilters) -> int:
    rows = selection.chosen(filters, reach)
    return rows.filter(condition__in=ABNORMAL, retired_at=None).count()


def item(reach: Reach, item_id: UUID) -> Item:
    """One item; of one that was merged into another, that other. Raises UnknownItem where there is
    none within reach, DeletedItem, RemovedItem.
    """
    row = models.Item.objects.filter(reach.condition(), id=item_id).first()
    if row is None and (stays := bin_queries.stays(item_id)):
        row = models.Item.objects.filter(reach.condition(), id=stays).first()
    if row is None:
        _refuse_deleted(reach, item_id)
        raise UnknownItem(field="item")
    return read_items([row], reach)[0]


def _refuse_deleted(reach: Reach, item_id: UUID) -> None:
    if gone := bin_queries.ref(reach, item_id):
        ref, lying = gone
        raise (DeletedItem if lying else RemovedItem)(field="item", name=ref.name)


def items(reach: Reach, ids: Collection[UUID]) -> dict[UUID, Item]:
    """The items of these within reach, retired ones too; two queries."""
    rows = list(models.Item.objects.filter(reach.condition(), id__in=set(ids)))
    return {item.id: item for item in read_items(rows, reach)}


def visible(reach: Reach, ids: Collection[UUID]) -> frozenset[UUID]:
    """Which of these items are within reach; one query."""
    rows = models.Item.objects.filter(reach.condition(), id__in=set(ids))
    return frozenset(rows.values_list("id", flat=True)) if ids else frozenset()


def visible_keys(reach: Reach, keys: Collection[str]) -> frozenset[str]:
    """The keys of these that are of items within reach, and of those written as `KEY/ATTRIBUTE`
    the ones whose attribute is seen; one query.
    """
    parts = [(text, *text.partition("/")[::2]) for text in keys]
    wanted = {key for _text, key, _name in parts}
    rows = models.Item.objects.filter(reach.condition(), key__in=wanted)
    found = {row.key: row for row in rows.only("key", "type", "systems")} if keys else {}
    sight, types = Sight(reach), schema.remembered_item_types()
    reach.look_at(row.id for row in found.values())
    return frozenset(
        text
        for text, key, name in parts
        if (row := found.get(key))
        and not (name and sight.hides_past(types.get(row.type), name, row.id, row.systems))
    )


def within(reach: Reach) -> tuple[UUID, ...]:
    """Every item within reach, for stores that keep nothing of items but their ids; one query."""
    rows = models.Item.objects.filter(reach.condition()).order_by("id")
    return tuple(rows.values_list("id", flat=True))


def systems(reach: Reach) -> tuple[Item, ...]:
    """Every business system within reach, by name."""
    types = rules.types_with(ItemRole.SYSTEM, schema.remembered_item_types())
    rows = models.Item.objects.filter(reach.condition(), type__in=types, retired_at=None)
    return read_items(list(rows.order_by("name")), reach)


def failed_items() -> frozenset[UUID]:
    """Items in use that are measured as down, within anybody's reach or not. One query."""
    rows = models.Item.objects.filter(condition=Condition.DOWN, retired_at=None)
    return frozenset(rows.values_list("id", flat=True))


def items_in(conditions: Collection[Condition]) -> frozenset[UUID]:
    """Items in use in one of these conditions, within anybody's reach or not. One query."""
    rows = models.Item.objects.filter(condition__in=conditions, retired_at=None)
    return frozenset(rows.values_list("id", flat=True))


def visible_refs(reach: Reach, ids: Iterable[UUID]) -> dict[UUID, ItemRef]:
    """The items of these within reach, as others name them; one query."""
    rows = models.Item.objects.filter(reach.condition(), id__in=set(ids))
    found = rows.values_list("id", "key", "name", "type") if ids else ()
    return {row[0]: ItemRef(*row) for row in found}


def refs_called(reach: Reach, names: Collection[str]) -> dict[str, ItemRef]:
    """Items in use within reach by what somebody calls them: the key, or a name that no other item
    within reach has; one query.
    """
    wanted = set(names)
    rows = models.Item.objects.filter(
        reach.condition(), Q(key__in=wanted) | Q(name__in=wanted), retired_at=None
    )
    refs = [ItemRef(*row) for row in rows.values_list("id", "key", "name", "type")]
    often = Counter(ref.name for ref in refs)
    by_name = {ref.name: ref for ref in refs if often[ref.name] == 1 and ref.name in wanted}
    return by_name | {ref.key: ref for ref in refs if ref.key in wanted}


# For boards --------------------------------------------------------------------------------------


def condition_counts(reach: Reach) -> dict[Condition, int]:
    """How many items in use are in each condition. One query."""
    rows = models.Item.objects.filter(reach.condition(), retired_at=None)
    counted = rows.values("condition").annotate(number=Count("id")).order_by()
    return {Condition(row["condition"]): row["number"] for row in counted}


def named(reach: Reach, ids: Collection[UUID]) -> Mapping[UUID, ItemRef]:
    """What may be told of items that something within reach names: see `reading.named`."""
    return _named(reach, ids)


def named_and_seen(
    reach: Reach, ids: Collection[UUID]
) -> tuple[Mapping[UUID, ItemRef], Collection[UUID]]:
    """The same, and which of them are within reach themselves: who answers for an item is told to
    those alone who reach them. One query.
    """
    found = names(reach, ids)
    return found.refs, found.inside


# For other rooms: no reach, because nobody asked; what comes of it is shown under their own ------


def refs(ids: Collection[UUID]) -> Mapping[UUID, ItemRef]:
    """Items by id, as others name them; one query."""
    return _named(EVERYTHING, ids)


def numbers(ids: Collection[UUID], names: Collection[str]) -> Mapping[UUID, Mapping[str, float]]:
    """Numbers that items hold in attributes of these names, those of which they hold any; one
    query.
    """
    wanted = [*names]
    rows = models.Item.objects.filter(id__in=set(ids)).values_list(
        "id", *(f"attributes__{name}" for name in wanted)
    )
    found: dict[UUID, Mapping[str, float]] = {}
    for id_, *values in rows if ids else ():
        pairs = zip(wanted, values, strict=True)
        of = {
            name: float(value)
            for name, value in pairs
            if isinstance(value, int | float) and not isinstance(value, bool)
        }
        if of:
            found[id_] = of
    return found


def named_by_fields(
    reach: Reach, said: Mapping[str, str], admitted: Mapping[str, Collection[str]]
) -> tuple[Mapping[str, UUID], Mapping[str, str]]:
    """What fields of another room's form name, and why some may not. One query.

    Args:
        reach: of whoever fills them in; what is beyond it is not there for them.
        said: by field, the id or key written there.
        admitted: by field, the types of item that may stand there, descendants too; none: any.

    Returns:
        By field the item, and by field what is wrong with it.

    """
    targets, types = nameable(set(said.values()), reach), schema.remembered_item_types()
    problems = {
        field: problem
        for field, text in said.items()
        if (problem := unfit_target(text, targets.get(text), admitted.get(field, ()), types))
    }
    found = {field: targets[text].id for field, text in said.items() if field not in problems}
    return found, problems


def items_by_key(keys: Collection[str]) -> dict[str, ItemRef]:
    """Items by key; unknown keys are left out. One query."""
    wanted = list(set(keys))
    rows = models.Item.objects.filter(key__in=wanted).values_list("id", "key", "name", "type")
    return {row[1]: ItemRef(*row) for row in rows} if wanted else {}


def living_of_types(types: Collection[str]) -> Mapping[str, frozenset[UUID]]:
    """Items in use that are of each of these types itself, by type; one query."""
    rows = models.Item.objects.filter(type__in=set(types), retired_at=None)
    found: dict[str, set[UUID]] = {}
    for type_name, id_ in rows.values_list("type", "id") if types else ():
        found.setdefault(type_name, set()).add(id_)
    return {type_name: frozenset(ids) for type_name, ids in found.items()}


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
    above = {system for _id, _own, systems_ in rows for system in systems_}
    classes = dict(models.Item.objects.filter(id__in=above).values_list("id", "importance"))
    return {
        id_: own
        or min((best for system in systems_ if (best := classes.get(system))), default=None)
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
        rows = rows.filter(Q(source__name__says=word) | Q(target__name__says=word))
    page = paginate(
        rows.select_related("source", "target"),
        limit=limit,
        cursor=cursor,
        sort=sort,
        sortable=RELATION_SORTABLE,
    )
    return RelationPage(read_relations(page.rows), page.next, counted(rows))


def impact_relations() -> tuple[ImpactRelation, ...]:
    """Every relation along which failures spread, between items in use. One query."""
    return _impact_relations(Q())


def impact_relations_among(ids: Collection[UUID]) -> tuple[ImpactRelation, ...]:
    """Those both of whose ends are among these items, in use; one query."""
    wanted = list(set(ids))
    return _impact_relations(Q(source__in=wanted, target__in=wanted)) if wanted else ()


def _impact_relations(narrowed: Q) -> tuple[ImpactRelation, ...]:
    kinds = schema.remembered_relation_kinds()
    upward = rules.impact_kinds(kinds, Impact.TARGET_TO_SOURCE)
    downward = rules.impact_kinds(kinds, Impact.SOURCE_TO_TARGET)
    apart = rules.types_without(Capability.IMPACT, schema.remembered_item_types())
    rows = models.Relation.objects.exclude(Q(source__type__in=apart) | Q(target__type__in=apart))
    rows = rows.filter(
        narrowed,
        kind__in=[*upward, *downward],
        source__retired_at=None,
        target__retired_at=None,
    )
    found = rows.values_list(
        "source", "target", "kind", "group", "need", "standby", "switch_minutes"
    )
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
        for source, target, kind, group, need, standby, minutes in found
    )


# Changes -----------------------------------------------------------------------------------------


def changes(
    reach: Reach,
    item_id: UUID,
    *,
    limit: int = 50,
    cursor: str | None = None,
    time_range: TimeRange = ALWAYS,
) -> ChangePage:
    """What changed of an item, newest first. Raises UnknownItem."""
    row = models.Item.objects.filter(reach.condition(), id=item_id).only("type", "systems").first()
    if row is None:
        raise UnknownItem(field="item")
    rows = models.ItemChange.objects.filter(
        changes_within(reach), during(time_range, "at"), item=item_id
    )
    page = paginate(rows, limit=limit, cursor=cursor, sort="-id", sortable={})
    nameable = Nameable.of(reach, page.rows, row.type)
    hidden = hidden_fields(Sight(reach), row, {each.field for each in page.rows})
    return ChangePage(tuple(_change(each, nameable, hidden) for each in page.rows), page.next)


def _change(row: models.ItemChange, nameable: Nameable, hidden: Collection[str]) -> ItemChange:
    restricted = row.field in hidden
    return ItemChange(
        id=row.id,
        at=row.at,
        actor=Named(row.actor_id, row.actor_name),
        field=row.field,
        old=None if restricted else nameable.told(row, row.old),
        new=None if restricted else nameable.told(row, row.new),
        restricted=restricted,
        reason=row.reason,
        ticket=row.ticket,
    )


def columns(filters: ItemFilters) -> Mapping[str, Column]:
    """Attributes of the items that these filters leave, as columns of a list."""
    found: dict[str, Column] = {}
    for item_type in selection.wanted_types(filters):
        for attribute in item_type.attributes:
            name = f"attributes.{attribute.name}"
            usual = attribute.list or (name in found and found[name].usual)
            choices = {each.value: each.label for each in attribute.choices}
            if name in found:
                choices = {**found[name].choices, **choices}
            unit = attribute.unit or ""
            found[name] = Column(attribute.label, usual, attribute.type, unit, choices)
    return found
