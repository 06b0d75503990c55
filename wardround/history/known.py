"""The series this process has written: their numbers, and what the store was told of them.

A list of series is worked out once and then is an array; a batch costs array operations alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from wardround.history import rules
from wardround.history.types import Kind, SeriesKey, SeriesList

REFRESH_MS = 12 * 3_600_000
"""How far the last moment that the store's list of series has may lag: describing a series costs
what two hundred samples cost, and of series that ended the roll-ups know it better."""
MAX_KNOWN = 2_000_000
"""Series remembered, some 250 bytes each; past that memory begins anew."""
_FIRST_ROOM = 1024
_SPARE = 5_000
"""Series that may be remembered beyond twice those that some list holds."""
_LOOK_EVERY = 32
"""Batches between two looks at that, about a second apart."""
_NEVER = np.iinfo(np.int64)


@dataclass(eq=False)
class _Columns:
    """One entry a series, by its place; longer than there are series."""

    ids: NDArray[np.uint64]
    scales: NDArray[np.int8]
    counters: NDArray[np.bool_]
    first_told: NDArray[np.int64]
    last_told: NDArray[np.int64]

    @classmethod
    def of_size(cls, size: int) -> _Columns:
        return cls(
            ids=np.zeros(size, np.uint64),
            scales=np.zeros(size, np.int8),
            counters=np.zeros(size, np.bool_),
            first_told=np.full(size, _NEVER.max),
            last_told=np.full(size, _NEVER.min),
        )

    def grown(self) -> _Columns:
        """Twice as long, with the same entries."""
        size = len(self.ids)
        larger = _Columns.of_size(2 * size)
        for name in vars(self):
            getattr(larger, name)[:size] = getattr(self, name)
        return larger


class KnownSeries:
    """For one store; a batch at a time."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._places: dict[SeriesKey, int] = {}
        self._lists: WeakKeyDictionary[SeriesList, NDArray[np.int64]] = WeakKeyDictionary()
        self.columns = _Columns.of_size(_FIRST_ROOM)
        self._asked = 0

    def places(self, lists: Sequence[SeriesList]) -> NDArray[np.int64]:
        """Where the series of these lists, one after the other, are in `columns`; until it is asked
        again.
        """
        if len(self._places) > MAX_KNOWN:
            self._begin()
        self._asked += 1
        if self._asked % _LOOK_EVERY == 0:
            held = sum(len(places) for places in list(self._lists.values()))
            if len(self._places) > 2 * held + _SPARE:
                self._forget(lists)
        found = [self._places_of(series) for series in lists]
        if len(found) == 1:
            return found[0]
        return np.concatenate(found) if found else np.zeros(0, np.int64)

    def _forget(self, lists: Sequence[SeriesList]) -> None:
        """Let go of series that are in no list any more: nobody will bring them soon."""
        for series in lists:
            self._places_of(series)
        before = self.columns
        held = list(self._lists.items())
        kept = np.zeros(len(before.ids), np.bool_)
        for _, places in held:
            kept[places] = True
        places_now = np.cumsum(kept) - 1
        self._places = {
            key: int(places_now[place]) for key, place in self._places.items() if kept[place]
        }
        self.columns = _Columns.of_size(max(2 * len(self._places), _FIRST_ROOM))
        for name in vars(before):
            getattr(self.columns, name)[: len(self._places)] = getattr(before, name)[kept]
        for series, places in held:
            self._lists[series] = places_now[places]

    def knows(self, series: SeriesList) -> bool:
        """Whether a list's series were worked out before."""
        return series in self._lists

    def _places_of(self, series: SeriesList) -> NDArray[np.int64]:
        places = self._lists.get(series)
        if places is None:
            keys = series.keys
            places = np.fromiter(map(self._place, keys), dtype=np.int64, count=len(keys))
            self._lists[series] = places
        return places

    def _place(self, key: SeriesKey) -> int:
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = len(self._places)
            if place == len(self.columns.ids):
                self.columns = self.columns.grown()
            self.columns.ids[place] = rules.series_id(key)
        self.columns.counters[place] = key.kind is Kind.COUNTER
        return place

    def untold(
        self, places: NDArray[np.int64], used: NDArray[np.bool_], first: int, last: int
    ) -> NDArray[np.int64]:
        """Positions in `places` of used series whose first and last moments the store lacks."""
        columns = self.columns
        lag = (columns.first_told[places] > first) | (columns.last_told[places] < last - REFRESH_MS)
        return np.flatnonzero(lag & used)

    def are_new(self, places: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Of which series the store was told nothing yet."""
        never: NDArray[np.bool_] = self.columns.last_told[places] == _NEVER.min
        return never

    def tell(self, places: NDArray[np.int64], first: int, last: int) -> None:
        columns = self.columns
        columns.first_told[places] = np.minimum(columns.first_told[places], first)
        columns.last_told[places] = np.maximum(columns.last_told[places], last)
