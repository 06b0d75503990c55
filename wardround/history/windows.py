"""Which windows of time are closed, for roll-ups to be made of them.

A window is rolled up some time after its end. Samples that come for one that may have been rolled
touch it, and it is rolled again. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

WIDTH = 300
"""Seconds of the shorter roll-up."""
HOUR = 3600
GRACE = 90
"""Seconds after its end when a window is rolled up."""
NEAR = 30
"""Seconds after its end from which a sample touches it: before GRACE, for clocks that differ."""

_PIECE = 32_768
"""Moments looked at together: what they need in between stays in the processor's cache."""


def closed_until(now: float) -> int:
    """Windows that end at or before this moment (Unix seconds) are due to be rolled up."""
    return int(now - GRACE) // WIDTH * WIDTH


class Closed:
    """What one writer knows of closed windows; it never opens one again, however clocks jump."""

    def __init__(self) -> None:
        self._newest = 0.0
        self._rolled = 0

    def rolled_until(self, moment: int) -> None:
        """Windows up to this moment (Unix seconds) were rolled up already."""
        self._rolled = max(self._rolled, moment)

    def touched(self, at: NDArray[np.int64], *, now: float) -> NDArray[np.int64]:
        """The beginnings (Unix seconds) of closed windows that hold one of these milliseconds.

        `now` is taken after the samples can be seen: who rolled the window before had to have
        waited until then.
        """
        self._newest = max(self._newest, now)
        limit = max(int(self._newest - NEAR) // WIDTH * WIDTH, self._rolled)
        found = [np.zeros(0, np.int64)]
        for begin in range(0, len(at), _PIECE):
            piece = at[begin : begin + _PIECE]
            if len(late := piece[piece < limit * 1000]):
                found.append(_windows(late))
        return np.unique(np.concatenate(found))


def _windows(late: NDArray[np.int64]) -> NDArray[np.int64]:
    first = int(late.min()) // (WIDTH * 1000)
    touched = np.zeros(int(late.max()) // (WIDTH * 1000) - first + 1, np.bool_)
    touched[late // (WIDTH * 1000) - first] = True  # a tenth of what sorting them would cost
    return (np.flatnonzero(touched) + first) * WIDTH
