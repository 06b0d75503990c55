"""One act on several tickets, as the API takes and answers it."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from wardround.kernel.wire import Answer, Body, Label
from wardround.tickets import types
from wardround.tickets.wire import FieldOut

MOST_AT_ONCE = 200
"""Tickets in one request: with so many it is done in seconds, before a program gives up waiting."""
Chosen = Annotated[list[UUID], Field(min_length=1, max_length=MOST_AT_ONCE)]


class ChosenIn(Body):
    tickets: Chosen


class AcceptIn(Body):
    kind: Literal["accept"]


class StepIn(Body):
    kind: Literal["step"]
    name: str
    fields: dict[str, Any] = Field(default_factory=dict)
    comment: str = Field(default="", max_length=20_000)


class AssignIn(Body):
    kind: Literal["assign"]
    account: UUID | None


class CommentOnIn(Body):
    kind: Literal["comment"]
    text: str = Field(max_length=20_000)


class TicketActsIn(Body):
    tickets: Chosen
    act: Annotated[AcceptIn | StepIn | AssignIn | CommentOnIn, Field(discriminator="kind")]

    def wanted(self, request: str) -> types.ActOnMany:
        return types.ActOnMany(tuple(self.tickets), self._act(), request)

    def _act(self) -> types.Act:
        match self.act:
            case AcceptIn():
                return types.Accept()
            case StepIn(name=name, fields=fields, comment=comment):
                return types.Move(name, fields, comment)
            case AssignIn(account=account):
                return types.Assign(account)
            case CommentOnIn(text=text):
                return types.Comment(text)


class RefusedTicketOut(Answer):
    ticket: UUID
    why: str


class TicketActsOut(Answer):
    """The tickets with which it is done, and why not with the others."""

    done: list[UUID]
    refused: list[RefusedTicketOut]


class WayOfManyOut(Answer):
    name: str
    label: Label
    tickets: list[UUID]
    fields: list[FieldOut]
    comment: bool


class OfferedOut(Answer):
    """Of each act, those of the chosen tickets with which it can be done now."""

    accept: list[UUID]
    assign: list[UUID]
    comment: list[UUID]
    ways: list[WayOfManyOut]
