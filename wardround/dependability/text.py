"""The compact text form of a model, one statement a line.

    pacs = app and 2 of (web1, web2, web3) and (db1 hot db2 cold[15min] db3)
    gate storage = san or nas            # a gate: it cannot fail itself
    db1: probability=0.01                # or: failure_rate=0.0001 repair_rate=0.25 (per hour)
    items app, web1, web2, web3          # from now on every name must be defined
    top pacs

`hot` and `cold[…]` bind tighter than `and`, which binds tighter than `or`. In `k of (…)` an input
may be marked `cold[…] x`. Times: min (default), s, h, d. Names with odd characters go in double
quotes. Full-width punctuation, digits and keywords are read as their ASCII twins outside quotes.
Without an `items` line, a name that is only used is an item without supports.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from wardround.dependability.builder import Builder
from wardround.dependability.errors import (
    BadNumber,
    EmptyGate,
    ImpossibleVote,
    Place,
    SyntaxProblem,
)
from wardround.dependability.messages import Term
from wardround.dependability.model import HOT, Input

if TYPE_CHECKING:
    from collections.abc import Callable

    from wardround.dependability.model import Model

_TOKEN = re.compile(
    r"""(?P<skip>[ \t\r\u3000]+|\#[^\n]*)
      | (?P<newline>[\n;])
      | (?P<cold>cold[ \t]*\[(?P<time>[^\]\n]*)\])
      | (?P<quoted>"(?P<inner>[^"\n]+)")
      | (?P<mark>[()=,:])
      | (?P<name>[^\s()=,:\[\]"\#;、。【】《》「」『』‘’“”]+)""",
    re.VERBOSE,
)
_TIME = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(s|sec|min|m|h|d)?\s*$")
_MINUTES = {"s": 1 / 60, "sec": 1 / 60, None: 1.0, "m": 1.0, "min": 1.0, "h": 60.0, "d": 1440.0}
_KEYWORDS = {"and", "or", "of", "hot"}
_STRENGTH = {"or": 1, "and": 2, "hot": 3, "cold": 3}
_NUMBERS = ("probability", "failure_rate", "repair_rate")
_WORDS = {*_KEYWORDS, "cold", "items", "gate", "top", "p", *_NUMBERS, "always_up", "always_down"}
_WIDE = "、。【】《》「」『』‘’“”"
_QUOTES = {'"': '"', "＂": "＂", "“": "”"}
_LETTERS = {*range(ord("Ａ"), ord("Ｚ") + 1), *range(ord("ａ"), ord("ｚ") + 1)}
_TWINS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if code not in _LETTERS}
_FULL_WIDTH = re.compile("[\uff01-\uff5e“]")
_WIDE_WORD = re.compile("(?<![^\\s()=,:;])[Ａ-Ｚａ-ｚ_]+(?![^\\s()=,:;\\[])")


class _Token(NamedTuple):
    kind: str  # newline cold mark name keyword end
    text: str
    at: int
    minutes: float = HOT


class _Frame:
    """What is open: operands and operators of one pair of parentheses, or of the statement."""

    __slots__ = ("at", "items", "marks", "operands", "operators", "vote")

    def __init__(self, at: int, vote: int | None = None) -> None:
        self.at, self.vote = at, vote
        self.operands: list[Input] = []
        self.operators: list[str] = []
        self.items: list[Input] = []  # finished inputs of a k-of-n
        self.marks = HOT  # the cold[…] before the present input of a k-of-n


def parse(text: str, *, strict: bool = False) -> Model:
    """Read the compact form; `strict` refuses names that are used but have no line of their own."""
    return _Reader(text, strict=strict).read()


def _found(token: _Token) -> Term:
    return Term("line_end") if token.kind in {"newline", "end"} else Term("token", token.text)


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
    word = unicodedata.normalize("NFKC", match.group())
    return word if word in _WORDS else match.group()


class _Reader:
    def __init__(self, text: str, *, strict: bool) -> None:
        self.text = text
        self.plain = _plain(text)
        self.strict = strict
        self.builder = Builder()
        self.lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self.tokens = self._tokens()
        self.at = 0
        self.numbers: list[tuple[str, str, float, int]] = []

    def read(self) -> Model:
        while self._peek().kind != "end":
            if self._peek().kind == "newline":
                self.at += 1
                continue
            self._statement()
        for name, kind, value, at in self.numbers:
            self.builder.number(kind, self.builder.reference(name), value, self._place(at))
        return self.builder.model(open_world=not self.strict)

    # -- tokens

    def _tokens(self) -> list[_Token]:
        found: list[_Token] = []
        at, depth, text = 0, 0, self.plain
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                wide = text[at] in _WIDE
                reason = "wide_character" if wide else "unexpected_character"
                raise SyntaxProblem(reason, character=text[at], place=self._place(at))
            depth = self._take(found, match, depth)
            at = match.end()
        found.append(_Token("newline", "", at))
        found.append(_Token("end", "", at))
        return found

    def _take(self, found: list[_Token], match: re.Match[str], depth: int) -> int:
        kind, at = match.lastgroup, match.start()
        word = match.group()
        if match["quoted"]:
            found.append(_Token("name", match["inner"], at))
        elif match["cold"]:
            found.append(_Token("cold", word, at, self._time(match["time"], match.start("time"))))
        elif match["name"]:
            found.append(_Token("keyword" if word in _KEYWORDS else "name", word, at))
        elif match["newline"]:
            if depth == 0 or word == ";":
                found.append(_Token("newline", word, at))
        elif kind == "mark":
            depth += {"(": 1, ")": -1}.get(word, 0)
            found.append(_Token("mark", word, at))
        return max(depth, 0)

    def _time(self, text: str, at: int) -> float:
        match = _TIME.match(unicodedata.normalize("NFKC", text))
        if match is None:
            raise BadNumber("not_a_time", text=text, place=self._place(at))
        return float(match[1]) * _MINUTES[match[2]]

    def _place(self, at: int) -> Place:
        line = bisect_right(self.lines, at)
        begin = self.lines[line - 1]
        end = self.text.find("\n", begin)
        return Place(line, at - begin + 1, self.text[begin : end if end >= 0 else None])

    def _later(self, at: int) -> Callable[[], Place]:
        return lambda: self._place(at)

    def _peek(self, ahead: int = 0) -> _Token:
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def _next(self) -> _Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def _wrong(self, token: _Token, expected: Term) -> SyntaxProblem:
        place = self._place(token.at)
        return SyntaxProblem("expected", expected=expected, found=_found(token), place=place)

    def _name(self, expected: Term = Term("name")) -> _Token:  # noqa: B008  a constant
        token = self._next()
        if token.kind != "name":
            raise self._wrong(token, expected)
        return token

    # -- statements

    def _statement(self) -> None:
        first = self._name(Term("first_name"))
        following = self._peek()
        if first.text in {"items", "gate", "top"} and following.kind == "name":
            {"items": self._items, "gate": self._gate, "top": self._top}[first.text]()
        elif following.text == "=":
            self._definition(first, fallible=True)
        else:
            self._declaration(first)
        if self._next().kind != "newline":
            raise self._wrong(self.tokens[self.at - 1], Term("operator"))

    def _items(self) -> None:
        self.strict = True
        while True:
            self._declare(self._name())
            if self._peek().text != ",":
                return
            self.at += 1

    def _gate(self) -> None:
        name = self._name()
        if self._peek().text != "=":
            raise self._wrong(self._peek(), Term("token", "="))
        self._definition(name, fallible=False)

    def _top(self) -> None:
        name = self._name()
        self.builder.top(self.builder.reference(name.text, self._later(name.at)))

    def _definition(self, name: _Token, *, fallible: bool) -> None:
        self.at += 1
        if self._constant(name):
            return
        place = self._place(name.at)
        need, inputs = self.builder.unwrapped(self._formula(name))
        self.builder.define(name.text, need=need, inputs=inputs, fallible=fallible, place=place)
        self._attributes(name)

    def _constant(self, name: _Token) -> bool:
        """`gate x = up` and `gate x = down`, unless there are items of these names."""
        word = self._peek().text
        if word not in {"always_up", "always_down"} or self._peek(1).kind != "newline":
            return False
        self.at += 1
        self.builder.constant(name.text, up=word == "always_up", place=self._place(name.at))
        return True

    def _declaration(self, name: _Token) -> None:
        if self._peek().text == ":":
            self.builder.reference(name.text)
            if not self.builder.declared(name.text) and not self._defined_later(name.text):
                self._declare(name)
            self._attributes(name)
            return
        self._declare(name)
        while self._peek().text == ",":
            self.at += 1
            self._declare(self._name())

    def _defined_later(self, name: str) -> bool:
        """Attributes may come before the formula; a plain scan would cost n²."""
        if not hasattr(self, "_defining"):
            tokens = self.tokens
            self._defining = {
                before.text
                for before, after in itertools.pairwise(tokens)
                if after.text == "=" and after.kind == "mark" and before.kind == "name"
            }
        return name in self._defining

    def _declare(self, name: _Token) -> None:
        self.builder.define(name.text, place=self._place(name.at))

    def _attributes(self, name: _Token) -> None:
        if self._peek().text != ":":
            return
        self.at += 1
        while self._peek().kind == "name":
            key = self._next()
            kind = "probability" if key.text == "p" else key.text
            if kind not in _NUMBERS:
                known = ", ".join(_NUMBERS)
                raise self._wrong(key, Term("one_of", known))
            if self._next().text != "=":
                raise self._wrong(self.tokens[self.at - 1], Term("token", "="))
            self.numbers.append((name.text, kind, self._number(), key.at))
            if self._peek().text == ",":
                self.at += 1

    def _number(self) -> float:
        token = self._name(Term("number"))
        try:
            return float(token.text)
        except ValueError:
            place = self._place(token.at)
            raise BadNumber("not_a_number", text=token.text, place=place) from None

    # -- formulas: operator precedence with an explicit stack, so depth is no limit

    def _formula(self, name: _Token) -> Input:
        frames = [_Frame(name.at)]
        while True:
            self._operand(frames)
            while self._peek().text == ")" and len(frames) > 1:
                self._close(frames)
            token = self._peek()
            if self._operator(frames[-1], token):
                self.at += 1
            elif token.text == "," and frames[-1].vote is not None:
                self.at += 1
                self._finish_input(frames[-1])
            elif len(frames) == 1:
                return self._fold(frames[0])
            else:
                raise self._open(frames[-1], token)

    def _open(self, frame: _Frame, token: _Token) -> SyntaxProblem:
        return SyntaxProblem("not_closed", found=_found(token), place=self._place(frame.at))

    def _operator(self, frame: _Frame, token: _Token) -> bool:
        word = "cold" if token.kind == "cold" else token.text
        if token.kind not in {"keyword", "cold"} or word not in _STRENGTH:
            return False
        while frame.operators and _STRENGTH[frame.operators[-1]] > _STRENGTH[word]:
            self._reduce(frame)
        frame.operators.append(word)
        if token.kind == "cold":
            frame.operands.append(Input(-1, token.minutes))  # the mark of the operand to come
        return True

    def _operand(self, frames: list[_Frame]) -> None:
        """Everything up to and with the next name: marks, votes and opening parentheses."""
        while True:
            token = self._next()
            frame = frames[-1]
            if token.kind == "cold" and frame.vote is not None and not frame.operands:
                frame.marks = token.minutes
            elif token.text == "hot" and frame.vote is not None and not frame.operands:
                continue
            elif token.kind == "name" and self._peek().text == "of":
                frames.append(self._vote(token))
            elif token.text == "(" and token.kind == "mark":
                frames.append(_Frame(token.at))
            elif token.kind == "name":
                node = self.builder.reference(token.text, self._later(token.at))
                self._push(frame, node)
                return
            else:
                raise self._missing(frame, token)

    def _missing(self, frame: _Frame, token: _Token) -> Exception:
        empty = token.text == ")" and not frame.operands and not frame.items
        if empty and frame.vote is None:
            return EmptyGate("empty_parentheses", place=self._place(frame.at))
        return self._wrong(token, Term("name_or_open"))

    def _vote(self, token: _Token) -> _Frame:
        if not token.text.isdecimal():
            raise self._wrong(token, Term("whole_number"))
        self.at += 1
        bracket = self._next()
        if bracket.text != "(":
            raise self._wrong(bracket, Term("token", "("))
        if self._peek().text == ")":
            raise EmptyGate("vote_of_nothing", place=self._place(bracket.at))
        return _Frame(token.at, int(token.text))

    def _push(self, frame: _Frame, node: int) -> None:
        if frame.operands and frame.operands[-1].node == -1:
            frame.operands[-1] = Input(node, frame.operands[-1].minutes)
        else:
            frame.operands.append(Input(node))

    def _close(self, frames: list[_Frame]) -> None:
        self.at += 1
        frame = frames.pop()
        if frame.vote is None:
            node = self._fold(frame).node
        else:
            self._finish_input(frame)
            node = self._voted(frame, frame.vote)
        self._push(frames[-1], node)

    def _voted(self, frame: _Frame, vote: int) -> int:
        count = len(frame.items)
        if not 1 <= vote <= count:
            place = self._place(frame.at)
            raise ImpossibleVote("vote_out_of_range", count=count, need=vote, place=place)
        return self.builder.gate(vote, frame.items)

    def _finish_input(self, frame: _Frame) -> None:
        frame.items.append(Input(self._fold(frame).node, frame.marks))
        frame.marks = HOT

    def _fold(self, frame: _Frame) -> Input:
        while frame.operators:
            self._reduce(frame)
        return frame.operands.pop()

    def _reduce(self, frame: _Frame) -> None:
        """Join the operands of the last run of operators of one strength into one gate."""
        strength = _STRENGTH[frame.operators[-1]]
        count = 1
        while frame.operators and _STRENGTH[frame.operators[-1]] == strength:
            frame.operators.pop()
            count += 1
        joined = frame.operands[-count:]
        del frame.operands[-count:]
        lead = joined[0].minutes
        inputs = [Input(joined[0].node), *joined[1:]]
        node = self.builder.gate(count if strength == 2 else 1, inputs)
        frame.operands.append(Input(node, lead))
