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
