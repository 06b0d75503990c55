"""From a tree and a variable order to the straight-line program of the diagram machine.

The program is laid out piece by piece while it runs: a vote of hundreds of thousands takes more
rows than fit in memory, and a budget must be looked at before they are all there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability import machine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from wardround.dependability.diagram import Budget, Diagram
    from wardround.dependability.tree import Tree

_PIECE = 1 << 16  # rows laid out at a time: 1 MB


class Program:
    """Rows (k, 4) for `machine.execute`, in pieces; registers: 0, 1, the literals by level, gates,
    scratch. `level[v]` is the level of variable v.

    `both` and `either` are the operations of AND and OR: of binary diagrams, or of families.
    """

    def __init__(self, tree: Tree, order: list[int], *, both: int, either: int) -> None:
        self.tree, self.both, self.either = tree, both, either
        self.level = {variable: level for level, variable in enumerate(order)}
        self.highest: list[int] = []  # the level at the top of each gate
        self.base = 2 + len(order)
        self.free = self.base + len(tree.fail)
        votes = (
            fail
            for fail, inputs in zip(tree.fail, tree.inputs, strict=True)
            if 1 < fail < len(inputs)
        )
        self.registers = np.zeros(self.free + 2 + max(votes, default=0), np.int32)
        self.registers[1] = 1
        self._pieces = self._laid_out()
        self._piece: NDArray[np.int32] | None = None
        self._passed = 0

    def register(self, node: int) -> int:
        return self.base - 1 - node if node < 0 else 2 + self.level[node]

    def run(self, diagram: Diagram, budget: Budget, most: int | None = None) -> None:
        """Execute it in the diagram; BudgetEnded where a budget ends. After BudgetEnded("nodes")
        (more than `most`) the same call goes on.
        """
        while True:
            resume = self._piece is not None
            if self._piece is None:
                if self._passed:
                    budget.check()
                self._piece = next(self._pieces, None)
                if self._piece is None:
                    return
            diagram.run(self._piece, self.registers, budget, most=most, resume=resume)
            self._passed += len(self._piece)
            self._piece = None

    def done(self, diagram: Diagram) -> int:
        """Rows executed so far."""
        return self._passed + (0 if self._piece is None else int(diagram.meta[machine.PC]))

    def _laid_out(self) -> Iterator[NDArray[np.int32]]:
        rows: list[tuple[int, int, int, int]] = []
        for gate, inputs in enumerate(self.tree.inputs):
            deepest_first = sorted(inputs, key=self._level, reverse=True)
            self.highest.append(self._level(deepest_first[-1]))
            registers = [self.register(each) for each in deepest_first]
            target, fail = self.base + gate, self.tree.fail[gate]
            if 1 < fail < len(inputs):
                yield _packed(rows)
                rows.clear()
                yield from self._vote(fail, np.array(registers, np.int32))
                rows.append((self.either, target, self.free + fail, 0))
                continue
            operation = self.either if fail == 1 else self.both
            second = registers[1] if len(inputs) > 1 else registers[0]
            rows.append((operation, target, registers[0], second))
            for each in registers[2:]:
                rows.append((operation, target, target, each))
                if len(rows) >= _PIECE:
                    yield _packed(rows)
                    rows.clear()
            if len(rows) >= _PIECE:
                yield _packed(rows)
                rows.clear()
        yield _packed(rows)

    def _level(self, node: int) -> int:
        return self.level[node] if node >= 0 else self.highest[-1 - node]

    def _vote(self, fail: int, inputs: NDArray[np.int32]) -> Iterator[NDArray[np.int32]]:
        """at_least[j] of the inputs so far: at_least[j] or (this one and at_least[j − 1]), for j
        from the most down to the least that can still matter. at_least[fail] is the vote.
        """
        count = len(inputs)
        taken = np.arange(1, count + 1)
        many = np.minimum(fail, taken) - np.maximum(1, fail - count + taken) + 1
        ends = np.cumsum(2 * many)
        first = 0
        while first < count:
            before = int(ends[first - 1]) if first else 0
            last = max(first + 1, int(np.searchsorted(ends, before + _PIECE, side="right")))
            yield self._votes(fail, inputs, taken[first:last], many[first:last])
            first = last

    def _votes(
        self,
        fail: int,
        inputs: NDArray[np.int32],
        taken: NDArray[np.int64],
        many: NDArray[np.int64],
    ) -> NDArray[np.int32]:
        scratch = self.free
        begin = np.repeat(np.cumsum(many) - many, many)
        taken = np.repeat(taken, many)
        j = np.minimum(fail, taken) - (np.arange(len(taken)) - begin)
        rows = np.empty((2 * len(taken), 4), np.int32)
        rows[0::2, 0], rows[1::2, 0] = self.both, self.either
        rows[0::2, 1], rows[1::2, 1] = scratch, scratch + j
        rows[0::2, 2], rows[1::2, 2] = inputs[taken - 1], scratch
        rows[0::2, 3] = np.where(j == 1, 1, scratch + j - 1)
        rows[1::2, 3] = np.where(j < taken, scratch + j, 0)
        return rows


def _packed(rows: list[tuple[int, int, int, int]]) -> NDArray[np.int32]:
    return np.array(rows, np.int32).reshape(-1, 4)
