"""The X and M of a day as arrays, and as bytes to keep. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wardround.cmdb.graph import ID, Graph
from wardround.impact.matrix import CODES, Cells
from wardround.impact.types import Cell

_KEPT = (Cell.SINGLE, Cell.MANUAL)
DAILY, LONGEST = timedelta(days=62), timedelta(days=800)
"""Each day for two months; then the Mondays, for two years and more."""


@dataclass(frozen=True, slots=True, eq=False)
class DayCells:
    """One row a cell; a service and an item by the sixteen bytes of their ids."""

    services: NDArray[np.bytes_]
    items: NDArray[np.bytes_]
    codes: NDArray[np.uint8]

    @property
    def pairs(self) -> NDArray[np.bytes_]:
        """Of each cell its item and service as one value: all have their full length, so that what
        numpy pads is nothing.
        """
        both = np.empty(len(self.codes), [("item", ID), ("service", ID)])
        both["item"], both["service"] = self.items, self.services
        return both.view("S32")

    def chosen(self, wanted: NDArray[np.bool_]) -> DayCells:
        return DayCells(self.services[wanted], self.items[wanted], self.codes[wanted])

    def of(self, cell: Cell) -> DayCells:
        return self.chosen(self.codes == CODES.index(cell))


NO_CELLS = DayCells(np.empty(0, ID), np.empty(0, ID), np.empty(0, np.uint8))


def day_cells(graph: Graph, every: Cells) -> DayCells:
    """The X and M of a matrix."""
    kept = np.isin(every.code, [CODES.index(cell) for cell in _KEPT])
    services, items = graph.ids[every.service[kept]], graph.ids[every.item[kept]]
    return DayCells(services, items, every.code[kept])


def packed(cells: DayCells) -> bytes:
    """Ids once, then of each cell the places of its item and service, and its code."""
    services, service = np.unique(cells.services, return_inverse=True)
    items, item = np.unique(cells.items, return_inverse=True)
    sizes = np.array([len(services), len(items), len(cells.codes)], "<u4")
    parts = (
        sizes, services, items, service.astype("<u4"), item.astype("<u4"), cells.codes,
    )  # fmt: skip
    return zlib.compress(b"".join(part.tobytes() for part in parts), 6)


def unpacked(data: bytes) -> DayCells:
    raw = zlib.decompress(data)
    services, items, cells = (int(size) for size in np.frombuffer(raw, "<u4", 3))
    read = _reader(raw, 12)
    of_services, of_items = read(ID, services), read(ID, items)
    service, item = read(np.dtype("<u4"), cells), read(np.dtype("<u4"), cells)
    return DayCells(of_services[service], of_items[item], read(np.dtype(np.uint8), cells))


def _reader(raw: bytes, begin: int) -> Callable[[np.dtype[Any], int], NDArray[Any]]:
    at = begin

    def read(kind: np.dtype[Any], count: int) -> NDArray[Any]:
        nonlocal at
        found = np.frombuffer(raw, kind, count, at)
        at += kind.itemsize * count
        return found

    return read


def gained(now: DayCells, then: DayCells) -> NDArray[np.bool_]:
    """Which cells of now were not there then."""
    return ~np.isin(now.pairs, then.pairs)


def is_kept(day: date, today: date) -> bool:
    """Whether the matrix of that day is kept on."""
    age = today - day
    return age <= DAILY or (age <= LONGEST and day.isoweekday() == 1)


def chosen_day(days: list[date], wanted: date) -> date | None:
    """Of the days that are kept, ascending, the last until then; else the first after it."""
    before = [day for day in days if day <= wanted]
    return before[-1] if before else (days[0] if days else None)
