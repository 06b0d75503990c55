"""Writing items and relations: permission, lock, rule, save, audit, announce in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardround.cmdb import importing, models, rules, statements, systems
from wardround.cmdb.editing import Edited
from wardround.cmdb.permissions import CONDITION, READ, WRITE
from wardround.cmdb.queries import UnknownItem, UnknownRelation, item, visible
from wardround.cmdb.reading import both_ends, read_relation
from wardround.cmdb.signals import (
    ConditionChanged,
    ItemChanged,
    ItemCreated,
    ItemRetired,
    condition_changed,
    item_changed,
    item_created,
    item_retired,
)
from wardround.cmdb.types import (
    Condition,
    ConditionChange,
    Imported,
    Item,
    ItemEdit,
    ItemsDefinition,
    NewItem,
    NewRelation,
    Relation,
)
from wardround.cmdb.writing import Batch, save_changes
from wardround.kernel import audit, live
from wardround.kernel.errors import BadInput, Conflict, FieldProblem
from wardround.kernel.reach import reach, require
from wardround.kernel.types import Actor
from wardround.schema import queries as schema


class KeyTaken(Conflict):
    code = "key_taken"
    message = gettext_lazy("There is an item with the key “%(key)s” already.")


class StaleItem(Conflict):
    code = "stale_item"
    message = gettext_lazy(
        "Somebody else changed this item meanwhile (it is at version %(version)s). Reload it and"
        " try again."
    )


class RelationExists(Conflict):
    code = "relation_exists"
    message = gettext_lazy("These two items are related in this way already.")


# Items -------------------------------------------------------------------------------------------


@transaction.atomic
def create_item(actor: Actor, new: NewItem, *, at: datetime) -> Item:
    """Create one item. Raises BadInput by field, KeyTaken."""
    actor.require(WRITE, systems=())
    written = Edited.creating(new, reach(actor, READ))
    batch = Batch()
    batch.add(written)
    try:
        with transaction.atomic():
            batch.save(actor, at=at)
    except IntegrityError as error:
        raise KeyTaken(field="key", key=written.key) from error
    audit.record(actor, "item.create", subject=("item", written.id), type=new.type, name=new.name)
    item_created.send(ItemCreated(written.id, new.type, at))
    _systems_changed([written.id])
    return item(reach(actor, READ), written.id)


@transaction.atomic
def update_item(actor: Actor, item_id: UUID, edit: ItemEdit, *, version: int, at: datetime) -> Item:
    """Change what `edit` names. Raises UnknownItem, StaleItem, BadInput by field."""
    row = _locked(actor, item_id)
    if row.version != version:
        raise StaleItem(field="version", version=row.version)
    batch = Batch()
    batch.add(Edited.updating(row, edit, reach(actor, READ)))
    changes = batch.changes.get(row.id, ())
    if changes:
        batch.save(actor, at=at)
        fields = tuple(one.field for one in changes)
        audit.record(actor, "item.update", subject=("item", row.id), fields=fields)
        item_changed.send(ItemChanged(row.id, fields, at))
        live.publish("items", row.id)
    return item(reach(actor, READ), row.id)


@transaction.atomic
def retire_item(actor: Actor, item_id: UUID, *, at: datetime, version: int | None = None) -> None:
    """Take an item out of use; its history stays. Raises UnknownItem, StaleItem."""
    row = _locked(actor, item_id)
    if version is not None and row.version != version:
        raise StaleItem(field="version", version=row.version)
    if row.retired_at is not None:
        return
    importing.retire([row.id], at=at)
    save_changes(actor, {row.id: (rules.FieldChange("retired", None, row.name),)}, at=at)
    audit.record(actor, "item.retire", subject=("item", row.id), name=row.name)
    item_retired.send(ItemRetired(row.id, at))
    _systems_changed([row.id])


def _locked(actor: Actor, item_id: UUID) -> models.Item:
    """The row, locked, if the actor may change it; what it may not even see is not there."""
    rows = models.Item.objects.filter(reach(actor, READ).condition(), id=item_id)
    row = rows.select_for_update(of=("self",)).first()
    if row is None:
        raise UnknownItem(field="item")
    require(actor, WRITE, item=row.id, systems=row.systems)
    return row


def _systems_changed(ids: Sequence[UUID]) -> None:
    """Derive the systems anew after a change of items or relations, and tell the screens.

    What has come or gone for somebody is told as “perhaps all”: who saw it before cannot be asked.
    """
    moved = systems.recompute()
    live.publish("items", *(() if moved else ids))


# Relations ---------------------------------------------------------------------------------------


@transaction.atomic
def relate(actor: Actor, new: NewRelation, *, at: datetime) -> Relation:
    """Relate two items. Raises BadInput by field, RelationExists."""
    source, target = _ends(actor, new)
    _check_kind(new, source, target)
    row = models.Relation(
        kind=new.kind,
        source=source,
        target=target,
        group=new.group or None,
        need=new.need,
        standby=new.standby,
        switch_minutes=new.switch_minutes,
        created_at=at,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise RelationExists(field="target") from error
    _relation_changed(actor, "relation.create", row, at)
    return read_relation(row)


@transaction.atomic
def unrelate(actor: Actor, relation_id: UUID, *, at: datetime) -> None:
    """Remove a relation. Raises UnknownRelation."""
    rows = models.Relation.objects.filter(both_ends(reach(actor, READ)))
    row = rows.select_related("source", "target").filter(id=relation_id).first()
    if row is None:
        raise UnknownRelation(field="relation")
    _require_both(actor, row.source, row.target)
    models.Relation.objects.filter(id=row.id).delete()
    _relation_changed(actor, "relation.remove", row, at)


def _relation_changed(actor: Actor, action: str, row: models.Relation, at: datetime) -> None:
    audit.record(
        actor,
        action,
        subject=("relation", row.id),
        kind=row.kind,
        source=str(row.source_id),
        target=str(row.target_id),
    )
    made = action == "relation.create"
    changes = {
        end: (_relation_change(row.kind, other, made=made),)
        for end, other in ((row.source_id, row.target), (row.target_id, row.source))
    }
    save_changes(actor, changes, at=at)
    item_changed.send_many([ItemChanged(one, (f"relation.{row.kind}",), at) for one in changes])
    _systems_changed([row.source_id, row.target_id])


def _relation_change(kind: str, other: models.Item, *, made: bool) -> rules.FieldChange:
    old, new = (None, other.name) if made else (other.name, None)
    return rules.FieldChange(f"relation.{kind}", old, new, other.id)


def _ends(actor: Actor, new: NewRelation) -> tuple[models.Item, models.Item]:
    found: list[models.Item] = []
    problems = []
    for field, text in (("source", new.source), ("target", new.target)):
        row = _end(actor, text)
        if row is None:
            problems.append(FieldProblem(field, _("There is no such item.")))
        else:
            found.append(row)
    if problems:
        raise BadInput(problems=problems)
    _require_both(actor, *found)
    return found[0], found[1]


def _end(actor: Actor, text: str) -> models.Item | None:
    id_ = rules.as_id(text)
    rows = models.Item.objects.filter(reach(actor, READ).condition(), retired_at=None)
    return (rows.filter(id=id_) if id_ else rows.filter(key=text)).first()


def _require_both(actor: Actor, *rows: models.Item) -> None:
    for row in rows:
        require(actor, WRITE, item=row.id, systems=row.systems)


def _check_kind(new: NewRelation, source: models.Item, target: models.Item) -> None:
    kind, types = schema.relation_kinds().get(new.kind), schema.remembered_item_types()
    if kind is None:
        text = _("There is no relation kind “%s”.") % new.kind
        raise BadInput(problems=[FieldProblem("kind", text)])
    if source.id == target.id:
        text = _("An item cannot be related to itself.")
        raise BadInput(problems=[FieldProblem("target", text)])
    one, other = types.get(source.type), types.get(target.type)
    if one and other and not kind.admits(one, other):
        text = _("This relation does not lead from a %(source)s to a %(target)s.")
        told = text % {"source": source.type, "target": target.type}
        raise BadInput(problems=[FieldProblem("kind", told)])


# In sets -----------------------------------------------------------------------------------------


@transaction.atomic
def import_items(actor: Actor, definitions: Sequence[ItemsDefinition], *, at: datetime) -> Imported:
    """Bring items and relations to what these definitions say; twice is the same as once.

    A fixed number of statements for any number of items. Raises BadInput with every bad row.
    """
    actor.require(WRITE, systems=())
    work = importing.Import(definitions, at=at)
    work.check()
    written, removed, retired = work.write(actor)
    batch = work.batch
    done = Imported(len(batch.created), len(batch.changed), len(retired), written, removed)
    audit.record(actor, "item.import", subject=("items", ",".join(work.origins)), **_counts(done))
    item_created.send_many([ItemCreated(one.id, one.columns["type"], at) for one in batch.created])
    item_changed.send_many(
        [
            ItemChanged(one.id, tuple(change.field for change in batch.changes[one.id]), at)
            for one in batch.changed
        ]
    )
    item_retired.send_many([ItemRetired(one, at) for one in retired])
    _systems_changed([one.id for one in (*batch.created, *batch.changed)])
    return done


def _counts(done: Imported) -> Mapping[str, Any]:
    return {name: getattr(done, name) for name in Imported.__slots__}


@transaction.atomic
def set_conditions(
    actor: Actor, changes: Sequence[ConditionChange], at: datetime
) -> tuple[UUID, ...]:
    """Say how items are now; gives those for which that is news. One statement for all of them.

    Unknown and retired items and those out of reach are passed over; of two changes of one item
    the last one counts.
    """
    actor.require(CONDITION)
    inside = reach(actor, CONDITION)
    wanted = {one.item: one.condition for one in changes}
    if not inside.everything:
        seen = visible(inside, wanted)
        wanted = {item_: condition for item_, condition in wanted.items() if item_ in seen}
    rows = statements.returned(
        "set_conditions",
        {
            "items": list(wanted),
            "conditions": [str(one) for one in wanted.values()],
            "at": at,
        },
    )
    news = tuple(row[0] for row in rows)
    if news:
        audit.record(actor, "item.condition", subject=("item", _one(news)), count=len(news))
        condition_changed.send_many(
            [ConditionChanged(id_, Condition(was), Condition(now), at) for id_, was, now in rows]
        )
        live.publish("items", *news)
    return news


def _one(ids: Sequence[UUID]) -> str:
    return str(ids[0]) if len(ids) == 1 else "several"


@transaction.atomic
def recompute_systems(actor: Actor) -> int:
    """Derive anew which systems each item serves; gives how many items that changed."""
    actor.require(WRITE, systems=())
    changed = systems.recompute()
    if changed:
        live.publish("items")
    return len(changed)
