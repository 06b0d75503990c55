"""Processes of this machine: the table of the largest, and those that are watched by name."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psutil

from wardround.collect.errors import TargetFailed
from wardround.collect.readings import Readings
from wardround.collect.types import Reason, Table, TargetSpec
from wardround.kernel.errors import BadPattern
from wardround.kernel.patterns import Pattern, pattern

_ROWS = 60
_LONGEST_COMMAND = 300
_SECRET = re.compile(
    r"(?i)((?:pass(?:word|wd)?|pwd|secret|token|api[-_]?key|credential)[a-z_]*[= :]+)(\S+)"
)
_SECRET_IN_URL = re.compile(r"(://[^/\s:@]*:)([^@\s/]+)@")
_ASKED = ["pid", "ppid", "name", "username", "status", "num_threads", "create_time", "cmdline"]


@dataclass(frozen=True)
class Watched:
    """A process that must run: by its exact name, or by a pattern found in its command line."""

    name: str
    pattern: Pattern | None

    def fits(self, name: str, command: Sequence[str]) -> bool:
        if self.pattern is not None:
            return self.pattern.found_in(" ".join(command))
        program = os.path.basename(command[0]) if command else ""  # noqa: PTH119  # text, no file
        return self.name in (name, program)


@dataclass(frozen=True)
class _Process:
    row: Mapping[str, Any]
    command: Sequence[str]
    resident: int
    cpu: float


class ProcessReader:
    """Remembers each process's CPU time; a pid used again is another process."""

    def __init__(self, spec: TargetSpec) -> None:
        self._watched = watched(spec.parameters.get("processes") or ())
        self._rows = int(spec.parameters.get("process_rows") or _ROWS)
        self._before: dict[tuple[int, float], tuple[float, float]] = {}

    def read(self, out: Readings) -> tuple[Table, ...]:
        """CPU ratios are of one processor: 1.5 is one and a half processors busy."""
        memory = psutil.virtual_memory().total
        seen: dict[tuple[int, float], tuple[float, float]] = {}
        found = [self._process(process, memory, seen) for process in _running()]
        self._before = seen
        for watched in self._watched:
            fitting = [p for p in found if watched.fits(p.row["name"], p.command)]
            out.add("process_up", bool(fitting), name=watched.name)
            out.add("process_count", len(fitting), name=watched.name)
            out.add("process_resident_bytes", sum(p.resident for p in fitting), name=watched.name)
            out.add("process_cpu_ratio", sum(p.cpu for p in fitting), name=watched.name)
        found.sort(key=lambda p: (p.cpu, p.resident), reverse=True)
        return (Table("processes", [process.row for process in found[: self._rows]]),)

    def _process(
        self,
        process: psutil.Process,
        memory: int,
        seen: dict[tuple[int, float], tuple[float, float]],
    ) -> _Process:
        about = process.info
        command = about["cmdline"] or []
        resident = about["memory_info"].rss if about["memory_info"] else 0
        times, now = about["cpu_times"], time.monotonic()
        spent = times.user + times.system if times else 0.0
        identity = (about["pid"], about["create_time"] or 0.0)
        then, spent_then = self._before.get(identity, (now, spent))
        seen[identity] = (now, spent)
        cpu = (spent - spent_then) / (now - then) if now > then else 0.0
        row = {
            "pid": about["pid"],
            "parent": about["ppid"],
            "name": about["name"] or "",
            "user": about["username"] or "",
            "status": about["status"] or "",
            "cpu": round(max(cpu, 0), 4),
            "resident": resident,
            "memory": round(resident / memory, 4),
            "threads": about["num_threads"] or 0,
            "cpu_seconds": round(spent, 2),
            "started_at": int(identity[1]),
            "command": _shown(command) or f"[{about['name']}]",
        }
        return _Process(row, command, resident, max(cpu, 0))


def watched(entries: Sequence[Any]) -> tuple[Watched, ...]:
    """From a target's parameter: names, or `{name, pattern}`."""
    return tuple(_watched(entry) for entry in entries)


def _watched(entry: Any) -> Watched:
    if isinstance(entry, str):
        return Watched(entry, None)
    try:
        text = entry.get("pattern")
        return Watched(str(entry["name"]), pattern(str(text)) if text else None)
    except (BadPattern, KeyError, AttributeError) as error:
        raise TargetFailed(Reason.SETTINGS, f"watched process {entry!r}: {error}") from error


def _running() -> Iterator[psutil.Process]:
    return psutil.process_iter([*_ASKED, "memory_info", "cpu_times"], ad_value=None)


def _shown(command: Sequence[str]) -> str:
    """The command line without what looks like a secret; it is stored and shown."""
    text = " ".join(command)[: 4 * _LONGEST_COMMAND]
    text = _SECRET_IN_URL.sub(r"\1***@", _SECRET.sub(r"\1***", text))
    return text[:_LONGEST_COMMAND]
