"""Which series of one target an expression is about, and what is done with them.

Labels are compared only here, when the series of a target change; evaluating uses indexes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import singledispatch

import numpy as np

from wardround.collect.types import OWN_METRICS
from wardround.detection.evaluate import number_of
from wardround.detection.expression import (
    METRIC,
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
from wardround.detection.functions import SELECTING_AGGREGATIONS, VALUE_AT
from wardround.detection.matching import (
    EMPTY,
    Labels,
    Part,
    both,
    drop_names,
    either,
    grouped,
    indexes,
    meetings,
    paired,
    projected,
    relabelled,
)
from wardround.detection.plan import (
    Buckets,
    Each,
    Fixed,
    Indexes,
    Missing,
    Now,
    Only,
    Ranked,
    Series,
    Stamps,
    Taken,
    Windowed,
)
from wardround.detection.relabelling import replaced

LOOK_BACK = 300.0
"""Seconds before an earlier moment within which a value counts at it, as in Prometheus."""

__all__ = ["Holding", "Labels", "Part", "bind", "meetings"]


@dataclass(frozen=True)
class Holding:
    """The series that one target holds of one item, by metric: labels (sorted) and id.

    `up` is the series that tells whether the target answers, `groups` those that tell whether each
    group of its metrics does; `group_of` says in which group a declared metric comes.
    """

    by_metric: Mapping[str, Sequence[tuple[Labels, int]]]
    up: int
    groups: Mapping[str, int] = field(default_factory=dict)
    group_of: Mapping[str, str] = field(default_factory=dict)

    def tellers(self, metrics: Iterable[str]) -> Indexes:
        """The series that say whether what may hold these metrics answers: `up`, and that of each
        metric's group; of every group where a metric is declared in none.
        """
        wanted: set[str] = set()
        for metric in set(metrics) - OWN_METRICS:
            group = self.group_of.get(metric)
            wanted |= self.groups.keys() if group is None else {group}
        asked = [self.groups[group] for group in sorted(wanted) if group in self.groups]
        return indexes([self.up, *asked])


@singledispatch
def bind(node: Node, holding: Holding) -> Part:
    """Find the slots of an expression for one item of one target."""
    raise TypeError(node, holding)


@bind.register
def _(node: Number, holding: Holding) -> Part:  # noqa: ARG001  # a number needs no series
    return Part(Fixed(node.value), (EMPTY,))


@bind.register
def _(node: Selector, holding: Holding) -> Part:
    labels, ids = _selected(node, holding)
    if node.offset:
        return Part(Windowed(Window(VALUE_AT, node, LOOK_BACK), ids), labels)
    return Part(Series(ids), labels)


@bind.register
def _(node: Window, holding: Holding) -> Part:
    if node.function == "absent_over_time":
        present = bind(replace(node, function="present_over_time"), holding)
        return _missing(node.selector, present, holding)
    labels, ids = _selected(node.selector, holding)
    return drop_names(Part(Windowed(node, ids), labels))


@bind.register
def _(node: Clock, holding: Holding) -> Part:  # noqa: ARG001  # the same for every target
    return Part(Now(), (EMPTY,))


@bind.register
def _(node: Negative, holding: Holding) -> Part:
    if is_constant(node):
        return Part(Fixed(number_of(node)), (EMPTY,))
    inner = drop_names(bind(node.operand, holding))
    return Part(Each("-", inner.plan), inner.labels)


@bind.register
def _(node: Call, holding: Holding) -> Part:
    if node.function == "timestamp" and isinstance(node.operand, Selector):
        labels, ids = _selected(node.operand, holding)
        return drop_names(Part(Stamps(ids), labels))
    inner = bind(node.operand, holding)
    if node.function in _OF_THE_WHOLE:
        return _OF_THE_WHOLE[node.function](node, inner, holding)
    inner = drop_names(inner)
    return Part(Each(node.function, inner.plan, node.arguments), inner.labels)


def _absent(node: Call, inner: Part, holding: Holding) -> Part:
    return _missing(node.operand, inner, holding)


def _missing(operand: Node, inner: Part, holding: Holding) -> Part:
    told_ids = holding.tellers(selector.metric for selector in selectors(operand))
    plan = Missing(
        operand=inner.plan,
        group_of=np.zeros(len(inner.labels), np.int64),
        told_ids=told_ids,
        told_of=np.zeros(len(told_ids), np.int64),
        count=1,
    )
    return Part(plan, (_told_by(operand),))


def _vector(node: Call, inner: Part, holding: Holding) -> Part:
    """One slot of each target, whether its number is the same for all or not."""
    del node, holding
    return Part(Taken(inner.plan, np.zeros(1, np.int64)), (EMPTY,))


def _scalar(node: Call, inner: Part, holding: Holding) -> Part:
    del node, holding
    return Part(Only(inner.plan, np.zeros(len(inner.labels), np.int64), 1), (EMPTY,))


def _histogram_quantile(node: Call, inner: Part, holding: Holding) -> Part:
    """Buckets by the rest of their labels; what has no bound in `le` is no bucket."""
    del holding
    found = sorted(
        (projected(labels, ("le",), without=True), bound, at)
        for at, labels in enumerate(inner.labels)
        if (bound := _bound(dict(labels).get("le", ""))) is not None
    )
    histograms = {
        labels: number
        for number, labels in enumerate(dict.fromkeys(labels for labels, _, _ in found))
    }
    plan = Buckets(
        operand=inner.plan,
        share=node.arguments[0],
        at=indexes(at for _, _, at in found),
        group_of=indexes(histograms[labels] for labels, _, _ in found),
        bounds=np.array([bound for _, bound, _ in found], np.float64),
        count=len(histograms),
    )
    return Part(plan, tuple(histograms))


def _bound(text: str) -> float | None:
    try:
        bound = float(text)
    except ValueError:
        return None
    return None if math.isnan(bound) else bound


_OF_THE_WHOLE: dict[str, Callable[[Call, Part, Holding], Part]] = {
    "absent": _absent,
    "histogram_quantile": _histogram_quantile,
    "scalar": _scalar,
    "vector": _vector,
}


@bind.register
def _(node: Relabel, holding: Holding) -> Part:
    inner = bind(node.operand, holding)
    return relabelled(inner, [replaced(node, labels) for labels in inner.labels])


@bind.register
def _(node: Aggregate, holding: Holding) -> Part:
    inner = bind(node.operand, holding)
    kept = [projected(labels, node.by, without=node.without) for labels in inner.labels]
    if node.function not in SELECTING_AGGREGATIONS:
        return grouped(node.function, inner, kept, node.argument)
    groups = {labels: number for number, labels in enumerate(dict.fromkeys(kept))}
    plan = Ranked(
        operand=inner.plan,
        greatest=node.function == "topk",
        most=int(node.argument),
        group_of=indexes(groups[labels] for labels in kept),
        count=len(groups),
    )
    return Part(plan, inner.labels)


@bind.register
def _(node: Binary, holding: Holding) -> Part:
    if is_constant(node):
        return Part(Fixed(number_of(node)), (EMPTY,))
    left, right = bind(node.left, holding), bind(node.right, holding)
    if node.operator == "or":
        return either(node, left, right)
    return (both if node.operator in SET_OPERATORS else paired)(node, left, right)


def _selected(selector: Selector, holding: Holding) -> tuple[tuple[Labels, ...], Indexes]:
    """Series of the metric; where the name is matched, it counts among their labels."""
    if selector.metric:
        series = [*holding.by_metric.get(selector.metric, ())]
    else:
        series = [
            (tuple(sorted([*labels, (METRIC, metric)])), number)
            for metric, known in holding.by_metric.items()
            if selector.names(metric)
            for labels, number in known
        ]
    found = [(labels, number) for labels, number in series if selector.accepts(dict(labels))]
    return tuple(labels for labels, _ in found), indexes(number for _, number in found)


def _told_by(operand: Node) -> Labels:
    """What `absent` knows of the missing series: the labels asked for exactly."""
    if not isinstance(operand, Selector):
        return EMPTY
    exact = {m.label: m.value for m in operand.matchers if m.operator == "="}
    return tuple(sorted(exact.items()))
