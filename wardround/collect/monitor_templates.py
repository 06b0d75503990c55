"""The kind `monitor-template`: what is read of a product, in groups, and how it is drawn."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from wardround.collect.counted import MESSAGES_KEY, Counted
from wardround.collect.panels import (
    UNIT_KEY,
    LabelName,
    MetricName,
    Panel,
    TemplateName,
    Unit,
)
from wardround.kernel.patterns import pattern
from wardround.schema.declarations import (
    LABEL_KEY,
    NAME_KEY,
    Declaration,
    FieldName,
    FrozenMapping,
    Key,
    Keyed,
    LabelField,
    MadeFrom,
    Name,
    Part,
    PatternText,
    PositiveDuration,
    Refers,
    Several,
    Text,
    told_as,
)
from wardround.schema.types import Capability, ItemType, Label

TEMPLATE = "monitor-template"
"""The kind of definition that a template is."""
OWN_LABELS: Mapping[str, tuple[str, ...]] = FrozenMapping(
    {
        "up": (),
        "scrape_duration_seconds": (),
        "scrape_samples": (),
        "scrape_group_up": ("group",),
        "scrape_duplicates": (),
        "scrape_skipped_lines": (),
        "scrape_series_refused": (),
    }
)
"""What every target yields by itself, with its labels; a template may draw it, not declare it."""
OWN_METRICS = frozenset(OWN_LABELS)

INTERVAL_KEY = Key(
    "采集间隔",
    "Interval",
    "多久采集一次，如 15s；不写取上一级的。",
    "How often it is read, such as `15s`; that of the level above if not given.",
)
TIMEOUT_KEY = Key(
    "超时",
    "Timeout",
    "一次采集最多等多久；不写取上一级的。",
    "How long one reading may take; that of the level above if not given.",
)


def _in_data(what_zh: str, what_en: str) -> Key:
    about = f"{what_zh}的标识，须与采集到的一致。", f"What the {what_en} is called in what is read."
    return Key("标识", "Name", *about)


@told_as(
    {
        "gauge": ("测量值", "Measure"),
        "counter": ("只增的计数", "Counter"),
        "state": ("状态", "State"),
    }
)
class MetricType(enum.StrEnum):
    """What the samples of a metric are: a measure, a count that only grows, or a state."""

    GAUGE = "gauge"
    COUNTER = "counter"
    STATE = "state"


class DeclaredMetric(Part):
    """What a template says of one metric; its name is the key it stands under."""

    label: Annotated[LabelField, LABEL_KEY]
    type: Annotated[
        MetricType,
        Key(
            "类型",
            "Type",
            "测量值、只增的计数还是状态。",
            "A measure, a count that only grows, or a state.",
        ),
    ] = MetricType.GAUGE
    unit: Annotated[Unit, UNIT_KEY] = ""
    labels: Annotated[
        tuple[LabelName, ...] | None,
        Key(
            "标签",
            "Labels",
            "序列带有哪些标签，规则和图表只能用这些；不写则不核对。",
            "The labels of its series; rules and panels may use no other. Unchecked if not given.",
        ),
    ] = None
    help: Annotated[
        LabelField | None,
        Key("说明", "Help", "图表上显示的一句话。", "A sentence shown with its chart."),
    ] = None
    messages: Annotated[Counted | None, MESSAGES_KEY] = None


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric that a template declares; `labels` is None where any may come."""

    name: str
    label: Label
    kind: MetricType = MetricType.GAUGE
    unit: str = ""
    labels: tuple[str, ...] | None = None
    help: Label | None = None
    messages: Counted | None = None


def _metrics(declared: Mapping[str, DeclaredMetric]) -> tuple[Metric, ...]:
    return tuple(
        Metric(name, said.label, said.type, said.unit, said.labels, said.help, said.messages)
        for name, said in declared.items()
    )


class Column(Part):
    name: Annotated[Text, _in_data("列", "column")]
    label: Annotated[LabelField, LABEL_KEY]
    unit: Annotated[Unit, UNIT_KEY] = ""


class TableSpec(Part):
    """Rows of which only the newest stand: processes, services, sessions."""

    name: Annotated[TemplateName, _in_data("表", "table")]
    label: Annotated[LabelField, LABEL_KEY]
    columns: Annotated[
        tuple[Column, ...], Field(min_length=1), Key("列", "Columns", "显示的列。", "Its columns.")
    ]


class ScrapeGroup(Part):
    """What is collected together; seconds. The first group of a template decides `up`."""

    name: Annotated[TemplateName, _in_data("组", "group")]
    named: Annotated[LabelField | None, Field(alias="label"), LABEL_KEY] = None
    interval: Annotated[PositiveDuration, INTERVAL_KEY] = 0.0
    timeout: Annotated[PositiveDuration, TIMEOUT_KEY] = 0.0
    metrics: Annotated[
        tuple[Metric, ...],
        MadeFrom(Keyed[MetricName, DeclaredMetric], _metrics),
        Key("指标", "Metrics", "指标名称及其说明。", "Metrics by name, and what they are."),
    ] = ()
    tables: Annotated[
        tuple[TableSpec, ...],
        Key(
            "表格",
            "Tables",
            "只保留最新内容的表格。",
            "Tables of which only the newest rows stand.",
        ),
    ] = ()

    @property
    def label(self) -> Label:
        return self.named or Label.parse(self.name)


@told_as(
    {
        "text": ("文本", "Text"),
        "secret": ("密文", "Secret"),
        "number": ("数字", "Number"),
        "boolean": ("是否", "Yes or no"),
        "list": ("列表", "List"),
    }
)
class ParameterType(enum.StrEnum):
    TEXT = "text"
    SECRET = "secret"  # noqa: S105 - the name of a type, not a password
    NUMBER = "number"
    BOOLEAN = "boolean"
    LIST = "list"


class Parameter(Part):
    """A setting of a target; a `secret` one is sealed at rest and never sent out."""

    name: Annotated[FieldName, Key("标识", "Name", "参数的标识。", "What it is called in data.")]
    label: Annotated[LabelField, LABEL_KEY]
    type: Annotated[
        ParameterType,
        Key(
            "类型",
            "Type",
            "值的类型；secret 加密保存且不再显示。",
            "What its values are; a `secret` is sealed and never shown again.",
        ),
    ] = ParameterType.TEXT
    required: Annotated[
        bool, Key("必填", "Required", "是否必须填写。", "Whether a target must give it.")
    ] = False
    default: Annotated[
        str | bool | int | float | tuple[str | int | float, ...] | None,
        Key("默认值", "Default", "未填写时的值。", "The value where a target gives none."),
    ] = None


class Naming(Part):
    """What becomes of the metrics of a page: which are kept, and under which name.

    `item_label` is the label whose value is the key of the item a series belongs to.
    """

    keep: Annotated[
        tuple[PatternText, ...],
        Key("保留", "Keep", "只保留名称匹配的指标。", "Only metrics whose name fits are kept."),
    ] = ()
    drop: Annotated[
        tuple[PatternText, ...],
        Key("丢弃", "Drop", "丢弃名称匹配的指标。", "Metrics whose name fits are dropped."),
    ] = ()
    rename: Annotated[
        Keyed[str, MetricName],
        Key("改名", "Rename", "页面上的名称改为我们的名称。", "Name on the page → our name."),
    ] = FrozenMapping()
    drop_labels: Annotated[
        tuple[LabelName, ...],
        Key("去掉的标签", "Drop labels", "去掉的标签。", "Labels that are taken away."),
    ] = ()
    item_label: Annotated[
        str,
        Key(
            "配置项标签",
            "Item label",
            "其值是配置项编号的标签，序列归属该配置项。",
            "The label whose value is the key of the item a series belongs to.",
        ),
    ] = ""

    def may_give(self, metric: str) -> bool:
        """Whether anything on a page can come out under this name."""
        read_as = [name for name, ours in self.rename.items() if ours == metric]
        if metric not in self.rename:
            read_as.append(metric)
        return any(self.takes(name) for name in read_as)

    def takes(self, name: str) -> bool:
        """Whether a metric that a page calls so is kept."""
        return (not self.keep or _any_fits(self.keep, name)) and not _any_fits(self.drop, name)


def _any_fits(patterns: Sequence[str], name: str) -> bool:
    return any(pattern(text).fits(name) for text in patterns)


class MonitorTemplate(Declaration):
    """How one kind of thing is monitored."""

    name: Annotated[TemplateName, NAME_KEY]
    label: Annotated[LabelField, LABEL_KEY]
    driver: Annotated[
        TemplateName, Key("驱动", "Driver", "用哪个驱动采集。", "The driver that reads it.")
    ]
    item_types: Annotated[
        Several[Name],
        Refers("item-type"),
        Key(
            "适用类型",
            "Item types",
            "用于哪些配置项类型（包括其子类型）；与适用层都不写，适用于所有配置项。",
            "The item types it is for, their descendants too; with no layers either, for any item.",
        ),
    ] = ()
    layers: Annotated[
        Several[Name],
        Refers("layer"),
        Key(
            "适用层",
            "Layers",
            "用于哪些层的配置项，与适用类型符合其一即可。",
            "The layers it is for, whatever the type of an item there.",
        ),
    ] = ()
    every: Annotated[PositiveDuration, Field(alias="interval"), INTERVAL_KEY] = 15.0
    patience: Annotated[PositiveDuration | None, Field(alias="timeout"), TIMEOUT_KEY] = None
    groups: Annotated[
        tuple[ScrapeGroup, ...],
        Field(min_length=1),
        Key(
            "组",
            "Groups",
            "一起采集的各组；第一组决定是否在线。",
            "What is read together; the first one decides whether a target is up.",
        ),
    ]
    parameters: Annotated[
        tuple[Parameter, ...],
        Key("参数", "Parameters", "监控对象的设置。", "Settings of a target."),
    ] = ()
    panels: Annotated[
        tuple[Panel, ...], Key("图表", "Panels", "显示的图表。", "The charts that show it.")
    ] = ()
    naming: Annotated[
        Naming,
        Key(
            "命名",
            "Naming",
            "页面上的指标如何取舍和命名。",
            "What becomes of the metrics of a page.",
        ),
    ] = Naming()

    def model_post_init(self, _context: object, /) -> None:
        """A group without an interval or a timeout has the template's."""
        timeout = self.patience or min(_USUAL_TIMEOUT, self.every)
        groups = tuple(
            group.model_copy(
                update={
                    "interval": group.interval or self.every,
                    "timeout": group.timeout or timeout,
                }
            )
            for group in self.groups
        )
        object.__setattr__(self, "groups", groups)

    def is_for(self, item_type: ItemType) -> bool:
        """Whether items of this type, which knows its ancestors, are what it monitors."""
        if not item_type.can(Capability.MONITORED):
            return False
        if not self.item_types and not self.layers:
            return True
        return item_type.layer in self.layers or any(map(item_type.is_a, self.item_types))

    @property
    def secrets(self) -> frozenset[str]:
        """Names of the parameters that are secrets."""
        return frozenset(
            parameter.name
            for parameter in self.parameters
            if parameter.type is ParameterType.SECRET
        )

    @property
    def interval(self) -> float:
        return self.groups[0].interval

    @property
    def timeout(self) -> float:
        return self.groups[0].timeout

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Every metric of every group, each once."""
        found = {metric.name: metric for group in self.groups for metric in group.metrics}
        return tuple(found.values())

    @property
    def tables(self) -> tuple[TableSpec, ...]:
        return tuple(table for group in self.groups for table in group.tables)


_USUAL_TIMEOUT = 10.0
