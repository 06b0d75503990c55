"""`wardround history`: the embedded history server, one process that owns one folder.

`run` is that process; `start` launches it from another one (`wardround up`, tests, benchmarks) and
waits until it answers. A history server that is already there (ClickHouse) needs neither.
"""

from __future__ import annotations

import argparse
import ctypes
import fcntl
import os
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from wardround.history.errors import CannotStart, EngineError

if TYPE_CHECKING:
    from wardround.history.committer import Committer
    from wardround.history.protocol import HistoryHTTPServer
    from wardround.history.store import Store

PASSWORD = "WARDROUND_HISTORY_PASSWORD"  # noqa: S105  the variable's name
DEFAULT_MEMORY_MB = 1024
DRAIN_SECONDS = 20.0
MEND_SECONDS = 5.0
READY = "ready "
FAILED = "failed: "
_M_ARENA_MAX = -8
_COMMAND = (sys.executable, "-m", "wardround.history.server")


def run(folder: Path, *, port: int, memory_mb: int = DEFAULT_MEMORY_MB) -> int:
    """Serve `folder` on 127.0.0.1:`port` until SIGTERM; the process's exit code.

    Prints `ready http://127.0.0.1:PORT` when it answers. Port 0 takes a free one.
    """
    try:
        _serve(folder, port=port, memory_mb=memory_mb)
    except CannotStart as error:
        print(f"history: {error}", file=sys.stderr, flush=True)  # noqa: T201
        return 2
    return 0


def _share_memory() -> None:
    """Few threads at once want memory of the C library; by itself it keeps a heap for each that
    ever did, 12 MB of what batches left. Only glibc can be told so.
    """
    limit = getattr(ctypes.CDLL(None), "mallopt", None)
    if limit:
        limit(_M_ARENA_MAX, 2)


def _serve(folder: Path, *, port: int, memory_mb: int) -> None:
    _share_memory()
    password = os.environ.get(PASSWORD, "")
    if not password:
        raise CannotStart(f"set {PASSWORD}: without it any local user could read the history")
    lock = _lock(folder)
    try:
        _serve_locked(folder, port=port, memory_mb=memory_mb, password=password)
    finally:
        lock.close()


def _serve_locked(folder: Path, *, port: int, memory_mb: int, password: str) -> None:
    # chDB is loaded here and nowhere else: who only launches this server must not open it.
    from wardround.history.committer import Committer  # noqa: PLC0415
    from wardround.history.protocol import HistoryHTTPServer  # noqa: PLC0415
    from wardround.history.store import Store  # noqa: PLC0415

    stop = threading.Event()
    try:
        store = Store.open(folder, memory_mb=memory_mb)
    except EngineError as error:
        raise CannotStart(f"the folder {folder} cannot be opened: {error.message}") from error
    try:
        committer = Committer(folder / "log", store)
        committer.start()
        with HistoryHTTPServer(port, store, committer, password) as server:
            _answer(server, store, committer, stop)
    except OSError as error:
        raise CannotStart(f"port {port} on 127.0.0.1 cannot be used: {error.strerror}") from error
    finally:
        store.close()


def _answer(
    server: HistoryHTTPServer, store: Store, committer: Committer, stop: threading.Event
) -> None:
    """Answer until told to stop; what waits is finished, and nobody asks the store after that."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    _beside(server.serve_forever)
    mending = _beside(_mend_again_and_again, store, stop)
    print(f"{READY}http://127.0.0.1:{server.server_port}", flush=True)  # noqa: T201
    stop.wait()
    server.shutdown()
    server.drain(DRAIN_SECONDS)
    committer.close(DRAIN_SECONDS)
    mending.join(DRAIN_SECONDS)


def _beside(work: Callable[..., None], *arguments: object) -> threading.Thread:
    thread = threading.Thread(target=work, args=arguments, daemon=True)
    thread.start()
    return thread


def _mend_again_and_again(store: Store, stop: threading.Event) -> None:
    """Merges write parts by themselves, and what they merged stays for eight minutes."""
    while not stop.wait(MEND_SECONDS):
        try:
            store.mend()
        except EngineError as error:  # busy: next time
            print(f"history: parts could not be looked at: {error}", file=sys.stderr, flush=True)  # noqa: T201


def _lock(folder: Path) -> TextIOWrapper:
    """Hold the folder for this process; the kernel lets go of it however the process ends."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (folder / "history.lock").open("a+")
    except OSError as error:
        raise CannotStart(f"the folder {folder} cannot be written: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        owner = lock.read().strip() or "unknown"
        lock.close()
        raise CannotStart(
            f"another history server (pid {owner}) already uses this folder: {folder}"
        ) from None
    lock.seek(0)
    lock.truncate()
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A history server in a process of its own."""

    process: subprocess.Popen[str]
    url: str
    """For `WARDROUND_HISTORY_URL`: with user, password and database."""
    port: int

    def stop(self, seconds: float = DRAIN_SECONDS + 10) -> int:
        """Ask it to finish what it runs and end; its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return self.kill()
        finally:
            self._close_pipes()

    def kill(self) -> int:
        """End it as a crash would."""
        self.process.kill()
        code = self.process.wait()
        self._close_pipes()
        return code

    def _close_pipes(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.stop()


def start(
    folder: Path,
    port: int = 0,
    *,
    memory_mb: int = DEFAULT_MEMORY_MB,
    password: str = "",
) -> RunningServer:
    """Launch a history server and wait until it answers; it ends when this process ends.

    Raises CannotStart with the server's own words when it gives up.
    """
    password = password or os.environ.get(PASSWORD) or secrets.token_urlsafe(24)
    process = subprocess.Popen(
        [*_COMMAND, str(folder), f"--port={port}", f"--memory-mb={memory_mb}"],
        env={**os.environ, PASSWORD: password},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for the one who started us; it stops us in order
    )
    line = process.stdout.readline().strip() if process.stdout else ""
    server = RunningServer(process, "", 0)
    if not line.startswith(READY):
        code = server.stop()
        raise CannotStart(line.removeprefix(FAILED) or f"it ended with exit code {code}")
    bound = int(line.rpartition(":")[2])
    url = f"http://wardround:{password}@127.0.0.1:{bound}/wardround"
    return RunningServer(process, url, bound)


def main() -> int:
    """What `start` launches: `run`, ending when its input does; failures go to its output."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--memory-mb", type=int, default=DEFAULT_MEMORY_MB)
    given = parser.parse_args()
    threading.Thread(target=_end_with_input, daemon=True).start()
    try:
        _serve(given.folder, port=given.port, memory_mb=given.memory_mb)
    except CannotStart as error:
        print(f"{FAILED}{error}", flush=True)  # noqa: T201
        return 2
    return 0


def _end_with_input() -> None:
    """The pipe closes when the launching process ends, even by kill -9."""
    while os.read(0, 4096):  # not sys.stdin: its lock would hold up the interpreter's end
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
