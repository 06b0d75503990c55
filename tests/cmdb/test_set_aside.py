"""Renamed to the name of a retired definition: that one goes on under another, and all it holds."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.hospital import ApiClient, client_of
from wardround.cmdb import models as cmdb
from wardround.kernel import clock
from wardround.kernel.models import AuditRecord
from wardround.schema import models

pytestmark = pytest.mark.django_db

ROBOT = """\
kind: item-type
name: {name}
label: {label}
layer: hardware
attributes:
  - {{name: power, label: Power, type: number}}
"""


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("keeper", "administrator")


def save(
    admin: ApiClient, name: str, version: int | None = None, *, label: str = "", **parts: Any
) -> Any:
    text = ROBOT.format(name=name, label=label or name.title())
    body = {"text": text, "base_version": version, **parts}
    check = admin.post(f"/definitions/item-type/{name}/check", body).body
    answer = admin.put(f"/definitions/item-type/{name}", body)
    assert answer.status == 200, answer.body
    return check


def item_of(of_type: str, key: str) -> UUID:
    now = clock.now()
    return cmdb.Item.objects.create(
        key=key, name=key, type=of_type, attributes={"power": 3}, created_at=now, updated_at=now
    ).id


def retire(admin: ApiClient, name: str) -> None:
    assert admin.delete(f"/definitions/item-type/{name}?consent=true").status == 204


def test_the_retired_one_keeps_its_versions_and_its_items(admin: ApiClient) -> None:
    save(admin, "robot", label="First")
    save(admin, "robot", 1)
    old = item_of("robot", "r-old")
    retire(admin, "robot")
    save(admin, "machine")
    mine = item_of("machine", "r-mine")

    told = save(admin, "robot", 1, renamed_from="machine")
    assert told["problems"] == []
    assert told["aside"] == [{"kind": "item-type", "name": "robot", "becomes": "robot-retired"}]
    assert (told["needs_consent"], [change["was"] for change in told["changes"]]) == (
        False,
        ["machine"],
    )
    items = {str(row.id): row.type for row in cmdb.Item.objects.filter(id__in=[old, mine])}
    assert items == {str(old): "robot-retired", str(mine): "robot"}
    before = admin.get(f"/items/{old}").body
    assert (before["type_retired"], before["type_label"], before["attributes"]) == (
        True,
        "Robot",
        {"power": 3},
    )
    assert admin.get(f"/items/{mine}").body["type_retired"] is False

    def versions(name: str) -> list[tuple[int, bool]]:
        rows = models.Definition.objects.filter(kind="item-type", name=name).order_by("version")
        return [(row.version, row.current) for row in rows]

    assert versions("robot-retired") == [(1, False), (2, False)]
    assert versions("robot") == [(1, False), (2, True)]
    assert versions("machine") == []
    listed = admin.get("/definitions/item-type/robot-retired/versions").body["items"]
    assert [version["version"] for version in listed] == [2, 1]
    shown = admin.get("/definitions/item-type/robot-retired").body
    assert shown["retired_at"] is not None
    assert AuditRecord.objects.get(action="definition.set_aside").detail["old"] == "robot"


def test_it_may_be_set_aside_again_and_again(admin: ApiClient) -> None:
    for round_ in range(3):
        save(admin, "machine")
        if round_:
            retire(admin, "robot")
        told = save(admin, "robot", 1, renamed_from="machine")
        expected = [[], ["robot-retired"], ["robot-retired-2"]][round_]
        assert [each["becomes"] for each in told["aside"]] == expected


def test_a_new_definition_under_a_retired_name_still_brings_it_back(admin: ApiClient) -> None:
    save(admin, "robot")
    item = item_of("robot", "r-1")
    retire(admin, "robot")
    assert save(admin, "robot")["aside"] == []
    assert admin.get(f"/items/{item}").body["type_retired"] is False
    assert admin.get("/definitions/item-type/robot").body["version"] == 2
