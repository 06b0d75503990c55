"""What alerts leaves in the history: when alerts began and ended, and how items were meanwhile.

By jobs, so that a history that is away for an hour misses nothing; ids are derived from what
happened, so that a job that runs twice writes once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import uuid5

from wardround.alerts.signals import AlertRaised, AlertResolved, alert_raised, alert_resolved
from wardround.alerts.types import AlertState
from wardround.cmdb.signals import ConditionChanged, condition_changed
from wardround.history.actions import record_state_changes
from wardround.history.types import StateChange


@alert_raised.in_worker("alerts.keep_raised")
def keep_raised(values: Sequence[AlertRaised]) -> None:
    record_state_changes(
        [
            StateChange(
                id=one.alert_id,
                at=one.at,
                subject_kind="alert",
                subject=one.alert_id,
                from_state="",
                to_state=AlertState.OPEN,
                detail=_detail(one),
            )
            for one in values
        ]
    )


@alert_resolved.in_worker("alerts.keep_resolved")
def keep_resolved(values: Sequence[AlertResolved]) -> None:
    record_state_changes(
        [
            StateChange(
                id=uuid5(one.alert_id, AlertState.RESOLVED),
                at=one.at,
                subject_kind="alert",
                subject=one.alert_id,
                from_state=AlertState.OPEN,
                to_state=AlertState.RESOLVED,
                detail=one.reason,
            )
            for one in values
        ]
    )


@condition_changed.in_worker("alerts.keep_conditions")
def keep_conditions(values: Sequence[ConditionChanged]) -> None:
    record_state_changes(
        [
            StateChange(
                id=uuid5(one.item, f"{one.at.isoformat()} {one.old} {one.new}"),
                at=one.at,
                subject_kind="item",
                subject=one.item,
                from_state=one.old,
                to_state=one.new,
            )
            for one in values
        ]
    )


def _detail(one: AlertRaised) -> str:
    about = {
        "item": str(one.item_id),
        "rule": one.rule,
        "severity": one.severity,
        "labels": dict(one.labels),
        "summary": {"zh": one.summary_zh, "en": one.summary_en},
    }
    return json.dumps(about, ensure_ascii=False)
