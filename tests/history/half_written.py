"""The open store where the disk takes only part of what the engine writes, as `test_parts` sees it.

The engine may be open once in a process, so each case runs here, in one of its own. The disk that
lies is played: after an insert or a merge, a file of the new part is made shorter, which is what
the engine leaves behind when the disk refuses the write (seen under strace).
"""

from __future__ import annotations

import errno
import json
import os
import sys
from pathlib import Path

import numpy as np

from wardround.history.blocks import Column
from wardround.history.errors import EngineError
from wardround.history.store import Store

DAY = 86_400_000
NOON = 1_795_780_800_000
CREATE = """
CREATE TABLE samples (series UInt64, at DateTime64(3, 'UTC'), number Int64)
ENGINE = MergeTree ORDER BY (series, at) PARTITION BY toYYYYMMDD(at)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1
"""


def columns(begin: int, days: int) -> list[Column]:
    """A thousand rows a day."""
    at = np.concatenate([begin + day * DAY + np.arange(1000) for day in range(days)])
    return [
        ("series", "UInt64", np.full(len(at), 7, np.uint64)),
        ("at", "DateTime64(3, 'UTC')", at),
        ("number", "Int64", np.arange(len(at), dtype=np.int64) * 7919),
    ]


def opened(folder: Path, *, create: bool = True) -> Store:
    store = Store.open(folder, memory_mb=512)
    if create:
        store.ask("default", "CREATE DATABASE wardround")
        store.ask("wardround", CREATE)
    return store


def newest_part(store: Store) -> Path:
    answer = store.ask(
        "wardround",
        "SELECT path FROM system.parts WHERE active AND table = 'samples' "
        "ORDER BY max_block_number DESC LIMIT 1",
    )
    return Path(answer.decode().strip())


def lie(store: Store, file: str, times: int) -> None:
    """From now on, so many inserts leave a file of their last part empty."""
    handle, left = store._writer, [times]
    honest = handle.insert_columns

    def insert_columns(*given: object) -> object:
        answer = honest(*given)  # type: ignore[arg-type]
        if left[0]:
            left[0] -= 1
            os.truncate(newest_part(store) / file, 0)
        return answer

    handle.insert_columns = insert_columns  # type: ignore[method-assign, assignment]


def attempt(store: Store, token: str, begin: int = NOON, days: int = 2) -> str:
    try:
        store.insert("wardround", "samples", columns(begin, days), token=token)
    except EngineError as error:
        return str(error.code)
    return "ok"


def counted(store: Store) -> int:
    """Rows, each of which was read from the disk."""
    return int(store.ask("wardround", "SELECT count() FROM samples WHERE number % 3 >= 0"))


def insert(folder: Path, file: str) -> dict[str, object]:
    store = opened(folder)
    first = attempt(store, "first", NOON - 7 * DAY)
    lie(store, file, 2)
    tries = [attempt(store, "second") for _ in range(4)]
    again = attempt(store, "first", NOON - 7 * DAY)
    return {"first": first, "tries": tries, "again": again, "rows": counted(store),
            "mended": store.mended, "set aside": set_aside(folder)}  # fmt: skip


def full(folder: Path, file: str) -> dict[str, object]:
    """The disk takes neither the end of the part nor, twice, the line that forgets its token."""
    store = opened(folder)
    lie(store, file, 1)
    left, honest = [2], os.fdatasync

    def fdatasync(file: int) -> None:
        if left[0]:
            left[0] -= 1
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        honest(file)

    os.fdatasync = fdatasync
    tries = [attempt(store, "only") for _ in range(4)]
    return {"tries": tries, "rows": counted(store), "mended": store.mended}


def merge(folder: Path, file: str) -> dict[str, object]:
    store = opened(folder)
    for i in range(4):
        attempt(store, str(i), NOON + i * 1000, 1)
    store.ask("wardround", "OPTIMIZE TABLE samples FINAL")
    os.truncate(newest_part(store) / file, 0)
    store.mend()
    rows = counted(store)
    again = [attempt(store, str(i), NOON + i * 1000, 1) for i in range(4)]
    return {"rows": rows, "again": again, "rows again": counted(store), "mended": store.mended,
            "set aside": set_aside(folder)}  # fmt: skip


def crash(folder: Path, file: str) -> dict[str, object]:
    store = opened(folder)
    attempt(store, "first", NOON - 7 * DAY)
    store._writer.insert_columns(
        "wardround", "samples", columns(NOON, 2), {"insert_deduplication_token": "second"}
    )
    os.truncate(newest_part(store) / file, 0)
    return {}


def after_crash(folder: Path, _: str) -> dict[str, object]:
    store = opened(folder, create=False)
    before = counted(store)
    tokens = [("first", NOON - 7 * DAY), ("second", NOON)]
    tries = [attempt(store, token, begin) for token, begin in tokens]
    return {"before": before, "tries": tries, "rows": counted(store)}


def set_aside(folder: Path) -> int:
    return sum(1 for _ in folder.glob("store/store/*/*/detached/*"))


if __name__ == "__main__":
    case = {
        "insert": insert,
        "full": full,
        "merge": merge,
        "crash": crash,
        "after_crash": after_crash,
    }
    found = case[sys.argv[1]](Path(sys.argv[2]), sys.argv[3])
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()
    os._exit(0)  # as a kill would: nothing is put in order
