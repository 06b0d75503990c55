"""What of an item is a network or an address: told by definitions, by the role of its type."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from wardround.cmdb import rules
from wardround.schema import queries as schema
from wardround.schema.types import AttributeType, Capability, ItemAttribute, ItemRole, ItemType


class Part(StrEnum):
    """What an address is to the item that holds it."""

    HOLDER = "holder"
    """The item has it."""
    REGISTERED = "registered"
    """The item is the address, written down for itself."""
    GATEWAY = "gateway"
    """The item is a network, and this its way out."""
    RANGE = "range"
    """The item is a range: addresses that are given to nobody one by one."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Where items of one type hold what."""

    part: Part
    addresses: tuple[str, ...]
    """Attributes; of a range those of its two ends."""
    prefix: str | None = None
    """Of a network."""
    space: str | None = None
    """The reference that names an address space."""
    network: str | None = None
    """The reference that names a network."""

    @property
    def attributes(self) -> frozenset[str]:
        named = (self.prefix, self.space, self.network)
        return frozenset(name for name in (*self.addresses, *named) if name)


Plans = Mapping[str, Plan]


def plans() -> Plans:
    """By type, as definitions say it now."""
    return schema.derived("cmdb.networks", lambda: planned(schema.remembered_item_types()))


def planned(types: Mapping[str, ItemType]) -> Plans:
    """By type, of all that hold anything of this."""
    spaces = frozenset(rules.types_with(ItemRole.ADDRESS_SPACE, types))
    nets = frozenset(rules.types_with(ItemRole.NETWORK, types))
    found = {name: _plan(its_type, spaces, nets) for name, its_type in types.items()}
    return {name: plan for name, plan in found.items() if plan is not None}


def _plan(its_type: ItemType, spaces: Collection[str], nets: Collection[str]) -> Plan | None:
    part = _part(its_type)
    if part is None:
        return None
    addresses = tuple(_of(its_type, AttributeType.ADDRESS))
    prefix = next(_of(its_type, AttributeType.NETWORK), None)
    if part is Part.RANGE:
        addresses = addresses[:2] if len(addresses) > 1 else ()
    if not addresses and not (part is Part.GATEWAY and prefix):
        return None
    return Plan(
        part,
        addresses,
        prefix if part is Part.GATEWAY else None,
        _naming(its_type, spaces),
        _naming(its_type, nets) if part in (Part.REGISTERED, Part.RANGE) else None,
    )


_BY_ROLE = (
    (ItemRole.NETWORK, Part.GATEWAY),
    (ItemRole.ADDRESS_RANGE, Part.RANGE),
    (ItemRole.ADDRESS, Part.REGISTERED),
)


def _part(its_type: ItemType) -> Part | None:
    for role, part in _BY_ROLE:
        if role in its_type.roles:
            return part
    return Part.HOLDER if its_type.can(Capability.ADDRESSES) else None


def _of(its_type: ItemType, wanted: AttributeType) -> Iterator[str]:
    return (each.name for each in its_type.attributes if each.type is wanted)


def _naming(its_type: ItemType, types: Collection[str]) -> str | None:
    """The first reference that leads to items of these types alone."""
    return next((each.name for each in its_type.attributes if _leads(each, types)), None)


def _leads(attribute: ItemAttribute, types: Collection[str]) -> bool:
    reference = attribute.type is AttributeType.REFERENCE
    return reference and bool(attribute.to) and set(attribute.to) <= set(types)


def types_of(*parts: Part) -> list[str]:
    return sorted(name for name, plan in plans().items() if plan.part in parts)
