"""Values that items hold and that their type, as it is declared now, does not take: shown as what
they are, found by a filter, and counted before a change of the type makes them so.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from wardround.cmdb import models, rules, statements
from wardround.cmdb.converting import converted
from wardround.cmdb.fit import why_unfit
from wardround.cmdb.reading import names
from wardround.cmdb.restricted import Sight
from wardround.kernel.reach import EVERYTHING, Reach
from wardround.schema import queries as schema
from wardround.schema.dependents import Changed
from wardround.schema.types import AttributeType, ItemAttribute, ItemType, with_inherited

Held = Mapping[rules.AttributeOf, Sequence[tuple[Any, Sequence[UUID]]]]
"""By type and attribute, each value once, with the items that hold it."""


# The list's filter --------------------------------------------------------------------------------


def condition(types: Sequence[ItemType], reach: Reach) -> Q:
    """Items of these types that hold what their type does not take, or lack what it requires.

    Of a reference to what is out of reach nothing is said, nor of what is kept from the reader.
    Three statements; of the values that items of these types hold, each that does not fit beyond
    doubt is looked at once.
    """
    declared = {
        (its_type.name, attribute.name): attribute
        for its_type in types
        for attribute in its_type.attributes
    }
    present = _doubtful(declared)
    pointed = _types_of(present, declared, reach)
    every = schema.remembered_item_types()
    found, sight = Q(pk__in=()), Sight(reach)
    for (type_name, name), values in present.items():
        attribute = declared[type_name, name]
        wrong = [value for value, _ids in values if why_unfit(attribute, value, pointed, every)]
        if wrong:
            found |= sight.among(name, [type_name]) & Q(**{f"attributes__{name}__in": wrong})
    for (type_name, name), attribute in declared.items():
        if attribute.required:
            found |= sight.among(name, [type_name]) & ~Q(attributes__has_key=name)
    return found


# What a change would make unfit -------------------------------------------------------------------


def losing(changed: Changed) -> Mapping[str, Collection[str]]:
    """By changed type, each value that fits now and would not; a mark is `TYPE/ATTRIBUTE/ID`.

    What an item lacks and its type requires from now on is one of them.
    """
    narrowed = rules.attributes_narrowed(changed.all_before, changed.after, changed.renames)
    if not narrowed:
        return {}
    by_type = rules.losing_types(narrowed, changed.all_before, changed.differing)
    made = _made_unfit(narrowed, changed)
    return {
        cause: ["/".join((*of, str(id_))) for of in several for id_ in made.get(of, ())]
        for cause, several in by_type.items()
    }


def attribute_of(mark: str) -> str:
    """The attribute of a mark."""
    return mark.split("/")[1]


def _made_unfit(
    narrowed: Mapping[rules.AttributeOf, rules.Narrowed], changed: Changed
) -> dict[rules.AttributeOf, list[UUID]]:
    present = held(narrowed)
    pointed = _types_of(present, {of: each.becomes for of, each in narrowed.items()}, EVERYTHING)
    later = {id_: changed.renames.get(name, name) for id_, name in pointed.items()}
    before, after = _whole(changed.all_before), _whole(changed.after)
    found: dict[rules.AttributeOf, list[UUID]] = {}
    for of, values in present.items():
        was, becomes = narrowed[of].was, narrowed[of].becomes
        for value, ids in values:
            if was is None or (was.type is not becomes.type and _comes_along(was, becomes, value)):
                continue
            if why_unfit(becomes, value, later, after) and not why_unfit(
                was, value, pointed, before
            ):
                found.setdefault(of, []).extend(ids)
    for of, each in narrowed.items():
        if each.becomes.required and not (each.was and each.was.required):
            found.setdefault(of, []).extend(_lacking(*of))
    return found


def _comes_along(was: ItemAttribute, becomes: ItemAttribute, value: Any) -> bool:
    return converted(was, becomes, value) is not None


def _whole(types: Mapping[str, ItemType]) -> Mapping[str, ItemType]:
    return {name: with_inherited(its_type, types) for name, its_type in types.items()}


def _lacking(type_name: str, name: str) -> Sequence[UUID]:
    """Living items that hold nothing under this name."""
    rows = models.Item.objects.filter(type=type_name, retired_at=None)
    return list(rows.exclude(attributes__has_key=name).values_list("id", flat=True))


# Values -------------------------------------------------------------------------------------------


_SHAPES = {
    AttributeType.TEXT: "text",
    AttributeType.LONGTEXT: "text",
    AttributeType.NUMBER: "number",
    AttributeType.BOOLEAN: "boolean",
    AttributeType.CHOICE: "choice",
    AttributeType.DATE: "date",
    AttributeType.ADDRESS: "address",
}
"""Of which values the database can tell that they fit."""
_FARTHEST = 10**18


def _doubtful(declared: Mapping[rules.AttributeOf, ItemAttribute]) -> Held:
    """What items hold and may not fit; one statement."""
    taken = [
        {
            "type": type_name,
            "name": name,
            "shape": _SHAPES.get(attribute.type, ""),
            "low": -_FARTHEST if attribute.minimum is None else attribute.minimum,
            "high": _FARTHEST if attribute.maximum is None else attribute.maximum,
            "choices": [choice.value for choice in attribute.choices],
        }
        for (type_name, name), attribute in declared.items()
        if attribute.type is not AttributeType.SECRET
    ]
    types = sorted({type_name for type_name, _name in declared})
    parameters = {"taken": json.dumps(taken), "types": types}
    found: dict[rules.AttributeOf, list[tuple[Any, Sequence[UUID]]]] = {}
    for type_name, name, value, ids in statements.returned("doubtful_values", parameters):
        found.setdefault((type_name, name), []).append((json.loads(value), ids))
    return found


def held(several: Collection[rules.AttributeOf], *, retired: bool = False) -> Held:
    """What items hold of these attributes; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT item.type, held.key, held.value::text, array_agg(item.id) FROM cmdb_item item,"
            " jsonb_each(item.attributes) AS held WHERE item.type = ANY (%(types)s)"
            " AND held.key = ANY (%(names)s) AND (%(retired)s OR item.retired_at IS NULL)"
            " GROUP BY 1, 2, 3",
            {
                "types": sorted({type_name for type_name, _name in several}),
                "names": sorted({name for _type, name in several}),
                "retired": retired,
            },
        )
        rows = cursor.fetchall()
    found: dict[rules.AttributeOf, list[tuple[Any, Sequence[UUID]]]] = {}
    for type_name, name, value, ids in rows:
        if (type_name, name) in several:
            found.setdefault((type_name, name), []).append((json.loads(value), ids))
    return found


def _types_of(
    present: Held, declared: Mapping[rules.AttributeOf, ItemAttribute], reach: Reach
) -> Mapping[UUID, str]:
    """The types of items that are pointed to, as far as the reader may know of them."""
    pointing = (of for of in present if declared[of].to)
    ids = (rules.as_id(str(value)) for of in pointing for value, _ids in present[of])
    return {id_: ref.type for id_, ref in names(reach, {id_ for id_ in ids if id_}).refs.items()}
