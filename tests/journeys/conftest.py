"""The running platform that journeys walk through: one demonstration for the whole session.

`WARDROUND_JOURNEY_URL`, `_USER` and `_PASSWORD` name one that runs already.
"""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from wardround.site.launch import launched

_STORES = ("WARDROUND_DATABASE_URL", "WARDROUND_HISTORY_URL")


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
    folder = Path(
        tempfile.mkdtemp(prefix="wr-journeys-", dir=os.environ.get("WARDROUND_TEST_DATA") or None)
    )
    folder.chmod(0o755)
    # The tests' own stores are not the demonstration's.
    own = dict.fromkeys(_STORES, "")
    try:
        with launched(folder, port=_port(), demo=True, environment=own) as started:
            yield Platform(started.url, started.user_name, started.password)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _port() -> int:
    given = os.environ.get("WARDROUND_TEST_PORT")
    if given:
        return int(given)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
