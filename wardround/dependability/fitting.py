"""Which observations have an explanation together, where all of them have none.

Whether there is one can be as hard as any puzzle, so the search is bounded by work. What it leaves
out is then not proved to contradict the rest, and `proved` says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wardround.dependability.causes import Found, Scene

_PATIENCE = 20  # times the work of an answer for all searches that find nothing that fits at all
_LEAST = 20  # the same work divided by it, for each further search once the patience is used up


class Searched(NamedTuple):
    scene: Scene
    found: Found


@dataclass
class Fitting:
    """`scene_of` (services, seen failed): the question to search; `work` allowed for an answer;
    `proved`: all that was left out so far is proved not to fit.
    """

    scene_of: Callable[[NDArray[np.int32], NDArray[np.int32]], Scene]
    work: int
    proved: bool = True

    def __post_init__(self) -> None:
        self.patience = self.work * _PATIENCE

    def search(self, services: NDArray[np.int32], failed: NDArray[np.int32]) -> Searched:
        scene = self.scene_of(services, failed)
        found = scene.cheapest(patience=max(self.patience, self.work // _LEAST))
        if not found.fits:
            self.patience -= scene.work
        return Searched(scene, found)

    def most(
        self,
        nodes: NDArray[np.int32],
        fits: Callable[[NDArray[np.int32]], Searched],
        base: Searched,
    ) -> tuple[NDArray[np.int32], Searched]:
        """Of the nodes, in their order, each that fits together with those taken before it; and the
        search for these, `base` where none is. Whole runs of nodes are tried at once.
        """
        taken, last = nodes[:0], base
        waiting = [nodes]
        while waiting:
            run = waiting.pop()
            more = np.concatenate([taken, run])
            tried = fits(more) if len(run) else last
            if tried.found.fits:
                taken, last = more, tried
            elif len(run) == 1:
                self.proved &= tried.found.cheapest
            else:
                half = len(run) // 2
                waiting += [run[half:], run[:half]]
        return taken, last
