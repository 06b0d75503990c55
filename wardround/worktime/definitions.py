"""The kinds of definition this room understands: calendars, holiday lists and SLA policies.

Bodies arrive checked against the JSON-schema; what a schema cannot say, reading finds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wardround.schema.kinds import BadDefinition, DefinitionKind
from wardround.schema.lifecycle import StateCategory
from wardround.schema.shapes import LABEL_SCHEMA
from wardround.schema.types import Label, Problem, Reference
from wardround.worktime.types import (
    MINUTES_A_DAY,
    BandRule,
    Calendar,
    Clock,
    CountedOn,
    HolidayList,
    Length,
    SlaPolicy,
    SlaTarget,
    Span,
    StartBand,
    StateSet,
    Threshold,
)

CALENDAR = "calendar"
HOLIDAY_LIST = "holiday-list"
SLA_POLICY = "sla-policy"

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_CLOCK_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]"
_SPANS = {
    "type": "array",
    "items": {"type": "string", "pattern": f"^{_CLOCK_TIME}-({_CLOCK_TIME}|24:00)$"},
}
_NAME = {"type": "string", "pattern": "^[a-z][a-z0-9_-]{0,49}$"}
_LENGTH = {"type": "string", "pattern": r"^\d{1,4}(wd|d|h|m)( \d{1,4}(d|h|m))*$"}
_DAY = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_STATES = {
    "type": "object",
    "additionalProperties": False,
    "minProperties": 1,
    "properties": {
        "states": {"type": "array", "items": _NAME, "uniqueItems": True},
        "categories": {
            "type": "array",
            "items": {"enum": [str(category) for category in StateCategory]},
            "uniqueItems": True,
        },
    },
}
_THRESHOLD = {"type": "string", "pattern": r"^(\d{1,2}(\.\d+)?%|\d{1,4}(d|h|m) left)$"}

CALENDAR_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["label", "zone", "week"],
    "additionalProperties": False,
    "properties": {
        "label": LABEL_SCHEMA,
        "zone": {"type": "string"},
        "week": {
            "type": "object",
            "additionalProperties": False,
            "properties": dict.fromkeys(WEEKDAYS, _SPANS),
        },
        "make_up": _SPANS,
        "day": _LENGTH,
        "holidays": _NAME,
    },
}

HOLIDAY_LIST_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["region", "year", "days_off", "working_days"],
    "additionalProperties": False,
    "properties": {
        "label": LABEL_SCHEMA,
        "region": _NAME,
        "year": {"type": "integer", "minimum": 2000, "maximum": 2199},
        "source": {"type": "string"},
        "days_off": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["from", "to"],
                "additionalProperties": False,
                "properties": {"from": _DAY, "to": _DAY, "label": LABEL_SCHEMA},
            },
        },
        "working_days": {"type": "array", "items": _DAY, "uniqueItems": True},
    },
}

SLA_POLICY_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["label", "calendar", "clocks"],
    "additionalProperties": False,
    "properties": {
        "label": LABEL_SCHEMA,
        "calendar": _NAME,
        "clocks": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["name", "label", "runs", "stops", "targets"],
                "additionalProperties": False,
                "properties": {
                    "name": _NAME,
                    "label": LABEL_SCHEMA,
                    "runs": _STATES,
                    "stops": _STATES,
                    "resumes": {"type": "boolean"},
                    "band": {"enum": [str(rule) for rule in BandRule]},
                    "yellow": _THRESHOLD,
                    "red": _THRESHOLD,
                    "targets": {
                        "type": "array",
                        "minItems": 1,
                        "items": {
                            "type": "object",
                            "required": ["within", "counted_on"],
                            "additionalProperties": False,
                            "properties": {
                                "start": {"enum": [str(band) for band in StartBand]},
                                "within": _LENGTH,
                                "counted_on": {"enum": [str(kind) for kind in CountedOn]},
                            },
                        },
                    },
                },
            },
        },
    },
}


# Reading -----------------------------------------------------------------------------------------


def parse_calendar(body: Mapping[str, Any]) -> Calendar:
    """A calendar without its holiday lists; `with_lists` adds those of its region."""
    _refuse(_calendar_problems(body))
    week = tuple(_spans(body["week"].get(day, ())) for day in WEEKDAYS)
    usual = next((spans for spans in week if spans), ())
    make_up = _spans(body["make_up"]) if "make_up" in body else usual
    minutes = sum(span.end - span.start for span in usual)
    day = parse_length(body["day"]).exact if "day" in body else timedelta(minutes=minutes)
    return Calendar(
        name=body.get("name", ""),
        zone=body["zone"],
        week=week,
        make_up=make_up,
        day=day,
        region=body.get("holidays", ""),
    )


def with_lists(calendar: Calendar, lists: Iterable[HolidayList], *, version: str = "") -> Calendar:
    """The calendar with the lists of its region, by year."""
    own = (each for each in lists if each.region == calendar.region)
    return replace(calendar, lists=tuple(sorted(own, key=lambda each: each.year)), version=version)


def parse_holiday_list(body: Mapping[str, Any]) -> HolidayList:
    _refuse(_holiday_list_problems(body))
    days_off = (
        day
        for stretch in body["days_off"]
        for day in _days(date.fromisoformat(stretch["from"]), date.fromisoformat(stretch["to"]))
    )
    return HolidayList(
        name=body.get("name", ""),
        region=body["region"],
        year=body["year"],
        days_off=frozenset(days_off),
        working_days=frozenset(date.fromisoformat(day) for day in body["working_days"]),
        source=body.get("source", ""),
    )


def parse_sla_policy(body: Mapping[str, Any]) -> SlaPolicy:
    _refuse(_sla_policy_problems(body))
    label = Label.parse(body["label"])
    return SlaPolicy(
        name=body.get("name", ""),
        calendar=body["calendar"],
        clocks=tuple(_clock(each) for each in body["clocks"]),
        label_zh=label.zh,
        label_en=label.en,
    )


def _clock(body: Mapping[str, Any]) -> Clock:
    label = Label.parse(body["label"])
    return Clock(
        name=body["name"],
        runs=_state_set(body["runs"]),
        stops=_state_set(body["stops"]),
        targets=tuple(_target(each) for each in body["targets"]),
        resumes=body.get("resumes", False),
        band=BandRule(body.get("band", BandRule.FIXED)),
        yellow=_threshold(body.get("yellow", "50%")),
        red=_threshold(body.get("red", "75%")),
        label_zh=label.zh,
        label_en=label.en,
    )


def _target(body: Mapping[str, Any]) -> SlaTarget:
    return SlaTarget(
        start_band=StartBand(body.get("start", StartBand.ANY)),
        within=parse_length(body["within"]),
        counted_on=CountedOn(body["counted_on"]),
    )


def _state_set(body: Mapping[str, Any]) -> StateSet:
    return StateSet(frozenset(body.get("states", ())), frozenset(body.get("categories", ())))


_UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}


def parse_length(text: str) -> Length:
    """`30m`, `1h 30m`, `7d`, or `2wd` for working days of the calendar."""
    length = Length()
    for number, unit in re.findall(r"(\d+)(wd|d|h|m)", text):
        if unit == "wd":
            length = replace(length, working_days=length.working_days + int(number))
        else:
            length = replace(length, exact=length.exact + int(number) * _UNITS[unit])
    return length


def _threshold(text: str) -> Threshold:
    if text.endswith("%"):
        return Threshold(share=float(Fraction(text.removesuffix("%")) / 100))
    return Threshold(left=parse_length(text.removesuffix(" left")).exact)


def _spans(texts: Sequence[str]) -> tuple[Span, ...]:
    pairs = sorted(_minutes(text) for text in texts)
    return tuple(Span(start, end) for start, end in pairs)


def _minutes(text: str) -> tuple[int, int]:
    start, end = (moment.split(":") for moment in text.split("-"))
    return int(start[0]) * 60 + int(start[1]), int(end[0]) * 60 + int(end[1])


def _days(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


# Checking ----------------------------------------------------------------------------------------


def _calendar_problems(body: Mapping[str, Any]) -> Iterator[Problem]:
    """Zones nobody knows; spans that end before they begin or overlap."""
    if not _known_zone(body["zone"]):
        details = {"name": body["zone"]}
        yield Problem(("zone",), "there is no time zone “%(name)s”", details, found=body["zone"])
    for day, texts in body["week"].items():
        yield from _check_spans(("week", day), texts)
    yield from _check_spans(("make_up",), body.get("make_up", ()))


def _known_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True


def _check_spans(path: tuple[str | int, ...], texts: Sequence[str]) -> Iterator[Problem]:
    taken = [False] * MINUTES_A_DAY
    for index, text in enumerate(texts):
        start, end = _minutes(text)
        if start >= end:
            yield Problem((*path, index), "the span ends before it begins", found=text)
        elif any(taken[start:end]):
            yield Problem((*path, index), "the span overlaps another one", found=text)
        taken[start:end] = [True] * max(end - start, 0)


def _holiday_list_problems(body: Mapping[str, Any]) -> Iterator[Problem]:
    """Stretches that end before they begin, and days far from the list's year."""
    for index, stretch in enumerate(body["days_off"]):
        if stretch["from"] > stretch["to"]:
            found = f"{stretch['from']} … {stretch['to']}"
            yield Problem(("days_off", index), "the days off end before they begin", found=found)
        yield from _check_year(("days_off", index, "from"), stretch["from"], body["year"])
    for index, day in enumerate(body["working_days"]):
        yield from _check_year(("working_days", index), day, body["year"])


def _check_year(path: tuple[str | int, ...], day: str, year: int) -> Iterator[Problem]:
    """A list may reach some days into its neighbours, not further."""
    if not _is_date(day):
        yield Problem(path, "there is no such day", found=day)
    elif not date(year - 1, 12, 1) <= date.fromisoformat(day) <= date(year + 1, 1, 31):
        yield Problem(path, "the day does not belong to the year %(year)s", {"year": year}, day)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _sla_policy_problems(body: Mapping[str, Any]) -> Iterator[Problem]:
    """Two clocks of one name; a state in which a clock both runs and stops; a missing band."""
    names: set[str] = set()
    for index, clock in enumerate(body["clocks"]):
        path = ("clocks", index)
        if clock["name"] in names:
            details = {"name": clock["name"]}
            yield Problem((*path, "name"), "two clocks are called “%(name)s”", details)
        names.add(clock["name"])
        yield from _check_clock(path, clock)


def _check_clock(path: tuple[str | int, ...], clock: Mapping[str, Any]) -> Iterator[Problem]:
    for key in ("states", "categories"):
        for name in sorted(set(clock["runs"].get(key, ())) & set(clock["stops"].get(key, ()))):
            message = "the clock both runs and stops in “%(name)s”"
            yield Problem((*path, "stops", key), message, {"name": name}, found=name)
    bands = {target.get("start", "any") for target in clock["targets"]}
    if "any" not in bands and bands != {"working", "off"}:
        expected = "any, or both working and off"
        yield Problem((*path, "targets"), "a start band has no target", expected=expected)
    if len(bands) < len(clock["targets"]):
        yield Problem((*path, "targets"), "two targets are for the same start band")


def _policy_references(policy: SlaPolicy) -> Iterator[Reference]:
    yield Reference(("calendar",), CALENDAR, policy.calendar)


def _refuse(problems: Iterable[Problem]) -> None:
    found = tuple(problems)
    if found:
        raise BadDefinition(*found)


KINDS: tuple[DefinitionKind[Any], ...] = (
    DefinitionKind(
        name=HOLIDAY_LIST,
        label=Label("节假日安排", "Holiday list"),
        schema=HOLIDAY_LIST_SCHEMA,
        parse=parse_holiday_list,
    ),
    DefinitionKind(
        name=CALENDAR,
        label=Label("工作日历", "Calendar"),
        schema=CALENDAR_SCHEMA,
        parse=parse_calendar,
    ),
    DefinitionKind(
        name=SLA_POLICY,
        label=Label("服务级别协议", "SLA policy"),
        schema=SLA_POLICY_SCHEMA,
        parse=parse_sla_policy,
        named=_policy_references,
    ),
)
