"""Tables of text: whichever encoding and separator, as they come out of other programs."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator

from django.utils.translation import gettext as _

from wardround.cmdb.intake.tables import MOST_CELLS, MOST_ROWS, Line, Table, unreadable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATORS = ",;\t|，；"
_LOOKED_AT = 30
_MOST_IN_A_FIELD = 200_000


def read_text(data: bytes, name: str) -> Table:
    """Raises UnreadableImport."""
    text = _decoded(data)
    csv.field_size_limit(_MOST_IN_A_FIELD)
    return Table(name, list(_lines(text, _separator(text))))


def _decoded(data: bytes) -> str:
    """UTF-8 where it is that, else as Chinese programs write it."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _as(data, encoding)
    if b"\x00" in data[:4096]:
        raise unreadable(_("This is neither a workbook (.xlsx) nor a text file (.csv)."))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _as(data, "gb18030")


def _as(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        message = _("The text is neither UTF-8 nor GB18030 (byte %(place)s). Save it as UTF-8.")
        raise unreadable(message % {"place": error.start + 1}) from None


def _separator(text: str) -> str:
    """The mark by which the first lines fall into most columns, alike in all of them."""
    lines = [line for line in text[:200_000].splitlines() if line.strip()][:_LOOKED_AT]

    def alike(mark: str) -> tuple[int, int]:
        counts = [_outside_quotes(line).count(mark) for line in lines]
        usual = max(set(counts), key=lambda count: (counts.count(count), count), default=0)
        return (counts.count(usual) * usual, usual)

    return max(_SEPARATORS, key=alike) if lines else ","


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])


def _lines(text: str, separator: str) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    cells = 0
    try:
        for number, row in enumerate(reader, start=1):
            cells += len(row)
            if number > MOST_ROWS or cells > MOST_CELLS:
                raise unreadable(too_many_rows())
            yield Line(number, row)
    except csv.Error as error:
        message = _("Line %(line)s cannot be read: %(why)s.")
        raise unreadable(message % {"line": reader.line_num, "why": error}) from None


def too_many_rows() -> str:
    message = _("A table has at most %(most)s rows. Divide the file.")
    return message % {"most": f"{MOST_ROWS:,}"}
