"""The fault tree of one top: gates over variables, in failures, reduced without changing its
function.

A gate fails when at least `fail` of its inputs do (OR: 1, AND: all). Inputs are numbers: a variable
v is v ≥ 0, a gate g is −1 − g. Gates stand after their inputs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability.graph import closure
from wardround.dependability.model import HOT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from wardround.dependability.model import Model

TRUE, FALSE = 1 << 40, 1 << 41
"""An input that has always failed, or never fails."""
OFTEN = 1 << 14
"""Gates or nodes worked on in Python between two looks at a budget: some 0.1 s."""


@dataclass
class Tree:
    """fail[g] and inputs[g] of each gate; `tops` are gates, variables, TRUE or FALSE;
    `variables[v]` is the node of the model whose own failure v is.
    """

    variables: list[int]
    fail: list[int] = field(default_factory=list)
    inputs: list[list[int]] = field(default_factory=list)
    tops: list[int] = field(default_factory=list)

    @property
    def top(self) -> int:
        return self.tops[0]

    def gate(self, fail: int, inputs: list[int]) -> int:
        self.fail.append(fail)
        self.inputs.append(inputs)
        return -len(self.fail)


def at_any_length() -> None:
    """The look at a budget where there is none."""


def failures_of(
    model: Model,
    tops: Sequence[int],
    *,
    cold: bool = True,
    paths: bool = False,
    look: Callable[[], None] = at_any_length,
) -> Tree:
    """The reduced tree of the failures that take the tops down; with `paths` its dual, whose
    minimal cut sets are the minimal path sets. `cold`: whether cold inputs count as support.
    `look` is called again and again, and may raise.
    """
    reached = closure(model.start, model.inputs, np.array(tops, np.int32))
    order = model.order[reached[model.order]]
    return _Reducer(model, tops, order, cold=cold, paths=paths).tree(look)


class _Reducer:
    """One pass from the leaves up: constants, one-input gates, equal gates and chains disappear."""

    def __init__(
        self,
        model: Model,
        tops: Sequence[int],
        order: NDArray[np.int32],
        *,
        cold: bool,
        paths: bool,
    ) -> None:
        self.model, self.tops, self.order = model, tops, order
        self.cold, self.paths = cold, paths
        self.full = Tree([])
        self.known: dict[tuple[int, tuple[int, ...]], int] = {}

    def tree(self, look: Callable[[], None]) -> Tree:
        value: dict[int, int] = {}
        below, minutes, nodes = self.model.inputs, self.model.minutes, self.order
        firsts, ends = self.model.start[nodes].tolist(), self.model.start[nodes + 1].tolist()
        needs, fallible = self.model.need[nodes].tolist(), self.model.fallible[nodes].tolist()
        for step, node in enumerate(nodes.tolist()):
            if step % OFTEN == OFTEN - 1:
                look()
            low, high = firsts[step], ends[step]
            given = [value[each] for each in below[low:high].tolist()]
            if not self.cold and high > low:
                given = [
                    FALSE if (time != HOT) and self.paths else TRUE if time != HOT else each
                    for each, time in zip(given, minutes[low:high].tolist(), strict=True)
                ]
            value[node] = self._node(node, needs[step], given, fallible=fallible[step])
        self.full.tops = [value[each] for each in self.tops]
        return self._flattened(look)

    def _node(self, node: int, need: int, given: list[int], *, fallible: bool) -> int:
        fail = need if self.paths else len(given) - need + 1
        formula = self._gate(fail, given)
        if not fallible:
            return formula
        self.full.variables.append(node)
        itself = len(self.full.variables) - 1
        return self._gate(2 if self.paths else 1, [itself, formula])

    def _gate(self, fail: int, given: list[int]) -> int:
        """A gate of `fail` of the given, simplified; constants count or fall away."""
        inputs = [each for each in given if each < TRUE]
        fail -= sum(each == TRUE for each in given)
        if fail <= 0:
            return TRUE
        if fail > len(inputs):
            return FALSE
        if fail in {1, len(inputs)}:
            every = fail == len(inputs) > 1
            inputs = list(dict.fromkeys(inputs))
            fail = len(inputs) if every else 1
        if len(inputs) == 1:
            return inputs[0]
        key = (fail, tuple(sorted(inputs)))
        if key not in self.known:
            self.known[key] = self.full.gate(fail, inputs)
        return self.known[key]

    def _flattened(self, look: Callable[[], None]) -> Tree:
        """Only what the tops reach, a gate used once taken into one of its kind above it."""
        full = self.full
        tops = set(full.tops)
        uses = self._uses()
        kept = Tree([])
        gates: dict[int, int] = {}
        variables: dict[int, int] = {}
        for gate in range(len(full.fail)):
            if gate % OFTEN == OFTEN - 1:
                look()
            number = -1 - gate
            if number not in uses:
                continue
            if number not in tops and self._dissolves(number, uses):
                gates[number] = 0
                continue
            inputs = self._taken_in(number, gates)
            renamed = [
                gates[each] if each < 0 else variables.setdefault(each, len(variables))
                for each in inputs
            ]
            fail = len(inputs) if full.fail[gate] == len(full.inputs[gate]) else full.fail[gate]
            gates[number] = kept.gate(fail, renamed)
        kept.tops = [
            gates[each]
            if each < 0
            else each
            if each >= TRUE
            else variables.setdefault(each, len(variables))
            for each in full.tops
        ]
        kept.variables = [full.variables[each] for each in variables]
        return kept

    def _uses(self) -> dict[int, list[int]]:
        """The gates above each gate the top reaches."""
        uses: dict[int, list[int]] = {each: [] for each in self.full.tops}
        for gate in range(len(self.full.fail) - 1, -1, -1):
            if -1 - gate in uses:
                for each in self.full.inputs[gate]:
                    if each < 0:
                        uses.setdefault(each, []).append(-1 - gate)
        return uses

    def _kind(self, number: int) -> str:
        fail, count = self.full.fail[-1 - number], len(self.full.inputs[-1 - number])
        return "or" if fail == 1 else "and" if fail == count else "vote"

    def _dissolves(self, number: int, uses: dict[int, list[int]]) -> bool:
        above = uses[number]
        kind = self._kind(number)
        return len(above) == 1 and kind != "vote" and self._kind(above[0]) == kind

    def _taken_in(self, number: int, gates: dict[int, int]) -> list[int]:
        """Its inputs, with those of the dissolved gates below in their places: each is walked once,
        for a dissolved gate has one gate above it.
        """
        inputs: list[int] = []
        stack = self.full.inputs[-1 - number][::-1]
        while stack:
            each = stack.pop()
            if each < 0 and gates[each] == 0:
                stack.extend(reversed(self.full.inputs[-1 - each]))
            else:
                inputs.append(each)
        return inputs if self._kind(number) == "vote" else list(dict.fromkeys(inputs))
