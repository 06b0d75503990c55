"""What alerts does when detection has found something: in detection's own transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from wardround.alerts import actions, items
from wardround.alerts.types import Raise, Resolve, Seen
from wardround.detection import types as detection
from wardround.detection.signals import on_verdicts
from wardround.detection.summary import fill
from wardround.detection.types import Finding, Recovery, Verdicts
from wardround.kernel.types import system_actor

DETECTION = system_actor("detection")


@on_verdicts
def follow_verdicts(verdicts: Verdicts, at: datetime) -> None:
    """Raise first, so that an item with one thing less and one thing more never looks well."""
    if verdicts.findings:
        names = items.names_of({finding.item for finding in verdicts.findings})
        actions.raise_alerts(
            DETECTION, [_raise(finding, names) for finding in verdicts.findings], at=at
        )
    actions.resolve_alerts(
        DETECTION, [_resolve(recovery) for recovery in verdicts.recoveries], at=at
    )
    actions.confirm_alerts(DETECTION, [_seen(seen) for seen in verdicts.seen])
    actions.settle_conditions(DETECTION, verdicts.watched, at=at)
    actions.mark_unknown(DETECTION, verdicts.unknown, at=at)


def _raise(finding: Finding, names: Mapping[UUID, str]) -> Raise:
    rule, labels = finding.rule, dict(finding.labels)
    item = names.get(finding.item, "")
    return Raise(
        rule=rule.name,
        rule_label_zh=rule.label.zh,
        rule_label_en=rule.label.en,
        severity=rule.severity,
        availability=rule.availability,
        item_id=finding.item,
        labels=finding.labels,
        summary_zh=fill(rule.summary.zh, value=finding.value, labels=labels, item=item),
        summary_en=fill(rule.summary.en, value=finding.value, labels=labels, item=item),
        value=finding.value,
        unit=rule.unit,
        at=finding.at,
        target_id=finding.target,
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
