"""Single points of failure of every gate at once, and the CFIA row of a service: compiled part.

D(v), the items that alone take v down: v itself, and of its inputs' D sets the union where v has no
input to spare (slack 0), else the items in more than `slack` of them. Only the latter sets, usually
empty or small, are stored (`kills`); unions are walked when asked, so chains cost nothing.

A cell is not blank when its item is in a minimal cut set of the service. The walk of `rows` proves
it constructively: going down from the service it fails, at each gate, the inputs to spare (by the
nearest items that do so), so that the service hangs on the input it enters; whatever it reaches
then completes a cut set in which it is needed. Items whose failure cannot matter at all are cut off
before (everything that alone takes the service down is assumed up, as in any other minimal cut
set).
"""
# ruff: noqa: C901, FBT001, FBT003, PLR0912, PLR0913, PLR0915, PLR0917, PLR1714, SIM109
# Compiled loops over arrays, kept flat; compiled code takes no keywords.

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability.compiled import compiled, inlined

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLANK, ALTERNATIVE, MANUAL, SINGLE = 0, 1, 2, 3
"""Cell codes: blank, A, M, X. UNPROVED marks an A whose proof was not found."""
UNPROVED = 4

INSIDE, PROVED, IMMUNE, UP, DOWN, NEED = 0, 1, 2, 3, 4, 5
"""Columns of what `rows` keeps of a node: the row in whose closure it stands, the row for which the
service was shown to hang on it, whether it cannot fail, inputs up and whether it is down given what
the walk has failed, inputs needed.
"""


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


@inlined
def _mark_singles(
    service: int,
    code: int,
    slack: NDArray[np.int32],
    start: NDArray[np.int64],
    inputs: NDArray[np.int32],
    minutes: NDArray[np.float64],
    fallible: NDArray[np.bool_],
    hot_only: bool,
    begin: NDArray[np.int64],
    end: NDArray[np.int64],
    items: NDArray[np.int32],
    seen: NDArray[np.int32],
    ticket: int,
    stack: NDArray[np.int32],
    codes: NDArray[np.uint8],
) -> None:
    """Write `code` into the blank cells of everything in D(service)."""
    stack[0] = service
    seen[service] = ticket
    depth = 1
    while depth > 0:
        depth -= 1
        at = stack[depth]
        if fallible[at] and codes[at] == BLANK:
            codes[at] = code
        if slack[at] > 0:
            for each in range(begin[at], end[at]):
                item = items[each]
                if seen[item] != ticket:
                    seen[item] = ticket
                    stack[depth] = item
                    depth += 1
            continue
        for edge in range(start[at], start[at + 1]):
            below = inputs[edge]
            if slack[below] < 0 or (hot_only and minutes[edge] >= 0.0):
                continue
            if seen[below] != ticket:
                seen[below] = ticket
                stack[depth] = below
                depth += 1


@compiled
def rows(
    services: NDArray[np.int32],
    need: NDArray[np.int32],
    start: NDArray[np.int64],
    inputs: NDArray[np.int32],
    minutes: NDArray[np.float64],
    fallible: NDArray[np.bool_],
    above_start: NDArray[np.int64],
    above: NDArray[np.int32],
    slack: NDArray[np.int32],
    begin: NDArray[np.int64],
    end: NDArray[np.int64],
    items: NDArray[np.int32],
    hot_slack: NDArray[np.int32],
    hot_begin: NDArray[np.int64],
    hot_end: NDArray[np.int64],
    hot_items: NDArray[np.int32],
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.uint8]]:
    """The cells of each service: (offset (s + 1,), items, codes). Rows of services that are down
    from the start are empty.
    """
    size = len(need)
    offset = np.zeros(len(services) + 1, np.int64)
    out = np.empty(4096, np.int32)
    out_codes = np.empty(4096, np.uint8)
    used = 0
    seen = np.full(size, -1, np.int32)
    codes = np.zeros(size, np.uint8)
    cell = np.zeros((size, 8), np.int32)  # all the walk asks of a node, in half a cache line
    cell[:, INSIDE] = -1
    cell[:, PROVED] = -1
    cell[:, NEED] = need
    stack = np.empty(size + 1, np.int32)
    cursor = np.empty(size, np.int64)
    members = np.empty(size, np.int32)
    undo = np.empty(256, np.int32)  # nodes: taken down; −1 − node: one input fewer
    log_at = np.empty(size + 1, np.int64)
    pending = np.empty(size + 1, np.int32)
    ticket = 0
    for row in range(len(services)):
        service = services[row]
        offset[row + 1] = used
        if slack[service] < 0:
            continue
        ticket += 1
        _mark_singles(
            service, SINGLE, slack, start, inputs, minutes, fallible, False,
            begin, end, items, seen, ticket, stack, codes,
        )  # fmt: skip
        if hot_slack[service] >= 0:
            ticket += 1
            _mark_singles(
                service, MANUAL, hot_slack, start, inputs, minutes, fallible, True,
                hot_begin, hot_end, hot_items, seen, ticket, stack, codes,
            )  # fmt: skip
        # The closure, inputs first; what can fail at all once the single points are assumed up.
        count = 0
        depth = 0
        stack[0] = service
        cell[service, INSIDE] = row
        cursor[service] = start[service]
        while depth >= 0:
            node = stack[depth]
            if cursor[node] < start[node + 1]:
                below = inputs[cursor[node]]
                cursor[node] += 1
                if cell[below, INSIDE] != row:
                    cell[below, INSIDE] = row
                    depth += 1
                    stack[depth] = below
                    cursor[below] = start[below]
                continue
            depth -= 1
            members[count] = node
            count += 1
            safe = 0
            for edge in range(start[node], start[node + 1]):
                if cell[inputs[edge], IMMUNE]:
                    safe += 1
            own = fallible[node] and codes[node] != SINGLE
            cell[node, IMMUNE] = 1 if not own and safe >= need[node] else 0
            cell[node, UP] = slack[node] + need[node]
            cell[node, DOWN] = 1 if slack[node] < 0 else 0
        # The walk.
        logged = 0
        depth = 0
        stack[0] = service
        cursor[service] = start[service]
        cell[service, PROVED] = row
        log_at[0] = 0
        while depth >= 0:
            node = stack[depth]
            if cursor[node] == start[node + 1]:
                while logged > log_at[depth]:
                    logged -= 1
                    entry = undo[logged]
                    if entry >= 0:
                        cell[entry, DOWN] = 0
                    else:
                        cell[-1 - entry, UP] += 1
                depth -= 1
                continue
            below = inputs[cursor[node]]
            cursor[node] += 1
            if cell[below, PROVED] == row or cell[below, IMMUNE] or cell[below, DOWN]:
                continue
            # Does the service hang on `below`, once the inputs to spare have failed?
            mark = logged
            good = True
            edge = start[node]
            while cell[node, UP] > cell[node, NEED] and good:
                while edge < start[node + 1] and (
                    inputs[edge] == below or cell[inputs[edge], DOWN] or cell[inputs[edge], IMMUNE]
                ):
                    edge += 1
                if edge == start[node + 1]:
                    good = False
                    break
                # Take this input down by the nearest items that do it.
                waiting = 1
                pending[0] = inputs[edge]
                edge += 1
                while waiting > 0 and good:
                    waiting -= 1
                    victim = pending[waiting]
                    if cell[victim, DOWN]:
                        continue
                    if not (fallible[victim] and codes[victim] != SINGLE):
                        wanted = cell[victim, UP] - cell[victim, NEED] + 1
                        for inner in range(start[victim], start[victim + 1]):
                            deeper = inputs[inner]
                            if wanted > 0 and cell[deeper, DOWN] == 0 and cell[deeper, IMMUNE] == 0:
                                if waiting >= 64:
                                    good = False
                                    break
                                pending[waiting] = deeper
                                waiting += 1
                                wanted -= 1
                        if wanted > 0:
                            good = False
                        continue
                    # Fail the item itself and follow it upward inside the closure.
                    if logged + 1 >= len(undo):
                        undo = np.concatenate((undo, np.empty_like(undo)))
                    undo[logged] = victim
                    logged += 1
                    cell[victim, DOWN] = 1
                    first = logged - 1
                    while first < logged and good:
                        fallen = undo[first]
                        first += 1
                        if fallen < 0:
                            continue
                        if fallen == service or fallen == below:
                            good = False
                            break
                        for link in range(above_start[fallen], above_start[fallen + 1]):
                            upper = above[link]
                            if cell[upper, INSIDE] != row:
                                continue
                            if logged + 2 >= len(undo):
                                undo = np.concatenate((undo, np.empty_like(undo)))
                            undo[logged] = -1 - upper
                            logged += 1
                            cell[upper, UP] -= 1
                            if cell[upper, UP] < cell[upper, NEED] and cell[upper, DOWN] == 0:
                                cell[upper, DOWN] = 1
                                undo[logged] = upper
                                logged += 1
            if not good or cell[below, DOWN] or cell[node, UP] > cell[node, NEED]:
                while logged > mark:
                    logged -= 1
                    entry = undo[logged]
                    if entry >= 0:
                        cell[entry, DOWN] = 0
                    else:
                        cell[-1 - entry, UP] += 1
                continue
            cell[below, PROVED] = row
            if fallible[below] and codes[below] == BLANK:
                codes[below] = ALTERNATIVE
            depth += 1
            stack[depth] = below
            cursor[below] = start[below]
            log_at[depth] = mark
        # From the service down through what is not immune: what could matter but was not proved
        # stays marked; the row is read out on the way.
        cell[service, INSIDE] = -2 - row
        for place in range(count - 1, -1, -1):
            node = members[place]
            if cell[node, INSIDE] == -2 - row:
                if fallible[node] and codes[node] == BLANK:
                    codes[node] = UNPROVED
                for edge in range(start[node], start[node + 1]):
                    below = inputs[edge]
                    if cell[below, IMMUNE] == 0:
                        cell[below, INSIDE] = -2 - row
            if codes[node] != BLANK:
                if used == len(out):
                    out = np.concatenate((out, np.empty_like(out)))
                    out_codes = np.concatenate((out_codes, np.empty_like(out_codes)))
                out[used] = node
                out_codes[used] = codes[node]
                used += 1
                codes[node] = BLANK
        offset[row + 1] = used
    return offset, out[:used].copy(), out_codes[:used].copy()
