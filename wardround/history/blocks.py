"""Samples in columns: as they travel to the embedded server and as the store's tables take them.

A sample's number is a decimal where that is exact (digits and how many stand behind the point)
and the bits of its double where it is not. Pure: arrays in, bytes out, and back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

DOUBLE = -1
"""The code of a number that is kept as the bits of its double."""
COUNTED = 32
"""Added to the scale of a counter's number: counters have a column of their own."""
ROW_BYTES = 25
_WIDE = 4_096
_POWERS = 10.0 ** np.arange(COUNTED)

Column = tuple[str, str, NDArray[Any]]
"""Name, the store's type, values."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """One entry a sample. `code` is DOUBLE, or the digits behind the point (+ COUNTED)."""

    series: NDArray[np.uint64]
    at: NDArray[np.int64]
    """Milliseconds since 1970 UTC."""
    number: NDArray[np.int64]
    code: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.at)

    def where(self, keep: NDArray[np.bool_]) -> Rows:
        """The rows for which this holds."""
        return Rows(self.series[keep], self.at[keep], self.number[keep], self.code[keep])

    def between(self, begin: int, end: int) -> Rows:
        """The rows from one place to before another; no copy."""
        part = slice(begin, end)
        return Rows(self.series[part], self.at[part], self.number[part], self.code[part])


def pack(rows: Rows) -> bytes:
    """The rows as bytes, column after column, little-endian."""
    return b"".join((
        rows.series.astype("<u8", copy=False).tobytes(),
        rows.at.astype("<i8", copy=False).tobytes(),
        rows.number.astype("<i8", copy=False).tobytes(),
        rows.code.tobytes(),
    ))  # fmt: skip


def unpack(data: bytes) -> Rows:
    """The rows of some bytes; ValueError for bytes that are no whole rows."""
    count, rest = divmod(len(data), ROW_BYTES)
    if rest:
        raise ValueError("not a whole number of samples")
    return Rows(
        series=np.frombuffer(data, "<u8", count),
        at=np.frombuffer(data, "<i8", count, 8 * count),
        number=np.frombuffer(data, "<i8", count, 16 * count),
        code=np.frombuffer(data, "i1", count, 24 * count),
    )


def joined(parts: Sequence[Rows]) -> Rows:
    return Rows(
        series=np.concatenate([rows.series for rows in parts]),
        at=np.concatenate([rows.at for rows in parts]),
        number=np.concatenate([rows.number for rows in parts]),
        code=np.concatenate([rows.code for rows in parts]),
    )


def wide(parts: Iterable[Rows]) -> Iterator[Rows]:
    """The same rows in the same order, small parts joined with their neighbours: a call of compiled
    code costs what some thousand rows cost, joining large parts costs more than that. Read only,
    as `unpack` gives them.
    """
    small: list[Rows] = []
    for rows in parts:
        if len(rows) < _WIDE:
            small.append(rows)
        if small and (len(rows) >= _WIDE or sum(map(len, small)) >= _WIDE):
            yield read_only(joined(small))
            small = []
        if len(rows) >= _WIDE:
            yield read_only(rows)
    if small:
        yield read_only(joined(small))


def read_only(rows: Rows) -> Rows:
    """The same rows, as compiled code gets all of them: of one type with what `unpack` gives."""
    view = Rows(rows.series.view(), rows.at.view(), rows.number.view(), rows.code.view())
    for column in (view.series, view.at, view.number, view.code):
        column.flags.writeable = False
    return view


def values_of(rows: Rows) -> NDArray[np.float64]:
    """The numbers as the doubles they came from."""
    scale = np.where(rows.code >= COUNTED, rows.code - COUNTED, rows.code)
    decimal = rows.number / _POWERS[np.maximum(scale, 0)]
    return np.where(rows.code == DOUBLE, rows.number.view(np.float64), decimal)


LATEST_MS = 2**32 * 1000
"""A moment (milliseconds) past all that the tables hold: windows end in 2106."""
_CODES = np.zeros(256, np.bool_)
for _first in (0, COUNTED):
    _CODES[_first : _first + 13] = True
_CODES[DOUBLE] = True


def sound(rows: Rows) -> bool:
    """Whether these can be samples: moments that have windows, codes that mean something."""
    if not len(rows):
        return True
    times = int(rows.at.min()) >= 0 and int(rows.at.max()) < LATEST_MS
    return times and bool(_CODES[rows.code.view(np.uint8)].all())


SAMPLE_COLUMNS = ("series", "at", "digits", "counted", "scale", "value")


def sample_columns(rows: Rows) -> list[Column]:
    """The columns of the table of samples."""
    double, counted = rows.code == DOUBLE, rows.code >= COUNTED
    nothing = np.int64(0)
    return [
        ("series", "UInt64", rows.series),
        ("at", "DateTime64(3, 'UTC')", rows.at),
        ("digits", "Int64", np.where(double | counted, nothing, rows.number)),
        ("counted", "Int64", np.where(counted, rows.number, nothing)),
        ("scale", "Int8", np.where(counted, rows.code - np.int8(COUNTED), rows.code)),
        ("value", "Float64", np.where(double, rows.number, nothing)),
    ]


def native(columns: Sequence[Column]) -> Iterable[bytes | memoryview]:
    """One block of ClickHouse's Native format, in pieces."""
    yield _length(len(columns)) + _length(len(columns[0][2]))
    for name, kind, values in columns:
        yield _text(name) + _text(kind)
        yield np.ascontiguousarray(values).data.cast("B")


def _text(text: str) -> bytes:
    encoded = text.encode()
    return _length(len(encoded)) + encoded


def _length(number: int) -> bytes:
    """Seven bits a byte, lowest first."""
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])
