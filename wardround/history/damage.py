"""Parts of tables that the disk damaged after they had been written whole.

A damaged part is told by whoever reads it (the engine names it in its error); one whose files do
not fit together is set aside by the engine when it starts. Neither comes back by itself.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from wardround.history.errors import EngineError, HistoryDamaged
from wardround.history.types import DamagedPart
from wardround.kernel.wording import Wording, untranslated

_SURE = frozenset({40, 246, 271})
"""A checksum that does not match, corrupted data, data that cannot be decompressed."""
_LIKELY = _SURE | {27, 33, 39, 49, 74, 76, 107, 128, 131, 226, 228, 432, 1001}
"""What the engine says of a part whose files are short, gone or senseless."""
_NO_MEMORY = 241
_SENSELESS = re.compile(
    r"chunk of (?:[\d.]+ [GT]iB|\d{3,}\.\d+ MiB)\).*While reading or decompressing", re.DOTALL
)
"""No block is that long: its length is damaged, and memory is not what is lacking."""
_PART = re.compile(r"/(\w+_\d+_\d+_\d+(?:_\d+)?)/")
_SET_ASIDE = "('broken-on-start', 'broken', 'unexpected')"
WHERE = """
SELECT path, table, toUnixTimestamp(min_time), toUnixTimestamp(max_time) FROM system.parts
WHERE database = currentDatabase() AND name = {part:String}
"""
_ACTIVE = """
SELECT table, name, path, rows, toUnixTimestamp(min_time), toUnixTimestamp(max_time)
FROM system.parts WHERE active AND database = currentDatabase()
"""
ASIDE = f"""
SELECT assumeNotNull(table), name, path, assumeNotNull(partition_id) FROM system.detached_parts
WHERE database = currentDatabase() AND reason IN {_SET_ASIDE}
"""  # noqa: S608  our own words

Ask = Callable[[str, str], bytes]
"""A statement in a database, answered as tab-separated text."""


def place_in(code: int | None, text: str) -> str | None:
    """The part that the engine could not read, as its error names it; "" where it names none, None
    for an error of another kind.
    """
    if code not in _LIKELY and not (code == _NO_MEMORY and _SENSELESS.search(text)):
        return None
    found = _PART.findall(text)
    return found[-1] if found else "" if code in _SURE else None


def error_of(table: str, since: int = 0, until: int = 0) -> HistoryDamaged:
    """What a reader is told of a part; moments in Unix seconds, 0 where unknown."""
    template, moments = untranslated("at a time that nobody can tell"), {}
    if until:
        template = untranslated("from %(since)s to %(until)s")
        moments = {"since": _moment(since), "until": _moment(until)}
    return HistoryDamaged(table=table, when=Wording(template, moments))


class Damage:
    """What was met by those who read; for any number of threads of the history's process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._met: set[str] = set()

    def hear(self, error: EngineError) -> None:
        """An answer of the engine, whatever it is about."""
        if place := place_in(error.code, error.message):
            with self._lock:
                self._met.add(place)

    def tell(self, database: str, ask: Ask) -> bytes:
        """The parts that were met and are still there, and those set aside, as JSON."""
        with self._lock:
            met = set(self._met)
        rows: list[Sequence[Any]] = []
        for table, part, path, count, since, until in _rows(ask(database, _ACTIVE)) if met else ():
            if part in met:
                rows.append((table, part, path, int(count), int(since), int(until), False))
        for table, part, path, partition in _rows(ask(database, ASIDE)):
            rows.append((table, part, path, _counted(Path(path)), *_span(partition), True))
        return json.dumps(rows).encode()


def parts_of(rows: Iterable[Sequence[Any]]) -> tuple[DamagedPart, ...]:
    """From what `Damage.tell` said."""
    return tuple(
        DamagedPart(
            table=table, part=part, place=path, rows=count,
            since=_moment(since) if until else None, until=_moment(until) if until else None,
            set_aside=aside,
        )
        for table, part, path, count, since, until, aside in rows
    )  # fmt: skip


def set_aside(rows: Iterable[Sequence[Any]]) -> tuple[DamagedPart, ...]:
    """From the answer to `ASIDE` of a server whose files are out of reach."""
    return parts_of((table, part, path, None, *_span(of), True) for table, part, path, of in rows)


def _counted(part: Path) -> int | None:
    """The rows that a part set aside says it has."""
    try:
        return int((part / "count.txt").read_text())
    except (OSError, ValueError):
        return None


def _span(partition: str) -> tuple[int, int]:
    """The time (Unix seconds) of a partition, which is a day or a month; nothing for others."""
    if not (partition.isdecimal() and len(partition) in {6, 8}):
        return 0, 0
    try:
        begin = datetime(
            int(partition[:4]), int(partition[4:6]), int(partition[6:] or 1), tzinfo=UTC
        )
    except ValueError:
        return 0, 0
    month = (begin.replace(day=1) + timedelta(days=32)).replace(day=1)
    end = begin + timedelta(days=1) if partition[6:] else month
    return int(begin.timestamp()), int(end.timestamp())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _rows(answer: bytes) -> list[list[str]]:
    return [line.split("\t") for line in answer.decode("utf-8", "replace").splitlines()]
