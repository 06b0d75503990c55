"""Networks and addresses as the API shows and takes them."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field, field_validator

from wardround.cmdb.items import ItemFilters
from wardround.cmdb.networks.free import MOST_FREE
from wardround.cmdb.networks.plans import Part
from wardround.cmdb.networks.types import (
    AddressState,
    Network,
    NetworkDetail,
    NetworkFilters,
    Taking,
)
from wardround.cmdb.wire import ItemOut, ItemQuery
from wardround.kernel.http import ListFilters
from wardround.kernel.typed_text import compatible
from wardround.kernel.wire import Answer, Body, Label, OptionalLabel, ReachedRef, Ref, Several

_Address = Annotated[str, Field(max_length=100)]


class NetworkQuery(ItemQuery):
    """As items are filtered, and by what is special of networks."""

    at: _Address | None = None
    """Those that hold this address."""
    inside: UUID | None = None
    """Those that lie in this network, at any depth."""
    top: bool = False
    """Those alone that lie in no other."""
    version: Literal["4", "6"] | None = None
    full: Annotated[int | None, Field(ge=0, le=100)] = None
    """Those of which at least so many per cent are used."""

    def among(self, items: ItemFilters) -> NetworkFilters:
        return NetworkFilters(
            items=items,
            at=self.at,
            inside=self.inside,
            top=self.top,
            version=int(self.version) if self.version else None,
            full=self.full,
        )


class NetworkOut(ItemOut):
    prefix: str
    space: ReachedRef | None
    """None: the one that all of the hospital shares."""
    parent: Ref | None
    depth: int
    """How many hold it of those that the reader may know of."""
    children: int
    usable: int | None
    """None where it is beyond counting: `host_bits` says how many bits it leaves to hosts."""
    host_bits: int
    used: int
    """By everything, whether the reader may see it or not; so with the next three."""
    reserved: int | None
    free: int | None
    share: float
    """Which part of what is usable is used."""
    covered: float
    """Which part of it its next smaller networks make up."""

    @classmethod
    def of(cls, network: Network) -> Self:
        item = ItemOut.model_validate(network.item)
        own = set(cls.model_fields) - set(ItemOut.model_fields)
        return cls(
            **{name: getattr(item, name) for name in ItemOut.model_fields},
            **{name: _shown(getattr(network, name)) for name in own},
        )


def _shown(value: Any) -> Any:
    """What is a reference as one."""
    plain = value is None or isinstance(value, int | float | str)
    return value if plain else {"id": value.id, "name": value.name}


class AddressRangeOut(Answer):
    first: str
    last: str
    count: int | None
    """None where it is beyond counting."""
    item: ReachedRef | None


class FreeAddressesOut(Answer):
    addresses: list[str]
    """The next ones, as many as were asked for."""
    ranges: list[AddressRangeOut]
    more_ranges: int
    count: int | None


class NetworkTroubleOut(Answer):
    finding: str
    """One of the findings of `/data-quality`."""
    text: Label
    address: str
    items: list[Ref]


class AddressTypeOut(Answer):
    name: str
    label: Label


class NetworkDetailOut(Answer):
    network: NetworkOut
    above: list[NetworkOut]
    """From the largest to the next."""
    below: list[NetworkOut]
    more_below: int
    reserved: list[AddressRangeOut]
    free: FreeAddressesOut
    troubles: list[NetworkTroubleOut]
    more_troubles: int
    takes: list[AddressTypeOut]
    """Types of which an item is made where an address is taken."""

    @classmethod
    def of(cls, found: NetworkDetail) -> Self:
        return cls(
            network=NetworkOut.of(found.network),
            above=[NetworkOut.of(each) for each in found.above],
            below=[NetworkOut.of(each) for each in found.below],
            more_below=found.more_below,
            reserved=[AddressRangeOut.model_validate(each) for each in found.reserved],
            free=FreeAddressesOut.model_validate(found.free),
            troubles=[NetworkTroubleOut.model_validate(each) for each in found.troubles],
            more_troubles=found.more_troubles,
            takes=[AddressTypeOut.model_validate(each) for each in found.takes],
        )


class AddressQuery(ListFilters):
    part: list[Part] = Several
    """What it is to the item that holds it."""


class AddressOut(Answer):
    address: str
    last: str | None
    """Of a range."""
    state: AddressState
    item: ReachedRef
    attribute: str | None
    attribute_label: OptionalLabel
    network: ReachedRef | None
    """The smallest that holds it."""


class GridQuery(Schema):
    model_config = ConfigDict(extra="forbid")

    first: _Address | None = None
    """An address of the block that is wanted; the first block without it."""


class AddressCellOut(Answer):
    address: str
    state: AddressState
    items: list[ReachedRef]


class AddressGridOut(Answer):
    first: str
    cells: list[AddressCellOut]
    before: str | None
    """An address of the block before; so with `after`."""
    after: str | None


class FreeQuery(Schema):
    model_config = ConfigDict(extra="forbid")

    count: Annotated[int, Field(ge=1, le=MOST_FREE)] = 1


class AtQuery(Schema):
    model_config = ConfigDict(extra="forbid")

    at: _Address

    @field_validator("at")
    @classmethod
    def _as_people_mean_it(cls, at: str) -> str:
        return compatible(at)


class AddressPlaceOut(Answer):
    space: ReachedRef | None
    networks: list[NetworkOut]
    """That hold it, from the largest to the smallest."""
    state: AddressState
    holders: list[AddressOut]


class AddressFoundOut(Answer):
    address: str
    places: list[AddressPlaceOut]
    """One for each address space that has a network or somebody for it."""


class TakeAddressIn(Body):
    """Without an item one is made: of `type`, where several types are addresses."""

    address: _Address | None = None
    """The next free one without it."""
    item: UUID | None = None
    """Who gets it, with the version that was seen."""
    attribute: Annotated[str | None, Field(max_length=60)] = None
    """Which of the item's addresses, where it has several."""
    version: int | None = None
    type: Annotated[str | None, Field(max_length=50)] = None
    name: Annotated[str | None, Field(max_length=300)] = None
    attributes: dict[str, Any] = Field(default_factory=dict)
    """What else is said of the item."""

    def wanted(self) -> Taking:
        return Taking(**{name: getattr(self, name) for name in type(self).model_fields})


class AddressTakenOut(Answer):
    address: str
    item: ItemOut
