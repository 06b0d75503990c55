"""What takes longer than a table of figures: kills, and memory while very many rows come.

`python -m bench.history --kills 60`: the process is killed again and again under four writers, the
log's end is torn each time, and what was acknowledged is counted. `--million 100`: so many million
rows of so many days, and the process's memory on the way.
"""

from __future__ import annotations

import itertools
import os
import random
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from bench.history.stores import Wardround, own_bytes, resident_bytes, wardround
from bench.history.world import Chunk, world
from wardround.history import actions, queries, server
from wardround.history.blocks import Rows, pack
from wardround.history.commit_log import Record
from wardround.history.errors import HistoryUnavailable
from wardround.history.types import Aggregate, RangeQuery, SampleBatch, SeriesKey, SeriesList
from wardround.kernel.ids import new_id

WRITERS, ROWS = 4, 2_000
_PASSWORD = "bench"  # noqa: S105  # its server lives for this program alone
BEGIN = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
HOUR = timedelta(hours=1)
REST_SECONDS = 10.0
"""After which merges have ended and the engine has given their memory back."""


def kills(times: int) -> bool:
    """Print what was acknowledged and what is there; whether they are the same."""
    folder = Path(tempfile.mkdtemp(prefix="bench-kills-"))
    running = server.start(folder, password=_PASSWORD)
    os.environ["WARDROUND_HISTORY_URL"] = running.url
    actions.migrate()
    load, recovery = _Load(), []
    with ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(load.write) for _ in range(WRITERS)]
        try:
            for turn in range(times):
                load.wait_for(WRITERS * 2)
                running.kill()
                _tear(folder, turn)
                began = time.monotonic()
                running = server.start(folder, running.port, password=_PASSWORD)
                load.wait_for(1)
                recovery.append(time.monotonic() - began)
        finally:
            load.stop.set()
        acknowledged = sum(writer.result(60) for writer in writers)
    stored, distinct = load.stored()
    running.stop()
    shutil.rmtree(folder)
    print(f"{times} kills under {WRITERS} writers: {acknowledged:,} acknowledged, "
          f"{acknowledged - distinct:,} lost, {stored - distinct:,} doubled; "
          f"taken again after {np.median(recovery):.1f} s (median)")  # fmt: skip
    return stored == distinct == acknowledged


class _Load:
    """Writers that send each batch until it is taken."""

    def __init__(self) -> None:
        self.key = SeriesKey("bench_kills", new_id())
        self.stop = threading.Event()
        self._list = SeriesList((self.key,))
        self._taken = threading.Semaphore(0)
        self._numbers = itertools.count()

    def wait_for(self, batches: int) -> None:
        for _ in range(batches):
            if not self._taken.acquire(timeout=60):
                raise TimeoutError("no batch was taken for a minute")

    def write(self) -> int:
        acknowledged = 0
        while not self.stop.is_set():
            acknowledged += self._until_taken(self._batch(next(self._numbers)))
            self._taken.release()
        return acknowledged

    def stored(self) -> tuple[int, int]:
        """Samples that are there, and how many of them differ."""
        until = BEGIN + 24 * HOUR
        query = RangeQuery("bench_kills", (self.key.item,), BEGIN, until, HOUR, Aggregate.COUNT)
        (found,) = queries.samples(query).series
        from wardround.history.engine import engine  # noqa: PLC0415  # a look behind the door

        asked = "SELECT uniqExact(at) FROM samples"
        return int(found.value.sum()), int(engine().rows(asked)[0][0])

    def _batch(self, number: int) -> SampleBatch:
        """Milliseconds of its own for each sample of each batch."""
        first = round(BEGIN.timestamp() * 1000) + number * ROWS
        at = np.arange(first, first + ROWS, dtype=np.int64)
        index = np.zeros(ROWS, np.int32)
        return SampleBatch(new_id(), (self._list,), index, at, np.full(ROWS, float(number)))

    def _until_taken(self, batch: SampleBatch) -> int:
        while True:
            try:
                return actions.append(batch).accepted
            except HistoryUnavailable:
                time.sleep(0.02)


def _tear(folder: Path, turn: int) -> int:
    """Leave a piece of a record at the log's end, as a crash in the middle of a write would."""
    files = sorted((folder / "log").glob("*.rows"))
    if not files:
        return 0
    number = np.arange(100, dtype=np.int64)
    rows = Rows(number.astype(np.uint64), number, number, np.zeros(100, np.int8))
    whole = b"".join(Record("wardround", f"torn-{turn}", pack(rows)).encode())
    piece = whole[: random.Random(turn).randrange(1, len(whole))]  # noqa: S311
    with files[-1].open("ab") as file:
        file.write(piece)
    return len(piece)


def million_rows(millions: int, hosts: int, name: str = "machines") -> None:
    """Print memory and pace every tenth of so many rows of a world, 10 series a host, day after
    day. Apart from the newest samples, which grow into their budget, it must not rise.
    """
    wanted = millions * 1_000_000
    with wardround() as store:
        store.ready()
        _tell(store, 0, 1)
        sent, told, began = 0, 0, time.monotonic()
        for chunks in _together(_days(name, hosts), WRITERS):
            with ThreadPoolExecutor(WRITERS) as writers:
                list(writers.map(lambda chunk: store.insert(chunk.batch()), chunks))
            sent += sum(chunk.values.size for chunk in chunks)
            if sent >= told + wanted // 10 or sent >= wanted:
                told = sent
                _tell(store, sent, time.monotonic() - began)
            if sent >= wanted:
                break
        seconds = time.monotonic() - began
        time.sleep(REST_SECONDS)
        print("at rest:")
        _tell(store, sent, seconds)
        store.settle()
        print("rolled up and merged into one part:")
        _tell(store, sent, seconds)
        print(f"{store.size() / sent:.2f} B/sample, roll-ups {store.rollup_size() / sent:.2f}")


def _tell(store: Wardround, rows: int, seconds: float) -> None:
    whole, own = resident_bytes(store.pid) / 1e6, own_bytes(store.pid) / 1e6
    newest = store.newest_bytes() / 1e6
    print(
        f"{rows:>13,} rows  {whole:>7,.0f} MB, its own {own:,.0f}: newest samples {newest:,.0f}, "
        f"apart from them {own - newest:,.0f}  {rows / seconds:>11,.0f} rows/s",
        flush=True,
    )


def _days(name: str, hosts: int) -> Iterator[Chunk]:
    """The last day in pieces of an hour, again and again with numbers of its own: what was sent
    once is made anew, so that this program's own memory stays small.
    """
    for day in itertools.count():
        yield from world(name, hosts, 24.0, seed=day, days_ago=day).chunks()


def _together(chunks: Iterator[Chunk], size: int) -> Iterator[list[Chunk]]:
    while group := list(itertools.islice(chunks, size)):
        yield group
