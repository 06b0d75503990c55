"""What the open alerts of an item say about the item."""

from __future__ import annotations

from wardround.cmdb.types import Condition


def condition_of(*, out_of_use: bool, critical: bool, warning: bool) -> Condition:
    """Condition of an item from its open alerts: the worst one counts; information says nothing."""
    if out_of_use:
        return Condition.DOWN
    if critical:
        return Condition.CRITICAL
    return Condition.WARNING if warning else Condition.OK
