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
from wardround.tickets import types

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
    def of(cls, one: types.TicketClock, language: str) -> ClockOut:
        return cls(
            name=one.name,
            label=one.label.text(language),
            colour=one.colour.value,
            started_at=one.started_at,
            yellow_at=one.yellow_at,
            red_at=one.red_at,
            due_at=one.due_at,
            paused=one.paused,
            pause_reason=one.pause_reason.text(language) if one.pause_reason else None,
            remaining_s=one.remaining.total_seconds() if one.remaining is not None else None,
            target_s=one.target.total_seconds(),
            stopped_at=one.stopped_at,
            met=one.met,
            unlisted_year=one.unlisted_year,
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
    def of(cls, one: types.Ticket, language: str) -> TicketRow:
        return cls(**row_of(one, language))


def row_of(one: types.Ticket, language: str) -> dict[str, Any]:
    """The columns of a row; details and boards begin with them."""
    return {
        "id": one.id,
        "number": one.number,
        "type": one.type,
        "type_label": one.type_label.text(language),
        "title": one.title,
        "state": one.state,
        "state_label": one.state_label.text(language),
        "category": one.category.value,
        "open": one.open,
        "colour": one.colour.value,
        "due_at": one.due_at,
        "level": one.level.text(language) if one.level else None,
        "impact": one.impact,
        "urgency": one.urgency,
        "importance": one.importance,
        "assignee": RefOut.of(one.assignee),
        "item": RefOut.of(one.item),
        "systems": [RefOut(id=ref.id, name=ref.name) for ref in one.systems],
        "alert": one.alert,
        "opened_at": one.opened_at,
        "resolved_at": one.resolved_at,
        "closed_at": one.closed_at,
        "updated_at": one.updated_at,
        "version": one.version,
        "clocks": [ClockOut.of(clock, language) for clock in one.clocks],
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
    def of(cls, one: Attribute, language: str) -> FieldOut:
        return cls(**field_of(one, language))


def field_of(one: Attribute, language: str) -> dict[str, Any]:
    return {
        "name": one.name,
        "label": one.label.text(language),
        "type": one.type.value,
        "required": one.required,
        "choices": [
            ChoiceOut(value=each.value, label=each.label.text(language)) for each in one.choices
        ],
        "unit": one.unit,
        "help": one.help.text(language) if one.help else None,
    }


class FormFieldOut(FieldOut):
    value: Any
    access: Literal["edit", "read"]

    @classmethod
    def of_form(cls, one: types.FormField, language: str) -> FormFieldOut:
        body = field_of(one.attribute, language) | {"required": one.required}
        return cls(**body, value=one.value, access="edit" if one.editable else "read")


class WayOut(Schema):
    name: str
    label: str
    to: str
    requires: list[str]
    comment: bool
    allowed: bool
    why_not: str | None

    @classmethod
    def of(cls, one: types.Way, language: str) -> WayOut:
        return cls(
            name=one.name,
            label=one.label.text(language),
            to=one.to,
            requires=list(one.requires),
            comment=one.comment,
            allowed=not one.why_not,
            why_not=one.why_not or None,
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
    def of_detail(cls, one: types.TicketDetail, language: str) -> TicketOut:
        return cls(
            **row_of(one.ticket, language),
            description=one.description,
            fields=dict(one.fields),
            form=[FormFieldOut.of_form(each, language) for each in one.form],
            transitions=[WayOut.of(each, language) for each in one.ways],
            timeline=[
                LineOut(
                    id=each.id,
                    at=each.at,
                    kind=each.kind.value,
                    actor=RefOut(id=each.actor.id, name=each.actor.name),
                    text=each.text,
                    data=dict(each.data),
                )
                for each in one.timeline
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
    def of(cls, one: types.TicketType, language: str) -> TicketTypeOut:
        return cls(
            name=one.name,
            label=one.label.text(language),
            version=one.version,
            fields=[FieldOut.of(each, language) for each in one.fields],
            states=[
                StateOut(
                    name=each.name, label=each.label.text(language), category=each.category.value
                )
                for each in one.cycle.states
            ],
            transitions=[_transition(each, one, language) for each in one.cycle.transitions],
        )


def _transition(each: Transition, one: types.TicketType, language: str) -> TransitionOut:
    return TransitionOut(
        name=each.name,
        label=each.label.text(language),
        sources=list(each.sources),
        to=each.target,
        requires=list(one.cycle.required(each)),
        comment=each.comment,
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
