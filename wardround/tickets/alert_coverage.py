"""Which alerts rows take, worked out over every kind of alert there can be. Pure.

A row asks little of an alert: its rule, how bad it is, the types its item is of, a class, some
labels. Values that no row names are all alike, so that every kind of alert is a cell of a small
table, and a row is a block in it. What a row could take and others have taken already is counted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
class Kinds:
    """Every kind of alert: what tells one from another, an axis each."""

    troubles: Sequence[tuple[str, str]]
    """Rule and severity."""
    types: Sequence[frozenset[str]]
    """Of the types that rows name, those that an item is of."""
    classes: Sequence[str]
    labels: Mapping[str, Sequence[str]]

    @property
    def cells(self) -> int:
        return prod((len(self.troubles), len(self.types), len(self.classes), *self._lengths()))

    def _lengths(self) -> Iterator[int]:
        return (len(values) for values in self.labels.values())

    def taken(self, when: AlertCondition) -> Cells:
        """The cells whose alerts fit a condition."""
        axes = [
            [
                _admits(when.rule, rule) and _admits(when.severity, how)
                for rule, how in self.troubles
            ],
            [not when.item_type or not kin.isdisjoint(when.item_type) for kin in self.types],
            [_admits(when.importance, each) for each in self.classes],
            *(
                [_admits(when.labels.get(name, ()), value) for value in values]
                for name, values in self.labels.items()
            ),
        ]
        named = all(name in self.labels for name in when.labels)
        shape = [len(axis) for axis in axes]
        cells = np.full(shape, named, dtype=np.bool_)
        for place, axis in enumerate(axes):
            cells &= np.array(axis).reshape([-1 if at == place else 1 for at in range(len(axes))])
        return cells

    def taken_by_any(self, several: Iterable[AlertCondition]) -> Cells:
        shape = (len(self.troubles), len(self.types), len(self.classes), *self._lengths())
        cells = np.zeros(shape, dtype=np.bool_)
        for when in several:
            cells |= self.taken(when)
        return cells


def _admits(wanted: Collection[str], value: str) -> bool:
    return not wanted or value in wanted


def kinds_of_alerts(
    conditions: Sequence[AlertCondition],
    lineages: Lineages,
    troubles: Sequence[tuple[str, str]],
    *,
    with_labels: bool = True,
) -> Kinds:
    """The table in which these conditions differ."""
    named = {name for when in conditions for name in when.item_type}
    kin = {frozenset(named & {name, *line}) for name, line in lineages.items()}
    labels: dict[str, set[str]] = {}
    for when in conditions if with_labels else ():
        for name, values in when.labels.items():
            labels.setdefault(name, {_OTHER}).update(values)
    return Kinds(
        troubles,
        sorted({frozenset[str](), *kin}, key=sorted),
        [str(each) for each in ItemClass],
        {name: sorted(values) for name, values in sorted(labels.items())},
    )


def never_hit(earlier: Sequence[AlertCondition], row: AlertCondition, lineages: Lineages) -> bool:
    """Whether rows before it, each alone or together, take all that a row could take.

    Counted over rules that rows name and one for all others, over every severity, type and class,
    and over the values of labels that rows name and one for all others. Not found are rows that no
    alert fits for another reason (a rule that is never so bad, a label with two values at once
    that another definition adds), and any where the table would have more than `MOST_CELLS` cells.
    """
    every = [*earlier, row]
    rules = sorted({_OTHER, *(rule for when in every for rule in when.rule)})
    kinds = kinds_of_alerts(every, lineages, list(product(rules, map(str, Severity))))
    if kinds.cells > MOST_CELLS:
        return False
    wanted = kinds.taken(row)
    return not (wanted & ~kinds.taken_by_any(earlier)).any()


def left_by(
    before: Sequence[AlertCondition],
    after: Sequence[AlertCondition],
    troubles: Sequence[tuple[str, str]],
    lineages: Lineages,
) -> list[str]:
    """Rules some of whose alerts a row took and none takes any more.

    Where the table would be too large, labels are left out: rows that ask for one take nothing.
    """
    every = [*before, *after]
    kinds = kinds_of_alerts(every, lineages, troubles)
    if kinds.cells > MOST_CELLS:
        kinds = kinds_of_alerts(every, lineages, troubles, with_labels=False)
    lost = kinds.taken_by_any(before) & ~kinds.taken_by_any(after)
    return sorted(
        {rule for (rule, _how), cells in zip(kinds.troubles, lost, strict=True) if cells.any()}
    )
