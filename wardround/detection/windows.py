"""Short windows of series in memory, for `rate(…[5m])` and its kin, over many series at once.

A window is unknown until it is half filled, so that a restart makes no verdict from two values; of
a series that began under our eyes two are enough. A window without values, of a series that we
have looked at for half of it, is known to have none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wardround.detection.evaluate import Floats
from wardround.detection.expression import Window
from wardround.detection.plan import Indexes

DEPTH = 128
"""Values kept of each series. Where more come within a window, the newest replaces the one before
once both are closer than a 120th of the window; a counter loses nothing by that."""

Truths = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Windows:
    """A function over the window of each series: its value, and whether it is `known`, or known to
    be `none`. Else nobody can tell yet.
    """

    value: Floats
    known: Truths
    none: Truths


class Ring:
    """The last values of some series, oldest overwritten first. One thread only.

    Of a counter each place holds by how much it grew since the place before, so that a value gone
    wrong leaves with the window it stood in.
    """

    def __init__(self, seconds: float, *, counters: bool) -> None:
        self._seconds = seconds
        self._spacing = seconds / 120
        self._counters = counters
        self._row_of: Indexes = np.full(0, -1, np.int64)
        self._rows = 0
        self._at: Floats = np.full((0, DEPTH), -np.inf)
        self._value: Floats = np.full((0, DEPTH), np.nan)
        self._head: Indexes = np.zeros(0, np.int64)
        self._raw: Floats = np.full(0, np.nan)
        self._since: Floats = np.full(0, np.inf)
        """Since when the series has been told of without a gap, with or without a value."""

    def watch(self, ids: Indexes) -> Indexes:
        """Keep these series too, from now on; gives those that were not kept before."""
        if len(ids) == 0:
            return ids
        if ids.max() >= len(self._row_of):
            missing = max(int(ids.max()) + 1 - len(self._row_of), len(self._row_of))
            self._row_of = np.append(self._row_of, np.full(missing, -1, np.int64))
        new = np.unique(ids[self._row_of[ids] < 0])
        self._row_of[new] = np.arange(self._rows, self._rows + len(new))
        self._rows += len(new)
        if self._rows > len(self._head):
            self._grow(max(self._rows, 2 * len(self._head)))
        return new

    def clear(self, ids: Indexes) -> None:
        """Forget what is kept of these series."""
        rows = self._watched(ids)[1]
        self._at[rows] = -np.inf
        self._value[rows] = np.nan
        self._raw[rows] = np.nan
        self._since[rows] = np.inf

    def push(self, ids: Indexes, values: Floats, at: Floats, after_gap: Truths) -> None:
        """Add one value to each series. NaN is no value, and of a counter no infinity is either."""
        kept, rows = self._watched(ids)
        if not len(rows):
            return
        values, at, after_gap = values[kept], at[kept], after_gap[kept]
        begins = after_gap | np.isinf(self._since[rows])
        self._since[rows[begins]] = at[begins]
        real = np.isfinite(values) if self._counters else ~np.isnan(values)
        rows, values, at = rows[real], values[real], at[real]
        head = self._head[rows]
        before = self._at[rows, (head - 1) % DEPTH]
        moves = self._at[rows, head] >= before + self._spacing
        if self._counters:
            values = self._growth(rows, values) + np.where(moves, 0.0, self._here(rows, head))
        head = np.where(moves, (head + 1) % DEPTH, head)
        self._head[rows] = head
        self._at[rows, head] = at
        self._value[rows, head] = values

    def over(self, window: Window, ids: Indexes, at: Floats, *, begun: Truths) -> Windows:
        """The function at each series' own moment; `begun`: those that began under our eyes."""
        rows = self._row_of[ids]
        times, values = self._at[rows], self._value[rows]
        inside = (times > (at - self._seconds)[:, None]) & (times <= at[:, None])
        if window.function in _ONLY_FINITE:
            inside &= np.isfinite(values)
        count = inside.sum(axis=1)
        oldest = np.where(np.isfinite(times), times, np.inf).min(axis=1, initial=np.inf)
        since = self._since[rows]
        half = self._seconds / 2
        looked_at = at - np.minimum(oldest, since) >= half
        has = count >= (_LEAST_POINTS if window.function in _NEEDS_TWO else 1)
        value = _FUNCTIONS[window.function](times - at[:, None], values, inside, window)
        return Windows(
            value=value,
            known=has & (looked_at | (begun & (count >= _LEAST_POINTS))),
            none=~has & (at - since >= half),
        )

    def _watched(self, ids: Indexes) -> tuple[Truths, Indexes]:
        """Which of the series are kept, and their rows."""
        known = ids < len(self._row_of)
        rows = np.full(len(ids), -1, np.int64)
        rows[known] = self._row_of[ids[known]]
        return rows >= 0, rows[rows >= 0]

    def _growth(self, rows: Indexes, raw: Floats) -> Floats:
        """By how much counters grew; after a reset, the value itself is what was added."""
        last = self._raw[rows]
        with np.errstate(invalid="ignore", over="ignore"):
            grown = np.where(raw >= last, raw - last, raw)
        self._raw[rows] = raw
        return np.where(np.isnan(last), 0.0, grown)

    def _here(self, rows: Indexes, head: Indexes) -> Floats:
        """What stands at a place that is about to be replaced; nothing where it is empty."""
        return np.nan_to_num(self._value[rows, head])

    def _grow(self, room: int) -> None:
        more = room - len(self._head)
        self._at = np.concatenate([self._at, np.full((more, DEPTH), -np.inf)])
        self._value = np.concatenate([self._value, np.full((more, DEPTH), np.nan)])
        self._head = np.concatenate([self._head, np.zeros(more, np.int64)])
        self._raw = np.concatenate([self._raw, np.full(more, np.nan)])
        self._since = np.concatenate([self._since, np.full(more, np.inf)])


_LEAST_POINTS = 2
_NEEDS_TWO = frozenset({"rate", "increase", "delta", "predict_linear"})
_ONLY_FINITE = frozenset({"delta", "predict_linear"})
"""Functions in which an infinity cannot count: there would be no difference, no line."""

Reducer = Callable[[Floats, Floats, Truths, Window], Floats]


def _ends(times: Floats, inside: Truths) -> tuple[Indexes, Indexes]:
    """The place of the first and of the last inside."""
    first = np.where(inside, times, np.inf).argmin(axis=1)
    last = np.where(inside, times, -np.inf).argmax(axis=1)
    return first, last


def _grown(times: Floats, values: Floats, inside: Truths, _: Window) -> Floats:
    """Growth since the first inside, which says only what came before the window."""
    counted = inside.copy()
    counted[np.arange(len(times)), _ends(times, inside)[0]] = False
    grown: Floats = np.where(counted, values, 0.0).sum(axis=1)
    return grown


def _rate(times: Floats, values: Floats, inside: Truths, window: Window) -> Floats:
    rows, (first, last) = np.arange(len(times)), _ends(times, inside)
    rate: Floats = _grown(times, values, inside, window) / (times[rows, last] - times[rows, first])
    return rate


def _difference(times: Floats, values: Floats, inside: Truths, _: Window) -> Floats:
    rows, (first, last) = np.arange(len(times)), _ends(times, inside)
    difference: Floats = values[rows, last] - values[rows, first]
    return difference


def _average(_times: Floats, values: Floats, inside: Truths, _: Window) -> Floats:
    total: Floats = np.where(inside, values, 0.0).sum(axis=1)
    average: Floats = total / inside.sum(axis=1)
    return average


def _least(_times: Floats, values: Floats, inside: Truths, _: Window) -> Floats:
    found: Floats = np.where(inside, values, np.inf).min(axis=1, initial=np.inf)
    return found


def _most(_times: Floats, values: Floats, inside: Truths, _: Window) -> Floats:
    found: Floats = np.where(inside, values, -np.inf).max(axis=1, initial=-np.inf)
    return found


def _predicted(times: Floats, values: Floats, inside: Truths, window: Window) -> Floats:
    """Straight line by least squares through the window, `ahead` seconds after its end."""
    count = inside.sum(axis=1)
    x, y = np.where(inside, times, 0.0), np.where(inside, values, 0.0)
    mean_x, mean_y = x.sum(axis=1) / count, y.sum(axis=1) / count
    off_x = np.where(inside, x - mean_x[:, None], 0.0)
    off_y = np.where(inside, y - mean_y[:, None], 0.0)
    slope: Floats = (off_x * off_y).sum(axis=1) / (off_x**2).sum(axis=1)
    predicted: Floats = mean_y + slope * (window.argument - mean_x)
    return predicted


_FUNCTIONS: dict[str, Reducer] = {
    "rate": _rate,
    "increase": _grown,
    "delta": _difference,
    "avg_over_time": _average,
    "min_over_time": _least,
    "max_over_time": _most,
    "predict_linear": _predicted,
}
