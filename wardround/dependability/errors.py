"""What can be wrong with a model or a question put to it.

Each class has a stable `code`; the message names the place (line and column, element, item or path)
and what to do next. `str(error)` is English, `zh` Chinese, `text` whichever the terminal speaks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from unicodedata import east_asian_width

from wardround.kernel.language import spoken

if TYPE_CHECKING:
    from collections.abc import Sequence


class DependabilityError(ValueError):
    """Base of everything this room refuses."""

    code: ClassVar[str] = "dependability"

    def __init__(self, *, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh

    @property
    def text(self) -> str:
        return spoken(zh=self.zh, en=str(self))


class Place:
    """A position in a text, both counted from 1; `source` is the line itself where it is known."""

    def __init__(self, line: int, column: int, source: str = "") -> None:
        self.line, self.column, self.source = line, column, source

    def after(self, *, zh: str, en: str) -> tuple[str, str]:
        """Both messages with this place behind them, and the source with a caret under it."""
        shown = self._shown()
        return (
            f"{zh}（第 {self.line} 行第 {self.column} 列）。{shown}",
            f"{en} (line {self.line}, column {self.column}){shown}",
        )

    def _shown(self) -> str:
        if not self.source:
            return ""
        start = max(0, self.column - 41)
        gap = "".join(map(_blank, self.source[start : self.column - 1]))
        return f"\n  {self.source[start : start + 80]}\n  {gap}^"


def _blank(character: str) -> str:
    """As wide as the character: a Chinese one takes two cells, and the caret must stay under it."""
    if character == "\t":
        return character
    return "\u3000" if east_asian_width(character) in "WF" else " "


class PlacedError(DependabilityError):
    """An error in a text or file; `line` and `column` are 0 where no position applies."""

    code: ClassVar[str] = "syntax"

    def __init__(self, *, zh: str, en: str, place: Place | None = None) -> None:
        zh, en = place.after(zh=zh, en=en) if place else (f"{zh}。", en)
        super().__init__(zh=zh, en=en)
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
        circle = " → ".join(shown)
        super().__init__(
            zh=f"以下各项互相支撑，形成环路：{circle}。请去掉其中一条支撑关系。",
            en=f"These support each other in a circle: {circle}. Remove one relation.",
        )


class UnknownItem(DependabilityError):
    code = "unknown_item"

    def __init__(self, name: str) -> None:
        super().__init__(
            zh=f"模型中没有配置项“{name}”。请检查名称的写法。",
            en=f"There is no item “{name}” in the model. Check the spelling.",
        )
        self.name = name


class NoSuchTop(DependabilityError):
    code = "no_such_top"

    def __init__(self, candidates: Sequence[str]) -> None:
        zh, en = _first(candidates, 8)
        super().__init__(
            zh=f"要分析哪个顶事件？共有 {len(candidates)} 个：{zh}。请用 --top 指定一个。",
            en=f"Which top? There are {len(candidates)}: {en}. Name one with --top.",
        )


class MissingProbability(DependabilityError):
    code = "missing_probability"

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        zh, en = _first(self.names, 5)
        super().__init__(
            zh=f"{len(names)} 个配置项没有概率：{zh}。请逐项填写概率，或填写失效率和修复率。",
            en=f"{len(names)} items have no probability: {en}. "
            "Give each a probability, or a failure and a repair rate.",
        )


def _first(names: Sequence[str], most: int) -> tuple[str, str]:
    """The first names as a list in Chinese and in English."""
    more = len(names) > most
    return "、".join(names[:most]) + " 等" * more, ", ".join(names[:most]) + " …" * more
