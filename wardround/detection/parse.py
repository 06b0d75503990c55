"""Reading a rule's expression. Every mistake is told with the character at which it stands.

Precedence, loosest first: `or`; `and` `unless`; comparisons; `+ -`; `* / %`; sign; `^`.
Keywords and aggregates may be written in any case; functions and metrics may not.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop

from wardround.detection.calls import CallReader
from wardround.detection.errors import BadExpression
from wardround.detection.evaluate import number_of
from wardround.detection.expression import (
    COMPARISONS,
    SET_OPERATORS,
    Binary,
    Matching,
    Negative,
    Node,
    Number,
    is_scalar,
    selectors,
)
from wardround.detection.tokens import Token, read_number

_LONGEST_TEXT = 4000
_MOST_TOKENS = 400
_DEEPEST = 60

_LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"or"}),
    frozenset({"and", "unless"}),
    COMPARISONS,
    frozenset({"+", "-"}),
    frozenset({"*", "/", "%"}),
)


def parse(text: str) -> Node:
    """Read one expression; `BadExpression` when it does not parse or is about no metric."""
    if len(text) > _LONGEST_TEXT:
        raise BadExpression(
            text, _LONGEST_TEXT, gettext_noop("The expression is longer than 4,000 characters")
        )
    node = _ExpressionReader(text, most=_MOST_TOKENS).whole()
    if next(selectors(node), None) is None:
        raise BadExpression(text, 0, gettext_noop("The expression names no metric"))
    return node


class _ExpressionReader(CallReader):
    """Recursive descent over the tokens; here are the operators."""

    _depth = 0

    def whole(self) -> Node:
        node = self.expression()
        if self.next.kind != "end":
            raise self.bad(gettext_noop("Expected an operator or the end, found “%(found)s”"))
        if self.loose is not None:
            message = gettext_noop(
                "“%(found)s” makes labels of values, which nobody can know beforehand; only"
                " count(count_values(…)), the number of different values, is possible"
            )
            raise self.bad(message, self.loose)
        return node

    def expression(self) -> Node:
        return self._level(0)

    def _level(self, level: int) -> Node:
        """Left-associative operators of one precedence level and all tighter ones."""
        if level == len(_LEVELS):
            return self._signed()
        left = self._level(level + 1)
        while self.next.word in _LEVELS[level]:
            left = self._operation(self.take(), left, level)
        return left

    def _operation(self, operator: Token, left: Node, level: int) -> Node:
        as_bool = operator.word in COMPARISONS and self.taken("bool")
        at_matching = self.next
        matching = self._matching(operator)
        right = self._level(level + 1)
        numbers = is_scalar(left), is_scalar(right)
        if operator.word in SET_OPERATORS and any(numbers):
            raise self.bad(
                gettext_noop("“%(operator)s” needs a metric on both sides"),
                operator,
                operator=operator.text,
            )
        if matching is not None and any(numbers):
            message = gettext_noop("“%(found)s” matches labels, and a plain number has none")
            raise self.bad(message, at_matching)
        if operator.word in COMPARISONS and all(numbers) and not as_bool:
            raise self.bad(gettext_noop("Two plain numbers are compared"), operator)
        return _operated(operator, left, right, as_bool=as_bool, matching=matching)

    def _matching(self, operator: Token) -> Matching | None:
        """`on (…)` or `ignoring (…)`, and behind it `group_left (…)` or `group_right (…)`."""
        word = self.next.word
        if word not in {"on", "ignoring"} or self.after.word != "(":
            return None
        self.take()
        labels = self.labels()
        grouping = self.next
        many = {"group_left": "left", "group_right": "right"}.get(grouping.word, "")
        if not many:
            return Matching(labels, on=word == "on")
        if operator.word in SET_OPERATORS:
            message = gettext_noop("“%(operator)s” is without “%(found)s”: any may meet any")
            raise self.bad(message, grouping, operator=operator.text)
        self.take()
        taken = self.labels() if self.next.text == "(" else ()
        both = [name for name in taken if word == "on" and name in labels]
        if both:
            message = gettext_noop("The label “%(name)s” is both compared and taken over")
            raise self.bad(message, grouping, name=both[0])
        return Matching(labels, on=word == "on", many=many, taken=taken)

    def _signed(self) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self.bad(gettext_noop("The expression is nested too deeply"))
        try:
            if self.taken("-"):
                operand = self._signed()
                return Number(-operand.value) if isinstance(operand, Number) else Negative(operand)
            return self._signed() if self.taken("+") else self._power()
        finally:
            self._depth -= 1

    def _power(self) -> Node:
        base = self._atom()
        operator = self.next
        if not self.taken("^"):
            return base
        matching = self._matching(operator)
        node = Binary("^", base, self._signed(), matching=matching, position=operator.position)
        return _folded(node)

    def _atom(self) -> Node:
        token = self.take()
        if token.kind == "number":
            return Number(read_number(token.text))
        if token.text == "(" and token.kind == "symbol":
            node = self.expression()
            self.expect(")")
            return self.past(node)
        if token.text == "{" and token.kind == "symbol":
            return self.past(self.nameless(token))
        if token.kind == "name":
            return self.past(self.named(token))
        raise self.bad(gettext_noop("Expected a metric, a number or “(”, found “%(found)s”"), token)


def _operated(
    operator: Token, left: Node, right: Node, *, as_bool: bool, matching: Matching | None
) -> Node:
    node = Binary(
        operator.word,
        left,
        right,
        as_bool=as_bool,
        matching=matching,
        position=operator.position,
    )
    return _folded(node)


def _folded(node: Binary) -> Node:
    """An operation of two plain numbers is one; each side has been folded before."""
    if isinstance(node.left, Number) and isinstance(node.right, Number):
        return Number(number_of(node))
    return node
