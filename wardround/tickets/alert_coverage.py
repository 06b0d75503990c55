"""Which alerts rows take, worked out over every kind of alert there can be. Pure.

A row asks little of an alert: its rule, how bad it is, the types its item is of, a class, some
labels. Values that no row names are all alike, so that every kind of alert is a cell of a small
table, and a row is a block in it. What a row could take and others have taken already is counted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from math import prod

import numpy as np
from numpy.typing import NDArray

from wardround.detection.types import Severity
from wardround.tickets.alert_tickets import AlertCondition, ItemClass

Cells = NDArray[np.bool_]
Lineages = Mapping[str, Collection[str]]
"""Item type → itself and what it extends."""

MOST_CELLS = 2_000_000
_OTHER = ""
"""Stands for every value that no row names, and for a label that is not there."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a rule makes of an alert: how bad it is, and the labels that each of its alerts has."""

    rule: str
    severity: str
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sorting:
    """The rows, and what is sorted by them: what rules raise, and of what types items are."""

    rows: Sequence[AlertCondition]
    troubles: Mapping[str, Trouble]
    """By rule."""
    lineages: Lineages


@dataclass(frozen=True, slots=True)
class Kinds:
    """Every kind of alert: what tells one from another, an axis each."""

    troubles: Sequence[Trouble]
    types: Sequence[frozenset[str]]
    """Of the types that rows name, those that an item is of."""
    classes: Sequence[str]
    labels: Mapping[str, Sequence[str]]

    @property
    def cells(self) -> int:
        return prod(self._shape)

    def _lengths(self) -> Iterator[int]:
        return (len(values) for values in self.labels.values())

    def taken(self, when: AlertCondition) -> Cells:
        """The cells whose alerts fit a condition."""
        named = all(name in self.labels for name in when.labels)
        cells = np.full(self._shape, named, dtype=np.bool_)
        axes = [
            [
                _admits(when.rule, trouble.rule) and _admits(when.severity, trouble.severity)
                for trouble in self.troubles
            ],
            [not when.item_type or not kin.isdisjoint(when.item_type) for kin in self.types],
            [_admits(when.importance, each) for each in self.classes],
        ]
        for place, axis in enumerate(axes):
            cells &= np.array(axis, dtype=np.bool_).reshape(self._along(place))
        for place, (name, values) in enumerate(self.labels.items(), len(axes)):
            if wanted := when.labels.get(name, ()):
                fits = [
                    [trouble.labels.get(name, value) in wanted for value in values]
                    for trouble in self.troubles
                ]
                cells &= np.array(fits, dtype=np.bool_).reshape(self._along(0, place))
        return cells

    @property
    def _shape(self) -> tuple[int, ...]:
        return (len(self.troubles), len(self.types), len(self.classes), *self._lengths())

    def _along(self, *places: int) -> list[int]:
        """The shape of a block that differs along these axes only."""
        return [size if at in places else 1 for at, size in enumerate(self._shape)]

    def taken_by_any(self, several: Iterable[AlertCondition]) -> Cells:
        cells = np.zeros(self._shape, dtype=np.bool_)
        for when in several:
            cells |= self.taken(when)
        return cells


def _admits(wanted: Collection[str], value: str) -> bool:
    return not wanted or value in wanted


def _kin(conditions: Sequence[AlertCondition], lineages: Lineages) -> dict[str, frozenset[str]]:
    """By item type, those of the types that conditions name that it is of."""
    named = frozenset(name for when in conditions for name in when.item_type)
    return {name: named.intersection(line) for name, line in lineages.items()}


def _labels(conditions: Sequence[AlertCondition]) -> dict[str, Sequence[str]]:
    """The labels that conditions name, each with the values that they tell apart."""
    labels: dict[str, set[str]] = {}
    for when in conditions:
        for name, values in when.labels.items():
            labels.setdefault(name, {_OTHER}).update(values)
    return {name: sorted(values) for name, values in sorted(labels.items())}


_CLASSES = [str(each) for each in ItemClass]


def never_hit(earlier: Sequence[AlertCondition], row: AlertCondition, lineages: Lineages) -> bool:
    """Whether rows before it, each alone or together, take all that a row could take.

    Counted over rules that rows name and one for all others, over every severity, type and class,
    and over the values of labels that rows name and one for all others. Not found are rows that no
    alert fits for another reason (a rule that is never so bad, a label with two values at once
    that another definition adds), and any where the table would have more than `MOST_CELLS` cells.
    """
    every = [*earlier, row]
    rules = sorted({_OTHER, *(rule for when in every for rule in when.rule)})
    kin = {frozenset[str](), *_kin(every, lineages).values()}
    troubles = [Trouble(rule, str(severity)) for rule, severity in product(rules, Severity)]
    kinds = Kinds(troubles, sorted(kin, key=sorted), _CLASSES, _labels(every))
    if kinds.cells > MOST_CELLS:
        return False
    wanted = kinds.taken(row)
    return not (wanted & ~kinds.taken_by_any(earlier)).any()


def left_by(before: Sorting, after: Sorting) -> list[str]:
    """Rules some of whose alerts a row took and none takes any more.

    Rows may have changed, how bad the rules are and what labels they give, and what an item type
    extends: an alert is the same one where its rule and the type of its item are called the same.
    Rules and types that are there on one side only are passed over. Where the table would be too
    large, labels are left out: rows that ask for one take nothing.
    """
    every = [*before.rows, *after.rows]
    rules = sorted(before.troubles.keys() & after.troubles.keys())
    kin, kin_after = _kin(every, before.lineages), _kin(every, after.lineages)
    none = frozenset[str]()
    pairs = {(none, none), *((kin[name], kin_after[name]) for name in kin.keys() & kin_after)}
    types = sorted(pairs, key=lambda pair: [sorted(side) for side in pair])
    labels = _labels(every)
    at_first = Kinds(
        [before.troubles[rule] for rule in rules], [pair[0] for pair in types], _CLASSES, labels
    )
    at_last = Kinds(
        [after.troubles[rule] for rule in rules], [pair[1] for pair in types], _CLASSES, labels
    )
    if at_first.cells > MOST_CELLS:
        at_first, at_last = replace(at_first, labels={}), replace(at_last, labels={})
    lost = at_first.taken_by_any(before.rows) & ~at_last.taken_by_any(after.rows)
    return [rule for rule, cells in zip(rules, lost, strict=True) if cells.any()]
