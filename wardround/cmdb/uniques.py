"""Attributes that become unique though values repeat: refused, the repeated ones named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop as _

from wardround.cmdb import comparing, conversions, kept_values, models, rules
from wardround.cmdb.converting import converted
from wardround.cmdb.counting import nothing
from wardround.cmdb.items import RESTRICTED
from wardround.cmdb.permissions import READ
from wardround.cmdb.restricted import Sight
from wardround.kernel.reach import reach
from wardround.kernel.types import Actor
from wardround.schema.dependents import Changed, Holder
from wardround.schema.types import ItemType, Label, Problem

_MOST_VALUES, _MOST_NAMES = 5, 3
_TYPE = "item-type"


def _refusing(actor: Actor, changed: Changed) -> Mapping[str, Sequence[Problem]]:
    definitions = changed.all_before, changed.after, changed.renames
    after = comparing.unique_from_now_on(*definitions)
    before = comparing.unique_from_now_on(changed.all_before, changed.all_before, {})
    becoming = {of: each for of, each in conversions.retyped(changed).items() if of in after}
    if not after or (after == before and not becoming):
        return {}
    found: dict[str, list[Problem]] = {}
    for (kin, name), repeated in _repeated(after, becoming).items():
        declared = changed.after[kin]
        index = next(i for i, each in enumerate(declared.attributes) if each.name == name)
        told = _told(actor, {name, declared.attributes[index].renamed_from or name}, repeated)
        problem = Problem(("attributes", index, "unique"), _REPEATED, {"values": told})
        found.setdefault(kin, []).append(problem)
    return found


_REPEATED = _("these values are those of several items, so it cannot be unique yet: %(values)s")


def _repeated(
    after: Mapping[rules.AttributeOf, rules.AttributeOf],
    becoming: Mapping[rules.AttributeOf, rules.Narrowed],
) -> dict[rules.AttributeOf, dict[str, list[tuple[UUID, Any]]]]:
    """By unique attribute and compared value, the items that hold the same, or come to hold it as
    the attribute becomes another type.
    """
    wanted: dict[str, list[str]] = defaultdict(list)
    for its_type, name in after:
        wanted[its_type].append(name)
    held: dict[rules.AttributeOf, dict[str, list[tuple[UUID, Any]]]] = {}
    for item, its_type, name, stored in kept_values.values_of(wanted):
        value = _becomes(becoming.get((its_type, name)), stored)
        if key := comparing.compared(value):
            values = held.setdefault(after[its_type, name], {})
            values.setdefault(key, []).append((item, value))
    several = {
        of: {key: items for key, items in values.items() if len(items) > 1}
        for of, values in held.items()
    }
    return {of: values for of, values in several.items() if values}


def _becomes(attribute: rules.Narrowed | None, value: Any) -> Any:
    if attribute is None or attribute.was is None:
        return value
    new = converted(attribute.was, attribute.becomes, value)
    return value if new is None else new


def _told(
    actor: Actor, called: AbstractSet[str], repeated: Mapping[str, Sequence[tuple[UUID, Any]]]
) -> str:
    """`SN1 (host 1, host 2, …); …`: items by name as far as the attribute (`called` so now, or from
    now on) is to be seen in them, and the value where it is in all of these.
    """
    first = [repeated[key] for key in sorted(repeated)[:_MOST_VALUES]]
    ids = [item for items in first for item, _value in items[:_MOST_NAMES]]
    seen = reach(actor, READ)
    sight = Sight(seen)
    rows = models.Item.objects.filter(seen.condition(), id__in=ids)
    found = list(rows.only("name", "type", "systems"))
    seen.look_at(row.id for row in found)
    names = {
        row.id: row.name
        for row in found
        if not called & sight.hidden(row.type, row.id, row.systems)
    }
    told = []
    for items in first:
        known = sorted(names[item] for item, _value in items[:_MOST_NAMES] if item in names)
        more = ["…"] if len(known) < len(items) else []
        whole = names.keys() >= {item for item, _value in items[:_MOST_NAMES]}
        value = items[0][1] if whole else RESTRICTED.text()
        told.append(f"{value} ×{len(items)} ({'; '.join([*known, *more])})")
    return ", ".join([*told, *(["…"] if len(repeated) > len(first) else [])])


def _renew(_actor: Actor, changed: Changed, _at: datetime) -> None:
    types: Mapping[str, ItemType] = changed.after
    alone = comparing.unique_from_now_on(types, types, {})
    if alone or models.KeptValue.objects.exists():
        kept_values.renew()


HOLDER = Holder(
    kind=_TYPE,
    thing="unique",
    label=Label("不能重复的属性值", "unique value"),
    count=lambda _marks: {},
    marks=nothing,
    refusing=_refusing,
    follow=_renew,
)
