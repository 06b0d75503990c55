"""Rows of many batches with those of a series together: compiled code over arrays.

A scrape brings one sample of each series, so what comes in a second visits every series again and
again, and each visit costs what the memory is slow in. Together they cost one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability.compiled import compiled
from wardround.history.blocks import Rows, read_only, wide

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

MOST_TOGETHER = 1_000_000
"""Rows (30 MB of room) that are put together at once."""
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


def together(parts: Iterable[Rows], most: int = MOST_TOGETHER) -> Iterator[Rows]:
    """The same rows, those of a series as they came, series in the order in which they came first;
    in pieces of at most so many rows, each of them so for itself and read only.
    """
    kept: list[Rows] = []
    room = most
    for rows in wide(parts):
        begin = 0
        while begin < len(rows):
            kept.append(read_only(rows.between(begin, begin + room)))
            begin += len(kept[-1])
            room -= len(kept[-1])
            if room == 0:
                yield _together(kept)
                kept, room = [], most
    if kept:
        yield _together(kept)


def rehearse(nothing: Rows) -> None:
    """Call everything once, with what it will be called with."""
    _together([nothing])


def _together(parts: Sequence[Rows]) -> Rows:
    size = sum(map(len, parts))
    places = np.empty(size, np.int32)
    _, counts = numbered(parts, places)
    next_of, begin = np.cumsum(counts) - counts, 0
    series, code = np.empty(size, np.uint64), np.empty(size, np.int8)
    at, number = np.empty(size, np.int64), np.empty(size, np.int64)
    for rows in parts:
        move(rows.series, rows.at, rows.number, rows.code, places[begin:], next_of,
             series, at, number, code)  # fmt: skip
        begin += len(rows)
    return read_only(Rows(series, at, number, code))


def numbered(
    parts: Sequence[Rows], places: NDArray[np.int32]
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Fill `places` with a small number for each row's series; the series by their numbers, and
    how many rows each has.
    """
    most = sum(stretches(rows.series) for rows in parts)
    slots = np.zeros(1 << max(4, (2 * most - 1).bit_length()), np.int32)
    ids, counts = np.zeros(most, np.uint64), np.zeros(most, np.int64)
    known = begin = 0
    for rows in parts:
        known = number_series(rows.series, slots, ids, counts, known, places[begin:])
        begin += len(rows)
    return ids[:known], counts[:known]


@compiled
def stretches(series: NDArray[np.uint64]) -> int:
    """How often the series changes: as many different ones there are at most."""
    found = min(len(series), 1)
    for i in range(1, len(series)):
        found += series[i] != series[i - 1]
    return found


@compiled
def number_series(  # noqa: PLR0913, PLR0917  arrays, as compiled code wants them
    series: NDArray[np.uint64],
    slots: NDArray[np.int32],
    ids: NDArray[np.uint64],
    counts: NDArray[np.int64],
    known: int,
    place: NDArray[np.int32],
) -> int:
    """Fill `place` with the small number of each row's series, and count them; how many series
    are known then. `slots` is a hash table from series to number + 1, a power of two long.
    """
    mask = np.uint64(len(slots) - 1)
    found = np.int32(-1)
    for i in range(len(series)):
        if found < 0 or ids[found] != series[i]:
            slot = (series[i] * _SPREAD) >> np.uint64(32) & mask
            while slots[slot] != 0 and ids[slots[slot] - 1] != series[i]:
                slot = slot + np.uint64(1) & mask
            found = np.int32(slots[slot] - 1)
            if found < 0:
                found = np.int32(known)
                ids[found] = series[i]
                known += 1
                slots[slot] = known
        counts[found] += 1
        place[i] = found
    return known


@compiled
def move(  # noqa: PLR0913, PLR0917  as above
    series: NDArray[np.uint64],
    at: NDArray[np.int64],
    number: NDArray[np.int64],
    code: NDArray[np.int8],
    place: NDArray[np.int32],
    next_of: NDArray[np.int64],
    to_series: NDArray[np.uint64],
    to_at: NDArray[np.int64],
    to_number: NDArray[np.int64],
    to_code: NDArray[np.int8],
) -> None:
    """Write rows where their series have come to."""
    for i in range(len(series)):
        row = next_of[place[i]]
        next_of[place[i]] = row + 1
        to_series[row], to_at[row] = series[i], at[i]
        to_number[row], to_code[row] = number[i], code[i]
