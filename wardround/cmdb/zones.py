"""Where every item lies, over everything: read once, and anew after each change.

What is a network zone, what a network, and which attributes are addresses, definitions tell. An
attribute that some roles alone see places nothing: where an item lies would tell what it holds.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from uuid import UUID

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from wardround.cmdb import held_graph, massed, models, rules, statements
from wardround.cmdb.graph import ID, Graph
from wardround.cmdb.zoning import NOWHERE, Networks, home, spread, touched
from wardround.schema import queries as schema
from wardround.schema.types import AttributeType, Capability, ItemAttribute, ItemRole


@dataclass(frozen=True, slots=True, eq=False)
class Zoned:
    """Every item in use, and the zone in which it lies."""

    zones: tuple[UUID, ...]
    """By name."""
    graph: Graph
    """With what nothing is related to, too."""
    used: NDArray[np.bool_]
    """Which items of the graph are in use."""
    lying: NDArray[np.int32]
    """The zone in which each item of the graph lies, as a place in `zones`; NOWHERE for none."""
    touched: Mapping[int, Mapping[int, int]]
    """Of each business system, how many of its parts tell that they lie in which zone."""
    networks: Networks
    """Those of the address space that is everybody's."""

    def zone_of(self, item: UUID) -> UUID | None:
        place = self.graph.place(item)
        return None if place is None else self._zone(int(self.lying[place]))

    def beside(self, system: UUID) -> list[UUID]:
        """The other zones in which parts of a system lie."""
        place = self.graph.place(system)
        found = self.touched.get(place, ()) if place is not None else ()
        return [self.zones[zone] for zone in found if zone != int(self.lying[place])]

    def partly(self, zone: UUID) -> list[UUID]:
        """The systems in use of which some part lies in a zone."""
        wanted = self.zones.index(zone)
        found = [place for place, counted in self.touched.items() if wanted in counted]
        return self.graph.ids_of(np.array([each for each in found if self.used[each]], np.int32))

    def zone_of_address(self, address: str) -> UUID | None:
        return self._zone(self.networks.zone(address))

    def within(self, zone: UUID | None) -> NDArray[np.int32]:
        """The places of all that lies in a zone, or in none."""
        wanted = NOWHERE if zone is None else self.zones.index(zone)
        return np.flatnonzero((self.lying == wanted) & self.used).astype(np.int32)

    def _zone(self, place: int) -> UUID | None:
        return None if place == NOWHERE else self.zones[place]


_State = tuple[object, ...]


class _InProcess:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: tuple[_State, Zoned] | None = None

    def current(self) -> Zoned:
        """Where items lie now, as this transaction sees it."""
        *counted, writing = statements.returned("zoning_state", {})[0]
        state = (*counted, schema.derived("cmdb.zoning", object))
        with self._lock:
            if self._held and self._held[0] == state and not writing:
                return self._held[1]
        found = _read()
        if not writing:  # what this transaction wrote may be rolled back
            with self._lock:
                self._held = (state, found)
        return found


_in_process = _InProcess()


def current() -> Zoned:
    """Where every item in use lies. A few statements after a change, else one."""
    return _in_process.current()


# What definitions tell ---------------------------------------------------------------------------


class _Tells(Enum):
    ZONE = auto()
    """Which zone it is in."""
    NETWORK = auto()
    """Which addresses are its own."""
    MEMBER = auto()
    """Of which network it is."""
    ADDRESS = auto()


@dataclass(frozen=True, slots=True)
class _Places:
    """The attributes that place items, by what they tell, those of a type in their order."""

    types: list[str]
    attributes: list[str]
    tells: list[_Tells]


def _places() -> _Places:
    return schema.derived("cmdb.placing-attributes", _placing_attributes)


def _placing_attributes() -> _Places:
    types = schema.remembered_item_types()
    zones = set(rules.types_with(ItemRole.ZONE, types))
    networks = {
        name
        for name, its_type in types.items()
        if any(each.type is AttributeType.NETWORK for each in its_type.attributes)
    }
    rows = [
        (tells.value, name, each.name, tells)
        for name, its_type in types.items()
        for each in its_type.attributes
        if not each.seen_by and (tells := _told_by(each, zones, networks - zones))
    ]
    rows.sort(key=lambda row: row[0])  # stable: attributes of a type stay in their order
    return _Places([r[1] for r in rows], [r[2] for r in rows], [r[3] for r in rows])


def _told_by(attribute: ItemAttribute, zones: set[str], networks: set[str]) -> _Tells | None:
    if attribute.type is AttributeType.REFERENCE:
        if not zones.isdisjoint(attribute.to):
            return _Tells.ZONE
        return None if networks.isdisjoint(attribute.to) else _Tells.MEMBER
    return _PLAINLY.get(attribute.type)


_PLAINLY = {AttributeType.NETWORK: _Tells.NETWORK, AttributeType.ADDRESS: _Tells.ADDRESS}


# What items tell ---------------------------------------------------------------------------------

_Own = dict[UUID, int]


def _read() -> Zoned:
    types = schema.remembered_item_types()
    rows = models.Item.objects.filter(
        type__in=rules.types_with(ItemRole.ZONE, types), retired_at=None
    )
    zones = tuple(rows.order_by("name", "key").values_list("id", flat=True))
    own, networks = _told({zone: place for place, zone in enumerate(zones)})
    graph, used = _whole(held_graph.current())
    told = np.full(len(graph.ids), NOWHERE, np.int32)
    placed = graph.places(own)
    told[placed] = [own[id_] for id_ in graph.ids_of(placed)]
    closed = graph.of_types(rules.types_with(ItemRole.SYSTEM, types))
    lying = spread(graph, told, closed)
    systems = {
        place: touched(graph, place, told, closed) for place in np.flatnonzero(closed).tolist()
    }
    for place, counted in systems.items():
        if told[place] == NOWHERE:
            lying[place] = home(counted, int(lying[place]))
    return Zoned(zones, graph, used, lying, systems, networks)


def _told(zones: Mapping[UUID, int]) -> tuple[_Own, Networks]:
    """What is told of items themselves; what is told more plainly counts before the rest."""
    own: _Own = dict(zones)
    said: dict[_Tells, list[tuple[UUID, str]]] = {tells: [] for tells in _Tells}
    tells = _places()
    wanted = {"types": tells.types, "attributes": tells.attributes}
    for id_, number, value in statements.returned("placing_values", wanted):
        said[tells.tells[number - 1]].append((id_, value))
    _follow(own, _references(said[_Tells.ZONE]))
    _follow(own, _related_to(list(zones)))
    apart = _apart()
    networks = _networks(own, apart, said[_Tells.NETWORK])
    _follow(own, _references(said[_Tells.MEMBER]))
    for id_, value in said[_Tells.ADDRESS]:
        known = networks.get(apart.get(id_, models.COMMON))
        if id_ not in own and known and (zone := known.zone(value)) != NOWHERE:
            own[id_] = zone
    _follow(own, _addressed())
    return own, networks.get(models.COMMON, Networks(()))


def _apart() -> Mapping[UUID, UUID]:
    """The address space of each network and of each item with an address that is in one of its own:
    equal addresses of two spaces are two places.
    """
    networks = models.Network.objects.exclude(space=models.COMMON).values_list("item_id", "space")
    addresses = models.Address.objects.exclude(space=models.COMMON).values_list("item_id", "space")
    return {**dict(addresses), **dict(networks)}


def _networks(
    own: _Own, apart: Mapping[UUID, UUID], said: Sequence[tuple[UUID, str]]
) -> Mapping[UUID, Networks]:
    """By address space, the networks whose zone is known."""
    found: dict[UUID, list[tuple[str, int]]] = {}
    for id_, value in said:
        if id_ in own:
            found.setdefault(apart.get(id_, models.COMMON), []).append((value, own[id_]))
    return {space: Networks(several) for space, several in found.items()}


def _follow(own: _Own, pairs: Sequence[tuple[UUID, UUID]] | Iterator[tuple[UUID, UUID]]) -> None:
    """Items lie where what they name lies."""
    for id_, other in list(pairs):
        if other in own:
            own.setdefault(id_, own[other])


def _references(values: Sequence[tuple[UUID, str]]) -> Iterator[tuple[UUID, UUID]]:
    return ((id_, other) for id_, value in values if (other := rules.as_id(value)))


_IN_USE = {"source__retired_at": None, "target__retired_at": None}


def _related_to(zones: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    """Whatever is related to a zone in any way is in it."""
    if not zones:
        return []
    rows = models.Relation.objects.filter(Q(source__in=zones) | Q(target__in=zones), **_IN_USE)
    pairs = rows.order_by("id").values_list("source_id", "target_id")
    known = set(zones)
    return [(target, source) if source in known else (source, target) for source, target in pairs]


def _addressed() -> list[tuple[UUID, UUID]]:
    """Items, and what is an address of theirs."""
    kinds = [
        name
        for name, kind in schema.remembered_relation_kinds().items()
        if kind.capable.source is Capability.ADDRESSES
    ]
    rows = models.Relation.objects.filter(kind__in=kinds, **_IN_USE).order_by("id")
    return list(rows.values_list("source_id", "target_id"))


def _whole(graph: Graph) -> tuple[Graph, NDArray[np.bool_]]:
    """The graph with what came after it was read and nothing is related to, and what of it is in
    use.
    """
    rows = models.Item.objects.filter(retired_at=None).values("type").annotate(ids=massed.Ids("id"))
    types = {row["type"]: massed.read(row["ids"]) for row in rows.order_by()}
    living = np.concatenate([np.empty(0, ID), *types.values()])
    wider = _wider(graph, types) if len(np.setdiff1d(living, graph.ids)) else graph
    used = np.zeros(len(wider.ids), np.bool_)
    used[np.searchsorted(wider.ids, living)] = True
    return wider, used


def _wider(graph: Graph, types: Mapping[str, NDArray[np.bytes_]]) -> Graph:
    names = tuple(dict.fromkeys([*graph.type_names, *types]))
    ids = np.union1d(graph.ids, np.concatenate([np.empty(0, ID), *types.values()]))
    before = np.searchsorted(ids, graph.ids).astype(np.int32)
    of_type = np.zeros(len(ids), np.int16)
    of_type[before] = graph.types
    for name, of_these in types.items():
        of_type[np.searchsorted(ids, of_these)] = names.index(name)
    return Graph(ids, of_type, names, before[graph.needing], before[graph.needed])
