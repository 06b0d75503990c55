"""A file of the log becomes one insert for each database in it: first its rows are put into the
table's order, then the engine takes them. The next file is put in order meanwhile.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from wardround.history import blocks, windows
from wardround.history.blocks import Column
from wardround.history.commit_log import LogFile
from wardround.history.engine_codes import NO_SUCH_COLUMN, UNKNOWN_DATABASE, UNKNOWN_TABLE
from wardround.history.errors import EngineError

if TYPE_CHECKING:
    from wardround.history.ordering import Ordering

_NEVER = frozenset({UNKNOWN_DATABASE, UNKNOWN_TABLE, NO_SUCH_COLUMN})
_WATERMARK = "SELECT max(seen) FROM rolling WHERE at = toDateTime(0, 'UTC')"
_Arrange = Callable[[Sequence[blocks.Rows]], list[Column]]


class Tables(Protocol):
    """What is wanted of the open store."""

    def insert(
        self, database: str, table: str, columns: Sequence[Column], *, token: str
    ) -> None: ...
    def ask(self, database: str, text: str) -> bytes: ...


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A file of the log and, for each database, its rows as columns of the table."""

    file: LogFile
    columns: Sequence[tuple[str, list[Column]]]
    since: float
    """When its oldest row came, on the clock that only runs forward."""


class Inserts:
    """One thread prepares, one stores: what was prepared is good until the one after the next."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._lock = threading.Lock()
        self._closed = windows.Closed()
        self._begun: set[str] = set()
        self._orderings: tuple[Ordering, ...] = ()
        self._loading = False

    def begin(self, database: str) -> None:
        """Learn how far the roll-ups of a database are: whatever the clock says, samples of what is
        rolled touch their windows. Raises EngineError.
        """
        watermark = self._tables.ask(database, _WATERMARK)
        self.rolled_until(int(watermark or b"0"))
        self._begun.add(database)

    def rolled_until(self, moment: int) -> None:
        """Windows up to this moment (Unix seconds) were rolled up, or are about to be."""
        with self._lock:
            self._closed.rolled_until(moment)

    def prepare(self, file: LogFile, since: float) -> Prepared:
        """In order once the code for that is there; what cannot be prepared is left to `store`."""
        try:
            columns = self._columns(file, self._ordered)
        except Exception:  # noqa: BLE001  # `store` meets the same defect and tells it
            columns = []
        return Prepared(file, columns, since)

    def store(self, prepared: Prepared) -> dict[str, EngineError]:
        """Insert the rows of every database that has its tables; of the others, why they cannot
        be. Raises EngineError for what may pass; the same again stores nothing twice.
        """
        gone: dict[str, EngineError] = {}
        for database, columns in prepared.columns or self._columns(prepared.file, _as_they_came):
            try:
                self._insert(database, columns, prepared.file.name)
            except EngineError as error:
                if error.code not in _NEVER:
                    raise
                gone[database] = error
        return gone

    def _insert(self, database: str, columns: list[Column], name: str) -> None:
        if database not in self._begun:  # of what a process left that ended
            self.begin(database)
        self._tables.insert(database, "samples", columns, token=name)
        with self._lock:
            late = self._closed.touched(columns[1][2], now=time.time())
        if len(late):
            touches: list[Column] = [("at", "DateTime('UTC')", late.astype(np.uint32)),
                       ("touches", "UInt64", np.ones(len(late), np.uint64))]  # fmt: skip
            self._tables.insert(database, "rolling", touches, token=f"{name}-late")

    def load(self) -> None:
        """Compile at the first batch: at its start the platform needs the processor."""
        begun, self._loading = self._loading, True
        if not begun:
            threading.Thread(target=self._compile, name="compile", daemon=True).start()

    def _compile(self) -> None:
        from wardround.history.ordering import Ordering  # noqa: PLC0415  # its compiler loads slowly

        (first := Ordering()).rehearse()
        self._orderings = first, Ordering()

    def _columns(self, file: LogFile, arrange: _Arrange) -> list[tuple[str, list[Column]]]:
        by_database: dict[str, list[blocks.Rows]] = {}
        for record in file.records:
            by_database.setdefault(record.database, []).append(blocks.unpack(record.rows))
        last = len(by_database) - 1  # what was put in order before would be lost
        return [
            (database, (arrange if number == last else _as_they_came)(parts))
            for number, (database, parts) in enumerate(by_database.items())
        ]

    def _ordered(self, parts: Sequence[blocks.Rows]) -> list[Column]:
        if not self._orderings:
            return _as_they_came(parts)
        now, *later = self._orderings
        self._orderings = *later, now
        return now.columns(list(blocks.wide(parts)))


def _as_they_came(parts: Sequence[blocks.Rows]) -> list[Column]:
    """The engine sorts them."""
    return blocks.sample_columns(blocks.joined(parts))
