"""Common-cause groups of Open-PSA, as independent events: one for each set of members that can fail
together.

With n members of total probability Q, P(k) of an event that takes k given members together:

    beta-factor    P(1) = (1 − β) Q, P(n) = β Q
    MGL            P(k) = ρ₂ … ρ_k (1 − ρ_{k + 1}) Q / C(n − 1, k − 1)
    alpha-factor   P(k) = k α_k / Σ i α_i · Q / C(n − 1, k − 1)
    phi-factor     P(k) = φ_k Q

Source: MEF 2.0d, common-cause groups.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wardround.dependability.errors import BadNumber, SyntaxProblem, Unsupported
from wardround.dependability.mef_elements import Definition
from wardround.dependability.mef_numbers import WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wardround.dependability.mef_elements import Element
    from wardround.dependability.mef_numbers import Numbers

_MOST_EVENTS = 4096
_FIRST_LEVEL = {"MGL": 2, "alpha-factor": 1, "phi-factor": 1}
_ROUNDING = 1e-4


@dataclass(frozen=True)
class Group:
    """Members as written; `chances` of an event for each number of members it takes together."""

    definition: Definition
    members: tuple[str, ...]
    chances: dict[int, float]

    def events(self) -> Iterator[tuple[tuple[str, ...], float]]:
        """(members taken together, probability)."""
        for size, chance in self.chances.items():
            for members in itertools.combinations(self.members, size):
                yield members, chance


def group_of(definition: Definition, numbers: Numbers) -> Group:
    element, name = definition.element, definition.name
    members = _members(definition)
    distributions = [child for child in element.children if child.tag == "distribution"]
    if len(distributions) != 1 or len(distributions[0].children) != 1:
        raise SyntaxProblem("group_distribution", name=name, place=definition.place)
    total = numbers.of(definition, distributions[0].children[0])
    model = element.attribute("model")
    factors = _factors(definition, numbers, _FIRST_LEVEL.get(model, len(members)))
    if model == "beta-factor":
        _levels(definition, model, factors, [len(members)])
        beta = factors[len(members)]
        chances = {1: (1.0 - beta) * total, len(members): beta * total}
    elif model in _FIRST_LEVEL:
        first = _FIRST_LEVEL[model]
        last = max(first, min(len(members), first - 1 + len(factors)))
        _levels(definition, model, factors, list(range(first, last + 1)))
        chances = _chances(definition, model, factors, len(members), total)
    else:
        raise Unsupported("group_model", name=name, model=model, place=definition.place)
    count = sum(math.comb(len(members), size) for size in chances)
    if count > _MOST_EVENTS:
        raise Unsupported("group_too_large", name=name, count=count, place=definition.place)
    return Group(definition, members, chances)


def _members(definition: Definition) -> tuple[str, ...]:
    found = [
        child.attribute("name")
        for part in definition.element.children
        if part.tag == "members"
        for child in part.children
    ]
    if len(found) < 2 or len(set(found)) < len(found):
        raise SyntaxProblem("group_members", name=definition.name, place=definition.place)
    return tuple(found)


def _factors(definition: Definition, numbers: Numbers, level: int) -> dict[int, float]:
    """Factor by level; a `factors` element may hold them all. One that names no level has the next
    one, the first of them `level`.
    """
    found: dict[int, float] = {}
    for part in definition.element.children:
        if part.tag not in {"factor", "factors"}:
            continue
        for each in part.children if part.tag == "factors" else [part]:
            level = _level(each) if "level" in each.given else level
            if level in found or len(each.children) != 1:
                raise SyntaxProblem("value_twice", name=definition.name, place=each.place)
            found[level] = numbers.of(definition, each.children[0])
            if not 0.0 <= found[level] <= 1.0:
                raise BadNumber(
                    "factor_0_1", name=definition.name, value=found[level], place=each.place
                )
            level += 1
    return found


def _level(element: Element) -> int:
    text = element.attribute("level")
    if not WHOLE.fullmatch(text):
        raise BadNumber("not_whole", key="level", text=text, place=element.place)
    return int(text)


def _levels(
    definition: Definition, model: str, factors: dict[int, float], expected: list[int]
) -> None:
    if sorted(factors) != expected:
        levels = tuple(map(str, expected))
        raise SyntaxProblem(
            "group_levels", name=definition.name, model=model, expected=levels,
            place=definition.place,
        )  # fmt: skip


def _chances(
    definition: Definition, model: str, factors: dict[int, float], count: int, total: float
) -> dict[int, float]:
    sizes = range(1, max(factors) + 1)
    if model == "phi-factor":
        together = math.fsum(factors.values())
        if abs(together - 1.0) > _ROUNDING:
            raise BadNumber(
                "group_sum", name=definition.name, total=together, place=definition.place
            )
        return {size: factors[size] * total for size in sizes}
    if model == "alpha-factor":
        together = math.fsum(size * factors[size] for size in sizes)
        if not together:
            raise BadNumber("factors_zero", name=definition.name, place=definition.place)
        share = {size: size * factors[size] / together for size in sizes}
    else:
        passed = [1.0, *itertools.accumulate((factors[k] for k in sizes[1:]), float.__mul__)]
        share = {k: passed[k - 1] * (1.0 - factors.get(k + 1, 0.0)) for k in sizes}
    return {size: share[size] * total / math.comb(count - 1, size - 1) for size in sizes}
