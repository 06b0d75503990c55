"""What alerts leaves in the history."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.alerts.conftest import MORNING
from wardround.alerts import history
from wardround.alerts.signals import AlertRaised, AlertResolved
from wardround.cmdb.signals import ConditionChanged
from wardround.cmdb.types import Condition
from wardround.history.types import StateChange


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> dict[object, StateChange]:
    """By id, as the store counts them."""
    found: dict[object, StateChange] = {}

    def record(changes: list[StateChange]) -> None:
        found.update((one.id, one) for one in changes)

    monkeypatch.setattr(history, "record_state_changes", record)
    return found


def test_a_job_that_runs_twice_writes_once(kept: dict[object, StateChange]) -> None:
    alert, item = uuid4(), uuid4()
    raised = AlertRaised(
        alert_id=alert,
        fingerprint=uuid4(),
        rule="DiskLow",
        rule_label_zh="磁盘",
        rule_label_en="Disk",
        severity="warning",
        item_id=item,
        item_name="a",
        labels=(("m", "/"),),
        summary_zh="剩 5%",
        summary_en="5% left",
        value=0.05,
        at=MORNING,
    )
    for _ in range(2):
        history.keep_raised([raised])
        history.keep_resolved([AlertResolved(alert, MORNING, "recovered")])
        history.keep_conditions([ConditionChanged(item, Condition.OK, Condition.DOWN, MORNING)])
    assert [(one.subject_kind, one.from_state, one.to_state) for one in kept.values()] == [
        ("alert", "", "open"),
        ("alert", "open", "resolved"),
        ("item", "ok", "down"),
    ]
    assert '"summary": {"zh": "剩 5%"' in kept[alert].detail
