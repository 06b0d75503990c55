"""One formula of the text form by itself, as it is written: the right-hand side of `app = …`.

Read by the reader of whole models, so that there is one grammar; lines may break anywhere in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from wardround.dependability.errors import Place, TooLarge
from wardround.dependability.messages import Term
from wardround.dependability.model import HOT
from wardround.dependability.text import Reader
from wardround.dependability.tokens import Source, plain_name

if TYPE_CHECKING:
    from wardround.dependability.model import Input
    from wardround.dependability.tokens import Token

DEEPEST = 40
"""Gates within gates: what people write is read again by code that walks it level by level."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A name, or a gate over other expressions."""

    word: str
    """and, or, of, or hot (which also stands for cold); empty for a name."""
    name: str = ""
    need: int = 0
    """How many of its parts must be up."""
    parts: tuple[Expression, ...] = ()
    minutes: float = HOT
    """Of a part that is a cold standby, those of the switch."""
    place: Place | None = None
    """Of a name, where it stands."""
    depth: int = field(default=0, compare=False)


def expression(text: str) -> Expression:
    """Read a formula. Raises PlacedError where it is none."""
    return _Formula(Source(text)).whole()


def quoted(name: str) -> str:
    """A name as it must be written in a formula."""
    return name if plain_name(name) else '"' + name.replace('"', '""') + '"'


class _Formula(Reader):
    def __init__(self, source: Source) -> None:
        super().__init__(source, strict=False)
        *body, line_end, end = self.tokens
        self.tokens = [each for each in body if each.text != "\n"] + [line_end, end]
        self.found: list[Expression] = []

    def whole(self) -> Expression:
        node = self._formula(self._peek()).node
        if self._peek(1).kind != "end" or self._peek().kind != "newline":
            raise self._wrong(self._peek(), Term("operator"))
        return self.found[node]

    def _reference(self, token: Token) -> int:
        return self._kept(Expression("", token.text, place=self.source.place(token.at)))

    def _joined(self, word: str, need: int, inputs: list[Input]) -> int:
        parts = tuple(replace(self.found[each.node], minutes=each.minutes) for each in inputs)
        depth = 1 + max(part.depth for part in parts)
        if depth > DEEPEST:
            place = self.source.place(self._peek().at)
            raise TooLarge("too_deep", most=DEEPEST, place=place)
        return self._kept(Expression(word, need=need, parts=parts, depth=depth))

    def _kept(self, found: Expression) -> int:
        self.found.append(found)
        return len(self.found) - 1
