"""The words and signs of an expression, each with the character at which it stands."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from wardround.detection.errors import BadExpression

_DURATION = r"(?:\d+(?:\.\d+)?(?:ms|[smhdwy]))+"
_TOKEN = re.compile(
    rf"""
    (?P<space>\s+|\#[^\n]*)
  | (?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)
  | (?P<window>\[[^\]]*\])
  | (?P<duration>{_DURATION}(?![A-Za-z0-9_:]))
  | (?P<number>0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![A-Za-z_:]))
  | (?P<name>[A-Za-z_:][A-Za-z0-9_:]*)
  | (?P<symbol><=|>=|==|!=|=~|!~|[-+*/%^()<>={{}},])
    """,
    re.VERBOSE,
)
_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))", re.DOTALL
)
_NAMED = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_HIGHEST = 0x10FFFF


@dataclass(frozen=True)
class Token:
    """`word` is what it says as a keyword: these may be written in any case."""

    kind: str
    text: str
    position: int

    @property
    def word(self) -> str:
        return self.text.lower() if self.kind in {"name", "symbol"} else ""


def tokens(text: str) -> Iterator[Token]:
    """All of them, then one of kind `end`; BadExpression at what is none."""
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            message = gettext_noop("“%(sign)s” has no meaning here")
            raise BadExpression(text, position, message, sign=text[position])
        if found.lastgroup != "space":
            yield Token(str(found.lastgroup), found.group(), position)
        position = found.end()
    yield Token("end", "", len(text))


def unquoted(text: str) -> str:
    """What a text in quotes says; between backticks everything is meant as it stands."""
    if text[0] == "`":
        return text[1:-1]
    return _ESCAPE.sub(_escaped, text[1:-1])


def _escaped(found: re.Match[str]) -> str:
    named = found[5]
    if named is not None:
        return _NAMED.get(named, named)
    number = int(found[4], 8) if found[4] else int(found[1] or found[2] or found[3], 16)
    return chr(number) if number <= _HIGHEST else "\ufffd"


def read_number(text: str) -> float:
    """The value of a number as written; infinity where it is beyond all numbers."""
    try:
        return float(int(text, 16)) if text[:2].lower() == "0x" else float(text)
    except OverflowError:
        return math.inf
