"""What crosses the tickets room's door: ticket types, what decides about a ticket, and tickets.

Frozen values without Django. Labels stay in both languages; the edge picks the reader's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from wardround.schema.lifecycle import LifeCycle, StateCategory
from wardround.schema.types import Attribute, Label
from wardround.worktime.types import Colour

Facts = Mapping[str, str]
"""What is known of a ticket when its level and its assignee are decided: name → one value."""

ENDED = frozenset({StateCategory.RESOLVED, StateCategory.CLOSED})
"""Categories of states in which nobody has work left; a ticket in any other is open."""


class Grade(StrEnum):
    """How much (影响度) and how soon (紧急度)."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class LineKind(StrEnum):
    """What a line of the timeline tells."""

    OPENED = "opened"
    STATE = "state"
    ASSIGNED = "assigned"
    COMMENT = "comment"
    ALERT = "alert"
    FIELD = "field"
    CLOCK = "clock"


# Definitions -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Condition:
    """For each named fact the values that fit; a fact not named may have any."""

    wanted: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))

    def fits(self, facts: Facts) -> bool:
        return all(facts.get(name, "") in values for name, values in self.wanted.items())


@dataclass(frozen=True, slots=True)
class Level:
    name: str
    label: Label


@dataclass(frozen=True, slots=True)
class LevelRow:
    """One row of the matrix: when it fits, its level and the SLA policy that counts."""

    name: str
    when: Condition
    level: str
    sla: str


@dataclass(frozen=True, slots=True)
class LevelMatrix:
    """The level matrix (故障级别矩阵): the first row that fits decides."""

    name: str
    levels: tuple[Level, ...]
    rows: tuple[LevelRow, ...]

    def label(self, level: str) -> Label:
        found = (one.label for one in self.levels if one.name == level)
        return next(found, Label(level, level))


class AssignTo(StrEnum):
    OWNER = "owner"
    ROLE = "role"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class AssignmentRule:
    """Who gets a ticket that fits: the item's owner, somebody of a role, or one account."""

    name: str
    to: AssignTo
    whom: str = ""
    """Name of the role, or user name of the account."""
    when: Condition = field(default_factory=Condition)


@dataclass(frozen=True, slots=True)
class Assignment:
    """Rules in order; the first that fits and finds somebody decides."""

    name: str
    rules: tuple[AssignmentRule, ...]


class OnAlertEnd(StrEnum):
    """Whether a ticket ends with its alert: never, while nobody has taken it, or always."""

    NEVER = "never"
    UNTOUCHED = "untouched"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class AlertHandling:
    """How a type opens, ends and reopens its tickets by alerts."""

    on_end: OnAlertEnd
    end_by: str
    """Transition taken when the alert ends."""
    reopen_by: str
    reopen_within: timedelta
    """The same thing wrong again this soon after the end reopens the ticket."""
    grades: Mapping[str, tuple[Grade, Grade]]
    """Severity → impact and urgency."""


@dataclass(frozen=True, slots=True)
class TicketType:
    """One version of a ticket type. A ticket keeps the version it began with."""

    name: str
    label: Label
    version: int
    numbering: str
    """Prefix of its numbers."""
    fields: tuple[Attribute, ...]
    cycle: LifeCycle
    takes: frozenset[str]
    """Transitions that make whoever carries them out the assignee."""
    levels: str
    assignment: str
    alerts: AlertHandling | None = None

    def field(self, name: str) -> Attribute | None:
        return next((one for one in self.fields if one.name == name), None)


# Tickets -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ref:
    """A thing named by its id and name."""

    id: UUID
    name: str


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
    name: str
    label: Label
    colour: Colour
    started_at: datetime
    yellow_at: datetime | None
    red_at: datetime | None
    due_at: datetime | None
    paused: bool
    pause_reason: Label | None
    remaining: timedelta | None
    target: timedelta
    stopped_at: datetime | None
    met: bool | None
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
    impact: str
    urgency: str
    importance: str | None
    assignee: Ref | None
    item: Ref | None
    systems: tuple[Ref, ...]
    alert: UUID | None
    opened_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    updated_at: datetime
    version: int
    clocks: tuple[TicketClock, ...]

    @property
    def open(self) -> bool:
        return self.category not in ENDED


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of the form as this reader may see and change it now."""

    attribute: Attribute
    value: object
    editable: bool
    required: bool


@dataclass(frozen=True, slots=True)
class Way:
    """A transition out of the present state, and why it cannot be taken now, if so."""

    name: str
    label: Label
    to: str
    requires: tuple[str, ...]
    comment: bool
    why_not: str
    """Empty when it can be taken."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline; `text` is what a person wrote, else `data` tells it."""

    id: int
    at: datetime
    kind: LineKind
    actor: Ref
    text: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TicketDetail:
    ticket: Ticket
    type: TicketType
    description: str
    fields: Mapping[str, object]
    form: tuple[FormField, ...]
    ways: tuple[Way, ...]
    timeline: tuple[Line, ...]


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


@dataclass(frozen=True, slots=True)
class Move:
    """A transition somebody wants to carry out. `version`: of the ticket he looked at."""

    name: str
    fields: Mapping[str, object] = field(default_factory=dict)
    comment: str = ""
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """What somebody changes; None leaves a part as it is."""

    version: int | None = None
    title: str | None = None
    fields: Mapping[str, object] = field(default_factory=dict)
    impact: str | None = None
    urgency: str | None = None
    item: UUID | None = None


# For boards --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ItemTicket:
    """An open ticket as it stands beside its item."""

    id: UUID
    number: str
    state_label: Label
    colour: Colour
    assignee: Ref | None


@dataclass(frozen=True, slots=True)
class SystemTickets:
    """What is open for one system."""

    open: int
    worst: Colour
