"""Reading targets, tables and collectors. Rows stay here; frozen values leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from wardround.cmdb import queries as cmdb
from wardround.collect import platform_figures, rows, rules, seen
from wardround.collect.errors import UnknownTable, UnknownTarget
from wardround.collect.models import SnapshotRow, TargetRow
from wardround.collect.types import (
    TEMPLATE,
    CollectorRow,
    ItemTable,
    MonitorTemplate,
    State,
    TableSpec,
    Target,
    TargetSpec,
)
from wardround.kernel.lists import during, paginate
from wardround.kernel.reach import Reach
from wardround.kernel.types import ALWAYS, TimeRange
from wardround.schema import queries as schema
from wardround.schema.types import Label

__all__ = [
    "TargetsWanted",
    "collectors",
    "named_items",
    "specs",
    "table",
    "tables",
    "target",
    "targets",
    "templates",
    "visible",
]
_SORTABLE = {
    "name": "name",
    "item": "item__name",
    "template": "template",
    "state": "standing__state",
    "last_at": "standing__last_at",
    "interval_s": "interval_s",
}


@dataclass(frozen=True)
class TargetsWanted:
    """What a list of targets asks for; empty collections ask for all."""

    items: tuple[UUID, ...] = ()
    states: tuple[State, ...] = ()
    templates: tuple[str, ...] = ()
    text: str = ""
    collected: TimeRange = ALWAYS
    """When they were last collected; those that never were have no such moment."""
    limit: int = 50
    cursor: str | None = None
    sort: str | None = None


def templates() -> Mapping[str, MonitorTemplate]:
    """Every monitor template by name."""
    return cast("Mapping[str, MonitorTemplate]", schema.definitions(TEMPLATE))


def templates_for(reach: Reach, item: UUID) -> Mapping[str, MonitorTemplate]:
    """Those that are for an item. Raises UnknownItem where there is none within reach."""
    item_type = schema.remembered_item_types()[cmdb.item(reach, item).type]
    return {name: known for name, known in templates().items() if known.is_for(item_type)}


def collectors(reach: Reach) -> list[CollectorRow]:
    """Collectors that are running, for whoever sees everything: what they do, they do for all."""
    return platform_figures.collectors() if reach.everything else []


def targets(reach: Reach, wanted: TargetsWanted) -> tuple[list[Target], str | None, int]:
    """A page of targets within reach, the next cursor, and how many there are."""
    found = _filtered(_visible(reach), wanted)
    page = paginate(
        found.select_related("standing"),
        limit=wanted.limit,
        cursor=wanted.cursor,
        sort=wanted.sort,
        sortable=_SORTABLE,
        default_sort="name",
    )
    return seen.targets(reach, page.rows, templates()), page.next, found.count()


def abnormal_hidden(reach: Reach, wanted: TargetsWanted) -> int:
    """How many targets within reach that do not answer these filters leave out; two queries."""
    down = _visible(reach).filter(_in_states([State.DOWN]))
    return max(down.count() - _filtered(down, wanted).count(), 0)


def target(reach: Reach, target_id: UUID) -> Target:
    """Raises UnknownTarget, also for one out of reach."""
    row = _visible(reach).select_related("standing").filter(id=target_id).first()
    if row is None:
        raise UnknownTarget
    return seen.targets(reach, [row], templates())[0]


def names(reach: Reach, ids: Collection[UUID]) -> dict[UUID, str]:
    """What the targets of these that are within reach are called; one query."""
    return dict(_visible(reach).filter(id__in=set(ids)).values_list("id", "name"))


def tables(reach: Reach, item: UUID) -> list[ItemTable]:
    """The tables collected of an item, without their rows."""
    found = _snapshots(reach, item).defer("rows")
    return [replace(_table(row), rows=()) for row in found]


def table(reach: Reach, item: UUID, name: str) -> ItemTable:
    """The newest rows of one table. Raises UnknownTable."""
    row = _snapshots(reach, item).filter(name=name).order_by("-at").first()
    if row is None:
        raise UnknownTable(name=name)
    return replace(_table(row), rows=tuple(row.rows))


def targets_by_template(templates: Collection[str]) -> dict[str, int]:
    """How many targets are collected by each of these templates."""
    rows: QuerySet[Any] = TargetRow.objects.filter(
        template__in=templates, enabled=True, undeclared_at=None, item__retired_at=None
    )
    counted = rows.values("template").annotate(number=Count("id")).order_by()
    return {row["template"]: row["number"] for row in counted}


def templates_of(targets: Collection[UUID]) -> dict[UUID, str]:
    """The template of each target that is there still; one query."""
    rows = TargetRow.objects.filter(id__in=set(targets))
    return dict(rows.values_list("id", "template"))


def interval_of(target: UUID) -> timedelta:
    """How far apart the looks at a target are; nothing where it is gone."""
    seconds = TargetRow.objects.filter(id=target).values_list("interval_s", flat=True).first()
    return timedelta(seconds=seconds or 0)


def specs(shards: Collection[int]) -> dict[UUID, TargetSpec]:
    """Everything a collector needs of the enabled targets of these shards, secrets open."""
    known = templates()
    enabled = [
        row
        for row in TargetRow.objects.filter(
            enabled=True, undeclared_at=None, item__retired_at=None
        ).select_related("standing")
        if row.template in known
    ]
    shared = Counter((row.item_id, row.template) for row in enabled)
    keys = _named_items(enabled, known)
    return {
        row.id: rows.spec(
            row, known[row.template], alone=shared[row.item_id, row.template] == 1, keys=keys
        )
        for row in enabled
        if rules.shard_of(row.id) in shards
    }


def spec(reach: Reach, target_id: UUID) -> TargetSpec:
    """One target for trying it now. Raises UnknownTarget."""
    row = _visible(reach).filter(id=target_id).first()
    template = templates().get(row.template) if row else None
    if row is None or template is None:
        raise UnknownTarget
    return rows.spec(row, template, alone=True, keys=_named_items([row], templates()))


def drafted(draft: str) -> TargetSpec:
    """A target that is not saved yet, for trying it. Raises UnknownTarget."""
    row = rows.from_draft(draft)
    template = templates().get(row.template)
    if template is None:
        raise UnknownTarget
    return rows.spec(row, template, alone=True, keys=_named_items([row], templates()))


def _visible(reach: Reach) -> QuerySet[TargetRow]:
    """The targets whose items are within reach: the condition is part of the statement."""
    return TargetRow.objects.filter(reach.condition(item="item", systems="item__systems"))


def _filtered(found: QuerySet[TargetRow], wanted: TargetsWanted) -> QuerySet[TargetRow]:
    found = found.filter(during(wanted.collected, "standing__last_at"))
    if wanted.items:
        found = found.filter(item__in=wanted.items)
    if wanted.templates:
        found = found.filter(template__in=wanted.templates)
    if wanted.states:
        found = found.filter(_in_states(wanted.states))
    if wanted.text:
        text = wanted.text
        found = found.filter(Q(name__says=text) | Q(address__says=text) | Q(item__name__says=text))
    return found


def _in_states(states: Iterable[State]) -> Q:
    """A target that is disabled or no longer declared is paused, whatever it was last; one that
    was never collected, or has lost its template, is unknown. See `rows` for the same of one.
    """
    worked = Q(standing__worked_as=F("asked_at"))
    collected, condition = Q(enabled=True, undeclared_at=None), Q(pk__in=[])
    has_template = Q(template__in=list(templates()))
    for state in states:
        if state is State.PAUSED:
            condition |= ~collected
        elif state is State.UNKNOWN:
            untried = Q(standing__isnull=True) | Q(standing__state=state)
            untried |= Q(standing__state=State.UP) & ~worked
            condition |= collected & (untried | ~has_template)
        elif state is State.NEVER:
            condition |= collected & has_template & Q(standing__state=State.DOWN) & ~worked
        else:
            condition |= collected & has_template & worked & Q(standing__state=state)
    return condition


def _snapshots(reach: Reach, item: UUID) -> QuerySet[SnapshotRow]:
    inside = reach.condition(item="item", systems="item__systems")
    found = SnapshotRow.objects.filter(inside, item=item)
    return found.select_related("target").order_by("name", "-at")


def _table(row: SnapshotRow) -> ItemTable:
    template = templates().get(row.target.template)
    declared = {spec.name: spec for spec in template.tables} if template else {}
    about = declared.get(row.name) or TableSpec.model_construct(
        name=row.name, label=Label.parse(row.name), columns=()
    )
    return ItemTable(row.item_id, row.name, row.at, about.columns, about.label, ())


def _named_items(
    found: Iterable[TargetRow], known: Mapping[str, MonitorTemplate]
) -> Mapping[str, UUID]:
    """Items, by key, that targets name as those their page may speak for; one query if any."""
    keys = {
        str(key)
        for row in found
        if known[row.template].naming.item_label
        for key in row.parameters.get(seen.ITEMS_PARAMETER) or ()
    }
    return {key: item.id for key, item in cmdb.items_by_key(keys).items()}


def visible(reach: Reach, ids: Collection[UUID]) -> frozenset[UUID]:
    """Which of these targets are within reach; one query."""
    return frozenset(_visible(reach).filter(id__in=set(ids)).values_list("id", flat=True))


def named_items(found: Collection[Target]) -> Mapping[UUID, frozenset[UUID]]:
    """By target the items that it names as those its page may speak for; one query if any."""
    by_target = {target.id: seen.item_keys(target.parameters) for target in found}
    items = cmdb.items_by_key({key for keys in by_target.values() for key in keys})
    return {
        target: frozenset(items[key].id for key in keys if key in items)
        for target, keys in by_target.items()
        if keys
    }
