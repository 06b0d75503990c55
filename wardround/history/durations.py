"""Lengths of time as people write them in a query: `15`, `15s`, `5m`, `1h`, `1d`."""

from __future__ import annotations

import re
from datetime import timedelta

_TEXT = re.compile(r"(\d{1,9})(s|m|h|d|w)?", re.ASCII)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_ROUND = tuple(
    timedelta(seconds=seconds)
    for seconds in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200)
)


def parse(text: str) -> timedelta | None:
    """The duration, or None for what is none."""
    found = _TEXT.fullmatch(text)
    if not found:
        return None
    try:
        return timedelta(seconds=int(found[1]) * _UNITS[found[2] or "s"])
    except OverflowError:  # longer than a billion days
        return None


def round_up(span: timedelta) -> timedelta:
    """The next step that people find round; whole days past half a day."""
    for step in _ROUND:
        if span <= step:
            return step
    day = timedelta(days=1)
    return -(-span // day) * day
