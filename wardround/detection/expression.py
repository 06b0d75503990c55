"""The shape of a rule's expression, after parsing: a tree of frozen nodes.

PromQL over the metrics of one target: selectors with label matchers, arithmetic, comparisons that
filter, `and`, `or`, `unless`, matching by labels, functions over windows, aggregates by label.
`functions` says which functions there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from wardround.kernel.patterns import pattern

COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})
SET_OPERATORS = frozenset({"and", "or", "unless"})
METRIC = "__name__"
"""The label that stands for the metric's name in a matcher."""


@dataclass(frozen=True)
class Matcher:
    """One condition on a label; an absent label counts as empty, as in Prometheus."""

    label: str
    operator: str
    value: str

    def accepts(self, labels: Mapping[str, str]) -> bool:
        return self.fits(labels.get(self.label, ""))

    def fits(self, found: str) -> bool:
        """Whether a value is one that is asked for."""
        if self.operator in {"=", "!="}:
            return (found == self.value) is (self.operator == "=")
        matched = pattern(self.value).fits(found)
        return matched is (self.operator == "=~")


@dataclass(frozen=True)
class Number:
    value: float


@dataclass(frozen=True)
class Clock:
    """`time()`: the moment of the judgement, in seconds since 1970."""


@dataclass(frozen=True)
class Selector:
    """The series of one metric, `offset` seconds ago; without `metric`, of all whose name fits the
    matchers of `__name__`. `position` counts characters from 0.
    """

    metric: str
    matchers: tuple[Matcher, ...]
    position: int
    offset: float = 0.0

    def accepts(self, labels: Mapping[str, str]) -> bool:
        return all(matcher.accepts(labels) for matcher in self.matchers if matcher.label != METRIC)

    def names(self, metric: str) -> bool:
        """Whether a metric of this name is meant."""
        if self.metric:
            return metric == self.metric
        return all(matcher.fits(metric) for matcher in self.matchers if matcher.label == METRIC)


@dataclass(frozen=True)
class Window:
    """A function over the last `seconds` of a metric. `argument` is its number, where it has one:
    how far to predict, which quantile.
    """

    function: str
    selector: Selector
    seconds: float
    argument: float = 0.0


@dataclass(frozen=True)
class Call:
    """A function of each value (`abs`) or of the whole selection (`absent`), with its numbers."""

    function: str
    operand: Node
    arguments: tuple[float, ...] = ()


@dataclass(frozen=True)
class Relabel:
    """Labels made of others: `label` gets `template`, filled from what `pattern` finds in the
    values of `sources`, joined by `separator`; where it finds nothing all stays.
    """

    operand: Node
    label: str
    template: str
    sources: tuple[str, ...]
    pattern: str = "(.*)"
    separator: str = ""
    function: str = "label_replace"


@dataclass(frozen=True)
class Aggregate:
    """One value for each combination of the labels `by`, or of all labels `without` these."""

    function: str
    by: tuple[str, ...]
    operand: Node
    without: bool = False
    argument: float = 0.0


@dataclass(frozen=True)
class Negative:
    operand: Node


@dataclass(frozen=True)
class Matching:
    """Which labels two sides must have in common: those named (`on`) or all but those named.

    `many` is the side of which several may meet one of the other (`left`, `right`, or none); each
    then takes the labels `taken` from it.
    """

    labels: tuple[str, ...]
    on: bool
    many: str = ""
    taken: tuple[str, ...] = ()


@dataclass(frozen=True)
class Binary:
    """`as_bool` makes a comparison answer 1 or 0 instead of filtering. Without `matching` two
    values meet when the label names of one are among the other's and the shared values are equal.
    """

    operator: str
    left: Node
    right: Node
    as_bool: bool = False
    matching: Matching | None = None
    position: int = field(default=0, compare=False)


Node = Number | Clock | Selector | Window | Call | Relabel | Aggregate | Negative | Binary


def children(node: Node) -> tuple[Node, ...]:
    """Nodes directly below this one."""
    if isinstance(node, Binary):
        return (node.left, node.right)
    if isinstance(node, Call | Relabel | Aggregate | Negative):
        return (node.operand,)
    return (node.selector,) if isinstance(node, Window) else ()


def nodes(node: Node) -> Iterator[Node]:
    """The node and everything below it, from left to right."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        waiting.extend(reversed(children(found)))


def selectors(node: Node) -> Iterator[Selector]:
    """Every selector in the tree, from left to right."""
    return (found for found in nodes(node) if isinstance(found, Selector))


def is_scalar(node: Node) -> bool:
    """Whether the node is one number and not one for each combination of labels."""
    if isinstance(node, Binary):
        return is_scalar(node.left) and is_scalar(node.right)
    if isinstance(node, Negative):
        return is_scalar(node.operand)
    return isinstance(node, Number | Clock) or (
        isinstance(node, Call) and node.function == "scalar"
    )


def is_constant(node: Node) -> bool:
    """Whether the node is one number that is known before anything is measured."""
    if isinstance(node, Binary):
        return is_constant(node.left) and is_constant(node.right)
    if isinstance(node, Negative):
        return is_constant(node.operand)
    return isinstance(node, Number)


EXACTLY = Matching((), on=False)
"""All labels are compared, as Prometheus does where nothing is said."""


def matched_exactly(node: Node) -> Node:
    """The node whose operators compare all labels where it does not say which."""
    match node:
        case Binary():
            left, right = matched_exactly(node.left), matched_exactly(node.right)
            matching = node.matching
            if matching is None and not (is_scalar(left) or is_scalar(right)):
                matching = EXACTLY
            return replace(node, left=left, right=right, matching=matching)
        case Call() | Relabel() | Aggregate() | Negative():
            return replace(node, operand=matched_exactly(node.operand))
        case _:
            return node
