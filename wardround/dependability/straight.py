"""Which items matter to a service, proved by the straight ways down from it: compiled part.

Where each node on a way down needs one input, its items keep the service up by themselves. Of all
ways to an item that rests on nothing, by gates of any kind, one through the fewest items leaves
none of them out: fewer of them would be another way to the same end. So those items are a minimal
path set, and all of them are in minimal cut sets. Chains with spares at every link have more such
ways than `routing` walks; here one pass down and one up finds what lies on any of them.
"""
# ruff: noqa: C901, PLR0912, PLR0913, PLR0917
# Compiled loops over arrays, kept flat; compiled code takes no keywords.

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability.compiled import compiled
from wardround.dependability.words import ONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FAR = 1 << 30
_FEW = 64  # a service with fewer open cells than one of so many nodes below it is left alone


@compiled
def prove(
    heads: NDArray[np.uint64],
    start: NDArray[np.int32],
    inputs: NDArray[np.int32],
    need: NDArray[np.int32],
    fallible: NDArray[np.bool_],
    left: NDArray[np.uint64],
) -> None:
    """Take out of `left` (p,) the services to which an item was proved to matter; all as in
    `routing.prove`.
    """
    size = len(need)
    least = np.empty(size, np.int32)  # items on a way down to here, without the service
    plain = np.empty(size, np.int32)  # the same by nodes that need one input
    good = np.empty(size, np.bool_)
    for row in range(64):
        bit = ONE << np.uint64(row)
        if not _worth_it(heads, start, inputs, need, fallible, left, least, bit):
            continue
        for here in range(size):
            plain[here] = 0 if heads[here] & bit else _FAR
        for here in range(size - 1, -1, -1):
            if plain[here] == _FAR or need[here] != 1:
                continue
            for edge in range(start[here], start[here + 1]):
                below = inputs[edge]
                plain[below] = min(plain[below], plain[here] + np.int32(fallible[below]))
        for here in range(size):
            good[here] = False
            if plain[here] == _FAR or need[here] > 1:
                continue
            if need[here] == 0:
                good[here] = plain[here] == least[here]
            else:
                for edge in range(start[here], start[here + 1]):
                    below = inputs[edge]
                    if good[below] and plain[below] == plain[here] + np.int32(fallible[below]):
                        good[here] = True
                        break
            if good[here]:
                left[here] &= ~bit


@compiled
def _worth_it(
    heads: NDArray[np.uint64],
    start: NDArray[np.int32],
    inputs: NDArray[np.int32],
    need: NDArray[np.int32],
    fallible: NDArray[np.bool_],
    left: NDArray[np.uint64],
    least: NDArray[np.int32],
    bit: np.uint64,
) -> bool:
    """Fill `least`; false where little is open, or something below can never fail."""
    size = len(need)
    still = 0
    for here in range(size):
        least[here] = 0 if heads[here] & bit else _FAR
        if left[here] & bit:
            still += 1
    if still == 0:
        return False
    many = 0
    for here in range(size - 1, -1, -1):
        if least[here] == _FAR:
            continue
        many += 1
        if need[here] == 0 and not fallible[here]:
            return False
        for edge in range(start[here], start[here + 1]):
            below = inputs[edge]
            least[below] = min(least[below], least[here] + np.int32(fallible[below]))
    return still * _FEW >= many
