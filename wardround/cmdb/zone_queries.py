"""The unified view: network zones, the business systems in them, and what else lies there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.db.models import Case, Q, Value, When
from numpy.typing import NDArray

from wardround.cmdb import massed, models, queries, rules, zones
from wardround.cmdb.errors import UnknownItem
from wardround.cmdb.graph import FAR
from wardround.cmdb.graph_finding import Found
from wardround.cmdb.graph_queries import told
from wardround.cmdb.graph_types import USUAL_SHOWN, ItemGraph
from wardround.cmdb.items import WORST_FIRST, Condition, Parts
from wardround.cmdb.networks import sight
from wardround.cmdb.networks.reading import holding
from wardround.cmdb.reading import names
from wardround.cmdb.statements import listed
from wardround.cmdb.zone_types import (
    Area,
    Placed,
    SystemInZone,
    TypeInZone,
    UnifiedView,
    Where,
    ZoneAsked,
    ZoneView,
)
from wardround.cmdb.zones import Zoned
from wardround.cmdb.zoning import NOWHERE, Group, as_address, grouped, standing_on
from wardround.kernel.reach import Reach
from wardround.schema import queries as schema
from wardround.schema.types import ItemRole, ItemType, Label, Layer, View

_NOWHERE = Where(Area.NOWHERE, None)
_RESTRICTED = Where(Area.RESTRICTED, None)
_TOPOLOGY = (View.SYSTEM, View.HARDWARE, View.INFRASTRUCTURE)
"""The lanes of what a network joins: what programs do above them is in the systems' models."""

_ALONE = 3
"""Machines on one host are many, and look alike in a topology: more of them are drawn as one."""


def unified(reach: Reach) -> UnifiedView:
    """The whole hospital, zone by zone; a fixed number of statements. Every item within reach is in
    exactly one zone, or in none.
    """
    zoned = zones.current()
    counted, beyond = _counted(reach, zoned)
    its_systems = queries.systems(reach)
    filled = {zoned.zones[group.zone] for group in counted if group.zone != NOWHERE}
    for system in its_systems:
        filled.update(zoned.beside(system.id), filter(None, [zoned.zone_of(system.id)]))
    known = _Known.of(reach, zoned, filled)
    found: dict[Where, dict[str, Counter[Condition]]] = defaultdict(lambda: defaultdict(Counter))
    for group, conditions in counted.items():
        found[known.at(group.zone)][group.type] += conditions
    systems: dict[Where, list[SystemInZone]] = defaultdict(list)
    for system in its_systems:
        where = known.of_zone(zoned.zone_of(system.id))
        beside = {known.of_zone(zone) for zone in zoned.beside(system.id)} - {where}
        systems[where].append(SystemInZone(system, tuple(sorted(beside, key=_by_name))))
    hidden: dict[Where, set[str]] = defaultdict(set)
    for group in beyond:
        hidden[known.at(group.zone)].add(group.type)
    everywhere = {*known.zones.values(), *found, *systems, *hidden}
    shown = [
        _view(where, systems[where], found[where], hidden[where])
        for where in sorted(everywhere, key=_by_name)
    ]
    return UnifiedView(tuple(shown), sum(view.fare.all for view in shown))


def topology(
    reach: Reach, zone: ZoneAsked, *, type_name: str | None = None, most: int = USUAL_SHOWN
) -> ItemGraph:
    """What lies in a zone of machines and network, with all that it stands on, wherever that lies.
    With a type, what is of that type in the zone, and nothing else. Raises UnknownItem.

    Args:
        reach: of the reader, who must be able to know of the zone.
        zone: which; None for what lies in no zone.
        type_name: what of it.
        most: places of the answer; what has none is counted by layer.

    """
    zoned = zones.current()
    if zone is not None and (zone not in zoned.zones or not _may_know(reach, zoned, zone)):
        raise UnknownItem(field="zone")
    graph = zoned.graph
    members = zoned.within(zone)
    wanted = graph.of_types([type_name] if type_name else _machine_types())
    members = members[wanted[members]]
    if type_name:  # what is out of reach has no type that could be told
        seen = queries.visible(reach, graph.ids_of(members))
        steps = np.full(len(graph.ids), FAR, np.int32)
        steps[graph.places(seen)] = 1
    else:
        steps = standing_on(graph, members)
    if (steps == FAR).all():
        return ItemGraph((), (), (), 0)
    alone = len(members) if type_name else _ALONE
    found = Found(graph, steps, np.zeros(len(graph.ids), np.bool_))
    return told(reach, found, most, alone=alone)


def where_are(reach: Reach, ids: Collection[UUID]) -> Mapping[UUID, Where]:
    """Where each of these lies; they are within reach."""
    zoned = zones.current()
    lying = {id_: zoned.zone_of(id_) for id_ in ids}
    known = _Known.of(reach, zoned, {zone for zone in lying.values() if zone})
    return {id_: known.of_zone(zone) for id_, zone in lying.items()}


def placed(reach: Reach, item_id: UUID) -> Placed:
    """One item and where it lies. Raises UnknownItem."""
    return Placed(queries.item(reach, item_id), where_are(reach, [item_id])[item_id])


def where_is_address(reach: Reach, address: str) -> Where | None:
    """In which zone an address lies, whether an item has it or not; None for what is none.

    Whoever does not see everything is told by the networks that he may know of: else he would find
    out all the others, address by address. None, too, where he knows of none that holds it.
    """
    asked = as_address(address)
    if asked is None:
        return None
    zoned = zones.current()
    if reach.everything:
        zone = zoned.zone_of_address(address)
    else:
        around = sight.networks(reach).filter(space=models.COMMON, item_id__in=holding(asked))
        lying = map(zoned.zone_of, around.order_by("-place").values_list("item_id", flat=True))
        zone = next((each for each in lying if each is not None), None)
        if zone is None:
            return None
    if zone is None:
        return _NOWHERE
    filled = {zone} if _may_know(reach, zoned, zone) else ()
    return _Known.of(reach, zoned, filled).of_zone(zone)


def in_topology(type_name: str) -> bool:
    """Whether the topology of a zone shows items of this type."""
    return type_name in _machine_types()


# Zones as the reader knows them ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Known:
    order: tuple[UUID, ...]
    zones: Mapping[UUID, Where]

    @classmethod
    def of(cls, reach: Reach, zoned: Zoned, filled: Collection[UUID]) -> _Known:
        """`filled`: the zones in which something within reach lies. That names them; a zone that
        nothing within reach names keeps its name to itself, unless it is within reach.
        """
        its_names = names(reach, zoned.zones)
        told = {*filled, *its_names.inside}
        found = {
            zone: Where(Area.ZONE, its_names.refs[zone])
            if zone in told and zone in its_names.refs
            else _RESTRICTED
            for zone in zoned.zones
        }
        return cls(zoned.zones, found)

    def of_zone(self, zone: UUID | None) -> Where:
        return _NOWHERE if zone is None else self.zones[zone]

    def at(self, place: int) -> Where:
        return _NOWHERE if place == NOWHERE else self.zones[self.order[place]]


def _may_know(reach: Reach, zoned: Zoned, zone: UUID) -> bool:
    """Whether a zone is within reach, or something that is lies in it."""
    known = names(reach, [zone])
    if zone in known.inside or zone not in known.refs:
        return zone in known.inside
    lying = zoned.graph.ids_of(zoned.within(zone))
    there = listed("uuid", [*lying, *zoned.partly(zone)])
    return models.Item.objects.filter(reach.condition(), retired_at=None, id__in=there).exists()


def _by_name(where: Where) -> tuple[bool, bool, str, str]:
    name, id_ = (where.zone.name, str(where.zone.id)) if where.zone else ("", "")
    return where.area is Area.RESTRICTED, where.area is Area.NOWHERE, name, id_


# What lies in each -------------------------------------------------------------------------------


def _counted(
    reach: Reach, zoned: Zoned
) -> tuple[Mapping[Group, Counter[Condition]], Collection[Group]]:
    """How what is within reach fares, and of what else there is something. One statement."""
    within = reach.condition() & Q(pk__isnull=False)  # of everything there is no condition
    inside = Case(When(within, then=Value(value=True)), default=Value(value=False))
    apart = [*_types_with(ItemRole.SYSTEM), *_types_with(ItemRole.ZONE)]
    rows = models.Item.objects.filter(retired_at=None).exclude(type__in=apart)
    rows = rows.annotate(inside=inside)
    seen: dict[tuple[str, Condition], NDArray[np.int64]] = {}
    unseen: dict[tuple[str, Condition], NDArray[np.int64]] = {}
    for row in rows.values("type", "condition", "inside").annotate(ids=massed.Ids("id")).order_by():
        ids = massed.read(row["ids"])
        places = np.searchsorted(zoned.graph.ids, ids)
        side = seen if row["inside"] else unseen
        side[row["type"], Condition(row["condition"])] = places
    return grouped(zoned.lying, seen), grouped(zoned.lying, unseen)


def _types_with(role: ItemRole) -> list[str]:
    return rules.types_with(role, schema.remembered_item_types())


def _machine_types() -> list[str]:
    lanes = _layers()
    types = schema.remembered_item_types()
    return [
        name
        for name, its_type in types.items()
        if (layer := lanes.get(its_type.layer))
        and layer.view in _TOPOLOGY
        and ItemRole.ZONE not in its_type.roles
    ]


def _layers() -> Mapping[str, Layer]:
    return {layer.name: layer for layer in schema.layers()}


def _types(found: Mapping[str, Counter[Condition]]) -> list[TypeInZone]:
    types, lanes = schema.remembered_item_types(), _layers()
    rows = [
        _type(name, types.get(name), lanes, rules.parts_of(counted))
        for name, counted in found.items()
    ]
    return sorted(rows, key=lambda row: (row.order, row.layer, -row.fare.all, row.type))


_LAST = 1_000_000


def _type(
    name: str, its_type: ItemType | None, lanes: Mapping[str, Layer], fare: Parts
) -> TypeInZone:
    layer = lanes.get(its_type.layer) if its_type else None
    return TypeInZone(
        type=name,
        type_label=its_type.label if its_type else Label.parse(name),
        icon=its_type.icon if its_type else "",
        layer=layer.name if layer else "",
        layer_label=layer.label if layer else Label("", ""),
        order=layer.order if layer else _LAST,
        fare=fare,
    )


def _view(
    where: Where,
    systems: Sequence[SystemInZone],
    types: Mapping[str, Counter[Condition]],
    hidden: Collection[str],
) -> ZoneView:
    judged = Counter(system.item.judged for system in systems)
    return ZoneView(
        where=where,
        systems=tuple(sorted(systems, key=_urgency)),
        types=tuple(_types(types)),
        beyond=_hidden_layers(hidden),
        fare=rules.parts_of(sum(types.values(), judged)),
    )


def _hidden_layers(types: Collection[str]) -> tuple[Label, ...]:
    known, lanes = schema.remembered_item_types(), _layers()
    names = {its_type.layer for name in types if (its_type := known.get(name))}
    return tuple(layer.label for name, layer in lanes.items() if name in names)


def _urgency(system: SystemInZone) -> tuple[int, str, str]:
    judged = WORST_FIRST.index(system.item.judged)
    return judged, system.item.importance or "Z", system.item.name
