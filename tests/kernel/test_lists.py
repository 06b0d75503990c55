"""Pages by keyset: walking a list while rows come and go neither repeats nor hides the others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from wardround.kernel import audit
from wardround.kernel.errors import BadCursor, BadSort
from wardround.kernel.lists import PageOf, paginate
from wardround.kernel.models import AuditRecord
from wardround.kernel.types import system_actor

CLERK = system_actor("clerk")
SORTABLE = {"at": "at", "action": "action", "position": "position"}


def page(sort: str, cursor: str | None = None, limit: int = 4) -> PageOf[AuditRecord]:
    rows = AuditRecord.objects.all()
    return paginate(rows, limit=limit, cursor=cursor, sort=sort, sortable=SORTABLE)


def walk(sort: str) -> list[AuditRecord]:
    found: list[AuditRecord] = []
    cursor = None
    while True:
        got = page(sort, cursor)
        found += got.rows
        if got.next is None:
            return found
        cursor = got.next


@pytest.fixture
def records(db: None) -> None:
    for number in range(23):
        audit.record(CLERK, f"bed.{number % 3}", subject=("bed", number))
    start = datetime(2026, 11, 23, tzinfo=UTC)
    for number, row in enumerate(AuditRecord.objects.order_by("id")):
        row.at = start + timedelta(seconds=number // 4)
        row.position = number if number % 2 else None
        row.save()


@pytest.mark.parametrize("sort", ["at", "-at", "action", "-action", "position", "-position", "id"])
@pytest.mark.usefixtures("records")
def test_a_walk_meets_every_row_once_in_order(sort: str) -> None:
    rows = walk(sort)
    assert len({row.id for row in rows}) == len(rows) == 23
    column = sort.removeprefix("-")
    values = [getattr(row, column) for row in rows]
    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=sort.startswith("-"))
    assert values[: len(known)] == known, "empty values come last"


@pytest.mark.usefixtures("records")
def test_rows_that_appear_or_vanish_do_not_disturb_the_others() -> None:
    first = page("-at")
    AuditRecord.objects.filter(id=first.rows[0].id).delete()
    audit.record(CLERK, "bed.new", subject=("bed", "new"))
    second = page("-at", first.next)
    assert {row.id for row in first.rows}.isdisjoint(row.id for row in second.rows)
    assert len(second.rows) == 4


@pytest.mark.parametrize("cursor", ["", "%%%", "e30", "WzEsMl0", "x" * 500])
@pytest.mark.usefixtures("records")
def test_a_bad_cursor_is_named(cursor: str) -> None:
    if not cursor:
        assert len(page("at", cursor).rows) == 4
        return
    with pytest.raises(BadCursor) as caught:
        page("at", cursor)
    assert caught.value.field == "cursor"


@pytest.mark.usefixtures("records")
def test_the_cursor_of_another_order_is_refused() -> None:
    with pytest.raises(BadCursor):
        page("action", page("at").next)


def test_an_order_that_is_not_offered_says_which_are() -> None:
    with pytest.raises(BadSort, match="action, at, position"):
        page("colour")
