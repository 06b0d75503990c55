"""What changes alerts: detection raises and ends them, people handle them."""

from __future__ import annotations

from wardround.alerts.actions.handling import end_silences, handle, handle_many
from wardround.alerts.actions.raising import (
    DETECTION,
    confirm_alerts,
    mark_unknown,
    raise_alerts,
    resolve_alerts,
    settle_conditions,
)

__all__ = [
    "DETECTION",
    "confirm_alerts",
    "end_silences",
    "handle",
    "handle_many",
    "mark_unknown",
    "raise_alerts",
    "resolve_alerts",
    "settle_conditions",
]
