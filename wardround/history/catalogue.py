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

_ID = np.dtype([("id", "<u8")])


@dataclass(frozen=True, slots=True)
class _Metric:
    """The series of one metric by item, and when (monotonic seconds) that was heard."""

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
        by_item = self._heard(metric).by_item
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

    def _heard(self, metric: str) -> _Metric:
        now = time.monotonic()
        known = self._metrics.get(metric)
        if known and now < known.heard + FRESH_SECONDS:
            return known
        if len(self._keys) > MAX_KNOWN:
            self._keys, self._metrics = {}, {}
        keys, ids = self._keys, self._ids(metric)
        if known and now < known.described + DESCRIBED_SECONDS:
            keys |= self._described(metric, [number for number in ids if number not in keys])
            described = known.described
        else:
            keys |= self._described(metric, ids)
            described = now
        by_item: dict[UUID, dict[int, SeriesKey]] = {}
        for number in ids:
            if number in keys:  # else it ended between the two questions
                by_item.setdefault(keys[number].item, {})[number] = keys[number]
        heard = self._metrics[metric] = _Metric(by_item, now, described)
        return heard

    def _ids(self, metric: str) -> list[int]:
        text = "SELECT DISTINCT id FROM series WHERE metric = {metric:String}"
        found: list[int] = self._store.records(text, {"metric": metric}, _ID)["id"].tolist()
        return found

    def _described(self, metric: str, ids: Sequence[int]) -> dict[int, SeriesKey]:
        found: dict[int, SeriesKey] = {}
        for start in range(0, len(ids), CHUNK):
            words = {"series": statements.listed(ids[start : start + CHUNK])}
            text = statements.sql("series_described", words)
            rows = self._store.rows(text, {"metric": metric})
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
