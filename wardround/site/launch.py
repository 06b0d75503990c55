"""Launching a whole platform from a program: tests, journeys and benchmarks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue

from wardround.kernel.wording import Wording
from wardround.site.errors import NotReady
from wardround.site.folder import DataFolder

READY = "ready "


@dataclass(frozen=True)
class Platform:
    """A running platform: where it answers, who may sign in, and its processes."""

    url: str
    folder: Path
    user_name: str
    password: str
    process: subprocess.Popen[str]

    def pids(self) -> dict[str, int | None]:
        """Who runs as what now; names as in the supervisor."""
        text = (self.folder / "processes.json").read_text()
        running: dict[str, int | None] = json.loads(text)
        return running

    def token(self) -> str:
        """An API token of the first account, by the command a user would type."""
        return self.command("token", self.user_name).stdout.strip()

    def command(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `wardround ARGUMENTS` on this platform's folder."""
        command = [sys.executable, "-m", "wardround", *arguments, "--data", str(self.folder)]
        said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        if check and said.returncode:
            words = f"wardround {' '.join(arguments)}: {said.stderr}"
            raise NotReady(Wording("%(words)s", {"words": words}))
        return said

    def stop(self, *, seconds: float = 60.0) -> int:
        """Ctrl-C; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(seconds)


@contextmanager
def launched(
    folder: Path,
    *,
    port: int,
    demo: bool = False,
    seconds: float = 120.0,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Platform]:
    """Start `wardround up` on a folder, wait for its `ready` line, stop it at the end."""
    command = [sys.executable, "-m", "wardround", "up", "--data", str(folder)]
    command += ["--port", str(port), *(["--demo"] if demo else [])]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dict(os.environ) | dict(environment or {}),
        start_new_session=True,
    )
    said, readers = _follow(process)
    try:
        url = _await_ready(process, said, seconds)
        account = DataFolder(folder).first_account("")
        yield Platform(url, folder, account.user_name, account.password, process)
    finally:
        _end(process, readers)


def _follow(process: subprocess.Popen[str]) -> tuple[Queue[str], list[threading.Thread]]:
    """Everything the platform says, so that its pipes never fill."""
    said: Queue[str] = Queue()
    readers = []
    for pipe in (process.stdout, process.stderr):

        def read(pipe: object = pipe) -> None:
            for line in pipe:  # type: ignore[attr-defined]
                said.put(line)

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        readers.append(reader)
    return said, readers


def _await_ready(process: subprocess.Popen[str], said: Queue[str], seconds: float) -> str:
    words: list[str] = []
    waited = 0.0
    while waited < seconds:
        try:
            line = said.get(timeout=0.2)
        except Empty:
            waited += 0.2
            if process.poll() is not None:
                break
            continue
        words.append(line)
        if line.startswith(READY):
            return line.removeprefix(READY).strip()
    text = "".join(words[-20:])
    raise NotReady(Wording("It was not ready. It said:\n%(words)s", {"words": text}))


def _end(process: subprocess.Popen[str], readers: Sequence[threading.Thread]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
    for reader in readers:
        reader.join(5)
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
