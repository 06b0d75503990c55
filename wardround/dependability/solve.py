"""Solve a tree module by module: race variable orders for its diagram, then its minimal sets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wardround.dependability import machine
from wardround.dependability.diagram import Budget, Diagram
from wardround.dependability.errors import BudgetEnded
from wardround.dependability.families import FamilyPart
from wardround.dependability.messages import Term
from wardround.dependability.modules import parts_of
from wardround.dependability.numbers import extract
from wardround.dependability.orders import variable_order, variable_orders
from wardround.dependability.program import Program
from wardround.dependability.tree import Tree
from wardround.dependability.votes import diagram_of_vote

_FIRST_LIMIT = 1 << 13
_FIELD = ((1 << 19, 1), (1 << 18, 2), (1 << 17, 3), (1 << 15, 5))
_ENOUGH = 100_000  # nodes above which the first order to finish is taken without a second look


@dataclass(frozen=True)
class Solved:
    """One module. `binary` and `family` are finished diagrams (see `numbers`): its failure as a
    function, and its minimal cut sets. `variables[level]` is a variable of the whole tree (≥ 0) or
    −1 − the position of another solved module. `tree`: the module where everything in it is used
    once.
    """

    binary: NDArray[np.int32]
    family: NDArray[np.int32]
    variables: list[int]
    order: str
    made: int
    tree: Tree | None = None

    @property
    def part(self) -> FamilyPart:
        return FamilyPart(self.family, self.variables, self.tree)


@dataclass
class _Built:
    diagram: Diagram
    root: int
    order: list[int]
    name: str


def solve(tree: Tree, budget: Budget) -> list[Solved]:
    """All modules of a tree whose top is a gate, the top's last; BudgetEnded when it ends."""
    solved = []
    parts = parts_of(tree, budget.look)
    for number, part in enumerate(parts):
        if len(part.tree.fail) > 20:
            gates = len(part.tree.fail)
            budget.say("progress_module", number=number + 1, count=len(parts), gates=gates)
        if len(part.tree.fail) == 1 and _is_read_once(part.tree):
            solved.append(_one_gate(part.tree, budget))
        else:
            solved.append(_finish(part.tree, _race(part.tree, budget), budget))
    return solved


def _one_gate(tree: Tree, budget: Budget) -> Solved:
    inputs = tree.inputs[0]
    rows = diagram_of_vote(tree.fail[0], len(inputs), budget)
    variables = [tree.variables[each] for each in inputs]
    return Solved(rows, rows, variables, "as written", len(rows), tree)


def _finish(tree: Tree, built: _Built, budget: Budget) -> Solved:
    diagram = built.diagram
    registers = np.array([built.root], np.int32)
    diagram.collect(registers)
    root = int(registers[0])
    binary = extract(diagram.nodes, root, diagram.count)
    budget.say("progress_minimal", nodes=len(binary), order=Term("order", built.name))
    family = diagram.apply(machine.MINIMAL, root, 0, budget)
    return Solved(
        binary=binary,
        family=extract(diagram.nodes, family, diagram.count),
        variables=[tree.variables[each] for each in built.order],
        order=built.name,
        made=diagram.count,
        tree=tree if _is_read_once(tree) else None,
    )


def _race(tree: Tree, budget: Budget) -> _Built:
    """Every order builds up to a limit of nodes; while nobody is done the limit doubles, and only
    the most advanced go on from where they stopped.
    """
    if len(tree.fail) == 1 or _is_read_once(tree):
        runner = _Runner(tree, *_leaves_first(tree))
        runner.advance(budget, None)
        return runner.built()
    runners = []
    for name, order in variable_orders(tree):
        budget.check()
        runners.append(_Runner(tree, name, order))
    limit = _FIRST_LIMIT
    while True:
        done = _round(runners, limit, budget)
        if done:
            best = min(done, key=lambda each: each.diagram.count)
            return best.built()
        budget.say("progress_race", orders=len(runners), limit=limit)
        runners = sorted(runners, key=_Runner.progress, reverse=True)[: _field(limit)]
        limit *= 2


def _field(limit: int) -> int:
    """How many orders stay in the race beyond this many nodes each."""
    return next((many for nodes, many in _FIELD if limit >= nodes), 99)


def _round(runners: list[_Runner], limit: int, budget: Budget) -> list[_Runner]:
    done = []
    for each in runners:
        if each.advance(budget, limit):
            done.append(each)
            if limit > _ENOUGH:
                break
    return done


class _Runner:
    """One variable order on its way; `advance` goes on where it stopped."""

    def __init__(self, tree: Tree, name: str, order: list[int]) -> None:
        self.name, self.order, self.top = name, order, tree.top
        self.diagram = Diagram()
        self.program = Program(tree, order, both=machine.AND, either=machine.OR)
        literals = self.diagram.literals(len(order))
        self.program.registers[2 : 2 + len(order)] = literals

    def advance(self, budget: Budget, limit: int | None) -> bool:
        try:
            self.program.run(self.diagram, budget, limit)
        except BudgetEnded as ended:
            if ended.what != "nodes":
                raise
            return False
        return True

    def progress(self) -> int:
        return self.program.done(self.diagram)

    def built(self) -> _Built:
        root = int(self.program.registers[self.program.register(self.top)])
        return _Built(self.diagram, root, self.order, self.name)


def _is_read_once(tree: Tree) -> bool:
    return sum(map(len, tree.inputs)) == len(tree.fail) - 1 + len(tree.variables)


def _leaves_first(tree: Tree) -> tuple[str, list[int]]:
    """For a part in which everything is used once any walk will do; leaves first keeps the work of
    each step constant along a chain.
    """
    return "shallow first", variable_order(tree, "shallow first")
