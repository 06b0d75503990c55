"""How files of other products are read: mappings that are declared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from wardround.cmdb.import_types import TableWish
from wardround.schema.declarations import (
    LABEL_KEY,
    Declaration,
    FrozenMapping,
    Key,
    Keyed,
    LabelField,
    Name,
    Part,
    Refers,
    Text,
)

PROFILE = "import-profile"


class DeclaredTable(Part):
    """How a table of a file is read. It names types and attributes without holding them: whoever
    retires one need not ask how other products call it, and an import says what is not there.
    """

    table: Annotated[
        Text,
        Key(
            "表",
            "Table",
            "工作表名，文本文件为文件名；可用 * 与 ? 通配。",
            "The name of a sheet, or of a text file without its ending; * and ? stand for others.",
        ),
    ]
    type: Annotated[
        Name,
        Key("类型", "Type", "行没有说明时的类型。", "The type of rows that say none."),
    ]
    types: Annotated[
        Keyed[str, str],
        Key(
            "类型对照",
            "Types by word",
            "类型列的内容对应本平台的哪个类型。",
            "By what the column of types says, the type here.",
        ),
    ] = FrozenMapping()
    columns: Annotated[
        Keyed[str, str],
        Key(
            "列",
            "Columns",
            "表头对应什么：name、type、own（来源中的编号）、attributes.serial、"
            "relation.runs-on 等；空为不导入。",
            "By head what the column says: name, type, own (its id at the source),"
            " attributes.serial, relation.runs-on; empty: nothing.",
        ),
    ]


class DeclaredProfile(Declaration):
    """How the files of a product are read."""

    label: Annotated[LabelField, LABEL_KEY]
    source: Annotated[
        Name | None,
        Refers("source"),
        Key("来源", "Source", "这些文件属于哪个来源。", "The source that these files are of."),
    ] = None
    clear: Annotated[
        bool,
        Key(
            "空即清除",
            "Empty cells empty",
            "空单元格清除原值；否则保持不变。",
            "Whether an empty cell empties what there was; else that stays.",
        ),
    ] = False
    tables: Annotated[
        tuple[DeclaredTable, ...],
        Key("表", "Tables", "各表怎样读，先匹配的为准。", "How tables are read; the first fits."),
    ]

    @property
    def wishes(self) -> Mapping[str, TableWish]:
        return {
            each.table: TableWish(each.type, dict(each.columns), dict(each.types))
            for each in self.tables
        }
