"""What the open alerts of an item say about the item, and what a person may do with an alert."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from wardround.cmdb.types import Condition
from wardround.detection.fingerprints import fingerprint as fingerprint_of
from wardround.detection.types import Labels


def fingerprint(rule: str, labels: Labels, item: UUID) -> UUID:
    """The same for the same trouble: a rule, an item and labels, in whatever order."""
    return fingerprint_of(rule, tuple(sorted(labels)), item)


def condition_of(*, out_of_use: bool, critical: bool, warning: bool) -> Condition:
    """Condition of an item from its open alerts: the worst one counts; information says nothing."""
    if out_of_use:
        return Condition.DOWN
    if critical:
        return Condition.CRITICAL
    return Condition.WARNING if warning else Condition.OK


# What people do ----------------------------------------------------------------------------------

LONGEST_SILENCE = timedelta(days=7)
"""A silence is for a night or a repair; what nobody wants to hear of is a rule to be changed."""
_CLOCKS_DIFFER = timedelta(minutes=1)
"""Whoever asks counts the longest silence from a clock that may be a little ahead."""
_CONFIRMED_WITHIN = timedelta(minutes=2)
"""Detection says once a minute what still holds; another passes until that is written."""


class Outcome(enum.Enum):
    """What becomes of an act: it is done, was done before by the same person, or is refused."""

    DO = enum.auto()
    DONE = enum.auto()
    OVER = enum.auto()
    TAKEN = enum.auto()
    """Somebody else did it before."""
    HOLDS = enum.auto()
    NOT_SILENCED = enum.auto()
    NO_REASON = enum.auto()
    NO_END = enum.auto()
    PAST = enum.auto()
    TOO_LONG = enum.auto()


@dataclass(frozen=True)
class Handled:
    """How an alert stands: what was done with it, by whom, and when it was last seen to hold."""

    open: bool
    last_at: datetime
    interval: timedelta = timedelta(0)
    """Between two looks at what it is about."""
    acknowledged_by: UUID | None = None
    silenced_by: UUID | None = None
    silenced_until: datetime | None = None
    silence_reason: str = ""
    closed_by: UUID | None = None


def holds(alert: Handled, at: datetime) -> bool:
    """Whether its condition was seen to hold at the last looks; else nobody knows."""
    return alert.open and at - alert.last_at <= _CONFIRMED_WITHIN + 2 * alert.interval


def acknowledging(alert: Handled, by: UUID) -> Outcome:
    """Whether somebody may acknowledge an alert: the first who does is named."""
    if alert.acknowledged_by is not None:
        return Outcome.DONE if alert.acknowledged_by == by else Outcome.TAKEN
    return Outcome.DO if alert.open else Outcome.OVER


def silencing(
    alert: Handled, by: UUID, *, reason: str, until: datetime | None, at: datetime
) -> Outcome:
    """Whether somebody may silence an alert. Of two at once the first holds; another end is set
    by lifting that silence first, so that nobody's reason is replaced unread.
    """
    if not reason or until is None:
        return Outcome.NO_END if reason else Outcome.NO_REASON
    if not alert.open:
        return Outcome.OVER
    if alert.silenced_by is not None:
        before = alert.silenced_by, alert.silenced_until, alert.silence_reason
        return Outcome.DONE if before == (by, until, reason) else Outcome.TAKEN
    return _ending(until, at)


def _ending(until: datetime, at: datetime) -> Outcome:
    if until <= at:
        return Outcome.PAST
    return Outcome.DO if until - at <= LONGEST_SILENCE + _CLOCKS_DIFFER else Outcome.TOO_LONG


def lifting(alert: Handled) -> Outcome:
    """Whether there is a silence to be lifted; whoever may silence may lift another's."""
    return Outcome.DO if alert.silenced_by is not None else Outcome.NOT_SILENCED


def closing(alert: Handled, by: UUID, *, reason: str, at: datetime) -> Outcome:
    """Whether somebody may close an alert: never while its condition is seen to hold."""
    if not reason:
        return Outcome.NO_REASON
    if not alert.open:
        return Outcome.DONE if alert.closed_by == by else Outcome.OVER
    return Outcome.HOLDS if holds(alert, at) else Outcome.DO
