"""Orders and closures over the graph of a model."""
# ruff: noqa: PLR0915
# Compiled loops over arrays, kept flat.

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray


@compiled
def reverse(
    start: NDArray[np.int64], inputs: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The same edges from the inputs to what they support: (n + 1,) and (m,)."""
    size = len(start) - 1
    first = np.zeros(size + 1, np.int64)
    for below in inputs:
        first[below + 1] += 1
    for node in range(size):
        first[node + 1] += first[node]
    fill = first[:-1].copy()
    above = np.empty(len(inputs), np.int32)
    for node in range(size):
        for edge in range(start[node], start[node + 1]):
            below = inputs[edge]
            above[fill[below]] = node
            fill[below] += 1
    return first, above


@compiled
def topological(start: NDArray[np.int64], inputs: NDArray[np.int32]) -> NDArray[np.int32]:
    """Depth-first post-order (inputs first); shorter than n when there is a cycle."""
    size = len(start) - 1
    order = np.empty(size, np.int32)
    state = np.zeros(size, np.int8)
    cursor = np.empty(size, np.int64)
    stack = np.empty(size, np.int32)
    done = 0
    for root in range(size):
        if state[root] != 0:
            continue
        depth = 0
        stack[0] = root
        state[root] = 1
        cursor[root] = start[root]
        while depth >= 0:
            node = stack[depth]
            if cursor[node] == start[node + 1]:
                state[node] = 2
                order[done] = node
                done += 1
                depth -= 1
                continue
            below = inputs[cursor[node]]
            cursor[node] += 1
            if state[below] == 1:
                return _acyclic_part(start, inputs)
            if state[below] == 0:
                depth += 1
                stack[depth] = below
                state[below] = 1
                cursor[below] = start[below]
    return order


@compiled
def _acyclic_part(start: NDArray[np.int64], inputs: NDArray[np.int32]) -> NDArray[np.int32]:
    """Nodes that reach no cycle, by peeling: what is left out can reach one."""
    size = len(start) - 1
    first, above = reverse(start, inputs)
    waiting = start[1:] - start[:-1]
    order = np.empty(size, np.int32)
    done = 0
    for node in range(size):
        if waiting[node] == 0:
            order[done] = node
            done += 1
    taken = 0
    while taken < done:
        node = order[taken]
        taken += 1
        for edge in range(first[node], first[node + 1]):
            waiting[above[edge]] -= 1
            if waiting[above[edge]] == 0:
                order[done] = above[edge]
                done += 1
    return order[:done].copy()


@compiled
def closure(
    start: NDArray[np.int64], inputs: NDArray[np.int32], seeds: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """(n,) what the seeds reach by the given edges, the seeds included."""
    reached = np.zeros(len(start) - 1, np.bool_)
    stack = np.empty(len(start) - 1, np.int32)
    depth = 0
    for seed in seeds:
        if not reached[seed]:
            reached[seed] = True
            stack[depth] = seed
            depth += 1
    while depth > 0:
        depth -= 1
        node = stack[depth]
        for edge in range(start[node], start[node + 1]):
            below = inputs[edge]
            if not reached[below]:
                reached[below] = True
                stack[depth] = below
                depth += 1
    return reached


@compiled
def closure_among(
    start: NDArray[np.int64],
    inputs: NDArray[np.int32],
    seeds: NDArray[np.int32],
    bits: NDArray[np.uint8],
    wanted: int,
) -> NDArray[np.int32]:
    """Nodes with a wanted bit that the seeds reach through such nodes only, the seeds included."""
    reached = np.zeros(len(bits), np.bool_)
    found = np.empty(64, np.int32)
    count = 0
    for seed in seeds:
        if bits[seed] & wanted and not reached[seed]:
            reached[seed] = True
            if count == len(found):
                found = np.concatenate((found, np.empty_like(found)))
            found[count] = seed
            count += 1
    taken = 0
    while taken < count:
        node = found[taken]
        taken += 1
        for edge in range(start[node], start[node + 1]):
            below = inputs[edge]
            if bits[below] & wanted and not reached[below]:
                reached[below] = True
                if count == len(found):
                    found = np.concatenate((found, np.empty_like(found)))
                found[count] = below
                count += 1
    return found[:count].copy()
