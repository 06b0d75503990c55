"""Samples of closed windows to their roll-ups, in one pass over columns.

Pure: the samples of some windows in, one row a window and series out. Where all samples of a row
are decimals the row is too: its least value as digits, the others as distances from it, which are
small numbers. NaN takes no part. Of several samples at one moment the greatest is the last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wardround.dependability.compiled import compiled, inlined
from wardround.history.blocks import COUNTED, DOUBLE, Column, Rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAMPLE = np.dtype([
    ("series", "<u8"), ("at", "<i8"), ("digits", "<i8"), ("scale", "i1"), ("value", "<f8"),
])  # fmt: skip
ROLLED = np.dtype([
    ("series", "<u8"), ("at", "<u4"), ("count", "<u4"), ("scale", "i1"), ("low", "<i8"),
    ("spread", "<i8"), ("end", "<i8"), ("total", "<i8"), ("last_at", "<u4"),
    ("min_value", "<f8"), ("max_value", "<f8"), ("sum_value", "<f8"), ("last_value", "<f8"),
])  # fmt: skip
_TYPES = {
    "series": "UInt64", "at": "DateTime('UTC')", "count": "UInt32", "scale": "Int8",
    "low": "Int64", "spread": "Int64", "end": "Int64", "total": "Int64", "last_at": "UInt32",
    "min_value": "Float64", "max_value": "Float64", "sum_value": "Float64",
    "last_value": "Float64",
}  # fmt: skip
Record = Any
"""One entry of a record array, whose fields are attributes in compiled code alone."""
Records = Any

_POWERS = 10.0 ** np.arange(19)
_WHOLE = 10 ** np.arange(19, dtype=np.int64)
_ROOM = 2**62


def rolled(samples: NDArray[np.void], width_ms: int) -> NDArray[np.void]:
    """One record (ROLLED) for each series and window of `width_ms`; samples (SAMPLE) are ordered
    by series and moment.
    """
    out = np.zeros(len(samples), dtype=ROLLED)
    return out[: _roll(samples, width_ms, out)]


def samples_of(rows: Rows) -> NDArray[np.void]:
    """Rows as they were brought, as SAMPLE."""
    double = rows.code == DOUBLE
    out = np.zeros(len(rows), SAMPLE)
    out["series"], out["at"] = rows.series, rows.at
    out["digits"] = np.where(double, 0, rows.number)
    out["scale"] = np.where(rows.code >= COUNTED, rows.code - np.int8(COUNTED), rows.code)
    out["value"] = np.where(double, rows.number.view(np.float64), 0.0)
    return out


def rolled_columns(rows: NDArray[np.void]) -> list[Column]:
    return [(name, kind, np.ascontiguousarray(rows[name])) for name, kind in _TYPES.items()]


def combined(rows: NDArray[np.void], width_ms: int) -> NDArray[np.void]:
    """Roll-ups (ROLLED, ordered by series and window) as those of longer windows."""
    out = np.zeros(len(rows), dtype=ROLLED)
    return out[: _combine(rows, width_ms // 1000, out)]


@inlined
def _scale_of(samples: Records, begin: int, end: int) -> tuple[int, int]:
    """The scale that holds all samples, and their greatest size in it; -1 if none does."""
    most = 0
    for i in range(begin, end):
        if samples[i].scale < 0:
            return -1, 0
        most = max(most, samples[i].scale)
    size = 0
    for i in range(begin, end):
        factor = _WHOLE[most - samples[i].scale]
        if abs(samples[i].digits) > 2**53 // factor:
            return -1, 0
        size = max(size, abs(samples[i].digits) * factor)
    return most, size


@compiled
def _roll(samples: Records, width: int, out: Records) -> int:
    written, begin = 0, 0
    while begin < len(samples):
        series, window = samples[begin].series, samples[begin].at // width
        end = begin + 1
        while end < len(samples) and samples[end].series == series:
            if samples[end].at // width != window:
                break
            end += 1
        row = out[written]
        row.series, row.at = series, window * width // 1000
        common, size = _scale_of(samples, begin, end)
        if common >= 0 and size < _ROOM // (2 * (end - begin)):
            _decimal(row, samples, begin, end, common)
            row.last_at = samples[end - 1].at - window * width
        else:
            _double(row, samples, begin, end, window * width)
        if row.count:
            written += 1
        begin = end
    return written


@inlined
def _decimal(row: Record, samples: Records, begin: int, end: int, common: int) -> None:
    low = high = last = samples[begin].digits * _WHOLE[common - samples[begin].scale]
    total = np.int64(0)
    for i in range(begin, end):
        number = samples[i].digits * _WHOLE[common - samples[i].scale]
        again = i > begin and samples[i].at == samples[i - 1].at
        last = max(last, number) if again else number
        low, high = min(low, number), max(high, number)
        total += number
    row.scale, row.count = common, end - begin
    row.low, row.spread, row.end = low, high - low, last - low
    row.total = total - low * (end - begin)
    row.min_value = row.max_value = row.sum_value = row.last_value = 0.0


@inlined
def _double(row: Record, samples: Records, begin: int, end: int, window_ms: int) -> None:
    count = 0
    low = high = total = last = 0.0
    last_at = np.int64(0)
    for i in range(begin, end):
        number = samples[i].value
        if samples[i].scale >= 0:
            number = samples[i].digits / _POWERS[samples[i].scale]
        if np.isnan(number):
            continue
        low = number if count == 0 else min(low, number)
        high = number if count == 0 else max(high, number)
        total += number
        at = samples[i].at - window_ms
        last = max(last, number) if count and at == last_at else number
        last_at = at
        count += 1
    row.scale, row.count, row.last_at = -1, count, last_at
    row.low, row.spread, row.end, row.total = 0, 0, 0, 0
    row.min_value, row.max_value, row.sum_value, row.last_value = low, high, total, last


@compiled
def _combine(rows: Records, width: int, out: Records) -> int:
    written, begin = 0, 0
    while begin < len(rows):
        window = rows[begin].at // width
        end = begin + 1
        while (
            end < len(rows)
            and rows[end].series == rows[begin].series
            and rows[end].at // width == window
        ):
            end += 1
        row, last = out[written], rows[end - 1]
        row.series, row.at = rows[begin].series, window * width
        row.last_at = (last.at - window * width) * 1000 + last.last_at
        for i in range(begin, end):
            row.count += rows[i].count
        if not _combine_decimals(row, rows, begin, end):
            _combine_doubles(row, rows, begin, end)
        written += 1
        begin = end
    return written


@inlined
def _combine_decimals(row: Record, rows: Records, begin: int, end: int) -> bool:
    common = 0
    for i in range(begin, end):
        if rows[i].scale < 0:
            return False
        common = max(common, rows[i].scale)
    low = high = last = total = np.int64(0)
    for i in range(begin, end):
        part, factor = rows[i], _WHOLE[common - rows[i].scale]
        size = max(abs(part.low), abs(part.low + part.spread))
        if size > 2**53 // factor or size * factor >= _ROOM // (2 * np.int64(row.count)):
            return False
        least, most = part.low * factor, (part.low + part.spread) * factor
        low = least if i == begin else min(low, least)
        high = most if i == begin else max(high, most)
        last = (part.low + part.end) * factor
        total += (part.low * np.int64(part.count) + part.total) * factor
    row.scale, row.low, row.spread, row.end = common, low, high - low, last - low
    row.total = total - low * np.int64(row.count)
    return True


@inlined
def _combine_doubles(row: Record, rows: Records, begin: int, end: int) -> None:
    low = high = last = total = 0.0
    for i in range(begin, end):
        part = rows[i]
        least, most, whole, last = part.min_value, part.max_value, part.sum_value, part.last_value
        if part.scale >= 0:
            power = _POWERS[part.scale]
            least, most = part.low / power, (part.low + part.spread) / power
            whole = (part.low * np.int64(part.count) + part.total) / power
            last = (part.low + part.end) / power
        low = least if i == begin else min(low, least)
        high = most if i == begin else max(high, most)
        total += whole
    row.scale = -1
    row.low, row.spread, row.end, row.total = 0, 0, 0, 0
    row.min_value, row.max_value, row.sum_value, row.last_value = low, high, total, last
