"""Reading what an expression calls: functions, windows and aggregates."""

from __future__ import annotations

from dataclasses import replace
from math import pi
from typing import TypeGuard

from django.utils.translation import gettext_noop

from wardround.detection.expression import (
    Aggregate,
    Call,
    Clock,
    Node,
    Number,
    Relabel,
    Selector,
    Window,
    is_scalar,
)
from wardround.detection.functions import (
    AGGREGATIONS,
    CALENDAR_FUNCTIONS,
    DISTINCT,
    FUNCTIONS,
    LABEL_FUNCTIONS,
    NUMBERED_AGGREGATIONS,
    NUMBERS_OF,
    WINDOW_FUNCTIONS,
)
from wardround.detection.reading import LeafReader
from wardround.detection.tokens import Token, unquoted

_AFTER_NAME = frozenset({"(", "by", "without"})
_MOST_CHOSEN = 1000


class CallReader(LeafReader):
    """Reads names and what stands in their brackets."""

    def expression(self) -> Node:
        """A whole expression, up to what cannot belong to it."""
        raise NotImplementedError

    def named(self, name: Token) -> Node:
        """What begins with a name: a number, an aggregate, a call, or a metric."""
        if name.word in {"inf", "nan"} and self.next.text != "{":
            return Number(float(name.word))
        if name.word in AGGREGATIONS and self.next.word in _AFTER_NAME:
            return self._aggregate(name)
        if self.next.word == "(":
            return self._call(name)
        return self.selector(name)

    # Aggregates ----------------------------------------------------------------------------------

    loose: Token | None = None
    """A `count_values` whose labels nobody can know before its values are there."""

    def _aggregate(self, name: Token) -> Node:
        grouping = self._grouping()
        self.expect("(")
        argument = 0.0
        if name.word == "count_values":
            self._quoted()
            self.expect(",")
        elif name.word in NUMBERED_AGGREGATIONS:
            argument = self._numbers_first(name)
        operand = self._vector(name)
        self.expect(")")
        without, labels = grouping or self._grouping() or (False, ())
        if name.word == "count_values":
            self.loose = self.loose or name
        elif name.word == "count" and _counts(operand, labels, without=without):
            self.loose = None
            return replace(operand, function=DISTINCT)
        return Aggregate(name.word, labels, operand, without=without, argument=argument)

    def _grouping(self) -> tuple[bool, tuple[str, ...]] | None:
        """Whether these labels are left out, and which; nothing where nothing is said."""
        for word in ("by", "without"):
            if self.taken(word):
                return word == "without", self.labels()
        return None

    def _vector(self, name: Token) -> Node:
        node = self.expression()
        if is_scalar(node):
            message = gettext_noop("“%(function)s” needs a metric")
            raise self.bad(message, name, function=name.text)
        return node

    # Functions -----------------------------------------------------------------------------------

    def _call(self, name: Token) -> Node:
        function = name.text
        if function not in FUNCTIONS:
            message = gettext_noop("There is no function “%(found)s”; there are %(known)s")
            known = ", ".join(sorted(FUNCTIONS | AGGREGATIONS))
            raise self.bad(message, name, known=known)
        self.expect("(")
        if function in WINDOW_FUNCTIONS:
            node = self._window(name)
        elif function in {"time", "pi"}:
            node = Clock() if function == "time" else Number(pi)
        elif function in CALENDAR_FUNCTIONS:
            now = Call("vector", Clock())
            node = Call(function, now if self.next.word == ")" else self._vector(name))
        elif function in LABEL_FUNCTIONS:
            node = (self._replaced if function == "label_replace" else self._joined)(name)
        else:
            node = self._plain(name)
        self.expect(")")
        return node

    def _plain(self, name: Token) -> Node:
        function = name.text
        if function == "histogram_quantile":
            share = self._numbers_first(name)
            return Call(function, self._vector(name), (share,))
        if function == "vector":
            return Call(function, self._scalar(name))
        if function == "timestamp":
            at = self.next
            operand = self._vector(name)
            if not isinstance(operand, Selector) or operand.offset:
                message = gettext_noop("“timestamp” tells of a metric alone, not of “%(found)s”")
                raise self.bad(message, at)
            return Call(function, operand)
        operand = self._vector(name)
        least, most = NUMBERS_OF.get(function, (0, 0))
        numbers: list[float] = []
        while len(numbers) < most and (len(numbers) < least or self.next.word == ","):
            self.expect(",")
            numbers.append(self._number(name))
        return Call(function, operand, tuple(numbers))

    def _scalar(self, name: Token) -> Node:
        at = self.next
        node = self.expression()
        if not is_scalar(node):
            message = gettext_noop("“%(function)s” needs a plain number, found “%(found)s”")
            raise self.bad(message, at, function=name.text)
        return node

    def _number(self, name: Token) -> float:
        """A number that is known while reading."""
        at = self.next
        node = self.expression()
        if not isinstance(node, Number):
            message = gettext_noop("“%(function)s” needs a plain number, found “%(found)s”")
            raise self.bad(message, at, function=name.text)
        return node.value

    def _numbers_first(self, name: Token) -> float:
        """The number that stands before what a function is about."""
        at = self.next
        number = self._number(name)
        if name.word in {"topk", "bottomk"} and not 1 <= number <= _MOST_CHOSEN:
            message = gettext_noop("“%(function)s” chooses 1 to 1,000, not “%(found)s”")
            raise self.bad(message, at, function=name.text)
        self.expect(",")
        return number

    def _window(self, name: Token) -> Node:
        argument = self._numbers_first(name) if name.text == "quantile_over_time" else 0.0
        token = self.take()
        if token.word == "(" or (token.kind == "name" and self.next.word == "("):
            message = gettext_noop("A window over another expression is not possible")
            raise self.bad(message, token)
        if token.kind == "name":
            selector = self.selector(token)
        elif token.word == "{":
            selector = self.nameless(token)
        else:
            raise self.bad(gettext_noop("Expected a metric, found “%(found)s”"), token)
        seconds = self.window(name)
        selector = self.shifted(selector, seconds)
        if name.text == "predict_linear":
            self.expect(",")
            argument = self._number(name)
        return Window(name.text, selector, seconds, argument)

    # Labels --------------------------------------------------------------------------------------

    def _quoted(self) -> str:
        token = self.take()
        if token.kind != "string":
            raise self.bad(gettext_noop("Expected a text in quotes, found “%(found)s”"), token)
        return unquoted(token.text)

    def _replaced(self, name: Token) -> Node:
        operand = self._vector(name)
        self.expect(",")
        label = self._quoted()
        self.expect(",")
        template = self._quoted()
        self.expect(",")
        source = self._quoted()
        self.expect(",")
        at = self.next
        pattern = self._quoted()
        self.check_pattern(pattern, at)
        return Relabel(operand, label, template, (source,), pattern)

    def _joined(self, name: Token) -> Node:
        operand = self._vector(name)
        self.expect(",")
        label = self._quoted()
        self.expect(",")
        separator = self._quoted()
        sources: list[str] = []
        while self.taken(","):
            sources.append(self._quoted())
        return Relabel(
            operand, label, "$1", tuple(sources), separator=separator, function="label_join"
        )


def _counts(operand: Node, labels: tuple[str, ...], *, without: bool) -> TypeGuard[Aggregate]:
    """Whether this counts the different values of a metric."""
    return (
        isinstance(operand, Aggregate)
        and operand.function == "count_values"
        and (set(operand.by), operand.without) == (set(labels), without)
    )
