"""Units of measure that screens know how to write; any other is shown as it stands."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from wardround.schema.suggestions import closest
from wardround.schema.types import Path, Problem

UNITS = frozenset(
    {
        "amperes", "bits", "bytes", "celsius", "count", "grams", "hertz", "joules", "meters",
        "percent", "ratio", "rpm", "seconds", "timestamp", "unixtime", "volts", "watts",
    }
)  # fmt: skip


def unit_problems(unit: str, path: Path) -> Iterator[Problem]:
    """A unit that is nearly one of `UNITS` is that one, mistyped: it would be shown as text."""
    base = unit.removesuffix("/s")
    meant = "" if base in UNITS or len(base) < 4 else closest(base, UNITS)
    if meant:
        message = _("no screen knows the unit “%(name)s”")
        details = {"name": unit}
        yield Problem(path, message, details, unit, ", ".join(sorted(UNITS)), meant)
