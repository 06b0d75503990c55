"""Attributes that no two items in use may hold the same of, whichever way items are written."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from tests.cmdb.conftest import AT, PLATFORM
from tests.cmdb.test_serving import proposal
from tests.hospital import ApiClient, client_of
from wardround.cmdb import actions, models
from wardround.cmdb.types import ItemEntry, ItemsDefinition, NewItem
from wardround.kernel.errors import BadInput
from wardround.kernel.reach import Reach
from wardround.schema import actions as schema
from wardround.schema.drafts import DefinitionDraft

DEVICE = "item-type/device"
THING = "kind: item-type\nname: thing\nlabel: Thing\nlayer: hardware\n"
UNIQUE = ("{name: serial,", "{name: serial, unique: true,")


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("modeller", "administrator")


@pytest.fixture
def unique(admin: ApiClient) -> ApiClient:
    saved = admin.put(f"/definitions/{DEVICE}", proposal(admin, DEVICE, UNIQUE))
    assert saved.status == 200, saved.body
    return admin


def serial(admin: ApiClient, key: str, value: str | None) -> tuple[int, str]:
    (item,) = admin.get("/items", key=key, retired="true").body["items"]
    body = {"version": item["version"], "attributes": {"serial": value}}
    done = admin.patch(f"/items/{item['id']}", body)
    problems = done.body.get("problems") or [{"message": ""}]
    return done.status, problems[0]["message"]


@pytest.mark.parametrize("same", ["SN1", "sn1", "ＳＮ１", " S N 1 "])
def test_the_same_but_for_case_width_and_spaces_is_refused(unique: ApiClient, same: str) -> None:
    status, told = serial(unique, "host-2", same)
    assert status == 422
    assert "物理服务器 1" in told
    assert "Serial number" in told
    assert serial(unique, "host-1", same)[0] == 200


def test_types_below_share_what_is_unique_above(unique: ApiClient) -> None:
    assert serial(unique, "switch-1", "SN1")[0] == 422
    assert serial(unique, "switch-1", "SN2")[0] == 200
    assert serial(unique, "host-2", "sn2")[0] == 422


def test_what_is_given_up_or_retired_is_free_and_coming_back_is_refused(
    unique: ApiClient, hospital: dict[str, UUID]
) -> None:
    assert unique.post(f"/items/{hospital['host-1']}/retire").status == 200
    assert serial(unique, "host-2", "SN1")[0] == 200
    back = unique.post(f"/items/{hospital['host-1']}/restore")
    assert back.status == 422
    assert back.body["problems"][0]["field"] == "attributes.serial"
    assert serial(unique, "host-2", None)[0] == 200
    assert unique.post(f"/items/{hospital['host-1']}/restore").status == 200


def test_a_row_of_an_import_is_told_by_its_number(unique: ApiClient) -> None:
    entries = (
        ItemEntry(key="x-1", type="host", name="x 1", attributes={"serial": "A"}),
        ItemEntry(key="x-2", type="host", name="x 2", attributes={"serial": "a "}),
    )
    with pytest.raises(BadInput) as refused:
        actions.import_items(PLATFORM, [ItemsDefinition(name="more", items=entries)], at=AT)
    assert [(each.field, each.row) for each in refused.value.problems] == [("attributes.serial", 2)]
    assert "x 1" in refused.value.problems[0].message


def test_two_items_may_change_places_in_one_import(unique: ApiClient) -> None:
    def entries(first: str, second: str) -> ItemsDefinition:
        rows = (("x-1", first), ("x-2", second))
        items = tuple(
            ItemEntry(key=key, type="host", name=key, attributes={"serial": value})
            for key, value in rows
        )
        return ItemsDefinition(name="more", items=items)

    actions.import_items(PLATFORM, [entries("A", "B")], at=AT)
    assert actions.import_items(PLATFORM, [entries("B", "A")], at=AT).changed == 2
    held = models.KeptValue.objects.filter(item__key="x-1").values_list("value", flat=True)
    assert list(held) == ["b"]


def test_an_item_out_of_reach_is_not_named(
    unique: ApiClient, hospital: dict[str, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow = Reach(systems=frozenset({hospital["lis"]}))
    monkeypatch.setattr("wardround.cmdb.kept_values.reach", lambda *_: narrow)
    status, told = serial(unique, "host-2", "SN1")
    assert status == 422
    assert "物理服务器" not in told
    assert "another item" in told


def test_values_that_repeat_refuse_what_would_make_them_unique(admin: ApiClient) -> None:
    assert serial(admin, "host-2", "sn 1")[0] == 200
    wanted = proposal(admin, DEVICE, UNIQUE)
    checked = admin.post(f"/definitions/{DEVICE}/check", wanted).body
    (problem,) = checked["problems"]
    assert "物理服务器 1; 物理服务器 2" in problem["message"]
    assert problem["line"] is not None
    refused = admin.put(f"/definitions/{DEVICE}", {**wanted, "consent": True})
    assert refused.status == 422
    assert not models.KeptValue.objects.exists()
    assert serial(admin, "host-2", None)[0] == 200
    assert admin.post(f"/definitions/{DEVICE}/check", wanted).body["problems"] == []
    assert admin.put(f"/definitions/{DEVICE}", wanted).status == 200


def test_unique_no_more_admits_all_again(unique: ApiClient) -> None:
    back = proposal(unique, DEVICE, UNIQUE[::-1])
    assert unique.put(f"/definitions/{DEVICE}", back).status == 200
    assert not models.KeptValue.objects.exists()
    assert serial(unique, "host-2", "SN1")[0] == 200


def test_a_unique_attribute_takes_its_values_to_another_name(unique: ApiClient) -> None:
    renamed = ("{name: serial,", "{name: serial_number, renamed_from: serial,")
    wanted = proposal(unique, DEVICE, renamed)
    assert unique.put(f"/definitions/{DEVICE}", wanted).status == 200
    held = models.KeptValue.objects.values_list("of", "value")
    assert list(held) == [("unique/device/serial_number", "sn1")]


@pytest.mark.parametrize(
    ("attribute", "told"),
    [
        ("{name: note, label: Note, type: longtext, unique: true}", "unique"),
        ("{name: note, label: Note, type: text, unique: true, default: x}", "no default"),
        ("{name: note, label: Note, type: text, group: nowhere}", "no group"),
    ],
)
def test_what_cannot_be_unique_or_grouped_is_told(
    admin: ApiClient, attribute: str, told: str
) -> None:
    text = f"{THING}attributes:\n  - {attribute}\n"
    checked = admin.post("/definitions/item-type/thing/check", {"text": text}).body
    assert [told in problem["message"] for problem in checked["problems"]] == [True]


def test_an_edit_where_nothing_is_unique_asks_nothing_more(base: None) -> None:
    with connection.execute_wrapper(_no_kept_values):
        actions.create_item(PLATFORM, NewItem("post", "岗位 2"), at=AT)


def _no_kept_values(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
    assert "cmdb_kept_value" not in sql
    return execute(sql, params, many, context)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_refused(unique: ApiClient) -> None:
    def made(number: int) -> bool:
        try:
            new = NewItem("host", f"h {number}", attributes={"serial": "RACE"})
            actions.create_item(PLATFORM, new, at=AT)
        except BadInput:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(made, range(4))) == [False, False, False, True]


def test_groups_are_inherited_and_told(admin: ApiClient) -> None:
    text = (
        THING + "groups:\n  - {name: care, label: {zh: 维护, en: Care}}\n"
        "attributes:\n  - {name: note, label: Note, type: text, group: care}\n"
    )
    draft = DefinitionDraft(kind="item-type", name="thing", text=text)
    schema.save_definition(PLATFORM, draft, at=AT)
    below = "kind: item-type\nname: small\nlabel: Small\nextends: thing\n"
    schema.save_definition(
        PLATFORM, DefinitionDraft(kind="item-type", name="small", text=below), at=AT
    )
    types = {each["name"]: each for each in admin.get("/item-types").body["items"]}
    assert types["small"]["groups"] == [{"name": "care", "label": "Care"}]
    assert types["small"]["attributes"][0]["group"] == "care"
