"""Who acts, and how far what they may do reaches."""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID, uuid5

from wardround.kernel.errors import Forbidden

_SYSTEM_NAMESPACE = UUID("5b0a2f0e-7a4e-4b7e-9f6c-1f7d1a6f0c11")


@dataclass(frozen=True)
class Scope:
    """Where a permission holds: everywhere, or for the named systems and organisations and for the
    items of which one of the expressions is true.
    """

    everything: bool = False
    systems: frozenset[UUID] = frozenset()
    organisations: frozenset[UUID] = frozenset()
    where: frozenset[str] = frozenset()
    """Expressions over items, in the language that filters their list."""

    def __or__(self, other: Scope) -> Scope:
        return Scope(
            everything=self.everything or other.everything,
            systems=self.systems | other.systems,
            organisations=self.organisations | other.organisations,
            where=self.where | other.where,
        )

    def covers(
        self,
        *,
        systems: Collection[UUID] = (),
        organisations: Collection[UUID] = (),
    ) -> bool:
        """Whether a subject that belongs to these systems and organisations lies inside."""
        return (
            self.everything
            or not self.systems.isdisjoint(systems)
            or not self.organisations.isdisjoint(organisations)
        )

    @property
    def empty(self) -> bool:
        return not (self.everything or self.systems or self.organisations or self.where)


EVERYWHERE = Scope(everything=True)
NOWHERE = Scope()


EVERY_ROLE = "*"
"""What counts as each role there is: the administrator's, and the platform itself."""


@dataclass(frozen=True)
class Grant:
    """Some permissions, all within one scope. `*` stands for every permission."""

    permissions: frozenset[str]
    scope: Scope
    role: str = ""
    """The role that gives them: what is shown to some roles only is seen through these."""

    def gives(self, permission: str) -> bool:
        return permission in self.permissions or "*" in self.permissions


class ActorKind(enum.StrEnum):
    PERSON = "person"
    TOKEN = "token"  # noqa: S105  # a kind of actor, not a secret
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """Who does something: a person, a program with a token, or a part of the platform."""

    id: UUID
    name: str
    kind: ActorKind
    grants: tuple[Grant, ...] = field(default=(), repr=False)
    language: str = ""
    """What an account's owner chose to read; none: as the request asks, else as the hospital."""

    @cached_property
    def kept(self) -> dict[str, Any]:
        """How far each permission reaches (`kernel.reach`): found once while this actor lives."""
        return {}

    def holds(self, permission: str) -> bool:
        """Whether the permission is held anywhere at all."""
        return not self.scope_of(permission).empty

    def scope_of(self, permission: str) -> Scope:
        """Union of the scopes in which the permission is held; `NOWHERE` when it is not."""
        scope = NOWHERE
        for grant in self.grants:
            if grant.gives(permission):
                scope = scope | grant.scope
        return scope

    def scopes_by_role(self, permission: str) -> dict[str, Scope]:
        """Where each of the actor's roles gives the permission; what no role gives, by none."""
        found: dict[str, Scope] = {}
        for grant in self.grants:
            if grant.gives(permission):
                found[grant.role] = found.get(grant.role, NOWHERE) | grant.scope
        return found

    def require(
        self,
        permission: str,
        *,
        systems: Collection[UUID] | None = None,
        organisations: Collection[UUID] | None = None,
    ) -> None:
        """Raise `Forbidden` unless the permission reaches the subject.

        With neither collection given, holding the permission anywhere is enough.
        """
        scope = self.scope_of(permission)
        if systems is None and organisations is None:
            allowed = not scope.empty
        else:
            allowed = scope.covers(systems=systems or (), organisations=organisations or ())
        if not allowed:
            raise Forbidden(permission=permission)


def system_actor(name: str) -> Actor:
    """A part of the platform itself; it may do everything and is named in the audit chain."""
    return Actor(
        id=uuid5(_SYSTEM_NAMESPACE, name),
        name=name,
        kind=ActorKind.SYSTEM,
        grants=(Grant(permissions=frozenset({"*"}), scope=EVERYWHERE, role=EVERY_ROLE),),
    )


@dataclass(frozen=True, slots=True)
class TimeRange:
    """From `since` on and before `until`; either side may be open."""

    since: datetime | None = None
    until: datetime | None = None


ALWAYS = TimeRange()


@dataclass(frozen=True, slots=True)
class Named:
    """Something of another room as it is shown: its id, and its name as the reader may see it."""

    id: UUID
    name: str
