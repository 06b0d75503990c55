"""Working time as a measure, and clocks as functions of a log: properties and known traps."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardround.schema.lifecycle import StateCategory
from wardround.schema.types import Label
from wardround.worktime import rules
from wardround.worktime.types import (
    BandRule,
    Calendar,
    Clock,
    ClockReading,
    Colour,
    CountedOn,
    Course,
    HolidayList,
    Length,
    LogEntry,
    Outcome,
    SlaTarget,
    Span,
    StartBand,
    StateSet,
    Threshold,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = (Span(8 * 60, 18 * 60),)
LUNCH = (Span(8 * 60, 12 * 60), Span(14 * 60, 17 * 60 + 30))
YEAR_2026 = HolidayList(
    name="china-2026",
    region="china",
    year=2026,
    days_off=frozenset(date(2026, 10, day) for day in range(1, 8)) | {date(2026, 1, 1)},
    working_days=frozenset({date(2026, 9, 20), date(2026, 10, 10)}),
)
HOSPITAL = Calendar(
    "hospital",
    "Asia/Shanghai",
    (DAY,) * 5 + ((),) * 2,
    DAY,
    timedelta(hours=10),
    (YEAR_2026,),
    "china",
)
WITH_LUNCH = Calendar(
    "clinic", "Asia/Shanghai", (LUNCH,) * 5 + ((),) * 2, LUNCH, timedelta(hours=7.5), (YEAR_2026,)
)
NIGHT = (Span(0, 6 * 60), Span(22 * 60, 24 * 60))
SUMMER_TIME = Calendar("berlin", "Europe/Berlin", (NIGHT,) * 7, NIGHT, timedelta(hours=8))
CALENDARS = (HOSPITAL, WITH_LUNCH, SUMMER_TIME)

calendars = st.sampled_from(CALENDARS)
moments = st.datetimes(
    min_value=datetime(2025, 9, 1),  # noqa: DTZ001  # hypothesis adds the zone
    max_value=datetime(2027, 3, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
durations = st.timedeltas(min_value=timedelta(), max_value=timedelta(days=60))


def evaluate(
    entries: tuple[LogEntry, ...], which: Clock, calendar: Calendar, at: datetime
) -> ClockReading:
    """The last round of a clock that has run, as every log here begins with a running state."""
    return rules.evaluate(entries, which, calendar, at)[-1]


def local(text: str) -> datetime:
    """`2026-11-23 17:50` as people in Guangzhou read their clocks."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


# Working time


@given(calendars, moments, durations)
def test_adding_is_the_exact_inverse_of_measuring(
    calendar: Calendar, start: datetime, duration: timedelta
) -> None:
    end = rules.add_working_time(calendar, start, duration)
    assert rules.working_time_between(calendar, start, end) == duration


@given(calendars, moments, moments)
def test_measuring_then_adding_gives_the_earliest_such_moment(
    calendar: Calendar, start: datetime, end: datetime
) -> None:
    start, end = min(start, end), max(start, end)
    worked = rules.working_time_between(calendar, start, end)
    found = rules.add_working_time(calendar, start, worked)
    assert found <= end
    assert not rules.working_time_between(calendar, found, end)


@given(calendars, moments, moments, moments)
def test_an_interval_is_the_sum_of_its_parts(
    calendar: Calendar, first: datetime, second: datetime, third: datetime
) -> None:
    whole = rules.working_time_between(calendar, first, third)
    parts = rules.working_time_between(calendar, first, second)
    parts += rules.working_time_between(calendar, second, third)
    assert whole == parts


@given(calendars, moments, durations)
def test_working_time_is_never_more_than_time(
    calendar: Calendar, start: datetime, duration: timedelta
) -> None:
    worked = rules.working_time_between(calendar, start, start + duration)
    assert timedelta() <= worked <= duration


@given(calendars, moments)
def test_a_moment_is_working_when_the_next_instant_is_counted(
    calendar: Calendar, moment: datetime
) -> None:
    instant = timedelta(microseconds=1)
    counted = rules.working_time_between(calendar, moment, moment + instant)
    assert rules.is_working(calendar, moment) == (counted == instant)


@given(calendars, moments, st.integers(1, 6))
def test_between_two_turns_it_is_all_working_or_all_not(
    calendar: Calendar, moment: datetime, most: int
) -> None:
    turns = rules.turns(calendar, moment, most=most)
    assert len(turns) == most
    working, before = rules.is_working(calendar, moment), moment
    for turn in turns:
        counted = rules.working_time_between(calendar, before, turn)
        assert counted == (turn - before if working else timedelta())
        working, before = not working, turn


def test_two_working_days_across_a_weekend() -> None:
    friday = local("2026-11-20 16:00")
    assert rules.add_working_time(HOSPITAL, friday, hours(20)) == local("2026-11-24 16:00")


def test_the_national_holiday_is_skipped_and_its_make_up_saturday_works() -> None:
    before = local("2026-09-30 17:00")
    assert rules.add_working_time(HOSPITAL, before, hours(2)) == local("2026-10-08 09:00")
    assert rules.is_working(HOSPITAL, local("2026-10-10 10:00"))
    assert not rules.is_working(HOSPITAL, local("2026-10-11 10:00"))


def test_lunch_is_not_working_time() -> None:
    late_morning = local("2026-11-23 11:30")
    assert rules.add_working_time(WITH_LUNCH, late_morning, hours(1)) == local("2026-11-23 14:30")
    worked = rules.working_time_between(WITH_LUNCH, late_morning, local("2026-11-23 14:00"))
    assert worked == hours(0.5)


def test_a_duration_that_ends_at_closing_time_ends_then_and_not_next_morning() -> None:
    assert rules.add_working_time(HOSPITAL, local("2026-11-23 08:00"), hours(10)) == local(
        "2026-11-23 18:00"
    )


def test_the_last_day_of_a_year_works_to_its_end_and_the_next_year_begins_after_it() -> None:
    opens, closes = local("2026-12-31 08:00"), local("2026-12-31 18:00")
    assert rules.is_working(HOSPITAL, opens)
    assert rules.working_time_between(HOSPITAL, opens, closes) == timedelta(hours=10)
    assert rules.add_working_time(HOSPITAL, opens, timedelta(hours=10)) == closes
    # 2027-01-01 is a Friday with no list yet: it counts by its weekday.
    assert rules.add_working_time(HOSPITAL, opens, timedelta(hours=11)) == local("2027-01-01 09:00")


def test_summer_time_changes_the_length_of_a_night() -> None:
    zone = ZoneInfo("Europe/Berlin")
    evening = datetime(2026, 3, 28, 22, tzinfo=zone)
    morning = datetime(2026, 3, 29, 6, tzinfo=zone)
    assert rules.working_time_between(SUMMER_TIME, evening, morning) == hours(7)


def test_a_year_without_a_list_counts_by_weekday_and_says_so() -> None:
    new_year = local("2027-01-01 10:00")
    assert rules.is_working(HOSPITAL, new_year)
    assert rules.years_without_list(HOSPITAL, local("2026-12-30 08:00"), new_year) == (2027,)


def test_a_calendar_without_working_time_is_refused_not_searched_for_ever() -> None:
    empty = Calendar("never", "UTC", ((),) * 7, (), hours(8))
    with pytest.raises(rules.NoWorkingTime, match="never"):
        rules.add_working_time(empty, local("2026-11-23 08:00"), hours(1))


def test_a_list_of_working_days_alone_is_enough() -> None:
    only_make_up = Calendar("rare", "Asia/Shanghai", ((),) * 7, DAY, hours(10), (YEAR_2026,))
    start = local("2026-01-01 08:00")
    assert rules.add_working_time(only_make_up, start, hours(11)) == local("2026-10-10 09:00")
    with pytest.raises(rules.NoWorkingTime):
        rules.add_working_time(only_make_up, start, hours(21))


# Clocks

OPEN = StateSet(categories=(StateCategory.NEW, StateCategory.WORKING))
DONE = StateSet(categories=(StateCategory.RESOLVED, StateCategory.CLOSED))


def clock(  # one knob for each thing a policy may say
    *targets: SlaTarget,
    runs: StateSet = OPEN,
    stops: StateSet = DONE,
    resumes: bool = True,
    band: BandRule = BandRule.FIXED,
    red: Threshold | None = None,
) -> Clock:
    return Clock(
        name="restore",
        label=Label("修复", "Restore"),
        runs=runs,
        stops=stops,
        targets=targets or (two_days(),),
        resumes=resumes,
        band=band,
        red=red or Threshold(share=0.75),
    )


def two_days() -> SlaTarget:
    return SlaTarget(within=Length(working_days=2), counted_on=CountedOn.CALENDAR)


def wall(minutes: int, band: StartBand = StartBand.ANY) -> SlaTarget:
    return SlaTarget(
        start_band=band, within=Length(timedelta(minutes=minutes)), counted_on=CountedOn.WALL
    )


RESPOND = clock(
    wall(30, StartBand.WORKING),
    wall(60, StartBand.OFF),
    runs=StateSet(categories=(StateCategory.NEW,)),
    stops=StateSet(categories=tuple(StateCategory)[1:]),
    resumes=False,
)
AGAIN = RESPOND.model_copy(
    update={
        "stops": StateSet(categories=(StateCategory.WORKING, StateCategory.WAITING)),
        "void": StateSet(categories=(StateCategory.RESOLVED, StateCategory.CLOSED)),
        "restarts": StateSet(categories=(StateCategory.NEW,)),
    }
)
"""A response that what ends by itself credits to nobody, and that the next round asks anew."""
MET, MISSED = Outcome.MET, Outcome.MISSED
CLOCKS = (
    clock(),
    clock(wall(120)),
    RESPOND,
    AGAIN,
    clock(wall(600, StartBand.WORKING), wall(900, StartBand.OFF), band=BandRule.LONGEST),
)

STATES = {
    "new": "new",
    "in-work": "working",
    "waiting-vendor": "waiting",
    "resolved": "resolved",
    "closed": "closed",
}
clocks = st.sampled_from(CLOCKS)


def log(*entries: tuple[str, str]) -> tuple[LogEntry, ...]:
    return tuple(LogEntry(local(at), state, STATES[state]) for at, state in entries)


@st.composite
def logs(draw: st.DrawFn) -> tuple[LogEntry, ...]:
    """Logs that begin with `new`; equal moments happen too."""
    at = draw(moments)
    entries = [LogEntry(at, "new", "new")]
    for _ in range(draw(st.integers(0, 7))):
        at += draw(st.sampled_from([timedelta(), timedelta(minutes=7), hours(5), hours(70)]))
        state = draw(st.sampled_from(sorted(STATES)))
        entries.append(LogEntry(at, state, STATES[state]))
    return tuple(entries)


@given(logs(), clocks, calendars, durations, durations)
def test_elapsed_time_never_decreases(
    entries: tuple[LogEntry, ...],
    which: Clock,
    calendar: Calendar,
    first: timedelta,
    second: timedelta,
) -> None:
    start = entries[0].at
    early = evaluate(entries, which, calendar, start + min(first, second))
    late = evaluate(entries, which, calendar, start + max(first, second))
    assert early.elapsed <= late.elapsed


@given(logs(), st.sampled_from([clock(), clock(wall(120))]), calendars, durations)
def test_a_pause_that_ends_at_once_changes_nothing(
    entries: tuple[LogEntry, ...], which: Clock, calendar: Calendar, after: timedelta
) -> None:
    at = entries[0].at + after
    standing = [entry for entry in entries if entry.at <= at][-1]
    blink = (
        *(entry for entry in entries if entry.at <= at),
        LogEntry(at, "waiting-vendor", "waiting"),
        LogEntry(at, standing.state, standing.category),
        *(entry for entry in entries if entry.at > at),
    )
    plain = evaluate(entries, which, calendar, at + hours(200))
    paused = evaluate(blink, which, calendar, at + hours(200))
    if standing.category in ("new", "working"):
        assert (paused.elapsed, paused.due_at, paused.yellow_at, paused.red_at) == (
            plain.elapsed,
            plain.due_at,
            plain.yellow_at,
            plain.red_at,
        )


@given(logs(), clocks, calendars, durations)
def test_splitting_an_interval_changes_nothing(
    entries: tuple[LogEntry, ...], which: Clock, calendar: Calendar, after: timedelta
) -> None:
    at = entries[0].at + after
    standing = [entry for entry in entries if entry.at <= at][-1]
    split = (
        *(entry for entry in entries if entry.at <= at),
        LogEntry(at, standing.state, standing.category),
        *(entry for entry in entries if entry.at > at),
    )
    end = at + hours(200)
    assert evaluate(split, which, calendar, end) == evaluate(entries, which, calendar, end)


@given(logs(), clocks, calendars)
def test_replay_equals_what_was_read_on_the_way(
    entries: tuple[LogEntry, ...], which: Clock, calendar: Calendar
) -> None:
    for count, entry in enumerate(entries, start=1):
        known = entries[:count]
        if count < len(entries) and entries[count].at == entry.at:
            continue
        on_the_way = evaluate(known, which, calendar, entry.at)
        assert on_the_way == evaluate(entries, which, calendar, entry.at)


@given(logs(), calendars, durations)
def test_a_new_target_reads_the_whole_log(
    entries: tuple[LogEntry, ...], calendar: Calendar, after: timedelta
) -> None:
    """What is left under the new rule is its duration less all that was consumed under it."""
    at = entries[0].at + after
    before = evaluate(entries, clock(wall(600)), calendar, at)
    moved = evaluate(entries, clock(wall(120)), calendar, at)
    assert moved.elapsed == before.elapsed
    assert moved.started_at == before.started_at
    assert moved.remaining == hours(2) - before.elapsed


@given(logs(), clocks, calendars, durations)
def test_stored_instants_give_the_colour_at_any_later_moment(
    entries: tuple[LogEntry, ...], which: Clock, calendar: Calendar, later: timedelta
) -> None:
    stored = evaluate(entries, which, calendar, entries[-1].at)
    then = entries[-1].at + later
    assert rules.colour_at(stored, then) == evaluate(entries, which, calendar, then).colour


@given(logs(), clocks, calendars)
def test_thresholds_come_in_order(
    entries: tuple[LogEntry, ...], which: Clock, calendar: Calendar
) -> None:
    reading = evaluate(entries, which, calendar, entries[-1].at)
    passed = [instant for instant in (reading.yellow_at, reading.red_at, reading.due_at) if instant]
    assert passed == sorted(passed)
    assert reading.due_at is None or reading.red_at is not None


# Named traps


def test_a_pause_over_the_weekend_moves_the_end_by_working_time_only() -> None:
    """Paused Friday 17:00, resumed Monday 9:00: two working hours were paused, not 64."""
    entries = log(
        ("2026-11-19 08:00", "new"),
        ("2026-11-20 17:00", "waiting-vendor"),
        ("2026-11-23 09:00", "in-work"),
    )
    reading = evaluate(entries, clock(), HOSPITAL, local("2026-11-23 09:00"))
    assert reading.elapsed == hours(19)
    assert reading.due_at == local("2026-11-23 10:00")


def test_a_pause_inside_lunch_costs_nothing() -> None:
    entries = log(
        ("2026-11-23 11:00", "new"),
        ("2026-11-23 12:10", "waiting-vendor"),
        ("2026-11-23 13:50", "in-work"),
    )
    with_pause = evaluate(entries, clock(), WITH_LUNCH, local("2026-11-23 16:00"))
    without = evaluate(entries[:1], clock(), WITH_LUNCH, local("2026-11-23 16:00"))
    assert with_pause.elapsed == without.elapsed == hours(3)
    assert with_pause.due_at == without.due_at


def test_a_ticket_opened_at_lunch_starts_to_count_after_it() -> None:
    entries = log(("2026-11-23 12:30", "new"))
    reading = evaluate(entries, clock(), WITH_LUNCH, local("2026-11-23 15:00"))
    assert reading.elapsed == hours(1)


def test_the_clock_does_not_run_over_a_holiday() -> None:
    entries = log(("2026-09-30 16:00", "new"))
    reading = evaluate(entries, clock(), HOSPITAL, local("2026-10-05 12:00"))
    assert (reading.elapsed, reading.colour) == (hours(2), Colour.GREEN)
    assert reading.due_at == local("2026-10-09 16:00")


def test_a_report_at_ten_to_six_keeps_its_half_hour_across_closing_time() -> None:
    entries = log(("2026-11-23 17:50", "new"))
    reading = evaluate(entries, RESPOND, HOSPITAL, local("2026-11-23 18:05"))
    assert reading.due_at == local("2026-11-23 18:20")
    assert reading.colour is Colour.YELLOW


def test_a_report_in_the_evening_has_an_hour_even_on_a_make_up_day() -> None:
    entries = log(("2026-10-10 19:00", "new"))
    reading = evaluate(entries, RESPOND, HOSPITAL, local("2026-10-10 19:00"))
    assert reading.due_at == local("2026-10-10 20:00")


def test_the_longer_band_applies_where_the_policy_says_so() -> None:
    longest = CLOCKS[-1]
    short = evaluate(log(("2026-11-23 08:00", "new")), longest, HOSPITAL, local("2026-11-23 08:00"))
    assert short.due_at == local("2026-11-23 18:00")
    crossing = evaluate(
        log(("2026-11-23 09:00", "new")), longest, HOSPITAL, local("2026-11-23 09:00")
    )
    assert crossing.due_at == local("2026-11-24 00:00")


def test_a_reopened_ticket_counts_on_where_it_stopped() -> None:
    entries = log(
        ("2026-11-23 08:00", "new"),
        ("2026-11-23 13:00", "resolved"),
        ("2026-11-24 08:00", "in-work"),
    )
    resolved = evaluate(entries, clock(), HOSPITAL, local("2026-11-23 17:00"))
    assert (resolved.outcome, resolved.colour, resolved.elapsed) == (
        Outcome.MET,
        Colour.NONE,
        hours(5),
    )
    reopened = evaluate(entries, clock(), HOSPITAL, local("2026-11-24 08:00"))
    assert (reopened.outcome, reopened.stopped_at, reopened.elapsed) == (None, None, hours(5))
    assert reopened.due_at == local("2026-11-25 13:00")


def test_the_respond_clock_does_not_start_again_when_a_ticket_goes_back_to_new() -> None:
    entries = log(
        ("2026-11-23 08:00", "new"), ("2026-11-23 08:10", "in-work"), ("2026-11-23 10:00", "new")
    )
    reading = evaluate(entries, RESPOND, HOSPITAL, local("2026-11-23 18:00"))
    assert (reading.outcome, reading.stopped_at) == (Outcome.MET, local("2026-11-23 08:10"))


def test_what_ends_by_itself_in_time_is_no_response_and_later_is_a_missed_one() -> None:
    opened = ("2026-11-23 08:00", "new")
    for ended, outcome in (("08:10", Outcome.VOID), ("08:30", Outcome.VOID), ("08:31", MISSED)):
        entries = log(opened, (f"2026-11-23 {ended}", "resolved"))
        reading = evaluate(entries, AGAIN, HOSPITAL, local("2026-11-23 18:00"))
        assert (reading.outcome, reading.colour) == (outcome, Colour.NONE)


def test_the_same_trouble_again_starts_the_response_anew_and_its_first_result_stays() -> None:
    entries = log(
        ("2026-11-23 08:00", "new"),
        ("2026-11-23 08:10", "in-work"),
        ("2026-11-23 09:00", "resolved"),
        ("2026-11-23 19:00", "new"),
    )
    first, second = rules.evaluate(entries, AGAIN, HOSPITAL, local("2026-11-23 19:40"))
    assert (first.round, first.outcome, first.stopped_at) == (1, MET, local("2026-11-23 08:10"))
    assert (second.round, second.started_at) == (2, local("2026-11-23 19:00"))
    assert (second.target, second.due_at) == (hours(1), local("2026-11-23 20:00"))
    assert (second.outcome, second.colour) == (None, Colour.YELLOW)


@given(logs(), calendars)
def test_a_round_that_is_over_reads_the_same_whatever_comes_later(
    entries: tuple[LogEntry, ...], calendar: Calendar
) -> None:
    """Each round is that of a log which ends where the next begins."""
    entries = tuple({entry.at: entry for entry in entries}.values())
    whole = rules.evaluate(entries, AGAIN, calendar, entries[-1].at)
    for earlier, later in pairwise(whole):
        known = tuple(entry for entry in entries if entry.at < later.started_at)
        assert earlier == rules.evaluate(known, AGAIN, calendar, entries[-1].at)[-1]
        assert earlier.outcome is not None
        assert earlier.stopped_at is not None
        assert earlier.stopped_at <= later.started_at


@given(logs(), clocks, calendars)
def test_a_void_clock_was_not_overdue(
    entries: tuple[LogEntry, ...], which: Clock, calendar: Calendar
) -> None:
    for reading in rules.evaluate(entries, which, calendar, entries[-1].at):
        if reading.outcome is Outcome.VOID:
            assert reading.remaining >= timedelta()
            assert reading.stopped_at is not None
            told = [entry for entry in entries if entry.at == reading.stopped_at]
            assert any(which.course(entry.state, entry.category) is Course.VOID for entry in told)


def test_a_state_by_its_name_goes_before_its_category() -> None:
    desk = clock(
        wall(60),
        runs=StateSet(categories=(StateCategory.NEW, StateCategory.WORKING)),
        stops=StateSet(states=("on-site",)),
        resumes=False,
    )
    assert desk.course("on-site", "working") is Course.STOPS
    assert desk.course("in-work", "working") is Course.RUNS
    assert desk.course("waiting-vendor", "waiting") is Course.PAUSES


def test_a_ticket_accepted_in_the_moment_it_opens_has_responded() -> None:
    entries = log(("2026-11-23 08:00", "new"), ("2026-11-23 08:00", "in-work"))
    reading = evaluate(entries, RESPOND, HOSPITAL, local("2026-11-23 18:00"))
    assert (reading.outcome, reading.elapsed) == (Outcome.MET, timedelta())


def test_a_higher_level_in_the_middle_counts_what_has_passed() -> None:
    """Three hours into a ten-hour promise the level rises to two hours: overdue since 10:00."""
    entries = log(("2026-11-23 08:00", "new"))
    at = local("2026-11-23 11:00")
    assert evaluate(entries, clock(wall(600)), HOSPITAL, at).colour is Colour.GREEN
    raised = evaluate(entries, clock(wall(120)), HOSPITAL, at)
    assert (raised.colour, raised.due_at) == (Colour.BLACK, local("2026-11-23 10:00"))


def test_colours_change_exactly_at_their_instants() -> None:
    entries = log(("2026-11-23 08:00", "new"))
    reading = evaluate(entries, clock(wall(120)), HOSPITAL, local("2026-11-23 08:00"))
    instant = timedelta(microseconds=1)
    seen = [
        (rules.colour_at(reading, moment - instant), rules.colour_at(reading, moment))
        for moment in (reading.yellow_at, reading.red_at, reading.due_at)
        if moment
    ]
    assert seen == [
        (Colour.GREEN, Colour.YELLOW),
        (Colour.YELLOW, Colour.RED),
        (Colour.RED, Colour.BLACK),
    ]


def test_red_may_be_minutes_left() -> None:
    thirty_left = clock(two_days(), red=Threshold(left=timedelta(minutes=30)))
    entries = log(("2026-11-23 08:00", "new"))
    reading = evaluate(entries, thirty_left, HOSPITAL, local("2026-11-23 08:00"))
    assert reading.red_at == local("2026-11-24 17:30")


def test_paused_is_grey_with_its_time_kept_but_overdue_stays_black() -> None:
    entries = log(("2026-11-23 08:00", "new"), ("2026-11-23 12:00", "waiting-vendor"))
    week_later = local("2026-11-30 12:00")
    grey = evaluate(entries, clock(), HOSPITAL, week_later)
    assert (grey.colour, grey.remaining, grey.due_at) == (Colour.GREY, hours(16), None)
    assert grey.paused_since == local("2026-11-23 12:00")
    black = evaluate(entries, clock(wall(120)), HOSPITAL, week_later)
    assert black.colour is Colour.BLACK


def test_resolved_after_hours_of_the_last_day_is_late_by_the_evening() -> None:
    """The promise ended Tuesday at closing time; an evening consumes nothing but is too late."""
    entries = log(("2026-11-23 08:00", "new"), ("2026-11-24 19:00", "resolved"))
    reading = evaluate(entries, clock(), HOSPITAL, local("2026-11-24 20:00"))
    assert (reading.due_at, reading.outcome) == (local("2026-11-24 18:00"), Outcome.MISSED)


def test_a_clock_that_never_ran_reads_nothing() -> None:
    entries = log(("2026-11-23 08:00", "resolved"))
    assert rules.evaluate(entries, clock(), HOSPITAL, local("2026-11-23 09:00")) == ()
    assert rules.evaluate_all(entries, CLOCKS, HOSPITAL, local("2026-11-23 09:00")) == ()


def test_a_promise_that_reaches_into_an_unlisted_year_says_so() -> None:
    entries = log(("2026-12-31 16:00", "new"))
    reading = evaluate(entries, clock(), HOSPITAL, local("2026-12-31 16:00"))
    assert reading.unlisted_year == 2027


def test_the_worst_clock_colours_the_whole() -> None:
    assert rules.worst((Colour.GREY, Colour.YELLOW, Colour.NONE)) is Colour.YELLOW
    assert rules.worst(()) is Colour.NONE


def test_a_span_must_lie_in_its_day() -> None:
    with pytest.raises(ValueError, match="one day"):
        Span(600, 500)
