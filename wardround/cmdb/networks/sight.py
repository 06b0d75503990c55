"""Which networks and addresses a reader may know of: those of items within reach, as far as their
attributes are not kept from him.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from wardround.cmdb import models, restricted
from wardround.cmdb.networks.plans import plans
from wardround.cmdb.restricted import Sight
from wardround.kernel.reach import Reach

_ITEM = {"item": "item_id", "systems": "item__systems"}


def addresses(reach: Reach) -> QuerySet[models.Address]:
    rows = models.Address.objects.filter(reach.condition(**_ITEM))
    kept = {name for of in restricted.by_type().values() for name in of}
    sight = Sight(reach)
    for name in sorted(kept & {each for plan in plans().values() for each in plan.addresses}):
        rows = rows.filter(~Q(attribute=name) | _of_seen(sight, name))
    return rows


def networks(reach: Reach) -> QuerySet[models.Network]:
    rows = models.Network.objects.filter(reach.condition(**_ITEM))
    sight = Sight(reach)
    for name in sorted({plan.prefix for plan in plans().values() if plan.prefix}):
        types = [its_type for its_type, plan in plans().items() if plan.prefix == name]
        if sight.anywhere(name) is not None:
            rows = rows.filter(~Q(item__type__in=types) | _of_seen(sight, name))
    return rows


def _of_seen(sight: Sight, name: str) -> Q:
    seen = sight.anywhere(name)
    return Q() if seen is None else Q(item__in=models.Item.objects.filter(seen).values("id"))


@dataclass(frozen=True, slots=True)
class Nesting:
    """Networks that the reader may know of, and which of these stands in which."""

    parents: Mapping[UUID, UUID | None]

    def above(self, network: UUID) -> list[UUID]:
        """From the next to the largest."""
        found, current = list[UUID](), self.parents.get(network)
        while current is not None:
            found.append(current)
            current = self.parents[current]
        return found

    def children(self) -> Mapping[UUID, int]:
        counted: dict[UUID, int] = {}
        for parent in self.parents.values():
            if parent is not None:
                counted[parent] = counted.get(parent, 0) + 1
        return counted

    def below(self, network: UUID) -> Collection[UUID]:
        return [id_ for id_, parent in self.parents.items() if parent == network]

    def tops(self) -> Collection[UUID]:
        return [id_ for id_, parent in self.parents.items() if parent is None]


def nesting(reach: Reach) -> Nesting:
    """Two statements over all networks."""
    stored = dict(models.Network.objects.values_list("item_id", "parent"))
    seen = set(networks(reach).values_list("item_id", flat=True))
    found: dict[UUID, UUID | None] = {}
    for id_ in seen:
        parent = stored[id_]
        while parent is not None and parent not in seen:
            parent = stored[parent]
        found[id_] = parent
    return Nesting(found)
