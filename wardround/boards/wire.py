"""Boards as the API shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AliasPath, Field

from wardround.alerts.types import Severity
from wardround.boards.searching import Answered
from wardround.cmdb.types import Condition, Importance, ItemFilters
from wardround.cmdb.wire import PartsOut
from wardround.impact.wire import ServiceOut
from wardround.kernel.finding import Hit, Match
from wardround.kernel.http import ShortFilters
from wardround.kernel.wire import Answer, Body, Label, OptionalLabel, Ref, Several
from wardround.schema.lifecycle import StateCategory
from wardround.schema.queries import named
from wardround.tickets.types import TicketFilter
from wardround.tickets.wire import TicketRow
from wardround.worktime.types import Colour

# What is asked -----------------------------------------------------------------------------------


class BoardFilters(Body):
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: str | None = None
    system: list[UUID] = Several


class InformationFilters(BoardFilters):
    type: list[Annotated[str, named("ticket-type")]] = Several
    category: list[StateCategory] = Several
    colour: list[Colour] = Several
    assignee: list[UUID] = Several
    item: list[UUID] = Several
    storm: list[UUID] = Several

    def wanted(self) -> TicketFilter:
        return TicketFilter(
            types=tuple(self.type),
            categories=tuple(self.category),
            colours=tuple(self.colour),
            assignees=tuple(self.assignee),
            items=tuple(self.item),
            systems=tuple(self.system),
            storms=tuple(self.storm),
        )


class StatusFilters(BoardFilters):
    type: list[Annotated[str, named("item-type")]] = Several
    layer: list[Annotated[str, named("layer")]] = Several
    condition: list[Condition] = Several

    def wanted(self) -> ItemFilters:
        return ItemFilters(
            types=tuple(self.type),
            layers=tuple(self.layer),
            conditions=tuple(self.condition),
            systems=tuple(self.system),
        )


class SystemsFilters(ShortFilters):
    importance: list[Importance] = Several
    condition: list[Condition] = Several


# What is shown -----------------------------------------------------------------------------------


class StormOut(Answer):
    """Open tickets that alerts opened about the same systems at one moment."""

    id: UUID
    tickets: list[UUID]
    first_at: datetime
    last_at: datetime


class InformationOut(Answer):
    items: list[TicketRow] = Field(validation_alias="tickets")
    next: str | None
    counts: dict[Colour, int]
    storms: list[StormOut]
    """Which tickets belong together, on later pages and outside the filter too."""
    untaken_alerts: int
    """Open alerts that no row of `alert-ticket` takes, so that they have no ticket."""
    update_losses: int
    """How often updates of the product's packs took something from what lives here in the last 30
    days, for readers who see all of it; the audit's `pack.lose` says what."""
    as_of: datetime


class NodeItemOut(Ref):
    type: str
    layer: str


class NodeAlertOut(Answer):
    id: UUID
    severity: Severity
    summary: Label
    started_at: datetime


class NodeTicketOut(Answer):
    id: UUID
    number: str
    state_label: Label
    colour: Colour
    assignee: Ref | None
    alerts: list[UUID]
    """Those of the open alerts it has taken in."""


class NodeOut(Answer):
    item: NodeItemOut
    condition: Condition = Field(validation_alias=AliasPath("item", "condition"))
    since: datetime | None = Field(validation_alias=AliasPath("item", "condition_since"))
    alerts: list[NodeAlertOut]
    tickets: list[NodeTicketOut]
    systems: list[Ref] = Field(validation_alias=AliasPath("item", "systems"))


class StatusOut(Answer):
    items: list[NodeOut] = Field(validation_alias="nodes")
    next: str | None
    counts: dict[Condition, int]
    as_of: datetime


class SystemOut(Answer):
    id: UUID = Field(validation_alias=AliasPath("item", "id"))
    name: str = Field(validation_alias=AliasPath("item", "name"))
    importance: Importance | None = Field(validation_alias=AliasPath("item", "importance"))
    condition: Condition = Field(validation_alias=AliasPath("item", "condition"))
    since: datetime | None = Field(validation_alias=AliasPath("item", "condition_since"))
    open_alerts: int
    open_tickets: int
    worst_colour: Colour
    now: ServiceOut
    parts: PartsOut = Field(validation_alias=AliasPath("item", "parts"))


class SystemsOut(Answer):
    items: list[SystemOut]
    next: str | None = None
    as_of: datetime


# One search --------------------------------------------------------------------------------------


class SearchAsked(Body):
    q: Annotated[str, Field(max_length=200)] = ""
    scope: Literal["items", "people", "tickets", "documents", "definitions"] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 8
    """Hits of a group."""


_Matched = Literal["exact", "prefix", "part", "sound", "alike"]
_CALLED: Mapping[Match, _Matched] = {
    Match.EXACT: "exact",
    Match.PREFIX: "prefix",
    Match.PART: "part",
    Match.SOUND: "sound",
    Match.ALIKE: "alike",
}


class HitOut(Answer):
    id: str
    name: str
    note: Label
    match: _Matched
    by: str
    by_label: OptionalLabel
    mark: str

    @classmethod
    def of(cls, hit: Hit) -> HitOut:
        return cls(
            id=hit.id,
            name=hit.name,
            note=hit.note.text(),
            match=_CALLED[hit.match],
            by=hit.by,
            by_label=hit.by_label.text() if hit.by_label else None,
            mark=hit.mark,
        )


class FoundOut(Answer):
    name: str
    scope: str
    label: Label
    items: list[HitOut]
    total: int
    more: bool
    """There are more than `total`."""


class SearchOut(Answer):
    q: str
    scope: str
    scopes: list[str]
    groups: list[FoundOut]

    @classmethod
    def of(cls, answered: Answered) -> SearchOut:
        groups = [
            FoundOut(
                name=group.searched.name,
                scope=group.searched.scope,
                label=group.searched.label.text(),
                items=[HitOut.of(hit) for hit in group.found.hits],
                total=group.found.total,
                more=group.found.more,
            )
            for group in answered.groups
        ]
        return cls(q=answered.q, scope=answered.scope, scopes=list(answered.scopes), groups=groups)
