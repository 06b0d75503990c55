"""Recording rules: where an alert uses what one records, its expression stands in its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import singledispatch

from django.utils.translation import gettext_noop

from wardround.detection.errors import BadExpression, NotTakenError
from wardround.detection.expression import (
    METRIC,
    SET_OPERATORS,
    Aggregate,
    Binary,
    Call,
    Clock,
    Matcher,
    Matching,
    Negative,
    Node,
    Relabel,
    Selector,
    Window,
    is_scalar,
    nodes,
)
from wardround.detection.functions import SELECTING_AGGREGATIONS
from wardround.detection.intake.files import RuleText
from wardround.detection.parse import parse
from wardround.detection.reading import LONGEST_WINDOW
from wardround.detection.written import written

_DEEPEST = 10
MOST_NODES = 300
"""Of all that recording rules put into one expression."""


def by_name(rules: Sequence[RuleText]) -> Mapping[str, Sequence[RuleText]]:
    """Recording rules by what they record."""
    found: dict[str, list[RuleText]] = {}
    for rule in rules:
        found.setdefault(rule.name, []).append(rule)
    return found


Rebuild = Callable[[Node], Node]


def rebuilt(node: Node, change: Rebuild) -> Node:
    """The node with each of its children changed."""
    match node:
        case Binary():
            return replace(node, left=change(node.left), right=change(node.right))
        case Call() | Relabel() | Aggregate() | Negative():
            return replace(node, operand=change(node.operand))
        case _:
            return node


@dataclass
class Records:
    """The recording rules of all files, by name, for one alert: several may record under one name.

    `room` is how much they may still put in.
    """

    by_name: Mapping[str, Sequence[RuleText]]
    room: int = MOST_NODES

    def put_in(self, node: Node, used: list[str], depth: int = 0) -> Node:
        """The expression without what is recorded; `used` learns every name put in.

        Raises NotTakenError.
        """
        if isinstance(node, Window) and self._recorded(node.selector):
            message = gettext_noop("A window over “%(metric)s”, which a recording rule makes")
            advice = gettext_noop("Put the window over what the recording rule is made of")
            raise NotTakenError(message, advice, written(node), metric=node.selector.metric)
        if isinstance(node, Selector) and self._recorded(node):
            used.append(node.metric)
            return self._in_place_of(node, used, depth)
        return rebuilt(node, lambda inner: self.put_in(inner, used, depth))

    def _recorded(self, selector: Selector) -> bool:
        if selector.metric in self.by_name:
            return True
        if ":" in selector.metric:
            message = gettext_noop("“%(metric)s” is made by a recording rule that no file has")
            advice = gettext_noop("Name the file with that recording rule too")
            raise NotTakenError(message, advice, selector.metric, metric=selector.metric)
        return False

    def _in_place_of(self, selector: Selector, used: list[str], depth: int) -> Node:
        name = selector.metric
        if depth >= _DEEPEST:
            raise NotTakenError(
                gettext_noop("Recording rules use each other without end"), part=name
            )
        parts = [
            part
            for record in self.by_name[name]
            if (part := _selected(record, selector)) is not None
        ]
        if not parts:
            message = gettext_noop("No recording rule gives “%(metric)s” these labels")
            raise NotTakenError(message, part=written(selector), metric=name)
        whole = parts[0]
        for part in parts[1:]:
            whole = Binary("or", whole, part)
        self.room -= sum(1 for _ in nodes(whole))
        if self.room < 0:
            raise NotTakenError(
                gettext_noop("With its recording rules the expression is too long"), part=name
            )
        return self.put_in(whole, used, depth + 1)


def _selected(record: RuleText, selector: Selector) -> Node | None:
    """What one rule records of what is selected; None where it records nothing of it."""
    try:
        node = parse(record.expr)
    except BadExpression as bad:
        message = gettext_noop("The recording rule “%(metric)s” cannot be read: %(why)s")
        raise NotTakenError(
            message, part=record.expr, metric=record.name, why=bad.message
        ) from None
    for matcher in selector.matchers:
        if matcher.label in record.labels:
            if not matcher.fits(record.labels[matcher.label]):
                return None
        else:
            narrowed = _narrowed(node, matcher)
            if narrowed is None:
                return None
            node = narrowed
    if selector.offset:
        node = _earlier(node, selector.offset)
    for label, value in record.labels.items():
        node = Relabel(node, label, value.replace("$", "$$"), ("",), "")
    return node


def _earlier(node: Node, seconds: float) -> Node:
    match node:
        case Clock():
            raise NotTakenError(gettext_noop("“offset” of a recording rule that uses the time"))
        case Selector():
            return _shifted(node, seconds, 0.0)
        case Window():
            return replace(node, selector=_shifted(node.selector, seconds, node.seconds))
        case _:
            return rebuilt(node, lambda inner: _earlier(inner, seconds))


def _shifted(selector: Selector, seconds: float, window: float) -> Selector:
    if selector.offset + seconds + window > LONGEST_WINDOW:
        message = gettext_noop("Window and offset together reach back more than 1d")
        raise NotTakenError(message, part=written(selector))
    return replace(selector, offset=selector.offset + seconds)


# Matchers of what is recorded --------------------------------------------------------------------


@singledispatch
def _narrowed(node: Node, matcher: Matcher) -> Node | None:
    """The node of which only what fits is left; None for nothing. Raises NotTakenError."""
    raise _unclear(node, matcher)


@_narrowed.register
def _(node: Selector, matcher: Matcher) -> Node | None:
    return replace(node, matchers=(*node.matchers, matcher))


@_narrowed.register
def _(node: Window, matcher: Matcher) -> Node | None:
    selector = node.selector
    return replace(node, selector=replace(selector, matchers=(*selector.matchers, matcher)))


@_narrowed.register
def _(node: Negative, matcher: Matcher) -> Node | None:
    return _inner(node, matcher)


@_narrowed.register
def _(node: Relabel, matcher: Matcher) -> Node | None:
    if node.label == matcher.label:
        raise _unclear(node, matcher)
    return _inner(node, matcher)


@_narrowed.register
def _(node: Call, matcher: Matcher) -> Node | None:
    made = node.function == "histogram_quantile" and matcher.label == "le"
    if made or node.function in {"absent", "scalar", "vector"}:
        raise _unclear(node, matcher)
    return _inner(node, matcher)


def _unclear(node: Node, matcher: Matcher) -> NotTakenError:
    message = gettext_noop(
        "The label “%(label)s” of what a recording rule makes cannot be matched here"
    )
    advice = gettext_noop("Write the condition without the recording rule")
    return NotTakenError(message, advice, written(node), label=matcher.label)


def _inner(node: Negative | Relabel | Call | Aggregate, matcher: Matcher) -> Node | None:
    inner = _narrowed(node.operand, matcher)
    return None if inner is None else replace(node, operand=inner)


@_narrowed.register
def _(node: Aggregate, matcher: Matcher) -> Node | None:
    if node.function in SELECTING_AGGREGATIONS:
        raise _unclear(node, matcher)
    if (matcher.label in node.by) is node.without or matcher.label == METRIC:
        return node if matcher.fits("") else None  # the label is not there any more
    return _inner(node, matcher)


@_narrowed.register
def _(node: Binary, matcher: Matcher) -> Node | None:
    sides = _sides(node, matcher.label)
    if not sides:
        return node if matcher.fits("") else None
    left: Node | None = node.left
    if "left" in sides and not is_scalar(node.left):
        left = _narrowed(node.left, matcher)
    right: Node | None = node.right
    if "right" in sides and not is_scalar(node.right):
        right = _narrowed(node.right, matcher)
    if left is None or right is None:
        return _of_one_side(node.operator, left, right)
    return replace(node, left=left, right=right)


def _of_one_side(operator: str, left: Node | None, right: Node | None) -> Node | None:
    """What is left of an operation one side of which is empty."""
    if operator == "or":
        return right if left is None else left
    return left if operator == "unless" else None


def _sides(node: Binary, label: str) -> Sequence[str]:
    """The sides from which a label of the result comes."""
    if node.operator in SET_OPERATORS:
        return ("left", "right") if node.operator == "or" else ("left",)
    matching = node.matching
    if matching is None:
        return ("left", "right")
    compared = (label in matching.labels) is matching.on
    if not matching.many:
        return ("left", "right") if compared else ()
    return _of_many(matching, label, compared=compared)


def _of_many(matching: Matching, label: str, *, compared: bool) -> Sequence[str]:
    other = "right" if matching.many == "left" else "left"
    if label in matching.taken:
        return (other,)
    return ("left", "right") if compared else (matching.many,)
