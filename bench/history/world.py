"""Some hours of a hospital's series: the same samples for every store that is measured.

Two worlds, because a store may suit one by chance, and a fleet of one metric. `machines` is what
exporters print of hosts: few digits, daily rhythm, on planned moments. `middleware` is what
databases and message brokers give: counters of many digits, latencies and ratios that are worked
out and hold all of a double's digits, rare states; one target in ten is late by some milliseconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID, uuid5

import numpy as np
from numpy.typing import NDArray

from wardround.history.types import Kind, SampleBatch, SeriesKey, SeriesList
from wardround.kernel.ids import new_id

INTERVAL_MS = 15_000
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
STEPS_PER_BATCH = 10
TARGETS_PER_BATCH = 100

Values = NDArray[np.float64]
Shape = Callable[[np.random.Generator, NDArray[np.int64]], Values]

_NAMESPACE = UUID("0c6d5c0e-25a5-4c52-9e9c-b8dbe5a1a5b9")


def _day(random: np.random.Generator, times: NDArray[np.int64]) -> Values:
    """From 0 to 2 and back in a day, each series at its own time of day."""
    rhythm: Values = 1 + np.sin(2 * np.pi * times / DAY_MS + random.random() * 6.28)
    return rhythm


_MACHINES: dict[str, tuple[Kind, Shape]] = {
    "node_cpu_busy_ratio": (
        Kind.GAUGE,
        lambda r, t: np.round(0.2 * _day(r, t) + r.gamma(2, 0.02, len(t)), 4),
    ),
    "node_load1": (
        Kind.GAUGE,
        lambda r, t: np.round(2 * _day(r, t) + r.gamma(2, 0.2, len(t)), 2),
    ),
    "node_memory_available_bytes": (
        Kind.GAUGE,
        lambda r, t: (
            np.round(8e9 * _day(r, t) + np.cumsum(r.normal(0, 2e6, len(t)))) // 4096 * 4096
        ),
    ),
    "node_memory_total_bytes": (Kind.GAUGE, lambda _, t: np.full(len(t), 67_430_621_184.0)),
    "node_filesystem_free_bytes": (
        Kind.GAUGE,
        lambda r, t: 5e11 - np.cumsum(r.poisson(3, len(t)) * 4096.0 * (r.random(len(t)) < 0.3)),
    ),
    "node_network_receive_bytes_total": (
        Kind.COUNTER,
        lambda r, t: np.cumsum(np.round(_day(r, t) * 1e6 + r.gamma(2, 1e5, len(t)))),
    ),
    "node_disk_writes_total": (
        Kind.COUNTER,
        lambda r, t: np.cumsum(r.poisson(40, len(t))).astype(float),
    ),
    "node_network_errors_total": (
        Kind.COUNTER,
        lambda r, t: np.cumsum(r.random(len(t)) < 0.001).astype(float),
    ),
    "up": (Kind.STATE, lambda r, t: (r.random(len(t)) > 0.0005).astype(float)),
    "scrape_duration_seconds": (Kind.GAUGE, lambda r, t: np.round(r.gamma(3, 0.004, len(t)), 6)),
}
_MIDDLEWARE: dict[str, tuple[Kind, Shape]] = {
    "pg_blks_hit_total": (
        Kind.COUNTER,
        lambda r, t: 7e11 + np.cumsum(np.round(r.gamma(2, 3e4, len(t)))),
    ),
    "pg_cache_hit_ratio": (Kind.GAUGE, lambda r, t: 1 - r.gamma(2, 0.001, len(t))),
    "pg_commit_total": (Kind.COUNTER, lambda r, t: np.cumsum(r.poisson(200, len(t))).astype(float)),
    "pg_replication_lag_seconds": (
        Kind.GAUGE,
        lambda r, t: np.round(r.exponential(0.02, len(t)), 6),
    ),
    "pg_connections": (
        Kind.GAUGE,
        lambda r, t: np.round(40 * _day(r, t) + r.normal(0, 3, len(t))),
    ),
    "mq_latency_milliseconds": (Kind.GAUGE, lambda r, t: r.lognormal(1, 0.5, len(t))),
    "mq_messages_total": (
        Kind.COUNTER,
        lambda r, t: np.cumsum(r.poisson(1 + 50 * _day(r, t))).astype(float),
    ),
    "mq_queue_length": (Kind.GAUGE, lambda r, t: r.poisson(2, len(t)).astype(float)),
    "jvm_heap_bytes": (Kind.GAUGE, lambda r, t: np.round(2e9 * r.random(len(t)))),
    "raft_is_leader": (
        Kind.STATE,
        lambda r, t: (np.cumsum(r.random(len(t)) < 2e-4) % 2).astype(float),
    ),
}
_FLEET: dict[str, tuple[Kind, Shape]] = {
    "fleet_load1": (Kind.GAUGE, lambda r, t: np.round(2 * _day(r, t) + r.gamma(2, 0.2, len(t)), 2))
}
WORLDS = {"machines": _MACHINES, "middleware": _MIDDLEWARE, "fleet": _FLEET}


@dataclass(frozen=True, eq=False)
class Chunk:
    """One batch: `values[s, t]` of `keys[s]` at `times[s, t]` (milliseconds)."""

    series: SeriesList
    times: NDArray[np.int64]
    values: Values

    def batch(self) -> SampleBatch:
        index = np.repeat(np.arange(len(self.values), dtype=np.int32), self.values.shape[1])
        return SampleBatch(new_id(), (self.series,), index, self.times.ravel(), self.values.ravel())


@dataclass(frozen=True, eq=False)
class World:
    """`values[s, t]` is the value of `keys[s]` at `times[s, t]`; keys come target by target."""

    metrics: tuple[str, ...]
    keys: tuple[SeriesKey, ...]
    times: NDArray[np.int64]
    values: Values

    @property
    def samples(self) -> int:
        return int(self.values.size)

    @cached_property
    def until(self) -> int:
        return int(self.times.max())

    @cached_property
    def items(self) -> list[UUID]:
        """Every target's."""
        return [key.item for key in self.keys[:: len(self.metrics)]]

    def chunks(self) -> Iterator[Chunk]:
        """Batches of ten scrapes of a hundred targets, in the order collectors bring them."""
        size = TARGETS_PER_BATCH * len(self.metrics)
        stretches = [slice(at, at + size) for at in range(0, len(self.keys), size)]
        lists = [SeriesList(self.keys[stretch]) for stretch in stretches]
        for start in range(0, self.times.shape[1], STEPS_PER_BATCH):
            part = slice(start, start + STEPS_PER_BATCH)
            for stretch, series in zip(stretches, lists, strict=True):
                yield Chunk(series, self.times[stretch, part], self.values[stretch, part])


def world(name: str, targets: int, hours: float, *, seed: int = 1, days_ago: int = 0) -> World:
    random = np.random.default_rng(seed)
    steps = int(hours * HOUR_MS) // INTERVAL_MS
    until = time.time_ns() // 1_000_000 // INTERVAL_MS * INTERVAL_MS - days_ago * DAY_MS
    planned = until - INTERVAL_MS * np.arange(steps - 1, -1, -1, dtype=np.int64)
    shapes = WORLDS[name]
    keys, values, times = [], [], []
    for target in range(targets):
        item = uuid5(_NAMESPACE, f"{name} {target}")
        late = name == "middleware" and target % 10 == 0
        moments = planned + random.integers(1, 9, steps) if late else planned
        for metric, (kind, shape) in shapes.items():
            keys.append(SeriesKey(metric, item, (("job", name),), kind))
            values.append(shape(random, planned))
            times.append(moments)
    return World(tuple(shapes), tuple(keys), np.array(times), np.array(values))
