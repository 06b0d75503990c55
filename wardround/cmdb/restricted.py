"""Attributes that some roles alone see: which of an item are kept from its reader.

Grants add up, but on one item those alone count that reach that very item: whoever is an engineer
of one system and a reader of all sees what engineers see in the items of that system only. What is
kept from a reader is to him as if it were not there, in conditions, order and words of a search;
where he sees the item he is told that there is something he may not see.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.db.models import Q

from wardround.cmdb.drafts import ItemDraft
from wardround.kernel.reach import EVERYTHING, Reach
from wardround.schema import queries as schema
from wardround.schema.kinds import parts
from wardround.schema.types import ItemAttribute, ItemType

_Roles = tuple[str, ...]


def by_type() -> Mapping[str, Mapping[str, _Roles]]:
    """By type, its attributes that not everybody sees, each with the roles that do."""
    return schema.derived("cmdb.restricted", _by_type)


def _by_type() -> Mapping[str, Mapping[str, _Roles]]:
    found = {
        name: {each.name: each.seen_by for each in its_type.attributes if each.seen_by}
        for name, its_type in schema.remembered_item_types().items()
    }
    return {name: of for name, of in found.items() if of}


def once() -> frozenset[str]:
    """Names of attributes that a type of today or of former times keeps to some roles, and those
    by which they went before.
    """
    return schema.derived("cmdb.once-restricted", _once)


def _once() -> frozenset[str]:
    kept, former = set[str](), defaultdict[str, set[str]](set)
    for word in ("seen_by", "renamed_from"):
        for body in schema.every_body("item-type", mentioning=f'"{word}"'):
            for _place, each in parts(body, "attributes"):
                name = str(each.get("name"))
                if each.get("seen_by"):
                    kept.add(name)
                if each.get("renamed_from"):
                    former[name].add(str(each["renamed_from"]))
    waiting = [*kept]
    while waiting:
        earlier = former.get(waiting.pop(), set()) - kept
        kept |= earlier
        waiting += earlier
    return frozenset(kept)


@dataclass(frozen=True, slots=True)
class Sight:
    """What a reader sees of attributes; asked for many items at once."""

    reach: Reach
    _by_roles: dict[_Roles, Reach] = field(default_factory=dict)
    _by_type: dict[str, Mapping[str, _Roles]] = field(default_factory=dict)

    def as_any(self, roles: _Roles) -> Reach:
        """How far the reader sees what these roles see."""
        if roles not in self._by_roles:
            self._by_roles[roles] = self.reach.as_any(roles)
        return self._by_roles[roles]

    def hidden(self, type_name: str, item: UUID, systems: Collection[UUID]) -> frozenset[str]:
        """Attributes of this item that are kept from the reader."""
        if type_name not in self._by_type:
            self._by_type[type_name] = by_type().get(type_name, {})
        own = self._by_type[type_name]
        return frozenset(
            name for name, roles in own.items() if not self.as_any(roles).covers(item, systems)
        )

    def hides_past(
        self, its_type: ItemType | None, name: str, item: UUID, systems: Collection[UUID]
    ) -> bool:
        """Whether what an attribute held is kept from the reader, whatever has become of it: of one
        that the item's type has no more, what was kept to some roles is seen by those alone who
        see everything of that kind.
        """
        declared = its_type and (its_type.attribute(name) or _called_before(its_type, name))
        if declared:
            roles: _Roles | None = declared.seen_by or None
        else:
            roles = () if name in once() else None
        return roles is not None and not self.as_any(roles).covers(item, systems)

    def divided(self, name: str, types: Iterable[str]) -> Iterator[tuple[list[str], Reach]]:
        """These types, by how far their attribute of this name is seen."""
        apart: dict[_Roles, list[str]] = {}
        for type_name in types:
            apart.setdefault(by_type().get(type_name, {}).get(name, ()), []).append(type_name)
        for roles, names in apart.items():
            yield names, self.as_any(roles) if roles else EVERYTHING

    def among(self, name: str, types: Iterable[str]) -> Q:
        """The condition on items of these types whose attribute of this name is seen."""
        found = Q(pk__in=())
        for names, seen in self.divided(name, types):
            found |= Q(type__in=names) & seen.condition()
        return found

    def anywhere(self, name: str) -> Q | None:
        """The same for every type that has it; nothing where everybody sees it."""
        if not any(name in of for of in by_type().values()):
            return None
        types = schema.remembered_item_types()
        return self.among(name, [of for of, known in types.items() if known.attribute(name)])

    @property
    def whole(self) -> bool:
        """Whether nothing at all is kept from the reader."""
        if self.as_any(()).everything:
            return True
        every = {roles for of in by_type().values() for roles in of.values()}
        if once():
            every.add(())
        return all(self.as_any(roles).everything for roles in every)


def withholding(sight: Sight, draft: ItemDraft) -> ItemDraft:
    """The draft with what is kept from whoever says it, as the item is and as it is to be."""
    before = draft.before
    hidden = sight.hidden(draft.type, draft.id, before.systems if before else ())
    if before is not None and draft.retyped:
        hidden |= sight.hidden(before.type, before.id, before.systems)
        was = schema.remembered_item_types().get(before.type)
        hidden |= {
            name  # of former times, which another type could bring back
            for name in before.attributes
            if not (was and was.attribute(name))
            and sight.hides_past(was, name, before.id, before.systems)
        }
    return replace(draft, hidden=hidden) if hidden else draft


def _called_before(its_type: ItemType, name: str) -> ItemAttribute | None:
    return next((each for each in its_type.attributes if each.renamed_from == name), None)
