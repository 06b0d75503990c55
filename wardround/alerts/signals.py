"""What alerts announces, in the transaction that raised or resolved them.

Only what truly changed is announced: an alert raised again while it is open is not news. What is
silenced is not raised until the silence ends, so that whoever listens is silent by doing nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wardround.alerts import rules
from wardround.kernel.announcements import Announcement, Queued


@dataclass(frozen=True)
class AlertRaised:
    """An alert is open, and to be told of. One for each episode, whatever is restarted meanwhile,
    and one more where a silence ended before the alert did: then `at` is the end of the silence.
    """

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
    after_silence: bool = False


@dataclass(frozen=True)
class AlertResolved:
    """An alert ended, told of or not. `reason` says why, such as `recovered` or `closed`."""

    alert_id: UUID
    at: datetime
    reason: str


def _with_fingerprint(value: Queued) -> Queued:
    """What the first version queued says nothing of the fingerprint; it follows from the rest."""
    if "fingerprint" in value:
        return value
    labels = tuple((str(name), str(text)) for name, text in value["labels"])
    item = UUID(value["item_id"])
    return {**value, "fingerprint": str(rules.fingerprint(value["rule"], labels, item))}


alert_began = Announcement("alerts.alert_began", AlertRaised, completed=_with_fingerprint)
"""Every alert when it begins, silenced or not: for what keeps a record, never for what tells."""
alert_raised = Announcement("alerts.alert_raised", AlertRaised, completed=_with_fingerprint)
alert_resolved = Announcement("alerts.alert_resolved", AlertResolved)
