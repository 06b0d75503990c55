"""What becomes of items and relations when the definitions they live by change or go."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.cmdb.conftest import AT, PLATFORM, RELATIONS
from tests.hospital import ApiClient, client_of
from tests.schema.test_command import put
from wardround.cmdb import actions, models, queries, systems
from wardround.cmdb.types import NewItem
from wardround.kernel.models import AuditRecord
from wardround.kernel.types import Scope
from wardround.schema import actions as schema_actions
from wardround.schema import command, sources
from wardround.schema import queries as schema
from wardround.schema.sources import Source

HEAD = b'pack: ward\nversion: "1"\nlabel: X\nrequires: [base]\n'
ITEMS = """\
kind: items
name: robots
items:
  - {key: robot-1, type: host, name: 一号机器人}
  - {key: robot-2, type: host, name: 二号机器人}
relations:
  - {kind: connects, from: robot-1, to: switch-1}
"""

ROBOT = """\
kind: item-type
name: robot
label: {zh: 机器人, en: Robot}
layer: hardware
attributes:
  - {name: battery, label: {zh: 电池, en: Battery}, type: number, unit: Wh}
"""


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("head-nurse-of-machines", "administrator")


def ward(text: str = ITEMS) -> Source:
    return Source("ward", {"pack.yaml": HEAD, "items.yaml": text.encode()})


def counts(things: list[dict[str, object]]) -> dict[str, object]:
    return {str(one["thing"]): one["count"] for one in things}


@pytest.fixture
def robot(admin: ApiClient) -> UUID:
    """An item of a type of the hospital's own."""
    assert admin.put("/definitions/item-type/robot", {"text": ROBOT}).status == 200
    new = NewItem(type="robot", name="送餐机器人", key="r-1", attributes={"battery": 900})
    return actions.create_item(PLATFORM, new, at=AT).id


def test_a_type_that_items_live_by_goes_only_with_consent(admin: ApiClient, robot: UUID) -> None:
    asked = admin.post("/definitions/item-type/robot/check-retirement").body
    (change,) = asked["changes"]
    assert (change["change"], counts(change["lost"])) == ("removed", {"item": 1})
    assert (asked["needs_consent"], asked["lost"]) == (True, "1 item")
    refused = admin.delete("/definitions/item-type/robot")
    assert (refused.status, refused.body["code"]) == (409, "consent_needed")
    (problem,) = refused.body["problems"]
    assert (problem["field"], problem["message"]) == ("item-type robot", "1 item")
    assert "robot" in schema.item_types()
    assert admin.delete("/definitions/item-type/robot?consent=true").status == 204
    assert admin.get("/definitions/item-type/robot").body["retired_at"] is not None
    assert AuditRecord.objects.get(action="definition.retire").detail["lost"] == 1


def test_what_other_definitions_refer_to_is_not_retired_with_consent_either(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    assert admin.delete("/definitions/item-type/interface?consent=true").status == 422
    told = admin.post("/definitions/item-type/interface/check-retirement").body
    (file,) = {one["file"] for one in told["problems"]}
    assert file == "base/relations.yaml"
    referring = admin.get("/definitions/item-type/interface/dependents").body
    assert {"provides", "consumes"} <= {one["name"] for one in referring["definitions"]}
    assert counts(referring["things"]) == {"item": 1}


def test_who_sees_a_part_is_told_so_and_no_number(
    admin: ApiClient, robot: UUID, hospital: dict[str, UUID]
) -> None:
    path = "/definitions/item-type/robot/dependents"
    whole = admin.get(path).body
    assert (counts(whole["things"]), whole["complete"]) == ({"item": 1}, True)
    scope = Scope(systems=frozenset({hospital["lis"]}))
    part = client_of("part", "engineer", scope=scope).get(path).body
    assert (part["things"], part["complete"]) == ([], False)


def test_an_item_of_a_retired_type_keeps_all_it_says_and_says_so(
    admin: ApiClient, robot: UUID
) -> None:
    path = f"/items/{robot}"
    before = admin.get(path).body
    assert before["attributes"] == {"battery": 900}
    admin.delete("/definitions/item-type/robot?consent=true")
    after = admin.get(path).body
    assert after == {**before, "type_retired": True}
    renamed = admin.patch(path, {"version": after["version"], "name": "一号"})
    assert (renamed.status, renamed.body["name"]) == (200, "一号")
    fresh = admin.post("/items", {"type": "robot", "name": "another"})
    assert (fresh.status, fresh.body["field"]) == (422, "type")


def test_secrets_of_items_of_a_retired_type_stay_secret(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    text = "kind: item-type\nname: vault\nlabel: V\nlayer: hardware\nattributes:\n"
    text += "  - {name: pin, label: PIN, type: secret}\n"
    admin.put("/definitions/item-type/vault", {"text": text})
    new = NewItem(type="vault", name="V", key="vault-1", attributes={"pin": "tiger"})
    item = actions.create_item(PLATFORM, new, at=AT)
    admin.delete("/definitions/item-type/vault?consent=true")
    shown = admin.get(f"/items/{item.id}").body
    assert shown["attributes"] == {"pin": "••••••"}
    body = {"version": shown["version"], "attributes": {"pin": "lion"}}
    assert admin.patch(f"/items/{item.id}", body).status == 200
    stored = models.Item.objects.get(key="vault-1").attributes
    assert "lion" not in json.dumps(stored)
    assert not models.ItemChange.objects.filter(new__icontains="lion").exists()


def test_items_follow_their_type_to_its_new_name(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    old = admin.get("/definitions/item-type/interface").body
    text = old["text"].replace("name: interface", "name: service-interface", 1)
    body = {"text": text, "base_version": old["version"], "renamed_from": "interface"}
    checked = admin.post("/definitions/item-type/service-interface/check", body).body
    assert checked["needs_consent"] is False
    renamed = [one for one in checked["changes"] if one["change"] == "renamed"]
    assert [(one["was"], counts(one["dependents"])) for one in renamed] == [
        ("interface", {"item": 1})
    ]
    done = admin.put("/definitions/item-type/service-interface", body)
    assert (done.status, done.body["version"]) == (200, old["version"] + 1), done.body
    item = admin.get(f"/items/{hospital['if-1']}").body
    assert (item["type"], item["type_retired"]) == ("service-interface", False)
    (change,) = admin.get(f"/items/{hospital['if-1']}/changes").body["items"][:1]
    assert (change["field"], change["old"], change["new"]) == (
        "type",
        "interface",
        "service-interface",
    )
    provides = schema.relation_kinds()["provides"]
    assert not any("interface" in ends.target for ends in provides.allowed)
    versions = admin.get("/definitions/item-type/service-interface/versions").body["items"]
    assert versions[-1]["text"] == old["text"]


def test_relations_of_a_retired_kind_go_on_carrying_impact(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    carrying = {(one.dependent, one.needed) for one in queries.impact_relations()}
    before = models.Item.objects.get(key="switch-1").systems
    asked = admin.delete("/definitions/relation-kind/connects")
    assert asked.status == 409
    number = sum(one.kind == "connects" for one in RELATIONS)
    assert asked.body["problems"][0]["message"] == f"{number} relations"
    assert admin.delete("/definitions/relation-kind/connects?consent=true").status == 204
    assert {(one.dependent, one.needed) for one in queries.impact_relations()} == carrying
    assert systems.recompute() == []
    assert models.Item.objects.get(key="switch-1").systems == before
    told = admin.get("/relations", kind="connects").body["items"]
    assert [one["kind_retired"] for one in told] == [True] * number
    refused = admin.post(
        "/relations", {"kind": "connects", "source": "spare", "target": "switch-1"}
    )
    assert (refused.status, refused.body["field"]) == (422, "kind")


def test_a_whole_items_definition_goes_as_each_of_its_lines_would(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    schema_actions.import_packs(PLATFORM, [ward()], at=AT)
    shown = admin.get("/definitions/items/robots/dependents").body["things"]
    assert counts(shown) == {"item": 2, "relation": 1}
    asked = admin.delete("/definitions/items/robots")
    assert (asked.status, asked.body["problems"][0]["message"]) == (409, "2 items, 1 relation")
    assert admin.delete("/definitions/items/robots?consent=true").status == 204
    rows = models.Item.objects.filter(key__in=["robot-1", "robot-2"])
    assert all(row.retired_at is not None for row in rows)
    assert not models.Relation.objects.filter(origin="robots").exists()
    assert models.Item.objects.get(key="host-1").retired_at is None


def test_a_line_that_goes_is_counted_too(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    schema_actions.import_packs(PLATFORM, [ward()], at=AT)
    fewer = "\n".join(line for line in ITEMS.split("\n") if "robot-2" not in line)
    stored = admin.get("/definitions/items/robots").body
    body = {"text": fewer, "base_version": stored["version"]}
    asked = admin.put("/definitions/items/robots", body)
    assert (asked.status, asked.body["problems"][0]["message"]) == (409, "1 item")
    assert admin.put("/definitions/items/robots", {**body, "consent": True}).status == 200
    assert models.Item.objects.get(key="robot-2").retired_at is not None
    assert models.Item.objects.get(key="robot-1").retired_at is None


def test_a_line_that_moves_to_another_definition_takes_nothing_away(
    hospital: dict[str, UUID],
) -> None:
    schema_actions.import_packs(PLATFORM, [ward()], at=AT)
    moved = ITEMS.replace("name: robots", "name: machines")
    done = schema_actions.import_packs(PLATFORM, [ward(moved)], at=AT, consent=True)
    assert [(one.change, one.lost and one.lost[0].thing) for one in done.changes] == [
        ("added", ()),
        ("removed", "relation"),
    ]
    rows = models.Item.objects.filter(key__in=["robot-1", "robot-2"])
    assert {(row.origin, row.retired_at) for row in rows} == {("machines", None)}
    assert models.Relation.objects.filter(origin="machines").count() == 1


def test_an_items_definition_under_a_new_name_keeps_its_items(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    schema_actions.import_packs(PLATFORM, [ward()], at=AT)
    text = ITEMS.replace("name: robots", "name: machines").replace("二号", "贰号")
    body = {"text": text, "base_version": 1, "renamed_from": "robots"}
    assert admin.put("/definitions/items/machines", body).status == 200
    rows = models.Item.objects.filter(key__in=["robot-1", "robot-2"])
    assert {(row.origin, row.retired_at) for row in rows} == {("machines", None)}
    assert models.Item.objects.get(key="robot-2").name == "贰号机器人"


# Whole packs, by the command line and by HTTP ----------------------------------------------------


def run(*arguments: object) -> int:
    parser = argparse.ArgumentParser()
    command.add_commands(parser.add_subparsers())
    given = parser.parse_args(["pack", *map(str, arguments)])
    return int(given.run(given))


def test_the_command_line_counts_first_and_asks_nothing_in_scripts(
    hospital: dict[str, UUID],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    folder = put(tmp_path, ward())
    assert run("import", folder) == 0
    put(tmp_path, ward("# nothing any more\n"))
    capsys.readouterr()
    assert run("diff", folder) == 0
    assert "takes away from 2 items, 1 relation" in capsys.readouterr().out
    assert run("import", folder) == 1
    told = capsys.readouterr()
    assert "What these live by would be lost: 2 items, 1 relation; nothing was changed" in told.err
    assert models.Item.objects.get(key="robot-1").retired_at is None
    assert run("diff", "--json", folder) == 0
    (change,) = json.loads(capsys.readouterr().out)["changes"]
    assert change["lost"] == {"item": 2, "relation": 1}
    assert run("import", "--yes", folder) == 0
    assert models.Item.objects.get(key="robot-1").retired_at is not None


def test_pack_remove_counts_and_needs_consent(
    hospital: dict[str, UUID], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    schema_actions.import_packs(PLATFORM, [ward()], at=AT)
    assert run("remove", "wrad") == 1
    assert "installed: base, ward" in capsys.readouterr().err
    assert run("remove", "base") == 1
    assert "the installed pack “ward” needs the pack “base”" in capsys.readouterr().err
    assert run("remove", "ward") == 1
    assert "would be lost: 2 items, 1 relation" in capsys.readouterr().err
    assert run("remove", "ward", "--consent") == 0
    assert [one.name for one in schema.installed_packs(PLATFORM)] == ["base"]
    assert models.Item.objects.get(key="robot-1").retired_at is not None


def test_a_pack_renames_by_the_command_line(hospital: dict[str, UUID], tmp_path: Path) -> None:
    schema_actions.import_packs(PLATFORM, [ward()], at=AT)
    folder = put(tmp_path, ward(ITEMS.replace("name: robots", "name: machines")))
    assert run("import", "--renamed", "items:robots=machines", folder) == 0
    assert schema.stored(PLATFORM, "items", "machines").version == 2
    assert models.Item.objects.get(key="robot-1").origin == "machines"


def test_packs_over_http(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    def send(path: str, source: Source) -> tuple[int, dict[str, object]]:
        file = sources.zipped([source])
        headers = admin._headers
        body = {"archive": SimpleUploadedFile("ward.zip", file)}
        answer = Client().post(f"/api/v1{path}", body, headers=headers)
        return answer.status_code, answer.json()

    status, told = send("/packs/check", ward())
    assert (status, told["needs_consent"], len(told["changes"])) == (200, False, 1)  # type: ignore[arg-type]
    assert send("/packs", ward())[0] == 200
    status, told = send("/packs/check", ward("# nothing\n"))
    assert (status, told["lost"]) == (200, "2 items, 1 relation")
    status, told = send("/packs", ward("# nothing\n"))
    assert (status, told["code"]) == (409, "consent_needed")
    status, told = send(
        "/packs?renamed=items:robots=machines",
        ward(ITEMS.replace("name: robots", "name: machines")),
    )
    assert status == 200
    assert send("/packs?renamed=robots", ward())[1]["field"] == "renamed"
    assert admin.delete("/packs/ward").status == 409
    assert admin.delete("/packs/ward?consent=true").status == 204
    assert admin.delete("/packs/ward?consent=true").status == 404


def test_what_two_definitions_of_a_pack_hold_is_counted_once(admin: ApiClient) -> None:
    """Items whose type goes with the definition that declares them, and relations likewise."""
    kind = (
        "kind: relation-kind\nname: feeds\nlabel: Feeds\nreverse_label: Is fed by\n"
        "carries_impact: none\n"
    )
    types = ROBOT.replace("label: {zh: 机器人, en: Robot}", "label: Robot")
    text = ITEMS.replace("type: host", "type: robot").replace("kind: connects", "kind: feeds")
    files = {"pack.yaml": HEAD, "a.yaml": types.encode(), "b.yaml": kind.encode()}
    pack = Source("ward", {**files, "items.yaml": text.encode()})
    schema_actions.import_packs(PLATFORM, [pack], at=AT)
    by_hand = NewItem(type="robot", name="三号机器人", key="robot-3")
    actions.create_item(PLATFORM, by_hand, at=AT)
    refused = admin.delete("/packs/ward")
    assert (refused.status, refused.body["code"]) == (409, "consent_needed")
    assert "3 items, 1 relation." in refused.body["detail"]
    told = {each["field"]: each["message"] for each in refused.body["problems"]}
    assert told == {
        "item-type robot": "3 items",
        "items robots": "2 items, 1 relation",
        "relation-kind feeds": "1 relation",
    }
    assert admin.delete("/packs/ward?consent=true").status == 204
    (line,) = AuditRecord.objects.filter(action="pack.remove")
    assert line.detail["lost"] == 4
