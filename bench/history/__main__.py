"""`python -m bench.history`: our history beside VictoriaMetrics, same samples, same run.

Samples every 15 s in batches of 10,000 rows from four writers, several rounds that take turns, the
median of each figure. VictoriaMetrics gets its lines ready-made and syncs nothing; ours pays for
everything from numpy arrays to the acknowledged, synced batch, its roll-ups are made afterwards by
their duty (its rate is a figure too). Queries are the median of 20, results never cached.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass

from bench.history.stores import (
    VICTORIA,
    Store,
    Wardround,
    cpu_seconds,
    resident_bytes,
    victoria,
    wardround,
)
from bench.history.world import WORLDS, World, world

WRITERS = 4
REPEAT = 20
PANELS = 8


@dataclass(frozen=True)
class Figure:
    """One measured thing. `better` says which direction is the better one."""

    name: str
    unit: str
    value: float
    better: str


def measure(store: Store, day: World) -> Iterator[Figure]:
    encoded = [store.encode(chunk) for chunk in day.chunks()]
    yield Figure("memory at rest", "MB", resident_bytes(store.pid) / 1e6, "less")
    own, theirs, began = time.process_time(), cpu_seconds(store.pid), time.perf_counter()
    _insert(store, encoded)
    seconds = time.perf_counter() - began
    yield Figure("samples acknowledged", "rows/s", day.samples / seconds, "more")
    yield Figure(
        "  CPU of the writers", "µs/row", (time.process_time() - own) / day.samples * 1e6, "less"
    )
    del encoded
    _settle(store)
    used = cpu_seconds(store.pid) - theirs
    yield Figure("  CPU of the store, with merging", "µs/row", used / day.samples * 1e6, "less")
    yield Figure("size of samples", "B/sample", store.size() / day.samples, "less")
    if isinstance(store, Wardround):
        extra = store.rollup_size() / day.samples
        yield Figure("size of roll-ups beside", "B/sample", extra, "less")
    yield Figure("memory afterwards", "MB", resident_bytes(store.pid) / 1e6, "less")
    yield from _questions(store, day)


def _settle(store: Store) -> None:
    store.settle()


def _questions(store: Store, day: World) -> Iterator[Figure]:
    metrics = list(day.metrics)
    asked: list[tuple[str, Callable[[], int]]] = [
        ("one series, 1 day, step 1 min", lambda: store.day(day, metrics[:1], 60)),
        ("one series, 1 day, step 5 min", lambda: store.day(day, metrics[:1], 300)),
        (f"a page of {PANELS} panels, step 1 min", lambda: store.day(day, metrics[:PANELS], 60)),
        (f"a page of {PANELS} panels, step 5 min", lambda: store.day(day, metrics[:PANELS], 300)),
        ("fleet: top 50 by average of the hour", lambda: store.fleet(day, metrics[0])),
        ("fleet: newest value of each", lambda: store.newest(metrics[0])),
    ]
    for name, ask in asked:
        yield Figure(name, "ms", _median(ask), "less")


def _insert(store: Store, encoded: list[object]) -> None:
    with ThreadPoolExecutor(WRITERS) as writers:
        for written in writers.map(store.insert, encoded):
            del written


def _median(ask: Callable[[], int]) -> float:
    if not ask():
        raise RuntimeError("an empty answer is quick and means nothing")
    taken = []
    for _ in range(REPEAT):
        begin = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - begin) * 1000)
    return statistics.median(taken)


def rounds(
    open_store: Callable[[], AbstractContextManager[Store]], day: World
) -> Iterator[list[Figure]]:
    """The figures of a fresh store, again and again."""
    while True:
        with open_store() as store:
            yield list(measure(store, day))


def medians(found: list[list[Figure]]) -> list[Figure]:
    return [
        Figure(same[0].name, same[0].unit, statistics.median(f.value for f in same), same[0].better)
        for same in zip(*found, strict=True)
    ]


def table(ours: list[Figure], theirs: list[Figure]) -> str:
    """One line a figure; the ratio is how many times better (>1) or worse (<1) ours is."""
    yardstick = {figure.name: figure for figure in theirs}
    lines = [f"{'history':<38}{'unit':>9}{'wardround':>13}{'victoria':>13}{'ratio':>8}"]
    for figure in ours:
        other = yardstick.get(figure.name)
        cells = f"{other.value:>13,.2f}{_ratio(figure, other):>8.2f}" if other else ""
        lines.append(f"{figure.name:<38}{figure.unit:>9}{figure.value:>13,.2f}{cells}")
    return "\n".join(lines)


def _ratio(ours: Figure, theirs: Figure) -> float:
    if ours.better == "more":
        return ours.value / theirs.value
    return theirs.value / ours.value


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.history")
    parser.add_argument("--world", choices=WORLDS, default="machines")
    parser.add_argument("--hosts", type=int, default=100, help="10 series each (default 100)")
    parser.add_argument("--hours", type=float, default=24)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    day = world(given.world, given.hosts, given.hours)
    print(f"{given.world}: {len(day.keys):,} series, {day.samples:,} samples")
    runs = [rounds(wardround, day)]
    if shutil.which(VICTORIA) is None:
        print("victoria-metrics is not installed: no yardstick", file=sys.stderr)
    else:
        runs.append(rounds(victoria, day))
    found: list[list[list[Figure]]] = [[] for _ in runs]
    for _ in range(given.rounds):
        for run, figures in zip(runs, found, strict=True):
            figures.append(next(run))
    ours, *theirs = [medians(figures) for figures in found]
    print(table(ours, theirs[0] if theirs else []))
    return 0


if __name__ == "__main__":
    sys.exit(main())
