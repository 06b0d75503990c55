"""What other rooms may ask about working time and promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import blake2s

from wardround.schema import queries as schema
from wardround.schema.errors import UnknownDefinition
from wardround.worktime import rules
from wardround.worktime.definitions import (
    CALENDAR,
    HOLIDAY_LIST,
    SLA_POLICY,
    DeclaredCalendar,
    DeclaredHolidays,
    with_lists,
)
from wardround.worktime.types import (
    Agreement,
    Calendar,
    ClockReading,
    Colour,
    CountedOn,
    LogEntry,
    MissingList,
    Pin,
    SlaPolicy,
)

__all__ = [
    "agreement",
    "agreements",
    "calendar",
    "calendars",
    "colour_at",
    "consumed",
    "course_of",
    "missing_lists",
    "pin",
    "pinned",
    "read_clocks",
]


def calendars() -> Mapping[str, Calendar]:
    """Every calendar with the holiday lists of its region, by name."""
    return schema.derived("worktime.calendars", _calendars)


def _calendars() -> Mapping[str, Calendar]:
    plain: Mapping[str, DeclaredCalendar] = schema.definitions(CALENDAR)
    lists: Mapping[str, DeclaredHolidays] = schema.definitions(HOLIDAY_LIST)
    return {name: with_lists(declared, lists.values()) for name, declared in plain.items()}


def calendar(name: str) -> Calendar | None:
    return calendars().get(name)


def agreements() -> Mapping[str, Agreement]:
    """Every policy with its calendar, by name."""
    return schema.derived("worktime.agreements", _agreements)


def _agreements() -> Mapping[str, Agreement]:
    policies: Mapping[str, SlaPolicy] = schema.definitions(SLA_POLICY)
    known = calendars()
    return {
        name: _agreement(policy, known[policy.calendar])
        for name, policy in policies.items()
        if policy.calendar in known
    }


def agreement(name: str) -> Agreement | None:
    return agreements().get(name)


def pin(name: str) -> Pin | None:
    """What is promised with a policy from now on, to be kept by what begins now."""
    known = agreements().get(name)
    if known is None:
        return None
    version, calendar_name = schema.current_version(SLA_POLICY, name), known.calendar.name
    return Pin(name, version, calendar_name, schema.current_version(CALENDAR, calendar_name))


def pinned(promised: Pin) -> Agreement | None:
    """What was promised; holiday lists are those of now. None of what was never defined."""
    return schema.derived(f"worktime.pinned {promised}", lambda: _pinned(promised))


def _pinned(promised: Pin) -> Agreement | None:
    try:
        policy: SlaPolicy = schema.definition(SLA_POLICY, promised.policy, promised.policy_version)
        own: DeclaredCalendar = schema.definition(
            CALENDAR, promised.calendar, promised.calendar_version
        )
    except UnknownDefinition:
        return None
    lists: Mapping[str, DeclaredHolidays] = schema.definitions(HOLIDAY_LIST)
    return _agreement(policy, with_lists(own, lists.values()))


def _agreement(policy: SlaPolicy, own: Calendar) -> Agreement:
    days = [
        (holidays.name, sorted(holidays.days_off), sorted(holidays.working_days))
        for holidays in own.lists
    ]
    clocks = [
        (
            clock.name,
            sorted(clock.runs.states),
            sorted(clock.runs.categories),
            sorted(clock.stops.states),
            sorted(clock.stops.categories),
            sorted(clock.void.states),
            sorted(clock.void.categories),
            sorted(clock.restarts.states),
            sorted(clock.restarts.categories),
            *(clock.targets, clock.resumes, clock.band, clock.yellow, clock.red),
        )
        for clock in policy.clocks
    ]
    text = repr((policy.name, clocks, own.zone, own.week, own.make_up, own.day, days))
    return Agreement(policy, own, blake2s(text.encode(), digest_size=8).hexdigest())


def read_clocks(
    promised: Agreement, log: Sequence[LogEntry], at: datetime
) -> tuple[ClockReading, ...]:
    """Every clock of the agreement that has started, with all its rounds, read from a whole log at
    one moment.
    """
    return rules.evaluate_all(tuple(log), promised.policy.clocks, promised.calendar, at)


def colour_at(reading: ClockReading, at: datetime) -> Colour:
    return rules.colour_at(reading, at)


def consumed(
    start: datetime, end: datetime, *, counted_on: CountedOn, own: Calendar | None
) -> timedelta:
    """Time between two moments as a clock counts it; the wall clock where no calendar is known."""
    if counted_on is CountedOn.WALL or own is None:
        return end - start
    return rules.working_time_between(own, start, end)


def course_of(own: Calendar, at: datetime) -> tuple[bool, tuple[datetime, ...]]:
    """Whether a clock on this calendar counts now, and when that changes next, a few times."""
    return rules.is_working(own, at), rules.turns(own, at, most=4)


def missing_lists(at: datetime, *, ahead: timedelta = timedelta(days=30)) -> list[MissingList]:
    """Calendars that count by weekday only within the time ahead, for want of a holiday list."""
    return [
        MissingList(own.name, own.region, year)
        for own in calendars().values()
        for year in rules.years_without_list(own, at, at + ahead)
    ]
