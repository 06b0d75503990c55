"""Gates with NOT, XOR, NAND or NOR, replaced by their monotone hull.

The hull of a function is the least monotone one above it: it holds wherever a part of what has
failed makes the function hold. Its minimal cut sets are the minimal sets of failures that take the
gate down while nothing else has failed. Source: Rauzy and Dutuit 1997.

Each gate is written twice, as it is and negated, over literals; the binary diagram of that is
built, its minimal sets taken, and the nodes of their diagram become gates. (The diagram of the hull
itself can be larger beyond measure than the one of its minimal sets.)
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability import machine, nodetable
from wardround.dependability.diagram import Budget, Diagram
from wardround.dependability.errors import BudgetEnded, Unsupported
from wardround.dependability.model import Input
from wardround.dependability.orders import variable_orders
from wardround.dependability.program import Program
from wardround.dependability.tree import FALSE, TRUE, Tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from wardround.dependability.builder import Builder
    from wardround.dependability.mef_elements import Definition, Element
    from wardround.dependability.mef_formulas import Formulas

_LIMITS = (1 << 14, 1 << 17, 1 << 22)  # nodes each order may use, round after round
_STEPS = 120_000_000  # of the machine in all: some 8 s
Pair = tuple[int, int]
"""A function and its negation: numbers of a `Tree`, its variables being literals (2 v: item v has
failed, 2 v + 1: it has not).
"""


class Hulls:
    """The hulls of some gates, as gates of a builder."""

    def __init__(self, formulas: Formulas, builder: Builder) -> None:
        self.formulas, self.builder = formulas, builder
        self.literals: dict[str, int] = {}
        self.tree = Tree([])
        self.made: dict[tuple[int, tuple[int, ...]], int] = {}
        self.gates: dict[str, Pair] = {}
        self.known: dict[int, int] = {}  # node of the builder by node of the diagram

    def define(self, gates: Sequence[Definition]) -> None:
        """Define each of the gates in the builder as its hull."""
        for gate in self.formulas.inputs_first(gates):
            self.gates[gate.label] = self._pair(gate)
        tops = [self.gates[gate.label][0] for gate in gates]
        roots = self._roots(tops, gates)
        for gate, root in zip(gates, roots, strict=True):
            self._define(gate, root)

    # -- formulas in pairs

    def _pair(self, gate: Definition) -> Pair:
        pairs: dict[int, Pair] = {}
        formula = self.formulas.formula(gate)
        for element in formula.inputs_first():
            given = [pairs.pop(id(child)) for child in element.children]
            pairs[id(element)] = self._operator(gate, element, given)
        return pairs[id(formula)]

    def _operator(self, gate: Definition, element: Element, given: list[Pair]) -> Pair:
        if element.tag == "constant":
            return _certain(failed=self.formulas.truth(element))
        if self.formulas.is_reference(element):
            return self._referred(gate, element)
        self.formulas.check(gate, element)
        if element.tag == "xor":
            return functools.reduce(self._xor, given)
        return self._counted(gate, element, given)

    def _counted(self, gate: Definition, element: Element, given: list[Pair]) -> Pair:
        tag = element.tag
        low, high = self.formulas.range(gate, element)
        if tag == "iff":
            return self._xor(*given)[::-1]
        if tag == "imply":
            given = [given[0][::-1], given[1]]
        pair = self._count(given, low)
        if high < len(given):
            more = self._count(given, high + 1)
            pair = self._count([pair, more[::-1]], 2)
        return pair[::-1] if tag in {"not", "nand", "nor"} else pair

    def _referred(self, gate: Definition, element: Element) -> Pair:
        found = self.formulas.find(gate, element)
        label = found.label if found else element.attribute("name")
        if found is not None and found.kind == "define-gate":
            return self.gates[label]
        if found is not None and found.kind == "define-house-event":
            return _certain(failed=self.formulas.house(found))
        events = self.formulas.events_of(label)
        if events is None:
            return self._literal(label, element)
        return self._count([self._literal(each, element) for each in events], 1)

    def _literal(self, label: str, element: Element) -> Pair:
        number = self.literals.setdefault(label, len(self.literals))
        self.builder.reference(label, lambda: element.place)
        return 2 * number, 2 * number + 1

    def _xor(self, left: Pair, right: Pair) -> Pair:
        either = [(left[0], right[1]), (left[1], right[0])]
        same = [(left[0], right[0]), (left[1], right[1])]
        return self._sum_of_products(either), self._sum_of_products(same)

    def _sum_of_products(self, products: Sequence[tuple[int, int]]) -> int:
        return self._gate(1, [self._gate(2, list(each)) for each in products])

    def _count(self, given: Sequence[Pair], least: int) -> Pair:
        """At least so many of them, and not."""
        wide = len(given)
        return (
            self._gate(least, [each[0] for each in given]),
            self._gate(wide - least + 1, [each[1] for each in given]),
        )

    def _gate(self, least: int, inputs: list[int]) -> int:
        least -= sum(each == TRUE for each in inputs)
        inputs = [each for each in inputs if each < TRUE]
        if least <= 0:
            return TRUE
        if least > len(inputs):
            return FALSE
        if len(inputs) == 1:
            return inputs[0]
        key = (least, tuple(inputs))
        if key not in self.made:
            self.made[key] = self.tree.gate(least, inputs)
        return self.made[key]

    # -- diagrams

    def _roots(self, tops: list[int], gates: Sequence[Definition]) -> list[int]:
        """Families of the hulls' minimal sets, by racing variable orders to a limit of nodes: round
        after round the orders that came farthest go first.
        """
        reduced, moved = _reached(self.tree, tops)
        budget = Budget(steps=_STEPS)
        orders = _orders(reduced, len(self.literals))
        for limit in _LIMITS:
            reached = []
            for order in orders:
                try:
                    self._build(reduced, order, budget, limit)
                    found = [self._register(each) for each in moved]
                    return [self._minimal(each, budget) for each in found]
                except BudgetEnded as ended:
                    if ended.what != "nodes":
                        raise _too_large(gates[0]) from None
                    reached.append(self.program.done(self.diagram))
            farthest = sorted(range(len(orders)), key=reached.__getitem__, reverse=True)
            orders = [orders[each] for each in farthest]
        raise _too_large(gates[0])

    def _minimal(self, root: int, budget: Budget) -> int:
        return self.diagram.apply(machine.LEAST, root, 0, budget) if root > 1 else root

    def _build(self, tree: Tree, order: list[int], budget: Budget, limit: int) -> None:
        """`order` holds the items; both literals of one stand on one level of the diagram."""
        self.order = order
        literals = [2 * item + side for item in order for side in (0, 1)]
        self.program = Program(tree, literals, both=machine.AND, either=machine.OR)
        self.diagram = Diagram()
        made = self.diagram.literals(len(literals))
        self.program.registers[2 : 2 + len(literals)] = made
        self.program.registers[3 : 3 + len(literals) : 2] = self.diagram.negations(made[::2])
        self.program.run(self.diagram, budget, limit)

    def _register(self, top: int) -> int:
        if top >= TRUE:
            return int(top == TRUE)
        return int(self.program.registers[self.program.register(top)])

    # -- back to gates

    def _define(self, gate: Definition, root: int) -> None:
        if root < 2:
            self.builder.constant(gate.label, up=root == 0, place=gate.place)
            return
        items = list(self.literals)
        for node in self._below(root):
            self.known[node] = self._gate_of(node, items)
        inputs = (Input(self.known[root]),)
        self.builder.define(gate.label, need=1, inputs=inputs, fallible=False, place=gate.place)

    def _below(self, root: int) -> list[int]:
        """Nodes below a root that have no gate yet, children first (they have smaller numbers)."""
        seen = {root}
        stack = [root]
        while stack:
            row = self.diagram.nodes[stack.pop()]
            for child in (int(row[nodetable.LOW]), int(row[nodetable.HIGH])):
                if child > 1 and child not in seen and child not in self.known:
                    seen.add(child)
                    stack.append(child)
        return sorted(seen - set(self.known))

    def _gate_of(self, node: int, items: list[str]) -> int:
        """The node fails with its low side, or with its item and its high side."""
        row: NDArray[np.int32] = self.diagram.nodes[node]
        item = self.builder.reference(items[self.order[int(row[nodetable.VAR]) // 2]])
        low, high = int(row[nodetable.LOW]), int(row[nodetable.HIGH])
        with_item = item if high == 1 else self.builder.gate(1, _inputs(item, self.known[high]))
        if low == 0:
            return with_item
        return self.builder.gate(2, _inputs(with_item, self.known[low]))


def _too_large(gate: Definition) -> Unsupported:
    return Unsupported("hull_too_large", name=gate.label, place=gate.place)


def _certain(*, failed: bool) -> Pair:
    return (TRUE, FALSE) if failed else (FALSE, TRUE)


def _inputs(*nodes: int) -> list[Input]:
    return [Input(node) for node in nodes]


def _reached(tree: Tree, tops: list[int]) -> tuple[Tree, list[int]]:
    """The gates the tops reach, and the tops in the new numbers."""
    wanted = {top for top in tops if top < 0}
    for gate in range(len(tree.fail) - 1, -1, -1):
        if -1 - gate in wanted:
            wanted.update(each for each in tree.inputs[gate] if each < 0)
    kept = Tree([])
    moved: dict[int, int] = {}
    for gate, inputs in enumerate(tree.inputs):
        if -1 - gate in wanted:
            renamed = [moved[each] if each < 0 else each for each in inputs]
            moved[-1 - gate] = kept.gate(tree.fail[gate], renamed)
    new = [moved.get(top, top) for top in tops]
    kept.tops = [top for top in dict.fromkeys(new) if top < TRUE]
    return kept, new


def _orders(tree: Tree, items: int) -> list[list[int]]:
    """Orders of the items, from walks over their literals."""
    if not tree.fail:
        return [list(range(items))]
    found = []
    for _, walk in variable_orders(tree):
        order = dict.fromkeys(literal // 2 for literal in walk)
        order.update(dict.fromkeys(range(items)))
        found.append(list(order))
    return found
