"""How many items, relations and values live by names of definitions; one statement each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, QuerySet

from wardround.cmdb import models
from wardround.cmdb.types import RelationEntry
from wardround.schema.dependents import Renames, rows_by


def _of_types(types: Collection[str]) -> QuerySet[models.Item]:
    return models.Item.objects.filter(type__in=types, retired_at=None)


def items_of_types(types: Collection[str]) -> Mapping[str, int]:
    """Living items by the name of their type."""
    return _counted(_of_types(types), "type")


def rows_of_types(types: Collection[str]) -> Mapping[str, Collection[UUID]]:
    """The ids of those."""
    return rows_by("type", _of_types(types))


def _declared(keys: Collection[str]) -> QuerySet[models.Item]:
    return models.Item.objects.filter(key__in=keys, retired_at=None).exclude(origin="")


def items_declared(keys: Collection[str]) -> Mapping[str, int]:
    """By key, living items that a definition declares."""
    return _counted(_declared(keys), "key")


def rows_declared(keys: Collection[str]) -> Mapping[str, Collection[UUID]]:
    """The ids of those."""
    return rows_by("key", _declared(keys))


def relations_of_kinds(kinds: Collection[str]) -> Mapping[str, int]:
    return _counted(models.Relation.objects.filter(kind__in=kinds), "kind")


def relation_rows_of_kinds(kinds: Collection[str]) -> Mapping[str, Collection[UUID]]:
    """The ids of those."""
    return rows_by("kind", models.Relation.objects.filter(kind__in=kinds))


def line(relation: RelationEntry) -> str:
    """What tells a relation in a definition from every other."""
    return f"{relation.kind} {relation.source} {relation.target}"


def relations_declared(marks: Collection[str]) -> Mapping[str, int]:
    """The relations that an `items` definition declares; a mark is its name, or that and a line."""
    return {mark: len(ids) for mark, ids in relation_rows_declared(marks).items()}


def relation_rows_declared(marks: Collection[str]) -> Mapping[str, Collection[UUID]]:
    """The ids of those."""
    names = {mark.partition(" ")[0] for mark in marks}
    rows = models.Relation.objects.filter(origin__in=names)
    found: dict[str, set[UUID]] = {mark: set() for mark in marks}
    for id_, origin, kind, source, target in rows.values_list(
        "id", "origin", "kind", "source__key", "target__key"
    ):
        for mark in (origin, f"{origin} {kind} {source} {target}"):
            if mark in found:
                found[mark].add(id_)
    return found


def _counted(rows: Any, column: str) -> Mapping[str, int]:
    counted = rows.values(column).annotate(number=Count("id")).order_by()
    return {row[column]: row["number"] for row in counted}


def values_held(marks: Collection[str]) -> Mapping[str, int]:
    """How many living items hold a value, by attribute; a mark is `TYPE/ATTRIBUTE`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT item.type || '/' || held.name, count(*) FROM cmdb_item item,"
            " jsonb_object_keys(item.attributes) AS held (name) WHERE item.retired_at IS NULL"
            " AND item.type || '/' || held.name = ANY (%s) GROUP BY 1",
            [list(marks)],
        )
        return dict(cursor.fetchall())


def nothing(_name: str, _definition: object, _renames: Renames) -> Sequence[str]:
    """The marks of what is counted only where it is lost."""
    return ()


def each_once(marks: Collection[str]) -> Mapping[str, int]:
    """Where every mark is one thing."""
    return dict.fromkeys(marks, 1)
