"""Definitions over HTTP, in the reader's language."""

from __future__ import annotations

import pytest

from tests.hospital import client_of
from tests.schema.conftest import pack
from wardround.kernel import clock
from wardround.kernel.types import system_actor
from wardround.schema import actions
from wardround.schema.sources import Source

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def installed(ward: Source) -> None:
    kind = "kind: relation-kind\nname: uses\nlabel: {zh: 使用, en: uses}\n"
    kind += (
        "reverse_label: {zh: 被使用, en: used by}\ncarries_impact: target-to-source\ngate: and\n"
    )
    whole = pack({"types/devices.yaml": ward.files["types/devices.yaml"].decode(), "r.yaml": kind})
    actions.import_packs(system_actor("tests"), [whole], at=clock.now())


def test_item_types_come_with_what_they_inherit() -> None:
    answer = client_of("li", "administrator").get("/item-types")
    host = next(one for one in answer.body["items"] if one["name"] == "host")
    assert host["layer"] == "hardware"
    assert host["layer_label"] == "Hardware"
    assert host["icon"] == "device"
    assert [
        (one["name"], one["label"], one["unit"], one["list"]) for one in host["attributes"]
    ] == [
        ("serial", "Serial", None, True),
        ("memory", "Memory", "B", False),
    ]


def test_labels_speak_the_reader_s_language() -> None:
    client = client_of("li", "administrator", language="zh-CN")
    assert client.get("/layers").body["items"] == [
        {"name": "hardware", "label": "硬件", "order": 1, "view": "hardware"}
    ]
    kind = client.get("/relation-kinds").body["items"][0]
    assert (kind["label"], kind["reverse_label"]) == ("使用", "被使用")


def test_a_definition_comes_with_its_text() -> None:
    client = client_of("li", "administrator")
    answer = client.get("/definitions/item-type/host")
    assert answer.body["text"].startswith("kind: item-type\nname: host\n")
    assert answer.body["body"]["extends"] == "device"
    assert client.get("/definitions/item-type/hots").status == 404
    assert client.get("/definitions/item-type/host", version=7).status == 404
    rows = client.get("/definitions", kind="item-type", limit=1).body
    assert [one["name"] for one in rows["items"]] == ["device"]
    more = client.get("/definitions", kind="item-type", limit=1, cursor=rows["next"]).body
    assert ([one["name"] for one in more["items"]], more["next"]) == (["host"], None)
    assert client.get("/packs").body["items"][0]["definitions"] == 4


@pytest.mark.parametrize(
    ("path", "parameters", "field"),
    [
        ("/definitions", {"knid": "x"}, "knid"),
        ("/definitions", {"limit": 0}, "limit"),
        ("/definitions", {"cursor": "x"}, "cursor"),
        ("/definitions/item-type/host", {"version": "x"}, "version"),
        ("/layers", {"q": "x"}, "q"),
    ],
)
def test_a_wrong_parameter_is_named(path: str, parameters: dict[str, object], field: str) -> None:
    answer = client_of("li", "administrator").get(path, **parameters)
    assert (answer.status, answer.body["field"]) == (422, field)


@pytest.mark.parametrize(("language", "title"), [("zh-CN", "次序"), ("en", "Order")])
def test_a_kind_s_form_speaks_the_reader_s_language(language: str, title: str) -> None:
    client = client_of("li", "administrator", language=language)
    names = [row["name"] for row in client.get("/definition-kinds", limit=200).body["items"]]
    assert {"layer", "item-type", "ticket-type", "alert-rules", "targets"} <= set(names)
    shape = client.get("/definition-kinds/layer").body["shape"]
    assert shape["properties"]["order"]["title"] == title
    assert shape["properties"]["order"]["minimum"] == 1
    assert shape["required"] == ["name", "label", "order", "view"]
    assert shape["additionalProperties"] is False
    extends = client.get("/definition-kinds/item-type").body["shape"]["properties"]["extends"]
    assert extends["x-reference"] == "item-type"
    assert client.get("/definition-kinds/leyer").status == 404


def test_a_kind_tells_what_to_begin_with_and_what_is_built_in() -> None:
    client = client_of("li", "administrator")
    role = client.get("/definition-kinds/role").body
    assert "administrator" in role["given"]
    assert role["example"].startswith("kind: role\nname: ")
    choices = client.get("/definition-kinds/item-type").body["shape"]["$defs"]["ItemAttribute"]
    assert choices["properties"]["choices"]["items"]["x-text"] == "value"
    layer = client.get("/definition-kinds/layer").body
    assert layer["given"] == []
    told = client.post("/definitions/layer/my-layer/check", {"text": layer["example"]}).body
    assert told["problems"] == []
    assert [change["name"] for change in told["changes"]] == ["my-layer"]
