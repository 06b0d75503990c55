"""How far somebody may see or act: resolved here for every room, and applied by all in one way.

A grant names systems and organisations. What that leads to (an organisation stands for the systems
it uses) is known further up, and told here once when the platform starts; whoever asks gets one
frozen value, and every query takes it and makes its condition by the same function.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from wardround.kernel.errors import Forbidden
from wardround.kernel.types import Actor, Scope

SystemsUsed = Callable[[frozenset[UUID]], frozenset[UUID]]
"""Organisations → the systems they use."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Everything, or what serves these systems, and the organisations' own items."""

    everything: bool = False
    systems: frozenset[UUID] = frozenset()
    organisations: frozenset[UUID] = frozenset()

    @property
    def empty(self) -> bool:
        return not (self.everything or self.systems or self.organisations)

    def condition(self, *, item: str = "id", systems: str = "systems") -> Q:
        """The condition in SQL on rows that are about an item: nothing else is ever fetched.

        Args:
            item: the column that holds the item's id.
            systems: the column that holds the systems it serves, reached through `item` or kept
                with the row.

        """
        if self.everything:
            return Q()
        inside = Q(pk__in=[])
        if self.systems:
            inside |= Q(**{f"{systems}__overlap": sorted(self.systems)})
        if self.organisations:
            inside |= Q(**{f"{item}__in": sorted(self.organisations)})
        return inside

    def covers(self, item: UUID | None, systems: Iterable[UUID]) -> bool:
        """The same condition, on one thing that is known already."""
        return self.everything or item in self.organisations or not self.systems.isdisjoint(systems)

    def of(self, systems: Collection[UUID]) -> list[UUID]:
        """Those of a thing's systems that may be told of, in their order."""
        return [system for system in systems if self.everything or system in self.systems]


EVERYTHING = Reach(everything=True)
"""For what the platform itself does; never in answer to what somebody asks."""


def reach(actor: Actor, permission: str) -> Reach:
    """How far the actor holds the permission. Resolved once for each actor, who lives for one
    request; where no organisation is named it asks nobody.
    """
    scope = actor.scope_of(permission)
    if scope.everything:
        return EVERYTHING
    found: Reach | None = actor.kept.get(scope)
    if found is None:
        found = actor.kept[scope] = _resolved(scope)
    return found


def require(actor: Actor, permission: str, *, item: UUID | None, systems: Iterable[UUID]) -> None:
    """Raise `Forbidden` unless the permission reaches a thing that the actor sees already."""
    if not reach(actor, permission).covers(item, systems):
        raise Forbidden(permission=permission)


def _resolved(scope: Scope) -> Reach:
    used = _systems_used[0](scope.organisations) if _systems_used and scope.organisations else ()
    return Reach(systems=scope.systems.union(used), organisations=scope.organisations)


_systems_used: list[SystemsUsed] = []


def resolve_organisations_by(systems_used: SystemsUsed) -> None:
    """Say how to find the systems that organisations use; the room that knows does so once."""
    _systems_used[:] = [systems_used]
