"""The cheapest sets of failures that take targets down and nothing that was seen up.

Branch and bound over items: chosen to have failed, or barred from it. At each step `ascend` (see
`covering`) gives a bound that no completion undercuts, and a set that takes all targets down;
thinned out it is a candidate. A step whose candidate costs no more than its bound is settled.
Everything is bounded by work, never by a clock, so that the same question always gets the same
answer.
"""

from __future__ import annotations

import math
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability import covering, falling
from wardround.dependability.falling import SEEN_UP, SEEN_UP_DOWN, TARGET, TARGETS_UP, WORK
from wardround.dependability.graph import reverse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from wardround.dependability.model import Model

WORK_PER_ANSWER = 1_000_000
"""Edges looked at before the best set found so far is taken: some 15 ms."""
_THINNING = 20_000  # edges that may always be looked at to leave out what is idle
_EQUAL = 1e-9
_MANY = 24  # items above which a cheap proof is taken before they are thinned out one by one


@dataclass(frozen=True)
class Found:
    """`items` (node ids, ascending) cost `cost`; `cheapest`: proved that nothing is cheaper.
    Infinite cost: nothing fits; proved so, if `cheapest`.
    """

    items: tuple[int, ...]
    cost: float
    cheapest: bool

    @property
    def fits(self) -> bool:
        return self.cost < math.inf


@dataclass(frozen=True)
class _Step:
    chosen: tuple[int, ...]
    barred: tuple[int, ...]


class Scene:
    """The part of a model below some observations, and what may fail in it at which price."""

    def __init__(  # noqa: PLR0913, PLR0917  all that is known of one question
        self,
        model: Model,
        targets: NDArray[np.int32],
        seen_up: NDArray[np.int32],
        counts: NDArray[np.bool_],
        price: NDArray[np.float64],
        seen_failed: NDArray[np.int32],
        allowed: int = WORK_PER_ANSWER,
    ) -> None:
        """`counts` (m,): the inputs that count now; `price` (n,) infinite: cannot fail;
        `seen_failed`: those of the targets that were seen failed rather than asked about;
        `allowed`: the work after which the best set found so far is taken.
        """
        seeds = np.concatenate([targets, seen_up]).astype(np.int32)
        nodes, start, inputs = falling.part_of(seeds, model.start, model.inputs, counts)
        need, fallible = model.need[nodes], np.isfinite(price[nodes])
        falling.lightest_first(start, inputs, need, fallible)
        above_start, above = reverse(start.astype(np.int64), inputs)
        place = np.full(model.size, -1, np.int32)
        place[nodes] = np.arange(len(nodes), dtype=np.int32)
        marks = np.zeros(len(nodes), np.uint8)
        marks[place[targets]] |= TARGET
        marks[place[seen_up]] |= SEEN_UP
        self.nodes, self.place = nodes, place
        self.part = falling.Part(start, inputs, above_start.astype(np.int32), above, need, marks)
        self.price = price[nodes]
        self.targets = np.unique(place[targets]).astype(np.int32)
        self.seen_up = np.unique(place[seen_up]).astype(np.int32)
        self.seen_failed = place[seen_failed]
        self._bar_what_is_dearer()
        self.targets = _not_implied(self.part, self.targets)
        self.rest = _still(self.part)
        self.allowed, self.work = allowed, 0

    def only(self, targets: NDArray[np.int32]) -> Scene:
        """The same part and prices with fewer targets, and nothing that was seen failed."""
        scene = copy(self)
        marks = self.part.marks & np.uint8(SEEN_UP)
        marks[self.place[targets]] |= TARGET
        scene.part = self.part._replace(marks=marks)
        scene.targets = np.unique(self.place[targets]).astype(np.int32)
        scene.targets = _not_implied(scene.part, scene.targets)
        scene.rest = _still(scene.part)
        return scene

    def given(self, world: falling.World, targets: NDArray[np.int32]) -> Scene:
        """The same part and prices once what failed in the world has, with the targets (places)."""
        scene = copy(self)
        marks = self.part.marks & np.uint8(SEEN_UP)
        marks[targets] |= TARGET
        scene.part = self.part._replace(marks=marks)
        scene.targets = targets
        scene.price = np.where(world.own, np.inf, self.price)
        scene.rest = world.copy()
        scene.rest.tally[TARGETS_UP] = np.count_nonzero(~world.down[np.unique(targets)])
        scene.work = 0
        return scene

    def _bar_what_is_dearer(self) -> None:
        """An item that acts only through something seen failed never explains more than that."""
        gates = np.zeros(len(self.nodes), bool)
        gates[self.seen_failed] = True
        part = self.part
        through = falling.only_through(part.above_start, part.above, part.marks, gates)
        below = np.flatnonzero(through >= 0)
        dearer = below[self.price[below] > self.price[through[below]] + _EQUAL]
        self.price[dearer] = np.inf

    def cheapest(
        self,
        *,
        without: Sequence[frozenset[int]] = (),
        among: Iterable[int] | None = None,
        patience: int | None = None,
        known: Iterable[int] = (),
        any_at_all: bool = False,
    ) -> Found:
        """The cheapest set that holds none of the sets `without` whole; only items `among`;
        `patience`: the work after which a search that found nothing ends, if not `allowed`;
        `known`: items of a set that fits, to begin with; `any_at_all`: the first set that fits
        will do.
        """
        price = self.price
        if among is not None:
            price = np.full_like(price, np.inf)
            allowed = self._local(among)
            price[allowed] = self.price[allowed]
        banned = [frozenset(self._local(each).tolist()) for each in without]
        search = _Search(self, price, banned, patience or self.allowed)
        held = self._local(known)
        search.known = held[np.isfinite(price[held])]
        found = search.run(any_at_all=any_at_all)
        self.work += search.work
        items = tuple(sorted(self.nodes[list(found.items)].tolist()))
        return Found(items, found.cost, found.cheapest)

    def is_plain(self, items: Sequence[int]) -> bool:
        """Whether no item of an explanation could be exchanged for one that was seen failed, for
        less.
        """
        chosen = self._local(items)
        spare = np.setdiff1d(self.seen_failed, chosen)
        for item in chosen[~np.isin(chosen, self.seen_failed)].tolist():
            world = self.rest.copy()
            falling.fail_all(self.part, world, chosen[chosen != item])
            cheaper = spare[self.price[spare] < self.price[item] - _EQUAL].astype(np.int32)
            if covering.any_completes(self.part, world, cheaper):
                return False
        return True

    def _local(self, items: Iterable[int]) -> NDArray[np.int32]:
        """Places of those of the items that lie in this part."""
        places = self.place[falling.nodes_array(list(items))]
        return places[places >= 0]


def _not_implied(part: falling.Part, targets: NDArray[np.int32]) -> NDArray[np.int32]:
    """Targets that fall by themselves once the others are down need no search: unmark them."""
    world = _still(part)
    falling.fail_all(part, world, targets)
    implied = world.alive[targets] < part.need[targets]
    part.marks[targets[implied]] &= ~np.uint8(TARGET)
    return targets[~implied]


def _still(part: falling.Part) -> falling.World:
    size = len(part.need)
    world = falling.World(
        np.zeros(size, bool),
        np.zeros(size, np.int32),
        np.zeros(size, bool),
        np.zeros(3, np.int64),
        np.empty(size + 1, np.int32),
    )
    falling.at_rest(part, world)
    return world


class _Search:
    def __init__(
        self,
        scene: Scene,
        price: NDArray[np.float64],
        without: Sequence[frozenset[int]],
        patience: int,
    ) -> None:
        self.scene, self.price, self.without = scene, price.copy(), without
        self.patience = patience
        self.best: tuple[int, ...] = ()
        self.cost = math.inf
        self.work = 0
        self.steps = [_Step((), ())]
        self.known = falling.nodes_array(())

    def run(self, *, any_at_all: bool = False) -> Found:
        while self.steps and self.work < self._allowed:
            self._step(self.steps.pop())
            if any_at_all and self.cost < math.inf:
                break
        return Found(self.best, self.cost, cheapest=not self.steps)

    @property
    def _allowed(self) -> int:
        return self.patience if self.cost == math.inf else self.scene.allowed

    def _step(self, step: _Step) -> None:
        world = self._failed(step.chosen, self.scene.rest)
        begun = int(self.scene.rest.tally[WORK])
        if not world.tally[SEEN_UP_DOWN]:
            self._explore(step, world)
        self.work += int(world.tally[WORK]) - begun + len(world.own) // 2 + 1

    def _failed(self, items: tuple[int, ...], before: falling.World) -> falling.World:
        """The world in which just these have failed, with the work counted before."""
        world = self.scene.rest.copy()
        world.tally[WORK] = before.tally[WORK]
        falling.fail_all(self.scene.part, world, falling.nodes_array(items))
        return world

    def _explore(self, step: _Step, world: falling.World) -> None:
        left = self._left(step, world)
        if left is None:
            return
        if not step.chosen and not step.barred:
            self._begin(world, left)
        spent = float(self.price[list(step.chosen)].sum())
        bound, paid = self._ascended(world, left)
        if spent + bound >= self.cost - _EQUAL:
            return
        if world.tally[TARGETS_UP]:
            self.steps.append(step)  # the work ended first: nothing is settled here
            return
        dear_first = -self.price[paid]
        high_first = self._thinned(step, world, paid[np.lexsort((-paid, dear_first))])
        if self.cost > spent + bound + _EQUAL:
            self._thinned(step, world, paid[np.lexsort((paid, dear_first))])
        if self.cost > spent + bound + _EQUAL:
            self._branch(step, self._doubtful(step, high_first))

    def _begin(self, world: falling.World, left: NDArray[np.float64]) -> None:
        """A first set that fits, if one is found without turning back: of each path the cheapest,
        else what is needed of the set that is known, else of everything.
        """
        trial = world.copy()
        most = self._end(share=4)
        taken = covering.dive(self.scene.part, trial, left, self.scene.targets, most)
        world.tally[WORK] = trial.tally[WORK]
        if len(taken):
            self._thinned(_Step((), ()), trial, taken[::-1])
            return
        trial = world.copy()
        every = self.known
        if not len(every):
            every = np.flatnonzero(np.isfinite(left)).astype(np.int32)
        falling.fail_all(self.scene.part, trial, every)
        world.tally[WORK] = trial.tally[WORK]
        if not trial.tally[TARGETS_UP] and not trial.tally[SEEN_UP_DOWN]:
            self._thinned(_Step((), ()), trial, every)

    def _end(self, *, share: int = 1) -> int:
        """The tally of work at which this step must end, or have spent a share of what is left."""
        return int(self.scene.rest.tally[WORK]) + max(self._allowed - self.work, 0) // share

    def _thinned(
        self, step: _Step, world: falling.World, items: NDArray[np.int32]
    ) -> NDArray[np.int32]:
        """What is left of the items; the best set so far if it fits and is cheaper."""
        part, trial = self.scene.part, world.copy()
        if len(items) > _MANY:
            needed = covering.proof(part, trial, self.price, self.scene.targets)
            trial = self._failed((*step.chosen, *items[needed[items]].tolist()), trial)
            items = items[needed[items]]
        most = max(self.scene.allowed // 4, _THINNING)
        kept = covering.thin_out(part, trial, items, most)
        world.tally[WORK] = trial.tally[WORK]
        whole = (*step.chosen, *kept.tolist())
        cost = float(self.price[list(whole)].sum())
        fits = not trial.tally[SEEN_UP_DOWN] and self._banned(whole) is None
        if fits and cost < self.cost - _EQUAL:
            self.best, self.cost = whole, cost
        return kept

    def _banned(self, items: tuple[int, ...]) -> frozenset[int] | None:
        """The first of the banned sets that these hold whole."""
        held = set(items)
        return next((each for each in self.without if each <= held), None)

    def _left(self, step: _Step, world: falling.World) -> NDArray[np.float64] | None:
        """(p,) what each item would cost from here; None where a banned set is chosen already."""
        left = self.price.copy()
        left[list(step.barred)] = np.inf
        left[list(step.chosen)] = np.inf
        chosen = set(step.chosen)
        for each in self.without:
            missing = each - chosen
            if not missing:
                return None
            if len(missing) == 1:
                left[list(missing)] = np.inf
        if len(self.scene.seen_up):
            left[falling.hanging(self.scene.part, world, self.scene.seen_up)] = np.inf
        return left

    def _ascended(
        self, world: falling.World, left: NDArray[np.float64]
    ) -> tuple[float, NDArray[np.int32]]:
        """The bound and a set that takes all targets down, of items each of which alone leaves up
        what was seen up.
        """
        scene = self.scene
        before, most = world.copy(), self._end()
        while True:
            bound, paid = covering.ascend(scene.part, world, left.copy(), scene.targets, most)
            enough = world.tally[WORK] > most
            if bound == math.inf or enough or not world.tally[SEEN_UP_DOWN]:
                return bound, paid
            before.tally[WORK] = world.tally[WORK]
            barred = covering.forbidden(scene.part, before, paid)
            if not len(barred):
                return bound, paid
            left[barred] = np.inf
            world.take(before)

    def _doubtful(self, step: _Step, kept: NDArray[np.int32]) -> int:
        """The item to decide next: of a banned set, else the dearest of the candidate."""
        broken = self._banned((*step.chosen, *kept.tolist()))
        items: list[int] = [each for each in kept.tolist() if broken is None or each in broken]
        return max(items, key=lambda each: (float(self.price[each]), each))

    def _branch(self, step: _Step, item: int) -> None:
        self.steps.append(_Step(step.chosen, (*step.barred, item)))
        self.steps.append(_Step((*step.chosen, item), step.barred))
