"""Which items an actor may see, as a condition in SQL: nothing is fetched that may not be shown.

An item lies in the scope of the systems that depend on it (a system depends on itself). An
organisation stands for the systems it uses, and for its own item.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from wardround.cmdb import models, rules
from wardround.kernel.types import Actor, Scope
from wardround.schema import queries as schema


@dataclass(frozen=True, slots=True)
class Reach:
    """How far an actor sees. `systems` is None where it sees everything."""

    systems: frozenset[UUID] | None
    organisations: frozenset[UUID] = frozenset()

    @property
    def items(self) -> Q:
        """The condition on items."""
        return self.condition("")

    def condition(self, prefix: str) -> Q:
        """The condition on items that stand behind a foreign key, such as `source__`."""
        if self.systems is None:
            return Q()
        own = Q(**{f"{prefix}id__in": self.organisations})
        return own | Q(**{f"{prefix}systems__overlap": sorted(self.systems)})

    def of(self, systems: list[UUID]) -> list[UUID]:
        """Those of an item's systems that the actor may know of."""
        return systems if self.systems is None else [one for one in systems if one in self.systems]


def reach(actor: Actor, permission: str) -> Reach:
    """How far `permission` reaches; one query more where a scope names organisations."""
    scope = actor.scope_of(permission)
    if scope.everything:
        return Reach(None)
    return Reach(scope.systems | _systems_used_by(scope), scope.organisations)


def _systems_used_by(scope: Scope) -> frozenset[UUID]:
    if not scope.organisations:
        return frozenset()
    rows = models.Item.objects.filter(
        type__in=rules.system_types(schema.item_types()),
        attributes__department__in=[str(one) for one in scope.organisations],
    )
    return frozenset(rows.values_list("id", flat=True))
