"""Targets are of items whose type is monitored, and those of what is no longer are counted."""

from __future__ import annotations

import pytest

from tests.cmdb.test_serving import lost, proposal
from tests.hospital import HOSPITAL, ApiClient, client_of
from wardround.cmdb import actions as cmdb
from wardround.cmdb.types import Item, NewItem
from wardround.kernel import clock

LINUX = "linux-machine"


@pytest.fixture
def admin(packs: None) -> ApiClient:
    return client_of("modeller", "administrator")


def test_an_item_of_a_type_that_is_not_monitored_has_no_target(admin: ApiClient) -> None:
    person = cmdb.create_item(HOSPITAL, NewItem(type="person", name="周海涛"), at=clock.now())
    refused = admin.post("/targets", {"item": str(person.id), "template": LINUX})
    assert refused.status == 422
    assert [problem["field"] for problem in refused.body["problems"]] == ["item"]
    assert "not monitored" in refused.body["problems"][0]["message"]


def test_targets_of_what_is_monitored_no_longer_are_counted(admin: ApiClient, host: Item) -> None:
    body = {"item": str(host.id), "template": LINUX, "enabled": False}
    made = admin.post("/targets", {**body, "address": "10.0.0.1"})
    assert made.status == 201, made.body
    path = "item-type/device"
    wanted = proposal(admin, path, ("name: device\n", "name: device\nwithout: [monitored]\n"))
    checked = admin.post(f"/definitions/{path}/check", wanted).body
    assert lost(checked) == {"target-unmonitored": 1}
    below = ("extends: device\nicon: server\n", "extends: device\ncapabilities: [monitored]\n")
    wanted = proposal(admin, "item-type/host", below)
    assert admin.put("/definitions/item-type/host", wanted).status == 200
    wanted = proposal(admin, path, ("name: device\n", "name: device\nwithout: [monitored]\n"))
    assert lost(admin.post(f"/definitions/{path}/check", wanted).body) == {}
