"""What can be wrong with a model or a question put to it.

Each class has a stable `code`; `reason` names the message and `given` its arguments: the texts
stand in `messages`. `str(error)` is English, `zh` Chinese, `text` whichever the terminal speaks;
they name the place (line and column, element, item or path) and what to do next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from wardround.dependability.messages import Place as Place  # noqa: PLC0414  # opened by this door
from wardround.dependability.messages import placed, worded
from wardround.kernel.wording import CHINESE, ENGLISH, Wording

if TYPE_CHECKING:
    from collections.abc import Sequence


class DependabilityError(ValueError):
    """Base of everything this room refuses."""

    code: ClassVar[str] = "dependability"

    def __init__(self, reason: str, /, **given: object) -> None:
        super().__init__(reason)
        self.reason, self.given = reason, given
        self.place: Place | None = None

    @property
    def wording(self) -> Wording:
        return placed(worded(self.reason, self.given), self.place)

    def __str__(self) -> str:
        return self.wording.text(ENGLISH)

    @property
    def zh(self) -> str:
        return self.wording.text(CHINESE)

    @property
    def text(self) -> str:
        return self.wording.text()


class PlacedError(DependabilityError):
    """An error in a text or file; `line` and `column` are 0 where no position applies."""

    code: ClassVar[str] = "syntax"

    def __init__(self, reason: str, /, *, place: Place | None = None, **given: object) -> None:
        super().__init__(reason, **given)
        self.place = place

    @property
    def line(self) -> int:
        return self.place.line if self.place else 0

    @property
    def column(self) -> int:
        return self.place.column if self.place else 0


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
    """Something Open-PSA allows and this engine does not (see `docs/dependability.md`)."""

    code = "unsupported"


class TooLarge(PlacedError):
    code = "too_large"


class CyclicModel(DependabilityError):
    """Items that support each other; `path` begins and ends with the same name."""

    code = "cycle"

    def __init__(self, path: Sequence[str], place: Place | None = None) -> None:
        self.path = tuple(path)
        shown = self.path if len(self.path) <= 12 else (*self.path[:6], "…", *self.path[-6:])
        super().__init__("cycle", circle=" → ".join(shown))
        self.place = place


class UnknownItem(DependabilityError):
    code = "unknown_item"

    def __init__(self, name: str) -> None:
        super().__init__("unknown_item", name=name)
        self.name = name

    @classmethod
    def of_node(cls, node: int, count: int) -> UnknownItem:
        """Of a node by its number."""
        error = cls(str(node))
        error.reason, error.given = "no_such_node", {"node": str(node), "count": count}
        return error


class NoSuchTop(DependabilityError):
    code = "no_such_top"

    def __init__(self, candidates: Sequence[str]) -> None:
        key = "no_such_top" if candidates else "no_top"
        super().__init__(key, count=len(candidates), names=tuple(candidates[:9]), most=8)


class MissingProbability(DependabilityError):
    code = "missing_probability"

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__("missing_probability", count=len(names), names=self.names[:6], most=5)


class IncompleteAnswer(DependabilityError):
    """A question that only all minimal cut sets answer, put to an answer that ended early."""

    code = "incomplete"

    def __init__(self, top: str) -> None:
        super().__init__("incomplete", name=top)


class NotAList(TypeError):
    """A text where a list of names is meant: its letters would be taken as names. A mistake in a
    program, not in a model.
    """

    def __init__(self, text: str) -> None:
        super().__init__(worded("not_a_list", {"text": text}).text(ENGLISH))
        self.text = text


class NotAName(TypeError):
    """Something else where one name is meant, or the text of a model."""

    def __init__(self, reason: str, **given: object) -> None:
        super().__init__(worded(reason, given).text(ENGLISH))


class BudgetEnded(Exception):
    """A budget ended; `what` says which: nodes, memory, time, work, or interrupted. Caught inside
    the room, where what is known by then becomes the answer.
    """

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class TooDear(Exception):
    """Counting along a tree would take more work than is allowed; caught inside the room, which
    then counts another way.
    """
