"""Circuits: lines that a carrier keeps between two ends, under a contract that ends one day.

What is a circuit, and where it ends, is told by definitions: the role of a type, `circuit_end` of a
kind of relation. Its contract is what its first reference leads to that has a day on which it ends.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from wardround.cmdb import models, rules, selection
from wardround.cmdb.items import OUT_OF_REACH, Condition, Item, ItemFilters, ItemRef, OutOfReach
from wardround.cmdb.reading import may_be_named, read_items
from wardround.cmdb.restricted import Sight
from wardround.kernel.lists import paginate
from wardround.kernel.reach import Reach
from wardround.schema import queries as schema
from wardround.schema.declarations import told_as
from wardround.schema.types import AttributeType, ItemRole, ItemType

ENDS_ON = "ends_on"
"""The day on which a contract ends, where its type declares it."""
SOON = timedelta(days=60)
ENDS = 2


@told_as(
    {
        "running": ("有效", "In force"),
        "ending": ("即将到期", "Ends soon"),
        "ended": ("已到期", "Ended"),
    }
)
class ContractState(StrEnum):
    RUNNING = "running"
    ENDING = "ending"
    """Within 60 days."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class CircuitFilters:
    items: ItemFilters = field(default_factory=ItemFilters)
    ends: tuple[UUID, ...] = ()
    """Items at either end."""
    contracts: tuple[ContractState, ...] = ()
    incomplete: bool = False
    """Those alone of which fewer than two ends are known."""


@dataclass(frozen=True, slots=True)
class End:
    item: ItemRef | OutOfReach
    condition: Condition | None
    """None where it is out of reach itself."""


@dataclass(frozen=True, slots=True)
class Circuit:
    item: Item
    ends: tuple[End, ...]
    contract_ends_on: date | None
    contract_state: ContractState | None
    """None where there is no contract, it has no end, or the reader may not see it."""


@dataclass(frozen=True, slots=True)
class CircuitPage:
    circuits: tuple[Circuit, ...]
    next: str | None
    total: int


def state_of(ends_on: date, today: date) -> ContractState:
    """How a contract is on a day; the day on which it ends is its last. Pure."""
    if ends_on < today:
        return ContractState.ENDED
    return ContractState.ENDING if ends_on <= today + SOON else ContractState.RUNNING


def list_circuits(  # noqa: PLR0913  # a list has this many knobs; all are named
    reach: Reach,
    filters: CircuitFilters,
    *,
    today: date,
    limit: int = 50,
    cursor: str | None = None,
    sort: str | None = None,
) -> CircuitPage:
    """One page of circuits with their ends; a fixed number of statements."""
    wanted = replace(filters.items, roles=(ItemRole.CIRCUIT,))
    rows = _narrowed(selection.chosen(wanted, reach), reach, filters, today)
    ordered, sortable = selection.ordered(rows, wanted, sort, reach)
    page = paginate(
        ordered, limit=limit, cursor=cursor, sort=sort, sortable=sortable, default_sort="name"
    )
    return CircuitPage(_read(reach, page.rows, today), page.next, rows.count())


def _narrowed(
    rows: QuerySet[models.Item], reach: Reach, filters: CircuitFilters, today: date
) -> QuerySet[models.Item]:
    if filters.ends:
        named = models.Item.objects.filter(may_be_named(reach), id__in=filters.ends).values("id")
        leading, led = _related()
        rows = rows.filter(
            Q(id__in=leading.filter(target__in=named).values("source"))
            | Q(id__in=led.filter(source__in=named).values("target"))
        )
    if filters.contracts:
        rows = rows.filter(_under(reach, filters.contracts, today))
    if filters.incomplete:
        leading, led = _related()
        counted = (
            Coalesce(_counted(of, end), 0) for of, end in ((leading, "source"), (led, "target"))
        )
        out, back = counted
        rows = rows.annotate(ends=out + back).filter(ends__lt=ENDS)
    return rows


def _counted(rows: QuerySet[models.Relation], end: str) -> Subquery:
    own = rows.filter(**{end: OuterRef("id")}).order_by().values(end)
    return Subquery(own.annotate(number=Count("id")).values("number"))


# Ends --------------------------------------------------------------------------------------------


def _related() -> tuple[QuerySet[models.Relation], QuerySet[models.Relation]]:
    """Relations in use that lead from a circuit to its end, and those that lead back."""
    kinds = schema.remembered_relation_kinds()
    ending = sorted(name for name, kind in kinds.items() if kind.circuit_end)
    types = rules.types_with(ItemRole.CIRCUIT, schema.remembered_item_types())
    rows = models.Relation.objects.filter(
        kind__in=ending, source__retired_at=None, target__retired_at=None
    )
    return (
        rows.filter(source__type__in=types),
        rows.filter(target__type__in=types).exclude(source__type__in=types),
    )


def _read(reach: Reach, rows: Sequence[models.Item], today: date) -> tuple[Circuit, ...]:
    items = read_items(rows, reach)
    leading, led = _related()
    ids = [item.id for item in items]
    pairs = [
        *leading.filter(source__in=ids).order_by("id").values_list("source", "target"),
        *led.filter(target__in=ids).order_by("id").values_list("target", "source"),
    ]
    ends = _ends(reach, {end for _circuit, end in pairs})
    found = defaultdict[UUID, list[End]](list)
    for circuit, end in pairs:
        found[circuit].append(ends[end])
    days = _days(reach, items)
    return tuple(
        Circuit(
            item,
            tuple(found[item.id]),
            days.get(item.id),
            state_of(days[item.id], today) if item.id in days else None,
        )
        for item in items
    )


def _ends(reach: Reach, ids: Collection[UUID]) -> Mapping[UUID, End]:
    rows = models.Item.objects.filter(may_be_named(reach), id__in=ids)
    known = {
        row.id: End(
            ItemRef(row.id, row.key, row.name, row.type),
            Condition(row.condition) if reach.covers(row.id, row.systems) else None,
        )
        for row in rows
    }
    return {id_: known.get(id_, End(OUT_OF_REACH, None)) for id_ in ids}


# Contracts ---------------------------------------------------------------------------------------


def _naming() -> Mapping[str, str]:
    """By type of circuit, its reference to a contract."""
    types = schema.remembered_item_types()
    ending = {name for name, its_type in types.items() if _ends_one_day(its_type)}
    found: dict[str, str] = {}
    for name in rules.types_with(ItemRole.CIRCUIT, types):
        for each in types[name].attributes:
            leads = each.type is AttributeType.REFERENCE and each.to and set(each.to) <= ending
            if leads:
                found.setdefault(name, each.name)
    return found


def _ends_one_day(its_type: ItemType) -> bool:
    declared = its_type.attribute(ENDS_ON)
    return declared is not None and declared.type is AttributeType.DATE


def _contracts(reach: Reach) -> QuerySet[models.Item]:
    """Contracts in use whose last day the reader may see."""
    types = schema.remembered_item_types()
    named = [name for name, its_type in types.items() if _ends_one_day(its_type)]
    seen = Sight(reach).among(ENDS_ON, named)
    return models.Item.objects.filter(reach.condition(), seen, type__in=named, retired_at=None)


def _days(reach: Reach, items: Sequence[Item]) -> Mapping[UUID, date]:
    naming, named = _naming(), dict[UUID, UUID]()
    for item in items:
        ref = item.attributes.get(naming.get(item.type, ""))
        if isinstance(ref, ItemRef):
            named[item.id] = ref.id
    if not named:
        return {}
    rows = _contracts(reach).filter(id__in=set(named.values())).only("attributes")
    days = {row.id: day for row in rows if (day := _day(row.attributes.get(ENDS_ON)))}
    return {circuit: days[contract] for circuit, contract in named.items() if contract in days}


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _under(reach: Reach, states: Collection[ContractState], today: date) -> Q:
    """Circuits whose contract is so, as far as the reader sees both."""
    soon = today + SOON
    between = {
        ContractState.ENDED: Q(attributes__ends_on__lt=today.isoformat()),
        ContractState.ENDING: Q(
            attributes__ends_on__gte=today.isoformat(), attributes__ends_on__lte=soon.isoformat()
        ),
        ContractState.RUNNING: Q(attributes__ends_on__gt=soon.isoformat()),
    }
    wanted = Q(pk__in=())
    for state in states:
        wanted |= between[state]
    ids = [str(id_) for id_ in _contracts(reach).filter(wanted).values_list("id", flat=True)]
    found, sight = Q(pk__in=()), Sight(reach)
    for type_name, name in _naming().items():
        found |= sight.among(name, [type_name]) & Q(**{f"attributes__{name}__in": ids})
    return found
