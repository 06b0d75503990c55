"""Which items matter most to a top event, exactly, from its diagrams.

With Q the probability of the top event and q of the item, Q₁ and Q₀ given that the item has surely,
or never, failed (all others unchanged):

    Birnbaum       Q₁ − Q₀ = ∂Q/∂q         (Birnbaum 1969)
    criticality    q (Q₁ − Q₀) / Q          the item failed and was decisive, given the top event
    Fussell–Vesely P(a minimal cut set with the item has failed) / Q
    RAW            Q₁ / Q                   risk achievement worth
    RRW            Q / Q₀                   risk reduction worth; infinite for a single point
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability import machine
from wardround.dependability.cuts import module_probabilities
from wardround.dependability.diagram import Budget, Diagram
from wardround.dependability.errors import BudgetEnded, IncompleteAnswer, MissingProbability
from wardround.dependability.numbers import extract, probabilities, sensitivities

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wardround.dependability.cuts import CutSets
    from wardround.dependability.solve import Solved


@dataclass(frozen=True)
class Importance:
    """`fussell_vesely` is an upper bound (q Q₁ / Q) where `fussell_vesely_exact` is False: its
    diagram did not fit the budget. `criticality` is a lower bound of it.
    """

    item: str
    probability: float
    birnbaum: float
    criticality: float
    fussell_vesely: float
    fussell_vesely_exact: bool
    raw: float
    rrw: float


def importance(answer: CutSets, *, budget: Budget | None = None) -> list[Importance]:
    """Of every item in a minimal cut set, greatest Fussell–Vesely first; needs an exact answer."""
    if not answer.solved or answer.probability is None:
        if answer.exact and not answer.solved and answer.probability is not None:
            return []
        if not answer.solved and answer.tree.inputs:
            raise IncompleteAnswer(answer.top)
        chance = answer.chances()
        nodes = [answer.tree.variables[v] for v in np.flatnonzero(np.isnan(chance))]
        raise MissingProbability([answer.model.label(node) for node in nodes])
    return _Importances(answer, budget or Budget(60.0)).table()


class _Importances:
    def __init__(self, answer: CutSets, budget: Budget) -> None:
        self.answer, self.budget = answer, budget
        self.solved = answer.solved
        self.chance = answer.chances()
        self.values, self.levels, self.nodes = module_probabilities(self.solved, self.chance)
        self.top = self.values[-1]

    def table(self) -> list[Importance]:
        slope, share = self._down()
        found = [
            self._figures(variable, slope[variable], share[variable]) for variable in sorted(share)
        ]
        return sorted(found, key=lambda each: (-each.fussell_vesely, -each.birnbaum, each.item))

    def _down(self) -> tuple[dict[int, float], dict[int, tuple[float, bool]]]:
        """Of each variable ∂Q/∂q, and P(a set with it has failed) / q with whether that is exact:
        products of the same along the chain of modules above it.
        """
        slope = {-1 - (len(self.solved) - 1): 1.0}
        share: dict[int, tuple[float, bool]] = {-1 - (len(self.solved) - 1): (1.0, True)}
        for position in range(len(self.solved) - 1, -1, -1):
            part = self.solved[position]
            if -1 - position not in slope:
                continue  # no minimal set reaches into this module
            above, (above_share, above_exact) = slope.pop(-1 - position), share.pop(-1 - position)
            local = sensitivities(part.binary, self.levels[position], self.nodes[position])
            for level in np.unique(part.family[2:, 0]).tolist():
                variable = part.variables[level]
                own, exact = self._with(position, part, level, float(local[level]))
                slope[variable] = above * float(local[level])
                share[variable] = (above_share * own, above_exact and exact)
        return slope, {key: value for key, value in share.items() if key >= 0}

    def _with(self, position: int, part: Solved, level: int, slope: float) -> tuple[float, bool]:
        """P(a set of the part with this level has failed) / q of the level; else its upper bound,
        P(part | level failed).
        """
        q = float(self.levels[position][level])
        bound = float(self.values[position]) + (1.0 - q) * slope
        if len(part.binary) <= 2:
            return 1.0, True
        if part.binary is part.family:  # one gate: what is left of it needs no more than any others
            return min(bound, 1.0), True
        try:
            self.budget.check()
            return self._closed(part, level, self.levels[position]), True
        except BudgetEnded:
            return min(bound, 1.0), False

    def _closed(self, part: Solved, level: int, chance: NDArray[np.float64]) -> float:
        diagram = Diagram()
        root = diagram.load(part.family, len(part.variables))
        holding = diagram.apply(machine.WITH, root, level, self.budget)
        closed = diagram.apply(machine.CLOSE, holding, 0, self.budget)
        given = chance.copy()
        given[level] = 1.0
        rows = extract(diagram.nodes, closed, diagram.count)
        return float(probabilities(rows, given)[-1])

    def _figures(self, variable: int, slope: float, shared: tuple[float, bool]) -> Importance:
        share, exact = shared
        q, top = float(self.chance[variable]), self.top
        low = top - q * slope
        return Importance(
            item=self.answer.model.label(self.answer.tree.variables[variable]),
            probability=q,
            birnbaum=slope,
            criticality=q * slope / top if top else math.nan,
            fussell_vesely=q * share / top if top else math.nan,
            fussell_vesely_exact=exact,
            raw=(top + (1.0 - q) * slope) / top if top else math.nan,
            rrw=top / low if low > 1e-15 * top else math.inf,
        )
