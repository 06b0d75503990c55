"""How much may be sent to a route that takes files: told before more of it is read.

The edge asks once the sender is known and before it reads on; rooms that keep files register here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from wardround.kernel.errors import WardroundError


@dataclass(frozen=True, slots=True)
class Allowance:
    """The most bytes of a body, and what is told of one that is longer."""

    most: int
    refusal: WardroundError


Ask = Callable[[], Allowance]
_allowances: list[tuple[re.Pattern[str], Ask]] = []


def limit(path: str, ask: Ask) -> None:
    """Say what may be sent to paths of this form, below the API; once, when a room starts."""
    _allowances.append((re.compile(rf".*/api/v1{path}"), ask))


def allowance(path: str) -> Allowance | None:
    """What may be sent there; None where no room says anything. May ask the database."""
    return next((ask() for form, ask in _allowances if form.fullmatch(path)), None)
