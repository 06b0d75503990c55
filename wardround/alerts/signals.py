"""What alerts announces, in the transaction that raised or resolved them.

Only what truly changed is announced: an alert raised again while it is open is not news.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wardround.kernel.announcements import Announcement


@dataclass(frozen=True)
class AlertRaised:
    """A new alert is open. One for each episode, whatever is restarted meanwhile."""

    alert_id: UUID
    fingerprint: UUID
    """The same for each episode of the same trouble."""
    rule: str
    rule_label_zh: str
    rule_label_en: str
    severity: str
    item_id: UUID
    item_name: str
    labels: tuple[tuple[str, str], ...]
    summary_zh: str
    summary_en: str
    value: float | None
    at: datetime


@dataclass(frozen=True)
class AlertResolved:
    """An alert ended. `reason` says why, such as `recovered` or `rule_removed`."""

    alert_id: UUID
    at: datetime
    reason: str


alert_raised = Announcement("alerts.alert_raised", AlertRaised)
alert_resolved = Announcement("alerts.alert_resolved", AlertResolved)
