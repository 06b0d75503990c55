"""What becomes of targets when their template, or the line that declares them, changes or goes."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection

from tests.collect.test_routes import page_target, stand
from tests.hospital import HOSPITAL, ApiClient
from wardround.cmdb.types import Item
from wardround.collect import actions, models, queries
from wardround.collect.types import SHARDS, CollectorRow, State
from wardround.kernel import clock
from wardround.kernel.ids import new_id
from wardround.schema import actions as schema
from wardround.schema.sources import Source
from wardround.web import health

TEMPLATE = """\
kind: monitor-template
name: robots
label: {zh: 机器人, en: Robots}
driver: prometheus
groups:
  - {name: all, interval: 15s}
"""
TARGETS = """\
kind: targets
name: ours
targets:
  - {item: his-db-host-1, template: robots, name: first, address: "127.0.0.1:9100"}
  - {item: his-db-host-1, template: robots, name: second, address: "127.0.0.1:9101"}
"""
pytestmark = pytest.mark.django_db


@pytest.fixture
def robots(api: ApiClient, host: Item) -> ApiClient:
    """A template of the hospital's own, and two targets that a definition declares with it."""
    assert api.put("/definitions/monitor-template/robots", {"text": TEMPLATE}).status == 200
    assert api.put("/definitions/targets/ours", {"text": TARGETS}).status == 200
    return api


def targets(api: ApiClient, **wanted: str) -> dict[str, dict[str, object]]:
    return {one["name"]: one for one in api.get("/targets", **wanted).body["items"]}


def collected() -> set[str]:
    return {spec.name for spec in queries.specs(range(SHARDS)).values()}


def up(name: str) -> UUID:
    target = models.TargetRow.objects.get(name=name).id
    stand(target, State.UP)
    return target


def test_a_target_whose_template_is_gone_says_so(api: ApiClient, host: Item) -> None:
    api.put("/definitions/monitor-template/robots", {"text": TEMPLATE})
    made = api.post("/targets", {**page_target(host), "template": "robots"}).body
    stand(UUID(made["id"]), State.UP)
    assert api.get(f"/targets/{made['id']}").body["state"] == "up"
    refused = api.delete("/definitions/monitor-template/robots")
    assert (refused.status, refused.body["problems"][0]["message"]) == (409, "1 target")
    assert api.delete("/definitions/monitor-template/robots?consent=true").status == 204
    told = api.get(f"/targets/{made['id']}").body
    assert (told["state"], told["reason"], told["detail"]) == ("unknown", "template", "robots")
    assert told["reason_text"].startswith("Its monitor template is gone")
    assert [*targets(api, state="unknown")] == [made["name"]]
    assert targets(api, state="up") == {}
    assert collected() == set()
    back = api.put("/definitions/monitor-template/robots", {"text": TEMPLATE})
    assert back.status == 200
    assert api.get(f"/targets/{made['id']}").body["state"] == "up"


WITH_PARAMETERS = (
    TEMPLATE
    + """\
parameters:
  - {name: metrics_path, label: Path, type: text}
  - {name: depth, label: Depth, type: number}
  - {name: token, label: Token, type: text}
"""
)


def test_a_parameter_that_targets_set_goes_with_consent_alone(api: ApiClient, host: Item) -> None:
    path = "/definitions/monitor-template/robots"
    assert api.put(path, {"text": WITH_PARAMETERS}).status == 200
    for name, parameters in (
        ("first", {"metrics_path": "/a", "token": "T"}),
        ("second", {"metrics_path": "/b", "depth": 3}),
        ("third", {}),
    ):
        body = {**page_target(host), "template": "robots", "name": name, "parameters": parameters}
        assert api.post("/targets", body).status == 201
    others = "".join(
        line.replace("type: number", "type: text").replace("Token, type: text", "T, type: secret")
        for line in WITH_PARAMETERS.splitlines(keepends=True)
        if "metrics_path" not in line
    )
    refused = api.put(path, {"text": others, "base_version": 1})
    assert (refused.status, refused.body["code"]) == (409, "consent_needed")
    told = "3 parameters of targets that count no more (metrics_path, depth)"
    assert told in refused.body["title"] + refused.body["detail"]
    assert queries.templates()["robots"].parameters[0].name == "metrics_path"
    consented = api.put(path, {"text": others, "base_version": 1, "consent": True})
    assert consented.status == 200
    fewer = others.replace("  - {name: depth, label: Depth, type: text}\n", "")
    assert "1 parameter of a target that counts no more (depth)" in str(
        api.put(path, {"text": fewer, "base_version": 2}).body
    )
    unset = others.replace("label: Depth", "label: How deep")
    assert api.put(path, {"text": unset, "base_version": 2}).status == 200


def test_targets_of_items_that_a_template_is_for_no_longer_go_on_with_consent(
    api: ApiClient, host: Item
) -> None:
    path = "/definitions/monitor-template/robots"
    assert api.put(path, {"text": TEMPLATE}).status == 200
    assert api.post("/targets", {**page_target(host), "template": "robots"}).status == 201
    wider = TEMPLATE + "item_types: device\n"  # a host is one
    assert api.put(path, {"text": wider, "base_version": 1}).status == 200
    narrow = TEMPLATE + "item_types: storage\n"
    refused = api.put(path, {"text": narrow, "base_version": 2})
    assert (refused.status, refused.body["code"]) == (409, "consent_needed")
    assert "1 target of an item that it is for no longer (host)" in str(refused.body)
    consented = {"text": narrow, "base_version": 2, "consent": True}
    assert api.put(path, consented).status == 200
    assert len(collected()) == 1


def test_a_type_that_is_called_otherwise_takes_its_templates_along(
    api: ApiClient, host: Item
) -> None:
    path = "/definitions/monitor-template/robots"
    assert api.put(path, {"text": TEMPLATE + "item_types: host\n"}).status == 200
    assert api.post("/targets", {**page_target(host), "template": "robots"}).status == 201
    text = api.get("/definitions/item-type/host").body["text"]
    body = {
        "text": text.replace("name: host\n", "name: machine\n"),
        "base_version": 1,
        "renamed_from": "host",
    }
    answer = api.put("/definitions/item-type/machine", body)
    assert answer.status == 200, answer.body
    assert queries.templates()["robots"].item_types == ("machine",)
    assert (
        api.post("/targets", {**page_target(host), "template": "robots", "name": "2"}).status == 201
    )


def test_targets_follow_their_template_to_its_new_name(robots: ApiClient) -> None:
    ids = {up("first"), up("second")}
    text = TEMPLATE.replace("name: robots", "name: machines")
    body = {"text": text, "base_version": 1, "renamed_from": "robots"}
    answer = robots.put("/definitions/monitor-template/machines", body)
    assert answer.status == 200, answer.body
    rows = models.TargetRow.objects.all()
    assert {row.id for row in rows} == ids
    assert {(row.template, row.undeclared_at) for row in rows} == {("machines", None)}
    assert {row.declared for row in rows} == {
        "his-db-host-1/machines/first",
        "his-db-host-1/machines/second",
    }
    stored = robots.get("/definitions/targets/ours").body
    assert stored["text"] == TARGETS.replace("template: robots", "template: machines")
    assert {one["state"] for one in targets(robots).values()} == {"up"}


def test_a_target_that_nothing_declares_any_more_is_not_collected_and_says_so(
    robots: ApiClient,
) -> None:
    target = up("second")
    fewer = "\n".join(line for line in TARGETS.split("\n") if "second" not in line)
    asked = robots.put("/definitions/targets/ours", {"text": fewer, "base_version": 1})
    assert (asked.status, asked.body["problems"][0]["message"]) == (409, "1 target")
    assert collected() == {"first", "second"}
    body = {"text": fewer, "base_version": 1, "consent": True}
    assert robots.put("/definitions/targets/ours", body).status == 200
    told = robots.get(f"/targets/{target}").body
    assert (told["state"], told["reason"], told["enabled"]) == ("paused", "undeclared", False)
    assert [*targets(robots, state="paused")] == ["second"]
    assert collected() == {"first"}
    again = robots.put("/definitions/targets/ours", {"text": TARGETS, "base_version": 2})
    assert again.status == 200
    assert robots.get(f"/targets/{target}").body["state"] == "up"
    assert collected() == {"first", "second"}


def test_a_whole_targets_definition_goes_as_each_of_its_lines_would(robots: ApiClient) -> None:
    target = up("first")
    assert robots.delete("/definitions/targets/ours").status == 409
    assert robots.delete("/definitions/targets/ours?consent=true").status == 204
    assert {one["reason"] for one in targets(robots).values()} == {"undeclared"}
    kept = robots.patch(f"/targets/{target}", {"enabled": True}).body
    assert (kept["state"], kept["enabled"]) == ("up", True)
    assert collected() == {"first"}
    assert models.TargetRow.objects.get(id=target).declared == ""


def test_a_target_kept_by_hand_is_taken_in_by_a_declaration_of_the_same(robots: ApiClient) -> None:
    target = up("first")
    robots.delete("/definitions/targets/ours?consent=true")
    robots.patch(f"/targets/{target}", {"enabled": True})
    assert robots.put("/definitions/targets/ours", {"text": TARGETS}).status == 200
    row = models.TargetRow.objects.get(name="first")
    assert (row.id, row.declared) == (target, "his-db-host-1/robots/first")


def test_a_pause_by_a_person_survives_the_declaration_going_and_coming(robots: ApiClient) -> None:
    target = up("first")
    robots.patch(f"/targets/{target}", {"enabled": False})
    robots.delete("/definitions/targets/ours?consent=true")
    robots.put("/definitions/targets/ours", {"text": TARGETS})
    assert robots.get(f"/targets/{target}").body["state"] == "paused"


def test_the_health_of_collection_tells_of_templates_that_are_gone(robots: ApiClient) -> None:
    now = clock.now()
    alive = CollectorRow(new_id(), "host", 1, now, now, 2, 1.0, 0, {})
    actions.heartbeat(alive)
    connection.ensure_connection()
    healthy = health._collectors(connection.connection)
    assert (healthy.ok, healthy.text) == (True, "1")
    robots.delete("/definitions/targets/ours?consent=true")
    assert health._collectors(connection.connection).ok
    for one in targets(robots).values():
        robots.patch(f"/targets/{one['id']}", {"enabled": True})
    robots.delete("/definitions/monitor-template/robots?consent=true")
    told = health._collectors(connection.connection)
    assert (told.ok, told.text) == (False, "1; 模板已不存在的监控对象：2")


def test_the_removal_of_a_pack_lets_its_targets_go(host: Item) -> None:
    head = b'pack: robots\nversion: "1"\nlabel: Robots\n'
    files = {"pack.yaml": head, "a.yaml": TEMPLATE.encode(), "b.yaml": TARGETS.encode()}
    schema.import_packs(HOSPITAL, [Source("robots", files)], at=clock.now())
    assert collected() == {"first", "second"}
    with pytest.raises(schema.ConsentNeeded) as caught:
        schema.remove_pack(HOSPITAL, "robots", at=clock.now())
    assert len(caught.value.problems) == 2
    schema.remove_pack(HOSPITAL, "robots", at=clock.now(), consent=True)
    assert collected() == set()
    rows = models.TargetRow.objects.all()
    assert all(
        row.undeclared_at and row.undeclared_at > clock.now() - timedelta(minutes=5) for row in rows
    )


def test_a_parameter_that_is_needed_from_now_on_counts_who_does_not_set_it(
    api: ApiClient, host: Item
) -> None:
    saved = api.put("/definitions/monitor-template/robots", {"text": TEMPLATE})
    assert saved.status == 200
    for name in ("first", "second"):
        made = api.post("/targets", {**page_target(host), "template": "robots", "name": name})
        assert made.status == 201
    path = "/definitions/monitor-template/robots"
    optional = TEMPLATE + "parameters:\n  - {name: arm, label: Arm}\n"
    assert api.put(path, {"text": optional, "base_version": 1}).status == 200
    row = models.TargetRow.objects.get(name="first")
    row.parameters = {**row.parameters, "arm": "left"}
    row.save()
    needed = optional.replace("label: Arm", "label: Arm, required: true")
    asked = {"text": needed, "base_version": 2}
    assert api.post(f"{path}/check", asked).body["lost"] == (
        "1 target without a parameter that is needed then (arm)"
    )
    assert api.put(path, asked).status == 409
    assert api.put(path, {**asked, "consent": True}).status == 200
    # what is needed and set by itself takes nothing
    given = needed.replace("required: true", "required: true, default: x")
    assert api.post(f"{path}/check", {"text": given, "base_version": 3}).body["lost"] == ""
