"""The graph as lists: item by item what the picture finds, under reach, filtered and exported."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import openpyxl
import pytest

from tests.cmdb.conftest import AT, PLATFORM, person, seen_by
from tests.hospital import ApiClient, client_of
from wardround.cmdb import actions, graph_lists
from wardround.cmdb.graph_types import Direction
from wardround.cmdb.types import Condition, ConditionChange, NewItem, NewRelation
from wardround.kernel.errors import BadInput
from wardround.kernel.reach import EVERYTHING
from wardround.kernel.types import Scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("li", "administrator")


def rows(client: ApiClient, path: str, **asked: Any) -> dict[str, tuple[str | None, int]]:
    answer = client.get(path, **asked)
    assert answer.status == 200, answer.body
    return {row["key"]: (row["side"], row["steps"]) for row in answer.body["items"]}


def test_every_item_is_listed_once_where_the_picture_draws_many_as_one(
    hospital: dict[str, UUID], admin: ApiClient
) -> None:
    for number in range(30):
        key = f"pc-{number}"
        actions.create_item(PLATFORM, NewItem(type="host", name=key, key=key), at=AT)
        actions.relate(PLATFORM, NewRelation("connects", key, "switch-1"), at=AT)
    drawn = admin.get(f"/items/{hospital['switch-1']}/graph").body
    assert max(node["alike"] for node in drawn["nodes"]) == 30
    path = f"/items/{hospital['switch-1']}/graph/items"
    found = rows(admin, path)
    assert sum(key.startswith("pc-") for key in found) == 30
    assert len(found) == drawn["items"] - 1  # the item itself is no news
    assert found["host-1"] == ("supports", 1)
    assert rows(admin, path, direction="supported-by") == {}
    assert set(rows(admin, path, depth=1, layer="hardware", q="物理")) <= {"host-1", "host-2"}


def test_both_ways_the_model_and_the_way_between_two(
    hospital: dict[str, UUID], admin: ApiClient
) -> None:
    path = f"/items/{hospital['pacs-db']}/graph/items"
    both = {
        "host-1": ("supported-by", 1), "switch-1": ("supported-by", 2),
        "pacs-app-1": ("supports", 1), "pacs": ("supports", 2),
    }  # fmt: skip
    assert rows(admin, path) == both
    assert set(list(rows(admin, path, sort="-steps"))[-2:]) == {"pacs-app-1", "host-1"}
    assert set(rows(admin, path, side="supports")) == {"pacs-app-1", "pacs"}
    below = rows(admin, f"/systems/{hospital['pacs']}/model/items")
    assert below["switch-1"] == ("supported-by", 4)
    way = rows(admin, "/paths/items", **{"from": hospital["pacs"], "to": hospital["host-1"]})
    assert way == {
        "pacs": (None, 0), "pacs-app-1": ("supported-by", 1), "pacs-db": ("supported-by", 2),
        "host-1": ("supported-by", 3),
    }  # fmt: skip
    none = rows(admin, "/paths/items", **{"from": hospital["pacs"], "to": hospital["spare"]})
    assert none == {}
    assert admin.get(f"/systems/{hospital['host-1']}/model/items").status == 404


def test_it_is_filtered_by_state_and_exported(hospital: dict[str, UUID], admin: ApiClient) -> None:
    actions.set_conditions(PLATFORM, [ConditionChange(hospital["host-1"], Condition.DOWN)], at=AT)
    path = f"/items/{hospital['pacs-db']}/graph/items"
    assert set(rows(admin, path, condition="down")) >= {"host-1"}
    book = admin.get(path, format="xlsx", sort="name", columns="key,condition,steps")
    sheet = openpyxl.load_workbook(io.BytesIO(book.body)).active
    assert sheet is not None
    table = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert {row[0] for row in table} == {"host-1", "switch-1", "pacs-app-1", "pacs"}
    assert {row[2] for row in table if row[0] == "switch-1"} == {2}


def test_what_is_out_of_reach_is_no_row_of_a_list(hospital: dict[str, UUID]) -> None:
    lis = seen_by(person(Scope(systems=frozenset({hospital["lis"]}))))
    found = graph_lists.around(lis, hospital["switch-1"], Direction.BOTH, depth=None)
    assert {row.item.key for row in found} <= {"host-2", "lis", "if-1"}
    assert "host-2" in {row.item.key for row in found}
    away = client_of("li.na", "reader", scope=Scope(systems=frozenset({hospital["lis"]})))
    assert away.get(f"/items/{hospital['pacs-db']}/graph/items").status == 404


def test_more_than_a_list_holds_is_said(
    hospital: dict[str, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graph_lists, "MOST_LISTED", 2)
    with pytest.raises(BadInput):
        graph_lists.around(EVERYTHING, hospital["pacs-db"], Direction.BOTH, depth=None)
    found = graph_lists.around(EVERYTHING, hospital["pacs-db"], Direction.SUPPORTS, depth=None)
    assert len(found) == 2
