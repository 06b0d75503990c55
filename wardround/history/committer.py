"""Group commit: what all writers bring becomes durable in one log and enters the tables together.

A writer is answered when its rows are in the log and synced. Two more threads turn whatever waits
into inserts, one after the other; a reader who wants everything acknowledged waits for them
(`settle`). It must never run outside the history server's own process.
"""

from __future__ import annotations

import errno
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from wardround.history import blocks
from wardround.history.blocks import ROW_BYTES
from wardround.history.commit_log import CommitLog, LogFile, Record
from wardround.history.engine_codes import (
    BAD_ARGUMENTS,
    NO_SPACE,
    TIMEOUT_EXCEEDED,
    TOO_MANY_SIMULTANEOUS_QUERIES,
    UNKNOWN,
)
from wardround.history.errors import EngineError
from wardround.history.in_memory import InMemory
from wardround.history.inserting import Inserts, Prepared, Tables
from wardround.history.passed import Passed, refuse_other_content

GAP_SECONDS = 1.0
"""From the beginning of one insert to the next: rows gather, unless a reader or too many wait."""
WIDE_ROWS = 500_000
"""So many rows do not wait for more."""
MOST_WAITING = 3_000_000
"""Rows (75 MB) in the log and not in the tables; past that writers wait."""
MOST_IN_NAME = 1_000
"""Bytes of a batch's token, and of a database's name."""
PATIENCE_SECONDS = 8.0
MOST_DEFECTS = 12
"""Times in 45 s that a defect of ours may stop a file before it is set aside, told and kept."""
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.25, 5.0
_FULL = (errno.ENOSPC, errno.EDQUOT)
AHEAD_SECONDS = 300
"""How far ahead of the clock samples may be (`rules.FUTURE_TOLERANCE`)."""
_NEWEST = """
SELECT toUnixTimestamp(max(max_time)) FROM system.parts
WHERE active AND database = currentDatabase() AND table = 'samples'
"""


@dataclass(slots=True, eq=False)
class _Entry:
    record: Record
    done: threading.Event = field(default_factory=threading.Event)
    error: EngineError | None = None


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
    """Three threads: one writes the log, one puts its rows in order, one fills the tables."""

    def __init__(self, folder: Path, tables: Tables) -> None:
        self._log = CommitLog(folder)
        self._passed_on = Passed(folder / "batches")
        self._tables = tables
        self._inserts = Inserts(tables)
        self._lock = threading.Condition()
        self._in_log = threading.Lock()
        self._arrived: list[_Entry] = []
        self._on_way: dict[bytes, _Entry] = {}
        left = self._log.left_behind()
        self._logged = self._sealed = self._inserted = 0
        """Rows in the log, in files of it that are ended, in the tables; totals since the start."""
        self._oldest = 0.0
        self._ready: Prepared | None = None
        self._in_hand: Prepared | None = None
        self.memory = InMemory()
        self._hurry = self._failing = self._stopping = self._ended = self._given_up = False
        self._counts = _Counts(set_aside=sum(file.lost for file in left))
        self._left = deque(file for file in left if file.records)
        self._newest_left = max((file.newest for file in self._left), default=0)
        for file in self._left:
            self._passed_on.learn(file.records)
            self._logged += file.samples
        self._threads = [
            threading.Thread(target=work, name=name, daemon=True)
            for name, work in (
                ("log", self._write_log),
                ("order", self._put_in_order),
                ("insert", self._fill_tables),
            )
        ]

    def start(self) -> None:
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

    def append(self, record: Record) -> int:
        """Return when the rows are on disk, and how many: of a batch that comes again as many as
        came first. Raises EngineError, for other content under the token of a batch that went
        through too.
        """
        self._check(record)
        with self._lock:
            if (stored := self._passed_on.rows(record)) is not None:
                self._counts.repeated += 1
                return stored or record.samples
            entry = self._on_way.get(record.name) or self._queue(record)
        if not entry.done.wait(PATIENCE_SECONDS):
            raise EngineError(TIMEOUT_EXCEEDED, "Code: 159. The log's disk does not answer.")
        if entry.error:
            raise entry.error
        refuse_other_content(entry.record.digest, record.digest)
        return entry.record.samples

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
        self._inserts.rolled_until(until)

    def figures(self) -> dict[str, float]:
        return self._commits() | self.memory.figures()

    def _commits(self) -> dict[str, float]:
        with self._lock:
            waiting = self._logged - self._inserted
            first = self._in_hand or self._ready
            since = first.since if first else self._oldest
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
        """What can never be in the tables must not be acknowledged."""
        long = max(len(record.token.encode()), len(record.database.encode())) > MOST_IN_NAME
        if long or len(record.rows) % ROW_BYTES or not blocks.sound(blocks.unpack(record.rows)):
            raise EngineError(BAD_ARGUMENTS, "Code: 36. These are no samples.")
        if record.database not in self.memory:
            self._tables.ask(record.database, "SELECT digits, counted, scale FROM samples LIMIT 0")
            self._inserts.begin(record.database)
            begin = self._unheard(record.database)
            with self._lock:
                self.memory.begin(record.database, begin)
                self._inserts.load()

    def _unheard(self, database: str) -> int:
        """The moment (Unix seconds) after all that memory has not heard of: what is stored may be
        ahead of our clock. 0 where nothing is stored, and nothing waits to be.
        """
        with self._lock:
            waits = self._logged > self._inserted
        if not waits and not int(self._tables.ask(database, "SELECT count() FROM samples")):
            return 0
        stored = int(self._tables.ask(database, _NEWEST) or b"0")
        return max(stored, self._newest_left, int(time.time()) + AHEAD_SECONDS) + 1

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
                rows = sum(record.samples for record in records)
                with self._lock:
                    self._logged += rows
                    self._oldest = self._oldest or time.monotonic()
                    self._passed_on.learn(records)
        except Exception as error:  # noqa: BLE001  # without this thread nobody is ever answered
            code = NO_SPACE if _is_full(error) else UNKNOWN
            return EngineError(code, f"Code: {code}. {error!r}")
        return None

    def _answer(self, entries: Sequence[_Entry], error: EngineError | None) -> None:
        with self._lock:
            for entry in entries:
                del self._on_way[entry.record.name]
                entry.error = error
            if error is None:
                self._counts.batches += len(entries)
                self._counts.rows += sum(entry.record.samples for entry in entries)
                self._lock.notify_all()
        for entry in entries:
            if error is None:
                self.memory.take(entry.record.database, blocks.unpack(entry.record.rows))
            entry.done.set()

    # The thread that puts in order --------------------------------------------------------------

    def _put_in_order(self) -> None:
        while self._left:
            file = self._left.popleft()  # kept no longer than until its rows are in the tables
            self._sealed += file.samples
            if not self._hand_over(self._inserts.prepare(file, time.monotonic())):
                return
        begun = 0.0
        while self._wait_for_rows(begun):
            begun = time.monotonic()
            with self._in_log:
                sealed = self._log.seal()
                with self._lock:
                    self._sealed += sum(file.samples for file in sealed)
                    since, self._oldest, self._hurry = self._oldest or begun, 0.0, False
            self.memory.work_in()
            for file in sealed:
                if not self._hand_over(self._inserts.prepare(file, since)):
                    return
        self._hand_over(None)

    def _hand_over(self, prepared: Prepared | None) -> bool:
        """Wait until it is taken, the one before being stored; False where that was given up."""
        with self._lock:
            self._ready, self._ended = prepared, prepared is None
            self._lock.notify_all()
            self._lock.wait_for(lambda: self._ready is None or self._given_up)
            return not self._given_up

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
        return self._logged - self._sealed

    def _ending(self) -> bool:
        return self._stopping and not self._arrived and not self._on_way

    # The thread of the tables -------------------------------------------------------------------

    def _fill_tables(self) -> None:
        while True:
            with self._lock:
                self._lock.wait_for(lambda: self._ready or self._ended)
                self._in_hand, self._ready = self._ready, None
                self._lock.notify_all()
            if self._in_hand is None:
                return
            if not self._bring(self._in_hand):
                with self._lock:
                    self._given_up = True
                    self._lock.notify_all()
                return

    def _bring(self, prepared: Prepared) -> bool:
        """Insert a file of the log until it is in the tables; False when told to stop first."""
        pause, defects, file = _SHORTEST_PAUSE, 0, prepared.file
        while True:
            try:
                begin = time.monotonic()
                gone = self._inserts.store(prepared)
                self._passed_on.keep([r for r in file.records if r.database not in gone])
                if not gone:
                    self._log.done(file)
            except Exception as error:  # noqa: BLE001  # without this thread nothing ends in tables
                defects += not isinstance(error, EngineError | OSError)
                if defects > MOST_DEFECTS:
                    self._set_aside(file, {record.database: error for record in file.records})
                    return True
                if _is_full(error) and self._make_room():
                    continue
                if not self._try_again(error, pause):
                    return False
                pause = min(pause * 2, _LONGEST_PAUSE)
            else:
                self._take_note(file, time.monotonic() - begin, gone)
                return True

    def _make_room(self) -> bool:
        with self._in_log:
            return self._log.make_room()

    def _try_again(self, error: Exception, pause: float) -> bool:
        with self._lock:
            if not self._failing:
                print(f"history: samples wait in the log: {error!r}", file=sys.stderr, flush=True)  # noqa: T201
            self._failing = True
            self._lock.notify_all()
            return not self._lock.wait_for(lambda: self._stopping, pause)

    def _set_aside(self, file: LogFile, because: Mapping[str, Exception]) -> None:
        """Keep a file for its rows of some databases, which cannot be inserted."""
        path = file.path
        with suppress(OSError):  # then it stays where it is, and the next start tries again
            path = self._log.set_aside(file)
        told = f"history: {path} cannot be inserted: {because!r}"
        print(told, file=sys.stderr, flush=True)  # noqa: T201
        with self._lock:
            self._counts.set_aside += file.samples_of(because)
            self.memory.forget()
        self._passed(file)

    def _take_note(self, file: LogFile, seconds: float, gone: Mapping[str, Exception]) -> None:
        with self._lock:
            counts = self._counts
            counts.inserts += 1
            counts.insert_seconds += seconds
            counts.slowest_seconds = max(counts.slowest_seconds, seconds)
        if gone:
            self._set_aside(file, gone)
        else:
            self._passed(file)

    def _passed(self, file: LogFile) -> None:
        with self._lock:
            self._failing = False
            self._inserted += file.samples
            self._in_hand = None
            self._lock.notify_all()


def _is_full(error: Exception) -> bool:
    if isinstance(error, EngineError):
        return error.code == NO_SPACE or "No space left on device" in error.message
    return isinstance(error, OSError) and error.errno in _FULL
