"""Variable orders to race: which variable stands at the top decides the size of a diagram.

All but one are orders of first visit in a depth-first walk that differs in which input it enters
first; the last ranks variables by the weight that flows down to them from the top (Minato 1990).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wardround.kernel.wording import untranslated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wardround.dependability.tree import Tree


def variable_orders(tree: Tree) -> Iterator[tuple[str, list[int]]]:
    """(name, variables from the top down), the most promising first."""
    measure = _Measure(tree)
    for name in _WALKS:
        yield name, _walk(tree, measure, name)
    yield (
        untranslated("by flow"),
        sorted(range(len(tree.variables)), key=lambda each: -measure.flow.get(each, 0.0)),
    )


def variable_order(tree: Tree, name: str) -> list[int]:
    """One of the walks by its name."""
    return _walk(tree, _Measure(tree), name)


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
        self.flow: dict[int, float] = dict.fromkeys(tree.tops, 1.0)
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


_WALKS: dict[str, Callable[[_Measure, int], float] | None] = {
    untranslated("heavy flow first"): lambda measure, each: -measure.flow.get(each, 0.0),
    untranslated("as written"): None,
    untranslated("deep first"): lambda measure, each: -measure.depth(each),
    untranslated("light first"): _Measure.weight,
    untranslated("shallow first"): _Measure.depth,
    untranslated("reversed"): None,
    untranslated("shared first"): lambda measure, each: (
        measure.weight(each) - 1e9 * measure.uses.get(each, 0)
    ),
    untranslated("shared last"): lambda measure, each: (
        measure.weight(each) + 1e9 * measure.uses.get(each, 0)
    ),
}
"""What each walk enters first: the input of the least value; None: as they stand."""


def _walk(tree: Tree, measure: _Measure, name: str) -> list[int]:
    """Variables in the order of first visit."""
    rank = _WALKS[name]
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
            if rank is not None:
                inputs = sorted(inputs, key=lambda each: rank(measure, each))
            stack.extend(inputs if name == "reversed" else reversed(inputs))
    return list(order)
