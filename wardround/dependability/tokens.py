"""The words and marks of the text form, with full-width ones read as their ASCII twins."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from wardround.dependability.errors import BadNumber, Place, SyntaxProblem
from wardround.dependability.messages import Notice
from wardround.dependability.model import HOT

if TYPE_CHECKING:
    from collections.abc import Callable

_OFTEN = 50_000  # words between two tellings how far it is
_TOKEN = re.compile(
    r"""(?P<skip>[^\S\n]+|\#[^\n]*)
      | (?P<newline>[\n;])
      | (?P<cold>(?:cold|冷备)[ \t]*\[(?P<time>[^\]\n]*)\])
      | (?P<quoted>"(?P<inner>(?:[^"\n\x00-\x1f\x7f]|"")+)")
      | (?P<mark>[()=,:])
      | (?P<name>[^\s()=,:\[\]"\#;、。【】《》「」『』‘’“”\x00-\x1f\x7f]+)""",
    re.VERBOSE,
)
_TIME = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(s|sec|min|m|h|d|秒|分钟|分|小时|天)?\s*$")
_MINUTES = {"s": 1 / 60, "sec": 1 / 60, None: 1.0, "m": 1.0, "min": 1.0, "h": 60.0, "d": 1440.0}
_MINUTES |= {"秒": 1 / 60, "分": 1.0, "分钟": 1.0, "小时": 60.0, "天": 1440.0}
_KEYWORDS = {"and", "or", "of", "hot"}
_CHINESE = {"与": "and", "或": "or", "热备": "hot", "冷备": "cold"}
NUMBERS = ("probability", "failure_rate", "repair_rate")
_WORDS = {*_KEYWORDS, "cold", "items", "gate", "top", "p", *NUMBERS, "always_up", "always_down"}
_WIDE = "、。【】《》「」『』‘’“”"
_QUOTES = {'"': '"', "＂": "＂", "“": "”"}
_LETTERS = {*range(ord("Ａ"), ord("Ｚ") + 1), *range(ord("ａ"), ord("ｚ") + 1)}
_TWINS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if code not in _LETTERS}
_FULL_WIDTH = re.compile("[\uff01-\uff5e“]")
_WIDE_WORD = re.compile(
    r'"[^"\n]*"|\#[^\n]*|(?<![^\s()=,:;])(?P<word>[Ａ-Ｚａ-ｚ_]+)(?![^\s()=,:;\[])'
)


def plain_name(name: str) -> bool:
    """Whether a name may stand without quotes, wherever in a formula."""
    match = _TOKEN.fullmatch(name)
    odd = name in _WORDS or name in _CHINESE or name.isdecimal() or _FULL_WIDTH.search(name)
    return match is not None and match.lastgroup == "name" and not odd


class Token(NamedTuple):
    kind: str  # newline cold mark name keyword end
    text: str
    word: str  # the same; empty for a name in quotes, which is never a mark or a keyword
    at: int
    minutes: float = HOT


def _plain(text: str) -> str:
    """Full-width punctuation, digits and keywords as their ASCII twins, character by character,
    except in quoted names and comments.
    """
    if not _FULL_WIDTH.search(text):
        return text
    found: list[str] = []
    closing = ""
    comment = False
    for character in text:
        if character == "\n":
            closing, comment = "", False
        elif closing or comment:
            if character == closing:
                closing, character = "", '"'  # noqa: PLW2901  as it is read
        elif character in _QUOTES:
            closing, character = _QUOTES[character], '"'  # noqa: PLW2901
        else:
            character = character.translate(_TWINS)  # noqa: PLW2901
            comment = character == "#"
        found.append(character)
    return _WIDE_WORD.sub(_keyword, "".join(found))


def _keyword(match: re.Match[str]) -> str:
    word = unicodedata.normalize("NFKC", match["word"] or "")  # none: in quotes, or a comment
    return word if word in _WORDS else match.group()


class Source:
    """A text with its tokens and places."""

    def __init__(self, text: str, progress: Callable[[Notice], None] | None = None) -> None:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        self.text, self.plain, self.progress = text, _plain(text), progress
        self.lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self.tokens = self._tokens()

    def _tokens(self) -> list[Token]:
        found: list[Token] = []
        at, depth, text = 0, 0, self.plain
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                reason = "wide_character" if text[at] in _WIDE else "unexpected_character"
                reason = "quote_not_closed" if text[at] == '"' else reason
                raise SyntaxProblem(reason, character=text[at], place=self.place(at))
            depth = self._take(found, match, depth)
            at = match.end()
            if not len(found) % _OFTEN:
                self.say(at // 2)
        found.append(Token("newline", "", "", at))
        found.append(Token("end", "", "", at))
        return found

    def say(self, done: int) -> None:
        """Tell how many characters are read; the words of a text are looked at twice."""
        if self.progress is not None:
            self.progress(Notice("progress_reading", {"megabytes": done >> 20}))

    def _take(self, found: list[Token], match: re.Match[str], depth: int) -> int:
        kind, at = match.lastgroup, match.start()
        word = match.group()
        if match["quoted"]:
            found.append(Token("name", match["inner"].replace('""', '"'), "", at))
        elif match["cold"]:
            minutes = self._time(match["time"], match.start("time"))
            found.append(Token("cold", word, word, at, minutes))
        elif match["name"]:
            said = _CHINESE.get(word, word)
            found.append(Token("keyword" if said in _KEYWORDS else "name", word, said, at))
        elif match["newline"]:
            if depth == 0 or word == ";":
                found.append(Token("newline", word, word, at))
        elif kind == "mark":
            depth += {"(": 1, ")": -1}.get(word, 0)
            found.append(Token("mark", word, word, at))
        return max(depth, 0)

    def _time(self, text: str, at: int) -> float:
        match = _TIME.match(unicodedata.normalize("NFKC", text))
        if match is None:
            raise BadNumber("not_a_time", text=text, place=self.place(at))
        return float(match[1]) * _MINUTES[match[2]]

    def place(self, at: int) -> Place:
        line = bisect_right(self.lines, at)
        begin = self.lines[line - 1]
        end = self.text.find("\n", begin)
        return Place(line, at - begin + 1, self.text[begin : end if end >= 0 else None])
