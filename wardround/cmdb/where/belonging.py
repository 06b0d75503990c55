"""Which items belong to an organisation, or to what lies under it: those that lead to it by a
reference that may lead to organisations alone (but what says who uses a system), by a relation that
says so, and those that are owned by it or by somebody who belongs to it.

What lies under an organisation is followed first, a query a level: organisations are few. Of what
the reader may not know of nothing is followed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from wardround.cmdb import models
from wardround.cmdb.reading import may_be_named
from wardround.cmdb.restricted import Sight
from wardround.cmdb.where.sql import names_in_attribute
from wardround.kernel.reach import Reach
from wardround.schema import queries as schema
from wardround.schema.types import AttributeType, ItemRole, ItemType

MOST_LEVELS = 12
Few = Callable[[QuerySet[models.Item]], list[UUID] | None]


def belongs(called: Any, types: Mapping[str, ItemType], reach: Reach, few: Few) -> Q:
    """The condition on items.

    Args:
        called: the name or the key of the organisation.
        types: every type that items are of.
        reach: of whoever asks.
        few: gives the ids of some items where they are few and to be asked for at once.

    """
    told, inside = _under(called, types, reach)
    if not told:
        return Q(pk__in=())
    led = _led(told, inside, types, reach)
    people = models.Item.objects.filter(reach.condition(), led)
    known = few(people)
    own = Q(owner__in=inside) | Q(owner__in=people.values("id") if known is None else known)
    return Q(id__in=told) | led | own


def _under(
    called: Any, types: Mapping[str, ItemType], reach: Reach
) -> tuple[list[UUID], list[UUID]]:
    """The organisation and those under it that may be named, and of these the ones within reach."""
    rows = models.Item.objects.filter(
        may_be_named(reach),
        type__in=[name for name, kind in types.items() if ItemRole.ORGANISATION in kind.roles],
    )
    told, inside = set[UUID](), set[UUID]()
    fresh = set(rows.filter(Q(name=called) | Q(key=called)).values_list("id", flat=True))
    for _level in range(MOST_LEVELS):
        fresh -= told
        if not fresh:
            break
        seen = models.Item.objects.filter(reach.condition(), id__in=fresh)
        fresh_inside = set(seen.values_list("id", flat=True))
        told, inside = told | fresh, inside | fresh_inside
        led = _led(fresh, fresh_inside, types, reach)
        fresh = set(rows.filter(led).values_list("id", flat=True))
    return sorted(told), sorted(inside)


def _led(
    told: Collection[UUID], inside: Collection[UUID], types: Mapping[str, ItemType], reach: Reach
) -> Q:
    """What leads to one of these: by a reference to what may be named, by a relation within it."""
    kinds = [name for name, kind in schema.remembered_relation_kinds().items() if kind.belonging]
    related = models.Relation.objects.filter(kind__in=kinds, target__in=inside)
    found = Q(id__in=related.values("source"))
    for name, declaring in _references(types).items():
        found |= Sight(reach).among(name, declaring) & names_in_attribute(name, told)
    return found


def _references(types: Mapping[str, ItemType]) -> dict[str, list[str]]:
    """Attributes that lead to organisations alone, each with the types that declare it so."""
    found: dict[str, list[str]] = {}
    for type_name, name in _declared(types):
        found.setdefault(name, []).append(type_name)
    return found


def _declared(types: Mapping[str, ItemType]) -> Iterator[tuple[str, str]]:
    for type_name, kind in types.items():
        for each in kind.attributes:
            leads = each.type is AttributeType.REFERENCE and each.to and not each.scope
            if leads and all(
                to in types and ItemRole.ORGANISATION in types[to].roles for to in each.to
            ):
                yield type_name, each.name
