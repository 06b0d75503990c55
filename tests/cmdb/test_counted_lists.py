"""How many rows a list has: told exactly up to a bound, and beyond it that there are more; what is
on its pages does not depend on it.
"""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.cmdb.conftest import AT, base, hospital, person, seen_by
from tests.hospital import client_of
from wardround.cmdb import queries
from wardround.cmdb.types import ItemFilters, RelationFilters, Where
from wardround.kernel import lists
from wardround.kernel.lists import Total
from wardround.kernel.reach import EVERYTHING, Reach
from wardround.kernel.types import Scope

__all__ = ["base", "hospital"]


def walked(seen: Reach, filters: ItemFilters) -> tuple[list[UUID], set[Total]]:
    """All items of a list, page by page, and what each page says of their number."""
    ids, totals, cursor = list[UUID](), set[Total](), None
    while True:
        page = queries.list_items(seen, filters, limit=2, cursor=cursor, sort="-key")
        ids += [item.id for item in page.items]
        totals.add(page.total)
        cursor = page.next
        if cursor is None:
            return ids, totals


@pytest.mark.parametrize(
    "filters",
    [
        ItemFilters(),
        ItemFilters(types=("device",)),
        ItemFilters(q="pacs"),
        ItemFilters(where=Where('layer = infrastructure or contains(name, "PACS")', AT)),
        ItemFilters(where=Where('owner.department = "放射科" or type = host', AT)),
        ItemFilters(attributes={"engine": ("oracle", "")}),
    ],
    ids=["all", "type", "words", "expression", "others", "attribute"],
)
@pytest.mark.parametrize("scope", ["everything", "type != switch"])
def test_more_than_is_counted_is_told_and_nothing_is_left_out(
    hospital: dict[str, UUID], monkeypatch: pytest.MonkeyPatch, filters: ItemFilters, scope: str
) -> None:
    limited = scope != "everything"
    seen = seen_by(person(Scope(where=frozenset({scope})))) if limited else EVERYTHING
    ids, totals = walked(seen, filters)
    assert len(ids) == len({*ids}) >= 1
    assert totals == {Total(len(ids))}
    for most in (len(ids), len(ids) - 1):
        monkeypatch.setattr(lists, "MOST_COUNTED", most)
        assert walked(seen, filters) == (ids, {Total(most, more=most < len(ids))})


def test_programs_and_screens_are_told(
    hospital: dict[str, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = client_of("all", "administrator")
    for path in ("/items", "/relations"):
        whole = admin.get(path, limit=500).body
        assert (whole["total"], whole["total_is_at_least"]) == (len(whole["items"]), False)
        monkeypatch.setattr(lists, "MOST_COUNTED", 3)
        part = admin.get(path, limit=500).body
        assert (part["total"], part["total_is_at_least"]) == (3, True)
        assert part["items"] == whole["items"]
        monkeypatch.undo()
    assert queries.list_relations(EVERYTHING, RelationFilters()).total.more is False
