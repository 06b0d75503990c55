"""The log in front of the history's tables: what is in it and synced is acknowledged.

A file of the log becomes one wide insert. It carries a name of its own, the insert's token: after
a crash the same file makes the same insert again, and the engine takes it once. The names of
batches that went through are kept beside it, so that a batch that comes again is known.
"""

from __future__ import annotations

import errno
import hashlib
import os
import struct
import uuid
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

MARK = b"WRLOG001"
_HEAD = struct.Struct("<IIHH")
"""Length of the rows, checksum, length of the batch's name, length of the database's."""
_SUFFIX = ".rows"
_REFUSED = ".refused"
KEPT_NAMES = 50_000
NAME_BYTES = 16
_PIECES = 1_024
"""As many as the system writes at once."""
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

    @property
    def name(self) -> bytes:
        """Stands for database and token among the names that are remembered."""
        text = f"{self.database}\0{self.token}".encode()
        return hashlib.blake2b(text, digest_size=NAME_BYTES).digest()

    def encode(self) -> tuple[bytes, bytes]:
        """What stands before its rows in the log, and those: they are not copied."""
        names = self.token.encode() + self.database.encode()
        checksum = zlib.crc32(self.rows, zlib.crc32(names))
        lengths = len(self.token.encode()), len(self.database.encode())
        return _HEAD.pack(len(self.rows), checksum, *lengths) + names, self.rows


@dataclass(slots=True)
class LogFile:
    """A file of the log and what it holds."""

    path: Path
    name: str
    records: list[Record] = field(default_factory=list)
    file: int = -1
    length: int = 0


class CommitLog:
    """The log of one history folder; its caller sees to it that one thread at a time is in it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        self.folder = folder
        self._number = 0
        self._open: LogFile | None = None
        self._reserve = Reserve(folder / "reserve")

    def left_behind(self) -> list[LogFile]:
        """What a process that ended did not bring into the tables, oldest first."""
        paths = sorted(self.folder.glob("*" + _SUFFIX))
        self._number = max((int(path.stem) for path in paths), default=0)
        files = [_read(path) for path in paths]
        for file in files:
            if not file.records:
                file.path.unlink()
        return [file for file in files if file.records]

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

    def seal(self) -> LogFile | None:
        """End the current file, for its rows to be inserted; None where it has none."""
        current, self._open = self._open, None
        if current is None:
            return None
        os.close(current.file)
        return current

    def done(self, file: LogFile) -> None:
        """Its rows are in the tables and their names remembered."""
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
        waiting = self._open.length if self._open else 0
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
        """Cut off what was not wholly written. Where even that fails, end the file before it."""
        try:
            os.ftruncate(current.file, current.length)
            os.lseek(current.file, current.length, os.SEEK_SET)
        except OSError:
            os.close(current.file)
            self._open = None
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


class Names:
    """The batches that went through lately, on disk before their rows leave the log."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[bytes, None] = {}
        data = path.read_bytes() if path.exists() else b""
        whole = len(data) // NAME_BYTES * NAME_BYTES
        for at in range(0, whole, NAME_BYTES):
            self._known[data[at : at + NAME_BYTES]] = None
        self._written = whole // NAME_BYTES
        if whole != len(data):  # torn by a crash
            os.truncate(path, whole)
        self._shorten()

    def __contains__(self, name: bytes) -> bool:
        return name in self._known

    def learn(self, names: Sequence[bytes]) -> None:
        """In memory: their rows are in the log, which remembers them."""
        self._known.update(dict.fromkeys(names))
        self._shorten()

    def keep(self, names: Sequence[bytes]) -> None:
        """On disk: their rows are about to leave the log."""
        if self._written > 4 * KEPT_NAMES:
            self._rewrite()
        with self._path.open("ab") as file:
            file.write(b"".join(names))
            file.flush()
            os.fdatasync(file.fileno())
        self._written += len(names)

    def _shorten(self) -> None:
        surplus = len(self._known) - KEPT_NAMES
        for name in list(self._known)[: max(surplus, 0)] if surplus > KEPT_NAMES // 10 else ():
            del self._known[name]

    def _rewrite(self) -> None:
        kept = list(self._known)[-KEPT_NAMES:]
        fresh = self._path.with_suffix(".new")
        with fresh.open("wb") as file:
            file.write(b"".join(kept))
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(self._path)
        sync_folder(self._path.parent)
        self._written = len(kept)


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
    """A file as far as it is whole: what was torn by a crash had not been acknowledged."""
    data = path.read_bytes()
    begin = len(MARK) + NAME_BYTES
    if len(data) < begin or data[: len(MARK)] != MARK:
        return LogFile(path, "")
    name = uuid.UUID(bytes=data[len(MARK) : begin])
    return LogFile(path, str(name), list(_records(data, begin)))


def _records(data: bytes, at: int) -> Iterator[Record]:
    while at + _HEAD.size <= len(data):
        size, checksum, token, database = _HEAD.unpack_from(data, at)
        names = at + _HEAD.size
        begin = names + token + database
        end = begin + size
        if end > len(data) or zlib.crc32(data[names:end]) != checksum:
            return
        yield Record(
            database=data[names + token : begin].decode(),
            token=data[names : names + token].decode(),
            rows=data[begin:end],
        )
        at = end
