"""A file as it was read: its tables, cell by cell. Pure values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import cached_property

from wardround.cmdb.errors import UnreadableImport

MOST_ROWS = 200_000
MOST_CELLS = 6_000_000
"""Of one table, empty ones between others among them."""
MOST_BYTES = 400 * 2**20
"""Of what a workbook holds, unpacked."""
MOST_FILE_BYTES = 64 * 2**20


class Lacking(Enum):
    """What stands in a cell and is no value."""

    FORMULA = "formula"
    """A formula whose result the file does not hold."""
    ERROR = "error"
    """A formula whose result is an error, such as #N/A."""


Cell = str | int | float | bool | date | datetime | time | timedelta | Lacking | None


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table; `number` is its place in the file, from 1."""

    number: int
    cells: Sequence[Cell]

    @property
    def empty(self) -> bool:
        return all(
            cell is None or (isinstance(cell, str) and not cell.strip()) for cell in self.cells
        )


@dataclass(frozen=True)
class Table:
    """A sheet of a workbook, or all of a text file."""

    name: str
    lines: Sequence[Line]

    @cached_property
    def filled(self) -> Sequence[Line]:
        """Those that hold something."""
        return [line for line in self.lines if not line.empty]


def unreadable(why: str) -> UnreadableImport:
    """The error that says why a file cannot be read."""
    return UnreadableImport(field="file", why=why)
