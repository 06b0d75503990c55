"""How items are related: kinds of relation, what they carry, and which types they may join."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from wardround.schema.capabilities import Capability
from wardround.schema.declarations import (
    LABEL_KEY,
    NAME_KEY,
    Declaration,
    Key,
    LabelField,
    Name,
    Part,
    Refers,
    Several,
    TypeName,
    told_as,
)
from wardround.schema.item_types import ItemType
from wardround.schema.labels import Label


@told_as(
    {
        "target-to-source": ("终点故障影响起点", "The source suffers"),
        "source-to-target": ("起点故障影响终点", "The target suffers"),
        "none": ("不影响", "Neither suffers"),
    }
)
class Impact(StrEnum):
    """Which end of a relation suffers when the other fails."""

    TARGET_TO_SOURCE = "target-to-source"
    SOURCE_TO_TARGET = "source-to-target"
    NONE = "none"


@told_as(
    {
        "and": ("全部需要", "All are needed"),
        "or": ("一个即可", "One is enough"),
        "none": ("不参与计算", "Not counted"),
    }
)
class Gate(StrEnum):
    """How the things that one item needs through a kind of relation combine."""

    AND = "and"
    OR = "or"
    NONE = "none"


@told_as(
    {
        "provider": ("提供方", "Provider"),
        "consumer": ("调用方", "Consumer"),
        "none": ("无", "Neither"),
    }
)
class InterfacePart(StrEnum):
    """What an item is to an interface that it is related to."""

    PROVIDER = "provider"
    CONSUMER = "consumer"
    NONE = "none"


class Ends(Part):
    """Item types, and layers, that may stand at the two ends of a relation; empty means any."""

    source: Annotated[
        Several[Name],
        Field(alias="from"),
        Refers("item-type"),
        Key(
            "起点类型",
            "From",
            "起点可以是哪些类型；不写表示任何类型。",
            "Types it may start from; none means any.",
        ),
    ] = ()
    target: Annotated[
        Several[Name],
        Field(alias="to"),
        Refers("item-type"),
        Key(
            "终点类型",
            "To",
            "终点可以是哪些类型；不写表示任何类型。",
            "Types it may lead to; none means any.",
        ),
    ] = ()
    from_layers: Annotated[
        Several[Name],
        Refers("layer"),
        Key(
            "起点层",
            "From layers",
            "起点可以在哪些层；不写表示任何层。",
            "Layers it may start from; none means any.",
        ),
    ] = ()
    to_layers: Annotated[
        Several[Name],
        Refers("layer"),
        Key(
            "终点层",
            "To layers",
            "终点可以在哪些层；不写表示任何层。",
            "Layers it may lead to; none means any.",
        ),
    ] = ()

    def admits(self, source: ItemType, target: ItemType) -> bool:
        return _stands(source, self.source, self.from_layers) and _stands(
            target, self.target, self.to_layers
        )


def _stands(item_type: ItemType, names: Sequence[str], layers: Sequence[str]) -> bool:
    named = not names or any(item_type.is_a(name) for name in names)
    return named and (not layers or item_type.layer in layers)


class Capable(Part):
    """What items at the two ends of a relation must be able to."""

    source: Annotated[
        Capability | None,
        Field(alias="from"),
        Key("起点能力", "From", "起点的类型须具备的能力。", "What its source must be able to."),
    ] = None
    target: Annotated[
        Capability | None,
        Field(alias="to"),
        Key("终点能力", "To", "终点的类型须具备的能力。", "What its target must be able to."),
    ] = None

    def lacking(self, source: ItemType, target: ItemType) -> tuple[ItemType, Capability] | None:
        """The end that cannot do what is needed of it, and what that is."""
        for end, needed in ((source, self.source), (target, self.target)):
            if needed is not None and not end.can(needed):
                return end, needed
        return None


class RelationKind(Declaration):
    """A kind of relation between items, and what it means when one of its ends fails."""

    name: Annotated[TypeName, NAME_KEY]
    label: Annotated[LabelField, LABEL_KEY]
    reverse: Annotated[
        LabelField | None,
        Field(alias="reverse_label"),
        Key(
            "反向名称",
            "Reverse label",
            "从终点看的名称；不写与名称相同。",
            "What it is called from its other end; its label if not given.",
        ),
    ] = None
    carries_impact: Annotated[
        Impact,
        Key(
            "影响方向",
            "Carries impact",
            "一端故障时哪一端受影响。",
            "Which end suffers when the other fails.",
        ),
    ] = Impact.NONE
    gate: Annotated[
        Gate,
        Key(
            "逻辑门",
            "Gate",
            "一个配置项由此关系需要的各项如何组合。",
            "How the things that an item needs through it combine.",
        ),
    ] = Gate.NONE
    interface_part: Annotated[
        InterfacePart,
        Key(
            "接口的一方",
            "Part in an interface",
            "一端是接口时，另一端是它的提供方还是调用方。",
            "Where one end is an interface, whether the other provides or consumes it.",
        ),
    ] = InterfacePart.NONE
    circuit_end: Annotated[
        bool,
        Key(
            "电路的一端",
            "End of a circuit",
            "一端是电路时，另一端是否为它接到的地方。",
            "Where one end is a circuit, whether the other is where it ends.",
        ),
    ] = False
    belonging: Annotated[
        bool,
        Key(
            "表示隶属",
            "Belonging",
            "起点是否隶属于终点的机构；条件“organisations”按它逐级查找。",
            "Whether its source lies under the organisation at its target; the condition"
            " “organisations” goes by it, level by level.",
        ),
    ] = False
    symmetric: Annotated[
        bool,
        Key("对称", "Symmetric", "两端地位是否相同。", "Whether both ends stand for the same."),
    ] = False
    allowed: Annotated[
        tuple[Ends, ...],
        Key(
            "允许的两端",
            "Allowed",
            "哪些类型之间可以有它；不写表示任何类型。",
            "Between which types it may be; none means any.",
        ),
    ] = ()
    most_targets: Annotated[
        int | None,
        Field(ge=1),
        Key(
            "终点最多",
            "Most targets",
            "一个起点最多关联几个终点；不写不限。对称的关系两端都按它计。",
            "How many targets one source may have; none means any. Counts at both ends where they"
            " stand for the same.",
        ),
    ] = None
    most_sources: Annotated[
        int | None,
        Field(ge=1),
        Key(
            "起点最多",
            "Most sources",
            "一个终点最多被几个起点关联；不写不限。",
            "How many sources one target may have; none means any.",
        ),
    ] = None
    standby: Annotated[
        bool,
        Key(
            "可作备用",
            "Standby",
            "它的关系能否注明热备、冷备和切换分钟数。",
            "Whether a relation can be a hot or a cold standby, with the minutes of a switch.",
        ),
    ] = False
    capable: Annotated[
        Capable,
        Field(alias="capabilities"),
        Key(
            "两端能力",
            "Capabilities",
            "两端的类型须具备的能力；类型关闭该能力后不再提供这种关系。",
            "What the types at its ends must be able to; others are not offered it.",
        ),
    ] = Capable()

    @property
    def reverse_label(self) -> Label:
        return self.reverse or self.label

    def admits(self, source: ItemType, target: ItemType) -> bool:
        """Whether items of these types, which know what they inherit, may be its ends."""
        joined = not self.allowed or any(ends.admits(source, target) for ends in self.allowed)
        return joined and self.capable.lacking(source, target) is None
