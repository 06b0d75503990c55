"""Rows of many batches as columns in the order of the table: compiled code over arrays.

The engine sorts what it is given by comparing rows, half of what an insert costs it; here a row
finds its place by counting. Series get small numbers as they come, the rows of each are counted,
and each row is written where its series has come to. What came after a later moment of its series
is put in order at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wardround.dependability.compiled import compiled, inlined
from wardround.history.blocks import COUNTED, DOUBLE, Column, Rows, unpack
from wardround.history.grouping import numbered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

KEPT_ROWS = 1_000_000
"""Rows whose room (45 MB) is kept; more than usually come together."""


class Table(NamedTuple):
    """Columns of the table of samples, one entry a row."""

    series: NDArray[np.uint64]
    at: NDArray[np.int64]
    digits: NDArray[np.int64]
    counted: NDArray[np.int64]
    scale: NDArray[np.int8]
    value: NDArray[np.int64]
    """The bits of doubles."""


class Ordering:
    """Room for the columns of one insert, used again and again: to get memory from the system
    costs as much as to fill it. For one thread.
    """

    def __init__(self, kept: int = KEPT_ROWS) -> None:
        self._kept = kept
        self._table, self._places = _room_for(0)

    def columns(self, parts: Sequence[Rows]) -> list[Column]:
        """The columns of the table of samples, ordered by series and moment, of the rows of some
        batches, until the next call. Rows of one series and moment stay as they came.
        """
        rows = sum(map(len, parts))
        table, places = self._room(rows)
        _order(parts, table, places)
        return [
            ("series", "UInt64", table.series[:rows]),
            ("at", "DateTime64(3, 'UTC')", table.at[:rows]),
            ("digits", "Int64", table.digits[:rows]),
            ("counted", "Int64", table.counted[:rows]),
            ("scale", "Int8", table.scale[:rows]),
            ("value", "Float64", table.value[:rows]),
        ]

    def _room(self, rows: int) -> tuple[Table, NDArray[np.int32]]:
        if rows > self._kept:
            return _room_for(rows)
        if rows > len(self._places):
            self._table, self._places = _room_for(min(2 * rows, self._kept))
        return self._table, self._places

    def rehearse(self) -> None:
        """Call everything once, with what it will be called with."""
        self.columns([unpack(b"")])


def _room_for(rows: int) -> tuple[Table, NDArray[np.int32]]:
    at, digits, counted, value = (np.empty(rows, np.int64) for _ in range(4))
    series, scale = np.empty(rows, np.uint64), np.empty(rows, np.int8)
    return Table(series, at, digits, counted, scale, value), np.empty(rows, np.int32)


def _order(parts: Sequence[Rows], table: Table, places: NDArray[np.int32]) -> None:
    ids, counts = numbered(parts, places)
    order = np.argsort(ids)
    begins = np.zeros(len(ids), np.int64)
    begins[order[1:]] = np.cumsum(counts[order])[:-1]
    ends, begin = begins.copy(), 0
    for rows in parts:
        scatter(rows.series, rows.at, rows.number, rows.code, places[begin:], ends, table)
        begin += len(rows)
    put_in_order(table, begins, ends)


@compiled
def scatter(  # noqa: PLR0913, PLR0917  arrays, as compiled code wants them
    series: NDArray[np.uint64],
    at: NDArray[np.int64],
    numbers: NDArray[np.int64],
    code: NDArray[np.int8],
    place: NDArray[np.int32],
    next_of: NDArray[np.int64],
    table: Table,
) -> None:
    """Write rows where their series have come to."""
    for i in range(len(series)):
        row = next_of[place[i]]
        next_of[place[i]] = row + 1
        table.series[row], table.at[row] = series[i], at[i]
        double, counted = code[i] == DOUBLE, code[i] >= COUNTED
        table.value[row] = numbers[i] if double else 0
        table.counted[row] = numbers[i] if counted else 0
        table.digits[row] = 0 if double or counted else numbers[i]
        table.scale[row] = code[i] - COUNTED if counted else code[i]


@compiled
def put_in_order(table: Table, begins: NDArray[np.int64], ends: NDArray[np.int64]) -> None:
    """Order the rows of each series by moment where they are not."""
    for j in range(len(begins)):
        begin, end = begins[j], ends[j]
        for i in range(begin + 1, end):
            if table.at[i] < table.at[i - 1]:
                _order_by_moment(table, begin, end)
                break


@inlined
def _order_by_moment(table: Table, begin: int, end: int) -> None:
    order = np.argsort(table.at[begin:end], kind="mergesort")
    for column in (table.at, table.digits, table.counted, table.value):
        column[begin:end] = column[begin:end].copy()[order]
    table.scale[begin:end] = table.scale[begin:end].copy()[order]
