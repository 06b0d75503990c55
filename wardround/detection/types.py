"""What crosses the door of detection: rules, and what was found by them."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wardround.detection.bind import Labels
from wardround.detection.expression import Node
from wardround.detection.rules import Timing
from wardround.schema.declarations import told_as
from wardround.schema.types import Label

__all__ = [
    "Finding",
    "Labels",
    "Recovery",
    "RecoveryReason",
    "Rule",
    "Seen",
    "Severity",
    "Standing",
    "Verdicts",
]


@told_as(
    {
        "info": ("提示", "Info"),
        "warning": ("警告", "Warning"),
        "critical": ("严重", "Critical"),
        "disaster": ("灾难", "Disaster"),
    }
)
class Severity(enum.StrEnum):
    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"
    DISASTER = "disaster"


class RecoveryReason(enum.StrEnum):
    """Why something is no longer wrong, or no longer watched."""

    RECOVERED = "recovered"
    SERIES_ENDED = "series_ended"
    RULE_REMOVED = "rule_removed"
    TARGET_REMOVED = "target_removed"
    NEVER_WORKED = "never_worked"
    """It began while its target had never worked as it is asked: it was no outage."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One threshold. `templates` limits it to targets of these monitor templates; empty: any."""

    name: str
    label: Label
    severity: Severity
    expr: str
    condition: Node
    recover: str
    recovery: Node | None
    timing: Timing
    summary: Label
    templates: tuple[str, ...] = ()
    description: Label | None = None
    """What it means and what to do."""
    runbook_url: str = ""
    """A page that says what to do."""
    group: Label | None = None
    unit: str = ""
    labels: Labels = ()
    """Labels that every alert of the rule gets, beside those of its series."""
    availability: bool = False
    """Whether it means that the item is out of use."""
    enabled: bool = True
    switched_because: str = ""
    """Why somebody last switched it on or off."""
    rule_set: str = ""
    """The definition that holds it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule began to hold for an item."""

    rule: Rule
    target: UUID
    item: UUID
    labels: Labels
    value: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Recovery:
    """What was found holds no longer. The rule itself may be gone by now."""

    rule: str
    target: UUID
    item: UUID
    labels: Labels
    reason: RecoveryReason
    at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found still holds, with its newest value."""

    rule: str
    item: UUID
    labels: Labels
    value: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a rule has come for one set of labels; only what is not inactive is kept."""

    rule: str
    target: UUID
    item: UUID
    labels: Labels
    phase: int
    active_at: float
    keep_since: float
    looked_at: float = -math.inf
    """Seconds since 1970; minus infinity where it does not apply. `looked_at` is the last look of
    which is known: of what is pending it is noted now and then."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What one round of evaluation changed, in the order of rules."""

    findings: tuple[Finding, ...] = ()
    recoveries: tuple[Recovery, ...] = ()
    standings: tuple[Standing, ...] = ()
    watched: frozenset[UUID] = frozenset()
    """Items that are watched again, after a start or a gap."""
    unknown: frozenset[UUID] = frozenset()
    """Items of which nobody can tell how they are, because what watched them is down."""

    seen: tuple[Seen, ...] = ()

    def __bool__(self) -> bool:
        changed = self.findings or self.recoveries or self.standings or self.seen
        return bool(changed or self.watched or self.unknown)

    def touched(self) -> set[tuple[str, UUID, Labels]]:
        """The instances these verdicts are about."""
        return {(standing.rule, standing.item, standing.labels) for standing in self.standings} | {
            (recovery.rule, recovery.item, recovery.labels) for recovery in self.recoveries
        }

    def __add__(self, later: Verdicts) -> Verdicts:
        return Verdicts(
            findings=self.findings + later.findings,
            recoveries=self.recoveries + later.recoveries,
            standings=self.standings + later.standings,
            watched=(self.watched - later.unknown) | later.watched,
            unknown=(self.unknown - later.watched) | later.unknown,
            seen=self.seen + later.seen,
        )
