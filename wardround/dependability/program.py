"""From a tree and a variable order to the straight-line program of the diagram machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from wardround.dependability.tree import Tree


@dataclass
class Program:
    """rows (k, 4) for `machine.execute`; registers: 0, 1, the literals by level, gates, scratch.
    `gates[g]` is the register of gate g, `level[v]` the level of variable v.
    """

    rows: NDArray[np.int32]
    registers: NDArray[np.int32]
    level: dict[int, int]
    gates: list[int]

    def register(self, node: int) -> int:
        return self.gates[-1 - node] if node < 0 else 2 + self.level[node]


def compile_tree(tree: Tree, order: list[int], *, both: int, either: int) -> Program:
    """`both` and `either` are the operations of AND and OR: of binary diagrams, or of families."""
    return _Compiler(tree, order, both, either).program()


class _Compiler:
    def __init__(self, tree: Tree, order: list[int], both: int, either: int) -> None:
        self.tree, self.both, self.either = tree, both, either
        self.level = {variable: level for level, variable in enumerate(order)}
        self.highest: list[int] = []  # the level at the top of each gate
        self.base = 2 + len(order)
        self.free = self.base + len(tree.fail)
        self.most = self.free + 1
        self.rows: list[tuple[int, int, int, int]] = []
        self.chunks: list[NDArray[np.int32]] = []

    def program(self) -> Program:
        for gate, inputs in enumerate(self.tree.inputs):
            deepest_first = sorted(inputs, key=self._level, reverse=True)
            self.highest.append(self._level(deepest_first[-1]))
            registers = [self._register(each) for each in deepest_first]
            self._gate(self.base + gate, self.tree.fail[gate], registers)
        start = np.zeros(self.most, np.int32)
        start[1] = 1
        gates = [self.base + gate for gate in range(len(self.tree.fail))]
        self._flush()
        return Program(np.concatenate(self.chunks), start, self.level, gates)

    def _level(self, node: int) -> int:
        return self.level[node] if node >= 0 else self.highest[-1 - node]

    def _register(self, node: int) -> int:
        return 2 + self.level[node] if node >= 0 else self.base - 1 - node

    def _gate(self, target: int, fail: int, inputs: list[int]) -> None:
        if 1 < fail < len(inputs):
            self._vote(target, fail, inputs)
            return
        operation = self.either if fail == 1 else self.both
        self.rows.append(
            (operation, target, inputs[0], inputs[1] if len(inputs) > 1 else inputs[0])
        )
        for each in inputs[2:]:
            self.rows.append((operation, target, target, each))

    def _vote(self, target: int, fail: int, inputs: list[int]) -> None:
        """at_least[j] of the inputs so far: at_least[j] or (this one and at_least[j − 1]), with j
        from `fail` down to 1. Written as arrays: a vote of hundreds takes 10⁵ rows.
        """
        scratch = self.free
        self.most = max(self.most, scratch + fail + 1)
        taken = np.arange(1, len(inputs) + 1)
        many = np.minimum(fail, taken)
        taken, first = np.repeat(taken, many), np.repeat(np.cumsum(many) - many, many)
        j = np.repeat(many, many) - (np.arange(len(taken)) - first)
        rows = np.empty((2 * len(taken), 4), np.int32)
        rows[0::2, 0], rows[1::2, 0] = self.both, self.either
        rows[0::2, 1], rows[1::2, 1] = scratch, scratch + j
        rows[0::2, 2], rows[1::2, 2] = np.array(inputs)[taken - 1], scratch
        rows[0::2, 3] = np.where(j == 1, 1, scratch + j - 1)
        rows[1::2, 3] = np.where(j < taken, scratch + j, 0)
        self._flush()
        self.chunks.append(rows)
        self.rows.append((self.either, target, scratch + fail, 0))

    def _flush(self) -> None:
        self.chunks.append(np.array(self.rows, np.int32).reshape(-1, 4))
        self.rows.clear()
