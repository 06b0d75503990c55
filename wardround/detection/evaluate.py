"""The value of a rule's expression for every target at once.

Beside its number each slot has a status. A comparison filters: what is not so is *gone*, as in
Prometheus. What is not known because no fresh data came is *unknown*, and a rule then holds what it
last decided instead of recovering by silence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import singledispatch
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from wardround.detection.arrays import EACH, Members, quantiles_of, ranks, reduced
from wardround.detection.expression import COMPARISONS, Binary, Negative, Node, Number, Window
from wardround.detection.plan import (
    Both,
    Buckets,
    Each,
    Either,
    Fixed,
    Groups,
    Indexes,
    Missing,
    Now,
    Only,
    Pair,
    Plan,
    Ranked,
    Series,
    Stamps,
    Taken,
    Windowed,
    is_shared,
)

Floats = NDArray[np.float64]
Statuses = NDArray[np.int8]

GONE, UNKNOWN, PRESENT = 0, 1, 2
"""Ordered so that “and” is the smaller and “or” the greater (Kleene's three values)."""


@dataclass(frozen=True, eq=False)
class Values:
    """One node evaluated.

    `there` is the status without any filter: whether the series behind the slot exist at all.
    """

    value: Floats
    status: Statuses
    there: Statuses


class Columns(Protocol):
    """Where the newest values of all series are."""

    now: float
    """The moment of the judgement, seconds since 1970."""

    def latest(self, ids: Indexes) -> Values: ...

    def stamps(self, ids: Indexes) -> Values: ...

    def over(self, window: Window, ids: Indexes) -> Values: ...

    def are_true(self, ids: Indexes) -> NDArray[np.bool_]: ...


_ARITHMETIC: dict[str, Callable[[Floats, Floats], Floats]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "%": np.fmod,  # the sign of the dividend, as in PromQL
    "^": np.power,
}
_COMPARE: dict[str, Callable[[Floats, Floats], NDArray[np.bool_]]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}


def number_of(node: Node) -> float:
    """The value of a node that names no metric, as `-1` or `2 ^ 10`."""
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Negative):
        return -number_of(node.operand)
    if not isinstance(node, Binary):
        raise TypeError(node)
    left, right = np.full(1, number_of(node.left)), np.full(1, number_of(node.right))
    compute = {**_ARITHMETIC, **_COMPARE}[node.operator]
    with np.errstate(all="ignore"):
        return float(compute(left, right)[0])


def evaluate(plan: Plan, columns: Columns) -> Values:
    """Evaluate a plan; divisions by zero give infinities and NaN, never an error."""
    with np.errstate(all="ignore"):
        return _evaluate(plan, columns)


@singledispatch
def _evaluate(plan: Plan, columns: Columns) -> Values:
    raise TypeError(plan, columns)


@_evaluate.register
def _(plan: Fixed, columns: Columns) -> Values:  # noqa: ARG001  # a number reads no column
    present = np.full(1, PRESENT, np.int8)
    return Values(np.full(1, plan.value), present, present)


@_evaluate.register
def _(plan: Now, columns: Columns) -> Values:  # noqa: ARG001  # the plan says it all
    present = np.full(1, PRESENT, np.int8)
    return Values(np.full(1, columns.now), present, present)


@_evaluate.register
def _(plan: Stamps, columns: Columns) -> Values:
    return columns.stamps(plan.ids)


@_evaluate.register
def _(plan: Taken, columns: Columns) -> Values:
    taken: Values = _gathered(plan.operand, plan.at, columns)
    return taken


@_evaluate.register
def _(plan: Series, columns: Columns) -> Values:
    return columns.latest(plan.ids)


@_evaluate.register
def _(plan: Windowed, columns: Columns) -> Values:
    return columns.over(plan.window, plan.ids)


@_evaluate.register
def _(plan: Each, columns: Columns) -> Values:
    inner = _evaluate(plan.operand, columns)
    return Values(EACH[plan.function](inner.value, *plan.numbers), inner.status, inner.there)


@_evaluate.register
def _(plan: Pair, columns: Columns) -> Values:
    left = _gathered(plan.left, plan.left_at, columns)
    right = _gathered(plan.right, plan.right_at, columns)
    status = np.minimum(left.status, right.status)
    there = np.minimum(left.there, right.there)
    if plan.operator not in COMPARISONS:
        return Values(_ARITHMETIC[plan.operator](left.value, right.value), status, there)
    holds = _COMPARE[plan.operator](left.value, right.value)
    if plan.as_bool:
        return Values(holds.astype(np.float64), status, there)
    kept = right.value if plan.shows_right else left.value
    return Values(kept, np.where(holds | (status != PRESENT), status, np.int8(GONE)), there)


def _gathered(plan: Plan, at: Indexes, columns: Columns) -> Values:
    found = _evaluate(plan, columns)
    if is_shared(plan):
        at = np.zeros(len(at), np.int64)
    return Values(found.value[at], found.status[at], found.there[at])


@_evaluate.register
def _(plan: Both, columns: Columns) -> Values:
    left, right = _evaluate(plan.left, columns), _evaluate(plan.right, columns)
    met = np.zeros(len(left.status), np.int8)
    np.maximum.at(met, plan.left_of, right.status[plan.right_of])
    if plan.negated:
        met = (PRESENT - met).astype(np.int8)
    return Values(left.value, np.minimum(left.status, met), left.there)


@_evaluate.register
def _(plan: Either, columns: Columns) -> Values:
    left, right = _evaluate(plan.left, columns), _evaluate(plan.right, columns)
    value = np.full(plan.count, np.nan)
    status = np.zeros(plan.count, np.int8)
    there = np.zeros(plan.count, np.int8)
    free = right.status.copy()
    np.minimum.at(free, plan.held, (PRESENT - left.status[plan.by]).astype(np.int8))
    value[plan.right_of] = right.value
    np.maximum.at(status, plan.right_of, free)
    np.maximum.at(there, plan.right_of, right.there)
    wins = left.status >= status[plan.left_of]
    value[plan.left_of[wins]] = left.value[wins]
    np.maximum.at(status, plan.left_of, left.status)
    np.maximum.at(there, plan.left_of, left.there)
    return Values(value, status, there)


@_evaluate.register
def _(plan: Groups, columns: Columns) -> Values:
    """One unknown member makes its group unknown: half a sum is no sum."""
    inner = _evaluate(plan.operand, columns)
    present = inner.status == PRESENT
    members = Members.among(plan.count, plan.group_of[present], inner.value[present])
    status = np.where(members.count > 0, PRESENT, GONE).astype(np.int8)
    status[plan.group_of[inner.status == UNKNOWN]] = UNKNOWN
    if plan.function == "sole":
        status[members.count > 1] = UNKNOWN
    there = np.zeros(plan.count, np.int8)
    np.maximum.at(there, plan.group_of, inner.there)
    return Values(reduced(plan.function, members, plan.argument), status, there)


@_evaluate.register
def _(plan: Ranked, columns: Columns) -> Values:
    """What is unknown could be among the chosen: then none of its group is chosen for sure."""
    inner = _evaluate(plan.operand, columns)
    present = inner.status == PRESENT
    status = np.where(present, GONE, inner.status).astype(np.int8)
    candidates = np.flatnonzero(present)
    of, values = plan.group_of[candidates], inner.value[candidates]
    chosen = candidates[ranks(of, values, greatest=plan.greatest) < plan.most]
    status[chosen] = PRESENT
    unknown = np.zeros(plan.count, np.bool_)
    unknown[plan.group_of[inner.status == UNKNOWN]] = True
    status[present & unknown[plan.group_of]] = UNKNOWN
    return Values(inner.value, status, inner.there)


@_evaluate.register
def _(plan: Buckets, columns: Columns) -> Values:
    inner = _evaluate(plan.operand, columns)
    value, status = inner.value[plan.at], inner.status[plan.at]
    present = status == PRESENT
    of = plan.group_of[present]
    members = np.bincount(of, minlength=plan.count)
    found = np.where(members > 0, PRESENT, GONE).astype(np.int8)
    found[plan.group_of[status == UNKNOWN]] = UNKNOWN
    there = np.zeros(plan.count, np.int8)
    np.maximum.at(there, plan.group_of, inner.there[plan.at])
    quantiles = quantiles_of(plan.share, of, plan.bounds[present], value[present], plan.count)
    return Values(quantiles, found, there)


@_evaluate.register
def _(plan: Only, columns: Columns) -> Values:
    inner = _evaluate(plan.operand, columns)
    present = inner.status == PRESENT
    of = plan.group_of[present]
    members = np.bincount(of, minlength=plan.count)
    sole = np.full(plan.count, np.nan)
    sole[of] = inner.value[present]  # itself, not a sum: −0 stays what it is
    status = np.full(plan.count, PRESENT, np.int8)
    status[plan.group_of[inner.status == UNKNOWN]] = UNKNOWN
    return Values(np.where(members == 1, sole, np.nan), status, status)


@_evaluate.register
def _(plan: Missing, columns: Columns) -> Values:
    """Nothing is missing from what does not answer: that is unknown."""
    inner = _evaluate(plan.operand, columns)
    found = np.zeros(plan.count, np.int8)
    np.maximum.at(found, plan.group_of, inner.status)
    answered = np.full(plan.count, PRESENT, np.int8)
    told = np.where(columns.are_true(plan.told_ids), PRESENT, UNKNOWN).astype(np.int8)
    np.minimum.at(answered, plan.told_of, told)
    status = np.minimum(PRESENT - found, answered).astype(np.int8)
    there = np.full(plan.count, PRESENT, np.int8)
    return Values(np.ones(plan.count), status, there)
