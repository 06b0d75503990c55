"""Who can see an item, and why: through which role, and what that role is given over."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from wardround.access import queries as access
from wardround.access.permissions import READ as READ_ACCESS
from wardround.access.types import Holding, Way
from wardround.cmdb import granted, models, systems
from wardround.cmdb.errors import UnknownItem
from wardround.cmdb.items import OUT_OF_REACH, ItemRef, OutOfReach
from wardround.cmdb.permissions import READ, WRITE
from wardround.cmdb.reading import named
from wardround.cmdb.restricted import by_type
from wardround.kernel.reach import reach
from wardround.kernel.types import EVERY_ROLE, Actor
from wardround.schema import queries as schema
from wardround.schema.declarations import told_as
from wardround.schema.types import ItemAttribute


@told_as(
    {
        "everything": ("全部", "Everything"),
        "system": ("业务系统", "Business system"),
        "organisation": ("机构", "Organisation"),
        "expression": ("符合条件的配置项", "Items by a condition"),
    }
)
class Through(StrEnum):
    """What a role is given over that an item lies in."""

    EVERYTHING = "everything"
    SYSTEM = "system"
    ORGANISATION = "organisation"
    EXPRESSION = "expression"


@dataclass(frozen=True, slots=True)
class Reason:
    """A role that shows the item, and what of its scope the item lies in."""

    role: str
    label: str
    through: Through
    what: ItemRef | OutOfReach | None
    """The system that it serves, or the organisation; nothing where it is neither."""
    expression: str = ""
    """The condition that is true of it, where the role is given by one."""


@dataclass(frozen=True, slots=True)
class Seer:
    """Somebody who sees the item, or a program with a token of theirs."""

    account: UUID
    name: str
    user_name: str
    token: str
    reasons: tuple[Reason, ...]
    sees: tuple[ItemAttribute, ...]
    """Of the attributes that some roles alone see, those that are seen of this item."""
    misses: tuple[ItemAttribute, ...]
    changes: bool
    """Whether they may change it, too."""


def attribute_names() -> frozenset[str]:
    """Every name of an attribute that a type has."""
    types = schema.remembered_item_types().values()
    return frozenset(each.name for its_type in types for each in its_type.attributes)


def seen_by(actor: Actor, item_id: UUID, *, at: datetime) -> tuple[Seer, ...]:
    """Everybody within the actor's reach who sees the item, by user name. Raises UnknownItem.

    A fixed number of statements for any number of accounts.
    """
    row = models.Item.objects.filter(reach(actor, READ).condition(), id=item_id).first()
    if row is None:
        raise UnknownItem(field="item")
    within = reach(actor, READ_ACCESS)
    readers = access.holding(within, READ, at=at)
    writers = access.holding(within, WRITE, at=at)
    looking = _Looking.of(actor, row, (*readers, *writers), at)
    changing = {(each.account.id, each.token) for each in writers if any(looking.reasons(each))}
    return tuple(seer for each in readers if (seer := looking.seer(each, changing)) is not None)


@dataclass(frozen=True, slots=True)
class _Looking:
    """The item, and what is told of what it lies in."""

    item: UUID
    systems: frozenset[UUID]
    used: Mapping[UUID, frozenset[UUID]]
    names: Mapping[UUID, ItemRef]
    restricted: tuple[ItemAttribute, ...]
    true: frozenset[granted.Given]
    """Of the expressions, those that are true of it."""

    @classmethod
    def of(
        cls, actor: Actor, row: models.Item, holders: Collection[Holding], at: datetime
    ) -> _Looking:
        ways = {way for holder in holders for way in holder.ways}
        given = {(said, way.counts_as) for way in ways for said in way.scope.where}
        scopes = [way.scope for way in ways]
        organisations = frozenset[UUID]().union(*(each.organisations for each in scopes))
        used = systems.used_by(organisations) if organisations else {}
        its_type = schema.remembered_item_types().get(row.type)
        kept = by_type().get(row.type, {})
        return cls(
            item=row.id,
            systems=frozenset(row.systems),
            used=used,
            names=named(reach(actor, READ), {*row.systems, *organisations}),
            restricted=tuple(
                each for each in (its_type.attributes if its_type else ()) if each.name in kept
            ),
            true=granted.true_of(row.id, given, at),
        )

    def seer(self, holder: Holding, changing: Collection[tuple[UUID, str]]) -> Seer | None:
        reasons = tuple(self.reasons(holder))
        if not reasons:
            return None
        counting = {way.counts_as for way in holder.ways if any(self.of_way(way))}
        sees = tuple(
            each
            for each in self.restricted
            if EVERY_ROLE in counting or not counting.isdisjoint(each.seen_by)
        )
        return Seer(
            account=holder.account.id,
            name=holder.account.name,
            user_name=holder.account.user_name,
            token=holder.token,
            reasons=reasons,
            sees=sees,
            misses=tuple(each for each in self.restricted if each not in sees),
            changes=(holder.account.id, holder.token) in changing,
        )

    def reasons(self, holder: Holding) -> Iterator[Reason]:
        for way in holder.ways:
            yield from self.of_way(way)

    def of_way(self, way: Way) -> Iterator[Reason]:
        label = way.label.text()
        if way.scope.everything:
            yield Reason(way.role, label, Through.EVERYTHING, None)
            return
        for system in sorted(way.scope.systems & self.systems):
            yield Reason(way.role, label, Through.SYSTEM, self.name(system))
        for organisation in sorted(way.scope.organisations):
            its = self.used.get(organisation, frozenset())
            if organisation == self.item or not self.systems.isdisjoint(its):
                yield Reason(way.role, label, Through.ORGANISATION, self.name(organisation))
        for said in sorted(way.scope.where):
            if (said, way.counts_as) in self.true:
                yield Reason(way.role, label, Through.EXPRESSION, None, said)

    def name(self, id_: UUID) -> ItemRef | OutOfReach:
        return self.names.get(id_, OUT_OF_REACH)
