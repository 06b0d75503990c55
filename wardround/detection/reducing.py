"""What each function over a window makes of the values in it, over many series at once. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wardround.detection.expression import Window
from wardround.detection.functions import VALUE_AT

Floats = NDArray[np.float64]
Indexes = NDArray[np.int64]
Truths = NDArray[np.bool_]

_LEAST_LINE = 2


@dataclass(frozen=True, eq=False)
class Places:
    """What is kept of some series, a row each: moments (seconds before the window's end, so below
    0), values, how many values each place stands for, and which places are in the window.
    """

    times: Floats
    values: Floats
    weights: Floats | None
    inside: Truths

    def total(self, values: Floats) -> Floats:
        summed: Floats = np.where(self.inside, values, 0.0).sum(axis=1)
        return summed

    def of_inside(self) -> Floats:
        count: Floats = self.inside.sum(axis=1).astype(np.float64)
        return count

    def counts(self) -> Floats:
        """How many values came in the window."""
        return self.of_inside() if self.weights is None else self.total(self.weights)

    def first(self) -> Indexes:
        place: Indexes = np.where(self.inside, self.times, np.inf).argmin(axis=1)
        return place

    def last(self) -> Indexes:
        place: Indexes = np.where(self.inside, self.times, -np.inf).argmax(axis=1)
        return place

    def before_last(self) -> Indexes:
        times = np.where(self.inside, self.times, -np.inf)
        times[np.arange(len(times)), self.last()] = -np.inf
        place: Indexes = times.argmax(axis=1)
        return place

    def at(self, place: Indexes) -> tuple[Floats, Floats]:
        """Moment and value of one place in each row."""
        rows = np.arange(len(self.times))
        return self.times[rows, place], self.values[rows, place]


Reducer = Callable[[Places, Window], Floats]


def _grown(places: Places, _: Window) -> Floats:
    """Growth since the first inside, which says only what came before the window."""
    counted = places.inside.copy()
    counted[np.arange(len(counted)), places.first()] = False
    grown: Floats = np.where(counted, places.values, 0.0).sum(axis=1)
    return grown


def _rate(places: Places, window: Window) -> Floats:
    begin, end = places.at(places.first())[0], places.at(places.last())[0]
    return _grown(places, window) / (end - begin)


def _newest_rate(places: Places, _: Window) -> Floats:
    end, grown = places.at(places.last())
    return grown / (end - places.at(places.before_last())[0])


def _difference(places: Places, _: Window) -> Floats:
    return places.at(places.last())[1] - places.at(places.first())[1]


def _newest_difference(places: Places, _: Window) -> Floats:
    return places.at(places.last())[1] - places.at(places.before_last())[1]


def _average(places: Places, _: Window) -> Floats:
    return places.total(places.values) / places.counts()


def _sum(places: Places, _: Window) -> Floats:
    return places.total(places.values)


def _count(places: Places, _: Window) -> Floats:
    return places.counts()


def _least(places: Places, _: Window) -> Floats:
    found: Floats = np.where(places.inside, places.values, np.inf).min(axis=1, initial=np.inf)
    return found


def _most(places: Places, _: Window) -> Floats:
    found: Floats = np.where(places.inside, places.values, -np.inf).max(axis=1, initial=-np.inf)
    return found


def _last(places: Places, _: Window) -> Floats:
    return places.at(places.last())[1]


def _one(places: Places, _: Window) -> Floats:
    return np.ones(len(places.times))


def _variance(places: Places, _: Window) -> Floats:
    count = places.of_inside()
    mean = places.total(places.values) / count
    off = np.where(places.inside, places.values - mean[:, None], 0.0)
    spread: Floats = (off**2).sum(axis=1) / count
    return spread


def _deviation(places: Places, window: Window) -> Floats:
    return np.sqrt(_variance(places, window))


def _quantile(places: Places, window: Window) -> Floats:
    share, count = window.argument, places.inside.sum(axis=1)
    if np.isnan(share) or not 0 <= share <= 1:
        beyond = np.nan if np.isnan(share) else np.inf if share > 1 else -np.inf
        return np.full(len(count), beyond)
    ordered = np.sort(np.where(places.inside, places.values, np.nan), axis=1)  # NaN come last
    rows, rank = np.arange(len(count)), share * np.maximum(count - 1, 0)
    below = np.floor(rank).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(count - 1, 0))
    low, high, weight = ordered[rows, below], ordered[rows, above], rank - below
    between: Floats = np.where(weight > 0, low * (1 - weight) + high * weight, low)
    return between


def _line(places: Places) -> tuple[Floats, Floats]:
    """A straight line by least squares: its slope, and its value at the window's end."""
    count = places.of_inside()
    mean_x, mean_y = places.total(places.times) / count, places.total(places.values) / count
    off_x = np.where(places.inside, places.times - mean_x[:, None], 0.0)
    off_y = np.where(places.inside, places.values - mean_y[:, None], 0.0)
    slope: Floats = (off_x * off_y).sum(axis=1) / (off_x**2).sum(axis=1)
    return slope, mean_y - slope * mean_x


def _slope(places: Places, _: Window) -> Floats:
    return _line(places)[0]


def _predicted(places: Places, window: Window) -> Floats:
    slope, end = _line(places)
    # From now on, not from the end of a window that ended before.
    return end + slope * (window.argument + window.selector.offset)


FUNCTIONS: Mapping[str, Reducer] = {
    "avg_over_time": _average,
    "changes": _grown,
    "count_over_time": _count,
    "delta": _difference,
    "deriv": _slope,
    "idelta": _newest_difference,
    "increase": _grown,
    "irate": _newest_rate,
    "last_over_time": _last,
    "max_over_time": _most,
    "min_over_time": _least,
    "predict_linear": _predicted,
    "present_over_time": _one,
    "quantile_over_time": _quantile,
    "rate": _rate,
    "resets": _grown,
    "stddev_over_time": _deviation,
    "stdvar_over_time": _variance,
    "sum_over_time": _sum,
    VALUE_AT: _last,
}
