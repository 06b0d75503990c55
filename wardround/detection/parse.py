"""Reading a rule's expression. Every mistake is told with the character at which it stands.

Precedence, loosest first: `or`; `and` `unless`; comparisons; `+ -`; `* / %`; sign; `^`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from wardround.detection.errors import BadExpression
from wardround.detection.expression import (
    AGGREGATIONS,
    COMPARISONS,
    PLAIN_FUNCTIONS,
    SET_OPERATORS,
    WINDOW_FUNCTIONS,
    Aggregate,
    Binary,
    Call,
    Matcher,
    Negative,
    Node,
    Number,
    Selector,
    Window,
    is_scalar,
)
from wardround.kernel.errors import BadPattern
from wardround.kernel.patterns import pattern
from wardround.schema.declarations import seconds_of

LONGEST_WINDOW = 3600.0
"""Seconds; windows live in memory."""
_LONGEST_TEXT = 4000
_MOST_TOKENS = 400
_DEEPEST = 60

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|\#[^\n]*)
  | (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
  | (?P<window>\[[^\]]*\])
  | (?P<number>0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![A-Za-z_:]))
  | (?P<name>[A-Za-z_:][A-Za-z0-9_:]*)
  | (?P<symbol><=|>=|==|!=|=~|!~|[-+*/%^()<>={},])
    """,
    re.VERBOSE,
)
_KEYWORDS = SET_OPERATORS | {"bool", "by"}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}

_LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"or"}),
    frozenset({"and", "unless"}),
    COMPARISONS,
    frozenset({"+", "-"}),
    frozenset({"*", "/", "%"}),
)


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    position: int


def parse(text: str) -> Node:
    """Read one expression; `BadExpression` when it does not parse or is about no metric."""
    if len(text) > _LONGEST_TEXT:
        raise BadExpression(
            text, _LONGEST_TEXT, gettext_noop("The expression is longer than 4,000 characters")
        )
    node = _Reader(text).whole()
    if is_scalar(node):
        raise BadExpression(text, 0, gettext_noop("The expression names no metric"))
    return node


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise BadExpression(
                text,
                position,
                gettext_noop("“%(sign)s” has no meaning here"),
                sign=text[position],
            )
        kind = str(found.lastgroup)
        if kind != "space":
            yield _Token("keyword" if found.group() in _KEYWORDS else kind, found.group(), position)
        position = found.end()
    yield _Token("end", "", len(text))


class _Reader:
    """Recursive descent over the tokens; one method for each kind of node."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(_tokens(text))
        if len(self._tokens) > _MOST_TOKENS:
            place = self._tokens[_MOST_TOKENS].position
            raise BadExpression(text, place, gettext_noop("The expression has too many parts"))
        self._at = 0
        self._depth = 0

    def whole(self) -> Node:
        node = self._level(0)
        if self._next.kind != "end":
            raise self._bad(gettext_noop("Expected an operator or the end, found “%(found)s”"))
        return node

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        token = self._next
        self._at += 1
        return token

    def _taken(self, text: str) -> bool:
        """Take the next token if it is this sign or keyword."""
        if self._next.kind in {"symbol", "keyword"} and self._next.text == text:
            self._at += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._taken(text):
            raise self._bad(gettext_noop("Expected “%(wanted)s”, found “%(found)s”"), wanted=text)

    def _bad(self, template: str, token: _Token | None = None, **details: object) -> BadExpression:
        token = token or self._next
        found = token.text or gettext("the end")
        return BadExpression(self._text, token.position, template, found=found, **details)

    def _level(self, level: int) -> Node:
        """Left-associative operators of one precedence level and all tighter ones."""
        if level == len(_LEVELS):
            return self._signed()
        left = self._level(level + 1)
        while self._next.kind != "string" and self._next.text in _LEVELS[level]:
            left = self._operation(self._take(), left, level)
        return left

    def _operation(self, operator: _Token, left: Node, level: int) -> Node:
        as_bool = operator.text in COMPARISONS and self._taken("bool")
        right = self._level(level + 1)
        both = is_scalar(left) and is_scalar(right)
        if operator.text in SET_OPERATORS and (is_scalar(left) or is_scalar(right)):
            raise self._bad(
                gettext_noop("“%(operator)s” needs a metric on both sides"),
                operator,
                operator=operator.text,
            )
        if operator.text in COMPARISONS and both and not as_bool:
            raise self._bad(gettext_noop("Two plain numbers are compared"), operator)
        return Binary(operator.text, left, right, as_bool=as_bool)

    def _signed(self) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._bad(gettext_noop("The expression is nested too deeply"))
        try:
            if self._taken("-"):
                return Negative(self._signed())
            return self._signed() if self._taken("+") else self._power()
        finally:
            self._depth -= 1

    def _power(self) -> Node:
        base = self._atom()
        return Binary("^", base, self._signed()) if self._taken("^") else base

    def _atom(self) -> Node:
        token = self._take()
        if token.kind == "number":
            is_hexadecimal = token.text[:2].lower() == "0x"
            return Number(float(int(token.text, 16)) if is_hexadecimal else float(token.text))
        if token.kind == "symbol" and token.text == "(":
            node = self._level(0)
            self._expect(")")
            return node
        if token.kind == "name":
            return self._named(token)
        raise self._bad(
            gettext_noop("Expected a metric, a number or “(”, found “%(found)s”"), token
        )

    def _named(self, name: _Token) -> Node:
        if name.text.lower() in {"inf", "nan"}:
            return Number(float(name.text))
        if name.text in AGGREGATIONS and self._next.text in {"(", "by"}:
            return self._aggregate(name)
        if self._next.text == "(":
            return self._call(name)
        return self._selector(name)

    def _aggregate(self, name: _Token) -> Node:
        by = self._labels() if self._taken("by") else None
        self._expect("(")
        operand = self._level(0)
        self._expect(")")
        if by is None:
            by = self._labels() if self._taken("by") else ()
        return Aggregate(name.text, by, self._vector(name, operand))

    def _labels(self) -> tuple[str, ...]:
        self._expect("(")
        names: list[str] = []
        while not self._taken(")"):
            names.append(self._label())
            if not self._taken(",") and self._next.text != ")":
                raise self._bad(gettext_noop("Expected “,” or “)”, found “%(found)s”"))
        return tuple(names)

    def _label(self) -> str:
        token = self._take()
        if token.kind not in {"name", "keyword"} or ":" in token.text:
            raise self._bad(gettext_noop("Expected a label's name, found “%(found)s”"), token)
        return token.text

    def _vector(self, name: _Token, operand: Node) -> Node:
        if is_scalar(operand):
            raise self._bad(gettext_noop("“%(function)s” needs a metric"), name, function=name.text)
        return operand

    def _call(self, name: _Token) -> Node:
        if name.text in WINDOW_FUNCTIONS:
            return self._window(name)
        if name.text not in PLAIN_FUNCTIONS:
            known = ", ".join(sorted(WINDOW_FUNCTIONS | PLAIN_FUNCTIONS | AGGREGATIONS))
            raise self._bad(
                gettext_noop("There is no function “%(found)s”; there are %(known)s"),
                name,
                known=known,
            )
        self._expect("(")
        operand = self._level(0)
        self._expect(")")
        return Call(name.text, self._vector(name, operand))

    def _window(self, name: _Token) -> Node:
        self._expect("(")
        metric = self._take()
        if metric.kind != "name":
            raise self._bad(gettext_noop("Expected a metric, found “%(found)s”"), metric)
        selector = self._selector(metric)
        seconds = self._seconds(name)
        ahead = 0.0
        if name.text == "predict_linear":
            self._expect(",")
            ahead = self._ahead()
        self._expect(")")
        return Window(name.text, selector, seconds, ahead)

    def _ahead(self) -> float:
        token = self._take()
        if token.kind != "number":
            raise self._bad(gettext_noop("Expected a number of seconds, found “%(found)s”"), token)
        return float(token.text)

    def _seconds(self, name: _Token) -> float:
        token = self._take()
        if token.kind != "window":
            raise self._bad(
                gettext_noop("“%(function)s” needs a window such as [5m], found “%(found)s”"),
                token,
                function=name.text,
            )
        try:
            seconds = seconds_of(token.text[1:-1].strip())
        except ValueError:
            seconds = 0.0
        if not 0 < seconds <= LONGEST_WINDOW:
            raise self._bad(gettext_noop("The window %(found)s is not between 1s and 1h"), token)
        return seconds

    def _selector(self, name: _Token) -> Selector:
        matchers: list[Matcher] = []
        if self._taken("{"):
            while not self._taken("}"):
                matchers.append(self._matcher())
                if not self._taken(",") and self._next.text != "}":
                    raise self._bad(gettext_noop("Expected “,” or “}”, found “%(found)s”"))
        return Selector(name.text, tuple(matchers), name.position)

    def _matcher(self) -> Matcher:
        label = self._label()
        operator = self._take()
        if operator.text not in {"=", "!=", "=~", "!~"}:
            raise self._bad(gettext_noop("Expected =, !=, =~ or !~, found “%(found)s”"), operator)
        value = self._take()
        if value.kind != "string":
            raise self._bad(gettext_noop("Expected a text in quotes, found “%(found)s”"), value)
        text = _unquoted(value.text)
        if operator.text in {"=~", "!~"}:
            self._check_pattern(text, value)
        return Matcher(label, operator.text, text)

    def _check_pattern(self, text: str, token: _Token) -> None:
        try:
            pattern(text)
        except BadPattern as error:
            raise self._bad(
                gettext_noop("%(found)s is not a regular expression: %(why)s"),
                token,
                why=error.why,
            ) from None


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text[1:-1])
