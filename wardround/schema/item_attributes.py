"""Attributes of items: what a type declares of each, the groups they stand in, and what a warranty
brings.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from typing import Annotated

from pydantic import Field

from wardround.schema.declarations import (
    LABEL_KEY,
    FieldName,
    FromText,
    Key,
    LabelField,
    Name,
    Part,
    PositiveDuration,
    Refers,
    Several,
    Text,
    Unique,
    told_as,
)
from wardround.schema.labels import Label

MOST_ATTRIBUTES = 1000
"""Of one type: a form of more is no form, and each is looked at with every save."""

MOST_NOTICES = 5
"""Of one date: who is told more often does not listen any more."""
DAY = 86_400.0
USUAL_NOTICES = (90 * DAY, 30 * DAY, 7 * DAY)
"""Time to ask for an offer, time to order, time to hurry."""


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
    seen_by: Annotated[
        Several[Name],
        Unique(),
        Refers("role"),
        Key(
            "可见角色",
            "Seen by",
            "只有这些角色（和系统管理员）能看到它的值；不写则能看到配置项的人都能看到。",
            "Roles that may see its values, beside the administrator; none: whoever sees the item.",
        ),
    ] = ()
    expires: Annotated[
        tuple[PositiveDuration, ...],
        Field(max_length=MOST_NOTICES),
        Key(
            "到期提醒",
            "Expires",
            "日期是到期日：提前多少天提醒，例如 [90d, 30d, 7d]；"
            "限定可见角色的属性只列入数据质量，不产生告警。",
            "Something ends on this date: how many days before notice is given, such as"
            " [90d, 30d, 7d]. One that some roles alone see raises no alert.",
        ),
    ] = ()
    renamed_from: Annotated[
        FieldName | None,
        Key(
            "原名",
            "Renamed from",
            "属性改名时写它原来的名称：配置项已有的值转到新名称下。",
            "What it was called until now: the values that items hold follow it to its new name.",
        ),
    ] = None

    @property
    def notices(self) -> tuple[int, ...]:
        """Days of notice before what it dates ends, the most first; none where nothing ends."""
        return tuple(round(length / DAY) for length in sorted(self.expires, reverse=True))


class AttributeGroup(Part):
    """Attributes that stand together on forms and pages."""

    name: Annotated[
        FieldName,
        Key("标识", "Name", "分组的标识，属性以它引用。", "What attributes call the group by."),
    ]
    label: Annotated[LabelField, LABEL_KEY]


WARRANTY_GROUP = AttributeGroup(name="warranty", label=Label("保修", "Warranty"))
WARRANTY = (
    ItemAttribute(
        name="warranty_starts_on",
        label=Label("质保开始", "Warranty starts on"),
        type=AttributeType.DATE,
        group="warranty",
    ),
    ItemAttribute(
        name="warranty_ends_on",
        label=Label("质保到期", "Warranty ends on"),
        type=AttributeType.DATE,
        group="warranty",
        list=True,
        filter=True,
        expires=USUAL_NOTICES,
    ),
    ItemAttribute(
        name="warranty_by",
        label=Label("质保单位", "Warranty by"),
        type=AttributeType.TEXT,
        group="warranty",
    ),
    ItemAttribute(
        name="warranty_level",
        label=Label("质保级别", "Warranty level"),
        type=AttributeType.CHOICE,
        group="warranty",
        filter=True,
        choices=(
            Choice(value="4h", named=Label("4 小时上门", "On site in 4 hours")),
            Choice(value="next-day", named=Label("次日上门", "On site the next day")),
            Choice(value="parts", named=Label("仅备件", "Parts only")),
            Choice(value="repair", named=Label("送修", "Sent in for repair")),
        ),
    ),
)
"""What items with a warranty have, unless their type declares the same name itself."""


class Declared(tuple[ItemAttribute, ...]):  # noqa: SLOT001  # what is found is kept in it
    """The attributes of a type in their order, with what it inherits: found by name at once, for
    who looks at a hundred thousand items of it.
    """

    @cached_property
    def by_name(self) -> Mapping[str, ItemAttribute]:
        return {each.name: each for each in self}

    @cached_property
    def required(self) -> tuple[ItemAttribute, ...]:
        return tuple(each for each in self if each.required)

    @cached_property
    def references(self) -> tuple[ItemAttribute, ...]:
        return tuple(each for each in self if each.type is AttributeType.REFERENCE)
