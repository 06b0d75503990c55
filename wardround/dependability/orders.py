"""Variable orders to race: which variable stands at the top decides the size of a diagram.

All but one are orders of first visit in a depth-first walk that differs in which input it enters
first; the last ranks variables by the weight that flows down to them from the top (Minato 1990).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wardround.dependability.tree import Tree


def variable_orders(tree: Tree) -> Iterator[tuple[str, list[int]]]:
    """(name, variables from the top down), lazily, the most promising first."""
    measure = _Measure(tree)
    yield "heavy flow first", _walk(tree, lambda each: -measure.flow.get(each, 0.0))
    yield "as written", _walk(tree, None)
    yield "deep first", _walk(tree, lambda each: -measure.depth(each))
    yield "light first", _walk(tree, measure.weight)
    yield "shallow first", _walk(tree, measure.depth)
    yield "reversed", _walk(tree, None, backwards=True)
    yield "shared first", _walk(tree, lambda each: -measure.uses.get(each, 0) * 1e9 + measure.weight(each))
    yield "shared last", _walk(tree, lambda each: measure.uses.get(each, 0) * 1e9 + measure.weight(each))
    flow = measure.flow
    yield "by flow", sorted(range(len(tree.variables)), key=lambda each: -flow.get(each, 0.0))


class _Measure:
    def __init__(self, tree: Tree) -> None:
        self.weights: list[float] = []
        self.depths: list[int] = []
        self.uses: dict[int, int] = {}
        for inputs in tree.inputs:
            self.weights.append(sum(map(self.weight, inputs)))
            self.depths.append(1 + max(map(self.depth, inputs)))
            for each in inputs:
                self.uses[each] = self.uses.get(each, 0) + 1
        self.flow: dict[int, float] = {tree.top: 1.0}
        for gate in range(len(tree.inputs) - 1, -1, -1):
            inputs = tree.inputs[gate]
            share = self.flow.get(-1 - gate, 0.0) / len(inputs)
            for each in inputs:
                self.flow[each] = self.flow.get(each, 0.0) + share

    def weight(self, each: int) -> float:
        """Variables below, counted at every occurrence."""
        return 1.0 if each >= 0 else self.weights[-1 - each]

    def depth(self, each: int) -> int:
        return 0 if each >= 0 else self.depths[-1 - each]


def _walk(
    tree: Tree, key: Callable[[int], float] | None, *, backwards: bool = False
) -> list[int]:
    """Variables in the order of first visit, inputs entered by ascending key."""
    order: dict[int, None] = {}
    seen: set[int] = set()
    stack = list(reversed(tree.tops))
    while stack:
        node = stack.pop()
        if node >= 0:
            order.setdefault(node)
        elif node not in seen:
            seen.add(node)
            inputs = tree.inputs[-1 - node]
            if key is not None:
                inputs = sorted(inputs, key=key)
            stack.extend(inputs if backwards else reversed(inputs))
    return list(order)
