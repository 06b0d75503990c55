"""Arithmetic of working time and of SLA clocks. Pure: the moment is always an argument.

A calendar is a measure on the time axis: `working_time_between` is its value on an interval,
`add_working_time` the inverse. A clock's elapsed time is that measure over the instants at which
a log says the clock runs. Nothing is ever incremented, so replaying a log gives the same answer
as following it, and a new target is simply the same log read under another rule.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from wardround.worktime.errors import NoWorkingTime
from wardround.worktime.types import (
    WORST_FIRST,
    BandRule,
    Calendar,
    Clock,
    ClockReading,
    Colour,
    CountedOn,
    Course,
    LogEntry,
    SlaTarget,
    Span,
    StartBand,
)

ZERO = timedelta()
LAST_YEAR = 2200


# Working days


def spans_of(calendar: Calendar, day: date) -> tuple[Span, ...]:
    """The working spans of a local day, after holidays and make-up days.

    A make-up day wins over a day off: lists name a weekend as working on purpose.
    """
    for listed in calendar.lists:
        if day in listed.working_days:
            return calendar.make_up
    for listed in calendar.lists:
        if day in listed.days_off:
            return ()
    return calendar.week[day.weekday()]


def years_without_list(calendar: Calendar, start: datetime, end: datetime) -> tuple[int, ...]:
    """Years that an interval touches and for which no holiday list is known.

    A calendar that follows no region wants no list.
    """
    if not calendar.region:
        return ()
    zone = ZoneInfo(calendar.zone)
    listed = {holidays.year for holidays in calendar.lists}
    touched = range(start.astimezone(zone).year, end.astimezone(zone).year + 1)
    return tuple(year for year in touched if year not in listed)


@dataclass(frozen=True, slots=True)
class _Year:
    """One local year as sorted working spans in UTC; `before[i]` is the time in spans < i."""

    starts: tuple[datetime, ...]
    ends: tuple[datetime, ...]
    before: tuple[timedelta, ...]
    total: timedelta

    def until(self, moment: datetime) -> timedelta:
        """Working time of this year up to the moment."""
        index = bisect_right(self.starts, moment) - 1
        if index < 0:
            return ZERO
        return self.before[index] + (min(moment, self.ends[index]) - self.starts[index])

    def at(self, amount: timedelta) -> datetime:
        """The first moment at which `amount` (0 < amount <= total) of the year is worked."""
        index = bisect_left(self.before, amount) - 1
        return self.starts[index] + (amount - self.before[index])


@lru_cache(maxsize=256)
def _year(calendar: Calendar, year: int) -> _Year:
    zone = ZoneInfo(calendar.zone)
    starts, ends, before = [], [], []
    total = ZERO
    day, last = date(year, 1, 1), date(year, 12, 31)
    while day <= last:
        midnight = datetime.combine(day, time())
        for span in spans_of(calendar, day):
            start = _utc(midnight, span.start, zone)
            end = _utc(midnight, span.end, zone)
            starts.append(start)
            ends.append(end)
            before.append(total)
            total += end - start
        day += timedelta(days=1)
    return _Year(tuple(starts), tuple(ends), tuple(before), total)


def _utc(midnight: datetime, minutes: int, zone: ZoneInfo) -> datetime:
    local = midnight + timedelta(minutes=minutes)
    return local.replace(tzinfo=zone).astimezone(UTC)


@lru_cache(maxsize=64)
def _zone(calendar: Calendar) -> ZoneInfo:
    return ZoneInfo(calendar.zone)


def _local_year(calendar: Calendar, moment: datetime) -> int:
    return moment.astimezone(_zone(calendar)).year


def working_time_between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Working time from `start` to `end`; negative when `end` lies before `start`."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if end < start:
        return -working_time_between(calendar, end, start)
    first, last = _local_year(calendar, start), _local_year(calendar, end)
    whole = sum((_year(calendar, year).total for year in range(first, last)), ZERO)
    return whole + _year(calendar, last).until(end) - _year(calendar, first).until(start)


def add_working_time(calendar: Calendar, start: datetime, duration: timedelta) -> datetime:
    """The first moment by which `duration` of working time has passed since `start`.

    Exact inverse: `working_time_between(c, s, add_working_time(c, s, d)) == d` for d >= 0.
    Of the many moments with that value (an evening, a holiday) it is the earliest, so two
    working days from Monday 8:00 are over on Tuesday at closing time.
    """
    start = start.astimezone(UTC)
    if duration <= ZERO:
        return start
    year = _local_year(calendar, start)
    wanted = _year(calendar, year).until(start) + duration
    while wanted > _year(calendar, year).total:
        wanted -= _year(calendar, year).total
        year += 1
        _refuse_empty(calendar, year)
    return _year(calendar, year).at(wanted)


def _refuse_empty(calendar: Calendar, year: int) -> None:
    """A calendar whose week is empty would be searched for ever."""
    make_up_days = any(
        holidays.working_days for holidays in calendar.lists if holidays.year >= year
    )
    if year > LAST_YEAR or not (any(calendar.week) or make_up_days):
        raise NoWorkingTime(calendar.name, year)


def is_working(calendar: Calendar, moment: datetime) -> bool:
    """Whether people work at that moment; a span holds its start, not its end."""
    year = _year(calendar, _local_year(calendar, moment))
    index = bisect_right(year.starts, moment) - 1
    return index >= 0 and moment < year.ends[index]


def turns(calendar: Calendar, moment: datetime, *, most: int) -> tuple[datetime, ...]:
    """The next moments at which working time begins or ends, after `moment`, at most so many."""
    found: list[datetime] = []
    local = _local_year(calendar, moment)
    for year in (local, local + 1):
        spans = _year(calendar, year)
        first = max(bisect_right(spans.ends, moment), 0)
        for start, end in zip(spans.starts[first:], spans.ends[first:], strict=True):
            found += [instant for instant in (start, end) if instant > moment]
            if len(found) >= most:
                return tuple(found[:most])
    return tuple(found)


# Clocks


@dataclass(frozen=True, slots=True)
class _Run:
    """A stretch in which a clock ran; `end` is None for the one that is still running."""

    start: datetime
    end: datetime | None


@dataclass(slots=True)
class _Round:
    """What a log says of one round of a clock: its stretches, and how it stands after the last."""

    runs: list[_Run] = field(default_factory=list)
    stopped_at: datetime | None = None
    void: bool = False
    paused_since: datetime | None = None

    def run(self, at: datetime) -> None:
        self.stopped_at = self.paused_since = None
        self.void = False
        if not self.runs or self.runs[-1].end is not None:
            self.runs.append(_Run(at, None))

    def stop(self, at: datetime, *, void: bool) -> None:
        if self.stopped_at is None:
            self.stopped_at, self.void = at, void
        self.paused_since = None
        self._end(at)

    def pause(self, at: datetime) -> None:
        self.paused_since = self.paused_since or at if self.runs else None
        self.stopped_at, self.void = None, False
        self._end(at)

    def _end(self, at: datetime) -> None:
        if self.runs and self.runs[-1].end is None:
            self.runs[-1] = _Run(self.runs[-1].start, at)


def evaluate(
    log: tuple[LogEntry, ...], clock: Clock, calendar: Calendar, at: datetime
) -> tuple[ClockReading, ...]:
    """Read one clock at the moment `at`, from the whole log up to then: each of its rounds in
    order, the present one last. Nothing of a clock that never ran.
    """
    rounds = _rounds(tuple(entry for entry in log if entry.at <= at), clock)
    return tuple(
        _reading(course, number, clock, calendar, at)
        for number, course in enumerate(rounds, start=1)
    )


def _reading(
    course: _Round, number: int, clock: Clock, calendar: Calendar, at: datetime
) -> ClockReading:
    started_at = course.runs[0].start
    target = _target(clock, calendar, started_at)
    measure = _Measure(calendar, target.counted_on)
    duration = target.within.on(calendar)
    elapsed = sum((measure.between(run.start, run.end or at) for run in course.runs), ZERO)
    reading = ClockReading(
        clock=clock.name,
        round=number,
        counted_on=target.counted_on,
        target=duration,
        started_at=started_at,
        elapsed=elapsed,
        remaining=duration - elapsed,
        yellow_at=_reached(course.runs, measure, clock.yellow.of(duration)),
        red_at=_reached(course.runs, measure, clock.red.of(duration)),
        due_at=_reached(course.runs, measure, duration),
        paused_since=course.paused_since,
        stopped_at=course.stopped_at,
        void=course.void,
    )
    unlisted = _unlisted(reading, calendar)
    return replace(reading, colour=colour_at(reading, at), unlisted_year=unlisted)


def evaluate_all(
    log: tuple[LogEntry, ...], clocks: tuple[Clock, ...], calendar: Calendar, at: datetime
) -> tuple[ClockReading, ...]:
    """Every clock of a policy that has started, each with all its rounds, at one moment."""
    return tuple(reading for clock in clocks for reading in evaluate(log, clock, calendar, at))


def colour_at(reading: ClockReading, at: datetime) -> Colour:
    """The colour at a moment, from the reading's instants alone.

    Overdue stays black in a pause; every other paused clock is grey; a stopped one has none.
    """
    if reading.stopped_at is not None:
        return Colour.NONE
    if _past(reading.due_at, at):
        return Colour.BLACK
    return Colour.GREY if reading.paused else _running_colour(reading, at)


def _running_colour(reading: ClockReading, at: datetime) -> Colour:
    if _past(reading.red_at, at):
        return Colour.RED
    return Colour.YELLOW if _past(reading.yellow_at, at) else Colour.GREEN


def worst(colours: tuple[Colour, ...]) -> Colour:
    """The colour of a subject: the worst of its clocks."""
    return min(colours, key=WORST_FIRST.index, default=Colour.NONE)


def _past(instant: datetime | None, at: datetime) -> bool:
    return instant is not None and instant <= at


def _rounds(log: tuple[LogEntry, ...], clock: Clock) -> list[_Round]:
    """Walk the log once. Entries that change nothing for the clock split nothing.

    Of entries at one moment the last decides how the clock stands, but a stop is never lost: a
    ticket opened and accepted in one action has stopped its respond clock for good.
    """
    rounds = [_Round()]
    for entry in sorted(log, key=lambda entry: entry.at):
        course, present = clock.course(entry.state, entry.category), rounds[-1]
        if present.stopped_at is not None:
            if clock.restarts.holds(entry.state, entry.category):
                present = _Round()
                rounds.append(present)
            elif not clock.resumes:
                continue
        if course in {Course.STOPS, Course.VOID}:
            present.stop(entry.at, void=course is Course.VOID)
        elif course is Course.RUNS:
            present.run(entry.at)
        else:
            present.pause(entry.at)
    return [course for course in rounds if course.runs]


def _target(clock: Clock, calendar: Calendar, started_at: datetime) -> SlaTarget:
    """The target of the band in which the clock started."""
    band = StartBand.WORKING if is_working(calendar, started_at) else StartBand.OFF
    chosen = _for_band(clock, band)
    if clock.band is BandRule.FIXED:
        return chosen
    end = _Measure(calendar, chosen.counted_on).add(started_at, chosen.within.on(calendar))
    worked = working_time_between(calendar, started_at, end)
    if worked in (ZERO, end - started_at):
        return chosen
    return max(clock.targets, key=lambda target: target.within.on(calendar))


def _for_band(clock: Clock, band: StartBand) -> SlaTarget:
    for target in clock.targets:
        if target.start_band in (band, StartBand.ANY):
            return target
    return clock.targets[-1]


@dataclass(frozen=True, slots=True)
class _Measure:
    """Time as a target counts it."""

    calendar: Calendar
    counted_on: CountedOn

    def between(self, start: datetime, end: datetime) -> timedelta:
        if self.counted_on is CountedOn.WALL:
            return end - start
        return working_time_between(self.calendar, start, end)

    def add(self, start: datetime, amount: timedelta) -> datetime:
        if self.counted_on is CountedOn.WALL:
            return start + amount
        return add_working_time(self.calendar, start, amount)


def _reached(runs: Sequence[_Run], measure: _Measure, amount: timedelta) -> datetime | None:
    """The instant at which the clock has consumed `amount`; None if the runs end before."""
    left = amount
    for run in runs:
        if run.end is None:
            return measure.add(run.start, left)
        length = measure.between(run.start, run.end)
        if left <= length:
            return measure.add(run.start, left)
        left -= length
    return None


def _unlisted(reading: ClockReading, calendar: Calendar) -> int | None:
    if reading.due_at is None or reading.stopped_at is not None:
        return None
    if reading.counted_on is CountedOn.WALL:
        return None
    years = years_without_list(calendar, reading.started_at, reading.due_at)
    return years[0] if years else None
