"""Many relations in one request, each told and recorded as if it were alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.hospital import ApiClient, client_of
from wardround.cmdb import models
from wardround.kernel.models import AuditRecord
from wardround.kernel.types import Scope


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("relater", "administrator")


def row(source: str, target: str, kind: str = "hosted-on", **said: Any) -> dict[str, Any]:
    return {"kind": kind, "source": source, "target": target, **said}


def send(client: ApiClient, rows: list[dict[str, Any]], mode: str = "each") -> Any:
    done = client.post("/relations/bulk", {"rows": rows, "mode": mode})
    assert done.status == 200, done.body
    return done.body


def stand(kind: str = "hosted-on") -> set[tuple[str, str]]:
    rows = models.Relation.objects.filter(kind=kind)
    return {*rows.values_list("source__key", "target__key")}


def test_each_row_stands_by_itself(admin: ApiClient) -> None:
    rows = [
        row("pacs-app-1", "host-1", group="g", need=1),
        row("pacs-app-2", "nowhere"),
        row("pacs-app-2", "pacs-app-2"),
        row("pacs-app-2", "host-1", kind="no-such"),
        row("spare", "host-1"),
    ]
    done = send(admin, rows)
    assert [each["status"] for each in done["rows"]] == [
        "created",
        "refused",
        "refused",
        "refused",
        "created",
    ]
    assert [each["problems"][0]["field"] for each in done["rows"][1:4]] == ["to", "to", "kind"]
    assert stand() == {("pacs-app-1", "host-1"), ("spare", "host-1")}
    told = AuditRecord.objects.filter(action="relation.create")
    assert told.count() == 2
    assert told[0].detail["kind"] == "hosted-on"


def test_the_same_once_more_changes_nothing_and_details_are_corrected(admin: ApiClient) -> None:
    send(admin, [row("spare", "host-1")])
    again = send(admin, [row("spare", "host-1"), row("spare", "host-1", standby="cold")])
    assert (again["created"], again["changed"], again["unchanged"]) == (0, 1, 1)
    assert models.Relation.objects.get(source__key="spare").standby == "cold"
    assert AuditRecord.objects.filter(action="relation.update").count() == 1
    unsaid = send(admin, [row("spare", "host-1")])
    assert unsaid["unchanged"] == 1
    emptied = send(admin, [row("spare", "host-1", standby=None)])
    assert emptied["changed"] == 1


def test_one_refused_row_refuses_all_where_that_is_wanted(admin: ApiClient) -> None:
    rows = [row("spare", "host-1"), row("spare", "nowhere")]
    refused = admin.post("/relations/bulk", {"rows": rows, "mode": "all"})
    assert refused.status == 422
    assert [(each["field"], each["row"]) for each in refused.body["problems"]] == [("to", 2)]
    assert stand() == set()


def test_what_is_out_of_reach_is_not_there(hospital: dict[str, UUID]) -> None:
    scope = Scope(systems=frozenset({hospital["lis"]}))
    narrow = client_of("narrow-relater", "administrator", scope=scope)
    rows = [row("lis", "host-2"), row("lis", "host-1"), row("lis", "nowhere")]
    done = send(narrow, rows)
    assert [each["status"] for each in done["rows"]] == ["created", "refused", "refused"]
    hidden, none = (each["problems"][0]["message"] for each in done["rows"][1:])
    assert hidden.replace("host-1", "nowhere") == none
    assert stand() == {("lis", "host-2")}


def test_no_more_than_a_thousand(admin: ApiClient) -> None:
    rows = [row("spare", "host-1")] * 1001
    assert admin.post("/relations/bulk", {"rows": rows}).status == 422
