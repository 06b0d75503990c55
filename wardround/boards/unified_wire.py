"""The unified view as the API shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AliasPath, Field

from wardround.boards.unified import FoundPlace, FoundPlaces, OpenSystem, OpenZone, Seen, Unified
from wardround.boards.wire import NodeAlertOut, NodeTicketOut
from wardround.cmdb.types import Condition, Importance
from wardround.cmdb.wire import PartsOut
from wardround.cmdb.zone_types import Area, Where
from wardround.impact.wire import ServiceOut
from wardround.kernel.wire import Answer, Body, Label, OptionalLabel, Ref
from wardround.worktime.types import Colour


class PlaceAsked(Body):
    q: Annotated[str, Field(min_length=1, max_length=200)]
    limit: Annotated[int, Field(ge=1, le=50)] = 8


class WhereOut(Answer):
    area: Area
    zone: Ref | None
    """None where it lies in no zone, or in one that the reader may not know of."""

    @classmethod
    def of(cls, where: Where) -> Self:
        return cls.model_validate(where)


class TypeInZoneOut(Answer):
    type: str
    type_label: Label
    layer: str
    layer_label: Label
    fare: PartsOut


class SystemInZoneOut(Answer):
    id: UUID
    name: str
    importance: Importance | None
    condition: Condition
    """As it is measured; `parts.worst` speaks for one of which nothing is known."""
    since: datetime | None
    parts: PartsOut | None
    now: ServiceOut
    open_alerts: int
    open_tickets: int
    worst_colour: Colour
    beside: list[WhereOut]
    """Where else parts of it lie."""

    @classmethod
    def of(cls, system: OpenSystem) -> Self:
        item = system.here.item
        return cls(
            id=item.id,
            name=item.name,
            importance=item.importance,
            condition=item.condition,
            since=item.condition_since,
            parts=PartsOut.model_validate(item.parts) if item.parts else None,
            now=ServiceOut.model_validate(system.now),
            open_alerts=system.open_alerts,
            open_tickets=system.open_tickets,
            worst_colour=system.worst_colour,
            beside=[WhereOut.of(where) for where in system.here.beside],
        )


class ZoneViewOut(WhereOut):
    systems: list[SystemInZoneOut]
    types: list[TypeInZoneOut]
    beyond: list[Label]
    """Layers of which there is something here that the reader may not see."""
    fare: PartsOut

    @classmethod
    def of_zone(cls, zone: OpenZone) -> Self:
        return cls(
            **vars(WhereOut.of(zone.view.where)),
            systems=[SystemInZoneOut.of(system) for system in zone.systems],
            types=[TypeInZoneOut.model_validate(row) for row in zone.view.types],
            beyond=list(zone.view.beyond),
            fare=PartsOut.model_validate(zone.view.fare),
        )


class UnifiedOut(Answer):
    zones: list[ZoneViewOut]
    items: int
    """All within reach: each is in one of these, once."""
    as_of: datetime

    @classmethod
    def of(cls, view: Unified) -> Self:
        zones = [ZoneViewOut.of_zone(zone) for zone in view.zones]
        return cls(zones=zones, items=view.items, as_of=view.as_of)


class SeenOut(Answer):
    """One item beside the view."""

    id: UUID = Field(validation_alias=AliasPath("item", "id"))
    name: str = Field(validation_alias=AliasPath("item", "name"))
    type_label: Label = Field(validation_alias=AliasPath("item", "type_label"))
    layer_label: Label = Field(validation_alias=AliasPath("item", "layer_label"))
    condition: Condition = Field(validation_alias=AliasPath("item", "judged"))
    since: datetime | None = Field(validation_alias=AliasPath("item", "condition_since"))
    where: WhereOut = Field(validation_alias=AliasPath("placed", "where"))
    systems: list[Ref] = Field(validation_alias=AliasPath("item", "systems"))
    alerts: list[NodeAlertOut]
    tickets: list[NodeTicketOut]
    as_of: datetime

    @classmethod
    def of(cls, seen: Seen) -> Self:
        return cls.model_validate(seen)


class FoundPlaceOut(Answer):
    id: UUID
    name: str
    type_label: Label
    condition: Condition
    by: str
    """The value that matched, where the name does not say it."""
    by_label: OptionalLabel
    where: WhereOut
    systems: list[Ref]
    in_topology: bool
    """Whether the topology of its zone shows it; else a system's model does."""
    system: UUID | None
    """Itself, where it is a business system; else the first that it serves."""

    @classmethod
    def of(cls, found: FoundPlace) -> Self:
        item = found.placed.item
        return cls(
            id=item.id,
            name=item.name,
            type_label=item.type_label,
            condition=item.judged,
            by=found.hit.by,
            by_label=found.hit.by_label,
            where=WhereOut.of(found.placed.where),
            systems=[Ref.model_validate(system) for system in item.systems],
            in_topology=found.in_topology,
            system=found.system,
        )


class FoundPlacesOut(Answer):
    items: list[FoundPlaceOut]
    more: bool
    address: WhereOut | None
    """Where an address lies that was typed, whether an item has it or not."""

    @classmethod
    def of(cls, found: FoundPlaces) -> Self:
        return cls(
            items=[FoundPlaceOut.of(each) for each in found.items],
            more=found.more,
            address=WhereOut.of(found.address) if found.address else None,
        )
