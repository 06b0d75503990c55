"""Minimal cut sets up to a given order, of many services at once, in one shared diagram.

Bottom-up algebra of families: OR joins and AND multiplies them, with everything longer than the
limit cut off at once. No binary diagram is built, so this also answers where that explodes, and
checks it by another method where it does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability import machine
from wardround.dependability.diagram import Budget, Diagram
from wardround.dependability.families import Families, FamilyPart
from wardround.dependability.numbers import extract
from wardround.dependability.orders import variable_order
from wardround.dependability.program import Program
from wardround.dependability.tree import FALSE, TRUE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wardround.dependability.tree import Tree

HIGHEST_ORDER = machine.LIMIT - machine.PRODUCT - 1


def limited_families(tree: Tree, order: int, budget: Budget) -> list[Families]:
    """For each top of the tree its minimal cut sets of at most `order` members."""
    order = min(order, HIGHEST_ORDER)
    budget.look()
    variables = variable_order(tree, "light first")
    program = Program(tree, variables, both=machine.PRODUCT + order, either=machine.UNION)
    diagram = Diagram()
    program.registers[2 : 2 + len(variables)] = diagram.literals(len(variables))
    if order == 0:
        program.registers[2 : 2 + len(variables)] = 0
    program.run(diagram, budget)
    families = []
    for top in tree.tops:
        constant = {TRUE: 1, FALSE: 0}.get(top)
        root = program.registers[program.register(top)] if constant is None else constant
        rows = extract(diagram.nodes, int(root), diagram.count)
        families.append(Families([_compact(rows, variables)]))
    return families


def _compact(rows: NDArray[np.int32], variables: list[int]) -> FamilyPart:
    """Only the levels this family holds, so that many services over many items stay cheap."""
    levels, place = np.unique(rows[2:, 0], return_inverse=True)
    rows[2:, 0] = place
    return FamilyPart(rows, [variables[level] for level in levels.tolist()])


def closed_probability(
    family: FamilyPart, chance: np.ndarray[tuple[int], np.dtype[np.float64]], budget: Budget
) -> float:
    """Exact probability that at least one set of the family has failed; chance[variable]."""
    from wardround.dependability.numbers import probabilities  # noqa: PLC0415  loaded on demand

    diagram = Diagram()
    root = diagram.load(family.rows, len(family.variables))
    closed = diagram.apply(machine.CLOSE, root, 0, budget)
    rows = extract(diagram.nodes, closed, diagram.count)
    return float(probabilities(rows, chance[list(family.variables)])[-1])
