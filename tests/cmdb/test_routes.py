"""Items and relations over HTTP: JSON in, JSON out, every wrong field named."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID, uuid4

import pytest
from openpyxl import load_workbook

from tests.hospital import ApiClient, client_of
from wardround.cmdb.models import Item
from wardround.kernel import clock
from wardround.kernel.models import AuditRecord
from wardround.kernel.types import Scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("li", "administrator")


def test_an_item_as_the_screens_get_it(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    answer = admin.get(f"/items/{hospital['pacs']}")
    body = answer.body
    assert body.pop("updated_at").startswith("2026-03-02T08:00:00")
    assert body == {
        "because": [],
        "id": str(hospital["pacs"]),
        "key": "pacs",
        "type": "business-system",
        "type_label": "Business system",
        "layer": "business",
        "layer_label": "Business",
        "roles": ["system"],
        "name": "放射科PACS/RIS",
        "importance": "A",
        "condition": "unknown",
        "condition_since": None,
        "owner": {"id": str(hospital["zhou"]), "name": "周海涛"},
        "vendor": {"id": str(hospital["v-imaging"]), "name": "影联"},
        "systems": [{"id": str(hospital["pacs"]), "name": "放射科PACS/RIS"}],
        "attributes": {
            "department": {"id": str(hospital["radiology"]), "name": "放射科"},
            "access_path": "http://pacs.hospital.example/",
        },
        "version": 1,
        "retired_at": None,
        "type_retired": False,
        "restricted": [],
        "unfit": {},
        "parts": {"all": 6, "abnormal": 0, "unknown": 6, "worst": "unknown"},
    }


def test_create_change_and_retire(admin: ApiClient) -> None:
    made = admin.post("/items", {"type": "host", "name": "H", "attributes": {"memory": 64}}).body
    changed = admin.patch(
        f"/items/{made['id']}",
        {"version": 1, "owner": "zhou", "attributes": {"memory": None, "rack": "A1"}},
    )
    assert changed.body["owner"]["name"] == "周海涛"
    assert changed.body["attributes"] == {"rack": "A1"}
    assert (changed.body["name"], changed.body["version"]) == ("H", 2)
    emptied = admin.patch(f"/items/{made['id']}", {"version": 2, "owner": None})
    assert emptied.body["owner"] is None
    stale = admin.patch(f"/items/{made['id']}", {"version": 2, "name": "X"})
    assert (stale.status, stale.body["code"]) == (409, "stale_item")
    changes = admin.get(f"/items/{made['id']}/changes").body["items"]
    assert [one["field"] for one in changes][:2] == ["owner", "owner"] or changes
    assert admin.post(f"/items/{made['id']}/retire").status == 200
    assert admin.get("/items", id=made["id"]).body["items"] == []


def test_a_retired_item_is_brought_back_with_its_relations_and_told(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    path, host = f"/items/{hospital['host-2']}", str(hospital["host-2"])
    before = admin.get("/relations", item=host).body["total"]
    assert before
    reader = client_of("only-reads", "reader")
    assert admin.post(f"{path}/retire").status == 200
    retired = admin.get(path).body
    assert retired["retired_at"] is not None
    refused = admin.patch(path, {"version": retired["version"], "name": "X"})
    assert (refused.status, refused.body["code"]) == (409, "item_out_of_use")
    assert admin.get("/relations", item=host).body["total"] == 0
    assert reader.post(f"{path}/restore", {}).status == 403
    back = admin.post(f"{path}/restore", {})
    assert (back.status, back.body["retired_at"], back.body["condition"]) == (200, None, "unknown")
    assert admin.get("/relations", item=host).body["total"] == before
    told = AuditRecord.objects.filter(subject_id=host).values_list("action", flat=True)
    assert sorted(told) == ["item.restore", "item.retire"]
    fields = [one["field"] for one in admin.get(f"{path}/changes").body["items"]]
    assert fields[:2] == ["retired", "retired"]


def test_a_relation_that_no_kind_admits_is_refused_by_the_names_of_types(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    wrong = {"kind": "maintains", "source": "host-1", "target": "host-2"}
    answer = admin.post("/relations", wrong)
    assert answer.status == 422
    (problem,) = answer.body["problems"]
    assert problem["field"] == "kind"
    assert problem["message"].startswith("This relation does not lead from a Host to a Host. ")


def test_a_name_cannot_be_emptied(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    answer = admin.patch(f"/items/{hospital['spare']}", {"version": 1, "name": None})
    assert (answer.status, answer.body["problems"][0]["field"]) == (422, "name")


def test_names_and_lists_come_in_the_readers_language(hospital: dict[str, UUID]) -> None:
    told = {}
    for language in ("zh", "en"):
        reader = client_of(f"li-{language}", "administrator", language=language)
        rows = reader.get("/relations", item=str(hospital["if-1"]), kind="consumes").body["items"]
        item = reader.get(f"/items/{hospital['switch-1']}").body
        book = reader.get("/items", key="switch-1", format="xlsx", columns="name,systems").body
        sheet = load_workbook(io.BytesIO(book)).active
        assert sheet is not None
        told[language] = (
            item["type_label"],
            item["layer_label"],
            (rows[0]["kind_label"], rows[0]["reverse_label"]),
            sheet["B2"].value,
        )
    assert told == {
        "zh": (
            "交换机",
            "基础设施",
            ("调用接口", "调用方"),
            "实验室信息化管理系统、放射科PACS/RIS",
        ),
        "en": (
            "Switch",
            "Infrastructure",
            ("consumes", "is consumed by"),
            "实验室信息化管理系统, 放射科PACS/RIS",
        ),
    }


def test_lists_filter_sort_and_page(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    first = admin.get("/items", type="host", sort="-name", limit=2).body
    assert [one["key"] for one in first["items"]] == ["host-2", "host-1"]
    assert first["total"] == 3
    rest = admin.get("/items", type="host", sort="-name", limit=2, cursor=first["next"]).body
    assert ([one["key"] for one in rest["items"]], rest["next"]) == (["spare"], None)
    served = admin.get("/items", system=str(hospital["lis"])).body
    assert {one["key"] for one in served["items"]} == {"lis", "host-2", "switch-1", "if-1"}
    assert {one["key"] for one in admin.get("/items", **{"class": "A"}).body["items"]} == {"pacs"}


def test_relations_with_their_words(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    one = admin.get("/relations", source=str(hospital["lis"]), kind="runs-on").body["items"][0]
    assert (one["kind_label"], one["reverse_label"]) == ("runs on", "runs")
    assert one["target"] == {
        "id": str(hospital["host-2"]),
        "key": "host-2",
        "name": "物理服务器 2",
        "type": "host",
    }
    new = {"kind": "runs-on", "source": "lis", "target": "spare", "group": "os", "need": 1}
    made = admin.post("/relations", {**new, "standby": "cold", "switch_minutes": 20})
    assert (made.body["standby"], made.body["switch_minutes"]) == ("cold", 20)
    assert admin.post("/relations", new).status == 409
    path = f"/relations/{made.body['id']}"
    changed = admin.patch(path, {"standby": None, "switch_minutes": None, "need": 2}).body
    assert {name: changed[name] for name in ("group", "need", "standby", "switch_minutes")} == {
        "group": "os",
        "need": 2,
        "standby": None,
        "switch_minutes": None,
    }
    assert admin.patch(path, {"need": 0}).status == 422
    assert admin.patch(path, {"source": "pacs"}).status == 422
    assert admin.patch(f"/relations/{uuid4()}", {"need": 2}).status == 404
    assert admin.delete(f"/relations/{made.body['id']}").status == 204
    assert admin.delete(f"/relations/{made.body['id']}").status == 404
    both = admin.get("/relations", item=str(hospital["lis"])).body
    assert both["total"] == 2


def test_a_list_comes_as_a_workbook(admin: ApiClient) -> None:
    answer = admin.get(
        "/items", type="host", format="xlsx", columns="key,name,attributes.serial,systems"
    )
    sheet = load_workbook(io.BytesIO(answer.body)).active
    assert sheet is not None
    rows = [tuple(cell.value for cell in row) for row in sheet.iter_rows()]
    assert rows[0] == ("Key", "Name", "Serial number", "Business systems")
    assert ("host-1", "物理服务器 1", "SN1", "放射科PACS/RIS") in rows
    assert admin.get("/relations", format="xlsx").status == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("get", "/items", {"typ": "host"}, "typ"),
        ("get", "/items", {"limit": 501}, "limit"),
        ("get", "/items", {"limit": "x"}, "limit"),
        ("get", "/items", {"sort": "colour"}, "sort"),
        ("get", "/items", {"cursor": "!"}, "cursor"),
        ("get", "/items", {"condition": "bad"}, "condition.0"),
        ("get", "/items", {"system": "x"}, "system.0"),
        ("get", "/items", {"class": "D"}, "class.0"),
        ("get", "/items", {"format": "xlsx", "columns": "key,colour"}, "columns"),
        ("get", "/relations", {"item": "x"}, "item.0"),
        ("post", "/items", {"type": "host"}, "name"),
        ("post", "/items", {"type": "host", "name": 3}, "name"),
        ("post", "/items", {"type": "host", "name": "X", "colour": "red"}, "colour"),
        ("post", "/items", {"type": "host", "name": "X", "importance": "D"}, "importance"),
        ("post", "/items", {"type": "host", "name": "X", "attributes": []}, "attributes"),
        (
            "post",
            "/items",
            {"type": "host", "name": "X", "attributes": {"memory": "x"}},
            "attributes.memory",
        ),
        ("post", "/relations", {"kind": "uses", "source": "pacs"}, "target"),
        ("post", "/relations", {"kind": "uses", "source": "a", "target": "lis"}, "source"),
        ("post", "/relations", {"kind": "u", "source": "lis", "target": "pacs"}, "kind"),
        (
            "post",
            "/relations",
            {"kind": "uses", "source": "lis", "target": "pacs", "need": 0},
            "need",
        ),
    ],
)
def test_a_wrong_field_is_named(
    admin: ApiClient, method: str, path: str, body: dict[str, Any], field: str
) -> None:
    answer = admin.get(path, **body) if method == "get" else admin.post(path, body)
    assert answer.status == 422, answer.body
    assert field in [one["field"] for one in answer.body.get("problems", [])] + [
        answer.body.get("field")
    ]


def test_what_may_not_be_seen_is_not_there(hospital: dict[str, UUID]) -> None:
    scope = Scope(systems=frozenset({hospital["lis"]}))
    vendor = client_of("wang", "engineer", scope=scope)
    assert vendor.get("/items").body["total"] == 4
    for path in (f"/items/{hospital['pacs']}", f"/items/{hospital['pacs']}/changes"):
        assert vendor.get(path).status == 404
    assert vendor.get(f"/items/{uuid4()}").status == 404
    assert vendor.patch(f"/items/{hospital['pacs']}", {"version": 1}).status == 404
    assert vendor.post(f"/items/{hospital['pacs']}/retire").status == 404
    assert vendor.get("/items", system=str(hospital["pacs"])).body["total"] == 0


def test_what_is_wrong_outside_of_a_filter_is_counted(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    Item.objects.filter(pk__in=[hospital["host-2"], hospital["pacs"]]).update(condition="down")
    lis = client_of("wang", "engineer", scope=Scope(systems=frozenset({hospital["lis"]})))

    def hidden(client: ApiClient, **asked: Any) -> object:
        return client.get("/items", **asked).body["abnormal_hidden"]

    assert hidden(admin) == hidden(admin, condition="down") == 0
    assert hidden(admin, condition="ok") == hidden(admin, q="nothing of the kind") == 2
    assert hidden(admin, type="host") == 1
    assert hidden(lis, condition="ok") == 1
    Item.objects.filter(pk=hospital["pacs"]).update(retired_at=clock.now())
    assert hidden(admin, condition="ok") == 1


def test_what_is_out_of_use_hides_nothing_that_is_wrong_now(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    """It keeps the condition it had; shown, it makes up for nothing that the filter leaves out."""
    Item.objects.filter(pk__in=[hospital["host-2"], hospital["pacs"]]).update(condition="down")
    Item.objects.filter(pk=hospital["host-2"]).update(retired_at=clock.now())
    asked = {"type": "host", "retired": "true"}
    assert admin.get("/items", **asked).body["abnormal_hidden"] == 1
    assert admin.get("/items", retired="true").body["abnormal_hidden"] == 0
