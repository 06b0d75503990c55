"""Which source's value stands: the higher rank wins, of equal ranks the latest. Pure.

A source that is not entitled to a field proposes its value, which is told and not written. What
nobody claims was written by people, and is theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from wardround.cmdb import preparation
from wardround.cmdb.drafts import Prepared, Stored
from wardround.cmdb.rules import FieldChange
from wardround.cmdb.settling import Settled
from wardround.cmdb.source_types import HAND, OWN_FIELDS, RELEASED, DataSource
from wardround.cmdb.types import UNSET
from wardround.schema.types import ItemType

Held = Mapping[str, str]
"""By field, the source of what stands there; what is not named is of people."""


@dataclass(slots=True)
class Authorities:
    """Who stands over whom, asked for many fields."""

    sources: Mapping[str, DataSource]
    types: Mapping[str, ItemType]
    _ranks: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def rank(self, source: str, type_name: str, name: str) -> int:
        """0 for what is released, and for a source that there is no more."""
        place = source, type_name, name
        if place not in self._ranks:
            known = self.sources.get(source) if source != RELEASED else None
            self._ranks[place] = known.rank_of(self.types.get(type_name), name) if known else 0
        return self._ranks[place]

    def entitled(self, source: str, holder: str, type_name: str, name: str) -> bool:
        """Whether what the source says replaces what the holder said."""
        mine, theirs = self.rank(source, type_name, name), self.rank(holder, type_name, name)
        return source == holder or mine >= theirs


@dataclass(frozen=True, slots=True)
class Revising:
    """Holds rows of one source against who holds the fields that they speak of."""

    source: str
    authorities: Authorities
    held: Mapping[UUID, Held]
    """By item."""

    def __call__(self, rows: Collection[Settled]) -> list[Settled]:
        return [self._revised(row) for row in rows]

    def _revised(self, row: Settled) -> Settled:
        made = row.prepared
        if made is None or row.row.item is None:
            return row
        said = [*said_fields(row)]
        if made.before is None:
            return replace(row, claims=tuple(name for name in said if _value(made.after, name)))
        held = self.held.get(made.before.id, {})
        proposed = tuple(
            change for change in made.changes if not self._may(made.before, change.field, held)
        )
        if proposed:
            made = self._without(made, {change.field for change in proposed})
        claims = tuple(self._claimed(made, said, held, {change.field for change in proposed}))
        return replace(row, prepared=made, proposed=proposed, claims=claims)

    def _may(self, before: Stored, name: str, held: Held) -> bool:
        if not _governed(name) or _value(before, name) in (None, ""):
            return True
        holder = held.get(name, HAND)
        return self.authorities.entitled(self.source, holder, before.type, name)

    def _without(self, made: Prepared, names: Collection[str]) -> Prepared:
        """With these fields as they were."""
        before = made.before or made.after
        columns = {name: getattr(before, name) for name in names if name in OWN_FIELDS}
        own = {name.removeprefix("attributes.") for name in names if name not in OWN_FIELDS}
        kept = {name: value for name, value in made.after.attributes.items() if name not in own}
        was = {name: before.attributes[name] for name in own if name in before.attributes}
        after = replace(made.after, **columns, attributes={**kept, **was})
        changes = preparation.history(before, after, self.authorities.types)
        return replace(made, after=after, changes=changes)

    def _claimed(
        self, made: Prepared, said: Collection[str], held: Held, proposed: Collection[str]
    ) -> Iterator[str]:
        """Fields that are the source's from now on, and were not."""
        changed = {change.field for change in made.changes}
        for name in said:
            holder = held.get(name, HAND)
            if name in proposed or _value(made.after, name) in (None, ""):
                continue
            if name in changed or (
                holder != self.source
                and self.authorities.entitled(self.source, holder, made.after.type, name)
            ):
                yield name


def said_fields(row: Settled) -> Iterator[str]:
    """The fields of its item that a row says something of."""
    item = row.row.item
    if item is None:
        return
    yield from (name for name in OWN_FIELDS if getattr(item.content, name) is not UNSET)
    yield from (f"attributes.{name}" for name in item.content.attributes)


def _governed(name: str) -> bool:
    return name in OWN_FIELDS or name.startswith("attributes.")


def _value(item: Stored, name: str) -> Any:
    if name in OWN_FIELDS:
        return getattr(item, name)
    return item.attributes.get(name.removeprefix("attributes."))


def as_proposed(change: FieldChange) -> dict[str, Any]:
    """A proposal as it is kept with its row."""
    return {"field": change.field, "old": change.old, "new": change.new}
