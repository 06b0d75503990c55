"""What a type is to the platform stands in its definition: a hospital names its types as it likes.

Here the systems are called suites and the organisations wards; no shipped type plays a part.
"""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.cmdb.conftest import AT, PLATFORM, person, seen_by
from tests.hospital import client_of
from wardround.cmdb import actions, queries
from wardround.cmdb.types import ItemEntry, ItemFilters, ItemsDefinition, RelationEntry
from wardround.kernel.reach import EVERYTHING
from wardround.kernel.types import Scope
from wardround.schema import actions as schema_actions
from wardround.schema import differences
from wardround.schema.sources import Source

HEAD = 'pack: own\nversion: "1"\nlabel: Own\n'
MODEL = """
kind: layer
name: all
label: All
order: 1
view: business
---
kind: relation-kind
name: needs
label: needs
carries_impact: target-to-source
gate: and
---
kind: item-type
name: ward
label: Ward
layer: all
roles: [organisation]
---
kind: item-type
name: night-ward
label: Night ward
extends: ward
---
kind: item-type
name: suite
label: Suite
layer: all
roles: [system]
attributes:
  - {name: home, label: Home, type: reference, to: ward, scope: true}
  - {name: nickname, label: Nickname, type: text, search: true}
  - {name: remark, label: Remark, type: text}
---
kind: item-type
name: cloud-suite
label: Cloud suite
extends: suite
---
kind: item-type
name: box
label: Box
layer: all
"""
ITEMS = (
    ItemEntry(key="w-1", type="night-ward", name="夜班病区"),
    ItemEntry(key="s-1", type="suite", name="排班套件"),
    ItemEntry(
        key="s-2",
        type="cloud-suite",
        name="云套件",
        attributes={"home": "w-1", "nickname": "Kite", "remark": "x9"},
    ),
    ItemEntry(key="b-1", type="box", name="盒子"),
)


def pack(model: str) -> Source:
    return Source("own", {"pack.yaml": HEAD.encode(), "model.yaml": model.encode()})


@pytest.fixture
def own(db: None) -> dict[str, UUID]:
    schema_actions.import_packs(PLATFORM, [pack(MODEL)], at=AT)
    relations = (RelationEntry(kind="needs", source="s-2", target="b-1"),)
    actions.import_items(
        PLATFORM, [ItemsDefinition(name="all", items=ITEMS, relations=relations)], at=AT
    )
    return {key: ref.id for key, ref in queries.items_by_key([one.key for one in ITEMS]).items()}


def test_whatever_extends_a_system_is_one(own: dict[str, UUID]) -> None:
    assert [system.key for system in queries.systems(EVERYTHING)] == ["s-2", "s-1"]
    assert queries.systems_of([own["b-1"]]) == {own["b-1"]: frozenset({own["s-2"]})}


def test_a_scope_over_an_organisation_reaches_what_it_uses(own: dict[str, UUID]) -> None:
    nurse = person(Scope(organisations=frozenset({own["w-1"]})))
    seen = {item.key for item in queries.list_items(seen_by(nurse), ItemFilters()).items}
    assert seen == {"w-1", "s-2", "b-1"}


def test_lists_are_narrowed_by_role_and_items_tell_theirs(own: dict[str, UUID]) -> None:
    client = client_of("li", "administrator")
    systems = client.get("/items", role="system").body["items"]
    assert {(one["key"], *one["roles"]) for one in systems} == {
        ("s-1", "system"),
        ("s-2", "system"),
    }
    wards = client.get("/items", role="organisation").body["items"]
    assert [one["key"] for one in wards] == ["w-1"]
    assert client.get("/items", role="person").status == 422
    told = {one["name"]: one["roles"] for one in client.get("/item-types").body["items"]}
    assert told == {
        "box": [],
        "suite": ["system"],
        "cloud-suite": ["system"],
        "ward": ["organisation"],
        "night-ward": ["organisation"],
    }


def test_a_search_looks_into_what_is_marked_for_it(own: dict[str, UUID]) -> None:
    found = queries.list_items(EVERYTHING, ItemFilters(q="kite")).items
    assert [item.key for item in found] == ["s-2"]
    assert queries.list_items(EVERYTHING, ItemFilters(q="x9")).items == ()


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("roles: [system]", "roles: [sistem]", "found sistem, expected one of: system"),
        ("to: ward, scope", "to: box, scope", "a scope is given over organisations"),
        ("roles: [system]", "roles: []", "only an attribute of a system"),
        ("type: reference, to: ward", "type: text", "a text cannot be used for “scope”"),
        ("type: text, search", "type: number, search", "a number cannot be used for “search”"),
        ("type: text, search", "type: secret, filter", "a secret cannot be used for “filter”"),
    ],
)
def test_a_flag_that_could_do_nothing_is_refused(
    db: None, before: str, after: str, told: str
) -> None:
    found = [
        problem.text()
        for problem in differences.loaded([pack(MODEL.replace(before, after))]).problems
    ]
    assert any(text.startswith(told) for text in found), found
