"""The series that a process has written: found again, told once, and forgotten when nobody brings
them any more.
"""

from __future__ import annotations

from uuid import UUID

import numpy as np

from wardround.history import rules
from wardround.history.known import _LOOK_EVERY, _SPARE, KnownSeries
from wardround.history.types import Kind, SeriesKey, SeriesList

ITEM = UUID(int=1)


def keys(begin: int, end: int) -> tuple[SeriesKey, ...]:
    return tuple(
        SeriesKey("metric", ITEM, (("n", str(n)),), kind=Kind.COUNTER) for n in range(begin, end)
    )


def test_what_is_in_no_list_any_more_is_forgotten_and_the_others_keep_what_was_told() -> None:
    known, stays = KnownSeries(), SeriesList(keys(0, 100))
    places = known.places([stays])
    known.tell(places, 1000, 2000)
    known.columns.scales[places] = 3
    for begin in range(1000, 40_000, 5000):  # each list lives for one batch
        known.tell(known.places([SeriesList(keys(begin, begin + 5000))]), 1000, 2000)
    for _ in range(_LOOK_EVERY):
        places = known.places([stays])
    assert len(known._places) <= 2 * 100 + _SPARE
    assert known.columns.ids[places].tolist() == [rules.series_id(key) for key in stays.keys]
    assert not known.are_new(places).any()
    assert set(known.columns.scales[places].tolist()) == {3}
    assert known.columns.counters[places].all()


def test_a_series_that_comes_back_is_told_anew() -> None:
    known = KnownSeries()
    first = SeriesList(keys(0, 10))
    known.tell(known.places([first]), 1000, 2000)
    del first
    for begin in range(1000, 40_000, 5000):
        known.places([SeriesList(keys(begin, begin + 5000))])
    for _ in range(_LOOK_EVERY):
        known.places([])
    again = known.places([SeriesList(keys(0, 10))])
    assert known.are_new(again).all()
    assert np.unique(again).size == 10
