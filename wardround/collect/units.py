"""Units of measure that screens know how to write; any other is shown as it stands."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from wardround.schema.suggestions import closest
from wardround.schema.types import Path, Problem
from wardround.schema.units import SHOWN


def unit_problems(unit: str, path: Path) -> Iterator[Problem]:
    """A unit that is nearly one of `SHOWN` is that one, mistyped: it would be shown as text."""
    base = unit.removesuffix("/s")
    meant = "" if base in SHOWN or len(base) < 4 else closest(base, SHOWN)
    if meant:
        message = _("no screen knows the unit “%(name)s”")
        details = {"name": unit}
        yield Problem(path, message, details, unit, ", ".join(sorted(SHOWN)), meant)
