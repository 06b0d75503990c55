"""`python -m bench.history`: our history beside VictoriaMetrics, same samples, same run.

One day of samples every 15 s in batches of ten scrapes, two writers. VictoriaMetrics gets its
lines ready-made; ours pays for everything from numpy arrays to the acknowledged, synced insert
with both roll-ups. Queries are the median of 20, results never cached.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bench.history.stores import VICTORIA, Store, Wardround, victoria, wardround
from bench.history.world import World, world

DASHBOARD = ["node_cpu_busy_ratio", "node_load1", "node_memory_available_bytes", "up"]
REPEAT = 20


@dataclass(frozen=True)
class Figure:
    """One measured thing. `better` says which direction is the better one."""

    name: str
    unit: str
    value: float
    better: str


def measure(store: Store, day: World) -> list[Figure]:
    figures = [Figure("samples stored", "rows/s", _insert(store, day), "more")]
    store.settle()
    figures.append(Figure("size of samples", "B/sample", store.size() / day.samples, "less"))
    if isinstance(store, Wardround):
        extra = store.rollup_size() / day.samples
        figures.append(Figure("size of roll-ups beside", "B/sample", extra, "less"))
    item = day.keys[len(day.keys) // 2].item
    questions: list[tuple[str, Callable[[], int]]] = [
        ("4 charts, 1 day, step 5 min", lambda: store.dashboard(day, item, DASHBOARD, 300)),
        ("4 charts, 1 day, step 1 min", lambda: store.dashboard(day, item, DASHBOARD, 60)),
        ("fleet: top 50 by average of the hour", lambda: store.fleet(day, DASHBOARD[0])),
        ("fleet: newest value of each", lambda: store.newest(DASHBOARD[0])),
    ]
    return figures + [Figure(name, "ms", _median(ask), "less") for name, ask in questions]


def _insert(store: Store, day: World) -> float:
    encoded = [store.encode(batch) for batch in day.batches()]
    begin = time.perf_counter()
    with ThreadPoolExecutor(2) as writers:
        for written in writers.map(store.insert, encoded):
            del written
    return day.samples / (time.perf_counter() - begin)


def _median(ask: Callable[[], int]) -> float:
    if not ask():
        raise RuntimeError("an empty answer is quick and means nothing")
    taken = []
    for _ in range(REPEAT):
        begin = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - begin) * 1000)
    return statistics.median(taken)


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
    parser.add_argument("--hosts", type=int, default=100, help="10 series each (default 100)")
    day = world(parser.parse_args().hosts)
    print(f"{len(day.keys):,} series, {day.samples:,} samples")
    with wardround() as store:
        ours = measure(store, day)
    if shutil.which(VICTORIA) is None:
        print("victoria-metrics is not installed: no yardstick", file=sys.stderr)
        theirs = []
    else:
        with victoria() as other:
            theirs = measure(other, day)
    print(table(ours, theirs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
