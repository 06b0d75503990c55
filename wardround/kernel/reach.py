"""How far somebody may see or act: resolved here for every room, and applied by all in one way.

A grant names systems and organisations. What that leads to (an organisation stands for the systems
it uses) is known further up, and told here once when the platform starts; whoever asks gets one
frozen value, and every query takes it and makes its condition by the same function.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Q

from wardround.kernel.errors import Forbidden
from wardround.kernel.types import EVERY_ROLE, Actor, Scope

SystemsUsed = Callable[[frozenset[UUID]], Mapping[UUID, frozenset[UUID]]]
"""Organisations → the systems that each of them uses."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Everything, or what serves these systems, and the organisations' own items."""

    everything: bool = False
    systems: frozenset[UUID] = frozenset()
    organisations: frozenset[UUID] = frozenset()
    held: tuple[Held, ...] = field(default=(), repr=False)
    """How far each single role reaches of it: what is shown to some roles only is seen so far."""

    def __or__(self, other: Reach) -> Reach:
        """Both, whatever role they are held by."""
        if self.everything or other.everything:
            return Reach(everything=True)
        return Reach(
            systems=self.systems | other.systems,
            organisations=self.organisations | other.organisations,
        )

    def as_any(self, roles: Collection[str]) -> Reach:
        """How far it is held by one of these roles, or by what counts as each."""
        own = (each.reach for each in self.held if each.role in (*roles, EVERY_ROLE))
        return reduce(or_, own, NOTHING)

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


@dataclass(frozen=True, slots=True)
class Held:
    """A role, and how far somebody reaches by it."""

    role: str
    reach: Reach


NOTHING = Reach()
EVERYTHING = Reach(everything=True, held=(Held(EVERY_ROLE, Reach(everything=True)),))
"""For what the platform itself does; never in answer to what somebody asks."""


def reach(actor: Actor, permission: str) -> Reach:
    """How far the actor holds the permission. Resolved once for each actor, who lives for one
    request; where no organisation is named it asks nobody.
    """
    found: Reach | None = actor.kept.get(permission)
    if found is None:
        found = actor.kept[permission] = _resolved(actor, permission)
    return found


def require(actor: Actor, permission: str, *, item: UUID | None, systems: Iterable[UUID]) -> None:
    """Raise `Forbidden` unless the permission reaches a thing that the actor sees already."""
    if not reach(actor, permission).covers(item, systems):
        raise Forbidden(permission=permission)


def _resolved(actor: Actor, permission: str) -> Reach:
    whole, by_role = actor.scope_of(permission), actor.scopes_by_role(permission)
    scopes = [whole, *by_role.values()]
    named = [each.organisations for each in scopes if not each.everything]
    organisations = frozenset[UUID]().union(*named)
    used = _systems_used[0](organisations) if _systems_used and organisations else {}
    held = (Held(role, _reached(scope, used)) for role, scope in sorted(by_role.items()))
    return replace(_reached(whole, used), held=tuple(held))


def _reached(scope: Scope, used: Mapping[UUID, frozenset[UUID]]) -> Reach:
    if scope.everything:
        return Reach(everything=True)
    theirs = (used.get(organisation, frozenset()) for organisation in scope.organisations)
    return Reach(systems=scope.systems.union(*theirs), organisations=scope.organisations)


_systems_used: list[SystemsUsed] = []


def resolve_organisations_by(systems_used: SystemsUsed) -> None:
    """Say how to find the systems that organisations use; the room that knows does so once."""
    _systems_used[:] = [systems_used]
