"""Reading the leaves of an expression: selectors with their matchers, lists of labels, windows."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext, gettext_noop

from wardround.detection.errors import BadExpression
from wardround.detection.expression import METRIC, Matcher, Node, Selector
from wardround.detection.tokens import Token, tokens, unquoted
from wardround.kernel.errors import BadPattern
from wardround.kernel.patterns import pattern
from wardround.schema.declarations import seconds_of

LONGEST_WINDOW = 86_400.0
"""Seconds that a window and its offset may reach back; both live in memory."""


class LeafReader:
    """Goes through the tokens of one expression."""

    def __init__(self, text: str, *, most: int) -> None:
        self._text = text
        self._tokens: list[Token] = []
        for token in tokens(text):
            self._tokens.append(token)
            if len(self._tokens) > most:
                message = gettext_noop("The expression has too many parts")
                raise BadExpression(text, token.position, message)
        self._at = 0

    @property
    def next(self) -> Token:
        return self._tokens[self._at]

    @property
    def after(self) -> Token:
        """The token behind the next."""
        return self._tokens[min(self._at + 1, len(self._tokens) - 1)]

    def take(self) -> Token:
        """The next token; the end is never left behind."""
        token = self.next
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def taken(self, word: str) -> bool:
        """Take the next token if it is this sign or keyword."""
        if self.next.word != word:
            return False
        self._at += 1
        return True

    def expect(self, sign: str) -> None:
        if not self.taken(sign):
            raise self.bad(gettext_noop("Expected “%(wanted)s”, found “%(found)s”"), wanted=sign)

    def bad(self, template: str, token: Token | None = None, **details: object) -> BadExpression:
        token = token or self.next
        found = token.text or gettext("the end")
        return BadExpression(self._text, token.position, template, found=found, **details)

    # Labels --------------------------------------------------------------------------------------

    def labels(self) -> tuple[str, ...]:
        """Names of labels in brackets."""
        self.expect("(")
        names: list[str] = []
        while not self.taken(")"):
            names.append(self._label())
            self._comma(")")
        return tuple(names)

    def _label(self) -> str:
        token = self.take()
        if token.kind == "string":
            return unquoted(token.text)
        if token.kind != "name" or ":" in token.text:
            raise self.bad(gettext_noop("Expected a label's name, found “%(found)s”"), token)
        return token.text

    def _comma(self, closing: str) -> None:
        if not self.taken(",") and self.next.word != closing:
            message = gettext_noop("Expected “,” or “%(closing)s”, found “%(found)s”")
            raise self.bad(message, closing=closing)

    # Selectors -----------------------------------------------------------------------------------

    def selector(self, name: Token) -> Selector:
        """A metric with what stands in its braces."""
        matchers: list[Matcher] = []
        if self.taken("{"):
            matchers, quoted = self._matchers()
            if quoted or any(matcher.label == METRIC for matcher in matchers):
                message = gettext_noop("The metric is named twice: as “%(found)s” and in braces")
                raise self.bad(message, name)
        return Selector(name.text, tuple(matchers), name.position)

    def nameless(self, brace: Token) -> Selector:
        """A selector that says its metric in the braces, by name or by a pattern for names."""
        matchers, name = self._matchers()
        named = [matcher for matcher in matchers if matcher.label == METRIC]
        if not name and len(named) == 1 and named[0].operator == "=":
            name = named[0].value
            matchers.remove(named[0])
        elif not named and not name:
            raise self.bad(gettext_noop("No metric is named before “%(found)s”"), brace)
        return Selector(name, tuple(matchers), brace.position)

    def _matchers(self) -> tuple[list[Matcher], str]:
        """What stands in braces, and the name of the metric where it is among it in quotes."""
        found: list[Matcher] = []
        name = ""
        while not self.taken("}"):
            token = self.next
            label = self._label()
            if token.kind == "string" and self.next.word in {",", "}"}:
                name = label
            else:
                found.append(self._matcher(label))
            self._comma("}")
        return found, name

    def _matcher(self, label: str) -> Matcher:
        operator = self.take()
        if operator.word not in {"=", "!=", "=~", "!~"}:
            raise self.bad(gettext_noop("Expected =, !=, =~ or !~, found “%(found)s”"), operator)
        value = self.take()
        if value.kind != "string":
            raise self.bad(gettext_noop("Expected a text in quotes, found “%(found)s”"), value)
        text = unquoted(value.text)
        if operator.word in {"=~", "!~"}:
            self.check_pattern(text, value)
        return Matcher(label, operator.word, text)

    def check_pattern(self, text: str, token: Token) -> None:
        try:
            pattern(text)
        except BadPattern as error:
            message = gettext_noop("%(found)s is not a regular expression: %(why)s")
            raise self.bad(message, token, why=error.why) from None

    # Time ----------------------------------------------------------------------------------------

    def window(self, function: Token) -> float:
        """The seconds in square brackets."""
        token = self.take()
        if token.kind != "window":
            raise self.bad(
                gettext_noop("“%(function)s” needs a window such as [5m], found “%(found)s”"),
                token,
                function=function.text,
            )
        if ":" in token.text:
            message = gettext_noop("A window over another expression is not possible")
            raise self.bad(message, token)
        return self._span(token, token.text[1:-1].strip())

    def _span(self, token: Token, written: str) -> float:
        try:
            seconds = seconds_of(written)
        except ValueError:
            seconds = 0.0
        if not 0 < seconds <= LONGEST_WINDOW:
            raise self.bad(gettext_noop("The window %(found)s is not between 1s and 1d"), token)
        return seconds

    def past(self, node: Node) -> Node:
        """The node `offset` so long ago, where that stands behind it."""
        if self.next.kind == "window":
            message = gettext_noop("A window %(found)s needs a function, such as rate(…)")
            raise self.bad(message)
        if self.next.word != "offset":
            return node
        if not isinstance(node, Selector) or node.offset:
            raise self.bad(gettext_noop("“offset” belongs directly behind a metric"))
        return self.shifted(node)

    def shifted(self, selector: Selector, window: float = 0.0) -> Selector:
        """The selector with the offset that may stand here, behind its window."""
        if not self.taken("offset"):
            return selector
        if self.next.word == "-":
            raise self.bad(gettext_noop("“offset” looks into the past alone, not ahead"))
        token = self.take()
        if token.kind != "duration":
            message = gettext_noop("Expected a duration such as 5m, found “%(found)s”")
            raise self.bad(message, token)
        seconds = self._span(token, token.text)
        if seconds + window > LONGEST_WINDOW:
            message = gettext_noop("Window and offset together reach back more than 1d")
            raise self.bad(message, token)
        return replace(selector, offset=seconds)
