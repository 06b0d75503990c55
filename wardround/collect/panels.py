"""How a monitor template is drawn, and what its metrics, labels and units may be called."""

from __future__ import annotations

import enum
from typing import Annotated

from pydantic import Field, StringConstraints

from wardround.history.types import Aggregate
from wardround.schema.declarations import LABEL_KEY, Key, LabelField, Part, told_as

MetricName = Annotated[str, StringConstraints(pattern="^[A-Za-z_:][A-Za-z0-9_:]*$")]
LabelName = Annotated[str, StringConstraints(pattern="^[a-zA-Z_][a-zA-Z0-9_]*$")]
TemplateName = Annotated[str, StringConstraints(pattern="^[a-z0-9][a-z0-9._-]*$")]
Unit = Annotated[str, StringConstraints(max_length=20)]
UNIT_KEY = Key(
    "单位",
    "Unit",
    "数值的单位，如 bytes、seconds、ratio。",
    "What its values count: `bytes`, `seconds`, `ratio` and others.",
)


class PanelMetric(Part):
    metric: Annotated[
        MetricName, Key("指标", "Metric", "画哪个指标。", "The metric that is drawn.")
    ]
    label: Annotated[LabelField | None, LABEL_KEY] = None
    aggregate: Annotated[
        Aggregate | None,
        Key(
            "汇总方式",
            "Aggregate",
            "同一时间步内的样本如何合成一个值。",
            "How the samples of one step become one value.",
        ),
    ] = None
    by: Annotated[
        LabelName | None,
        Key("按标签", "By", "按哪个标签区分曲线。", "The label by which lines are told apart."),
    ] = None


@told_as(
    {
        "line": ("折线", "Lines"),
        "area": ("面积", "Areas"),
        "stacked": ("堆叠", "Stacked"),
    }
)
class PanelKind(enum.StrEnum):
    LINE = "line"
    AREA = "area"
    STACKED = "stacked"


class Panel(Part):
    name: Annotated[TemplateName, Key("标识", "Name", "图表的标识。", "What it is called in data.")]
    label: Annotated[LabelField, LABEL_KEY]
    metrics: Annotated[
        tuple[PanelMetric, ...],
        Field(min_length=1),
        Key("指标", "Metrics", "画出的指标。", "The metrics it draws."),
    ]
    unit: Annotated[Unit, UNIT_KEY] = ""
    kind: Annotated[
        PanelKind, Key("样式", "Kind", "折线、面积还是堆叠。", "Lines, areas or stacked areas.")
    ] = PanelKind.LINE
