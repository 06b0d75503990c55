"""Which items matter to a service, proved by routing path sets: compiled part.

An item is in a minimal cut set exactly when it is in a minimal path set. A round routes paths from
the services down: each gate asks just enough inputs, everything that is not asked counts as
failed, and what a service then hangs on (a gate with no input to spare hangs on each input that is
up) is proved, for the service is up with it and down without.

Eight services share a word, eight routes each: where a gate has a choice, half of the routes take
the one way and half the other, so that one round walks far into all of them; later rounds lead
towards what is not proved yet.
"""
# ruff: noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917
# Compiled loops over arrays, kept flat: handing five arrays to an inner function costs as much as
# the loop itself. Compiled code takes no keywords.

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability.asking import ask_either, ask_some
from wardround.dependability.compiled import compiled, inlined
from wardround.dependability.words import ALL, NONE, ONE, bits_set, tally

if TYPE_CHECKING:
    from numpy.typing import NDArray

    _Words = NDArray[np.uint64]
    _Room = tuple[_Words, _Words, _Words, _Words, _Words, _Words, _Words]

TOGETHER = 8
"""Services that share a word, and the routes of each: its byte."""
WORTH = 4
"""Rounds end with the first that proves less than one of so many open cells; of more in a small
model, where rounds cost little.
"""
_SMALL = 400_000  # nodes of a model, divided by its size: what a round is worth there
_LEAF, _EVERY, _EITHER, _SOME = 0, 1, 2, 3
_BYTES = np.uint64(0x0101010101010101)
_DIAGONAL = np.uint64(0x8040201008040201)
_GATHER = np.uint64(0x0102040810204080)
_BYTE = np.uint64(0xFF)


def worth_in(model_size: int) -> int:
    """What a round must be worth in a model of so many nodes."""
    return max(WORTH, _SMALL // model_size)


@compiled
def prove(
    heads: NDArray[np.uint64],
    start: NDArray[np.int32],
    inputs: NDArray[np.int32],
    need: NDArray[np.int32],
    fallible: NDArray[np.bool_],
    left: NDArray[np.uint64],
    worth: int,
) -> None:
    """Take out of `left` (p,) the services to which each item was proved to matter, in rounds until
    one proves less than one of `worth` open cells.

    `heads` (p,) has the bit of each of up to 64 services at its own node; nodes (p,) come inputs
    first, start (p + 1,) and inputs (m,) give the inputs of each.
    """
    size = len(need)
    below = heads.copy()
    for here in range(size - 1, -1, -1):
        if below[here] != NONE:
            for edge in range(start[here], start[here + 1]):
                below[inputs[edge]] |= below[here]
    place = np.empty(size, np.int32)
    nodes = np.empty(size, np.int32)
    first = np.empty(size + 1, np.int32)
    local = np.empty(len(inputs), np.int32)
    enough = np.empty(size, np.int32)
    kind = np.empty(size, np.uint8)
    own = np.empty(size, np.bool_)
    top = np.empty(size, np.uint64)
    still = np.empty(size, np.uint64)
    for low in range(0, 64, TOGETHER):
        shift = np.uint64(low)
        count = used = 0
        for here in range(size):
            if not below[here] >> shift & _BYTE:
                continue
            place[here] = count
            nodes[count] = here
            first[count] = used
            wide = start[here + 1] - start[here]
            kind[count] = _kind(need[here], wide)
            enough[count] = need[here]
            own[count] = fallible[here]
            top[count] = _spread(heads[here] >> shift & _BYTE)
            still[count] = _spread(left[here] >> shift & _BYTE)
            for edge in range(start[here], start[here + 1]):
                local[used] = place[inputs[edge]]
                used += 1
            count += 1
        first[count] = used
        if count:
            _rounds(top, first, local, enough, kind, own, still, count, worth)
        for here in range(count):
            proved = _BYTE & ~((still[here] & _BYTES) * _GATHER >> np.uint64(56))
            left[nodes[here]] &= ~(proved << shift)


@inlined
def _kind(need: int, wide: int) -> int:
    if wide == 0:
        return _LEAF
    if need == wide:
        return _EVERY
    return _EITHER if wide == 2 and need == 1 else _SOME


@inlined
def _spread(bits: np.uint64) -> np.uint64:
    """Byte k of the word is full where bit k of these eight is set."""
    return _filled(bits * _BYTES & _DIAGONAL)


@inlined
def _filled(word: np.uint64) -> np.uint64:
    """Each byte full where any bit of it is set."""
    word |= word >> np.uint64(4)
    word |= word >> np.uint64(2)
    word |= word >> np.uint64(1)
    return (word & _BYTES) * _BYTE


@compiled
def _rounds(
    top: NDArray[np.uint64],
    start: NDArray[np.int32],
    inputs: NDArray[np.int32],
    need: NDArray[np.int32],
    kind: NDArray[np.uint8],
    fallible: NDArray[np.bool_],
    left: NDArray[np.uint64],
    size: int,
    worth: int,
) -> None:
    wanted = np.empty(size, np.uint64)
    asked = np.empty(size, np.uint64)
    avoid = np.empty(size, np.uint64)
    up = np.empty(size, np.uint64)
    hangs = np.empty(size, np.uint64)
    planes = np.empty(64, np.uint64)
    chosen = np.empty(_widest(start, size), np.uint64)
    seed = np.uint32(1)
    open_cells = 0
    for here in range(size):
        open_cells += bits_set(left[here])
    room = (wanted, asked, avoid, up, hangs, planes, chosen)
    while open_cells > 0:
        still, seed = _round(top, start, inputs, need, kind, fallible, left, room, seed)
        if (open_cells - still) * worth < open_cells:
            return
        open_cells = still


@inlined
def _widest(start: NDArray[np.int32], size: int) -> int:
    widest = 1
    for here in range(size):
        widest = max(widest, start[here + 1] - start[here])
    return widest


@compiled
def path_with(
    service: int,
    item: int,
    start: NDArray[np.int32],
    inputs: NDArray[np.int32],
    need: NDArray[np.int32],
    fallible: NDArray[np.bool_],
    rounds: int,
) -> NDArray[np.bool_]:
    """(p,) a set of nodes that keeps the service up by itself, but not without the item; empty when
    so many rounds of 64 routes found none. Nodes come inputs first, the numbers are places in them.
    """
    size = len(need)
    kind = np.empty(size, np.uint8)
    for here in range(size):
        kind[here] = _kind(need[here], start[here + 1] - start[here])
    top = np.zeros(size, np.uint64)
    top[service] = ALL
    left = np.zeros(size, np.uint64)
    wanted = np.empty(size, np.uint64)
    asked = np.empty(size, np.uint64)
    avoid = np.empty(size, np.uint64)
    up = np.empty(size, np.uint64)
    hangs = np.empty(size, np.uint64)
    planes = np.empty(64, np.uint64)
    chosen = np.empty(_widest(start, size), np.uint64)
    room = (wanted, asked, avoid, up, hangs, planes, chosen)
    seed = np.uint32(1)
    path = np.zeros(size, np.bool_)
    for _ in range(rounds):
        left[item] = ALL
        _, seed = _round(top, start, inputs, need, kind, fallible, left, room, seed)
        good = hangs[item] | (top[item] & asked[item])
        if good == NONE:
            continue
        bit = good & (~good + ONE)
        for here in range(size):
            path[here] = asked[here] & bit != NONE
        return path
    return path[:0].copy()


@inlined
def _round(
    top: NDArray[np.uint64],
    start: NDArray[np.int32],
    inputs: NDArray[np.int32],
    need: NDArray[np.int32],
    kind: NDArray[np.uint8],
    fallible: NDArray[np.bool_],
    left: NDArray[np.uint64],
    room: _Room,
    seed: np.uint32,
) -> tuple[int, np.uint32]:
    """Route once, take what is proved out of `left`; returns how many bits stay, and the seed."""
    wanted, asked, avoid, up, hangs, planes, chosen = room
    size = len(wanted)
    for here in range(size):
        word = left[here]
        for edge in range(start[here], start[here + 1]):
            word |= wanted[inputs[edge]]
        wanted[here] = word
        asked[here] = avoid[here] = hangs[here] = NONE
    for here in range(size - 1, -1, -1):
        # only services that still lack a proof take part
        word = asked[here] | (top[here] & wanted[here])
        asked[here] = up[here] = word
        low, high = start[here], start[here + 1]
        if kind[here] == _LEAF or word == NONE:
            continue
        if kind[here] == _EVERY:
            for edge in range(low, high):
                asked[inputs[edge]] |= word
            continue
        seed = seed * np.uint32(1664525) + np.uint32(1013904223)
        odd = ALL if seed >> np.uint32(31) else NONE
        if kind[here] == _EITHER:
            ask_either(word, inputs[low], inputs[low + 1], asked, avoid, wanted, odd)
            continue
        begin = low + int(seed >> np.uint32(8)) % (high - low)
        ask_some(
            word, need[here], low, high, begin, inputs, asked, avoid, wanted, chosen, planes, odd
        )  # fmt: skip
    for here in range(size):
        if fallible[here]:
            continue  # a gate, unlike an item, comes up by itself, asked or not
        low, high = start[here], start[here + 1]
        if kind[here] == _EITHER:
            up[here] = up[inputs[low]] | up[inputs[low + 1]]
        else:
            up[here], _ = tally(up, inputs, low, high, need[here], planes)
    still = 0
    for here in range(size - 1, -1, -1):
        word = hangs[here] | (top[here] & asked[here])
        if word != NONE and left[here] != NONE:
            left[here] &= ~_filled(word)
        if left[here] != NONE:
            still += bits_set(left[here])
        low, high = start[here], start[here + 1]
        if kind[here] == _LEAF or word == NONE:
            continue
        if kind[here] == _EITHER:
            first, second = inputs[low], inputs[low + 1]
            up_first, up_second = up[first], up[second]
            hangs[first] |= word & up_first & ~up_second
            hangs[second] |= word & up_second & ~up_first
            continue
        if kind[here] == _SOME:
            _, just = tally(up, inputs, low, high, need[here], planes)
            word &= just
        if word != NONE:
            for edge in range(low, high):
                hangs[inputs[edge]] |= word & up[inputs[edge]]
    return still, seed
