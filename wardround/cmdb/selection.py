"""Which items a list shows and in which order: filters, words of a search, attributes of types.

What an attribute's name means depends on the type that declares it, so every condition on one
holds for those types only.

Attributes have no index. Among 100,000 items a filter or a sort by an attribute takes one pass of
0.09 s. An index over all of them would answer a filter in a millisecond, and would be written anew
with every condition that monitoring sets. Words are looked up in what is kept for it (`searching`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import (
    Case,
    CharField,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    UUIDField,
    Value,
    When,
)
from django.db.models.fields.json import KT, KeyTransform
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from wardround.cmdb import findings, misfits, models, rules, searching, where
from wardround.cmdb.reading import may_be_named, names
from wardround.cmdb.restricted import Sight
from wardround.cmdb.types import ABNORMAL, WORST_FIRST, ItemFilters, Where
from wardround.cmdb.where.sql import names_somewhere
from wardround.kernel.errors import BadInput, FieldProblem
from wardround.kernel.lists import MOST_COUNTED, Total, counted, during, known
from wardround.kernel.reach import Reach
from wardround.schema import queries as schema
from wardround.schema.actions import wording
from wardround.schema.errors import ExpressionError, Unfit
from wardround.schema.suggestions import closest
from wardround.schema.types import AttributeType, ItemAttribute, ItemRole, ItemType
from wardround.schema.values import normal

ATTRIBUTE = "attribute."
"""Stands before an attribute's name in filters and sorts."""

SORTABLE = {
    "name": "name",
    "key": "key",
    "type": "type",
    "importance": "importance",
    "condition": "severity",
    "part": "place_among_parts",
    "condition_since": "condition_since",
    "updated_at": "updated_at",
}

_SEVERITY = Case(
    *(When(Q(condition=condition), then=Value(rank)) for rank, condition in enumerate(WORST_FIRST)),
    default=Value(len(WORST_FIRST)),
    output_field=IntegerField(),
)


def chosen(
    filters: ItemFilters, reach: Reach, *, heard: int | None = None
) -> QuerySet[models.Item]:
    """The items within reach under these filters; with `heard` some of them only: those among so
    many that have the words. Raises BadInput naming the filter.
    """
    rows = models.Item.objects.filter(reach.condition(), during(filters.updated, "updated_at"))
    if not filters.retired:
        rows = rows.filter(retired_at=None)
    types = wanted_types(filters)
    if filters.types or filters.layers or filters.roles:
        rows = rows.filter(type__in=[item_type.name for item_type in types])
    if filters.systems:
        rows = rows.filter(systems__overlap=reach.of(filters.systems))
    if filters.part_of:
        rows = rows.filter(systems__overlap=reach.of(filters.part_of))
        rows = rows.exclude(id__in=filters.part_of)
        written = rules.types_with(ItemRole.DOCUMENT, schema.remembered_item_types())
        rows = rows.exclude(type__in=written)
    rows = rows.filter(_by_values(filters, types, reach, heard))
    columns: dict[str, tuple[Any, ...]] = {
        "condition__in": filters.conditions,
        "importance__in": filters.importances,
        "id__in": filters.ids,
        "key__in": filters.keys,
    }
    for person, wanted in (("owner", filters.owners), ("vendor", filters.vendors)):
        if wanted:  # who is out of reach is found by nobody
            inside = reach.condition(item=person, systems=f"{person}__systems")
            rows = rows.filter(inside, **{f"{person}__in": wanted})
    return rows.filter(**{name: wanted for name, wanted in columns.items() if wanted})


def counted_rows(filters: ItemFilters, reach: Reach) -> tuple[QuerySet[models.Item], Total]:
    """The items of a list, and how many. What is looked for among all items, and is not too much,
    is known by then and not looked for once more; that it is within reach is asked of it again.
    """
    rows = chosen(filters, reach)
    if not _is_costly(filters, reach):
        return rows, counted(rows)
    if filters.q:
        some = counted(chosen(filters, reach, heard=2 * MOST_COUNTED))
        if some.more:  # a word that half of all have: to find each of these takes longest
            return rows, some
    ids, total = known(rows)
    if total.more:
        return rows, total
    return models.Item.objects.filter(reach.condition(), id__among=ids), total


def _is_costly(filters: ItemFilters, reach: Reach) -> bool:
    """Whether rows are looked for by more than columns that have an index."""
    asked = filters.where or filters.q or filters.attributes or filters.finding or filters.unfit
    return bool(asked or reach.among)


def _true(asked: Where, reach: Reach) -> Q:
    """What the expression is true of. Raises BadInput with the place of what is wrong in it."""
    try:
        return where.compiled(asked.expression, where.names(), reach, asked.at, at_once=True)
    except ExpressionError as error:
        text = _("character %(place)s: %(what)s")
        told = text % {"place": error.offset + 1, "what": wording(error.problem(("where",)))}
        raise BadInput(problems=[FieldProblem("where", told, offset=error.offset)]) from None


def _by_values(
    filters: ItemFilters, types: Sequence[ItemType], reach: Reach, heard: int | None
) -> Q:
    """What is asked in words, by an expression and of attributes."""
    condition = misfits.condition(types, reach) if filters.unfit else Q()
    if filters.finding:
        condition &= findings.condition(filters.finding, reach)
    if filters.where:
        condition &= _true(filters.where, reach)
    if filters.q:
        condition &= searching.matching(filters.q, reach, most=heard)
    for name, values in filters.attributes.items():
        condition &= _having(name, values, types, reach)
    return condition


def wanted_types(filters: ItemFilters) -> list[ItemType]:
    """The item types that these filters leave, those that extend a wanted one among them."""
    types = schema.remembered_item_types()
    wanted = set(rules.with_descendants(filters.types, types) if filters.types else types)
    if filters.layers:
        wanted &= set(rules.types_in(filters.layers, types))
    if filters.roles:
        wanted &= {name for role in filters.roles for name in rules.types_with(role, types)}
    return [types[name] for name in sorted(wanted) if name in types]


# Attributes --------------------------------------------------------------------------------------


def _declaring(
    name: str, types: Iterable[ItemType], fits: Callable[[ItemAttribute], bool]
) -> dict[ItemAttribute, list[str]]:
    """The attribute of this name, in each form in which types declare it, with those types."""
    found: dict[ItemAttribute, list[str]] = {}
    for item_type in types:
        attribute = item_type.attribute(name)
        if attribute is not None and fits(attribute):
            found.setdefault(attribute, []).append(item_type.name)
    return found


def _having(name: str, values: Sequence[str], types: Sequence[ItemType], reach: Reach) -> Q:
    """Items one of whose types' attributes of this name has one of the values."""
    declared = _declaring(name, types, lambda attribute: attribute.filter)
    if not declared:
        known = {
            attribute.name
            for item_type in types
            for attribute in item_type.attributes
            if attribute.filter
        }
        raise BadInput(problems=[FieldProblem(f"{ATTRIBUTE}{name}", _unknown(name, known))])
    condition, problems, sight = Q(pk__in=()), list[str](), Sight(reach)
    for attribute, type_names in declared.items():
        try:
            said = _said(attribute, values, reach)
        except Unfit as unfit:
            problems.append(str(unfit))
        else:
            condition |= sight.among(name, type_names) & said
    if len(problems) == len(declared):
        raise BadInput(problems=[FieldProblem(f"{ATTRIBUTE}{name}", problems[0])])
    return condition


def _unknown(name: str, known: Iterable[str]) -> str:
    listed = sorted(known)
    if suggestion := closest(name, listed):
        text = _("there is no such attribute; did you mean “%(suggestion)s”?")
        return text % {"suggestion": suggestion}
    text = _("there is no such attribute; known: %(known)s")
    return text % {"known": ", ".join(listed) or "–"}


_RANGED = frozenset(
    {AttributeType.NUMBER, AttributeType.PORT, AttributeType.DATE, AttributeType.DATETIME}
)


def _said(attribute: ItemAttribute, values: Sequence[str], reach: Reach) -> Q:
    """The attribute is one of the values; empty: it has none; `a..b`: between, ends included.

    What a reference names is found by whoever may know of it.

    Raises Unfit.
    """
    path = f"attributes__{attribute.name}"
    condition, exact = Q(), list[Any]()
    for value in values:
        if value == "":
            condition |= Q(**{f"{path}__isnull": True})
        elif attribute.type in _RANGED and ".." in value:
            condition |= _between(attribute, path, value)
        else:
            exact.append(_stored(attribute, value))
    if not exact:
        return condition
    if attribute.type is AttributeType.REFERENCE:
        ids = [id_ for text in exact if (id_ := rules.as_id(text))]
        found = names(reach, ids).refs
        exact = [str(id_) for id_ in found]
        return condition | (names_somewhere(found) & Q(**{f"{path}__in": exact}))
    return condition | Q(**{f"{path}__in": exact})


def _between(attribute: ItemAttribute, path: str, value: str) -> Q:
    low, _dots, high = value.partition("..")
    condition = Q(**{f"{path}__isnull": False})
    if low:
        condition &= Q(**{f"{path}__gte": _stored(attribute, low)})
    if high:
        condition &= Q(**{f"{path}__lte": _stored(attribute, high)})
    return condition


def _stored(attribute: ItemAttribute, value: str) -> Any:
    """A value of the address bar, which is text, in the form it is stored in. Raises Unfit."""
    if attribute.type is AttributeType.BOOLEAN:
        return normal(attribute, {"true": True, "false": False}.get(value, value))
    if attribute.type is AttributeType.NUMBER:
        return _number(value)
    return normal(attribute, value)


def _number(value: str) -> float | int:
    """Limits are of what may be stored, not of what may be asked for."""
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        text = _("expected a number, found %(found)s")
        raise Unfit(text % {"found": _("text (“%(value)s”)") % {"value": value[:40]}})
    return int(number) if number.is_integer() else number


# Order -------------------------------------------------------------------------------------------

_SORT_COLUMN = "sorted_attribute"
PART = "part"
"""Sort name: what is abnormal first, the worst on top; then layer by layer from the top."""


def wanted_by(sort: str | None) -> str:
    return (sort or "").removeprefix("-")


def _place_among_parts() -> Case:
    """One number, so that a cursor can stand on it."""
    types = schema.remembered_item_types()
    places = {layer.name: place for place, layer in enumerate(schema.layers(), start=1)}
    by_layer: dict[int, list[str]] = {}
    for name, item_type in types.items():
        by_layer.setdefault(places.get(item_type.layer, len(places) + 1), []).append(name)
    layer = Case(
        *(When(type__in=names, then=Value(place * 10)) for place, names in by_layer.items()),
        default=Value((len(places) + 1) * 10),
        output_field=IntegerField(),
    )
    abnormal = When(Q(condition__in=ABNORMAL), then=_SEVERITY)
    return Case(abnormal, default=layer + _SEVERITY, output_field=IntegerField())


def ordered(
    rows: QuerySet[models.Item], filters: ItemFilters, sort: str | None, reach: Reach
) -> tuple[QuerySet[models.Item], Mapping[str, str]]:
    """Rows with what they can be sorted by, and public name → column of that.

    A reference is sorted by the name of what it points to, where the reader may know of that: else
    order and cursor would tell it. What is kept from the reader is sorted as if it were not there.
    """
    rows = rows.annotate(severity=_SEVERITY)
    if wanted_by(sort) == PART:
        rows = rows.annotate(place_among_parts=_place_among_parts())
    wanted = wanted_by(sort)
    if not wanted.startswith(ATTRIBUTE):
        return rows, SORTABLE
    name = wanted.removeprefix(ATTRIBUTE)
    declared = _declaring(name, wanted_types(filters), _can_be_sorted_by)
    if not declared:
        return rows, SORTABLE
    pointing = [
        type_name
        for attribute, type_names in declared.items()
        if attribute.type is AttributeType.REFERENCE
        for type_name in type_names
    ]
    if pointing:
        named = Case(When(type__in=pointing, then=Cast(KT(f"attributes__{name}"), UUIDField())))
        target = models.Item.objects.filter(may_be_named(reach), id=OuterRef("named"))
        rows = rows.annotate(named=named)
        column: Any = Subquery(target.values("name")[:1], output_field=CharField())
    else:
        column = KeyTransform(name, "attributes")
    seen = Sight(reach).anywhere(name)
    if seen is not None:
        column = Case(When(seen, then=column))
    return rows.annotate(**{_SORT_COLUMN: column}), {**SORTABLE, wanted: _SORT_COLUMN}


def _can_be_sorted_by(attribute: ItemAttribute) -> bool:
    return attribute.type not in {AttributeType.SECRET, AttributeType.LONGTEXT}
