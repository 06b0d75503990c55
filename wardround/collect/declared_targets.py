"""The kind `targets`: what a pack wants monitored."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from wardround.collect.monitor_templates import INTERVAL_KEY, TIMEOUT_KEY
from wardround.collect.panels import TemplateName
from wardround.schema.declarations import (
    LABEL_KEY,
    Declaration,
    FrozenMapping,
    Key,
    Keyed,
    LabelField,
    Part,
    PositiveDuration,
    Refers,
    Text,
)


class DeclaredTarget(Part):
    """A target as a pack declares it; `item` is an item's key, a zero the template's own value."""

    item: Annotated[
        Text, Key("配置项", "Item", "所监控配置项的编号。", "Key of the item that it monitors.")
    ]
    template: Annotated[
        TemplateName,
        Refers("monitor-template"),
        Key("监控模板", "Template", "按哪个模板监控。", "How it is monitored."),
    ]
    address: Annotated[
        str, Key("地址", "Address", "驱动连接的地址。", "Where its driver connects to.")
    ] = ""
    name: Annotated[
        str,
        Key("名称", "Name", "监控对象的名称；不写由系统取。", "Its name; made up if not given."),
    ] = ""
    interval: Annotated[PositiveDuration, INTERVAL_KEY] = 0.0
    timeout: Annotated[PositiveDuration, TIMEOUT_KEY] = 0.0
    parameters: Annotated[
        Keyed[str, Any],
        Key("参数", "Parameters", "模板要求的设置。", "Settings that the template asks for."),
    ] = FrozenMapping()

    @property
    def place(self) -> str:
        """What tells it from every other declaration."""
        return f"{self.item}/{self.template}/{self.name}"


class TargetList(Declaration):
    """Targets that a pack declares."""

    label: Annotated[LabelField | None, LABEL_KEY] = None
    targets: Annotated[
        tuple[DeclaredTarget, ...],
        Field(min_length=1),
        Key("监控对象", "Targets", "要监控什么。", "What is monitored."),
    ]
