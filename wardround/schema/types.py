"""What crosses the schema room's door: labels, attributes, item types, relation kinds, problems.

Everything is frozen and knows neither Django nor a store, so that the same values serve the
command line without a database, the rules of every room and the screens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, PrivateAttr

from wardround.schema.declarations import (
    LABEL_KEY,
    NAME_KEY,
    Declaration,
    FieldName,
    FromText,
    Key,
    LabelField,
    Name,
    Part,
    Refers,
    Several,
    Text,
    TypeName,
    Unique,
    told_as,
)
from wardround.schema.labels import Label
from wardround.schema.problems import Path, Place, Problem, Reference, Words

__all__ = [
    "Attribute", "AttributeType", "Change", "ChangeKind", "Choice", "Difference", "Ends", "Gate",
    "Impact", "InstalledPack", "ItemAttribute", "ItemType", "Label", "Layer", "Path", "Place",
    "Problem", "Reference", "RelationKind", "Role", "StoredDefinition", "View", "Words",
    "with_inherited",
]  # fmt: skip


# Attributes and types ---------------------------------------------------------------------------


@told_as(
    {
        "text": ("文本", "Text"),
        "longtext": ("长文本", "Long text"),
        "number": ("数字", "Number"),
        "boolean": ("是否", "Yes or no"),
        "date": ("日期", "Date"),
        "datetime": ("日期时间", "Date and time"),
        "choice": ("选项", "Choice"),
        "address": ("地址", "Address"),
        "network": ("网段", "Network"),
        "email": ("邮箱", "E-mail"),
        "phone": ("电话", "Phone"),
        "url": ("网址", "Web address"),
        "reference": ("引用", "Reference"),
        "secret": ("密文", "Secret"),
    }
)
class AttributeType(StrEnum):
    TEXT = "text"
    LONGTEXT = "longtext"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    CHOICE = "choice"
    ADDRESS = "address"
    NETWORK = "network"
    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    REFERENCE = "reference"
    SECRET = "secret"  # noqa: S105 - the name of a type, not a password


class Choice(Part):
    """One value that a choice may have."""

    value: Annotated[Text, Key("值", "Value", "保存的值。", "What is stored.")]
    named: Annotated[LabelField | None, Field(alias="label"), LABEL_KEY] = None

    @property
    def label(self) -> Label:
        return self.named or Label(self.value, self.value)


class Attribute(Part):
    """One typed attribute of an item type, or one field of a form."""

    name: Annotated[
        FieldName,
        Key("标识", "Name", "属性的标识，小写。", "What the attribute is called in data."),
    ]
    label: Annotated[LabelField, LABEL_KEY]
    type: Annotated[AttributeType, Key("类型", "Type", "它的值是什么。", "What its values are.")]
    unit: Annotated[Text | None, Key("单位", "Unit", "数值的单位。", "What its number counts.")] = (
        None
    )
    choices: Annotated[
        tuple[Annotated[Choice, FromText("value")], ...],
        Field(min_length=1),
        Key("选项", "Choices", "choice 类型可选的值。", "The values a choice may have."),
    ] = ()
    required: Annotated[
        bool, Key("必填", "Required", "是否必须有值。", "Whether it must have a value.")
    ] = False
    to: Annotated[
        Several[Name],
        Refers("item-type"),
        Key(
            "指向",
            "To",
            "引用可以指向的配置项类型（包括其子类型）；不写表示任何类型。",
            "Item types a reference may point to, their descendants too; none means any.",
        ),
    ] = ()
    help: Annotated[
        LabelField | None,
        Key("说明", "Help", "填写时看到的一句话。", "A sentence shown beside the field."),
    ] = None
    minimum: Annotated[
        int | float | None, Key("最小值", "Minimum", "数值的下限。", "The least its number may be.")
    ] = None
    maximum: Annotated[
        int | float | None, Key("最大值", "Maximum", "数值的上限。", "The most its number may be.")
    ] = None
    default: Annotated[
        str | bool | int | float | None,
        Key("默认值", "Default", "未填写时的值。", "The value of one that is not filled in."),
    ] = None

    def choice_label(self, value: str) -> Label | None:
        return next((choice.label for choice in self.choices if choice.value == value), None)


class ItemAttribute(Attribute):
    """One attribute of an item type, and how lists of items use it."""

    list: Annotated[
        bool,
        Key(
            "列",
            "List",
            "是否一开始就显示为列表的一列。",
            "Shown as a column of lists from the start.",
        ),
    ] = False
    filter: Annotated[
        bool,
        Key("筛选", "Filter", "列表能否按它筛选。", "Whether lists can be narrowed by it."),
    ] = False
    search: Annotated[
        bool,
        Key("搜索", "Search", "搜索是否查找它的内容。", "Whether a search looks into it."),
    ] = False
    scope: Annotated[
        bool,
        Key(
            "权限范围",
            "Scope",
            "业务系统的这个引用指向使用它的机构：能看该机构的人也能看这个系统。",
            "Of a system, names the organisation that uses it: who may see what the organisation"
            " uses may see the system.",
        ),
    ] = False
    renamed_from: Annotated[
        FieldName | None,
        Key(
            "原名",
            "Renamed from",
            "属性改名时写它原来的名称：配置项已有的值转到新名称下。",
            "What it was called until now: the values that items hold follow it to its new name.",
        ),
    ] = None


@told_as(
    {
        "system": ("业务系统", "Business system"),
        "organisation": ("机构", "Organisation"),
    }
)
class Role(StrEnum):
    """What the platform asks a type of item for, so that no room has to know a type by its name."""

    SYSTEM = "system"
    """A business system: what other items serve, scopes are made of and boards show."""
    ORGANISATION = "organisation"
    """Uses systems; a scope may be given over what it uses."""


@told_as(
    {
        "ownership": ("归属", "Ownership"),
        "business": ("业务", "Business"),
        "application": ("应用", "Application"),
        "system": ("系统", "System"),
        "hardware": ("硬件", "Hardware"),
        "infrastructure": ("基础设施", "Infrastructure"),
    }
)
class View(StrEnum):
    """Lanes of the six-layer view, top to bottom."""

    OWNERSHIP = "ownership"
    BUSINESS = "business"
    APPLICATION = "application"
    SYSTEM = "system"
    HARDWARE = "hardware"
    INFRASTRUCTURE = "infrastructure"


class Layer(Declaration):
    """One of the CMDB's layers; `view` is the lane of the six-layer view it is drawn in."""

    name: Annotated[TypeName, NAME_KEY]
    label: Annotated[LabelField, LABEL_KEY]
    order: Annotated[
        int,
        Field(ge=1),
        Key("次序", "Order", "自上而下的位置，从 1 起。", "Its place from the top, from 1."),
    ]
    view: Annotated[
        View,
        Key(
            "视图行",
            "View",
            "它画在六层视图的哪一行。",
            "The lane of the six-layer view it is drawn in.",
        ),
    ]


class ItemType(Declaration):
    """A type of configuration item. From `queries` it comes with what it inherits."""

    name: Annotated[TypeName, NAME_KEY]
    label: Annotated[LabelField, LABEL_KEY]
    layer: Annotated[
        Name,
        Refers("layer"),
        Key(
            "层",
            "Layer",
            "它的配置项所在的层；可继承。",
            "The layer its items stand in; may be inherited.",
        ),
    ] = ""
    icon: Annotated[
        str, Key("图标", "Icon", "图标的名称；可继承。", "The name of its icon; may be inherited.")
    ] = ""
    extends: Annotated[
        Name | None,
        Refers("item-type", acyclic=True),
        Key("继承", "Extends", "它继承属性的上级类型。", "The type whose attributes it inherits."),
    ] = None
    abstract: Annotated[
        bool,
        Key(
            "仅供继承",
            "Abstract",
            "为真时没有直接属于它的配置项。",
            "Only there to be extended: no item is of it itself.",
        ),
    ] = False
    attributes: Annotated[
        tuple[ItemAttribute, ...],
        Key("属性", "Attributes", "它的配置项有哪些属性。", "What is known of its items."),
    ] = ()
    roles: Annotated[
        tuple[Role, ...],
        Unique(),
        Key(
            "角色",
            "Roles",
            "它的配置项对平台意味着什么；子类型也有同样的角色。",
            "What its items are to the platform; types that extend it have the same roles.",
        ),
    ] = ()
    _lineage: tuple[str, ...] = PrivateAttr(default=())

    @property
    def lineage(self) -> tuple[str, ...]:
        """This type and its ancestors, nearest first; empty before it inherits."""
        return self._lineage

    def attribute(self, name: str) -> ItemAttribute | None:
        return next((each for each in self.attributes if each.name == name), None)

    def is_a(self, name: str) -> bool:
        return name == self.name or name in self.lineage

    def inheriting(self, line: Sequence[ItemType]) -> ItemType:
        """The type with what `line` gives it: itself and its ancestors, nearest first."""
        attributes = {own.name: own for kin in reversed(line) for own in kin.attributes}
        whole = self.model_copy(
            update={
                "layer": next((kin.layer for kin in line if kin.layer), ""),
                "icon": next((kin.icon for kin in line if kin.icon), ""),
                "attributes": tuple(attributes.values()),
                "roles": tuple(sorted({role for kin in line for role in kin.roles})),
            }
        )
        whole._lineage = tuple(kin.name for kin in line)  # noqa: SLF001 - a copy of its own kind
        return whole


def with_inherited(item_type: ItemType, every: Mapping[str, ItemType]) -> ItemType:
    """The type with its ancestors' attributes before its own, an own one replacing its namesake.

    Unknown parents and cycles end the line; the pack check reports them.
    """
    line = [item_type]
    while (parent := every.get(line[-1].extends or "")) and parent not in line:
        line.append(parent)
    return item_type.inheriting(line)


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


class Ends(Part):
    """Item types that may stand at the two ends of a relation; empty means any."""

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

    def admits(self, source: ItemType, target: ItemType) -> bool:
        return _is_any(source, self.source) and _is_any(target, self.target)


def _is_any(item_type: ItemType, names: Sequence[str]) -> bool:
    return not names or any(item_type.is_a(name) for name in names)


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

    @property
    def reverse_label(self) -> Label:
        return self.reverse or self.label

    def admits(self, source: ItemType, target: ItemType) -> bool:
        return not self.allowed or any(ends.admits(source, target) for ends in self.allowed)


# Packs and what is stored of them ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StoredDefinition:
    """A definition as it is kept: its text for people, its body for programs."""

    kind: str
    name: str
    version: int
    pack: str
    file: str
    label: Label | None
    text: str
    body: Mapping[str, Any]
    created_at: datetime
    created_by: str
    current: bool = True
    """False for a version that another one replaced, and for one that was retired."""
    retired_at: datetime | None = None
    retired_by: str = ""

    @property
    def called(self) -> Label:
        """Its label; one without is called by its name."""
        return self.label or Label.parse(self.name)


@dataclass(frozen=True, slots=True)
class DefinitionVersion:
    """One version of a definition with the difference of its text from the one before."""

    stored: StoredDefinition
    diff: str


@dataclass(frozen=True, slots=True)
class Dependent:
    """How many things of one sort ("item", "ticket") live by a definition."""

    thing: str
    label: Label
    count: int
    counted: bool = False
    """The label is said of so many already; else it is that of one."""


@dataclass(frozen=True, slots=True)
class Living:
    """What lives by a definition; not `complete` for a reader who may not count all of it."""

    things: tuple[Dependent, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class InstalledPack:
    name: str
    version: str
    label: Label
    requires: tuple[str, ...]
    imported_at: datetime
    imported_by: str
    definitions: int
    description: Label | None = None


class ChangeKind(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True)
class Change:
    """One definition that an import would touch, with the difference of its text."""

    change: ChangeKind
    pack: str
    kind: str
    name: str
    file: str
    diff: str
    content: bool = True
    """False where only the wording of the text differs (comments, order, spaces)."""
    was: str = ""
    """The name it had, of one that is renamed."""
    dependents: tuple[Dependent, ...] = ()
    """What lives by the definition as it is now."""
    lost: tuple[Dependent, ...] = ()
    """What of that would lose what it lives by."""

    @property
    def was_key(self) -> tuple[str, str]:
        """Kind and name under which it is stored until now."""
        return self.kind, self.was or self.name


@dataclass(frozen=True, slots=True)
class Difference:
    """What an import would do, or has done."""

    packs: tuple[str, ...]
    changes: tuple[Change, ...] = ()
    files: tuple[str, ...] = field(default=())
    """Files of the packs whose bytes differ, `pack/path`."""

    @property
    def empty(self) -> bool:
        return not self.changes and not self.files

    @property
    def lost(self) -> tuple[Change, ...]:
        """The changes that take something away by which anything lives."""
        return tuple(change for change in self.changes if change.lost)

    def of(self, change: ChangeKind) -> tuple[Change, ...]:
        return tuple(known for known in self.changes if known.change is change)
