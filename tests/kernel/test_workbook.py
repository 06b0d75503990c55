"""Workbooks: what stands in a list stands in its cells, and what does not fit is told."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from wardround.kernel import workbook
from wardround.kernel.workbook import MOST_IN_A_CELL, xlsx_response


def book(*values: object) -> Any:
    response = xlsx_response("床位", [("a", "名称")], [{"a": value} for value in values])
    return openpyxl.load_workbook(io.BytesIO(response.content))


def cells(*values: object) -> list[Any]:
    return [row[0] for row in book(*values).worksheets[0].iter_rows(min_row=2)]


def test_a_list_is_a_sheet_with_its_head_fixed_and_filtered() -> None:
    rows = [
        {"name": "病区 7", "at": datetime(2026, 11, 23, 8, tzinfo=UTC), "day": date(2026, 1, 31)},
        {"name": "病区 8", "n": 3, "share": 0.5, "on": True},
    ]
    labels = {"name": "名称", "at": "时刻", "day": "日", "n": "数", "share": "比", "on": "启用"}
    response = xlsx_response("床位", list(labels.items()), rows)
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0]
    assert (sheet.title, sheet.freeze_panes, sheet.auto_filter.ref) == ("床位", "A2", "A1:F3")
    assert [[cell.value for cell in line] for line in sheet.iter_rows()] == [
        ["名称", "时刻 (UTC+08:00)", "日", "数", "比", "启用"],
        ["病区 7", datetime(2026, 11, 23, 16), datetime(2026, 1, 31), None, None, None],  # noqa: DTZ001  # a sheet has no zone
        ["病区 8", None, None, 3, 0.5, "是"],
    ]
    first, second = list(sheet.iter_rows(min_row=2))
    assert [cell.number_format for cell in first[1:3]] == ["yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd"]
    assert [cell.number_format for cell in second[3:5]] == ["0", "General"]
    assert all(cell.font.bold for cell in sheet[1])


def test_a_zone_whose_clocks_are_changed_is_told_by_its_name() -> None:
    """Else the head would name winter's offset over moments of summer."""
    summer, winter = datetime(2026, 7, 1, 8, tzinfo=UTC), datetime(2026, 1, 1, 8, tzinfo=UTC)
    for name, head in (
        ("Europe/Berlin", "Europe/Berlin"), ("Asia/Kolkata", "UTC+05:30"), ("UTC", "UTC+00:00"),
        ("America/St_Johns", "America/St_Johns"), ("America/Caracas", "UTC-04:00"),
    ):  # fmt: skip
        with timezone.override(name):
            response = xlsx_response("床位", [("at", "时刻")], [{"at": summer}, {"at": winter}])
        sheet = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0]
        assert sheet["A1"].value == f"时刻 ({head})"


def test_a_file_is_named_for_its_list_and_day() -> None:
    said = xlsx_response("配置项/2026", [("a", "A")], [])["Content-Disposition"]
    name = unquote(said.partition("filename*=utf-8''")[2])
    assert name.startswith("配置项 2026 20")
    assert name.endswith(".xlsx")
    assert "/" not in name
    assert 'filename="Beds 20' in xlsx_response("Beds", [("a", "A")], [])["Content-Disposition"]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+86",
        "-80℃",
        "@SUM(A1)",
        "007",
        "1" * 20,
        "#N/A",
        "1e5",
        "12%",
        "2026-01-31",
        " a ",
        "'x",
    ],
)
def test_text_is_text_whatever_it_looks_like(text: str) -> None:
    (cell,) = cells(text)
    assert (cell.value, cell.data_type, cell.number_format) == (text, "s", "@")
    assert cell.quotePrefix == (text[0] in "=+-@")


def test_numbers_that_a_sheet_would_round_are_text() -> None:
    assert [(cell.value, cell.data_type) for cell in cells(10**19, 10**15 - 1, float("inf"))] == [
        (str(10**19), "s"),
        (10**15 - 1, "n"),
        ("inf", "s"),
    ]


def test_days_that_a_sheet_does_not_know_are_text() -> None:
    (cell,) = cells(date(1899, 12, 31))
    assert cell.value == "1899-12-31"


@pytest.mark.parametrize("letter", ["x", "😀"])
def test_what_a_cell_does_not_hold_is_told_in_it_and_beside(letter: str) -> None:
    whole = letter * 40_000
    with translation.override("en"):
        found = book(letter * (MOST_IN_A_CELL // 2), whole)
    fits, cut = (row[0].value for row in found.worksheets[0].iter_rows(min_row=2))
    assert fits == letter * (MOST_IN_A_CELL // 2)
    assert cut.startswith(letter * 16_000)
    assert cut.endswith("[cut: 40000 characters, more than a cell holds]")
    assert len(cut.encode("utf-16-le")) // 2 in (MOST_IN_A_CELL, MOST_IN_A_CELL - 1)
    (note,) = [row[0].value for row in found.worksheets[1].iter_rows()]
    assert note == "Row 3, “名称”: its 40000 characters do not fit; its end is cut."


def test_rows_that_a_workbook_does_not_hold_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS_IN_A_WORKBOOK", 3)
    assert len(book(1, 2, 3).worksheets) == 1
    with translation.override("en"):
        found = book(1, 2, 3, 4)
    assert found.worksheets[0].max_row == 4
    (note,) = [row[0].value for row in found.worksheets[1].iter_rows()]
    assert note.startswith("There are more than 3 rows; the first are here.")


def test_what_xml_cannot_write_is_escaped_and_what_looks_escaped_too() -> None:
    """The readers of people undo it; the one of this test does not."""
    found = [cell.value for cell in cells("a\x00b\x1f", "_x0041_", "a\r\nb", "\ufffe")]
    assert found == ["a_x0000_b_x001F_", "_x005F_x0041_", "a_x000D_\nb", "_xFFFE_"]


@given(st.lists(st.text() | st.integers() | st.floats() | st.booleans() | st.none(), max_size=8))
def test_any_value_makes_a_whole_file(values: list[object]) -> None:
    response = xlsx_response("x", [("a", "A")], [{"a": value} for value in values])
    assert zipfile.ZipFile(io.BytesIO(response.content)).testzip() is None
    read = cells(*values)
    for value, cell in zip(values, read, strict=False):
        if isinstance(value, str) and value and value.isprintable() and "_x" not in value:
            assert (cell.value, cell.data_type) == (value, "s")
