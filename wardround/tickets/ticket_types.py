"""The kind `ticket-type`: life cycle, fields, promise and alerts of its tickets."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field, PrivateAttr

from wardround.detection.types import Severity
from wardround.schema.declarations import (
    LABEL_KEY,
    Declaration,
    FrozenMapping,
    Key,
    Keyed,
    LabelField,
    Part,
    Period,
    Refers,
    Unique,
    told_as,
)
from wardround.schema.lifecycle import LifeCycle
from wardround.schema.types import MOST_ATTRIBUTES, Attribute, AttributeType
from wardround.tickets.criteria import Grade, ShortName


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
        Field(max_length=MOST_ATTRIBUTES),
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
