"""One history store for the whole run: embedded, or `WARDROUND_TEST_HISTORY_URL`."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from wardround.history import actions, server
from wardround.kernel.ids import new_id


@pytest.fixture(scope="session")
def history_url() -> Iterator[str]:
    external = os.environ.get("WARDROUND_TEST_HISTORY_URL")
    if external:
        yield external
        return
    folder = Path(tempfile.mkdtemp(prefix="wardround-history-"))
    with server.start(folder) as running:
        yield running.url
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def _migrated(history_url: str) -> None:
    before = os.environ.get("WARDROUND_HISTORY_URL")
    os.environ["WARDROUND_HISTORY_URL"] = history_url
    actions.migrate()
    if before is None:
        del os.environ["WARDROUND_HISTORY_URL"]
    else:
        os.environ["WARDROUND_HISTORY_URL"] = before


@pytest.fixture
def history(history_url: str, _migrated: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """The room speaks to a store that is set up; the store's address."""
    monkeypatch.setenv("WARDROUND_HISTORY_URL", history_url)
    return history_url


@pytest.fixture
def item() -> UUID:
    """An item of its own for each test, so that tests share the store without meeting."""
    return new_id()


@pytest.fixture
def metric() -> str:
    return f"m_{new_id().hex}"
