"""Minimal cut sets and path sets of one top: counts, probability, listing, under a budget.

The exact way: reduce the tree, cut it into modules, race variable orders for a binary diagram of
each, take its minimal solutions (Rauzy 1993). When the budget ends, the answer holds what is
certain: cut sets complete up to some order, and bounds for the rest; `exact` and `ended` say so.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from wardround.dependability.bounds import probability_bounds
from wardround.dependability.diagram import Budget
from wardround.dependability.errors import (
    BadNumber,
    BudgetEnded,
    MissingProbability,
    NotAName,
)
from wardround.dependability.families import Families, FamilyPart
from wardround.dependability.figures import written
from wardround.dependability.graph import closure
from wardround.dependability.limited import HIGHEST_ORDER, limited_families
from wardround.dependability.model import Model
from wardround.dependability.numbers import probabilities
from wardround.dependability.solve import Solved, solve
from wardround.dependability.tree import FALSE, TRUE, Tree, at_any_length, failures_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Literal

    from numpy.typing import NDArray


_AFTER_INTERRUPT = 0.5  # seconds still spent on a partial answer
_LEAST = 0.05  # seconds for a partial answer when nothing is left
_LEAST_FOR_SINGLES = 2.0  # the same for the single failures, without which it is no answer
_SHARE_OF_EXACT = 0.7  # of the seconds; the rest is kept for a partial answer


@dataclass(frozen=True)
class CutSet:
    """One minimal set; `probability` is the product of its items', None where one is unknown."""

    items: tuple[str, ...]
    probability: float | None

    @property
    def order(self) -> int:
        return len(self.items)


@dataclass(repr=False)
class CutSets:
    """What is known about the minimal sets of one top.

    gates, basic_events   nodes with a formula and items below the top, as the model has them
    count, by_order   number of sets, in all and with 0, 1, 2 … items; exact integers
    exact             both are complete; else they are lower bounds, complete up to `complete_to`
    ended             what stopped the exact way: "time", "memory", "interrupted" or "order" (asked)
    probability       of the top event, exact, None where not known; `bounds` always hold where
                      every item has a probability
    """

    model: Model
    top: str
    tree: Tree
    gates: int
    basic_events: int
    families: Families | None
    solved: list[Solved] = field(default_factory=list)
    count: int = 0
    by_order: list[int] = field(default_factory=list)
    exact: bool = True
    complete_to: int | None = None
    ended: str | None = None
    probability: float | None = None
    bounds: tuple[float, float] | None = None
    seconds: float = 0.0
    paths: bool = False

    def __repr__(self) -> str:
        kind = "path" if self.paths else "cut"
        about = "" if self.exact else f", complete to order {self.complete_to}, ended: {self.ended}"
        return f"<CutSets of {self.top!r}: {written(self.count)} minimal {kind} sets{about}>"

    @property
    def of_hull(self) -> bool:
        """Whether the top stands for the monotone hull of what was written."""
        return self.top in self.model.hulls

    @property
    def variable_order(self) -> str:
        return max(self.solved, key=lambda each: each.made).order if self.solved else ""

    @property
    def bdd_nodes(self) -> int:
        """Nodes of the binary diagrams of all modules, without their two terminals."""
        return sum(max(0, len(each.binary) - 2) for each in self.solved)

    @property
    def zbdd_nodes(self) -> int:
        parts = self.families.parts if self.families else []
        return sum(max(0, len(each.rows) - 2) for each in parts)

    def chances(self) -> NDArray[np.float64]:
        """(variables,) probability that a variable of the tree is true; NaN where not known."""
        chance = self.model.unavailability[self.tree.variables]
        return 1.0 - chance if self.paths else chance

    def sets(self, by: Literal["size", "probability"] = "size") -> Iterator[CutSet]:
        """One minimal set after the other, smallest or likeliest first, computed on demand."""
        if by not in {"size", "probability"}:
            raise NotAName("not_an_order", text=repr(by)[:80])
        return self._sets(by)

    def _sets(self, by: str) -> Iterator[CutSet]:
        if self.families is None:
            return
        chance = self.chances()
        if by == "probability":
            cost = -np.log(np.clip(self._known(chance), 1e-300, 1.0))
        else:
            cost = np.ones(len(chance))
        names = [self.model.label(node) for node in self.tree.variables]
        for _, found in self.families.cheapest_first(cost):
            members = sorted(found, key=lambda each: self.tree.variables[each])
            product = math.prod(float(chance[each]) for each in members)
            known = None if math.isnan(product) else product
            yield CutSet(tuple(names[each] for each in members), known)

    def _known(self, chance: NDArray[np.float64]) -> NDArray[np.float64]:
        missing = np.flatnonzero(np.isnan(chance))
        if len(missing):
            raise MissingProbability([self.model.label(self.tree.variables[v]) for v in missing])
        return chance


def cut_sets(
    model: Model,
    top: str | None = None,
    *,
    max_order: int | None = None,
    budget: Budget | None = None,
    cold: bool = True,
) -> CutSets:
    """Minimal sets of items whose failure takes `top` down.

    max_order   only sets up to this order (much cheaper on large models)
    cold        cold standbys count as support; False: the sets that make at least a switch
    necessary
    """
    return _answer(model, top, max_order, budget or Budget(), cold=cold, paths=False)


def path_sets(
    model: Model,
    top: str | None = None,
    *,
    max_order: int | None = None,
    budget: Budget | None = None,
    cold: bool = True,
) -> CutSets:
    """Minimal sets of items that keep `top` up by themselves; probabilities are of being up."""
    return _answer(model, top, max_order, budget or Budget(), cold=cold, paths=True)


def cut_sets_of(
    model: Model, tops: Sequence[str], *, max_order: int, budget: Budget | None = None
) -> dict[str, CutSets]:
    """Cut sets up to an order, for many services in one shared diagram. Where the budget ends
    first, each answer says so.
    """
    budget = budget or Budget()
    began = time.monotonic()
    nodes = model.nodes(tops).tolist()
    try:
        tree = failures_of(model, nodes, look=budget.look)
        families = limited_families(tree, max_order, budget)
    except BudgetEnded as ended:
        return {
            name: _unanswered(model, node, ended, began)
            for name, node in zip(tops, nodes, strict=True)
        }
    answers = {}
    for name, top, family in zip(tops, tree.tops, families, strict=True):
        own = Tree(tree.variables, tree.fail, tree.inputs, [top])
        answer = CutSets(model, name, own, *_size(model, model.node(name)), family)
        _limited(answer, family, max_order, Budget(memory_mb=math.inf))
        answer.ended = "order"
        answer.seconds = time.monotonic() - began
        answers[name] = answer
    return answers


def _answer(  # noqa: PLR0913  where all options meet
    model: Model,
    top: str | None,
    max_order: int | None,
    budget: Budget,
    *,
    cold: bool,
    paths: bool,
) -> CutSets:
    began = time.monotonic()
    _checked_order(max_order)
    node = model.top(top)
    try:
        tree = failures_of(model, [node], cold=cold, paths=paths, look=budget.look)
    except BudgetEnded as ended:
        return _unanswered(model, node, ended, began, paths=paths)
    if 0 <= tree.top < TRUE:
        tree.tops = [tree.gate(1, [tree.top])]
    answer = CutSets(model, model.label(node), tree, *_size(model, node), None, paths=paths)
    if tree.top >= TRUE:
        _constant(answer, failed=tree.top == TRUE)
    elif max_order is None:
        _exactly(answer, budget)
    else:
        _to_order(answer, max_order, budget)
    answer.seconds = time.monotonic() - began
    return answer


def _checked_order(given: Any) -> None:
    if given is None:
        return
    number = isinstance(given, int | float | np.number) and not isinstance(given, bool)
    if not number or not given >= 0 or given % 1:
        raise BadNumber("order_not_whole", value=given)


def _unanswered(
    model: Model, node: int, ended: BudgetEnded, began: float, *, paths: bool = False
) -> CutSets:
    """Where the budget ended before there was a tree: nothing is known."""
    answer = CutSets(model, model.label(node), Tree([]), *_size(model, node), None, paths=paths)
    answer.exact, answer.ended, answer.bounds = False, ended.what, (0.0, 1.0)
    answer.seconds = time.monotonic() - began
    return answer


def _size(model: Model, top: int) -> tuple[int, int]:
    """Nodes with a formula, and items, below a top and with it."""
    inside = closure(model.start, model.inputs, np.array([top], np.int32))
    has_formula = np.diff(model.start) > 0
    return int((inside & has_formula).sum()), int((inside & model.fallible).sum())


def _constant(answer: CutSets, *, failed: bool) -> None:
    rows = np.array([[-1, 0, 0], [-1, 1, 1]][: 1 + failed], np.int32)
    answer.families = Families([FamilyPart(rows, [])])
    answer.by_order = [1] if failed else [0]
    answer.count = int(failed)
    answer.probability = float(failed)
    answer.bounds = (float(failed), float(failed))


def _exactly(answer: CutSets, budget: Budget) -> None:
    first = Budget(max(budget.left, 0.0) * _SHARE_OF_EXACT, budget.memory_mb, budget.progress)
    first.parent = budget
    try:
        answer.solved = solve(answer.tree, first)
        families = Families([each.part for each in answer.solved])
        answer.by_order = families.by_order(budget.room / 2, first.check)
    except (BudgetEnded, MemoryError) as ended:
        answer.exact = False
        answer.ended = ended.what if isinstance(ended, BudgetEnded) else "memory"
        _what_is_certain(answer, budget)
    else:
        answer.families = families
        answer.count = sum(answer.by_order)
    if not answer.solved:
        return
    chance = answer.chances()
    if not np.isnan(chance).any():
        answer.probability = module_probabilities(answer.solved, chance)[0][-1]
        answer.bounds = (answer.probability, answer.probability)


def module_probabilities(
    solved: Sequence[Solved], chance: NDArray[np.float64]
) -> tuple[list[float], list[NDArray[np.float64]], list[NDArray[np.float64]]]:
    """Of each module: its probability, the chances of its levels, the values of its nodes."""
    found: list[float] = []
    levels, values = [], []
    for each in solved:
        own = np.array([chance[v] if v >= 0 else found[-1 - v] for v in each.variables])
        value = probabilities(each.binary, own)
        found.append(float(value[-1]))
        levels.append(own)
        values.append(value)
    return found, levels, values


def _to_order(answer: CutSets, order: int, budget: Budget) -> None:
    answer.ended = "order"
    try:
        family = limited_families(answer.tree, order, budget)[0]
        _limited(answer, family, order, budget)
    except (BudgetEnded, MemoryError) as ended:
        answer.exact = False
        answer.ended = ended.what if isinstance(ended, BudgetEnded) else "memory"
    _bounds(answer)


def _limited(answer: CutSets, family: Families, order: int, budget: Budget) -> None:
    by_order = family.by_order(check=budget.look)
    answer.families, answer.by_order = family, by_order
    answer.count = sum(answer.by_order)
    answer.exact = order >= min(len(answer.tree.variables), HIGHEST_ORDER)
    answer.complete_to = None if answer.exact else order


def _what_is_certain(answer: CutSets, budget: Budget) -> None:
    """Cut sets order by order as far as the rest of the budget lets."""
    interrupted = answer.ended == "interrupted"

    def more(least: float) -> Budget:
        left = _AFTER_INTERRUPT if interrupted else max(budget.left, least)
        parent = None if interrupted else budget
        return Budget(max(left, 0.0), budget.memory_mb, budget.progress, parent=parent)

    rest = more(_LEAST_FOR_SINGLES)
    for order in range(1, HIGHEST_ORDER):
        if order == 2 and not interrupted:
            rest = more(_LEAST)
        try:
            family = limited_families(answer.tree, order, rest)[0]
            _limited(answer, family, order, rest)
        except (BudgetEnded, MemoryError):
            break
        budget.say("progress_order", order=order, count=answer.count)
        if answer.exact:
            break
    _bounds(answer, Budget(_AFTER_INTERRUPT).look if interrupted else at_any_length)


def _bounds(answer: CutSets, look: Callable[[], None] = at_any_length) -> None:
    """Low: the tree's own, or the likeliest set found; high: the tree's."""
    chance = answer.chances()
    if np.isnan(chance).any():
        return
    try:
        low, high = probability_bounds(answer.tree, chance.tolist(), look)
    except BudgetEnded:
        low, high = 0.0, 1.0
    likeliest = next(answer.sets("probability"), None)
    if likeliest is not None and likeliest.probability is not None:
        low = max(low, likeliest.probability)
    answer.bounds = (low, min(high, 1.0))


__all__ = ["FALSE", "CutSet", "CutSets", "cut_sets", "cut_sets_of", "path_sets"]
