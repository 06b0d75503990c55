"""Interfaces between systems as the API shows and takes them."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict

from wardround.cmdb.interface_types import Interface, InterfaceFilters, InterfaceMap, Party
from wardround.cmdb.items import Condition, ItemFilters
from wardround.cmdb.message_counts import Measured, MessageCounts, MessageDay
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
    measured: list[Measured] = Several
    """By whether their messages are counted: of those alone whose measured values one may read."""

    def among(self, items: ItemFilters) -> InterfaceFilters:
        return InterfaceFilters(
            items=items,
            providers=tuple(self.provider),
            consumers=tuple(self.consumer),
            parties=tuple(self.party),
            incomplete=self.incomplete,
            measured=tuple(self.measured),
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


class PassedOut(Answer):
    """Messages since a moment; null where these are not counted, which is not none."""

    since: datetime
    messages: float | None
    """Sent and received together."""
    sent: float | None
    received: float | None
    failed: float | None


class MessageCountsOut(Answer):
    measured: Measured
    hour: PassedOut
    queued: float | None
    """Messages that wait now."""
    last_at: datetime | None
    """Of the newest sample within the hour."""


class SliceOut(Answer):
    """What passed in one part of the day, which begins at `at`."""

    at: datetime
    sent: float | None
    received: float | None
    failed: float | None


class MessageDayOut(Answer):
    counts: MessageCountsOut
    day: PassedOut
    slices: list[SliceOut]
    """Those alone in which something was measured."""
    slice_s: int
    as_of: datetime

    @classmethod
    def of(cls, told: MessageDay) -> Self:
        return cls.model_validate(told)


class InterfaceOut(ItemOut):
    providers: list[PartyOut]
    consumers: list[PartyOut]
    messages: MessageCountsOut | None
    """Null where one may read no measured values of it."""

    @classmethod
    def of(cls, interface: Interface) -> Self:
        item = ItemOut.model_validate(interface.item)
        return cls(
            **{name: getattr(item, name) for name in ItemOut.model_fields},
            providers=_parties(interface.providers),
            consumers=_parties(interface.consumers),
            messages=_counts(interface.messages),
        )


def _parties(parties: tuple[Party, ...]) -> list[PartyOut]:
    return [PartyOut.model_validate(party) for party in parties]


def _counts(told: MessageCounts | None) -> MessageCountsOut | None:
    return None if told is None else MessageCountsOut.model_validate(told)


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
    messages: float | None
    """Over those of them that are counted, in the last hour; null where none is."""
    failed: float | None
    measured: int
    """How many of them are counted."""


class InterfaceMapOut(Answer):
    parties: list[MapPartyOut]
    ways: list[MapWayOut]
    fare: PartsOut
    without_provider: int
    without_consumer: int
    left_out: int
    """Interfaces for which the map has no room; filters make room."""
    unmeasured: int
    """Whose messages nothing counts, of those whose measured values one may read."""

    @classmethod
    def of(cls, found: InterfaceMap) -> Self:
        return cls.model_validate(found)
