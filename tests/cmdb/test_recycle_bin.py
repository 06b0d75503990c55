"""The recycle bin through the door: deleted, nowhere to be seen, and back as it was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.cmdb.conftest import AT, ITEMS, PLATFORM, RELATIONS, person
from tests.cmdb.imports import imported, lines
from tests.hospital import ApiClient, client_of
from wardround.cmdb import (
    actions,
    bin_following,
    bin_queries,
    deleting,
    errors,
    models,
    purging,
    queries,
    restoring,
)
from wardround.cmdb.bin_types import BinFilters
from wardround.cmdb.types import ItemsDefinition
from wardround.collect.models import TargetRow
from wardround.kernel import secrets
from wardround.kernel.reach import EVERYTHING, reach
from wardround.kernel.types import EVERYWHERE, Scope


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("shen", "administrator")


def state() -> dict[str, Any]:
    """All that the item, its relations and what is derived of them come to, in the store."""
    items = models.Item.objects.order_by("id").values(
        "id", "key", "type", "name", "importance", "owner", "vendor", "attributes", "systems",
        "origin", "created_at",
    )  # fmt: skip
    return {
        "items": list(items.annotate(retired=F("retired_at"))),
        "relations": list(models.Relation.objects.order_by("id").values()),
        "uniques": sorted(models.KeptValue.objects.values_list("item", "of", "value", "alone")),
        "texts": list(models.ItemText.objects.order_by("item").values()),
    }


def test_deleted_and_back(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    before = state()
    host = str(hospital["host-1"])
    asked = {"items": [host], "reason": "entered twice", "ticket": "INC-1"}
    told = admin.post("/items/delete", {**asked, "trial": True})
    assert told.status == 200
    effects = {each["thing"]: each for each in told.body["items"][0]["effects"]}
    assert effects["relations"]["count"] == 2
    assert effects["relations"]["names"] == ["PACS 数据库", "核心交换机 1"]
    assert effects["systems"]["names"] == ["放射科PACS/RIS"]
    assert state() == before

    assert admin.post("/items/delete", asked).status == 200
    assert admin.get(f"/items/{host}").body["code"] == "item_deleted"
    assert admin.get("/items", retired="true", q="SN1").body["total"] == 0
    assert admin.get("/search", q="SN1").body["groups"] == []
    assert admin.get("/relations", item=host).body["total"] == 0
    nodes = admin.get(f"/items/{hospital['pacs']}/graph", direction="both", depth=9).body["nodes"]
    assert host not in {node["id"] for node in nodes}
    assert admin.delete(f"/items/{host}").status == 404

    page = admin.get("/recycle-bin", q="物理", type="host").body
    (row,) = page["items"]
    assert (row["name"], row["reason"], row["ticket"]) == ("物理服务器 1", "entered twice", "INC-1")
    assert (row["by"]["name"], row["relations"]) == ("shen (tests)", 2)
    assert admin.get("/recycle-bin", format="xlsx").status == 200

    back = admin.post("/recycle-bin/restore", {"items": [host]}).body
    assert (back["restored"], back["items"][0]["left"]) == (1, [])
    assert state() == before
    assert admin.get("/recycle-bin").body["total"] == 0
    fields = [each["field"] for each in admin.get(f"/items/{host}/changes").body["items"]]
    assert fields.count("deleted") == 2


def test_relations_wait_for_their_other_end(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    before = state()
    host, switch = str(hospital["host-1"]), str(hospital["switch-1"])
    for each in (host, switch):
        assert admin.delete(f"/items/{each}").status == 204
    first = admin.post("/recycle-bin/restore", {"items": [host]}).body["items"][0]
    assert first["relations"] == 1
    assert first["left"] == [
        "Relations to “核心交换机 1” (1) come back with that: it lies in the bin, too."
    ]
    second = admin.post("/recycle-bin/restore", {"items": [switch]}).body["items"][0]
    assert (second["relations"], second["left"]) == (2, [])
    assert state() == before


def test_who_named_it_names_it_again(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    before = state()
    gone = [str(hospital[key]) for key in ("zhou", "radiology", "v-imaging")]
    told = admin.post("/items/delete", {"items": gone}).body["items"]
    named = [{e["thing"]: e["names"] for e in each["effects"]}.get("named") for each in told]
    assert named == [["放射科PACS/RIS"]] * 3
    pacs = admin.get(f"/items/{hospital['pacs']}").body
    assert (pacs["owner"], pacs["vendor"]) == (None, None)
    assert "department" not in pacs["attributes"]
    tried = admin.post("/recycle-bin/restore", {"items": gone, "trial": True}).body
    assert (tried["restored"], admin.get("/recycle-bin").body["total"]) == (3, 3)
    admin.post("/recycle-bin/restore", {"items": gone})
    assert state() == before


def test_what_was_retired_comes_back_retired(hospital: dict[str, UUID]) -> None:
    host = hospital["host-1"]
    actions.retire_item(PLATFORM, host, at=AT)
    before = state()
    deleting.delete(PLATFORM, deleting.Wanted((host,)), at=AT)
    restoring.restore(PLATFORM, [host], at=AT)
    assert state() == before


def test_a_key_that_is_taken_meanwhile_is_told(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    spare = hospital["spare"]
    admin.delete(f"/items/{spare}")
    made = admin.post("/items", {"type": "host", "name": "新的", "key": "spare"})
    assert made.status == 201
    (told,) = admin.post("/recycle-bin/restore", {"items": [str(spare)]}).body["items"]
    assert told["became"] == "refused"
    assert told["left"] == ["Its key “spare” is that of “新的” by now."]
    assert not models.Item.objects.filter(id=spare).exists()


def test_purged_says_its_name_still(hospital: dict[str, UUID]) -> None:
    host, spare = hospital["host-1"], hospital["spare"]
    deleting.delete(PLATFORM, deleting.Wanted((host,)), at=AT)
    deleting.delete(PLATFORM, deleting.Wanted((spare,)), at=AT + timedelta(days=1))
    assert purging.purge_due(at=AT + timedelta(days=90, seconds=1)) == 1
    assert purging.purge_due(at=AT + timedelta(days=90, seconds=1)) == 0
    assert queries.refs([host])[host].name == "物理服务器 1"
    kept = models.Binned.objects.get(id=host)
    assert (kept.held, kept.attributes, kept.relations) == (None, {}, [])
    assert models.ItemChange.objects.filter(item=host).exists()
    with pytest.raises(restoring.NotInBin):
        restoring.restore(PLATFORM, [host], at=AT)
    assert purging.purge(PLATFORM, [spare], at=AT) == 1


def test_the_bin_is_under_reach(hospital: dict[str, UUID]) -> None:
    rights = ("cmdb.read", "cmdb.write", "cmdb.delete")
    theirs = person(Scope(systems=frozenset({hospital["lis"]})), *rights)
    every = person(EVERYWHERE, *rights)
    deleting.delete(every, deleting.Wanted((hospital["host-1"],)), at=AT)
    with pytest.raises(restoring.NotInBin):
        restoring.restore(theirs, [hospital["host-1"]], at=AT)
    seen = reach(theirs, "cmdb.delete")
    assert bin_queries.list_binned(seen, BinFilters()).total == 0
    assert queries.named(seen, [hospital["host-1"]]) == {}
    with pytest.raises(errors.UnknownItem):
        queries.item(seen, hospital["host-1"])
    deleting.delete(theirs, deleting.Wanted((hospital["host-2"],)), at=AT)
    (told,) = restoring.restore(theirs, [hospital["host-2"]], at=AT)
    assert told.relations == 2
    assert queries.item(EVERYTHING, hospital["host-2"]).name == "物理服务器 2"


def test_imports_tell_what_lies_in_the_bin(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    admin.delete(f"/items/{hospital['spare']}")
    run = imported(admin, [["key", "name"], ["spare", "备用"], ["more", "另一台"]], type="host")
    assert (run["created"], run["refused"]) == (1, 1)
    (line,) = lines(admin, run, verdict="refused")
    assert line["problems"][0]["message"] == (
        "“备用服务器” with this key lies in the recycle bin. Restore it there, or choose another"
        " key."
    )
    again = ItemsDefinition(name="ward", items=ITEMS, relations=RELATIONS)
    actions.import_items(PLATFORM, [again], at=AT)
    assert not models.Item.objects.filter(key="spare").exists()


def test_targets_and_tickets_of_a_deleted_item(hospital: dict[str, UUID]) -> None:
    host = hospital["host-1"]
    moments = {"asked_at": AT, "created_at": AT, "updated_at": AT}
    target = TargetRow.objects.create(
        name="t", item_id=host, template="linux", interval_s=30, timeout_s=5, **moments
    )
    (told,) = deleting.delete(PLATFORM, deleting.Wanted((host,)), at=AT)
    assert {each.thing: each.count for each in told.effects}["targets"] == 1
    assert not TargetRow.objects.exists()
    restoring.restore(PLATFORM, [host], at=AT)
    back = TargetRow.objects.get()
    assert (back.id, back.item_id, back.enabled) == (target.id, host, False)


def test_the_bin_follows_the_definitions(hospital: dict[str, UUID]) -> None:
    host = hospital["host-1"]
    deleting.delete(PLATFORM, deleting.Wanted((host,)), at=AT)
    bin_following.give_types({"host": "machine"})
    bin_following.give_kinds({"connects": "wired"})
    bin_following.rename_attribute("machine", "serial", "number")
    bin_following.seal((), "number")
    row = models.Binned.objects.get(id=host)
    assert row.type == "machine"
    assert sorted(each["kind"] for each in row.relations) == ["runs-on", "wired"]
    assert "serial" not in row.attributes
    assert secrets.unseal(row.attributes["number"]) == "SN1"


@given(st.data())
@settings(
    max_examples=15,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_deleting_and_restoring_is_nothing(hospital: dict[str, UUID], data: st.DataObject) -> None:
    """Any items, in any order and any company: what comes back is what was there."""
    point = transaction.savepoint()
    try:
        _there_and_back(hospital, data)
    finally:
        transaction.savepoint_rollback(point)


def _there_and_back(hospital: dict[str, UUID], data: st.DataObject) -> None:
    before = state()
    keys = data.draw(st.lists(st.sampled_from(sorted(hospital)), unique=True, min_size=1))
    for several in _cut(data, [hospital[key] for key in keys]):
        deleting.delete(PLATFORM, deleting.Wanted(several), at=AT)
    assert not {row["id"] for row in state()["items"]} & {hospital[key] for key in keys}
    for several in _cut(data, data.draw(st.permutations([hospital[key] for key in keys]))):
        restoring.restore(PLATFORM, several, at=AT)
    assert state() == before
    assert not models.Binned.objects.exists()


def _cut(data: st.DataObject, ids: list[UUID]) -> list[tuple[UUID, ...]]:
    size = data.draw(st.integers(1, len(ids)))
    return [tuple(ids[at : at + size]) for at in range(0, len(ids), size)]
