"""What each is tested of alone, together: deleted items with addresses, readers by an expression
beside the recycle bin, zones beside address spaces.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.cmdb.test_networks import admin, house, told
from tests.hospital import ApiClient, client_of
from wardround.cmdb import models
from wardround.kernel.types import Scope

__all__ = ["admin", "house"]
pytestmark = pytest.mark.django_db


def kept() -> dict[str, Any]:
    """What is derived of networks and addresses."""
    addresses = models.Address.objects.order_by("item", "attribute", "first")
    return {
        "networks": list(models.Network.objects.order_by("item").values()),
        "addresses": list(addresses.values("item", "attribute", "first", "space", "network")),
    }


@pytest.mark.parametrize("key", ["vm-1", "servers", "campus", "vrf", "pool"])
def test_a_deleted_network_or_address_comes_back_into_its_place(
    admin: ApiClient, house: dict[str, UUID], key: str
) -> None:
    before = kept()
    deleted = admin.delete(f"/items/{house[key]}")
    assert deleted.status in {200, 204}, deleted.body
    assert kept() != before
    back = admin.post("/recycle-bin/restore", {"items": [str(house[key])]})
    assert back.status == 200, back.body
    assert kept() == before


def test_who_reaches_by_an_expression_meets_deleted_items_nowhere(
    admin: ApiClient, house: dict[str, UUID]
) -> None:
    scope = Scope(where=frozenset({"type = virtual-machine"}))
    reader = client_of("machinist", "administrator", scope=scope)
    gone = str(house["vm-1"])
    assert reader.get(f"/items/{gone}").status == 200
    assert admin.delete(f"/items/{gone}").status in {200, 204}
    assert reader.get("/recycle-bin").body["items"] == []
    assert reader.get(f"/items/{gone}").status == 404
    assert reader.post("/recycle-bin/restore", {"items": [gone]}).status == 404
    assert reader.post("/recycle-bin/purge", {"items": [gone]}).status == 404
    assert reader.get(f"/items/{house['vm-2']}/changes").status == 200
    assert {row["key"] for row in reader.get("/items").body["items"]} == {"vm-2", "v6"}
    assert told(reader) == {}
    assert reader.get("/unified-view").status == 200


def test_an_address_of_another_space_lies_in_its_own_zone(
    admin: ApiClient, house: dict[str, UUID]
) -> None:
    made = admin.post("/items", {"type": "network-zone", "name": "insurance", "key": "insurance"})
    apart = admin.get(f"/items/{house['apart']}").body
    attributes = {"zone": made.body["id"]}
    admin.patch(f"/items/{apart['id']}", {"version": apart["version"], "attributes": attributes})
    zones = {
        zone["zone"]["name"] if zone["zone"] else zone["area"]: {
            row["type"]: row["fare"]["all"] for row in zone["types"]
        }
        for zone in admin.get("/unified-view").body["zones"]
    }
    assert zones["insurance"] == {"subnet": 1, "ip-address": 1}
    assert zones["inner!"]["virtual-machine"] == 2
