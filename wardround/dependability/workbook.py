"""The matrix as an Excel workbook."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from wardround.dependability.answers import service_names
from wardround.dependability.errors import DependabilityError
from wardround.kernel.wording import told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from wardround.dependability.matrix import Matrix, Totals

_TOTALS = 4  # columns before the services: the item and its three totals
_SHEET_ROWS, _SHEET_COLUMNS = 1_048_576, 16_384  # what Excel can hold
_SHEET_CELLS = _SHEET_ROWS * _SHEET_COLUMNS


def write_workbook(matrix: Matrix, path: Path) -> None:
    """Items down, services across, critical items first; blank cells stay empty."""
    names = service_names(matrix)
    rows = [matrix.row(name) for name in names]
    items = list(matrix.critical_items())
    rows_needed, columns_needed = len(items) + 1, len(names) + _TOTALS
    too_long = rows_needed > _SHEET_ROWS or columns_needed > _SHEET_COLUMNS
    if too_long or rows_needed * columns_needed > _SHEET_CELLS:
        raise DependabilityError(
            "sheet_too_large", items=len(items), services=len(names), rows=_SHEET_ROWS,
            columns=_SHEET_COLUMNS,
        )  # fmt: skip
    with path.open("wb") as file:  # first: what cannot be written should not be computed
        file.write(_workbook(names, items, rows))


def _workbook(
    names: Sequence[str],
    items: Sequence[tuple[str, Totals]],
    rows: Sequence[Mapping[str, str]],
) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("CFIA")
    sheet.freeze_panes = "E2"
    head = [told("item"), "X", "M", "A", *names]
    sheet.append([_written(sheet, each) for each in head])
    for item, total in items:
        counts = (total.single, total.manual, total.alternative)
        sheet.append([_written(sheet, item), *counts, *(row.get(item) for row in rows)])
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _written(sheet: Any, text: str) -> Any:
    """A cell of text, also where the name begins like a formula."""
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell
