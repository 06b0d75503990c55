"""Items deleted: out of every list, count and graph into the recycle bin, with what goes with them.

An item that lies in the bin is no row of items any more, so that nothing needs to pass it over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from wardround.cmdb import deleting_effects, leaving, models, pointing, statements
from wardround.cmdb.bin_types import Deletion
from wardround.cmdb.errors import StaleItem, UnknownItem
from wardround.cmdb.permissions import DELETE, READ
from wardround.cmdb.relation_rows import DETAILS
from wardround.cmdb.rules import FieldChange
from wardround.cmdb.signals import ItemDeleted, item_deleted
from wardround.cmdb.whys import UNSAID, Why
from wardround.cmdb.writing import Writing, save_history, write
from wardround.kernel import audit, live
from wardround.kernel.reach import reach, require
from wardround.kernel.types import Actor
from wardround.schema import queries as schema


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which items are to be deleted."""

    items: tuple[UUID, ...]
    version: int | None = None
    """Of one alone: the one that was read."""
    trial: bool = False
    """Nothing is deleted, but told what would go."""
    why: Why = UNSAID


@transaction.atomic
def delete(actor: Actor, wanted: Wanted, *, at: datetime) -> tuple[Deletion, ...]:
    """Delete items; all of them or none. Raises UnknownItem, StaleItem."""
    schema.hold()
    statements.in_turn()
    rows = _locked(actor, wanted)
    told = deleting_effects.of(actor, rows)
    if not wanted.trial:
        into_bin(actor, rows, at=at, why=wanted.why)
        names: dict[tuple[str, object], dict[str, object]] = {
            ("item", row.id): {"name": row.name} for row in rows
        }
        audit.record_many(actor, "item.delete", names)
    return told


def _locked(actor: Actor, wanted: Wanted) -> list[models.Item]:
    """The rows in the order in which they were named, if the actor may delete all of them."""
    found = models.Item.objects.filter(reach(actor, READ).condition(), id__in=wanted.items)
    locked = found.order_by("id").select_for_update(of=("self",), no_key=True)
    rows = {row.id: row for row in locked}
    if missing := [id_ for id_ in wanted.items if id_ not in rows]:
        raise UnknownItem(field="item", item=missing[0])
    for row in rows.values():
        require(actor, DELETE, item=row.id, systems=row.systems)
        if wanted.version is not None and row.version != wanted.version:
            raise StaleItem(field="version", version=row.version)
    return [rows[id_] for id_ in dict.fromkeys(wanted.items)]


# Into the bin ------------------------------------------------------------------------------------


def into_bin(
    actor: Actor,
    rows: Sequence[models.Item],
    *,
    at: datetime,
    why: Why = UNSAID,
    merged_into: UUID | None = None,
) -> None:
    """Put locked rows into the recycle bin, inside the caller's transaction."""
    ids = {row.id for row in rows}
    relations = list(models.Relation.objects.filter(Q(source__in=ids) | Q(target__in=ids)))
    naming = pointing.naming(ids)
    elsewhere = leaving.leave(actor, ids, at)
    binned = [_binned(actor, row, at, why) for row in rows]
    for each in binned:
        own = [r for r in relations if each.id in {r.source_id, r.target_id}]
        each.relations = [as_kept(relation) for relation in own]
        each.pointers = [
            {"item": str(item.id), "field": name} for item, name, to in naming if to == each.id
        ]
        each.elsewhere = elsewhere[each.id]
        each.merged_into = merged_into
    pointing.let_go(actor, naming, at=at, why=why)
    in_use = [row.id for row in rows if row.retired_at is None]
    gone = [relation.id for relation in relations]
    write(actor, Writing(unrelated=gone, retired=in_use, why=why, follows=True), at=at)
    told = {row.id: (FieldChange("deleted", None, row.name),) for row in rows}
    save_history(actor, told, at=at, why=why)
    models.Binned.objects.filter(id__in=ids).delete()
    models.Binned.objects.bulk_create(binned)
    models.Item.objects.filter(id__in=ids).delete()
    item_deleted.send_many([ItemDeleted(row.id, row.type, at) for row in rows])
    live.publish("items")
    live.publish("recycle-bin")


def _binned(actor: Actor, row: models.Item, at: datetime, why: Why) -> models.Binned:
    return models.Binned(
        id=row.id,
        key=row.key,
        type=row.type,
        name=row.name,
        importance=row.importance,
        attributes=row.attributes,
        systems=row.systems,
        held={
            "owner": row.owner_id and str(row.owner_id),
            "vendor": row.vendor_id and str(row.vendor_id),
            "origin": row.origin,
            "retired_at": row.retired_at and row.retired_at.isoformat(),
            "created_at": row.created_at.isoformat(),
            "version": row.version,
        },
        deleted_at=at,
        actor_id=actor.id,
        actor_name=actor.name[:200],
        reason=why.reason,
        ticket=why.ticket,
    )


def as_kept(relation: models.Relation) -> dict[str, Any]:
    """A relation as the bin keeps it."""
    return {
        "id": str(relation.id),
        "kind": relation.kind,
        "source": str(relation.source_id),
        "target": str(relation.target_id),
        "origin": relation.origin,
        "created_at": relation.created_at.isoformat(),
        **{name: getattr(relation, name) for name in DETAILS},
    }
