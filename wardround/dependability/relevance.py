"""The CFIA rows of up to 64 services at once, one bit of a word for each: compiled part.

X and M spread from the services down along what alone takes them down (`singles.kills`). For the
rest: an item is in a minimal cut set exactly when it is in a minimal path set. Each round routes a
path for every service (each gate asks just enough inputs, those first that lead to items not yet
proved and clash least with what others ask), fails everything else, and follows from the service
down what it then hangs on: a gate with no input to spare hangs on each input that is up. Whatever
item is reached is proved, for the service is up with it and down without. Items that can only be
reached through parts that cannot fail (X assumed up, as in any other minimal cut set) are blank.
"""
# ruff: noqa: C901, FBT001, PLR0912, PLR0913, PLR0915, PLR0917
# Compiled loops over arrays; compiled code takes no keywords.

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability.compiled import compiled, inlined

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLANK, ALTERNATIVE, MANUAL, SINGLE = 0, 1, 2, 3
"""Cell codes: blank, A, M, X. UNPROVED marks an A whose proof was not found."""
UNPROVED = 4

WORD = 64
PATIENCE, WORTH = 2, 20
"""Rounds end after so many in a row that prove less than one of `WORTH` open cells."""
NONE, ONE, ALL = np.uint64(0), np.uint64(1), ~np.uint64(0)


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
    items: NDArray[np.int32],
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
                taken[place[items[each]]] |= word
            continue
        for edge in range(start[here], start[here + 1]):
            below = inputs[edge]
            if slack[nodes[below]] >= 0 and not (hot_only and cold[edge]):
                taken[below] |= word
    return taken


@inlined
def _tally(
    words: NDArray[np.uint64],
    inputs: NDArray[np.int32],
    low: int,
    high: int,
    need: int,
    planes: NDArray[np.uint64],
) -> tuple[np.uint64, np.uint64]:
    """Bits in which at least, and in which exactly, `need` of the inputs' words are set."""
    if need == 1:
        once = twice = NONE
        for edge in range(low, high):
            word = words[inputs[edge]]
            twice |= once & word
            once |= word
        return once, once & ~twice
    if need == high - low:
        every = ALL
        for edge in range(low, high):
            every &= words[inputs[edge]]
        return every, every
    width = 0
    while (high - low) >> width:
        planes[width] = NONE
        width += 1
    for edge in range(low, high):
        carry = words[inputs[edge]]
        plane = 0
        while carry != NONE:
            planes[plane], carry = planes[plane] ^ carry, planes[plane] & carry
            plane += 1
    more = NONE
    same = ALL
    for plane in range(width - 1, -1, -1):
        if need >> plane & 1:
            same &= planes[plane]
        else:
            more |= same & planes[plane]
            same &= ~planes[plane]
    return more | same, same


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
        safe, _ = _tally(immune, inputs, start[here], start[here + 1], need[here], planes)
        immune[here] = safe & single[here] if fallible[here] else safe
    reached = heads.copy()
    for here in range(size - 1, -1, -1):
        word = reached[here]
        if word != NONE:
            for edge in range(start[here], start[here + 1]):
                reached[inputs[edge]] |= word & ~immune[inputs[edge]]
    return reached


@inlined
def _ask(
    word: np.uint64,
    need: int,
    low: int,
    high: int,
    first: int,
    inputs: NDArray[np.int32],
    asked: NDArray[np.uint64],
    avoid: NDArray[np.uint64],
    wanted: NDArray[np.uint64],
    near: NDArray[np.uint64],
    chosen: NDArray[np.uint64],
) -> None:
    """Ask `need` inputs for the services in `word`: those asked already, then those that lead
    soonest to something not proved; what others leave out last.
    """
    if need == 1:
        left = word
        for edge in range(low, high):
            left &= ~asked[inputs[edge]]
        if left == NONE:
            return
    for edge in range(low, high):
        chosen[edge - low] = NONE
    for _ in range(need):
        left = word
        for edge in range(low, high):
            fit = left & asked[inputs[edge]] & ~chosen[edge - low]
            chosen[edge - low] |= fit
            left &= ~fit
        for wish in range(5):
            if left == NONE:
                break
            edge = first
            for _ in range(low, high):
                below = inputs[edge]
                fit = left & ~chosen[edge - low]
                if wish == 0:
                    fit &= near[below] & ~avoid[below]
                elif wish == 1:
                    fit &= wanted[below] & ~avoid[below]
                elif wish == 2:
                    fit &= ~avoid[below]
                elif wish == 3:
                    fit &= wanted[below]
                chosen[edge - low] |= fit
                left &= ~fit
                edge += 1
                if edge == high:
                    edge = low
    for edge in range(low, high):
        asked[inputs[edge]] |= chosen[edge - low]
        avoid[inputs[edge]] |= word & ~chosen[edge - low]


@compiled
def prove(
    heads: NDArray[np.uint64],
    start: NDArray[np.int32],
    inputs: NDArray[np.int32],
    need: NDArray[np.int32],
    fallible: NDArray[np.bool_],
    left: NDArray[np.uint64],
) -> None:
    """Take out of `left` (p,) the services to which each item was proved to matter."""
    size = len(need)
    planes = np.empty(64, np.uint64)
    wanted = np.empty(size, np.uint64)
    near = np.empty(size, np.uint64)
    asked = np.empty(size, np.uint64)
    avoid = np.empty(size, np.uint64)
    up = np.empty(size, np.uint64)
    hangs = np.empty(size, np.uint64)
    widest = 1
    for here in range(size):
        widest = max(widest, start[here + 1] - start[here])
    chosen = np.empty(widest, np.uint64)
    seed = np.uint32(1)
    open_cells = _cells(left)
    idle = 0
    while open_cells > 0 and idle < PATIENCE:
        for here in range(size):
            word = left[here]
            soon = word
            for edge in range(start[here], start[here + 1]):
                word |= wanted[inputs[edge]]
                if not fallible[here]:
                    soon |= near[inputs[edge]]
            wanted[here] = word
            near[here] = soon
            asked[here] = avoid[here] = hangs[here] = NONE
        for here in range(size - 1, -1, -1):
            # only services that still lack a proof take part
            word = asked[here] | (heads[here] & wanted[here])
            asked[here] = word
            low, high = start[here], start[here + 1]
            if word == NONE or low == high:
                continue
            if need[here] == high - low:
                for edge in range(low, high):
                    asked[inputs[edge]] |= word
                continue
            seed = seed * np.uint32(1664525) + np.uint32(1013904223)
            first = low + int(seed >> np.uint32(8)) % (high - low)
            _ask(
                word, need[here], low, high, first, inputs, asked, avoid, wanted, near, chosen
            )  # fmt: skip
        for here in range(size):
            if fallible[here]:
                up[here] = asked[here]
            else:
                up[here], _ = _tally(up, inputs, start[here], start[here + 1], need[here], planes)
        for here in range(size - 1, -1, -1):
            word = hangs[here] | (heads[here] & asked[here])
            if word == NONE:
                continue
            left[here] &= ~word
            low, high = start[here], start[here + 1]
            if need[here] < high - low:
                _, just = _tally(up, inputs, low, high, need[here], planes)
                word &= just
            if word != NONE:
                for edge in range(low, high):
                    hangs[inputs[edge]] |= word & up[inputs[edge]]
        still = _cells(left)
        idle = idle + 1 if (open_cells - still) * WORTH < open_cells else 0
        open_cells = still


@compiled
def _cells(words: NDArray[np.uint64]) -> int:
    """Bits set, by pairs, fours and eights (Warren, Hacker's Delight, 5–1)."""
    total = 0
    for word in words:
        two = word - (word >> np.uint64(1) & np.uint64(0x5555555555555555))
        three = np.uint64(0x3333333333333333)
        four = (two & three) + (two >> np.uint64(2) & three)
        eight = four + (four >> np.uint64(4)) & np.uint64(0x0F0F0F0F0F0F0F0F)
        total += int(eight * np.uint64(0x0101010101010101) >> np.uint64(56))
    return total


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
