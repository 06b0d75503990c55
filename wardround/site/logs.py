"""The log of a process that `wardround up` keeps: a file that is exchanged while it is written.

The process does it itself, beneath everything that writes: a new file is put in place of the full
one under the handles of standard output and standard error, so that a line goes whole into the
one or the other, whoever writes it. Copying and cutting from outside would lose what is written in
between; a pipe to somebody else would stop the process with him.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path

FILE = "WARDROUND_LOG"
"""Names a process the log that its standard error is; unset where that is somebody else's."""
LARGEST = 20 * 1024 * 1024
KEPT = 5
"""Files of one process beside the one that is written."""
_LOOK_EVERY = 1.0


@dataclass(frozen=True)
class Log:
    """`name.log`, and what was written before as `name.1.log` (the newest) to `name.5.log`."""

    path: Path
    largest: int = LARGEST
    kept: int = KEPT

    def earlier(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.stem}.{number}{self.path.suffix}")

    def make_room(self) -> None:
        """Move every file one number on; the oldest goes. Raises OSError."""
        for number in range(self.kept, 0, -1):
            before = self.path if number == 1 else self.earlier(number - 1)
            if before.exists():
                before.replace(self.earlier(number))

    def exchange(self, *handles: int) -> bool:
        """Begin a new file under these handles if theirs is full; whether that was done.

        Where the disk takes no new file, the old one goes on.
        """
        try:
            if os.fstat(handles[0]).st_size <= self.largest:
                return False
            fresh = self.path.with_name(self.path.name + ".new")
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
            opened = os.open(fresh, flags, 0o640)
        except OSError:
            return False
        try:
            self.make_room()
            fresh.replace(self.path)
            for handle in handles:
                os.dup2(opened, handle)
        except OSError:
            return False
        finally:
            os.close(opened)
        return True


def exchange_own() -> None:
    """Look every second whether this process's own log is full; for its whole life."""
    told = os.environ.pop(FILE, "")
    if not told:
        return
    log = Log(Path(told), largest=int(os.environ.get("WARDROUND_LOG_BYTES") or LARGEST))

    def watch() -> None:
        rest = threading.Event()
        while not rest.wait(_LOOK_EVERY):
            log.exchange(2, 1)

    threading.Thread(target=watch, name="log", daemon=True).start()


def remove_old(folder: Path, pattern: str, *, kept: int) -> None:
    """Remove all but the newest files of this pattern: those of a server that only adds to them."""
    try:
        found = sorted(folder.glob(pattern), key=lambda file: file.stat().st_mtime, reverse=True)
        for file in found[kept:]:
            file.unlink(missing_ok=True)
    except OSError:
        return  # gone meanwhile, or not ours to remove; the next time
