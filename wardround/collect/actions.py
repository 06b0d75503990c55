"""Changing targets, and what collectors record of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NoReturn
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from wardround.cmdb import queries as cmdb
from wardround.collect import queries, rows, seen, target_changes, trials
from wardround.collect.errors import (
    TargetChanged,
    TargetTwice,
    UnknownTarget,
)
from wardround.collect.models import CollectorProcessRow, SnapshotRow, TargetRow
from wardround.collect.permissions import MANAGE
from wardround.collect.queries import templates
from wardround.collect.shards import CHANNEL
from wardround.collect.types import (
    CollectorRow,
    DeclaredTarget,
    MonitorTemplate,
    Table,
    Target,
    TargetChange,
    TargetCheck,
    TargetStanding,
)
from wardround.kernel import audit, live
from wardround.kernel.ids import new_id
from wardround.kernel.reach import Reach, reach
from wardround.kernel.types import Actor
from wardround.schema import queries as schema

if TYPE_CHECKING:
    from django.db.models import QuerySet

_FORGET_COLLECTORS_AFTER = timedelta(hours=1)
_MOST_ROWS = 500


@transaction.atomic
def create_target(actor: Actor, change: TargetChange, *, at: datetime) -> Target:
    """Add a target of an item. Raises BadTarget, TargetTwice, Forbidden."""
    schema.hold()
    row, template = target_changes.begun(actor, change)
    row.created_at = at
    target_changes.take(row, change, template, reach(actor, MANAGE))
    _save(row, None, at=at)
    item = str(row.item_id)
    audit.record(actor, "target.create", subject=("target", row.id), name=row.name, item=item)
    return seen.targets(reach(actor, MANAGE), [row], templates())[0]


@transaction.atomic
def change_target(
    actor: Actor, target_id: UUID, change: TargetChange, *, at: datetime, version: int | None = None
) -> Target:
    """Change what `change` names. Raises UnknownTarget, BadTarget, TargetChanged."""
    schema.hold()
    row = _lock_for(actor, target_id)
    if version is not None and version != row.version:
        raise TargetChanged
    before = rows.asked(row)
    template = target_changes.turned(actor, row, change)
    row.version += 1
    target_changes.take(row, change, template, reach(actor, MANAGE))
    _save(row, before, at=at)
    given = {name: value for name, value in vars(change).items() if value is not None}
    fields = sorted(given.keys() - {"parameters"}) + [
        f"parameters.{name}" for name in sorted(change.parameters or {})
    ]
    audit.record(actor, "target.change", subject=("target", row.id), fields=fields)
    return seen.targets(reach(actor, MANAGE), [row], templates())[0]


@transaction.atomic
def delete_target(actor: Actor, target_id: UUID) -> None:
    """Remove a target; its history stays. Raises UnknownTarget."""
    row = _lock_for(actor, target_id)
    audit.record(actor, "target.delete", subject=("target", row.id), name=row.name)
    row.delete()
    tell_collectors()
    live.publish("targets")


def check_target(actor: Actor, target_id: UUID) -> TargetCheck:
    """Have a collector try a target now; nothing of it is stored.

    Raises UnknownTarget, Forbidden, and as `trials.run` does.
    """
    actor.require(MANAGE)
    inside = reach(actor, MANAGE)
    spec = queries.spec(inside, target_id)
    visible = cmdb.visible(inside, {spec.item, *spec.items_by_key.values()})
    return trials.run(actor.id, target_id, visible)


def check_draft(actor: Actor, change: TargetChange, *, of: UUID | None = None) -> TargetCheck:
    """Have a collector try a target as it would be saved: a new one, or one as the change would
    leave it, whose secrets go where that says; so it is told in the audit. Nothing else is stored.

    Raises BadTarget, UnknownTarget, Forbidden, and as `trials.run` does.
    """
    row, visible = _draft(actor, change, of)
    return trials.run(actor.id, row.id, visible, draft=rows.draft(row))


@transaction.atomic
def _draft(
    actor: Actor, change: TargetChange, of: UUID | None
) -> tuple[TargetRow, Collection[UUID]]:
    """The row as it would be, and the items of which a trial of it may tell."""
    schema.hold()
    actor.require(MANAGE)
    inside = reach(actor, MANAGE)
    if of is None:
        row, template = target_changes.begun(actor, change)
    else:
        row = _of(inside).filter(id=of).first() or _unknown()
        template = target_changes.turned(actor, row, change)
    target_changes.take(row, change, template, inside)
    items = cmdb.items_by_key(seen.item_keys(row.parameters)).values()
    told = {"name": row.name, "address": row.address, "item": str(row.item_id)}
    audit.record(actor, "target.try", subject=("target", row.id), **told)
    return row, cmdb.visible(inside, {row.item_id, *(item.id for item in items)})


@transaction.atomic
def declare_targets(actor: Actor, declared: Sequence[DeclaredTarget], *, at: datetime) -> None:
    """Make the targets that packs declare exist as declared; idempotent.

    A person's pause and secrets stay: a pack says how to monitor, not that nobody may stop it.
    """
    schema.hold()
    ids = cmdb.items_by_key({target.item for target in declared})
    known = templates()
    before = _places({item.id for item in ids.values()})
    changed = []
    for target in declared:
        item, template = ids.get(target.item), known.get(target.template)
        if item is None or template is None:
            continue
        row = _declared_row(target, item.id, template, before, at=at)
        if row is not None:
            row.updated_at = at
            changed.append(row)
    TargetRow.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["name", "item", "template", "address", "sealed_address", "interval_s",
                       "timeout_s", "parameters", "version", "asked_at", "updated_at", "declared",
                       "undeclared_at"],
    )  # fmt: skip
    if changed:
        audit.record(actor, "targets.declare", subject=("targets", "pack"), count=len(changed))
        tell_collectors()
        live.publish("targets")


@transaction.atomic
def pause_targets_of(actor: Actor, items: Iterable[UUID], *, at: datetime) -> int:
    """Stop collecting items that were retired; how many targets that were."""
    schema.hold()
    found = TargetRow.objects.filter(item__in=list(items), enabled=True)
    ids = list(found.values_list("id", flat=True))
    if ids:
        TargetRow.objects.filter(id__in=ids).update(enabled=False, updated_at=at)
        audit.record_many(actor, "target.pause", {("target", target): {} for target in ids})
        tell_collectors()
        live.publish("targets", *ids)
    return len(ids)


def tell_collectors() -> None:
    """Tell every collector, at commit, to read its targets anew."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


# What collectors record --------------------------------------------------------------------------

_STANDINGS = """
INSERT INTO collect_target_state AS old
    (target_id, state, reason, detail, since, last_at, last_seconds, last_samples, unfilled,
     worked_as, collector)
SELECT t.id, n.state, n.reason, n.detail, n.at, n.at, n.seconds, n.samples, n.unfilled,
       CASE WHEN n.worked_as = t.asked_at THEN n.worked_as END, %s
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::float8[],
            %s::int[], %s::text[], %s::timestamptz[])
    AS n(target, state, reason, detail, at, seconds, samples, unfilled, worked_as)
JOIN collect_target t ON t.id = n.target
ON CONFLICT (target_id) DO UPDATE SET
    since = CASE WHEN old.state = excluded.state THEN old.since ELSE excluded.since END,
    state = excluded.state, reason = excluded.reason, detail = excluded.detail,
    last_at = excluded.last_at, last_seconds = excluded.last_seconds,
    last_samples = excluded.last_samples, unfilled = excluded.unfilled,
    worked_as = COALESCE(excluded.worked_as, old.worked_as),
    collector = excluded.collector
"""


@transaction.atomic
def record_standings(
    collector: UUID, standings: Sequence[TargetStanding], *, news: Sequence[UUID] = ()
) -> None:
    """How targets stand, in one statement; open pages hear of `news`, whose state changed."""
    if not standings:
        return
    ordered = sorted(standings, key=lambda standing: standing.target)  # one order, so no deadlock
    with connection.cursor() as cursor:
        cursor.execute(
            _STANDINGS,
            [
                collector,
                [standing.target for standing in ordered],
                [standing.state.value for standing in ordered],
                [standing.reason.value for standing in ordered],
                [standing.detail[:500] for standing in ordered],
                [standing.at for standing in ordered],
                [standing.seconds for standing in ordered],
                [standing.samples for standing in ordered],
                [" ".join(standing.unfilled) for standing in ordered],
                [standing.worked_as for standing in ordered],
            ],
        )
    if news:
        live.publish("targets", *news)


def record_table(target: UUID, item: UUID, table: Table, *, at: datetime) -> None:
    """Put the newest rows of a table in place of those before."""
    SnapshotRow.objects.bulk_create(
        [
            SnapshotRow(
                item_id=item,
                target_id=target,
                name=table.name,
                at=at,
                rows=list(table.rows)[:_MOST_ROWS],
            )
        ],
        update_conflicts=True,
        unique_fields=["item", "name", "target"],
        update_fields=["at", "rows"],
    )


def heartbeat(collector: CollectorRow) -> None:
    """Say that a collector is alive, and how it does."""
    CollectorProcessRow.objects.update_or_create(
        id=collector.id,
        defaults={name: value for name, value in vars(collector).items() if name != "id"},
    )
    gone = collector.last_at - _FORGET_COLLECTORS_AFTER
    CollectorProcessRow.objects.filter(last_at__lt=gone).delete()


def leave(collector: UUID) -> None:
    """Say that a collector ends."""
    CollectorProcessRow.objects.filter(id=collector).delete()


# Inside ------------------------------------------------------------------------------------------


def _lock_for(actor: Actor, target_id: UUID) -> TargetRow:
    """The row, locked, if the actor may manage it: fetching is the check."""
    actor.require(MANAGE)
    found = _of(reach(actor, MANAGE)).select_for_update(of=("self",))
    row: TargetRow = found.filter(id=target_id).first() or _unknown()
    return row


def _of(inside: Reach) -> QuerySet[TargetRow]:
    return TargetRow.objects.filter(inside.condition(item="item", systems="item__systems"))


def _unknown() -> NoReturn:
    raise UnknownTarget


def _save(row: TargetRow, before: rows.Asked | None, *, at: datetime) -> None:
    """What is asked otherwise than before has yet to work (ADR 150)."""
    if rows.asked(row) != before:
        row.asked_at = at
    row.updated_at = at
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise TargetTwice(field="name") from None
    tell_collectors()
    live.publish("targets", row.id)


def _places(items: Collection[UUID]) -> Mapping[str, TargetRow]:
    """Declared targets by their place; those made by hand by what a declaration would call them."""
    declared = TargetRow.objects.exclude(declared="")
    by_hand = TargetRow.objects.filter(declared="", item__in=items).select_related("item")
    return {
        **{f"{row.item.key}/{row.template}/{row.name}": row for row in by_hand},
        **{row.declared: row for row in declared},
    }


def _declared_row(
    target: DeclaredTarget,
    item: UUID,
    template: MonitorTemplate,
    before: Mapping[str, TargetRow],
    *,
    at: datetime,
) -> TargetRow | None:
    """The row a declaration wants, or None when it is there already."""
    interval = target.interval or template.interval
    row = before.get(target.place)
    address, whole = rows.sealed_address(target.address, row)
    wanted: dict[str, Any] = {
        "name": target.name or template.label.text(settings.LANGUAGE_CODE),
        "item_id": item,
        "template": template.name,
        "address": address,
        "sealed_address": whole,
        "interval_s": interval,
        "timeout_s": min(target.timeout or template.timeout, interval),
    }
    parameters = rows.sealed(template, target.parameters, row.parameters if row else {})
    if row is None:
        return TargetRow(
            id=new_id(),
            declared=target.place,
            parameters=parameters,
            created_at=at,
            asked_at=at,
            **wanted,
        )
    kept = {**row.parameters, **parameters}
    if (
        all(getattr(row, name) == value for name, value in wanted.items())
        and kept == row.parameters
        and (row.declared, row.undeclared_at) == (target.place, None)
    ):
        return None
    asked = rows.asked(row)
    row.declared, row.undeclared_at = target.place, None
    for name, value in wanted.items():
        setattr(row, name, value)
    row.parameters = kept
    if rows.asked(row) != asked:
        row.asked_at = at
    row.version += 1
    return row
