"""Rows of one file that come in each other's way: each is refused by itself, the others go in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.cmdb.imports import counts, imported, lines
from tests.cmdb.test_serving import proposal
from tests.hospital import ApiClient, client_of
from wardround.cmdb.models import Item, Relation

pytestmark = pytest.mark.django_db
DEVICE, RUNS_ON = "item-type/device", "relation-kind/runs-on"
UNIQUE = ("{name: serial,", "{name: serial, unique: true,")
GATE = ("name: runs-on\n", "name: runs-on\nmost_targets: 1\nmost_sources: 2\n")
HEAD = ["key", "name", "type", "serial"]


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("modeller", "administrator")


@pytest.fixture
def unique(admin: ApiClient) -> ApiClient:
    saved = admin.put(f"/definitions/{DEVICE}", proposal(admin, DEVICE, UNIQUE))
    assert saved.status == 200, saved.body
    return admin


@pytest.fixture
def limited(admin: ApiClient) -> ApiClient:
    saved = admin.put(f"/definitions/{RUNS_ON}", proposal(admin, RUNS_ON, GATE))
    assert saved.status == 200, saved.body
    return admin


def refused(client: ApiClient, run: Any) -> dict[int, str]:
    """By row of the file, the field that is wrong."""
    found = lines(client, run, verdict="refused")
    return {line["row"]: line["problems"][0]["field"] for line in found}


def test_two_new_rows_with_one_unique_value_are_refused_alone(unique: ApiClient) -> None:
    rows = [
        HEAD,
        ["n-1", "a", "host", "X1"],
        ["n-2", "b", "host", " x1"],
        ["n-3", "c", "host", "X2"],
    ]
    for dry_run in (True, False):
        run = imported(unique, rows, dry_run=dry_run)
        assert counts(run) == (1, 0, 0, 2), run
        assert refused(unique, run) == {2: "attributes.serial", 3: "attributes.serial"}
    assert Item.objects.filter(key__startswith="n-").count() == 1


def test_a_unique_value_of_another_item_refuses_its_row_alone(unique: ApiClient) -> None:
    rows = [HEAD, ["n-1", "a", "switch", "sn1"], ["n-2", "b", "host", "X2"]]
    for dry_run in (True, False):
        run = imported(unique, rows, dry_run=dry_run)
        assert counts(run) == (1, 0, 0, 1), run
        assert refused(unique, run) == {2: "attributes.serial"}


def test_a_value_that_another_row_frees_may_be_taken(unique: ApiClient) -> None:
    rows = [HEAD, ["n-1", "a", "host", "SN1"], ["host-1", "物理服务器 1", "host", "SN2"]]
    run = imported(unique, rows)
    assert counts(run) == (1, 1, 0, 0), lines(unique, run)


def test_two_items_change_their_unique_values(unique: ApiClient) -> None:
    imported(unique, [HEAD, ["host-2", "物理服务器 2", "host", "SN2"]])
    rows = [
        HEAD,
        ["host-1", "物理服务器 1", "host", "SN2"],
        ["host-2", "物理服务器 2", "host", "SN1"],
    ]
    run = imported(unique, rows)
    assert counts(run) == (0, 2, 0, 0), lines(unique, run)
    assert Item.objects.get(key="host-1").attributes["serial"] == "SN2"


def test_a_value_that_is_not_freed_after_all_is_not_taken(unique: ApiClient) -> None:
    rows = [[*HEAD, "owner"], ["n-1", "a", "host", "SN1", ""],
            ["host-1", "物理服务器 1", "host", "SN2", "nobody"],
            ["n-2", "b", "host", "SN2", ""], ["n-3", "c", "department", "", "n-1"]]  # fmt: skip
    run = imported(unique, rows)
    assert refused(unique, run).keys() == {2, 3, 5}, lines(unique, run)
    assert counts(run) == (1, 0, 0, 3)


def test_more_relations_than_a_kind_admits_refuse_their_rows_alone(limited: ApiClient) -> None:
    rows = [["key", "name", "type", "runs-on"],
            ["a-1", "a 1", "application", "host-1；host-2"],
            ["a-2", "a 2", "application", "host-2"],
            ["a-3", "a 3", "application", "spare"],
            ["pacs-db", "PACS 数据库", "database", "spare"]]  # fmt: skip
    for dry_run in (True, False):
        run = imported(limited, rows, dry_run=dry_run)
        assert counts(run) == (2, 0, 0, 2), lines(limited, run)
        assert refused(limited, run) == {2: "relation.runs-on", 5: "relation.runs-on"}
    assert Relation.objects.filter(source__key="a-2", target__key="host-2").exists()
    assert not Item.objects.filter(key="a-1").exists()


def test_many_in_one_call_each_by_itself(unique: ApiClient) -> None:
    rows = [{"key": f"n-{n}", "type": "host", "name": "x", "attributes": {"serial": value}}
            for n, value in enumerate(("SN1", "A", "a", "B"))]  # fmt: skip
    answer = unique.post("/items/bulk", {"rows": rows, "mode": "each"})
    assert answer.status == 200, answer.body
    assert [row["status"] for row in answer.body["rows"]] == ["refused"] * 3 + ["created"]
    every = unique.post("/items/bulk", {"rows": rows, "mode": "all"})
    assert every.status == 422
    assert {problem["row"] for problem in every.body["problems"]} == {1, 2, 3}
