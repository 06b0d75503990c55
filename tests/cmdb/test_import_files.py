"""Files as they come: encodings, separators, heads, formulas, joined cells, bombs."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from openpyxl import Workbook

from tests.cmdb.imports import counts, imported, lines, sent, workbook, worked
from tests.hospital import ApiClient, client_of
from wardround.cmdb.errors import UnreadableImport
from wardround.cmdb.intake import tables, workbooks
from wardround.cmdb.intake.files import read_file
from wardround.cmdb.models import Item

TEXT = "编号{0}名称{0}类型\nn-1{0}甲{0}host\n"


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("li", "administrator")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "data",
    [
        TEXT.format(",").encode("gbk"),
        TEXT.format(";").encode("utf-8-sig"),
        TEXT.format("\t").encode("utf-16"),
        TEXT.format("|").encode(),
        TEXT.format(",").replace("\n", "\r\n").encode("gb18030"),
        ("信息科设备清单,,\n2026 年,,\n\n" + TEXT.format(",") + ",,\n").encode(),
        b"\xef\xbb\xbf" + 'key,name,type\nn-1,"甲\n",host\n'.encode(),
    ],
    ids=["gbk", "bom-semicolon", "utf16-tab", "bar", "gb18030-crlf", "head-below", "quoted"],
)
def test_texts_as_they_come(admin: ApiClient, data: bytes) -> None:
    run = worked(admin, sent(admin, "a.csv", data).body["id"])
    assert counts(run) == (1, 0, 0, 0), lines(admin, run)
    assert Item.objects.get(key="n-1").name == "甲"


@pytest.mark.django_db
def test_values_as_people_write_them(admin: ApiClient) -> None:
    rows = [
        ["编号", "名称", "类型", "CPU 核数", "购入日期", "序列号", "维护账号"],
        ["ｎ－１", " 甲　", "ｈｏｓｔ", "１６", "2026年1月31日", 1234567890123, True],
        ["n-2", "乙", "host", "1,024", "20260131", "００７", None],
        ["n-3", "丙", "host", "many", "31st", "", ""],
        ["n-4", "丁", "host", 8.0, date(2026, 1, 31), "x", ""],
    ]
    run = imported(admin, rows)
    assert counts(run) == (3, 0, 0, 1), lines(admin, run)
    first, second = Item.objects.get(name="甲"), Item.objects.get(key="n-2")
    assert (first.key, first.attributes["cpu_cores"]) == ("n-1", 16)
    assert first.attributes["bought_on"] == second.attributes["bought_on"] == "2026-01-31"
    assert (first.attributes["serial"], second.attributes["serial"]) == ("1234567890123", "007")
    assert second.attributes["cpu_cores"] == 1024
    (refused,) = lines(admin, run, verdict="refused")
    assert [each["field"] for each in refused["problems"]] == [
        "attributes.cpu_cores", "attributes.bought_on",
    ]  # fmt: skip


@pytest.mark.django_db
def test_one_wrong_row_of_many(admin: ApiClient) -> None:
    rows: list[list[Any]] = [["key", "name", "type"]]
    rows += [[f"n-{n}", f"N {n}", "host" if n != 700 else "hots"] for n in range(1_000)]
    run = imported(admin, rows)
    assert counts(run) == (999, 0, 0, 1)
    assert [line["row"] for line in lines(admin, run, verdict="refused")] == [702]


@pytest.mark.django_db
def test_one_key_twice_refuses_both_and_an_empty_row_none(admin: ApiClient) -> None:
    rows = [["key", "name", "type"], ["n-1", "A", "host"], [None, "", None],
            ["n-1", "B", "host"], ["n-2", "C", "host"]]  # fmt: skip
    run = imported(admin, rows)
    assert counts(run) == (1, 0, 0, 2)
    assert "2, 4" in lines(admin, run, verdict="refused")[0]["problems"][0]["message"]


@pytest.mark.django_db
def test_heads_that_stand_twice(admin: ApiClient) -> None:
    rows = [["key", "name", "name", "类型"], ["n-1", "A", "B", "host"]]
    run = imported(admin, rows)
    assert [column["to"] for column in run["tables"][0]["columns"]] == ["key", "name", "", "type"]
    assert Item.objects.get(key="n-1").name == "A"


@pytest.mark.django_db
def test_heads_mean_what_they_mean_of_the_types_in_the_file(admin: ApiClient) -> None:
    """A label of a type that is not in the file does not take a column from one that is; and where
    nothing says which types those are, the very name of an attribute goes before another's label.
    """
    rows = [
        ["类型", "名称", "Operating system"],
        ["虚拟机", "门诊 01", "Debian 12"],
        ["host", "机架 01", None],
    ]
    run = imported(admin, rows)
    assert [column["to"] for column in run["tables"][0]["columns"]] == [
        "type", "name", "attributes.operating_system",
    ]  # fmt: skip
    assert counts(run) == (2, 0, 0, 0), lines(admin, run)
    held = Item.objects.get(name="门诊 01")
    assert held.attributes["operating_system"] == "Debian 12"
    words = ["类型", "名称", "operating_system"]
    told = imported(admin, [words, ["no such type", "甲", "x"]])["tables"][0]["columns"]
    assert told[2]["to"] == "attributes.operating_system"


@pytest.mark.django_db
def test_a_column_without_a_head_is_told_and_can_be_read(admin: ApiClient) -> None:
    """Values above which no head stands are left out like any other column, not in silence; so is
    what stands beyond the heads. The refused rows come back with them, and can be sent again.
    """
    data = "key,,name,type\nn-1,M1,A,host\nkey,,name,type\nn-2,M2,B,host,,beyond\nn-3,M3,C,none\n"
    run = worked(admin, sent(admin, "a.csv", data.encode(), dry_run="true").body["id"])
    heads = [(column["head"], column["to"]) for column in run["tables"][0]["columns"]]
    assert heads == [("key", "key"), ("#2", ""), ("name", "name"), ("type", "type"), ("#6", "")]
    assert counts(run) == (2, 0, 0, 1)
    assert run["finished_at"] > run["started_at"]
    wish = {"a": {"columns": {"#2": "attributes.model"}}}
    run = worked(admin, sent(admin, "a.csv", data.encode(), tables=wish).body["id"])
    assert Item.objects.get(key="n-1").attributes["model"] == "M1"
    refused = admin.get(f"/imports/{run['id']}/errors.xlsx").body
    again = worked(admin, sent(admin, "errors.xlsx", refused).body["id"])
    assert ("#2", "") in [(each["head"], each["to"]) for each in again["tables"][0]["columns"]]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.xlsx", b"key,name\n"),
        ("a.csv", b"PK\x03\x04nothing"),
        ("a.xls", b"\xd0\xcf\x11\xe0old"),
        ("a.csv", b"  \n"),
        ("a.pdf", b"%PDF-1.7"),
    ],
)
def test_what_is_not_what_it_says_is_refused_at_once(
    admin: ApiClient, name: str, data: bytes
) -> None:
    answer = sent(admin, name, data)
    assert (answer.status, answer.body["code"]) == (422, "unreadable_file")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "data",
    [b"PK\x03\x04nothing", b"key\x00\x01\x02,name", b"\xff\xfe\xff\x00\xd8"],
)
def test_what_cannot_be_read_fails_with_a_reason(admin: ApiClient, data: bytes) -> None:
    name = "a.xlsx" if data.startswith(b"PK") else "a.csv"
    run = worked(admin, sent(admin, name, data).body["id"])
    assert run["state"] == "failed"
    assert run["why"]


# Workbooks ---------------------------------------------------------------------------------------


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def changed(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as opened, zipfile.ZipFile(target, "w") as written:
        for name in opened.namelist():
            content = opened.read(name)
            assert name != part or old in content
            written.writestr(name, content.replace(old, new, 1) if name == part else content)
    return target.getvalue()


def test_a_formula_is_its_kept_result() -> None:
    data = workbook({"S": [["a", "=1+1", "=A1"]]})
    sheet = "xl/worksheets/sheet1.xml"
    data = changed(data, sheet, b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>")
    data = changed(data, sheet, b'<c r="C1">', b'<c r="C1" t="e">')
    data = changed(data, sheet, b"<f>A1</f><v></v>", b"<f>A1</f><v>#N/A</v>")
    (table,) = read_file("a.xlsx", data)
    assert list(table.lines[0].cells) == ["a", 2.0, tables.Lacking.ERROR]
    (table,) = read_file("a.xlsx", workbook({"S": [["a", "=1+1"]]}))
    assert list(table.lines[0].cells)[1] is tables.Lacking.FORMULA


def test_cells_that_are_joined_downwards_have_one_value() -> None:
    book = Workbook()
    sheet = book.active
    for row in (["a", "b"], ["c", "d"], ["e", "f"]):
        sheet.append(row)
    sheet.merge_cells("A1:A3")
    sheet.merge_cells("A1:A3")
    (table,) = read_file("a.xlsx", saved(book))
    assert [list(line.cells) for line in table.lines] == [["a", "b"], ["a", "d"], ["a", "f"]]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_not_read(state: str) -> None:
    book = Workbook()
    book.active.append(["key", "name"])
    hidden = book.create_sheet("choices")
    hidden.append(["key", "name"])
    hidden.sheet_state = state
    (table,) = read_file("a.xlsx", saved(book))
    assert table.name == "Sheet"


def test_a_table_that_begins_elsewhere_keeps_its_rows() -> None:
    book = Workbook()
    book.active["C5"] = "x"
    (table,) = read_file("a.xlsx", saved(book))
    (line,) = table.filled
    assert (line.number, list(line.cells)) == (5, [None, None, "x"])


def test_a_bomb_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_BYTES", 2**20)
    target = io.BytesIO(workbook({"S": [["a"]]}))
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("xl/media/bomb", b"\0" * 2**22)
    with pytest.raises(UnreadableImport):
        read_file("a.xlsx", target.getvalue())


def test_two_cells_far_apart_take_no_memory() -> None:
    book = Workbook()
    book.active["A1"] = "x"
    book.active["XFD1048576"] = "y"
    with pytest.raises(UnreadableImport):
        read_file("a.xlsx", saved(book))


def test_an_entity_that_grows_is_not_resolved() -> None:
    data = changed(
        workbook({"S": [["a"]]}),
        "xl/workbook.xml",
        b"<workbook",
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaa">]><workbook',
    )
    (table,) = read_file("a.xlsx", data)
    assert table.name == "S"
