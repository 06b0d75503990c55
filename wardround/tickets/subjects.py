"""What the CMDB says of the items that tickets are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from wardround.cmdb import queries as cmdb
from wardround.cmdb.types import Item, ItemRef
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
    systems = {ref.id for one in found.values() for ref in one.systems}
    vendors = {one.vendor.id for one in found.values() if one.vendor}
    behind = cmdb.items(EVERYTHING, systems | vendors) if systems or vendors else {}
    return {id_: _subject(one, behind) for id_, one in found.items()}


def _subject(one: Item, behind: Mapping[UUID, Item]) -> Subject:
    """An item without owner or vendor of its own has those of its most important system."""
    systems = [behind[ref.id] for ref in one.systems if ref.id in behind]
    answering = [one, *sorted(systems, key=lambda each: each.importance or "Z")]
    vendor = next((each.vendor for each in answering if each.vendor), None)
    return Subject(
        item=Named(one.id, one.name),
        type=one.type,
        importance=rules.highest_class(each.importance for each in answering),
        systems=tuple(Named(ref.id, ref.name) for ref in one.systems),
        owner=_ref(next((each.owner for each in answering if each.owner), None)),
        vendor=_ref(vendor),
        vendor_contacts=_contacts(behind.get(vendor.id)) if vendor else {},
    )


def _ref(ref: ItemRef | None) -> Named | None:
    return Named(ref.id, ref.name) if ref else None


def _contacts(vendor: Item | None) -> dict[str, str]:
    """How to reach a vendor: its telephone numbers, addresses, and what its lists show."""
    known = schema.remembered_item_types().get(vendor.type) if vendor else None
    if vendor is None or known is None:
        return {}
    reaching = {AttributeType.PHONE, AttributeType.EMAIL}
    shown = {AttributeType.TEXT, AttributeType.URL}
    wanted = [
        one.name
        for one in known.attributes
        if one.type in reaching or (one.list and one.type in shown)
    ]
    return {name: str(vendor.attributes[name]) for name in wanted if vendor.attributes.get(name)}


def names_of(reach: Reach, items: Iterable[UUID]) -> dict[UUID, str]:
    """What items are called now, as far as that may be told; one statement."""
    return {id_: ref.name for id_, ref in cmdb.named(reach, set(items)).items()}
