"""What crosses the door of alerts: what to raise, what to resolve, what is open."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wardround.detection.types import Labels, Severity
from wardround.kernel.types import Named
from wardround.kernel.wording import Label

__all__ = [
    "Alert",
    "AlertState",
    "ItemRef",
    "Labels",
    "Raise",
    "Resolve",
    "Seen",
    "Severity",
]


class AlertState(enum.StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"


@dataclass(frozen=True)
class Raise:
    """One thing found wrong. It becomes an alert unless the same thing is open already."""

    rule: str
    rule_label_zh: str
    rule_label_en: str
    severity: Severity
    availability: bool
    """Whether the item itself is out of use, not merely unwell."""
    item_id: UUID
    labels: Labels
    summary_zh: str
    summary_en: str
    value: float | None
    unit: str
    at: datetime
    target_id: UUID | None = None


@dataclass(frozen=True)
class Resolve:
    """The same thing is right again; `reason` is one of detection's `RecoveryReason` or a word of
    whoever resolves it.
    """

    rule: str
    item_id: UUID
    labels: Labels
    reason: str
    at: datetime


@dataclass(frozen=True)
class Seen:
    """An open thing is still so; its newest value."""

    rule: str
    item_id: UUID
    labels: Labels
    value: float | None
    at: datetime


@dataclass(frozen=True)
class ItemRef:
    id: UUID
    name: str
    type: str


@dataclass(frozen=True)
class Alert:
    """One open or past alert."""

    id: UUID
    rule: str
    rule_label: Label
    severity: Severity
    availability: bool
    item: ItemRef
    labels: Labels
    summary: Label
    value: float | None
    unit: str
    state: AlertState
    started_at: datetime
    ended_at: datetime | None
    end_reason: str
    last_at: datetime
    systems: tuple[Named, ...]
    description: Label | None = None
    """What its rule, as it is now, says it means and what to do."""
    runbook_url: str = ""
    """A page that says what to do, as its rule names it now."""
