"""What can be wrong with a model or a question put to it.

Each class has a stable `code`; the message names the place (line and column, element, item or path)
and what to do next. Nothing here is translated: the rooms above map codes to their own texts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence


class DependabilityError(ValueError):
    """Base of everything this room refuses."""

    code: ClassVar[str] = "dependability"


class Place:
    """A position in a text, both counted from 1; `source` is the line itself where it is known."""

    def __init__(self, line: int, column: int, source: str = "") -> None:
        self.line, self.column, self.source = line, column, source

    def __str__(self) -> str:
        where = f"line {self.line}, column {self.column}"
        if not self.source:
            return where
        start = max(0, self.column - 41)
        shown = self.source[start : start + 80]
        return f"{where}\n  {shown}\n  {' ' * (self.column - 1 - start)}^"


class PlacedError(DependabilityError):
    """An error in a text or file; `line` and `column` are 0 where no position applies."""

    code: ClassVar[str] = "syntax"

    def __init__(self, message: str, place: Place | None = None) -> None:
        super().__init__(f"{message} ({place})" if place else message)
        self.line = place.line if place else 0
        self.column = place.column if place else 0


class SyntaxProblem(PlacedError):
    code = "syntax"


class UndefinedName(PlacedError):
    code = "undefined_name"


class DuplicateName(PlacedError):
    code = "duplicate_name"


class EmptyGate(PlacedError):
    code = "empty_gate"


class ImpossibleVote(PlacedError):
    """k of n with k = 0 or k > n."""

    code = "impossible_vote"


class BadNumber(PlacedError):
    """A probability outside 0–1, a negative rate or switch time, or no number at all."""

    code = "bad_number"


class RefusedXml(PlacedError):
    """Entities, external references and inclusions are never followed."""

    code = "refused_xml"


class Unsupported(PlacedError):
    """Something Open-PSA allows and this engine does not (NOT, XOR, distributions …)."""

    code = "unsupported"


class TooLarge(PlacedError):
    code = "too_large"


class CyclicModel(DependabilityError):
    """Items that support each other; `path` begins and ends with the same name."""

    code = "cycle"

    def __init__(self, path: Sequence[str]) -> None:
        self.path = tuple(path)
        shown = self.path if len(self.path) <= 12 else (*self.path[:6], "…", *self.path[-6:])
        super().__init__(
            f"These support each other in a circle: {' → '.join(shown)}. Remove one relation."
        )


class UnknownItem(DependabilityError):
    code = "unknown_item"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no item “{name}” in the model. Check the spelling.")
        self.name = name


class NoSuchTop(DependabilityError):
    code = "no_such_top"


class MissingProbability(DependabilityError):
    code = "missing_probability"

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        shown = ", ".join(self.names[:5]) + (" …" if len(self.names) > 5 else "")
        super().__init__(
            f"{len(self.names)} items have no probability: {shown}. "
            "Give each a probability, or a failure and a repair rate."
        )


class DownFromTheStart(DependabilityError):
    """The item is down although nothing has failed: the model contradicts itself."""

    code = "down_from_the_start"
