"""What ends soon or has ended: dates of items that their type declares as an expiry."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from wardround.cmdb import statements
from wardround.cmdb.items import FindingAsked
from wardround.cmdb.restricted import Sight
from wardround.cmdb.types import Expiring
from wardround.kernel.reach import Reach
from wardround.schema import queries as schema
from wardround.schema.types import AttributeType, ItemAttribute, ItemType

_DATE = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
"""Text that sorts as the days it names; what does not fit its type is found as that."""


def today_at(at: datetime) -> date:
    """The day in the hospital."""
    return timezone.localtime(at).date()


def ends(its_type: ItemType) -> bool:
    """Whether its type declares anything that ends."""
    return any(attribute.notices for attribute in its_type.attributes)


def condition(asked: FindingAsked, reach: Reach) -> Q:
    """Items of which a date that the reader sees is within its longest notice, or has passed."""
    today, sight, found = today_at(asked.at), Sight(reach), Q(pk__in=())
    grouped: dict[tuple[str, int], list[str]] = {}
    for (type_name, name), attribute in schema.derived("cmdb.expiring", _declared).items():
        grouped.setdefault((name, attribute.notices[0]), []).append(type_name)
    for (name, days), types in grouped.items():
        last = (today + timedelta(days=days)).isoformat()
        dated = Q(**{f"attributes__{name}__regex": _DATE, f"attributes__{name}__lte": last})
        found |= sight.among(name, types) & dated
    return found


def notices_of(type_name: str) -> Mapping[str, int]:
    """Dates that end, of this type, each with the days of its longest notice."""
    declared = schema.derived("cmdb.expiring", _declared)
    return {name: each.notices[0] for (of, name), each in declared.items() if of == type_name}


def due(at: datetime, *, ended_for: timedelta, most: int) -> tuple[Expiring, ...]:
    """Dates of items in use that are within their longest notice, or have passed since no longer
    than `ended_for`; the first to end come first, `most` of them. One statement.

    What some roles alone see is left out: whoever asks tells everybody who sees the item.
    """
    today = today_at(at)
    declared = schema.derived("cmdb.expiring", _declared)
    taken = [
        {
            "type": type_name,
            "name": name,
            "first": (today - ended_for).isoformat(),
            "last": (today + timedelta(days=attribute.notices[0])).isoformat(),
        }
        for (type_name, name), attribute in declared.items()
        if not attribute.seen_by
    ]
    types = sorted({each["type"] for each in taken})
    parameters = {"taken": json.dumps(taken), "types": types, "date": _DATE, "most": most}
    rows = statements.returned("expiring", parameters)
    found = ((declared[type_name, name], id_, text) for id_, type_name, name, text in rows)
    return tuple(
        Expiring(id_, attribute.name, attribute.label, day, attribute.notices)
        for attribute, id_, text in found
        if (day := day_of(text)) is not None
    )


def _declared() -> Mapping[tuple[str, str], ItemAttribute]:
    """By type and name, every date of which notice is given."""
    return {
        (type_name, attribute.name): attribute
        for type_name, its_type in schema.remembered_item_types().items()
        for attribute in its_type.attributes
        if attribute.notices and attribute.type is AttributeType.DATE
    }


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:  # 2026-02-31: it does not fit, and is found as that
        return None
