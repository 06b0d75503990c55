"""Reading alerts. What an actor may not see is not there."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    UUIDField,
    Value,
    When,
)

from wardround.alerts import models, silences, timeline
from wardround.alerts.errors import UnknownAlert
from wardround.alerts.types import (
    CLOSED,
    DATED,
    EXPIRY,
    Acknowledgement,
    Alert,
    AlertState,
    ItemRef,
    Line,
    Severity,
    Silence,
)
from wardround.cmdb import queries as cmdb
from wardround.cmdb import types as cmdb_types
from wardround.detection import queries as detection
from wardround.detection.summary import fill
from wardround.detection.types import Labels, Rule
from wardround.kernel.lists import during, paginate
from wardround.kernel.reach import Reach
from wardround.kernel.types import ALWAYS, Named, TimeRange
from wardround.kernel.wording import Label
from wardround.schema import queries as schema

WORST_FIRST = (Severity.DISASTER, Severity.CRITICAL, Severity.WARNING, Severity.INFO)
SORTABLE = {
    "started_at": "started_at",
    "ended_at": "ended_at",
    "last_at": "last_at",
    "severity": "rank",
    "rule": "rule",
    "item": "item_name",
}


@dataclass(frozen=True)
class AlertFilters:
    """What a list of alerts is narrowed to; several values of one field mean any of them."""

    states: tuple[AlertState, ...] = ()
    severities: tuple[Severity, ...] = ()
    items: tuple[UUID, ...] = ()
    rules: tuple[str, ...] = ()
    systems: tuple[UUID, ...] = ()
    ids: tuple[UUID, ...] = ()
    same_as: tuple[UUID, ...] = ()
    """Alerts whose trouble it is: their rule, item and labels."""
    acknowledged: bool | None = None
    silenced: bool | None = None
    began: TimeRange = ALWAYS
    q: str | None = None


@dataclass(frozen=True)
class AlertPage:
    alerts: tuple[Alert, ...]
    next: str | None
    total: int


def list_alerts(
    reach: Reach,
    filters: AlertFilters,
    *,
    limit: int = 50,
    cursor: str | None = None,
    sort: str | None = None,
) -> AlertPage:
    """One page of alerts, newest first. Three queries, whatever the number of rows."""
    rows = _filtered(_seen(reach), filters, reach)
    page = paginate(
        rows.annotate(rank=_RANK), limit=limit, cursor=cursor, sort=sort, sortable=SORTABLE
    )
    return AlertPage(_read(page.rows, reach), page.next, rows.count())


def abnormal_hidden(reach: Reach, filters: AlertFilters) -> int:
    """How many open alerts within reach these filters leave out; two queries, or none."""
    if filters == AlertFilters():
        return 0
    open_now = _seen(reach).filter(ended_at=None)
    return max(open_now.count() - _filtered(open_now, filters, reach).count(), 0)


_RANK = Case(
    *(When(severity=str(severity), then=Value(rank)) for rank, severity in enumerate(WORST_FIRST)),
    default=Value(len(WORST_FIRST)),
    output_field=IntegerField(),
)


def alert(reach: Reach, alert_id: UUID) -> Alert:
    """One alert. Raises `UnknownAlert` where there is none within reach."""
    rows = list(_seen(reach).filter(id=alert_id))
    if not rows:
        raise UnknownAlert(field="alert")
    return _read(rows, reach)[0]


def lines(reach: Reach, alert_id: UUID) -> tuple[Line, ...]:
    """What happened to an alert, newest first. Raises `UnknownAlert`; two queries."""
    row = _seen(reach).filter(id=alert_id).first()
    if row is None:
        raise UnknownAlert(field="alert")
    return timeline.of(row)


def open_alerts(reach: Reach, items: Collection[UUID]) -> dict[UUID, tuple[Alert, ...]]:
    """The open alerts of each of these items, worst and oldest first."""
    rows = _seen(reach).filter(ended_at=None, item_id__in=set(items))
    found: dict[UUID, list[Alert]] = {}
    for alert in _read(list(rows.annotate(rank=_RANK).order_by("rank", "id")), reach):
        found.setdefault(alert.item.id, []).append(alert)
    return {item: tuple(alerts) for item, alerts in found.items()}


def open_by_system(reach: Reach) -> dict[UUID, int]:
    """System → how many alerts are open on what it depends on. One query."""
    system = Func(F("systems"), function="unnest", output_field=UUIDField())
    rows: QuerySet[Any] = _seen(reach).filter(ended_at=None).annotate(system=system)
    counted = list(rows.values("system").annotate(number=Count("id")).order_by())
    reach.look_at(row["system"] for row in counted)
    return {row["system"]: row["number"] for row in counted if reach.of([row["system"]])}


def summaries(reach: Reach, ids: Collection[UUID]) -> dict[UUID, Label]:
    """What the alerts of these that are within reach say; one query."""
    found = _seen(reach).filter(id__in=set(ids))
    return {
        id_: Label(zh, en) for id_, zh, en in found.values_list("id", "summary_zh", "summary_en")
    }


def _seen(reach: Reach) -> QuerySet[models.Alert]:
    """An alert is of the systems that its item served when it began."""
    return models.Alert.objects.filter(reach.condition(item="item_id"))


def _filtered(
    rows: QuerySet[models.Alert], filters: AlertFilters, reach: Reach
) -> QuerySet[models.Alert]:
    if filters.states:
        rows = rows.filter(_in_states(filters.states))
    if filters.same_as:
        alike = _seen(reach).filter(id__in=filters.same_as).values("fingerprint")
        rows = rows.filter(fingerprint__in=alike)
    if filters.acknowledged is not None:
        rows = rows.filter(acknowledged_at__isnull=not filters.acknowledged)
    if filters.silenced is not None:
        silenced = _SILENCED
        rows = rows.filter(silenced if filters.silenced else ~silenced)
    if filters.systems:
        rows = rows.filter(systems__overlap=reach.of(filters.systems))
    rows = rows.filter(during(filters.began, "started_at"))
    if filters.q:
        rows = rows.filter(_matching(filters.q))
    columns: dict[str, Sequence[object]] = {
        "severity__in": [str(severity) for severity in filters.severities],
        "item_id__in": filters.items,
        "rule__in": filters.rules,
        "id__in": filters.ids,
    }
    return rows.filter(**{name: wanted for name, wanted in columns.items() if wanted})


def _in_states(states: Collection[AlertState]) -> Q:
    wanted = Q(pk__in=[])
    for state in states:
        match state:
            case AlertState.OPEN:
                wanted |= Q(ended_at=None)
            case AlertState.CLOSED:
                wanted |= Q(ended_at__isnull=False, end_reason=CLOSED)
            case AlertState.RESOLVED:
                wanted |= Q(ended_at__isnull=False) & ~Q(end_reason=CLOSED)
    return wanted


_SILENCED = Q(ended_at=None) & Q(
    Exists(models.Silence.objects.filter(ended_at=None, fingerprint=OuterRef("fingerprint")))
)


def _matching(q: str) -> Q:
    """Every word of `q` occurs in the summary, the rule or the item's name."""
    condition = Q()
    for word in q.split()[:10]:
        found = Q()
        for column in ("summary_zh", "summary_en", "rule", "rule_label_zh", "item_name"):
            found |= Q(**{f"{column}__says": word})
        condition &= found
    return condition


def _read(rows: Sequence[models.Alert], reach: Reach) -> tuple[Alert, ...]:
    """Rows as values; what they name is read at once."""
    reach.look_at(system for row in rows for system in row.systems)
    ids = {row.item_id for row in rows} | {
        system for row in rows for system in reach.of(row.systems)
    }
    names = cmdb.named(reach, ids)
    rules = detection.rules()
    silenced = silences.in_force([row.fingerprint for row in rows if row.ended_at is None])
    return tuple(
        Alert(
            id=row.id,
            rule=row.rule,
            rule_label=Label(row.rule_label_zh, row.rule_label_en),
            severity=Severity(row.severity),
            availability=row.availability,
            item=_item(row, names.get(row.item_id)),
            labels=tuple((name, value) for name, value in row.labels),
            summary=Label(row.summary_zh, row.summary_en),
            value=row.value,
            unit=row.unit,
            state=_state(row),
            started_at=row.started_at,
            ended_at=row.ended_at,
            end_reason=row.end_reason,
            last_at=row.last_at,
            description=_description(rules.get(row.rule), row),
            runbook_url=rules[row.rule].runbook_url if row.rule in rules else "",
            systems=tuple(
                Named(system, names[system].name)
                for system in reach.of(row.systems)
                if system in names
            ),
            acknowledged=_acknowledgement(row),
            silence=_silence(silenced.get(row.fingerprint)) if row.ended_at is None else None,
        )
        for row in rows
    )


def _state(row: models.Alert) -> AlertState:
    if row.ended_at is None:
        return AlertState.OPEN
    return AlertState.CLOSED if row.end_reason == CLOSED else AlertState.RESOLVED


def _acknowledgement(row: models.Alert) -> Acknowledgement | None:
    if row.acknowledged_at is None or row.acknowledged_by is None:
        return None
    by = Named(row.acknowledged_by, row.acknowledged_name)
    return Acknowledgement(by, row.acknowledged_at, row.acknowledged_note)


def _silence(row: models.Silence | None) -> Silence | None:
    if row is None:
        return None
    return Silence(Named(row.by, row.by_name), row.since, row.until, row.reason)


def _description(rule: Rule | None, row: models.Alert) -> Label | None:
    """What its rule says it means, with the values of this alert."""
    if rule is None or rule.description is None:
        return None
    value = math.nan if row.value is None else row.value
    labels = dict(row.labels)
    return Label(
        fill(rule.description.zh, value=value, labels=labels, item=row.item_name),
        fill(rule.description.en, value=value, labels=labels, item=row.item_name),
    )


def _item(row: models.Alert, ref: cmdb_types.ItemRef | None) -> ItemRef:
    """The item as it is called now; one that is gone, or out of reach by now, keeps the name it
    had.
    """
    if ref is None:
        return ItemRef(row.item_id, row.item_name, "")
    return ItemRef(ref.id, ref.name, ref.type)


def rule_names() -> frozenset[str]:
    """The names of every rule by which there is or was an alert, that of dates among them."""
    return detection.known_rule_names() | {EXPIRY}


def labels_told(rule: str, labels: Labels, item_type: str) -> Labels:
    """The labels of an alert as people read them in the hospital's first language: a date on which
    something ends has its label, not the name by which definitions know it.
    """
    known = schema.remembered_item_types().get(item_type) if rule == EXPIRY else None
    if known is None:
        return labels
    return tuple(
        (name, dated.label.zh or dated.label.en)
        if name == DATED and (dated := known.attribute(text))
        else (name, text)
        for name, text in labels
    )


def silenced(fingerprints: Collection[UUID]) -> frozenset[UUID]:
    """Which of these troubles are silenced now: nothing is told of them; one query."""
    return frozenset(silences.in_force(fingerprints)) if fingerprints else frozenset()


def end_reasons(ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Why each of these alerts ended that is over; one query."""
    rows = models.Alert.objects.filter(id__in=set(ids), ended_at__isnull=False)
    return dict(rows.values_list("id", "end_reason")) if ids else {}


def visible(reach: Reach, ids: Collection[UUID]) -> frozenset[UUID]:
    """Which of these alerts are within reach; one query."""
    return frozenset(_seen(reach).filter(id__in=set(ids)).values_list("id", flat=True))


def count_open(reach: Reach, ids: Collection[UUID]) -> int:
    """How many of these alerts are within reach and open still; one query."""
    return _seen(reach).filter(id__in=set(ids), ended_at=None).count()
