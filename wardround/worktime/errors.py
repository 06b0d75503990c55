"""What can be wrong with a calendar."""

from __future__ import annotations


class NoWorkingTime(ValueError):
    """The calendar has no working time from here on, or the end is centuries away."""

    def __init__(self, calendar: str, year: int) -> None:
        super().__init__(f"calendar {calendar} has no working time that reaches into {year}")


class BadSpan(ValueError):
    """A span that ends before it begins, or leaves its day."""

    def __init__(self, start: int, end: int) -> None:
        super().__init__(f"a span must lie in one day and end after it begins: {start}-{end}")


class BadWeek(ValueError):
    """A calendar whose week has not seven days."""

    def __init__(self, days: int) -> None:
        super().__init__(f"a week has seven days, not {days}")
