"""Read ClickHouse's Native format: columns of fixed width, straight into arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_LAYOUTS = {
    "UInt8": "<u1", "UInt16": "<u2", "UInt32": "<u4", "UInt64": "<u8", "Int8": "<i1",
    "Int64": "<i8", "Float64": "<f8", "DateTime('UTC')": "<u4",
}  # fmt: skip


def read(data: bytes) -> dict[str, NDArray[Any]]:
    """The columns by name; empty for an answer without rows, which has no block at all.

    Raises KeyError for a column of another kind.
    """
    parts: dict[str, list[NDArray[Any]]] = {}
    at = 0
    while at < len(data):
        count, at = _number(data, at)
        rows, at = _number(data, at)
        for _ in range(count):
            name, at = _text(data, at)
            kind, at = _text(data, at)
            layout = np.dtype(_LAYOUTS[kind])
            parts.setdefault(name, []).append(np.frombuffer(data, layout, rows, at))
            at += rows * layout.itemsize
    return {
        name: found[0] if len(found) == 1 else np.concatenate(found)
        for name, found in parts.items()
    }


def _text(data: bytes, at: int) -> tuple[str, int]:
    length, at = _number(data, at)
    return data[at : at + length].decode(), at + length


def _number(data: bytes, at: int) -> tuple[int, int]:
    """Seven bits a byte, lowest first."""
    number = shift = 0
    while True:
        byte = data[at]
        number |= (byte & 127) << shift
        at += 1
        if byte < 128:
            return number, at
        shift += 7
