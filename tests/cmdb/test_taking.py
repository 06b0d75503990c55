"""What `items` definitions take from items: those made by hand, and what another type drops."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.cmdb.conftest import AT, PLATFORM
from tests.hospital import ApiClient, client_of
from tests.stored import everything_stored
from wardround.cmdb import actions, models
from wardround.cmdb.types import NewItem, NewRelation
from wardround.kernel import secrets

ITEMS = """\
kind: items
name: shelf
items:
  - {key: tyk, type: host, name: T, attributes: {serial: S1, memory: 64, password: TIGER}}
"""
BARE = ITEMS[: ITEMS.index(", attributes")] + "}\n"
PLACE = BARE.replace("type: host", "type: location")
OVER = """\
kind: items
name: over
items:
  - {key: handk, type: host, name: Another name}
relations:
  - {kind: connects, from: handk, to: switch-1}
"""


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("head-of-shelves", "administrator")


def put(admin: ApiClient, name: str, text: str, kind: str = "items", **more: object) -> Any:
    return admin.put(f"/definitions/{kind}/{name}", {"text": text, **more})


def check(admin: ApiClient, name: str, text: str, **more: object) -> Any:
    return admin.post(f"/definitions/items/{name}/check", {"text": text, **more}).body


def test_another_type_counts_what_it_drops_and_the_old_one_brings_it_back(
    admin: ApiClient,
) -> None:
    assert put(admin, "shelf", ITEMS).status == 200
    told = check(admin, "shelf", PLACE, base_version=1)
    assert told["problems"] == []
    lost = "3 attribute values"
    assert (told["needs_consent"], told["lost"]) == (True, lost)
    assert put(admin, "shelf", PLACE, base_version=1).status == 409
    assert models.Item.objects.get(key="tyk").type == "host"

    assert put(admin, "shelf", PLACE, base_version=1, consent=True).status == 200
    item = models.Item.objects.get(key="tyk").id
    assert admin.get(f"/items/{item}").body["attributes"] == {}
    gone = admin.get(f"/items/{item}/changes").body["items"]
    told = {each["field"]: (each["old"], each["new"]) for each in gone}
    assert told["attributes.password"] == ("••••••", None)
    assert told["attributes.serial"] == ("S1", None)

    assert put(admin, "shelf", BARE, base_version=2).status == 200
    shown = admin.get(f"/items/{item}").body["attributes"]
    assert shown == {"serial": "S1", "memory": 64, "password": "••••••"}
    held = models.Item.objects.get(key="tyk").attributes
    assert secrets.unseal(held["password"]) == "TIGER"


def test_what_is_kept_unseen_is_sealed_when_its_type_calls_it_a_secret(admin: ApiClient) -> None:
    pump = (
        "kind: item-type\nname: pump\nlabel: Pump\nlayer: hardware\n"
        "attributes:\n  - {name: pin, label: Pin, type: text}\n"
    )
    assert put(admin, "pump", pump, "item-type").status == 200
    with_pin = BARE.replace("type: host, name: T", "type: pump, name: T, attributes: {pin: LION}")
    assert put(admin, "shelf", with_pin).status == 200
    place = put(admin, "shelf", PLACE, base_version=1, consent=True)
    assert place.status == 200
    secret = pump.replace("type: text", "type: secret")
    assert put(admin, "pump", secret, "item-type", base_version=1).status == 200
    assert "LION" not in everything_stored()


def test_an_item_made_by_hand_is_taken_over_with_consent_alone(admin: ApiClient) -> None:
    new = NewItem(type="host", name="By hand", key="handk")
    actions.create_item(PLATFORM, new, at=AT)
    actions.relate(PLATFORM, NewRelation("connects", "handk", "switch-1"), at=AT)
    told = check(admin, "over", OVER)
    assert told["problems"] == []
    lost = (
        "1 item made by hand that the definition takes over (handk),"
        " 1 relation made by hand that the definition takes over (connects handk switch-1)"
    )
    assert (told["needs_consent"], told["lost"]) == (True, lost)
    assert put(admin, "over", OVER).status == 409
    assert models.Item.objects.get(key="handk").name == "By hand"
    assert put(admin, "over", OVER, consent=True).status == 200
    again = put(admin, "over", OVER.replace("Another", "One more"), base_version=1)
    assert again.status == 200


def test_a_definition_that_comes_to_name_one_made_by_hand_asks_too(admin: ApiClient) -> None:
    assert put(admin, "shelf", ITEMS).status == 200
    actions.create_item(PLATFORM, NewItem(type="host", name="By hand", key="handk"), at=AT)
    more = ITEMS + "  - {key: handk, type: location, name: H}\n"
    told = check(admin, "shelf", more, base_version=1)
    assert told["lost"] == "1 item made by hand that the definition takes over (handk)"
