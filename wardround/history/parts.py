"""Whether the parts that the engine says it wrote are whole on the disk.

Where the disk refuses a write while the engine closes a file, the engine goes on as if all were
well (chdb-core 26.9.0; no space left; inserts and merges alike): the insert is acknowledged, its
token is remembered, and its rows are gone. So each new part is measured against what the engine
believes it wrote.

A broken part leaves by loading its table anew. Loading, the engine sets a broken part aside and,
if it came of a merge, takes the parts it was merged from, which stay on the disk for eight minutes.
What it does not do is forget the token; for that its log of tokens gets the line that dropping the
part would have written.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wardround.history.errors import EngineError, TableGone

_SET_ASIDE = re.compile(r"broken-on-start_(?P<part>.+?)(?:_try\d+)?")
"""What the engine calls a part that it could not load."""
_UNCOUNTED = frozenset({
    "checksums.txt", "columns.txt", "columns_substreams.txt", "default_compression_codec.txt",
    "metadata_version.txt",
})  # fmt: skip
"""Files of a part that its size does not count. None of them is ever empty."""
_DROPPED, _STORED = "2", "1"
"""Kinds of lines in the log of tokens."""
_TABLES = """
SELECT database, name FROM system.tables
WHERE engine LIKE '%MergeTree' AND database NOT IN ('system', 'INFORMATION_SCHEMA')
"""
_PARTS = """
SELECT name, path, bytes_on_disk, rows FROM system.parts
WHERE active AND database = '{database}' AND table = '{table}'
"""
_CHECK = "CHECK TABLE `{table}` PART '{part}' SETTINGS check_query_single_value_result = 0"
_REMOVE = "ALTER TABLE `{table}` DROP DETACHED PART '{part}' SETTINGS allow_drop_detached = 1"
_FOLDER = (
    "SELECT data_paths[1] FROM system.tables WHERE database = '{database}' AND name = '{table}'"
)

Ask = Callable[[str, str], bytes]
"""A statement in a database, answered as tab-separated text."""


@dataclass(frozen=True, slots=True, order=True)
class Table:
    database: str
    name: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part as the engine believes it to be."""

    name: str
    folder: Path
    size: int
    """Bytes of its files, but for `_UNCOUNTED`."""
    rows: int

    def made_of(self, other: Part) -> bool:
        """Whether `other` is one of those that a merge made it from."""
        (partition, begin, end), (theirs, first, last) = _blocks(self.name), _blocks(other.name)
        return theirs == partition and begin <= first and last <= end and other != self


@dataclass(slots=True, eq=False)
class Parts:
    """The parts that were found whole; any thread may ask."""

    _whole: dict[Table, frozenset[str]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def broken(self, table: Table, ask: Ask) -> tuple[Part, ...]:
        """The parts of a table that are new since the last look and not whole."""
        there = _listed(table, ask)
        known = self._whole.get(table, frozenset())
        wrong = tuple(
            part for part in there if part.name not in known and not _is_whole(table, part, ask)
        )
        with self._lock:
            self._whole[table] = frozenset(part.name for part in there if part not in wrong)
        return wrong

    def learn(self, ask: Ask) -> tuple[Table, ...]:
        """The tables there are. The engine measured their parts when it loaded them."""
        tables = tables_of(ask)
        with self._lock:
            for table in tables:
                self._whole[table] = frozenset(part.name for part in _listed(table, ask))
        return tables


def tables_of(ask: Ask) -> tuple[Table, ...]:
    return tuple(Table(*row) for row in _rows(ask("default", _TABLES)))


def measures(sizes: Mapping[str, int], counted: int) -> bool:
    """Whether a part's files, by name, have the size that the engine counted for it."""
    there = sum(size for name, size in sizes.items() if name not in _UNCOUNTED)
    return there == counted and _none_empty(sizes)


def forgetting(log: str, parts: frozenset[str]) -> str:
    """What to add to a log of tokens, so that what these parts held may be inserted again."""
    kinds: dict[tuple[str, str], str] = {}
    for kind, part, token in (line.split("\t") for line in log.splitlines()):
        if part in parts:
            kinds[part, token] = kind
    kept = [place for place, kind in kinds.items() if kind == _STORED]
    return "".join(f"{_DROPPED}\t{part}\t{token}\n" for part, token in kept)


def must_forget(table: Table, ask: Ask) -> bool:
    """Whether the engine remembers tokens of rows that it could not load."""
    lost = _lost(table, ask)
    log = _newest_log(_folder(table, ask)) if lost else None
    return bool(log and forgetting(log.read_text(), lost))


def load_anew(table: Table, broken: Sequence[Part], ask: Ask) -> None:
    """Let the engine load a table from its folder, and forget what its broken parts held, those
    too that it set aside before. Nothing else may run in the engine meanwhile. Raises OSError where
    the disk does not take that; until it does, what they held must not be inserted again.
    """
    folder, lost = _folder(table, ask), _lost(table, ask) | {part.name for part in broken}
    ask(table.database, f"DETACH TABLE `{table.name}` SYNC")
    try:
        _forget(folder, lost)
    finally:
        try:
            ask(table.database, f"ATTACH TABLE `{table.name}`")
        except EngineError as error:
            raise TableGone(error.code, error.message) from error
    _remove_replaced(table, broken, ask)


def _forget(folder: Path, lost: frozenset[str]) -> None:
    """All of the lines or none: half a line would keep the table from being loaded."""
    log = _newest_log(folder)
    if log is None or not (lines := forgetting(log.read_text(), lost)):
        return
    length = log.stat().st_size
    try:
        with log.open("a") as out:
            out.write(lines)
            out.flush()
            os.fdatasync(out.fileno())
    except OSError:
        os.truncate(log, length)
        raise


def _remove_replaced(table: Table, broken: Sequence[Part], ask: Ask) -> None:
    """What came of an insert comes again; of a merge, unless what it was made from is gone."""
    there = _listed(table, ask)
    aside = {part: name for name, part in _set_aside(table, ask).items()}
    for part in broken:
        _, begin, end = _blocks(part.name)
        rows = sum(other.rows for other in there if part.made_of(other))
        if part.name in aside and (begin == end or rows == part.rows):
            ask(table.database, _REMOVE.format(table=table.name, part=aside[part.name]))


def _lost(table: Table, ask: Ask) -> frozenset[str]:
    """Parts that the engine could not load. A name without a part is given again later."""
    there = {part.name for part in _listed(table, ask)}
    return frozenset(_set_aside(table, ask).values()) - there


def _set_aside(table: Table, ask: Ask) -> dict[str, str]:
    """What the engine put beside a table, as it calls it there, and the parts' names."""
    folder = _folder(table, ask) / "detached"
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    found = {name: _SET_ASIDE.fullmatch(name) for name in names}
    return {name: match["part"] for name, match in found.items() if match}


def _listed(table: Table, ask: Ask) -> list[Part]:
    rows = _rows(ask("default", _PARTS.format(database=table.database, table=table.name)))
    return [Part(name, Path(folder), int(size), int(count)) for name, folder, size, count in rows]


def _is_whole(table: Table, part: Part, ask: Ask) -> bool:
    """By its files' sizes; where they are not what they should be, the engine has the last word."""
    sizes = _sizes(part.folder)
    if not sizes or measures(sizes, part.size):
        return True
    answer = _rows(ask(table.database, _CHECK.format(table=table.name, part=part.name)))
    return _none_empty(sizes) and all(row[1] == "1" for row in answer)


def _none_empty(sizes: Mapping[str, int]) -> bool:
    return all(sizes.get(name, 1) for name in _UNCOUNTED)


def _sizes(folder: Path) -> dict[str, int]:
    """Nothing where it was merged and removed since it was listed."""
    try:
        with os.scandir(folder) as files:
            return {file.name: file.stat().st_size for file in files}
    except FileNotFoundError:
        return {}


def _blocks(part: str) -> tuple[str, int, int]:
    """The partition of a part and its first and last block, as its name says."""
    partition, begin, end = part.split("_")[:3]
    return partition, int(begin), int(end)


def _folder(table: Table, ask: Ask) -> Path:
    answer = ask("default", _FOLDER.format(database=table.database, table=table.name))
    return Path(answer.decode().strip())


def _newest_log(folder: Path) -> Path | None:
    logs = (folder / "deduplication_logs").glob("deduplication_log_*.txt")
    return max(logs, key=lambda path: int(path.stem.rpartition("_")[2]), default=None)


def _rows(answer: bytes) -> list[list[str]]:
    return [line.split("\t") for line in answer.decode("utf-8", "replace").splitlines()]
