"""Models of several layers and modules, where redundancy rests on what is shared deeper down."""

from __future__ import annotations

import itertools
import math
import random

import numpy as np
import pytest

from wardround.dependability import (
    Model,
    cfia,
    cut_sets,
    importance,
    live_state,
    parse,
    path_sets,
    root_cause,
    what_if,
)
from wardround.dependability.errors import IncompleteAnswer
from wardround.dependability.proofs import proof_budget


def test_an_item_shared_below_two_layers_of_spares_is_a_single_point_of_failure() -> None:
    model = parse(
        """
        gate left = n1 or n2
        gate right = n3 or n4
        n1 = host
        n2 = host
        n3 = host
        n4 = host
        host = power
        s = left or right
        """
    )
    assert cfia(model, ["s"]).row("s") == {
        "s": "X", "host": "X", "power": "X", "n1": "A", "n2": "A", "n3": "A", "n4": "A",
    }  # fmt: skip


def test_thousands_of_hosts_below_pairs_of_servers_are_single_points_of_failure() -> None:
    hosts = range(5_000)
    lines = [f"gate pair{n} = left{n} or right{n}" for n in hosts]
    lines += [f"{side}{n} = host{n}" for n in hosts for side in ("left", "right")]
    model = parse("\n".join([*lines, f"s = {' and '.join(f'pair{n}' for n in hosts)}"]))
    row = cfia(model, ["s"]).row("s")
    assert {item for item, letter in row.items() if letter == "X"} == {
        "s",
        *(f"host{n}" for n in hosts),
    }
    assert len(row) == 15_001


def _estate(rng: random.Random) -> Model:
    """Hosts, servers on them, pairs or trios of servers, clusters of these, services: few of each,
    so that the same host is met again and again.
    """
    lines = [f"host{n} = rack{n % 2}" for n in range(4)]
    lines += [f"server{n} = host{rng.randrange(4)}" for n in range(8)]
    below = [f"server{n}" for n in range(8)]
    for layer in ("pair", "cluster", "site"):
        names = []
        for n in range(5):
            chosen = rng.sample(below, rng.choice((2, 2, 3)))
            cold = " cold[5min] " if rng.random() < 0.3 and len(chosen) == 2 else ", "
            voted = f"{rng.choice((1, 1, len(chosen) - 1))} of ({', '.join(chosen)})"
            formula = cold.join(chosen) if cold != ", " else voted
            kind = "gate " if rng.random() < 0.6 else ""
            names.append(f"{layer}{n}")
            lines.append(f"{kind}{names[-1]} = {formula}")
        below = names
    lines += [f"s{n} = {' and '.join(rng.sample(below, 2))}" for n in range(3)]
    return parse("\n".join(lines))


@pytest.mark.parametrize("seed", range(12))
def test_single_failures_through_layers_are_those_that_a_trial_shows(seed: int) -> None:
    model = _estate(random.Random(seed))  # noqa: S311  no secret
    services = [f"s{n}" for n in range(3)]
    matrix = cfia(model, services)
    carried = {name for name in services if live_state(model).state(name).name == "DOWN"}
    for item in (model.label(node) for node in np.flatnonzero(model.fallible)):
        world = what_if(model, [item], services)
        for name in set(services) - carried - set(matrix.cold_only):
            assert (matrix.cell(item, name) == "X") == (name in world.down), (item, name)
            assert (matrix.cell(item, name) == "M") == (name in world.switched), (item, name)


THREE_MODULES = """
s = first and second and third
gate first = 2 of (a, b, c)
gate second = 2 of (d, e, first2)
gate first2 = 1 of (f, g)
gate third = 2 of (h, i, j)
s: p=0.01
a: p=0.1
b: p=0.2
c: p=0.3
d: p=0.15
e: p=0.25
f: p=0.35
g: p=0.45
h: p=0.05
i: p=0.12
j: p=0.22
"""


def _chance(model: Model, fixed: dict[str, bool]) -> float:
    """P(s is down) by trying every state of every item."""
    names = [name for name in model.names if name and model.fallible[model.node(name)]]
    free = [name for name in names if name not in fixed]
    live = live_state(model, [name for name, failed in fixed.items() if failed])
    total = 0.0
    for states in itertools.product((False, True), repeat=len(free)):
        gone = [name for name, failed in zip(free, states, strict=True) if failed]
        live.update(failed=gone)
        if live.state("s").name == "DOWN":
            total += math.prod(
                float(model.probability[model.node(name)]) if failed
                else 1 - float(model.probability[model.node(name)])
                for name, failed in zip(free, states, strict=True)
            )  # fmt: skip
        live.update(repaired=gone)
    return total


def test_importance_follows_the_chain_of_several_modules() -> None:
    model = parse(THREE_MODULES)
    answer = cut_sets(model, "s")
    assert len(answer.solved) > 2
    assert answer.probability == pytest.approx(_chance(model, {}))
    assert answer.variable_order
    found = {each.item: each for each in importance(answer)}
    assert set(found) == set("abcdefghijs")
    for item in ("a", "d", "f", "j", "s"):
        slope = _chance(model, {item: True}) - _chance(model, {item: False})
        assert found[item].birnbaum == pytest.approx(slope), item
        assert found[item].raw == pytest.approx(_chance(model, {item: True}) / answer.probability)


def test_an_answer_counts_what_lies_below_its_own_top() -> None:
    model = parse("s = 2 of (a, b, c)\nt = d and e")
    answer = cut_sets(model, "s")
    assert (answer.gates, answer.basic_events) == (1, 4)
    assert answer.zbdd_nodes == sum(len(each.family) - 2 for each in answer.solved)
    assert path_sets(model, "t").basic_events == 3
    assert answer.seconds >= 0.0


def test_a_matrix_of_no_service_is_empty() -> None:
    matrix = cfia(parse("s = a"), [])
    assert (len(matrix.items), len(matrix.codes), matrix.undecided) == (0, 0, 0)
    assert list(matrix.critical_items()) == []
    assert matrix.by_item().sum() == matrix.by_service().sum() == 0


def test_critical_items_come_by_what_they_stop_then_by_what_they_weaken() -> None:
    model = parse(
        """
        s = one_alone and (weak1 or weak2)
        t = one_alone and (weak1 or weak3)
        u = two_alone and (weak1 or weak4) and (cold1 cold[5min] cold2)
        """
    )
    order = [item for item, _ in cfia(model, ["s", "t", "u"]).critical_items()]
    assert order[0] == "one_alone"
    assert order.index("two_alone") < order.index("cold1") < order.index("weak1")
    assert order.index("weak1") < min(order.index(f"weak{n}") for n in (2, 3, 4))


def test_what_a_proof_may_cost_falls_with_the_model_and_its_cells() -> None:
    small, large = parse("s = a and b"), parse(f"s = {' and '.join(f'i{n}' for n in range(500))}")
    assert proof_budget(small, 0).steps == 4_000_000
    assert proof_budget(large, 0).steps == 400_000_000 // large.size
    assert proof_budget(large, 32).steps == proof_budget(large, 0).steps
    assert proof_budget(large, 41).steps == proof_budget(large, 0).steps - 9 * 400


def test_verdicts_go_by_the_likeliest_cause() -> None:
    model = parse("s = a and b\na: p=0.2\nb: p=0.001\ns: p=0.0001")
    found = root_cause(model, down=["s"], failed=["a"])
    assert found.causes[0].items == ("a",)
    assert found.verdicts["a"].name == "CONTRIBUTING"
    model = parse("s = 1 of (a, b)\na = c\nb = c\nc: p=0.1\na: p=0.01\nb: p=0.01")
    found = root_cause(model, down=["s"], failed=["a", "b"])
    assert found.causes[0].items == ("c",)
    assert {name: each.name for name, each in found.verdicts.items()} == {
        "a": "EXPLAINED", "b": "EXPLAINED",
    }  # fmt: skip


def test_of_several_services_down_a_conflict_names_only_what_was_seen_failed() -> None:
    model = parse("gate g = a and b\ns = a or c\nt = a or d")
    found = root_cause(model, down=["s", "t"], failed=["a", "c"], up=["g"])
    assert (found.unexplained, found.conflicting, found.exact) == (("s", "t"), ("a",), True)


def test_importance_of_an_answer_that_ended_early_is_refused_by_its_reason() -> None:
    """It was said that 0 items have no probability."""
    model = parse(THREE_MODULES)
    with pytest.raises(IncompleteAnswer, match="ended early"):
        importance(cut_sets(model, "s", max_order=1))
    assert importance(cut_sets(parse("gate s = always_down\ntop s"))) == []


def test_an_answer_to_an_order_is_exact_from_the_number_of_items_on() -> None:
    model = parse("s = 2 of (a, b, c)")
    found = [cut_sets(model, "s", max_order=order).exact for order in (1, 2, 4, 5)]
    assert found == [False, False, True, True]


def test_more_single_failures_than_there_was_room_for() -> None:
    chain = "\n".join(f"c{n} = c{n + 1}" for n in range(3000))
    row = cfia(parse(f"s = left or right\ngate left = c0\ngate right = c0\n{chain}"), ["s"])
    assert row.totals_of_service("s").single == 3002


def test_no_more_than_eight_causes_are_given() -> None:
    model = parse(f"s = {' and '.join(f'i{n}' for n in range(12))}")
    assert len(root_cause(model, down=["s"]).causes) == 8


def test_an_item_on_a_switched_standby_is_not_explained_by_it() -> None:
    model = parse("s = a and d\na = b cold[5min] c")
    found = root_cause(model, down=["s"], failed=["a", "b"], switched=["c"])
    assert found.verdicts["a"].name == "CONTRIBUTING"


def test_what_runs_on_its_standby_can_be_seen_up() -> None:
    model = parse("gate g = 2 of (a, cold[5min] b)\ns = a or c")
    found = root_cause(model, down=["s"], failed=["a"], up=["g"], switched=["b"])
    assert found.conflicting == ("a",)
    found = root_cause(model, down=["s"], up=["g"])
    assert found.conflicting == ("g",)
