"""The kinds of definition this room understands: calendars, holiday lists and SLA policies.

What a pack says of calendars and lists is declared here and turned into the values of `types`
that arithmetic uses; policies are declared there, as rules read them as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property
from itertools import combinations
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext_noop as _
from pydantic import Field, StringConstraints

from wardround.schema import kinds
from wardround.schema.declarations import (
    LABEL_KEY,
    Day,
    Declaration,
    Key,
    LabelField,
    MadeFrom,
    Part,
    Period,
    Unique,
    refusal,
)
from wardround.schema.kinds import DefinitionKind, DefinitionView
from wardround.schema.lifecycle import LifeCycle
from wardround.schema.suggestions import unknown
from wardround.schema.types import Label, Path, Problem
from wardround.worktime.types import (
    MINUTES_A_DAY,
    Calendar,
    Clock,
    HolidayList,
    ShortName,
    SlaPolicy,
    Span,
    StartBand,
    StateSet,
)

CALENDAR = "calendar"
HOLIDAY_LIST = "holiday-list"
SLA_POLICY = "sla-policy"


# Calendars


def _span(text: str) -> Span:
    hours = [moment.split(":") for moment in text.split("-")]
    start, end = (int(hour) * 60 + int(minute) for hour, minute in hours)
    if start >= end:
        raise refusal(_("the span ends before it begins"), found=text)
    return Span(start, end)


_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]"
_WRITTEN_SPAN = Annotated[str, StringConstraints(pattern=f"^{_TIME}-({_TIME}|24:00)$")]
Spans = tuple[Annotated[Span, MadeFrom(_WRITTEN_SPAN, _span)], ...]


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        message = _("there is no time zone “%(name)s”")
        raise refusal(message, {"name": name}, found=name) from None
    return name


def _weekday(zh: str, en: str) -> Key:
    return Key(
        zh, en, f"{zh}的工作时间；不写为休息。", f"Working time on {en}s; none if not given."
    )


class Week(Part):
    """Working spans such as `08:00-18:00` by weekday."""

    monday: Annotated[Spans, _weekday("星期一", "Monday")] = ()
    tuesday: Annotated[Spans, _weekday("星期二", "Tuesday")] = ()
    wednesday: Annotated[Spans, _weekday("星期三", "Wednesday")] = ()
    thursday: Annotated[Spans, _weekday("星期四", "Thursday")] = ()
    friday: Annotated[Spans, _weekday("星期五", "Friday")] = ()
    saturday: Annotated[Spans, _weekday("星期六", "Saturday")] = ()
    sunday: Annotated[Spans, _weekday("星期日", "Sunday")] = ()

    @property
    def days(self) -> tuple[tuple[Span, ...], ...]:
        """The spans of each day in their order, Monday first."""
        working, weekend = (
            (self.monday, self.tuesday, self.wednesday, self.thursday, self.friday),
            (self.saturday, self.sunday),
        )
        return tuple(tuple(sorted(spans)) for spans in (*working, *weekend))


WEEKDAYS = tuple(Week.model_fields)


class DeclaredCalendar(Declaration):
    """When people work, as a pack says it."""

    label: Annotated[LabelField, LABEL_KEY]
    zone: Annotated[
        Annotated[str, MadeFrom(str, _zone)],
        Key(
            "时区", "Zone", "时区名称，如 Asia/Shanghai。", "Its time zone, such as Asia/Shanghai."
        ),
    ]
    week: Annotated[Week, Key("每周", "Week", "各星期几的工作时间。", "Working time by weekday.")]
    make_up: Annotated[
        Spans | None,
        Key(
            "补班日",
            "Make up",
            "补班日的工作时间；不写与第一个工作日相同。",
            "Working time of a make-up day; that of the first working weekday if not given.",
        ),
    ] = None
    day: Annotated[
        Period | None,
        Key(
            "工作日时长",
            "Day",
            "协议中一个工作日（1wd）等于多长；不写与第一个工作日相同。",
            "What one working day of an agreement amounts to; that of the first if not given.",
        ),
    ] = None
    holidays: Annotated[
        ShortName,
        Key(
            "节假日地区",
            "Holidays",
            "采用哪个地区的节假日安排。",
            "The region whose holiday lists correct it.",
        ),
    ] = ""

    @cached_property
    def calendar(self) -> Calendar:
        """The calendar without its holiday lists; `with_lists` adds those of its region."""
        week = self.week.days
        usual = next((spans for spans in week if spans), ())
        minutes = sum(span.end - span.start for span in usual)
        return Calendar(
            name=self.name,
            zone=self.zone,
            week=week,
            make_up=usual if self.make_up is None else tuple(sorted(self.make_up)),
            day=timedelta(minutes=minutes) if self.day is None else self.day,
            region=self.holidays,
        )


def with_lists(
    declared: DeclaredCalendar, lists: Iterable[DeclaredHolidays], *, version: str = ""
) -> Calendar:
    """The calendar with the lists of its region, by year."""
    own = (holidays.published for holidays in lists if holidays.region == declared.holidays)
    ordered = tuple(sorted(own, key=lambda holidays: holidays.year))
    return replace(declared.calendar, lists=ordered, version=version)


def _check_calendar(declared: DeclaredCalendar, others: DefinitionView) -> Iterator[Problem]:
    for weekday in WEEKDAYS:
        yield from _check_spans(getattr(declared.week, weekday), ("week", weekday))
    if not any(declared.week.days):
        yield Problem(("week",), _("nobody ever works: a clock on it would never end"))
    elif declared.calendar.day <= timedelta():
        yield Problem(("day",), _("a working day has no length"))
    yield from _check_spans(declared.make_up or (), ("make_up",))
    regions = {published.region for published in others.all(HOLIDAY_LIST).values()}
    if declared.holidays and declared.holidays not in regions:
        message = _("there is no holiday list for the region “%(name)s”")
        yield unknown(("holidays",), message, declared.holidays, regions)


def _check_spans(spans: Sequence[Span], path: Path) -> Iterator[Problem]:
    taken = [False] * MINUTES_A_DAY
    for index, span in enumerate(spans):
        if any(taken[span.start : span.end]):
            yield Problem((*path, index), _("the span overlaps another one"))
        taken[span.start : span.end] = [True] * (span.end - span.start)


# Holiday lists


class DaysOff(Part):
    """A stretch of days off, both ends included."""

    first: Annotated[Day, Field(alias="from"), Key("从", "From", "第一天。", "The first day off.")]
    last: Annotated[Day, Field(alias="to"), Key("到", "To", "最后一天。", "The last day off.")]
    label: Annotated[LabelField | None, LABEL_KEY] = None

    def days(self) -> Iterator[date]:
        for offset in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=offset)


class DeclaredHolidays(Declaration):
    """The days off and the make-up working days that a government published for one year."""

    label: Annotated[LabelField | None, LABEL_KEY] = None
    region: Annotated[
        ShortName,
        Key("地区", "Region", "适用的地区，日历以此引用。", "Where it holds; calendars name it."),
    ]
    year: Annotated[
        int, Field(ge=2000, le=2199), Key("年份", "Year", "哪一年的安排。", "The year it is for.")
    ]
    source: Annotated[
        str, Key("出处", "Source", "公布的文件。", "The notice that published it.")
    ] = ""
    days_off: Annotated[
        tuple[DaysOff, ...], Key("放假", "Days off", "放假的日子。", "The days off.")
    ]
    working_days: Annotated[
        tuple[Day, ...],
        Unique(),
        Key("补班", "Working days", "补班的日子。", "Days that make up for days off."),
    ]

    @cached_property
    def published(self) -> HolidayList:
        return HolidayList(
            name=self.name,
            region=self.region,
            year=self.year,
            days_off=frozenset(day for stretch in self.days_off for day in stretch.days()),
            working_days=frozenset(self.working_days),
            source=self.source,
        )


def _check_holidays(declared: DeclaredHolidays, others: DefinitionView) -> Iterator[Problem]:
    """Stretches that end before they begin, days far from the list's year, days both off and
    working, and a second list for the region's year.
    """
    yield from _check_only_list(declared, others)
    for index, day in enumerate(declared.working_days):
        if any(stretch.first <= day <= stretch.last for stretch in declared.days_off):
            message = _("the day is both off and working")
            yield Problem(("working_days", index), message, found=str(day))
    for index, stretch in enumerate(declared.days_off):
        if stretch.first > stretch.last:
            found = f"{stretch.first} … {stretch.last}"
            message = _("the days off end before they begin")
            yield Problem(("days_off", index), message, found=found)
        yield from _check_year(stretch.first, declared.year, ("days_off", index, "from"))
        yield from _check_year(stretch.last, declared.year, ("days_off", index, "to"))
    for index, day in enumerate(declared.working_days):
        yield from _check_year(day, declared.year, ("working_days", index))


def _check_only_list(declared: DeclaredHolidays, others: DefinitionView) -> Iterator[Problem]:
    lists: Mapping[str, DeclaredHolidays] = others.all(HOLIDAY_LIST)
    for name, other in lists.items():
        same = (other.region, other.year) == (declared.region, declared.year)
        if same and name < declared.name:
            message = _("“%(other)s” is already the list of %(region)s for %(year)s")
            told = {"other": name, "region": declared.region, "year": declared.year}
            yield Problem(("year",), message, told, found=str(declared.year))


def _check_year(day: date, year: int, path: Path) -> Iterator[Problem]:
    """A list may reach some days into its neighbours, not further."""
    if not date(year - 1, 12, 1) <= day <= date(year + 1, 1, 31):
        message = _("the day does not belong to the year %(year)s")
        yield Problem(path, message, {"year": year}, found=str(day))


# Policies


def _check_policy(policy: SlaPolicy, others: DefinitionView) -> Iterator[Problem]:
    """Two clocks of one name, and whatever is wrong with one of them."""
    states = others.once(_states)
    names: set[str] = set()
    for index, clock in enumerate(policy.clocks):
        path: Path = ("clocks", index)
        if clock.name in names:
            message = _("two clocks are called “%(name)s”")
            yield Problem((*path, "name"), message, {"name": clock.name}, found=clock.name)
        names.add(clock.name)
        yield from _check_states(clock, states, path)
        yield from _check_bands(clock, (*path, "targets"))
        yield from _check_lengths(clock, others.get(CALENDAR, policy.calendar), path)


def _states(others: DefinitionView) -> frozenset[str]:
    """The states of everything that has a life cycle."""
    return frozenset(
        state.name
        for kind in kinds.kind_names()
        for value in others.all(kind).values()
        if isinstance(value, LifeCycle)
        for state in value.states
    )


_PARTS = ("runs", "stops", "void")
"""The keys of a clock of which only one can hold a state."""


def _check_states(clock: Clock, known: frozenset[str], path: Path) -> Iterator[Problem]:
    for part in ("runs", "stops"):
        named: StateSet = getattr(clock, part)
        if not named.states and not named.categories:
            yield Problem((*path, part), _("name states or categories"), expected="categories")
    for part in (*_PARTS, "restarts"):
        for index, name in enumerate(getattr(clock, part).states):
            if known and name not in known:
                message = _("nothing has a state “%(name)s”")
                yield unknown((*path, part, "states", index), message, name, known)
    for key in ("states", "categories"):
        yield from _check_once(clock, key, path)
    yield from _check_restarts(clock, path)


def _check_once(clock: Clock, key: str, path: Path) -> Iterator[Problem]:
    """A state that means two things to a clock."""
    for first, second in combinations(_PARTS, 2):
        both = {*getattr(getattr(clock, first), key)} & {*getattr(getattr(clock, second), key)}
        for name in sorted(both):
            message = _("the clock has “%(name)s” under both “%(first)s” and “%(second)s”")
            told = {"name": str(name), "first": first, "second": second}
            yield Problem((*path, second, key), message, told, found=name)


def _check_restarts(clock: Clock, path: Path) -> Iterator[Problem]:
    """A clock begins anew only where it runs, and does not run on there as well."""
    for name in clock.restarts.states:
        named_elsewhere = name in clock.stops.states or name in clock.void.states
        if named_elsewhere or not (name in clock.runs.states or clock.runs.categories):
            message = _("the clock starts again in “%(name)s” but does not run there")
            yield Problem((*path, "restarts", "states"), message, {"name": name}, found=name)
    for category in clock.restarts.categories:
        if category not in clock.runs.categories:
            message = _("the clock starts again in “%(name)s” but does not run there")
            told = {"name": str(category)}
            yield Problem((*path, "restarts", "categories"), message, told, found=category)


def _check_bands(clock: Clock, path: Path) -> Iterator[Problem]:
    bands = {target.start_band for target in clock.targets}
    if StartBand.ANY not in bands and bands != {StartBand.WORKING, StartBand.OFF}:
        expected = "any, or both working and off"
        yield Problem(path, _("a start band has no target"), expected=expected)
    if len(bands) < len(clock.targets):
        yield Problem(path, _("two targets are for the same start band"))


def _check_lengths(
    clock: Clock, calendar: DeclaredCalendar | None, path: Path
) -> Iterator[Problem]:
    """A promise of no time at all, and colours that come in the wrong order."""
    for index, target in enumerate(clock.targets):
        within = target.within
        if not within.exact and not within.working_days:
            where = (*path, "targets", index, "within")
            yield Problem(where, _("promises no time at all"), expected="30m")
            continue
        if within.working_days and calendar is None:
            continue  # told as an unknown calendar
        length = within.on(calendar.calendar) if calendar else within.exact
        if clock.yellow.of(length) > clock.red.of(length):
            message = _("turns red before it turns yellow within %(length)s")
            yield Problem((*path, "yellow"), message, {"length": within.written()})
            return


KINDS: tuple[DefinitionKind[Any], ...] = (
    DefinitionKind(
        name=HOLIDAY_LIST,
        model=DeclaredHolidays,
        label=Label("节假日安排", "Holiday list"),
        about=Label(
            "某地区某一年公布的放假和补班。",
            "The days off and make-up days that were published for one region and year.",
        ),
        check=_check_holidays,
    ),
    DefinitionKind(
        name=CALENDAR,
        model=DeclaredCalendar,
        label=Label("工作日历", "Calendar"),
        about=Label("人们何时上班。", "When people work."),
        check=_check_calendar,
    ),
    DefinitionKind(
        name=SLA_POLICY,
        model=SlaPolicy,
        label=Label("服务级别协议", "SLA policy"),
        about=Label(
            "一份协议承诺的时限，由若干时钟计时。",
            "What an agreement promises, timed by its clocks.",
        ),
        check=_check_policy,
    ),
)
