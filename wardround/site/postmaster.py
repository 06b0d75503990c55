"""Whose process a `postmaster.pid` names: nothing is signalled before that is proved.

The file outlives its server after a power cut, when another program may have got the number since,
and comes along with a copied folder. A server of ours runs *in* our folder: the very folder, which
the kernel tells, whatever it is called now.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

_SERVER = "postgres"
_SAME_START = 5.0
"""Seconds between what the file and the kernel say of a start, which each round to their own."""


class Whose(Enum):
    """Who the process is that a file names."""

    NOBODY = "nobody"
    """It does not live; the server itself clears such a file away."""
    OURS = "ours"
    """A server that runs in this folder."""
    SOMEBODY = "somebody"
    """Another program that got the number after the server had ended."""
    THEIRS = "theirs"
    """The server that wrote the file, in another folder: this one is a copy of it."""


@dataclass(frozen=True)
class Postmaster:
    """What a `postmaster.pid` says: the process, its folder, its start in seconds of the epoch."""

    pid: int
    folder: str
    started: float

    @classmethod
    def of(cls, file: Path) -> Postmaster | None:
        """None where there is no file, or nothing can be read from it."""
        try:
            lines = file.read_text(errors="replace").splitlines()
            return cls(int(lines[0]), lines[1].strip(), float(lines[2]))
        except (OSError, ValueError, IndexError):
            return None

    def whose(self, cluster: Path) -> Whose:
        """Who the process is, for the server's folder `cluster`."""
        if self.pid <= 1 or not lives(self.pid):
            return Whose.NOBODY
        if _runs_in(self.pid, cluster):
            return Whose.OURS
        began = _began(self.pid) if _is_postgres(self.pid) else None
        if began is not None and abs(began - self.started) <= _SAME_START:
            return Whose.THEIRS
        return Whose.SOMEBODY


def lives(pid: int) -> bool:
    """Whether the process still runs; one that ended but was not collected yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _runs_in(pid: int, cluster: Path) -> bool:
    """Whether it is a PostgreSQL whose working folder is this one. Of a process that the kernel
    tells us nothing about, we do not know that it is ours.
    """
    try:
        return _program(pid) == _SERVER and Path(f"/proc/{pid}/cwd").samefile(cluster)
    except OSError:
        return False


def _is_postgres(pid: int) -> bool:
    """Whether it is a server at all. The program of somebody else's process is not told to us, only
    how it calls itself.
    """
    try:
        return _program(pid) == _SERVER
    except PermissionError:
        pass
    except OSError:
        return False
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() == _SERVER
    except OSError:
        return False


def _program(pid: int) -> str:
    return Path(f"/proc/{pid}/exe").readlink().name.removesuffix(" (deleted)")


def _began(pid: int) -> float | None:
    """When a process started, in seconds of the epoch by the present clock."""
    try:
        ticks = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return None
    since_boot = time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.time() - since_boot + ticks / os.sysconf("SC_CLK_TCK")
