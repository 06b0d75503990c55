"""Interfaces between systems as the API shows and takes them."""

from __future__ import annotations

from typing import Self
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict

from wardround.cmdb.interface_types import Interface, InterfaceFilters, InterfaceMap, Party
from wardround.cmdb.items import Condition, ItemFilters
from wardround.cmdb.wire import ItemOut, ItemQuery, PartsOut
from wardround.kernel.wire import Answer, ReachedRef, Several


class InterfaceMapQuery(Schema):
    """By who exchanges data over them: an item, or a business system that it serves."""

    model_config = ConfigDict(extra="forbid")

    provider: list[UUID] = Several
    consumer: list[UUID] = Several
    party: list[UUID] = Several
    """Either side."""
    incomplete: bool = False
    """Those alone of which nobody is named as provider, or as consumer."""

    def among(self, items: ItemFilters) -> InterfaceFilters:
        return InterfaceFilters(
            items=items,
            providers=tuple(self.provider),
            consumers=tuple(self.consumer),
            parties=tuple(self.party),
            incomplete=self.incomplete,
        )


class InterfaceQuery(InterfaceMapQuery, ItemQuery):
    """As items are filtered, and by their parties."""


class PartyOut(Answer):
    item: ReachedRef
    shown: ReachedRef
    """The business system that it serves where that is just one, else the item itself."""
    condition: Condition | None
    """None where it is out of the reader's reach."""
    owner: ReachedRef | None


class InterfaceOut(ItemOut):
    providers: list[PartyOut]
    consumers: list[PartyOut]

    @classmethod
    def of(cls, interface: Interface) -> Self:
        item = ItemOut.model_validate(interface.item)
        return cls(
            **{name: getattr(item, name) for name in ItemOut.model_fields},
            providers=_parties(interface.providers),
            consumers=_parties(interface.consumers),
        )


def _parties(parties: tuple[Party, ...]) -> list[PartyOut]:
    return [PartyOut.model_validate(party) for party in parties]


class MapPartyOut(Answer):
    number: int
    item: ReachedRef
    provides: int
    consumes: int


class MapWayOut(Answer):
    provider: int
    consumer: int
    fare: PartsOut
    """How many interfaces, and how they fare."""


class InterfaceMapOut(Answer):
    parties: list[MapPartyOut]
    ways: list[MapWayOut]
    fare: PartsOut
    without_provider: int
    without_consumer: int
    left_out: int
    """Interfaces for which the map has no room; filters make room."""

    @classmethod
    def of(cls, found: InterfaceMap) -> Self:
        return cls.model_validate(found)
