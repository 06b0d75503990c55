"""Which series each target holds, and where in the columns they are.

A scrape's layout is the same object while a target keeps its shape, so that most scrapes cost one
look-up and one array assignment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
_PAGE = ""
_NO_GROUPS: frozenset[str] = frozenset()
_Sign = tuple[int, bytes]
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
    _perhaps_of: dict[SeriesKey, frozenset[str]] = field(default_factory=dict)
    """Of a series that no template declares: the groups that answered whenever it came. It is of
    one of them."""
    _answered: set[str] = field(default_factory=set)
    """Groups that have answered at all; the nameless one when any did."""
    ids: dict[SeriesKey, int] = field(default_factory=dict)
    version: int = 0
    _layouts: dict[_Sign, KnownLayout] = field(default_factory=dict)
    _tellers: dict[int, tuple[Layout, Indexes]] = field(default_factory=dict)
    """By layout, the places of what tells whether each group answered."""

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
        return self._layouts.get(self._sign(batch)) or self._learn(batch)

    def _sign(self, batch: CollectedBatch) -> _Sign:
        """A group that answers with nothing leaves the same layout as one that fails."""
        known = self._tellers.get(id(batch.layout))
        if known is None:
            keys = batch.layout.keys
            at = _indexes(place for place, key in enumerate(keys) if key.metric == GROUP_UP)
            known = self._tellers[id(batch.layout)] = (batch.layout, at)
        return id(batch.layout), (batch.values[known[1]] > 0).tobytes()

    def all_ids(self) -> Indexes:
        return _indexes(self.ids.values())

    def keys_by_number(self) -> dict[int, SeriesKey]:
        """The series behind the numbers; that of whether the target answers too."""
        return {self.up: self._up_key, **{number: key for key, number in self.ids.items()}}

    def number_of(self, key: SeriesKey) -> int | None:
        return self.up if key == self._up_key else self.ids.get(key)

    @property
    def _up_key(self) -> SeriesKey:
        return SeriesKey(UP, self.item)

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
            yield item, self._holding(by_metric)

    def has_told_of(self, metrics: Iterable[str]) -> bool:
        """Whether all that may hold these metrics answers now: what is not told is not there."""
        told = self._holding({}).tellers(metrics)
        return bool(self.columns.are_true(told).all())

    def _holding(self, by_metric: Mapping[str, Sequence[tuple[Labels, int]]]) -> Holding:
        groups = {
            _group_named(key): number for key, number in self.ids.items() if key.metric == GROUP_UP
        }
        return Holding(by_metric, self.up, groups, self.group_of)

    def forget_ended(self, moment: float, *, kept: float) -> None:
        """Drop series that ended before the moment: labels that never come again. Those of which
        windows are kept must have ended before `kept`.
        """
        keys, ids = list(self.ids), _indexes(self.ids.values())
        old = self.columns.ended_before(moment, ids)
        old &= self.columns.ended_before(kept, ids) | ~self.columns.have_windows(ids)
        if not old.any():
            return
        for at in np.flatnonzero(old):
            del self.ids[keys[at]]
            self._perhaps_of.pop(keys[at], None)
        self.columns.drop(ids[old])
        self._changed()

    def drop(self) -> None:
        """Give every series back."""
        self.columns.drop(np.array([self.up, *self.ids.values()]))
        self.ids.clear()
        self._changed()

    def _learn(self, batch: CollectedBatch) -> KnownLayout:
        """What a layout means while the same groups answer."""
        keys = batch.layout.keys
        told = _Told.by(batch)
        new = [key for key in dict.fromkeys(keys) if key not in self.ids]
        self.ids.update((key, self.columns.add()) for key in new)
        if new:
            self._changed()
            self.columns.begin(_indexes(self.ids[key] for key in new if self._begins(key, told)))
        if batch.up:
            self._answered |= told.answered | {_PAGE}
            self._narrow(keys, told)
        ended, lost = [], []
        for key in self.ids.keys() - set(keys):
            of = self._groups_of(key)
            if of <= told.answered:
                ended.append(self.ids[key])
            elif of & told.failed:
                lost.append(self.ids[key])
        known = KnownLayout(
            layout=batch.layout,
            ids=_indexes(self.ids[key] for key in keys),
            ended=_indexes(ended),
            lost=_indexes(lost),
        )
        if len(self._layouts) >= _MOST_LAYOUTS:
            self._forget_layouts()
        self._layouts[self._sign(batch)] = known
        return known

    def _groups_of(self, key: SeriesKey) -> frozenset[str]:
        """The groups of which one holds a series; what tells of a group is always of that group."""
        if key.metric == GROUP_UP:
            return frozenset({_group_named(key)})
        declared = self.group_of.get(key.metric)
        return self._perhaps_of.get(key, _NO_GROUPS) if declared is None else frozenset({declared})

    def _begins(self, key: SeriesKey, told: _Told) -> bool:
        """Whether a series that is new was not there when the same answered before."""
        declared = self.group_of.get(key.metric)
        asked = told.answered if declared is None else {declared}
        return _PAGE in self._answered and asked <= self._answered

    def _narrow(self, keys: Iterable[SeriesKey], told: _Told) -> None:
        """Learn which groups an undeclared series may be of; what was understood before may not
        have known it.
        """
        for key in keys:
            if key.metric not in self.group_of:
                before = self._perhaps_of.get(key)
                after = told.answered if before is None else before & told.answered
                if after != before:
                    self._perhaps_of[key] = after
                    self._forget_layouts()

    def _changed(self) -> None:
        self.version += 1
        self._forget_layouts()

    def _forget_layouts(self) -> None:
        self._layouts.clear()
        self._tellers.clear()


@dataclass(frozen=True)
class _Told:
    """Which groups answered or failed in a scrape."""

    answered: frozenset[str]
    failed: frozenset[str]

    @classmethod
    def by(cls, batch: CollectedBatch) -> _Told:
        groups = {
            _group_named(key): value > 0
            for key, value in zip(batch.keys, batch.values, strict=True)
            if key.metric == GROUP_UP
        }
        return cls(
            answered=frozenset(name for name, fine in groups.items() if fine),
            failed=frozenset(name for name, fine in groups.items() if not fine),
        )


def _group_named(key: SeriesKey) -> str:
    return dict(key.labels).get("group", "")


def _indexes(numbers: Iterable[int]) -> Indexes:
    return np.fromiter(numbers, np.int64)


def admit(columns: SeriesColumns, scrapes: Iterable[tuple[TargetSeries, CollectedBatch]]) -> None:
    """Take the values of scrapes of different targets into the columns, all at once.

    What an answer no longer holds is gone; what no answer told is unknown.
    """
    ended, lost = [_NONE], [_NONE]
    ids, values, times, sizes, moved = [], [], [], [], []
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
        moved += [np.ones(sizes[-1], np.bool_) if batch.moved is None else batch.moved]
        moved += [] if batch.moved is None else [np.ones(1, np.bool_)]
    columns.end(np.concatenate(ended))
    columns.lose(np.concatenate(lost))
    if ids:
        columns.put(
            np.concatenate(ids),
            np.concatenate(values),
            np.repeat(times, sizes),
            np.concatenate(moved),
        )
