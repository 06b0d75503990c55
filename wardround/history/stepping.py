"""One value a step from samples packed in memory: compiled code over arrays.

The same arithmetic as `steps`, which does it for samples from the tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from wardround.dependability.compiled import compiled, inlined
from wardround.history.blocks import COUNTED, DOUBLE
from wardround.history.chunks import Memory, Samples, slot_of
from wardround.history.steps import CODES
from wardround.history.types import Aggregate
from wardround.history.unpacking import samples_of_row

if TYPE_CHECKING:
    from numpy.typing import NDArray

_AVG, _MIN, _MAX, _SUM, _LAST, _COUNT, _RATE, _P95, _INCREASE = (
    CODES[aggregate] for aggregate in Aggregate
)
_POWERS = 10.0 ** np.arange(COUNTED)
Ask = Any
"""One entry of an array of `steps.ASK`."""
Asks = Any


class Desk(NamedTuple):
    """Room for the samples of one series."""

    positions: NDArray[np.int64]
    samples: Samples
    at: NDArray[np.int64]
    value: NDArray[np.float64]


class Points(NamedTuple):
    """The beginning of each step that has a value, and the value."""

    at: NDArray[np.int64]
    value: NDArray[np.float64]


@compiled
def step_by_step(
    memory: Memory, asks: Asks, desk: Desk, counts: NDArray[np.int64], out: Points
) -> int:
    """The points of each ask one after the other, and how many each has; how many in all."""
    written = 0
    for j in range(len(asks)):
        ask = asks[j]
        row = memory.slots[slot_of(memory, ask.series)] - 1
        counts[j] = 0
        if row < 0:
            continue
        begin = written
        found = samples_of_row(memory, row, ask.begin, ask.until, desk.positions, desk.samples, 0)
        known = _values(desk, found)
        if ask.aggregate in (_RATE, _INCREASE):
            written = _growths(desk, known, ask, out, begin)
        else:
            written = _aggregates(desk, known, ask, out, begin)
        counts[j] = written - begin
    return written


@inlined
def _values(desk: Desk, found: int) -> int:
    """The samples as moments and doubles, without those that are no number; how many."""
    number, code = desk.samples.number, desk.samples.code
    doubles = number.view(np.float64)
    known = first = 0
    for i in range(found):
        scale = code[i] - COUNTED if code[i] >= COUNTED else code[i]
        value = doubles[i] if scale == DOUBLE else number[i] / _POWERS[scale]
        if not np.isnan(value):
            desk.at[known], desk.value[known] = desk.samples.at[i], value
            if known and desk.at[known - 1] == desk.at[known]:
                _keep_ends(desk.value, first, known)
            else:
                first = known
            known += 1
    return known


@inlined
def _keep_ends(value: NDArray[np.float64], first: int, last: int) -> None:
    """Of values at one moment the least stands first and the greatest last: no other is asked
    for by its place.
    """
    if value[last] < value[last - 1]:
        value[last - 1], value[last] = value[last], value[last - 1]
    if value[last - 1] < value[first]:
        value[first], value[last - 1] = value[last - 1], value[first]


@inlined
def _aggregates(desk: Desk, known: int, ask: Ask, out: Points, written: int) -> int:
    begin = 0
    while begin < known:
        step = desk.at[begin] // ask.step * ask.step
        end = begin + 1
        while end < known and desk.at[end] < step + ask.step:
            end += 1
        out.at[written] = step
        out.value[written] = _aggregate(desk.value[begin:end], ask.aggregate)
        written += 1
        begin = end
    return written


@inlined
def _aggregate(values: NDArray[np.float64], aggregate: int) -> float:
    found = float(len(values))
    if aggregate in (_SUM, _AVG):
        found = float(np.sum(values)) / (len(values) if aggregate == _AVG else 1)
    elif aggregate == _MIN:
        found = float(np.min(values))
    elif aggregate == _MAX:
        found = float(np.max(values))
    elif aggregate == _LAST:
        found = float(values[-1])
    elif aggregate == _P95:
        found = _percentile(values)
    return found


@inlined
def _percentile(values: NDArray[np.float64]) -> float:
    ordered = np.sort(values)
    place = 0.95 * (len(values) - 1)
    below = int(np.floor(place))
    low, high = ordered[below], ordered[min(below + 1, len(values) - 1)]
    return float(low + (high - low) * (place - below))


@inlined
def _grown(ask: Ask, growth: float, gap: np.int64) -> float:
    return growth / (gap / 1000) if ask.aggregate == _RATE else growth


@inlined
def _growths(desk: Desk, known: int, ask: Ask, out: Points, written: int) -> int:
    """Growth between neighbours, or that over the time between them; a value below the one before
    is a new beginning.
    """
    growth, gap, step = 0.0, np.int64(0), np.int64(0)
    for i in range(1, known):
        between = desk.at[i] - desk.at[i - 1]
        if between <= 0 or desk.at[i] < ask.since:
            continue
        if gap and desk.at[i] >= step + ask.step:
            out.at[written], out.value[written] = step, _grown(ask, growth, gap)
            written += 1
            gap = np.int64(0)
        if not gap:
            growth, step = 0.0, desk.at[i] // ask.step * ask.step
        more = desk.value[i] - desk.value[i - 1]
        growth += desk.value[i] if more < 0 else more
        gap += between
    if gap:
        out.at[written], out.value[written] = step, _grown(ask, growth, gap)
        written += 1
    return written
