"""Writing items in sets: one statement for all rows, whatever their number."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from wardround.cmdb import models, rules, statements
from wardround.cmdb.rules import FieldChange, Values
from wardround.kernel.types import Actor
from wardround.schema import queries as schema
from wardround.schema.types import AttributeType

COLUMNS = ("type", "name", "importance", "owner_id", "vendor_id", "origin")
_FIELD_OF = {"owner_id": "owner", "vendor_id": "vendor"}


@dataclass(frozen=True, slots=True)
class Written:
    """An item as it is to be stored; `before` is what is stored now, if it is."""

    id: UUID
    key: str
    columns: Mapping[str, Any]
    attributes: Mapping[str, Any]
    before: models.Item | None = None

    def row(self) -> dict[str, Any]:
        return {"id": self.id, "key": self.key, **self.columns, "attributes": self.attributes}


@dataclass(slots=True)
class Batch:
    """Items to create and to change, and the history of it."""

    created: list[Written] = field(default_factory=list)
    changed: list[Written] = field(default_factory=list)
    changes: dict[UUID, tuple[FieldChange, ...]] = field(default_factory=dict)

    def add(self, item: Written) -> None:
        """Put an item where it belongs; one that is as it was belongs nowhere."""
        if item.before is None:
            self.created.append(item)
            self.changes[item.id] = (FieldChange("created", None, item.columns["name"]),)
            return
        found = rules.changes(
            stored_values(item.before), _values(item), secret=secret_fields(item.columns["type"])
        )
        if (
            found
            or item.before.retired_at is not None
            or item.before.origin != item.columns["origin"]
        ):
            self.changed.append(item)
            self.changes[item.id] = found

    def save(self, actor: Actor, *, at: datetime) -> None:
        """Three statements at most."""
        if self.created:
            statements.changed("insert_items", {"rows": _json(self.created), "at": at})
        if self.changed:
            statements.changed("update_items", {"rows": _json(self.changed), "at": at})
        save_changes(actor, self.changes, at=at)


def _json(items: Iterable[Written]) -> str:
    return json.dumps([item.row() for item in items], default=str)


def save_changes(
    actor: Actor, changes: Mapping[UUID, Sequence[FieldChange]], *, at: datetime
) -> None:
    """The history of many items, by one statement."""
    rows = [
        {
            "item": item,
            "field": one.field,
            "old": one.old,
            "new": one.new,
            "other": one.other,
        }
        for item, found in changes.items()
        for one in found
    ]
    if rows:
        parameters = {
            "rows": json.dumps(rows, default=str),
            "at": at,
            "actor_id": actor.id,
            "actor_name": actor.name[:200],
        }
        statements.changed("insert_changes", parameters)


def stored_values(row: models.Item) -> Values:
    """What of a stored item has a history."""
    columns = {name: _plain(getattr(row, name)) for name in COLUMNS}
    return _flat(columns, row.attributes)


def _values(item: Written) -> Values:
    """The same of an item to be stored; attributes that go are None."""
    columns = {name: _plain(item.columns[name]) for name in COLUMNS}
    gone = {} if item.before is None else dict.fromkeys(item.before.attributes)
    return _flat(columns, {**gone, **item.attributes})


def _flat(columns: Mapping[str, Any], attributes: Mapping[str, Any]) -> dict[str, Any]:
    flat = {_FIELD_OF.get(name, name): value for name, value in columns.items() if name != "origin"}
    return {**flat, **{f"attributes.{name}": value for name, value in attributes.items()}}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def secret_fields(type_name: str) -> frozenset[str]:
    """Fields whose values never appear in the history."""
    its_type = schema.remembered_item_types().get(type_name)
    every = its_type.attributes if its_type else ()
    return frozenset(f"attributes.{one.name}" for one in every if one.type is AttributeType.SECRET)


def stored_by_key(keys: Collection[str]) -> dict[str, models.Item]:
    """Stored items by key, locked for this transaction; one query."""
    rows = models.Item.objects.filter(key__in=list(keys)).order_by("id").select_for_update()
    return {row.key: row for row in rows}
