"""A list as an XLSX workbook: what stands in the list stands in its cells, in the reader's words.

States and yes or no are words; moments are in the hospital's zone, and bytes in the unit, that the
head of their column names. Text is text, whatever it looks like to a spreadsheet (`=1+1`, `+86`,
`007`); numbers are such, with all their digits. What a sheet cannot hold is told in the cell and on
a sheet of its own.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from itertools import chain, islice
from math import isfinite
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from wardround.kernel import clock
from wardround.kernel.wording import called

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST_ROWS_IN_A_WORKBOOK = 50_000
ROWS_TO_ASK_FOR = MOST_ROWS_IN_A_WORKBOOK + 1
"""One more than fits, which tells that there are more."""
MOST_IN_A_CELL = 32_767
"""UTF-16 units of text, as spreadsheets count."""
_MOST_DIGITS = 10**15
"""From here on a spreadsheet's numbers, which are doubles, lose digits."""
_FIRST_YEAR = 1900
"""A spreadsheet knows no day before."""
_SHORT_ENOUGH = 255
"""Longer text in a cell of the format “text” is shown as ##### by some programs."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
_PLAIN = re.compile(r"[^\W\d]")
"""What begins with a letter is taken for nothing but text."""
_NOT_IN_A_NAME = re.compile(r'[\[\]:*?/\\"<>|\x00-\x1f]+')
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MEASURED = 200
_NARROWEST, _WIDEST = 8, 60


@dataclass
class _Notes:
    """What did not fit, in words."""

    texts: list[str] = field(default_factory=list)

    def cut(self, row: int, label: str, length: int) -> str:
        said = _("Row %(row)s, “%(label)s”: its %(length)s characters do not fit; its end is cut.")
        self.texts.append(said % {"row": row, "label": label, "length": length})
        return _("… [cut: %(length)s characters, more than a cell holds]") % {"length": length}

    def more_rows(self) -> None:
        said = _(
            "There are more than %(most)s rows; the first are here. Narrow the list by its filters"
            " to have the others."
        )
        self.texts.append(said % {"most": MOST_ROWS_IN_A_WORKBOOK})


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook: its name, its columns with their labels, and its rows."""

    name: str
    columns: Sequence[tuple[str, str]]
    rows: Iterable[Mapping[str, object]]


def xlsx_response(
    title: StrOrPromise,
    columns: Sequence[tuple[str, str]],
    rows: Iterable[Mapping[str, object]],
) -> HttpResponse:
    """The list `title` as a file of that name and today's date: one sheet with its head fixed.

    Of more than 50,000 rows the first are there, and a second sheet says so; give one row more than
    that (`ROWS_TO_ASK_FOR`). Moments are in the hospital's zone, which is Django's current one: a
    cell has no zone of its own.
    """
    return sheets_response(title, [Sheet(str(title), columns, rows)])


def sheets_response(title: StrOrPromise, sheets: Sequence[Sheet]) -> HttpResponse:
    """The same of several sheets."""
    name = _NOT_IN_A_NAME.sub(" ", str(title)).strip()
    today = timezone.localtime(clock.now()).date()
    response = HttpResponse(_workbook(sheets or [Sheet(name, (), ())]), content_type=_TYPE)
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{name} {today.isoformat()}.xlsx"
    )
    return response


def _workbook(sheets: Sequence[Sheet]) -> bytes:
    from openpyxl import Workbook  # noqa: PLC0415  # costs every process a third of a second

    book, notes = Workbook(write_only=True), _Notes()
    for sheet in sheets:
        _fill(book.create_sheet(_NOT_IN_A_NAME.sub(" ", sheet.name).strip()[:31]), sheet, notes)
    if notes.texts:
        told = book.create_sheet(_("What does not fit"))
        for text in notes.texts:
            told.append([_Cells(told, notes).of(text, 1, "")])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _fill(sheet: Any, given: Sheet, notes: _Notes) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415  # heavy, as above

    cells, columns = _Cells(sheet, notes), given.columns
    sheet.freeze_panes = "A2"
    listed = iter(given.rows)
    first = list(islice(listed, _MEASURED))
    for number, (key, label) in enumerate(columns, start=1):
        width = _width([label, *(_worded(row.get(key)) for row in first)])
        sheet.column_dimensions[get_column_letter(number)].width = width
    zone = _zone()
    heads = [f"{label} ({zone})" if _tells_moments(key, first) else label for key, label in columns]
    sheet.append([cells.head(label) for label in heads])
    count = 0
    for row in _at_most(chain(first, listed), notes):
        count += 1
        sheet.append([cells.of(row.get(key), count + 1, label) for key, label in columns])
    if columns:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{count + 1}"


def _tells_moments(key: str, rows: Sequence[Mapping[str, object]]) -> bool:
    """Whether a column holds moments: by its name, as it may be empty, or by what it holds."""
    return key.endswith("_at") or any(isinstance(row.get(key), datetime) for row in rows)


def _zone() -> str:
    """The zone of the moments, as people write it: UTC+08:00; by its name where clocks are changed
    within a year, since one offset would be wrong for some of the moments.
    """
    now = timezone.localtime(clock.now())
    offsets = {(now + timedelta(days=days)).utcoffset() for days in range(0, 365, 30)}
    if len(offsets) > 1:
        return timezone.get_current_timezone_name()
    offset = now.strftime("%z")
    return f"UTC{offset[:3]}:{offset[3:5]}"


def _worded(value: object) -> object:
    """What has words of its own, in the reader's."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return called(value) if isinstance(value, Enum) else value


def _at_most(rows: Iterator[Mapping[str, object]], notes: _Notes) -> Iterator[Mapping[str, object]]:
    yield from islice(rows, MOST_ROWS_IN_A_WORKBOOK)
    if next(rows, None) is not None:
        notes.more_rows()


class _Cells:
    """Makes the cells of one sheet; a style is looked up once."""

    def __init__(self, sheet: Any, notes: _Notes) -> None:
        self._sheet = sheet
        self._notes = notes
        self._styles: dict[tuple[str, bool], Any] = {}

    def head(self, label: str) -> Any:
        from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415  # as above: heavy
        from openpyxl.styles import Font  # noqa: PLC0415  # heavy too

        cell = WriteOnlyCell(self._sheet, label)
        cell.data_type = "s"
        cell.font = Font(bold=True)
        return cell

    def of(self, value: object, row: int, label: str) -> Any:
        """A value as what it is; None stays empty."""
        value = _worded(value)
        if value is None:
            return None
        if isinstance(value, date) and value.year >= _FIRST_YEAR:
            return self._of_date(value)
        if isinstance(value, int | float) and isfinite(value) and abs(value) < _MOST_DIGITS:
            return self._styled(value, "0" if isinstance(value, int) else "General")
        return self._text(self._fitting(_words(value), row, label))

    def _of_date(self, value: date) -> Any:
        if not isinstance(value, datetime):
            return self._styled(value, "yyyy-mm-dd")
        there = timezone.localtime(value) if timezone.is_aware(value) else value
        return self._styled(there.replace(tzinfo=None), "yyyy-mm-dd hh:mm:ss")

    def _fitting(self, text: str, row: int, label: str) -> str:
        written = _CONTROL.sub(_escaped, text)
        if len(written) * 2 <= MOST_IN_A_CELL or _units(written) <= MOST_IN_A_CELL:
            return written
        end = self._notes.cut(row, label, len(text))
        kept = written.encode("utf-16-le")[: (MOST_IN_A_CELL - _units(end)) * 2]
        return kept.decode("utf-16-le", "ignore") + end

    def _text(self, text: str) -> Any:
        if _PLAIN.match(text):
            return text
        marked = text[:1] in {"=", "+", "-", "@"}
        cell = self._styled(text, "@" if len(text) <= _SHORT_ENOUGH else "General", marked=marked)
        cell.data_type = "s"  # whatever it looks like: a formula, an error
        return cell

    def _styled(self, value: Any, number_format: str, *, marked: bool = False) -> Any:
        from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415  # as above: heavy

        cell: Any = WriteOnlyCell(self._sheet, value)
        style = self._styles.get((number_format, marked))
        if style is None:
            cell.number_format = number_format
            cell.quotePrefix = marked
            self._styles[number_format, marked] = cell._style  # noqa: SLF001  # a lookup costs more
        else:
            cell._style = style  # noqa: SLF001
        return cell


def mebibytes(count: float) -> float:
    """Bytes for a column whose head names the unit: rounded, so that they can still be added."""
    return round(count / 2**20, 1)


def _words(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "replace")) // 2


def _escaped(found: re.Match[str]) -> str:
    """The format's own way to write what XML cannot, and what would be read as such."""
    text = found[0]
    return f"_x005F{text}" if len(text) > 1 else f"_x{ord(text):04X}_"


def _width(values: Iterable[object]) -> float:
    """Of a column, in digits: a Chinese character takes the place of two."""
    lines = (line for value in values for line in str("" if value is None else value).split("\n"))
    widest = max((sum(map(_cells_of, line[:_WIDEST])) for line in lines), default=0)
    return min(max(widest + 2, _NARROWEST), _WIDEST)


def _cells_of(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
