"""Applying `items` definitions by key: a fixed number of statements for any number of items.

An item keeps what its definition does not name; what it names wins over edits by hand. An item
that its definition no longer names is retired, a relation it no longer names is removed; items
and relations made by hand are never touched.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext as _

from wardround.cmdb import models, rules, statements
from wardround.cmdb.definitions import reference_names
from wardround.cmdb.types import ItemEntry, ItemsDefinition, RelationEntry
from wardround.cmdb.writing import Batch, Written, stored_by_key
from wardround.kernel.errors import BadInput, FieldProblem
from wardround.kernel.ids import new_id
from wardround.kernel.types import Actor
from wardround.schema import queries as schema
from wardround.schema.attributes import sealed, validated
from wardround.schema.types import ItemType

_MANY = 100
"""From so many new items on, the planner is told at once what the tables hold now."""


_Ends = tuple[str, UUID, UUID]
"""Kind, source and target of a relation."""


class Import:
    """One import; `problems` are collected first, and nothing is written while there is one."""

    def __init__(self, definitions: Sequence[ItemsDefinition], *, at: datetime) -> None:
        self.at = at
        self.origins = [one.name for one in definitions]
        self.entries = [(one.name, entry) for one in definitions for entry in one.items]
        self.relations = [(one.name, entry) for one in definitions for entry in one.relations]
        self.types = schema.item_types()
        self.problems: list[FieldProblem] = []
        self.stored = stored_by_key([entry.key for _origin, entry in self.entries])
        self.ids = self._ids()
        self.batch = Batch()

    def _ids(self) -> dict[str, UUID]:
        """The id of every key that is given or named; new items get theirs here."""
        named = {key for _origin, entry in self.entries for key in self._named(entry)}
        for _origin, relation in self.relations:
            named.update((relation.source, relation.target))
        given = {entry.key for _origin, entry in self.entries}
        rows = models.Item.objects.filter(key__in=list(named - given)).values_list("key", "id")
        known = dict(rows)
        for key in given:
            stored = self.stored.get(key)
            known[key] = stored.id if stored else new_id()
        return known

    def _named(self, entry: ItemEntry) -> Iterator[str]:
        yield from (key for key in (entry.owner, entry.vendor) if key)
        for name in reference_names(self.types.get(entry.type)):
            if isinstance(key := entry.attributes.get(name), str):
                yield key

    def check(self) -> None:
        """Prepare every row; raises BadInput with all that is wrong, by row."""
        for row, (origin, entry) in enumerate(self.entries, start=1):
            its_type = self.types.get(entry.type)
            if its_type is None or its_type.abstract:
                self._refuse("type", _("there is no item type “%s”") % entry.type, row)
            else:
                self.batch.add(self._written(origin, entry, its_type, row))
        for row, (_origin, relation) in enumerate(self.relations, start=1):
            for field, key in (("from", relation.source), ("to", relation.target)):
                if key not in self.ids:
                    self._refuse(field, _unknown(key), row)
        if self.problems:
            raise BadInput(problems=self.problems)

    def _refuse(self, field: str, message: str, row: int) -> None:
        self.problems.append(FieldProblem(field, message, row))

    def _id(self, key: str, field: str, row: int) -> UUID | None:
        found = self.ids.get(key)
        if found is None:
            self._refuse(field, _unknown(key), row)
        return found

    def _written(self, origin: str, entry: ItemEntry, its_type: ItemType, row: int) -> Written:
        before = self.stored.get(entry.key)
        columns = {
            "type": entry.type,
            "name": entry.name,
            "importance": before.importance if before else None,
            "owner_id": before.owner_id if before else None,
            "vendor_id": before.vendor_id if before else None,
            "origin": origin,
        }
        if entry.says("importance"):
            columns["importance"] = entry.importance
        for field in ("owner", "vendor"):
            if entry.says(field):
                key = getattr(entry, field)
                columns[f"{field}_id"] = None if key is None else self._id(key, field, row)
        attributes = self._attributes(entry, its_type, before.attributes if before else {}, row)
        return Written(self.ids[entry.key], entry.key, columns, attributes, before)

    def _attributes(
        self, entry: ItemEntry, its_type: ItemType, before: Mapping[str, Any], row: int
    ) -> dict[str, Any]:
        result = validated(its_type.attributes, entry.attributes, row=row, require=False)
        self.problems.extend(result.problems)
        values = sealed(its_type.attributes, result.values, before)
        for name in reference_names(its_type):
            if values.get(name) is not None:
                found = self._id(values[name], f"attributes.{name}", row)
                values[name] = str(found) if found else None
        return rules.merged(before, values)

    # Writing

    def write(self, actor: Actor) -> tuple[int, int, list[UUID]]:
        """Relations written and removed, and the items retired."""
        self.batch.save(actor, at=self.at)
        rows = self._relation_rows()
        written = statements.changed(
            "write_relations", {"rows": json.dumps(list(rows.values()), default=str), "at": self.at}
        )
        removed = self._remove_relations(rows.keys())
        if len(self.batch.created) >= _MANY:
            statements.analyse()
        return written, removed, self._retire_vanished()

    def _relation_rows(self) -> dict[_Ends, dict[str, Any]]:
        """Of two alike, from two definitions, the last one stays."""
        rows = (self._relation_row(origin, one) for origin, one in self.relations)
        return {(row["kind"], row["source"], row["target"]): row for row in rows}

    def _remove_relations(self, kept: Collection[_Ends]) -> int:
        """Remove what these definitions kept and no longer name.

        Compared here: the planner, who cannot know how long the list is, would nest two loops.
        """
        rows = models.Relation.objects.filter(origin__in=self.origins)
        found = rows.values_list("id", "kind", "source_id", "target_id")
        gone = [id_ for id_, *ends in found if tuple(ends) not in kept]
        if gone:
            models.Relation.objects.filter(id__in=gone).delete()
        return len(gone)

    def _relation_row(self, origin: str, one: RelationEntry) -> dict[str, Any]:
        return {
            "id": new_id(),
            "kind": one.kind,
            "source": self.ids[one.source],
            "target": self.ids[one.target],
            "group": one.group,
            "need": one.need,
            "standby": one.standby,
            "switch_minutes": one.switch_minutes,
            "origin": origin,
        }

    def _retire_vanished(self) -> list[UUID]:
        kept = [entry.key for _origin, entry in self.entries]
        rows = models.Item.objects.filter(origin__in=self.origins, retired_at=None)
        vanished = list(rows.exclude(key__in=kept).values_list("id", flat=True))
        if vanished:
            retire(vanished, at=self.at)
        return vanished


def retire(ids: Collection[UUID], *, at: datetime) -> None:
    """Take items out of use; their history and relations stay, but carry nothing any more."""
    rows = models.Item.objects.filter(id__in=ids)
    rows.update(retired_at=at, updated_at=at, version=F("version") + 1, systems=[])


def _unknown(key: str) -> str:
    return _("there is no item with the key “%s”") % key
