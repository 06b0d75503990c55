"""Why a finding found an item: with which other one it is alike, what ends and when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from wardround.cmdb import expiring, models
from wardround.cmdb.items import FindingAsked, Item
from wardround.cmdb.own_findings import compared, folded, telling
from wardround.cmdb.restricted import Sight
from wardround.cmdb.statements import listed
from wardround.kernel.reach import Reach
from wardround.kernel.wording import listed as names_listed
from wardround.schema import queries as schema

_MOST_OTHERS = 5
_MOST_READ, _AT_ONCE = 2_000, 500
_Reasons = Mapping[UUID, Sequence[str]]


def reasons(asked: FindingAsked | None, items: Sequence[Item], reach: Reach) -> _Reasons:
    """By item, in the reader's words; nothing where the finding says it all."""
    if asked is None or not items:
        return {}
    if asked.name == "alike":
        return _alike(items, reach)
    today, told = expiring.today_at(asked.at), dict[UUID, Sequence[str]]()
    for item in items:
        if asked.name == "expiring":
            told[item.id] = [*_ending(item, today)]
        elif asked.name == "unfit":
            told[item.id] = [f"{_called(item, name)}: {why}" for name, why in item.unfit.items()]
    return told


def reasons_of_many(asked: FindingAsked | None, items: Sequence[Item], reach: Reach) -> _Reasons:
    """The same of a whole list, some at a time: what shares its values is read of each part."""
    parts = (items[first : first + _AT_ONCE] for first in range(0, len(items), _AT_ONCE))
    return {id_: why for part in parts for id_, why in reasons(asked, part, reach).items()}


def _called(item: Item, name: str) -> str:
    its_type = schema.remembered_item_types().get(item.type)
    attribute = its_type.attribute(name) if its_type else None
    return attribute.label.text() if attribute else name


# Dates -------------------------------------------------------------------------------------------


def _ending(item: Item, today: date) -> list[str]:
    found = []
    for name, days in expiring.notices_of(item.type).items():
        value = item.attributes.get(name)
        day = expiring.day_of(value) if isinstance(value, str) else None
        left = (day - today).days if day else None
        if left is None or left > days:
            continue
        said = _("%(what)s: %(day)s, %(n)s days left")
        if left < 0:
            said = _("%(what)s: %(day)s, %(n)s days past")
        found.append(said % {"what": _called(item, name), "day": value, "n": abs(left)})
    return found


# Others ------------------------------------------------------------------------------------------


def _alike(items: Sequence[Item], reach: Reach) -> _Reasons:
    """A statement for the names, and one for each attribute that tells these items apart."""
    rows, sight = models.Item.objects.filter(reach.condition(), retired_at=None), Sight(reach)
    wanted, found = {item.id: item for item in items}, defaultdict[UUID, list[str]](list)
    types = {item.type for item in items}
    rows = rows.filter(type__in=types)
    _tell(found, wanted, "", _sharing(rows, wanted, Cast(F("name"), TextField())))
    for name, of in schema.derived("cmdb.telling-attributes", telling).items():
        if any(name in item.attributes for item in items):
            held = rows.filter(sight.among(name, of), **{f"attributes__{name}__isnull": False})
            _tell(found, wanted, name, _sharing(held, wanted, compared(name)))
    return found


def _sharing(
    rows: QuerySet[models.Item], wanted: Mapping[UUID, Item], value: Any
) -> list[tuple[UUID, str, str, str]]:
    """Each wanted item and each that shares its value: id, type, name, value as it is compared."""
    there = rows.order_by("name", "id").annotate(folded=folded(value)).exclude(folded="")
    own = there.filter(id__in=listed("uuid", [*wanted])).values("folded")
    columns = ("id", "type", "name", "folded")
    return list(there.filter(folded__in=own).values_list(*columns)[:_MOST_READ])


def _tell(
    found: dict[UUID, list[str]],
    wanted: Mapping[UUID, Item],
    name: str,
    rows: Sequence[tuple[UUID, str, str, str]],
) -> None:
    by_value = defaultdict[tuple[str, str], list[tuple[UUID, str]]](list)
    for id_, type_name, called, value in rows:
        by_value[type_name, value].append((id_, called))
    for several in by_value.values():
        for id_, _own in several:
            others = [called for other, called in several if other != id_]
            if id_ in wanted and others:
                what = _called(wanted[id_], name) if name else _("Name")
                told = {"what": what, "others": names_listed(others[:_MOST_OTHERS])}
                found[id_].append(_("%(what)s as of: %(others)s") % told)
