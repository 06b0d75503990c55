"""Which inputs a gate asks in each of 64 routes: compiled part of `routing`."""
# ruff: noqa: C901, PLR0913, PLR0915, PLR0917
# Compiled loops over arrays; compiled code takes no keywords.

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability.compiled import inlined
from wardround.dependability.words import NONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FEW = 8  # inputs that are asked one after the other


@inlined
def _every_other(word: np.uint64, odd: np.uint64) -> np.uint64:
    """Every second bit that is set: the first, third … when `odd` is ALL, else the others. The
    parity of the bits up to each place comes by doubling (Warren, Hacker's Delight, 5-2).
    """
    parity = word
    parity ^= parity << np.uint64(1)
    parity ^= parity << np.uint64(2)
    parity ^= parity << np.uint64(4)
    parity ^= parity << np.uint64(8)
    parity ^= parity << np.uint64(16)
    parity ^= parity << np.uint64(32)
    return word & (parity ^ ~odd)


@inlined
def ask_either(
    word: np.uint64,
    first: int,
    second: int,
    asked: NDArray[np.uint64],
    avoid: NDArray[np.uint64],
    wanted: NDArray[np.uint64],
    odd: np.uint64,
) -> None:
    """Ask one of two inputs, by the wishes of `ask_some`; where they do not decide, by halves."""
    left = word & ~(asked[first] | asked[second])
    if left != NONE:
        free, free_other = ~avoid[first], ~avoid[second]
        want, want_other = wanted[first], wanted[second]
        best, best_other = free & want, free_other & want_other
        even = ~(best ^ best_other)
        ahead = (best & ~best_other) | (even & free & ~free_other)
        behind = (best_other & ~best) | (even & free_other & ~free)
        even = ~(ahead | behind)
        ahead |= even & want & ~want_other
        behind |= even & want_other & ~want
        ahead = (left & ahead) | _every_other(left & ~(ahead | behind), odd)
        asked[first] |= ahead
        asked[second] |= left & ~ahead
    avoid[first] |= word & ~asked[first]
    avoid[second] |= word & ~asked[second]


@inlined
def _counted_down(word: np.uint64, planes: NDArray[np.uint64], width: int) -> np.uint64:
    """Take one from the counters of these bits; returns the bits whose counters are not at 0."""
    borrow = word
    plane = 0
    while borrow != NONE:
        planes[plane] ^= borrow
        borrow &= planes[plane]
        plane += 1
    left = NONE
    for plane in range(width):
        left |= planes[plane]
    return left


@inlined
def _ask_many(
    word: np.uint64,
    need: int,
    low: int,
    high: int,
    begin: int,
    inputs: NDArray[np.int32],
    asked: NDArray[np.uint64],
    avoid: NDArray[np.uint64],
    wanted: NDArray[np.uint64],
    chosen: NDArray[np.uint64],
    planes: NDArray[np.uint64],
    odd: np.uint64,
) -> None:
    """Choose so many inputs for each bit by the wishes of `ask_some`, all of a wish in one pass:
    a counter for each bit, in planes, says how many are still needed.
    """
    width = 0
    while need >> width:
        planes[width] = word if need >> width & 1 else NONE
        width += 1
    left = word
    for wish in range(-1, 8):
        edge = begin if wish >= 0 else low
        for _ in range(low, high):
            if left == NONE:
                return
            below = inputs[edge]
            fit = left & ~chosen[edge - low]
            if wish < 0:
                fit &= asked[below]
            else:
                if wish < 4:
                    fit &= ~avoid[below]
                if not wish & 2:
                    fit &= wanted[below]
                if not wish & 1:
                    fit = _every_other(fit, odd)
            if fit != NONE:
                chosen[edge - low] |= fit
                left = _counted_down(fit, planes, width)
            edge += 1
            if edge == high:
                edge = low


@inlined
def ask_some(
    word: np.uint64,
    need: int,
    low: int,
    high: int,
    begin: int,
    inputs: NDArray[np.int32],
    asked: NDArray[np.uint64],
    avoid: NDArray[np.uint64],
    wanted: NDArray[np.uint64],
    chosen: NDArray[np.uint64],
    planes: NDArray[np.uint64],
    odd: np.uint64,
) -> None:
    """Ask `need` inputs: those asked already; then, each time half of the routes first, those that
    lead to something not proved and that no gate has left out, that no gate has left out, that
    lead to something not proved, any.
    """
    for edge in range(low, high):
        chosen[edge - low] = NONE
    if need > _FEW:
        _ask_many(word, need, low, high, begin, inputs, asked, avoid, wanted, chosen, planes, odd)
        need = 0
    for _ in range(need):
        left = word
        for edge in range(low, high):
            fit = left & asked[inputs[edge]] & ~chosen[edge - low]
            chosen[edge - low] |= fit
            left &= ~fit
        for wish in range(8):
            if left == NONE:
                break
            edge = begin
            for _ in range(low, high):
                below = inputs[edge]
                fit = left & ~chosen[edge - low]
                if wish < 4:
                    fit &= ~avoid[below]
                if not wish & 2:
                    fit &= wanted[below]
                if not wish & 1:
                    fit = _every_other(fit, odd)
                chosen[edge - low] |= fit
                left &= ~fit
                edge += 1
                if edge == high:
                    edge = low
    for edge in range(low, high):
        asked[inputs[edge]] |= chosen[edge - low]
        avoid[inputs[edge]] |= word & ~chosen[edge - low]
