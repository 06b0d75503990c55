"""The kind `level-matrix`: how impact, urgency and more give a ticket its level."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from wardround.schema.declarations import (
    LABEL_KEY,
    Declaration,
    Key,
    LabelField,
    Part,
    Refers,
)
from wardround.schema.types import Label
from wardround.tickets.criteria import ROW_NAME, WHEN_KEY, Criteria, ShortName, When


class Level(Part):
    """A level that a matrix may give."""

    name: Annotated[ShortName, ROW_NAME]
    label: Annotated[LabelField, LABEL_KEY]
    renamed_from: Annotated[
        ShortName | None,
        Key(
            "原名",
            "Renamed from",
            "级别改名时写它原来的标识：已有工单转到新标识下。",
            "What it was called until now: tickets that have the level follow it to its new name.",
        ),
    ] = None


class LevelRow(Part):
    """One row of the matrix: when it fits, its level and the SLA policy that counts."""

    name: Annotated[ShortName, ROW_NAME]
    when: Annotated[When, WHEN_KEY] = Criteria()
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
            "自上而下，第一条符合的决定级别；每张工单都须有一条符合。",
            "From the top, the first that fits decides; one must fit whatever the ticket.",
        ),
    ]

    @property
    def level_names(self) -> frozenset[str]:
        return frozenset(known.name for known in self.levels)

    def label_of(self, level: str) -> Label:
        found = (known.label for known in self.levels if known.name == level)
        return next(found, Label(level, level))
