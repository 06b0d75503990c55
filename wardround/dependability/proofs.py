"""Which items matter to a service, settled by its binary diagrams where few enough steps suffice.

Bounded by work, never by time: the same cells are settled on every computer, under every load.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wardround.dependability.diagram import Budget
from wardround.dependability.errors import BudgetEnded
from wardround.dependability.solve import Solved, solve
from wardround.dependability.tree import Tree, failures_of

if TYPE_CHECKING:
    from wardround.dependability.model import Model

_PROOF_STEPS = 400_000_000
"""Steps of the diagram machine for the proofs of one service, times the nodes of the model: bounded
by work, not by time, so that the same cells are settled on every computer, and those of a large
model cost no second together.
"""
_LARGEST_PROOF = 4_000_000
_STEPS_PER_CELL = 400  # what making the tree costs, in steps, and finding its modules and orders
_FEW_CELLS = 32  # up to which that is next to nothing


def support(model: Model, service: int, budget: Budget) -> NDArray[np.int32] | None:
    """Items in at least one minimal cut set, or None when the budget ends first."""
    solved = diagrams_of(model, service, budget)
    if solved is None:
        return None
    alive = {len(solved.modules) - 1}
    found: list[int] = []
    for position in range(len(solved.modules) - 1, -1, -1):
        if position not in alive:
            continue
        module = solved.modules[position]
        for level in np.unique(module.family[2:, 0]).tolist():
            variable = module.variables[level]
            if variable >= 0:
                found.append(solved.tree.variables[variable])
            else:
                alive.add(-1 - variable)
    return np.array(found, np.int32)


@dataclass(frozen=True)
class Diagrams:
    """The failures of a service as a tree, and its modules solved."""

    tree: Tree
    modules: list[Solved]


def proof_budget(model: Model, cells: int) -> Budget:
    """The steps that may be spent on a service with so many cells, in this model."""
    allowed = min(_PROOF_STEPS // model.size, _LARGEST_PROOF)
    return Budget(steps=allowed - max(0, cells - _FEW_CELLS) * _STEPS_PER_CELL)


def diagrams_of(model: Model, service: int, budget: Budget) -> Diagrams | None:
    """The solved diagrams of a service, or None when the budget ends first."""
    if budget.steps <= 0:
        return None
    tree = failures_of(model, [service])
    try:
        return Diagrams(tree, solve(tree, budget))
    except BudgetEnded:
        return None
