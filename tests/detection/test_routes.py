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
