"""The compact text form of a model, one statement a line.

    pacs = app and 2 of (web1, web2, web3) and (db1 hot db2 cold[15min] db3)
    gate storage = san or nas            # a gate: it cannot fail itself
    db1: probability=0.01                # or: failure_rate=0.0001 repair_rate=0.25 (per hour)
    items app, web1, web2, web3          # from now on every name must be defined
    top pacs

`hot` and `cold[…]` bind tighter than `and`, which binds tighter than `or`. In `k of (…)` an input
may be marked `cold[…] x`. Times: min (default), s, h, d. Names with odd characters go in double
quotes, a double quote in them twice. 与, 或, 热备 and 冷备[15分钟] are `and`, `or`, `hot` and
`cold[15min]`. Full-width punctuation, digits and keywords are read as their
ASCII twins outside quotes. Without an `items` line, a name that is only used is an item without
supports.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from typing import TYPE_CHECKING

from wardround.dependability.builder import Builder
from wardround.dependability.errors import (
    BadNumber,
    CyclicModel,
    EmptyGate,
    ImpossibleVote,
    NotAName,
    SyntaxProblem,
    UndefinedName,
)
from wardround.dependability.messages import Term
from wardround.dependability.model import HOT, Input
from wardround.dependability.tokens import NUMBERS, Source, Token

if TYPE_CHECKING:
    from collections.abc import Callable

    from wardround.dependability.errors import Place
    from wardround.dependability.messages import Notice
    from wardround.dependability.model import Model

_OFTEN = 10_000  # statements between two tellings how far it is
_LONGEST = 18  # digits of a k; more inputs than that there are none
_FIGURE = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?|[-+]?(inf|nan)", re.ASCII)
_STRENGTH = {"or": 1, "and": 2, "hot": 3, "cold": 3}
_WORDS = {1: "or", 2: "and", 3: "hot"}


class _Frame:
    """What is open: operands and operators of one pair of parentheses, or of the statement."""

    __slots__ = ("at", "items", "marks", "operands", "operators", "vote")

    def __init__(self, at: int, vote: int | None = None) -> None:
        self.at, self.vote = at, vote
        self.operands: list[Input] = []
        self.operators: list[str] = []
        self.items: list[Input] = []  # finished inputs of a k-of-n
        self.marks = HOT  # the cold[…] before the present input of a k-of-n


def parse(
    text: str, *, strict: bool = False, progress: Callable[[Notice], None] | None = None
) -> Model:
    """Read the compact form; `strict` refuses names that are used but have no line of their own;
    `progress` hears how much is read.
    """
    if not isinstance(text, str):
        raise NotAName("not_a_text", kind=type(text).__name__)
    return Reader(Source(text.removeprefix("\ufeff"), progress), strict=strict).read()


def _found(token: Token) -> Term:
    return Term("line_end") if token.kind in {"newline", "end"} else Term("token", token.text)


class Reader:
    def __init__(self, source: Source, *, strict: bool) -> None:
        self.source = source
        self.tokens = self.source.tokens
        self.strict = strict
        self.builder = Builder()
        self.at = self.statements = 0
        self.numbers: dict[tuple[str, str], tuple[float, int]] = {}
        self.tops: list[Token] = []
        self.figured: set[str] = set()  # items that so far have a line of figures only
        self.defined: dict[str, int] = {}  # where

    def read(self) -> Model:
        while self._peek().kind != "end":
            if self._peek().kind == "newline":
                self.at += 1
                continue
            self._statement()
            self.statements += 1
            if not self.statements % _OFTEN:
                self.source.say((len(self.source.text) + self._peek().at) // 2)
        for (name, kind), (value, at) in self.numbers.items():
            node, place = self.builder.reference(name), self.source.place(at)
            if not self.builder.can_fail(node):
                raise BadNumber("number_of_gate", kind=Term(kind), name=name, place=place)
            self.builder.number(kind, node, value, place)
        self._know_tops()
        try:
            return self.builder.model(open_world=not self.strict)
        except CyclicModel as circle:
            known = [self.defined[name] for name in circle.path if name in self.defined]
            circle.place = self.source.place(min(known)) if known else None
            raise

    def _know_tops(self) -> None:
        """A top that rests on nothing, supports nothing and has no line of its own is a slip."""
        unknown = [top for top in self.tops if not self.builder.declared(top.text)]
        used = self.builder.used() if unknown else set()
        for top in unknown:
            if self.builder.reference(top.text) not in used:
                place = self.source.place(top.at)
                raise UndefinedName("undefined", name=top.text, more=0, place=place)

    def _later(self, at: int) -> Callable[[], Place]:
        return lambda: self.source.place(at)

    def _peek(self, ahead: int = 0) -> Token:
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def _next(self) -> Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def _wrong(self, token: Token, expected: Term) -> SyntaxProblem:
        place = self.source.place(token.at)
        return SyntaxProblem("expected", expected=expected, found=_found(token), place=place)

    def _name(self, expected: Term = Term("name")) -> Token:  # noqa: B008  a constant
        token = self._next()
        if token.kind != "name":
            raise self._wrong(token, expected)
        return token

    # -- statements

    def _statement(self) -> None:
        first = self._name(Term("first_name"))
        following = self._peek()
        if first.word in {"items", "gate", "top"} and following.kind == "name":
            {"items": self._items, "gate": self._gate, "top": self._top}[first.word]()
        elif following.word == "=":
            self._definition(first, fallible=True)
        else:
            self._declaration(first)
        if self._next().kind != "newline":
            raise self._wrong(self.tokens[self.at - 1], Term("operator"))

    def _items(self) -> None:
        self.strict = True
        while True:
            name = self._name()
            if name.text not in self.figured:
                self._declare(name)
            self.figured.discard(name.text)
            if self._peek().word != ",":
                return
            self.at += 1

    def _gate(self) -> None:
        name = self._name()
        if self._peek().word != "=":
            raise self._wrong(self._peek(), Term("token", "="))
        self._definition(name, fallible=False)

    def _top(self) -> None:
        name = self._name()
        self.builder.top(self.builder.reference(name.text, self._later(name.at)))
        self.tops.append(name)

    def _definition(self, name: Token, *, fallible: bool) -> None:
        self.at += 1
        if self._constant(name):
            return
        place = self.source.place(name.at)
        need, inputs = self.builder.unwrapped(self._formula(name))
        self.builder.define(name.text, need=need, inputs=inputs, fallible=fallible, place=place)
        self.defined[name.text] = name.at
        self._attributes(name)

    def _constant(self, name: Token) -> bool:
        """`gate x = up` and `gate x = down`, unless there are items of these names."""
        word = self._peek().word
        if word not in {"always_up", "always_down"} or self._peek(1).kind != "newline":
            return False
        self.at += 1
        self.builder.constant(name.text, up=word == "always_up", place=self.source.place(name.at))
        return True

    def _declaration(self, name: Token) -> None:
        if self._peek().word == ":":
            self.builder.reference(name.text)
            if not self.builder.declared(name.text) and not self._defined_later(name.text):
                self._declare(name)
                self.figured.add(name.text)
            self._attributes(name)
            return
        self._declare(name)
        while self._peek().word == ",":
            self.at += 1
            self._declare(self._name())

    def _defined_later(self, name: str) -> bool:
        """Attributes may come before the formula; a plain scan would cost n²."""
        if not hasattr(self, "_defining"):
            tokens = self.tokens
            self._defining = {
                before.text
                for before, after in itertools.pairwise(tokens)
                if after.word == "=" and after.kind == "mark" and before.kind == "name"
            }
        return name in self._defining

    def _declare(self, name: Token) -> None:
        self.builder.define(name.text, place=self.source.place(name.at))

    def _attributes(self, name: Token) -> None:
        if self._peek().word != ":":
            return
        self.at += 1
        while self._peek().kind == "name":
            key = self._next()
            kind = "probability" if key.word == "p" else key.text
            if kind not in NUMBERS:
                known = ", ".join(NUMBERS)
                raise self._wrong(key, Term("one_of", known))
            if self._next().word != "=":
                raise self._wrong(self.tokens[self.at - 1], Term("token", "="))
            if (name.text, kind) in self.numbers:
                raise BadNumber("value_twice", name=name.text, place=self.source.place(key.at))
            self.numbers[name.text, kind] = (self._number(), key.at)
            if self._peek().word == ",":
                self.at += 1

    def _number(self) -> float:
        token = self._name(Term("number"))
        text = unicodedata.normalize("NFKC", token.text)
        if not _FIGURE.fullmatch(text):
            place = self.source.place(token.at)
            raise BadNumber("not_a_number", text=token.text, place=place)
        return float(text)

    # -- formulas: operator precedence with an explicit stack, so depth is no limit

    def _formula(self, name: Token) -> Input:
        frames = [_Frame(name.at)]
        while True:
            self._operand(frames)
            while self._peek().word == ")" and len(frames) > 1:
                self._close(frames)
            token = self._peek()
            if self._operator(frames[-1], token):
                self.at += 1
            elif token.word == "," and frames[-1].vote is not None:
                self.at += 1
                self._finish_input(frames[-1])
            elif token.word == "cold":
                raise self._wrong(self._peek(1), Term("time_mark"))
            elif len(frames) == 1:
                return self._fold(frames[0])
            else:
                raise self._open(frames[-1], token)

    def _open(self, frame: _Frame, token: Token) -> SyntaxProblem:
        return SyntaxProblem("not_closed", found=_found(token), place=self.source.place(frame.at))

    def _operator(self, frame: _Frame, token: Token) -> bool:
        word = "cold" if token.kind == "cold" else token.word
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
            elif token.word == "hot" and frame.vote is not None and not frame.operands:
                continue
            elif token.kind == "name" and self._peek().word == "of":
                frames.append(self._vote(token))
            elif token.word == "(" and token.kind == "mark":
                frames.append(_Frame(token.at))
            elif token.kind == "name":
                self._push(frame, self._reference(token))
                return
            else:
                raise self._missing(frame, token)

    def _missing(self, frame: _Frame, token: Token) -> Exception:
        empty = token.word == ")" and not frame.operands and not frame.items
        if empty and frame.vote is None:
            return EmptyGate("empty_parentheses", place=self.source.place(frame.at))
        return self._wrong(token, Term("name_or_open"))

    def _vote(self, token: Token) -> _Frame:
        if not token.word.isdecimal():
            raise self._wrong(token, Term("whole_number"))
        self.at += 1
        bracket = self._next()
        if bracket.word != "(":
            raise self._wrong(bracket, Term("token", "("))
        if self._peek().word == ")":
            raise EmptyGate("vote_of_nothing", place=self.source.place(bracket.at))
        asked = unicodedata.normalize("NFKC", token.text)
        if len(asked) > _LONGEST:
            raise self._wrong(token, Term("whole_number"))
        return _Frame(token.at, int(asked))

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
            place = self.source.place(frame.at)
            raise ImpossibleVote("vote_out_of_range", count=count, need=vote, place=place)
        return self._joined("of", vote, frame.items)

    def _reference(self, token: Token) -> int:
        return self.builder.reference(token.text, self._later(token.at))

    def _joined(self, _word: str, need: int, inputs: list[Input]) -> int:
        """Who reads a formula as it is written (`expression`) keeps the word, too."""
        return self.builder.gate(need, inputs)

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
        word = _WORDS[strength]
        count = 1
        while frame.operators and _STRENGTH[frame.operators[-1]] == strength:
            frame.operators.pop()
            count += 1
        joined = frame.operands[-count:]
        del frame.operands[-count:]
        lead = joined[0].minutes
        inputs = [Input(joined[0].node), *joined[1:]]
        node = self._joined(word, count if strength == 2 else 1, inputs)
        frame.operands.append(Input(node, lead))
