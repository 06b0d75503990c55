"""Group commit: what all writers bring becomes durable in one log and enters the tables together.

A writer is answered when its rows are in the log and synced. Another thread turns whatever waits
into one insert; a reader who wants everything acknowledged waits for it (`settle`). It must never
run outside the history server's own process.
"""

from __future__ import annotations

import errno
import os
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from wardround.history import blocks, windows
from wardround.history.blocks import ROW_BYTES, Column
from wardround.history.commit_log import CommitLog, LogFile, Names, Record
from wardround.history.engine_codes import (
    BAD_ARGUMENTS,
    NO_SPACE,
    NO_SUCH_COLUMN,
    TIMEOUT_EXCEEDED,
    TOO_MANY_SIMULTANEOUS_QUERIES,
    UNKNOWN,
    UNKNOWN_DATABASE,
    UNKNOWN_TABLE,
)
from wardround.history.errors import EngineError
from wardround.history.in_memory import InMemory

if TYPE_CHECKING:
    from wardround.history.ordering import Ordering

GAP_SECONDS = 1.0
"""From the beginning of one insert to the next: rows gather, unless a reader or too many wait."""
WIDE_ROWS = 500_000
"""So many rows do not wait for more."""
MOST_WAITING = 2_000_000
"""Rows (50 MB) in the log and not in the tables; past that writers wait."""
PATIENCE_SECONDS = 8.0
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.25, 5.0
_FULL = (errno.ENOSPC, errno.EDQUOT)
_NEVER = frozenset({UNKNOWN_DATABASE, UNKNOWN_TABLE, NO_SUCH_COLUMN})
AHEAD_SECONDS = 300
"""How far ahead of the clock samples may be (`rules.FUTURE_TOLERANCE`)."""
_NEWEST = """
SELECT toUnixTimestamp(max(max_time)) FROM system.parts
WHERE active AND database = currentDatabase() AND table = 'samples'
"""
_WATERMARK = "SELECT max(seen) FROM rolling WHERE at = toDateTime(0, 'UTC')"


class Tables(Protocol):
    """What the committer wants of the open store."""

    def insert(
        self, database: str, table: str, columns: Sequence[Column], *, token: str
    ) -> None: ...
    def ask(self, database: str, text: str) -> bytes: ...


@dataclass(slots=True, eq=False)
class _Entry:
    record: Record
    done: threading.Event = field(default_factory=threading.Event)
    error: EngineError | None = None

    @property
    def rows(self) -> int:
        return len(self.record.rows) // ROW_BYTES


@dataclass(slots=True)
class _Counts:
    """What the committer tells about itself; totals since it began."""

    batches: int = 0
    rows: int = 0
    inserts: int = 0
    repeated: int = 0
    set_aside: int = 0
    insert_seconds: float = 0
    slowest_seconds: float = 0
    """Of the inserts since it was last asked."""


class Committer:
    """Two threads: one writes the log, one fills the tables."""

    def __init__(self, folder: Path, tables: Tables) -> None:
        self._log = CommitLog(folder)
        self._names = Names(folder / "names")
        self._tables = tables
        self._lock = threading.Condition()
        self._in_log = threading.Lock()
        self._arrived: list[_Entry] = []
        self._on_way: dict[bytes, _Entry] = {}
        self._left = self._log.left_behind()
        self._logged = self._inserted = 0
        self._oldest = self._oldest_sealed = 0.0
        self.memory = InMemory()
        self._closed = windows.Closed()
        self._ordering: Ordering | None = None
        self._hurry = self._failing = self._stopping = False
        self._counts = _Counts()
        for file in self._left:
            self._names.learn([record.name for record in file.records])
            self._logged += _rows_of(file)
        self._threads = [
            threading.Thread(target=work, name=name, daemon=True)
            for name, work in (("log", self._write_log), ("insert", self._fill_tables))
        ]

    def start(self) -> None:
        threading.Thread(target=self._compile, name="compile", daemon=True).start()
        for thread in self._threads:
            thread.start()

    def close(self, seconds: float) -> None:
        """Bring what waits into the tables; what does not get there in time stays in the log."""
        with self._lock:
            self._stopping = True
            self._lock.notify_all()
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(deadline - time.monotonic(), 0.1))

    def append(self, record: Record) -> bool:
        """Return when the rows are on disk; whether they are new. Raises EngineError."""
        self._check(record)
        with self._lock:
            if record.name in self._names:
                self._counts.repeated += 1
                return False
            entry = self._on_way.get(record.name)
            if entry is None:
                entry = self._queue(record)
        if not entry.done.wait(PATIENCE_SECONDS):
            raise EngineError(TIMEOUT_EXCEEDED, "Code: 159. The log's disk does not answer.")
        if entry.error:
            raise entry.error
        return True

    def settle(self, seconds: float = PATIENCE_SECONDS) -> bool:
        """Wait until what was acknowledged so far is in the tables; whether it is.

        While the tables take nothing (a full disk) it does not wait: what they have is better
        than nothing at all.
        """
        with self._lock:
            wanted = self._logged
            if self._inserted >= wanted:
                return True
            self._hurry = True
            self._lock.notify_all()
            self._lock.wait_for(lambda: self._inserted >= wanted or self._failing, seconds)
            return self._inserted >= wanted

    def closing(self, until: int) -> None:
        """Windows up to this moment (Unix seconds) are about to be rolled up: who roll them do not
        see what is inserted from now on, whatever their clock and ours say.
        """
        with self._lock:
            self._closed.rolled_until(until)

    def figures(self) -> dict[str, float]:
        return self._commits() | self.memory.figures()

    def _commits(self) -> dict[str, float]:
        with self._lock:
            waiting = self._logged - self._inserted
            since = self._oldest_sealed or self._oldest
            oldest = time.monotonic() - since if waiting and since else 0.0
            counts = self._counts
            slowest, counts.slowest_seconds = counts.slowest_seconds, 0.0
            return {
                "waiting_rows": waiting, "oldest_seconds": oldest, "batches": counts.batches,
                "rows": counts.rows, "commits": counts.inserts, "repeated": counts.repeated,
                "set_aside_rows": counts.set_aside, "commit_seconds": counts.insert_seconds,
                "slowest_commit_seconds": slowest, "failing": float(self._failing),
            }  # fmt: skip

    def _check(self, record: Record) -> None:
        """Rows for tables that are not there must not be acknowledged."""
        if len(record.rows) % ROW_BYTES:
            raise EngineError(BAD_ARGUMENTS, "Code: 36. Not a whole number of samples.")
        if record.database not in self.memory:
            self._tables.ask(record.database, "SELECT digits, counted, scale FROM samples LIMIT 0")
            watermark = self._tables.ask(record.database, _WATERMARK)
            begin = self._unheard(record.database)
            with self._lock:
                self._closed.rolled_until(int(watermark or b"0"))
                self.memory.begin(record.database, begin)

    def _unheard(self, database: str) -> int:
        """The moment (Unix seconds) after all that memory has not heard of: what is stored may be
        ahead of our clock. 0 where nothing is stored.
        """
        if not self._left and not int(self._tables.ask(database, "SELECT count() FROM samples")):
            return 0
        stored = int(self._tables.ask(database, _NEWEST) or b"0")
        left = [blocks.unpack(record.rows) for file in self._left for record in file.records]
        newest = max((int(rows.at.max(initial=0)) // 1000 for rows in left), default=0)
        return max(stored, newest, int(time.time()) + AHEAD_SECONDS) + 1

    def _queue(self, record: Record) -> _Entry:
        """With the lock held: wait for room, then line up."""
        if not self._lock.wait_for(self._has_room, PATIENCE_SECONDS) or self._stopping:
            raise EngineError(
                TOO_MANY_SIMULTANEOUS_QUERIES, "Code: 202. Too many samples wait to be inserted."
            )
        entry = _Entry(record)
        self._on_way[record.name] = entry
        self._arrived.append(entry)
        self._lock.notify_all()
        return entry

    def _has_room(self) -> bool:
        return self._stopping or self._logged - self._inserted < MOST_WAITING

    # The thread of the log ----------------------------------------------------------------------

    def _write_log(self) -> None:
        while True:
            with self._lock:
                self._lock.wait_for(lambda: self._arrived or self._stopping)
                entries, self._arrived = self._arrived, []
            if not entries:
                return
            error = self._log_together([entry.record for entry in entries])
            self._answer(entries, error)

    def _log_together(self, records: Sequence[Record]) -> EngineError | None:
        try:
            with self._in_log:
                self._log.append(records)
                rows = sum(len(record.rows) // ROW_BYTES for record in records)
                with self._lock:
                    self._logged += rows
                    self._names.learn([record.name for record in records])
        except OSError as error:
            code = NO_SPACE if error.errno in _FULL else UNKNOWN
            return EngineError(code, f"Code: {code}. {os.strerror(error.errno or errno.EIO)}")
        return None

    def _answer(self, entries: Sequence[_Entry], error: EngineError | None) -> None:
        with self._lock:
            for entry in entries:
                del self._on_way[entry.record.name]
                entry.error = error
            if error is None:
                self._counts.batches += len(entries)
                self._counts.rows += sum(entry.rows for entry in entries)
                self._oldest = self._oldest or time.monotonic()
                self._lock.notify_all()
        for entry in entries:
            if error is None:
                self.memory.take(entry.record.database, blocks.unpack(entry.record.rows))
            entry.done.set()

    # The thread of the tables -------------------------------------------------------------------

    def _fill_tables(self) -> None:
        for file in self._left:
            if not self._bring(file):
                return
        begun = 0.0
        while self._wait_for_rows(begun):
            begun = time.monotonic()
            with self._in_log:
                sealed = self._log.seal()
                with self._lock:
                    self._oldest_sealed, self._oldest, self._hurry = self._oldest, 0.0, False
            self.memory.work_in()
            if sealed is not None and not self._bring(sealed):
                return

    def _wait_for_rows(self, begun: float) -> bool:
        """Wait for rows and then a little for more; False when it is time to end."""
        with self._lock:
            self._lock.wait_for(lambda: self._waiting() or self._ending())
            pause = begun + GAP_SECONDS - time.monotonic()
            if pause > 0:
                self._lock.wait_for(
                    lambda: self._hurry or self._stopping or self._waiting() >= WIDE_ROWS, pause
                )
            return not (self._ending() and not self._waiting())

    def _waiting(self) -> int:
        return self._logged - self._inserted

    def _ending(self) -> bool:
        return self._stopping and not self._arrived and not self._on_way

    def _bring(self, file: LogFile) -> bool:
        """Insert a file of the log until it is in the tables; False when told to stop first."""
        pause = _SHORTEST_PAUSE
        while True:
            try:
                begin = time.monotonic()
                self._insert(file)
                self._names.keep([record.name for record in file.records])
                self._log.done(file)
            except (EngineError, OSError) as error:
                if isinstance(error, EngineError) and error.code in _NEVER:
                    self._set_aside(file, error)
                    return True
                if _is_full(error) and self._make_room():
                    continue
                if not self._try_again(error, pause):
                    return False
                pause = min(pause * 2, _LONGEST_PAUSE)
            else:
                self._take_note(file, time.monotonic() - begin)
                return True

    def _insert(self, file: LogFile) -> None:
        by_database: dict[str, list[Record]] = {}
        for record in file.records:
            by_database.setdefault(record.database, []).append(record)
        for database, records in by_database.items():
            parts = [blocks.unpack(record.rows) for record in records]
            columns = self._in_order(parts)
            self._tables.insert(database, "samples", columns, token=file.name)
            with self._lock:
                late = self._closed.touched(columns[1][2], now=time.time())
            if len(late):
                touches: list[Column] = [("at", "DateTime('UTC')", late.astype(np.uint32)),
                           ("touches", "UInt64", np.ones(len(late), np.uint64))]  # fmt: skip
                self._tables.insert(database, "rolling", touches, token=f"{file.name}-late")

    def _in_order(self, parts: Sequence[blocks.Rows]) -> list[Column]:
        """In the table's order once the code for that is there; till then the engine sorts."""
        if self._ordering is None:
            return blocks.sample_columns(blocks.joined(parts))
        return self._ordering.columns(list(blocks.wide(parts)))

    def _compile(self) -> None:
        from wardround.history.ordering import Ordering  # noqa: PLC0415  # its compiler loads slowly

        ordering = Ordering()
        ordering.rehearse()
        self._ordering = ordering

    def _make_room(self) -> bool:
        with self._in_log:
            return self._log.make_room()

    def _try_again(self, error: Exception, pause: float) -> bool:
        with self._lock:
            if not self._failing:
                print(f"history: samples wait in the log: {error}", file=sys.stderr, flush=True)  # noqa: T201
            self._failing = True
            self._lock.notify_all()
            return not self._lock.wait_for(lambda: self._stopping, pause)

    def _set_aside(self, file: LogFile, error: EngineError) -> None:
        path = self._log.set_aside(file)
        print(f"history: {path} cannot be inserted: {error}", file=sys.stderr, flush=True)  # noqa: T201
        with self._lock:
            self._counts.set_aside += _rows_of(file)
            self.memory.forget()
        self._passed(file)

    def _take_note(self, file: LogFile, seconds: float) -> None:
        with self._lock:
            counts = self._counts
            counts.inserts += 1
            counts.insert_seconds += seconds
            counts.slowest_seconds = max(counts.slowest_seconds, seconds)
            self._failing = False
        self._passed(file)

    def _passed(self, file: LogFile) -> None:
        with self._lock:
            self._inserted += _rows_of(file)
            self._oldest_sealed = 0.0
            self._lock.notify_all()


def _is_full(error: EngineError | OSError) -> bool:
    if isinstance(error, EngineError):
        return error.code == NO_SPACE or "No space left on device" in error.message
    return error.errno in _FULL


def _rows_of(file: LogFile) -> int:
    return sum(len(record.rows) for record in file.records) // ROW_BYTES
