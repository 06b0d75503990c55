"""What working time is made of: calendars, SLA targets, and what a clock reads.

Durations are `timedelta`; moments are aware datetimes in UTC. Nothing here knows what is timed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Working minutes of one day, counted from local midnight; `end` may be 1440 (24:00)."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= MINUTES_A_DAY:
            raise BadSpan(self.start, self.end)


class BadSpan(ValueError):
    """A span that ends before it begins, or leaves its day."""

    def __init__(self, start: int, end: int) -> None:
        super().__init__(f"a span must lie in one day and end after it begins: {start}-{end}")


@dataclass(frozen=True, slots=True)
class HolidayList:
    """The days off and the make-up working days that a government published for one year."""

    name: str
    region: str
    year: int
    days_off: frozenset[date]
    working_days: frozenset[date]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """When people work: spans by weekday (Monday first), corrected by holiday lists.

    `make_up` holds the spans of a day that a list declares a working day. `day` is what one
    "working day" of an agreement amounts to. Years without a list count by weekday only.
    """

    name: str
    zone: str
    week: tuple[tuple[Span, ...], ...]
    make_up: tuple[Span, ...]
    day: timedelta
    lists: tuple[HolidayList, ...] = ()
    region: str = ""
    version: str = ""
    _hash: int = field(init=False, repr=False, compare=False, default=0)

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise BadWeek(len(self.week))
        parts = (self.name, self.zone, self.week, self.make_up, self.day, self.lists, self.version)
        object.__setattr__(self, "_hash", hash(parts))

    def __hash__(self) -> int:
        """Computed once: compiled years are looked up by calendar at every reading."""
        return self._hash


class BadWeek(ValueError):
    """A calendar whose week has not seven days."""

    def __init__(self, days: int) -> None:
        super().__init__(f"a week has seven days, not {days}")


class StartBand(StrEnum):
    """When a clock started: within working time, outside it, or no matter when."""

    WORKING = "working"
    OFF = "off"
    ANY = "any"


class CountedOn(StrEnum):
    """The time that a clock consumes."""

    CALENDAR = "calendar"
    WALL = "wall"


class BandRule(StrEnum):
    """`FIXED`: the band at the start decides. `LONGEST`: a clock that still runs when the band
    changes gets the longer of the two durations.
    """

    FIXED = "fixed"
    LONGEST = "longest"


class Colour(StrEnum):
    """How far a clock is; the order of `WORST_FIRST` compares them."""

    BLACK = "black"
    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"
    GREY = "grey"
    NONE = "none"


WORST_FIRST = (
    Colour.BLACK,
    Colour.RED,
    Colour.YELLOW,
    Colour.GREEN,
    Colour.GREY,
    Colour.NONE,
)


@dataclass(frozen=True, slots=True)
class Length:
    """A promised duration: hours and minutes, or working days of the calendar."""

    exact: timedelta = timedelta()
    working_days: int = 0

    def on(self, calendar: Calendar) -> timedelta:
        """As time of that calendar."""
        return self.exact + self.working_days * calendar.day


@dataclass(frozen=True, slots=True)
class SlaTarget:
    """What is promised to a clock that started in `start_band`."""

    start_band: StartBand
    within: Length
    counted_on: CountedOn


@dataclass(frozen=True, slots=True)
class Threshold:
    """A share of the duration (0..1), or the time that is left before the end."""

    share: float = 0.0
    left: timedelta | None = None

    def of(self, duration: timedelta) -> timedelta:
        """Time consumed when the threshold is reached; at least zero."""
        if self.left is not None:
            return max(duration - self.left, timedelta())
        return duration * self.share


@dataclass(frozen=True, slots=True)
class StateSet:
    """States by name or by category; a clock runs or stops in them."""

    states: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()

    def holds(self, state: str, category: str) -> bool:
        return state in self.states or category in self.categories


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of a policy. In a state that is neither in `runs` nor in `stops` it pauses.

    A clock that `resumes` runs on where it stopped when its subject comes back to a running
    state; one that does not has stopped for good.
    """

    name: str
    runs: StateSet
    stops: StateSet
    targets: tuple[SlaTarget, ...]
    resumes: bool = False
    band: BandRule = BandRule.FIXED
    yellow: Threshold = field(default_factory=lambda: Threshold(share=0.5))
    red: Threshold = field(default_factory=lambda: Threshold(share=0.75))
    label_zh: str = ""
    label_en: str = ""


@dataclass(frozen=True, slots=True)
class SlaPolicy:
    """The clocks of one agreement and the calendar they count on."""

    name: str
    calendar: str
    clocks: tuple[Clock, ...]
    label_zh: str = ""
    label_en: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """A policy with the calendar it counts on. `version` changes when either does."""

    policy: SlaPolicy
    calendar: Calendar
    version: str

    def clock(self, name: str) -> Clock | None:
        return next((one for one in self.policy.clocks if one.name == name), None)


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


@dataclass(frozen=True, slots=True)
class ClockReading:
    """What one clock shows at one moment.

    `yellow_at`, `red_at`, `due_at` are instants: past ones stay, future ones are known only
    while the clock runs. `remaining` is negative when overdue. `unlisted_year` names the first
    year on the way to `due_at` for which no holiday list is known.
    """

    clock: str
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
    colour: Colour = Colour.NONE
    unlisted_year: int | None = None

    @property
    def paused(self) -> bool:
        return self.paused_since is not None

    @property
    def met(self) -> bool | None:
        """Whether a stopped clock kept its promise; None while it may still run."""
        if self.stopped_at is None:
            return None
        return self.due_at is None or self.stopped_at <= self.due_at
