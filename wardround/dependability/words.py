"""Arithmetic on machine words that hold one bit for each of 64 questions: compiled part."""
# ruff: noqa: C901, PLR0913, PLR0917
# Compiled code takes no keywords.

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability.compiled import inlined

if TYPE_CHECKING:
    from numpy.typing import NDArray

WORD = 64
NONE, ONE, ALL = np.uint64(0), np.uint64(1), ~np.uint64(0)
_PAIRS = np.uint64(0x5555555555555555)
_FOURS = np.uint64(0x3333333333333333)
_EIGHTS = np.uint64(0x0F0F0F0F0F0F0F0F)
_SUM = np.uint64(0x0101010101010101)


@inlined
def bits_set(word: np.uint64) -> int:
    """By pairs, fours and eights (Warren, Hacker's Delight, 5-1)."""
    two = word - (word >> ONE & _PAIRS)
    four = (two & _FOURS) + (two >> np.uint64(2) & _FOURS)
    eight = four + (four >> np.uint64(4)) & _EIGHTS
    return int(eight * _SUM >> np.uint64(56))


@inlined
def tally(
    words: NDArray[np.uint64],
    inputs: NDArray[np.int32],
    low: int,
    high: int,
    need: int,
    planes: NDArray[np.uint64],
) -> tuple[np.uint64, np.uint64]:
    """Bits in which at least, and in which exactly, `need` of the words of inputs[low:high] are
    set. `planes` (64,) is room to count in.
    """
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
