"""The default of an attribute stands in an item that says nothing of it."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.hospital import ApiClient, client_of

PUMP = """\
kind: item-type
name: pump
label: {zh: 输液泵, en: Pump}
layer: hardware
attributes:
  - {name: ward, label: {zh: 病区, en: Ward}, type: text, required: true, default: store}
  - {name: volume, label: {zh: 容量, en: Volume}, type: number, unit: L, default: 0.5}
  - {name: mobile, label: {zh: 可移动, en: Mobile}, type: boolean, default: false}
  - {name: note, label: {zh: 备注, en: Note}, type: text}
"""
LIST = """\
kind: items
name: pumps
items:
  - {key: p-1, type: pump, name: P1}
  - {key: p-2, type: pump, name: P2, attributes: {ward: icu, volume: 2}}
"""
USUAL = {"ward": "store", "volume": 0.5, "mobile": False}


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    known = client_of("head-of-pumps", "administrator")
    assert known.put("/definitions/item-type/pump", {"text": PUMP}).status == 200
    return known


@pytest.mark.django_db
def test_one_made_by_hand_begins_with_it(admin: ApiClient) -> None:
    made = admin.post("/items", {"type": "pump", "name": "P", "attributes": {"note": "x"}}).body
    assert made["attributes"] == {**USUAL, "note": "x"}
    said = {"ward": "icu", "volume": None}
    other = admin.post("/items", {"type": "pump", "name": "Q", "attributes": said}).body
    assert other["attributes"] == {"ward": "icu", "mobile": False}


@pytest.mark.django_db
def test_an_edit_does_not_bring_it_back(admin: ApiClient) -> None:
    made = admin.post("/items", {"type": "pump", "name": "P"}).body
    edit = {"attributes": {"volume": None}, "version": made["version"]}
    edited = admin.patch(f"/items/{made['id']}", edit).body
    assert edited["attributes"] == {"ward": "store", "mobile": False}
    named = admin.patch(f"/items/{made['id']}", {"name": "N", "version": edited["version"]}).body
    assert named["attributes"] == {"ward": "store", "mobile": False}


@pytest.mark.django_db
def test_one_of_a_definition_begins_with_it_and_does_not_change_again(admin: ApiClient) -> None:
    assert admin.put("/definitions/items/pumps", {"text": LIST}).status == 200
    rows = {row["key"]: row for row in admin.get("/items?type=pump").body["items"]}
    found = {key: admin.get(f"/items/{row['id']}").body["attributes"] for key, row in rows.items()}
    assert found == {"p-1": USUAL, "p-2": {"ward": "icu", "volume": 2, "mobile": False}}
    renamed = LIST.replace("name: P2", "name: P3")
    assert admin.put("/definitions/items/pumps", {"text": renamed, "base_version": 1}).status == 200
    changes = admin.get(f"/items/{rows['p-1']['id']}/changes").body["items"]
    assert {change["field"] for change in changes} <= {"created"}


@pytest.mark.django_db
def test_forms_are_told_of_it(admin: ApiClient) -> None:
    types = {kind["name"]: kind for kind in admin.get("/item-types").body["items"]}
    told = {field["name"]: field["default"] for field in types["pump"]["attributes"]}
    assert told == {**USUAL, "note": None}
