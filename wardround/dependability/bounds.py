"""Bounds on a top event's probability from one pass over its tree, whatever its size.

The failures of independent items make all gates positively associated (Esary, Proschan and Walkup
1967): P(all of A) ≥ Π P(A), P(any of A) ≤ 1 − Π (1 − P(A)). The other sides: the least input for
AND, the greatest for OR; for k of n the union bound over the number failed (Markov).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from wardround.dependability.tree import OFTEN, TRUE, at_any_length

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wardround.dependability.tree import Tree


def probability_bounds(
    tree: Tree, chance: Sequence[float], look: Callable[[], None] = at_any_length
) -> tuple[float, float]:
    """(low, high) of the first top; chance[variable] of each variable. `look` is called again and
    again, and may raise.
    """
    if tree.top >= TRUE:
        return (1.0, 1.0) if tree.top == TRUE else (0.0, 0.0)
    found: list[tuple[float, float]] = []
    for gate, (fail, inputs) in enumerate(zip(tree.fail, tree.inputs, strict=True)):
        if not gate % OFTEN:
            look()
        given = [found[-1 - each] if each < 0 else (chance[each], chance[each]) for each in inputs]
        found.append(_gate(fail, given))
    return found[-1 - tree.top] if tree.top < 0 else (chance[tree.top], chance[tree.top])


def _gate(fail: int, given: list[tuple[float, float]]) -> tuple[float, float]:
    lows = sorted((low for low, _ in given), reverse=True)
    highs = sorted((high for _, high in given), reverse=True)
    at_least_product = math.prod(lows[:fail])  # the likeliest `fail` inputs all failing
    if fail == 1:
        return lows[0], 1.0 - math.prod(1.0 - high for high in highs)
    if fail == len(given):
        return at_least_product, highs[-1]
    return at_least_product, min(1.0, sum(highs) / fail)
