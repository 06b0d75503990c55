"""Tickets as the API shows them, and what it takes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field

from wardround.kernel.audit_words import actor_name
from wardround.kernel.http import ShortFilters, TimedListFilters, TimeFilter
from wardround.kernel.suggestions import Named
from wardround.kernel.types import Actor
from wardround.kernel.wire import Answer, Body, Label, OptionalLabel, ReachedRef, Ref, Several
from wardround.schema.lifecycle import FieldAccess
from wardround.schema.queries import named
from wardround.tickets import timeline, types
from wardround.tickets.alert_checks import TICKET_TYPE
from wardround.tickets.alert_tickets import Decided
from wardround.tickets.catalogue import known_states
from wardround.worktime import types as worktime

Colour = Literal["black", "red", "yellow", "green", "grey", "none"]
Category = Literal["new", "working", "waiting", "resolved", "closed"]


def _seconds(length: object) -> object:
    return length.total_seconds() if isinstance(length, timedelta) else length


Seconds = Annotated[float, BeforeValidator(_seconds)]


class ClockOut(Answer):
    """One round of a clock; `round` counts from 1."""

    name: str
    round: int
    label: Label
    colour: Colour
    started_at: datetime
    yellow_at: datetime | None
    red_at: datetime | None
    due_at: datetime | None
    paused: bool
    pause_reason: OptionalLabel
    remaining_s: Annotated[Seconds | None, Field(validation_alias="remaining")]
    """As the clock counts, at `read_at`; then it goes down while `counts`, which changes at each of
    `turns`.
    """
    read_at: datetime
    working_time: bool
    counts: bool
    turns: list[datetime]
    target_s: Annotated[Seconds, Field(validation_alias="target")]
    target_days: int | None
    """The same in working days, where it is so many whole ones of its calendar."""
    stopped_at: datetime | None
    outcome: Literal["met", "missed", "void"] | None
    """What it came to once stopped; `void`: it ended without what it promises, before that was due.
    """
    unlisted_year: int | None


class TicketRow(Answer):
    id: UUID
    number: str
    type: str
    type_label: Label
    title: str
    state: str
    state_label: Label
    category: Category
    open: bool
    colour: Colour
    due_at: datetime | None
    level: OptionalLabel
    level_place: int
    """How high the level stands: 0 is the highest of its matrix."""
    impact: str
    urgency: str
    importance: str | None
    assignee: Ref | None
    item: Ref | None
    systems: list[Ref]
    alert: UUID | None
    opened_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    updated_at: datetime
    version: int
    clocks: list[ClockOut]
    missing: OptionalLabel
    """What it follows and cannot be read any more."""


class FieldChoiceOut(Answer):
    value: str
    label: Label


class FieldOut(Answer):
    name: str
    label: Label
    type: str
    required: bool
    choices: list[FieldChoiceOut]
    unit: str | None
    to: list[str]
    """The types of item that a reference may name; none: any."""
    help: OptionalLabel
    default: str | bool | int | float | None
    """What a new ticket begins with where nothing else is said."""


class FormFieldOut(FieldOut):
    value: Any
    named: ReachedRef | None = None
    """What a reference refers to; without an id where it is out of the reader's reach."""
    access: Literal["edit", "read"]

    @classmethod
    def of(cls, field: types.FormField) -> FormFieldOut:
        told = FieldOut.model_validate(field.attribute).model_dump()
        access = "edit" if field.editable else "read"
        named = ReachedRef.model_validate(field.named) if field.named else None
        told = {**told, "required": field.required}
        return cls(**told, value=field.value, named=named, access=access)


class WayOut(Answer):
    name: str
    label: Label
    to: str
    requires: list[str]
    again: bool
    """Whether it was taken before: what it requires must be sent anew."""
    comment: bool
    allowed: bool
    why_not: OptionalLabel


class LineOut(Answer):
    id: int
    at: datetime
    kind: Literal["opened", "state", "assigned", "comment", "alert", "field", "clock", "retargeted"]
    actor: Ref
    text: str
    data: dict[str, Any]

    @classmethod
    def of(cls, line: types.Line) -> LineOut:
        return cls(
            id=line.id,
            at=line.at,
            kind=line.kind.value,
            actor=Ref(id=line.actor.id, name=actor_name(line.actor)),
            text=line.text,
            data=dict(line.data),
        )


class TicketOut(TicketRow):
    description: str
    fields: dict[str, Any]
    form: list[FormFieldOut]
    transitions: list[WayOut]
    timeline: list[LineOut]
    """Its newest lines, in the order in which it happened."""
    timeline_next: str | None
    """The cursor of what came before them, at `/tickets/{ticket_id}/timeline`."""
    may_retarget: bool

    @classmethod
    def of(cls, detail: types.TicketDetail) -> TicketOut:
        return cls(
            **vars(TicketRow.model_validate(detail.ticket)),
            description=detail.description,
            fields=dict(detail.fields),
            form=[FormFieldOut.of(field) for field in detail.form],
            transitions=[WayOut.model_validate(way) for way in detail.ways],
            timeline=[LineOut.of(line) for line in detail.timeline.told],
            timeline_next=detail.timeline.next,
            may_retarget=detail.may_retarget,
        )


class StateOut(Answer):
    name: str
    label: Label
    category: Category


class TransitionOut(Answer):
    name: str
    label: Label
    sources: Annotated[list[str], Field(serialization_alias="from")]
    to: str
    requires: list[str]
    comment: bool


class TicketTypeOut(Answer):
    name: str
    label: Label
    version: int
    fields: list[FieldOut]
    opening: list[str]
    """The fields that can be edited in the state in which a ticket begins."""
    states: list[StateOut]
    transitions: list[TransitionOut]

    @classmethod
    def of(cls, ticket_type: types.TicketType) -> TicketTypeOut:
        """The type; a transition asks for what its target requires, too."""
        ways = [
            TransitionOut(
                name=way.name,
                label=way.label,
                sources=list(way.sources),
                to=way.target,
                requires=list(ticket_type.cycle.required(way)),
                comment=way.comment,
            )
            for way in ticket_type.cycle.transitions
        ]
        begun = ticket_type.cycle.state(ticket_type.cycle.initial)
        return cls(
            name=ticket_type.name,
            label=ticket_type.label,
            version=ticket_type.version,
            opening=[
                attribute.name
                for attribute in ticket_type.fields
                if begun.access_to(attribute.name) is FieldAccess.EDIT
            ],
            fields=[FieldOut.model_validate(attribute) for attribute in ticket_type.fields],
            states=[StateOut.model_validate(state) for state in ticket_type.cycle.states],
            transitions=ways,
        )


class DecisionOut(Answer):
    """What decided which ticket an alert opens; both empty where no row fits it."""

    definition: str
    row: str
    told: Label

    @classmethod
    def of(cls, decided: Decided) -> DecisionOut:
        told = timeline.decision(decided)
        return cls(definition=decided.definition, row=decided.row, told=told)


class TicketFilters(TimedListFilters):
    type: list[Annotated[str, named(TICKET_TYPE)]] = Several
    state: list[Annotated[str, Named("state", known_states)]] = Several
    category: list[Category] = Several
    open: bool | None = None
    colour: list[Colour] = Several
    assignee: list[UUID | Literal["me", "none"]] = Several
    item: list[UUID] = Several
    system: list[UUID] = Several
    alert: list[UUID] = Several
    storm: list[UUID] = Several

    def wanted(self, actor: Actor) -> types.TicketFilter:
        """What is asked for; `me` is the actor."""
        named = [actor.id if assignee == "me" else assignee for assignee in self.assignee]
        return types.TicketFilter(
            types=tuple(self.type),
            states=tuple(self.state),
            categories=tuple(self.category),
            open=self.open,
            colours=tuple(worktime.Colour(colour) for colour in self.colour),
            assignees=tuple(assignee for assignee in named if isinstance(assignee, UUID)),
            unassigned="none" in named,
            items=tuple(self.item),
            systems=tuple(self.system),
            alerts=tuple(self.alert),
            storms=tuple(self.storm),
            opened=self.time_range(),
            text=(self.q or "").strip(),
        )


class TimelineFilters(ShortFilters, TimeFilter):
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class TicketIn(Body):
    type: str
    title: str = Field(max_length=200)
    description: str = Field(default="", max_length=20_000)
    item: UUID | None = None
    fields: dict[str, Any] = Field(default_factory=dict)
    impact: str = ""
    urgency: str = ""


class MoveIn(Body):
    name: str
    fields: dict[str, Any] = Field(default_factory=dict)
    comment: str = Field(default="", max_length=20_000)
    version: int | None = None


class CommentIn(Body):
    text: str = Field(max_length=20_000)


class AssigneeIn(Body):
    account: UUID | None


class RetargetIn(Body):
    reason: str = Field(max_length=20_000)
    version: int | None = None


class UpdateIn(Body):
    fields: dict[str, Any] = Field(default_factory=dict)
    title: str | None = Field(default=None, max_length=200)
    impact: str | None = None
    urgency: str | None = None
    item: UUID | None = None
    version: int | None = None
