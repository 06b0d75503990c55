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
class Now(Plan):
    """The moment of the judgement; its one slot fits every other."""

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
class Stamps(Plan):
    """When the newest values of series came."""

    ids: Indexes

    @property
    def size(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, eq=False)
class Each(Plan):
    """A function of each value, with the numbers that follow it."""

    function: str
    operand: Plan
    numbers: tuple[float, ...] = ()

    @property
    def size(self) -> int:
        return self.operand.size


@dataclass(frozen=True, eq=False)
class Taken(Plan):
    """Slot i is `operand[at[i]]`."""

    operand: Plan
    at: Indexes

    @property
    def size(self) -> int:
        return len(self.at)

    def reach(self, name: str) -> int:
        del name
        return _reach(self.operand)


@dataclass(frozen=True, eq=False)
class Pair(Plan):
    """Arithmetic or comparison; slot i is `left[left_at[i]] operator right[right_at[i]]`.

    `shows_right`: what a comparison lets through is the right, because the left is one number.
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
        return _reach(self.left if name == "left_at" else self.right)


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
    """`or`: where in the union each slot of the left and of the right stands. Each (held, by) is a
    slot of the right that counts only while that of the left is not there.
    """

    left: Plan
    right: Plan
    left_of: Indexes
    right_of: Indexes
    held: Indexes
    by: Indexes
    count: int

    @property
    def size(self) -> int:
        return self.count

    def reach(self, name: str) -> int:
        return {"held": self.right.size, "by": self.left.size}.get(name, self.count)


@dataclass(frozen=True, eq=False)
class Groups(Plan):
    """One value of each group; `argument` is the number of functions that have one."""

    function: str
    operand: Plan
    group_of: Indexes
    count: int
    argument: float = 0.0

    @property
    def size(self) -> int:
        return self.count


@dataclass(frozen=True, eq=False)
class Ranked(Plan):
    """`topk`, `bottomk`: the slots of the operand, of which `most` of each group stay."""

    operand: Plan
    greatest: bool
    most: int
    group_of: Indexes
    count: int

    @property
    def size(self) -> int:
        return self.operand.size

    def reach(self, name: str) -> int:
        del name
        return self.count


@dataclass(frozen=True, eq=False)
class Buckets(Plan):
    """`histogram_quantile`: slot `at[i]` of the operand counts what is at most `bounds[i]`, in the
    histogram `group_of[i]`; bounds of a histogram stand in order.
    """

    operand: Plan
    share: float
    at: Indexes
    group_of: Indexes
    bounds: NDArray[np.float64]
    count: int

    @property
    def size(self) -> int:
        return self.count

    def reach(self, name: str) -> int:
        return self.operand.size if name == "at" else self.count


@dataclass(frozen=True, eq=False)
class Only(Plan):
    """`scalar`: the one value of each group, or NaN."""

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


_UNSHIFTED = frozenset({"ids", "told_ids", "bounds"})
"""Arrays that point into no slots."""


def is_shared(plan: Plan) -> bool:
    """Whether its one slot is the same for every target."""
    return isinstance(plan, Fixed | Now)


def _reach(operand: Plan) -> int:
    return 0 if is_shared(operand) else operand.size


def join(plans: Sequence[Plan]) -> Plan:
    """Put the plans of one expression for several targets behind one another."""
    first = plans[0]
    if len(plans) == 1 or is_shared(first):
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
        shift += 0 if name in _UNSHIFTED else plan.reach(name)
