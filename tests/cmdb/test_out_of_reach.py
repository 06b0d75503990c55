"""Who answers for an item, to somebody who does not see them: only that there is somebody."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import openpyxl
import pytest

from tests.cmdb.conftest import AT, PLATFORM
from tests.hospital import ApiClient, client_of
from wardround.cmdb import actions, models
from wardround.cmdb.types import ItemEdit
from wardround.kernel.types import Scope

SAID = "out of your reach"


@pytest.fixture
def limited(hospital: dict[str, UUID]) -> ApiClient:
    """Sees PACS and what serves it: neither its owner nor its vendor."""
    pacs = hospital["pacs"]
    edit = ItemEdit(owner="v-imaging", vendor="v-imaging")
    actions.update_item(PLATFORM, pacs, edit, version=1, at=AT)
    actions.update_item(PLATFORM, pacs, ItemEdit(owner="zhou"), version=2, at=AT)
    models.Item.objects.filter(key="v-imaging").update(systems=[])
    models.Item.objects.filter(key="zhou").update(systems=[hospital["lis"]])
    return client_of("of-pacs", "administrator", scope=Scope(systems=frozenset({pacs})))


def everything_told(who: ApiClient, item: UUID) -> list[Any]:
    return [
        who.get(f"/items/{item}").body,
        who.get("/items").body,
        who.get(f"/items/{item}/changes").body,
    ]


def test_owner_and_vendor_out_of_reach_are_named_nowhere(
    limited: ApiClient, hospital: dict[str, UUID]
) -> None:
    pacs = hospital["pacs"]
    detail, listed, changes = everything_told(limited, pacs)
    hidden = {"id": None, "name": SAID}
    assert (detail["owner"], detail["vendor"]) == (hidden, hidden)
    (row,) = (each for each in listed["items"] if each["key"] == "pacs")
    assert (row["owner"], row["vendor"]) == (hidden, hidden)
    told = [(each["field"], each["old"], each["new"]) for each in changes["items"]]
    assert ("owner", SAID, SAID) in told
    everything = str([detail, listed, changes])
    for key in ("zhou", "v-imaging"):
        assert str(hospital[key]) not in everything
    for name in ("周海涛", "影联"):
        assert name not in everything
    for person in ("owner", "vendor"):
        found = limited.get("/items", **{person: str(hospital["v-imaging"])}).body
        assert found["items"] == []


def test_the_workbook_says_the_same(limited: ApiClient) -> None:
    response = limited._client.get("/api/v1/items?format=xlsx", headers=limited._headers)
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    assert sheet is not None
    cells = {str(cell.value) for row in sheet.iter_rows() for cell in row}
    assert SAID in cells
    assert not {"周海涛", "影联"} & cells


def test_whoever_sees_everything_sees_them(limited: ApiClient, hospital: dict[str, UUID]) -> None:
    whole = client_of("of-everything", "administrator")
    detail = whole.get(f"/items/{hospital['pacs']}").body
    assert (detail["owner"]["name"], detail["vendor"]["name"]) == ("周海涛", "影联")


def test_an_edit_that_does_not_name_them_leaves_them(
    limited: ApiClient, hospital: dict[str, UUID]
) -> None:
    pacs = hospital["pacs"]
    answer = limited.patch(f"/items/{pacs}", {"version": 3, "name": "PACS"})
    assert answer.status == 200, answer.body
    row = models.Item.objects.get(id=pacs)
    assert (row.name, row.owner_id, row.vendor_id) == (
        "PACS",
        hospital["zhou"],
        hospital["v-imaging"],
    )
