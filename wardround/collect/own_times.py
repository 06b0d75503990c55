"""Samples whose page says when they are of: one whose time did not move is no new sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wardround.collect.exposition_types import NO_TIME

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wardround.collect.types import Layout
    from wardround.history.types import SeriesKey

_NEVER = NO_TIME


class OwnTimes:
    """Remembers the times that the newest samples of one target bore."""

    def __init__(self) -> None:
        self._layout: Layout | None = None
        self._times: NDArray[np.int64] = np.zeros(0, np.int64)
        self._of: dict[SeriesKey, int] = {}
        self._undone: NDArray[np.int64] | None = None

    def moved(self, layout: Layout, times: NDArray[np.int64] | None) -> NDArray[np.bool_] | None:
        """Which samples are new: all without a time of their own, and those whose time is another
        than the last. None where all are.
        """
        self._undone = None
        if times is None:
            return None
        before = self._before(layout)
        moved: NDArray[np.bool_] = (times == NO_TIME) | (times != before)
        self._times, self._undone = times, before
        return None if moved.all() else moved

    def take_back(self) -> None:
        """What was last asked about was not stored: it is new when it comes again."""
        if self._undone is not None:
            self._times, self._undone = self._undone, None

    def _before(self, layout: Layout) -> NDArray[np.int64]:
        if layout is not self._layout:
            if self._layout is not None:
                pairs = zip(self._layout.keys, self._times.tolist(), strict=True)
                self._of |= {key: time for key, time in pairs if time != NO_TIME}
            self._layout = layout
            self._of = {key: self._of[key] for key in layout.keys if key in self._of}
            self._times = np.array([self._of.get(key, _NEVER) for key in layout.keys], np.int64)
        return self._times
