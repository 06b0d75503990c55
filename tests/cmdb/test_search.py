"""One search over items, through the door: what is found and why, in which order, for whom."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cmdb.conftest import AT, PLATFORM, person, seen_by
from tests.cmdb.test_serving import proposal
from tests.hospital import ApiClient, client_of
from wardround.cmdb import actions, models, queries
from wardround.cmdb.types import ItemEntry, ItemFilters, ItemsDefinition
from wardround.kernel.finding import Asked, Match, texts
from wardround.kernel.types import EVERYWHERE, Scope

DEVICE = "item-type/device"
RACK = "{name: rack, label: {zh: 机柜, en: Rack}, type: text, list: true, group: place}"
SERIAL = (
    "{name: serial, label: {zh: 序列号, en: Serial number}, type: text, list: true, search: true}"
)


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("finder", "administrator")


def groups(client: ApiClient, q: str, **more: Any) -> dict[str, Any]:
    answer = client.get("/search", q=q, **more)
    assert answer.status == 200, answer.body
    return {group["name"]: group for group in answer.body["groups"]}


def found(client: ApiClient, q: str, **more: Any) -> list[tuple[str, str]]:
    """Names of items and people with how they matched."""
    named = groups(client, q, **more)
    hits = [hit for name in ("items", "people") for hit in named.get(name, {"items": []})["items"]]
    return [(hit["name"], hit["match"]) for hit in hits]


def listed(client: ApiClient, q: str, **more: Any) -> set[str]:
    return {item["name"] for item in client.get("/items", q=q, limit=500, **more).body["items"]}


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("放射科PACS/RIS", ("放射科PACS/RIS", "exact")),
        ("fskpacs", ("放射科PACS/RIS", "sound")),
        ("fangshe pacs", ("放射科PACS/RIS", "sound")),
        ("zhouhaitao", ("周海涛", "sound")),
        ("zht", ("周海涛", "sound")),
        ("13800137843", ("周海涛", "part")),
        ("138-0013-7843", ("周海涛", "part")),
        ("sn1", ("物理服务器 1", "exact")),
        ("ＳＮ１", ("物理服务器 1", "exact")),
        ("周海桃", ("周海涛", "alike")),
        ("放社科", ("放射科", "alike")),
        ("物理伺服器", None),
        ("tiger", None),
        ("50%_", None),
    ],
)
def test_something_is_found_by_what_people_type(
    admin: ApiClient, q: str, first: tuple[str, str] | None
) -> None:
    answer = found(admin, q)
    assert (first in answer) if first else answer == []


def test_the_best_stands_first_and_says_what_matched(admin: ApiClient) -> None:
    pacs = groups(admin, "pacs")["items"]
    assert [(hit["name"], hit["match"]) for hit in pacs["items"]][:3] == [
        ("放射科PACS/RIS", "exact"),  # its key
        ("PACS 应用 1", "prefix"),
        ("PACS 应用 2", "prefix"),
    ]
    assert (pacs["total"], pacs["more"]) == (4, False)
    serial = groups(admin, "sn1")["items"]["items"][0]
    assert (serial["by_label"], serial["by"]) == ("Serial number", "SN1")
    heard = groups(admin, "fangshe")["items"]["items"][0]
    assert (heard["by_label"], heard["by"]) == (None, "fang she ke pacs ris")
    few = groups(admin, "pacs", limit=1)["items"]
    assert (len(few["items"]), few["total"]) == (1, 4)


def test_a_search_is_narrowed_and_no_group_is_empty(admin: ApiClient) -> None:
    assert set(groups(admin, "放射科")) == {"items", "people"}
    assert (
        set(groups(admin, "＠放射科")) == set(groups(admin, "放射科", scope="people")) == {"people"}
    )
    assert set(groups(admin, "#放射科")) == {"items"}
    assert groups(admin, "  ") == groups(admin, "@") == {}
    asked = admin.get("/search", q="@finder").body
    assert (asked["q"], asked["scope"]) == ("finder", "people")
    assert [group["name"] for group in asked["groups"]] == ["accounts"]
    assert asked["scopes"] == ["items", "people", "tickets", "documents", "definitions"]
    wrong = admin.get("/search", q="x", scope="item")
    assert wrong.status == 422
    assert wrong.body["problems"][0]["field"] == "scope"


def test_definitions_are_found_by_either_language(admin: ApiClient) -> None:
    for q in ("wulifuwuqi", "Host", ":host", "物理服物器"):
        hits = groups(admin, q, limit=50)["definitions"]["items"]
        assert "item-type/host" in [hit["id"] for hit in hits], q


def test_the_list_finds_the_same(admin: ApiClient) -> None:
    for q in ("pacs", "fangshe", "zht", "138-0013-7843", "sn1", "服务器 1", "50%_", "放射"):
        several = {name for name, match in found(admin, q, limit=100) if match != "alike"}
        assert listed(admin, q) == several, q


# Written with the item ---------------------------------------------------------------------------


def kept(key: str) -> str:
    return models.ItemText.objects.get(item__key=key).text


def test_an_edit_is_found_at_once_and_a_retired_item_no_more(admin: ApiClient) -> None:
    (host,) = admin.get("/items", key="host-1").body["items"]
    path = f"/items/{host['id']}"
    body = {"version": host["version"], "name": "影像存储", "attributes": {"serial": "ZX9"}}
    edited = admin.patch(path, body)
    assert edited.status == 200, edited.body
    assert found(admin, "yxcc") == [("影像存储", "sound")]
    assert found(admin, "zx9") == [("影像存储", "exact")]
    assert found(admin, "sn1") == found(admin, "物理服务器1") == []
    assert admin.post(f"{path}/retire").status == 200
    assert found(admin, "影像存储") == []
    assert listed(admin, "yxcc", retired="true") == {"影像存储"}


def test_many_at_once_are_found(admin: ApiClient) -> None:
    rows = [
        {"key": f"n{n}", "type": "host", "name": f"新主机{n}", "attributes": {"serial": f"QQ{n}"}}
        for n in range(3)
    ]
    done = admin.post("/items/bulk", {"rows": rows, "mode": "all"})
    assert done.status == 200, done.body
    assert [name for name, _match in found(admin, "xinzhuji")] == ["新主机0", "新主机1", "新主机2"]
    assert found(admin, "qq2") == [("新主机2", "exact")]


def test_what_is_searched_from_now_on_is_found_in_what_there_is(admin: ApiClient) -> None:
    (host,) = admin.get("/items", key="host-1").body["items"]
    body = {"version": host["version"], "attributes": {"rack": "Xylophon"}}
    assert admin.patch(f"/items/{host['id']}", body).status == 200
    assert found(admin, "xylophon") == []
    marked = RACK[:-1] + ", search: true}"
    for change, expected in (
        ((RACK, marked), [("物理服务器 1", "exact")]),
        (("{name: rack,", "{name: shelf, renamed_from: rack,"), [("物理服务器 1", "exact")]),
        (("{name: shelf, renamed_from: rack,", "{name: shelf,"), [("物理服务器 1", "exact")]),
        ((marked.replace("name: rack", "name: shelf"), RACK.replace("rack", "shelf", 1)), []),
    ):
        saved = admin.put(f"/definitions/{DEVICE}", proposal(admin, DEVICE, change))
        assert saved.status == 200, saved.body
        assert found(admin, "xylophon") == expected


def test_what_becomes_a_secret_is_found_no_more(admin: ApiClient) -> None:
    assert found(admin, "sn1") != []
    secret = SERIAL.replace("type: text", "type: secret").replace(", list: true, search: true", "")
    changes = ((SERIAL, secret), ("[[serial], ", "["))  # no secret tells items apart
    done = admin.put(f"/definitions/{DEVICE}", proposal(admin, DEVICE, *changes))
    assert done.status == 200, done.body
    assert found(admin, "sn1") == []
    assert "sn1" not in kept("host-1")


# Within reach ------------------------------------------------------------------------------------


def five_reaches(hospital: dict[str, UUID]) -> Iterable[tuple[str, Scope]]:
    yield "everything", EVERYWHERE
    yield "nothing", Scope(systems=frozenset({UUID(int=1)}))
    yield "one", Scope(systems=frozenset({hospital["lis"]}))
    yield "two", Scope(systems=frozenset({hospital["lis"], hospital["pacs"]}))
    yield "organisation", Scope(organisations=frozenset({hospital["radiology"]}))


def test_what_is_out_of_reach_is_neither_found_nor_counted(hospital: dict[str, UUID]) -> None:
    asked = ("pacs", "fuwuqi", "wlfwq", "物理", "放射科", "放社科", "sn1", "接口", "zht", "1")
    for user, scope in five_reaches(hospital):
        client = client_of(user, "administrator", scope=scope)
        seen = {item["name"] for item in client.get("/items", limit=500).body["items"]}
        for q in asked:
            named = groups(client, q, limit=100)
            for name in ("items", "people"):
                hits = named.get(name, {"items": [], "total": 0})
                strong = [hit for hit in hits["items"] if hit["match"] != "alike"]
                assert {hit["name"] for hit in hits["items"]} <= seen
                assert hits["total"] == len(strong)
            strong_names = {name for name, match in found(client, q, limit=100) if match != "alike"}
            assert strong_names == seen & listed(client, q)


def test_what_is_out_of_reach_moves_nothing(hospital: dict[str, UUID]) -> None:
    client = client_of("lisonly", "engineer", scope=Scope(systems=frozenset({hospital["lis"]})))
    asked = ("服务器", "fwq", "pacs", "物理服物器", "接口")
    before = [client.get("/search", q=q).body for q in asked]
    entries = [
        ItemEntry(key=f"x{n}", type="host", name=name)
        for n, name in enumerate(("服务器", "PACS", "物理服物器", "接口", "fwq"))
    ]
    actions.import_items(PLATFORM, [ItemsDefinition(name="more", items=tuple(entries))], at=AT)
    assert [client.get("/search", q=q).body for q in asked] == before


# Against brute force -----------------------------------------------------------------------------

WORDS = st.sampled_from(
    ["放射科", "重症", "门诊", "行政楼", "PACS", "Oracle", "terminal", "主机", "1", "12", "-A", " "]
)
NAMES = st.lists(WORDS, min_size=1, max_size=4).map("".join).filter(lambda name: name.strip())
ASKED = st.one_of(
    NAMES,
    st.sampled_from(
        ["fsk", "fangshe", "mzpacs", "zhongzheng", "xzl", "hangzheng", "orcale", "oracel",
         "termnial", "tremnial", "pasc", "放社科", "行正楼", "门诊", "c1", "1", "zj", "a"]
    ),
)  # fmt: skip


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    named=st.lists(NAMES, min_size=1, max_size=12, unique=True), asked=st.lists(ASKED, max_size=6)
)
def test_every_answer_is_that_of_looking_at_each(
    base: None, named: list[str], asked: list[str]
) -> None:
    models.Item.objects.all().delete()
    entries = [
        ItemEntry(key=f"k{chr(97 + n) * 3}", type="host", name=name.strip())
        for n, name in enumerate(named)
    ]
    actions.import_items(PLATFORM, [ItemsDefinition(name="all", items=tuple(entries))], at=AT)
    held = {entry.key: (entry.name, texts(entry.name, [entry.key])) for entry in entries}
    system = UUID(int=7)
    models.Item.objects.update(systems=[system])  # of few, all are read and matched here
    for actor, q in product((PLATFORM, person(Scope(systems=frozenset({system})))), asked):
        from wardround.cmdb.searching import find_items  # noqa: PLC0415

        read = Asked.of(q)
        answer = find_items(actor, read, 100, AT)
        strong = {key: match for key, (_n, text) in held.items()
                  if (match := read.match(text)) is not None and read.words}  # fmt: skip
        alike = {key for key, (name, text) in held.items()
                 if key not in strong and read.mistakes(text, name)}  # fmt: skip
        keys = dict(models.Item.objects.values_list("id", "key"))
        got = {keys[UUID(hit.id)]: hit.match for hit in answer.hits}
        assert got == {**strong, **dict.fromkeys(alike, Match.ALIKE)}
        assert answer.total == len(strong)
        order = [hit.match for hit in answer.hits]
        assert order == sorted(order)
        listed_too = queries.list_items(seen_by(actor), ItemFilters(q=q), limit=100).items
        assert not read.words or {item.key for item in listed_too} == strong.keys()


def test_a_search_takes_the_same_number_of_statements_whatever_it_finds(admin: ApiClient) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert len(found(admin, "服务器", limit=2)) == 2
        return len(asked)

    found(admin, "服务器")
    few = statements()
    entries = [ItemEntry(key=f"m{n}", type="host", name=f"服务器 {n}") for n in range(60)]
    actions.import_items(PLATFORM, [ItemsDefinition(name="many", items=tuple(entries))], at=AT)
    found(admin, "服务器")
    assert statements() <= few
