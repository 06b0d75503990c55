"""Small random models with every operator, and the answers found by trying all sets of failures."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from wardround.dependability import HOT, Builder, Input, Model

if TYPE_CHECKING:
    from collections.abc import Callable


@st.composite
def models(draw: Callable[..., Any], items: int = 6, gates: int = 5) -> Model:
    """With the top “top”: items, constants, AND, OR, k-of-n, repeated and cold inputs."""
    builder = Builder()
    nodes = []
    for number in range(draw(st.integers(1, items))):
        node = builder.define(f"e{number}")
        builder.number("probability", node, draw(st.integers(1, 9)) / 10)
        nodes.append(node)
    if draw(st.booleans()):
        nodes.append(builder.constant("house", up=bool(draw(st.booleans()))))
    for number in range(draw(st.integers(1, gates))):
        nodes.append(_gate(draw, builder, nodes, number))
    top = builder.define("top", need=1, inputs=[Input(nodes[-1])], fallible=False)
    builder.top(top)
    return builder.model()


def _gate(draw: Callable[..., Any], builder: Builder, nodes: list[int], number: int) -> int:
    below = draw(st.lists(st.sampled_from(nodes), min_size=1, max_size=4))
    cold = st.sampled_from([HOT, HOT, 5.0, 20.0])
    inputs = [Input(node, draw(cold)) for node in below]
    need = draw(st.integers(1, len(inputs)))
    kind = draw(st.sampled_from(["nameless", "gate", "item"]))
    if kind == "nameless":
        return builder.gate(need, inputs)
    node = builder.define(f"g{number}", need=need, inputs=inputs, fallible=kind == "item")
    if kind == "item":
        builder.number("probability", node, 0.1)
    return node


def fallible(model: Model) -> list[int]:
    return [node for node in range(model.size) if model.fallible[node]]


def up(model: Model, failed: frozenset[int], *, cold: bool = True) -> list[bool]:
    """Each node by the definition, nothing shared with the engine."""
    value = [False] * model.size
    for node in model.order.tolist():
        inputs = model.inputs_of(node)
        counting = sum(value[each.node] for each in inputs if cold or each.minutes == HOT)
        value[node] = node not in failed and counting >= model.need[node]
    return value


def every_set(model: Model) -> list[frozenset[int]]:
    items = fallible(model)
    return [
        frozenset(chosen)
        for size in range(len(items) + 1)
        for chosen in itertools.combinations(items, size)
    ]


def minimal_sets(model: Model, *, cold: bool = True, paths: bool = False) -> set[frozenset[str]]:
    """Minimal cut sets of the top, or its minimal path sets, by name."""
    top = model.node("top")
    everything = frozenset(fallible(model))
    found: list[frozenset[int]] = []
    for chosen in every_set(model):
        if any(smaller <= chosen for smaller in found):
            continue
        failed = everything - chosen if paths else chosen
        if up(model, failed, cold=cold)[top] == paths:
            found.append(chosen)
    return {frozenset(model.label(node) for node in each) for each in found}


def chance_of_failure(model: Model, fixed: dict[int, bool] | None = None) -> float:
    """Probability that the top is down, by summing over all states; `fixed` items are given."""
    fixed = fixed or {}
    top = model.node("top")
    total = 0.0
    for failed in every_set(model):
        if any((node in failed) != value for node, value in fixed.items()):
            continue
        if not up(model, failed)[top]:
            total += math.prod(
                float(model.probability[node] if node in failed else 1 - model.probability[node])
                for node in fallible(model)
                if node not in fixed
            )
    return total
