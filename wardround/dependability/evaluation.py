"""The state bits of nodes, evaluated all at once or only as far as a change reaches: compiled part.

Four bits a node: down without cold inputs, down now, down even with all cold inputs, and whether
anything it rests on is in trouble.
"""

# ruff: noqa: C901, PLR0913, PLR0915, PLR0917
# Compiled loops over arrays, kept flat.

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability.compiled import compiled, inlined
from wardround.dependability.words import NONE, ONE, bits_set

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOT_DOWN, NOW_DOWN, FULL_DOWN, TROUBLED = 1, 2, 4, 8


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
    if troubled or value:
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
    queued: NDArray[np.uint64],
) -> NDArray[np.int32]:
    """Bring the bits up to date after the seeds' own data changed; returns the nodes whose bits
    did.

    `queued` has a bit for each topological rank (`waiting_room`), all zero, and is left so. What is
    queued stands above what is taken, so one walk over the words finds the nodes in order.
    """
    changed = np.empty(64, np.int32)
    found = 0
    place = len(queued)
    last = -1
    for seed in seeds:
        at = rank[seed]
        queued[at >> 6] |= ONE << np.uint64(at & 63)
        place = min(place, at >> 6)
        last = max(last, at >> 6)
    while place <= last:
        word = queued[place]
        if word == NONE:
            place += 1
            continue
        least = word & (~word + ONE)
        queued[place] = word ^ least
        node = order[(place << 6) + bits_set(least - ONE)]
        value = _evaluate(node, need, start, inputs, minutes, failed, switched, bits)
        if value == bits[node]:
            continue
        bits[node] = value
        if found == len(changed):
            changed = np.concatenate((changed, np.empty_like(changed)))
        changed[found] = node
        found += 1
        for edge in range(above_start[node], above_start[node + 1]):
            at = rank[above[edge]]
            queued[at >> 6] |= ONE << np.uint64(at & 63)
            last = max(last, at >> 6)
    return changed[:found].copy()


def waiting_room(size: int) -> NDArray[np.uint64]:
    """Room for `spread` to queue any of so many nodes in."""
    return np.zeros((size + 63) // 64, np.uint64)
