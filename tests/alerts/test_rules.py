"""Decisions about alerts."""

from __future__ import annotations

from uuid import UUID

import pytest

from wardround.alerts.rules import condition_of, fingerprint
from wardround.cmdb.types import Condition

ITEM, OTHER = UUID(int=1), UUID(int=2)


def test_the_order_of_labels_does_not_matter_to_a_fingerprint() -> None:
    same = fingerprint("cpu", (("a", "1"), ("b", "2")), ITEM)
    assert same == fingerprint("cpu", (("b", "2"), ("a", "1")), ITEM)
    assert same != fingerprint("cpu", (("a", "1"), ("b", "3")), ITEM)
    assert same != fingerprint("memory", (("a", "1"), ("b", "2")), ITEM)
    assert same != fingerprint("cpu", (("a", "1"), ("b", "2")), OTHER)


@pytest.mark.parametrize("warning", [False, True])
@pytest.mark.parametrize("critical", [False, True])
def test_the_worst_open_alert_decides_the_condition(*, critical: bool, warning: bool) -> None:
    found = condition_of(out_of_use=False, critical=critical, warning=warning)
    expected = Condition.CRITICAL if critical else Condition.WARNING if warning else Condition.OK
    assert found is expected
    assert condition_of(out_of_use=True, critical=critical, warning=warning) is Condition.DOWN
