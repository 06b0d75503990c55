"""The library that holds the history, opened once in this process.

Everything the HTTP face may ask of chDB goes through a small pool of its connections. This module
must never be imported outside the history server's own process: chDB is one engine per process,
and a child forked from a process that has it open hangs.
"""

import errno
import os
import queue
import re
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import chdb

from wardround.history import parts
from wardround.history.blocks import Column, native
from wardround.history.damage import Damage
from wardround.history.engine_codes import (
    BAD_ARGUMENTS,
    NO_SPACE,
    TOO_MANY_SIMULTANEOUS_QUERIES,
)
from wardround.history.errors import EngineError, TableGone
from wardround.history.parts import Parts, Table

HANDLES = 6
"""Statements that run at once; the rest wait for `WAIT_FOR_HANDLE` seconds, then are refused."""
WAIT_FOR_HANDLE = 10.0
KEPT_BYTES = 48 * 1024 * 1024
"""Of a file in memory that the next insert will use: a million samples."""

_SETTING_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_DATABASE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_INSERT_WITH_DATA = re.compile(
    rb"\s*(?P<into>INSERT\s+INTO\s+(?:TABLE\s+)?[\w.`\"]+\s*(?:\([^)]*\))?)"
    rb"\s*(?P<settings>SETTINGS\s[^\n]*?)?"
    rb"\s*FORMAT\s+(?P<format>\w+)[ \t]*(?:\r?\n|\Z)",
    re.IGNORECASE,
)
_INSERT_INTO = re.compile(
    rb"(?:\s|--[^\n]*\n)*INSERT\s+INTO\s+(?:TABLE\s+)?`?(?P<table>\w+)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One request of a client: text, the data that follows an INSERT, and its settings."""

    text: bytes
    database: str = ""
    default_format: str = "TabSeparated"
    settings: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    body: bytes
    written_rows: int = 0


class _Handle:
    """One chDB connection, with the settings and the database it currently stands on.

    Settings stick to a connection, so a request that names the same ones as the request before
    costs nothing; what a request does not name goes back to its default.
    """

    def __init__(self, path: str, defaults: Mapping[str, str]) -> None:
        self._connection = chdb.connect(path)
        self._defaults = dict(defaults)
        self._settings: dict[str, str] = {}
        self._database = "default"
        self._memory = -1
        """A file in memory for the next insert of columns: new memory costs as much as filling
        it."""
        self._apply(defaults)

    def run(self, statement: Statement) -> Answer:
        try:
            self._use(statement.database or "default")
            self._apply({**self._defaults, **statement.settings})
            insert = _INSERT_WITH_DATA.match(statement.text)
            return self._insert(statement, insert) if insert else self._query(statement)
        except (chdb.ChdbError, RuntimeError) as error:
            raise EngineError.from_text(str(error)) from error

    def close(self) -> None:
        self._connection.close()

    def ask(self, database: str, text: str) -> bytes:
        return self.run(Statement(text.encode(), database=database)).body

    def _query(self, statement: Statement) -> Answer:
        text = statement.text.decode("utf-8", "surrogateescape")
        result = self._connection.query(
            text, statement.default_format, params=dict(statement.parameters)
        )
        return Answer(body=result.bytes() or b"", written_rows=int(result.rows_written()))

    def _insert(self, statement: Statement, head: re.Match[bytes]) -> Answer:
        """Hand the data over as a file in memory.

        chDB has `send_insert` for this, but that acknowledges what a full disk did not take
        (seen with 4.4.0; the test with a full disk fails with it).
        """
        into, settings, layout = (
            (head[part] or b"").decode() for part in ("into", "settings", "format")
        )
        data = memoryview(statement.text)[head.end() :]
        memory = os.memfd_create("insert")
        try:
            return self._insert_file(memory, into, [data], f"{settings} FORMAT {layout}")
        finally:
            os.close(memory)

    def insert_columns(
        self, database: str, table: str, columns: Sequence[Column], settings: Mapping[str, str]
    ) -> Answer:
        """One block of columns into a table, under the settings given."""
        try:
            self._use(database)
            self._apply({**self._defaults, **settings})
            if self._memory < 0:
                self._memory = os.memfd_create("insert")
            names = ", ".join(name for name, _, _ in columns)
            into = f"INSERT INTO {table} ({names})"
            return self._insert_file(self._memory, into, native(columns), "FORMAT Native")
        except (chdb.ChdbError, RuntimeError) as error:
            raise EngineError.from_text(str(error)) from error
        finally:
            if self._memory >= 0 and os.fstat(self._memory).st_size > KEPT_BYTES:
                os.ftruncate(self._memory, 0)

    def _insert_file(
        self, memory: int, into: str, pieces: Iterable[bytes | memoryview], layout: str
    ) -> Answer:
        os.lseek(memory, 0, os.SEEK_SET)
        for piece in pieces:
            left = memoryview(piece)
            while left:
                left = left[os.write(memory, left) :]
        os.ftruncate(memory, os.lseek(memory, 0, os.SEEK_CUR))
        result = self._connection.query(
            f"{into} FROM INFILE '/proc/self/fd/{memory}' COMPRESSION 'none' {layout}", "Null"
        )
        return Answer(body=b"", written_rows=int(result.rows_written()))

    def _use(self, database: str) -> None:
        if database == self._database:
            return
        if not _DATABASE_NAME.match(database):
            raise EngineError(BAD_ARGUMENTS, f"Code: 36. Not a database name: {database!r}")
        self._connection.query(f"USE `{database}`", "Null")
        self._database = database

    def _apply(self, wanted: Mapping[str, str]) -> None:
        changes = [
            f"{_setting_name(name)} = {_quoted(value)}"
            for name, value in wanted.items()
            if self._settings.get(name) != value
        ]
        changes += [f"{name} = DEFAULT" for name in self._settings if name not in wanted]
        if not changes:
            return
        # Forgotten first: if one of them is refused, nothing is known about the others.
        self._settings = dict.fromkeys({*self._settings, *wanted}, "\0unknown")
        for change in changes:
            self._connection.query(f"SET {change}", "Null")
        self._settings = dict(wanted)


class Store:
    """The open history folder."""

    def __init__(self, handles: list[_Handle]) -> None:
        self._all = handles
        self._writer = handles[0]  # its own, so that no number of questions holds inserts up
        self._idle: queue.LifoQueue[_Handle] = queue.LifoQueue()
        for handle in handles[1:]:
            self._idle.put(handle)
        self._writing = threading.Lock()
        self._parts = Parts()
        self.damage = Damage()
        self._mended = 0
        self._owing: set[Table] = set()
        """Tables that may remember tokens of rows they lost: nothing is inserted before."""

    @classmethod
    def open(cls, folder: Path, *, memory_mb: int) -> "Store":
        """Open the folder; the caller holds its lock. Memory is the engine's cap, in MiB."""
        memory = memory_mb * 1024 * 1024
        path = f"{folder / 'store'}?" + "&".join(
            f"{name}={value}" for name, value in _server_settings(memory).items()
        )
        try:
            handles = [_Handle(path, _session_settings(memory)) for _ in range(HANDLES + 1)]
        except (chdb.ChdbError, RuntimeError) as error:
            raise EngineError.from_text(str(error)) from error
        # A fork of this process would hang at its first statement: let it end at once instead.
        os.register_at_fork(after_in_child=lambda: os._exit(70))
        store = cls(handles)
        for table in store._parts.learn(store.ask):
            if parts.must_forget(table, store.ask):
                store._owing.add(table)
                store._load_anew(table)
        return store

    def run(self, statement: Statement) -> Answer:
        """Run a statement. An insert is answered when what it wrote was found whole."""
        into = _INSERT_INTO.match(statement.text)
        if not into:
            with self._handle() as handle:
                return self._read(handle, statement)
        table = Table(statement.database or "default", into["table"].decode())
        mended = self._ready_for(table)
        with self._handle() as handle:
            answer = self._read(handle, statement)
        self._prove(table, mended)
        return answer

    def _read(self, handle: _Handle, statement: Statement) -> Answer:
        try:
            return handle.run(statement)
        except EngineError as error:
            self.damage.hear(error)
            raise

    def insert(self, database: str, table: str, columns: Sequence[Column], *, token: str) -> None:
        """Insert one block, synced and found whole; the same token again stores nothing. For one
        thread alone.
        """
        mended = self._ready_for(Table(database, table))
        with self._writing:
            self._writer.insert_columns(
                database, table, columns, _INSERT_SETTINGS | {"insert_deduplication_token": token}
            )
        self._prove(Table(database, table), mended)

    def ask(self, database: str, text: str) -> bytes:
        return self.run(Statement(text.encode(), database=database)).body

    def mend(self) -> None:
        """Look at everything that was written since the last look, merges too, and take out what
        is not whole.
        """
        for table in parts.tables_of(self.ask):
            if table in self._owing or self._parts.broken(table, self.ask):
                self._load_anew(table)

    @property
    def mended(self) -> int:
        """Parts that were not whole since this process began."""
        return self._mended

    def close(self) -> None:
        for handle in self._all:
            handle.close()

    def _ready_for(self, table: Table) -> int:
        """How many parts were mended before an insert, which may begin now."""
        if table in self._owing:
            self._load_anew(table)
        return self._mended

    def _prove(self, table: Table, mended: int) -> None:
        """Raise unless what was just inserted is there: `mended` is the count from before it."""
        if self._parts.broken(table, self.ask):
            self._load_anew(table)
        if self._mended != mended:  # by whom ever: it may have been ours
            raise EngineError(
                NO_SPACE, "Code: 243. The disk did not take all of an insert: it is to come again."
            )

    def _load_anew(self, table: Table) -> None:
        """Take out what is broken of a table, with nothing else running in the engine."""
        with self._writing, self._alone():
            broken = self._parts.broken(table, self._writer.ask)
            if not broken and table not in self._owing:
                return
            self._owing.add(table)
            self._mended += len(broken)
            if broken:
                _tell(f"{table.name} was not written whole: {[part.name for part in broken]}")
            try:
                parts.load_anew(table, broken, self._writer.ask)
            except TableGone as error:
                # Rows without a table would be set aside; a process that ends is started again.
                _tell(f"{table.name} cannot be loaded: {error}")
                os._exit(70)
            except OSError as error:
                text = f"Code: {NO_SPACE}. {os.strerror(error.errno or errno.EIO)}"
                raise EngineError(NO_SPACE, text) from error
            self._owing.discard(table)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold every handle but the writer's."""
        with ExitStack() as held:
            for _ in range(HANDLES):
                held.enter_context(self._handle())
            yield

    @contextmanager
    def _handle(self) -> Iterator[_Handle]:
        try:
            handle = self._idle.get(timeout=WAIT_FOR_HANDLE)
        except queue.Empty:
            raise EngineError(
                TOO_MANY_SIMULTANEOUS_QUERIES,
                f"Code: 202. Too many statements at once; {HANDLES} run at a time.",
            ) from None
        try:
            yield handle
        finally:
            self._idle.put(handle)


_INSERT_SETTINGS = {
    "insert_deduplicate": "1",
    "max_partitions_per_insert_block": "1000",
    # One block whatever its size: a token stands for a block.
    "max_insert_threads": "1",
    "max_insert_block_size": "8000000",
    "min_insert_block_size_rows": "8000000",
    "min_insert_block_size_bytes": "0",
    "input_format_parallel_parsing": "0",  # columns are copied, not parsed
}


def _server_settings(memory: int) -> dict[str, Any]:
    return {
        "max_server_memory_usage": memory,
        "mark_cache_size": memory // 10,
        "uncompressed_cache_size": 0,
        "background_schedule_pool_size": 4,
        "background_fetches_pool_size": 1,
        "background_move_pool_size": 1,
        "background_common_pool_size": 2,
    }


def _session_settings(memory: int) -> dict[str, str]:
    """Limits of every statement; a client may set its own for one statement."""
    return {
        "max_memory_usage": str(memory * 2 // 3),
        "max_execution_time": "60",
        "max_result_bytes": str(256 * 1024 * 1024),
        "result_overflow_mode": "throw",
        "async_insert": "0",  # an acknowledged insert is in the table, not in a queue
    }


def _tell(text: str) -> None:
    print(f"history: {text}", file=sys.stderr, flush=True)  # noqa: T201


def _setting_name(name: str) -> str:
    if not _SETTING_NAME.match(name):
        raise EngineError(BAD_ARGUMENTS, f"Code: 36. Not a setting's name: {name!r}")
    return name


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
