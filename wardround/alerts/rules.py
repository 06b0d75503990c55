"""What the open alerts of an item say about the item."""

from __future__ import annotations


def condition_of(*, out_of_use: bool, critical: bool, warning: bool) -> str:
    """Condition of an item from its open alerts: the worst one counts; information says nothing."""
    if out_of_use:
        return "down"
    if critical:
        return "critical"
    return "warning" if warning else "ok"
