"""What items are compared by, kept beside them: written in the transaction that writes the items.

The database holds every unique value of one item in use alone, so that no way of writing items
(a form, an import, many at once, two at a time) can make two.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from wardround.cmdb import comparing, models, statements
from wardround.cmdb.comparing import Comparison, Comparisons
from wardround.cmdb.drafts import Prepared, Stored
from wardround.cmdb.permissions import READ
from wardround.cmdb.restricted import Sight
from wardround.cmdb.rule_types import OWN, RULE, RelationRule
from wardround.cmdb.statements import listed
from wardround.kernel.errors import BadInput, FieldProblem
from wardround.kernel.reach import reach
from wardround.kernel.types import Actor
from wardround.schema import queries as schema


@dataclass(frozen=True, slots=True)
class _Held:
    item: UUID
    comparison: Comparison
    value: str

    @property
    def key(self) -> tuple[UUID, str, str]:
        return self.item, self.comparison.of, self.value

    def row(self) -> dict[str, Any]:
        of, alone = self.comparison.of, self.comparison.alone
        return {"item": self.item, "of": of, "value": self.value, "alone": alone}


def comparisons() -> Comparisons:
    """What is compared now, by type and attribute."""
    return schema.derived("cmdb-comparisons", _comparisons)


def _comparisons() -> Comparisons:
    types = schema.remembered_item_types()
    rules: Mapping[str, RelationRule] = schema.definitions(RULE)
    return comparing.together(comparing.alone(types), comparing.ruled(types, rules.values()))


def keep(actor: Actor, items: Sequence[Prepared], retired: Collection[UUID]) -> None:
    """Write down anew what these items are compared by; retired ones by nothing.

    Nothing is asked where none of it is compared, else two statements. Raises BadInput, naming the
    item that holds the same value to whoever may see it.
    """
    wanted = comparisons()
    if not wanted:
        return
    compared = [item for item in items if _concerned(item, wanted)]
    gone = [*(item.after.id for item in compared if item.before), *retired]
    if gone:
        models.KeptValue.objects.filter(item__in=gone).delete()
    held = [
        _Held(item.after.id, *each)
        for item in compared
        for each in comparing.held(_values(item.after), wanted.get(item.after.type, {}))
    ]
    refused = _write(held)
    if refused:
        raise BadInput(problems=_told(actor, refused, {item.after.id: item for item in compared}))


def _values(item: Stored) -> Mapping[str, Any]:
    return {"name": item.name, "key": item.key, **item.attributes}


def _concerned(item: Prepared, wanted: Comparisons) -> bool:
    return item.after.type in wanted or (item.before is not None and item.before.type in wanted)


def _write(held: Iterable[_Held]) -> list[_Held]:
    """Those that could not be written, since another item holds the same."""
    rows = list(held)
    if not rows:
        return []
    given = json.dumps([each.row() for each in rows], default=str)
    written = {tuple(row) for row in statements.returned("keep_values", {"rows": given})}
    return [each for each in rows if each.key not in written]


# Refused -----------------------------------------------------------------------------------------


def _told(
    actor: Actor, refused: Sequence[_Held], items: Mapping[UUID, Prepared]
) -> list[FieldProblem]:
    holders = holders_of({(each.comparison.of, each.value) for each in refused})
    seen, types = reach(actor, READ), schema.remembered_item_types()
    sight = Sight(seen)
    rows = models.Item.objects.filter(seen.condition(), id__in=holders.values())
    named = {row.id: row for row in rows.only("name", "type", "systems")}
    seen.look_at({*named, *items})
    problems = []
    for each in refused:
        item = items[each.item]
        name = each.comparison.of.rpartition("/")[2]
        declared = types[item.after.type].attribute(name)
        holder = named.get(holders[each.comparison.of, each.value])
        if holder and name in sight.hidden(holder.type, holder.id, holder.systems):
            holder = None
        details = {
            "value": item.after.attributes[name],
            "label": declared.label.text() if declared else name,
            "name": holder.name if holder else "",
        }
        text = comparing.TAKEN if holder else comparing.TAKEN_UNSEEN
        if name in sight.hidden(item.after.type, item.after.id, item.after.systems):
            text = comparing.TAKEN_UNTOLD
        problems.append(FieldProblem(f"attributes.{name}", _(text) % details, item.row))
    return problems


def holders_of(wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], UUID]:
    """Who holds these unique values, by what is compared and the value in that form."""
    rows = models.KeptValue.objects.filter(
        alone=True,
        of__in={of for of, _value in wanted},
        value__in=listed("text", {value for _of, value in wanted}),
    )
    found = rows.values_list("of", "value", "item_id")
    return {(of, value): item for of, value, item in found if (of, value) in wanted}


# When definitions change -------------------------------------------------------------------------


def renew() -> None:
    """Compare everything anew, as definitions say it now; a fixed number of statements."""
    models.KeptValue.objects.all().delete()
    wanted = comparisons()
    _write(
        _Held(item, comparison, value)
        for item, its_type, name, stored in values_of(wanted)
        for comparison, value in comparing.held({name: stored}, wanted[its_type])
    )


def values_of(
    wanted: Mapping[str, Collection[str]],
) -> Iterable[tuple[UUID, str, str, Any]]:
    """What items in use hold of these attributes, by type: item, type, attribute, value.

    `name` and `key` are those of the item itself, where its type has no attribute of that name.
    """
    names = sorted({name for names in wanted.values() for name in names})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT item.id, item.type, held.key, held.value::text FROM cmdb_item item,"
            " jsonb_each(item.attributes) AS held WHERE item.type = ANY (%s)"
            " AND held.key = ANY (%s) AND item.retired_at IS NULL",
            [sorted(wanted), names],
        )
        rows = cursor.fetchall()
    found = [
        (item, its_type, name, json.loads(value))
        for item, its_type, name, value in rows
        if name in wanted[its_type]
    ]
    return [*found, *_own_values_of(wanted)]


def _own_values_of(
    wanted: Mapping[str, Collection[str]],
) -> Iterator[tuple[UUID, str, str, str]]:
    types = schema.remembered_item_types()
    own = {
        its_type: {*OWN} & {*names} - {each.name for each in types[its_type].attributes}
        for its_type, names in wanted.items()
    }
    concerned = [its_type for its_type, names in own.items() if names]
    rows = models.Item.objects.filter(type__in=concerned, retired_at=None)
    for item, its_type, *values in rows.values_list("id", "type", *OWN) if concerned else ():
        for name, value in zip(OWN, values, strict=True):
            if name in own[its_type]:
                yield item, its_type, name, value
