"""The way of accepted samples into the store.

The embedded server commits in groups by itself (`committer`). A ClickHouse of one's own gets each
batch as an insert, and is told which closed windows it touched; both before it is acknowledged.
"""

from __future__ import annotations

import threading
import time

import numpy as np

from wardround.history import blocks, windows
from wardround.history.blocks import Column, Rows
from wardround.history.engine import Engine

LOOK_SECONDS = 30.0
"""How often a writer looks how far roll-ups have come, beside what its own clock says."""

_closed: dict[Engine, windows.Closed] = {}
_looked: dict[Engine, float] = {}
_lock = threading.Lock()
WATERMARK = "SELECT max(seen) FROM rolling WHERE at = toDateTime(0, 'UTC')"


def commit(store: Engine, rows: Rows, *, token: str) -> None:
    """Return when the store has the rows on its disk; the same token again stores nothing."""
    if store.embedded:
        store.send("/samples", blocks.pack(rows), token=token)
        return
    store.insert_columns("samples", blocks.sample_columns(rows), token=token)
    late = _closed_of(store).touched(rows.at, now=time.time())
    if len(late):
        touch(store, late, token=token)


def touch(store: Engine, late: np.ndarray[tuple[int], np.dtype[np.int64]], *, token: str) -> None:
    """Have these closed windows (Unix seconds) rolled up again."""
    columns: list[Column] = [
        ("at", "DateTime('UTC')", late.astype(np.uint32)),
        ("touches", "UInt64", np.ones(len(late), np.uint64)),
    ]
    store.insert_columns("rolling", columns, token=f"{token}-late")


def closing(store: Engine, until: int) -> None:
    """Announce that windows up to this moment (Unix seconds) are about to be rolled up."""
    if store.embedded:
        store.send("/closing", b"", until=str(until))


def _closed_of(store: Engine) -> windows.Closed:
    with _lock:
        closed = _closed.setdefault(store, windows.Closed())
        if time.monotonic() > _looked.get(store, -LOOK_SECONDS) + LOOK_SECONDS:
            closed.rolled_until(int(store.rows(WATERMARK)[0][0]))
            _looked[store] = time.monotonic()
        return closed
