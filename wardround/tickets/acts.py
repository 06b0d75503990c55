"""What people do with tickets, one at a time or one thing with several. Frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from wardround.schema.types import Attribute, Label


@dataclass(frozen=True, slots=True)
class Move:
    """A transition somebody wants to carry out. `version`: of the ticket he looked at."""

    name: str
    fields: Mapping[str, object] = field(default_factory=dict)
    comment: str = ""
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Accept:
    """Take a new ticket, by the step of its type that gives it to whoever takes it."""


@dataclass(frozen=True, slots=True)
class Assign:
    """Give it to an account, or to nobody."""

    account: UUID | None


@dataclass(frozen=True, slots=True)
class Comment:
    """Say something about it."""

    text: str


Act = Accept | Move | Assign | Comment
"""What can be done with several tickets by one request."""


@dataclass(frozen=True, slots=True)
class ActOnMany:
    """One act, wanted for each of these tickets."""

    tickets: tuple[UUID, ...]
    act: Act
    request: str = ""
    """What the sender calls this request: sent again, it does nothing twice."""


@dataclass(frozen=True, slots=True)
class ActedOn:
    """What came of it: the refused say why, and with the others it is done."""

    done: tuple[UUID, ...]
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    ticket: UUID
    why: str


@dataclass(frozen=True, slots=True)
class WayOfMany:
    """A transition that some of the chosen tickets can take now."""

    name: str
    label: Label
    tickets: tuple[UUID, ...]
    fields: tuple[Attribute, ...]
    """What it requires of any of them."""
    comment: bool
    """Whether it asks of any of them why."""


@dataclass(frozen=True, slots=True)
class Offered:
    """Which of the chosen tickets each act can be done with now by whoever asks."""

    accept: tuple[UUID, ...]
    assign: tuple[UUID, ...]
    comment: tuple[UUID, ...]
    ways: tuple[WayOfMany, ...]
    """Those that the most can take first."""
