"""Workbooks: looked at before they are opened, so that none takes more memory than it may.

What is read is what a spreadsheet shows: no hidden sheet, of a formula its kept result. A cell
whose formula has none, or an error, is told as that. Of cells joined downwards each has their
value.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from lxml import etree
from python_calamine import CalamineSheet, CalamineWorkbook, SheetMetadata

from wardround.cmdb.errors import UnreadableImport
from wardround.cmdb.intake.tables import (
    MOST_BYTES,
    MOST_CELLS,
    MOST_ROWS,
    Cell,
    Lacking,
    Line,
    Table,
    unreadable,
)
from wardround.cmdb.intake.texts import too_many_rows

_MOST_PARTS = 2_000
_FILLED = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br=["\']([A-Z]{1,3})([0-9]{1,7})["\'][^>]*[^/]>')
_FORMULA = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\br=["\']([A-Z]{1,3}[0-9]{1,7})["\'][^>]*>\s*'
    rb"<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_ERROR = re.compile(
    rb'<(?:\w+:)?c\b(?=[^>]*\bt=["\']e["\'])[^>]*?\br=["\']([A-Z]{1,3}[0-9]{1,7})["\']'
)
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(slots=True)
class _Looked:
    """What was seen of one sheet before it was opened."""

    lacking: dict[tuple[int, int], Lacking] = field(default_factory=dict)


def read_workbook(data: bytes) -> list[Table]:
    """Every sheet that holds something. Raises UnreadableImport."""
    try:
        looked = _looked_at(data)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, KeyError,
            ValueError, etree.XMLSyntaxError) as error:  # fmt: skip
        raise _unreadable(error) from None
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            names = [
                sheet.name
                for sheet in book.sheets_metadata
                if str(sheet.typ).endswith(".WorkSheet") and _shown(sheet)
            ]
            read = [
                _table(book.get_sheet_by_name(name), looked.get(name, _Looked())) for name in names
            ]
    except UnreadableImport:
        raise
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise _unreadable(error) from None  # what its reader panics with is no Exception
    return [table for table in read if table.filled]


def _shown(sheet: SheetMetadata) -> bool:
    """What whoever sends a file does not see is not worked in: lists of choices, old copies."""
    return str(sheet.visible).endswith(".Visible")


def _unreadable(error: BaseException) -> UnreadableImport:
    message = _("The workbook cannot be read: %(why)s. Open it in a spreadsheet and save it anew.")
    return unreadable(message % {"why": str(error)[:200]})


# Before it is opened -----------------------------------------------------------------------------


def _looked_at(data: bytes) -> dict[str, _Looked]:
    """By sheet; refuses what would not fit. The sizes that the archive claims are not believed."""
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        parts = opened.infolist()
        if len(parts) > _MOST_PARTS:
            raise unreadable(_("The workbook has too many parts to be one."))
        names = _sheets(opened)
        room, found = MOST_BYTES, {}
        for part in parts:
            wanted = part.filename in names
            content, room = _unpacked(opened, part, room, keep=wanted)
            if wanted:
                found[names[part.filename]] = _look(content)
    return found


def _unpacked(
    opened: zipfile.ZipFile, part: zipfile.ZipInfo, room: int, *, keep: bool
) -> tuple[bytes, int]:
    kept = bytearray()
    with opened.open(part) as stream:
        while piece := stream.read(2**20):
            room -= len(piece)
            if room < 0:
                message = _("Unpacked, the workbook is larger than %(most)s MB.")
                raise unreadable(message % {"most": MOST_BYTES // 2**20})
            if keep:
                kept += piece
    return bytes(kept), room


def _sheets(opened: zipfile.ZipFile) -> dict[str, str]:
    """By part of the archive, the name of the sheet that is in it."""
    book = _xml(opened, "xl/workbook.xml")
    relations = _xml(opened, "xl/_rels/workbook.xml.rels")
    targets = {
        relation.get("Id"): posixpath.normpath(
            posixpath.join("/xl", relation.get("Target") or "")
        ).lstrip("/")
        for relation in relations
    }
    return {
        targets[sheet.get(_RELATION)]: sheet.get("name") or ""
        for sheet in book.iter("{*}sheet")
        if sheet.get(_RELATION) in targets
    }


_SMALL = 8 * 2**20


def _xml(opened: zipfile.ZipFile, name: str) -> etree._Element:
    with opened.open(name) as stream:
        content = stream.read(_SMALL + 1)
    if len(content) > _SMALL:
        raise unreadable(_("The workbook has too many parts to be one."))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.fromstring(content, parser)


def _look(xml: bytes) -> _Looked:
    columns: set[bytes] = set()
    rows: set[bytes] = set()
    for cell in _FILLED.finditer(xml):
        columns.add(cell[1])
        rows.add(cell[2])
    widest = max((_column(column.decode()) + 1 for column in columns), default=0)
    last = max(map(int, rows), default=0)
    if last * widest > MOST_CELLS or last > MOST_ROWS + 1_000:
        raise unreadable(too_many_rows())
    looked = _Looked()
    if b"<f" in xml or b":f" in xml:
        for place in _FORMULA.finditer(xml):
            looked.lacking[_place(place[1].decode())] = Lacking.FORMULA
    for place in _ERROR.finditer(xml):
        looked.lacking[_place(place[1].decode())] = Lacking.ERROR
    return looked


def _column(letters: str) -> int:
    """From 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _place(text: str) -> tuple[int, int]:
    letters = text.rstrip("0123456789")
    return int(text[len(letters) :]) - 1, _column(letters)


# Read --------------------------------------------------------------------------------------------


def _table(sheet: CalamineSheet, looked: _Looked) -> Table:
    start = sheet.start or (0, 0)
    joined = _joined(sheet)
    return Table(sheet.name, list(_lines(sheet, start, looked.lacking, joined)))


def _joined(sheet: CalamineSheet) -> Mapping[int, list[tuple[int, int]]]:
    """By row, columns whose cells are joined with one above, and the row of that."""
    end = (sheet.end or (0, 0))[0]
    found: dict[int, list[tuple[int, int]]] = {}
    for (top, left), (bottom, _right) in sheet.merged_cell_ranges or ():
        for row in range(top + 1, min(bottom, end) + 1):
            found.setdefault(row, []).append((left, top))
    return found


def _lines(
    sheet: CalamineSheet,
    start: tuple[int, int],
    lacking: Mapping[tuple[int, int], Lacking],
    joined: Mapping[int, list[tuple[int, int]]],
) -> Iterator[Line]:
    tops = {(top, column) for several in joined.values() for column, top in several}
    values: dict[tuple[int, int], Cell] = {}
    told: dict[int, list[tuple[int, Lacking]]] = {}
    for (row, column), why in lacking.items():
        told.setdefault(row, []).append((column, why))
    pad: list[Cell] = [None] * start[1]
    rows = sheet.to_python(skip_empty_area=True)
    for row in range(min([start[0], *told]), max([start[0] + len(rows) - 1, *told]) + 1):
        place = row - start[0]
        cells: list[Cell] = [*pad, *rows[place]] if 0 <= place < len(rows) else []
        if row in told:
            cells += [None] * (max(column for column, _why in told[row]) + 1 - len(cells))
        above = [(column, values.get((top, column))) for column, top in joined.get(row, ())]
        for column, value in (*told.get(row, ()), *above):
            if column < len(cells):
                cells[column] = value
        if tops:
            here = (row_column for row_column in enumerate(cells) if (row, row_column[0]) in tops)
            values.update({(row, column): value for column, value in here})
        yield Line(row + 1, cells)
