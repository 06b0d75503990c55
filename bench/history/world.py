"""A day of a hospital's hosts: the same samples for every store that is measured."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID, uuid5

import numpy as np
from numpy.typing import NDArray

from wardround.history.types import Kind, SampleBatch, SeriesKey, SeriesList
from wardround.kernel.ids import new_id

INTERVAL_MS = 15_000
DAY_MS = 86_400_000
STEPS = DAY_MS // INTERVAL_MS
STEPS_PER_BATCH = 10

_NAMESPACE = UUID("0c6d5c0e-25a5-4c52-9e9c-b8dbe5a1a5b9")
_METRICS = (
    ("node_cpu_busy_ratio", Kind.GAUGE),
    ("node_load1", Kind.GAUGE),
    ("node_memory_available_bytes", Kind.GAUGE),
    ("node_memory_total_bytes", Kind.GAUGE),
    ("node_filesystem_free_bytes", Kind.GAUGE),
    ("node_network_receive_bytes_total", Kind.COUNTER),
    ("node_disk_writes_total", Kind.COUNTER),
    ("node_network_errors_total", Kind.COUNTER),
    ("up", Kind.STATE),
    ("scrape_duration_seconds", Kind.GAUGE),
)


@dataclass(frozen=True)
class World:
    """`values[s, t]` is the value of `keys[s]` at `times[t]` (milliseconds)."""

    series: SeriesList
    times: NDArray[np.int64]
    values: NDArray[np.float64]

    @property
    def keys(self) -> tuple[SeriesKey, ...]:
        return self.series.keys

    @property
    def samples(self) -> int:
        return int(self.values.size)

    def batches(self) -> Iterator[SampleBatch]:
        """In the order in which collectors would bring them."""
        index = np.repeat(np.arange(len(self.keys), dtype=np.int32), STEPS_PER_BATCH)
        for start in range(0, len(self.times), STEPS_PER_BATCH):
            part = slice(start, start + STEPS_PER_BATCH)
            at = np.tile(self.times[part], len(self.keys))
            yield SampleBatch(new_id(), (self.series,), index, at, self.values[:, part].ravel())


def world(hosts: int, *, seed: int = 1) -> World:
    random = np.random.default_rng(seed)
    until = time.time_ns() // 1_000_000 // INTERVAL_MS * INTERVAL_MS
    times = until - DAY_MS + INTERVAL_MS * np.arange(1, STEPS + 1, dtype=np.int64)
    keys, values = [], []
    for host in range(hosts):
        item = uuid5(_NAMESPACE, str(host))
        for metric, kind in _METRICS:
            keys.append(SeriesKey(metric, item, (("job", "node"),), kind))
            values.append(_values(metric, random, times))
    return World(SeriesList(tuple(keys)), times, np.array(values))


def _values(
    metric: str, random: np.random.Generator, times: NDArray[np.int64]
) -> NDArray[np.float64]:
    """What such a metric looks like: daily rhythm, noise, and the digits its source prints."""
    size, phase = len(times), random.random() * 6.28
    day = 1 + np.sin(2 * np.pi * times / DAY_MS + phase)
    shapes: dict[str, Callable[[], NDArray[np.float64]]] = {
        "node_cpu_busy_ratio": lambda: np.round(0.2 * day + random.gamma(2, 0.02, size), 4),
        "node_load1": lambda: np.round(2 * day + random.gamma(2, 0.2, size), 2),
        "node_memory_available_bytes": lambda: (
            np.round(8e9 * day + np.cumsum(random.normal(0, 2e6, size))) // 4096 * 4096
        ),
        "node_memory_total_bytes": lambda: np.full(size, 67_430_621_184.0),
        "node_filesystem_free_bytes": lambda: (
            5e11 - np.cumsum(random.poisson(3, size) * 4096.0 * (random.random(size) < 0.3))
        ),
        "node_network_receive_bytes_total": lambda: np.cumsum(
            np.round(day * 1e6 + random.gamma(2, 1e5, size))
        ),
        "node_disk_writes_total": lambda: np.cumsum(random.poisson(40, size)).astype(float),
        "node_network_errors_total": lambda: np.cumsum(random.random(size) < 0.001).astype(float),
        "up": lambda: (random.random(size) > 0.0005).astype(float),
        "scrape_duration_seconds": lambda: np.round(random.gamma(3, 0.004, size), 6),
    }
    return shapes[metric]()
