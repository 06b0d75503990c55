"""What somebody who sees one system learns of the others by bulk, imports and interfaces."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook

from tests.cmdb.imports import counts, imported, lines
from tests.cmdb.test_serving import proposal
from tests.hospital import ApiClient, client_of
from tests.stored import everything_stored
from wardround.cmdb.models import Item, ItemChange
from wardround.kernel.models import AuditRecord
from wardround.kernel.types import Scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("li", "administrator")


@pytest.fixture
def narrow(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("of-lis", "administrator", scope=Scope(systems=frozenset({hospital["lis"]})))


def texts(client: ApiClient, rows: list[list[Any]], hide: str) -> Any:
    """All that a trial and its error file say, the name itself put out of sight."""
    run = imported(client, rows, dry_run=True)
    found = [
        (each["verdict"], *(str(each[part]).replace(hide, "X") for part in ("problems", "changes")))
        for each in lines(client, run)
    ]
    errors = client.get(f"/imports/{run['id']}/errors.xlsx")
    cells = [
        [str(cell.value).replace(hide, "X") for cell in row]
        for sheet in load_workbook(io.BytesIO(errors.body)).worksheets
        for row in sheet.iter_rows()
    ]
    return counts(run), found, cells


def test_relations_tell_nothing(narrow: ApiClient, hospital: dict[str, UUID]) -> None:
    there = ("pacs-db", "PACS 数据库", str(hospital["pacs-db"]))
    nowhere = ("pacs-xx", "PACS 没有库", "01890000-0000-7000-8000-000000000000")

    def told(name: str) -> Any:
        rows = [["起点", "关系类型", "终点"], [name, "runs-on", "host-2"],
                ["lis", "runs-on", name], [name, "runs-on", name]]  # fmt: skip
        return texts(narrow, rows, name)

    for name, unknown in zip(there, nowhere, strict=True):
        assert told(name) == told(unknown)


def test_limits_tell_nothing_of_who_is_unseen(admin: ApiClient, narrow: ApiClient) -> None:
    limit = ("name: runs-on\n", "name: runs-on\nmost_sources: 1\n")
    runs_on = "relation-kind/runs-on"
    body = proposal(admin, runs_on, limit) | {"consent": True}
    assert admin.put(f"/definitions/{runs_on}", body).status == 200

    def told(name: str) -> Any:
        rows = [["起点", "关系类型", "终点"], ["lis", "runs-on", name]]
        return texts(narrow, rows, name)

    assert told("host-1") == told("host-9")


def test_unique_values_of_the_unseen_are_not_named(admin: ApiClient, narrow: ApiClient) -> None:
    device = "item-type/device"
    unique = ("{name: serial,", "{name: serial, unique: true,")
    saved = admin.put(f"/definitions/{device}", proposal(admin, device, unique))
    assert saved.status == 200
    run = imported(narrow, [["key", "serial"], ["host-2", "SN1"]], type="host", dry_run=True)
    (line,) = lines(narrow, run)
    assert "服务器 1" not in str(line)
    row = {"key": "host-2", "attributes": {"serial": "SN1"}}
    answer = narrow.post("/items/bulk", {"rows": [row], "mode": "each"})
    assert answer.body["rows"][0]["status"] == "refused"
    assert "服务器 1" not in str(answer.body)


def test_secrets_of_refused_rows(admin: ApiClient) -> None:
    rows = [["key", "name", "type", "password"], ["n-1", "a", "hots", "tigersecret\nx"],
            ["n-2", "b", "host", "ionsecret" * 900]]  # fmt: skip
    run = imported(admin, rows)
    assert "tigersecret" not in str(lines(admin, run))
    assert "ionsecret" not in str(lines(admin, run))
    assert "tigersecret" not in everything_stored()
    assert "ionsecret" not in everything_stored()


def test_a_thousand_rows_half_of_them_wrong(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    rows: list[dict[str, Any]] = [
        {"key": f"b-{n}", "type": "host", "name": f"b {n}" if n % 2 else "", "owner": "zhou"}
        for n in range(998)
    ]
    rows += [{"key": "b-1", "type": "host", "name": "again"},
             {"id": str(hospital["host-1"]), "version": 999, "name": "x"}]  # fmt: skip
    answer = admin.post("/items/bulk", {"rows": rows, "mode": "each"})
    assert answer.status == 200
    assert (answer.body["created"], answer.body["refused"]) == (498, 502)
    made = Item.objects.filter(key__startswith="b-")
    assert made.count() == 498
    ids = [str(id_) for id_ in made.values_list("id", flat=True)]
    audited = AuditRecord.objects.filter(action="item.create", subject_id__in=ids)
    assert audited.count() == 498
    assert ItemChange.objects.filter(item__in=made, field="created").count() == 498
    again = admin.post("/items/bulk", {"rows": rows, "mode": "each"})
    assert (again.body["created"], again.body["changed"], again.body["unchanged"]) == (0, 0, 498)
    every = admin.post("/items/bulk", {"rows": rows, "mode": "all"})
    assert every.status == 422
    assert len(every.body["problems"]) >= 502
