"""Feeling the pulse of a child whose work is one loop, and finding out where it stands."""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from wardround.kernel import pulse
from wardround.site.stillness import PATIENCE, Threads, could_run, threads_of

__all__ = ["PATIENCE", "PulseOfChild"]

_LOOK_CLOSER = 2.0
"""Seconds without a beat from which on the kernel is asked about the child's threads."""
_DUMP_PATIENCE = 2.0
_FRAME = re.compile(rb'^  File "([^"]+)", line (\d+) in (\S+)', re.MULTILINE)
_MAIN = b"Current thread "
_STATES = {"T": "stopped by a signal", "D": "waiting in the kernel", "t": "traced"}


class PulseOfChild:
    """One child's pulse; felt several times a second by the supervisor's one thread."""

    def __init__(self, pid: int, handle: int) -> None:
        self._pid = pid
        self._handle = handle
        os.set_blocking(handle, False)
        self._loops = False
        self._still = 0.0
        self._felt_at = time.monotonic()
        self._beat_at = self._felt_at
        self._threads: Threads = {}

    def close(self) -> None:
        os.close(self._handle)

    def feel(self, now: float) -> float:
        """Seconds for which the loop has stood though it could have turned; 0 before it began and
        after it ended.
        """
        elapsed, self._felt_at = now - self._felt_at, now
        if self._has_beaten():
            self._still, self._beat_at, self._threads = 0.0, now, {}
            return 0.0
        if not self._loops or now - self._beat_at < _LOOK_CLOSER:
            return 0.0
        threads = threads_of(self._pid)
        if self._threads:
            self._still += could_run(self._threads, threads, elapsed, leader=self._pid)
        else:
            self._still = _LOOK_CLOSER
        self._threads = threads
        return self._still

    def _has_beaten(self) -> bool:
        """Whether anything came since the last look; the last byte says if the loop goes on."""
        came = b""
        with suppress(BlockingIOError):
            while piece := os.read(self._handle, 4096):
                came = piece
        if came:
            self._loops = not came.endswith(pulse.ENDED)
        return bool(came)

    def where_it_stands(self, log: Path) -> str:
        """Have the child write the stacks of its threads to its log; the loop's place in words."""
        with suppress(OSError), log.open("ab") as out:
            moment = datetime.now(UTC).isoformat(timespec="seconds")
            out.write(f"{moment} the loop does not turn; this is where it stands\n".encode())
        begin = _size(log)
        state = _state(self._pid)
        with suppress(ProcessLookupError):
            os.kill(self._pid, pulse.WHERE)
        told = b"" if state in ("T", "D") else _dumped(log, begin)
        place = _place(told)
        return place or _STATES.get(state, "it does not tell where")


def _dumped(log: Path, begin: int) -> bytes:
    """What a process wrote to its log from `begin` on, once it has written no more for a moment."""
    told, deadline = b"", time.monotonic() + _DUMP_PATIENCE
    while time.monotonic() < deadline:
        time.sleep(0.1)
        before, told = told, _tail(log, begin)
        if told and told == before:
            break
    return told


def _tail(log: Path, begin: int) -> bytes:
    try:
        with log.open("rb") as file:
            file.seek(begin)
            return file.read(256 * 1024)
    except OSError:
        return b""


def _place(told: bytes) -> str:
    """The innermost frame of the thread that took the signal, which is the loop's."""
    _before, found, of_main = told.partition(_MAIN)
    frame = _FRAME.search(of_main if found else told)
    if frame is None:
        return ""
    file, line, name = (part.decode(errors="replace") for part in frame.groups())
    return f"{'/'.join(file.split('/')[-3:])}:{line} {name}"


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ""


def _size(log: Path) -> int:
    try:
        return log.stat().st_size
    except OSError:
        return 0
