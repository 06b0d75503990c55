"""Which slots of two sides of an operator meet.

With `on` or `ignoring` as in Prometheus. Without, two slots meet when the label names of one are
among those of the other and the shared values are equal:
`node_filesystem_free_bytes{mountpoint=…} / node_memory_total_bytes` needs no `group_left`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from wardround.detection.errors import TooManySlots
from wardround.detection.expression import COMPARISONS, EXACTLY, METRIC, Binary, Matching, is_scalar
from wardround.detection.plan import Both, Either, Groups, Indexes, Pair, Plan

Labels = tuple[tuple[str, str], ...]
EMPTY: Labels = ()
MOST_SLOTS = 50_000
"""Values that one node of an expression may have for one item; what needs more is refused."""


@dataclass(frozen=True, eq=False)
class Part:
    """A node bound for one target: the plan, and the labels of its slots."""

    plan: Plan
    labels: tuple[Labels, ...]


def indexes(numbers: Iterable[int]) -> Indexes:
    return np.fromiter(numbers, np.int64)


def nameless(labels: Labels) -> Labels:
    """Labels of what is no longer the metric itself."""
    return tuple(pair for pair in labels if pair[0] != METRIC)


def projected(labels: Labels, names: Sequence[str], *, without: bool = False) -> Labels:
    """The labels of these names, or all but these and the metric's name."""
    if without:
        return tuple(pair for pair in labels if pair[0] not in names and pair[0] != METRIC)
    return tuple(pair for pair in labels if pair[0] in names)


def grouped(function: str, part: Part, groups: Sequence[Labels], argument: float = 0.0) -> Part:
    """One value of all slots with equal group."""
    number_of = {labels: number for number, labels in enumerate(dict.fromkeys(groups))}
    of = indexes(number_of[labels] for labels in groups)
    plan = Groups(function, part.plan, of, len(number_of), argument)
    return Part(plan, tuple(number_of))


def relabelled(part: Part, labels: Sequence[Labels]) -> Part:
    """The same values under other labels. Of several with the same labels there may be one at a
    time; while there are more, nobody can tell which is meant.
    """
    if len(set(labels)) == len(labels):
        return Part(part.plan, tuple(labels))
    return grouped("sole", part, labels)


def drop_names(part: Part) -> Part:
    """What arithmetic leaves of labels: all but the metric's name."""
    if all(name != METRIC for labels in part.labels for name, _ in labels):
        return part
    return relabelled(part, [nameless(labels) for labels in part.labels])


# Arithmetic and comparisons ----------------------------------------------------------------------


def paired(node: Binary, left: Part, right: Part) -> Part:
    filters = node.operator in COMPARISONS and not node.as_bool
    if not filters:
        left, right = drop_names(left), drop_names(right)
    scalars = is_scalar(node.left) or is_scalar(node.right)
    matching = node.matching or (EXACTLY if _named(left, right) and not scalars else None)
    if matching is None:
        return _nested(node, left, right)
    if matching.many:
        return _many_to_one(node, matching, left, right)
    return _one_to_one(node, matching, left, right)


def _named(*parts: Part) -> bool:
    return any(name == METRIC for part in parts for labels in part.labels for name, _ in labels)


def _nested(node: Binary, left: Part, right: Part) -> Part:
    slots: dict[Labels, tuple[int, int]] = {}
    for labels, at_left, at_right in meetings(left.labels, right.labels):
        slots.setdefault(labels, (at_left, at_right))
    return _made(node, left, right, list(slots.values()), list(slots))


def _made(
    node: Binary,
    left: Part,
    right: Part,
    meetings_: Sequence[tuple[int, int]],
    labels: Sequence[Labels],
) -> Part:
    if len(meetings_) > MOST_SLOTS:
        raise TooManySlots
    plan = Pair(
        operator=node.operator,
        as_bool=node.as_bool,
        left=left.plan,
        right=right.plan,
        left_at=indexes(at for at, _ in meetings_),
        right_at=indexes(at for _, at in meetings_),
        shows_right=is_scalar(node.left) and not is_scalar(node.right),
    )
    return Part(plan, tuple(labels))


def _keys(matching: Matching) -> Callable[[Labels], Labels]:
    return lambda labels: projected(labels, matching.labels, without=not matching.on)


def _one_to_one(node: Binary, matching: Matching, left: Part, right: Part) -> Part:
    """Two of a side with the same key at a time are one too many: then it is unknown."""
    key = _keys(matching)
    by_left = relabelled(left, [key(labels) for labels in left.labels])
    by_right = relabelled(right, [key(labels) for labels in right.labels])
    place = {labels: at for at, labels in enumerate(by_right.labels)}
    met = [(at, place[labels]) for at, labels in enumerate(by_left.labels) if labels in place]
    return _made(node, by_left, by_right, met, [by_left.labels[at] for at, _ in met])


def _many_to_one(node: Binary, matching: Matching, left: Part, right: Part) -> Part:
    """Each of the many takes labels of the one that it meets."""
    from_left = matching.many == "left"
    many, single = (left, right) if from_left else (right, left)
    key = _keys(matching)
    keys = [key(labels) for labels in single.labels]
    marked = [
        (of, projected(labels, matching.taken))
        for of, labels in zip(keys, single.labels, strict=True)
    ]
    ones = _soles(single, marked)
    found: dict[Labels, list[tuple[Labels, int]]] = defaultdict(list)
    for at, (of, taken) in enumerate(dict.fromkeys(marked)):
        found[of].append((taken, at))
    met: list[tuple[int, int]] = []
    labels: list[Labels] = []
    met_by: list[Labels] = []
    for at, many_labels in enumerate(many.labels):
        of = key(many_labels)
        for taken, at_one in found.get(of, ()):
            met.append((at, at_one) if from_left else (at_one, at))
            labels.append(_with(many_labels, matching.taken, taken))
            met_by.append(of)
            if len(met) > MOST_SLOTS:
                raise TooManySlots
    sides = (many, ones) if from_left else (ones, many)
    part = _made(node, *sides, met, labels)
    if len(found) < len(ones.labels):
        part = _held(part, met_by, grouped("sole", single, keys))
    return relabelled(part, labels)


def _soles(single: Part, marked: Sequence[tuple[Labels, Labels]]) -> Part:
    """One slot for each different mark; the labels are not needed any more."""
    number_of = {mark: at for at, mark in enumerate(dict.fromkeys(marked))}
    plan = single.plan
    if len(number_of) < len(marked):
        of = indexes(number_of[mark] for mark in marked)
        plan = Groups("sole", plan, of, len(number_of))
    return Part(plan, tuple(taken for _, taken in number_of))


def _held(part: Part, keys: Sequence[Labels], sole: Part) -> Part:
    """The part, unknown wherever more than one of what it met is there for its key."""
    place = {labels: at for at, labels in enumerate(sole.labels)}
    plan = Both(
        negated=False,
        left=part.plan,
        right=sole.plan,
        left_of=np.arange(len(keys)),
        right_of=indexes(place[key] for key in keys),
    )
    return Part(plan, part.labels)


def _with(labels: Labels, names: Sequence[str], taken: Labels) -> Labels:
    if not names:
        return labels
    kept = [pair for pair in labels if pair[0] not in names]
    return tuple(sorted([*kept, *taken]))


# Sets --------------------------------------------------------------------------------------------


def both(node: Binary, left: Part, right: Part) -> Part:
    """`and`, `unless`."""
    met = list(_set_meetings(node, left, right))
    plan = Both(
        negated=node.operator == "unless",
        left=left.plan,
        right=right.plan,
        left_of=indexes(at for at, _ in met),
        right_of=indexes(at for _, at in met),
    )
    return Part(plan, left.labels)


def either(node: Binary, left: Part, right: Part) -> Part:
    """Slots with equal labels are one; the left's come first. Where labels are compared by
    `matching`, the right counts only where none of the left has the same.
    """
    place = {labels: number for number, labels in enumerate(left.labels)}
    more = [labels for labels in dict.fromkeys(right.labels) if labels not in place]
    place.update((labels, len(left.labels) + number) for number, labels in enumerate(more))
    held = [
        (at, by)
        for by, at in (_set_meetings(node, left, right) if node.matching else ())
        if right.labels[at] != left.labels[by]
    ]
    plan = Either(
        left=left.plan,
        right=right.plan,
        left_of=indexes(place[labels] for labels in left.labels),
        right_of=indexes(place[labels] for labels in right.labels),
        held=indexes(at for at, _ in held),
        by=indexes(by for _, by in held),
        count=len(place),
    )
    return Part(plan, (*left.labels, *more))


def _set_meetings(node: Binary, left: Part, right: Part) -> Iterator[tuple[int, int]]:
    matching = node.matching or (EXACTLY if _named(left, right) else None)
    if matching is None:
        yield from ((at, met) for _, at, met in meetings(left.labels, right.labels))
        return
    key, count = _keys(matching), 0
    found: dict[Labels, list[int]] = defaultdict(list)
    for at, labels in enumerate(right.labels):
        found[key(labels)].append(at)
    for at, labels in enumerate(left.labels):
        for met in found.get(key(labels), ()):
            count += 1
            if count > MOST_SLOTS:
                raise TooManySlots
            yield at, met


# Nested labels -----------------------------------------------------------------------------------


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
        met = found.get(projected(richer[at], names))
        if met is not None:
            yield at, met


def _by_names(slots: Sequence[Labels]) -> dict[tuple[str, ...], list[int]]:
    found: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at, labels in enumerate(slots):
        found[tuple(name for name, _ in labels)].append(at)
    return found
