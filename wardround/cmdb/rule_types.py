"""Rules by which relations follow from equal values: what is declared of one."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from wardround.schema.declarations import (
    LABEL_KEY,
    Declaration,
    FieldName,
    Key,
    LabelField,
    Name,
    Part,
    Refers,
)
from wardround.schema.types import ItemType

RULE = "relation-rule"

OWN = ("name", "key")
"""What every item has beside its attributes, and may be compared by."""


class RuleEnd(Part):
    """Items at one end, and what of them is compared with the other end."""

    type: Annotated[
        Name,
        Refers("item-type"),
        Key(
            "类型",
            "Type",
            "这一端的配置项类型，含其下级类型。",
            "The type of the items at this end, those that extend it among them.",
        ),
    ]
    attribute: Annotated[
        FieldName,
        Key(
            "属性",
            "Attribute",
            "拿来比较的属性；name 为名称，key 为编号。",
            "The attribute that is compared; name and key are those of the item itself.",
        ),
    ]

    def concerns(self, item_type: ItemType) -> bool:
        """Whether items of this type stand at this end."""
        return item_type.is_a(self.type) and (
            self.attribute in OWN or item_type.attribute(self.attribute) is not None
        )

    def keeps(self, item_type: ItemType) -> bool:
        """Whether some roles alone see what items of this type would be compared by here."""
        declared = item_type.attribute(self.attribute)
        return item_type.is_a(self.type) and declared is not None and bool(declared.seen_by)


class RelationRule(Declaration):
    """Items with equal values are related, as long as the values are equal."""

    label: Annotated[LabelField, LABEL_KEY]
    relation: Annotated[
        Name,
        Refers("relation-kind"),
        Key("关系类型", "Relation", "建立哪一类关系。", "The kind of relation that is made."),
    ]
    source: Annotated[
        RuleEnd,
        Field(alias="from"),
        Key("起点", "From", "关系从哪些配置项出发。", "The items that the relations start from."),
    ]
    target: Annotated[
        RuleEnd,
        Field(alias="to"),
        Key("终点", "To", "关系指向哪些配置项。", "The items that the relations lead to."),
    ]
