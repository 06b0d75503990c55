"""What was shown until now and is a secret from now on: sealed wherever it was kept in clear."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from tests.cmdb.conftest import AT, PLATFORM
from tests.hospital import ApiClient, client_of
from tests.stored import everything_stored
from wardround.cmdb import actions, models
from wardround.cmdb.types import ItemEdit, NewItem
from wardround.kernel import secrets
from wardround.schema import actions as schema
from wardround.schema.sources import Source

PUMP = """\
kind: item-type
name: pump
label: {zh: 输液泵, en: Pump}
layer: hardware
attributes:
  - {name: pin, label: {zh: 口令, en: Pin}, type: text}
"""
SECRET = PUMP.replace("type: text", "type: secret")
WARD = """\
kind: items
name: ward-pumps   # of the ward
items:
  - {key: p-1, type: pump, name: P1, attributes: {pin: TIGER-one}}
"""
HEAD = 'pack: {name}\nversion: "1"\nlabel: {{zh: x, en: x}}\nrequires: [base]\n'


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("head-of-pumps", "administrator")


def put(admin: ApiClient, kind: str, name: str, text: str, **more: object) -> int:
    return admin.put(f"/definitions/{kind}/{name}", {"text": text, **more}).status


def test_an_attribute_becomes_a_secret_in_items_histories_versions_and_files(
    admin: ApiClient,
) -> None:
    assert put(admin, "item-type", "pump", PUMP) == 200
    assert put(admin, "items", "ward-pumps", WARD) == 200
    changed = WARD.replace("TIGER-one", "TIGER-two")
    assert put(admin, "items", "ward-pumps", changed, base_version=1) == 200
    new = NewItem(type="pump", name="P2", key="p-2", attributes={"pin": "TIGER-three"})
    by_hand = actions.create_item(PLATFORM, new, at=AT)
    edit = ItemEdit(attributes={"pin": "TIGER-four"})
    actions.update_item(PLATFORM, by_hand.id, edit, version=1, at=AT)
    assert "TIGER" in everything_stored()

    assert put(admin, "item-type", "pump", SECRET, base_version=1) == 200

    assert "TIGER" not in everything_stored()
    pins = {
        item.key: secrets.unseal(item.attributes["pin"])
        for item in models.Item.objects.filter(type="pump")
    }
    assert pins == {"p-1": "TIGER-two", "p-2": "TIGER-four"}
    versions = admin.get("/definitions/items/ward-pumps/versions").body
    assert "TIGER" not in json.dumps(versions)
    assert "# of the ward" in versions["items"][-1]["text"]
    told = admin.get(f"/items/{by_hand.id}/changes").body["items"]
    assert [(each["old"], each["new"]) for each in told if each["field"] == "attributes.pin"] == [
        ("••••••", "••••••")
    ]


def test_a_copy_in_another_value_of_a_past_version_goes_too(admin: ApiClient) -> None:
    """Nobody can mend a version of the past; the one in force tells whoever touches it."""
    assert put(admin, "item-type", "pump", PUMP) == 200
    telling = WARD.replace("name: P1", "name: P1 (TIGER-one)")
    assert put(admin, "items", "ward-pumps", telling) == 200
    mended = WARD.replace("TIGER-one", "TIGER-two")
    assert put(admin, "items", "ward-pumps", mended, base_version=1) == 200
    assert put(admin, "item-type", "pump", SECRET, base_version=1) == 200
    past = admin.get("/definitions/items/ward-pumps?version=1").body
    assert "TIGER" not in json.dumps(past)
    assert past["body"]["items"][0]["name"] == "••••••"
    assert past["body"]["items"][0]["type"] == "pump"
    assert "# of the ward" in past["text"]


def test_it_becomes_one_in_packs_that_did_not_change(admin: ApiClient) -> None:
    for name, text in (("types", PUMP), ("things", WARD)):
        files = {"pack.yaml": HEAD.format(name=name).encode(), "a.yaml": text.encode()}
        schema.import_packs(PLATFORM, [Source(name, files)], at=AT)
    assert "TIGER-one" in everything_stored()
    assert put(admin, "item-type", "pump", SECRET, base_version=1) == 200
    assert "TIGER" not in everything_stored()
    held = models.Item.objects.get(key="p-1").attributes["pin"]
    assert secrets.unseal(held) == "TIGER-one"
