"""Which series there are, as this process last heard: most questions need not ask again.

A series' key never changes, so each is fetched once; which series a metric has is asked again
every few seconds, as numbers alone. It must never hold a value that was measured.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np

from wardround.history import statements
from wardround.history.engine import Engine
from wardround.history.types import Kind, Labels, SeriesKey

FRESH_SECONDS = 10.0
"""A series that another process has just begun is found this much later at most."""
DESCRIBED_SECONDS = 3600.0
"""How long unit, kind and target, which may change, are believed."""
CHUNK = 5_000
MAX_KNOWN = 1_000_000

_WHICH = """
SELECT DISTINCT toUInt16(indexOf({metrics:Array(String)}, metric)) AS place, id
FROM series WHERE metric IN {metrics:Array(String)}
"""
_ID = np.dtype([("place", "<u2"), ("id", "<u8")])


@dataclass(frozen=True, slots=True)
class _Metric:
    """The series of one metric by item, and when (monotonic seconds) that was heard."""

    every: dict[int, SeriesKey]
    by_item: dict[UUID, dict[int, SeriesKey]]
    heard: float
    described: float


class Catalogue:
    def __init__(self, store: Engine) -> None:
        self._store = store
        self._keys: dict[int, SeriesKey] = {}
        self._metrics: dict[str, _Metric] = {}

    def find(
        self, metric: str, items: Sequence[UUID] = (), labels: Labels = ()
    ) -> dict[int, SeriesKey]:
        """The series of a metric, of the items named or of all, that carry all the labels."""
        heard = self._heard(metric)
        if not items and not labels:
            return heard.every
        by_item = heard.by_item
        chosen = items or by_item
        wanted = set(labels)
        return {
            number: key
            for item in chosen
            for number, key in by_item.get(item, {}).items()
            if wanted.issubset(key.labels)
        }

    def forget(self, metrics: Iterable[str]) -> None:
        """Ask again at the next question: this process has just begun series of these metrics."""
        for metric in metrics:
            self._metrics.pop(metric, None)

    def hear(self, metrics: Iterable[str]) -> None:
        """Ask at once about all of these that were not heard of lately."""
        now = time.monotonic()
        due = [metric for metric in metrics if not self._is_fresh(metric, now)]
        if not due:
            return
        if len(self._keys) > MAX_KNOWN:
            self._keys, self._metrics = {}, {}
        ids = self._ids(due)
        old = {metric for metric in due if not self._is_described(metric, now)}
        unknown = [
            number
            for metric, numbers in ids.items()
            for number in numbers
            if metric in old or number not in self._keys
        ]
        self._keys |= self._described(due, unknown)
        for metric in due:
            described = now if metric in old else self._metrics[metric].described
            by_item = self._by_item(ids.get(metric, ()))
            every = {number: key for keys in by_item.values() for number, key in keys.items()}
            self._metrics[metric] = _Metric(every, by_item, now, described)

    def _heard(self, metric: str) -> _Metric:
        self.hear([metric])
        return self._metrics[metric]

    def _is_fresh(self, metric: str, now: float) -> bool:
        known = self._metrics.get(metric)
        return known is not None and now < known.heard + FRESH_SECONDS

    def _is_described(self, metric: str, now: float) -> bool:
        known = self._metrics.get(metric)
        return known is not None and now < known.described + DESCRIBED_SECONDS

    def _by_item(self, numbers: Iterable[int]) -> dict[UUID, dict[int, SeriesKey]]:
        by_item: dict[UUID, dict[int, SeriesKey]] = {}
        for number in numbers:
            key = self._keys.get(number)
            if key is not None:  # else it ended between the two questions
                by_item.setdefault(key.item, {})[number] = key
        return by_item

    def _ids(self, metrics: Sequence[str]) -> dict[str, list[int]]:
        """The numbers of each metric's series."""
        found = self._store.records(_WHICH, {"metrics": list(metrics)}, _ID)
        return {
            metric: found["id"][found["place"] == place].tolist()
            for place, metric in enumerate(metrics, start=1)
        }

    def _described(self, metrics: Sequence[str], ids: Sequence[int]) -> dict[int, SeriesKey]:
        found: dict[int, SeriesKey] = {}
        for start in range(0, len(ids), CHUNK):
            words = {"series": statements.listed(ids[start : start + CHUNK])}
            rows = self._store.rows(
                statements.sql("series_described", words), {"metrics": list(metrics)}
            )
            found |= {row[0]: key_from(row[1:]) for row in rows}
        return found


def key_from(row: Sequence[Any]) -> SeriesKey:
    """A key from its columns: metric, item, labels, unit, kind, target."""
    metric, item, labels, unit, kind, target = row
    return SeriesKey(
        metric=metric,
        item=item,
        labels=tuple(sorted(labels.items())),
        kind=Kind(kind),
        unit=unit,
        target=target if target.int else None,
    )


_catalogues: dict[Engine, Catalogue] = {}


def catalogue(store: Engine) -> Catalogue:
    """This process's catalogue of a store."""
    return _catalogues.setdefault(store, Catalogue(store))
