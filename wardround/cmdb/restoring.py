"""Deleted items brought back: as they were, with their relations, as far as that can be.

A row comes back out of use and is then brought into use by the way of every item, so that what is
another's by now (a unique value, a type that is no more) refuses it for the same reasons.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from wardround.cmdb import bulk, item_texts, leaving, models, restoring_links, statements
from wardround.cmdb.bin_types import Became, Restored
from wardround.cmdb.drafts import PEOPLE, Prepared
from wardround.cmdb.errors import NotInBin
from wardround.cmdb.import_types import Verdict
from wardround.cmdb.items import ItemEdit
from wardround.cmdb.permissions import DELETE, READ
from wardround.cmdb.reading import names, stored
from wardround.cmdb.restoring_links import Back
from wardround.cmdb.restricted import Sight
from wardround.cmdb.rows import ItemRow, Row
from wardround.cmdb.rules import FieldChange
from wardround.cmdb.signals import ItemRestored, item_restored
from wardround.cmdb.whys import UNSAID, Why
from wardround.cmdb.writing import save_history, write
from wardround.kernel import audit, live
from wardround.kernel.reach import reach, require
from wardround.kernel.types import Actor
from wardround.schema import queries as schema


@transaction.atomic
def restore(
    actor: Actor, ids: Sequence[UUID], *, at: datetime, trial: bool = False, why: Why = UNSAID
) -> tuple[Restored, ...]:
    """Bring deleted items back, each by itself; of each is told what came back and what did not.

    Raises NotInBin where one of them does not lie there, or cannot be seen.
    """
    schema.hold()
    statements.in_turn()
    rows = _locked(actor, ids)
    point = transaction.savepoint()
    found = _restored(actor, rows, at, why)
    if trial:
        transaction.savepoint_rollback(point)
    else:
        transaction.savepoint_commit(point)
    return found


def _locked(actor: Actor, ids: Sequence[UUID]) -> list[models.Binned]:
    waiting = models.Binned.objects.filter(
        reach(actor, READ).condition(item="pk"), id__in=ids, purged_at=None
    )
    rows = {row.id: row for row in waiting.order_by("id").select_for_update(no_key=True)}
    if len(rows) < len(set(ids)):
        raise NotInBin(field="items")
    for row in rows.values():
        require(actor, DELETE, item=row.id, systems=row.systems)
    return [rows[id_] for id_ in dict.fromkeys(ids)]


def _restored(
    actor: Actor, rows: Sequence[models.Binned], at: datetime, why: Why
) -> tuple[Restored, ...]:
    backs = [Back(row) for row in rows]
    _refuse_taken_keys(actor, backs)
    _put_back(actor, [back for back in backs if not back.refused])
    _into_use(actor, [back for back in backs if not back.refused], at, why)
    there = [back for back in backs if not back.refused]
    told = {back.row.id: (FieldChange("deleted", back.row.name, None),) for back in there}
    save_history(actor, told, at=at, why=why)
    restoring_links.relate(actor, there, at, why)
    restoring_links.name_again(actor, there, at, why)
    leaving.back(actor, {back.row.id: back.row.elsewhere for back in there}, at)
    models.Binned.objects.filter(id__in=told).delete()
    subjects: dict[tuple[str, object], dict[str, object]] = {
        ("item", back.row.id): {"name": back.row.name} for back in there
    }
    audit.record_many(actor, "item.undelete", subjects)
    item_restored.send_many([ItemRestored(back.row.id, back.row.type, at) for back in there])
    live.publish("items")
    live.publish("recycle-bin")
    return tuple(
        Restored(
            back.row.id,
            back.row.name,
            Became.REFUSED if back.refused else Became.RESTORED,
            back.relations,
            tuple(back.left),
        )
        for back in backs
    )


# The items ---------------------------------------------------------------------------------------


def _refuse_taken_keys(actor: Actor, backs: Sequence[Back]) -> None:
    """A key may be another's by now, or two that are to come back had the same."""
    keys = [back.row.key for back in backs]
    taken = dict(models.Item.objects.filter(key__in=keys).values_list("key", "id"))
    refs = names(reach(actor, READ), set(taken.values())).refs
    given: set[str] = set()
    for back in backs:
        key = back.row.key
        if key in taken and taken[key] in refs:
            text = _("Its key “%(key)s” is that of “%(name)s” by now.")
            back.refuse(text % {"key": key, "name": refs[taken[key]].name})
        elif key in taken or key in given:
            back.refuse(_("Its key “%(key)s” is that of another item by now.") % {"key": key})
        given.add(key)


def _put_back(actor: Actor, backs: Sequence[Back]) -> None:
    """The rows as they were, but out of use."""
    types, wanted = schema.remembered_item_types(), {back.row.id for back in backs}
    named = {id_ for back in backs for _name, id_ in restoring_links.names_of(back.row)}
    there = {*models.Item.objects.filter(id__in=named).values_list("id", flat=True)} | wanted
    restoring_links.hand_over(backs, named - there)
    made = []
    for back in backs:
        row = back.row
        held: Mapping[str, Any] = row.held or {}
        lost = {name for name, id_ in restoring_links.names_of(row) if id_ not in there}
        kept = {f"{name}_id": held[name] for name in PEOPLE if name not in lost}
        hidden = Sight(reach(actor, READ)).hidden(row.type, row.id, row.systems)
        for name in sorted(lost - hidden):
            its_type = types.get(row.type)
            declared = its_type and its_type.attribute(name)
            label = declared.label.text() if declared else _(name.capitalize())
            back.left.append(
                _("“%(field)s” is empty: what it named is not here.") % {"field": label}
            )
        attributes = {name: value for name, value in row.attributes.items() if name not in lost}
        made.append(
            models.Item(
                id=row.id,
                key=row.key,
                type=row.type,
                name=row.name,
                importance=row.importance,
                attributes=attributes,
                systems=row.systems,
                origin=held.get("origin", ""),
                retired_at=held.get("retired_at") or row.deleted_at,
                created_at=held["created_at"],
                updated_at=row.deleted_at,
                version=held["version"] + 1,
                **kept,
            )
        )
    models.Item.objects.bulk_create(made)
    rows = models.Item.objects.filter(id__in=wanted)
    item_texts.keep([Prepared(None, stored(row), ()) for row in rows])


def _into_use(actor: Actor, backs: Sequence[Back], at: datetime, why: Why) -> None:
    """Those that were in use; what refuses one sends it back."""
    using = [back for back in backs if not (back.row.held or {}).get("retired_at")]
    asked = [
        Row(number, ItemRow(ItemEdit(), id=back.row.id, retired=False))
        for number, back in enumerate(using, start=1)
    ]
    done = bulk.prepared(actor, asked, revive=True) if asked else None
    for outcome in done.rows if done else ():
        if outcome.verdict is Verdict.REFUSED:
            for problem in outcome.problems:
                using[outcome.row - 1].refuse(str(problem.message))
    refused = [back.row.id for back in using if back.refused]
    models.Item.objects.filter(id__in=refused).delete()
    if done:
        write(actor, replace(done.writing, why=why), at=at)
