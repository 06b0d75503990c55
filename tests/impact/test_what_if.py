"""What if several items failed: by id, by sets of them, within reach; saved, and asked again."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.cmdb.conftest import AT, PLATFORM, base, hospital
from tests.hospital import ApiClient, client_of
from wardround.cmdb import actions, leaving
from wardround.cmdb.types import NewItem, NewRelation
from wardround.impact import taking_out
from wardround.kernel.types import Scope

__all__ = ["base", "hospital"]
pytestmark = [pytest.mark.django_db, pytest.mark.once]
PACS, LIS = "放射科PACS/RIS", "实验室信息化管理系统"


@pytest.fixture
def li(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("li", "administrator")


@pytest.fixture
def room(hospital: dict[str, UUID]) -> dict[str, UUID]:
    """A room with a rack in it; the first host names the rack by a relation, the second the room
    by its attribute.
    """
    made = {}
    for key, type_, more in (
        ("room", "machine-room", {}),
        ("rack", "rack", {"location": "room"}),
        ("empty-room", "machine-room", {}),
    ):
        item = NewItem(type=type_, name=f"{key} 一", key=key, attributes=more)
        made[key] = actions.create_item(PLATFORM, item, at=AT).id
    actions.relate(PLATFORM, NewRelation("located-in", "host-1", "rack"), at=AT)
    li = client_of("placing", "administrator")
    second = li.get(f"/items/{hospital['host-2']}").body
    told = {"attributes": {"location": "room"}, "version": second["version"]}
    assert li.patch(f"/items/{hospital['host-2']}", told).status == 200
    return {**hospital, **made}


def asked(client: ApiClient, *failed: UUID, sets: Any = ()) -> Any:
    answer = client.post("/impact/what-if", {"failed": [*map(str, failed)], "sets": [*sets]})
    assert answer.status == 200, answer.body
    return answer.body


def within(place: UUID) -> dict[str, str]:
    return {"kind": "within", "item": str(place)}


def states(body: Any) -> dict[str, str]:
    return {service["name"]: service["state"] for service in body["services"]}


def test_a_room_is_what_stands_in_it_to_any_depth(room: dict[str, UUID], li: ApiClient) -> None:
    body = asked(li, sets=[within(room["room"])])
    assert (body["sets"][0]["count"], body["sets"][0]["apart"]) == (4, 0)
    assert states(body) == {PACS: "down", LIS: "down"}
    assert body["taken"] == 4
    rack = asked(li, sets=[within(room["rack"])])
    assert (rack["sets"][0]["count"], states(rack)[LIS]) == (2, "unknown")
    empty = asked(li, sets=[within(room["empty-room"])])
    assert empty["sets"][0]["count"] == 1


def test_a_person_is_what_they_answer_for_and_maintain(
    hospital: dict[str, UUID], li: ApiClient
) -> None:
    body = asked(li, sets=[{"kind": "kept-by", "item": str(hospital["zhou"])}])
    assert [item["name"] for item in body["failed"]["items"]] == [PACS]
    vendor = asked(li, sets=[{"kind": "kept-by", "item": str(hospital["v-imaging"])}])
    assert [item["name"] for item in vendor["failed"]["items"]] == [PACS]
    assert [each["item"]["name"] for each in body["departments"]] == ["放射科"]
    assert body["departments"][0]["state"] == "down"


def test_sets_say_what_the_union_of_their_ids_says(room: dict[str, UUID], li: ApiClient) -> None:
    both = asked(
        li,
        room["pacs-app-1"],
        sets=[within(room["rack"]), {"kind": "where", "where": 'type = "switch"'}],
    )
    ids = asked(li, *(room[key] for key in ("pacs-app-1", "rack", "host-1", "switch-1")))
    for name in ("services", "departments", "failed", "items", "taken"):
        assert both[name] == ids[name], name


def test_what_is_wrong_is_named_with_its_place(
    hospital: dict[str, UUID], li: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = str(hospital["host-1"])
    unknown = li.post("/impact/what-if", {"failed": [there, str(uuid4())]})
    (problem,) = unknown.body["problems"]
    assert (unknown.status, problem["field"], problem["row"]) == (404, "failed", 2)
    wrong = li.post("/impact/what-if", {"sets": [{"kind": "where", "where": "nothing = 1"}]})
    assert (wrong.status, wrong.body["problems"][0]["field"]) == (422, "sets.0.where")
    assert li.post("/impact/what-if", {"failed": []}).body["code"] == "nothing_taken_out"
    assert li.post("/impact/what-if", {"sets": [{"kind": "within"}]}).status == 422
    monkeypatch.setattr(taking_out, "MOST_OUT", 2)
    crowded = li.post("/impact/what-if", {"sets": [{"kind": "where", "where": 'name != "x"'}]})
    assert (crowded.status, crowded.body["code"]) == (422, "too_many_taken_out")
    assert "2" in str(crowded.body)


def test_a_set_is_as_large_as_its_reader_sees(room: dict[str, UUID], li: ApiClient) -> None:
    """Nothing tells that there is more in the room."""
    said = f'name = "{PACS}" or name = "物理服务器 1" or name = "room 一" or name = "rack 一"'
    wang = client_of("wang", "engineer", scope=Scope(where=frozenset({said})))
    body = asked(wang, sets=[within(room["room"])])
    assert body["sets"][0]["count"] == 3
    text = str(body)
    assert not any(name in text for name in ("物理服务器 2", str(room["host-2"]), LIS))
    for hidden in (room["host-2"], uuid4()):
        refused = wang.post("/impact/what-if", {"failed": [str(hidden)]})
        assert (refused.status, refused.body["code"]) == (404, "unknown_items")


# Scenarios ----------------------------------------------------------------------------------------


def saved(client: ApiClient, name: str, *failed: UUID, **more: Any) -> Any:
    body = {"name": name, "failed": [*map(str, failed)], **more}
    answer = client.post("/impact/scenarios", body)
    assert answer.status == 201, answer.body
    return answer.body


def test_then_and_now(hospital: dict[str, UUID], li: ApiClient) -> None:
    """Half of a pair is taken out; later its other half is gone."""
    made = saved(li, "周末维护", hospital["pacs-app-1"], note="换内存")
    assert (made["down"], made["degraded"], made["unprotected"], made["moved"]) == (0, 1, 1, [])
    li.post("/items/delete", {"items": [str(hospital["pacs-app-2"])]})
    again = li.get(f"/impact/scenarios/{made['id']}").body
    assert (again["down"], again["now"]["down"]) == (0, 1)
    (moved,) = again["moved"]
    assert (moved["item"]["name"], moved["then"], moved["now"]) == (PACS, "degraded", "down")
    kept = {"name": "周末维护", "failed": made_ids(made), "version": made["version"]}
    changed = li.put(f"/impact/scenarios/{made['id']}", kept)
    assert (changed.status, changed.body["down"], changed.body["moved"]) == (200, 1, [])
    stale = li.put(f"/impact/scenarios/{made['id']}", kept)
    assert (stale.status, stale.body["code"]) == (409, "stale_scenario")
    assert li.delete(f"/impact/scenarios/{made['id']}").status == 204
    assert li.get(f"/impact/scenarios/{made['id']}").body["code"] == "unknown_scenario"


def made_ids(scenario: Any) -> list[str]:
    return [item["id"] for item in scenario["failed"]]


def test_what_was_deleted_since_is_told(hospital: dict[str, UUID], li: ApiClient) -> None:
    made = saved(li, "两台", hospital["spare"], hospital["switch-1"])
    li.post("/items/delete", {"items": [str(hospital["spare"])]})
    again = li.get(f"/impact/scenarios/{made['id']}").body
    assert [item["name"] for item in again["gone"]] == ["备用服务器"]
    assert [item["name"] for item in again["failed"]] == ["核心交换机 1"]
    assert again["whole"] is True
    li.post("/items/delete", {"items": [str(hospital["switch-1"])]})
    nothing = li.get(f"/impact/scenarios/{made['id']}").body
    assert (nothing["result"]["taken"], nothing["now"]["down"]) == (0, 0)


def test_shared_ones_are_read_by_others_within_their_reach(
    hospital: dict[str, UUID], li: ApiClient
) -> None:
    own = saved(li, "自用", hospital["host-1"])
    made = saved(li, "共享", hospital["host-1"], hospital["host-2"], shared=True)
    said = f'name = "{PACS}" or name = "物理服务器 1"'
    wang = client_of("wang", "engineer", scope=Scope(where=frozenset({said})))
    (row,) = wang.get("/impact/scenarios").body["items"]
    assert (row["name"], row["own"], row["items"], row["down"]) == ("共享", False, 1, None)
    seen = wang.get(f"/impact/scenarios/{made['id']}").body
    assert (seen["whole"], seen["moved"]) == (False, [])
    counts = ("down", "switching", "degraded", "unprotected")
    assert [seen[name] for name in counts] == [None] * 4, "it would tell of what is hidden"
    assert [row[name] for name in counts] == [None] * 4
    assert not any(name in str(seen) for name in ("物理服务器 2", str(hospital["host-2"]), LIS))
    assert wang.get(f"/impact/scenarios/{own['id']}").status == 404
    refused = wang.delete(f"/impact/scenarios/{made['id']}")
    assert (refused.status, refused.body["code"]) == (403, "not_your_scenario")
    reader = client_of("zhao", "reader")
    assert reader.post("/impact/scenarios", {"name": "x", "failed": []}).status == 403


def test_sets_out_of_reach_are_not_counted(room: dict[str, UUID], li: ApiClient) -> None:
    made = saved(li, "机房", room["host-1"], sets=[within(room["room"])], shared=True)
    assert (made["sets"], made["down"]) == (1, 2)
    said = f'name = "{PACS}" or name = "物理服务器 1"'
    wang = client_of("wang", "engineer", scope=Scope(where=frozenset({said})))
    (row,) = wang.get("/impact/scenarios").body["items"]
    seen = wang.get(f"/impact/scenarios/{made['id']}").body
    for each in (row, seen):
        assert (each["items"], each["sets"], each["down"]) == (1, 0, None)


def test_their_list_filters_sorts_and_exports(hospital: dict[str, UUID], li: ApiClient) -> None:
    saved(li, "乙", hospital["host-2"])
    saved(li, "甲", hospital["host-1"], hospital["host-2"], shared=True)
    assert [row["name"] for row in li.get("/impact/scenarios").body["items"]] == ["甲", "乙"]
    by_items = li.get("/impact/scenarios", sort="items").body["items"]
    assert [row["name"] for row in by_items] == ["乙", "甲"]
    assert [row["name"] for row in li.get("/impact/scenarios", q="乙").body["items"]] == ["乙"]
    assert li.get("/impact/scenarios", own="false").body["items"] == []
    book = li.get("/impact/scenarios", format="xlsx")
    assert "spreadsheet" in book.headers["Content-Type"]
    again = li.post("/impact/scenarios", {"name": "甲", "failed": [str(hospital["host-1"])]})
    assert (again.status, again.body["code"]) == (409, "scenario_name_taken")
    acts = [row["action"] for row in li.get("/audit", action="scenario.save").body["items"]]
    assert acts == ["scenario.save", "scenario.save"]


def test_an_item_that_becomes_another_does_so_in_scenarios(
    hospital: dict[str, UUID], li: ApiClient
) -> None:
    made = saved(li, "合并", hospital["spare"], sets=[{"kind": "where", "where": 'key = "lis"'}])
    leaving.move(PLATFORM, hospital["spare"], hospital["host-2"], AT)
    again = li.get(f"/impact/scenarios/{made['id']}").body
    assert made_ids(again) == [str(hospital["host-2"])]
