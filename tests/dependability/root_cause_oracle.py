"""Root cause by trying every set of failures: random models, observations, and what is right.

Nothing here is shared with the engine. `python -m tests.dependability.root_cause_oracle 3000` tries
so many cases from a fresh seed and prints the mismatches.
"""
# ruff: noqa: S311, T201
# Random cases are no secret; started by hand it prints.

from __future__ import annotations

import itertools
import math
import random
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wardround.dependability import HOT, Builder, Input, Model, root_cause

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wardround.dependability import RootCause

DEFAULT_CHANCE = 1e-3
CLOSE = 1e-6


@dataclass(frozen=True)
class Case:
    model: Model
    down: tuple[str, ...]
    failed: tuple[str, ...]
    up: tuple[str, ...]
    switched: tuple[str, ...]

    def __str__(self) -> str:
        lines = []
        for node in range(self.model.size):
            inputs = [
                self.model.label(each.node) + ("" if each.minutes == HOT else "~")
                for each in self.model.inputs_of(node)
            ]
            kind = "item" if self.model.fallible[node] else "gate"
            chance = float(self.model.probability[node])
            need = int(self.model.need[node])
            lines.append(f"{kind} {self.model.label(node)} p={chance:g}: {need} of {inputs}")
        seen = f"down {self.down} failed {self.failed} up {self.up} switched {self.switched}"
        return "\n".join([*lines, seen])


def random_case(rng: random.Random, items: int = 7, gates: int = 6) -> Case:
    model = _random_model(rng, items, gates)
    names = [name for name in model.names if name]
    fallible = [name for name in names if model.fallible[model.node(name)]]
    switched = tuple(name for name in names if rng.random() < 0.2)
    if rng.random() < 0.3:  # anything observed of anything
        pool = rng.sample(names, len(names))
        cuts = sorted(rng.randint(0, len(pool)) for _ in range(3))
        down, failed, up = pool[: cuts[0]][:3], pool[cuts[0] : cuts[1]][:3], pool[cuts[1] : cuts[2]]
        return Case(model, tuple(down), tuple(failed), tuple(up[:3]), switched)
    hidden = {name for name in fallible if rng.random() < rng.choice((0.2, 0.5))}
    state = _up(model, {model.node(name) for name in hidden}, switched)
    below = [name for name in names if not state[model.node(name)]]
    above = [name for name in names if state[model.node(name)]]
    down = rng.sample(below, min(len(below), rng.randint(1, 3)))
    rest = [name for name in below if name not in down]
    failed = rng.sample(rest, rng.randint(0, min(len(rest), 4)))
    up = rng.sample(above, rng.randint(0, min(len(above), 4)))
    if rng.random() < 0.4:  # and something that contradicts it: seen down and yet up
        up += rng.sample(below, min(len(below), rng.randint(1, 2)))
        failed += rng.sample(above, min(len(above), rng.randint(0, 2)))
    return Case(model, tuple(down), tuple(failed), tuple(up), switched)


def _random_model(rng: random.Random, items: int, gates: int) -> Model:
    builder = Builder()
    nodes = [builder.define(f"e{number}") for number in range(rng.randint(1, items))]
    if rng.random() < 0.15:
        nodes.append(builder.constant("house", up=rng.random() < 0.7))
    for number in range(rng.randint(1, gates)):
        recent = nodes[-6:] if rng.random() < 0.6 else nodes
        below = [rng.choice(recent) for _ in range(rng.randint(1, 4))]
        inputs = [Input(node, 5.0 if rng.random() < 0.2 else HOT) for node in below]
        need = rng.randint(1, len(inputs))
        if rng.random() < 0.2:
            nodes.append(builder.gate(need, inputs))
        else:
            item = rng.random() < 0.3
            nodes.append(builder.define(f"g{number}", need=need, inputs=inputs, fallible=item))
    for node in range(len(nodes)):
        if rng.random() < 0.8:
            chance = rng.choice((0.001, 0.01, 0.02, 0.1, 0.3, 0.5, rng.random()))
            builder.number("probability", node, chance)
    return builder.model()


def _up(model: Model, failed: set[int], switched: tuple[str, ...]) -> list[bool]:
    used = {model.node(name) for name in switched}
    value = [False] * model.size
    for node in model.order.tolist():
        counting = sum(
            value[each.node]
            for each in model.inputs_of(node)
            if each.minutes == HOT or each.node in used
        )
        value[node] = node not in failed and counting >= model.need[node]
    return value


@dataclass(frozen=True)
class Truth:
    """Costs of the explanations, and all sets of failures that fit everything observed."""

    cost: float
    sets: tuple[frozenset[str], ...]


def truth(case: Case, down: tuple[str, ...]) -> Truth:
    model = case.model
    fallible = [node for node in range(model.size) if model.fallible[node]]
    best, fitting = math.inf, []
    for chosen in _subsets(fallible):
        value = _up(model, set(chosen), case.switched)
        if any(value[model.node(name)] for name in (*down, *case.failed)):
            continue
        if not all(value[model.node(name)] for name in case.up):
            continue
        fitting.append(frozenset(model.label(node) for node in chosen))
        best = min(best, sum(price(case, node) for node in chosen))
    return Truth(best, tuple(fitting))


def _subsets(nodes: list[int]) -> Iterator[tuple[int, ...]]:
    return itertools.chain.from_iterable(
        itertools.combinations(nodes, size) for size in range(len(nodes) + 1)
    )


def price(case: Case, node: int) -> float:
    chance = float(case.model.probability[node])
    chance = DEFAULT_CHANCE if math.isnan(chance) else min(max(chance, 1e-12), 0.999)
    name = case.model.label(node)
    seen = name in case.failed and name not in case.down
    return -math.log(chance) + (0.0 if seen else math.log(2.0))


def mismatches(case: Case, work: int | None = None) -> list[str]:
    """What is wrong with the engine's answer; empty when it is right. With less `work` than it
    takes the answer may be another, if it does not call itself exact.
    """
    allowed = {} if work is None else {"work": work}
    found = root_cause(
        case.model, down=case.down, failed=case.failed, up=case.up, switched=case.switched,
        **allowed,
    )  # fmt: skip
    wrong = [] if found.exact or work is not None else ["not exact, for a model so small"]
    right = truth(case, case.down)
    if not found.exact:
        return [*wrong, *_wrong_causes(case, found, right)]
    if bool(found.unexplained) == bool(right.sets) and case.down:
        wrong.append(f"unexplained {found.unexplained}, yet {len(right.sets)} explanations")
    explained = _explained(case, found)
    if found.unexplained and not found.conflicting:
        right = truth(case, explained)
        if not right.sets:
            wrong.append("what is said to be explained cannot be")
        wrong += [
            f"{name} could be explained as well"
            for name in found.unexplained
            if truth(case, (*explained, name)).sets
        ]
    if found.conflicting and truth(case, ()).sets:
        wrong.append("said to conflict, and does not")
    wrong += _wrong_causes(case, found, right)
    if set(found.verdicts) != set(case.failed) - set(case.down):
        wrong.append(f"verdicts of {set(found.verdicts)}")
    return wrong


def _explained(case: Case, found: RootCause) -> tuple[str, ...]:
    return tuple(name for name in case.down if name not in found.unexplained)


def _wrong_causes(case: Case, found: RootCause, right: Truth) -> list[str]:
    """What is wrong with causes also where the answer is not exact: they fit all that was seen."""
    wrong = []
    model, causes, explained = case.model, found.causes, _explained(case, found)
    if not found.exact:
        right = truth(case, explained)
    likelihoods = [cause.likelihood for cause in causes]
    if any(b > a * (1 + CLOSE) for a, b in itertools.pairwise(likelihoods)):
        wrong.append("not the likeliest first")
    if found.exact and causes and abs(-math.log(likelihoods[0]) - right.cost) > CLOSE:
        wrong.append(f"first costs {-math.log(likelihoods[0])}, the best {right.cost}")
    at_rest = _up(model, set(), case.switched)
    if not causes and right.sets and any(at_rest[model.node(name)] for name in explained):
        wrong.append("no cause given")
    for cause in causes:
        wrong += _wrong_cause(case, cause.items, explained, right)
    return wrong


def _wrong_cause(
    case: Case, items: tuple[str, ...], explained: tuple[str, ...], right: Truth
) -> list[str]:
    model, wrong = case.model, []
    nodes = [model.node(name) for name in items]
    if not all(model.fallible[node] for node in nodes):
        wrong.append(f"a gate among {items}")
    if not any(set(items) <= each for each in right.sets):
        wrong.append(f"{items} contradict what was seen")
    if _any_up(case, nodes, explained):
        wrong.append(f"{items} do not take all down")
    wrong += [
        f"{model.label(node)} is idle in {items}"
        for node in nodes
        if not _any_up(case, [other for other in nodes if other != node], explained)
    ]
    return wrong


def _any_up(case: Case, failed: list[int], names: tuple[str, ...]) -> bool:
    value = _up(case.model, set(failed), case.switched)
    return any(value[case.model.node(name)] for name in names)


def main(count: int, seed: int) -> int:
    """Try `count` cases; prints every mismatch with its model and returns how many there were."""
    rng, bad, began = random.Random(seed), 0, time.perf_counter()
    for _ in range(count):
        case = random_case(rng)
        wrong = mismatches(case)
        if wrong:
            bad += 1
            print(case, *wrong, sep="\n", end="\n\n")
    seconds = time.perf_counter() - began
    print(f"{count} cases from seed {seed}: {bad} mismatches, {seconds:.0f} s")
    return bad


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    fresh = random.SystemRandom().getrandbits(32)
    sys.exit(bool(main(given[0], given[1] if len(given) > 1 else fresh)))
