"""Changing targets, and what collectors record of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from wardround.cmdb import queries as cmdb
from wardround.cmdb.permissions import READ as SEE
from wardround.collect import queries, rows, seen, target_rules, trials
from wardround.collect.drivers.prometheus import page_address
from wardround.collect.drivers.registry import reads_platform
from wardround.collect.errors import (
    BadTarget,
    TargetChanged,
    TargetFailed,
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
from wardround.kernel.addresses import signs_in
from wardround.kernel.errors import FieldProblem
from wardround.kernel.ids import new_id
from wardround.kernel.reach import Reach, reach, require
from wardround.kernel.secrets import looks_sealed
from wardround.kernel.types import Actor
from wardround.schema import queries as schema
from wardround.schema.sealing import SEALED_ELSEWHERE

_FORGET_COLLECTORS_AFTER = timedelta(hours=1)
_MOST_ROWS = 500


@transaction.atomic
def create_target(actor: Actor, change: TargetChange, *, at: datetime) -> Target:
    """Add a target of an item. Raises BadTarget, TargetTwice, Forbidden."""
    schema.hold()
    item = change.item
    if item is None:
        raise BadTarget(problems=[FieldProblem("item", gettext("is required"))])
    _require_item(actor, item)
    template = _template(change.template)
    row = TargetRow(
        id=new_id(),
        item_id=item,
        template=template.name,
        name=change.name or template.label.text(settings.LANGUAGE_CODE),
        created_at=at,
        interval_s=template.interval,
        timeout_s=template.timeout,
    )
    _put(row, change, template, reach(actor, MANAGE), at=at)
    audit.record(actor, "target.create", subject=("target", row.id), name=row.name, item=str(item))
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
    if change.item is not None:
        _require_item(actor, change.item)
        row.item_id = change.item
    template = _template(change.template or row.template)
    row.template = template.name
    row.version += 1
    _put(row, change, template, reach(actor, MANAGE), at=at)
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
                       "timeout_s", "parameters", "version", "updated_at", "declared",
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
     collector)
SELECT t.id, n.state, n.reason, n.detail, n.at, n.at, n.seconds, n.samples, n.unfilled, %s
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::float8[],
            %s::int[], %s::text[])
    AS n(target, state, reason, detail, at, seconds, samples, unfilled)
JOIN collect_target t ON t.id = n.target
ON CONFLICT (target_id) DO UPDATE SET
    since = CASE WHEN old.state = excluded.state THEN old.since ELSE excluded.since END,
    state = excluded.state, reason = excluded.reason, detail = excluded.detail,
    last_at = excluded.last_at, last_seconds = excluded.last_seconds,
    last_samples = excluded.last_samples, unfilled = excluded.unfilled,
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
    inside = reach(actor, MANAGE).condition(item="item", systems="item__systems")
    row = TargetRow.objects.select_for_update(of=("self",)).filter(inside, id=target_id).first()
    if row is None:
        raise UnknownTarget
    return row


def _require_item(actor: Actor, item: UUID) -> None:
    if item not in cmdb.visible(reach(actor, SEE), [item]):
        problem = FieldProblem("item", gettext("there is no such item, or you may not see it"))
        raise BadTarget(problems=[problem])
    require(actor, MANAGE, item=item, systems=cmdb.systems_of([item])[item])


def _template(name: str | None) -> MonitorTemplate:
    found = templates().get(name or "")
    if found is None:
        names = ", ".join(sorted(templates()))
        problem = FieldProblem("template", gettext("must be one of: %(names)s") % {"names": names})
        raise BadTarget(problems=[problem])
    return found


def _put(
    row: TargetRow, change: TargetChange, template: MonitorTemplate, inside: Reach, *, at: datetime
) -> None:
    """Take over the change, check the whole, save."""
    _take_columns(row, change)
    wrong = list(_wrong(row, change, template))
    if not (inside.everything or _stays(change)) and reads_platform(template.driver, row.address):
        wrong.append(("template", target_rules.ONLY_EVERYWHERE, {}))
    if change.parameters is not None:
        wrong += _take_parameters(row, change.parameters, template, inside)
    if wrong:
        raise BadTarget(
            problems=[FieldProblem(field, gettext(text) % fill) for field, text, fill in wrong]
        )
    row.updated_at = at
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise TargetTwice(field="name") from None
    tell_collectors()
    live.publish("targets", row.id)


def _stays(change: TargetChange) -> bool:
    """Whether what is read, and whose it is, are left as they are."""
    return change.item is None and change.template is None and change.address is None


def _take_columns(row: TargetRow, change: TargetChange) -> None:
    if change.enabled and row.undeclared_at is not None:
        row.declared, row.undeclared_at = "", None  # kept by hand from now on
    if change.address is not None and change.address != row.address:  # else it is as it was shown
        row.address, row.sealed_address = change.address, ""
    for field in ("name", "interval_s", "timeout_s", "enabled"):
        value = getattr(change, field)
        if value is not None:
            setattr(row, field, value)
    if change.interval_s is not None and change.timeout_s is None:
        row.timeout_s = min(row.timeout_s, change.interval_s)


def _wrong(
    row: TargetRow, change: TargetChange, template: MonitorTemplate
) -> Iterator[target_rules.Wrong]:
    yield from target_rules.wrong_times(row.interval_s, row.timeout_s)
    if change.parameters is not None:
        yield from target_rules.wrong_parameters(template, change.parameters)
    if not row.sealed_address and signs_in(row.address):
        yield "address", target_rules.NO_SIGN_IN, {}
    for field, said in (("name", row.name), ("address", row.address)):
        if looks_sealed(said):
            yield field, SEALED_ELSEWHERE, {}
    if not row.name.strip():
        yield "name", _("must not be empty"), {}
    if template.driver == "prometheus" and not looks_sealed(row.address):
        try:
            page_address(rows.address_of(row))
        except TargetFailed:
            yield "address", _("must be host:port, or an address with http:// or https://"), {}


def _take_parameters(
    row: TargetRow, given: Mapping[str, Any], template: MonitorTemplate, inside: Reach
) -> Iterator[target_rules.Wrong]:
    """Take over parameters; what they name out of reach is not there, and stays if it was."""
    before = seen.item_keys(row.parameters)
    row.parameters = rows.sealed(template, given, row.parameters)
    named = seen.item_keys(row.parameters)
    visible = cmdb.visible_keys(inside, {*named, *before})
    for key in named:
        if key not in visible:
            field = f"parameters.{seen.ITEMS_PARAMETER}"
            yield field, _("there is no item with the key “%(key)s”"), {"key": key}
    kept = [] if inside.everything else [key for key in before if key not in visible]
    if kept:
        row.parameters[seen.ITEMS_PARAMETER] = [*named, *kept]


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
    parameters = rows.sealed(template, target.parameters, {})
    if row is None:
        return TargetRow(
            id=new_id(), declared=target.place, parameters=parameters, created_at=at, **wanted
        )
    kept = {**row.parameters, **parameters}
    if (
        all(getattr(row, name) == value for name, value in wanted.items())
        and kept == row.parameters
        and (row.declared, row.undeclared_at) == (target.place, None)
    ):
        return None
    row.declared, row.undeclared_at = target.place, None
    for name, value in wanted.items():
        setattr(row, name, value)
    row.parameters = kept
    row.version += 1
    return row
