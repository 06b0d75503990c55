"""The way of accepted samples into the store.

The embedded server commits in groups by itself (`committer`). A ClickHouse of one's own gets each
batch as an insert, and is told which closed windows it touched; both before it is acknowledged.
"""

from __future__ import annotations

import threading
import time

import numpy as np

from wardround.history import blocks, refusals, windows
from wardround.history.blocks import Column, Rows
from wardround.history.engine import Engine
from wardround.history.errors import BatchChanged, HistoryUnavailable

LOOK_SECONDS = 30.0
"""How often a writer looks how far roll-ups have come, beside what its own clock says."""

_closed: dict[Engine, windows.Closed] = {}
_looked: dict[Engine, float] = {}
_lock = threading.Lock()
FIRST_CONTENT = """
SELECT count(), argMin((digest, rows), (at, digest)) FROM batches WHERE token = {token:String}
"""
WATERMARK = "SELECT max(seen) FROM rolling WHERE at = toDateTime(0, 'UTC')"


def commit(store: Engine, rows: Rows, *, token: str, digest: str) -> int:
    """Return when the store has the rows on its disk, and how many it took under this token: the
    same token again stores nothing, and may come with more rows than were taken the first time.
    Raises BatchChanged where the digest of what came under it before is another one.
    """
    if store.embedded:
        taken = store.send("/samples", blocks.pack(rows), token=token, digest=digest)
        return int(taken or len(rows))
    claimed = _claim(store, token, digest, len(rows))
    store.insert_columns("samples", blocks.sample_columns(rows), token=token)
    late = _closed_of(store).touched(rows.at, now=time.time())
    if len(late):
        touch(store, late, token=token)
    return claimed or len(rows)


def _claim(store: Engine, token: str, digest: str, rows: int) -> int:
    """Whoever comes first under a token has it, as long as the store keeps its rows: the engine
    itself would drop what comes second, whatever it is, and say nothing. How many rows the first
    came with; 0 where it was not noted. A claim whose samples never came is made good by its
    writer, who comes again.
    """
    store.insert_rows("batches", ("token", "digest", "rows"), [(token, digest, rows)], token=token)
    found, (first, claimed) = store.rows(FIRST_CONTENT, {"token": token})[0]
    if not found:  # this one of a cluster has not heard of it yet
        raise HistoryUnavailable(reason=refusals.BUSY)
    if first != digest:
        raise BatchChanged
    return int(claimed)


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
