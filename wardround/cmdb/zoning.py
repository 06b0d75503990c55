"""In which network zone items lie, and how many of what fare how in each. Pure, over arrays.

An item lies where something says so of itself (a reference, a relation, an address in a network
of the zone), else where the nearest of what it stands on lies; a business system where most of its
parts lie that tell. What is nowhere is called so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import numpy as np
from numpy.typing import NDArray

from wardround.cmdb.graph import FAR, Graph, distances
from wardround.cmdb.items import Condition

NOWHERE = -1
"""The zone of what lies in none."""
_Zones = NDArray[np.int32]


class Networks:
    """Networks, each with the zone in which its addresses lie."""

    def __init__(self, networks: Iterable[tuple[str, int]]) -> None:
        """Of a network that is said of two zones the first counts; what is no network says none."""
        known: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
        for text, zone in networks:
            try:
                network = ip_network(text.strip(), strict=False)
            except ValueError:
                continue
            shift = network.max_prefixlen - network.prefixlen
            of_width = known[network.version, shift]
            of_width.setdefault(int(network.network_address) >> shift, zone)
        self._known = dict(sorted(known.items()))

    def zone(self, address: str) -> int:
        """The zone of the narrowest network that holds an address; a host's name is in none."""
        found = as_address(address)
        if found is None:
            return NOWHERE
        for (version, shift), zones in self._known.items():
            if version == found.version and (zone := zones.get(int(found) >> shift)) is not None:
                return zone
        return NOWHERE


def as_address(text: str) -> IPv4Address | IPv6Address | None:
    """An address as somebody writes it; None for what is none."""
    try:
        return ip_address(text.strip())
    except ValueError:
        return None


def spread(graph: Graph, own: _Zones, closed: NDArray[np.bool_]) -> _Zones:
    """The zone of each item: its own, else that of the nearest of what it needs; of several as near
    that of most, and of as many that of the first zone.

    Args:
        graph: who needs whom.
        own: what is said of each item itself.
        closed: items through which nothing is told: who uses a system does not lie where that does.

    """
    zones = own.copy()
    many = np.int64(own.max(initial=NOWHERE) + 1)
    edge = np.flatnonzero((zones != NOWHERE) & ~closed).astype(np.int32)
    while len(edge):
        offsets = graph.above.offsets
        said = np.repeat(zones[edge], offsets[edge + 1] - offsets[edge])
        near = graph.above.after(edge)
        fresh = zones[near] == NOWHERE
        pairs, votes = np.unique(near[fresh] * many + said[fresh], return_counts=True)
        voters, voted = np.divmod(pairs, many)
        order = np.lexsort((voted, -votes, voters))
        items, first = np.unique(voters[order], return_index=True)
        zones[items] = voted[order][first]
        edge = items[~closed[items]].astype(np.int32)
    return zones


def touched(graph: Graph, item: int, own: _Zones, closed: NDArray[np.bool_]) -> Mapping[int, int]:
    """How many of what an item stands on lie in which zone, along each way the first that tell."""
    tell = own != NOWHERE
    steps = distances(len(graph.ids), item, (graph.below,), closed=tell | closed)
    zones, counts = np.unique(own[(steps > 0) & tell & ~closed], return_counts=True)
    return dict(zip(zones.tolist(), counts.tolist(), strict=True))


def home(counted: Mapping[int, int], nearest: int) -> int:
    """Where most of it lies; of as many the nearest, else the first."""
    return min(counted, key=lambda zone: (-counted[zone], zone != nearest, zone), default=nearest)


@dataclass(frozen=True, slots=True)
class Group:
    """Items of one type in one zone."""

    zone: int
    type: str


def grouped(
    zones: _Zones, held: Mapping[tuple[str, Condition], NDArray[np.int64]]
) -> dict[Group, Counter[Condition]]:
    """How many items of each type are in each condition in each zone: every item once.

    Args:
        zones: of each item of the graph.
        held: by type and condition, the places of the items.

    """
    found: dict[Group, Counter[Condition]] = defaultdict(Counter)
    for (type_name, condition), places in held.items():
        among, counts = np.unique(zones[places], return_counts=True)
        for zone, number in zip(among.tolist(), counts.tolist(), strict=True):
            found[Group(zone, type_name)][condition] += number
    return dict(found)


def standing_on(graph: Graph, members: NDArray[np.int32]) -> NDArray[np.int32]:
    """Steps from these items to all that they stand on, they themselves one; FAR for the rest."""
    steps = np.full(len(graph.ids), FAR, np.int32)
    steps[members], edge, step = 1, members, 1
    while len(edge):
        step += 1
        near = graph.below.after(edge)
        fresh = near[steps[near] == FAR]
        steps[fresh] = step
        edge = np.unique(fresh)
    return steps
