"""Windows of series in memory, for `rate(…[5m])` and its kin, over many series at once.

A window is unknown until it is half filled, so that a restart makes no verdict from two values; of
a series that began under our eyes two are enough. A window without values, of a series that we have
looked at for half of it, is known to have none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import ceil

import numpy as np
from numpy.typing import NDArray

from wardround.detection.evaluate import Floats
from wardround.detection.expression import Window
from wardround.detection.functions import OUTLASTING, VALUE_AT
from wardround.detection.plan import Indexes
from wardround.detection.reducing import FUNCTIONS, Places

DEPTH = 128
"""Values kept of each series. Where more come within a window, the newest joins the one before once
both are closer than a 120th of the window: added up, the least, the most or the last of them, as
the function needs; so a sum, a least and a growth lose nothing by that."""
_DEEPEST = 1024
"""The same where a window ends in the past: what lies between must be kept too."""
_FINE, _FINE_PAST, _COARSEST_PAST = 120, 30, 150.0
_BYTES_A_PLACE = 16
_LONG = 600.0
"""Seconds; a shorter window is half filled before it would be read."""

Truths = NDArray[np.bool_]

_KINDS: Mapping[str, str] = {
    "rate": "growth",
    "increase": "growth",
    "irate": "growth",
    "avg_over_time": "sum",
    "count_over_time": "sum",
    "sum_over_time": "sum",
    "min_over_time": "least",
    "max_over_time": "most",
    "changes": "changes",
    "resets": "resets",
}
"""What a place holds of the values that came at it; for other functions, the last."""


@dataclass(frozen=True)
class Shape:
    """What a ring keeps: windows of equal shape share one."""

    kind: str
    seconds: float
    offset: float

    @classmethod
    def of(cls, window: Window) -> Shape:
        kind = _KINDS.get(window.function, "last")
        return cls(kind, window.seconds, window.selector.offset)

    @property
    def is_long(self) -> bool:
        """Whether it is worth reading from the history what it held before."""
        return self.horizon >= _LONG

    @property
    def horizon(self) -> float:
        """Seconds back to the oldest value that is needed."""
        return self.seconds + self.offset

    @cached_property
    def spacing(self) -> float:
        """Seconds between places at least."""
        if not self.offset:
            return self.seconds / _FINE
        return max(min(self.seconds / _FINE_PAST, _COARSEST_PAST), self.horizon / _DEEPEST)

    @cached_property
    def depth(self) -> int:
        return DEPTH if not self.offset else ceil(self.horizon / self.spacing) + DEPTH // 16

    @property
    def bytes_a_series(self) -> int:
        return self.depth * _BYTES_A_PLACE


@dataclass(frozen=True, eq=False)
class Windows:
    """A function over the window of each series: its value, and whether it is `known`, or known to
    be `none`. Else nobody can tell yet.
    """

    value: Floats
    known: Truths
    none: Truths


def _grown(last: Floats, raw: Floats) -> Floats:
    """By how much counters grew; after a reset, the value itself is what was added."""
    with np.errstate(invalid="ignore", over="ignore"):
        return np.where(np.isnan(last), 0.0, np.where(raw >= last, raw - last, raw))


def _changed(last: Floats, raw: Floats) -> Floats:
    return np.where(np.isnan(last), 0.0, (raw != last).astype(np.float64))


def _fell(last: Floats, raw: Floats) -> Floats:
    return np.where(np.isnan(last), 0.0, (raw < last).astype(np.float64))


_STEPS: Mapping[str, Callable[[Floats, Floats], Floats]] = {
    "growth": _grown,
    "changes": _changed,
    "resets": _fell,
}
"""Kinds that hold what is between a value and the one before."""


class Ring:
    """The last values of some series, oldest overwritten first. One thread only.

    Of a counter each place holds by how much it grew since the place before, so that a value gone
    wrong leaves with the window it stood in.
    """

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._row_of: Indexes = np.full(0, -1, np.int64)
        self._rows = 0
        self._at: Floats = np.full((0, shape.depth), -np.inf)
        self._value: Floats = np.full((0, shape.depth), np.nan)
        self._weight: Floats | None = np.zeros((0, shape.depth)) if shape.kind == "sum" else None
        self._head: Indexes = np.zeros(0, np.int64)
        self._raw: Floats = np.full(0, np.nan)
        self._since: Floats = np.full(0, np.inf)
        """Since when the series has been told of without a gap, with or without a value."""

    def new_among(self, ids: Indexes) -> Indexes:
        """Those of these series that are not kept yet."""
        known, _ = self._watched(ids)
        return np.unique(ids[~known])

    @property
    def bytes(self) -> int:
        """What is kept takes so much memory, about."""
        return self._rows * self._shape.bytes_a_series

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

    def keeps(self, ids: Indexes) -> Truths:
        """Which of these series are kept."""
        return self._watched(ids)[0]

    def clear(self, ids: Indexes) -> None:
        """Forget what is kept of these series."""
        rows = self._watched(ids)[1]
        self._at[rows] = -np.inf
        self._value[rows] = np.nan
        self._raw[rows] = np.nan
        self._since[rows] = np.inf

    def shift(self, ids: Indexes, seconds: float) -> None:
        """Move what is kept of these series in time."""
        rows = self._watched(ids)[1]
        self._at[rows] += seconds
        self._since[rows] += seconds

    def push(self, ids: Indexes, values: Floats, at: Floats, after_gap: Truths) -> None:
        """Add one value to each series. NaN is no value, and of a counter no infinity is either."""
        kept, rows = self._watched(ids)
        if not len(rows):
            return
        values, at, after_gap = values[kept], at[kept], after_gap[kept]
        begins = after_gap | np.isinf(self._since[rows])
        self._since[rows[begins]] = at[begins]
        real = np.isfinite(values) if self._shape.kind == "growth" else ~np.isnan(values)
        rows, values, at = rows[real], values[real], at[real]
        head, depth = self._head[rows], self._shape.depth
        before = self._at[rows, (head - 1) % depth]
        moves = self._at[rows, head] >= before + self._shape.spacing
        values = self._joined(rows, head, moves, values)
        after = np.where(moves, (head + 1) % depth, head)
        if self._weight is not None:
            self._weight[rows, after] = np.where(moves, 0.0, self._weight[rows, head]) + 1.0
        self._head[rows] = after
        self._at[rows, after] = at
        self._value[rows, after] = values

    def _joined(self, rows: Indexes, head: Indexes, moves: Truths, values: Floats) -> Floats:
        """What a place is to hold: of the new value alone, or of it and what stands there."""
        kind = self._shape.kind
        if kind in _STEPS:
            last = self._raw[rows]
            self._raw[rows] = values
            values = _STEPS[kind](last, values)
        if kind == "last":
            return values
        here = np.where(moves, np.nan, self._value[rows, head])
        if kind in {"least", "most"}:
            return (np.fmin if kind == "least" else np.fmax)(here, values)
        with np.errstate(invalid="ignore"):
            return np.where(np.isnan(here), 0.0, here) + values

    def over(
        self, window: Window, ids: Indexes, at: Floats, *, begun: Truths, lasts: Floats
    ) -> Windows:
        """The function at each series' own moment; `begun`: those that began under our eyes.

        `lasts` is how long a value of each may be used: what had ended before an earlier moment
        does not count at it.
        """
        rows = self._row_of[ids]
        times = self._at[rows] - at[:, None]
        values = self._value[rows]
        inside = (times > -self._shape.seconds) & (times <= 0)
        if window.function in _ONLY_FINITE:
            inside &= np.isfinite(values)
        if window.function == VALUE_AT:
            inside &= times > -lasts[:, None]
        count = inside.sum(axis=1)
        oldest = np.where(np.isfinite(times), times, np.inf).min(axis=1, initial=np.inf)
        since = self._since[rows] - at
        half = self._shape.seconds / 2
        looked_at = -np.minimum(oldest, since) >= half
        has = count >= (_LEAST_POINTS if window.function in _NEEDS_TWO else 1)
        enough = looked_at | (begun & (count >= _LEAST_POINTS))
        places = Places(times, values, None if self._weight is None else self._weight[rows], inside)
        return Windows(
            value=FUNCTIONS[window.function](places, window),
            known=has if window.function in OUTLASTING else has & enough,
            none=~has & (-since >= half),
        )

    def fill(self, ids: Indexes, older: Ring, first: Floats) -> None:
        """Put before what is kept of each series what row i of another ring holds; `first` is the
        first value that was pushed here. What does not fit any more is the oldest.
        """
        for row, number in enumerate(self._row_of[ids]):
            here, before = self._in_order(number), older._in_order(row)
            before = before[older._at[row, before] < self._at[number, here[:1]]]
            if not len(before):
                continue
            if self._shape.kind in _STEPS:
                grown = _STEPS[self._shape.kind](older._raw[row : row + 1], first[row : row + 1])
                self._value[number, here[0]] += grown[0]
            self._lay_out(number, here, older, row, before)

    def only(self, rows: Indexes) -> Ring:
        """A ring of these rows alone, as series from 0 on."""
        ring = Ring(self._shape)
        ring.watch(np.arange(len(rows)))
        for name in ("_at", "_value", "_weight", "_head", "_raw", "_since"):
            kept = getattr(self, name)
            if kept is not None:
                setattr(ring, name, kept[rows])
        return ring

    def _in_order(self, row: int) -> Indexes:
        """The places of a series that hold something, from the oldest on."""
        places = np.flatnonzero(np.isfinite(self._at[row]))
        return places[np.argsort(self._at[row, places], kind="stable")]

    def _lay_out(self, number: int, here: Indexes, older: Ring, row: int, before: Indexes) -> None:
        depth = self._shape.depth
        for mine, theirs, empty in (
            (self._at, older._at, -np.inf),
            (self._value, older._value, np.nan),
            (self._weight, older._weight, 0.0),
        ):
            if mine is not None and theirs is not None:
                whole = np.concatenate([theirs[row, before], mine[number, here]])[-depth:]
                mine[number] = empty
                mine[number, : len(whole)] = whole
        self._head[number] = min(len(before) + len(here), depth) - 1

    def _watched(self, ids: Indexes) -> tuple[Truths, Indexes]:
        """Which of the series are kept, and their rows."""
        known = ids < len(self._row_of)
        rows = np.full(len(ids), -1, np.int64)
        rows[known] = self._row_of[ids[known]]
        return rows >= 0, rows[rows >= 0]

    def _grow(self, room: int) -> None:
        more = room - len(self._head)
        self._at = np.concatenate([self._at, np.full((more, self._shape.depth), -np.inf)])
        self._value = np.concatenate([self._value, np.full((more, self._shape.depth), np.nan)])
        if self._weight is not None:
            self._weight = np.concatenate([self._weight, np.zeros((more, self._shape.depth))])
        self._head = np.concatenate([self._head, np.zeros(more, np.int64)])
        self._raw = np.concatenate([self._raw, np.full(more, np.nan)])
        self._since = np.concatenate([self._since, np.full(more, np.inf)])


_LEAST_POINTS = 2
_NEEDS_TWO = frozenset({"delta", "deriv", "idelta", "increase", "irate", "predict_linear", "rate"})
_ONLY_FINITE = frozenset({"delta", "deriv", "idelta", "predict_linear"})
"""Functions in which an infinity cannot count: there would be no difference, no line."""
