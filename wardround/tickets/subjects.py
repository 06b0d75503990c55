"""What the CMDB says of the items that tickets are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from wardround.cmdb import queries as cmdb
from wardround.cmdb.types import Item, ItemRef, OutOfReach
from wardround.kernel.reach import EVERYTHING, Reach
from wardround.kernel.types import Named
from wardround.schema import queries as schema
from wardround.schema.types import AttributeType
from wardround.tickets import rules


@dataclass(frozen=True, slots=True)
class Subject:
    """An item with the people and systems behind it."""

    item: Named
    type: str
    importance: str | None
    """The highest class among itself and the systems that depend on it."""
    systems: tuple[Named, ...]
    owner: Named | None
    vendor: Named | None
    vendor_contacts: Mapping[str, str]

    def as_data(self) -> dict[str, Any]:
        """What the first line of a timeline keeps of it."""
        data: dict[str, Any] = {"item": _named(self.item)}
        if self.owner:
            data["owner"] = _named(self.owner)
        if self.vendor:
            data["vendor"] = {**_named(self.vendor), **self.vendor_contacts}
        return data


def _named(ref: Named) -> dict[str, str]:
    return {"id": str(ref.id), "name": ref.name}


def subjects_of(items: Iterable[UUID]) -> dict[UUID, Subject]:
    """The items with their systems, owners and vendors; four statements for any number.

    Read whole, to be kept with a ticket: who sees the ticket is decided by its systems.
    """
    found = cmdb.items(EVERYTHING, set(items))
    systems = {ref.id for item in found.values() for ref in item.systems}
    vendors = {ref.id for item in found.values() if (ref := _known(item.vendor))}
    behind = cmdb.items(EVERYTHING, systems | vendors) if systems or vendors else {}
    return {id_: _subject(item, behind) for id_, item in found.items()}


def _subject(item: Item, behind: Mapping[UUID, Item]) -> Subject:
    """An item without owner or vendor of its own has those of its most important system."""
    systems = [behind[ref.id] for ref in item.systems if ref.id in behind]
    answering = [item, *sorted(systems, key=lambda system: system.importance or "Z")]
    vendor = next((ref for holder in answering if (ref := _known(holder.vendor))), None)
    owner = next((ref for holder in answering if (ref := _known(holder.owner))), None)
    return Subject(
        item=Named(item.id, item.name),
        type=item.type,
        importance=rules.highest_class(holder.importance for holder in answering),
        systems=tuple(Named(ref.id, ref.name) for ref in item.systems),
        owner=_ref(owner),
        vendor=_ref(vendor),
        vendor_contacts=_contacts(behind.get(vendor.id)) if vendor else {},
    )


def _known(ref: ItemRef | OutOfReach | None) -> ItemRef | None:
    """Read whole, nobody is out of reach."""
    return ref if isinstance(ref, ItemRef) else None


def _ref(ref: ItemRef | None) -> Named | None:
    return Named(ref.id, ref.name) if ref else None


def _contacts(vendor: Item | None) -> dict[str, str]:
    """How to reach a vendor: its telephone numbers, addresses, and what its lists show. What some
    roles alone may see of it is not for everybody who sees a ticket.
    """
    known = schema.remembered_item_types().get(vendor.type) if vendor else None
    if vendor is None or known is None:
        return {}
    reaching = {AttributeType.PHONE, AttributeType.EMAIL}
    shown = {AttributeType.TEXT, AttributeType.URL}
    wanted = [
        attribute.name
        for attribute in known.attributes
        if not attribute.seen_by
        and (attribute.type in reaching or (attribute.list and attribute.type in shown))
    ]
    return {name: str(vendor.attributes[name]) for name in wanted if vendor.attributes.get(name)}


def names_of(reach: Reach, items: Iterable[UUID]) -> dict[UUID, str]:
    """What items are called now, as far as that may be told; one statement."""
    return {id_: ref.name for id_, ref in cmdb.named(reach, set(items)).items()}
