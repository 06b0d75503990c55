"""Tickets as the API shows them: plain texts in the reader's language."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

from wardround.kernel.http import ListFilters
from wardround.kernel.types import Named
from wardround.schema.lifecycle import Transition
from wardround.schema.types import Attribute
from wardround.tickets import types, wording
from wardround.tickets.alert_tickets import Decided

Colour = Literal["black", "red", "yellow", "green", "grey", "none"]
Category = Literal["new", "working", "waiting", "resolved", "closed"]


class RefOut(Schema):
    id: UUID
    name: str

    @classmethod
    def of(cls, ref: Named | None) -> RefOut | None:
        return None if ref is None else cls(id=ref.id, name=ref.name)


class ClockOut(Schema):
    name: str
    label: str
    colour: Colour
    started_at: datetime
    yellow_at: datetime | None
    red_at: datetime | None
    due_at: datetime | None
    paused: bool
    pause_reason: str | None
    remaining_s: float | None
    target_s: float
    stopped_at: datetime | None
    met: bool | None
    unlisted_year: int | None

    @classmethod
    def of(cls, clock: types.TicketClock, language: str) -> ClockOut:
        return cls(
            name=clock.name,
            label=clock.label.text(language),
            colour=clock.colour.value,
            started_at=clock.started_at,
            yellow_at=clock.yellow_at,
            red_at=clock.red_at,
            due_at=clock.due_at,
            paused=clock.paused,
            pause_reason=clock.pause_reason.text(language) if clock.pause_reason else None,
            remaining_s=clock.remaining.total_seconds() if clock.remaining is not None else None,
            target_s=clock.target.total_seconds(),
            stopped_at=clock.stopped_at,
            met=clock.met,
            unlisted_year=clock.unlisted_year,
        )


class TicketRow(Schema):
    id: UUID
    number: str
    type: str
    type_label: str
    title: str
    state: str
    state_label: str
    category: Category
    open: bool
    colour: Colour
    due_at: datetime | None
    level: str | None
    impact: str
    urgency: str
    importance: str | None
    assignee: RefOut | None
    item: RefOut | None
    systems: list[RefOut]
    alert: UUID | None
    opened_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    updated_at: datetime
    version: int
    clocks: list[ClockOut]

    @classmethod
    def of(cls, ticket: types.Ticket, language: str) -> TicketRow:
        return cls(**row_of(ticket, language))


def row_of(ticket: types.Ticket, language: str) -> dict[str, Any]:
    """The columns of a row; details and boards begin with them."""
    return {
        "id": ticket.id,
        "number": ticket.number,
        "type": ticket.type,
        "type_label": ticket.type_label.text(language),
        "title": ticket.title,
        "state": ticket.state,
        "state_label": ticket.state_label.text(language),
        "category": ticket.category.value,
        "open": ticket.open,
        "colour": ticket.colour.value,
        "due_at": ticket.due_at,
        "level": ticket.level.text(language) if ticket.level else None,
        "impact": ticket.impact,
        "urgency": ticket.urgency,
        "importance": ticket.importance,
        "assignee": RefOut.of(ticket.assignee),
        "item": RefOut.of(ticket.item),
        "systems": [RefOut(id=ref.id, name=ref.name) for ref in ticket.systems],
        "alert": ticket.alert,
        "opened_at": ticket.opened_at,
        "resolved_at": ticket.resolved_at,
        "closed_at": ticket.closed_at,
        "updated_at": ticket.updated_at,
        "version": ticket.version,
        "clocks": [ClockOut.of(clock, language) for clock in ticket.clocks],
    }


class ChoiceOut(Schema):
    value: str
    label: str


class FieldOut(Schema):
    name: str
    label: str
    type: str
    required: bool
    choices: list[ChoiceOut]
    unit: str | None
    help: str | None

    @classmethod
    def of(cls, attribute: Attribute, language: str) -> FieldOut:
        return cls(**field_of(attribute, language))


def field_of(attribute: Attribute, language: str) -> dict[str, Any]:
    return {
        "name": attribute.name,
        "label": attribute.label.text(language),
        "type": attribute.type.value,
        "required": attribute.required,
        "choices": [
            ChoiceOut(value=choice.value, label=choice.label.text(language))
            for choice in attribute.choices
        ],
        "unit": attribute.unit,
        "help": attribute.help.text(language) if attribute.help else None,
    }


class FormFieldOut(FieldOut):
    value: Any
    access: Literal["edit", "read"]

    @classmethod
    def of_form(cls, field: types.FormField, language: str) -> FormFieldOut:
        body = field_of(field.attribute, language) | {"required": field.required}
        return cls(**body, value=field.value, access="edit" if field.editable else "read")


class WayOut(Schema):
    name: str
    label: str
    to: str
    requires: list[str]
    comment: bool
    allowed: bool
    why_not: str | None

    @classmethod
    def of(cls, way: types.Way, language: str) -> WayOut:
        return cls(
            name=way.name,
            label=way.label.text(language),
            to=way.to,
            requires=list(way.requires),
            comment=way.comment,
            allowed=not way.why_not,
            why_not=way.why_not or None,
        )


class LineOut(Schema):
    id: int
    at: datetime
    kind: Literal["opened", "state", "assigned", "comment", "alert", "field", "clock"]
    actor: RefOut
    text: str
    data: dict[str, Any]


class TicketOut(TicketRow):
    description: str
    fields: dict[str, Any]
    form: list[FormFieldOut]
    transitions: list[WayOut]
    timeline: list[LineOut]

    @classmethod
    def of_detail(cls, detail: types.TicketDetail, language: str) -> TicketOut:
        return cls(
            **row_of(detail.ticket, language),
            description=detail.description,
            fields=dict(detail.fields),
            form=[FormFieldOut.of_form(field, language) for field in detail.form],
            transitions=[WayOut.of(way, language) for way in detail.ways],
            timeline=[
                LineOut(
                    id=line.id,
                    at=line.at,
                    kind=line.kind.value,
                    actor=RefOut(id=line.actor.id, name=line.actor.name),
                    text=line.text,
                    data=dict(line.data),
                )
                for line in detail.timeline
            ],
        )


class StateOut(Schema):
    name: str
    label: str
    category: Category


class TransitionOut(Schema):
    name: str
    label: str
    sources: list[str] = Field(serialization_alias="from")
    to: str
    requires: list[str]
    comment: bool


class TicketTypeOut(Schema):
    name: str
    label: str
    version: int
    fields: list[FieldOut]
    states: list[StateOut]
    transitions: list[TransitionOut]

    @classmethod
    def of(cls, ticket_type: types.TicketType, language: str) -> TicketTypeOut:
        return cls(
            name=ticket_type.name,
            label=ticket_type.label.text(language),
            version=ticket_type.version,
            fields=[FieldOut.of(attribute, language) for attribute in ticket_type.fields],
            states=[
                StateOut(
                    name=state.name, label=state.label.text(language), category=state.category.value
                )
                for state in ticket_type.cycle.states
            ],
            transitions=[
                _transition(transition, ticket_type, language)
                for transition in ticket_type.cycle.transitions
            ],
        )


def _transition(
    transition: Transition, ticket_type: types.TicketType, language: str
) -> TransitionOut:
    return TransitionOut(
        name=transition.name,
        label=transition.label.text(language),
        sources=list(transition.sources),
        to=transition.target,
        requires=list(ticket_type.cycle.required(transition)),
        comment=transition.comment,
    )


class DecisionOut(Schema):
    """What decided which ticket an alert opens; both empty where no row fits it."""

    definition: str
    row: str
    told: str

    @classmethod
    def of(cls, decided: Decided, language: str) -> DecisionOut:
        return cls(
            definition=decided.definition,
            row=decided.row,
            told=wording.decision(decided, language),
        )


class TicketFilters(ListFilters):
    type: list[str] = Field(default_factory=list)
    state: list[str] = Field(default_factory=list)
    category: list[Category] = Field(default_factory=list)
    open: bool | None = None
    colour: list[Colour] = Field(default_factory=list)
    assignee: list[UUID | Literal["me", "none"]] = Field(default_factory=list)
    item: list[UUID] = Field(default_factory=list)
    system: list[UUID] = Field(default_factory=list)
    alert: list[UUID] = Field(default_factory=list)


class _Body(Schema):
    model_config = ConfigDict(extra="forbid")


class TicketIn(_Body):
    type: str
    title: str = Field(max_length=200)
    description: str = Field(default="", max_length=20_000)
    item: UUID | None = None
    fields: dict[str, Any] = Field(default_factory=dict)
    impact: str = ""
    urgency: str = ""


class MoveIn(_Body):
    name: str
    fields: dict[str, Any] = Field(default_factory=dict)
    comment: str = Field(default="", max_length=20_000)
    version: int | None = None


class CommentIn(_Body):
    text: str = Field(max_length=20_000)


class AssigneeIn(_Body):
    account: UUID | None


class UpdateIn(_Body):
    fields: dict[str, Any] = Field(default_factory=dict)
    title: str | None = Field(default=None, max_length=200)
    impact: str | None = None
    urgency: str | None = None
    item: UUID | None = None
    version: int | None = None
