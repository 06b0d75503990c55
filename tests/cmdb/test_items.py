"""Items one by one: what may be done, what is refused, and what is told of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from tests.cmdb.conftest import AT, PLATFORM, person, seen_by
from wardround.cmdb import actions, errors, models, queries
from wardround.cmdb.types import (
    Condition,
    ConditionChange,
    Importance,
    ItemEdit,
    ItemFilters,
    NewItem,
    NewRelation,
    RelationFilters,
)
from wardround.kernel.errors import BadInput, Forbidden
from wardround.kernel.lists import Total
from wardround.kernel.models import AuditRecord
from wardround.kernel.reach import EVERYTHING
from wardround.kernel.types import EVERYWHERE, NOWHERE, Scope
from wardround.schema import queries as schema


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def names(filters: ItemFilters, **more: Any) -> list[str]:
    page = queries.list_items(EVERYTHING, filters, **more)
    return [item.key for item in page.items]


def test_an_item_is_created_with_its_history_and_one_audit_line(hospital: dict[str, UUID]) -> None:
    new = NewItem(
        type="host",
        name=" 物理服务器 3 ",
        key="host-3",
        importance=Importance.B,
        owner="zhou",
        vendor=str(hospital["v-imaging"]),
        attributes={"memory": 64, "rack": "A1"},
    )
    item = actions.create_item(PLATFORM, new, at=AT)
    assert (item.name, item.version, item.condition) == ("物理服务器 3", 1, Condition.UNKNOWN)
    assert item.owner is not None
    assert item.vendor is not None
    assert (item.owner.key, item.vendor.key) == ("zhou", "v-imaging")
    assert item.attributes == {"memory": 64, "rack": "A1"}
    assert queries.item(EVERYTHING, item.id) == item
    assert [one.field for one in queries.changes(EVERYTHING, item.id).changes] == ["created"]
    assert AuditRecord.objects.filter(action="item.create", subject_id=str(item.id)).count() == 1


@pytest.mark.parametrize(
    ("new", "fields"),
    [
        (NewItem("hots", "X"), {"type": "There is no item type “hots”. Did you mean “host”?"}),
        (NewItem(type="device", name="X"), {"type": "“device” is only there to be extended"}),
        (NewItem(type="host", name=" "), {"name": "A name is needed, of at most 300 characters."}),
        (NewItem("host", "X", key="a b"), {"key": "Use letters, digits and . _ : - only"}),
        (NewItem("host", "X", owner="nobody"), {"owner": "There is no item with the id or key"}),
        (
            NewItem(type="host", name="X", attributes={"memory": "x", "modle": "y"}),
            {
                "attributes.memory": "expected a number, found text (“x”)",
                "attributes.modle": "there is no such attribute; did you mean “model”?",
            },
        ),
        (
            NewItem(type="business-system", name="X", attributes={"department": "zhou"}),
            {"attributes.department": "This must be one of: Department; it is a Person."},
        ),
        (NewItem(type="ip-address", name="X"), {"attributes.address": "a value is needed"}),
    ],
)  # fmt: skip
def test_a_wrong_item_is_told_field_by_field(
    hospital: dict[str, UUID], new: NewItem, fields: dict[str, str]
) -> None:
    with pytest.raises(BadInput) as caught:
        actions.create_item(PLATFORM, new, at=AT)
    told = {one.field: one.message for one in caught.value.problems}
    assert all(told[field].startswith(message) for field, message in fields.items()), told
    assert told.keys() == fields.keys()


def test_a_key_is_given_once(hospital: dict[str, UUID]) -> None:
    with pytest.raises(errors.KeyTaken):
        actions.create_item(PLATFORM, NewItem(type="host", name="X", key="host-1"), at=AT)


def test_a_change_is_kept_attribute_by_attribute(hospital: dict[str, UUID]) -> None:
    edit = ItemEdit(name="主机", owner="zhou", attributes={"serial": None, "password": "lion"})
    item = actions.update_item(PLATFORM, hospital["host-1"], edit, version=1, at=AT)
    assert (item.version, item.attributes) == (2, {"password": "••••••"})
    history = queries.changes(EVERYTHING, item.id).changes
    assert {(one.field, one.old, one.new) for one in history} == {
        ("created", None, "物理服务器 1"),
        ("relation.connects", None, "核心交换机 1"),
        ("relation.runs-on", None, "PACS 数据库"),
        ("name", "物理服务器 1", "主机"),
        ("owner", None, str(hospital["zhou"])),
        ("attributes.serial", "SN1", None),
        ("attributes.password", "••••••", "••••••"),
    }
    again = actions.update_item(PLATFORM, item.id, edit, version=2, at=AT)
    assert again == item


def test_a_stale_change_is_refused(hospital: dict[str, UUID]) -> None:
    actions.update_item(PLATFORM, hospital["host-1"], ItemEdit(name="A"), version=1, at=AT)
    with pytest.raises(errors.StaleItem):
        actions.update_item(PLATFORM, hospital["host-1"], ItemEdit(name="B"), version=1, at=AT)
    assert queries.item(EVERYTHING, hospital["host-1"]).name == "A"


def test_a_retired_item_leaves_the_lists_and_keeps_its_history(hospital: dict[str, UUID]) -> None:
    actions.retire_item(PLATFORM, hospital["pacs-db"], at=AT)
    actions.retire_item(PLATFORM, hospital["pacs-db"], at=AT)
    assert "pacs-db" not in names(ItemFilters())
    assert names(ItemFilters(types=("database",), retired=True)) == ["pacs-db"]
    assert [one.field for one in queries.changes(EVERYTHING, hospital["pacs-db"]).changes] == [
        "retired",
        "relation.runs-on",
        "relation.uses",
        "created",
    ]
    assert queries.systems_of([hospital["host-1"]]) == {hospital["host-1"]: frozenset()}


# Systems -----------------------------------------------------------------------------------------


def test_an_item_knows_the_systems_it_serves(hospital: dict[str, UUID]) -> None:
    both = {hospital["pacs"], hospital["lis"]}
    found = queries.systems_of(hospital.values())
    by_key = {key: set(found[id_]) for key, id_ in hospital.items()}
    assert by_key["switch-1"] == both
    assert by_key["host-1"] == by_key["pacs-db"] == by_key["pacs"] == {hospital["pacs"]}
    assert by_key["if-1"] == both, "its provider's and its consumer's"
    assert by_key["host-2"] == {hospital["lis"]}, "what PACS needs of LIS is no part of PACS"
    assert by_key["spare"] == by_key["zhou"] == by_key["radiology"] == set()


def test_relations_change_the_systems(hospital: dict[str, UUID]) -> None:
    relation = actions.relate(
        PLATFORM, NewRelation("runs-on", "pacs-db", str(hospital["spare"])), at=AT
    )
    assert queries.systems_of([hospital["spare"]])[hospital["spare"]] == {hospital["pacs"]}
    actions.unrelate(PLATFORM, relation.id, at=AT)
    assert queries.systems_of([hospital["spare"]])[hospital["spare"]] == frozenset()
    assert [one.field for one in queries.changes(EVERYTHING, hospital["spare"]).changes] == [
        "relation.runs-on",
        "relation.runs-on",
        "created",
    ]


def test_a_circle_of_relations_ends(hospital: dict[str, UUID]) -> None:
    actions.relate(PLATFORM, NewRelation("uses", "switch-1", "host-1"), at=AT)
    assert queries.systems_of([hospital["host-1"]])[hospital["host-1"]] == {
        hospital["pacs"],
        hospital["lis"],
    }
    assert actions.recompute_systems(PLATFORM) == 0


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewRelation("usse", "pacs", "lis"), "kind"),
        (NewRelation("uses", "pacs", "pacs"), "target"),
        (NewRelation("uses", "nothing", "pacs"), "source"),
        (NewRelation("provides", "pacs", "lis"), "kind"),
    ],
)
def test_a_wrong_relation_is_told(hospital: dict[str, UUID], new: NewRelation, field: str) -> None:
    with pytest.raises(BadInput) as caught:
        actions.relate(PLATFORM, new, at=AT)
    assert [one.field for one in caught.value.problems] == [field]


def test_a_relation_is_made_once(hospital: dict[str, UUID]) -> None:
    with pytest.raises(errors.RelationExists):
        actions.relate(PLATFORM, NewRelation("uses", "pacs", "pacs-app-1"), at=AT)


def test_the_class_of_a_part_is_the_best_of_its_systems(hospital: dict[str, UUID]) -> None:
    found = queries.importance_of(list(hospital.values()))
    assert found[hospital["switch-1"]] == "A"
    assert found[hospital["lis"]] == "B"
    assert found[hospital["spare"]] is None


# Conditions --------------------------------------------------------------------------------------


def test_conditions_are_set_in_one_statement_and_told_once(hospital: dict[str, UUID]) -> None:
    changes = [
        ConditionChange(hospital["host-1"], Condition.WARNING),
        ConditionChange(hospital["host-1"], Condition.DOWN),
        ConditionChange(hospital["host-2"], Condition.OK),
        ConditionChange(uuid4(), Condition.DOWN),
    ]
    assert set(actions.set_conditions(PLATFORM, changes, AT)) == {
        hospital["host-1"],
        hospital["host-2"],
    }
    assert actions.set_conditions(PLATFORM, changes, AT) == ()
    assert names(ItemFilters(conditions=(Condition.DOWN,))) == ["host-1"]
    assert names(ItemFilters(types=("host",)), sort="condition") == ["host-1", "spare", "host-2"]
    assert queries.item(EVERYTHING, hospital["host-1"]).condition_since == AT


# Lists and scopes --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "keys"),
    [
        (ItemFilters(types=("host",)), {"host-1", "host-2", "spare"}),
        (ItemFilters(types=("device",)), {"host-1", "host-2", "spare", "switch-1"}),
        (ItemFilters(layers=("business", "infrastructure")), {"pacs", "lis", "switch-1"}),
        (ItemFilters(types=("host",), layers=("business",)), set()),
        (ItemFilters(types=("nothing",)), set()),
        (ItemFilters(importances=(Importance.A,)), {"pacs"}),
        (ItemFilters(q="pacs 应用"), {"pacs-app-1", "pacs-app-2"}),
        (ItemFilters(q="sn1"), {"host-1"}),
        (ItemFilters(q="50%_"), set()),
        (ItemFilters(keys=("lis",)), {"lis"}),
    ],
)
def test_lists_are_narrowed(
    hospital: dict[str, UUID], filters: ItemFilters, keys: set[str]
) -> None:
    page = queries.list_items(EVERYTHING, filters)
    assert {item.key for item in page.items} == keys
    assert page.total == Total(len(keys))


@pytest.mark.parametrize("sort", ["name", "-name", "condition", "-importance", "key", None])
def test_pages_hold_every_item_once(hospital: dict[str, UUID], sort: str | None) -> None:
    seen: list[str] = []
    cursor = None
    while True:
        page = queries.list_items(EVERYTHING, ItemFilters(), limit=4, cursor=cursor, sort=sort)
        seen += [item.key for item in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert sorted(seen) == sorted(hospital)


def test_a_list_takes_the_same_number_of_queries_for_any_number_of_rows(
    hospital: dict[str, UUID],
) -> None:
    counts = set()
    queries.list_items(EVERYTHING, ItemFilters())  # definitions are read once and kept
    for limit in (1, 13):
        with CaptureQueriesContext(connection) as captured:
            queries.list_items(EVERYTHING, ItemFilters(), limit=limit)
        with CaptureQueriesContext(connection) as relations:
            queries.list_relations(EVERYTHING, RelationFilters(), limit=limit)
        counts.add((len(captured), len(relations)))
    assert counts == {(3, 2), (4, 2)}  # one more where business systems are among them


def test_the_parts_of_a_system_abnormal_first_then_layer_by_layer(
    hospital: dict[str, UUID],
) -> None:
    wanted = ItemFilters(part_of=(hospital["pacs"],))
    before = queries.list_items(EVERYTHING, wanted, sort="part", limit=50).items
    assert hospital["pacs"] not in {item.id for item in before}
    worst, second = before[-1], before[-2]
    models.Item.objects.filter(id=worst.id).update(condition="down")
    models.Item.objects.filter(id=second.id).update(condition="warning")
    pages, cursor = [], None
    while True:
        page = queries.list_items(EVERYTHING, wanted, sort="part", limit=2, cursor=cursor)
        pages += page.items
        cursor = page.next
        if cursor is None:
            break
    assert {item.id for item in pages} == {item.id for item in before}
    assert [item.id for item in pages[:2]] == [worst.id, second.id]
    places = {layer.name: place for place, layer in enumerate(schema.layers())}
    rest = [places[item.layer] for item in pages[2:]]
    assert rest == sorted(rest)
    parts = queries.item(EVERYTHING, hospital["pacs"]).parts
    assert parts is not None
    assert (parts.all, parts.abnormal, parts.worst) == (len(before), 2, Condition.DOWN)


def test_a_narrow_scope_sees_its_systems_only(hospital: dict[str, UUID]) -> None:
    """Nothing leaks: not by list, id, search, relation, history or the names of systems."""
    vendor = person(Scope(systems=frozenset({hospital["lis"]})))
    page = queries.list_items(seen_by(vendor), ItemFilters())
    assert {item.key for item in page.items} == {"lis", "host-2", "switch-1", "if-1"}
    assert page.total == Total(len(page.items))
    switch = next(item for item in page.items if item.key == "switch-1")
    assert [system.key for system in switch.systems] == ["lis"]
    assert queries.list_items(seen_by(vendor), ItemFilters(q="PACS")).items == ()
    assert queries.items(seen_by(vendor), [hospital["pacs"]]) == {}
    for hidden in ("pacs", "host-1", "zhou"):
        with pytest.raises(errors.UnknownItem):
            queries.item(seen_by(vendor), hospital[hidden])
        with pytest.raises(errors.UnknownItem):
            queries.changes(seen_by(vendor), hospital[hidden])
        with pytest.raises(errors.UnknownItem):
            actions.update_item(vendor, hospital[hidden], ItemEdit(name="X"), version=1, at=AT)
    relations = queries.list_relations(seen_by(vendor), RelationFilters()).relations
    assert {(one.source.key, one.target.key) for one in relations} == {
        ("lis", "host-2"),
        ("host-2", "switch-1"),
        ("lis", "if-1"),
    }
    with pytest.raises(Forbidden):
        actions.create_item(vendor, NewItem(type="host", name="X"), at=AT)
    assert (
        actions.update_item(vendor, hospital["host-2"], ItemEdit(name="X"), version=1, at=AT).name
        == "X"
    )


def test_an_organisation_sees_the_systems_it_uses(hospital: dict[str, UUID]) -> None:
    clerk = person(Scope(organisations=frozenset({hospital["radiology"]})))
    seen = {item.key for item in queries.list_items(seen_by(clerk), ItemFilters()).items}
    assert {"pacs", "host-1", "switch-1", "radiology"} <= seen
    assert "lis" not in seen
    assert "spare" not in seen


@pytest.mark.parametrize("scope", [NOWHERE, Scope(systems=frozenset({uuid4()}))])
def test_no_grant_no_row(hospital: dict[str, UUID], scope: Scope) -> None:
    assert queries.list_items(seen_by(person(scope)), ItemFilters()).items == ()
    assert queries.list_relations(seen_by(person(scope)), RelationFilters()).relations == ()


def test_reading_is_not_writing(hospital: dict[str, UUID]) -> None:
    reader = person(EVERYWHERE, "cmdb.read")
    with pytest.raises(Forbidden):
        actions.update_item(reader, hospital["pacs"], ItemEdit(name="X"), version=1, at=AT)
    with pytest.raises(Forbidden):
        actions.retire_item(reader, hospital["pacs"], at=AT)
    with pytest.raises(Forbidden):
        actions.relate(reader, NewRelation("uses", "pacs", "lis"), at=AT)
    with pytest.raises(Forbidden):
        actions.set_conditions(reader, [], AT)


def test_impact_relations_point_from_what_suffers_to_what_it_needs(
    hospital: dict[str, UUID],
) -> None:
    keys = {id_: key for key, id_ in hospital.items()}
    found = {(keys[one.dependent], keys[one.needed]) for one in queries.impact_relations()}
    assert ("if-1", "lis") in found, "an interface needs its provider"
    assert ("pacs", "if-1") in found
    assert ("zhou", "pacs") not in found
