"""What crosses the tickets room's door: ticket types, what decides about a ticket, and tickets.

Frozen values without Django. Labels stay in both languages; the edge picks the reader's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, PrivateAttr, StringConstraints

from wardround.detection.types import Severity
from wardround.kernel.types import ALWAYS, Named, TimeRange
from wardround.kernel.wording import Wording
from wardround.schema.declarations import (
    LABEL_KEY,
    Declaration,
    FrozenMapping,
    Key,
    Keyed,
    LabelField,
    MadeFrom,
    Part,
    Period,
    Refers,
    Several,
    Unique,
    told_as,
)
from wardround.schema.lifecycle import LifeCycle, StateCategory
from wardround.schema.types import Attribute, AttributeType, Label
from wardround.worktime.types import Colour

Facts = Mapping[str, str | tuple[str, ...]]
"""What is known of a ticket when its level and its assignee are decided: name → one value, or all
that hold: an item is of its type and of each that this extends."""

ENDED = frozenset({StateCategory.RESOLVED, StateCategory.CLOSED})
"""Categories of states in which nobody has work left; a ticket in any other is open."""


@told_as(
    {
        "high": ("高", "High"),
        "medium": ("中", "Medium"),
        "low": ("低", "Low"),
    }
)
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
class Criteria:
    """For each named fact the values that fit; a fact not named may have any."""

    wanted: Mapping[str, frozenset[str]] = field(default_factory=FrozenMapping)

    def fits(self, facts: Facts) -> bool:
        return all(
            not values.isdisjoint(_all_of(facts.get(name, "")))
            for name, values in self.wanted.items()
        )

    def written(self) -> dict[str, list[str]]:
        """As a pack writes it."""
        return {name: sorted(values) for name, values in self.wanted.items()}

    @classmethod
    def of(cls, written: Mapping[str, Iterable[str]]) -> Criteria:
        return cls(FrozenMapping({name: frozenset(values) for name, values in written.items()}))


def _all_of(fact: str | tuple[str, ...]) -> tuple[str, ...]:
    return (fact,) if isinstance(fact, str) else fact


ShortName = Annotated[str, StringConstraints(pattern="^[a-z0-9][a-z0-9_-]{0,49}$")]
When = Annotated[Criteria, MadeFrom(Keyed[str, Several[str]], Criteria.of)]
ROW_NAME = Key("标识", "Name", "这一条的标识。", "What it is called in data.")
_WHEN = Key(
    "条件",
    "When",
    "各项须为哪些值；未写的项任意。",
    "What each fact must be, one value or several; a fact not named may be anything.",
)


class Level(Part):
    """A level that a matrix may give."""

    name: Annotated[ShortName, ROW_NAME]
    label: Annotated[LabelField, LABEL_KEY]


class LevelRow(Part):
    """One row of the matrix: when it fits, its level and the SLA policy that counts."""

    name: Annotated[ShortName, ROW_NAME]
    when: Annotated[When, _WHEN] = Criteria()
    level: Annotated[ShortName, Key("级别", "Level", "符合时的级别。", "The level it gives.")]
    sla: Annotated[
        ShortName,
        Refers("sla-policy"),
        Key("服务级别协议", "SLA", "符合时计时所依的协议。", "The agreement whose clocks count."),
    ]


class LevelMatrix(Declaration):
    """The level matrix (故障级别矩阵): the first row that fits decides."""

    label: Annotated[LabelField, LABEL_KEY]
    levels: Annotated[
        tuple[Level, ...],
        Field(min_length=1),
        Key("级别", "Levels", "有哪些级别。", "The levels there are."),
    ]
    rows: Annotated[
        tuple[LevelRow, ...],
        Field(min_length=1),
        Key(
            "行",
            "Rows",
            "自上而下，第一条符合的决定级别。",
            "From the top, the first that fits decides.",
        ),
    ]

    def label_of(self, level: str) -> Label:
        found = (known.label for known in self.levels if known.name == level)
        return next(found, Label(level, level))


@told_as(
    {
        "owner": ("配置项的负责人", "Owner of the item"),
        "role": ("某角色的一人", "Somebody of a role"),
        "account": ("指定账号", "One account"),
    }
)
class AssignTo(StrEnum):
    OWNER = "owner"
    ROLE = "role"
    ACCOUNT = "account"


class AssignmentRule(Part):
    """Who gets a ticket that fits: the item's owner, somebody of a role, or one account."""

    name: Annotated[ShortName, ROW_NAME]
    to: Annotated[
        AssignTo,
        Key(
            "派给",
            "To",
            "派给配置项负责人、某个角色还是某个账号。",
            "Whether the item's owner, somebody of a role or one account gets it.",
        ),
    ]
    whom: Annotated[
        str,
        Field(min_length=1),
        Refers("role", only=("to", "role")),
        Key("谁", "Whom", "角色的标识或登录名。", "Name of the role, or user name of the account."),
    ] = ""
    when: Annotated[When, _WHEN] = Criteria()


class Assignment(Declaration):
    """Rules in order; the first that fits and finds somebody decides."""

    label: Annotated[LabelField, LABEL_KEY]
    rules: Annotated[
        tuple[AssignmentRule, ...],
        Key(
            "规则",
            "Rules",
            "自上而下，第一条符合并找到人的决定。",
            "From the top, the first that fits and finds somebody decides.",
        ),
    ]


@told_as(
    {
        "never": ("从不结束", "Never"),
        "untouched": ("无人接单时结束", "While untouched"),
        "always": ("总是结束", "Always"),
    }
)
class OnAlertEnd(StrEnum):
    """Whether a ticket ends with its alert: never, while nobody has taken it, or always."""

    NEVER = "never"
    UNTOUCHED = "untouched"
    ALWAYS = "always"


class Grades(Part):
    """What an alert's severity means for its ticket."""

    impact: Annotated[Grade, Key("影响度", "Impact", "影响有多大。", "How much it affects.")]
    urgency: Annotated[Grade, Key("紧急度", "Urgency", "有多紧急。", "How soon it must end.")]


class AlertHandling(Part):
    """How a type opens, ends and reopens its tickets by alerts."""

    on_end: Annotated[
        OnAlertEnd,
        Key(
            "告警结束时",
            "On end",
            "告警结束时工单是否随之结束：从不、无人接单时、总是。",
            "Whether a ticket ends with its alert: never, while nobody has taken it, or always.",
        ),
    ] = OnAlertEnd.UNTOUCHED
    end_by: Annotated[
        ShortName,
        Key("结束流转", "End by", "告警结束时走的流转。", "Transition taken when the alert ends."),
    ]
    reopen_by: Annotated[
        ShortName,
        Key(
            "重开流转",
            "Reopen by",
            "同一问题再次出现时走的流转。",
            "Transition taken when the same thing is wrong again.",
        ),
    ]
    reopen_within: Annotated[
        Period,
        Key(
            "重开时限",
            "Reopen within",
            "结束后多久内再次出现就重开原工单。",
            "The same thing wrong again this soon after the end reopens the ticket.",
        ),
    ] = timedelta()
    grades: Annotated[
        Keyed[Severity, Grades],
        Key(
            "分级",
            "Grades",
            "各告警级别对应的影响度和紧急度。",
            "Impact and urgency for each severity of an alert.",
        ),
    ] = FrozenMapping()


class TicketType(LifeCycle, Declaration):
    """One version of a ticket type. A ticket keeps the version it began with."""

    label: Annotated[LabelField, LABEL_KEY]
    numbering: Annotated[
        str,
        Field(pattern="^[A-Z]{2,6}$"),
        Key("编号前缀", "Numbering", "工单编号的前缀。", "Prefix of its numbers."),
    ]
    levels: Annotated[
        ShortName,
        Refers("level-matrix"),
        Key("级别矩阵", "Levels", "决定级别的矩阵。", "The matrix that decides its level."),
    ]
    assignment: Annotated[
        ShortName,
        Refers("assignment"),
        Key("派单规则", "Assignment", "决定派给谁的规则。", "The rules that decide who gets it."),
    ]
    fields: Annotated[
        tuple[Attribute, ...],
        Key("字段", "Fields", "表单的字段。", "The fields of its form."),
    ] = ()
    takes: Annotated[
        tuple[ShortName, ...],
        Unique(),
        Key(
            "接单流转",
            "Takes",
            "谁走了这些流转，谁就成为处理人。",
            "Transitions that make whoever carries them out the assignee.",
        ),
    ] = ()
    alerts: Annotated[
        AlertHandling | None,
        Key(
            "告警处理",
            "Alerts",
            "告警如何新建、结束和重开此类工单；不写则告警不能建此类工单。",
            "How alerts open, end and reopen its tickets; without it they can open none.",
        ),
    ] = None
    _version: int = PrivateAttr(default=0)

    @property
    def version(self) -> int:
        """Which version this is; 0 before it is stored."""
        return self._version

    def at_version(self, version: int) -> TicketType:
        pinned = self.model_copy()
        pinned._version = version  # noqa: SLF001 - a copy of its own kind
        return pinned

    @property
    def cycle(self) -> LifeCycle:
        return self

    @property
    def secret_fields(self) -> frozenset[str]:
        """Names of the fields that are sealed and never shown."""
        return frozenset(known.name for known in self.fields if known.type is AttributeType.SECRET)

    def field(self, name: str) -> Attribute | None:
        return next((known for known in self.fields if known.name == name), None)


# Tickets -----------------------------------------------------------------------------------------


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
    assignee: Named | None


@dataclass(frozen=True, slots=True)
class SystemTickets:
    """What is open for one system."""

    open: int
    worst: Colour
