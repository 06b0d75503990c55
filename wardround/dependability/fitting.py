"""Which observations have an explanation together, where all of them have none.

What may fail by itself and is down by any explanation might as well have failed by itself: that
takes nothing more down. So such nodes fit together exactly if their own failures leave up what was
seen up, and counting what falls decides it. Only gates, which never fail by themselves, take a
search: by what else do they fall, given those failures? That can be as hard as any puzzle, so it is
bounded by work; what is left out is then not proved to contradict the rest, and `proved` says so.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wardround.dependability import covering, falling
from wardround.dependability.causes import Found, Scene
from wardround.dependability.falling import SEEN_UP_DOWN

_PATIENCE = 20  # times the work of an answer for all searches that find nothing that fits at all
_LEAST = 20  # the same work divided by it, for each further search once the patience is used up
_BUILDING = 8  # edges looked at that cost as much as laying out one node of a question


class Fitting:
    """`scene` holds all observations as targets. `taken`: those found to fit together so far, with
    what was seen up; `witness`: own failures that bring just these down; `proved`: whatever was
    left out is proved not to fit.
    """

    def __init__(self, scene: Scene, work: int) -> None:
        self.scene, self.work, self.patience = scene, work, work * _PATIENCE
        self.proved = True
        self.taken: list[int] = []
        self._base = scene.rest.copy()  # just the own failures of what was taken
        self._seen = scene.rest.copy()  # the witness has failed
        self._gates: list[int] = []

    def afresh(self) -> Fitting:
        """With nothing taken yet, and the patience that is left."""
        other = Fitting(self.scene, self.work)
        other.patience = self.patience
        return other

    @property
    def witness(self) -> NDArray[np.int32]:
        """Node ids, ascending."""
        return np.sort(self.scene.nodes[np.flatnonzero(self._seen.own)])

    def whole(self) -> Found:
        """The cheapest explanation of all observations."""
        found = self.scene.cheapest(patience=self._allowed, known=self.witness)
        if not found.fits:
            self.patience -= self.scene.work
        return found

    def take(self, nodes: NDArray[np.int32]) -> NDArray[np.int32]:
        """Take of the nodes what fits as things stand, without a search; returns the others."""
        places = self.scene.place[nodes]
        self._take_own(places[np.isfinite(self.scene.price[places])])
        falls = self._seen.down[places]
        self._gates += places[falls & ~np.isfinite(self.scene.price[places])].tolist()
        self.taken += nodes[falls].tolist()
        return nodes[~falls]

    def refuted(self, nodes: NDArray[np.int32]) -> NDArray[np.bool_]:
        """(k,) which of the nodes are proved not to fit, one by one, with what was taken: what was
        seen up cannot do without them, or falls when they fail.
        """
        scene, world, places = self.scene, self._base.copy(), self.scene.place[nodes]
        wrong = falling.hanging(scene.part, world, scene.seen_up)[places]
        own = places[np.isfinite(scene.price[places]) & ~wrong]
        return wrong | np.isin(places, covering.forbidden(scene.part, world, own))

    def most(self, nodes: NDArray[np.int32]) -> None:
        """Take of the nodes until none of the others fits. Whole runs of them are tried at once."""
        waiting = [nodes]
        while waiting:
            run = self.take(waiting.pop())
            run = run[~self.refuted(run)] if len(run) else run
            if not len(run):
                continue
            tried = self._search(self.scene.place[run])
            if tried.fits:
                self.taken += run.tolist()
            elif len(run) == 1:
                self.proved &= tried.cheapest
            else:
                half = len(run) // 2
                waiting += [run[half:], run[:half]]

    @property
    def _allowed(self) -> int:
        return max(self.patience, self.work // _LEAST)

    def _take_own(self, places: NDArray[np.int32]) -> None:
        """Let each fail that leaves up what was seen up, after those before it."""
        scene = self.scene
        kept = covering.each_that_fits(scene.part, self._seen, places, scene.seen_up)
        falling.fail_all(scene.part, self._base, kept)

    def _supposed(self, places: NDArray[np.int32]) -> falling.World | None:
        """The world in which also these have failed, as far as they may; None where that takes down
        something seen up.
        """
        world = self._base.copy()
        own = places[np.isfinite(self.scene.price[places])]
        falling.fail_all(self.scene.part, world, own)
        return None if world.tally[SEEN_UP_DOWN] else world

    def _search(self, places: NDArray[np.int32]) -> Found:
        """Whether these fit as well; then they are the base and the witness."""
        scene = self.scene
        world = self._supposed(places)
        if world is None or self.patience < -_PATIENCE * self.work:
            return Found((), np.inf, cheapest=world is None)
        mine = places[~np.isfinite(scene.price[places])]
        gates = [*self._gates, *mine.tolist()]
        question = scene.given(world, np.array(gates, np.int32))
        found = question.cheapest(patience=self._allowed, any_at_all=True)
        self.patience -= question.work + _BUILDING * len(scene.nodes)
        if found.fits:
            self._base, self._gates = world, gates
            self._seen = world.copy()
            falling.fail_all(scene.part, self._seen, scene.place[list(found.items)])
        return found
