"""Alert rules as a pack declares them, and the rules that detection makes of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal

from django.utils.translation import gettext_noop
from pydantic import (
    AfterValidator,
    Field,
    GetCoreSchemaHandler,
    ValidationError,
    ValidatorFunctionWrapHandler,
)
from pydantic_core import CoreSchema, ErrorDetails, InitErrorDetails
from pydantic_core import core_schema as core

from wardround.collect.types import LabelName, Unit
from wardround.detection.errors import BadExpression
from wardround.detection.expression import Node, matched_exactly
from wardround.detection.parse import parse
from wardround.detection.rules import Timing
from wardround.detection.types import Rule, Severity
from wardround.kernel.addresses import signs_in
from wardround.schema.declarations import (
    LABEL_KEY,
    Declaration,
    Duration,
    FrozenMapping,
    Key,
    Keyed,
    LabelField,
    MadeFrom,
    Name,
    Part,
    Refers,
    Several,
    Text,
    Unique,
    refused,
)
from wardround.schema.suggestions import unknown
from wardround.schema.types import Label, Problem

_LONGEST_GAP = 300.0


@dataclass(frozen=True, slots=True)
class WrittenExpression:
    """An expression as written and as read."""

    text: str
    node: Node

    @classmethod
    def parse(cls, text: str) -> WrittenExpression:
        try:
            return cls(text, parse(text))
        except BadExpression as bad:
            problem = Problem((), bad.template, bad.details, found=text, offset=bad.position)
            raise refused(problem) from None


ExpressionField = Annotated[WrittenExpression, MadeFrom(Text, WrittenExpression.parse)]


class _Judged:
    """What decides something must have a value that it can have, whatever is wrong beside it."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core.no_info_wrap_validator_function(_judged, handler(source))


def _judged(written: object, handler: ValidatorFunctionWrapHandler) -> Mapping[str, str]:
    problems = list(_no_values(written)) if isinstance(written, Mapping) else []
    try:
        labels: Mapping[str, str] = handler(written)
    except ValidationError as error:
        if not problems:
            raise
        lines = [_again(line) for line in error.errors(include_url=False)]
        lines.append({"type": refused(*problems), "loc": (), "input": written})
        raise ValidationError.from_exception_data(error.title, lines, "json") from None
    if problems:
        raise refused(*problems)
    return labels


def _no_values(written: Mapping[Any, Any]) -> Iterator[Problem]:
    message = gettext_noop("“%(name)s” is no value of this label")
    for name, values in _DECIDING.items():
        if isinstance(text := written.get(name), str) and text not in values:
            yield unknown((name,), message, text, values)


def _again(line: ErrorDetails) -> InitErrorDetails:
    """A mistake that was found, to be told together with others."""
    return {
        "type": line["type"],
        "loc": line["loc"],
        "input": line["input"],
        "ctx": line.get("ctx", {}),
    }


_DECIDING = {
    "severity": tuple(str(severity) for severity in Severity),
    "availability": ("true", "false"),
}
_WRITTEN_LABELS = Annotated[Keyed[LabelName, str], _Judged()]
RuleLabels = Annotated[Mapping[str, str], MadeFrom(_WRITTEN_LABELS, FrozenMapping)]
_LABELS = Key(
    "标签",
    "Labels",
    "告警带上的标签；severity 为级别，availability 为 “true” 表示不可用。",
    'Labels of its alerts; `severity` is their severity, `availability: "true"` means the item '
    "is out of use.",
)


def is_web_address(text: str) -> bool:
    """Whether a page can link to it, and it carries no secret."""
    return bool(_WEB_ADDRESS.fullmatch(text)) and not signs_in(text)


def _web_address(text: str) -> str:
    if not is_web_address(text):
        message = gettext_noop("“%(found)s” is no address of a page that can be linked to")
        raise refused(Problem((), message, {"found": text}, found=text, expected="https://…"))
    return text


_WEB_ADDRESS = re.compile(r"https?://[^\s/?#\"'<>\\@]+(?:[/?#][^\s\"'<>\\]*)?", re.IGNORECASE)
WebAddress = Annotated[str, Field(max_length=1000), AfterValidator(_web_address)]


class Annotations(Part):
    """What people are told."""

    summary: Annotated[
        LabelField,
        Key(
            "摘要",
            "Summary",
            "告警的一句话，可用 {{ item }}、{{ value }}、{{ labels.X }}。",
            "The alert in a sentence; {{ item }}, {{ value }} and {{ labels.X }} are filled in.",
        ),
    ]
    description: Annotated[
        LabelField | None,
        Key(
            "说明",
            "Description",
            "意味着什么、该怎么办，显示在规则和告警上。",
            "What it means and what to do, shown with the rule and with its alerts.",
        ),
    ] = None

    runbook_url: Annotated[
        WebAddress | None,
        Key(
            "处置手册",
            "Runbook",
            "处置手册的网址（http 或 https），在告警和工单上显示为链接。",
            "Address of a page (http or https) that says what to do, linked on alerts and tickets.",
        ),
    ] = None

    def texts(self) -> Iterator[tuple[str, str]]:
        """Every text with the key it stands under."""
        for name, label in (("summary", self.summary), ("description", self.description)):
            if label is not None:
                yield from ((name, text) for text in dict.fromkeys((label.zh, label.en)))


class DeclaredRule(Part):
    """One rule of a group."""

    alert: Annotated[
        str,
        Field(pattern="^[A-Za-z][A-Za-z0-9_]{0,99}$"),
        Key("标识", "Alert", "规则的标识，全局唯一。", "What the rule is called; once everywhere."),
    ]
    label: Annotated[LabelField | None, LABEL_KEY] = None
    enabled: Annotated[
        bool, Key("启用", "Enabled", "是否启用。", "Whether it is judged at all.")
    ] = True
    switched_because: Annotated[
        str,
        Field(max_length=500),
        Key(
            "启停原因",
            "Switched because",
            "最近一次启用或停用的原因，显示在规则上。",
            "Why it was last switched on or off, shown with the rule.",
        ),
    ] = ""
    expr: Annotated[
        ExpressionField,
        Key("条件", "Expression", "何时成立。", "The condition under which it holds."),
    ]
    recover: Annotated[
        ExpressionField | None,
        Key(
            "恢复条件",
            "Recover",
            "何时算恢复；不写为条件不再成立。",
            "The condition of recovery; that the rule no longer holds if not given.",
        ),
    ] = None
    hold: Annotated[
        Duration,
        Field(alias="for"),
        Key("持续", "For", "持续成立多久才告警。", "How long it must hold before it fires."),
    ] = 0.0
    keep_firing_for: Annotated[
        Duration,
        Key(
            "恢复确认",
            "Keep firing for",
            "恢复持续多久才结束。",
            "How long recovery must hold before it ends.",
        ),
    ] = 0.0
    unknown_counts: Annotated[
        bool,
        Key(
            "未知计入",
            "Unknown counts",
            "数据未知的时间是否也计入持续时间。",
            "Whether time in which nothing is known counts for `for`.",
        ),
    ] = False
    no_data: Annotated[
        Duration,
        Key("无数据", "No data", "多久无数据也告警。", "After how long a silence it fires too."),
    ] = 0.0
    times: Annotated[
        int,
        Field(ge=1, le=60),
        Key(
            "次数",
            "Times",
            "最近几次判断中至少成立几次。",
            "How many of the last evaluations must hold.",
        ),
    ] = 1
    of: Annotated[
        int | None,
        Field(ge=1, le=60),
        Key(
            "总次数", "Of", "最近多少次判断；不写与次数相同。", "Of how many; `times` if not given."
        ),
    ] = None
    unit: Annotated[Unit, Key("单位", "Unit", "数值的单位。", "What the value counts.")] = ""
    labels: Annotated[RuleLabels, _LABELS] = FrozenMapping()
    annotations: Annotated[
        Annotations, Key("文字", "Annotations", "给人看的文字。", "What people are told.")
    ]

    @property
    def last(self) -> int:
        """The number of evaluations of which `times` must hold."""
        return self.times if self.of is None else self.of

    def timing(self) -> Timing:
        return Timing(
            hold=self.hold,
            keep=self.keep_firing_for,
            times=self.times,
            of=self.last,
            no_data=self.no_data,
            unknown_counts=self.unknown_counts,
            gap=max(_LONGEST_GAP, self.hold),
        )


class RuleGroup(Part):
    """Rules that share labels. All are judged with every reading."""

    name: Annotated[Text, Key("标识", "Name", "组的标识。", "What the group is called.")]
    label: Annotated[LabelField | None, LABEL_KEY] = None
    labels: Annotated[RuleLabels, _LABELS] = FrozenMapping()
    rules: Annotated[
        tuple[DeclaredRule, ...], Key("规则", "Rules", "组内的规则。", "The rules of the group.")
    ]


class RuleSet(Declaration):
    """One definition of kind `alert-rules`."""

    label: Annotated[LabelField | None, LABEL_KEY] = None
    templates: Annotated[
        Annotated[Several[Name], Unique()],
        Field(alias="template"),
        Refers("monitor-template"),
        Key(
            "监控模板",
            "Template",
            "只对这些模板的监控对象有效；不写为有这些指标的所有监控对象。",
            "Only targets of these templates; every target that has the metrics if not given.",
        ),
    ] = ()
    matching: Annotated[
        Literal["nested", "exact"],
        Key(
            "标签配对",
            "Matching",
            "没有写 on 或 ignoring 时两边怎样配对：nested 一方的标签名包含另一方即可，"
            "exact 标签须完全相同（与 Prometheus 一样）。",
            "How two sides meet where neither `on` nor `ignoring` is said: `nested`, the label "
            "names of one are among the other's; `exact`, all labels are equal, as in Prometheus.",
        ),
    ] = "nested"
    groups: Annotated[
        tuple[RuleGroup, ...],
        Field(min_length=1),
        Key("组", "Groups", "规则的分组。", "Groups of rules."),
    ]

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule as detection judges it."""
        return tuple(self._rule(rule, group) for group in self.groups for rule in group.rules)

    def _matched(self, node: Node) -> Node:
        return matched_exactly(node) if self.matching == "exact" else node

    def _rule(self, declared: DeclaredRule, group: RuleGroup) -> Rule:
        labels = {**group.labels, **declared.labels}
        recover = declared.recover
        return Rule(
            name=declared.alert,
            label=declared.label or Label(declared.alert, declared.alert),
            severity=Severity(labels.pop("severity", Severity.WARNING)),
            availability=labels.pop("availability", "false") == "true",
            expr=declared.expr.text,
            condition=self._matched(declared.expr.node),
            recover=recover.text if recover else "",
            recovery=self._matched(recover.node) if recover else None,
            timing=declared.timing(),
            summary=declared.annotations.summary,
            description=declared.annotations.description,
            runbook_url=declared.annotations.runbook_url or "",
            group=group.label or Label(group.name, group.name),
            templates=self.templates,
            unit=declared.unit,
            labels=tuple(sorted(labels.items())),
            enabled=declared.enabled,
            switched_because=declared.switched_because,
            rule_set=self.name,
        )
