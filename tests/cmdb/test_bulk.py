"""Many items in one call: each row told, all or each, in a fixed number of statements."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.hospital import Answer, ApiClient, client_of
from wardround.cmdb.models import Item, ItemChange
from wardround.kernel.models import AuditRecord
from wardround.kernel.types import Scope

pytestmark = pytest.mark.django_db
NOWHERE = "01890000-0000-7000-8000-000000000000"


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("li", "administrator")


def send(client: ApiClient, *rows: dict[str, Any], mode: str = "each") -> Answer:
    return client.post("/items/bulk", {"rows": rows, "mode": mode})


def statuses(answer: Answer) -> list[str]:
    return [row["status"] for row in answer.body["rows"]]


def test_each_row_is_told(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    answer = send(
        admin,
        {"key": "h-9", "type": "host", "name": "九号", "owner": "zhou"},
        {"key": "host-1", "name": "一号", "attributes": {"memory": 64}},
        {"key": "host-2", "name": "物理服务器 2"},
        {"key": "h-10", "type": "host", "name": "十号", "attributes": {"memory": "much"}},
        {"id": str(hospital["spare"]), "attributes": {"model": "R750"}},
        {"type": "host", "name": "无编号"},
    )
    assert answer.status == 200
    assert statuses(answer) == [
        "created", "changed", "unchanged", "refused", "changed", "created",
    ]  # fmt: skip
    assert (answer.body["created"], answer.body["changed"], answer.body["refused"]) == (2, 2, 1)
    (problem,) = answer.body["rows"][3]["problems"]
    assert problem["field"] == "attributes.memory"
    assert not Item.objects.filter(key="h-10").exists()
    made = Item.objects.get(key="h-9")
    assert (made.name, made.owner_id) == ("九号", hospital["zhou"])
    assert answer.body["rows"][0]["id"] == str(made.id)
    history = ItemChange.objects.filter(item=hospital["host-1"]).order_by("-id")[:2]
    assert {change.field for change in history} == {"name", "attributes.memory"}
    lines = AuditRecord.objects.filter(action__in=("item.create", "item.update"))
    assert {line.subject_id for line in lines} >= {str(made.id), str(hospital["spare"])}


MISSHAPEN: list[tuple[object, str]] = [
    ({"key": "b-1", "type": "host", "name": "x", "importance": "Z"}, "importance"),
    ({"key": "b-2", "type": "host", "name": 5}, "name"),
    ({"key": "b-3", "type": "host", "name": "x", "colour": "red"}, "colour"),
    ({"key": "b-4", "type": "host", "name": "x", "attributes": []}, "attributes"),
    ({"id": "no id", "name": "x"}, "id"),
    ({"key": {}, "name": "x"}, "key"),
    (7, "row"),
    (None, "row"),
]


@pytest.mark.parametrize(("row", "field"), MISSHAPEN)
def test_a_row_of_the_wrong_shape_is_refused_alone(admin: ApiClient, row: Any, field: str) -> None:
    good = {"key": "h-9", "type": "host", "name": "九号"}
    names_it = {"key": "h-8", "type": "host", "name": "八号", "owner": "b-1"}
    answer = send(admin, row, good, names_it)
    assert answer.status == 200, answer.body
    assert statuses(answer) == ["refused", "created", "refused"]
    assert [each["field"] for each in answer.body["rows"][0]["problems"]] == [field]
    whole = send(admin, good, row, mode="all")
    assert whole.status == 422
    assert [(each["row"], each["field"]) for each in whole.body["problems"]] == [(2, field)]


def test_a_relation_of_the_wrong_shape_is_refused_alone(admin: ApiClient) -> None:
    wrong = {"kind": "runs-on", "source": "lis", "target": 5}
    good = {"kind": "runs-on", "source": "lis", "target": "host-1"}
    answer = admin.post("/relations/bulk", {"rows": [wrong, good], "mode": "each"})
    assert (answer.status, statuses(answer)) == (200, ["refused", "created"])


def test_twice_is_the_same_as_once(admin: ApiClient) -> None:
    row = {"key": "h-9", "type": "host", "name": "九号", "attributes": {"serial": "S9"}}
    assert statuses(send(admin, row)) == ["created"]
    before = Item.objects.get(key="h-9").version
    assert statuses(send(admin, row)) == ["unchanged"]
    assert Item.objects.get(key="h-9").version == before


def test_one_refused_row_refuses_all_and_every_problem_is_told(admin: ApiClient) -> None:
    rows = [
        {"key": "h-9", "type": "host", "name": "九号"},
        {"key": "h-10", "type": "hots", "name": "十号"},
        {"key": "h-11", "type": "host", "name": ""},
    ]
    answer = send(admin, *rows, mode="all")
    assert answer.status == 422
    told = [(each["row"], each["field"]) for each in answer.body["problems"]]
    assert told == [(2, "type"), (3, "name")]
    assert not Item.objects.filter(key="h-9").exists()
    assert admin.post("/items/bulk", {"rows": rows}).status == 422  # all, unless it is said
    assert statuses(send(admin, rows[0], mode="all")) == ["created"]


def test_what_names_a_refused_row_is_refused_with_it(admin: ApiClient) -> None:
    answer = send(
        admin,
        {"key": "c", "type": "person", "name": "丙", "attributes": {"department": "b"}},
        {"key": "b", "type": "department", "name": "乙", "owner": "a"},
        {"key": "a", "type": "person", "name": "甲", "attributes": {"email": "none"}},
        {"key": "d", "type": "department", "name": "丁", "owner": "e"},
        {"key": "e", "type": "person", "name": "戊"},
    )
    assert statuses(answer) == ["refused", "refused", "refused", "created", "created"]
    assert answer.body["rows"][0]["problems"][0]["field"] == "attributes.department"


def test_what_cannot_be_said_of_an_item(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    admin.post(f"/items/{hospital['spare']}/retire")
    answer = send(
        admin,
        {"key": "spare", "name": "备"},
        {"key": "host-1", "type": "switch"},
        {"key": "a b", "type": "host", "name": "x"},
        {"key": "host-2", "version": 7, "name": "x"},
        {"id": NOWHERE, "name": "x"},
        {"key": "new", "name": "x"},
        {"key": "new-2", "type": "host"},
        {"key": "switch-1", "type": "device", "name": "交换"},
    )
    assert statuses(answer) == ["refused"] * 7 + ["changed"]
    fields = [row["problems"][0]["field"] for row in answer.body["rows"][:7]]
    assert fields == ["key", "type", "key", "version", "id", "type", "name"]


def test_two_rows_about_one_item_are_refused(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    answer = send(
        admin,
        {"key": "host-1", "name": "a"},
        {"id": str(hospital["host-1"]), "name": "b"},
        {"key": "n", "type": "host", "name": "a"},
        {"key": "n", "type": "host", "name": "a"},
    )
    assert statuses(answer) == ["refused"] * 4
    assert "1, 2" in answer.body["rows"][0]["problems"][0]["message"]


def test_what_is_out_of_reach_is_not_there(hospital: dict[str, UUID]) -> None:
    writer = client_of("of-lis", "administrator", scope=Scope(systems=frozenset({hospital["lis"]})))

    def told(named: str, row: dict[str, Any]) -> str:
        answer = send(writer, row)
        assert statuses(answer) == ["refused"]
        problems = answer.body["rows"][0]["problems"]
        return str(problems).replace(named, "NAME") + answer.body["rows"][0]["key"].replace(
            named, "NAME"
        )

    for there, nowhere in (("host-1", "host-9"), (str(hospital["host-1"]), NOWHERE)):
        way = "key" if there == "host-1" else "id"
        for more in ({"name": "x"}, {"name": "x", "type": "host"}, {"type": "switch"}):
            assert told(there, {way: there, **more}) == told(nowhere, {way: nowhere, **more})
        owner = [{"key": "lis", "owner": name} for name in (there, nowhere)]
        assert told(there, owner[0]) == told(nowhere, owner[1])
    assert statuses(send(writer, {"key": "host-2", "name": "二号"})) == ["changed"]
    assert statuses(send(writer, {"type": "host", "name": "新"})) == ["refused"]


def test_what_stands_in_one_item_out_of_reach_is_not_named_by_another(
    hospital: dict[str, UUID],
) -> None:
    Item.objects.filter(key__in=("host-2", "lis")).update(owner=None)
    Item.objects.filter(key="lis").update(owner=hospital["zhou"])
    writer = client_of("of-lis", "administrator", scope=Scope(systems=frozenset({hospital["lis"]})))
    answer = send(writer, {"key": "lis", "owner": "zhou"}, {"key": "host-2", "owner": "zhou"})
    assert statuses(answer) == ["unchanged", "refused"]


def test_the_number_of_statements_is_fixed(admin: ApiClient) -> None:
    def count(many: int) -> int:
        rows = [
            {"key": f"m-{many}-{n}", "type": "host", "name": f"M {n}", "owner": "zhou"}
            for n in range(many)
        ]
        with CaptureQueriesContext(connection) as captured:
            assert statuses(send(admin, *rows)) == ["created"] * many
        return len(captured)

    count(5)
    assert count(600) <= count(20) + 4  # one ANALYZE, and news and screens in batches


def test_too_many_rows_are_refused(admin: ApiClient) -> None:
    rows = [{"key": f"m-{n}", "type": "host", "name": "M"} for n in range(1_001)]
    assert send(admin, *rows).status == 422
