"""An expression as arrays of indexes, so that evaluating a rule for every target at once is a few
array operations. `join` puts the plans of many targets behind one another, slot after slot.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wardround.detection.expression import Window

Indexes = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Plan:
    """A node for some targets. Its *slots* are the values that evaluating it gives."""

    @property
    def size(self) -> int:
        """How many slots."""
        raise NotImplementedError

    def reach(self, name: str) -> int:
        """How many slots there are in what the index array `name` points into."""
        del name
        return self.size


@dataclass(frozen=True, eq=False)
class Fixed(Plan):
    """A plain number; its one slot fits every other."""

    value: float

    @property
    def size(self) -> int:
        return 1


@dataclass(frozen=True, eq=False)
class Series(Plan):
    ids: Indexes

    @property
    def size(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, eq=False)
class Windowed(Plan):
    window: Window
    ids: Indexes

    @property
    def size(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, eq=False)
class Each(Plan):
    function: str
    operand: Plan

    @property
    def size(self) -> int:
        return self.operand.size


@dataclass(frozen=True, eq=False)
class Pair(Plan):
    """Arithmetic or comparison; slot i is `left[left_at[i]] operator right[right_at[i]]`.

    A comparison shows what is compared: the left, or, where that is a plain number, the right.
    """

    operator: str
    as_bool: bool
    left: Plan
    right: Plan
    left_at: Indexes
    right_at: Indexes
    shows_right: bool = False

    @property
    def size(self) -> int:
        return len(self.left_at)

    def reach(self, name: str) -> int:
        inner = self.left if name == "left_at" else self.right
        return 0 if isinstance(inner, Fixed) else inner.size


@dataclass(frozen=True, eq=False)
class Both(Plan):
    """`and`, `unless`: the slots of the left; each (left_of, right_of) is a meeting."""

    negated: bool
    left: Plan
    right: Plan
    left_of: Indexes
    right_of: Indexes

    @property
    def size(self) -> int:
        return self.left.size

    def reach(self, name: str) -> int:
        return (self.left if name == "left_of" else self.right).size


@dataclass(frozen=True, eq=False)
class Either(Plan):
    """`or`: where in the union each slot of the left and of the right stands."""

    left: Plan
    right: Plan
    left_of: Indexes
    right_of: Indexes
    count: int

    @property
    def size(self) -> int:
        return self.count


@dataclass(frozen=True, eq=False)
class Groups(Plan):
    function: str
    operand: Plan
    group_of: Indexes
    count: int

    @property
    def size(self) -> int:
        return self.count


@dataclass(frozen=True, eq=False)
class Missing(Plan):
    """`absent`: one slot a target; `told_ids` are the series that tell whether what could hold the
    missing answered at all, `told_of` the slot that each of them is asked for.
    """

    operand: Plan
    group_of: Indexes
    told_ids: Indexes
    told_of: Indexes
    count: int

    @property
    def size(self) -> int:
        return self.count


_SERIES_IDS = frozenset({"ids", "told_ids"})


def join(plans: Sequence[Plan]) -> Plan:
    """Put the plans of one expression for several targets behind one another."""
    first = plans[0]
    if len(plans) == 1 or isinstance(first, Fixed):
        return first
    joined = {name: _joined(name, plans) for name in vars(first)}
    return type(first)(**joined)


def _joined(name: str, plans: Sequence[Plan]) -> object:
    """Join one field: inner plans recursively, indexes shifted by what stands before them."""
    values = [getattr(plan, name) for plan in plans]
    first = values[0]
    if isinstance(first, Plan):
        return join(values)
    if isinstance(first, np.ndarray):
        shifts = _shifts(name, plans)
        return np.concatenate([part + shift for part, shift in zip(values, shifts, strict=True)])
    return sum(values) if name == "count" else first


def _shifts(name: str, plans: Sequence[Plan]) -> Iterator[int]:
    """How many slots stand before each part, in what the array points into."""
    shift = 0
    for plan in plans:
        yield shift
        shift += 0 if name in _SERIES_IDS else plan.reach(name)
