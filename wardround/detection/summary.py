"""Filling `{{ value }}` and `{{ labels.mountpoint }}` into a rule's summary.

Nothing else is understood: no code, no conditions. `{{ value | percent }}` and its kin write the
number for a reader; a name that is not there stays empty.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

_PLACE = re.compile(r"\{\{\s*\$?(?P<name>[\w.]+)\s*(?:\|\s*(?P<form>\w+)\s*)?\}\}")
_UNITS = ("", "Ki", "Mi", "Gi", "Ti", "Pi")
_STEP = 1024.0


def _plain(value: float) -> str:
    return f"{value:.4g}" if abs(value) < 1e6 else f"{value:.0f}"


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


FORMS: Mapping[str, Callable[[float], str]] = {
    "plain": _plain,
    "percent": _percent,
    "bytes": _bytes,
    "duration": _duration,
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
        if not (place["name"] in {"value", "item"} or place["name"].startswith("labels."))
        or (place["form"] or "plain") not in FORMS
    ]
    rest = _PLACE.sub("", text)
    return bad + re.findall(r"\{\{.*?(?:\}\}|$)", rest)
