"""What alerts does when detection has found something: in detection's own transaction."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wardround.alerts import actions, items
from wardround.alerts.types import Raise, Resolve, Seen
from wardround.detection import types as detection
from wardround.detection.queries import firing, rules
from wardround.detection.signals import on_verdicts
from wardround.detection.summary import fill
from wardround.detection.types import Finding, Labels, Recovery, Rule, Verdicts

DETECTION = actions.DETECTION


@on_verdicts
def follow_verdicts(verdicts: Verdicts, at: datetime) -> None:
    """Raise first, so that an item with one thing less and one thing more never looks well."""
    if verdicts.findings:
        names = items.names_of({finding.item for finding in verdicts.findings})
        actions.raise_alerts(
            DETECTION,
            [_raise(finding.rule, finding, names) for finding in verdicts.findings],
            at=at,
        )
    actions.resolve_alerts(
        DETECTION, [_resolve(recovery) for recovery in verdicts.recoveries], at=at
    )
    _see(verdicts.seen, at)
    actions.settle_conditions(DETECTION, verdicts.watched, at=at)
    actions.mark_unknown(DETECTION, verdicts.unknown, at=at)


def _see(values: Sequence[detection.Seen], at: datetime) -> None:
    """What still holds is confirmed; what a person had closed and is seen again is raised anew.

    It may have recovered since it was seen, in this very round or by another process: then nothing
    would ever end what is raised.
    """
    again = actions.confirm_alerts(DETECTION, [_seen(seen) for seen in values])
    fires = firing({seen.item_id for seen in again}) if again else frozenset()
    again = [seen for seen in again if (seen.rule, seen.item_id, seen.labels) in fires]
    if not again:
        return
    known, names = rules(), items.names_of({seen.item_id for seen in again})
    actions.raise_alerts(
        DETECTION,
        [
            _raise(known[seen.rule], _found(seen), names)
            for seen in again
            if seen.rule in known and known[seen.rule].enabled
        ],
        at=at,
    )


@dataclass(frozen=True)
class _Found:
    """What is wrong with which item, by whichever way it was found."""

    item: UUID
    labels: Labels
    value: float
    at: datetime
    target: UUID | None


def _found(seen: Seen) -> _Found:
    value = math.nan if seen.value is None else seen.value
    return _Found(seen.item_id, seen.labels, value, seen.at, seen.target_id)


def _raise(rule: Rule, found: Finding | _Found, names: Mapping[UUID, str]) -> Raise:
    labels, item = dict(found.labels), names.get(found.item, "")
    return Raise(
        rule=rule.name,
        rule_label_zh=rule.label.zh,
        rule_label_en=rule.label.en,
        severity=rule.severity,
        availability=rule.availability,
        item_id=found.item,
        labels=found.labels,
        summary_zh=fill(rule.summary.zh, value=found.value, labels=labels, item=item),
        summary_en=fill(rule.summary.en, value=found.value, labels=labels, item=item),
        value=found.value,
        unit=rule.unit,
        at=found.at,
        target_id=found.target,
    )


def _seen(seen: detection.Seen) -> Seen:
    return Seen(seen.rule, seen.item, seen.labels, seen.value, seen.at)


def _resolve(recovery: Recovery) -> Resolve:
    return Resolve(
        rule=recovery.rule,
        item_id=recovery.item,
        labels=recovery.labels,
        reason=str(recovery.reason),
        at=recovery.at,
    )
