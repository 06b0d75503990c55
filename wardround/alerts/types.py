"""What crosses the door of alerts: what to raise, what to resolve, what is open."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wardround.detection.types import Labels, Severity
from wardround.kernel.types import Named
from wardround.kernel.wording import Label, Wording
from wardround.schema.declarations import told_as

__all__ = [
    "CLOSED",
    "DATE_MOVED",
    "EXPIRY",
    "EXPIRY_LABELS",
    "NEXT_NOTICE",
    "Acknowledgement",
    "Act",
    "Alert",
    "AlertState",
    "HandledMany",
    "ItemRef",
    "Labels",
    "Line",
    "LineKind",
    "Raise",
    "Refused",
    "Resolve",
    "Seen",
    "Severity",
    "Silence",
    "Wanted",
]

CLOSED = "closed"
"""Why an alert ended that a person closed; what detection says is its `RecoveryReason`."""


EXPIRY = "wardround.expiry"
"""The rule of alerts that give notice of a date; no definition declares it."""
DATED = "attribute"
"""The label of such an alert that names the attribute whose date it tells of."""
EXPIRY_LABELS = frozenset({DATED, "ends_on"})
DATE_MOVED, NEXT_NOTICE = "date_moved", "next_notice"
"""Why such an alert ended: nothing ends there any more, or it is told anew with its next notice."""


@told_as(
    {
        "open": ("未恢复", "Open"),
        "resolved": ("已恢复", "Resolved"),
        "closed": ("已关闭", "Closed"),
    }
)
class AlertState(enum.StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"
    CLOSED = "closed"
    """A person ended it: nothing was measured that says so."""


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
    target_id: UUID | None = None


@dataclass(frozen=True)
class ItemRef:
    id: UUID
    name: str
    type: str


@dataclass(frozen=True)
class Acknowledgement:
    """Somebody looks at an alert. It says nothing of its ticket, whose clocks go on."""

    by: Named
    at: datetime
    note: str


@dataclass(frozen=True)
class Silence:
    """Until its end nothing new is told of one trouble, and it opens no new ticket."""

    by: Named
    since: datetime
    until: datetime
    reason: str


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
    acknowledged: Acknowledgement | None = None
    silence: Silence | None = None
    """Of its trouble, while it is in force."""


class Act(enum.StrEnum):
    """What a person can do with an alert."""

    ACKNOWLEDGE = "acknowledge"
    SILENCE = "silence"
    LIFT = "lift"
    CLOSE = "close"


@dataclass(frozen=True)
class Wanted:
    """An act with what it asks for: a silence an end and a reason, a closing a reason."""

    act: Act
    text: str = ""
    """The note or the reason."""
    until: datetime | None = None


@dataclass(frozen=True)
class Refused:
    alert: UUID
    code: str
    why: str


@dataclass(frozen=True)
class HandledMany:
    """What came of one act on several alerts; each that was refused says why."""

    done: tuple[UUID, ...]
    refused: tuple[Refused, ...]


class LineKind(enum.StrEnum):
    """What a line of an alert's timeline tells."""

    BEGAN = "began"
    ENDED = "ended"
    ACKNOWLEDGED = "acknowledged"
    SILENCED = "silenced"
    HELD = "held"
    """It began while its trouble was silenced."""
    LIFTED = "lifted"
    SILENCE_ENDED = "silence_ended"
    CLOSED = "closed"


@dataclass(frozen=True)
class Line:
    """One line of an alert's timeline; `actor` is nobody where the platform itself did it."""

    kind: LineKind
    at: datetime
    told: Wording
    actor: Named | None = None
    text: str = ""
    """What the person wrote."""
