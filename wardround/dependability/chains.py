"""The shortest proof that a node is down, by the longest chain in it: compiled part."""
# ruff: noqa: C901, PLR0912, PLR0913, PLR0917, PLR0915
# Compiled loops over arrays, kept flat; compiled code takes no keywords.

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray


@compiled
def shortest(
    top: int,
    mode: int,
    hot_only: bool,  # noqa: FBT001
    failed: NDArray[np.bool_],
    bits: NDArray[np.uint8],
    rank: NDArray[np.int32],
    need: NDArray[np.int32],
    start: NDArray[np.int64],
    inputs: NDArray[np.int32],
    minutes: NDArray[np.float64],
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
    """Nodes (s,) of the proof, inputs first; the edges each rests on: edges[first[i]:first[i + 1]].

    `hot_only`: cold inputs do not count and need no proof. Of the inputs that are down those with
    the shortest chains are taken, as many as suffice; failed items rest on nothing.
    """
    place = np.full(len(need), -1, np.int32)
    part = np.empty(64, np.int32)
    part[0] = top
    place[top] = 0
    count = 1
    taken = 0
    while taken < count:
        node = part[taken]
        taken += 1
        if failed[node]:
            continue
        for edge in range(start[node], start[node + 1]):
            below = inputs[edge]
            if (hot_only and minutes[edge] >= 0.0) or not bits[below] & mode or place[below] >= 0:
                continue
            if count == len(part):
                part = np.concatenate((part, np.empty_like(part)))
            place[below] = count
            part[count] = below
            count += 1
    part = part[:count][np.argsort(rank[part[:count]])]
    for here in range(count):
        place[part[here]] = here
    size = np.int64(len(need))
    length = np.zeros(count, np.int64)
    begin = np.zeros(count + 1, np.int64)
    chosen = np.empty(64, np.int64)
    used = 0
    for here in range(count):
        node = part[here]
        begin[here] = used
        length[here] = 1
        if not failed[node]:
            wide = start[node + 1] - start[node]
            keys = np.empty(wide, np.int64)
            edges = np.empty(wide, np.int64)
            gone = 0
            for edge in range(start[node], start[node + 1]):
                below = inputs[edge]
                if hot_only and minutes[edge] >= 0.0:
                    keys[gone] = below
                elif bits[below] & mode:
                    keys[gone] = length[place[below]] * size + below
                else:
                    continue
                edges[gone] = edge
                gone += 1
            enough = min(gone, max(0, wide - need[node] + 1))
            if enough < gone:
                edges = edges[np.argsort(keys[:gone], kind="mergesort")]
            while used + enough > len(chosen):
                chosen = np.concatenate((chosen, np.empty_like(chosen)))
            for each in range(enough):
                edge = edges[each]
                chosen[used] = edge
                used += 1
                if not (hot_only and minutes[edge] >= 0.0):
                    length[here] = max(length[here], 1 + length[place[inputs[edge]]])
    begin[count] = used
    wanted = np.zeros(count, np.bool_)
    wanted[count - 1] = True
    steps = 0
    total = 0
    for here in range(count - 1, -1, -1):
        if not wanted[here]:
            continue
        steps += 1
        total += begin[here + 1] - begin[here]
        for each in range(begin[here], begin[here + 1]):
            edge = chosen[each]
            if not (hot_only and minutes[edge] >= 0.0):
                wanted[place[inputs[edge]]] = True
    nodes = np.empty(steps, np.int32)
    first = np.zeros(steps + 1, np.int64)
    rests = np.empty(total, np.int64)
    step = 0
    filled = 0
    for here in range(count):
        if not wanted[here]:
            continue
        nodes[step] = part[here]
        for each in range(begin[here], begin[here + 1]):
            rests[filled] = chosen[each]
            filled += 1
        step += 1
        first[step] = filled
    return nodes, first, rests
