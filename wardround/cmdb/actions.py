"""Writing items and relations: permission, lock, rule, save, audit, announce in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from wardround.cmdb import (
    bulk,
    importing,
    models,
    preparation,
    ruled,
    rules,
    statements,
    symmetric,
    systems,
)
from wardround.cmdb.drafts import ItemDraft, Prepared
from wardround.cmdb.errors import (
    KeptByRule,
    OutOfUse,
    RelationExists,
    StaleItem,
    UnknownItem,
    UnknownRelation,
)
from wardround.cmdb.permissions import CONDITION, READ, WRITE
from wardround.cmdb.queries import item, visible
from wardround.cmdb.reading import both_ends, nameable, read_relations, stored
from wardround.cmdb.relation_rows import DETAILS, RelationRow
from wardround.cmdb.relation_rules import Model, relation_problems, standby_problems
from wardround.cmdb.restricted import Sight, withholding
from wardround.cmdb.rows import Mode, Row, RowOutcome, Rows
from wardround.cmdb.signals import ConditionChanged, condition_changed
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
    RelationEdit,
)
from wardround.cmdb.whys import UNSAID, Why
from wardround.cmdb.writing import Writing, write
from wardround.kernel import audit, live
from wardround.kernel.errors import BadInput
from wardround.kernel.ids import new_id
from wardround.kernel.reach import reach, require
from wardround.kernel.types import Actor
from wardround.schema import queries as schema

# Items -------------------------------------------------------------------------------------------


@transaction.atomic
def create_item(actor: Actor, new: NewItem, *, at: datetime) -> Item:
    """Create one item. Raises BadInput by field, KeyTaken."""
    schema.hold()
    statements.in_turn()
    actor.require(WRITE, systems=())
    made = prepared_item(actor, draft_of(new))
    write(actor, Writing(items=[made]), at=at)
    audit_created(actor, made)
    return item(reach(actor, READ), made.after.id)


def draft_of(new: NewItem) -> ItemDraft:
    """A new item as somebody says it; without a key of his own it gets one of its id."""
    id_ = new_id()
    key = f"{new.type}-{id_.hex[-12:]}" if new.key is None else new.key
    return ItemDraft(id_, key, new.type, new.content)


def audit_created(actor: Actor, made: Prepared) -> None:
    told = {"type": made.after.type, "name": made.after.name}
    audit.record(actor, "item.create", subject=("item", made.after.id), **told)


@transaction.atomic
def update_item(  # noqa: PLR0913  # all but three are named
    actor: Actor,
    item_id: UUID,
    edit: ItemEdit,
    *,
    version: int,
    at: datetime,
    why: Why = UNSAID,
) -> Item:
    """Change what `edit` names. Raises UnknownItem, StaleItem, OutOfUse, BadInput by field."""
    schema.hold()
    statements.in_turn()
    row = _locked(actor, item_id)
    if row.version != version:
        raise StaleItem(field="version", version=row.version)
    if row.retired_at is not None:
        raise OutOfUse
    before = stored(row)
    edited = prepared_item(actor, ItemDraft(row.id, row.key, row.type, edit, before))
    if edited.news and edit != ItemEdit():
        write(actor, Writing(items=[edited], why=why), at=at)
        fields = tuple(change.field for change in edited.changes)
        audit.record(actor, "item.update", subject=("item", row.id), fields=fields)
    return item(reach(actor, READ), row.id)


def prepared_item(actor: Actor, draft: ItemDraft) -> Prepared:
    """The item that comes of one draft. Raises BadInput by field."""
    types, seen = schema.remembered_item_types(), reach(actor, READ)
    present = draft.before.named(types.get(draft.type)) if draft.before else ()
    ready = preparation.prepare(
        [withholding(Sight(seen), draft)],
        types,
        rules.usable_types(schema.item_types()),
        lambda names: nameable(names, seen, present=present),
    )
    if ready.problems:
        raise BadInput(problems=ready.problems)
    return ready.items[0]


@transaction.atomic
def retire_item(
    actor: Actor,
    item_id: UUID,
    *,
    at: datetime,
    version: int | None = None,
    why: Why = UNSAID,
) -> None:
    """Take an item out of use; its history stays. Raises UnknownItem, StaleItem."""
    schema.hold()
    statements.in_turn()
    row = _locked(actor, item_id)
    if version is not None and row.version != version:
        raise StaleItem(field="version", version=row.version)
    if row.retired_at is not None:
        return
    write(actor, Writing(retired=[row.id], why=why), at=at)
    audit.record(actor, "item.retire", subject=("item", row.id), name=row.name)


@transaction.atomic
def restore_item(actor: Actor, item_id: UUID, *, at: datetime, version: int | None = None) -> Item:
    """Bring an item back into use, and with it its relations to what is in use. How it fares is not
    known then: its targets stay paused, for what they would ask may be gone.

    Raises UnknownItem, StaleItem.
    """
    schema.hold()
    statements.in_turn()
    row = _locked(actor, item_id)
    if version is not None and row.version != version:
        raise StaleItem(field="version", version=row.version)
    if row.retired_at is not None:
        back = prepared_item(actor, ItemDraft(row.id, row.key, row.type, ItemEdit(), stored(row)))
        write(actor, Writing(items=[back]), at=at)
        audit.record(actor, "item.restore", subject=("item", row.id), name=row.name)
    return item(reach(actor, READ), row.id)


def _locked(actor: Actor, item_id: UUID) -> models.Item:
    """The row, locked, if the actor may change it; what it may not even see is not there."""
    rows = models.Item.objects.filter(reach(actor, READ).condition(), id=item_id)
    row = rows.select_for_update(of=("self",), no_key=True).first()
    if row is None:
        raise UnknownItem(field="item")
    require(actor, WRITE, item=row.id, systems=row.systems)
    return row


# Relations ---------------------------------------------------------------------------------------

_ENDS = ("source", "target")


@transaction.atomic
def relate(actor: Actor, new: NewRelation, *, at: datetime, why: Why = UNSAID) -> Relation:
    """Relate two items. Raises BadInput by field, RelationExists."""
    schema.hold()
    statements.in_turn()
    wanted = replace(new, source=new.source.strip(), target=new.target.strip())
    targets = nameable([wanted.source, wanted.target], reach(actor, READ))
    model = Model(schema.remembered_item_types(), schema.relation_kinds())
    problems = relation_problems(wanted, targets, model, ends=_ENDS)
    if found := tuple(problems):
        raise BadInput(problems=found)
    row = RelationRow.of(wanted, targets[wanted.source].id, targets[wanted.target].id)
    _require_both(actor, row.source, row.target)
    if model.kinds[row.kind].symmetric:  # whoever draws the same from the other end waits
        ends = models.Item.objects.filter(id__in=(row.source, row.target)).order_by("id")
        list(ends.select_for_update(no_key=True).values_list("id"))
        (row,) = symmetric.joined([row])
    if row.id not in write(actor, Writing(relations=[row], why=why), at=at).made:
        raise RelationExists(field="target")
    audit_relation(actor, "relation.create", row)
    return _relation(row.id)


@transaction.atomic
def change_relation(
    actor: Actor, relation_id: UUID, edit: RelationEdit, *, at: datetime, why: Why = UNSAID
) -> Relation:
    """Say otherwise how two items are related. Raises UnknownRelation, BadInput by field."""
    schema.hold()
    statements.in_turn()
    row = _locked_relation(actor, relation_id)
    wanted = replace(_row_of(row), **edit.said)
    kind = schema.remembered_relation_kinds().get(row.kind)
    fresh = [edit.said.get(name) for name in ("standby", "switch_minutes")]
    if kind is not None and (found := tuple(standby_problems(kind, *fresh))):
        raise BadInput(problems=found)
    if write(actor, Writing(relations=[wanted], why=why), at=at).corrected:
        audit_relation(actor, "relation.update", wanted)
    return _relation(relation_id)


def _row_of(row: models.Relation) -> RelationRow:
    details = {name: getattr(row, name) for name in DETAILS}
    return RelationRow(
        row.kind, row.source_id, row.target_id, origin=row.origin, id=row.id, **details
    )


def _relation(relation_id: UUID) -> Relation:
    rows = models.Relation.objects.select_related("source", "target")
    return read_relations([rows.get(id=relation_id)])[0]


def _locked_relation(actor: Actor, relation_id: UUID) -> models.Relation:
    """The row, locked, if the actor may change it; what he may not even see is not there."""
    rows = models.Relation.objects.filter(both_ends(reach(actor, READ)), id=relation_id)
    row = rows.select_for_update(of=("self",)).first()
    if row is None:
        raise UnknownRelation(field="relation")
    _require_both(actor, row.source_id, row.target_id)
    return row


@transaction.atomic
def unrelate(actor: Actor, relation_id: UUID, *, at: datetime, why: Why = UNSAID) -> None:
    """Remove a relation. Raises UnknownRelation, KeptByRule."""
    schema.hold()
    statements.in_turn()
    gone = _row_of(_locked_relation(actor, relation_id))
    if rule := ruled.in_force().get(ruled.keeper(gone.origin)):
        raise KeptByRule(rule=rule.label.text())
    write(actor, Writing(unrelated=[gone.id], why=why), at=at)
    audit_relation(actor, "relation.remove", gone)


def audit_relation(actor: Actor, action: str, row: RelationRow) -> None:
    audit.record(actor, action, subject=("relation", row.id), **_told_relation(row))


def _told_relation(row: RelationRow) -> dict[str, object]:
    return {"kind": row.kind, "source": str(row.source), "target": str(row.target)}


def _require_both(actor: Actor, source: UUID, target: UUID) -> None:
    for row in models.Item.objects.filter(id__in=(source, target)):
        require(actor, WRITE, item=row.id, systems=row.systems)


# In sets -----------------------------------------------------------------------------------------


@transaction.atomic
def import_items(actor: Actor, definitions: Sequence[ItemsDefinition], *, at: datetime) -> Imported:
    """Bring items and relations to what these definitions say; twice is the same as once.

    A fixed number of statements for any number of items. Raises BadInput with every bad row,
    KeyTaken where somebody else gave a key meanwhile.
    """
    schema.hold()
    statements.in_turn()
    actor.require(WRITE, systems=())
    written = write(actor, importing.prepared(definitions, reach(actor, READ)), at=at)
    done = Imported(
        created=len(written.created),
        changed=len(written.changed),
        retired=len(written.retired),
        relations_written=len(written.made) + written.corrected,
        relations_removed=written.removed,
    )
    origins = ",".join(definition.name for definition in definitions)
    counts = {name: getattr(done, name) for name in Imported.__slots__}
    audit.record(actor, "item.import", subject=("items", origins), **counts)
    return done


def _audit_items(actor: Actor, items: Sequence[Prepared]) -> None:
    """A line each, as of one alone."""
    created: dict[tuple[str, object], dict[str, object]] = {}
    changed: dict[tuple[str, object], dict[str, object]] = {}
    for each in items:
        subject = ("item", each.after.id)
        if each.before is None:
            created[subject] = {"type": each.after.type, "name": each.after.name}
        else:
            changed[subject] = {"fields": tuple(change.field for change in each.changes)}
    audit.record_many(actor, "item.create", created)
    audit.record_many(actor, "item.update", changed)


def _audit_relations(actor: Actor, rows: Sequence[RowOutcome]) -> None:
    told: dict[str, dict[tuple[str, object], dict[str, object]]] = {}
    for step in (step for row in rows for step in row.relations):
        action = "relation.update" if step.before else "relation.create"
        told.setdefault(action, {})["relation", step.after.id] = _told_relation(step.after)
    for action, lines in told.items():
        audit.record_many(actor, action, lines)


def _audit_retired(actor: Actor, done: Rows) -> None:
    told: dict[tuple[str, object], dict[str, object]] = {
        ("item", row.item): {"name": row.name} for row in done.rows if row.retires
    }
    audit.record_many(actor, "item.retire", told)


@transaction.atomic
def change_items(
    actor: Actor, rows: Sequence[Row], mode: Mode, *, at: datetime, why: Why = UNSAID
) -> Rows:
    """Make and change many items and relations, each told and recorded as if it were alone.

    A fixed number of statements for any number of rows. Raises BadInput with every bad row where
    one refused row refuses all.
    """
    schema.hold()
    statements.in_turn()
    actor.require(WRITE)
    done = bulk.prepared(actor, rows)
    if mode is Mode.ALL and done.problems:
        raise BadInput(problems=done.problems)
    write(actor, replace(done.writing, why=why), at=at)
    _audit_items(actor, done.writing.items)
    _audit_relations(actor, done.rows)
    _audit_retired(actor, done)
    return done


@transaction.atomic
def set_conditions(
    actor: Actor, changes: Sequence[ConditionChange], at: datetime
) -> tuple[UUID, ...]:
    """Say how items are now; gives those for which that is news. One statement for all of them.

    Unknown and retired items and those out of reach are passed over; of two changes of one item
    the last one counts.
    """
    statements.in_turn()
    actor.require(CONDITION)
    inside = reach(actor, CONDITION)
    wanted = {change.item: change.condition for change in changes}
    if not inside.everything:
        seen = visible(inside, wanted)
        wanted = {item_: condition for item_, condition in wanted.items() if item_ in seen}
    rows = statements.returned(
        "set_conditions",
        {
            "items": list(wanted),
            "conditions": [str(condition) for condition in wanted.values()],
            "at": at,
        },
    )
    news = tuple(row[0] for row in rows)
    if news:
        audit.record(actor, "item.condition", subject=("item", _told(news)), count=len(news))
        condition_changed.send_many(
            [ConditionChanged(id_, Condition(was), Condition(now), at) for id_, was, now in rows]
        )
        live.publish("items", *news)
    return news


def _told(ids: Sequence[UUID]) -> str:
    return str(ids[0]) if len(ids) == 1 else "several"


@transaction.atomic
def recompute_systems(actor: Actor) -> int:
    """Derive anew which systems each item serves; gives how many items that changed."""
    schema.hold()
    statements.in_turn()
    actor.require(WRITE, systems=())
    changed = systems.recompute()
    if changed:
        live.publish("items")
    return len(changed)
