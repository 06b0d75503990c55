"""What a rule that Prometheus judges over all targets together says of one target by itself.

Where every alert about one target is one that Prometheus has too, a rule can be taken in as it is:
it only tells less. Where a healthy target would be told, it cannot. Values are followed through the
expression: what is counted or measured is taken to be at least 0.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, IntEnum
from functools import singledispatch

from wardround.collect.types import OWN_METRICS
from wardround.detection.expression import (
    COMPARISONS,
    SET_OPERATORS,
    Aggregate,
    Binary,
    Call,
    Clock,
    Negative,
    Node,
    Number,
    Relabel,
    Selector,
    Window,
    is_constant,
    selectors,
)
from wardround.detection.functions import CALENDAR_FUNCTIONS, DISTINCT, SELECTING_AGGREGATIONS

INSTANCE = "instance"


class Meaning(IntEnum):
    """Of the alerts about one target: what they are to those about all together."""

    SAME = 0
    FEWER = 1
    """Each of them is one of the whole; the whole may have others."""
    OTHER = 2
    """One target can be worse than all together."""
    WRONG = 3
    """A target that is fine is told, because the others are not looked at."""
    SILENT = 4
    """A target is not told, because what holds of all together and keeps the alert away holds of it
    by itself as well: `up == 0 unless on (job) sum by (job) (up) == 0`.
    """


class Value(Enum):
    """A value of one target beside that of all together."""

    SAME = "same"
    BELOW = "below"
    ABOVE = "above"
    ANY = "any"

    @property
    def turned(self) -> Value:
        return _TURNED.get(self, self)

    def and_(self, other: Value) -> Value:
        """Of what grows with both."""
        if Value.SAME in {self, other}:
            return other if self is Value.SAME else self
        return self if self is other else Value.ANY


_TURNED = {Value.BELOW: Value.ABOVE, Value.ABOVE: Value.BELOW}


@dataclass(frozen=True)
class _Shown:
    """What one target shows: its value, whether that is there, whether it is never below 0, and
    whether it counts the targets themselves.
    """

    value: Value = Value.SAME
    there: Meaning = Meaning.SAME
    positive: bool = True
    counts: bool = False

    @property
    def is_same(self) -> bool:
        return self.value is Value.SAME and self.there is Meaning.SAME


def of_one_target(node: Node) -> Meaning:
    """What a condition means that is judged for each target by itself."""
    return _shown(node).there


def stands_alone(node: Node) -> bool:
    """Whether it can hold of a target that has none of the metrics."""
    if isinstance(node, Binary):
        sides = [stands_alone(node.left), node.operator == "unless" or stands_alone(node.right)]
        return any(sides) if node.operator == "or" else all(sides)
    if isinstance(node, Call) and node.function in {"absent", "scalar", "vector"}:
        return True
    if isinstance(node, Call | Relabel | Aggregate | Negative):
        return stands_alone(node.operand)
    absent = isinstance(node, Window) and node.function == "absent_over_time"
    return absent or isinstance(node, Number | Clock)


@singledispatch
def _shown(node: Node) -> _Shown:
    raise TypeError(node)


@_shown.register
def _(node: Number) -> _Shown:
    return _Shown(positive=node.value >= 0)


@_shown.register(Clock)
@_shown.register(Selector)
def _(node: Clock | Selector) -> _Shown:
    del node
    return _Shown()


_SIGNED_WINDOWS = frozenset({"delta", "deriv", "idelta", "predict_linear"})


@_shown.register
def _(node: Window) -> _Shown:
    there = Meaning.WRONG if node.function == "absent_over_time" else Meaning.SAME
    return _Shown(there=there, positive=node.function not in _SIGNED_WINDOWS)


@_shown.register
def _(node: Negative) -> _Shown:
    inner = _shown(node.operand)
    return replace(inner, value=inner.value.turned, positive=False)


@_shown.register
def _(node: Relabel) -> _Shown:
    return _shown(node.operand)


_LOGARITHMS = frozenset({"ln", "log10", "log2"})
_SHAPED = CALENDAR_FUNCTIONS | {"histogram_quantile", "timestamp"}
"""Functions of which nothing can be said once their values differ."""


@_shown.register
def _(node: Call) -> _Shown:
    inner = _shown(node.operand)
    if node.function == "absent":
        return _Shown(there=Meaning.WRONG)
    if node.function in _SHAPED or (node.function == "abs" and not inner.positive):
        value = Value.SAME if inner.is_same else Value.ANY
        return replace(inner, value=value, positive=True)
    positive = node.function not in _LOGARITHMS and (
        inner.positive or node.function in {"exp", "sqrt"}
    )
    return replace(inner, positive=positive)


# Aggregates --------------------------------------------------------------------------------------


@_shown.register
def _(node: Aggregate) -> _Shown:
    inner = _shown(node.operand)
    keeps_instance = (INSTANCE in node.by) is not node.without
    if keeps_instance and inner.is_same:
        return inner
    if node.function in SELECTING_AGGREGATIONS:
        return replace(inner, there=max(inner.there, Meaning.OTHER))
    return _Shown(
        value=_aggregated(node.function, inner),
        there=max(inner.there, Meaning.FEWER),
        positive=_is_positive(node.function, inner),
        counts=all(selector.metric in OWN_METRICS for selector in selectors(node)),
    )


def _aggregated(function: str, inner: _Shown) -> Value:
    """A value over fewer series than all."""
    grows = inner.value in {Value.SAME, Value.BELOW}
    least = inner.value in {Value.SAME, Value.ABOVE}
    possible = {
        "group": Value.SAME,
        "count": Value.BELOW,
        "sum": Value.BELOW if grows and inner.positive else Value.ANY,
        "max": Value.BELOW if grows else Value.ANY,
        "min": Value.ABOVE if least else Value.ANY,
        DISTINCT: Value.BELOW if inner.value is Value.SAME else Value.ANY,
    }
    return possible.get(function, Value.ANY)


def _is_positive(function: str, inner: _Shown) -> bool:
    return inner.positive or function not in {"avg", "max", "min", "quantile", "sum"}


# Operators ---------------------------------------------------------------------------------------


@_shown.register
def _(node: Binary) -> _Shown:
    left, right = _shown(node.left), _shown(node.right)
    if node.operator in SET_OPERATORS:
        return _of_sets(node, left, right)
    there = max(left.there, right.there)
    if node.operator in COMPARISONS:
        return _compared(node, left, right, there)
    value, positive = _reckoned(node.operator, left, right)
    return _Shown(value, there, positive, left.counts or right.counts)


def _of_sets(node: Binary, left: _Shown, right: _Shown) -> _Shown:
    if node.operator == "and":
        return replace(left, there=max(left.there, right.there))
    if node.operator == "unless":
        return replace(left, there=max(left.there, _kept_out(node, right)))
    value = left.value.and_(right.value)
    if left.there is not Meaning.SAME and not (
        _is_zero(node.right) and left.positive and value is Value.BELOW
    ):
        value = Value.ANY
    return _Shown(value, max(left.there, right.there), left.positive and right.positive)


def _kept_out(node: Binary, right: _Shown) -> Meaning:
    """`unless`: what other targets have keeps nothing out here, and what holds of one target alone
    keeps out what the whole does not.
    """
    if right.there in {Meaning.FEWER, Meaning.SILENT}:
        return Meaning.WRONG
    if right.there is Meaning.WRONG:
        return Meaning.SILENT
    if not right.is_same:
        return Meaning.OTHER
    matching = node.matching
    meets_others = matching is not None and (INSTANCE in matching.labels) is not matching.on
    return Meaning.OTHER if meets_others else Meaning.SAME


def _reckoned(operator: str, left: _Shown, right: _Shown) -> tuple[Value, bool]:
    both = left.positive and right.positive
    positive = both and operator != "-"
    if left.value is right.value is Value.SAME:
        return Value.SAME, positive
    value = left.value.and_(right.value.turned if operator in {"-", "/"} else right.value)
    by_right = right.value is Value.SAME and right.positive
    by_left = operator == "*" and left.value is Value.SAME and left.positive
    scaled = operator in {"*", "/"} and (both or by_right or by_left)
    return value if operator in {"+", "-"} or scaled else Value.ANY, positive


_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _compared(node: Binary, left: _Shown, right: _Shown, there: Meaning) -> _Shown:
    if node.as_bool:
        same = left.value is right.value is Value.SAME
        return _Shown(Value.SAME if same else Value.ANY, there)
    if is_constant(node.left):
        operator = _MIRRORED.get(node.operator, node.operator)
        meaning, shown = _held(operator, right, left, zero=_is_zero(node.left)), right
    else:
        meaning, shown = _held(node.operator, left, right, zero=_is_zero(node.right)), left
    return replace(shown, there=max(there, meaning))


def _held(operator: str, left: _Shown, right: _Shown, *, zero: bool) -> Meaning:
    """What a comparison that holds for one target tells of the whole."""
    apart = left.value.and_(right.value.turned)
    if apart is Value.SAME:
        return Meaning.SAME
    if operator in {"==", "!="}:
        return _equal(operator, apart, at_zero=zero and left.positive)
    if apart is Value.ANY:
        return Meaning.WRONG if left.counts or right.counts else Meaning.OTHER
    sound = Value.BELOW if operator in {">", ">="} else Value.ABOVE
    return Meaning.FEWER if apart is sound else Meaning.WRONG


def _equal(operator: str, apart: Value, *, at_zero: bool) -> Meaning:
    """Of what is never below 0, the least is 0 where one is; the sum is not 0 where one is not."""
    if operator == "==":
        return Meaning.FEWER if at_zero and apart is Value.ABOVE else Meaning.WRONG
    if at_zero and apart is Value.BELOW:
        return Meaning.FEWER
    return Meaning.WRONG if apart is Value.BELOW else Meaning.OTHER


def _is_zero(node: Node) -> bool:
    if isinstance(node, Call) and node.function == "vector":
        node = node.operand
    return isinstance(node, Number) and node.value == 0
