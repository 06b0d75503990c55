"""Interfaces between systems: who provides each, who consumes it, and the map of all of them.

What is an interface, and who is what of it, is told by definitions: the role of a type, the part
of a kind of relation. A party is shown as the business system that it serves where that is just
one, else as itself (an exchange platform). Whoever is out of reach is there, without a name.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from uuid import UUID

from django.db.models import Q, QuerySet

from wardround.cmdb import counted_order, models, rules, selection
from wardround.cmdb.interface_types import (
    MOST_MAPPED,
    Interface,
    InterfaceFilters,
    InterfaceMap,
    InterfacePage,
    MapParty,
    MapWay,
    Party,
)
from wardround.cmdb.items import OUT_OF_REACH, Condition, ItemRef, OutOfReach
from wardround.cmdb.message_counts import Counts, Measured, MessageCounts, uncounted
from wardround.cmdb.reading import Names, may_be_named, names, read_items
from wardround.cmdb.rules import parts_of
from wardround.kernel.lists import paginate
from wardround.kernel.reach import Reach
from wardround.schema import queries as schema
from wardround.schema.types import InterfacePart, ItemRole

_Shown = ItemRef | OutOfReach

# Interfaces --------------------------------------------------------------------------------------


def list_interfaces(  # noqa: PLR0913  # a list has this many knobs; all are named
    reach: Reach,
    filters: InterfaceFilters,
    *,
    limit: int = 50,
    cursor: str | None = None,
    sort: str | None = None,
    counts: Counts = uncounted,
) -> InterfacePage:
    """One page of interfaces with their parties and messages; a fixed number of queries.

    An order or a filter by messages counts those of all interfaces under the other filters.
    Raises BadInput where these are too many.
    """
    rows = _chosen(reach, filters)
    if filters.measured or counted_order.is_by_counts(sort):
        told = counted_order.counted(rows, counts)
        if filters.measured:
            rows = rows.filter(id__in=counted_order.measured(told, filters.measured))
        if counted_order.is_by_counts(sort):
            page = counted_order.page(rows, told, sort=sort, limit=limit, cursor=cursor)
            return InterfacePage(_read(reach, page.rows, told), page.next, rows.count())
        counts = told.of
    ordered, sortable = selection.ordered(rows, filters.items, sort, reach)
    page = paginate(
        ordered, limit=limit, cursor=cursor, sort=sort, sortable=sortable, default_sort="name"
    )
    found = _read(reach, page.rows, counts([row.id for row in page.rows]))
    return InterfacePage(found, page.next, rows.count())


def interface_map(
    reach: Reach, filters: InterfaceFilters, *, counts: Counts = uncounted
) -> InterfaceMap:
    """All interfaces under these filters by who provides and who consumes them.

    Of more than `MOST_MAPPED` the first by name; how many there are beside these is told.
    """
    rows = _chosen(reach, filters)
    if filters.measured:
        told = counted_order.counted(rows, counts)
        rows = rows.filter(id__in=counted_order.measured(told, filters.measured))
        counts = told.of
    shown = list(rows.order_by("name", "id")[:MOST_MAPPED])
    found = _read(reach, shown, counts([row.id for row in shown]))
    return _mapped(found, left_out=rows.count() - len(found))


def _chosen(reach: Reach, filters: InterfaceFilters) -> QuerySet[models.Item]:
    wanted = replace(filters.items, roles=(ItemRole.INTERFACE,))
    rows = selection.chosen(wanted, reach)
    sides = (
        ((InterfacePart.PROVIDER,), filters.providers),
        ((InterfacePart.CONSUMER,), filters.consumers),
        ((InterfacePart.PROVIDER, InterfacePart.CONSUMER), filters.parties),
    )
    for parts, items in sides:
        if items:
            rows = rows.filter(_with_party(reach, parts, items))
    if filters.incomplete:
        whole = [_any_party(part) for part in (InterfacePart.PROVIDER, InterfacePart.CONSUMER)]
        rows = rows.exclude(whole[0] & whole[1])
    return rows


def _kinds(*parts: InterfacePart) -> list[str]:
    kinds = schema.remembered_relation_kinds()
    return sorted(name for name, kind in kinds.items() if kind.interface_part in parts)


def _related(parts: Collection[InterfacePart]) -> tuple[QuerySet[models.Relation], ...]:
    """Relations of interfaces: those that lead to one, and those that lead from one to what is
    none. Of two interfaces the target is the interface, and the source its party.
    """
    types = rules.types_with(ItemRole.INTERFACE, schema.remembered_item_types())
    related = models.Relation.objects.filter(kind__in=_kinds(*parts))
    leading_from = related.filter(source__type__in=types).exclude(target__type__in=types)
    return related.filter(target__type__in=types), leading_from


def _with_party(reach: Reach, parts: Collection[InterfacePart], items: Sequence[UUID]) -> Q:
    """Interfaces one of whose parties is one of these items, or serves one of these systems."""
    of_these = Q(id__in=items) | Q(systems__overlap=reach.of(items))
    parties = models.Item.objects.filter(may_be_named(reach), of_these, retired_at=None)
    ids = parties.values("id")
    leading_to, leading_from = _related(parts)
    return Q(id__in=leading_to.filter(source__in=ids).values("target")) | Q(
        id__in=leading_from.filter(target__in=ids).values("source")
    )


def _any_party(part: InterfacePart) -> Q:
    in_use = {"source__retired_at": None, "target__retired_at": None}
    leading_to, leading_from = _related((part,))
    return Q(id__in=leading_to.filter(**in_use).values("target")) | Q(
        id__in=leading_from.filter(**in_use).values("source")
    )


# Parties -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _End:
    """One relation of an interface, as it is stored."""

    interface: UUID
    party: UUID
    part: InterfacePart


def _read(
    reach: Reach, rows: Sequence[models.Item], told: Mapping[UUID, MessageCounts]
) -> tuple[Interface, ...]:
    items = read_items(rows, reach)
    ends = _ends([item.id for item in items])
    parties = _parties(reach, {end.party for end in ends})
    found: dict[tuple[UUID, InterfacePart], list[Party]] = defaultdict(list)
    for end in ends:
        found[end.interface, end.part].append(parties[end.party])
    return tuple(
        Interface(
            item=item,
            providers=_once(found[item.id, InterfacePart.PROVIDER]),
            consumers=_once(found[item.id, InterfacePart.CONSUMER]),
            messages=told.get(item.id),
        )
        for item in items
    )


def _ends(interfaces: Collection[UUID]) -> list[_End]:
    kinds = schema.remembered_relation_kinds()
    leading_to, leading_from = _related((InterfacePart.PROVIDER, InterfacePart.CONSUMER))
    in_use = {"source__retired_at": None, "target__retired_at": None}
    columns = (
        leading_to.filter(target__in=interfaces, **in_use).values_list("kind", "target", "source"),
        leading_from.filter(source__in=interfaces, **in_use).values_list(
            "kind", "source", "target"
        ),
    )
    return [
        _End(interface, party, kinds[kind].interface_part)
        for rows in columns
        for kind, interface, party in rows.order_by("id")
    ]


def _once(parties: Iterable[Party]) -> tuple[Party, ...]:
    """By name; those out of reach are one, last: how many they are is not told."""
    return tuple(sorted(dict.fromkeys(parties), key=lambda party: _by_name(party.shown)))


def _by_name(shown: _Shown) -> tuple[bool, str, str]:
    return shown == OUT_OF_REACH, str(shown.name), str(shown.id)


_NOBODY = Party(OUT_OF_REACH, OUT_OF_REACH, None, None)


def _parties(reach: Reach, ids: Collection[UUID]) -> Mapping[UUID, Party]:
    """Two queries."""
    rows = list(models.Item.objects.filter(may_be_named(reach), id__in=set(ids)))
    systems = frozenset(rules.types_with(ItemRole.SYSTEM, schema.remembered_item_types()))
    reach.look_at(id_ for row in rows for id_ in (row.id, *row.systems))
    mentioned = {id_ for row in rows for id_ in (row.owner_id, *reach.of(row.systems)) if id_}
    known = names(reach, mentioned)
    found = {row.id: _party(reach, row, known, systems) for row in rows}
    return {id_: found.get(id_, _NOBODY) for id_ in ids}


def _party(reach: Reach, row: models.Item, known: Names, system_types: Collection[str]) -> Party:
    own = ItemRef(row.id, row.key, row.name, row.type)
    inside = reach.covers(row.id, row.systems)
    serves = [known.refs[id_] for id_ in reach.of(row.systems) if id_ in known.refs]
    alone = len(row.systems) == 1 and len(serves) == 1 and row.type not in system_types
    return Party(
        item=own,
        shown=serves[0] if alone else own,
        condition=Condition(row.condition) if inside else None,
        owner=known.person(row.owner_id) if inside else None,
    )


# The map -----------------------------------------------------------------------------------------


def _mapped(interfaces: Sequence[Interface], *, left_out: int) -> InterfaceMap:
    provided, consumed = Counter[_Shown](), Counter[_Shown]()
    ways: dict[tuple[_Shown, _Shown], list[Interface]] = defaultdict(list)
    for interface in interfaces:
        providers = {party.shown for party in interface.providers}
        consumers = {party.shown for party in interface.consumers}
        provided.update(providers)
        consumed.update(consumers)
        for way in product(providers, consumers):
            ways[way].append(interface)
    shown = sorted(provided.keys() | consumed.keys(), key=_by_name)
    numbers = {ref: number for number, ref in enumerate(shown)}
    return InterfaceMap(
        parties=tuple(MapParty(numbers[ref], ref, provided[ref], consumed[ref]) for ref in shown),
        ways=tuple(
            sorted(
                (
                    _way(numbers[provider], numbers[consumer], over)
                    for (provider, consumer), over in ways.items()
                ),
                key=lambda way: (way.provider, way.consumer),
            )
        ),
        fare=parts_of(Counter(each.item.condition for each in interfaces)),
        without_provider=sum(not each.providers for each in interfaces),
        without_consumer=sum(not each.consumers for each in interfaces),
        left_out=left_out,
        unmeasured=sum(
            each.messages is not None and each.messages.measured is Measured.NO
            for each in interfaces
        ),
    )


def _way(provider: int, consumer: int, over: Sequence[Interface]) -> MapWay:
    counted = [each.messages for each in over if each.messages]
    messages, failed = (
        [count for told in counted if (count := told.count(name)) is not None]
        for name in ("messages", "failed")
    )
    return MapWay(
        provider,
        consumer,
        parts_of(Counter(each.item.condition for each in over)),
        messages=sum(messages) if messages else None,
        failed=sum(failed) if failed else None,
        measured=sum(told.measured is Measured.YES for told in counted),
    )
