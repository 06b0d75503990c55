"""The running platform that journeys walk through: one demonstration for the whole session.

`WARDROUND_JOURNEY_URL`, `_USER` and `_PASSWORD` name one that runs already.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

_STOP_SECONDS = 60.0
_TEST_DATABASE = ("WARDROUND_DATABASE_URL", "WARDROUND_HISTORY_URL", "WARDROUND_DATA")


@dataclass(frozen=True)
class Platform:
    """Where the platform is, and who may sign in."""

    url: str
    user: str
    password: str


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """The platform under test; started and stopped here unless the environment names one."""
    if url := os.environ.get("WARDROUND_JOURNEY_URL"):
        user, password = (os.environ[f"WARDROUND_JOURNEY_{name}"] for name in ("USER", "PASSWORD"))
        yield Platform(url, user, password)
        return
    folder = Path(tempfile.mkdtemp(prefix="wardround-journeys-"))
    folder.chmod(0o755)
    try:
        yield from _demonstration(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _demonstration(folder: Path) -> Iterator[Platform]:
    command = [sys.executable, "-m", "wardround", "up", "--demo"]
    command += ["--port", str(_free_port()), "--data", str(folder)]
    # The tests' own stores are not the demonstration's.
    environment = {name: text for name, text in os.environ.items() if name not in _TEST_DATABASE}
    with (
        (folder / "up.log").open("w") as log,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment
        ) as up,
    ):
        try:
            url = _ready(up, folder)
            account = json.loads((folder / "first-account.json").read_text())
            yield Platform(url, account["user_name"], account["password"])
        finally:
            up.send_signal(signal.SIGINT)
            _wait(up)


def _ready(up: subprocess.Popen[str], folder: Path) -> str:
    """The address from the line `ready http://…`; what went wrong when it does not come."""
    assert up.stdout is not None
    for line in up.stdout:
        if line.startswith("ready "):
            return line.removeprefix("ready ").strip()
    pytest.fail(f"the platform did not start:\n{(folder / 'up.log').read_text()}")


def _wait(up: subprocess.Popen[str]) -> None:
    try:
        up.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        up.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
