"""Decisions of the configuration database, on types of a small hospital."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardround.cmdb import rules
from wardround.schema.kinds import read
from wardround.schema.types import Impact, ItemRole, ItemType, RelationKind, with_inherited

NAMES = st.sampled_from(("name", "attributes.cpu", "attributes.password", "attributes.owner"))
STORED = st.dictionaries(NAMES, st.none() | st.integers(0, 3) | st.sampled_from(("", "a")))


def _attribute(name: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    return {"name": name, "label": name, "type": kind, **more}


def _types(*declared: dict[str, Any]) -> dict[str, ItemType]:
    every = {given["name"]: read(ItemType, {"label": given["name"], **given}) for given in declared}
    return {name: with_inherited(item_type, every) for name, item_type in every.items()}


TYPES = _types(
    {"name": "machine", "layer": "hardware", "abstract": True, "attributes": [
        _attribute("serial", search=True), _attribute("room", "reference", to=["site"])]},
    {"name": "server", "extends": "machine", "attributes": [
        _attribute("password", "secret"), _attribute("model", search=True)]},
    {"name": "virtual-server", "extends": "server", "layer": "platform"},
    {"name": "application", "layer": "service", "roles": ["system"], "attributes": [
        _attribute("used_by", "reference", scope=True), _attribute("note")]},
    {"name": "ward", "layer": "house", "roles": ["organisation"]},
    {"name": "site", "layer": "house"},
)  # fmt: skip


@given(STORED, STORED, st.frozensets(NAMES))
def test_changes_are_what_differs_and_never_tell_a_secret(
    before: dict[str, Any], after: dict[str, Any], secret: frozenset[str]
) -> None:
    found = {change.field: change for change in rules.changes(before, after, secret=secret)}
    assert set(found) == {name for name, new in after.items() if before.get(name) != new}
    for name, change in found.items():
        for told, held in ((change.old, before.get(name)), (change.new, after[name])):
            if name not in secret:
                assert told == held
            elif held is None:
                assert told is None
            else:
                assert set(told) == {"•"}


@given(STORED, STORED)
def test_an_edit_replaces_what_it_gives_and_takes_out_what_it_empties(
    before: dict[str, Any], given_values: dict[str, Any]
) -> None:
    after = rules.merged(before, given_values)
    for name in {*before, *given_values}:
        assert after.get(name) == given_values.get(name, before.get(name))
    assert None not in after.values()


def test_types_are_found_by_role_layer_and_use() -> None:
    assert rules.types_with(ItemRole.SYSTEM, TYPES) == ["application"]
    assert rules.types_with(ItemRole.ORGANISATION, TYPES) == ["ward"]
    assert rules.types_in(["hardware"], TYPES) == ["machine", "server"]
    assert rules.types_in(["platform", "house"], TYPES) == ["site", "virtual-server", "ward"]
    assert rules.usable_types(TYPES) == set(TYPES) - {"machine"}


def test_subtypes_count_and_unknown_names_stay() -> None:
    assert rules.with_descendants(["server", "gone"], TYPES) == [
        "gone", "server", "virtual-server"]  # fmt: skip
    assert rules.with_descendants(["machine"], TYPES) == ["machine", "server", "virtual-server"]
    assert rules.with_descendants([], TYPES) == []


def test_attributes_are_found_by_what_is_declared_of_them() -> None:
    assert rules.scope_attributes(TYPES) == [("application", "used_by")]
    assert rules.reference_names(TYPES["server"]) == ("room",)
    assert rules.secret_names(TYPES["server"]) == ("password",)
    assert rules.secret_names(TYPES["machine"]) == ()
    assert rules.reference_names(None) == rules.secret_names(None) == ()


def test_only_relations_that_carry_impact_make_an_item_serve_a_system() -> None:
    kinds = {
        name: read(
            RelationKind, {"name": name, "label": name, "carries_impact": impact}
        )
        for name, impact in (("runs-on", "target-to-source"), ("feeds", "source-to-target"),
                             ("stands-in", "none"), ("needs", "target-to-source"))
    }  # fmt: skip
    assert rules.impact_kinds(kinds, Impact.TARGET_TO_SOURCE) == ["needs", "runs-on"]
    assert rules.impact_kinds(kinds, Impact.SOURCE_TO_TARGET) == ["feeds"]
    assert rules.serving_kinds(kinds) == ["feeds", "needs", "runs-on"]


def test_documents_are_joined_by_kinds_that_need_an_end_that_has_documents() -> None:
    def kinds(**ends: dict[str, str]) -> dict[str, RelationKind]:
        return {
            name: read(RelationKind, {"name": name, "label": name, "capabilities": capable})
            for name, capable in ends.items()
        }

    before = kinds(describes={"to": "documents"}, shown={"from": "documents"}, covers={})
    assert rules.document_kinds(before) == (["describes"], ["shown"])
    after = kinds(about={"to": "documents"}, shown={}, covers={"to": "documents"})
    assert rules.describing_less(before, after, {"describes": "about"}) == ["shown"]


@given(st.uuids())
def test_an_id_is_a_uuid_in_its_long_form_and_nothing_else(known: UUID) -> None:
    assert rules.as_id(str(known)) == known
    assert rules.as_id(known.hex) is None
    assert rules.as_id("x" + str(known)[1:]) is None


@pytest.mark.parametrize(
    ("text", "fits"), [("SRV-1", True), ("SRV-1\n", False), ("SRV-\n1", False), ("X", False)]
)
def test_a_pattern_never_reaches_over_a_line(text: str, *, fits: bool) -> None:
    assert rules.matches(r"(?s)SRV-.*", text) is fits


def _pump(*attributes: dict[str, Any], name: str = "pump", **more: Any) -> dict[str, ItemType]:
    return _types({"name": name, "layer": "hardware", "attributes": list(attributes), **more})


BEFORE = _pump(
    _attribute("stays"), _attribute("goes"), _attribute("old"), _attribute("pin"),
    _attribute("key", "secret"), _attribute("room", "reference", to=["site"]),
    _attribute("size", "number"), _attribute("open", "secret"),
)  # fmt: skip
AFTER = _pump(
    _attribute("stays"), _attribute("new", renamed_from="old"), _attribute("pin", "secret"),
    _attribute("key2", "secret", renamed_from="key"), _attribute("room"),
    _attribute("size", "number", minimum=3), _attribute("open"), _attribute("added", required=True),
    name="syringe", roles=["system"],
)  # fmt: skip
RENAMED = {"pump": "syringe"}


def test_a_changed_type_says_what_becomes_of_what_its_items_hold() -> None:
    change = (BEFORE, AFTER, RENAMED)
    unreadable = {("pump", "room"), ("pump", "open")}
    assert rules.attributes_lost(*change) == {("pump", "goes"), *unreadable}
    assert rules.emptied_from_now_on(*change) == {("syringe", "room"), ("syringe", "open")}
    assert rules.attributes_renamed(*change) == {
        ("syringe", "old"): "new",
        ("syringe", "key"): "key2",
    }
    assert rules.secrets_from_now_on(*change) == {"syringe": {"pin": "pin"}}
    narrowed = rules.attributes_narrowed(*change)
    assert {*narrowed} == {("pump", "pin"), ("pump", "size"), ("pump", "added")}
    assert narrowed["pump", "added"].was is None
    nobody, system = frozenset[ItemRole](), frozenset({ItemRole.SYSTEM})
    assert rules.roles_changed(*change) == {"pump": (nobody, system)}


def test_a_type_that_stays_as_it_is_changes_nothing() -> None:
    same = (BEFORE, BEFORE, dict[str, str]())
    assert rules.attributes_lost(*same) == rules.emptied_from_now_on(*same) == set()
    assert rules.attributes_renamed(*same) == {}
    assert rules.secrets_from_now_on(*same) == {}
    assert rules.attributes_narrowed(*same) == {}
    assert rules.roles_changed(*same) == {}
