"""Items that together take all targets down, and what such a set must cost: compiled part.

A path set of a target is what keeps it up by itself: some item of it must fail. `ascend` charges
path sets to their items, up to their price (dual ascent for covering, Bar-Yehuda and Even 1981);
what was charged bounds the cost of every explanation from below, and the items whose price is used
up take all targets down. `proof` and `thin_out` leave of them what is needed.
"""
# ruff: noqa: C901, PLR0913, PLR0915, PLR0917
# Compiled loops over arrays, kept flat; compiled code takes no keywords.

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability.compiled import compiled, inlined
from wardround.dependability.falling import (
    SEEN_UP_DOWN,
    TARGETS_UP,
    WORK,
    fail,
    hanging,
    repair,
    sort_by,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wardround.dependability.falling import Part, World

_PAID = 1e-12


@compiled
def ascend(
    part: Part, world: World, left: NDArray[np.float64], targets: NDArray[np.int32], most: int
) -> tuple[float, NDArray[np.int32]]:
    """(the least further cost that takes all targets down or an infinite one, items that do it).

    `left` (p,) is the price of each item that may fail, infinite for all other nodes; it is used
    up. The items returned have failed in `world`, in this order. Once the work of `world` is beyond
    `most`, targets stay up and the cost is only what was found by then.
    """
    bound = 0.0
    paid = np.empty(16, np.int32)
    many = 0
    stamp = np.full(len(part.need), -1, np.int32)
    path = np.empty(len(part.need), np.int32)
    ticket = 0
    for target in targets:
        while not world.down[target]:
            if world.tally[WORK] > most:
                return bound, paid[:many].copy()
            count = _path(part, world, target, ticket, stamp, path)
            world.tally[WORK] += 3 * count
            least = np.inf
            for place in range(count):
                least = min(least, left[path[place]])
            ticket += 1
            if least == np.inf:
                return np.inf, paid[:many].copy()
            bound += least
            for place in range(count):
                node = path[place]
                left[node] -= least
                if left[node] > _PAID:
                    continue
                left[node] = np.inf
                if many == len(paid):
                    paid = np.concatenate((paid, np.empty_like(paid)))
                paid[many] = node
                many += 1
                fail(part, world, node)
    return bound, paid[:many].copy()


@compiled
def dive(
    part: Part, world: World, price: NDArray[np.float64], targets: NDArray[np.int32], most: int
) -> NDArray[np.int32]:
    """Items that take all targets down and nothing seen up, found by taking of each path set that
    still holds the cheapest item that may fail, the nearest to the target first; empty when one
    has none, or the work of `world` is beyond `most`.
    """
    taken = np.empty(len(targets) + 16, np.int32)
    many = 0
    stamp = np.full(len(part.need), -1, np.int32)
    path = np.empty(len(part.need), np.int32)
    ticket = 0
    for target in targets:
        while not world.down[target]:
            if world.tally[WORK] > most:
                return taken[:0].copy()
            count = _path(part, world, target, ticket, stamp, path)
            ticket += 1
            world.tally[WORK] += 3 * count
            found = False
            tried = -1.0
            while not found:
                best = -1
                for place in range(count):
                    value = price[path[place]]
                    if value > tried and (best < 0 or value < price[path[best]]):
                        best = place
                if best < 0 or price[path[best]] == np.inf:
                    break
                tried = price[path[best]]
                for place in range(best, count):
                    node = path[place]
                    if price[node] != tried:
                        continue
                    fail(part, world, node)
                    if world.tally[SEEN_UP_DOWN] == 0:
                        if many == len(taken):
                            taken = np.concatenate((taken, np.empty_like(taken)))
                        taken[many] = node
                        many += 1
                        found = True
                        break
                    repair(part, world, node)
            if not found:
                return taken[:0].copy()
    return taken[:many].copy()


@inlined
def _path(
    part: Part,
    world: World,
    target: int,
    ticket: int,
    stamp: NDArray[np.int32],
    path: NDArray[np.int32],
) -> int:
    """Write a path set that keeps the target up, the target first; returns how many nodes."""
    count = 1
    path[0] = target
    stamp[target] = ticket
    taken = 0
    while taken < count:
        node = path[taken]
        taken += 1
        asked = part.need[node]
        edge = part.start[node]
        while asked > 0:
            below = part.inputs[edge]
            edge += 1
            if world.down[below]:
                continue
            asked -= 1
            if stamp[below] != ticket:
                stamp[below] = ticket
                path[count] = below
                count += 1
    return count


@compiled
def proof(
    part: Part, world: World, price: NDArray[np.float64], targets: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """(p,) failed items of a cheap proof that the targets are down: of each node itself, or of the
    cheapest inputs that suffice, each counted as often as it is met.
    """
    size = len(part.need)
    cost = np.full(size, np.inf)
    widest = 0
    for here in range(size):
        widest = max(widest, part.start[here + 1] - part.start[here])
    ways = np.empty(widest, np.int32)
    for here in range(size):
        if world.down[here]:
            enough = _cheapest_down(part, world, here, cost, ways)
            total = 0.0 if enough >= 0 else np.inf
            for place in range(enough):
                total += cost[ways[place]]
            cost[here] = min(total, price[here]) if world.own[here] else total
    world.tally[WORK] += len(part.inputs)
    wanted = np.zeros(size, np.bool_)
    for target in targets:
        wanted[target] = True
    used = np.zeros(size, np.bool_)
    for here in range(size - 1, -1, -1):
        if not wanted[here]:
            continue
        if world.own[here] and cost[here] == price[here]:
            used[here] = True
            continue
        enough = _cheapest_down(part, world, here, cost, ways)
        for place in range(enough):
            wanted[ways[place]] = True
    return used


@inlined
def _cheapest_down(
    part: Part, world: World, here: int, cost: NDArray[np.float64], ways: NDArray[np.int32]
) -> int:
    """Write the cheapest down inputs that take a node down; returns how many (0: none is needed,
    −1: there are too few).
    """
    low, high = part.start[here], part.start[here + 1]
    enough = high - low - part.need[here] + 1
    count = 0
    for edge in range(low, high):
        if world.down[part.inputs[edge]]:
            ways[count] = part.inputs[edge]
            count += 1
    sort_by(ways, cost, 0, count)
    return max(enough, 0) if count >= enough else -1


@compiled
def thin_out(part: Part, world: World, items: NDArray[np.int32], most: int) -> NDArray[np.int32]:
    """Repair, in this order, each item without which all targets stay down; returns the others.
    After `most` steps the rest are returned as they are.
    """
    kept = np.empty(len(items), np.int32)
    many = 0
    most += world.tally[WORK]
    for item in items:
        if world.tally[WORK] > most:
            kept[many] = item
            many += 1
            continue
        repair(part, world, item)
        if world.tally[TARGETS_UP] > 0:
            fail(part, world, item)
            kept[many] = item
            many += 1
    return kept[:many].copy()


@compiled
def forbidden(part: Part, world: World, items: NDArray[np.int32]) -> NDArray[np.int32]:
    """Those of the items whose failure, added to the world, takes down something seen up."""
    found = np.empty(len(items), np.int32)
    many = 0
    for item in items:
        if world.own[item]:
            continue
        fail(part, world, item)
        if world.tally[SEEN_UP_DOWN] > 0:
            found[many] = item
            many += 1
        repair(part, world, item)
    return found[:many].copy()


@compiled
def each_that_fits(
    part: Part, world: World, items: NDArray[np.int32], seen_up: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Let the items fail, one after the other, but for those that would take down something seen
    up; returns those that failed.
    """
    found = np.empty(len(items), np.int32)
    many = 0
    hangs = hanging(part, world, seen_up)  # more of them do as more fails, never less
    wasted = 0
    for item in items:
        if hangs[item]:
            continue
        before = world.tally[WORK]
        fail(part, world, item)
        if world.tally[SEEN_UP_DOWN] == 0:
            found[many] = item
            many += 1
            continue
        repair(part, world, item)
        wasted += world.tally[WORK] - before
        if wasted > len(part.inputs):
            hangs = hanging(part, world, seen_up)
            wasted = 0
    return found[:many].copy()


@compiled
def any_completes(part: Part, world: World, items: NDArray[np.int32]) -> bool:
    """Whether the failure of one of the items takes the last targets down, and nothing seen up."""
    for item in items:
        if world.own[item]:
            continue
        fail(part, world, item)
        good = world.tally[TARGETS_UP] == 0 and world.tally[SEEN_UP_DOWN] == 0
        repair(part, world, item)
        if good:
            return True
    return False
