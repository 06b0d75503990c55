"""The rules over HTTP, as the shipped packs have them."""

from __future__ import annotations

import pytest

from tests.hospital import ApiClient, client_of
from wardround.kernel import clock
from wardround.kernel.types import system_actor
from wardround.schema.actions import import_shipped


@pytest.fixture
def shipped(db: None) -> None:
    import_shipped(system_actor("tests"), at=clock.now(), names=["base", "monitors"])


@pytest.mark.usefixtures("shipped")
def test_a_rule_in_full(api: ApiClient) -> None:
    answer = api.get("/alert-rules", name="DiskSpaceLow")
    assert answer.status == 200
    (rule,) = answer.body["items"]
    assert rule["label"] == "Disk space low"
    assert rule["for_s"] == 60
    assert rule["template"] == "linux-machine"
    assert rule["expr"].startswith("node_filesystem_free_bytes / node_filesystem_size_bytes < 0.1")
    assert answer.body["total"] == 1


@pytest.mark.usefixtures("shipped")
def test_every_shipped_template_tells_when_nothing_comes(api: ApiClient) -> None:
    """RT1: no template without a no-data alert."""
    rules = api.get("/alert-rules").body["items"]
    told = {one for rule in rules if rule["no_data_s"] > 0 for one in rule["templates"]}
    templates = {one["name"] for one in api.get("/monitor-templates").body["items"]}
    assert templates - told == set()


@pytest.mark.usefixtures("shipped")
def test_pages_filters_and_language(api: ApiClient) -> None:
    first = api.get("/alert-rules", limit=2).body
    second = api.get("/alert-rules", limit=2, cursor=first["next"]).body
    names = [one["name"] for one in (*first["items"], *second["items"])]
    assert names == sorted(set(names))
    critical = api.get("/alert-rules", severity="critical", template="postgresql").body["items"]
    assert {one["severity"] for one in critical} == {"critical"}
    chinese = client_of("wang", "administrator", language="zh-CN")
    assert chinese.get("/alert-rules", name="ProcessDown").body["items"][0]["label"] == "进程停止"


def test_bad_input_is_named(api: ApiClient) -> None:
    assert "severity" in str(api.get("/alert-rules", severity="bad").body)
    assert "colour" in str(api.get("/alert-rules", colour="red").body)


def test_nobody_without_sign_in(db: None) -> None:
    assert ApiClient(None).get("/alert-rules").status == 401


RULES = b"""
groups:
  - name: g
    rules:
      - {alert: Full, expr: node_filesystem_used_ratio > 0.9 or disk_full == 1}
      - {alert: Always, expr: vector(1)}
      - {alert: DiskSpaceLow, expr: 'sum by (job) (other{job="x"}) > 1', labels: {severity: P1}}
"""


@pytest.mark.usefixtures("shipped")
def test_rules_of_prometheus_become_a_pack(api: ApiClient) -> None:
    path = "/alert-rules/prometheus?name=mine&severity=P1=disaster"
    answer = api.upload(path, files=[("my.yml", RULES)])
    assert answer.status == 200
    taken, refused = answer.body["taken"], answer.body["refused"]
    assert [(rule["name"], rule["was"], rule["line"]) for rule in taken] == [
        ("Full", "Full", 5),
        ("DiskSpaceLowP1", "DiskSpaceLow", 7),
    ]
    assert taken[0]["needs"] == ["disk_full"]
    assert len(taken[1]["notes"]) == 2
    assert [(note["rule"], note["part"]) for note in refused] == [("Always", "vector(1)")]
    assert refused[0]["advice"].startswith("A rule that always fires")
    assert sorted(answer.body["files"]) == ["mine-my.yaml", "pack.yaml"]
    assert "severity: disaster" in answer.body["files"]["mine-my.yaml"]
    assert api.get("/packs").body["total"] == 2


@pytest.mark.usefixtures("shipped")
def test_what_is_said_beforehand_must_have_a_form(api: ApiClient) -> None:
    for wrong in ("severity=P1=worst", "job=x", "name=..", "nonsense=1"):
        answer = api.upload(f"/alert-rules/prometheus?{wrong}", files=[("my.yml", RULES)])
        assert answer.status in {400, 422}, wrong


@pytest.mark.usefixtures("shipped")
def test_taking_rules_in_needs_the_right_to_import() -> None:
    reader = client_of("li", "reader")
    assert reader.upload("/alert-rules/prometheus", files=[("my.yml", RULES)]).status == 403
