"""How many series a collector carries: so many of each target, and so many in all.

A series costs memory in whoever works on it for as long as it may come again, and a page may name
new ones without end. So each target has a budget, and all together have one. The series that are
known stay; a new one is taken while there is room, in the order of the page, and refused else: the
same ones each time, so that charts and alerts do not flicker. A series that has not come for some
minutes gives its place back. Each target has a few places that the others cannot take from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wardround.collect.types import Collected, Layout

if TYPE_CHECKING:
    from wardround.history.types import SeriesKey

FORGET_AFTER = 180.0
"""Seconds without a series after which its place is free, at the least."""
FORGET_INTERVALS = 5
"""Scrapes of its target without it that it takes as well."""
_LOOK_EVERY = 30.0
_PLACE_BYTES = 512
"""Of name and labels in one place; a series with more of them takes more places."""


@dataclass(frozen=True)
class SeriesLimits:
    """Places: of a target, of all targets of a collector, and those a target has in any case."""

    of_target: int = 50_000
    whole: int = 1_000_000
    sure: int = 500


@dataclass
class SeriesBudget:
    """What all targets of one collector have taken together."""

    limits: SeriesLimits = field(default_factory=SeriesLimits)
    used: int = 0
    refused: dict[object, int] = field(default_factory=dict)
    """Series that are not taken, of each target that names more than it may."""

    def of_target(self, target: object, interval: float) -> TargetSeriesBudget:
        return TargetSeriesBudget(self, target, max(FORGET_AFTER, FORGET_INTERVALS * interval))

    def figures(self) -> dict[str, float]:
        """What the collector tells of it."""
        return {
            "series": self.used,
            "series_most": self.limits.whole,
            "series_refused": sum(self.refused.values()),
            "targets_over_budget": len(self.refused),
        }


@dataclass(frozen=True, eq=False)
class _Cut:
    """What of a layout is taken; `chosen` is None where everything is."""

    layout: Layout
    taken: Layout
    chosen: NDArray[np.intp] | None
    refused: int
    unfit: int


class TargetSeriesBudget:
    """One target's; belongs to the thread of the collector's loop. Moments are any one clock's."""

    def __init__(self, whole: SeriesBudget, target: object, forget_after: float) -> None:
        self._whole = whole
        self._target = target
        self._forget_after = forget_after
        self._seen: dict[SeriesKey, float] = {}
        """When each was in a page last; of those in a newest page, when it began to be that."""
        self._cuts: dict[str, _Cut] = {}
        self._cut_at: dict[str, float] = {}
        self._decided_at: dict[str, float] = {}
        self._used = 0
        self._looked_at = 0.0

    @property
    def refused(self) -> int:
        """Series of the newest pages that are not taken for want of room."""
        return sum(cut.refused for cut in self._cuts.values())

    @property
    def unfit(self) -> int:
        """Series of the newest pages that history could not keep, for their names or labels."""
        return sum(cut.unfit for cut in self._cuts.values())

    @property
    def most(self) -> int:
        return self._whole.limits.of_target

    def cut(self, group: str, part: Collected, at: float) -> Collected:
        """What is taken of a group's part of a scrape."""
        cut = self._cuts.get(group)
        if cut is None or cut.layout is not part.layout:
            cut = self._decide(group, part.layout, at)
        else:
            if at - self._looked_at > _LOOK_EVERY:
                self._forget(at)
            if self._may_take_more(cut, group, at):
                cut = self._decide(group, part.layout, at)
        self._cut_at[group] = at
        if cut.chosen is None:
            return part
        times = part.times_ms
        return Collected(
            cut.taken,
            part.values[cut.chosen],
            None if times is None else times[cut.chosen],
            part.tables,
            part.note,
            part.duplicates,
        )

    def release(self) -> None:
        """Give every place back: the target is collected here no longer."""
        self._whole.used -= self._used
        self._whole.refused.pop(self._target, None)
        self._seen, self._cuts, self._cut_at, self._used = {}, {}, {}, 0
        self._decided_at = {}

    def _may_take_more(self, cut: _Cut, group: str, at: float) -> bool:
        """Whether room may have come for what was refused: the page may keep its shape for ever."""
        waited = at - self._decided_at[group] > _LOOK_EVERY
        return bool(cut.refused) and waited and self._has_room_for(1)

    def _decide(self, group: str, layout: Layout, at: float) -> _Cut:
        before = self._cuts.pop(group, None)
        if before is not None:
            self._seen.update(dict.fromkeys(before.taken.keys, self._cut_at[group]))
        self._forget(at, beside=layout.keys)
        chosen, refused, unfit = self._chosen(layout, at)
        self._decided_at[group] = at
        if before is not None and before.layout is layout and len(chosen) == len(before.taken.keys):
            cut = before  # nothing was taken besides, and whoever works on it knows it
        elif len(chosen) == len(layout.keys):
            cut = _Cut(layout, layout, None, 0, 0)
        else:
            taken = Layout(tuple(layout.keys[index] for index in chosen))
            cut = _Cut(layout, taken, np.array(chosen, np.intp), refused, unfit)
        self._cuts[group] = cut
        self._whole.refused.pop(self._target, None)
        if self.refused:
            self._whole.refused[self._target] = self.refused
        return cut

    def _chosen(self, layout: Layout, at: float) -> tuple[list[int], int, int]:
        """The places of those that are taken, from now on; how many are refused and unfit."""
        chosen, refused, unfit = [], 0, 0
        for index, key in enumerate(layout.keys):
            if key in self._seen:
                chosen.append(index)
            elif key.misfit is not None:
                unfit += 1
            elif self._take(key):
                self._seen[key] = at
                chosen.append(index)
            else:
                refused += 1
        return chosen, refused, unfit

    def _take(self, key: SeriesKey) -> bool:
        wanted = _places(key)
        room = self._has_room_for(wanted)
        if room:
            self._used += wanted
            self._whole.used += wanted
        return room

    def _has_room_for(self, wanted: int) -> bool:
        limits = self._whole.limits
        return self._used + wanted <= limits.of_target and (
            self._whole.used + wanted <= limits.whole or self._used + wanted <= limits.sure
        )

    def _forget(self, at: float, *, beside: Iterable[SeriesKey] = ()) -> None:
        """Let go of what has not come for long, except what came in the newest pages."""
        self._looked_at = at
        if len(self._seen) == sum(len(cut.taken.keys) for cut in self._cuts.values()):
            return  # nothing is known beside what comes
        old = {key for key, seen in self._seen.items() if at - seen > self._forget_after}
        if not old:
            return
        for keys in (beside, *(cut.taken.keys for cut in self._cuts.values())):
            old.difference_update(keys)
        freed = 0
        for key in old:
            del self._seen[key]
            freed += _places(key)
        self._used -= freed
        self._whole.used -= freed


def _places(key: SeriesKey) -> int:
    size = len(key.metric) + sum(len(name) + len(value) for name, value in key.labels)
    return 1 + size // _PLACE_BYTES
