"""Roles and impact taken from definitions: counted before, and all that lives by them follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest

from tests.cmdb.conftest import AT, PLATFORM, person, seen_by
from tests.cmdb.test_roles import MODEL, own, pack
from tests.hospital import ApiClient, client_of
from wardround.cmdb import models, queries, systems
from wardround.cmdb.types import ItemFilters
from wardround.kernel.models import AuditRecord
from wardround.kernel.reach import EVERYTHING
from wardround.kernel.types import Scope
from wardround.schema import actions as schema

__all__ = ["own"]

SYSTEM, RUNS_ON = "item-type/business-system", "relation-kind/runs-on"
HOSPITAL_ITEMS = """\
kind: items
name: robots
items:
  - {key: robot-1, type: host, name: 一号机器人}
relations:
  - {kind: connects, from: robot-1, to: switch-1}
  - {kind: runs-on, from: lis, to: robot-1}
"""


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("modeller", "administrator")


def text_of(admin: ApiClient, path: str) -> tuple[str, int]:
    found = admin.get(f"/definitions/{path}").body
    return found["text"], found["version"]


def proposal(admin: ApiClient, path: str, *changes: tuple[str, str]) -> dict[str, Any]:
    text, version = text_of(admin, path)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return {"text": text, "base_version": version}


def lost(answer: Mapping[str, Any]) -> dict[str, int]:
    return {each["thing"]: each["count"] for change in answer["changes"] for each in change["lost"]}


def served(hospital: Mapping[str, UUID], key: str) -> set[str]:
    (systems_,) = queries.systems_of([hospital[key]]).values()
    return {name for name, id_ in hospital.items() if id_ in systems_}


def test_a_kind_that_carries_impact_no_longer_is_counted_and_reach_follows_at_once(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    silent = ("carries_impact: target-to-source\ngate: and\n", "")
    wanted = proposal(admin, RUNS_ON, silent)
    checked = admin.post(f"/definitions/{RUNS_ON}/check", wanted).body
    # host-1 and its switch for PACS, host-2 for the laboratory
    assert lost(checked) == {"impact": 2, "served": 3}
    assert checked["lost"] == (
        "2 relations that carry impact as before no longer, 3 items that serve a system no longer"
    )
    refused = admin.put(f"/definitions/{RUNS_ON}", wanted)
    assert (refused.status, refused.body["code"]) == (409, "consent_needed")
    assert served(hospital, "host-1") == {"pacs"}

    laboratory = seen_by(person(Scope(systems=frozenset({hospital["lis"]}))))
    seen = {item.key for item in queries.list_items(laboratory, ItemFilters()).items}
    assert seen == {"lis", "host-2", "switch-1", "if-1"}
    assert admin.put(f"/definitions/{RUNS_ON}", {**wanted, "consent": True}).status == 200
    assert served(hospital, "host-1") == served(hospital, "switch-1") == set()
    seen = {item.key for item in queries.list_items(laboratory, ItemFilters()).items}
    assert seen == {"lis", "if-1"}
    assert AuditRecord.objects.get(action="item.serve_anew").detail == {"count": 3}

    back = proposal(admin, RUNS_ON, ("name: runs-on\n", f"name: runs-on\n{silent[0]}"))
    assert lost(admin.post(f"/definitions/{RUNS_ON}/check", back).body) == {}
    assert admin.put(f"/definitions/{RUNS_ON}", back).status == 200
    assert served(hospital, "switch-1") == {"pacs", "lis"}


def test_a_type_that_is_a_system_no_longer_is_counted_and_serves_nothing_from_then_on(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    everything = models.Item.objects.exclude(systems=[]).count()
    wanted = proposal(admin, SYSTEM, ("roles: [system]\n", ""), (", scope: true", ""))
    checked = admin.post(f"/definitions/{SYSTEM}/check", wanted).body
    assert lost(checked) == {"system": 2, "scope": 1, "served": everything}
    assert "2 business systems that are none any more" in checked["lost"]
    assert admin.put(f"/definitions/{SYSTEM}", wanted).status == 409
    assert admin.put(f"/definitions/{SYSTEM}", {**wanted, "consent": True}).status == 200
    assert models.Item.objects.exclude(systems=[]).count() == 0
    assert queries.systems(EVERYTHING) == ()
    assert admin.get("/boards/systems").body["items"] == []
    _text, version = text_of(admin, SYSTEM)
    before = admin.get(f"/definitions/{SYSTEM}/versions").body["items"][-1]["text"]
    back = {"text": before, "base_version": version}
    assert admin.put(f"/definitions/{SYSTEM}", back).status == 200
    assert models.Item.objects.exclude(systems=[]).count() == everything


def test_a_new_system_in_between_takes_what_lies_behind_it(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    """PACS reaches its hosts through its applications; no system serves through another."""
    path = "item-type/application"
    text, version = text_of(admin, path)
    wanted = {"text": f"{text.rstrip()}\nroles: [system]\n", "base_version": version}
    checked = admin.post(f"/definitions/{path}/check", wanted).body
    # both applications, the database and its host serve PACS no longer; the switch neither
    assert lost(checked) == {"served": 5}
    assert admin.put(f"/definitions/{path}", {**wanted, "consent": True}).status == 200
    assert served(hospital, "host-1") == {"pacs-app-1"}


def test_a_reversed_impact_is_counted_though_reach_stays(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    wanted = proposal(admin, RUNS_ON, ("target-to-source", "source-to-target"))
    assert lost(admin.post(f"/definitions/{RUNS_ON}/check", wanted).body) == {"impact": 2}
    assert admin.put(f"/definitions/{RUNS_ON}", wanted).status == 409


@pytest.mark.parametrize(
    ("old", "new", "counted"),
    [
        ("label: Cloud suite\nextends: suite", "label: Cloud suite\nlayer: all", True),
        ("to: ward, scope: true", "to: ward", True),
        ("name: home, label: Home", "name: house, renamed_from: home, label: Home", False),
        ("name: suite\nlabel: Suite", "name: suite\nlabel: Room", False),
    ],
)
def test_what_a_type_inherits_counts_and_a_new_name_takes_nothing(
    own: dict[str, UUID], *, old: str, new: str, counted: bool
) -> None:
    wanted = pack(MODEL.replace(old, new))
    assert wanted != pack(MODEL)
    before = _scoped(own)
    difference, problems = schema.check_packs(PLATFORM, [wanted])
    assert problems == []
    assert bool(difference.lost) is counted
    if counted:
        with pytest.raises(schema.ConsentNeeded):
            schema.import_packs(PLATFORM, [wanted], at=AT)
    schema.import_packs(PLATFORM, [wanted], at=AT, consent=counted)
    assert (_scoped(own) == before) is not counted
    assert systems.recompute() == []


def _scoped(own: Mapping[str, UUID]) -> set[str]:
    """What somebody sees who sees a ward."""
    nurse = person(Scope(organisations=frozenset({own["w-1"]})))
    return {item.key for item in queries.list_items(seen_by(nurse), ItemFilters()).items}


def test_a_renamed_system_type_goes_on_serving(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    wanted = proposal(admin, SYSTEM, ("name: business-system", "name: line-of-business"))
    wanted["renamed_from"] = "business-system"
    path = "item-type/line-of-business"
    assert lost(admin.post(f"/definitions/{path}/check", wanted).body) == {}
    assert admin.put(f"/definitions/{path}", wanted).status == 200
    assert systems.recompute() == []
    assert served(hospital, "switch-1") == {"pacs", "lis"}


def test_a_relation_that_its_definition_no_longer_names_is_counted(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    assert admin.put("/definitions/items/robots", {"text": HOSPITAL_ITEMS}).status == 200
    assert served({**hospital, **_ids("robot-1")}, "robot-1") == {"lis"}
    less = HOSPITAL_ITEMS.replace("  - {kind: runs-on, from: lis, to: robot-1}\n", "")
    wanted = {"text": less, "base_version": 1}
    checked = admin.post("/definitions/items/robots/check", wanted).body
    assert (lost(checked), checked["lost"]) == ({"relation": 1}, "1 relation")
    assert admin.put("/definitions/items/robots", wanted).status == 409
    assert models.Relation.objects.filter(origin="robots").count() == 2
    assert admin.put("/definitions/items/robots", {**wanted, "consent": True}).status == 200
    assert served({**hospital, **_ids("robot-1")}, "robot-1") == set()
    retired = admin.post("/definitions/items/robots/check-retirement").body
    assert lost(retired) == {"item": 1, "relation": 1}


def _ids(*keys: str) -> dict[str, UUID]:
    return {key: ref.id for key, ref in queries.items_by_key(keys).items()}


def test_documents_that_serve_no_system_any_more_are_counted(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    about = {"kind": "describes", "target": str(hospital["pacs-db"])}
    made = admin.post("/items", {"type": "document", "name": "库手册", "key": "manual"})
    assert made.status == 201, made.body
    assert admin.post("/relations", {**about, "source": made.body["id"]}).status == 201
    assert served({**hospital, **_ids("manual")}, "manual") == {"pacs"}
    path = "relation-kind/describes"
    less = proposal(admin, path, ("capabilities: {to: documents}\n", ""))
    assert lost(admin.post(f"/definitions/{path}/check", less).body) == {"served": 1}
    assert admin.put(f"/definitions/{path}", {**less, "consent": True}).status == 200
    assert served({**hospital, **_ids("manual")}, "manual") == set()
    assert systems.recompute() == []
