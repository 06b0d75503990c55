"""What a file is, by what it holds and not by what it is called."""

from __future__ import annotations

from django.utils.translation import gettext as _

from wardround.cmdb.intake.tables import MOST_FILE_BYTES, Table, unreadable
from wardround.cmdb.intake.texts import read_text

_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_TEXTS = (".csv", ".txt", ".tsv")


def refuse_other(name: str, data: bytes) -> None:
    """Refuse what is not what its name says, without opening it. Raises UnreadableImport."""
    ending = f".{name.lower().rpartition('.')[2]}"
    if len(data) > MOST_FILE_BYTES:
        message = _("The file is larger than %(most)s MB. Divide it.")
        raise unreadable(message % {"most": MOST_FILE_BYTES // 2**20})
    if not data.strip():
        raise unreadable(_("The file is empty."))
    if data.startswith(_OLD):
        message = _("This is a workbook of an old form, or one with a password. Save it as .xlsx.")
        raise unreadable(message)
    if data.startswith(_ZIP):
        if ending not in (".xlsx", ".xlsm"):
            message = _("“%(name)s” is an archive and not what its name says. Send .xlsx or .csv.")
            raise unreadable(message % {"name": name[:100]})
    elif ending not in _TEXTS:
        message = _("“%(name)s” is not what its name says. Send a workbook (.xlsx) or text (.csv).")
        raise unreadable(message % {"name": name[:100]})


def read_file(name: str, data: bytes) -> list[Table]:
    """The tables in it. Raises UnreadableImport."""
    refuse_other(name, data)
    if data.startswith(_ZIP):
        from wardround.cmdb.intake.workbooks import read_workbook  # noqa: PLC0415  # heavy

        tables = read_workbook(data)
    else:
        tables = [read_text(data, name.rpartition(".")[0] or name)]
    tables = [table for table in tables if table.filled]
    if not tables:
        raise unreadable(_("There is nothing in the file."))
    return tables
