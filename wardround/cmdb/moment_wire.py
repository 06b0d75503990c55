"""Items and service models at two moments, and changes taken back, over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BeforeValidator, Field

from wardround.cmdb.taking_back import Step, Took, Wanted
from wardround.cmdb.wire import TypedRef, WhyIn, shown_value
from wardround.kernel.wire import Answer, Body, Label

USUAL_BACK = timedelta(days=7)
_EARLIEST = datetime.min.replace(tzinfo=UTC)


class MomentsQuery(Body):
    """Two moments; without them, a week ago and now."""

    from_: Annotated[AwareDatetime | None, Field(alias="from")] = None
    to: AwareDatetime | None = None

    def moments(self, now: datetime) -> tuple[datetime, datetime]:
        until = self.to or now
        return self.from_ or max(until, _EARLIEST + USUAL_BACK) - USUAL_BACK, until


class PresenceOut(Answer):
    there: bool
    in_use: bool


_Value = Annotated[Any, BeforeValidator(shown_value)]


class FieldDiffersOut(Answer):
    field: str
    old: _Value
    new: _Value
    """What is named comes as {id, name}, a secret as a mask."""
    restricted: bool
    """The reader may not see this attribute: neither value is told."""


class LinkDiffersOut(Answer):
    kind: str
    kind_label: Label
    outward: bool | None
    """Whether it leads from the item; null where that was not kept then."""
    other: TypedRef
    old: dict[str, Any] | None
    new: dict[str, Any] | None
    """What was said of the relation; null: it was not there."""


class _ComparedOut(Answer):
    since: Annotated[datetime, Field(serialization_alias="from")]
    until: Annotated[datetime, Field(serialization_alias="to")]
    known_since: datetime | None
    """The history does not reach farther back; null where it reaches as far as was asked."""


class ItemComparedOut(_ComparedOut):
    was: PresenceOut
    becomes: PresenceOut
    fields: list[FieldDiffersOut]
    relations: list[LinkDiffersOut]


class ModelWayOut(Answer):
    kind: str
    source: TypedRef
    target: TypedRef


class ChangedPartOut(Answer):
    item: TypedRef
    changes: int


class SystemComparedOut(_ComparedOut):
    before: int
    after: int
    joined: list[TypedRef]
    left: list[TypedRef]
    came: list[ModelWayOut]
    went: list[ModelWayOut]
    changed: list[ChangedPartOut]


class TakeBackIn(WhyIn):
    changes: Annotated[list[int], Field(min_length=1, max_length=500)]
    """Of this item, by their ids."""
    act: bool = False
    """With all that the same person changed at the same moment, of other items too."""
    over_later: bool = False
    """Even where the same was changed again since."""
    trial: bool = False
    """Store nothing, tell what would be."""

    def wanted(self) -> Wanted:
        return Wanted(tuple(self.changes), self.act, self.over_later, self.trial, self.why)


class TakenStepOut(Answer):
    change: int
    item: UUID
    name: str
    field: str
    took: Took
    why: str


class TakenBackOut(Answer):
    trial: bool
    back: int
    steps: list[TakenStepOut]

    @classmethod
    def of(cls, steps: tuple[Step, ...], *, trial: bool) -> TakenBackOut:
        back = sum(step.took is Took.BACK for step in steps)
        rows = [TakenStepOut.model_validate(step) for step in steps]
        return cls(trial=trial, back=back, steps=rows)
