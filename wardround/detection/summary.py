"""Filling `{{ value }}` and `{{ labels.mountpoint }}` into a rule's summary.

Nothing else is understood: no code, no conditions. `{{ value | percent }}` and its kin write the
number for a reader; `{{ labels }}` are all of them; a name that is not there stays empty.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

_PLACE = re.compile(r"\{\{\s*\$?(?P<name>[\w.]+)\s*(?:\|\s*(?P<form>\w+(?: [0-9])?)\s*)?\}\}")
_UNITS = ("", "Ki", "Mi", "Gi", "Ti", "Pi")
_STEP = 1024.0


def _plain(value: float) -> str:
    return f"{value:.0f}" if 1e6 <= abs(value) < 1e15 else f"{value:.4g}"


def _percent(value: float) -> str:
    return f"{value * 100:.1f}%"


def _bytes(value: float) -> str:
    power = 0
    while abs(value) >= _STEP and power < len(_UNITS) - 1:
        value, power = value / _STEP, power + 1
    return f"{value:.1f} {_UNITS[power]}B"


def _duration(value: float) -> str:
    if abs(value) < 60:
        return f"{value:.3g} s"
    minutes, seconds = divmod(round(value), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _short(value: float) -> str:
    """With a letter for each thousand, or for each thousandth: 1.5k, 20m."""
    return _scaled(value, 1000.0, ("", "k", "M", "G", "T", "P"), ("", "m", "u", "n", "p"))


def _binary(value: float) -> str:
    return _scaled(value, _STEP, _UNITS, ("",))


def _scaled(value: float, step: float, above: tuple[str, ...], below: tuple[str, ...]) -> str:
    units, power = above, 0
    if 0 < abs(value) < 1:
        units = below
        while abs(value) < 1 and power < len(units) - 1:
            value, power = value * step, power + 1
    while units is above and abs(value) >= step and power < len(units) - 1:
        value, power = value / step, power + 1
    return f"{value:.4g}{units[power]}"


def _moment(value: float) -> str:
    """Seconds since 1970 as a moment, in UTC; what no calendar has stays a number."""
    try:
        return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, OSError, ValueError):
        return _plain(value)


def _fixed(digits: int) -> Callable[[float], str]:
    return lambda value: f"{value:.{digits}f}"


FORMS: Mapping[str, Callable[[float], str]] = {
    "plain": _plain,
    "percent": _percent,
    "bytes": _bytes,
    "duration": _duration,
    "short": _short,
    "binary": _binary,
    "moment": _moment,
    **{f"fixed {digits}": _fixed(digits) for digits in range(10)},
}


def fill(text: str, *, value: float, labels: Mapping[str, str], item: str) -> str:
    """Write the summary of one alert."""
    return _PLACE.sub(lambda place: _filled(place, value, labels, item), text)


def _filled(place: re.Match[str], value: float, labels: Mapping[str, str], item: str) -> str:
    name = place["name"]
    if name == "value":
        return FORMS[place["form"] or "plain"](value) if math.isfinite(value) else str(value)
    if name == "item":
        return item
    if name == "labels":
        return ", ".join(f"{label}={text}" for label, text in sorted(labels.items()))
    return labels.get(name.removeprefix("labels."), "")


def label_places(text: str) -> list[str]:
    """The labels whose values `fill` puts in."""
    names = (place["name"] for place in _PLACE.finditer(text))
    return [name.removeprefix("labels.") for name in names if name.startswith("labels.")]


def unknown_places(text: str) -> list[str]:
    """Find what `fill` does not understand; a definition must have none."""
    bad = [
        place.group()
        for place in _PLACE.finditer(text)
        if not (place["name"] in {"value", "item", "labels"} or place["name"].startswith("labels."))
        or (place["form"] or "plain") not in FORMS
    ]
    rest = _PLACE.sub("", text)
    return bad + re.findall(r"\{\{.*?(?:\}\}|$)", rest)
