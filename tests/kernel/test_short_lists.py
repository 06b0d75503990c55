"""Whole lists: what is searched, how it is sorted, what a workbook of them holds."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from django.http import HttpResponse
from ninja import Schema
from openpyxl import load_workbook

from wardround.kernel.errors import BadColumn, BadSort
from wardround.kernel.http import Page, WholeListFilters
from wardround.kernel.short_lists import short_list


class Row(Schema):
    name: str
    used: datetime | None
    rights: list[str]


COLUMNS = {"name": "名称", "used": "最近使用", "rights": "权限"}
ROWS = [
    Row(name="影像归档", used=datetime(2026, 3, 1, tzinfo=UTC), rights=["items.read"]),
    Row(name="never", used=None, rights=[]),
    Row(name="Board", used=datetime(2026, 5, 1, tzinfo=UTC), rights=["boards.read", "items.read"]),
]


def asked(**wanted: str) -> list[str]:
    page = short_list("rows", ROWS, WholeListFilters.model_validate(wanted), COLUMNS)
    assert isinstance(page, Page)
    return [row.name for row in page.items]


def test_search_finds_in_every_column_whatever_the_case() -> None:
    assert asked(q=" BOARD ") == ["Board"]
    assert asked(q="items.read") == ["影像归档", "Board"]
    assert asked(q="2026-03") == ["影像归档"]


def test_what_has_no_value_is_last_in_either_direction() -> None:
    assert asked(sort="used") == ["影像归档", "Board", "never"]
    assert asked(sort="-used") == ["Board", "影像归档", "never"]


def test_a_page_goes_on_where_the_one_before_ended() -> None:
    filters = WholeListFilters.model_validate({"sort": "name", "limit": 2})
    first = short_list("rows", ROWS, filters, COLUMNS)
    assert isinstance(first, Page)
    rest = filters.model_copy(update={"cursor": first.next})
    second = short_list("rows", ROWS, rest, COLUMNS)
    assert isinstance(second, Page)
    assert [row.name for row in [*first.items, *second.items]] == ["Board", "never", "影像归档"]
    assert second.next is None


def test_a_workbook_holds_what_was_found_in_the_order_asked_for() -> None:
    filters = WholeListFilters.model_validate(
        {"format": "xlsx", "sort": "-used", "columns": "rights,name"}
    )
    answer = short_list("rows", ROWS, filters, COLUMNS)
    assert isinstance(answer, HttpResponse)
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    assert list(sheet.values) == [
        ("权限", "名称"), ("boards.read, items.read", "Board"), ("items.read", "影像归档"),
        (None, "never"),
    ]  # fmt: skip


def test_a_wrong_column_is_named() -> None:
    with pytest.raises(BadSort):
        asked(sort="smell")
    with pytest.raises(BadColumn):
        asked(format="xlsx", columns="name,smell")
