"""What changes alerts: detection raises and ends them, people handle them; dates give notice."""

from __future__ import annotations

from wardround.alerts.actions.expiring import follow_dates
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
    "follow_dates",
    "handle",
    "handle_many",
    "mark_unknown",
    "raise_alerts",
    "resolve_alerts",
    "settle_conditions",
]
