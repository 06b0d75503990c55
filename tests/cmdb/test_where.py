"""Lists by an expression: as people write it, with every other filter, and telling nobody more."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook

from tests.cmdb.conftest import AT, PLATFORM
from tests.hospital import ApiClient, client_of
from wardround.cmdb import actions, models
from wardround.cmdb.types import Importance, ItemEntry, ItemsDefinition, RelationEntry
from wardround.kernel.types import Scope
from wardround.schema import actions as schema_actions
from wardround.schema.sources import Source

MODEL = """
kind: item-type
name: server
label: {zh: 服务器, en: Server}
layer: hardware
attributes:
  - {name: memory_gb, label: {zh: 内存, en: Memory}, type: number, filter: true}
  - {name: room, label: {zh: 机房, en: Room}, type: reference, to: machine-room}
  - {name: bought_on, label: {zh: 购入, en: Bought on}, type: date}
  - {name: token, label: {zh: 令牌, en: Token}, type: secret}
  - name: stage
    label: {zh: 阶段, en: Stage}
    type: choice
    choices:
      - {value: live, label: {zh: 在用, en: Live}}
      - {value: old, label: {zh: 待报废, en: Old}}
---
kind: item-type
name: blade-server
label: {zh: 刀片服务器, en: Blade server}
extends: server
"""
HEAD = b'pack: servers\nversion: "1"\nlabel: Servers\nrequires: [base]\n'


def item(key: str, of_type: str, name: str = "", **said: Any) -> ItemEntry:
    own = {who: said.pop(who) for who in ("owner", "vendor", "importance") if who in said}
    return ItemEntry(key=key, type=of_type, name=name or key, attributes=said, **own)


ITEMS = (
    item("it", "department", "信息科"),
    item("ward", "department", "病房"),
    item("zhou", "person", "周海涛", department="it"),
    item("li", "person", "李薇", department="ward"),
    item("hall", "machine-room", "一号机房"),
    item("pacs", "business-system", "PACS", importance=Importance.A, owner="zhou"),
    item("lis", "business-system", "LIS", owner="li"),
    item("s1", "server", memory_gb=64, owner="zhou", room="hall", bought_on="2020-05-01",
         stage="live"),
    item("s2", "blade-server", memory_gb=128, owner="zhou", stage="old"),
    item("s3", "server", memory_gb=32, owner="zhou", bought_on="2026-02-01"),
    item("s4", "server", memory_gb=256, owner="li", room="hall"),
    item("s5", "server", token="hush"),
)  # fmt: skip
RELATIONS = (
    *(RelationEntry(kind="uses", source="pacs", target=key) for key in ("s1", "s2", "s3")),
    RelationEntry(kind="uses", source="lis", target="s4"),
    RelationEntry(kind="uses", source="lis", target="s3"),
)


@pytest.fixture
def servers(base: None) -> dict[str, UUID]:
    pack = Source("servers", {"pack.yaml": HEAD, "model.yaml": MODEL.encode()})
    schema_actions.import_packs(PLATFORM, [pack], at=AT)
    definition = ItemsDefinition(name="servers", items=ITEMS, relations=RELATIONS)
    actions.import_items(PLATFORM, [definition], at=AT)
    return dict(models.Item.objects.values_list("key", "id"))


@pytest.fixture
def admin(servers: dict[str, UUID]) -> ApiClient:
    return client_of("li", "administrator")


def keys(client: ApiClient, expression: str, **parameters: Any) -> list[str]:
    answer = client.get("/items", where=expression, **parameters)
    assert answer.status == 200, answer.body
    assert answer.body["total"] == len(answer.body["items"])
    return [found["key"] for found in answer.body["items"]]


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ('type = server and memory_gb >= 64 and owner.department = "信息科"', ["s1", "s2"]),
        ('type == "server" and memory_gb >= 64', ["s1", "s2", "s4"]),
        ("type = blade-server", ["s2"]),
        ("type = 刀片服务器", ["s2"]),
        ('type = "Blade server"', ["s2"]),
        ("type in [blade-server, machine-room]", ["hall", "s2"]),
        ("type = server and type != blade-server", ["s1", "s3", "s4", "s5"]),
        ("stage = 在用", ["s1"]),
        ("stage = live or stage = Old", ["s1", "s2"]),
        ('stage in ["在用", "待报废"]', ["s1", "s2"]),
        ("type = server and stage = null", ["s3", "s4", "s5"]),
        ("type = server and not is_set(stage)", ["s3", "s4", "s5"]),
        ("layer = hardware and memory_gb < 64", ["s3"]),
        ("layer = 服务器硬件 and memory_gb < 64", ["s3"]),
        ("importance = A", ["pacs"]),
        ("condition = unknown and memory_gb = 32", ["s3"]),
        ("condition = 未知 and memory_gb = 32", ["s3"]),
        ('room = "一号机房"', ["s1", "s4"]),
        ('room = "hall"', ["s1", "s4"]),
        ('room.name = "一号机房" and owner = "李薇"', ["s4"]),
        ('owner.department.key = "ward"', ["lis", "s4"]),
        ("memory_gb > 0 and days_since(bought_on) > 365", ["s1"]),
        ("bought_on >= '2026-01-01'", ["s3"]),
        ('"LIS" in systems and type = server', ["s3", "s4"]),
        ('"pacs" in systems and "LIS" in systems', ["s3"]),
        ('contains(owner, "海") and memory_gb / 2 < 20', ["s3"]),
        ('"机" in name', ["hall"]),
        ("owner = owner.department", ["hall", "it", "li", "s5", "ward", "zhou"]),
    ],
)
def test_a_list_is_narrowed_by_an_expression(
    admin: ApiClient, expression: str, found: list[str]
) -> None:
    assert sorted(keys(admin, expression)) == found


def test_it_works_with_every_other_filter(admin: ApiClient) -> None:
    wanted = "memory_gb >= 64"
    assert keys(admin, wanted, type="server", sort="-attribute.memory_gb") == ["s4", "s2", "s1"]
    assert keys(admin, wanted, q="s2") == ["s2"]
    assert keys(admin, wanted, **{"attribute.memory_gb": "..64"}) == ["s1"]
    assert keys(admin, "   ") == keys(admin, "true") != []


def test_its_pages_join(admin: ApiClient) -> None:
    first = admin.get("/items", where="memory_gb > 0", limit=3).body
    rest = admin.get("/items", where="memory_gb > 0", limit=3, cursor=first["next"]).body
    assert first["total"] == 4
    assert [one["key"] for one in [*first["items"], *rest["items"]]] == ["s1", "s2", "s3", "s4"]


def test_what_is_wrong_and_left_out_is_counted(admin: ApiClient, servers: dict[str, UUID]) -> None:
    models.Item.objects.filter(key__in=["s1", "s4"]).update(condition="down")
    assert admin.get("/items", where="memory_gb > 100").body["abnormal_hidden"] == 1


def test_a_workbook_has_what_the_list_has(admin: ApiClient) -> None:
    answer = admin.get("/items", where="type = server and memory_gb > 64", format="xlsx")
    sheet = load_workbook(io.BytesIO(answer.body)).active
    assert sheet is not None
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["s2", "s4"]


@pytest.mark.parametrize(
    ("expression", "offset", "told"),
    [
        ("type = servr", 7, "did you mean “server”?"),
        ("memori_gb = 64", 0, "did you mean “memory_gb”?"),
        ("memory_gb >= 64 and owner.departmnt = 1", 26, "did you mean “department”?"),
        ("memory_gb.name = 1", 10, "leads to no other item"),
        ("stage = livee", 8, "did you mean “live”?"),
        ("memory_gb >= ", 13, "a value should follow"),
        ("memory_gb > '64'", 12, "text where number is needed"),
        ('token = "hush"', 0, "is a secret"),
        ("bought_on < 'soon'", 12, "is no date"),
        ("bought_on < name", 12, "a date is compared with a date"),
        ("systems = 'PACS'", 0, "in systems"),
        ("owner.owner.owner.owner.owner.name = 'x'", 0, "more than 3 items"),
        ("coalesce(type, name) = 'x'", 9, "a type is compared with the name of a type"),
        ("name in ['x', type]", 14, "a type is compared with the name of a type"),
        ("type = 3 / 4", 7, "a type is compared with the name of a type"),
    ],
)
def test_a_mistake_is_told_with_its_place(
    admin: ApiClient, expression: str, offset: int, told: str
) -> None:
    answer = admin.get("/items", where=expression)
    assert answer.status == 422
    (problem,) = answer.body["problems"]
    assert (problem["field"], problem["offset"]) == ("where", offset)
    assert told in problem["message"]
    assert problem["message"].startswith(f"character {offset + 1}: ")


def test_what_an_expression_costs_is_bounded(admin: ApiClient) -> None:
    ways = [f"{way}.{name}" for way in ("owner", "vendor", "room") for name in ("name", "key")]
    ways += [
        f"{way}.owner.{name}" for way in ("owner", "vendor", "room") for name in ("name", "key")
    ]
    most = " and ".join(f'{way} = "x"' for way in ways)
    assert keys(admin, most) == []
    for expression in (f'{most} and vendor.vendor.key = "x"', "not " * 40 + "true", "1 " * 400):
        answer = admin.get("/items", where=expression)
        assert answer.status == 422
        assert "offset" in answer.body["problems"][0]
    assert admin.get("/items", where="x" * 2001).status == 422


def test_what_is_out_of_reach_tells_nothing(servers: dict[str, UUID]) -> None:
    """`zhou` serves no system, so nobody narrow sees him; `s3` serves both systems."""
    reader = client_of("ann", "reader", scope=Scope(systems=frozenset({servers["lis"]})))
    assert keys(reader, "type = server") == ["s3", "s4"]
    for expression in (
        'owner.department = "信息科"', 'owner = "周海涛"', "is_set(owner)", '"PACS" in systems',
        'type = server and not (owner.key != "zhou")', "owner.updated_at > '2000-01-01'",
        'room.condition = "unknown"',
    ):  # fmt: skip
        assert keys(reader, expression) == [], expression
    assert keys(reader, "owner = null and type = server") == ["s3", "s4"]
    assert keys(reader, 'room = "一号机房"') == ["s4"], "a room of the whole house has its name"
