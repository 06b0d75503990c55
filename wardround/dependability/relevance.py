"""The CFIA rows of up to 64 services at once, one bit of a word for each: compiled part.

X and M spread from the services down along what alone takes them down (`singles.kills`). Items that
can only be reached through parts that cannot fail (X assumed up, as in any other minimal cut set)
are blank. For what is reached otherwise `routing` proves that it matters.
"""
# ruff: noqa: C901, FBT001, PLR0913, PLR0915, PLR0917
# Compiled loops over arrays; compiled code takes no keywords.

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability.compiled import compiled
from wardround.dependability.words import NONE, ONE, tally

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLANK, ALTERNATIVE, MANUAL, SINGLE = 0, 1, 2, 3
"""Cell codes: blank, A, M, X. UNPROVED marks an A whose proof was not found."""
UNPROVED = 4


@compiled
def part_below(
    services: NDArray[np.int32],
    start: NDArray[np.int64],
    inputs: NDArray[np.int32],
    minutes: NDArray[np.float64],
    slack: NDArray[np.int32],
) -> tuple[
    NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], NDArray[np.bool_]
]:
    """What the services rest on, renumbered inputs first, without what is down from the start:
    nodes (p,), place (n,) of a node in them or −1, start (p + 1,), inputs, whether they are cold.
    """
    size = len(slack)
    place = np.full(size, -1, np.int32)
    nodes = np.empty(size, np.int32)
    stack = np.empty(size + 1, np.int32)
    cursor = np.empty(size + 1, np.int64)
    count = 0
    edges = 0
    for service in services:
        if place[service] != -1 or slack[service] < 0:
            continue
        depth = 0
        stack[0] = service
        place[service] = -2
        cursor[0] = start[service]
        while depth >= 0:
            node = stack[depth]
            if cursor[depth] < start[node + 1]:
                below = inputs[cursor[depth]]
                cursor[depth] += 1
                if place[below] == -1 and slack[below] >= 0:
                    place[below] = -2
                    depth += 1
                    stack[depth] = below
                    cursor[depth] = start[below]
                continue
            depth -= 1
            place[node] = count
            nodes[count] = node
            count += 1
            edges += start[node + 1] - start[node]
    # By level, then by shape: the loops over the part then branch the same way many times over.
    shape = np.empty(count, np.int64)
    for here in range(count):
        node = nodes[here]
        level = 0
        for edge in range(start[node], start[node + 1]):
            if slack[inputs[edge]] >= 0:
                level = max(level, 1 + (shape[place[inputs[edge]]] >> 32))
        wide = min(start[node + 1] - start[node], 255)
        shape[here] = level << 32 | min(abs(slack[node]), 255) << 16 | wide
    nodes = nodes[:count][np.argsort(shape, kind="mergesort")]
    for here in range(count):
        place[nodes[here]] = here
    first = np.zeros(count + 1, np.int32)
    local = np.empty(edges, np.int32)
    cold = np.empty(edges, np.bool_)
    used = 0
    for here in range(count):
        node = nodes[here]
        for edge in range(start[node], start[node + 1]):
            if slack[inputs[edge]] >= 0:
                local[used] = place[inputs[edge]]
                cold[used] = minutes[edge] >= 0.0
                used += 1
        first[here + 1] = used
    return nodes, place, first, local[:used].copy(), cold[:used].copy()


@compiled
def heads_of(
    services: NDArray[np.int32],
    nodes: NDArray[np.int32],
    place: NDArray[np.int32],
    slack: NDArray[np.int32],
) -> NDArray[np.uint64]:
    """(p,) the bit of each service that is up, at its own node."""
    heads = np.zeros(len(nodes), np.uint64)
    for bit, service in enumerate(services):
        if place[service] >= 0 and slack[service] >= 0:
            heads[place[service]] |= ONE << np.uint64(bit)
    return heads


@compiled
def alone(
    heads: NDArray[np.uint64],
    nodes: NDArray[np.int32],
    place: NDArray[np.int32],
    start: NDArray[np.int32],
    inputs: NDArray[np.int32],
    cold: NDArray[np.bool_],
    hot_only: bool,
    slack: NDArray[np.int32],
    begin: NDArray[np.int64],
    end: NDArray[np.int64],
    killing: NDArray[np.int32],
) -> NDArray[np.uint64]:
    """(p,) the services that each node alone takes down."""
    taken = heads.copy()
    for here in range(len(nodes) - 1, -1, -1):
        word = taken[here]
        node = nodes[here]
        if word == NONE:
            continue
        if slack[node] > 0:
            for each in range(begin[node], end[node]):
                taken[place[killing[each]]] |= word
            continue
        for edge in range(start[here], start[here + 1]):
            below = inputs[edge]
            if slack[nodes[below]] >= 0 and not (hot_only and cold[edge]):
                taken[below] |= word
    return taken


@compiled
def reachable(
    heads: NDArray[np.uint64],
    start: NDArray[np.int32],
    inputs: NDArray[np.int32],
    need: NDArray[np.int32],
    fallible: NDArray[np.bool_],
    single: NDArray[np.uint64],
) -> NDArray[np.uint64]:
    """(p,) the services each node may matter to: reached through nothing that cannot fail."""
    size = len(need)
    planes = np.empty(64, np.uint64)
    immune = np.empty(size, np.uint64)
    for here in range(size):
        safe, _ = tally(immune, inputs, start[here], start[here + 1], need[here], planes)
        immune[here] = safe & single[here] if fallible[here] else safe
    reached = heads.copy()
    for here in range(size - 1, -1, -1):
        word = reached[here]
        if word != NONE:
            for edge in range(start[here], start[here + 1]):
                reached[inputs[edge]] |= word & ~immune[inputs[edge]]
    return reached


@compiled
def gathered(
    services: int,
    nodes: NDArray[np.int32],
    single: NDArray[np.uint64],
    manual: NDArray[np.uint64],
    proved: NDArray[np.uint64],
    unproved: NDArray[np.uint64],
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.uint8]]:
    """The cells of each service: (offset (s + 1,), items, codes)."""
    offset = np.zeros(services + 1, np.int64)
    for here in range(len(nodes)):
        word = single[here] | manual[here] | proved[here] | unproved[here]
        row = 0
        while word != NONE:
            row += 1
            offset[row] += int(word & ONE)
            word >>= ONE
    for row in range(services):
        offset[row + 1] += offset[row]
    fill = offset.copy()
    items = np.empty(offset[services], np.int32)
    codes = np.empty(offset[services], np.uint8)
    for here in range(len(nodes)):
        word = single[here] | manual[here] | proved[here] | unproved[here]
        row = 0
        while word != NONE:
            if word & ONE:
                bit = ONE << np.uint64(row)
                code = UNPROVED if unproved[here] & bit else ALTERNATIVE
                code = MANUAL if manual[here] & bit else code
                items[fill[row]] = nodes[here]
                codes[fill[row]] = SINGLE if single[here] & bit else code
                fill[row] += 1
            word >>= ONE
            row += 1
    return offset, items, codes
