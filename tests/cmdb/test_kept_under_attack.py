"""Ways around `seen_by`: other names, other types, what repeats; nothing kept comes out by them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.cmdb.test_attribute_rights import (
    DEVICE,
    UNIQUE,
    admin,
    set_serial,
    with_roles,
)
from tests.cmdb.test_serving import proposal
from tests.hospital import ApiClient, client_of
from wardround.cmdb import models
from wardround.kernel.types import EVERYWHERE

__all__ = ["admin"]
BOTH = ("物理服务器 2; 备用服务器", "备用服务器; 物理服务器 2")
MODELLING = ["cmdb.read", "cmdb.write", "collect.read", "schema.read", "schema.edit"]
OPEN = """\
kind: item-type
name: opened
label: Opened
layer: hardware
attributes:
  - {name: serial, label: Serial, type: text}
"""


@pytest.fixture
def modeller(admin: ApiClient) -> ApiClient:
    """May change definitions and items, and is no engineer."""
    assert admin.post("/roles", {"name": "modelling", "permissions": MODELLING}).status == 201
    return with_roles("modelling-person", modelling=EVERYWHERE)


def saved(client: ApiClient, *changes: tuple[str, str], path: str = DEVICE) -> Any:
    body = proposal(client, path, *changes) | {"consent": True}
    return client.put(f"/definitions/{path}", body)


def without_serial(admin: ApiClient) -> None:
    """The attribute is gone, its values stay with the items."""
    text = admin.get(f"/definitions/{DEVICE}").body["text"]
    (line,) = (each for each in text.splitlines(keepends=True) if "name: serial," in each)
    done = saved(admin, (line, ""), ("[serial], ", ""))
    assert done.status == 200, done.body


def test_the_history_of_a_kept_attribute_follows_its_new_names(
    hospital: dict[str, UUID],
) -> None:
    admin = client_of("li", "administrator")
    set_serial(admin, hospital, "host-2", "KEPT-1")
    first = ("{name: serial,", "{name: number, renamed_from: serial,"), ("[serial]", "[number]")
    second = ("{name: number, renamed_from: serial,",
              "{name: code, renamed_from: number, seen_by: [engineer],")  # fmt: skip
    assert saved(admin, *first).status == 200
    assert saved(admin, second, ("[number]", "[code]")).status == 200
    reader, item = client_of("reader", "reader"), hospital["host-2"]
    told = reader.get(f"/items/{item}/changes").body["items"][0]
    assert (told["field"], told["restricted"]) == ("attributes.code", True)
    assert "KEPT-1" not in str(told)
    models.ItemChange.objects.filter(id=told["id"]).update(field="attributes.serial")
    assert "KEPT-1" not in str(reader.get(f"/items/{item}/changes").body)  # from former days


@pytest.mark.parametrize("declared", ["{name: fresh, label: F, type: text}", ""])
def test_a_name_of_former_times_is_not_taken_to_see_what_it_holds(
    admin: ApiClient, modeller: ApiClient, hospital: dict[str, UUID], declared: str
) -> None:
    """By a new attribute of that name, or one that is renamed to it."""
    without_serial(admin)
    if declared:
        assert saved(modeller, ("attributes:\n", f"attributes:\n  - {declared}\n")).status == 200
        serial = (declared, "{name: serial, renamed_from: fresh, label: F, type: text}")
    else:
        serial = ("attributes:\n", "attributes:\n  - {name: serial, label: S, type: text}\n")
    refused = saved(modeller, serial)
    assert (refused.status, "may not see" in str(refused.body)) == (422, True)
    assert saved(admin, serial).status == 200
    assert modeller.get(f"/items/{hospital['host-2']}").body["attributes"] == {"serial": "LIS-7"}


def test_another_type_does_not_bring_back_what_was_kept(
    admin: ApiClient, modeller: ApiClient, hospital: dict[str, UUID]
) -> None:
    without_serial(admin)
    assert modeller.put("/definitions/item-type/opened", {"text": OPEN}).status == 200
    items = "kind: items\nname: more\nitems:\n  - {key: host-2, type: opened, name: H}\n"
    refused = modeller.put("/definitions/items/more", {"text": items, "consent": True})
    assert refused.status == 422
    assert "attributes that you may not see" in str(refused.body)
    assert models.Item.objects.get(key="host-2").type == "host"


def test_who_holds_the_same_is_not_told_to_those_who_do_not_see_it(
    admin: ApiClient, modeller: ApiClient, hospital: dict[str, UUID]
) -> None:
    set_serial(admin, hospital, "spare", "LIS-7")
    checked = modeller.post(f"/definitions/{DEVICE}/check", proposal(modeller, DEVICE, UNIQUE))
    (problem,) = checked.body["problems"]
    assert "several items" in problem["message"]
    assert "(restricted) ×2 (…)" in problem["message"]
    told = admin.post(f"/definitions/{DEVICE}/check", proposal(admin, DEVICE, UNIQUE)).body
    message = told["problems"][0]["message"]
    assert any(f"LIS-7 ×2 ({of})" in message for of in BOTH)


def test_no_rule_compares_what_a_type_below_keeps(hospital: dict[str, UUID]) -> None:
    admin = client_of("li", "administrator")
    rule = """\
kind: relation-rule
name: by-serial
label: Of one serial number
relation: hosted-on
from: {type: switch, attribute: serial}
to: {type: device, attribute: serial}
"""
    own = "  - {name: serial, label: S, type: text, seen_by: [engineer]}\n"
    kept = ("attributes:\n", f"attributes:\n{own}")
    assert admin.put("/definitions/relation-rule/by-serial", {"text": rule}).status == 200
    refused = saved(admin, kept, path="item-type/host")
    assert refused.status == 422
    assert "some roles alone see this attribute" in str(refused.body)
    assert admin.delete("/definitions/relation-rule/by-serial").status == 204
    assert saved(admin, kept, path="item-type/host").status == 200
    refused = admin.put("/definitions/relation-rule/by-serial", {"text": rule})
    assert refused.status == 422
    assert "some roles alone see this attribute" in str(refused.body)
