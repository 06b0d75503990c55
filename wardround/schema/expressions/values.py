"""Field values as conditions see them: a value of a foreign kind is a missing value."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Self
from uuid import UUID


class Kind(str):
    """The name of a type, which equals the name of every type that it extends too."""

    __slots__ = ("lineage",)
    lineage: frozenset[str]

    def __new__(cls, name: str, lineage: Iterable[str] = ()) -> Self:
        kind = super().__new__(cls, name)
        kind.lineage = frozenset((name, *lineage))
        return kind


def seen(value: Any) -> Any:
    """`value` as text, number, boolean, moment or tuple of such; None where it is none of them."""
    if isinstance(value, bool | date | Kind):  # a datetime is a date too
        return value
    if isinstance(value, str | UUID):
        return str(value)
    if isinstance(value, list | tuple | set | frozenset):
        return tuple(seen(part) for part in value)
    return number(value)


def number(value: Any) -> int | float | None:
    """A finite number, or nothing: conditions know neither NaN nor infinity."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, Decimal) and not value.is_finite():  # a signalling NaN has no float
        return None
    plain = float(value)
    return plain if math.isfinite(plain) else None


BEYOND = 1e150
"""What is computed with stays below this, and above its inverse: so no step of a database's
arithmetic can fail where Python's would not."""
_EXACT = 2**53


def bounded(value: Any) -> int | float | None:
    """A number to compute with: nothing where it is beyond counting, nought where it is as small,
    and beyond what a double holds exactly as the double.
    """
    found = number(value)
    if found is None or abs(found) >= BEYOND:
        return None
    if abs(found) < 1 / BEYOND:
        return 0
    return float(found) if abs(found) > _EXACT else found


def moment(value: Any) -> datetime | None:
    """A date (its midnight, UTC), a time, or the ISO text of either as an aware datetime."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime.combine(value, time.min, UTC)
    return None
