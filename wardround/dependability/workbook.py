"""The matrix as an Excel workbook."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from wardround.dependability.answers import service_names
from wardround.kernel.wording import told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from wardround.dependability.matrix import Matrix, Totals

_TOTALS = 4  # columns before the services: the item and its three totals
_SHEET_ROWS, _SHEET_COLUMNS, _CELL_TEXT = 1_048_576, 16_384, 32_767  # what Excel can hold
_NEVER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")  # not in a workbook, by its own rules


@dataclass(frozen=True)
class LeftOut:
    """What did not fit a sheet: the items that matter least, the last services, ends of names."""

    items: int
    services: int
    names: int

    @property
    def texts(self) -> list[str]:
        found = []
        if self.items or self.services:
            found.append(told(
                "A sheet holds %(rows)s rows and %(columns)s columns: %(items)s items (those that"
                " matter least) and %(services)s services are left out. Choose fewer --services.",
                rows=f"{_SHEET_ROWS:,}", columns=f"{_SHEET_COLUMNS:,}", items=f"{self.items:,}",
                services=f"{self.services:,}",
            ))  # fmt: skip
        if self.names:
            found.append(told(
                "%(count)s names are cut: a cell holds %(most)s characters.",
                count=f"{self.names:,}", most=f"{_CELL_TEXT:,}",
            ))  # fmt: skip
        return found


def write_workbook(matrix: Matrix, path: Path) -> LeftOut:
    """Items down, services across, critical items first; blank cells stay empty. What Excel cannot
    hold is left out; a second sheet and the answer tell what.
    """
    names = service_names(matrix)
    shown = names[: _SHEET_COLUMNS - _TOTALS]
    critical = matrix.critical_items()
    items = list(itertools.islice(critical, _SHEET_ROWS - 1))
    left = LeftOut(
        items=sum(1 for _ in critical),
        services=len(names) - len(shown),
        names=sum(len(each) > _CELL_TEXT for each in [*shown, *(item for item, _ in items)]),
    )
    with _beside(path) as file:  # first: what cannot be written should not be computed
        file.write(_workbook(shown, items, [matrix.row(name) for name in shown], left))
    return left


@contextlib.contextmanager
def _beside(path: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of `path` once it is whole; an error names `path`."""
    special = path.exists() and not path.is_file()  # a device, a pipe
    made = path if special else path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with made.open("wb") as file:
            yield file
        if not special:
            made.replace(path)
    except OSError as error:
        error.filename = str(path)
        raise
    finally:
        if not special:
            made.unlink(missing_ok=True)


def _workbook(
    names: Sequence[str],
    items: Sequence[tuple[str, Totals]],
    rows: Sequence[Mapping[str, str]],
    left: LeftOut,
) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("CFIA")
    sheet.freeze_panes = "E2"
    head = [told("item"), "X", "M", "A", *names]
    sheet.append([_written(sheet, each) for each in head])
    for item, total in items:
        counts = (total.single, total.manual, total.alternative)
        sheet.append([_written(sheet, item), *counts, *(row.get(item) for row in rows)])
    if left.texts:
        notes = book.create_sheet(told("left out"))
        for text in left.texts:
            notes.append([_written(notes, text)])
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _written(sheet: Any, text: str) -> Any:
    """A cell of text, also where the name begins like a formula."""
    cell = WriteOnlyCell(sheet, _NEVER.sub("\N{REPLACEMENT CHARACTER}", text[:_CELL_TEXT]))
    cell.data_type = "s"
    return cell
