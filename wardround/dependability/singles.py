"""Single points of failure of every gate at once: compiled part.

D(v), the nodes that alone take v down: v itself, and of its inputs' D sets the union where v has no
input to spare (slack 0), else the nodes in more than `slack` of them. With a node all of its own D
set is among the latter, so it stands for them: only the heads of such sets, usually none or few,
are stored (`kills`). Unions are walked when asked, so chains cost nothing.
"""
# ruff: noqa: C901, FBT001, PLR0912, PLR0913, PLR0915, PLR0917
# Compiled loops over arrays, kept flat; compiled code takes no keywords.

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray


@compiled
def slacks(
    order: NDArray[np.int32],
    need: NDArray[np.int32],
    start: NDArray[np.int64],
    inputs: NDArray[np.int32],
    minutes: NDArray[np.float64],
    hot_only: bool,
    slack: NDArray[np.int32],
    stale: NDArray[np.bool_],
) -> None:
    """Write the stale (n,) inputs to spare with nothing failed; negative: down from the start."""
    for node in order:
        if not stale[node]:
            continue
        up = 0
        for edge in range(start[node], start[node + 1]):
            if slack[inputs[edge]] >= 0 and (minutes[edge] < 0.0 or not hot_only):
                up += 1
        slack[node] = up - need[node]


@compiled
def kills(
    order: NDArray[np.int32],
    slack: NDArray[np.int32],
    start: NDArray[np.int64],
    inputs: NDArray[np.int32],
    minutes: NDArray[np.float64],
    hot_only: bool,
    begin: NDArray[np.int64],
    end: NDArray[np.int64],
    heads: NDArray[np.int32],
    stale: NDArray[np.bool_],
) -> NDArray[np.int32]:
    """For stale nodes with slack > 0 the heads of what takes away more inputs than there are to
    spare: heads[begin[v]:end[v]]. `begin` and `end` (n,) are written; the heads, with the new ones
    at the end, are returned.
    """
    size = len(slack)
    used = len(heads)
    heads = np.concatenate((heads, np.empty(1024, np.int32)))
    stamp = np.full(size, -1, np.int64)
    count = np.zeros(size, np.int32)
    stack = np.empty(size + 1, np.int32)
    touched = np.empty(size, np.int32)
    ticket = 0
    for node in order:
        if not stale[node]:
            continue
        if slack[node] <= 0:
            begin[node] = end[node] = 0
            continue
        many = 0
        begin[node] = used
        for edge in range(start[node], start[node + 1]):
            below = inputs[edge]
            if slack[below] < 0 or (hot_only and minutes[edge] >= 0.0):
                continue
            ticket += 1
            stack[0] = below
            stamp[below] = ticket
            depth = 1
            while depth > 0:
                depth -= 1
                at = stack[depth]
                if count[at] == 0:
                    touched[many] = at
                    many += 1
                count[at] += 1
                if count[at] > slack[node]:
                    if count[at] == slack[node] + 1:
                        if used == len(heads):
                            heads = np.concatenate((heads, np.empty_like(heads)))
                        heads[used] = at
                        used += 1
                    continue  # what lies under a head needs no counting
                if slack[at] > 0:
                    for each in range(begin[at], end[at]):
                        head = heads[each]
                        if stamp[head] != ticket:
                            stamp[head] = ticket
                            stack[depth] = head
                            depth += 1
                else:
                    for inner in range(start[at], start[at + 1]):
                        deeper = inputs[inner]
                        if slack[deeper] < 0 or (hot_only and minutes[inner] >= 0.0):
                            continue
                        if stamp[deeper] != ticket:
                            stamp[deeper] = ticket
                            stack[depth] = deeper
                            depth += 1
        for place in range(many):
            count[touched[place]] = 0
        end[node] = used
    return heads[:used].copy()
