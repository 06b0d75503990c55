"""The newest value of every series in this process, as columns, and short windows of some.

A series is *present* when the last answer of its group held it, *gone* when that answer came
without it, and *unknown* when the group did not answer or its answer is too old.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from wardround.detection.errors import TooMuchKept
from wardround.detection.evaluate import GONE, PRESENT, UNKNOWN, Floats, Statuses, Values
from wardround.detection.expression import Window
from wardround.detection.functions import OUTLASTING
from wardround.detection.plan import Indexes
from wardround.detection.windows import Ring, Shape, Truths, Windows

_FIRST_ROOM = 1024
_SHORTEST, _AT_FIRST, _LONGEST = 30.0, 90.0, 1800.0
"""Seconds that a value may be used: three times what lay between the last two, within bounds."""
MOST_KEPT = 256 * 1024 * 1024
"""Bytes of all windows together; a rule that needs more is refused."""


class SeriesColumns:
    """Columns by series id; ids are dense and given here. One thread only."""

    def __init__(self) -> None:
        self._count = 0
        self._value: Floats = np.full(_FIRST_ROOM, np.nan)
        self._at: Floats = np.full(_FIRST_ROOM, -np.inf)
        self._lasts: Floats = np.full(_FIRST_ROOM, _AT_FIRST)
        self._status: Statuses = np.full(_FIRST_ROOM, UNKNOWN, np.int8)
        self._begun: Truths = np.zeros(_FIRST_ROOM, np.bool_)
        """Series that began, or came back, while their target answered."""
        self._rings: dict[Shape, Ring] = {}
        self._unfilled: list[tuple[Shape, Indexes]] = []
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
        self._begun[ids] = False
        for ring in self._rings.values():
            ring.clear(ids)
        self._free.extend(ids.tolist())

    def watch(self, windows: Iterable[tuple[Window, Indexes]]) -> None:
        """Keep these windows of these series from now on; their newest values are their first.

        Raises TooMuchKept, and keeps none of them, where there is no room.
        """
        wanted: dict[Shape, list[Indexes]] = defaultdict(list)
        for window, ids in windows:
            wanted[Shape.of(window)].append(ids)
        kept = sum(ring.bytes for ring in self._rings.values())
        new = {shape: self._not_kept(shape, np.concatenate(ids)) for shape, ids in wanted.items()}
        if kept + sum(len(ids) * shape.bytes_a_series for shape, ids in new.items()) > MOST_KEPT:
            raise TooMuchKept
        for shape, ids in new.items():
            ring = self._rings.setdefault(shape, Ring(shape))
            ring.watch(ids)
            told = ids[np.isfinite(self._at[ids])]
            ring.push(told, self._value[told], self._at[told], np.ones(len(told), np.bool_))
            if shape.is_long and len(told):
                self._unfilled.append((shape, told[~self._begun[told]]))

    def unfilled(self) -> list[tuple[Shape, Indexes, Floats, Floats]]:
        """The long windows since the last time that hold one value of series which were there
        before: which, its moment and itself. Of what began under our eyes nothing was before.
        """
        unfilled, self._unfilled = self._unfilled, []
        return [(shape, ids, self._at[ids], self._value[ids]) for shape, ids in unfilled]

    def fill(self, shape: Shape, ids: Indexes, older: Ring, first: Floats) -> None:
        """Put before the windows of some series what they held earlier."""
        if shape in self._rings:
            self._rings[shape].fill(ids, older, first)

    def _not_kept(self, shape: Shape, ids: Indexes) -> Indexes:
        ring = self._rings.get(shape)
        return np.unique(ids) if ring is None else ring.new_among(ids)

    def begin(self, ids: Indexes) -> None:
        """These series are new in the answers of a target that answered without them before."""
        self._begun[ids] = True

    def put(
        self, ids: Indexes, values: Floats, at: float | Floats, moved: Truths | None = None
    ) -> None:
        """New values of different series, each of its moment; one not newer than what is here is
        dropped. One that has not `moved` is told again and is no new value in a window.
        """
        at = np.broadcast_to(np.asarray(at, np.float64), ids.shape)
        self._begun[ids] |= self._status[ids] == GONE
        last = self._at[ids]
        newer = at > last
        in_window = values if moved is None else np.where(moved, values, np.nan)
        if not newer.all():
            ids, values, at, last = ids[newer], values[newer], at[newer], last[newer]
            in_window = in_window[newer]
        # The first value is infinitely far from the one before it, so its bound applies.
        after_gap = at - last > self._lasts[ids]
        between = np.minimum(3 * (at - last), 2 * self._lasts[ids])
        lasts = np.minimum(np.maximum(between, _SHORTEST), _LONGEST)
        self._lasts[ids] = np.where(np.isinf(last), _AT_FIRST, lasts)
        self._value[ids] = values
        self._at[ids] = at
        self._status[ids] = PRESENT
        for ring in self._rings.values():
            ring.push(ids, in_window, at, after_gap)

    def shift(self, ids: Indexes, seconds: float) -> None:
        """Move what is known of these series in time, as the clock was."""
        self._at[ids] += seconds
        for ring in self._rings.values():
            ring.shift(ids, seconds)

    def end(self, ids: Indexes) -> None:
        """The group answered without these series."""
        self._status[ids] = GONE

    def lose(self, ids: Indexes) -> None:
        """The group of these series did not answer."""
        self._status[ids] = UNKNOWN

    def have_windows(self, ids: Indexes) -> Truths:
        """Of which series some window is kept."""
        found = np.zeros(len(ids), np.bool_)
        for ring in self._rings.values():
            found |= ring.keeps(ids)
        return found

    def ended_before(self, moment: float, ids: Indexes) -> Truths:
        """Which series are gone and had their last value before the moment."""
        gone: Truths = (self._status[ids] == GONE) & (self._at[ids] < moment)
        return gone

    def are_true(self, ids: Indexes) -> Truths:
        """Which series are known and above 0, as `up` of what answers."""
        true: Truths = (self._known(ids) == PRESENT) & (self._value[ids] > 0)
        return true

    def latest(self, ids: Indexes) -> Values:
        """NaN is an answer without a value: it compares as NaN does, and nothing is there."""
        value, status = self._value[ids], self._known(ids)
        there = np.where((status == PRESENT) & np.isnan(value), GONE, status).astype(np.int8)
        return Values(value, status, there)

    def stamps(self, ids: Indexes) -> Values:
        """When the newest values came, in seconds since 1970."""
        newest = self.latest(ids)
        return Values(self._at[ids], newest.status, newest.there)

    def over(self, window: Window, ids: Indexes) -> Values:
        """A window that ended before now, and what is asked of any value in it, do not depend on
        what the series is now.
        """
        offset = window.selector.offset
        if offset or window.function in OUTLASTING:
            found = self._ring_over(window, ids, np.full(len(ids), self.now - offset))
            none = found.none & (self._known(ids) != UNKNOWN)
            status = np.where(none, GONE, np.where(found.known, PRESENT, UNKNOWN))
            return Values(found.value, status.astype(np.int8), status.astype(np.int8))
        newest = self._known(ids)
        found = self._ring_over(window, ids, self._at[ids])
        none = found.none & (newest == PRESENT)
        status = np.where(found.known, newest, np.minimum(newest, UNKNOWN))
        status = np.where(none, GONE, status).astype(np.int8)
        return Values(found.value, status, np.where(none, GONE, newest).astype(np.int8))

    def _ring_over(self, window: Window, ids: Indexes, at: Floats) -> Windows:
        ring = self._rings[Shape.of(window)]
        return ring.over(window, ids, at, begun=self._begun[ids], lasts=self._lasts[ids])

    def _known(self, ids: Indexes) -> Statuses:
        """The status of now: what is too old is unknown."""
        status = self._status[ids]
        stale = (status == PRESENT) & (self.now - self._at[ids] > self._lasts[ids])
        return np.where(stale, UNKNOWN, status).astype(np.int8)

    def _grow(self) -> None:
        room = len(self._value)
        self._value = np.concatenate([self._value, np.full(room, np.nan)])
        self._at = np.concatenate([self._at, np.full(room, -np.inf)])
        self._lasts = np.concatenate([self._lasts, np.full(room, _AT_FIRST)])
        self._status = np.concatenate([self._status, np.full(room, UNKNOWN, np.int8)])
        self._begun = np.concatenate([self._begun, np.zeros(room, np.bool_)])
