"""The log in front of the history's tables: what is in it and synced is acknowledged.

A file of the log becomes one wide insert. It carries a name of its own, the insert's token: after
a crash the same file makes the same insert again, and the engine takes it once. The names of
batches that went through are kept beside it (`passed`), so that a batch that comes again is known.
"""

from __future__ import annotations

import errno
import hashlib
import os
import struct
import sys
import uuid
import zlib
from collections.abc import Container, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import xxhash

from wardround.history.blocks import ROW_BYTES, unpack

MARK = b"WRLOG002"
_HEAD = struct.Struct("<IQHH16s")
"""Lengths of rows, of the batch's name, of the database's; checksum (XXH3) second; digest."""
_BEFORE = b"WRLOG001", struct.Struct("<IIHH")
"""A file of an earlier version, whose records have no digest and a CRC-32."""
_SUFFIX = ".rows"
_REFUSED = ".refused"
NAME_BYTES = 16
DIGEST_BYTES = 16
UNKNOWN_CONTENT = bytes(DIGEST_BYTES)
_PIECES = 1_024
"""As many as the system writes at once."""
FULL_ROWS = 900_000
"""So many rows end a file: wider inserts want more room than is kept (`ordering.KEPT_ROWS`), and
to get memory from the system costs more than to fill it.
"""
_SPARE_BYTES = 1024 * 1024
RESERVE_BYTES = 64 * 1024 * 1024
_RESERVE_SHARE = 8
"""The reserve takes at most this part of what is free."""


@dataclass(frozen=True, slots=True)
class Record:
    """One batch of one database, as it came: `rows` are those of `blocks.pack`."""

    database: str
    token: str
    rows: bytes
    digest: bytes = UNKNOWN_CONTENT
    """Stands for what its writer brought, so that other content under the same token is told."""

    @property
    def name(self) -> bytes:
        """Stands for database and token among the names that are remembered."""
        text = f"{self.database}\0{self.token}".encode()
        return hashlib.blake2b(text, digest_size=NAME_BYTES).digest()

    @property
    def samples(self) -> int:
        return len(self.rows) // ROW_BYTES

    def encode(self) -> tuple[bytes, bytes]:
        """What stands before its rows in the log, and those: they are not copied."""
        names = self.token.encode() + self.database.encode()
        lengths = len(self.token.encode()), len(self.database.encode())
        checksum = _checksum(self.digest, names, self.rows)
        return _HEAD.pack(len(self.rows), checksum, *lengths, self.digest) + names, self.rows


@dataclass(slots=True)
class LogFile:
    """A file of the log and what it holds."""

    path: Path
    name: str
    records: list[Record] = field(default_factory=list)
    file: int = -1
    length: int = 0
    lost: int = 0
    """Samples in records that the disk damaged: the file is kept for whoever can read them."""

    @property
    def samples(self) -> int:
        return sum(record.samples for record in self.records)

    @property
    def newest(self) -> int:
        """The newest moment (Unix seconds) of its samples."""
        rows = (unpack(record.rows) for record in self.records)
        return max((int(found.at.max(initial=0)) // 1000 for found in rows), default=0)

    def samples_of(self, databases: Container[str]) -> int:
        """Samples of some databases."""
        return sum(found.samples for found in self.records if found.database in databases)


class CommitLog:
    """The log of one history folder; its caller sees to it that one thread at a time is in it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        self.folder = folder
        self._number = 0
        self._open: LogFile | None = None
        self._full: list[LogFile] = []
        self._reserve = Reserve(folder / "reserve")

    def left_behind(self) -> list[LogFile]:
        """What a process that ended did not bring into the tables, oldest first."""
        paths = sorted(p for p in self.folder.glob("*" + _SUFFIX) if p.stem.isdecimal())
        self._number = max((int(path.stem) for path in paths), default=0)
        files = [_read(path) for path in paths]
        for file in files:
            if file.lost:
                told = f"history: {file.path} is damaged: {file.lost} samples of it cannot be read"
                print(told, file=sys.stderr, flush=True)  # noqa: T201
            if not file.records:
                self.done(file)
        return [file for file in files if file.records or file.lost]

    def append(self, records: Sequence[Record]) -> None:
        """Write and sync. Raises OSError, and then none of them is in the log."""
        data = [piece for record in records for piece in record.encode()]
        size = sum(map(len, data))
        self._check_room(size)
        current = self._open or self._begin()
        try:
            _write_all(current.file, data)
            os.fdatasync(current.file)
        except OSError:
            self._undo(current)
            raise
        current.length += size
        current.records += records
        if current.samples >= FULL_ROWS:
            self._end(current)

    def seal(self) -> list[LogFile]:
        """End the current file; those whose rows are to be inserted, oldest first."""
        if self._open:
            self._end(self._open)
        full, self._full = self._full, []
        return full

    def _end(self, current: LogFile) -> None:
        with suppress(OSError):  # what it holds is synced
            os.close(current.file)
        self._open = None
        self._full.append(current)

    def done(self, file: LogFile) -> None:
        """Its rows are in the tables and their names remembered."""
        if file.lost:
            self.set_aside(file)
        else:
            file.path.unlink(missing_ok=True)

    def set_aside(self, file: LogFile) -> Path:
        """Its rows cannot be inserted, whatever is tried: keep them, out of the way."""
        return file.path.rename(file.path.with_suffix(_REFUSED))

    def make_room(self) -> bool:
        """The disk is full and rows were acknowledged: give up the reserve for them; whether
        there was one.
        """
        return self._reserve.release()

    def _check_room(self, size: int) -> None:
        """No room for the insert that follows means no room at all: say so before the promise."""
        waiting = sum(file.length for file in [*self._full, *([self._open] if self._open else [])])
        wanted = 2 * (waiting + size) + _SPARE_BYTES
        if _free_bytes(self.folder) < wanted or not self._reserve.take():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.folder))

    def _begin(self) -> LogFile:
        self._number += 1
        path = self.folder / f"{self._number:012d}{_SUFFIX}"
        name = uuid.uuid4()
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        started = LogFile(path, str(name), file=file)
        try:
            _write_all(file, [MARK, name.bytes])
            sync_folder(self.folder)
        except OSError:
            os.close(file)
            path.unlink(missing_ok=True)
            raise
        started.length = len(MARK) + NAME_BYTES
        self._open = started
        return started

    def _undo(self, current: LogFile) -> None:
        """Cut off what was not wholly written. Where even that fails, the file ends: what it holds
        besides is inserted.
        """
        try:
            os.ftruncate(current.file, current.length)
            os.lseek(current.file, current.length, os.SEEK_SET)
        except OSError:
            self._end(current)
            raise


class Reserve:
    """Room on the disk for rows that were acknowledged before something else filled it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held = path.exists() and path.stat().st_size > 0

    def take(self) -> bool:
        """Hold the reserve; False where there is no room for one."""
        if self._held:
            return True
        size = min(RESERVE_BYTES, _free_bytes(self._path.parent) // _RESERVE_SHARE)
        if size < _SPARE_BYTES:
            return False
        with self._path.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, size)
        self._held = True
        return True

    def release(self) -> bool:
        held, self._held = self._held, False
        self._path.unlink(missing_ok=True)
        return held


def _free_bytes(folder: Path) -> int:
    room = os.statvfs(folder)
    return room.f_bavail * room.f_frsize


def sync_folder(folder: Path) -> None:
    """A new file's name is on disk too."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_all(file: int, pieces: Sequence[bytes]) -> None:
    left = [memoryview(piece) for piece in pieces if piece]
    while left:
        written = os.writev(file, left[:_PIECES])
        while left and written >= len(left[0]):
            written -= len(left.pop(0))
        if left:
            left[0] = left[0][written:]


def _read(path: Path) -> LogFile:
    """A file as far as it is whole. What was torn by a crash had not been acknowledged; a record
    that does not fit its checksum and has a whole one behind it was damaged by the disk.
    """
    data = path.read_bytes()
    begin = len(MARK) + NAME_BYTES
    if len(data) < begin or not data.strip(b"\0"):
        return LogFile(path, "")
    file = LogFile(path, str(uuid.UUID(bytes=data[len(MARK) : begin])))
    head = _BEFORE[1] if data[: len(MARK)] == _BEFORE[0] else _HEAD
    while (found := _record(data, begin, head)) is not None:
        record, end = found
        if record is not None:
            file.records.append(record)
        elif (following := _record(data, end, head)) is None or following[0] is None:
            break
        else:
            file.lost += (end - begin) // ROW_BYTES
        begin = end
    if data[: len(MARK)] not in {MARK, _BEFORE[0]} and not file.records:
        file.lost += max((len(data) - begin) // ROW_BYTES, 1)
    return file


def _record(data: bytes, at: int, head: struct.Struct) -> tuple[Record | None, int] | None:
    """The record that begins there, None for it where its checksum is wrong, and where it ends;
    None where it is torn.
    """
    if at + head.size > len(data):
        return None
    size, checksum, token, database, *digest = head.unpack_from(data, at)
    names = at + head.size
    begin = names + token + database
    end = begin + size
    if end > len(data):
        return None
    content = memoryview(data)[names:end]
    if checksum != (_checksum(*digest, content) if digest else zlib.crc32(content)):
        return None, end
    name, place = data[names : names + token], data[names + token : begin]
    rows, known = data[begin:end], digest[0] if digest else UNKNOWN_CONTENT
    return Record(place.decode(), name.decode(), rows, known), end


def _checksum(*pieces: bytes | memoryview) -> int:
    whole = xxhash.xxh3_64()
    for piece in pieces:
        whole.update(piece)
    return whole.intdigest()
