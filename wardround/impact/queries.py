"""What the failures of now do, as a reader may know it: found over everything, then redacted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from wardround.cmdb import queries as cmdb
from wardround.cmdb.types import Item, ItemRef, Parts
from wardround.dependability import State
from wardround.impact import doubting, held
from wardround.impact.errors import UnknownSystem
from wardround.impact.live import Live
from wardround.impact.rules import service_state
from wardround.impact.types import (
    MOST_NAMED,
    MOST_TROUBLED,
    NOBODY,
    URGENCY,
    HospitalNow,
    ItemNow,
    Named,
    ServiceNow,
    ServiceState,
)
from wardround.kernel.reach import EVERYTHING, Reach
from wardround.schema import queries as schema
from wardround.schema.types import ItemRole, Label

_Places = NDArray[np.int32]
_NOTHING = np.empty(0, np.int32)


def now(reach: Reach, *, at: datetime) -> HospitalNow:
    """The hospital as it is: what is measured as down has failed."""
    return _told(reach, held.live(cmdb.failed_items()), at)


def services_now(reach: Reach, systems: Sequence[Item]) -> Mapping[UUID, ServiceNow]:
    """Each of these business systems within reach, by id; for boards. A fixed number of
    statements.
    """
    live = held.live(cmdb.failed_items())
    return {service.item.id: service for service in _services(reach, live, systems)}


def service_now(reach: Reach, system_id: UUID) -> ServiceNow:
    """One business system. Raises UnknownItem, also for what is none."""
    item = cmdb.item(reach, system_id)
    found = services_now(reach, [item] if ItemRole.SYSTEM in item.roles else [])
    if system_id not in found:
        raise UnknownSystem(field="item_id")
    return found[system_id]


def if_failed(reach: Reach, failed: Collection[UUID], *, at: datetime) -> HospitalNow:
    """The hospital if exactly these items failed, and nothing else. Whoever asks has seen to it
    that the reader may know of them (`taking_out`).
    """
    return _told(reach, Live.of(held.hospital(), failed), at, supposed=True)


def _told(reach: Reach, live: Live, at: datetime, *, supposed: bool = False) -> HospitalNow:
    systems = cmdb.systems(reach)
    services = sorted(_services(reach, live, systems, supposed=supposed), key=_urgency)
    failed = live.hospital.items_of(np.flatnonzero(live.failed).astype(np.int32))
    names = _Names.of(reach, live, [failed])
    items, more = _items(reach, live)
    return HospitalNow(
        services=tuple(services),
        failed=replace(names.told(failed), hidden=()),
        items=items,
        more_items=more,
        doubts=tuple(doubting.told(reach, live.hospital.graph, live.hospital.doubts)),
        as_of=at,
    )


def _urgency(service: ServiceNow) -> tuple[int, bool, str, str]:
    unprotected = service.unprotected is not NOBODY
    return (
        URGENCY[service.state],
        not unprotected,
        service.item.importance or "Z",
        service.item.name,
    )


# Services ----------------------------------------------------------------------------------------


def _services(
    reach: Reach, live: Live, systems: Sequence[Item], *, supposed: bool = False
) -> Iterable[ServiceNow]:
    whole = _measured(reach, systems)
    graph, states = live.hospital.graph, live.states()
    places = {item.id: place for item in systems if (place := graph.place(item.id)) is not None}
    felt = {
        id_: live.causes(place, State(states[place]))
        for id_, place in places.items()
        if states[place] != State.UP
    }
    weak = [id_ for id_ in felt if states[places[id_]] != State.DOWN]
    lost = dict(zip(weak, live.unprotected([places[id_] for id_ in weak]), strict=True))
    names = _Names.of(reach, live, [*felt.values(), *lost.values()])
    for item in systems:
        place = places.get(item.id)
        state = State.UP if place is None else State(states[place])
        word = service_state(state, item.condition, whole.get(item.id), supposed=supposed)
        yield ServiceNow(
            item=item,
            state=word,
            switch_minutes=live.switch_minutes(place)
            if place is not None and word is ServiceState.DOWN
            else None,
            causes=names.told(felt.get(item.id, _NOTHING)),
            unprotected=names.told(lost.get(item.id, _NOTHING)),
            supposed=supposed,
        )


def _measured(reach: Reach, systems: Sequence[Item]) -> Mapping[UUID, Parts | None]:
    """How all parts of these fare, whoever asks: a system is called up for everybody, or nobody."""
    if not reach.everything:
        wanted = {item.id for item in systems}
        systems = [item for item in cmdb.systems(EVERYTHING) if item.id in wanted]
    return {item.id: item.parts for item in systems}


# Names -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Names:
    """What the reader may know of the items of an answer; by their places."""

    live: Live
    known: Mapping[int, ItemRef]

    @classmethod
    def of(cls, reach: Reach, live: Live, several: Sequence[_Places]) -> _Names:
        """For all of an answer at once."""
        graph = live.hospital.graph
        places = np.unique(np.concatenate([_NOTHING, *several]))
        ids = dict(zip(graph.ids_of(places), places.tolist(), strict=True))
        refs = cmdb.visible_refs(reach, ids)
        return cls(live, {ids[id_]: ref for id_, ref in refs.items()})

    def told(self, places: _Places) -> Named:
        if not len(places):
            return NOBODY
        seen = sorted(
            (self.known[place] for place in places.tolist() if place in self.known),
            key=lambda ref: (ref.name, ref.id),
        )
        graph = self.live.hospital.graph
        hidden = {graph.types[place] for place in places.tolist() if place not in self.known}
        known = schema.layers_of_types()
        found = [known.get(graph.type_names[type_]) for type_ in hidden]
        layers = {layer.label if layer else Label("", "") for layer in found}
        return Named(
            items=tuple(seen[:MOST_NAMED]),
            more=max(len(seen) - MOST_NAMED, 0),
            hidden=tuple(sorted(layers, key=lambda label: label.zh)),
        )


# Items -------------------------------------------------------------------------------------------


def _items(reach: Reach, live: Live) -> tuple[tuple[ItemNow, ...], int]:
    """What is not plainly up and within reach, the failed ones first, then the worst."""
    graph, states = live.hospital.graph, live.states()
    troubled = np.flatnonzero(states != State.UP).astype(np.int32)
    ids = graph.ids_of(troubled)
    if not reach.everything:
        visible = cmdb.visible(reach, ids)
        troubled = troubled[[id_ in visible for id_ in ids]]
    failed = live.failed[troubled]
    order = np.lexsort((troubled, -states[troubled].astype(np.int8), ~failed))
    chosen = troubled[order][:MOST_TROUBLED]
    rows = zip(
        graph.ids_of(chosen), states[chosen].tolist(), live.failed[chosen].tolist(), strict=True
    )
    found = tuple(ItemNow(id_, _CALLED[State(state)], bool(own)) for id_, state, own in rows)
    return found, len(troubled) - len(found)


_CALLED = {
    State.DEGRADED: ServiceState.DEGRADED,
    State.STANDBY: ServiceState.STANDBY,
    State.DOWN: ServiceState.DOWN,
}
