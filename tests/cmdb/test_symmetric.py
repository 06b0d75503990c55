"""A relation whose ends stand for the same is the same from either end."""

from __future__ import annotations

from importlib import import_module
from uuid import UUID

import pytest
from django.db import connection

from tests.cmdb.conftest import AT, PLATFORM
from tests.hospital import ApiClient, client_of
from wardround.cmdb import actions, models
from wardround.cmdb.types import ItemsDefinition, RelationEntry
from wardround.kernel.models import AuditRecord

join_symmetric = import_module("wardround.cmdb.migrations.0006_join_symmetric_relations")

TWIN = """\
kind: relation-kind
name: twin-of
label: Twin of
reverse_label: Twin of
carries_impact: none
symmetric: true
"""


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    client = client_of("head-of-twins", "administrator")
    saved = client.put("/definitions/relation-kind/twin-of", {"text": TWIN})
    assert saved.status == 200, saved.body
    return client


def twins() -> list[tuple[str, str]]:
    rows = models.Relation.objects.filter(kind="twin-of").order_by("id")
    return list(rows.values_list("source__key", "target__key"))


def test_drawn_from_the_other_end_it_exists_already(admin: ApiClient) -> None:
    there = {"kind": "twin-of", "source": "host-1", "target": "host-2"}
    back = {**there, "source": "host-2", "target": "host-1"}
    assert admin.post("/relations", there).status == 201
    refused = admin.post("/relations", back)
    assert (refused.status, refused.body["code"]) == (409, "relation_exists")
    assert twins() == [("host-1", "host-2")]


def test_definitions_join_it_and_let_go_of_it_once(admin: ApiClient) -> None:
    pairs = (("host-1", "host-2"), ("host-2", "host-1"))
    for name, (source, target) in zip("ab", pairs, strict=True):
        relation = RelationEntry(kind="twin-of", source=source, target=target)
        definition = ItemsDefinition(name=name, relations=(relation,))
        actions.import_items(PLATFORM, [definition], at=AT)
    assert twins() == [("host-1", "host-2")]
    actions.import_items(PLATFORM, [ItemsDefinition(name="b")], at=AT)
    assert twins() == []


def test_a_definition_that_tells_it_from_both_ends_is_refused(admin: ApiClient) -> None:
    text = (
        "kind: items\nname: twins\nrelations:\n"
        "  - {kind: twin-of, from: host-1, to: host-2}\n"
        "  - {kind: twin-of, from: host-2, to: host-1}\n"
    )
    told = admin.post("/definitions/items/twins/check", {"text": text}).body["problems"]
    assert [each["path"] for each in told] == ["relations[1]"]
    assert "stands here twice" in told[0]["message"]


# Drawn from both ends before it was symmetric -----------------------------------------------------

NEAR = TWIN.replace("twin-of", "near").replace("symmetric: true\n", "")


def draw(kind: str, source: str, target: str, origin: str = "") -> None:
    ids = {item.key: item for item in models.Item.objects.filter(key__in=(source, target))}
    models.Relation.objects.create(
        kind=kind, source=ids[source], target=ids[target], origin=origin, created_at=AT
    )


def standing(kind: str) -> list[tuple[str, str]]:
    rows = models.Relation.objects.filter(kind=kind).order_by("id")
    return list(rows.values_list("source__key", "target__key"))


def test_a_kind_that_becomes_symmetric_joins_what_stands_from_both_ends(admin: ApiClient) -> None:
    assert admin.put("/definitions/relation-kind/near", {"text": NEAR}).status == 200
    for source, target in (("host-1", "host-2"), ("host-2", "host-1"), ("host-1", "switch-1")):
        new = {"kind": "near", "source": source, "target": target}
        assert admin.post("/relations", new).status == 201
    body = {"text": NEAR + "symmetric: true\n", "base_version": 1}
    asked = admin.post("/definitions/relation-kind/near/check", body).body
    assert (asked["needs_consent"], asked["lost"]) == (
        True,
        "1 relation that stands from its other end too",
    )
    assert admin.put("/definitions/relation-kind/near", body).status == 409
    assert len(standing("near")) == 3
    assert admin.put("/definitions/relation-kind/near", {**body, "consent": True}).status == 200
    assert standing("near") == [("host-1", "host-2"), ("host-1", "switch-1")]
    (line,) = AuditRecord.objects.filter(action="relation.join")
    assert (line.subject_id, line.detail) == ("near", {"count": 1})


def test_a_new_name_and_symmetric_at_once(admin: ApiClient) -> None:
    assert admin.put("/definitions/relation-kind/near", {"text": NEAR}).status == 200
    draw("near", "host-1", "host-2")
    draw("near", "host-2", "host-1", origin="ours")
    text = NEAR.replace("name: near", "name: beside") + "symmetric: true\n"
    body = {"text": text, "base_version": 1, "renamed_from": "near", "consent": True}
    assert admin.put("/definitions/relation-kind/beside", body).status == 200
    assert standing("beside") == [("host-2", "host-1")]


def test_an_installation_that_has_both_is_joined_once(admin: ApiClient) -> None:
    assert admin.put("/definitions/relation-kind/near", {"text": NEAR}).status == 200
    for kind in ("twin-of", "near"):
        draw(kind, "host-1", "host-2")
        draw(kind, "host-2", "host-1")
    draw("twin-of", "switch-1", "host-1", origin="")
    draw("twin-of", "host-1", "switch-1", origin="ours")
    with connection.cursor() as cursor:
        cursor.execute(join_symmetric.JOIN)
        cursor.execute(join_symmetric.JOIN)
    assert standing("twin-of") == [("host-1", "host-2"), ("host-1", "switch-1")]
    assert len(standing("near")) == 2
