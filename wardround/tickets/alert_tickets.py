"""Which type of ticket an alert opens (告警转单): of rows the first that fits decides.

Declared here with the decision itself; pure. `definitions` checks what a declaration cannot say.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from wardround.detection.types import Severity
from wardround.schema.declarations import (
    LABEL_KEY,
    Declaration,
    FrozenMapping,
    Key,
    Keyed,
    LabelField,
    Name,
    Part,
    Refers,
    Several,
    told_as,
)
from wardround.schema.types import Label
from wardround.tickets.types import ROW_NAME, ShortName


@told_as(
    {
        "A": ("A 级", "Class A"),
        "B": ("B 级", "Class B"),
        "C": ("C 级", "Class C"),
        "none": ("没有等级", "None"),
    }
)
class ItemClass(StrEnum):
    """The class of importance of what an alert is about: its own, or that of what it serves."""

    A = "A"
    B = "B"
    C = "C"
    NONE = "none"


class AlertCondition(Part):
    """What an alert must be; what is not said may be anything."""

    rule: Annotated[
        Several[str],
        Key("规则", "Rule", "触发告警的规则。", "The rule that raised it."),
    ] = ()
    severity: Annotated[
        Several[Severity], Key("级别", "Severity", "告警的级别。", "How bad it is.")
    ] = ()
    item_type: Annotated[
        Several[Name],
        Refers("item-type"),
        Key(
            "配置项类型",
            "Item type",
            "告警所在配置项的类型，包括子类型。",
            "The type of its item; types that extend it count.",
        ),
    ] = ()
    importance: Annotated[
        Several[ItemClass],
        Key(
            "重要性等级",
            "Importance",
            "配置项或其支撑的业务系统的最高等级；none 表示没有等级。",
            "The highest class of its item and the systems this serves; none: it has no class.",
        ),
    ] = ()
    labels: Annotated[
        Keyed[str, Several[str]],
        Key("标签", "Labels", "告警的标签须为哪些值。", "What its labels must be."),
    ] = FrozenMapping()

    def fits(self, alert: AlertFacts) -> bool:
        return (
            _admits(self.rule, (alert.rule,))
            and _admits(self.severity, (alert.severity,))
            and _admits(self.item_type, alert.lineage)
            and _admits(self.importance, (alert.importance or ItemClass.NONE,))
            and all(alert.labels.get(name) in values for name, values in self.labels.items())
        )

    def covers(self, narrow: AlertCondition, lineages: Mapping[str, Collection[str]]) -> bool:
        """Whether every alert that fits `narrow` fits this too.

        `lineages`: item type → itself and what it extends.
        """
        return (
            _holds(self.rule, narrow.rule)
            and _holds(self.severity, narrow.severity)
            and _holds_types(self.item_type, narrow.item_type, lineages)
            and _holds(self.importance, narrow.importance)
            and all(
                name in narrow.labels and _holds(values, narrow.labels[name])
                for name, values in self.labels.items()
            )
        )


def _admits(wanted: Collection[str], found: Iterable[str]) -> bool:
    return not wanted or any(value in wanted for value in found)


def _holds(wide: Collection[str], narrow: Collection[str]) -> bool:
    return not wide or (bool(narrow) and set(narrow) <= set(wide))


def _holds_types(
    wide: Collection[str], narrow: Collection[str], lineages: Mapping[str, Collection[str]]
) -> bool:
    return not wide or (
        bool(narrow) and all(_admits(wide, lineages.get(name, (name,))) for name in narrow)
    )


class AlertTicketRow(Part):
    """One row: when it fits, the type of ticket that an alert opens, or none."""

    name: Annotated[ShortName, ROW_NAME]
    when: Annotated[
        AlertCondition,
        Key("条件", "When", "告警须符合的条件。", "What the alert must be."),
    ] = AlertCondition()
    type: Annotated[
        ShortName | None,
        Refers("ticket-type"),
        Key(
            "工单类型",
            "Type",
            "符合时新建的工单类型；null 表示不建工单。",
            "The type of ticket it opens; null: none.",
        ),
    ]


class AlertTickets(Declaration):
    """Rows in order; of several definitions the one with the lower order is asked first."""

    label: Annotated[LabelField, LABEL_KEY]
    order: Annotated[
        int,
        Field(ge=1, le=1000),
        Key(
            "次序",
            "Order",
            "有多个定义时，次序小的先判断；不能相同。",
            "Of several definitions the lower one is asked first; no two are the same.",
        ),
    ]
    rows: Annotated[
        tuple[AlertTicketRow, ...],
        Field(min_length=1),
        Key(
            "行",
            "Rows",
            "自上而下，第一条符合的决定。",
            "From the top, the first that fits decides.",
        ),
    ]


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """What is known of an alert when its ticket is decided."""

    rule: str
    severity: str
    lineage: tuple[str, ...]
    """The type of its item, and the types that this extends."""
    importance: str | None
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Decision:
    """What an alert comes to, and what decided; nothing did where no row fits."""

    type: str | None = None
    definition: str = ""
    row: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided on an alert, as it is told; `made` is False while it waits its turn."""

    made: bool
    opens: bool = False
    definition: str = ""
    label: Label | None = None
    row: str = ""


def decide(definitions: Iterable[AlertTickets], alert: AlertFacts) -> Decision:
    """The first row that fits, of the definitions in their order."""
    for definition in in_order(definitions):
        for row in definition.rows:
            if row.when.fits(alert):
                return Decision(row.type, definition.name, row.name)
    return Decision()


def in_order(definitions: Iterable[AlertTickets]) -> Sequence[AlertTickets]:
    return sorted(definitions, key=lambda definition: (definition.order, definition.name))
