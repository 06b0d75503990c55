"""What people decide of a load: what it would retire, what it proposes, what a row is about.

What is decided belongs to the import: it is taken back with it as one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from wardround.cmdb import bulk, import_queries, models, reconciling, statements, value_sources
from wardround.cmdb.errors import NothingToDecide
from wardround.cmdb.import_actions import locked, not_ready
from wardround.cmdb.import_types import Import, ImportState, Verdict
from wardround.cmdb.intake import keeping, working
from wardround.cmdb.items import ItemEdit
from wardround.cmdb.permissions import WRITE
from wardround.cmdb.rows import ItemRow, Row, Rows
from wardround.cmdb.source_types import OWN_FIELDS
from wardround.cmdb.statements import listed
from wardround.cmdb.writing import Writing, write
from wardround.kernel import audit, live
from wardround.kernel.errors import BadInput, FieldProblem
from wardround.kernel.types import Actor
from wardround.schema import queries as schema
from wardround.schema.sealing import MASK


def _loaded(actor: Actor, import_id: UUID) -> models.ImportRun:
    """The load, if it was worked in. Raises UnknownImport, ImportUnderWay, ImportNotReady."""
    run = locked(actor, import_id)
    if run.state != ImportState.DONE:
        raise not_ready(run)
    actor.require(WRITE, systems=())
    return run


def _told(actor: Actor, run: models.ImportRun, act: str, count: int) -> Import:
    audit.record(actor, act, subject=("import", run.id), file=run.file_name, count=count)
    live.publish("imports")
    return import_queries.get(actor, run.id)


def _newest() -> int:
    rows = models.ItemChange.objects.order_by("-id").values_list("id", flat=True)
    return rows.first() or 0


# What it would retire ----------------------------------------------------------------------------


@transaction.atomic
def decide_held(actor: Actor, import_id: UUID, *, retire: bool, at: datetime) -> Import:
    """Retire what a load did not hold after all, or leave it in use and marked.

    Raises UnknownImport, ImportNotReady, NothingToDecide.
    """
    schema.hold()
    statements.in_turn()
    run = _loaded(actor, import_id)
    lines = models.ImportLine.objects.filter(run=run, verdict=Verdict.HELD)
    items = [id_ for id_ in lines.values_list("item", flat=True) if id_]
    if not items:
        raise NothingToDecide(field="import")
    going = _still_missing(run, items) if retire else frozenset()
    write(actor, Writing(retired=going), at=at)
    lines.filter(item__in=listed("uuid", [*going])).update(
        verdict=Verdict.RETIRED, before={"gone": True}
    )
    models.ImportLine.objects.filter(run=run, verdict=Verdict.HELD).update(verdict=Verdict.MARKED)
    run.retired, run.marked, run.held = (
        run.retired + len(going), run.marked + len(items) - len(going), 0,
    )  # fmt: skip
    run.save(update_fields=["retired", "marked", "held"])
    return _told(actor, run, "item.retire_vanished" if retire else "item.keep_vanished", len(items))


def _still_missing(run: models.ImportRun, items: Collection[UUID]) -> frozenset[UUID]:
    """Those that no later load held."""
    rows = models.SourceRecord.objects.filter(
        source=run.source, item__in=listed("uuid", [*items]), loads__gt=0, item__retired_at=None
    )
    return frozenset(rows.values_list("item", flat=True))


# What it proposes --------------------------------------------------------------------------------


@transaction.atomic
def accept(actor: Actor, import_id: UUID, rows: Collection[int], *, at: datetime) -> Import:
    """Write what rows propose, all rows of items that are there where none are named; it is the
    source's from now on.

    Raises UnknownImport, ImportNotReady, NothingToDecide, and BadInput by row: nothing is written
    then.
    """
    schema.hold()
    statements.in_turn()
    run = _loaded(actor, import_id)
    lines = models.ImportLine.objects.filter(run=run).exclude(proposed=[]).exclude(item=None)
    if rows:
        lines = lines.filter(number__in=[*rows])
    else:  # what was deleted since speaks against no other row
        lines = lines.filter(item__in=models.Item.objects.values("id"))
    chosen = list(lines.order_by("number"))
    if not chosen:
        raise NothingToDecide(field="import")
    done = bulk.prepared(actor, [row for line in chosen for row in _wanted(line)])
    if done.problems:
        raise BadInput(problems=done.problems)
    said = value_sources.of_items([line.item for line in chosen if line.item])
    claims = {line.item: [*_fields(line)] for line in chosen if line.item}
    write(actor, replace(done.writing, source=run.source, claims=claims), at=at)
    _note_accepted(chosen, done, said)
    run.proposed -= len(chosen)
    run.save(update_fields=["proposed"])
    return _told(actor, run, "item.accept_proposed", len(chosen))


def _fields(line: models.ImportLine) -> Sequence[str]:
    """What can be accepted: what became a secret is told nowhere, so it cannot be written."""
    return [each["field"] for each in line.proposed if each["new"] != MASK]


def _wanted(line: models.ImportLine) -> Sequence[Row]:
    new = {each["field"]: each["new"] for each in line.proposed if each["new"] != MASK}
    columns = {name: new[name] for name in OWN_FIELDS if name in new}
    attributes = {
        name.removeprefix("attributes."): value for name, value in new.items() if "." in name
    }
    content = ItemEdit(**columns, attributes=attributes)
    return [Row(line.number, ItemRow(content, id=line.item), place=str(line.row))]


def _note_accepted(
    lines: Sequence[models.ImportLine], done: Rows, said: Mapping[UUID, value_sources.Said]
) -> None:
    """The rows have changed their items by it, and an undo takes that back, too."""
    made = {row.row: row.prepared for row in done.rows}
    mark = _newest()
    for line in lines:
        step = made[line.number]
        if step is None or step.before is None:
            continue
        accepted = {*_fields(line)}
        body, was = line.before or {"relations": []}, step.before
        columns = {name: getattr(was, name) for name in OWN_FIELDS if name in accepted}
        attributes = {
            name.removeprefix("attributes."): was.attributes.get(name.removeprefix("attributes."))
            for name in accepted
            if "." in name
        }
        claims = {name: entry for name, entry in said.get(was.id, {}).items() if name in accepted}
        line.before = _stored({
            **body,
            "columns": {**columns, **body.get("columns", {})},
            "attributes": {**attributes, **body.get("attributes", {})},
            "claims": {**claims, **body.get("claims", {})},
            "mark": mark,
        })  # fmt: skip
        line.changes = [*line.changes, *(each for each in line.proposed)]
        line.proposed, line.verdict = [], Verdict.CHANGED
    columns_kept = ["before", "changes", "proposed", "verdict"]
    models.ImportLine.objects.bulk_update(lines, columns_kept, batch_size=500)


def _stored(body: Mapping[str, Any]) -> dict[str, Any]:
    columns = {
        name: str(value) if isinstance(value, UUID) else value
        for name, value in body["columns"].items()
    }
    return {**body, "columns": columns}


# What a row is about -----------------------------------------------------------------------------


@transaction.atomic
def choose(
    actor: Actor, import_id: UUID, number: int, item: UUID | None, *, at: datetime
) -> Import:
    """Say which of several items a row is about, or that it is none of them but a new one, and
    work it in; the source's own id of the row, where it has one, finds that item from now on.

    Raises UnknownImport, ImportNotReady, NothingToDecide, BadInput with what else is wrong.
    """
    schema.hold()
    statements.in_turn()
    run = _loaded(actor, import_id)
    line = models.ImportLine.objects.filter(run=run, number=number).exclude(choices=[]).first()
    if line is None:
        raise NothingToDecide(field="row")
    key = _key_of(line, item) if item else ""
    worked = working.reworked(actor, run, line, key, at)
    if worked.outcome.problems:
        raise BadInput(problems=worked.outcome.problems)
    write(actor, worked.writing, at=at)
    if run.source:
        reconciling.note(run, worked.seen, (), at)
    keeping.keep_decided(line, worked, _newest())
    counts: dict[str, int] = defaultdict(int, {line.verdict: 1})
    run.refused -= 1
    for name in ("created", "changed", "unchanged"):
        setattr(run, name, getattr(run, name) + counts[name])
    run.proposed += bool(line.proposed)
    run.save(update_fields=["refused", "created", "changed", "unchanged", "proposed"])
    return _told(actor, run, "item.choose" if item else "item.choose_new", 1)


def _key_of(line: models.ImportLine, item: UUID) -> str:
    key = models.Item.objects.filter(id=item).values_list("key", flat=True).first()
    if key is None or str(item) not in line.choices:
        message = _("This is none of the items that the row may be about.")
        raise BadInput(problems=[FieldProblem("item", message)])
    return key
