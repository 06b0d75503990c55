"""The shape of a rule's expression, after parsing: a tree of frozen nodes.

A small part of PromQL over the metrics of one target: selectors with label matchers, arithmetic,
comparisons that filter, `and`, `or`, `unless`, functions over short windows, and sums by label.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wardround.kernel.patterns import pattern

COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})
SET_OPERATORS = frozenset({"and", "or", "unless"})
WINDOW_FUNCTIONS = frozenset(
    {
        "rate",
        "increase",
        "delta",
        "avg_over_time",
        "min_over_time",
        "max_over_time",
        "predict_linear",
    }
)
PLAIN_FUNCTIONS = frozenset({"abs", "absent", "ceil", "floor"})
AGGREGATIONS = frozenset({"sum", "min", "max", "avg", "count"})
COUNTER_FUNCTIONS = frozenset({"rate", "increase"})


@dataclass(frozen=True)
class Matcher:
    """One condition on a label; an absent label counts as empty, as in Prometheus."""

    label: str
    operator: str
    value: str

    def accepts(self, labels: Mapping[str, str]) -> bool:
        found = labels.get(self.label, "")
        if self.operator in {"=", "!="}:
            return (found == self.value) is (self.operator == "=")
        matched = pattern(self.value).fits(found)
        return matched is (self.operator == "=~")


@dataclass(frozen=True)
class Number:
    value: float


@dataclass(frozen=True)
class Selector:
    """The series of one metric. `position` counts characters from 0."""

    metric: str
    matchers: tuple[Matcher, ...]
    position: int

    def accepts(self, labels: Mapping[str, str]) -> bool:
        return all(matcher.accepts(labels) for matcher in self.matchers)


@dataclass(frozen=True)
class Window:
    """A function over the last `seconds` of a metric; `ahead` is how far to predict."""

    function: str
    selector: Selector
    seconds: float
    ahead: float = 0.0


@dataclass(frozen=True)
class Call:
    """A function of each value (`abs`) or of the whole selection (`absent`)."""

    function: str
    operand: Node


@dataclass(frozen=True)
class Aggregate:
    """One value for each combination of the labels `by`."""

    function: str
    by: tuple[str, ...]
    operand: Node


@dataclass(frozen=True)
class Negative:
    operand: Node


@dataclass(frozen=True)
class Binary:
    """`as_bool` makes a comparison answer 1 or 0 instead of filtering."""

    operator: str
    left: Node
    right: Node
    as_bool: bool = False


Node = Number | Selector | Window | Call | Aggregate | Negative | Binary


def children(node: Node) -> tuple[Node, ...]:
    """Nodes directly below this one."""
    if isinstance(node, Binary):
        return (node.left, node.right)
    if isinstance(node, Call | Aggregate | Negative):
        return (node.operand,)
    return (node.selector,) if isinstance(node, Window) else ()


def nodes(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    yield node
    for child in children(node):
        yield from nodes(child)


def selectors(node: Node) -> Iterator[Selector]:
    """Every selector in the tree, from left to right."""
    if isinstance(node, Selector):
        yield node
    for child in children(node):
        yield from selectors(child)


def is_scalar(node: Node) -> bool:
    """Whether the node is a plain number that depends on no metric."""
    return next(selectors(node), None) is None
