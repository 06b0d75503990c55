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
        self.columns = _Columns.of_size(1024)

    def places(self, lists: Sequence[SeriesList]) -> NDArray[np.int64]:
        """Where the series of these lists, one after the other, are in `columns`."""
        if len(self._places) > MAX_KNOWN:
            self._begin()
        found = [self._places_of(series) for series in lists]
        if len(found) == 1:
            return found[0]
        return np.concatenate(found) if found else np.zeros(0, np.int64)

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
