"""Live state: what is up, degraded, on standby or down, given what has failed and what was
switched.

    DOWN      fewer inputs than needed count now, or the item failed itself
    STANDBY   up, but only because a cold standby was switched on, here or below
    DEGRADED  up without it, but something it rests on, at any depth, is not plainly up
    UP        everything as designed

A change is followed upward only as far as it changes something, in topological order, so each node
is looked at once.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability.evaluation import (
    FULL_DOWN,
    HOT_DOWN,
    NOW_DOWN,
    TROUBLED,
    settle,
    spread,
    waiting_room,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from wardround.dependability.model import Model

_FEW = 100
"""Below one change in so many nodes, following what they change is quicker than evaluating all."""


class State(IntEnum):
    """What an item is in, the worse the greater.

    UP        everything as designed
    DEGRADED  up, but something it rests on, at any depth, is not plainly up
    STANDBY   up, but only because a cold standby was switched on, here or below
    DOWN      it failed itself, or fewer inputs than it needs are up and switched in
    """

    UP = 0
    DEGRADED = 1
    STANDBY = 2
    DOWN = 3


def bits_of(
    model: Model, failed: NDArray[np.bool_], switched: NDArray[np.bool_] | None = None
) -> NDArray[np.uint8]:
    """(n,) state bits for these flags; few changes are followed up from the model at rest."""
    if switched is None:
        switched = np.zeros(model.size, bool)
    above_start, above = model.parents
    carried = [above[above_start[n] : above_start[n + 1]] for n in np.flatnonzero(switched)]
    seeds = np.concatenate([np.flatnonzero(failed).astype(np.int32), *carried])
    graph = (model.need, model.start, model.inputs, model.minutes)
    if len(seeds) * _FEW > model.size:
        bits = np.zeros(model.size, np.uint8)
        settle(model.order, *graph, failed, switched, bits)
        return bits
    bits = model.resting.copy()
    queued = waiting_room(model.size)
    ranks = (model.rank, model.order, above_start, above)
    spread(seeds, *ranks, *graph, failed, switched, bits, queued)
    return bits


class LiveState:
    """The state of every node; `fail`, `repair`, `switch` and `release` follow single changes.

    Each of them returns the nodes whose state may have changed (ids, topological order).
    """

    def __init__(
        self, model: Model, failed: Iterable[str] = (), switched: Iterable[str] = ()
    ) -> None:
        self.model = model
        self.failed = np.zeros(model.size, bool)
        self.failed[model.nodes(failed)] = True
        self.switched = np.zeros(model.size, bool)
        self.switched[model.nodes(switched)] = True
        self.bits = bits_of(model, self.failed, self.switched)
        self._queued = waiting_room(model.size)

    def __repr__(self) -> str:
        counts = np.bincount(self.states(), minlength=len(State))
        shown = ", ".join(f"{counts[state]} {state.name.lower()}" for state in State)
        return f"<LiveState of {self.model.size} nodes: {shown}>"

    @classmethod
    def settled(
        cls,
        model: Model,
        failed: NDArray[np.bool_],
        switched: NDArray[np.bool_],
        bits: NDArray[np.uint8],
    ) -> LiveState:
        """From bits already computed for these flags; keeps the arrays it is given."""
        live = cls.__new__(cls)
        live.take(model, failed, switched, bits)
        return live

    def take(
        self,
        model: Model,
        failed: NDArray[np.bool_],
        switched: NDArray[np.bool_],
        bits: NDArray[np.uint8],
    ) -> None:
        self.model, self.failed, self.switched, self.bits = model, failed, switched, bits
        self._queued = waiting_room(model.size)

    def _formula(
        self,
    ) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]:
        model = self.model
        return model.need, model.start, model.inputs, model.minutes

    def state(self, name: str) -> State:
        return self.state_of(self.model.node(name))

    def state_of(self, node: int) -> State:
        bits = int(self.bits[node])
        if bits & NOW_DOWN:
            return State.DOWN
        if bits & HOT_DOWN:
            return State.STANDBY
        return State.DEGRADED if bits & TROUBLED else State.UP

    def states(self) -> NDArray[np.uint8]:
        """(n,) the State of every node."""
        return _STATES[self.bits]

    def recoverable(self, name: str) -> bool:
        """Down, but up again once its cold standbys are switched on."""
        bits = int(self.bits[self.model.node(name)])
        return bool(bits & NOW_DOWN) and not bits & FULL_DOWN

    def fail(self, *names: str) -> NDArray[np.int32]:
        return self.update(failed=names)

    def repair(self, *names: str) -> NDArray[np.int32]:
        return self.update(repaired=names)

    def switch(self, *names: str) -> NDArray[np.int32]:
        return self.update(switched=names)

    def release(self, *names: str) -> NDArray[np.int32]:
        return self.update(released=names)

    def set_failed(self, node: int, *, failed: bool) -> NDArray[np.int32]:
        """`fail` or `repair` by id."""
        self.failed[node] = failed
        return self._spread(np.array([node], np.int32))

    def update(
        self,
        *,
        failed: Iterable[str] = (),
        repaired: Iterable[str] = (),
        switched: Iterable[str] = (),
        released: Iterable[str] = (),
    ) -> NDArray[np.int32]:
        """Several changes at once."""
        nodes = self.model.nodes
        changes = (
            (self.failed, nodes(failed), True),
            (self.failed, nodes(repaired), False),
            (self.switched, nodes(switched), True),
            (self.switched, nodes(released), False),
        )
        above_start, above = self.model.parents
        seeds = [changed for flags, changed, _ in changes if flags is self.failed]
        for flags, changed, value in changes:
            flags[changed] = value
            if flags is self.switched:
                seeds += [above[above_start[node] : above_start[node + 1]] for node in changed]
        return self._spread(np.concatenate(seeds))

    def _spread(self, seeds: NDArray[np.int32]) -> NDArray[np.int32]:
        model = self.model
        above_start, above = model.parents
        return spread(
            seeds, model.rank, model.order, above_start, above, *self._formula(),
            self.failed, self.switched, self.bits, self._queued,
        )  # fmt: skip


_STATES = np.array(
    [
        State.DOWN
        if bits & NOW_DOWN
        else State.STANDBY
        if bits & HOT_DOWN
        else State.DEGRADED
        if bits & TROUBLED
        else State.UP
        for bits in range(16)
    ],
    np.uint8,
)


def live_state(model: Model, failed: Iterable[str] = (), switched: Iterable[str] = ()) -> LiveState:
    """The state of every item, given the items that failed and the cold standbys switched on."""
    return LiveState(model, failed, switched)
