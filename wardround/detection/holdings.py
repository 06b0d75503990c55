"""Which series each target holds, and where in the columns they are.

A scrape's layout is the same object while a target keeps its shape, so that most scrapes cost one
look-up and one array assignment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np

from wardround.collect.types import CollectedBatch, Layout
from wardround.detection.bind import Holding, Labels
from wardround.detection.columns import SeriesColumns
from wardround.detection.plan import Indexes
from wardround.history.types import SeriesKey

UP = "up"
GROUP_UP = "scrape_group_up"
_MOST_LAYOUTS = 16


@dataclass(frozen=True, eq=False)
class _Known:
    """A layout met before: the series it holds, and those of its metrics that it does not."""

    layout: Layout
    version: int
    ids: Indexes
    ended: Indexes


@dataclass(eq=False)
class TargetSeries:
    """The series of one target; `version` grows whenever they change."""

    target: UUID
    name: str
    item: UUID
    columns: SeriesColumns
    up: int
    ids: dict[SeriesKey, int] = field(default_factory=dict)
    version: int = 0
    _layouts: dict[int, _Known] = field(default_factory=dict)

    @classmethod
    def of(cls, batch: CollectedBatch, columns: SeriesColumns) -> TargetSeries:
        return cls(batch.target, batch.target_name, batch.item, columns, up=columns.add())

    def admit(self, batch: CollectedBatch) -> None:
        """Take a scrape's values into the columns.

        What an answer no longer holds is gone; what no answer told is unknown.
        """
        known = self._known(batch.layout)
        at = batch.at.timestamp()
        self.columns.put(np.array([self.up]), np.array([float(batch.up)]), at)
        if batch.up:
            self.columns.end(known.ended)
        else:
            self.columns.lose(np.fromiter(self.ids.values(), np.int64))
        self.columns.put(known.ids, batch.values, at)

    def holdings(self) -> Iterator[tuple[UUID, Holding]]:
        """The series of each item that this target tells about."""
        items: dict[UUID, dict[str, list[tuple[Labels, int]]]] = defaultdict(
            lambda: defaultdict(list)
        )
        items[self.item][UP].append(((), self.up))
        for key, number in self.ids.items():
            if key.metric != UP:
                items[key.item][key.metric].append((key.labels, number))
        for item, by_metric in items.items():
            yield item, Holding(by_metric, self.up)

    def items(self) -> frozenset[UUID]:
        return frozenset({self.item, *(key.item for key in self.ids)})

    def forget_ended(self, moment: float) -> None:
        """Drop series that ended before the moment: labels that never come again."""
        keys, ids = list(self.ids), np.fromiter(self.ids.values(), np.int64)
        old = self.columns.ended_before(moment, ids)
        if not old.any():
            return
        for at in np.flatnonzero(old):
            del self.ids[keys[at]]
        self.columns.drop(ids[old])
        self._changed()

    def drop(self) -> None:
        """Give every series back."""
        self.columns.drop(np.array([self.up, *self.ids.values()]))
        self.ids.clear()
        self._changed()

    def _known(self, layout: Layout) -> _Known:
        known = self._layouts.get(id(layout))
        if known is None or known.version != self.version:
            known = self._learn(layout)
        return known

    def _learn(self, layout: Layout) -> _Known:
        new = [key for key in dict.fromkeys(layout.keys) if key not in self.ids]
        self.ids.update((key, self.columns.add()) for key in new)
        if new:
            self._changed()
        here = set(layout.keys)
        told = {key.metric for key in layout.keys}
        known = _Known(
            layout=layout,
            version=self.version,
            ids=_indexes(self.ids[key] for key in layout.keys),
            ended=_indexes(
                number for key, number in self.ids.items() if key not in here and key.metric in told
            ),
        )
        if len(self._layouts) >= _MOST_LAYOUTS:
            self._layouts.clear()
        self._layouts[id(layout)] = known
        return known

    def _changed(self) -> None:
        self.version += 1
        self._layouts.clear()


def _indexes(numbers: Iterator[int]) -> Indexes:
    return np.fromiter(numbers, np.int64)
