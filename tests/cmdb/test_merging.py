"""Two that are one: values chosen, everything else carried over, and nothing left dangling."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db.models import Field, JSONField, UUIDField

from tests.cmdb.conftest import AT, PLATFORM, person
from tests.hospital import ApiClient, client_of
from wardround.access.models import Account, RoleAssignment
from wardround.alerts.models import Alert
from wardround.cmdb import actions, errors, merging, models, queries
from wardround.cmdb.types import ItemEdit, NewRelation
from wardround.collect.models import TargetRow
from wardround.kernel.errors import BadInput
from wardround.kernel.ids import new_id
from wardround.kernel.reach import EVERYTHING
from wardround.kernel.types import Scope

SAYS_WHAT_WAS = {
    "cmdb_binned", "cmdb_item_change", "cmdb_import_line", "cmdb_graph_change",
    "kernel_audit_record", "procrastinate_jobs", "procrastinate_events",
}  # fmt: skip
"""Tables that tell what once was, by names that are kept for deleted items."""


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("shen", "administrator")


def naming(item: UUID) -> Iterator[str]:
    """Every column of every table that holds the id of an item, in whatever form."""
    for model in apps.get_models():
        table = model._meta.db_table
        for column in model._meta.concrete_fields:
            if table not in SAYS_WHAT_WAS and _holds(column):
                values = model._default_manager.values_list(column.attname, flat=True)
                if any(str(item) in str(value) for value in values):
                    yield f"{table}.{column.attname}"


def _holds(column: Field[Any, Any]) -> bool:
    return isinstance(column, UUIDField | ArrayField | JSONField) or column.is_relation


def test_all_that_names_one_names_the_other(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    stays, gone, zhou = hospital["host-2"], hospital["host-1"], hospital["zhou"]
    moments = {"asked_at": AT, "created_at": AT, "updated_at": AT}
    TargetRow.objects.create(
        name="t", item_id=gone, template="linux", interval_s=30, timeout_s=5, **moments
    )
    Alert.objects.create(
        fingerprint=new_id(), rule="r", severity="warning", item_id=gone, item_name="x",
        started_at=AT, last_at=AT, systems=[gone],
    )  # fmt: skip
    shen = Account.objects.get(user_name="shen")
    RoleAssignment.objects.filter(account=shen).update(systems=[gone])
    asked = {"stays": str(stays), "gone": [str(gone)]}
    take = {"attributes.serial": str(gone), "attributes.password": str(gone)}
    tried = admin.post("/items/merge", {**asked, "take": take, "trial": True})
    assert {each["thing"]: each["count"] for each in tried.body["carried"]} == {
        "relations": 1, "targets": 1, "alerts": 1,
    }  # fmt: skip
    assert models.Item.objects.filter(id=gone).exists()

    done = admin.post("/items/merge", {**asked, "take": take, "reason": "one machine"})
    assert (done.status, done.body["left"]) == (200, [])
    assert list(naming(gone)) == []
    kept = models.Item.objects.get(id=stays)
    assert kept.attributes["serial"] == "SN1"
    assert set(kept.systems) == {hospital["pacs"], hospital["lis"]}
    kinds = models.Relation.objects.filter(source__in=[stays]) | models.Relation.objects.filter(
        target=stays
    )
    assert sorted(kinds.values_list("kind", flat=True)) == ["connects", "runs-on", "runs-on"]

    led = admin.get(f"/items/{gone}").body
    assert (led["id"], led["key"]) == (str(stays), "host-2")
    (row,) = admin.get("/recycle-bin").body["items"]
    assert (row["merged_into"]["name"], row["reason"]) == ("物理服务器 2", "one machine")
    assert zhou in queries.items(EVERYTHING, [zhou])

    back = admin.post("/recycle-bin/restore", {"items": [str(gone)]}).body["items"][0]
    assert back["became"] == "restored"
    assert admin.get(f"/items/{gone}").body["id"] == str(gone)


def test_who_names_it_names_the_one_that_stays(hospital: dict[str, UUID]) -> None:
    zhou = hospital["zhou"]
    twin = actions.create_item(
        PLATFORM, actions.NewItem(type="person", name="周海涛", key="zhou-2"), at=AT
    )
    wanted = merging.Wanted(twin.id, (zhou,), {"attributes.mobile": zhou})
    told = merging.merge(PLATFORM, wanted, at=AT)
    assert {each.thing: each.count for each in told.carried} == {"relations": 1, "named": 1}
    pacs = models.Item.objects.get(id=hospital["pacs"])
    assert pacs.owner_id == twin.id
    assert list(naming(zhou)) == []


def test_relations_between_them_and_alike_go(hospital: dict[str, UUID]) -> None:
    stays, gone = hospital["pacs-app-1"], hospital["pacs-app-2"]
    between = NewRelation("uses", str(stays), str(gone))
    actions.relate(PLATFORM, between, at=AT)
    told = merging.merge(PLATFORM, merging.Wanted(stays, (gone,)), at=AT)
    assert told.carried == ()
    assert list(naming(gone)) == []


def test_what_cannot_be_is_refused(hospital: dict[str, UUID]) -> None:
    stays, gone = hospital["host-2"], hospital["host-1"]
    for take in ({"attributes.nonsense": gone}, {"name": hospital["lis"]}, {"colour": gone}):
        with pytest.raises(BadInput):
            merging.merge(PLATFORM, merging.Wanted(stays, (gone,), take), at=AT)
    with pytest.raises(BadInput):
        merging.merge(PLATFORM, merging.Wanted(stays, (stays,)), at=AT)
    actions.update_item(PLATFORM, gone, ItemEdit(name="neu"), version=1, at=AT)
    with pytest.raises(errors.StaleItem):
        merging.merge(PLATFORM, merging.Wanted(stays, (gone,), versions={gone: 1}), at=AT)
    theirs = person(
        Scope(systems=frozenset({hospital["lis"]})), "cmdb.read", "cmdb.write", "cmdb.delete"
    )
    with pytest.raises(errors.UnknownItem):
        merging.merge(theirs, merging.Wanted(stays, (gone,)), at=AT)
