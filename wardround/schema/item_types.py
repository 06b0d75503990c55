"""What stands in the CMDB: layers, item types, their attributes, and the roles that types play."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated

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

# Attributes and types ---------------------------------------------------------------------------


MOST_ATTRIBUTES = 1000
"""Of one type: a form of more is no form, and each is looked at with every save."""


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
        "port": ("端口", "Port"),
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
    PORT = "port"
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
    unique: Annotated[
        bool,
        Key(
            "唯一",
            "Unique",
            "在用的配置项之间不能重复；比较时不分大小写、全半角和空格。",
            "No two items in use have the same; case, width and spaces do not count.",
        ),
    ] = False
    group: Annotated[
        FieldName | None,
        Key(
            "分组",
            "Group",
            "表单和详情页里它所在的分组；在“分组”里声明。",
            "The group it stands in on forms and pages; one of “groups”.",
        ),
    ] = None
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


class AttributeGroup(Part):
    """Attributes that stand together on forms and pages."""

    name: Annotated[
        FieldName,
        Key("标识", "Name", "分组的标识，属性以它引用。", "What attributes call the group by."),
    ]
    label: Annotated[LabelField, LABEL_KEY]


@told_as(
    {
        "system": ("业务系统", "Business system"),
        "organisation": ("机构", "Organisation"),
        "owner": ("负责人", "Owner"),
        "vendor": ("厂商", "Vendor"),
        "interface": ("接口", "Interface"),
    }
)
class ItemRole(StrEnum):
    """What the platform asks a type of item for, so that no room has to know a type by its name."""

    SYSTEM = "system"
    """A business system: what other items serve, scopes are made of and boards show."""
    ORGANISATION = "organisation"
    """Uses systems; a scope may be given over what it uses."""
    OWNER = "owner"
    """May own items, answer for them; where no type has the role, any item may."""
    VENDOR = "vendor"
    """May be named as who supplies an item; where no type has the role, any item may."""
    INTERFACE = "interface"
    """Over which systems exchange data: the interface map is made of these."""


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
        Field(max_length=MOST_ATTRIBUTES),
        Key("属性", "Attributes", "它的配置项有哪些属性。", "What is known of its items."),
    ] = ()
    groups: Annotated[
        tuple[AttributeGroup, ...],
        Key(
            "分组",
            "Groups",
            "表单和详情页按次序显示的属性分组；继承上级类型的分组。",
            "Groups of attributes on forms and pages, in this order; inherited ones come first.",
        ),
    ] = ()
    roles: Annotated[
        tuple[ItemRole, ...],
        Unique(),
        Key(
            "角色",
            "Roles",
            "它的配置项对平台意味着什么；子类型也有同样的角色。",
            "What its items are to the platform; types that extend it have the same roles.",
        ),
    ] = ()
    _lineage: tuple[str, ...] = PrivateAttr(default=())
    _alone_in: Mapping[str, str] = PrivateAttr(default_factory=dict)

    @property
    def lineage(self) -> tuple[str, ...]:
        """This type and its ancestors, nearest first; empty before it inherits."""
        return self._lineage

    @property
    def alone_in(self) -> Mapping[str, str]:
        """Its unique attributes, each with the farthest ancestor that calls it unique: no two items
        of that type, or of one below it, have the same. Empty before it inherits.
        """
        return self._alone_in

    def attribute(self, name: str) -> ItemAttribute | None:
        return next((each for each in self.attributes if each.name == name), None)

    def is_a(self, name: str) -> bool:
        return name == self.name or name in self.lineage

    def inheriting(self, line: Sequence[ItemType]) -> ItemType:
        """The type with what `line` gives it: itself and its ancestors, nearest first."""
        attributes = {own.name: own for kin in reversed(line) for own in kin.attributes}
        groups = {own.name: own for kin in reversed(line) for own in kin.groups}
        whole = self.model_copy(
            update={
                "layer": next((kin.layer for kin in line if kin.layer), ""),
                "icon": next((kin.icon for kin in line if kin.icon), ""),
                "attributes": tuple(attributes.values()),
                "groups": tuple(groups.values()),
                "roles": tuple(sorted({role for kin in line for role in kin.roles})),
            }
        )
        whole._lineage = tuple(kin.name for kin in line)  # noqa: SLF001 - a copy of its own kind
        farthest = {own.name: kin.name for kin in line for own in kin.attributes if own.unique}
        whole._alone_in = {  # noqa: SLF001
            name: kin for name, kin in farthest.items() if attributes[name].unique
        }
        return whole


def with_inherited(item_type: ItemType, every: Mapping[str, ItemType]) -> ItemType:
    """The type with its ancestors' attributes before its own, an own one replacing its namesake.

    Unknown parents and cycles end the line; the pack check reports them.
    """
    line = [item_type]
    while (parent := every.get(line[-1].extends or "")) and parent not in line:
        line.append(parent)
    return item_type.inheriting(line)
