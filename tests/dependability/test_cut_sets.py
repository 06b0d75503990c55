"""Minimal cut sets, path sets, probabilities and importances against trying everything."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings

from tests.dependability.small_models import (
    chance_of_failure,
    fallible,
    minimal_sets,
    models,
    up,
)
from wardround import dependability
from wardround.dependability import (
    Budget,
    Input,
    Model,
    NotAList,
    cfia,
    cut_sets,
    cut_sets_of,
    importance,
    live_state,
    parse,
    path_sets,
    root_cause,
    what_if,
)
from wardround.dependability.bounds import probability_bounds
from wardround.dependability.errors import DependabilityError, MissingProbability, NoSuchTop
from wardround.dependability.families import sparse_counts

MODERATE = settings(max_examples=25, deadline=None)


@given(models())
@MODERATE
def test_cut_and_path_sets_are_the_minimal_ones(model: Model) -> None:
    for cold, question, paths in itertools.product(
        (True, False), (cut_sets, path_sets), (False, True)
    ):
        if paths != (question is path_sets):
            continue
        answer = question(model, cold=cold)
        wanted = minimal_sets(model, cold=cold, paths=paths)
        assert sorted(map(sorted, wanted)) == sorted(sorted(s.items) for s in answer.sets())
        assert answer.exact
        assert answer.count == len(wanted)
        longest = max(map(len, wanted), default=0)
        assert answer.by_order == [sum(len(s) == n for s in wanted) for n in range(longest + 1)]


@given(models())
@MODERATE
def test_sets_up_to_an_order_are_exactly_those(model: Model) -> None:
    wanted = minimal_sets(model)
    for order in (0, 1, 2):
        answer = cut_sets(model, max_order=order)
        assert {frozenset(s.items) for s in answer.sets()} == {
            each for each in wanted if len(each) <= order
        }
        if not answer.exact:
            assert answer.complete_to == order


@given(models())
@MODERATE
def test_the_probability_is_exact_and_inside_its_bounds(model: Model) -> None:
    answer = cut_sets(model)
    wanted = chance_of_failure(model)
    assert answer.probability == pytest.approx(wanted, abs=1e-12)
    low, high = probability_bounds(answer.tree, answer.chances().tolist())
    assert low - 1e-12 <= wanted <= high + 1e-12


@given(models())
@MODERATE
def test_listing_by_probability_descends_and_leaves_nothing_out(model: Model) -> None:
    answer = cut_sets(model)
    chances = [s.probability or 0.0 for s in answer.sets("probability")]
    assert len(chances) == answer.count
    assert all(b <= a * (1 + 1e-9) for a, b in itertools.pairwise(chances))
    orders = [s.order for s in answer.sets("size")]
    assert orders == sorted(orders)


@given(models(items=5, gates=4))
@settings(max_examples=25, deadline=None)
def test_importances_follow_their_definitions(model: Model) -> None:
    answer = cut_sets(model)
    top = chance_of_failure(model)
    if not answer.solved:
        return
    sets = minimal_sets(model)
    for each in importance(answer):
        node = model.node(each.item)
        failed, never = (chance_of_failure(model, {node: value}) for value in (True, False))
        assert each.birnbaum == pytest.approx(failed - never, abs=1e-9)
        assert each.raw == pytest.approx(failed / top)
        assert each.criticality == pytest.approx(
            each.probability * (failed - never) / top, abs=1e-9
        )
        assert each.rrw == pytest.approx(top / never if never > 1e-12 else math.inf)
        assert each.fussell_vesely_exact
        assert each.fussell_vesely == pytest.approx(_fussell_vesely(model, each.item, sets) / top)


def _fussell_vesely(model: Model, item: str, sets: set[frozenset[str]]) -> float:
    with_item = [each for each in sets if item in each]
    names = [model.label(node) for node in fallible(model)]
    total = 0.0
    for states in itertools.product((False, True), repeat=len(names)):
        failed = {name for name, state in zip(names, states, strict=True) if state}
        if any(each <= failed for each in with_item):
            total += math.prod(
                float(
                    model.probability[model.node(n)]
                    if n in failed
                    else 1 - model.probability[model.node(n)]
                )
                for n in names
            )
    return total


@given(models())
@settings(max_examples=25, deadline=None)
def test_renaming_changes_nothing(model: Model) -> None:
    other = replace(model, names=[n and f"x {n} y" for n in model.names])
    before, after = cut_sets(model), cut_sets(other, "x top y")
    assert before.by_order == after.by_order
    assert before.probability == after.probability


@given(models())
@settings(max_examples=25, deadline=None)
def test_more_redundancy_never_makes_a_service_weaker(model: Model) -> None:
    before = cut_sets(model).probability
    assert before is not None
    first = next(node for node in model.order.tolist() if model.fallible[node])
    for node in range(model.size):
        inputs = model.inputs_of(node)
        if inputs and model.rank[first] < model.rank[node]:
            richer = model.rewired({node: (int(model.need[node]), [*inputs, Input(first)])})
            after = cut_sets(richer).probability
            assert after is not None
            assert after <= before + 1e-12


def test_importance_lists_only_items_of_some_minimal_cut_set() -> None:
    text = "gate top = a and (a or b) and c\na: p=0.1\nb: p=0.2\nc: p=0.3"
    assert {each.item for each in importance(cut_sets(parse(text)))} == {"a", "c"}
    votes = "gate top = (a or b) and (a or b or c or (d and e))\n"
    text = votes + "".join(f"{name}: p=0.1\n" for name in "abcde")
    assert {each.item for each in importance(cut_sets(parse(text)))} == {"a", "b"}


def test_a_budget_of_memory_is_that_of_the_process() -> None:
    rows = [" or ".join(f"x{(7 * r + 13 * c * c) % 90}" for c in range(9)) for r in range(60)]
    model = parse(f"gate top = {' and '.join(f'({row})' for row in rows)}")
    answer = cut_sets(model, budget=Budget(memory_mb=1.0))
    assert answer.ended == "memory"
    assert cut_sets(model, max_order=2, budget=Budget(memory_mb=4000.0)).ended == "order"


def test_counts_by_order_do_not_depend_on_the_room_for_their_table() -> None:
    model = parse(f"gate top = 40 of ({', '.join(f'e{n}' for n in range(80))}) and x")
    families = cut_sets(model).families
    assert families is not None
    assert families.by_order() == families.by_order(room=1.0)


def test_a_list_is_meant_and_a_text_refused() -> None:
    model = parse("gate top = a and b")
    for question in (
        lambda: live_state(model, "ab"),
        lambda: cfia(model, "top"),
        lambda: what_if(model, "a"),
        lambda: root_cause(model, down="top"),
        lambda: cut_sets_of(model, "top", max_order=2),
    ):
        with pytest.raises(NotAList, match="list of names"):
            question()


def test_what_a_notebook_shows_is_short() -> None:
    model = parse("gate top = a and (b hot c)\ntop top")
    shown = [
        repr(each)
        for each in (
            model,
            cut_sets(model),
            cfia(model),
            live_state(model, ["a"]),
            what_if(model, ["a"]),
        )
    ]
    assert shown == [
        "<Model: 3 items, 2 gates, 4 inputs, 1 tops>",
        "<CutSets of 'top': 2 minimal cut sets>",
        "<Matrix 5 nodes × 1 services: 3 cells>",
        "<LiveState of 5 nodes: 3 up, 0 degraded, 0 standby, 2 down>",
        "<WhatIf of 1 failed: 1 down, 0 switched, 0 degraded of 1 services>",
    ]
    assert set(dependability.__all__) == set(dir(dependability))
    assert all(hasattr(dependability, name) for name in dependability.__all__)


def test_huge_counts_are_exact() -> None:
    """120 pairs in a row: one of each pair keeps the top up, 2¹²⁰ ways."""
    pairs = " and ".join(f"(a{n} or b{n})" for n in range(120))
    answer = path_sets(parse(f"gate top = {pairs}"))
    assert answer.count == 2**120
    assert answer.by_order[120] == 2**120
    assert answer.families is not None
    part = answer.families.parts[-1]
    assert sum(sparse_counts(part.rows, [[0, 1]] * len(part.variables))) > 0


def test_counts_of_votes_agree_with_binomials() -> None:
    names = ", ".join(f"e{n}" for n in range(200))
    answer = cut_sets(parse(f"gate top = 101 of ({names})"))
    assert answer.count == math.comb(200, 100)
    assert next(answer.sets()).order == 100


def test_many_services_share_one_diagram() -> None:
    model = parse("gate s = a and (b or c)\ngate t = (b or c) and (c or d)\n")
    answers = cut_sets_of(model, ["s", "t"], max_order=2)
    assert [sorted(s.items) for s in answers["s"].sets()] == [["a"], ["b", "c"]]
    assert {s.items for s in answers["t"].sets()} == {("b", "c"), ("c", "d")}
    for name, answer in answers.items():
        assert answer.by_order == cut_sets(model, name).by_order


def test_a_budget_that_ends_gives_bounds_and_says_so() -> None:
    rows = [" or ".join(f"x{(7 * r + 13 * c * c) % 90}" for c in range(9)) for r in range(60)]
    lines = [f"gate top = {' and '.join(f'({row})' for row in rows)}"]
    lines += [f"x{n}: p=0.1" for n in range(90)]
    model = parse("\n".join(lines))
    answer = cut_sets(model, budget=Budget(seconds=1e-9))
    assert answer.ended == "time"
    assert answer.probability is None
    assert answer.exact or answer.complete_to is not None
    assert answer.bounds is not None
    low, high = answer.bounds
    assert 0.0 <= low < high <= 1.0


def test_a_stopped_budget_still_answers() -> None:
    model = parse("gate top = a and (b or c)")
    budget = Budget()
    budget.stopped = True
    answer = cut_sets(model, budget=budget)
    assert (answer.ended, answer.exact) in {
        ("interrupted", True),
        ("interrupted", False),
        (None, True),
    }


def test_probabilities_that_are_missing_are_named() -> None:
    answer = cut_sets(parse("gate top = a and b\na: p=0.1"))
    assert answer.count == 2
    assert answer.probability is None
    with pytest.raises(MissingProbability, match="b"):
        list(answer.sets("probability"))


def test_which_top_must_be_clear() -> None:
    with pytest.raises(NoSuchTop, match="s, t"):
        cut_sets(parse("gate s = a\ngate t = b"))


def test_nesting_of_100_000_levels() -> None:
    depth = 100_000
    text = (
        "gate top = "
        + "".join(f"(x{n} {'and' if n % 2 else 'or'} " for n in range(depth))
        + "y"
        + ")" * depth
    )
    answer = cut_sets(parse(text), max_order=2)
    assert answer.by_order[:3] == [0, 0, 1]
    assert up(parse("gate top = a"), frozenset())


def test_a_chain_of_items_is_taken_into_one_gate_without_a_square() -> None:
    lines = [f"n{n} = n{n + 1}" for n in range(100_000)]
    answer = cut_sets(parse("\n".join([*lines, "top n0"])))
    assert answer.by_order == [0, 100_001]
    tree = answer.tree
    assert sum(map(len, tree.inputs)) == 100_001


def test_more_sets_than_a_float_can_hold_are_counted() -> None:
    """3¹⁰⁰⁰ is above 10³⁰⁸."""
    pairs = [f"gate g{n} = a{n} and b{n} and c{n}" for n in range(1_000)]
    any_of_them = " or ".join(f"g{n}" for n in range(1_000))
    answer = cut_sets(parse("\n".join([*pairs, f"gate t = {any_of_them}", "top t"])))
    assert answer.count == answer.by_order[1_000] == 3**1_000


def test_counting_ends_with_the_budget() -> None:
    votes = [f"gate n{n} = 2 of (n{n + 1}, x{n}, y{n})" for n in range(4_000)]
    answer = cut_sets(parse("\n".join([*votes, "top n0"])), budget=Budget(2.0))
    assert not answer.exact
    assert answer.ended == "time"
    assert answer.seconds < 30.0


def test_what_is_no_name_no_text_and_no_order_is_refused_in_words() -> None:
    model = parse("gate top = a and b")
    with pytest.raises(TypeError, match="A name is meant here"):
        cut_sets(model, ["top"])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="Decode it, or use read_model"):
        parse(b"a = b")  # type: ignore[arg-type]
    for order in (-1, 1.5):
        with pytest.raises(DependabilityError, match="whole number from 0 on"):
            cut_sets(model, max_order=order)  # type: ignore[arg-type]


def test_an_edited_formula_is_one_that_the_readers_take() -> None:
    model = parse("a = b and c\ntop a")
    for need, inputs, said in (
        (3, [], "asks for 3 of 0"),
        (3, [Input(1)], "asks for 3 of 1"),
        (0, [Input(1)], "asks for 0 of 1"),
        (1, [Input(999)], "no node 999"),
        (1, [Input(-1)], "no node -1"),
        (1, [Input(1, math.nan)], "0 minutes or more"),
        (1, [Input(1, -7.0)], "0 minutes or more"),
    ):
        with pytest.raises(DependabilityError, match=said):
            model.edited("a", need, inputs)
    assert cut_sets(model.edited("a", 0, [])).by_order == [0, 1]
