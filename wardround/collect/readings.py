"""Put what a driver reads into a layout that stays the same object while its shape does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wardround.collect.types import Collected, Layout, Metric, ScrapeGroup, Table, TargetSpec
from wardround.history.types import Kind, Labels, SeriesKey

if TYPE_CHECKING:
    from collections.abc import Sequence

_KINDS = {"counter": Kind.COUNTER, "state": Kind.STATE}


def history_kind(kind: str) -> Kind:
    """The history's kind for a template's metric type."""
    return _KINDS.get(kind, Kind.GAUGE)


class Readings:
    """Collects the values of one group of one target, scrape after scrape."""

    def __init__(self, spec: TargetSpec, group: ScrapeGroup) -> None:
        self._spec = spec
        self._declared: dict[str, Metric] = {metric.name: metric for metric in group.metrics}
        self._keys: dict[tuple[str, Labels], SeriesKey] = {}
        self._identities: dict[SeriesKey, tuple[str, Labels]] = {}
        self._layout = Layout(())
        self._now: dict[SeriesKey, float] = {}
        self._twice: list[str] = []

    def add(self, metric: str, value: float | None, **labels: str) -> None:
        """Take a value; a metric that the template does not declare is left out, as is None.

        Of two with the same labels the first counts; the other is told, never put in its place.
        """
        declared = self._declared.get(metric)
        if declared is None or value is None:
            return
        identity = (metric, tuple(sorted(labels.items())))
        key = self._keys.get(identity)
        if key is None:
            key = SeriesKey(
                metric,
                self._spec.item,
                identity[1] + self._spec.series_labels,
                kind=history_kind(declared.kind),
                unit=declared.unit,
                target=self._spec.id,
            )
            self._keys[identity] = key
            self._identities[key] = identity
        if key in self._now:
            inside = ", ".join(f"{name}={text}" for name, text in identity[1])
            self._twice.append(f"{metric}{{{inside}}}")
            return
        self._now[key] = float(value)

    def finish(self, tables: Sequence[Table] = (), *, note: str = "") -> Collected:
        """Everything taken since the last call."""
        keys = tuple(self._now)
        if keys != self._layout.keys:
            self._layout = Layout(keys)
            self._identities = {key: self._identities[key] for key in keys}
            self._keys = {identity: key for key, identity in self._identities.items()}
        values = np.array(list(self._now.values()), dtype=np.float64)
        twice, self._now, self._twice = self._twice, {}, []
        if twice:
            told = (
                f"{len(twice)} series came twice; the first is {twice[0]}. The first value counts."
            )
            note = f"{note}; {told}" if note else told
        return Collected(
            self._layout, values, tables=tuple(tables), note=note, duplicates=len(twice)
        )
