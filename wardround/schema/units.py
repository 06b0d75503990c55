"""Units of measure: those that screens turn into others, and all that anything counts in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from wardround.schema.problems import Path, Problem
from wardround.schema.suggestions import unknown

SHOWN = frozenset(
    {
        "amperes", "bits", "bytes", "celsius", "count", "grams", "hertz", "joules", "meters",
        "percent", "ratio", "rpm", "seconds", "timestamp", "unixtime", "volts", "watts",
    }
)  # fmt: skip
"""Screens choose among them by size (KiB, MiB); any other is shown as it stands."""

KNOWN = SHOWN | {
    "%", "‰", "1", "U",
    "B", "kB", "KB", "MB", "GB", "TB", "PB", "KiB", "MiB", "GiB", "TiB", "PiB",
    "bit", "kbit", "Mbit", "Gbit", "Kbps", "kbps", "Mbps", "Gbps", "IOPS", "TPS", "QPS",
    "Hz", "kHz", "MHz", "GHz", "A", "mA", "V", "kV", "W", "kW", "MW", "VA", "kVA", "Wh", "kWh",
    "Ah", "mAh", "Ω", "J", "kJ", "°C", "K", "BTU", "lx", "lm", "dB", "dBm", "Pa", "kPa", "MPa",
    "ns", "µs", "us", "ms", "s", "min", "h", "d", "day", "days", "week", "weeks", "month",
    "months", "year", "years", "hours", "minutes", "nm", "µm", "mm", "cm", "dm", "m", "km", "ft",
    "m²", "m³", "m2", "m3", "mg", "g", "kg", "t", "ml", "mL", "l", "L", "CNY", "RMB",
    "USD",
    "EUR", "HKD", "cores", "core", "ports", "port", "pages", "page", "people", "beds", "seats",
}  # fmt: skip
"""Each of them also by second, hour and the like (`bit/s`)."""

_LATIN = re.compile(r"[A-Za-z]")


def is_known(unit: str) -> bool:
    """Whether a value may be counted in it: a unit that is known, or the hospital's own word (张).

    Units in Latin letters come from a known stock; one that is not in it is mistyped.
    """
    return not _LATIN.search(unit) or all(part in KNOWN for part in unit.split("/"))


def unit_problems(unit: str | None, path: Path) -> Iterator[Problem]:
    """A unit that nobody knows, whether attributes, metrics, charts or alerts count in it."""
    if unit and not is_known(unit):
        yield unknown(path, _("there is no unit “%(name)s”"), unit, KNOWN)
