"""One pass over a finished diagram: probabilities, sensitivities, counts by order, cheapest sets.

A finished diagram is an array (n, 3) of (level, low, high), children before parents; rows 0 and 1
are the terminals and the last row is the root (a diagram of one or two rows is a constant).
"""
# ruff: noqa: PLR0913, PLR0917  compiled code takes no keywords
# mypy: disable-error-code="no-any-return"

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray


@compiled
def extract(nodes: NDArray[np.int32], root: int, count: int) -> NDArray[np.int32]:
    """The finished diagram below `root`."""
    keep = np.zeros(count, np.bool_)
    keep[root] = True
    size = 2
    for node in range(root, 1, -1):
        if keep[node]:
            size += 1
            keep[nodes[node, 1]] = True
            keep[nodes[node, 2]] = True
    if root < 2:
        size = root + 1
    rows = np.empty((size, 3), np.int32)
    rows[0] = np.array([-1, 0, 0], np.int32)
    if size > 1:
        rows[1] = np.array([-1, 1, 1], np.int32)
    moved = np.empty(count, np.int32)
    moved[0] = 0
    moved[1] = 1
    made = 2
    for node in range(2, root + 1):
        if keep[node]:
            rows[made, 0] = nodes[node, 0]
            rows[made, 1] = moved[nodes[node, 1]]
            rows[made, 2] = moved[nodes[node, 2]]
            moved[node] = made
            made += 1
    return rows


@compiled
def probabilities(rows: NDArray[np.int32], chance: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) probability of each function; chance[level] of each variable. Shannon's expansion."""
    value = np.empty(len(rows), np.float64)
    for node in range(len(rows)):
        if node < 2:
            value[node] = node
        else:
            p = chance[rows[node, 0]]
            value[node] = p * value[rows[node, 2]] + (1.0 - p) * value[rows[node, 1]]
    return value


@compiled
def sensitivities(
    rows: NDArray[np.int32], chance: NDArray[np.float64], value: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(levels,) ∂P(root)/∂p of each level: Birnbaum's importance, from one pass down."""
    reach = np.zeros(len(rows), np.float64)
    found = np.zeros(len(chance), np.float64)
    reach[len(rows) - 1] = 1.0
    for node in range(len(rows) - 1, 1, -1):
        level, low, high = rows[node, 0], rows[node, 1], rows[node, 2]
        p = chance[level]
        found[level] += reach[node] * (value[high] - value[low])
        reach[high] += reach[node] * p
        reach[low] += reach[node] * (1.0 - p)
    return found


@compiled
def longest(rows: NDArray[np.int32], length: NDArray[np.int64]) -> int:
    """The greatest order of a set in a family; length[level] is the greatest of a variable."""
    best = np.zeros(len(rows), np.int64)
    for node in range(2, len(rows)):
        low, high = rows[node, 1], rows[node, 2]
        best[node] = length[rows[node, 0]] + best[high]
        if low != 0:
            best[node] = max(best[node], best[low])
    return best[len(rows) - 1]


@compiled
def digits(rows: NDArray[np.int32], weights: NDArray[np.float64]) -> float:
    """log₂ of the number of sets in a family; weights[level] is that of the sets of a variable."""
    value = np.empty(len(rows), np.float64)
    for node in range(len(rows)):
        if node < 2:
            value[node] = 0.0 if node else -np.inf
        else:
            with_it = weights[rows[node, 0]] + value[rows[node, 2]]
            value[node] = np.logaddexp2(value[rows[node, 1]], with_it)
    return value[len(rows) - 1]


@compiled
def next_block(table: NDArray[np.uint64], wide: int, base: int) -> None:
    """Make the table of `orders_modulo` ready for the block of orders from `base` on."""
    block = table.shape[1] - wide
    table[:, :wide] = table[:, block:]
    table[:2, wide:] = np.uint64(0)
    if len(table) > 1 and base == 0:
        table[1, wide] = np.uint64(1)


@compiled
def orders_modulo(
    rows: NDArray[np.int32],
    weights: NDArray[np.uint64],
    length: NDArray[np.int64],
    modulus: int,
    table: NDArray[np.uint64],
    first: int,
    last: int,
) -> None:
    """Number of sets by order modulo a prime below 2³¹; modulus 0: modulo 2⁶⁴; of the nodes from
    `first` to before `last`. The table holds for each node a block of orders, after those of the
    blocks before that it rests on.
    """
    wide = weights.shape[1] - 1
    block = table.shape[1] - wide
    prime = np.uint64(modulus)
    for node in range(first, last):
        level, low, high = rows[node, 0], rows[node, 1], rows[node, 2]
        table[node, wide:] = table[low, wide:]
        for step in range(length[level] + 1):
            factor = weights[level, step]
            if factor == np.uint64(0):
                continue
            for place in range(wide, wide + block):
                grown = table[node, place] + factor * table[high, place - step]
                table[node, place] = grown % prime if modulus else grown


@compiled
def work(
    rows: NDArray[np.int32], shortest: NDArray[np.int64], length: NDArray[np.int64]
) -> tuple[float, float]:
    """What counting costs: how many numbers are added up from the root down (at most), and how
    many for each order from the leaves up. shortest and length[level]: least and greatest order of
    a set of a variable.
    """
    size = len(rows)
    low = np.full(size, 2**62, np.int64)
    high = np.full(size, -1, np.int64)
    low[size - 1] = high[size - 1] = 0
    sums = 0.0
    steps = 0.0
    for node in range(size - 1, 1, -1):
        level, without, within = rows[node, 0], rows[node, 1], rows[node, 2]
        terms = length[level] - shortest[level] + 1
        steps += 1 + terms
        if high[node] < 0:
            continue
        sums += (high[node] - low[node] + 1.0) * (1 + terms)
        low[without] = min(low[without], low[node])
        high[without] = max(high[without], high[node])
        low[within] = min(low[within], low[node] + shortest[level])
        high[within] = max(high[within], high[node] + length[level])
    return sums, steps


@compiled
def cheapest(rows: NDArray[np.int32], cost: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) least total cost of a set of each family; infinite for the empty family."""
    best = np.empty(len(rows), np.float64)
    for node in range(len(rows)):
        if node < 2:
            best[node] = np.inf if node == 0 else 0.0
        else:
            best[node] = min(best[rows[node, 1]], cost[rows[node, 0]] + best[rows[node, 2]])
    return best
