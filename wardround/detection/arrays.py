"""What the functions of an expression do with columns of numbers. Pure; nothing here raises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indexes = NDArray[np.int64]

_DAY = 86_400.0
_DAYS_OF_WEEK = 7
_THURSDAY = 4
"""1970-01-01; Sunday is 0."""


def _rounded(values: Floats, to: float = 1.0) -> Floats:
    """The nearest multiple; halves are rounded up."""
    inverse = 1.0 / to if to else np.inf
    rounded: Floats = np.floor(values * inverse + 0.5) / inverse
    return rounded


def _clamped(values: Floats, least: float, most: float) -> Floats:
    return np.maximum(np.minimum(values, most), least)


def _same(values: Floats) -> Floats:
    return values


# The calendar ------------------------------------------------------------------------------------

_EARLIEST, _LATEST = -62_135_596_800.0, 253_402_300_799.0
"""Seconds of the years 1 to 9999; what is beyond has no calendar."""


def _of_calendar(part: Callable[[NDArray[np.datetime64]], NDArray[np.int64]]) -> Each:
    def told(values: Floats) -> Floats:
        real = (values >= _EARLIEST) & (values <= _LATEST)
        seconds = np.floor(np.where(real, values, 0.0)).astype("datetime64[s]")
        return np.where(real, part(seconds), np.nan)

    return told


def _since(moment: NDArray[np.datetime64], whole: str, unit: str) -> NDArray[np.int64]:
    """Whole units since the day, month or year began."""
    begun = moment.astype(f"datetime64[{whole}]").astype(f"datetime64[{unit}]")
    units: NDArray[np.int64] = (moment.astype(f"datetime64[{unit}]") - begun).astype(np.int64)
    return units


def _weekday(moment: NDArray[np.datetime64]) -> NDArray[np.int64]:
    return (moment.astype("datetime64[D]").astype(np.int64) + _THURSDAY) % _DAYS_OF_WEEK


def _days_in_month(moment: NDArray[np.datetime64]) -> NDArray[np.int64]:
    month = moment.astype("datetime64[M]")
    following = (month + 1).astype("datetime64[D]")
    days: NDArray[np.int64] = (following - month.astype("datetime64[D]")).astype(np.int64)
    return days


Each = Callable[..., Floats]

EACH: Mapping[str, Each] = {
    "-": np.negative,
    "abs": np.abs,
    "ceil": np.ceil,
    "clamp": _clamped,
    "clamp_max": np.minimum,
    "clamp_min": np.maximum,
    "day_of_month": _of_calendar(lambda at: _since(at, "M", "D") + 1),
    "day_of_week": _of_calendar(_weekday),
    "day_of_year": _of_calendar(lambda at: _since(at, "Y", "D") + 1),
    "days_in_month": _of_calendar(_days_in_month),
    "exp": np.exp,
    "floor": np.floor,
    "hour": _of_calendar(lambda at: _since(at, "D", "h")),
    "ln": np.log,
    "log10": np.log10,
    "log2": np.log2,
    "minute": _of_calendar(lambda at: _since(at, "h", "m")),
    "month": _of_calendar(lambda at: _since(at, "Y", "M") + 1),
    "round": _rounded,
    "sgn": np.sign,
    "sort": _same,
    "sort_desc": _same,
    "sqrt": np.sqrt,
    "year": _of_calendar(lambda at: at.astype("datetime64[Y]").astype(np.int64) + 1970),
}
"""Functions of each value, with the numbers that follow it."""


# Groups ------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Members:
    """Values with the group of each; `count` is how many each group has."""

    of: Indexes
    values: Floats
    count: Indexes

    @classmethod
    def among(cls, groups: int, of: Indexes, values: Floats) -> Members:
        return cls(of, values, np.bincount(of, minlength=groups))

    def sums(self, values: Floats | None = None) -> Floats:
        weights = self.values if values is None else values
        total = np.bincount(self.of, weights=weights, minlength=len(self.count))
        below = np.signbit(weights) & (weights == 0)
        if below.any():  # what is divided by a sum of -0 alone has the other sign
            of_these = np.bincount(self.of, weights=below, minlength=len(self.count))
            total[of_these == self.count] *= -1.0
        return self.where_any(total)

    def where_any(self, values: Floats | Indexes) -> Floats:
        """NaN where a group has no member."""
        found: Floats = np.where(self.count > 0, values, np.nan)
        return found


def reduced(function: str, members: Members, argument: float) -> Floats:
    """One value of each group."""
    if function == "quantile":
        return _shares(members, argument)
    return _REDUCED[function](members)


def _average(members: Members) -> Floats:
    """Also of values whose sum is beyond what a float holds."""
    plain = members.sums() / members.count
    if not np.isinf(plain).any():
        return plain
    parts = members.sums(members.values / members.count[members.of])
    return np.where(np.isinf(plain), parts, plain)


def _variance(members: Members) -> Floats:
    """One value does not vary, whatever it is."""
    mean = _average(members)
    spread = members.sums((members.values - mean[members.of]) ** 2) / members.count
    return np.where(members.count == 1, 0.0, spread)


def _extreme(choose: np.ufunc) -> Callable[[Members], Floats]:
    """The least or the greatest; NaN only where there is nothing else."""

    def found(members: Members) -> Floats:
        extremes: Floats = np.full(len(members.count), np.nan)
        choose.at(extremes, members.of, members.values)
        return extremes

    return found


def _different(members: Members) -> Floats:
    """How many different values there are; all NaN are one."""
    order = np.lexsort((members.values, members.of))
    groups, values = members.of[order], members.values[order]
    same = (values[1:] == values[:-1]) | (np.isnan(values[1:]) & np.isnan(values[:-1]))
    first = _firsts(groups)
    first[1:] |= ~same
    return np.bincount(groups[first], minlength=len(members.count)).astype(np.float64)


_REDUCED: Mapping[str, Callable[[Members], Floats]] = {
    "avg": _average,
    "count": lambda members: members.where_any(members.count),
    "count_distinct": _different,
    "group": lambda members: np.ones(len(members.count)),
    "max": _extreme(np.fmax),
    "min": _extreme(np.fmin),
    "sole": Members.sums,
    "stddev": lambda members: np.sqrt(_variance(members)),
    "stdvar": _variance,
    "sum": Members.sums,
}


def _beyond(share: float, count: int) -> Floats | None:
    """The quantile of a share that is none, as Prometheus has it."""
    if 0 <= share <= 1:
        return None
    return np.full(count, np.nan if np.isnan(share) else np.inf if share > 1 else -np.inf)


def _shares(members: Members, share: float) -> Floats:
    """The quantile of each group, between its two nearest values by how near it is to each."""
    beyond = _beyond(share, len(members.count))
    if beyond is not None or not len(members.values):
        return np.full(len(members.count), np.nan) if beyond is None else beyond
    order = np.lexsort((members.values, members.of))
    starts = np.cumsum(members.count) - members.count
    rank = share * np.maximum(members.count - 1, 0)
    below = np.floor(rank).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(members.count - 1, 0))
    last = len(order) - 1
    low = members.values[order[np.minimum(starts + below, last)]]
    high = members.values[order[np.minimum(starts + above, last)]]
    weight = rank - below
    between: Floats = np.where(weight > 0, low * (1 - weight) + high * weight, low)
    return between


def ranks(of: Indexes, values: Floats, *, greatest: bool) -> Indexes:
    """At which place, from 0, each value stands in its group; NaN come last."""
    keys = -values if greatest else values  # numpy sorts NaN behind everything
    order = np.lexsort((keys, of))
    starts = np.maximum.accumulate(np.where(_firsts(of[order]), np.arange(len(of)), 0))
    found = np.empty(len(of), np.int64)
    found[order] = np.arange(len(of)) - starts
    return found


def _firsts(groups: Indexes) -> NDArray[np.bool_]:
    """Which of values in the order of their groups is the first of its group."""
    first = np.ones(len(groups), np.bool_)
    first[1:] = groups[1:] != groups[:-1]
    return first


# Histograms --------------------------------------------------------------------------------------


def quantiles_of(share: float, of: Indexes, bounds: Floats, counts: Floats, groups: int) -> Floats:
    """The quantile of each histogram of cumulative buckets, `bounds` ascending in each.

    Within a bucket values are taken to lie evenly; without a bucket up to infinity, or with fewer
    than two, there is none (NaN). `of` is in order.
    """
    beyond = _beyond(share, groups)
    if beyond is not None:
        return beyond
    found = np.full(groups, np.nan)
    starts = np.flatnonzero(_firsts(of))
    sizes = np.diff(np.append(starts, len(of)))
    last = starts + sizes - 1
    whole = (sizes > 1) & np.isposinf(bounds[last])
    starts, sizes, last = starts[whole], sizes[whole], last[whole]
    if not len(starts):
        return found
    counts = _never_less(of, counts)
    rank = share * counts[last]
    at = _first_at_least(starts, last, counts, rank)
    first = at == starts
    low = np.where(first, 0.0, bounds[at - 1])
    before = np.where(first, 0.0, counts[at - 1])
    inside = counts[at] - before
    part = np.where(inside > 0, (rank - before) / inside, 0.0)
    value = low + (bounds[at] - low) * part
    value = np.where(first & (bounds[at] <= 0), bounds[at], value)
    value = np.where(at == last, bounds[last - 1], value)
    found[of[starts]] = np.where(counts[last] > 0, value, np.nan)
    return found


def _never_less(of: Indexes, counts: Floats) -> Floats:
    """Counts of which none is less than one before it in its histogram: one pass a bucket."""
    counts = counts.copy()
    inner = np.flatnonzero(~_firsts(of))
    while len(less := inner[counts[inner] < counts[inner - 1]]):
        counts[less] = counts[less - 1]
    return counts


def _first_at_least(starts: Indexes, last: Indexes, counts: Floats, rank: Floats) -> Indexes:
    """By halving: in each span from `starts` to `last` the first count that is no less."""
    low, high = starts.copy(), last.copy()
    while (open_ := low < high).any():
        middle = (low + high) // 2
        enough = counts[middle] >= rank
        high = np.where(open_ & enough, middle, high)
        low = np.where(open_ & ~enough, middle + 1, low)
    return low
