"""In which zone what lies: every item in exactly one group, and counts that add up."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wardround.cmdb.graph import ID, Graph
from wardround.cmdb.items import Condition
from wardround.cmdb.zoning import NOWHERE, Group, Networks, grouped, home, spread, touched

ADDRESSES = st.ip_addresses(v=4, network="10.0.0.0/12").map(str)
NETWORKS = st.lists(
    st.tuples(
        st.builds("{}/{}".format, ADDRESSES, st.sampled_from([8, 12, 16, 24, 30, 32])),
        st.integers(0, 3),
    )
)


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Graph, list[int], list[bool]]:
    size = draw(st.integers(1, 12))
    place = st.integers(0, size - 1)
    edges = draw(st.lists(st.tuples(place, place), max_size=24))
    own = draw(st.lists(st.integers(NOWHERE, 2), min_size=size, max_size=size))
    closed = draw(st.lists(st.booleans(), min_size=size, max_size=size))
    needing, needed = ([edge[side] for edge in edges] for side in (0, 1))
    graph = Graph(
        ids=np.array([UUID(int=place + 1).bytes for place in range(size)], ID),
        types=np.zeros(size, np.int16),
        type_names=("host",),
        needing=np.array(needing, np.int32),
        needed=np.array(needed, np.int32),
    )
    return graph, own, closed


def nearest(graph: Graph, own: list[int], closed: list[bool]) -> list[int]:
    """The same, the slow way: round by round over the edges."""
    edges = list(zip(graph.needing.tolist(), graph.needed.tolist(), strict=True))
    zones = list(own)
    fresh = {place for place, zone in enumerate(zones) if zone != NOWHERE and not closed[place]}
    while fresh:
        votes: dict[int, Counter[int]] = {}
        for needing, needed in edges:
            if needed in fresh and zones[needing] == NOWHERE:
                votes.setdefault(needing, Counter())[zones[needed]] += 1
        for item, said in votes.items():
            zones[item] = min(said, key=lambda zone: (-said[zone], zone))
        fresh = {item for item in votes if not closed[item]}
    return zones


@given(graphs())
def test_an_item_lies_where_the_nearest_of_what_it_needs_lies(
    made: tuple[Graph, list[int], list[bool]],
) -> None:
    graph, own, closed = made
    told, shut = np.array(own, np.int32), np.array(closed)
    zones = spread(graph, told, shut)
    assert zones.tolist() == nearest(graph, own, closed)
    for item in range(len(own)):
        beside = touched(graph, item, told, shut)
        if own[item] == NOWHERE and zones[item] != NOWHERE:
            assert int(zones[item]) in beside, "it needs something there"
        counts = [*beside.values(), 0]
        assert beside.get(home(beside, int(zones[item])), 0) == max(counts)


@given(
    st.lists(st.tuples(st.integers(NOWHERE, 3), st.sampled_from("abc"), st.sampled_from(Condition)))
)
def test_every_item_is_in_exactly_one_group(items: list[tuple[int, str, Condition]]) -> None:
    zones = np.array([zone for zone, _type, _condition in items], np.int32)
    held = {
        (name, condition): np.array(
            [place for place, item in enumerate(items) if item[1:] == (name, condition)], np.int64
        )
        for _zone, name, condition in items
    }
    found = grouped(zones, held)
    assert sum(counted.total() for counted in found.values()) == len(items)
    assert found == {
        group: Counter(c for zone, name, c in items if Group(zone, name) == group)
        for group in {Group(zone, name) for zone, name, _condition in items}
    }


@given(NETWORKS, ADDRESSES)
def test_the_narrowest_network_counts(networks: list[tuple[str, int]], address: str) -> None:
    from ipaddress import ip_address, ip_network  # noqa: PLC0415 - the yardstick

    holding = [
        (network, zone)
        for text, zone in networks
        if ip_address(address) in (network := ip_network(text, strict=False))
    ]
    wanted = max(holding, key=lambda each: each[0].prefixlen)[1] if holding else NOWHERE
    assert Networks(networks).zone(address) == wanted


def test_what_is_no_address_is_in_no_network() -> None:
    networks = Networks([("10.0.0.0/8", 0), ("fd00::/8", 1), ("not a network", 2)])
    assert [networks.zone(text) for text in (" 10.1.2.3 ", "fd00::7", "192.0.2.1", "db-host")] == [
        0, 1, NOWHERE, NOWHERE,
    ]  # fmt: skip
