"""An attribute that becomes another type takes along what can be written so, and tells the rest."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.cmdb.test_serving import lost, proposal
from tests.hospital import ApiClient, client_of
from wardround.cmdb import models
from wardround.cmdb.converting import converted
from wardround.schema.types import AttributeType, Choice, ItemAttribute, Label

TYPE = "item-type/chassis"
BEFORE = (
    "kind: item-type\nname: chassis\nlabel: Chassis\nextends: device\n"
    "attributes:\n  - {name: slots, label: Slots, type: %s}\n"
)


def attribute(type_: AttributeType, **more: Any) -> ItemAttribute:
    return ItemAttribute(name="x", label=Label("x", "x"), type=type_, **more)


KINDS = (
    Choice(value="linux", named=Label("Linux 系统", "Linux")),
    Choice(value="kylin", named=Label("麒麟", "Kylin")),
)


@pytest.mark.parametrize(
    ("was", "becomes", "value", "wanted"),
    [
        ("number", "text", 64, "64"),
        ("number", "text", 64.0, "64"),
        ("number", "text", 0.5, "0.5"),
        ("text", "number", "64", 64),
        ("text", "number", "1,024", 1024),
        ("text", "number", " ６４ ", 64),
        ("text", "number", "-0.5", -0.5),
        ("text", "number", "64 GB", None),
        ("text", "number", "1,02", None),
        ("text", "number", "", None),
        ("text", "date", "2026/1/5", "2026-01-05"),
        ("text", "date", "2026年1月5日", "2026-01-05"),
        ("text", "date", "2026/13/5", None),
        ("text", "boolean", "是", True),
        ("text", "boolean", "maybe", None),
        ("text", "port", "8080", 8080),
        ("text", "port", "80800", None),
        ("text", "choice", "麒麟", "kylin"),
        ("text", "choice", "LINUX", "linux"),
        ("text", "choice", "aix", None),
        ("text", "address", "10.1.2.3", "10.1.2.3"),
        ("choice", "text", "kylin", "kylin"),
        ("boolean", "number", True, None),
        ("text", "secret", "tiger", None),
        ("text", "reference", "tiger", None),
    ],
)
def test_values_follow_where_they_can(was: str, becomes: str, value: Any, wanted: Any) -> None:
    of = {"choice": {"choices": KINDS}}
    before = attribute(AttributeType(was), **of.get(was, {}))
    after = attribute(AttributeType(becomes), **of.get(becomes, {}))
    found = converted(before, after, value)
    assert (type(found), found) == (type(wanted), wanted)


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("modeller", "administrator")


def saved(admin: ApiClient, type_: str, base: int, **more: Any) -> Any:
    body = {"text": BEFORE % type_, "base_version": base, **more}
    return admin.put(f"/definitions/{TYPE}", body)


def test_text_becomes_numbers_and_what_does_not_is_told(admin: ApiClient) -> None:
    first = saved(admin, "text", proposal(admin, TYPE)["base_version"])
    assert first.status == 200, first.body
    made = [
        admin.post("/items", {"type": "chassis", "name": text, "attributes": {"slots": text}}).body
        for text in ("16", "1,024", "sixteen")
    ]
    version = first.body["version"]
    body = {"text": BEFORE % "number", "base_version": version}
    checked = admin.post(f"/definitions/{TYPE}/check", body).body
    assert lost(checked) == {"converted": 2, "misfit": 1}
    assert saved(admin, "number", version).status == 409
    second = saved(admin, "number", version, consent=True)
    assert second.status == 200
    held = {
        item.name: item.attributes["slots"] for item in models.Item.objects.filter(type="chassis")
    }
    assert held == {"16": 16, "1,024": 1024, "sixteen": "sixteen"}
    changes = admin.get(f"/items/{made[1]['id']}/changes").body["items"]
    assert (changes[0]["field"], changes[0]["old"], changes[0]["new"]) == (
        "attributes.slots",
        "1,024",
        1024,
    )
    found = admin.get("/items", type="chassis", unfit="true").body["items"]
    assert [item["name"] for item in found] == ["sixteen"]
    body = {"text": BEFORE % "text", "base_version": second.body["version"]}
    back = admin.post(f"/definitions/{TYPE}/check", body).body
    assert lost(back) == {"converted": 2}
    assert saved(admin, "text", second.body["version"], consent=True).status == 200
    held = {
        item.name: item.attributes["slots"] for item in models.Item.objects.filter(type="chassis")
    }
    assert held == {"16": "16", "1,024": "1024", "sixteen": "sixteen"}


def test_a_renamed_attribute_is_written_anew_too(admin: ApiClient) -> None:
    first = saved(admin, "number", proposal(admin, TYPE)["base_version"])
    admin.post("/items", {"type": "chassis", "name": "c", "attributes": {"slots": 16}})
    text = BEFORE.replace("name: slots,", "name: bays, renamed_from: slots,") % "text"
    body = {"text": text, "base_version": first.body["version"], "consent": True}
    done = admin.put(f"/definitions/{TYPE}", body)
    assert done.status == 200, done.body
    assert models.Item.objects.get(type="chassis").attributes == {"bays": "16"}
