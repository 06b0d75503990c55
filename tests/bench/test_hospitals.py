"""The made-up hospitals of the measurements are what they are said to be."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np
import pytest

from bench.cmdb import pictures
from bench.cmdb.hospital import GROUP, HOSPITALS, SHAPES, Shape, item_rows, relations
from wardround.cmdb.graph_types import MOST_ALIKE

SMALL = {
    "model": pictures.MODEL,
    "house": pictures.HOUSE,
    "systems": pictures.SYSTEMS,
}


def related(shape: Shape) -> list[tuple[str, int, int]]:
    return list(relations(shape, np.random.default_rng(1)))


def below(edges: Iterable[tuple[str, int, int]]) -> Mapping[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for _kind, source, target in edges:
        found[source].add(target)
    return found


def reached(start: int, edges: Iterable[tuple[str, int, int]]) -> set[int]:
    steps, seen, edge = below(edges), {start}, [start]
    while edge:
        edge = [each for place in edge for each in steps.get(place, ()) if each not in seen]
        seen.update(edge)
    return seen


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_is_one_house_of_200_000_items(name: str) -> None:
    shape = SHAPES[name]
    assert shape.items == 200_000
    layers = list(shape.places.values())
    assert [number for numbers in layers for number in (numbers.start, numbers.stop)] == [
        0, *(edge for numbers in layers[:-1] for edge in [numbers.stop] * 2), 200_000
    ]  # fmt: skip
    assert {end for upper, lower, *_ in shape.near for end in (upper, lower)} <= set(shape.places)


@pytest.mark.parametrize("shape", SMALL.values(), ids=SMALL)
def test_nothing_is_related_to_itself_nor_twice(shape: Shape) -> None:
    edges = related(shape)
    pairs = [(source, target) for _kind, source, target in edges]
    assert len(set(pairs)) == len(pairs)
    assert all(source != target and 0 <= source < shape.items > target for source, target in pairs)


def test_the_same_seed_makes_the_same_house() -> None:
    shape = SMALL["model"]
    assert related(shape) == related(shape)


def test_a_model_has_as_many_places_as_asked_for_and_none_that_many_look_like() -> None:
    shape = SMALL["model"]
    edges = related(shape)
    assert shape.items == pictures.PLACES
    assert len(reached(0, edges)) == pictures.PLACES
    types = {number: type_name for number, type_name, _name, _said in item_rows(shape)}
    needed, needing = below(edges), below((kind, target, source) for kind, source, target in edges)
    alike: dict[object, int] = defaultdict(int)
    for number, type_name in types.items():
        looks = type_name, frozenset(needed.get(number, ())), frozenset(needing.get(number, ()))
        alike[looks] += 1
    assert max(alike.values()) <= MOST_ALIKE


def test_the_overviews_are_of_5_000() -> None:
    assert pictures.HOUSE.items == 5_000
    assert len(pictures.SYSTEMS.places["business-system"]) == 5_000


def test_a_group_is_many_hospitals_with_deep_systems_few_switches_and_little_filled_in() -> None:
    rows = list(item_rows(GROUP))
    hospitals = {name.rpartition(" organisation ")[0] for _n, kind, name, _s in rows
                 if kind == "organisation"}  # fmt: skip
    assert len(hospitals) == HOSPITALS
    assert all(name.isascii() for _number, _type, name, _said in rows)
    filled = sum(1 for *_row, said in rows if json.loads(said))
    assert 0.1 < filled / len(rows) < 0.25
    assert len(GROUP.places["middle"]) == 24
    system = GROUP.places["business-system"][100]
    found = reached(system, related(GROUP))
    layers = {layer for layer, numbers in GROUP.places.items() if found & set(numbers)}
    assert {"application", "sub-application", "microservice", "host", "storage", "middle"} <= layers
    assert 30 < len(found) < 300


def test_plain_shapes_tell_types_and_nothing_else() -> None:
    _number, type_name, name, said = next(iter(item_rows(SHAPES["campus"])))
    assert (type_name, name, said) == ("business-system", "business-system 0", "{}")
