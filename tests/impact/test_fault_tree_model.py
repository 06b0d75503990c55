"""The fault tree of any hospital is the dual of its model, and so is everything written of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.impact.test_modelling import SIZE, Need, hospital, needs, places, up
from wardround.cmdb.types import ItemRef
from wardround.dependability import Model, cut_sets, parse, read_openpsa, write_openpsa
from wardround.dependability.evaluation import FULL_DOWN
from wardround.impact.fault_tree import FaultTree, GateKind, tree_of
from wardround.impact.figure_queries import Known, named
from wardround.impact.parts import Part, part_of
from wardround.impact.tree_layout import drawn
from wardround.impact.tree_text import text_of

Sets = frozenset[frozenset[str]]


def of(needs_: Sequence[Need], place: int) -> tuple[Part, FaultTree]:
    part = part_of(hospital(needs_), place)
    return part, tree_of(part)


def told(model: Model, top: str) -> Sets:
    return frozenset(frozenset(each.items) for each in cut_sets(model, top).sets())


def by_hand(tree: FaultTree, items: Iterable[int]) -> Iterator[frozenset[str]]:
    """All minimal sets of items that bring the top about, by trying."""
    found: list[frozenset[int]] = []
    every = sorted(items)
    for size in range(len(every) + 1):
        for each in map(frozenset, itertools.combinations(every, size)):
            if not any(known <= each for known in found) and tree.occurring(each)[tree.top]:
                found.append(each)
    return (frozenset(map(str, each)) for each in found)


@settings(max_examples=500, deadline=None)
@given(needs, places, st.sets(places, max_size=4))
def test_it_occurs_when_the_model_says_that_the_system_is_down(
    needs_: list[Need], place: int, failed: set[int]
) -> None:
    _part, tree = of(needs_, place)
    failed -= {place}
    down = not up(hospital(needs_), failed, FULL_DOWN)[place]
    assert (bool(tree.nodes) and tree.occurring(failed)[tree.top]) == down


@settings(max_examples=200, deadline=None)
@given(needs, places)
def test_cut_sets_are_those_found_by_trying(needs_: list[Need], place: int) -> None:
    part, tree = of(needs_, place)
    expected = frozenset(by_hand(tree, part.items.tolist())) if tree.nodes else frozenset()
    assert told(part.model, part.model.label(part.top)) == expected


@settings(max_examples=200, deadline=None)
@given(needs, places)
def test_what_is_written_reads_back_with_the_same_cut_sets(needs_: list[Need], place: int) -> None:
    part, _tree = of(needs_, place)
    names = {at: f"项 {at}" for at in range(SIZE)}
    before = named(part, names, Known({}, frozenset(), readable=True))
    expected = told(before, before.label(part.top))
    again = read_openpsa("".join(write_openpsa(before)).encode())
    top = names[place] if names[place] in again.ids else None
    sets = told(again, top or again.label(again.tops[0])) if again.size else frozenset()
    assert (
        frozenset(frozenset(name.removesuffix(".itself") for name in each) for each in sets)
        == expected
    )
    refs = {at: ItemRef(hospital(needs_).graph.id(at), "", name, "host") for at, name in
            names.items()}  # fmt: skip
    assert told(parse(text_of(part, refs)), names[place]) == expected


@settings(max_examples=200, deadline=None)
@given(needs, places, st.integers(1, 30), st.sampled_from([True, False]))
def test_a_picture_shows_each_input_of_each_gate_once(
    needs_: list[Need], place: int, most: int, unfolded: object
) -> None:
    _part, tree = of(needs_, place)
    if not tree.nodes:
        return
    inputs = [list(dict.fromkeys(below.node for below in node.inputs)) for node in tree.nodes]
    parts = drawn(inputs, tree.top, unfolded=bool(unfolded), most=most)
    assert len(parts) <= max(most, 1)
    for at, each in enumerate(parts):
        shown = [parts[below].node for below in each.below]
        assert shown == ([] if each.again or each.cut else inputs[each.node])
        assert all(parts[below].above == at for below in each.below)
    assert len({(each.layer, each.row) for each in parts}) == len(parts)
    if not any(each.cut for each in parts):
        assert {each.node for each in parts} == set(range(len(tree.nodes)))
    if unfolded:
        assert not any(each.again for each in parts)
    else:
        gates = [each.node for each in parts if not each.again and inputs[each.node]]
        assert len(gates) == len(set(gates))


def test_a_pair_below_a_shared_machine_is_drawn_with_the_machine_once() -> None:
    pair = [Need(0, 1, group=5, need=1), Need(0, 2, group=5, need=1), Need(1, 3), Need(2, 3),
            Need(3, 4)]  # fmt: skip
    _part, tree = of(pair, 0)
    kinds = [node.kind for node in tree.nodes]
    assert (kinds.count(GateKind.AND), kinds.count(GateKind.EVENT)) == (1, 4)
    inputs = [[below.node for below in node.inputs] for node in tree.nodes]
    again = [part for part in drawn(inputs, tree.top) if part.again]
    assert [tree.nodes[part.node].place for part in again] == [3]
    assert not [part for part in drawn(inputs, tree.top, unfolded=True) if part.again]


def test_two_of_three_fail_together() -> None:
    three = [Need(0, item, group=5, need=2) for item in (1, 2, 3)]
    part, tree = of(three, 0)
    assert {(node.kind, node.fail) for node in tree.nodes if node.inputs} == {
        (GateKind.VOTE, 2),
        (GateKind.OR, 1),
    }
    assert np.array_equal(part.items, [1, 2, 3])
