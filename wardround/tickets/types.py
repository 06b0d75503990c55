"""What crosses the tickets room's door: ticket types, what decides about a ticket, and tickets.

Frozen values without Django. Labels stay in both languages; the edge picks the reader's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from wardround.cmdb.types import OutOfReach
from wardround.kernel.types import ALWAYS, Named, TimeRange
from wardround.kernel.wording import Wording
from wardround.schema.lifecycle import StateCategory
from wardround.schema.types import Attribute, Label
from wardround.tickets.acts import (
    Accept,
    Act,
    ActedOn,
    ActOnMany,
    Assign,
    Comment,
    Move,
    Offered,
    Refused,
    WayOfMany,
)
from wardround.tickets.assignments import Assignment, AssignmentRule, AssignTo
from wardround.tickets.criteria import ROW_NAME, Criteria, Facts, Grade, ShortName, When
from wardround.tickets.level_matrices import Level, LevelMatrix, LevelRow
from wardround.tickets.ticket_types import AlertHandling, Grades, OnAlertEnd, TicketType
from wardround.worktime.types import Colour, Outcome

__all__ = [
    "ROW_NAME",
    "Accept",
    "Act",
    "ActOnMany",
    "ActedOn",
    "AlertHandling",
    "Assign",
    "AssignTo",
    "Assignment",
    "AssignmentRule",
    "Comment",
    "Criteria",
    "Facts",
    "Grade",
    "Grades",
    "Level",
    "LevelMatrix",
    "LevelRow",
    "Move",
    "Offered",
    "OnAlertEnd",
    "Refused",
    "ShortName",
    "TicketType",
    "WayOfMany",
    "When",
]

ENDED = frozenset({StateCategory.RESOLVED, StateCategory.CLOSED})
"""Categories of states in which nobody has work left; a ticket in any other is open."""


class LineKind(StrEnum):
    """What a line of the timeline tells."""

    OPENED = "opened"
    STATE = "state"
    ASSIGNED = "assigned"
    COMMENT = "comment"
    ALERT = "alert"
    FIELD = "field"
    CLOCK = "clock"
    RETARGETED = "retargeted"


GOES_ON = "goes_on"
"""What a line of a clock tells, beside the outcomes: its round had ended and counts again."""


@dataclass(frozen=True, slots=True)
class Instants:
    """When a ticket's colour changes: the earliest of its clocks' instants.

    `running`: at least one clock runs; `paused`: none runs and at least one is paused.
    """

    yellow_at: datetime | None = None
    red_at: datetime | None = None
    black_at: datetime | None = None
    running: bool = False
    paused: bool = False


@dataclass(frozen=True, slots=True)
class TicketClock:
    """One round of a clock; a clock that restarts has several."""

    name: str
    round: int
    label: Label
    colour: Colour
    started_at: datetime
    yellow_at: datetime | None
    red_at: datetime | None
    due_at: datetime | None
    paused: bool
    pause_reason: Label | None
    remaining: timedelta | None
    """As the clock counts, at `read_at`."""
    read_at: datetime
    working_time: bool
    """Whether it counts the working time of a calendar; else the wall clock."""
    counts: bool
    """Whether it counts at `read_at`: not in a pause, nor outside working time."""
    turns: tuple[datetime, ...]
    """The next moments at which it begins or ceases to count, as far as they are looked up."""
    target: timedelta
    target_days: int | None
    """The same in working days, where it is so many whole ones of its calendar."""
    stopped_at: datetime | None
    outcome: Outcome | None
    unlisted_year: int | None
    """The first year on the way for which no holiday list is published yet."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One row of a list."""

    id: UUID
    number: str
    type: str
    type_label: Label
    title: str
    state: str
    state_label: Label
    category: StateCategory
    colour: Colour
    due_at: datetime | None
    level: Label | None
    level_place: int
    """How high the level stands: 0 is the highest of its matrix."""
    impact: str
    urgency: str
    importance: str | None
    assignee: Named | None
    item: Named | None
    systems: tuple[Named, ...]
    alert: UUID | None
    opened_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    updated_at: datetime
    version: int
    clocks: tuple[TicketClock, ...]
    missing: Wording | None = None
    """What it follows and cannot be read any more; then it is told as far as its row says it."""

    @property
    def open(self) -> bool:
        return self.category not in ENDED


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of the form as this reader may see and change it now."""

    attribute: Attribute
    value: object
    named: Named | OutOfReach | None
    """What a reference refers to, as far as this reader may know."""
    editable: bool
    required: bool


@dataclass(frozen=True, slots=True)
class Way:
    """A transition out of the present state, and why it cannot be taken now, if so."""

    name: str
    label: Label
    to: str
    requires: tuple[str, ...]
    again: bool
    """Whether it was taken before: what it requires is asked anew."""
    comment: bool
    why_not: Label | Wording | None
    """None when it can be taken."""

    @property
    def allowed(self) -> bool:
        return self.why_not is None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline: what happened, and what a person wrote with it."""

    id: int
    at: datetime
    kind: LineKind
    actor: Named
    said: tuple[Wording, ...]
    written: str
    data: Mapping[str, Any]

    @property
    def text(self) -> str:
        """All of it for the present reader; what a person wrote comes last."""
        rows = [*(sentence.text() for sentence in self.said), self.written]
        return "\n".join(row for row in rows if row)


@dataclass(frozen=True, slots=True)
class LinePage:
    """A part of a timeline, newest first."""

    lines: tuple[Line, ...]
    next: str | None

    @property
    def told(self) -> tuple[Line, ...]:
        """In the order in which it happened."""
        return self.lines[::-1]


@dataclass(frozen=True, slots=True)
class TicketDetail:
    """`timeline` is its newest page."""

    ticket: Ticket
    description: str
    fields: Mapping[str, object]
    form: tuple[FormField, ...]
    ways: tuple[Way, ...]
    timeline: LinePage
    may_retarget: bool


@dataclass(frozen=True, slots=True)
class TicketPage:
    items: tuple[Ticket, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """What a list may be narrowed by; several values of one field mean any of them."""

    types: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    open: bool | None = None
    colours: tuple[Colour, ...] = ()
    assignees: tuple[UUID, ...] = ()
    unassigned: bool = False
    items: tuple[UUID, ...] = ()
    systems: tuple[UUID, ...] = ()
    alerts: tuple[UUID, ...] = ()
    storms: tuple[UUID, ...] = ()
    opened: TimeRange = ALWAYS
    text: str = ""


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """What somebody reports."""

    type: str
    title: str
    description: str = ""
    item: UUID | None = None
    fields: Mapping[str, object] = field(default_factory=dict)
    impact: str = ""
    urgency: str = ""
    request: str = ""
    """What the sender calls this request: sent again, it opens no second ticket."""


@dataclass(frozen=True, slots=True)
class Update:
    """What somebody changes; None leaves a part as it is."""

    version: int | None = None
    title: str | None = None
    fields: Mapping[str, object] = field(default_factory=dict)
    impact: str | None = None
    urgency: str | None = None
    item: UUID | None = None


@dataclass(frozen=True, slots=True)
class Retarget:
    """A new promise for the whole of a ticket's log, and why."""

    reason: str
    version: int | None = None


# For boards --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ItemTicket:
    """An open ticket as it stands beside its item, or beside an item whose alert it took in."""

    id: UUID
    number: str
    state_label: Label
    colour: Colour
    assignee: Named | None
    alerts: tuple[UUID, ...]
    """Those it has taken in, of the open ones that were asked about."""


@dataclass(frozen=True, slots=True)
class Storm:
    """Open tickets that alerts opened about the same systems at one moment."""

    id: UUID
    tickets: tuple[UUID, ...]
    """In the order in which they were opened."""
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class SystemTickets:
    """What is open for one system."""

    open: int
    worst: Colour
