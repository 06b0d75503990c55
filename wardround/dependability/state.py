"""Live state: what is up, degraded, on standby or down, given what has failed and what was
switched.

    DOWN      fewer inputs than needed count now, or the item failed itself
    STANDBY   up, but only because a cold standby was switched on, here or below
    DEGRADED  up without it, but something it rests on, at any depth, is not plainly up
    UP        everything as designed

A change is followed upward only as far as it changes something, in topological order, so each node
is looked at once.
"""

# ruff: noqa: C901, PLR0913, PLR0915, PLR0917
# Compiled loops over arrays, kept flat.

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability.compiled import compiled, inlined

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from wardround.dependability.model import Model

_FEW = 100
"""Below one change in so many nodes, following what they change is quicker than evaluating all."""
HOT_DOWN, NOW_DOWN, FULL_DOWN, TROUBLED = 1, 2, 4, 8


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


@inlined
def _evaluate(
    node: int,
    need: NDArray[np.int32],
    start: NDArray[np.int64],
    inputs: NDArray[np.int32],
    minutes: NDArray[np.float64],
    failed: NDArray[np.bool_],
    switched: NDArray[np.bool_],
    bits: NDArray[np.uint8],
) -> int:
    hot = now = full = 0
    troubled = False
    for edge in range(start[node], start[node + 1]):
        below = inputs[edge]
        given = bits[below]
        if given & TROUBLED:
            troubled = True
        if not given & FULL_DOWN:
            full += 1
        if minutes[edge] < 0.0:
            if not given & HOT_DOWN:
                hot += 1
            if not given & NOW_DOWN:
                now += 1
        elif switched[below] and not given & NOW_DOWN:
            now += 1
    value = 0
    if hot < need[node]:
        value |= HOT_DOWN
    if now < need[node]:
        value |= NOW_DOWN
    if full < need[node]:
        value |= FULL_DOWN
    if failed[node]:
        value = HOT_DOWN | NOW_DOWN | FULL_DOWN
    if troubled or value & (NOW_DOWN | FULL_DOWN):
        value |= TROUBLED
    return value


@compiled
def settle(
    order: NDArray[np.int32],
    need: NDArray[np.int32],
    start: NDArray[np.int64],
    inputs: NDArray[np.int32],
    minutes: NDArray[np.float64],
    failed: NDArray[np.bool_],
    switched: NDArray[np.bool_],
    bits: NDArray[np.uint8],
) -> None:
    """Every node's bits, from the inputs up."""
    for node in order:
        bits[node] = _evaluate(node, need, start, inputs, minutes, failed, switched, bits)


@compiled
def by_inputs(
    nodes: NDArray[np.int32],
    need: NDArray[np.int32],
    start: NDArray[np.int64],
    inputs: NDArray[np.int32],
    minutes: NDArray[np.float64],
    nothing: NDArray[np.bool_],
    switched: NDArray[np.bool_],
    bits: NDArray[np.uint8],
) -> NDArray[np.uint8]:
    """The bits that each of these nodes would have if it had not failed itself."""
    found = np.empty(len(nodes), np.uint8)
    for place in range(len(nodes)):
        found[place] = _evaluate(
            nodes[place], need, start, inputs, minutes, nothing, switched, bits
        )  # fmt: skip
    return found


@compiled
def spread(
    seeds: NDArray[np.int32],
    rank: NDArray[np.int32],
    order: NDArray[np.int32],
    above_start: NDArray[np.int64],
    above: NDArray[np.int32],
    need: NDArray[np.int32],
    start: NDArray[np.int64],
    inputs: NDArray[np.int32],
    minutes: NDArray[np.float64],
    failed: NDArray[np.bool_],
    switched: NDArray[np.bool_],
    bits: NDArray[np.uint8],
    queued: NDArray[np.bool_],
) -> NDArray[np.int32]:
    """Bring the bits up to date after the seeds' own data changed; returns the nodes whose bits
    did.

    A binary heap of topological ranks; `queued` must be all False and is left so.
    """
    heap = np.empty(64, np.int32)
    size = 0
    changed = np.empty(64, np.int32)
    found = 0
    for seed in seeds:
        if queued[seed]:
            continue
        queued[seed] = True
        if size == len(heap):
            heap = np.concatenate((heap, np.empty_like(heap)))
        _sift_up(heap, size, rank[seed])
        size += 1
    while size > 0:
        node = order[heap[0]]
        size -= 1
        _sift_down(heap, size, heap[size])
        queued[node] = False
        value = _evaluate(node, need, start, inputs, minutes, failed, switched, bits)
        if value == bits[node]:
            continue
        bits[node] = value
        if found == len(changed):
            changed = np.concatenate((changed, np.empty_like(changed)))
        changed[found] = node
        found += 1
        for edge in range(above_start[node], above_start[node + 1]):
            upper = above[edge]
            if queued[upper]:
                continue
            queued[upper] = True
            if size == len(heap):
                heap = np.concatenate((heap, np.empty_like(heap)))
            _sift_up(heap, size, rank[upper])
            size += 1
    return changed[:found].copy()


@inlined
def _sift_up(heap: NDArray[np.int32], place: int, value: int) -> None:
    while place > 0:
        parent = (place - 1) >> 1
        if heap[parent] <= value:
            break
        heap[place] = heap[parent]
        place = parent
    heap[place] = value


@inlined
def _sift_down(heap: NDArray[np.int32], size: int, value: int) -> None:
    place = 0
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= value:
            break
        heap[place] = heap[child]
        place = child
    heap[place] = value


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
    queued = np.zeros(model.size, bool)
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
        self._queued = np.zeros(model.size, bool)

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
        self._queued = np.zeros(model.size, bool)

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
