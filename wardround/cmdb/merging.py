"""Items that are there twice made one: values are chosen, everything else is carried to the one
that stays, and the others go to the recycle bin, from where their addresses lead to it (ADR 0178).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from wardround.access import actions as access
from wardround.cmdb import (
    deleting,
    deleting_effects,
    leaving,
    models,
    pointing,
    preparation,
    restoring_links,
    statements,
    symmetric,
    value_sources,
)
from wardround.cmdb.bin_types import Effect, Merged
from wardround.cmdb.drafts import PEOPLE, Prepared, Stored
from wardround.cmdb.errors import StaleItem, UnknownItem
from wardround.cmdb.permissions import DELETE, READ, WRITE
from wardround.cmdb.reading import stored
from wardround.cmdb.relation_rows import DETAILS, RelationRow
from wardround.cmdb.restricted import Sight
from wardround.cmdb.ruled import keeper
from wardround.cmdb.rules import FieldChange, as_id
from wardround.cmdb.whys import UNSAID, Why
from wardround.cmdb.writing import Writing, save_history, write
from wardround.kernel import audit
from wardround.kernel.errors import BadInput, FieldProblem
from wardround.kernel.reach import reach, require
from wardround.kernel.types import Actor
from wardround.kernel.wording import Wording, untranslated
from wardround.schema import queries as schema

_COLUMNS = ("name", "importance", *PEOPLE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which item stays, which go, and which of their values it takes."""

    stays: UUID
    gone: tuple[UUID, ...]
    take: Mapping[str, UUID] = field(default_factory=dict)
    """By field (`name`, `attributes.serial`) the item that gives its value, secrets too."""
    versions: Mapping[UUID, int] = field(default_factory=dict)
    """Those that were read."""
    trial: bool = False
    why: Why = UNSAID


@transaction.atomic
def merge(actor: Actor, wanted: Wanted, *, at: datetime) -> Merged:
    """Make items one. Raises UnknownItem, StaleItem, BadInput by field."""
    schema.hold()
    statements.in_turn()
    rows = _locked(actor, wanted)
    point = transaction.savepoint()
    told = _merged(actor, rows[wanted.stays], [rows[id_] for id_ in wanted.gone], wanted, at)
    if wanted.trial:
        transaction.savepoint_rollback(point)
    else:
        transaction.savepoint_commit(point)
    return told


def _locked(actor: Actor, wanted: Wanted) -> dict[UUID, models.Item]:
    ids = {wanted.stays, *wanted.gone}
    if wanted.stays in wanted.gone:
        message = _("An item cannot be merged into itself.")
        raise BadInput(problems=[FieldProblem("gone", message)])
    inside = models.Item.objects.filter(reach(actor, READ).condition(), id__in=ids)
    locked = inside.order_by("id").select_for_update(of=("self",), no_key=True)
    rows = {row.id: row for row in locked}
    if len(rows) < len(ids):
        raise UnknownItem(field="stays" if wanted.stays not in rows else "gone")
    for row in rows.values():
        right = WRITE if row.id == wanted.stays else DELETE
        require(actor, right, item=row.id, systems=row.systems)
        if wanted.versions.get(row.id, row.version) != row.version:
            raise StaleItem(field="versions", version=row.version)
    if rows[wanted.stays].retired_at is not None:
        message = _("The item that stays is out of use. Bring it back into use first.")
        raise BadInput(problems=[FieldProblem("stays", message)])
    return rows


def _merged(
    actor: Actor, stays: models.Item, gone: Sequence[models.Item], wanted: Wanted, at: datetime
) -> Merged:
    before, why = stored(stays), wanted.why
    after = _with_taken(actor, before, {row.id: row for row in (stays, *gone)}, wanted.take)
    ids = {row.id for row in gone}
    relations = list(models.Relation.objects.filter(Q(source__in=ids) | Q(target__in=ids)))
    seen = reach(actor, READ)
    naming = {item.id for item, *_ in deleting_effects.seen_naming(seen, ids)} - {stays.id}
    known = {each.thing: sum(of.values()) for each, of in leaving.counted(actor, ids)}
    moved, kept = dict[str, int](), list[str]()
    claims = _claims_taken(wanted)
    for row in gone:
        for thing, count in leaving.move(actor, row.id, stays.id, at).items():
            moved[thing] = moved.get(thing, 0) + count
        if not access.carry_over(actor, row.id, stays.id):
            kept.append(_(_ACCOUNTS) % {"name": row.name})
    _name_the_one(actor, stays.id, ids, at, why)
    deleting.into_bin(actor, gone, at=at, why=why, merged_into=stays.id)
    after = _naming_none_of(after, ids)
    changes = preparation.history(before, after, schema.remembered_item_types())
    write(actor, Writing(items=[Prepared(before, after, changes)], why=why), at=at)
    value_sources.claim({stays.id: claims})
    told = {stays.id: [FieldChange("merged", None, row.name) for row in gone]}
    save_history(actor, told, at=at, why=why)
    carried, left = _carry(actor, relations, stays.id, ids, at, why)
    names = [row.name for row in gone]
    audit.record(actor, "item.merge", subject=("item", stays.id), merged=names)
    told_of = {thing: min(count, known[thing]) for thing, count in moved.items()}
    return Merged(stays.id, tuple(_effects(told_of, len(naming), carried)), (*kept, *left))


_ACCOUNTS = gettext_noop(
    "Accounts that see by “%(name)s” see by it still: who manages accounts gives them the other."
)
_RELATIONS = Wording(untranslated("Relations"))
_NAMED = Wording(untranslated("Items that name it"))


def _effects(moved: Mapping[str, int], named: int, carried: int) -> list[Effect]:
    labels = {each.thing: each.label for each in leaving.declared()}
    found = [Effect("relations", _RELATIONS, carried), Effect("named", _NAMED, named)]
    found += [Effect(thing, labels[thing], count) for thing, count in moved.items()]
    return [effect for effect in found if effect.count]


# Values ------------------------------------------------------------------------------------------


def _with_taken(
    actor: Actor, before: Stored, rows: Mapping[UUID, models.Item], take: Mapping[str, UUID]
) -> Stored:
    """The item with the values that it takes. Raises BadInput naming what cannot be taken."""
    sight = Sight(reach(actor, READ))
    columns: dict[str, Any] = {}
    attributes, problems = dict(before.attributes), list[FieldProblem]()
    for name, giver in take.items():
        row = rows.get(giver)
        attribute = name.removeprefix(pointing.ATTRIBUTE)
        if row is None:
            message = _("It is none of the items that are merged.")
            problems.append(FieldProblem(f"take.{name}", message))
        elif name in _COLUMNS:
            columns[name] = getattr(stored(row), name)
        elif name == attribute or not _both_have(attribute, before, row, sight):
            message = _("Both items need this attribute, of one kind, and you need to see it.")
            problems.append(FieldProblem(f"take.{name}", message))
        else:
            attributes.pop(attribute, None)
            if (value := row.attributes.get(attribute)) is not None:
                attributes[attribute] = value
    if problems:
        raise BadInput(problems=problems)
    return replace(before, **columns, attributes=attributes)


def _claims_taken(wanted: Wanted) -> value_sources.Said:
    """A value that is taken is of the source that it was of."""
    said = value_sources.of_items({*wanted.take.values()})
    return {
        name: said[giver][name]
        for name, giver in wanted.take.items()
        if name in said.get(giver, {})
    }


def _both_have(name: str, stays: Stored, row: models.Item, sight: Sight) -> bool:
    types = schema.remembered_item_types()
    kinds = []
    for type_name, id_, systems in (
        (stays.type, stays.id, stays.systems),
        (row.type, row.id, row.systems),
    ):
        its_type = types.get(type_name)
        declared = its_type.attribute(name) if its_type else None
        if declared is None or name in sight.hidden(type_name, id_, systems):
            return False
        kinds.append(declared.type)
    return kinds[0] is kinds[1]


def _naming_none_of(item: Stored, gone: set[UUID]) -> Stored:
    """What an item named of itself, as two that were one did, it names no longer."""
    itself = {*gone, item.id}
    fields: dict[str, str | None] = {
        column: None for column in PEOPLE if getattr(item, column) in itself
    }
    for name, value in item.attributes.items():
        if isinstance(value, str) and as_id(value) in itself:
            fields[f"{pointing.ATTRIBUTE}{name}"] = None
    return pointing.naming_otherwise(item, fields)


# What names them ---------------------------------------------------------------------------------


def _name_the_one(actor: Actor, stays: UUID, gone: set[UUID], at: datetime, why: Why) -> None:
    said: dict[UUID, tuple[models.Item, dict[str, str | None]]] = {}
    for row, name, _to in pointing.naming(gone):
        if row.id != stays:
            said.setdefault(row.id, (row, {}))[1][name] = str(stays)
    pointing.say(actor, said.values(), at=at, why=why)


def _carry(  # noqa: PLR0913, PLR0917  # all that a relation needs
    actor: Actor,
    relations: Sequence[models.Relation],
    stays: UUID,
    gone: set[UUID],
    at: datetime,
    why: Why,
) -> tuple[int, list[str]]:
    """Relations lead from and to the one that stays; those among them go. What its kind does not
    admit there is told. Counted are those that the actor sees.
    """
    wanted = []
    for each in relations:
        source = stays if each.source_id in gone else each.source_id
        target = stays if each.target_id in gone else each.target_id
        if source != target and not keeper(each.origin):
            details = {name: getattr(each, name) for name in DETAILS}
            wanted.append(RelationRow(each.kind, source, target, origin=each.origin, **details))
    once = {(row.kind, row.source, row.target): row for row in symmetric.joined(wanted)}
    standing = models.Relation.objects.filter(Q(source=stays) | Q(target=stays))
    there = set(standing.values_list("kind", "source_id", "target_id"))
    new = [row for place, row in once.items() if place not in there]
    good, refused = restoring_links.standing_again(actor, new)
    write(actor, Writing(relations=good, why=why, follows=True), at=at)
    return len(restoring_links.seen_of(actor, good)), [text for _row, text in refused if text]
