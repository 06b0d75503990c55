"""Units of measure: those that screens turn into others, and those that attributes count in."""

from __future__ import annotations

import re

SHOWN = frozenset(
    {
        "amperes", "bits", "bytes", "celsius", "count", "grams", "hertz", "joules", "meters",
        "percent", "ratio", "rpm", "seconds", "timestamp", "unixtime", "volts", "watts",
    }
)  # fmt: skip
"""Of metrics; any other is shown as it stands."""

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
"""Of attributes, each of them also by second, hour and the like (`bit/s`)."""

_LATIN = re.compile(r"[A-Za-z]")


def is_known(unit: str) -> bool:
    """Whether an attribute may count in it: a unit that is known, or the hospital's own word (张).

    Units in Latin letters come from a known stock; one that is not in it is mistyped.
    """
    return not _LATIN.search(unit) or all(part in KNOWN for part in unit.split("/"))
