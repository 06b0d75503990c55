"""One value a step from samples, for several questions over the same samples.

Pure: columns of one series by moment and value in, columns out. NaN takes no part.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from wardround.history.types import Aggregate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Moments = NDArray[np.int64]
    Values = NDArray[np.float64]

_P95 = 0.95
CODES = {aggregate: code for code, aggregate in enumerate(Aggregate)}
"""What stands for an aggregate in an ASK."""
ASK = np.dtype([
    ("series", "<u8"), ("aggregate", "<i8"), ("step", "<i8"), ("begin", "<i8"), ("since", "<i8"),
    ("until", "<i8"),
])  # fmt: skip
"""One series' values by step from `since` to before `until`, of samples from `begin` on (before
`since` for a growth); milliseconds.
"""


def by_step(
    at: Moments, value: Values, *, aggregate: Aggregate, step: int, since: int
) -> tuple[Moments, Values]:
    """The beginning of each step that has a value from `since` on, and the value.

    All in milliseconds. What lies before `since` is what a growth begins from.
    """
    known = ~np.isnan(value)
    if not known.all():
        at, value = at[known], value[known]
    if aggregate.grows:
        each_second = aggregate is Aggregate.RATE
        return _growths(at, value, step=step, since=since, each_second=each_second)
    first = int(np.searchsorted(at, since))
    at, value = at[first:], value[first:]
    starts, moments = _steps(at, step)
    if not len(starts):
        return moments, value
    counts = np.diff(starts, append=len(at))
    with np.errstate(over="ignore", invalid="ignore"):  # infinities are answers, as in memory
        return moments, _COMPUTE[aggregate](value, starts, counts)


def _steps(at: Moments, step: int) -> tuple[Moments, Moments]:
    """Where each step begins among the samples, and when."""
    bucket = at // step
    starts = np.flatnonzero(np.diff(bucket, prepend=-1))
    return starts, bucket[starts] * step


def _growths(
    at: Moments, value: Values, *, step: int, since: int, each_second: bool
) -> tuple[Moments, Values]:
    """Growth between neighbours, or that over the time between them; a value below the one before
    is a new beginning.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        gap, growth = np.diff(at), np.diff(value)
    growth = np.where(growth < 0, value[1:], growth)
    counts = (gap > 0) & (at[1:] >= since)
    at, gap, growth = at[1:][counts], gap[counts], growth[counts]
    starts, moments = _steps(at, step)
    if not len(starts):
        return moments, growth
    with np.errstate(over="ignore", invalid="ignore"):
        grown = np.add.reduceat(growth, starts)
        return moments, grown / (np.add.reduceat(gap, starts) / 1000) if each_second else grown


def _p95(value: Values, starts: Moments, counts: Moments) -> Values:
    """Between the two samples next to the 95th percentile, by distance."""
    group = np.repeat(np.arange(len(starts)), counts)
    ordered = value[np.lexsort((value, group))]
    place = _P95 * (counts - 1)
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, counts - 1)
    low, high = ordered[starts + below], ordered[starts + above]
    between: Values = low + (high - low) * (place - below)
    return between


_COMPUTE: dict[Aggregate, Callable[[Values, Moments, Moments], Values]] = {
    Aggregate.AVG: lambda value, starts, counts: np.add.reduceat(value, starts) / counts,
    Aggregate.MIN: lambda value, starts, _: np.minimum.reduceat(value, starts),
    Aggregate.MAX: lambda value, starts, _: np.maximum.reduceat(value, starts),
    Aggregate.SUM: lambda value, starts, _: np.add.reduceat(value, starts),
    Aggregate.LAST: lambda value, starts, counts: value[starts + counts - 1],
    Aggregate.COUNT: lambda _value, _starts, counts: counts.astype(np.float64),
    Aggregate.P95: _p95,
}
