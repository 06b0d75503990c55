"""Files of items: mapped, tried, worked in, told by row, taken back."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook

from tests.cmdb.imports import counts, imported, lines, sent, workbook, worked
from tests.hospital import ApiClient, client_of
from tests.stored import everything_stored
from wardround.cmdb import tasks
from wardround.cmdb.models import ImportLine, ImportRun, Item, ItemChange, Relation
from wardround.kernel.models import AuditRecord
from wardround.kernel.types import Scope

pytestmark = pytest.mark.django_db

HOSTS = [
    ["编号", "名称", "类型", "负责人", "序列号", "内存 (GB)", "购入日期", "接入"],
    ["h-1", "一号机", "主机", "周海涛", "SN-100", 64, "2026/1/31", "switch-1"],
    ["h-2", "二号机", "host", "zhou", 12345, "128", 46053, "核心交换机 1"],
]


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("li", "administrator")


def hosts() -> list[list[Any]]:
    """With what the shipped types are called."""
    head = ["编号", "名称", "类型", "负责人", "序列号", "内存 (GB)", "购入日期", "connects"]
    return [head, *[list(row) for row in HOSTS[1:]]]


def test_a_file_is_mapped_and_worked_in(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    rows = hosts()
    rows[1][2] = "host"
    run = imported(admin, rows)
    assert counts(run) == (2, 0, 0, 0), lines(admin, run)
    (table,) = run["tables"]
    assert [column["to"] for column in table["columns"]] == [
        "key", "name", "type", "owner", "attributes.serial", "attributes.memory",
        "attributes.bought_on", "relation.connects",
    ]  # fmt: skip
    second = Item.objects.get(key="h-2")
    assert second.owner_id == hospital["zhou"]
    assert second.attributes["serial"] == "12345"
    assert second.attributes["memory"] == 128 * 1024**3
    assert second.attributes["bought_on"] == "2026-01-31"
    assert Item.objects.get(key="h-1").attributes["bought_on"] == "2026-01-31"
    assert Relation.objects.filter(source__key="h-1", target__key="switch-1").count() == 1
    assert Relation.objects.filter(source=second, target__key="switch-1").count() == 1
    assert AuditRecord.objects.filter(action="item.import_file").count() == 1
    assert ItemChange.objects.filter(item=second, field="created").exists()


def test_a_second_import_changes_nothing(admin: ApiClient) -> None:
    rows = hosts()
    rows[1][2] = "host"
    imported(admin, rows)
    before = list(Item.objects.order_by("id").values())
    run = imported(admin, rows)
    assert counts(run) == (0, 0, 2, 0)
    assert list(Item.objects.order_by("id").values()) == before
    assert ImportLine.objects.filter(run=run["id"]).count() == 0


def test_a_dry_run_writes_nothing_and_tells_what_would_be(admin: ApiClient) -> None:
    rows = [
        ["key", "name", "type", "serial"],
        ["host-1", "改名", "host", "SN1"],
        ["new", "新", "host", "SN9"],
        ["bad", "坏", "hots", ""],
        ["host-2", "物理服务器 2", "host", ""],
    ]
    run = imported(admin, rows, dry_run=True)
    assert (run["state"], run["dry_run"]) == ("checked", True)
    assert counts(run) == (1, 1, 1, 1)
    assert not Item.objects.filter(key="new").exists()
    changed, created, refused = lines(admin, run)
    assert (changed["row"], changed["verdict"]) == (2, "changed")
    assert changed["changes"] == [{"field": "name", "old": "物理服务器 1", "new": "改名"}]
    assert created["verdict"] == "created"
    assert [problem["field"] for problem in refused["problems"]] == ["type"]
    assert [line["row"] for line in lines(admin, run, verdict="refused")] == [4]
    applied = admin.post(f"/imports/{run['id']}/apply")
    assert (applied.status, applied.body["state"]) == (200, "waiting")
    assert counts(worked(admin, run["id"])) == (1, 1, 1, 1)
    assert Item.objects.get(key="host-1").name == "改名"
    assert ImportRun.objects.get(id=run["id"]).file == ""


def test_the_refused_rows_come_back_and_are_mended(admin: ApiClient) -> None:
    rows = [
        ["key", "name", "type", "serial", "型号"],
        ["n-1", "甲", "host", "S1", "=cmd|' /C calc'!A0"],
        ["n-2", "=cmd|' /C calc'!A0", "hots", "S2", "x"],
    ]
    data = workbook({"服务器": rows})
    run = worked(admin, sent(admin, "a.xlsx", data).body["id"])
    assert run["refused"] == 2  # its formula has no result
    text = "key,name,type,serial\nn-1,甲,host,S1\nn-2,=cmd|' /C calc'!A0,hots,S2\n"
    run = worked(admin, sent(admin, "a.csv", text.encode()).body["id"])
    assert counts(run) == (1, 0, 0, 1)
    answer = admin.get(f"/imports/{run['id']}/errors.xlsx")
    assert answer.status == 200
    sheet = load_workbook(io.BytesIO(answer.body)).worksheets[0]
    head, row = list(sheet.iter_rows())
    assert [cell.value for cell in head] == ["key", "name", "type", "serial", "Why it was refused"]
    assert row[1].value == "=cmd|' /C calc'!A0"
    assert row[1].data_type == "s"
    assert "hots" in row[4].value
    row[2].value = "host"
    row[1].value = "二"
    mended = io.BytesIO()
    sheet.parent.save(mended)
    again = worked(admin, sent(admin, "mended.xlsx", mended.getvalue()).body["id"])
    assert counts(again) == (1, 0, 0, 0)
    assert Item.objects.get(key="n-2").attributes["serial"] == "S2"


def test_types_and_relations_of_one_file_in_any_order(admin: ApiClient) -> None:
    run = imported(
        admin,
        {
            "relations": [
                ["起点", "关系类型", "终点", "备用方式", "切换时间"],
                ["新系统", "uses", "app-n", "", ""],
                ["app-n", "runs-on", "机器", "cold", 15],
                ["app-n", "runs-on", "nowhere", "", ""],
            ],
            "application": [["key", "名称"], ["app-n", "新应用"]],
            "mixed": [
                ["key", "名称", "类型"],
                ["sys-n", "新系统", "business-system"],
                ["m-n", "机器", "host"],
            ],
        },
    )
    assert counts(run) == (5, 0, 0, 1), lines(admin, run)
    relation = Relation.objects.get(source__key="app-n", target__key="m-n")
    assert (relation.standby, relation.switch_minutes) == ("cold", 15)
    system = Item.objects.get(key="sys-n")
    assert Item.objects.get(key="m-n").systems == [system.id]
    (refused,) = lines(admin, run, verdict="refused")
    assert (refused["table"], refused["row"]) == ("relations", 4)


def test_names_that_several_have_are_told(admin: ApiClient) -> None:
    admin.post("/items", {"type": "person", "name": "周海涛", "key": "zhou-2"})
    rows = [["key", "name", "type", "owner"], ["n-1", "甲", "host", "周海涛"],
            ["n-2", "乙", "host", "zhou-2"], ["n-3", "丙", "host", "nobody"]]  # fmt: skip
    run = imported(admin, rows)
    assert counts(run) == (1, 0, 0, 2)
    first, second = lines(admin, run, verdict="refused")
    assert "zhou, zhou-2" in first["problems"][0]["message"]
    assert second["problems"][0]["field"] == "owner"


def test_an_import_is_taken_back_as_one(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    before = {row["key"]: row for row in Item.objects.values("key", "name", "attributes", "owner")}
    rows = [["key", "name", "type", "serial", "password", "connects"],
            ["host-1", "改名", "host", "SN-X", "lion", "switch-1"],
            ["n-1", "甲", "host", "S1", "", "switch-1"]]  # fmt: skip
    run = imported(admin, rows)
    assert counts(run) == (1, 1, 0, 0)
    assert Item.objects.get(key="host-1").attributes["serial"] == "SN-X"
    undone = admin.post(f"/imports/{run['id']}/undo")
    assert (undone.status, undone.body["state"]) == (200, "undone"), undone.body
    after = Item.objects.filter(retired_at=None).values("key", "name", "attributes", "owner")
    assert {row["key"]: row for row in after} == before
    assert not Relation.objects.filter(source__key="n-1").exists()
    assert admin.post(f"/imports/{run['id']}/undo").status == 409
    again = imported(admin, rows)  # and what it made comes back, the same item
    assert counts(again) == (0, 2, 0, 0)
    assert Item.objects.filter(key="n-1").count() == 1


def test_what_was_changed_since_is_told_and_nothing_is_taken_back(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    rows = [["key", "name", "type", "serial"], ["host-1", "改名", "host", "SN1"],
            ["host-2", "二", "host", "S2"]]  # fmt: skip
    run = imported(admin, rows)
    host = hospital["host-1"]
    version = admin.get(f"/items/{host}").body["version"]
    admin.patch(f"/items/{host}", {"version": version, "attributes": {"model": "R1"}})
    version = admin.get(f"/items/{hospital['host-2']}").body["version"]
    admin.patch(f"/items/{hospital['host-2']}", {"version": version, "name": "三"})
    refused = admin.post(f"/imports/{run['id']}/undo")
    assert (refused.status, refused.body["code"]) == (409, "changed_since_import")
    assert [(each["row"], each["field"]) for each in refused.body["problems"]] == [(3, "name")]
    assert Item.objects.get(key="host-1").name == "改名"
    assert admin.get(f"/imports/{run['id']}").body["state"] == "done"


def test_what_a_mended_file_did_and_was_undone_does_not_stand_in_the_way(admin: ApiClient) -> None:
    """A file, its mended rows, and both are taken back in turn: nothing is left of either."""
    first = imported(admin, [["key", "name", "type"], ["n-1", "A", "host"], ["n-2", "B", "host"]])
    second = imported(admin, [["from", "kind", "to"], ["n-1", "connects", "n-2"]])
    assert (
        admin.post(f"/imports/{first['id']}/undo")
        .body["problems"][0]["message"]
        .endswith("relation “connects to”.")
    )
    for run in (second, first):
        undone = admin.post(f"/imports/{run['id']}/undo")
        assert undone.status == 200, undone.body
    assert not Item.objects.filter(key__startswith="n-", retired_at=None).exists()


def test_a_secret_that_was_changed_and_changed_back_is_still_told(admin: ApiClient) -> None:
    run = imported(admin, [["key", "name", "type"], ["n-1", "A", "host"]])
    item = Item.objects.get(key="n-1")
    for secret in ("lion", "tiger"):
        item.refresh_from_db()
        admin.patch(
            f"/items/{item.id}", {"version": item.version, "attributes": {"password": secret}}
        )
    assert admin.post(f"/imports/{run['id']}/undo").status == 409
    item.refresh_from_db()
    assert not item.retired_at


def test_a_job_that_is_done_again_does_nothing_again(admin: ApiClient) -> None:
    answer = sent(admin, "a.csv", b"key,name,type\nn-1,A,host\n")
    worked(admin, answer.body["id"])
    history = ItemChange.objects.count()
    tasks.import_file(import_id=answer.body["id"])
    assert ItemChange.objects.count() == history
    assert Item.objects.filter(key="n-1").count() == 1


def test_a_worker_that_is_cut_off_again_and_again(admin: ApiClient) -> None:
    answer = sent(admin, "a.csv", b"key,name,type\nn-1,A,host\n")
    ImportRun.objects.update(state="writing", attempts=3)
    run = worked(admin, answer.body["id"])
    assert (run["state"], Item.objects.filter(key="n-1").exists()) == ("failed", False)
    ImportRun.objects.update(state="writing", attempts=1)
    assert worked(admin, answer.body["id"])["state"] == "done"


def test_imports_wait_for_one_another_and_say_so(admin: ApiClient) -> None:
    first = sent(admin, "a.csv", b"key,name,type\nn-1,A,host\n").body
    second = sent(admin, "b.csv", b"key,name,type\nn-2,B,host\n").body
    assert (first["ahead"], second["ahead"]) == (0, 1)
    worked(admin, first["id"])
    assert admin.get(f"/imports/{second['id']}").body["ahead"] == 0
    listed = admin.get("/imports").body
    assert [row["file"] for row in listed["items"]] == ["b.csv", "a.csv"]
    assert admin.post(f"/imports/{second['id']}/apply").status == 409


def test_a_mapping_is_kept_and_used(admin: ApiClient) -> None:
    rows = [["A", "B", "C"], ["n-1", "甲", "S1"]]
    wish = {"*": {"type": "host", "columns": {"A": "key", "B": "name", "C": "attributes.serial"}}}
    kept = admin.put("/import-profiles/盘点表", {"tables": wish})
    assert kept.status == 200
    assert imported(admin, rows)["state"] == "failed"
    run = imported(admin, rows, profile="盘点表")
    assert counts(run) == (1, 0, 0, 0)
    assert Item.objects.get(key="n-1").attributes == {"serial": "S1"}
    kept = [each for each in admin.get("/import-profiles").body["items"] if each["changed_at"]]
    assert [each["name"] for each in kept] == ["盘点表"]
    assert sent(admin, "a.csv", b"x", profile="none").status == 404
    assert admin.delete("/import-profiles/盘点表").status == 204


def test_a_file_is_tried_again_with_another_mapping(admin: ApiClient) -> None:
    rows = [["key", "name", "序号"], ["n-1", "甲", "S1"]]
    run = imported(admin, rows, dry_run=True)
    assert counts(run) == (0, 0, 0, 1)
    wish = {"Sheet1": {"type": "host", "columns": {"序号": "attributes.serial"}}}
    again = admin.patch(f"/imports/{run['id']}", {"tables": wish})
    assert again.body["state"] == "waiting"
    assert counts(worked(admin, run["id"])) == (1, 0, 0, 0)
    assert not Item.objects.filter(key="n-1").exists()
    unknown = {"Sheet1": {"type": "host", "columns": {"序号": "attributes.none"}}}
    admin.patch(f"/imports/{run['id']}", {"tables": unknown})
    failed = worked(admin, run["id"])
    assert failed["state"] == "failed"
    assert "序号" in failed["why"]


def test_empty_cells_stay_or_empty(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    rows = [["key", "name", "type", "serial", "owner"], ["host-1", "物理服务器 1", "host", "", ""]]
    assert counts(imported(admin, rows)) == (0, 0, 1, 0)
    assert counts(imported(admin, rows, clear=True)) == (0, 1, 0, 0)
    assert "serial" not in Item.objects.get(key="host-1").attributes


def test_no_secret_is_kept_in_clear(admin: ApiClient) -> None:
    rows = [["key", "name", "type", "password"], ["n-1", "甲", "host", "tigersecret"],
            ["n-2", "乙", "hots", "lionsecret"]]  # fmt: skip
    text = "\n".join(",".join(row) for row in rows)
    answer = sent(admin, "a.csv", text.encode(), dry_run=True)
    assert "tigersecret" not in everything_stored()
    run = worked(admin, answer.body["id"])
    told = str(lines(admin, run))
    assert "secret" not in told.replace("attributes.password", "")
    assert "tigersecret" not in everything_stored()
    assert "lionsecret" not in everything_stored()


# Reach -------------------------------------------------------------------------------------------


def test_what_is_out_of_reach_is_not_there(hospital: dict[str, UUID]) -> None:
    scope = Scope(systems=frozenset({hospital["lis"]}))
    writer = client_of("of-lis", "administrator", scope=scope)

    def told(name: str) -> tuple[Any, list[Any]]:
        rows = [["key", "name", "type", "owner", "connects"],
                [name, "甲", "host", "", ""], ["host-2", "二", "host", "", name]]  # fmt: skip
        run = imported(writer, rows, dry_run=True)
        found = [(each["verdict"], str(each["problems"]).replace(name, "NAME"))
                 for each in lines(writer, run)]  # fmt: skip
        return counts(run), found

    assert told("host-1") == told("host-9")
    by_name = told("物理服务器 1")
    assert by_name == told("物理服务器 9")
    run = imported(writer, [["key", "name", "type"], ["host-2", "二", "host"]])
    assert counts(run) == (0, 1, 0, 0)


def test_others_imports_are_not_there(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    run = imported(admin, hosts())
    scope = Scope(systems=frozenset({hospital["lis"]}))
    writer = client_of("of-lis", "administrator", scope=scope)
    assert writer.get("/imports").body["items"] == []
    for path in ("", "/rows", "/errors.xlsx"):
        assert writer.get(f"/imports/{run['id']}{path}").status == 404
    assert writer.post(f"/imports/{run['id']}/undo").status == 404
    own = imported(writer, [["key", "name", "type"], ["host-2", "二", "host"]])
    assert [row["id"] for row in writer.get("/imports").body["items"]] == [own["id"]]


# Definitions -------------------------------------------------------------------------------------

SCANNER = """\
kind: item-type
name: scanner
label: {zh: 扫描仪, en: Scanner}
extends: device
attributes:
  - {name: slices, label: {zh: 排数, en: Slices}, type: number}
"""


def test_an_attribute_that_is_renamed_meanwhile_loses_nothing(admin: ApiClient) -> None:
    assert admin.put("/definitions/item-type/scanner", {"text": SCANNER}).status == 200
    columns = {"key": "key", "name": "name", "n": "attributes.slices"}
    wish = {"*": {"type": "scanner", "columns": columns}}
    rows = [["key", "name", "n"], ["ct-1", "CT", 64]]
    answer = sent(admin, "a.xlsx", workbook({"S": rows}), tables=wish)
    text = SCANNER.replace("name: slices,", "name: rows, renamed_from: slices,")
    renamed = admin.put("/definitions/item-type/scanner", {"text": text, "base_version": 1})
    assert renamed.status == 200, renamed.body
    run = worked(admin, answer.body["id"])
    assert counts(run) == (1, 0, 0, 0), lines(admin, run)
    assert Item.objects.get(key="ct-1").attributes == {"rows": 64}
