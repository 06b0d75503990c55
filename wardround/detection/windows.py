"""Short windows of series in memory, for `rate(…[5m])` and its kin, over many series at once.

A window is unknown until it is half filled, so that a restart makes no verdict from two values.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from wardround.detection.evaluate import Floats
from wardround.detection.expression import Window
from wardround.detection.plan import Indexes

DEPTH = 128
"""Values kept of each series. Where more come within a window, the newest replaces the one before
once both are closer than a 120th of the window; a counter loses nothing by that."""

Truths = NDArray[np.bool_]


class Ring:
    """The last values of some series, oldest overwritten first. One thread only."""

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

    def watch(self, ids: Indexes) -> None:
        """Keep these series too, from now on."""
        if len(ids) == 0:
            return
        if ids.max() >= len(self._row_of):
            missing = max(int(ids.max()) + 1 - len(self._row_of), len(self._row_of))
            self._row_of = np.append(self._row_of, np.full(missing, -1, np.int64))
        new = np.unique(ids[self._row_of[ids] < 0])
        self._row_of[new] = np.arange(self._rows, self._rows + len(new))
        self._rows += len(new)
        if self._rows > len(self._head):
            self._grow(max(self._rows, 2 * len(self._head)))

    def clear(self, ids: Indexes) -> None:
        """Forget what is kept of these series."""
        rows = self._watched(ids)[1]
        self._at[rows] = -np.inf
        self._value[rows] = np.nan
        self._raw[rows] = np.nan

    def push(self, ids: Indexes, values: Floats, at: Floats) -> None:
        """Add one value to each series; NaN is no value."""
        kept, rows = self._watched(ids)
        if not len(rows):
            return
        values, at = values[kept], at[kept]
        real = ~np.isnan(values)
        rows, values, at = rows[real], values[real], at[real]
        head = self._head[rows]
        if self._counters:
            values = self._unbroken(rows, head, values)
        before = self._at[rows, (head - 1) % DEPTH]
        moves = self._at[rows, head] >= before + self._spacing
        head = np.where(moves, (head + 1) % DEPTH, head)
        self._head[rows] = head
        self._at[rows, head] = at
        self._value[rows, head] = values

    def over(self, window: Window, ids: Indexes, at: Floats) -> tuple[Floats, Truths]:
        """Value of the function at each series' own moment, and whether it rests on enough."""
        rows = self._row_of[ids]
        times, values = self._at[rows], self._value[rows]
        inside = (times > (at - self._seconds)[:, None]) & (times <= at[:, None])
        oldest = np.where(np.isfinite(times), times, np.inf).min(axis=1, initial=np.inf)
        enough = (at - oldest >= self._seconds / 2) & inside.any(axis=1)
        if window.function in _NEEDS_TWO:
            enough &= inside.sum(axis=1) >= _LEAST_POINTS
        return _FUNCTIONS[window.function](times - at[:, None], values, inside, window), enough

    def _watched(self, ids: Indexes) -> tuple[Truths, Indexes]:
        """Which of the series are kept, and their rows."""
        known = ids < len(self._row_of)
        rows = np.full(len(ids), -1, np.int64)
        rows[known] = self._row_of[ids[known]]
        return rows >= 0, rows[rows >= 0]

    def _unbroken(self, rows: Indexes, head: Indexes, raw: Floats) -> Floats:
        """A counter without its resets: after one, the value itself is what was added."""
        last = self._raw[rows]
        with np.errstate(invalid="ignore"):  # infinity minus itself
            grown = np.where(raw >= last, raw - last, raw)
        added = np.where(np.isnan(last), 0.0, grown)
        self._raw[rows] = raw
        return np.nan_to_num(self._value[rows, head]) + added

    def _grow(self, room: int) -> None:
        more = room - len(self._head)
        self._at = np.concatenate([self._at, np.full((more, DEPTH), -np.inf)])
        self._value = np.concatenate([self._value, np.full((more, DEPTH), np.nan)])
        self._head = np.concatenate([self._head, np.zeros(more, np.int64)])
        self._raw = np.concatenate([self._raw, np.full(more, np.nan)])


_LEAST_POINTS = 2
_NEEDS_TWO = frozenset({"rate", "increase", "delta", "predict_linear"})

Reducer = Callable[[Floats, Floats, Truths, Window], Floats]


def _ends(times: Floats, values: Floats, inside: Truths) -> tuple[Floats, Floats]:
    """Difference of moment and of value between the first and the last inside."""
    rows = np.arange(len(times))
    first = np.where(inside, times, np.inf).argmin(axis=1)
    last = np.where(inside, times, -np.inf).argmax(axis=1)
    return times[rows, last] - times[rows, first], values[rows, last] - values[rows, first]


def _rate(times: Floats, values: Floats, inside: Truths, _: Window) -> Floats:
    seconds, grown = _ends(times, values, inside)
    rate: Floats = grown / seconds
    return rate


def _growth(times: Floats, values: Floats, inside: Truths, _: Window) -> Floats:
    return _ends(times, values, inside)[1]


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
    predicted: Floats = mean_y + slope * (window.ahead - mean_x)
    return predicted


_FUNCTIONS: dict[str, Reducer] = {
    "rate": _rate,
    "increase": _growth,
    "delta": _growth,
    "avg_over_time": _average,
    "min_over_time": _least,
    "max_over_time": _most,
    "predict_linear": _predicted,
}
