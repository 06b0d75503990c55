"""Items as rows of workbooks."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

from wardround.cmdb import queries
from wardround.cmdb.types import RESTRICTED, Column, ItemFilters
from wardround.cmdb.wire import ItemOut
from wardround.kernel.wording import listed
from wardround.kernel.workbook import mebibytes
from wardround.schema.types import AttributeType

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ITEM_COLUMNS: Mapping[str, StrOrPromise] = {
    "key": gettext_lazy("Key"),
    "name": gettext_lazy("Name"),
    "type_label": gettext_lazy("Type"),
    "layer_label": gettext_lazy("Layer"),
    "importance": gettext_lazy("Class of importance"),
    "condition": gettext_lazy("Condition"),
    "owner": gettext_lazy("Owner"),
    "vendor": gettext_lazy("Vendor"),
    "systems": gettext_lazy("Business systems"),
}
BECAUSE: Mapping[str, StrOrPromise] = {"because": gettext_lazy("Why it was found")}
"""Of a list of what a finding found."""
CHANGED: Mapping[str, StrOrPromise] = {"updated_at": gettext_lazy("Changed at")}


@dataclass(frozen=True, slots=True)
class AttributeColumns:
    """Attributes of the items that a list shows, as columns."""

    columns: Mapping[str, Column]

    @property
    def heads(self) -> Mapping[str, str]:
        return {name: _head(column) for name, column in self.columns.items()}

    @property
    def usual(self) -> list[str]:
        """Those that are there from the start."""
        return [name for name, column in self.columns.items() if column.usual]


def attribute_columns(filters: ItemFilters) -> AttributeColumns:
    return AttributeColumns(queries.columns(filters))


_BYTES = frozenset({"B", "bytes"})


def _head(column: Column) -> str:
    """Its label and unit; bytes are told in a larger one."""
    unit = "MiB" if column.unit in _BYTES else column.unit
    return f"{column.label.text()} ({unit})" if unit else column.label.text()


def item_cells(item: ItemOut, own: AttributeColumns) -> dict[str, object]:
    cells: dict[str, object] = {
        **vars(item),
        "owner": item.owner.name if item.owner else None,
        "vendor": item.vendor.name if item.vendor else None,
        "systems": listed(system.name for system in item.systems),
        "because": "; ".join(item.because),
    }
    cells |= {f"attributes.{name}": RESTRICTED.text() for name in item.restricted}
    for name, value in item.attributes.items():
        column = f"attributes.{name}"
        cells[column] = _attribute_cell(value, own.columns.get(column))
    return cells


def _attribute_cell(value: object, column: Column | None) -> object:
    if isinstance(value, list | tuple):
        return listed(str(_attribute_cell(each, column)) for each in value)
    if isinstance(value, dict):
        return value["name"]
    return value if column is None else _plain_cell(value, column)


def _plain_cell(value: object, column: Column) -> object:
    """Stored dates and times are text; one that is none any more is shown as it stands."""
    if isinstance(value, int | float) and column.unit in _BYTES:
        return mebibytes(value)
    if not isinstance(value, str):
        return value
    label, read = column.choices.get(value), _READ.get(column.type, str)
    with contextlib.suppress(ValueError):
        return read(value) if label is None else label.text()
    return value


_READ: Mapping[AttributeType, Callable[[str], object]] = {
    AttributeType.DATE: date.fromisoformat,
    AttributeType.DATETIME: datetime.fromisoformat,
}
