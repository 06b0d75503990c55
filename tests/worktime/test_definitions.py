"""Calendars and SLA policies as packs bring them, and what is wrong with bad ones."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
import yaml

from wardround.schema.errors import BadDefinition
from wardround.schema.kinds import DefinitionKind, DefinitionView
from wardround.schema.types import Problem
from wardround.worktime import definitions, rules
from wardround.worktime.types import Calendar, CountedOn, Length, SlaPolicy, StartBand

SERVICE = Path(__file__).parents[2] / "packs" / "service"
KINDS: dict[str, DefinitionKind[Any]] = {kind.name: kind for kind in definitions.KINDS}


def shipped() -> list[dict[str, Any]]:
    files = sorted([*SERVICE.glob("calendars/*.yaml"), *SERVICE.glob("sla/*.yaml")])
    return [body for file in files for body in yaml.safe_load_all(file.read_text("utf-8"))]


def parsed(kind: str) -> dict[str, Any]:
    return {body["name"]: KINDS[kind].read(body) for body in shipped() if body["kind"] == kind}


def mistakes(kind: str, body: dict[str, Any]) -> list[Problem]:
    """What is wrong with a body beside everything that is shipped."""
    view = DefinitionView({name: parsed(name) for name in KINDS})
    try:
        value = KINDS[kind].read(body)
    except BadDefinition as refused:
        return list(refused.problems)
    return list(KINDS[kind].check(value, view))


def hospital() -> Calendar:
    return definitions.with_lists(parsed("calendar")["hospital"], parsed("holiday-list").values())


@pytest.mark.parametrize("body", shipped(), ids=lambda body: body["name"])
def test_what_is_shipped_fits_its_kind(body: dict[str, Any]) -> None:
    assert mistakes(body["kind"], body) == []


def test_holidays_and_make_up_days_agree_with_an_independent_source() -> None:
    calendar = hospital()
    day, wrong = date(2024, 1, 1), []
    while day <= date(2026, 12, 31):
        if bool(rules.spans_of(calendar, day)) != chinese_calendar.is_workday(day):
            wrong.append(day)
        day += timedelta(days=1)
    assert wrong == []


def test_the_agreement_promises_what_the_contract_says() -> None:
    policies: dict[str, SlaPolicy] = parsed("sla-policy")
    promised = {
        (name, clock.name, target.start_band): (
            target.within.on(hospital()),
            target.counted_on,
        )
        for name, policy in policies.items()
        for clock in policy.clocks
        for target in clock.targets
    }
    hour = timedelta(hours=1)
    any_band, wall, working = StartBand.ANY, CountedOn.WALL, CountedOn.CALENDAR
    for policy in policies:
        assert promised[policy, "respond", StartBand.WORKING] == (hour / 2, wall)
        assert promised[policy, "respond", StartBand.OFF] == (hour, wall)
    for policy in ("standard", "system-error"):
        assert promised[policy, "on_site", StartBand.WORKING] == (hour, wall)
        assert promised[policy, "on_site", StartBand.OFF] == (2 * hour, wall)
    assert promised["standard", "restore", any_band] == (20 * hour, working)
    assert promised["system-error", "restore", any_band] == (2 * hour, wall)
    assert promised["data-error", "restore", any_band] == (10 * hour, working)
    assert promised["requested-change", "deliver", any_band] == (7 * 24 * hour, wall)


def test_around_the_clock_never_stops() -> None:
    calendar = parsed("calendar")["around-the-clock"].calendar
    start = datetime(2026, 2, 16, 3, tzinfo=ZoneInfo("Asia/Shanghai"))
    week = timedelta(days=7)
    assert rules.working_time_between(calendar, start, start + week) == week
    assert rules.years_without_list(calendar, start, start + 100 * week) == ()


CALENDAR = {
    "name": "test",
    "label": {"zh": "测试", "en": "Test"},
    "zone": "Asia/Shanghai",
    "week": {"monday": ["08:00-12:00", "14:00-17:30"]},
}
LIST = {"name": "china-2026", "region": "china", "year": 2026, "days_off": [], "working_days": []}
CLOCK = {
    "name": "respond",
    "label": "响应",
    "runs": {"categories": ["new"]},
    "stops": {"categories": ["working"]},
    "targets": [{"within": "30m", "counted_on": "wall"}],
}
POLICY = {"name": "test", "label": "测试", "calendar": "test", "clocks": [CLOCK]}


@pytest.mark.parametrize(
    ("kind", "body", "where", "what"),
    [
        ("calendar", CALENDAR | {"zone": "Asia/Canton"}, "zone", "no time zone"),
        (
            "calendar",
            CALENDAR | {"week": {"monday": ["12:00-08:00"]}},
            "week.monday[0]",
            "ends before it begins",
        ),
        (
            "calendar",
            CALENDAR | {"week": {"monday": ["08:00-12:00", "11:00-13:00"]}},
            "week.monday[1]",
            "overlaps",
        ),
        (
            "holiday-list",
            LIST | {"days_off": [{"from": "2026-10-07", "to": "2026-10-01"}]},
            "days_off[0]",
            "end before they begin",
        ),
        (
            "holiday-list",
            LIST
            | {
                "days_off": [{"from": "2026-10-01", "to": "2026-10-07"}],
                "working_days": ["2026-10-07"],
            },
            "working_days[0]",
            "both off and working",
        ),
        ("holiday-list", LIST | {"working_days": ["2026-02-30"]}, "working_days[0]", "no such day"),
        (
            "holiday-list",
            LIST | {"working_days": ["2025-02-03"]},
            "working_days[0]",
            "does not belong to the year 2026",
        ),
        (
            "holiday-list",
            LIST | {"name": "ours-2026"},
            "year",
            "“china-2026” is already the list of china for 2026",
        ),
        ("calendar", CALENDAR | {"holidays": "chian"}, "holidays", "no holiday list"),
        (
            "sla-policy",
            POLICY | {"clocks": [CLOCK | {"runs": {}}]},
            "clocks[0].runs",
            "name states or categories",
        ),
        ("sla-policy", POLICY | {"clocks": [CLOCK, CLOCK]}, "clocks[1].name", "two clocks"),
        (
            "sla-policy",
            POLICY | {"clocks": [CLOCK | {"stops": {"categories": ["new"]}}]},
            "clocks[0].stops.categories",
            "under both “runs” and “stops”",
        ),
        (
            "sla-policy",
            POLICY
            | {
                "clocks": [
                    CLOCK | {"targets": [{"start": "off", "within": "1h", "counted_on": "wall"}]}
                ]
            },
            "clocks[0].targets",
            "start band has no target",
        ),
        ("calendar", CALENDAR | {"week": {}}, "week", "nobody ever works"),
        (
            "calendar",
            CALENDAR | {"week": {"monday": [], "sunday": []}},
            "week",
            "nobody ever works",
        ),
        ("calendar", CALENDAR | {"day": "0s"}, "day", "no length"),
        ("calendar", CALENDAR | {"label": {"zh": "", "en": " "}}, "label", "empty in both"),
        ("calendar", CALENDAR | {"label": " "}, "label", ""),
        (
            "sla-policy",
            POLICY
            | {
                "clocks": [
                    CLOCK
                    | {
                        "targets": [
                            {"start": "working", "within": "1h", "counted_on": "wall"},
                            {"start": "off", "within": "0h 0m", "counted_on": "wall"},
                        ]
                    }
                ]
            },
            "clocks[0].targets[1].within",
            "no time at all",
        ),
        (
            "sla-policy",
            POLICY | {"clocks": [CLOCK | {"void": {"categories": ["new"]}}]},
            "clocks[0].void.categories",
            "under both “runs” and “void”",
        ),
        (
            "sla-policy",
            POLICY | {"clocks": [CLOCK | {"restarts": {"categories": ["closed"]}}]},
            "clocks[0].restarts.categories",
            "does not run there",
        ),
        (
            "sla-policy",
            POLICY | {"clocks": [CLOCK | {"yellow": "75%", "red": "50%"}]},
            "clocks[0].yellow",
            "red before it turns yellow within 0h 30m",
        ),
        (
            "sla-policy",
            POLICY | {"clocks": [CLOCK | {"yellow": "10m left", "red": "50%"}]},
            "clocks[0].yellow",
            "red before it turns yellow",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(
    kind: str, body: dict[str, Any], where: str, what: str
) -> None:
    found = mistakes(kind, body)
    assert [(problem.dotted, what in problem.text()) for problem in found] == [(where, True)], found


def test_a_shape_that_does_not_fit_is_refused_before() -> None:
    found = mistakes("calendar", CALENDAR | {"wek": {}})
    assert [(problem.dotted, problem.suggestion) for problem in found] == [("wek", "week")]
    found = mistakes("calendar", CALENDAR | {"week": {"monday": ["8-12"], "mondey": []}})
    assert sorted((problem.dotted, problem.suggestion) for problem in found) == [
        ("week.monday[0]", ""),
        ("week.mondey", "monday"),
    ]


def test_the_usual_day_is_that_of_the_first_working_weekday() -> None:
    calendar = KINDS["calendar"].read(CALENDAR).calendar
    assert calendar.day == timedelta(hours=7.5)
    assert calendar.make_up == calendar.week[0]


@pytest.mark.parametrize(
    ("text", "hours"), [("30m", 0.5), ("1h 30m", 1.5), ("7d", 168), ("2wd", 15)]
)
def test_lengths(text: str, hours: float) -> None:
    calendar = KINDS["calendar"].read(CALENDAR).calendar
    assert Length.parse(text).on(calendar) == timedelta(hours=hours)


def test_thresholds_may_be_shares_or_time_left() -> None:
    body = POLICY | {"clocks": [CLOCK | {"yellow": "33.3%", "red": "10m left"}]}
    clock = KINDS["sla-policy"].read(body).clocks[0]
    assert clock.yellow.of(timedelta(hours=1)) == timedelta(minutes=19.98)
    assert clock.red.of(timedelta(hours=1)) == timedelta(minutes=50)
    assert clock.red.of(timedelta(minutes=5)) == timedelta()
