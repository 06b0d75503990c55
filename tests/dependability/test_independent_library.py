"""Our diagrams against those of OxiDD (Rust), an independent implementation: same functions."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from oxidd.bdd import BDDFunction, BDDManager

from tests.dependability.small_models import models
from tests.dependability.test_public_trees import TREES
from wardround.dependability import Model, cut_sets, read_model
from wardround.dependability.tree import TRUE, Tree, failures_of


@given(models())
@settings(max_examples=25, deadline=None)
def test_small_models_have_the_same_probability(model: Model) -> None:
    tree = failures_of(model, [model.node("top")])
    if tree.top < TRUE:
        _compare(model, None)


@pytest.mark.parametrize("name", ["baobab1", "das9207", "edf9206", "isp9604"])
def test_public_trees_have_the_same_probability(name: str) -> None:
    _compare(read_model(TREES / f"{name}.xml"), 1e-9)


def _compare(model: Model, tolerance: float | None) -> None:
    """The probability over OxiDD's diagram of the whole tree, no modules, equals ours."""
    top = model.top()
    tree = failures_of(model, [top])
    manager = BDDManager(1 << 20, 1 << 18, 1)
    chance = model.unavailability[tree.variables].tolist()
    found = _probability(_function(manager, tree), chance)
    assert found == pytest.approx(cut_sets(model).probability, rel=tolerance or 1e-9, abs=1e-15)


def _function(manager: BDDManager, tree: Tree) -> BDDFunction:
    manager.add_vars(len(tree.variables))
    literals = [manager.var(number) for number in range(len(tree.variables))]
    gates: list[BDDFunction] = []
    for fail, inputs in zip(tree.fail, tree.inputs, strict=True):
        below = [literals[each] if each >= 0 else gates[-1 - each] for each in inputs]
        at_least = [manager.true()] + [manager.false()] * fail
        for each in below:
            for j in range(fail, 0, -1):
                at_least[j] = at_least[j] | (each & at_least[j - 1])
        gates.append(at_least[fail])
    return gates[-1 - tree.top] if tree.top < 0 else literals[tree.top]


def _probability(root: BDDFunction, chance: list[float]) -> float:
    """Shannon's expansion, memoised by function."""
    known: dict[BDDFunction, float] = {}

    def of(function: BDDFunction) -> float:
        children = function.cofactors()
        if children is None:
            return 1.0 if function.satisfiable() else 0.0
        if function not in known:
            p = chance[function.node_var()]
            known[function] = p * of(children[0]) + (1.0 - p) * of(children[1])
        return known[function]

    return of(root)
