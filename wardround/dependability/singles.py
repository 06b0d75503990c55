"""Single points of failure of every gate at once: compiled part.

D(v), the items that alone take v down: v itself, and of its inputs' D sets the union where v has no
input to spare (slack 0), else the items in more than `slack` of them. Only the latter sets, usually
empty or small, are stored (`kills`); unions are walked when asked, so chains cost nothing.
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
    fallible: NDArray[np.bool_],
    hot_only: bool,
    begin: NDArray[np.int64],
    end: NDArray[np.int64],
    items: NDArray[np.int32],
    stale: NDArray[np.bool_],
) -> NDArray[np.int32]:
    """For stale nodes with slack > 0 the items whose failure takes away more inputs than there are
    to spare: items[begin[v]:end[v]]. `begin` and `end` (n,) are written; the items, with the new
    ones at the end, are returned.
    """
    size = len(slack)
    used = len(items)
    items = np.concatenate((items, np.empty(1024, np.int32)))
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
                if slack[at] > 0:
                    for each in range(begin[at], end[at]):
                        item = items[each]
                        if stamp[item] != ticket:
                            stamp[item] = ticket
                            stack[depth] = item
                            depth += 1
                    # an item of kills(at) is walked like any other: what lies under it counts too
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
            at = touched[place]
            if count[at] > slack[node] and fallible[at]:
                if used == len(items):
                    items = np.concatenate((items, np.empty_like(items)))
                items[used] = at
                used += 1
            count[at] = 0
        end[node] = used
    return items[:used].copy()
