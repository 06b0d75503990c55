"""Deleting, and the recycle bin, as the API shows and takes them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BeforeValidator, Field

from wardround.cmdb.bin_types import Became, BinFilters, Deletion, Merged, Restored
from wardround.cmdb.deleting import Wanted
from wardround.cmdb.merging import Wanted as Merging
from wardround.cmdb.wire import TypedRef, WhyIn
from wardround.kernel.audit_words import actor_name
from wardround.kernel.http import Page, TimedListFilters
from wardround.kernel.types import Named
from wardround.kernel.wire import Answer, Body, Label, OptionalLabel, Ref, Several
from wardround.schema.queries import named

MOST = 1_000
Items = Annotated[list[UUID], Field(min_length=1, max_length=MOST)]


class DeleteIn(WhyIn):
    items: Items
    trial: bool = False
    """Delete nothing, tell what would go."""

    def wanted(self) -> Wanted:
        return Wanted(tuple(self.items), trial=self.trial, why=self.why)


class EffectOut(Answer):
    thing: str
    label: Label
    count: int
    becomes: OptionalLabel = None
    names: list[str]
    """The first of them, where they have names."""


class DeletionOut(Answer):
    item: TypedRef
    effects: list[EffectOut]


class DeletedOut(Answer):
    trial: bool
    items: list[DeletionOut]

    @classmethod
    def of(cls, told: tuple[Deletion, ...], *, trial: bool) -> Self:
        return cls(trial=trial, items=[DeletionOut.model_validate(each) for each in told])


def _by(actor: Named) -> Ref:
    return Ref(id=actor.id, name=actor_name(actor))


class BinnedOut(Answer):
    id: UUID
    key: str
    name: str
    type: str
    type_label: Label
    importance: str | None
    deleted_at: datetime
    by: Annotated[Ref, BeforeValidator(_by)]
    reason: str
    ticket: str
    until: datetime
    """When it is removed for good, unless it was restored."""
    relations: int
    merged_into: TypedRef | None


class BinPageOut(Page[BinnedOut]):
    by_condition: bool
    """Whether the reader reaches items by a condition: of deleted items none is told by that."""


class BinQuery(TimedListFilters):
    type: list[Annotated[str, named("item-type")]] = Several
    by: UUID | None = None
    """Deleted by this account."""

    def wanted(self) -> BinFilters:
        return BinFilters(tuple(self.type), self.q, self.by)


class RestoreIn(WhyIn):
    items: Items
    trial: bool = False
    """Bring nothing back, tell what would come."""


class RestoredRow(Answer):
    id: UUID
    name: str
    became: Became
    relations: int
    left: list[str]
    """Why it did not come back, or what of it did not."""


class RestoredOut(Answer):
    trial: bool
    restored: int
    items: list[RestoredRow]

    @classmethod
    def of(cls, told: tuple[Restored, ...], *, trial: bool) -> Self:
        back = sum(each.became is Became.RESTORED for each in told)
        rows = [RestoredRow.model_validate(each) for each in told]
        return cls(trial=trial, restored=back, items=rows)


class MergeIn(WhyIn):
    stays: UUID
    gone: Annotated[list[UUID], Field(min_length=1, max_length=20)]
    take: Annotated[dict[str, UUID], Field(default_factory=dict, max_length=300)]
    """By field (`name`, `attributes.serial`) the item that gives its value; else it stays."""
    versions: Annotated[
        dict[UUID, Annotated[int, Field(ge=0)]], Field(default_factory=dict, max_length=21)
    ]
    """The versions that were read, by item."""
    trial: bool = False
    """Merge nothing, tell what would be carried over."""

    def wanted(self) -> Merging:
        gone = tuple(dict.fromkeys(self.gone))
        return Merging(self.stays, gone, self.take, self.versions, self.trial, self.why)


class MergedOut(Answer):
    trial: bool
    stays: UUID
    carried: list[EffectOut]
    left: list[str]
    """What could not be carried over."""

    @classmethod
    def of(cls, told: Merged, *, trial: bool) -> Self:
        carried = [EffectOut.model_validate(each) for each in told.carried]
        return cls(trial=trial, stays=told.stays, carried=carried, left=list(told.left))


class PurgeIn(Body):
    items: Items


class PurgedOut(Answer):
    removed: int
