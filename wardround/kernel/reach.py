"""How far somebody may see or act: resolved here for every room, and applied by all in one way.

A grant names systems and organisations, or gives an expression over items. What these lead to (an
organisation stands for the systems it uses) is known further up, and told here once when the
platform starts; whoever asks gets one frozen value, and every query takes it and makes its
condition by the same function.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Q

from wardround.kernel import clock
from wardround.kernel.among import Among, condition_of, ids_of
from wardround.kernel.errors import Forbidden
from wardround.kernel.types import EVERY_ROLE, Actor, Scope

SystemsUsed = Callable[[frozenset[UUID]], Mapping[UUID, frozenset[UUID]]]
"""Organisations → the systems that each of them uses."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Everything, or what serves these systems, the organisations' own items, and those of which
    one of the expressions is true.
    """

    everything: bool = False
    systems: frozenset[UUID] = frozenset()
    organisations: frozenset[UUID] = frozenset()
    among: frozenset[Among] = frozenset()
    held: tuple[Held, ...] = field(default=(), repr=False)
    """How far each single role reaches of it: what is shown to some roles only is seen so far."""

    def __or__(self, other: Reach) -> Reach:
        """Both, whatever role they are held by."""
        if self.everything or other.everything:
            return Reach(everything=True)
        return Reach(
            systems=self.systems | other.systems,
            organisations=self.organisations | other.organisations,
            among=self.among | other.among,
        )

    def as_any(self, roles: Collection[str]) -> Reach:
        """How far it is held by one of these roles, or by what counts as each."""
        own = (each.reach for each in self.held if each.role in (*roles, EVERY_ROLE))
        return reduce(or_, own, NOTHING)

    @property
    def empty(self) -> bool:
        return not (self.everything or self.systems or self.organisations or self.among)

    @property
    def expressions(self) -> frozenset[str]:
        """By which it reaches items, through whatever role."""
        return frozenset(each.expression for each in self.among)

    def condition(self, *, item: str = "id", systems: str = "systems") -> Q:
        """The condition in SQL on rows that are about an item: nothing else is ever fetched.

        Args:
            item: the column that holds the item's id; `id` where the rows are items themselves.
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
        if self.among:
            own = item == "id"
            inside |= condition_of(self.among) if own else Q(**{f"{item}__in": ids_of(self.among)})
        return inside

    def covers(self, item: UUID | None, systems: Iterable[UUID]) -> bool:
        """The same condition, on one thing that is known already. Where an expression says what is
        within reach, whoever asks of many tells `look_at` of them first.
        """
        if self.everything or item in self.organisations:
            return True
        if not self.systems.isdisjoint(systems):
            return True
        return item is not None and any(each.covers(item) for each in self.among)

    def of(self, systems: Collection[UUID]) -> list[UUID]:
        """Those of a thing's systems that may be told of, in their order."""
        return [each for each in systems if self.names(each)]

    def names(self, system: UUID) -> bool:
        """Whether a system may be told of: it is within reach itself."""
        return (
            self.everything
            or system in self.systems
            or any(each.covers(system) for each in self.among)
        )

    def named(self) -> Q:
        """The same, as a condition on items that are systems."""
        if self.everything:
            return Q()
        return Q(id__in=sorted(self.systems)) | (condition_of(self.among) if self.among else Q())

    def look_at(self, items: Iterable[UUID]) -> None:
        """Find out at once about items that will be asked for one by one, of this reach and of how
        far single roles hold it: a query for each expression, none where there is none.
        """
        several = self.among.union(*(each.reach.among for each in self.held))
        if several:
            wanted = frozenset(items)
            for each in several:
                each.look_at(wanted)


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


def renew(actor: Actor) -> None:
    """Forget how far the actor reaches: what was written may have moved it."""
    actor.kept.clear()


def _resolved(actor: Actor, permission: str) -> Reach:
    scopes = actor.scopes_by_role(permission)
    named = [each.organisations for each in scopes.values() if not each.everything]
    organisations = frozenset[UUID]().union(*named)
    used = _systems_used[0](organisations) if _systems_used and organisations else {}
    now = clock.now()
    by_role = {role: _reached(scope, role, used, now) for role, scope in sorted(scopes.items())}
    held = tuple(Held(role, reached) for role, reached in by_role.items() if role)
    return replace(reduce(or_, by_role.values(), NOTHING), held=held)


def _reached(scope: Scope, role: str, used: Mapping[UUID, frozenset[UUID]], now: datetime) -> Reach:
    if scope.everything:
        return Reach(everything=True)
    theirs = (used.get(organisation, frozenset()) for organisation in scope.organisations)
    return Reach(
        systems=scope.systems.union(*theirs),
        organisations=scope.organisations,
        among=frozenset(Among(expression, role, now) for expression in scope.where),
    )


_systems_used: list[SystemsUsed] = []


def resolve_organisations_by(systems_used: SystemsUsed) -> None:
    """Say how to find the systems that organisations use; the room that knows does so once."""
    _systems_used[:] = [systems_used]
