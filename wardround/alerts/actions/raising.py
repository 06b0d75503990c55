"""What changes alerts: raise, resolve, confirm. Whole batches, each in one transaction.

An alert is one open thing for a rule, an item and labels. The database keeps that (a unique index
over open alerts), so that neither a restart nor a second collector can raise it twice; and only
what the database truly inserted or ended is announced.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from wardround.alerts import items, rules, silences, statements
from wardround.alerts.permissions import RAISE
from wardround.alerts.signals import (
    AlertRaised,
    AlertResolved,
    alert_began,
    alert_raised,
    alert_resolved,
)
from wardround.alerts.types import CLOSED, EXPIRY, Raise, Resolve, Seen
from wardround.cmdb.types import Condition
from wardround.kernel import audit, live
from wardround.kernel.ids import new_id
from wardround.kernel.types import Actor, system_actor

DETECTION = system_actor("detection")
"""Whatever a person did with an alert, an item is how detection finds it."""
_NOBODY = items.Facts(name="", systems=())


@transaction.atomic
def raise_alerts(
    actor: Actor, values: Sequence[Raise], *, at: datetime, judging: bool = True
) -> tuple[UUID, ...]:
    """Open an alert for each thing that is not open yet; gives the ids of the new ones.

    Not `judging`: they say nothing of how the items are.
    """
    actor.require(RAISE)
    if not values:
        return ()
    statements.run(statements.ONE_AT_A_TIME)
    facts = items.facts_of({trouble.item_id for trouble in values})
    given = {new_id(): trouble for trouble in _first_of_each(values)}
    columns = zip(*(_row(key, trouble, facts) for key, trouble in given.items()), strict=True)
    inserted = statements.rows(statements.RAISE, [list(column) for column in columns])
    opened = {key: given[key] for (key,) in inserted}
    if opened:
        _tell_raised(actor, opened, facts)
        _changed(list(opened), {value.item_id for value in opened.values() if judging}, at)
    return tuple(opened)


@transaction.atomic
def resolve_alerts(actor: Actor, values: Sequence[Resolve], *, at: datetime) -> tuple[UUID, ...]:
    """End the open alert of each thing; gives the ids of those that were open."""
    actor.require(RAISE)
    if not values:
        return ()
    statements.run(statements.ONE_AT_A_TIME)
    marked = {rules.fingerprint(end.rule, end.labels, end.item_id): end for end in values}
    ended = statements.rows(
        statements.RESOLVE,
        [
            list(marked),
            [end.reason for end in marked.values()],
            [end.at for end in marked.values()],
        ],
    )
    if ended:
        _tell_resolved(actor, ended, at)
    return tuple(row[0] for row in ended)


@transaction.atomic
def end_unmeasured(
    actor: Actor, fingerprints: Sequence[UUID], reason: str, *, at: datetime
) -> None:
    """End open alerts that say nothing of how their items are."""
    actor.require(RAISE)
    if not fingerprints:
        return
    statements.run(statements.ONE_AT_A_TIME)
    number = len(fingerprints)
    given = [list(fingerprints), [reason] * number, [at] * number]
    if ended := statements.rows(statements.RESOLVE, given):
        _tell(actor, "alert.resolve", [row[0] for row in ended])
        _announce(ended)
        live.publish("alerts", *(row[0] for row in ended))


@transaction.atomic
def confirm_alerts(actor: Actor, values: Sequence[Seen]) -> list[Seen]:
    """Note that open things are still so, with their newest value. Announces nothing.

    Gives those that a person had closed before they were seen: they are to be raised anew.
    """
    actor.require(RAISE)
    marked = {
        rules.fingerprint(sighting.rule, sighting.labels, sighting.item_id): sighting
        for sighting in values
    }
    if not marked:
        return []
    statements.run(statements.ONE_AT_A_TIME)
    seen = marked.values()
    noted = statements.rows(
        statements.SEEN,
        [
            list(marked),
            [_number(sighting.value) for sighting in seen],
            [sighting.at for sighting in seen],
        ],
    )
    return _closed_before(marked.keys() - {mark for (mark,) in noted}, marked)


def _closed_before(absent: Collection[UUID], marked: Mapping[UUID, Seen]) -> list[Seen]:
    if not absent:
        return []
    moments = [marked[mark].at for mark in absent]
    found = statements.rows(statements.CLOSED_BEFORE, [list(absent), moments, CLOSED])
    return [replace(marked[mark], target_id=target) for mark, target in found]


@transaction.atomic
def settle_conditions(actor: Actor, item_ids: Collection[UUID], *, at: datetime) -> None:
    """Set the condition of monitored items from their open alerts, `ok` where there is none."""
    actor.require(RAISE)
    if item_ids:
        statements.run(statements.ONE_AT_A_TIME)
        _set_conditions(actor, item_ids, at)


@transaction.atomic
def mark_unknown(actor: Actor, item_ids: Collection[UUID], *, at: datetime) -> None:
    """Say of items that nobody can tell how they are: what watched them is down."""
    actor.require(RAISE)
    if item_ids:
        statements.run(statements.ONE_AT_A_TIME)
        items.set_conditions(actor, dict.fromkeys(item_ids, Condition.UNKNOWN), at=at)


def _first_of_each(values: Iterable[Raise]) -> Iterable[Raise]:
    found: dict[UUID, Raise] = {}
    for trouble in values:
        found.setdefault(rules.fingerprint(trouble.rule, trouble.labels, trouble.item_id), trouble)
    return found.values()


def _row(key: UUID, trouble: Raise, facts: Mapping[UUID, items.Facts]) -> tuple[object, ...]:
    item = facts.get(trouble.item_id, _NOBODY)
    return (
        key,
        rules.fingerprint(trouble.rule, trouble.labels, trouble.item_id),
        trouble.rule,
        trouble.rule_label_zh,
        trouble.rule_label_en,
        str(trouble.severity),
        trouble.availability,
        trouble.item_id,
        item.name,
        trouble.target_id,
        json.dumps(trouble.labels, ensure_ascii=False),
        trouble.summary_zh,
        trouble.summary_en,
        _number(trouble.value),
        trouble.unit,
        json.dumps([str(system) for system in item.systems]),
        trouble.at,
    )


def _number(value: float | None) -> float | None:
    """A value that JSON can carry."""
    return value if value is not None and math.isfinite(value) else None


def _tell_raised(
    actor: Actor, opened: Mapping[UUID, Raise], facts: Mapping[UUID, items.Facts]
) -> None:
    began = [_raised(key, trouble, facts) for key, trouble in opened.items()]
    alert_began.send_many(began)
    held = silences.hold(began)
    alert_raised.send_many([value for value in began if value.alert_id not in held])
    _tell(actor, "alert.raise", list(opened))


def _raised(key: UUID, trouble: Raise, facts: Mapping[UUID, items.Facts]) -> AlertRaised:
    return AlertRaised(
        alert_id=key,
        fingerprint=rules.fingerprint(trouble.rule, trouble.labels, trouble.item_id),
        rule=trouble.rule,
        rule_label_zh=trouble.rule_label_zh,
        rule_label_en=trouble.rule_label_en,
        severity=str(trouble.severity),
        item_id=trouble.item_id,
        item_name=facts.get(trouble.item_id, _NOBODY).name,
        labels=trouble.labels,
        summary_zh=trouble.summary_zh,
        summary_en=trouble.summary_en,
        value=_number(trouble.value),
        at=trouble.at,
    )


def _tell_resolved(
    actor: Actor, ended: Sequence[tuple[UUID, UUID, datetime, str]], at: datetime
) -> None:
    _tell(actor, "alert.resolve", [row[0] for row in ended])
    announce_ends(ended, at)


def announce_ends(
    ended: Sequence[tuple[UUID, UUID, datetime, str]], at: datetime, *, measured: bool = True
) -> None:
    """Alerts that ended, with their items: announced, and the items are what is open still. Where
    nothing was measured, nobody knows more of an unknown item than before.
    """
    _announce(ended)
    concerned = {row[1] for row in ended}
    left = frozenset() if measured else items.unknown_of(concerned)
    _changed([row[0] for row in ended], concerned, at, left=left)


def _announce(ended: Sequence[tuple[UUID, UUID, datetime, str]]) -> None:
    alert_resolved.send_many(
        [AlertResolved(alert_id=key, at=moment, reason=reason) for key, _, moment, reason in ended]
    )


def _tell(actor: Actor, action: str, alerts: Sequence[UUID]) -> None:
    """One audit line for a whole batch."""
    audit.record(
        actor, action, subject=("alert", alerts[0]), count=len(alerts), alerts=_few(alerts)
    )


def _changed(
    alerts: Sequence[UUID],
    item_ids: Collection[UUID],
    at: datetime,
    *,
    left: frozenset[UUID] = frozenset(),
) -> None:
    """The items' conditions, but for those left alone, and the open pages, for a whole batch."""
    if item_ids:
        _set_conditions(DETECTION, set(item_ids) - left, at)
        live.publish("board", *item_ids)
    live.publish("alerts", *alerts)


_MOST_NAMED = 100


def _few(alerts: Sequence[UUID]) -> list[str]:
    return [str(alert) for alert in alerts[:_MOST_NAMED]]


def _set_conditions(actor: Actor, item_ids: Collection[UUID], at: datetime) -> None:
    conditions = dict.fromkeys(item_ids, Condition.OK)
    for item, out_of_use, critical, warning in statements.rows(
        statements.WORST_OPEN, [list(item_ids), EXPIRY]
    ):
        conditions[item] = rules.condition_of(
            out_of_use=out_of_use, critical=critical, warning=warning
        )
    items.set_conditions(actor, conditions, at=at)
