"""Working hours and holidays, worked out to the minute."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from wardround.worktime.errors import BadSpan, BadWeek

MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Working minutes of one day, counted from local midnight; `end` may be 1440 (24:00)."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= MINUTES_A_DAY:
            raise BadSpan(self.start, self.end)


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
