"""The unified view: zones and systems with what is open for each, and what is found in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wardround.alerts import queries as alerts
from wardround.alerts.types import Alert
from wardround.boards.permissions import READ
from wardround.cmdb import queries as cmdb
from wardround.cmdb import zone_queries
from wardround.cmdb.types import WORST_FIRST, Item
from wardround.cmdb.zone_types import Placed, SystemInZone, UnifiedView, Where, ZoneView
from wardround.impact import queries as impact
from wardround.impact.types import ServiceNow
from wardround.kernel import finding
from wardround.kernel.finding import Asked, Hit
from wardround.kernel.reach import Reach, reach
from wardround.kernel.types import Actor
from wardround.schema.types import ItemRole
from wardround.tickets import queries as tickets
from wardround.tickets.types import ItemTicket
from wardround.worktime.types import Colour


@dataclass(frozen=True, slots=True)
class OpenSystem:
    """A business system in its zone, and what is open for it."""

    here: SystemInZone
    now: ServiceNow
    """What the failures of now do to it, by what it needs."""
    open_alerts: int
    open_tickets: int
    worst_colour: Colour


@dataclass(frozen=True, slots=True)
class OpenZone:
    view: ZoneView
    systems: tuple[OpenSystem, ...]


@dataclass(frozen=True, slots=True)
class Unified:
    zones: tuple[OpenZone, ...]
    items: int
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """One item as the panel beside the view tells of it."""

    placed: Placed
    alerts: tuple[Alert, ...]
    tickets: tuple[ItemTicket, ...]
    as_of: datetime

    @property
    def item(self) -> Item:
        return self.placed.item


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """What was found by what was typed, and where it lies."""

    hit: Hit
    placed: Placed
    in_topology: bool
    """Whether the topology of its zone shows it; else a system's model does."""
    system: UUID | None
    """Itself, where it is a business system; else the first that it serves."""


@dataclass(frozen=True, slots=True)
class FoundPlaces:
    items: tuple[FoundPlace, ...]
    more: bool
    address: Where | None
    """Of an address that was typed, where it lies, whether an item has it or not."""


def unified(seen: Reach, *, at: datetime) -> Unified:
    """Zone by zone; some statements more than what lies where takes, however much that is."""
    view: UnifiedView = zone_queries.unified(seen)
    alerts_open = alerts.open_by_system(seen)
    tickets_open = tickets.open_by_system(seen, at=at)
    found = [here.item for zone in view.zones for here in zone.systems]
    services = impact.services_now(seen, found)

    def opened(here: SystemInZone) -> OpenSystem:
        held = tickets_open.get(here.item.id)
        return OpenSystem(
            here=here,
            now=services[here.item.id],
            open_alerts=alerts_open.get(here.item.id, 0),
            open_tickets=held.open if held else 0,
            worst_colour=held.worst if held else Colour.NONE,
        )

    zones = tuple(
        OpenZone(zone, tuple(sorted(map(opened, zone.systems), key=_urgency)))
        for zone in view.zones
    )
    return Unified(zones, view.items, at)


def _urgency(system: OpenSystem) -> tuple[int, str, str]:
    item = system.here.item
    return WORST_FIRST.index(system.now.judged), item.importance or "Z", item.name


def seen(within: Reach, item_id: UUID, *, at: datetime) -> Seen:
    """One item: how it fares and since when, where it lies, what is open. Raises UnknownItem."""
    placed = zone_queries.placed(within, item_id)
    wrong = alerts.open_alerts(within, [item_id])
    alerted = {alert.id: item for item, several in wrong.items() for alert in several}
    worked_on = tickets.open_by_item(within, [item_id], alerted, at=at)
    return Seen(placed, wrong.get(item_id, ()), worked_on.get(item_id, ()), at)


def find(actor: Actor, typed: str, *, limit: int, at: datetime) -> FoundPlaces:
    """Items by name, address or whatever else they are searched by, each with its place."""
    within = reach(actor, READ)
    searched = next(group for group in finding.groups() if group.name == "items")
    found = searched.find(actor, Asked.of(typed), limit, at)
    items = cmdb.items(within, {UUID(hit.id) for hit in found.hits})
    where = zone_queries.where_are(within, items)
    places = tuple(
        _found(hit, Placed(items[id_], where[id_]))
        for hit in found.hits
        if (id_ := UUID(hit.id)) in items
    )
    return FoundPlaces(places, found.more, zone_queries.where_is_address(within, typed))


def _found(hit: Hit, placed: Placed) -> FoundPlace:
    item = placed.item
    serves = [system.id for system in item.systems]
    system = item.id if ItemRole.SYSTEM in item.roles else next(iter(serves), None)
    return FoundPlace(hit, placed, zone_queries.in_topology(item.type), system)
