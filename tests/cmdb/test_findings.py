"""What the data-quality page finds: counted, listed and exported by the same condition."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tests.cmdb.conftest import AT
from tests.hospital import ApiClient, client_of
from wardround.cmdb.expiring import today_at
from wardround.cmdb.models import Item, ItemChange, Relation
from wardround.collect.models import TargetRow
from wardround.kernel import clock
from wardround.kernel.ids import new_id
from wardround.kernel.models import AuditRecord
from wardround.kernel.types import Scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("li", "administrator")


def found(client: ApiClient, **asked: Any) -> dict[str, tuple[int, int]]:
    body = client.get("/data-quality", **asked).body
    return {each["name"]: (each["count"], each["of"]) for each in body["findings"]}


def keys(client: ApiClient, finding: str, **asked: Any) -> set[str]:
    answer = client.get("/items", finding=finding, limit=500, **asked)
    assert answer.status == 200, answer.body
    return {row["key"] for row in answer.body["items"]}


def test_each_finding_counts_what_its_list_shows(admin: ApiClient) -> None:
    told = admin.get("/data-quality").body
    assert told["items"] == 13
    names = [each["name"] for each in told["findings"]]
    assert names == [
        "no-owner", "stale", "orphan", "no-model", "alike", "unfit", "wrongly-related", "expiring",
        "common-value",
        "address-shared", "address-outside", "address-of-network", "wrong-mask", "networks-overlap",
        "unwatched",
    ]  # fmt: skip
    for each in told["findings"]:
        assert each["label"], each
        assert each["meaning"], each
        assert len(keys(admin, each["name"])) == each["count"], each
        assert each["count"] <= each["of"] <= told["items"]


def test_who_answers_is_asked_of_what_can_fail(admin: ApiClient) -> None:
    missing = keys(admin, "no-owner")
    assert {"lis", "host-1", "switch-1", "spare"} <= missing
    assert not missing & {"pacs", "zhou", "radiology", "v-imaging"}


def test_the_period_of_what_is_stale_is_chosen(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    Item.objects.update(updated_at=AT + timedelta(days=3650))
    Item.objects.filter(key="host-1").update(updated_at=AT - timedelta(days=400))
    assert keys(admin, "stale") == {"host-1"}
    assert keys(admin, "stale", days=3000) == set()
    assert found(admin, days=3000)["stale"] == (0, 13)


def test_alone_and_without_a_model(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    assert keys(admin, "orphan") == {"spare"}
    assert keys(admin, "no-model") == set()
    admin.post(f"/items/{hospital['host-2']}/retire")
    admin.post("/items", {"type": "business-system", "name": "新系统", "key": "new"})
    assert keys(admin, "orphan") == {"spare", "new"}
    assert keys(admin, "no-model") == {"new"}


def test_likely_twice(admin: ApiClient) -> None:
    assert keys(admin, "alike") == set()
    again = {"type": "host", "name": "物理服务器１", "key": "twin"}
    admin.post("/items", again)
    admin.post("/items", {"type": "switch", "name": "物理服务器 1", "key": "other-type"})
    for key in ("x", "y"):
        own = {"management_address": "10.0.0.9"}
        made = admin.post("/items", {"type": "host", "name": key, "key": key, "attributes": own})
        assert made.status == 201, made.body
    assert keys(admin, "alike") == {"twin", "host-1", "x", "y"}
    assert found(admin)["alike"][0] == 4


def because(client: ApiClient, finding: str) -> dict[str, list[str]]:
    rows = client.get("/items", finding=finding, limit=100).body["items"]
    return {row["key"]: row["because"] for row in rows}


def test_who_is_alike_is_told_with_whom(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    """Without it nobody knows which two to merge."""
    admin.post("/items", {"type": "host", "name": "物理服务器１", "key": "twin"})
    for key in ("x", "y"):
        own = {"management_address": "10.0.0.9"}
        admin.post("/items", {"type": "host", "name": key, "key": key, "attributes": own})
    assert because(admin, "alike") == {
        "twin": ["Name as of: 物理服务器 1"],
        "host-1": ["Name as of: 物理服务器1"],
        "x": ["Management address as of: y"],
        "y": ["Management address as of: x"],
    }
    assert admin.get("/items", key="twin").body["items"][0]["because"] == []
    book = load_workbook(BytesIO(admin.get("/items", finding="alike", format="xlsx").body))
    head, *rows = book.worksheets[0].iter_rows(values_only=True)
    told = {row[head.index("Key")]: row[head.index("Why it was found")] for row in rows}
    assert told == {key: why for key, (why,) in because(admin, "alike").items()}
    lis = client_of("of-lis", "administrator", scope=Scope(systems=frozenset({hospital["lis"]})))
    assert because(lis, "alike") == {}


def test_the_same_address_in_another_space_is_no_double(admin: ApiClient) -> None:
    admin.post("/items", {"type": "ip-space", "name": "Insurance", "key": "space"})
    for key, more in (("x", {}), ("y", {"address_space": "space"})):
        own = {"management_address": "10.0.0.9", **more}
        made = admin.post("/items", {"type": "host", "name": key, "key": key, "attributes": own})
        assert made.status == 201, made.body
    assert keys(admin, "alike") == set()
    again = {"management_address": "10.0.0.9", "address_space": "space"}
    admin.post("/items", {"type": "host", "name": "z", "key": "z", "attributes": again})
    assert because(admin, "alike") == {
        "y": ["Management address as of: z"], "z": ["Management address as of: y"],
    }  # fmt: skip


def test_what_ends_is_told_with_its_day(admin: ApiClient) -> None:
    today = today_at(clock.now())
    for key, days in (("past", -3), ("soon", 20), ("late", 400)):
        own = {"warranty_ends_on": (today + timedelta(days=days)).isoformat()}
        made = admin.post("/items", {"type": "host", "name": key, "key": key, "attributes": own})
        assert made.status == 201, made.body
    told = because(admin, "expiring")
    assert {*told} == {"past", "soon"}
    assert told["past"][0].startswith("Warranty ends on: ")
    assert told["past"][0].endswith("3 days past")
    assert told["soon"][0].endswith("20 days left")


def test_relations_that_break_their_kind(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    assert keys(admin, "wrongly-related") == set()
    Relation.objects.create(
        kind="maintains", source_id=hospital["spare"], target_id=hospital["host-1"], created_at=AT
    )
    assert keys(admin, "wrongly-related") == {"spare", "host-1"}


def test_class_a_that_nothing_watches(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    assert keys(admin, "unwatched") == {"pacs"}
    target = TargetRow.objects.create(
        name="", item_id=hospital["host-1"], template="x", interval_s=60, timeout_s=9,
        asked_at=AT, created_at=AT, updated_at=AT,
    )  # fmt: skip
    assert keys(admin, "unwatched") == set()
    target.enabled = False
    target.save()
    assert keys(admin, "unwatched") == {"pacs"}


def test_nothing_of_what_is_out_of_reach_tells(hospital: dict[str, UUID]) -> None:
    lis = client_of("of-lis", "administrator", scope=Scope(systems=frozenset({hospital["lis"]})))
    before = lis.get("/data-quality").body["findings"]
    admin = client_of("li", "administrator")
    for number in range(3):
        admin.post("/items", {"type": "host", "name": "物理服务器 2", "key": f"hid-{number}"})
    assert lis.get("/data-quality").body["findings"] == before


def test_an_unknown_finding_is_refused(admin: ApiClient) -> None:
    answer = admin.get("/items", finding="orphans")
    assert answer.status == 422
    assert answer.body["problems"][0]["field"] == "finding"
    assert "orphan" in answer.body["problems"][0]["message"]


def test_a_fixed_number_of_statements(admin: ApiClient) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            admin.get("/data-quality")
        return len(captured)

    asked()
    few = asked()
    Item.objects.bulk_create(
        Item(id=new_id(), key=f"m-{n}", type="host", name=f"m{n}", created_at=AT, updated_at=AT)
        for n in range(200)
    )
    assert asked() == few
    assert few < 30


# Mended at once -----------------------------------------------------------------------------------


def mend(client: ApiClient, *rows: dict[str, Any]) -> list[str]:
    answer = client.post("/items/bulk", {"rows": rows, "mode": "each"})
    assert answer.status == 200, answer.body
    return [row["status"] for row in answer.body["rows"]]


def test_what_is_confirmed_is_stale_no_longer(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    Item.objects.update(updated_at=AT - timedelta(days=4000))
    spare = str(hospital["spare"])
    assert "spare" in keys(admin, "stale")
    assert mend(admin, {"id": spare, "confirmed": True, "version": 1}) == ["changed"]
    assert "spare" not in keys(admin, "stale")
    assert mend(admin, {"id": spare, "confirmed": True, "version": 1}) == ["refused"]
    (change,) = ItemChange.objects.filter(item=hospital["spare"], field="confirmed")
    assert (change.actor_name, change.new) == ("li (tests)", "备用服务器")
    assert AuditRecord.objects.filter(action="item.update", subject_id=spare).count() == 1


def test_many_are_retired_and_brought_back(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    spare, host = str(hospital["spare"]), str(hospital["host-2"])
    assert mend(admin, {"id": spare, "retired": True}, {"id": host, "retired": True}) == [
        "changed", "changed",
    ]  # fmt: skip
    assert mend(admin, {"id": spare, "retired": True}) == ["unchanged"]
    assert mend(admin, {"id": spare, "name": "x"}) == ["refused"]
    assert "spare" not in keys(admin, "orphan")
    assert Item.objects.get(id=host).systems == []
    assert AuditRecord.objects.filter(action="item.retire").count() == 2
    assert mend(admin, {"id": spare, "retired": False}, {"id": host, "retired": False}) == [
        "changed", "changed",
    ]  # fmt: skip
    assert Item.objects.get(id=host).systems == [hospital["lis"]]
    assert mend(admin, {"id": host, "retired": False}) == ["unchanged"]
    assert mend(admin, {"type": "host", "name": "n", "retired": True}) == ["refused"]


def test_an_owner_is_given_to_many(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    rows = [{"id": str(hospital[key]), "owner": "zhou"} for key in ("lis", "host-1")]
    assert mend(admin, *rows) == ["changed", "changed"]
    assert not keys(admin, "no-owner") & {"lis", "host-1"}
