"""The table of diagram nodes: rows made once, found by hashing, swept and renumbered.

A node is a row (variable, low, high, next in its hash chain); 0 and 1 are the terminals; a smaller
variable stands nearer the top. Binary diagrams (BDD) never hold low == high, zero-suppressed ones
(ZBDD, families of sets) never high == 0; a row may serve as both.
"""
# ruff: noqa: PLR0913, PLR0917
# Compiled code takes arrays, no objects.
# mypy: disable-error-code="no-any-return,return-value"

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability.compiled import compiled, inlined

if TYPE_CHECKING:
    from numpy.typing import NDArray

VAR, LOW, HIGH, NEXT = 0, 1, 2, 3
BOTTOM = 2**31 - 1
"""The variable of the terminals: below every other."""
COUNT = 0
"""The cell of `meta` with the number of nodes."""


@inlined
def slot_of(a: int, b: int, c: int, mask: int) -> int:
    """Where three numbers are looked up in a table of mask + 1 places."""
    h = (
        np.uint64(a) * np.uint64(0x9E3779B97F4A7C15)
        ^ np.uint64(b) * np.uint64(0xC2B2AE3D27D4EB4F)
        ^ np.uint64(c) * np.uint64(0x165667B19E3779F9)
    )
    h ^= h >> np.uint64(29)
    h *= np.uint64(0xBF58476D1CE4E5B9)
    return np.int64((h >> np.uint64(32)) & np.uint64(mask))


@inlined
def make(
    var: int,
    low: int,
    high: int,
    nodes: NDArray[np.int32],
    least: NDArray[np.int16],
    table: NDArray[np.int32],
    meta: NDArray[np.int64],
) -> int:
    """The node of this row, found or added; the caller keeps room for one more."""
    slot = slot_of(var, low, high, len(table) - 1)
    node = table[slot]
    while node >= 0:
        if nodes[node, LOW] == low and nodes[node, HIGH] == high and nodes[node, VAR] == var:
            return node
        node = nodes[node, NEXT]
    node = meta[COUNT]
    meta[COUNT] = node + 1
    nodes[node, VAR] = var
    nodes[node, LOW] = low
    nodes[node, HIGH] = high
    nodes[node, NEXT] = table[slot]
    table[slot] = node
    least[node] = min(least[low], least[high] + 1)
    return node


@compiled
def rehash(nodes: NDArray[np.int32], table: NDArray[np.int32], first: int, last: int) -> None:
    """Enter the nodes from `first` to before `last` into a table that is empty (all −1), or holds
    those before them.
    """
    for node in range(first, last):
        slot = slot_of(nodes[node, VAR], nodes[node, LOW], nodes[node, HIGH], len(table) - 1)
        nodes[node, NEXT] = table[slot]
        table[slot] = node


@compiled
def collect(
    nodes: NDArray[np.int32], least: NDArray[np.int16], registers: NDArray[np.int32], count: int
) -> int:
    """Drop what no register reaches, renumber (children before parents); returns how many stay."""
    keep = np.zeros(count, np.bool_)
    keep[0] = keep[1] = True
    for each in registers:
        keep[each] = True
    for node in range(count - 1, 1, -1):
        if keep[node]:
            keep[nodes[node, LOW]] = True
            keep[nodes[node, HIGH]] = True
    moved = np.empty(count, np.int32)
    left = 0
    for node in range(count):
        moved[node] = left
        if keep[node]:
            if node > 1:
                nodes[left, VAR] = nodes[node, VAR]
                nodes[left, LOW] = moved[nodes[node, LOW]]
                nodes[left, HIGH] = moved[nodes[node, HIGH]]
                least[left] = least[node]
            left += 1
    for each in range(len(registers)):
        registers[each] = moved[registers[each]]
    return left


@compiled
def enter(
    rows: NDArray[np.int32],
    nodes: NDArray[np.int32],
    least: NDArray[np.int16],
    table: NDArray[np.int32],
    meta: NDArray[np.int64],
) -> int:
    """Make the nodes of a finished diagram (see `numbers`); returns the root."""
    moved = np.empty(len(rows), np.int32)
    for node in range(len(rows)):
        moved[node] = node
        if node > 1:
            low, high = moved[rows[node, 1]], moved[rows[node, 2]]
            moved[node] = make(rows[node, 0], low, high, nodes, least, table, meta)
    return moved[len(rows) - 1]
