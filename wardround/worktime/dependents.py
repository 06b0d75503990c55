"""Calendars that live by the holiday lists of their region."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from wardround.schema import queries as schema
from wardround.schema.dependents import Holder, Renames
from wardround.schema.types import Label
from wardround.worktime.definitions import CALENDAR, HOLIDAY_LIST, DeclaredHolidays


def _year(_name: str, declared: DeclaredHolidays, _renames: Renames) -> Sequence[str]:
    """What it gives: the days of a region in a year, under whatever name."""
    return [f"{declared.region}/{declared.year}"]


def _calendars(years: Collection[str]) -> Mapping[str, int]:
    """How many calendars count the days of each by it; without it they count by weekday."""
    return {year: len(names) for year, names in _names(years).items()}


def _names(years: Collection[str]) -> Mapping[str, Sequence[str]]:
    """Which calendars those are."""
    calendars = schema.definitions(CALENDAR).items()
    return {
        year: [name for name, each in calendars if each.holidays == year.rpartition("/")[0]]
        for year in years
    }


HOLDERS = (
    Holder(
        kind=HOLIDAY_LIST,
        thing="calendar",
        label=Label("工作日历", "calendar"),
        count=_calendars,
        names=_names,
        marks=_year,
    ),
)
