"""The graph as arrays says what walking edge by edge says."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from uuid import UUID

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wardround.cmdb.drawn import Drawn, Touched
from wardround.cmdb.graph import (
    FAR,
    ID,
    Graph,
    alike,
    distances,
    edges_within,
    shortest_ways,
)

SIZE = 12
Pair = tuple[int, int]
places = st.integers(0, SIZE - 1)
edges = st.sets(st.tuples(places, places).filter(lambda pair: pair[0] != pair[1]), max_size=40)
types = st.lists(st.integers(0, 2), min_size=SIZE, max_size=SIZE)


def ids(count: int = SIZE) -> list[UUID]:
    """Among them such as end in zeros, which must not be cut off."""
    return [UUID(int=(number // 2 << 64) + (number % 2)) for number in range(count)]


def graph_of(pairs: Iterable[Pair], of_type: list[int] | None = None) -> Graph:
    ordered = sorted(pairs)
    return Graph(
        ids=np.array([id_.bytes for id_ in ids()], ID),
        types=np.array(of_type or [0] * SIZE, np.int16),
        type_names=("host", "switch", "system"),
        needing=np.array([pair[0] for pair in ordered], np.int32),
        needed=np.array([pair[1] for pair in ordered], np.int32),
    )


def walked(
    pairs: Iterable[Pair], begin: int, farthest: int = 99, closed: Iterable[int] = ()
) -> dict[int, int]:
    """Edge by edge."""
    found, waiting = {begin: 0}, deque([begin])
    while waiting:
        here = waiting.popleft()
        if found[here] == farthest or (here in set(closed) and here != begin):
            continue
        for one_end, other in pairs:
            if one_end == here and other not in found:
                found[other] = found[here] + 1
                waiting.append(other)
    return found


def told(steps: np.ndarray) -> dict[int, int]:
    return {int(place): int(steps[place]) for place in np.flatnonzero(steps != FAR)}


@given(edges, places, st.integers(0, 5), st.sets(places))
def test_a_walk_reaches_what_edges_lead_to(
    pairs: set[Pair], begin: int, farthest: int, closed: set[int]
) -> None:
    graph = graph_of(pairs)
    back = {(needed, needing) for needing, needed in pairs}
    shut = np.isin(np.arange(SIZE), list(closed))
    assert told(distances(SIZE, begin, (graph.below,))) == walked(pairs, begin)
    assert told(distances(SIZE, begin, (graph.above,))) == walked(back, begin)
    assert told(distances(SIZE, begin, (graph.above, graph.below))) == walked(pairs | back, begin)
    assert told(distances(SIZE, begin, (graph.below,), farthest=farthest, closed=shut)) == walked(
        pairs, begin, farthest, closed
    )


@given(edges, places, places)
def test_the_shortest_ways_are_all_of_them(pairs: set[Pair], begin: int, end: int) -> None:
    graph = graph_of(pairs)
    found = set(shortest_ways(graph, begin, end, (graph.below,), (graph.above,)).tolist())
    there = walked(pairs, begin)
    home = walked({(needed, needing) for needing, needed in pairs}, end)
    wanted = {
        place
        for place in there
        if end in there and place in home and there[place] + home[place] == there[end]
    }
    assert found == wanted


@given(edges, st.sets(places, min_size=1))
def test_edges_within_are_those_with_both_ends_inside(pairs: set[Pair], some: set[int]) -> None:
    found = edges_within(graph_of(pairs), np.array(sorted(some), np.int32))
    wanted = sorted(pair for pair in pairs if set(pair) <= some)
    assert sorted(map(tuple, found.tolist())) == wanted


@given(edges, types, st.sets(places))
def test_alike_are_those_of_one_type_and_the_same_neighbours(
    pairs: set[Pair], of_type: list[int], apart: set[int]
) -> None:
    graph, everything = graph_of(pairs, of_type), np.arange(SIZE, dtype=np.int32)
    alone = np.isin(everything, list(apart))
    first = alike(graph, everything, edges_within(graph, everything), alone)

    def look(place: int) -> tuple[object, ...]:
        below = frozenset(needed for needing, needed in pairs if needing == place)
        above = frozenset(needing for needing, needed in pairs if needed == place)
        return of_type[place], below, above, place if place in apart else None

    for left in range(SIZE):
        for right in range(SIZE):
            assert (first[left] == first[right]) == (look(left) == look(right))


@given(edges, st.sets(places))
def test_for_how_many_reasons_one_needs_another_makes_no_other_look(
    pairs: set[Pair], doubled: set[int]
) -> None:
    graph, everything = graph_of(pairs), np.arange(SIZE, dtype=np.int32)
    once, alone = edges_within(graph, everything), np.zeros(SIZE, np.bool_)
    often = np.concatenate([once, once[np.isin(once[:, 0], list(doubled))]])
    first = alike(graph, everything, once, alone)
    assert alike(graph, everything, often, alone).tolist() == first.tolist()


def test_an_item_is_found_by_its_id_whatever_its_last_bytes() -> None:
    graph = graph_of({(0, 1)})
    for place, id_ in enumerate(ids()):
        assert graph.place(id_) == place
        assert graph.id(place) == id_
    assert graph.place(UUID(int=99 << 70)) is None
    assert graph.places([UUID(int=5 << 100), ids()[3], ids()[1]]).tolist() == [1, 3]


# Taking in what has changed ----------------------------------------------------------------------

KINDS = ("", "runs-on", "supplies")
changes = st.lists(
    st.tuples(places, places, st.sampled_from(KINDS[1:]), st.booleans()).filter(
        lambda change: change[0] != change[1]
    ),
    max_size=30,
)


@given(st.lists(changes, max_size=4))
def test_what_has_changed_is_taken_in_as_if_it_were_read_anew(
    rounds: list[list[tuple[int, int, str, bool]]],
) -> None:
    everyone = ids()
    drawn = Drawn(
        ids=np.array([], ID), types=np.array([], np.int16), type_names=("",),
        source=np.array([], np.int32), target=np.array([], np.int32),
        kinds=np.array([], np.int16), kind_names=("",), groups=np.array([], np.int64),
        need=np.array([], np.int16), minutes=np.array([], np.float32),
    )  # fmt: skip
    stands: set[tuple[int, int, str]] = set()
    for touched in rounds:
        now = {(source, target, kind): there for source, target, kind, there in touched}
        stands = {relation for relation in stands if now.get(relation, True)}
        stands |= {relation for relation, there in now.items() if there}
        drawn = drawn.after(
            [
                Touched(
                    kind,
                    everyone[source],
                    everyone[target],
                    "host",
                    "switch",
                    there,
                    group=source * SIZE + target,
                    need=source,
                    minutes=target / 2,
                )
                for (source, target, kind), there in now.items()
            ]
        )
    graph = drawn.graph(["runs-on"], ["supplies"])
    found = sorted(
        (graph.id(needing), graph.id(needed))
        for needing, needed in zip(graph.needing.tolist(), graph.needed.tolist(), strict=True)
    )
    assert found == sorted(
        (everyone[source], everyone[target])
        if kind == "runs-on"
        else (everyone[target], everyone[source])
        for source, target, kind in stands
    )
    assert graph.terms is not None
    told = zip(
        *(column.tolist() for column in (graph.needing, graph.needed, graph.terms.kinds)),
        *(column.tolist() for column in (graph.terms.groups, graph.terms.need)),
        graph.terms.minutes.tolist(),
        strict=True,
    )
    for needing, needed, kind, group, need, minutes in told:
        upward = graph.terms.kind_names[kind] == "runs-on"
        source, target = (needing, needed) if upward else (needed, needing)
        ends = everyone.index(graph.id(source)), everyone.index(graph.id(target))
        assert (group, need, minutes) == (ends[0] * SIZE + ends[1], ends[0], ends[1] / 2)
