"""`python -m bench.history`: our history beside VictoriaMetrics, same samples, same run.

Samples every 15 s in batches of 10,000 rows from four writers, several rounds that take turns, the
median of each figure. VictoriaMetrics gets its lines ready-made and syncs nothing; ours pays for
everything from numpy arrays to the acknowledged, synced batch, its roll-ups are made afterwards by
their duty. Questions are the median of 20, each about another target, so that nobody's answer is
one that was given before. Ours are taken twice: as they come, from the memory of newest samples,
and from the tables, as after a restart.

    python -m bench.history                      the standard part, some six minutes
    python -m bench.history --world middleware   the second world
    python -m bench.history --kills 60           kills under four writers
    python -m bench.history --million 100        100 million rows, and memory on the way
"""

from __future__ import annotations

import argparse
import itertools
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial

from bench.history.endurance import kills, million_rows
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
FLEET = 1_700


@dataclass(frozen=True)
class Figure:
    """One measured thing. `better` says which direction is the better one."""

    name: str
    unit: str
    value: float
    better: str


def measure(store: Store, day: World) -> Iterator[Figure]:
    store.ready()
    encoded = [store.encode(chunk) for chunk in day.chunks()]
    yield Figure("memory at rest", "MB", resident_bytes(store.pid) / 1e6, "less")
    own, theirs, began = time.process_time(), cpu_seconds(store.pid), time.perf_counter()
    quarter = -(-len(encoded) // 4)
    memory = []
    for start in range(0, len(encoded), quarter):
        _insert(store, encoded[start : start + quarter])
        memory.append(resident_bytes(store.pid) / 1e6)
    seconds = time.perf_counter() - began
    yield Figure("samples acknowledged", "rows/s", day.samples / seconds, "more")
    writers = (time.process_time() - own) / day.samples * 1e6
    yield Figure("  CPU of the writers", "µs/row", writers, "less")
    used = (cpu_seconds(store.pid) - theirs) / day.samples * 1e6
    yield Figure("  CPU of the store until then", "µs/row", used, "less")
    for part, megabytes in enumerate(memory, start=1):
        yield Figure(f"  memory after {6 * part} of 24 hours", "MB", megabytes, "less")
    del encoded
    store.settle()
    used = (cpu_seconds(store.pid) - theirs) / day.samples * 1e6
    yield Figure("  CPU with roll-ups and merging", "µs/row", used, "less")
    yield Figure("size of samples", "B/sample", store.size() / day.samples, "less")
    if isinstance(store, Wardround):
        extra = store.rollup_size() / day.samples
        yield Figure("size of roll-ups beside", "B/sample", extra, "less")
    yield from _questions(store, day)


def _questions(store: Store, day: World) -> Iterator[Figure]:
    fleet = world("fleet", FLEET, 1.5)
    _insert(store, [store.encode(chunk) for chunk in fleet.chunks()])
    time.sleep(2)  # the yardstick finds rows a second after it took them
    metrics = list(day.metrics)
    for title, panels, step in (
        ("one series, 1 day, step 1 min", 1, 60),
        ("one series, 1 day, step 5 min", 1, 300),
        (f"a page of {PANELS} panels, step 1 min", PANELS, 60),
        (f"a page of {PANELS} panels, step 5 min", PANELS, 300),
    ):
        asked = [partial(store.day, day, metrics[:panels], step, item) for item in day.items]
        yield Figure(title, "ms", _median(asked), "less")
        if isinstance(store, Wardround):
            with store.from_tables():
                yield Figure("  from the tables", "ms", _median(asked), "less")
    top = partial(store.fleet, fleet, fleet.metrics[0])
    yield Figure(f"fleet: top 50 of {FLEET:,} by the hour's average", "ms", _median([top]), "less")
    newest = partial(store.newest, fleet.metrics[0])
    yield Figure(f"fleet: newest of {FLEET:,}", "ms", _median([newest]), "less")


def _insert(store: Store, encoded: list[object]) -> None:
    with ThreadPoolExecutor(WRITERS) as writers:
        for written in writers.map(store.insert, encoded):
            del written


def _median(questions: Sequence[Callable[[], int]]) -> float:
    """Of some questions, each asked in its turn; the first is not counted."""
    if not questions[-1]():
        raise RuntimeError("an empty answer is quick and means nothing")
    taken = []
    for ask in itertools.islice(itertools.cycle(questions), REPEAT):
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
    lines = [f"{'history':<46}{'unit':>9}{'wardround':>13}{'victoria':>13}{'ratio':>8}"]
    for figure in ours:
        other = yardstick.get(figure.name)
        cells = f"{other.value:>13,.2f}{_ratio(figure, other):>8.2f}" if other else ""
        lines.append(f"{figure.name:<46}{figure.unit:>9}{figure.value:>13,.2f}{cells}")
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
    parser.add_argument("--kills", type=int, help="kill the store so often, and nothing else")
    parser.add_argument("--million", type=int, help="so many million rows, and nothing else")
    given = parser.parse_args()
    if given.kills:
        return 0 if kills(given.kills) else 1
    if given.million:
        million_rows(given.million, given.hosts, given.world)
        return 0
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
