"""Which series each target holds, and where in the columns they are.

A scrape's layout is the same object while a target keeps its shape, so that most scrapes cost one
look-up and one array assignment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
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
_NONE = np.zeros(0, np.int64)
_UP, _DOWN = np.ones(1), np.zeros(1)


@dataclass(frozen=True, eq=False)
class KnownLayout:
    """A layout met before: the series it holds, those that it should and does not, and those of
    groups that did not answer.
    """

    layout: Layout
    ids: Indexes
    ended: Indexes
    lost: Indexes


@dataclass(eq=False)
class TargetSeries:
    """The series of one target; `version` grows whenever they change."""

    target: UUID
    name: str
    item: UUID
    columns: SeriesColumns
    up: int
    group_of: Mapping[str, str]
    """The group of each metric that the template declares."""
    ids: dict[SeriesKey, int] = field(default_factory=dict)
    version: int = 0
    _layouts: dict[int, KnownLayout] = field(default_factory=dict)

    @classmethod
    def of(
        cls, batch: CollectedBatch, columns: SeriesColumns, group_of: Mapping[str, str]
    ) -> TargetSeries:
        return cls(
            target=batch.target,
            name=batch.target_name,
            item=batch.item,
            columns=columns,
            up=columns.add(),
            group_of=group_of,
        )

    def understand(self, batch: CollectedBatch) -> KnownLayout:
        """What a scrape's layout means for this target; new series get their place."""
        return self._layouts.get(id(batch.layout)) or self._learn(batch)

    def all_ids(self) -> Indexes:
        return _indexes(self.ids.values())

    def items(self) -> frozenset[UUID]:
        return frozenset({self.item, *(key.item for key in self.ids)})

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

    def forget_ended(self, moment: float) -> None:
        """Drop series that ended before the moment: labels that never come again."""
        keys, ids = list(self.ids), _indexes(self.ids.values())
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

    def _learn(self, batch: CollectedBatch) -> KnownLayout:
        """What a layout means. Groups that failed have no part in it, so it is always the same."""
        keys = batch.layout.keys
        new = [key for key in dict.fromkeys(keys) if key not in self.ids]
        self.ids.update((key, self.columns.add()) for key in new)
        if new:
            self._changed()
        told = _Told.by(batch)
        ended, lost = [], []
        for key in self.ids.keys() - set(keys):
            group = self.group_of.get(key.metric)
            if group in told.answered or (group is None and key.metric in told.metrics):
                ended.append(self.ids[key])
            elif group in told.failed:
                lost.append(self.ids[key])
        known = KnownLayout(
            layout=batch.layout,
            ids=_indexes(self.ids[key] for key in keys),
            ended=_indexes(ended),
            lost=_indexes(lost),
        )
        if len(self._layouts) >= _MOST_LAYOUTS:
            self._layouts.clear()
        self._layouts[id(batch.layout)] = known
        return known

    def _changed(self) -> None:
        self.version += 1
        self._layouts.clear()


@dataclass(frozen=True)
class _Told:
    """Which metrics a scrape holds, and which groups answered or failed in it."""

    metrics: frozenset[str]
    answered: frozenset[str]
    failed: frozenset[str]

    @classmethod
    def by(cls, batch: CollectedBatch) -> _Told:
        groups = {
            dict(key.labels).get("group", ""): value > 0
            for key, value in zip(batch.keys, batch.values, strict=True)
            if key.metric == GROUP_UP
        }
        return cls(
            metrics=frozenset(key.metric for key in batch.keys),
            answered=frozenset(name for name, fine in groups.items() if fine),
            failed=frozenset(name for name, fine in groups.items() if not fine),
        )


def _indexes(numbers: Iterable[int]) -> Indexes:
    return np.fromiter(numbers, np.int64)


def admit(columns: SeriesColumns, scrapes: Iterable[tuple[TargetSeries, CollectedBatch]]) -> None:
    """Take the values of scrapes of different targets into the columns, all at once.

    What an answer no longer holds is gone; what no answer told is unknown.
    """
    ended, lost = [_NONE], [_NONE]
    ids, values, times, sizes = [], [], [], []
    for series, batch in scrapes:
        known = series.understand(batch)
        if batch.up:
            ended.append(known.ended)
            lost.append(known.lost)
        else:
            lost.append(series.all_ids())
        ids += [known.ids, _indexes((series.up,))]
        values += [batch.values, _UP if batch.up else _DOWN]
        times.append(batch.at.timestamp())
        sizes.append(len(known.ids) + 1)
    columns.end(np.concatenate(ended))
    columns.lose(np.concatenate(lost))
    if ids:
        columns.put(np.concatenate(ids), np.concatenate(values), np.repeat(times, sizes))
