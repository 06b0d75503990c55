"""From the text of a condition to its parts: tokens, then recursive descent.

    either     = both { "or" both }
    both       = negation { "and" negation }
    negation   = "not" negation | comparison
    comparison = sum [ ( "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not" "in" ) sum ]
    sum        = product { ( "+" | "-" ) product }
    product    = sign { ( "*" | "/" ) sign }
    sign       = "-" sign | atom
    atom       = number | text | "true" | "false" | "null" | name | name "(" [ list ] ")"
               | "[" [ list ] "]" | "(" either ")"

There are no attributes, powers, repetition or assignment; length and depth are capped, so that
parsing and evaluating take bounded time whoever wrote the text.

What a person asks of a list (`asked`) is written the same, and more loosely: `=` is `==`, and names
may lead from one thing to the next (`owner.department`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from wardround.schema.errors import ExpressionError
from wardround.schema.expressions.nodes import Binary, Call, ListOf, Literal, Name, Node, Unary

MOST_CHARACTERS = 2_000
MOST_TOKENS = 300
MOST_DEPTH = 30
MOST_DIGITS = 18

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?![\w.]))
      | (?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      | (?P<name>[^\W\d]\w*)
      | (?P<sign>==|!=|<=|>=|&&|\|\||[-+*/<>()\[\],=!])
    """,
    re.VERBOSE | re.DOTALL,
)
_ASKED_TOKEN = re.compile(
    _TOKEN.pattern.replace(r"(?P<name>[^\W\d]\w*)", r"(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)"),
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", '"': '"', "'": "'"}
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_COMPARISONS = ("==", "!=", "<=", ">=", "<", ">")
_KEYWORDS = frozenset({"and", "or", "not", "in", *_CONSTANTS})
_MEANT = {"&&": "and", "||": "or", "!": "not", "=": "=="}
_MEANT_NAMES = {"True": "true", "False": "false", "None": "null", "AND": "and", "OR": "or"}


@dataclass(frozen=True, slots=True)
class Token:
    at: int
    kind: str
    text: str


def tokens(source: str, forms: re.Pattern[str] = _TOKEN) -> list[Token]:
    """The tokens of `source`, ended by one of kind "end"."""
    if len(source) > MOST_CHARACTERS:
        details = {"most": MOST_CHARACTERS, "found": len(source)}
        message = _("the expression is longer than %(most)s characters (%(found)s)")
        raise ExpressionError(source, MOST_CHARACTERS, message, details)
    found, at = [], 0
    while at < len(source):
        match = forms.match(source, at)
        if match is None:
            raise _unreadable(source, at)
        if match.lastgroup != "space":
            found.append(Token(at, match.lastgroup or "", match.group()))
        if len(found) > MOST_TOKENS:
            message = _("the expression has more than %(most)s words and signs")
            raise ExpressionError(source, at, message, {"most": MOST_TOKENS})
        at = match.end()
    return [*found, Token(len(source), "end", "")]


def _unreadable(source: str, at: int) -> ExpressionError:
    character = source[at]
    if character in "'\"":
        return ExpressionError(source, at, _("the text that begins here is not closed"))
    if character.isdigit():
        return ExpressionError(source, at, _("this is not a number"), found=source[at : at + 20])
    details = {"character": character}
    message = _("“%(character)s” has no meaning in an expression")
    return ExpressionError(source, at, message, details, found=character)


def parse(source: str, *, asked: bool = False) -> Node:
    """The parts of `source`; raises ExpressionError at the first thing that is not right."""
    return _Parser(source, asked=asked).whole()


class _Parser:
    def __init__(self, source: str, *, asked: bool) -> None:
        self.source = source
        self.tokens = tokens(source, _ASKED_TOKEN if asked else _TOKEN)
        self.comparisons = ("=", *_COMPARISONS) if asked else _COMPARISONS
        self.next = 0
        self.depth = 0

    # Reading tokens

    @property
    def token(self) -> Token:
        return self.tokens[self.next]

    def took(self, *texts: str) -> Token | None:
        """The next token if it is one of these signs or keywords, else nothing."""
        token = self.token
        if token.kind in ("sign", "name") and token.text in texts:
            self.next += 1
            return token
        return None

    def expect(self, text: str) -> None:
        if not self.took(text):
            raise self.surprise(f"“{text}”")

    def surprise(self, expected: str) -> ExpressionError:
        token = self.token
        if token.kind == "end":
            message, details = _("the expression ends where %(expected)s should follow"), {}
        else:
            message, details = (
                _("%(expected)s should stand here, not “%(found)s”"),
                {"found": token.text},
            )
        return ExpressionError(
            self.source,
            token.at,
            message,
            {**details, "expected": expected},
            found=token.text,
            expected=expected,
            suggestion=_MEANT.get(token.text, ""),
        )

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            message = _("the expression is nested deeper than %(most)s levels")
            raise ExpressionError(self.source, self.token.at, message, {"most": MOST_DEPTH})

    # The grammar

    def whole(self) -> Node:
        node = self.either()
        if self.token.kind != "end":
            raise self.surprise(_("an operator or the end"))
        return node

    def either(self) -> Node:
        self.deeper()
        node = self.both()
        while token := self.took("or"):
            node = Binary(token.at, "or", node, self.both())
        self.depth -= 1
        return node

    def both(self) -> Node:
        node = self.negation()
        while token := self.took("and"):
            node = Binary(token.at, "and", node, self.negation())
        return node

    def negation(self) -> Node:
        if token := self.took("not"):
            self.deeper()
            node = Unary(token.at, "not", self.negation())
            self.depth -= 1
            return node
        return self.comparison()

    def comparison(self) -> Node:
        left = self.sum()
        operator = self.comparing()
        if operator is None:
            return left
        meant = _MEANT.get(operator.text, operator.text)
        node = Binary(operator.at, meant, left, self.sum())
        if (again := self.comparing()) is not None:
            message = _("comparisons cannot be chained; join two with “and”")
            raise ExpressionError(self.source, again.at, message, found=again.text)
        return node

    def comparing(self) -> Token | None:
        if (token := self.took("in", *self.comparisons)) is not None:
            return token
        if self.token.text == "not" and self.tokens[self.next + 1].text == "in":
            token = self.token
            self.next += 2
            return Token(token.at, "name", "not in")
        return None

    def sum(self) -> Node:
        node = self.product()
        while token := self.took("+", "-"):
            node = Binary(token.at, token.text, node, self.product())
        return node

    def product(self) -> Node:
        node = self.sign()
        while token := self.took("*", "/"):
            node = Binary(token.at, token.text, node, self.sign())
        return node

    def sign(self) -> Node:
        if token := self.took("-"):
            self.deeper()
            node = Unary(token.at, "-", self.sign())
            self.depth -= 1
            return node
        return self.atom()

    def atom(self) -> Node:
        token = self.token
        if self.took("("):
            node = self.either()
            self.expect(")")
            return node
        if self.took("["):
            return ListOf(token.at, self.listed("]"))
        if token.kind in ("number", "text"):
            self.next += 1
            return Literal(token.at, self.literal(token))
        if token.kind == "name":
            return self.named(token)
        raise self.surprise(_("a value"))

    def named(self, token: Token) -> Node:
        if token.text in _CONSTANTS:
            self.next += 1
            return Literal(token.at, _CONSTANTS[token.text])
        if token.text in _KEYWORDS:
            raise self.surprise(_("a value"))
        self.next += 1
        if self.took("("):
            return Call(token.at, token.text, self.listed(")"))
        return Name(token.at, token.text)

    def listed(self, closing: str) -> tuple[Node, ...]:
        members: list[Node] = []
        if self.took(closing):
            return ()
        while True:
            members.append(self.either())
            if self.took(closing):
                return tuple(members)
            if not self.took(","):
                raise self.surprise(f"“,” or “{closing}”")

    def literal(self, token: Token) -> str | int | float:
        if token.kind == "text":
            return self.unescaped(token)
        if len(token.text) > MOST_DIGITS:
            message = _("the number has more than %(most)s digits")
            raise ExpressionError(self.source, token.at, message, {"most": MOST_DIGITS})
        return float(token.text) if "." in token.text else int(token.text)

    def unescaped(self, token: Token) -> str:
        for match in _ESCAPE.finditer(token.text):
            if match.group(1) not in _ESCAPES:
                message = _("“%(escape)s” is no escape; these are: %(known)s")
                details = {"escape": match.group(), "known": "\\n \\t \\\\ \\\" \\'"}
                raise ExpressionError(self.source, token.at + match.start(), message, details)
        return _ESCAPE.sub(lambda match: _ESCAPES[match.group(1)], token.text[1:-1])


def meant(name: str) -> str:
    """The keyword somebody used to another language means by `name`, or an empty text."""
    return _MEANT_NAMES.get(name, "")
