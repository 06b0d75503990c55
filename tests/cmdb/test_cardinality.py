"""How many relations of a kind an item may have, between which layers, which can be a standby."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.cmdb.conftest import AT, PLATFORM
from tests.cmdb.test_serving import lost, proposal
from tests.hospital import ApiClient, client_of
from wardround.cmdb import actions, models
from wardround.cmdb.types import ItemsDefinition, RelationEntry
from wardround.kernel.errors import BadInput
from wardround.kernel.reach import Reach

RUNS_ON, LINKED = "relation-kind/runs-on", "relation-kind/linked-with"
GATE = ("name: runs-on\n", "name: runs-on\nmost_targets: 1\nmost_sources: 2\n")


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("modeller", "administrator")


@pytest.fixture
def limited(admin: ApiClient) -> ApiClient:
    saved = admin.put(f"/definitions/{RUNS_ON}", proposal(admin, RUNS_ON, GATE))
    assert saved.status == 200, saved.body
    return admin


def related(admin: ApiClient, source: str, target: str, **more: Any) -> tuple[int, str]:
    body = {"kind": "runs-on", "source": source, "target": target, **more}
    done = admin.post("/relations", body)
    return done.status, (done.body.get("problems") or [{"message": ""}])[0]["message"]


def test_one_too_many_is_refused_in_words(limited: ApiClient) -> None:
    status, told = related(limited, "pacs-db", "host-2")
    assert status == 422
    assert told == (
        "Database “PACS 数据库” has at most 1 by “runs on”; there is already: 物理服务器 1."
    )
    assert related(limited, "pacs-app-1", "host-1")[0] == 201
    status, told = related(limited, "pacs-app-2", "host-1")
    assert status == 422
    assert told.startswith("Host “物理服务器 1” has at most 2 by “runs”; there is already: ")
    assert "PACS 数据库" in told


def test_what_is_out_of_reach_is_not_named(
    limited: ApiClient, hospital: dict[str, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow = Reach(organisations=frozenset({hospital["pacs-db"]}))
    monkeypatch.setattr("wardround.cmdb.crowded.reach", lambda *_: narrow)
    status, told = related(limited, "pacs-db", "host-2")
    assert status == 422
    assert "物理服务器" not in told


def test_a_row_of_an_import_is_told_by_its_number(limited: ApiClient) -> None:
    rows = (
        RelationEntry(kind="runs-on", source="pacs-app-1", target="host-1"),
        RelationEntry(kind="runs-on", source="pacs-app-1", target="host-2"),
    )
    with pytest.raises(BadInput) as refused:
        actions.import_items(PLATFORM, [ItemsDefinition(name="more", relations=rows)], at=AT)
    assert [(each.field, each.row) for each in refused.value.problems] == [("kind", 2)]


def test_an_item_that_comes_back_counts_again(
    limited: ApiClient, hospital: dict[str, UUID]
) -> None:
    assert limited.post(f"/items/{hospital['host-1']}/retire").status == 200
    assert related(limited, "pacs-db", "host-2")[0] == 201
    back = limited.post(f"/items/{hospital['host-1']}/restore")
    assert back.status == 422
    assert "at most 1" in back.body["problems"][0]["message"]


def test_both_ends_of_a_symmetric_kind_count(admin: ApiClient) -> None:
    wanted = proposal(admin, LINKED, ("symmetric: true\n", "symmetric: true\nmost_targets: 1\n"))
    assert admin.put(f"/definitions/{LINKED}", wanted).status == 200
    assert related(admin, "host-1", "host-2", kind="linked-with")[0] == 201
    assert related(admin, "spare", "host-1", kind="linked-with")[0] == 422
    assert related(admin, "host-2", "spare", kind="linked-with")[0] == 422
    wanted = proposal(admin, LINKED, ("most_targets: 1\n", "most_targets: 1\nmost_sources: 1\n"))
    checked = admin.post(f"/definitions/{LINKED}/check", wanted).body
    assert [problem["path"] for problem in checked["problems"]] == ["most_sources"]


def test_what_is_too_much_already_is_counted_and_stays(admin: ApiClient) -> None:
    assert related(admin, "pacs-db", "host-2")[0] == 201
    wanted = proposal(admin, RUNS_ON, GATE)
    checked = admin.post(f"/definitions/{RUNS_ON}/check", wanted).body
    assert lost(checked) == {"relation-crowded": 1}
    before = models.Relation.objects.count()
    assert admin.put(f"/definitions/{RUNS_ON}", wanted).status == 409
    assert admin.put(f"/definitions/{RUNS_ON}", {**wanted, "consent": True}).status == 200
    assert models.Relation.objects.count() == before
    assert related(admin, "pacs-app-1", "host-1")[0] == 201


def test_layers_narrow_beside_types(admin: ApiClient) -> None:
    layered = ("name: runs-on\n", "name: runs-on\nallowed:\n  - {to_layers: hardware}\n")
    wanted = proposal(admin, RUNS_ON, layered)
    assert admin.put(f"/definitions/{RUNS_ON}", wanted).status == 200
    assert related(admin, "pacs-app-1", "switch-1")[0] == 422
    assert related(admin, "pacs-app-1", "host-1")[0] == 201
    narrower = proposal(admin, RUNS_ON, ("{to_layers: hardware}", "{to_layers: database}"))
    assert lost(admin.post(f"/definitions/{RUNS_ON}/check", narrower).body) == {"relation-ends": 3}


def test_a_standby_is_of_a_kind_that_says_so(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    status, told = related(admin, "zhou", "lis", kind="maintains", standby="hot")
    assert (status, told) == (422, "“maintains” is never a standby; leave this empty.")
    (relation,) = admin.get("/relations", kind="maintains").body["items"]
    path = f"/relations/{relation['id']}"
    assert admin.patch(path, {"switch_minutes": 5}).status == 422
    assert admin.patch(path, {"switch_minutes": None, "group": "a"}).status == 200
    uses = proposal(admin, "relation-kind/uses", ("standby: true\n", ""))
    checked = admin.post("/definitions/relation-kind/uses/check", uses).body
    assert lost(checked) == {"relation-standby": 2}
