"""Unavailability of a service from failure and repair rates, switch times of cold standbys
included.

Items fail and are repaired independently; in the steady state q = λ / (λ + μ), and item i fails
λ (1 − q) times an hour. The service is out

    while it is down whatever is switched            P(down), exact from the diagrams
    and after every failure that only a switch cures  Σ nᵢ τᵢ

nᵢ: how often the failure of i takes the service from up (without cold standbys) to up with them:
    nᵢ = λᵢ (1 − qᵢ) [P(hot up | i up, full up | i down) − P(hot up | i down)]   per hour
τᵢ: minutes until it is up again when i has failed: the switches used when only i is down, else the
    longest switch below the service (then `switching` is an upper bound and `exact` False).

It holds for switch times that are short against the times between failures (first order in λτ).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability import machine
from wardround.dependability.diagram import Budget, Diagram
from wardround.dependability.errors import MissingProbability
from wardround.dependability.explanations import what_if
from wardround.dependability.graph import closure
from wardround.dependability.numbers import extract, probabilities
from wardround.dependability.orders import variable_order
from wardround.dependability.program import Program
from wardround.dependability.tree import TRUE, Tree, failures_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wardround.dependability.model import Model

MINUTES_PER_YEAR = 525_960.0


@dataclass(frozen=True)
class Availability:
    """down, switching, unavailability: shares of time; switches: switch-overs an hour."""

    service: str
    down: float
    switching: float
    switches_per_hour: float
    exact: bool

    @property
    def unavailability(self) -> float:
        return min(1.0, self.down + self.switching)

    @property
    def minutes_per_year(self) -> float:
        return self.unavailability * MINUTES_PER_YEAR


def availability(model: Model, service: str, *, budget: Budget | None = None) -> Availability:
    """Steady-state unavailability of a service; every item below it needs a failure and repair rate
    (or, where no cold standby matters, a probability).
    """
    return _Service(model, model.node(service), budget or Budget(60.0)).answer()


class _Function:
    """The failure of the service as a function in a shared diagram, variables fixed on demand."""

    def __init__(self, tree: Tree, place: dict[int, int], diagram: Diagram) -> None:
        self.diagram = diagram
        moved = [place[node] for node in tree.variables]
        self.tree = Tree(
            list(place),
            list(tree.fail),
            [[each if each < 0 else moved[each] for each in inputs] for inputs in tree.inputs],
            [each if each < 0 or each >= TRUE else moved[each] for each in tree.tops],
        )
        if 0 <= self.tree.top < TRUE:
            self.tree.tops = [self.tree.gate(1, [self.tree.top])]

    def node(self, order: list[int], fixed: dict[int, int], budget: Budget) -> int:
        """Its diagram, with the variables in `fixed` never (0) or surely (1) failed."""
        if self.tree.top >= TRUE:
            return int(self.tree.top == TRUE)
        program = Program(self.tree, order, both=machine.AND, either=machine.OR)
        program.registers[2 : 2 + len(order)] = np.arange(2, 2 + len(order))
        for variable, value in fixed.items():
            program.registers[program.register(variable)] = value
        program.run(self.diagram, budget)
        return int(program.registers[program.register(self.tree.top)])


class _Service:
    def __init__(self, model: Model, node: int, budget: Budget) -> None:
        self.model, self.node, self.budget = model, node, budget
        full = failures_of(model, [node])
        hot = failures_of(model, [node], cold=False)
        place: dict[int, int] = {}
        for variable in [*hot.variables, *full.variables]:
            place.setdefault(variable, len(place))
        self.items = list(place)
        self.chance = model.unavailability[self.items]
        self._require(np.isnan(self.chance))
        self.diagram = Diagram()
        self.diagram.literals(len(place))
        self.full = _Function(full, place, self.diagram)
        self.hot = _Function(hot, place, self.diagram)
        self.order = self._order()

    def _require(self, missing: NDArray[np.bool_]) -> None:
        if missing.any():
            nodes = [self.items[each] for each in np.flatnonzero(missing)]
            raise MissingProbability([self.model.label(node) for node in nodes])

    def _order(self) -> list[int]:
        tree = self.hot.tree if self.hot.tree.top < TRUE else self.full.tree
        if tree.top >= TRUE:
            return list(range(len(self.items)))
        walked = variable_order(tree, "as written")
        return [*walked, *(each for each in range(len(self.items)) if each not in set(walked))]

    def answer(self) -> Availability:
        full = self.full.node(self.order, {}, self.budget)
        hot = self.hot.node(self.order, {}, self.budget)
        down = self._probability(full)
        switching, rate, exact = self._switching() if full != hot else (0.0, 0.0, True)
        return Availability(self.model.label(self.node), down, switching, rate, exact)

    def _probability(self, root: int) -> float:
        rows = extract(self.diagram.nodes, root, self.diagram.count)
        return float(probabilities(rows, self.chance[self.order])[-1])

    def _switching(self) -> tuple[float, float, bool]:
        """Share of time spent switching, switch-overs an hour, and whether every τ is its own."""
        total = rate = 0.0
        exact = True
        for place, item in enumerate(self.items):
            often = self._switches_after(place)
            if often <= 0.0:
                continue
            self._require(np.isnan(self.model.failure_rate[self.items]))
            label = self.model.label(self.node)
            _, minutes = what_if(self.model, [self.model.label(item)]).switches(label)
            if not minutes:
                minutes, exact = self._longest, False
            often *= float(self.model.failure_rate[item])
            rate += often
            total += often * minutes / 60.0
        return total, rate, exact

    def _switches_after(self, place: int) -> float:
        """(1 − q) [P(hot up | i up, full up | i down) − P(hot up | i down)] of variable i."""
        order, budget = self.order, self.budget
        hot_before = self.hot.node(order, {place: 0}, budget)
        full_after = self.full.node(order, {place: 1}, budget)
        lost = self.diagram.apply(machine.OR, hot_before, full_after, budget)
        hot_after = self.hot.node(order, {place: 1}, budget)
        if lost == hot_after:
            return 0.0
        chance = self._probability(hot_after) - self._probability(lost)
        return (1.0 - float(self.chance[place])) * max(0.0, chance)

    @cached_property
    def _longest(self) -> float:
        model = self.model
        inside = closure(model.start, model.inputs, np.array([self.node], np.int32))
        return float(np.where(np.repeat(inside, np.diff(model.start)), model.minutes, 0.0).max())
