"""What alerts leaves in the history: when alerts began and ended, and how items were meanwhile.

By jobs, so that a history that is away for an hour misses nothing; ids are derived from what
happened, so that a job that runs twice writes once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import uuid5

from wardround.alerts.signals import AlertRaised, AlertResolved, alert_began, alert_resolved
from wardround.alerts.types import AlertState
from wardround.cmdb.signals import ConditionChanged, condition_changed
from wardround.history.actions import record_state_changes
from wardround.history.types import StateChange


@alert_began.in_worker("alerts.keep_raised")
def keep_raised(values: Sequence[AlertRaised]) -> None:
    record_state_changes(
        [
            StateChange(
                id=raised.alert_id,
                at=raised.at,
                subject_kind="alert",
                subject=raised.alert_id,
                from_state="",
                to_state=AlertState.OPEN,
                detail=_detail(raised),
            )
            for raised in values
        ]
    )


@alert_resolved.in_worker("alerts.keep_resolved")
def keep_resolved(values: Sequence[AlertResolved]) -> None:
    record_state_changes(
        [
            StateChange(
                id=uuid5(resolved.alert_id, AlertState.RESOLVED),
                at=resolved.at,
                subject_kind="alert",
                subject=resolved.alert_id,
                from_state=AlertState.OPEN,
                to_state=AlertState.RESOLVED,
                detail=resolved.reason,
            )
            for resolved in values
        ]
    )


@condition_changed.in_worker("alerts.keep_conditions")
def keep_conditions(values: Sequence[ConditionChanged]) -> None:
    record_state_changes(
        [
            StateChange(
                id=uuid5(changed.item, f"{changed.at.isoformat()} {changed.old} {changed.new}"),
                at=changed.at,
                subject_kind="item",
                subject=changed.item,
                from_state=changed.old,
                to_state=changed.new,
            )
            for changed in values
        ]
    )


def _detail(raised: AlertRaised) -> str:
    about = {
        "item": str(raised.item_id),
        "rule": raised.rule,
        "severity": raised.severity,
        "labels": dict(raised.labels),
        "summary": {"zh": raised.summary_zh, "en": raised.summary_en},
    }
    return json.dumps(about, ensure_ascii=False)
