"""What falls and rises again when items fail and are repaired, by counting: compiled part.

A node is down when it failed itself or fewer than `need` of its counting inputs are up. Keeping the
number of those that are up lets one failure or repair be followed in the time of what it changes.
"""
# ruff: noqa: C901, PLR0915
# Compiled loops over arrays, kept flat.

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wardround.dependability.compiled import compiled, inlined

if TYPE_CHECKING:
    from collections.abc import Sequence

TARGET, SEEN_UP = 1, 2
TARGETS_UP, SEEN_UP_DOWN, WORK = 0, 1, 2
"""Places in `World.tally`: targets still up, nodes seen up that are down, edges looked at."""
_FEW = 32  # inputs up to which insertion sorts them quickest


class Part(NamedTuple):
    """p nodes, inputs first, with the inputs that count now: start (p + 1,), inputs (m,), the same
    edges upward: above_start (p + 1,), above (m,); need (p,); marks (p,) TARGET and SEEN_UP bits.
    The inputs of a node stand in the order in which `path` asks them.
    """

    start: NDArray[np.int32]
    inputs: NDArray[np.int32]
    above_start: NDArray[np.int32]
    above: NDArray[np.int32]
    need: NDArray[np.int32]
    marks: NDArray[np.uint8]


class World(NamedTuple):
    """own (p,) failed itself; alive (p,) counting inputs that are up; down (p,); tally (3,); stack
    (p,) is room to work in.
    """

    own: NDArray[np.bool_]
    alive: NDArray[np.int32]
    down: NDArray[np.bool_]
    tally: NDArray[np.int64]
    stack: NDArray[np.int32]

    def copy(self) -> World:
        own, alive, down, tally, stack = self
        return World(own.copy(), alive.copy(), down.copy(), tally.copy(), stack)

    def take(self, other: World) -> None:
        """Become what the other is."""
        self.own[:], self.alive[:] = other.own, other.alive
        self.down[:], self.tally[:] = other.down, other.tally


@compiled
def part_of(
    seeds: NDArray[np.int32],
    start: NDArray[np.int64],
    inputs: NDArray[np.int32],
    counts: NDArray[np.bool_],
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """What the seeds rest on by the edges that count, inputs first: nodes (p,), start (p + 1,),
    inputs, renumbered.
    """
    size = len(start) - 1
    place = np.full(size, -1, np.int32)
    nodes = np.empty(size, np.int32)
    stack = np.empty(size + 1, np.int32)
    cursor = np.empty(size + 1, np.int64)
    count = edges = 0
    for seed in seeds:
        if place[seed] != -1:
            continue
        depth = 0
        stack[0] = seed
        place[seed] = -2
        cursor[0] = start[seed]
        while depth >= 0:
            node = stack[depth]
            if cursor[depth] < start[node + 1]:
                edge = cursor[depth]
                cursor[depth] += 1
                if not counts[edge]:
                    continue
                edges += 1
                below = inputs[edge]
                if place[below] == -1:
                    place[below] = -2
                    depth += 1
                    stack[depth] = below
                    cursor[depth] = start[below]
                continue
            depth -= 1
            place[node] = count
            nodes[count] = node
            count += 1
    first = np.zeros(count + 1, np.int32)
    local = np.empty(edges, np.int32)
    used = 0
    for here in range(count):
        node = nodes[here]
        for edge in range(start[node], start[node + 1]):
            if counts[edge]:
                local[used] = place[inputs[edge]]
                used += 1
        first[here + 1] = used
    return nodes[:count].copy(), first, local


@inlined
def sort_by(nodes: NDArray[np.int32], weight: NDArray[np.float64], low: int, high: int) -> None:
    """Sort nodes[low:high] by their weights; those that weigh the same keep their order."""
    if high - low > _FEW:
        given = nodes[low:high].copy()
        nodes[low:high] = given[np.argsort(weight[given], kind="mergesort")]
    else:
        for edge in range(low + 1, high):
            node = nodes[edge]
            place = edge
            while place > low and weight[nodes[place - 1]] > weight[node]:
                nodes[place] = nodes[place - 1]
                place -= 1
            nodes[place] = node


@compiled
def lightest_first(
    start: NDArray[np.int32],
    inputs: NDArray[np.int32],
    need: NDArray[np.int32],
    fallible: NDArray[np.bool_],
) -> None:
    """Sort the inputs of each node by how many items the least path below them holds, each counted
    as often as it is met.
    """
    weight = np.zeros(len(need), np.float64)
    for here in range(len(need)):
        low, high = start[here], start[here + 1]
        sort_by(inputs, weight, low, high)
        total = 1.0 if fallible[here] else 0.0
        if need[here] > high - low:
            total = 1e200
        else:
            for edge in range(low, low + need[here]):
                total += weight[inputs[edge]]
        weight[here] = min(total, 1e200)


@compiled
def only_through(
    above_start: NDArray[np.int32],
    above: NDArray[np.int32],
    marks: NDArray[np.uint8],
    gates: NDArray[np.bool_],
) -> NDArray[np.int32]:
    """(p,) the nearest of the nodes `gates` through which alone a node acts on all that is marked,
    else −1.
    """
    size = len(marks)
    through = np.full(size, -1, np.int32)
    for here in range(size - 1, -1, -1):
        low, high = above_start[here], above_start[here + 1]
        if marks[here] or low == high:
            continue
        first = above[low]
        same = first if gates[first] else through[first]
        for edge in range(low + 1, high):
            other = above[edge]
            if same != (other if gates[other] else through[other]):
                same = np.int32(-1)
        through[here] = same
    return through


@compiled
def at_rest(part: Part, world: World) -> None:
    """Fill the world with nothing failed."""
    for here in range(len(part.need)):
        up = 0
        for edge in range(part.start[here], part.start[here + 1]):
            if not world.down[part.inputs[edge]]:
                up += 1
        world.alive[here] = up
        world.own[here] = False
        world.down[here] = up < part.need[here]
        if part.marks[here] & TARGET and not world.down[here]:
            world.tally[TARGETS_UP] += 1
        if part.marks[here] & SEEN_UP and world.down[here]:
            world.tally[SEEN_UP_DOWN] += 1


@inlined
def fail(part: Part, world: World, item: int) -> None:
    world.own[item] = True
    if world.down[item]:
        return
    depth = 1
    world.stack[0] = item
    world.down[item] = True
    while depth > 0:
        depth -= 1
        node = world.stack[depth]
        world.tally[WORK] += 1 + part.above_start[node + 1] - part.above_start[node]
        if part.marks[node] & TARGET:
            world.tally[TARGETS_UP] -= 1
        if part.marks[node] & SEEN_UP:
            world.tally[SEEN_UP_DOWN] += 1
        for edge in range(part.above_start[node], part.above_start[node + 1]):
            above = part.above[edge]
            world.alive[above] -= 1
            if not world.down[above] and world.alive[above] < part.need[above]:
                world.down[above] = True
                world.stack[depth] = above
                depth += 1


@inlined
def repair(part: Part, world: World, item: int) -> None:
    world.own[item] = False
    if not world.down[item] or world.alive[item] < part.need[item]:
        return
    depth = 1
    world.stack[0] = item
    world.down[item] = False
    while depth > 0:
        depth -= 1
        node = world.stack[depth]
        world.tally[WORK] += 1 + part.above_start[node + 1] - part.above_start[node]
        if part.marks[node] & TARGET:
            world.tally[TARGETS_UP] += 1
        if part.marks[node] & SEEN_UP:
            world.tally[SEEN_UP_DOWN] -= 1
        for edge in range(part.above_start[node], part.above_start[node + 1]):
            above = part.above[edge]
            world.alive[above] += 1
            if (
                world.down[above]
                and not world.own[above]
                and world.alive[above] >= part.need[above]
            ):
                world.down[above] = False
                world.stack[depth] = above
                depth += 1


@compiled
def fail_all(part: Part, world: World, items: NDArray[np.int32]) -> None:
    for item in items:
        fail(part, world, item)


@compiled
def hanging(part: Part, world: World, seen_up: NDArray[np.int32]) -> NDArray[np.bool_]:
    """(p,) nodes that some node seen up cannot do without now: each input, where none is to spare.
    An item below several inputs of a gate is not found here.
    """
    hangs = np.zeros(len(part.need), np.bool_)
    many = len(seen_up)
    world.stack[:many] = seen_up
    for node in seen_up:
        hangs[node] = True
    while many > 0:
        many -= 1
        node = world.stack[many]
        world.tally[WORK] += 1 + part.start[node + 1] - part.start[node]
        if world.alive[node] != part.need[node]:
            continue
        for edge in range(part.start[node], part.start[node + 1]):
            below = part.inputs[edge]
            if not hangs[below] and not world.down[below]:
                hangs[below] = True
                world.stack[many] = below
                many += 1
    return hangs


def nodes_array(nodes: Sequence[int]) -> NDArray[np.int32]:
    return np.array(nodes, np.int32)
