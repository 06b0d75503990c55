"""Where items and their values come from: what is declared of a source."""

from __future__ import annotations

from enum import StrEnum
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
    Text,
    Unique,
    told_as,
)
from wardround.schema.types import ItemType

SOURCE = "source"
HAND = "hand"
"""The source of what people write, in a form or in a file without a source."""
DISCOVERY = "discovery"
"""The source of what monitoring finds."""
RELEASED = ""
"""The source of what stands there and is nobody's: whoever says something else is followed."""
HIGHEST = 1_000
_OF_HAND = 500
"""The rank of people where no definition says it."""
OWN_FIELDS = ("name", "importance", "owner", "vendor")
"""What every item has beside its attributes, and a source may say."""


@told_as({"full": ("全量", "Everything it knows"), "partial": ("部分", "A part")})
class Load(StrEnum):
    """What one load of a source holds."""

    FULL = "full"
    PARTIAL = "partial"


@told_as({"create": ("新建", "Make a new item"), "refuse": ("拒绝", "Refuse the row")})
class NoMatch(StrEnum):
    """What becomes of a row that no item answers to."""

    CREATE = "create"
    REFUSE = "refuse"


@told_as({"ask": ("交人选择", "Ask a person"), "refuse": ("拒绝", "Refuse the row")})
class SeveralMatches(StrEnum):
    """What becomes of a row that several items answer to."""

    ASK = "ask"
    REFUSE = "refuse"


@told_as(
    {
        "nothing": ("不处理", "Nothing"),
        "mark": ("标记", "Mark it"),
        "retire": ("停用", "Retire it"),
    }
)
class Vanished(StrEnum):
    """What becomes of an item that a full load holds no more."""

    NOTHING = "nothing"
    MARK = "mark"
    RETIRE = "retire"


Rank = Annotated[int, Field(ge=1, le=HIGHEST)]


class Authority(Part):
    """Another rank for some attributes of some items."""

    type: Annotated[
        Name,
        Refers("item-type"),
        Key(
            "类型",
            "Type",
            "哪类配置项，含其下级类型。",
            "Of items of this type and those below it.",
        ),
    ]
    attributes: Annotated[
        tuple[FieldName, ...],
        Unique(),
        Key(
            "属性",
            "Attributes",
            "哪些属性；name、importance、owner、vendor 为配置项自身的；不写为全部。",
            "Which attributes; name, importance, owner and vendor are those of the item itself;"
            " none: all.",
        ),
    ] = ()
    rank: Annotated[
        Rank, Key("权威级别", "Rank", "在这里的级别，大的为准。", "Its rank here; the higher wins.")
    ]


class DataSource(Declaration):
    """Where items and values come from, and what may become of what it says."""

    label: Annotated[LabelField, LABEL_KEY]
    owner: Annotated[
        Text | None,
        Key("负责人", "Owner", "谁维护这个来源。", "Who looks after the source."),
    ] = None
    rank: Annotated[
        Rank,
        Key(
            "权威级别",
            "Rank",
            "1 到 1000，大的为准；低级别与高级别不同的值只作为建议。",
            "From 1 to 1000, the higher wins; what a lower one says otherwise is proposed only.",
        ),
    ]
    authority: Annotated[
        tuple[Authority, ...],
        Key(
            "分属性级别",
            "Rank by attribute",
            "某些类型或属性另有级别；最近的类型、写明的属性优先。",
            "Other ranks for types or attributes; the nearest type, then a named attribute, goes"
            " first.",
        ),
    ] = ()
    load: Annotated[
        Load,
        Key(
            "装载方式",
            "Load",
            "每次装载包含它知道的全部，还是一部分。",
            "Whether a load holds all that the source knows, or a part.",
        ),
    ] = Load.PARTIAL
    unmatched: Annotated[
        NoMatch,
        Key(
            "无匹配时",
            "Where none is found",
            "没有配置项与行对应时怎么办。",
            "What becomes of a row that no item answers to.",
        ),
    ] = NoMatch.CREATE
    several: Annotated[
        SeveralMatches,
        Key(
            "多个匹配时",
            "Where several are found",
            "多个配置项与行对应时怎么办。",
            "What becomes of a row that several items answer to.",
        ),
    ] = SeveralMatches.ASK
    vanished: Annotated[
        Vanished,
        Key(
            "消失的记录",
            "What vanishes",
            "全量装载中不再出现的配置项怎么办。",
            "What becomes of an item that a full load holds no more.",
        ),
    ] = Vanished.NOTHING
    after_loads: Annotated[
        int,
        Field(ge=1, le=1_000),
        Key(
            "连续缺席次数",
            "After loads",
            "连续多少次全量装载不再出现才停用。",
            "In how many full loads in a row it must be missing before it is retired.",
        ),
    ] = 1
    after_days: Annotated[
        int,
        Field(ge=0, le=3_650),
        Key(
            "缺席天数",
            "After days",
            "首次缺席多少天之后才停用。",
            "How many days after it was missing first it is retired.",
        ),
    ] = 0
    most_retired: Annotated[
        int,
        Field(ge=0, le=100),
        Key(
            "一次最多停用（%）",
            "Most retired (%)",
            "一次装载最多停用已知记录的百分之几；超出时先不停用，等人确认。",
            "Which share of what it knew one load may retire; more is held until a person says so.",
        ),
    ] = 20
    staged: Annotated[
        bool,
        Key(
            "先试运行",
            "Tried first",
            "自动到来的装载只试运行，等人看过再写入。",
            "Loads that come by themselves are only tried; a person has them written.",
        ),
    ] = False
    placeholders: Annotated[
        tuple[Text, ...],
        Unique(),
        Key(
            "占位值",
            "Placeholders",
            "它在不知道时写的内容，视为空；通用的（如 N/A）已内置。",
            "What it writes where it knows nothing, read as empty; common ones (such as N/A) are"
            " known already.",
        ),
    ] = ()

    def rank_of(self, item_type: ItemType | None, field: str) -> int:
        """Its rank for a field of items of this type."""
        name = field.removeprefix("attributes.")
        for kin in item_type.lineage if item_type else ():
            own = [each for each in self.authority if each.type == kin]
            for said in (name, None):
                for each in own:
                    if name in each.attributes if said else not each.attributes:
                        return each.rank
        return self.rank


PEOPLE = DataSource.model_validate(
    {"name": HAND, "label": {"zh": "人工", "en": "By hand"}, "rank": _OF_HAND}, strict=False
)
"""What holds of people where no definition says it."""
