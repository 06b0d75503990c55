"""The batches that went through lately, and what was in them: one that comes again is known, and
one that comes again with other content is told from it.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence
from pathlib import Path

from wardround.history.commit_log import (
    DIGEST_BYTES,
    NAME_BYTES,
    UNKNOWN_CONTENT,
    Record,
    sync_folder,
)
from wardround.history.engine_codes import INSERT_WAS_DEDUPLICATED
from wardround.history.errors import EngineError

KEPT_BATCHES = 50_000
_ENTRY = struct.Struct(f"<{NAME_BYTES}s{DIGEST_BYTES}sI")
"""Name, digest, rows (0: unknown)."""
_BEFORE = {"passed": NAME_BYTES + DIGEST_BYTES, "names": NAME_BYTES}
"""The files of earlier versions, beside ours, and the bytes of an entry: with less in them."""


class Passed:
    """Their names and digests, on disk before their rows leave the log."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[bytes, tuple[bytes, int]] = {}
        for before, size in _BEFORE.items():
            self._take_over(path.with_name(before), size)
        data = path.read_bytes() if path.exists() else b""
        whole = len(data) // _ENTRY.size * _ENTRY.size
        self._read(data[:whole])
        self._written = whole // _ENTRY.size
        if whole != len(data):  # torn by a crash
            os.truncate(path, whole)
        self._shorten()

    def rows(self, record: Record) -> int | None:
        """How many rows went through as this batch (0: nobody knows), None where it did not.
        Raises EngineError where another one did under its name.
        """
        digest, rows = self._known.get(record.name, (None, None))
        if digest is not None:
            refuse_other_content(digest, record.digest)
        return rows

    def learn(self, records: Sequence[Record]) -> None:
        """In memory: their rows are in the log, which remembers them."""
        self._known.update((record.name, (record.digest, record.samples)) for record in records)
        self._shorten()

    def keep(self, records: Sequence[Record]) -> None:
        """On disk: their rows are about to leave the log."""
        if self._written > 4 * KEPT_BATCHES:
            self._rewrite()
        with self._path.open("ab") as file:
            file.write(
                b"".join(_ENTRY.pack(found.name, found.digest, found.samples) for found in records)
            )
            file.flush()
            os.fdatasync(file.fileno())
        self._written += len(records)

    def _take_over(self, before: Path, size: int) -> None:
        """Names of an earlier version, of whose content not everything is known."""
        if not before.exists():
            return
        if not self._path.exists():
            data = before.read_bytes()
            entries = (data[at : at + size] for at in range(0, len(data) // size * size, size))
            self._read(b"".join(entry.ljust(_ENTRY.size, b"\0") for entry in entries))
            self._rewrite()
        before.unlink()

    def _read(self, entries: bytes) -> None:
        self._known |= {name: (digest, rows) for name, digest, rows in _ENTRY.iter_unpack(entries)}

    def _shorten(self) -> None:
        surplus = len(self._known) - KEPT_BATCHES
        for name in list(self._known)[: max(surplus, 0)] if surplus > KEPT_BATCHES // 10 else ():
            del self._known[name]

    def _rewrite(self) -> None:
        kept = list(self._known.items())[-KEPT_BATCHES:]
        fresh = self._path.with_suffix(".new")
        with fresh.open("wb") as file:
            file.write(b"".join(_ENTRY.pack(name, *content) for name, content in kept))
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(self._path)
        sync_folder(self._path.parent)
        self._written = len(kept)


def refuse_other_content(kept: bytes, given: bytes) -> None:
    """Raise EngineError unless two digests may stand for the same content; that of what earlier
    versions stored is unknown.
    """
    if kept != given and UNKNOWN_CONTENT not in {kept, given}:
        raise EngineError(
            INSERT_WAS_DEDUPLICATED,
            f"Code: {INSERT_WAS_DEDUPLICATED}. This token belongs to a batch with other content.",
        )
