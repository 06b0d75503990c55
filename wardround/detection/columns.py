"""The newest value of every series in this process, as columns, and short windows of some.

A series is *present* when the last answer of its group held it, *gone* when that answer came
without it, and *unknown* when the group did not answer or its answer is too old.
"""

from __future__ import annotations

import numpy as np

from wardround.detection.evaluate import GONE, PRESENT, UNKNOWN, Floats, Statuses, Values
from wardround.detection.expression import COUNTER_FUNCTIONS, Window
from wardround.detection.plan import Indexes
from wardround.detection.windows import Ring, Truths

_FIRST_ROOM = 1024
_SHORTEST, _AT_FIRST, _LONGEST = 30.0, 90.0, 1800.0
"""Seconds that a value may be used: three times what lay between the last two, within bounds."""


class SeriesColumns:
    """Columns by series id; ids are dense and given here. One thread only."""

    def __init__(self) -> None:
        self._count = 0
        self._value: Floats = np.full(_FIRST_ROOM, np.nan)
        self._at: Floats = np.full(_FIRST_ROOM, -np.inf)
        self._lasts: Floats = np.full(_FIRST_ROOM, _AT_FIRST)
        self._status: Statuses = np.full(_FIRST_ROOM, UNKNOWN, np.int8)
        self._rings: dict[tuple[float, bool], Ring] = {}
        self._free: list[int] = []
        self.now = -np.inf
        """The moment of the evaluation, seconds since 1970; what is too old is unknown then."""

    def add(self) -> int:
        """Begin a series; its id."""
        if self._free:
            return self._free.pop()
        if self._count == len(self._value):
            self._grow()
        self._count += 1
        return self._count - 1

    def drop(self, ids: Indexes) -> None:
        """Forget series; their ids will be given to others."""
        self._status[ids] = UNKNOWN
        self._at[ids] = -np.inf
        for ring in self._rings.values():
            ring.clear(ids)
        self._free.extend(ids.tolist())

    def watch(self, window: Window, ids: Indexes) -> None:
        """Keep a window of these series from now on."""
        key = _ring_key(window)
        if key not in self._rings:
            self._rings[key] = Ring(window.seconds, counters=key[1])
        self._rings[key].watch(ids)

    def put(self, ids: Indexes, values: Floats, at: float | Floats) -> None:
        """New values of different series, each of its moment; one not newer than what is here is
        dropped.
        """
        at = np.broadcast_to(np.asarray(at, np.float64), ids.shape)
        last = self._at[ids]
        newer = at > last
        if not newer.all():
            ids, values, at, last = ids[newer], values[newer], at[newer], last[newer]
        # The first value is infinitely far from the one before it, so its bound applies.
        between = np.minimum(3 * (at - last), 2 * self._lasts[ids])
        lasts = np.minimum(np.maximum(between, _SHORTEST), _LONGEST)
        self._lasts[ids] = np.where(np.isinf(last), _AT_FIRST, lasts)
        self._value[ids] = values
        self._at[ids] = at
        self._status[ids] = PRESENT
        for ring in self._rings.values():
            ring.push(ids, values, at)

    def end(self, ids: Indexes) -> None:
        """The group answered without these series."""
        self._status[ids] = GONE

    def lose(self, ids: Indexes) -> None:
        """The group of these series did not answer."""
        self._status[ids] = UNKNOWN

    def ended_before(self, moment: float, ids: Indexes) -> Truths:
        """Which series are gone and had their last value before the moment."""
        gone: Truths = (self._status[ids] == GONE) & (self._at[ids] < moment)
        return gone

    def latest(self, ids: Indexes) -> Values:
        status = self._status[ids]
        stale = (status == PRESENT) & (self.now - self._at[ids] > self._lasts[ids])
        status = np.where(stale, UNKNOWN, status).astype(np.int8)
        return Values(self._value[ids], status, status)

    def over(self, window: Window, ids: Indexes) -> Values:
        newest = self.latest(ids)
        ring = self._rings[_ring_key(window)]
        value, enough = ring.over(window, ids, self._at[ids])
        status = np.where(enough, newest.status, np.minimum(newest.status, UNKNOWN))
        return Values(value, status.astype(np.int8), newest.there)

    def _grow(self) -> None:
        room = len(self._value)
        self._value = np.concatenate([self._value, np.full(room, np.nan)])
        self._at = np.concatenate([self._at, np.full(room, -np.inf)])
        self._lasts = np.concatenate([self._lasts, np.full(room, _AT_FIRST)])
        self._status = np.concatenate([self._status, np.full(room, UNKNOWN, np.int8)])


def _ring_key(window: Window) -> tuple[float, bool]:
    return window.seconds, window.function in COUNTER_FUNCTIONS
