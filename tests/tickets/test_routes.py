"""Tickets over HTTP: real request in, whole answer out."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.hospital import ApiClient, client_of
from tests.tickets.conftest import World, raised
from wardround.kernel import clock
from wardround.kernel.types import Scope
from wardround.tickets import actions


@pytest.fixture
def desk(world: World) -> ApiClient:
    return client_of("desk", "service-desk")


def opened(desk: ApiClient, world: World, **parts: Any) -> dict[str, Any]:
    body = {"type": "incident", "title": "报告打印不出", "item": str(world.server), **parts}
    answer = desk.post("/tickets", body)
    assert answer.status == 201, answer.body
    found: dict[str, Any] = answer.body
    return found


def test_a_ticket_as_it_is_read(desk: ApiClient, world: World) -> None:
    ticket = opened(desk, world, description="三楼", fields={"department": "检验科"})
    again = desk.get(f"/tickets/{ticket['id']}").body
    assert {**again, "clocks": []} == {**ticket, "clocks": []}
    assert ticket["type_label"] == "Incident"
    assert (ticket["state"], ticket["state_label"], ticket["category"]) == ("new", "New", "new")
    assert (ticket["colour"], ticket["open"], ticket["level"]) == ("green", True, "Level 4")
    assert ticket["item"] == {"id": str(world.server), "name": "LIS-DB-01"}
    assert ticket["systems"] == [{"id": str(world.lis), "name": "检验LIS集成系统"}]
    assert ticket["assignee"]["name"] == "吴俊杰"
    assert ticket["fields"] == {"fault_kind": "other", "department": "检验科"}
    assert ticket["opened_at"].endswith("Z")
    respond = ticket["clocks"][0]
    assert (respond["name"], respond["label"], respond["colour"]) == ("respond", "Respond", "green")
    assert respond["target_s"] in {1800, 3600}
    assert respond["target_s"] - respond["remaining_s"] < 60
    days = {each["name"]: each["target_days"] for each in ticket["clocks"]}
    assert days == {"respond": None, "on_site": None, "restore": 2}
    form = {one["name"]: one for one in ticket["form"]}
    assert form["fault_kind"]["choices"][0] == {"value": "system_error", "label": "System error"}
    assert (form["fault_kind"]["required"], form["fault_kind"]["access"]) == (True, "edit")
    ways = {one["name"]: one for one in ticket["transitions"]}
    assert set(ways) == {"assign", "accept"}
    assert ways["accept"]["allowed"]
    assert [line["kind"] for line in ticket["timeline"]] == ["opened", "assigned"]
    assert "检信信息有限公司" in ticket["timeline"][0]["text"]


def test_a_chinese_reader_reads_chinese(desk: ApiClient, world: World) -> None:
    ticket = opened(desk, world)
    reader = client_of("reader", "reader", language="zh-CN")
    seen = reader.get(f"/tickets/{ticket['id']}").body
    assert (seen["type_label"], seen["state_label"], seen["level"]) == ("故障", "待派单", "四级")
    assert seen["timeline"][1]["text"] == "已派给吴俊杰"


def test_taken_commented_resolved_closed(desk: ApiClient, world: World) -> None:
    (ticket,) = actions.open_event_tickets([raised(world.server, at=clock.now())], at=clock.now())
    path = f"/tickets/{ticket}"
    me = desk.get("/session").body["account"]["id"]
    accepted = desk.post(f"{path}/transitions", {"name": "accept", "version": 1}).body
    assert (accepted["state"], accepted["assignee"]["id"]) == ("accepted", me)
    assert (
        desk.post(f"{path}/comments", {"text": "看过了"}).body["timeline"][-1]["text"] == "看过了"
    )
    refused = desk.post(f"{path}/transitions", {"name": "resolve"})
    assert (refused.status, refused.body["code"]) == (422, "fields_missing")
    assert refused.body["problems"][0]["field"] == "fields.measures"
    done = desk.post(f"{path}/transitions", {"name": "resolve", "fields": {"measures": "重启"}})
    assert done.body["category"] == "resolved"
    assert done.body["transitions"][0]["name"] == "close"  # what is most likely wanted comes first
    closed = desk.post(f"{path}/transitions", {"name": "close"}).body
    assert (closed["state"], closed["open"], closed["colour"]) == ("closed", False, "none")


def test_fields_and_title_are_patched_with_a_version(desk: ApiClient, world: World) -> None:
    ticket = opened(desk, world)
    path = f"/tickets/{ticket['id']}"
    patched = desk.patch(path, {"title": "全科打印不出", "version": 1, "fields": {"place": "3F"}})
    assert (patched.body["title"], patched.body["version"]) == ("全科打印不出", 2)
    stale = desk.patch(path, {"title": "x", "version": 1})
    assert (stale.status, stale.body["code"], stale.body["field"]) == (
        409,
        "changed_meanwhile",
        "version",
    )


def test_given_to_somebody_and_to_nobody(desk: ApiClient, world: World) -> None:
    ticket = opened(desk, world)
    path = f"/tickets/{ticket['id']}/assignee"
    assert desk.post(path, {"account": str(world.duty.id)}).body["assignee"]["name"] == "值班员"
    assert desk.post(path, {"account": None}).body["assignee"] is None


def test_the_list_and_its_filters(desk: ApiClient, world: World) -> None:
    mine = opened(desk, world, title="甲")
    other = opened(desk, world, title="乙", item=str(world.printer))
    me = desk.get("/session").body["account"]["id"]
    desk.post(f"/tickets/{mine['id']}/assignee", {"account": me})

    def numbers(**filters: Any) -> set[str]:
        answer = desk.get("/tickets", **filters)
        assert answer.status == 200, answer.body
        return {one["title"] for one in answer.body["items"]}

    assert numbers() == {"甲", "乙"}
    assert numbers(assignee="me") == {"甲"}
    assert numbers(assignee="none") == set()
    assert numbers(assignee=["me", str(world.duty.id), str(world.wu.id)]) == {"甲", "乙"}
    assert numbers(system=str(world.archive)) == {"乙"}
    assert numbers(item=[str(world.server), str(world.printer)], open="true") == {"甲", "乙"}
    assert numbers(colour="green", type="incident", state="new") == {"甲", "乙"}
    assert numbers(q="乙") == {"乙"}
    first = desk.get("/tickets", limit=1).body
    assert first["items"][0]["id"] == other["id"]
    assert desk.get("/tickets", limit=1, cursor=first["next"]).body["items"][0]["id"] == mine["id"]


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"color": "red"}, "color"),
        ({"colour": "pink"}, "colour"),
        ({"assignee": "you"}, "assignee"),
        ({"limit": "0"}, "limit"),
        ({"sort": "mood"}, "sort"),
        ({"cursor": "x"}, "cursor"),
        ({"format": "xlsx", "columns": "number,mood"}, "columns"),
    ],
)
def test_a_bad_parameter_is_named(desk: ApiClient, parameters: dict[str, str], field: str) -> None:
    answer = desk.get("/tickets", **parameters)
    assert answer.status == 422
    named = {answer.body.get("field")} | {one["field"] for one in answer.body.get("problems", ())}
    assert any(field in str(name) for name in named)


def test_the_filtered_list_as_a_workbook(desk: ApiClient, world: World) -> None:
    opened(desk, world, title="=1+1")
    opened(desk, world, title="乙", item=str(world.printer))
    answer = desk.get(
        "/tickets", format="xlsx", columns="number,title,systems", system=str(world.lis)
    )
    sheet = load_workbook(io.BytesIO(answer.body)).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == ["Number", "Title", "Systems"]
    assert len(rows) == 2
    assert str(rows[1][1]).lstrip("'") == "=1+1"
    assert rows[1][2] == "检验LIS集成系统"


def test_types_with_their_forms_and_life_cycles(desk: ApiClient) -> None:
    types = {one["name"]: one for one in desk.get("/ticket-types").body["items"]}
    assert set(types) == {"event", "incident"}
    event = types["event"]
    assert event["states"][0] == {"name": "new", "label": "New", "category": "new"}
    accept = next(one for one in event["transitions"] if one["name"] == "accept")
    assert (accept["from"], accept["to"]) == (["new"], "accepted")
    assert [one["name"] for one in event["fields"]] == ["cause", "measures", "wait_reason"]
    incident = types["incident"]
    hidden = {one["name"] for one in incident["fields"]} - {*incident["opening"]}
    assert hidden == {"solution", "satisfaction"}, "hidden where a ticket begins"


def test_a_narrow_person_finds_neither_ticket_nor_number(world: World, desk: ApiClient) -> None:
    ticket = opened(desk, world)
    scope = Scope(systems=frozenset({world.archive}))
    narrow = client_of("narrow", "engineer", scope=scope)
    assert narrow.get("/tickets").body["items"] == []
    assert narrow.get(f"/tickets/{ticket['id']}").status == 404
    assert narrow.post(f"/tickets/{ticket['id']}/comments", {"text": "x"}).status == 404
    assert narrow.get("/boards/information").body["counts"]["green"] == 0


def test_nobody_reads_without_signing_in(db: None) -> None:
    assert ApiClient(None).get("/tickets").status == 401
