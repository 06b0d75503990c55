"""From rows to what crosses the door, with a fixed number of queries for any number of rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from wardround.cmdb import models
from wardround.cmdb.definitions import reference_names
from wardround.cmdb.types import Condition, Importance, Item, ItemRef, Relation, Standby
from wardround.cmdb.visibility import Reach
from wardround.schema import queries as schema
from wardround.schema.attributes import masked


def refs(ids: Collection[UUID]) -> dict[UUID, ItemRef]:
    """Items by id, as others name them; one query."""
    if not ids:
        return {}
    rows = models.Item.objects.filter(id__in=set(ids)).values_list("id", "key", "name", "type")
    return {row[0]: ItemRef(*row) for row in rows}


def read_items(rows: Sequence[models.Item], reach: Reach) -> tuple[Item, ...]:
    """The items of these rows; one query more, for all the names they mention."""
    reader = _Reader(refs(_mentioned(rows, reach)), reach)
    return tuple(reader.item(row) for row in rows)


def _mentioned(rows: Iterable[models.Item], reach: Reach) -> set[UUID]:
    types = schema.item_types()
    ids: set[UUID] = set()
    for row in rows:
        ids.update(one for one in (row.owner_id, row.vendor_id) if one)
        ids.update(reach.of(row.systems))
        for name in reference_names(types.get(row.type)):
            if text := row.attributes.get(name):
                ids.add(UUID(text))
    return ids


@dataclass(frozen=True, slots=True)
class _Reader:
    refs: Mapping[UUID, ItemRef]
    reach: Reach

    def ref(self, id_: UUID | None) -> ItemRef | None:
        return self.refs.get(id_) if id_ else None

    def item(self, row: models.Item) -> Item:
        return Item(
            id=row.id,
            key=row.key,
            type=row.type,
            name=row.name,
            importance=Importance(row.importance) if row.importance else None,
            condition=Condition(row.condition),
            condition_since=row.condition_since,
            owner=self.ref(row.owner_id),
            vendor=self.ref(row.vendor_id),
            systems=self.systems(row),
            attributes=self.attributes(row),
            updated_at=row.updated_at,
            version=row.version,
            retired_at=row.retired_at,
        )

    def systems(self, row: models.Item) -> tuple[ItemRef, ...]:
        known = (self.refs.get(one) for one in self.reach.of(row.systems))
        return tuple(sorted((one for one in known if one), key=lambda one: one.name))

    def attributes(self, row: models.Item) -> dict[str, Any]:
        its_type = schema.item_types().get(row.type)
        if its_type is None:
            return {}
        shown = masked(its_type.attributes, row.attributes)
        for name in reference_names(its_type):
            if name in shown:
                shown[name] = self.refs.get(UUID(shown[name]))
        return shown


def read_relation(row: models.Relation) -> Relation:
    """A relation whose ends were fetched with it."""
    return Relation(
        id=row.id,
        kind=row.kind,
        source=_end(row.source),
        target=_end(row.target),
        group=row.group,
        need=row.need,
        standby=Standby(row.standby) if row.standby else None,
        switch_minutes=row.switch_minutes,
    )


def _end(row: models.Item) -> ItemRef:
    return ItemRef(row.id, row.key, row.name, row.type)
