"""The history compared and taken back across new names, rules, and moments of every kind."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.cmdb.test_attribute_rights import set_serial
from tests.cmdb.test_kept_under_attack import saved
from tests.cmdb.test_relation_rules import RULE, kept, say
from tests.hospital import ApiClient, client_of
from wardround.cmdb import models
from wardround.kernel import clock


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("li", "administrator")


def changes(client: ApiClient, item: UUID) -> list[Any]:
    found: list[Any] = client.get(f"/items/{item}/changes").body["items"]
    return found


def took(client: ApiClient, item: UUID, *several: int, **more: Any) -> dict[str, str]:
    answer = client.post(f"/items/{item}/undo", {"changes": several, **more})
    assert answer.status == 200, answer.body
    return {step["field"]: step["took"] for step in answer.body["steps"]}


def test_a_kind_under_another_name_is_compared_and_taken_back(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    before = clock.now().isoformat()
    drawn = {"kind": "runs-on", "source": "pacs-app-1", "target": "spare"}
    assert admin.post("/relations", drawn).status == 201
    path = "/definitions/relation-kind"
    held = admin.get(f"{path}/runs-on").body
    text = held["text"].replace("name: runs-on\n", "name: stands-on\n")
    body = {"text": text, "base_version": held["version"], "renamed_from": "runs-on"}
    assert admin.put(f"{path}/stands-on", body).status == 200
    spare = hospital["spare"]
    (came,) = admin.get(f"/items/{spare}/compare", **{"from": before}).body["relations"]
    assert (came["kind"], came["old"], came["new"]) == ("stands-on", None, {})
    model = admin.get(f"/systems/{hospital['pacs']}/compare", **{"from": before}).body
    assert [each["key"] for each in model["joined"]] == ["spare"]
    last = changes(admin, spare)[0]
    assert last["field"] == "relation.stands-on"
    assert took(admin, spare, last["id"]) == {"relation.stands-on": "back"}
    assert not models.Relation.objects.filter(target=spare).exists()


def test_an_attribute_under_its_third_name_is_compared_and_taken_back(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    before, item = clock.now().isoformat(), hospital["host-1"]
    set_serial(admin, hospital, "host-1", "SN2")
    first = ("{name: serial,", "{name: number, renamed_from: serial,")
    second = ("{name: number, renamed_from: serial,", "{name: code, renamed_from: number,")
    told_apart_by = ("[[serial]", "[[number]")
    assert saved(admin, first).status == 200
    assert saved(admin, second, told_apart_by).status == 200
    (told,) = admin.get(f"/items/{item}/compare", **{"from": before}).body["fields"]
    assert (told["field"], told["old"], told["new"]) == ("attributes.code", "SN1", "SN2")
    last = changes(admin, item)[0]
    assert took(admin, item, last["id"]) == {"attributes.code": "back"}
    assert admin.get(f"/items/{item}").body["attributes"]["code"] == "SN1"


def test_a_relation_that_is_taken_back_with_its_values_is_the_rules_again(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    say(admin, RULE)
    switch = hospital["switch-1"]
    set_serial(admin, hospital, "switch-1", "SN1")
    set_serial(admin, hospital, "switch-1", "other")
    last = changes(admin, switch)[0]["id"]
    assert set(took(admin, switch, last, act=True).values()) == {"back"}
    assert kept() == {("switch-1", "host-1")}
    again = changes(admin, switch)[0]["id"]
    assert set(took(admin, switch, again, act=True).values()) == {"back"}  # an undo of an undo
    assert not models.Relation.objects.filter(kind="hosted-on").exists()


def test_what_is_kept_and_became_the_same_again_is_told_as_what_became_another(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    restricted = ("{name: serial,", "{name: serial, seen_by: [engineer],")
    assert saved(admin, restricted).status == 200
    reader, told = client_of("reader", "reader"), []
    for values in (("A", "SN1"), ("B", "C"), (None, "D")):
        before = clock.now().isoformat()
        for value in values:
            set_serial(admin, hospital, "host-1", value)
        path = f"/items/{hospital['host-1']}/compare"
        told.append(reader.get(path, **{"from": before}).body["fields"])
        assert len(admin.get(path, **{"from": before}).body["fields"]) == (values[1] != "SN1")
    assert told[0] == told[1] == told[2]
    assert told[0][0]["restricted"] is True


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"to": "0001-01-01T00:00:00Z"}, 422),
        ({"to": "0001-01-05T00:00:00+14:00"}, 200),
        ({"from": "9999-12-31T23:59:59Z"}, 422),
        ({"from": "0001-01-01T00:00:00+14:00", "to": "9999-12-31T23:59:59-12:00"}, 200),
        ({"from": "2026-10-25T02:30:00+02:00", "to": "2026-10-25T02:30:00+01:00"}, 200),
    ],
)
def test_moments_at_the_ends_of_time(
    admin: ApiClient, hospital: dict[str, UUID], asked: dict[str, str], status: int
) -> None:
    for path in (f"/items/{hospital['host-1']}/compare", f"/systems/{hospital['pacs']}/compare"):
        assert admin.get(path, **asked).status == status
