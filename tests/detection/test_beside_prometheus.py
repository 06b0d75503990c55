"""Random rules find what Debian's Prometheus finds; what differs has one of the listed reasons."""

from __future__ import annotations

import pytest

from tests.detection.comparison import REASONS, many
from tests.detection.promtool import PROMTOOL

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(not PROMTOOL, reason="the package prometheus is not installed"),
]


def test_random_rules_are_judged_as_by_prometheus() -> None:
    found = many(100)
    assert found.unexplained == []
    assert found.expressions == found.equal + len(found.differing) == 100
    assert found.fired > 50
    assert found.equal > 50
    assert {reason for one in found.differing for reason in one.reasons} <= REASONS.keys()
