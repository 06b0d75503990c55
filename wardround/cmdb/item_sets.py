"""Items that people speak of together: what stands in a room, what somebody keeps running, what an
expression is true of. Each as far as its reader reaches.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from wardround.cmdb import models, rules, selection
from wardround.cmdb.items import Item, ItemFilters, ItemRef, OutOfReach, Where
from wardround.cmdb.restricted import Sight
from wardround.cmdb.where.sql import names_somewhere
from wardround.kernel.reach import Reach
from wardround.schema import queries as schema
from wardround.schema.types import Impact, ItemRole, RelationKind

MOST_DEEP = 12
"""Rooms in floors in buildings: a chain of places that is longer is a circle."""


def where(reach: Reach, expression: str, *, at: datetime, most: int) -> frozenset[UUID]:
    """Items in use of which the expression is true; of more than `most`, one more. Raises BadInput
    at the field `where`, with the place of what is wrong.
    """
    rows = selection.chosen(ItemFilters(where=Where(expression, at)), reach)
    return frozenset(rows.order_by().values_list("id", flat=True)[: most + 1])


def within(reach: Reach, place: UUID, *, most: int) -> frozenset[UUID]:
    """What stands in a place, to any depth, and the place itself; of more than `most`, at least one
    more. A query for each depth.
    """
    found, fresh = {place}, frozenset({place})
    for _depth in range(MOST_DEEP):
        rows = models.Item.objects.filter(reach.condition(), _placed_in(reach, fresh))
        rows = rows.filter(retired_at=None).exclude(id__in=found).order_by()
        fresh = frozenset(rows.values_list("id", flat=True)[: most + 1])
        found |= fresh
        if not fresh or len(found) > most:
            break
    return frozenset(found)


def kept_running_by(reach: Reach, somebody: UUID, *, most: int) -> frozenset[UUID]:
    """What a person, post, team or vendor answers for, supplies or maintains, themselves or by a
    post that they hold; of more than `most`, one more. Three queries.
    """
    kinds = _kinds_of_people()
    held = _targets(reach, kinds, {somebody}, types=_people())
    whose = {somebody, *held}
    wanted = Q(owner__in=whose) | Q(vendor__in=whose)
    wanted |= Q(id__in=_targets(reach, kinds, whose))
    rows = models.Item.objects.filter(reach.condition(), wanted, retired_at=None)
    rows = rows.exclude(type__in=_people()).order_by()
    return frozenset(rows.values_list("id", flat=True)[: most + 1])


def in_use(reach: Reach, ids: Collection[UUID]) -> dict[UUID, ItemRef]:
    """Those of these items that are in use and within reach; one query."""
    rows = models.Item.objects.filter(reach.condition(), id__in=set(ids), retired_at=None)
    found = rows.values_list("id", "key", "name", "type") if ids else ()
    return {row[0]: ItemRef(*row) for row in found}


def users(system: Item) -> tuple[ItemRef | OutOfReach, ...]:
    """The organisations that use a system, by the attributes that scopes go by."""
    known = schema.remembered_item_types().get(system.type)
    named = [each.name for each in known.attributes if each.scope] if known else []
    held = [system.attributes.get(name) for name in named]
    return tuple(each for each in held if isinstance(each, ItemRef | OutOfReach))


def _placed_in(reach: Reach, places: Collection[UUID]) -> Q:
    """Items that name one of these places in an attribute, or by a relation."""
    named, texts, sight = Q(pk__in=()), [str(id_) for id_ in places], Sight(reach)
    for name, types in schema.derived("cmdb.place-attributes", _place_attributes).items():
        named |= sight.among(name, types) & Q(**{f"attributes__{name}__in": texts})
    sources = models.Relation.objects.filter(target__in=places, kind__in=_placing_kinds())
    sources = sources.exclude(source__type__in=_people())
    return (names_somewhere(places) & named) | Q(
        id__in=list(sources.values_list("source", flat=True))
    )


def _place_attributes() -> dict[str, list[str]]:
    """By name the types with an attribute that names a place."""
    types = schema.remembered_item_types()
    places = set(rules.types_with(ItemRole.PLACE, types))
    found: dict[str, list[str]] = {}
    for name, its_type in types.items():
        for attribute in rules.references(its_type):
            if places.intersection(attribute.to):
                found.setdefault(attribute.name, []).append(name)
    return found


def _placing_kinds() -> list[str]:
    """Kinds by which things stand in a place: along them no failure goes, and they are about
    nothing else.
    """
    kinds = schema.remembered_relation_kinds().items()
    return [name for name, kind in kinds if _plain(kind) and not (kind.allowed or kind.belonging)]


def _kinds_of_people() -> list[str]:
    """Kinds that lead from those alone who may answer for something."""
    kinds, people = schema.remembered_relation_kinds().items(), set(_people())
    return [
        name
        for name, kind in kinds
        if _plain(kind)
        and kind.allowed
        and all(ends.source and people.issuperset(ends.source) for ends in kind.allowed)
    ]


def _plain(kind: RelationKind) -> bool:
    return kind.carries_impact is Impact.NONE and not kind.symmetric and not kind.standby


def _people() -> list[str]:
    types = schema.remembered_item_types()
    answering = {
        *rules.types_with(ItemRole.OWNER, types),
        *rules.types_with(ItemRole.VENDOR, types),
    }
    return sorted(answering)


def _targets(
    reach: Reach, kinds: Collection[str], sources: Collection[UUID], types: Collection[str] = ()
) -> list[UUID]:
    """What these lead to by relations of these kinds, within reach."""
    inside = reach.condition(item="target", systems="target__systems")
    rows = models.Relation.objects.filter(inside, kind__in=kinds, source__in=sources)
    rows = rows.filter(target__type__in=types) if types else rows
    return list(rows.values_list("target", flat=True))
