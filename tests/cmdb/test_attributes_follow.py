"""An attribute renamed in its type alone: definitions of items are written anew with it."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from django.utils import translation

from tests.cmdb.conftest import AT, PLATFORM
from tests.hospital import ApiClient, client_of
from wardround.cmdb import models
from wardround.kernel import secrets
from wardround.schema import actions as schema
from wardround.schema.models import Definition
from wardround.schema.sources import Source

ROBOT = """\
kind: item-type
name: robot
label: {zh: 机器人, en: Robot}
layer: hardware
attributes:
  - {name: battery, label: {zh: 电池, en: Battery}, type: number, unit: Wh}
  - {name: code, label: {zh: 口令, en: Code}, type: secret}
"""
COOK = "kind: item-type\nname: cook\nlabel: {zh: 送餐, en: Meal robot}\nextends: robot\n"
KITCHEN = """\
kind: items
name: kitchen   # of the basement
items:
  - key: r-1
    type: robot
    name: R1
    attributes:
      battery: 900    # measured in May
      code: TIGER-1
  - {key: c-1, type: cook, name: C1, attributes: {"battery": 800, code: TIGER-2}}
"""
HEAD = b'pack: kitchen\nversion: "1"\nlabel: X\nrequires: [base]\n'
BOTH = ROBOT.replace("{name: battery,", "{name: capacity, renamed_from: battery,").replace(
    "{name: code,", "{name: pin, renamed_from: code,"
)


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    client = client_of("head-of-kitchen", "administrator")
    for name, text in (("robot", ROBOT), ("cook", COOK)):
        assert client.put(f"/definitions/item-type/{name}", {"text": text}).status == 200
    source = Source("kitchen", {"pack.yaml": HEAD, "k.yaml": KITCHEN.encode()})
    schema.import_packs(PLATFORM, [source], at=AT)
    return client


def test_the_type_alone_is_saved_and_the_items_follow_with_their_comments(
    admin: ApiClient,
) -> None:
    path = "/definitions/item-type/robot"
    told = admin.post(f"{path}/check", {"text": BOTH, "base_version": 1}).body
    assert (told["problems"], told["needs_consent"]) == ([], False)
    names = {(each["kind"], each["name"]) for each in told["changes"]}
    assert names == {("item-type", "robot"), ("items", "kitchen")}
    assert admin.put(path, {"text": BOTH, "base_version": 1}).status == 200

    kept = admin.get("/definitions/items/kitchen").body
    assert kept["version"] == 2
    assert "name: kitchen   # of the basement" in kept["text"]
    assert "      capacity: 900    # measured in May" in kept["text"]
    assert '"capacity": 800' in kept["text"]
    assert "battery" not in kept["text"]
    held = {
        item.key: item.attributes for item in models.Item.objects.filter(key__in=["r-1", "c-1"])
    }
    assert {key: values["capacity"] for key, values in held.items()} == {"r-1": 900, "c-1": 800}
    opened = {key: secrets.unseal(values["pin"]) for key, values in held.items()}
    assert opened == {"r-1": "TIGER-1", "c-1": "TIGER-2"}
    body = json.loads(Definition.objects.get(kind="items", name="kitchen", current=True).body)
    token = body["items"][0]["attributes"]["pin"]
    assert secrets.unseal_for("r-1/pin", token) == "TIGER-1"
    again = {"text": kept["text"].replace("name: R1", "name: R2"), "base_version": 2}
    assert admin.put("/definitions/items/kitchen", again).status == 200


def test_type_and_attribute_renamed_at_once(admin: ApiClient) -> None:
    text = BOTH.replace("name: robot", "name: machine-cook")
    body = {"text": text, "base_version": 1, "renamed_from": "robot"}
    answer = admin.put("/definitions/item-type/machine-cook", body)
    assert answer.status == 200, answer.body
    item = models.Item.objects.get(key="r-1")
    assert (item.type, item.attributes["capacity"]) == ("machine-cook", 900)
    text = admin.get("/definitions/items/kitchen").body["text"]
    assert "type: machine-cook" in text
    assert "capacity: 900" in text


def test_where_they_cannot_follow_nothing_is_done_and_the_items_are_named(
    admin: ApiClient,
) -> None:
    """In an import of a pack of types alone: the texts of other packs are not rewritten by it."""
    files = {"pack.yaml": HEAD.replace(b"kitchen", b"own"), "r.yaml": BOTH.encode()}
    files["c.yaml"] = COOK.encode()
    with translation.override("en"):
        _difference, problems = schema.check_packs(PLATFORM, [Source("own", files)])
    told = [problem.text() for problem in problems]
    assert told
    assert all("items “kitchen” of the installed pack “kitchen”" in each for each in told)
    assert any("is called “capacity” now" in each for each in told)
    assert models.Item.objects.get(key="c-1").attributes["battery"] == 800


def test_what_an_heir_holds_is_looked_at_when_the_type_above_it_changes(admin: ApiClient) -> None:
    number = ROBOT.replace("type: number, unit: Wh", "type: boolean")
    told = admin.post("/definitions/item-type/robot/check", {"text": number, "base_version": 1})
    paths = [each["message"] for each in told.body["problems"]]
    assert len([each for each in paths if "expected yes or no" in each]) == 2
