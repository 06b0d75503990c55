"""Which series of one target meet in an expression.

Two slots meet when the label names of one are among those of the other and the shared values are
equal: `node_filesystem_free_bytes{mountpoint=…} / node_memory_total_bytes` needs no `group_left`.
Labels are compared only here, when the series of a target change; evaluating uses indexes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import singledispatch

import numpy as np

from wardround.collect.types import OWN_METRICS
from wardround.detection.evaluate import number_of
from wardround.detection.expression import (
    SET_OPERATORS,
    Aggregate,
    Binary,
    Call,
    Negative,
    Node,
    Number,
    Selector,
    Window,
    is_scalar,
    selectors,
)
from wardround.detection.plan import (
    Both,
    Each,
    Either,
    Fixed,
    Groups,
    Indexes,
    Missing,
    Pair,
    Plan,
    Series,
    Windowed,
)

Labels = tuple[tuple[str, str], ...]

_EMPTY: Labels = ()


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
        return _indexes([self.up, *asked])


@dataclass(frozen=True, eq=False)
class Part:
    """A node bound for one target: the plan, and the labels of its slots."""

    plan: Plan
    labels: tuple[Labels, ...]


@singledispatch
def bind(node: Node, holding: Holding) -> Part:
    """Find the slots of an expression for one item of one target."""
    raise TypeError(node, holding)


@bind.register
def _(node: Number, holding: Holding) -> Part:  # noqa: ARG001  # a number needs no series
    return Part(Fixed(node.value), (_EMPTY,))


@bind.register
def _(node: Selector, holding: Holding) -> Part:
    labels, ids = _selected(node, holding)
    return Part(Series(ids), labels)


@bind.register
def _(node: Window, holding: Holding) -> Part:
    labels, ids = _selected(node.selector, holding)
    return Part(Windowed(node, ids), labels)


@bind.register
def _(node: Negative, holding: Holding) -> Part:
    if is_scalar(node):
        return Part(Fixed(number_of(node)), (_EMPTY,))
    inner = bind(node.operand, holding)
    return Part(Each("-", inner.plan), inner.labels)


@bind.register
def _(node: Call, holding: Holding) -> Part:
    inner = bind(node.operand, holding)
    if node.function != "absent":
        return Part(Each(node.function, inner.plan), inner.labels)
    told_ids = holding.tellers(selector.metric for selector in selectors(node.operand))
    plan = Missing(
        operand=inner.plan,
        group_of=np.zeros(len(inner.labels), np.int64),
        told_ids=told_ids,
        told_of=np.zeros(len(told_ids), np.int64),
        count=1,
    )
    return Part(plan, (_told_by(node.operand),))


@bind.register
def _(node: Aggregate, holding: Holding) -> Part:
    inner = bind(node.operand, holding)
    kept = [_projected(labels, node.by) for labels in inner.labels]
    number_of = {labels: number for number, labels in enumerate(dict.fromkeys(kept))}
    group_of = _indexes(number_of[labels] for labels in kept)
    plan = Groups(node.function, inner.plan, group_of, len(number_of))
    return Part(plan, tuple(number_of))


@bind.register
def _(node: Binary, holding: Holding) -> Part:
    if is_scalar(node):
        return Part(Fixed(number_of(node)), (_EMPTY,))
    left, right = bind(node.left, holding), bind(node.right, holding)
    if node.operator == "or":
        return _either(left, right)
    return (_both if node.operator in SET_OPERATORS else _pair)(node, left, right)


def _selected(selector: Selector, holding: Holding) -> tuple[tuple[Labels, ...], Indexes]:
    found = [
        (labels, number)
        for labels, number in holding.by_metric.get(selector.metric, ())
        if selector.accepts(dict(labels))
    ]
    return tuple(labels for labels, _ in found), _indexes(number for _, number in found)


def _told_by(operand: Node) -> Labels:
    """What `absent` knows of the missing series: the labels asked for exactly."""
    if not isinstance(operand, Selector):
        return _EMPTY
    exact = {m.label: m.value for m in operand.matchers if m.operator == "="}
    return tuple(sorted(exact.items()))


def _pair(node: Binary, left: Part, right: Part) -> Part:
    slots: dict[Labels, tuple[int, int]] = {}
    for labels, at_left, at_right in meetings(left.labels, right.labels):
        slots.setdefault(labels, (at_left, at_right))
    plan = Pair(
        operator=node.operator,
        as_bool=node.as_bool,
        left=left.plan,
        right=right.plan,
        left_at=_indexes(at for at, _ in slots.values()),
        right_at=_indexes(at for _, at in slots.values()),
        shows_right=is_scalar(node.left),
    )
    return Part(plan, tuple(slots))


def _both(node: Binary, left: Part, right: Part) -> Part:
    met = list(meetings(left.labels, right.labels))
    plan = Both(
        negated=node.operator == "unless",
        left=left.plan,
        right=right.plan,
        left_of=_indexes(at for _, at, _ in met),
        right_of=_indexes(at for _, _, at in met),
    )
    return Part(plan, left.labels)


def _either(left: Part, right: Part) -> Part:
    """Slots with equal labels are one; the left's come first."""
    place = {labels: number for number, labels in enumerate(left.labels)}
    more = [labels for labels in right.labels if labels not in place]
    place.update((labels, len(left.labels) + number) for number, labels in enumerate(more))
    plan = Either(
        left=left.plan,
        right=right.plan,
        left_of=_indexes(place[labels] for labels in left.labels),
        right_of=_indexes(place[labels] for labels in right.labels),
        count=len(place),
    )
    return Part(plan, (*left.labels, *more))


def meetings(left: Sequence[Labels], right: Sequence[Labels]) -> Iterator[tuple[Labels, int, int]]:
    """Which slots meet, with the labels of the richer; equal label names come first."""
    lefts, rights = _by_names(left), _by_names(right)
    pairs = [
        (names, other)
        for names in lefts
        for other in rights
        if set(names) <= set(other) or set(other) < set(names)
    ]
    for names, other in sorted(pairs, key=lambda pair: len(pair[0]) != len(pair[1])):
        if len(names) >= len(other):
            for at, met in _met(left, lefts[names], right, rights[other], other):
                yield left[at], at, met
        else:
            for at, met in _met(right, rights[other], left, lefts[names], names):
                yield right[at], met, at


def _met(
    richer: Sequence[Labels],
    some: Sequence[int],
    poorer: Sequence[Labels],
    others: Sequence[int],
    names: Sequence[str],
) -> Iterator[tuple[int, int]]:
    found = {poorer[at]: at for at in others}
    for at in some:
        met = found.get(_projected(richer[at], names))
        if met is not None:
            yield at, met


def _by_names(slots: Sequence[Labels]) -> dict[tuple[str, ...], list[int]]:
    found: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at, labels in enumerate(slots):
        found[tuple(name for name, _ in labels)].append(at)
    return found


def _projected(labels: Labels, names: Sequence[str]) -> Labels:
    return tuple(pair for pair in labels if pair[0] in names)


def _indexes(numbers: Iterable[int]) -> Indexes:
    return np.fromiter(numbers, np.int64)
