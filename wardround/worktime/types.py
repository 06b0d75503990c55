"""What working time is made of: calendars, SLA targets, and what a clock reads.

Durations are `timedelta`; moments are aware datetimes in UTC. Nothing here knows what is timed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from wardround.worktime.calendars import MINUTES_A_DAY, Calendar, HolidayList, Span
from wardround.worktime.sla_policies import (
    WORST_FIRST,
    BandRule,
    Clock,
    Colour,
    CountedOn,
    Course,
    Length,
    ShortName,
    SlaPolicy,
    SlaTarget,
    StartBand,
    StateSet,
    Threshold,
    ThresholdField,
)

__all__ = [
    "MINUTES_A_DAY",
    "WORST_FIRST",
    "BandRule",
    "Calendar",
    "Clock",
    "Colour",
    "CountedOn",
    "Course",
    "HolidayList",
    "Length",
    "ShortName",
    "SlaPolicy",
    "SlaTarget",
    "Span",
    "StartBand",
    "StateSet",
    "Threshold",
    "ThresholdField",
]


@dataclass(frozen=True, slots=True)
class Pin:
    """The versions of a policy and of its calendar that were in force when something began."""

    policy: str
    policy_version: int
    calendar: str
    calendar_version: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """A policy with the calendar it counts on. `version` changes when either does."""

    policy: SlaPolicy
    calendar: Calendar
    version: str

    def clock(self, name: str) -> Clock | None:
        return next((clock for clock in self.policy.clocks if clock.name == name), None)


@dataclass(frozen=True, slots=True)
class MissingList:
    """A calendar that follows a region whose list for `year` is not known yet."""

    calendar: str
    region: str
    year: int


@dataclass(frozen=True, slots=True)
class LogEntry:
    """From `at` on, the subject is in `state`. A log is sorted by `at`; equal moments keep
    their order, the last one wins.
    """

    at: datetime
    state: str
    category: str


class Outcome(StrEnum):
    """What a clock came to. A void one credits nobody: its subject ended without what it promises,
    before that was due.
    """

    MET = "met"
    MISSED = "missed"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class ClockReading:
    """What one clock shows at one moment.

    `yellow_at`, `red_at`, `due_at` are instants: past ones stay, future ones are known only
    while the clock runs. `remaining` is negative when overdue. `unlisted_year` names the first
    year on the way to `due_at` for which no holiday list is known. `round` counts from 1: a clock
    that restarts has one more each time.
    """

    clock: str
    round: int
    counted_on: CountedOn
    target: timedelta
    started_at: datetime
    elapsed: timedelta
    remaining: timedelta
    yellow_at: datetime | None
    red_at: datetime | None
    due_at: datetime | None
    paused_since: datetime | None = None
    stopped_at: datetime | None = None
    void: bool = False
    """Whether it stopped with nobody having done what it promises."""
    colour: Colour = Colour.NONE
    unlisted_year: int | None = None

    @property
    def paused(self) -> bool:
        return self.paused_since is not None

    @property
    def outcome(self) -> Outcome | None:
        """What a stopped clock came to; None while it may still run."""
        if self.stopped_at is None:
            return None
        if self.due_at is not None and self.stopped_at > self.due_at:
            return Outcome.MISSED
        return Outcome.VOID if self.void else Outcome.MET
