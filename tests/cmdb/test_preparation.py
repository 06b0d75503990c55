"""The same content by hand and by import: the same rows, the same history, the same refusals."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cmdb.conftest import AT, PLATFORM
from wardround.cmdb import actions, errors, models, queries
from wardround.cmdb.types import (
    UNSET,
    Condition,
    ConditionChange,
    ItemEdit,
    ItemEntry,
    ItemsDefinition,
    NewItem,
    NewRelation,
    RelationEdit,
    RelationEntry,
    Standby,
)
from wardround.kernel.errors import BadInput
from wardround.kernel.reach import EVERYTHING
from wardround.schema import actions as schema
from wardround.schema.attributes import MASK
from wardround.schema.drafts import DefinitionDraft

KEY = "the-item"


@dataclass(frozen=True)
class Content:
    """What is said of one item at one step."""

    name: str
    importance: Any = UNSET
    owner: Any = UNSET
    vendor: Any = UNSET
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What came of one step: what was refused, or what is stored and was told of it."""

    refused: frozenset[tuple[str, str]] = frozenset()
    item: Mapping[str, Any] = field(default_factory=dict)
    history: tuple[tuple[str, Any, Any], ...] = ()


def looked_at(step: Callable[[], object]) -> Outcome:
    try:
        with transaction.atomic():
            step()
    except BadInput as error:
        return Outcome(refused=frozenset((one.field, one.message) for one in error.problems))
    ref = queries.items_by_key([KEY])[KEY]
    item = queries.item(EVERYTHING, ref.id)
    history = queries.changes(EVERYTHING, ref.id, limit=500).changes
    return Outcome(
        item={
            "type": item.type,
            "name": item.name,
            "importance": item.importance,
            "owner": item.owner and item.owner.key,
            "vendor": item.vendor and item.vendor.key,
            "attributes": {
                name: getattr(value, "key", value) for name, value in item.attributes.items()
            },
            "systems": {system.key for system in item.systems},
            "version": item.version,
            "retired": item.retired_at,
        },
        history=tuple((change.field, change.old, change.new) for change in history),
    )


def by_hand(type_name: str, said: Content) -> None:
    ref = queries.items_by_key([KEY]).get(KEY)
    if ref is None:
        given_ = {name: value for name, value in vars(said).items() if value is not UNSET}
        actions.create_item(PLATFORM, NewItem(type=type_name, key=KEY, **given_), at=AT)
    else:
        version = queries.item(EVERYTHING, ref.id).version
        edit = ItemEdit(**vars(said))
        actions.update_item(PLATFORM, ref.id, edit, version=version, at=AT)


def by_import(type_name: str, said: Content) -> None:
    given_ = {name: value for name, value in vars(said).items() if value is not UNSET}
    entry = ItemEntry.model_construct(key=KEY, type=type_name, **given_)
    actions.import_items(
        PLATFORM, [ItemsDefinition.model_construct(name="one", items=(entry,), relations=())], at=AT
    )


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


ATTRIBUTES = st.fixed_dictionaries(
    {},
    optional={
        "memory": st.sampled_from([64, "64", 64.5, -1, "much", None, ""]),
        "serial": st.sampled_from(["SN9", " SN9 ", 9, "a\nb", None]),
        "address": st.sampled_from(["10.1.2.3", "10.1.2.300", None]),
        "password": st.sampled_from(["tiger", "lion", MASK, None]),
        "location": st.sampled_from(["room", " room ", "zhou", "gone", "nothing", None]),
        "subnet": st.sampled_from(["host-1", None]),
        "bogus": st.just(1),
    },
)
CONTENTS = st.builds(
    Content,
    name=st.sampled_from(["甲", " 甲 ", "乙", "", " ", "x" * 301, "a\nb", "a\x00b"]),
    importance=st.sampled_from([UNSET, None, "A", "B", "D"]),
    owner=st.sampled_from([UNSET, None, "zhou", " zhou ", "gone", "nobody"]),
    vendor=st.sampled_from([UNSET, None, "v-imaging", "nobody"]),
    attributes=ATTRIBUTES,
)


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    type_name=st.sampled_from(["host", "host", "ip-address", "device", "hots"]),
    steps=st.lists(CONTENTS, min_size=1, max_size=4),
)
def test_by_hand_and_by_import_are_the_same(
    world: dict[str, UUID], type_name: str, steps: list[Content]
) -> None:
    outcomes = []
    for way in (by_hand, by_import):
        with undone(), translation.override("en"):
            outcomes.append([looked_at(partial(way, type_name, said)) for said in steps])
    assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize("said", [" zhou ", "zhou", "", "  ", None])
def test_who_answers_is_named_in_a_definition_as_by_hand(
    world: dict[str, UUID], said: str | None
) -> None:
    told = json.dumps(said)
    text = f"kind: items\nname: one\nitems:\n  - {{key: {KEY}, type: host, name: X, owner: zhou}}\n"
    text += 'relations:\n  - {kind: connects, from: " k ", to: " host-1"}\n'.replace(
        " k ", f" {KEY} "
    )
    edited = text.replace("owner: zhou", f"owner: {told}, attributes: {{location: ' room '}}")
    outcomes = []
    with undone():
        by_hand("host", Content(name="X", owner="zhou"))
        step = partial(by_hand, "host", Content("X", owner=said, attributes={"location": " room "}))
        outcomes.append(looked_at(step).item)
    with undone():
        for version, written in ((None, text), (1, edited)):
            draft = DefinitionDraft(kind="items", name="one", text=written)
            schema.save_definition(PLATFORM, draft, at=AT, base_version=version)
        assert models.Relation.objects.filter(source__key=KEY, target__key="host-1").exists()
        outcomes.append(looked_at(lambda: None).item)
    by_hand_, by_definition = ({**(item or {}), "systems": 0} for item in outcomes)
    assert by_hand_ == by_definition
    assert by_hand_["owner"] == ("zhou" if said and said.strip() else None)


@pytest.fixture
def world(hospital: dict[str, UUID]) -> dict[str, UUID]:
    """The hospital with a room, and somebody who has left."""
    actions.create_item(PLATFORM, NewItem("machine-room", "机房", key="room"), at=AT)
    left = actions.create_item(PLATFORM, NewItem("person", "已离职", key="gone"), at=AT)
    actions.retire_item(PLATFORM, left.id, at=AT)
    return hospital


# Relations ---------------------------------------------------------------------------------------

ENDS = st.sampled_from(["pacs", "lis", "spare", "host-1", "zhou", "if-1", "gone", "nothing"])
FIELD_OF = {"source": "from", "target": "to", "kind": "kind"}


def relation_history(key: str) -> list[tuple[str, Any, Any]]:
    ref = queries.items_by_key([key])[key]
    changes = queries.changes(EVERYTHING, ref.id, limit=500).changes
    return [(change.field, change.old, change.new) for change in changes]


def relation_outcome(step: Callable[[], object], *ends: str) -> Any:
    try:
        with transaction.atomic():
            step()
    except BadInput as error:
        return {(FIELD_OF.get(one.field, one.field), one.message) for one in error.problems}
    return [relation_history(key) for key in ends], queries.systems_of(
        [queries.items_by_key([key])[key].id for key in ends]
    )


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    kind=st.sampled_from(["uses", "runs-on", "connects", "provides", "sues"]),
    source=ENDS,
    target=ENDS,
)
def test_a_relation_by_hand_and_by_import_is_the_same(
    world: dict[str, UUID], kind: str, source: str, target: str
) -> None:
    def hand() -> None:
        relation = actions.relate(PLATFORM, NewRelation(kind, source, target), at=AT)
        actions.unrelate(PLATFORM, relation.id, at=AT)

    def definition() -> None:
        for relations in ((RelationEntry(kind=kind, source=source, target=target),), ()):
            actions.import_items(
                PLATFORM, [ItemsDefinition(name="more", relations=relations)], at=AT
            )

    told = []
    for way in (hand, definition):
        with undone(), translation.override("en"):
            try:
                told.append(relation_outcome(way, source, target))
            except errors.RelationExists:
                return
    assert told[0] == told[1]


DETAILS = st.fixed_dictionaries(
    {
        "group": st.sampled_from([None, "os", "web"]),
        "need": st.sampled_from([None, 1, 2]),
        "standby": st.sampled_from([None, *Standby]),
        "switch_minutes": st.sampled_from([None, 0.0, 7.5]),
    }
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(DETAILS, min_size=1, max_size=4))
def test_details_of_a_relation_by_hand_and_by_import_are_the_same(
    world: dict[str, UUID], steps: list[dict[str, Any]]
) -> None:
    def hand() -> None:
        first, *others = steps
        relation = actions.relate(PLATFORM, NewRelation("runs-on", "lis", "spare", **first), at=AT)
        for details in others:
            actions.change_relation(PLATFORM, relation.id, RelationEdit(**details), at=AT)

    def definition() -> None:
        for details in steps:
            entry = RelationEntry(kind="runs-on", source="lis", target="spare", **details)
            actions.import_items(
                PLATFORM, [ItemsDefinition(name="more", relations=(entry,))], at=AT
            )

    told = []
    for way in (hand, definition):
        with undone():
            told.append(relation_outcome(way, "lis", "spare"))
    assert told[0] == told[1]


def test_a_changed_detail_is_told_to_both_ends(world: dict[str, UUID]) -> None:
    relation = actions.relate(PLATFORM, NewRelation("runs-on", "lis", "spare"), at=AT)
    edit = RelationEdit(standby=Standby.COLD, switch_minutes=20)
    actions.change_relation(PLATFORM, relation.id, edit, at=AT)
    changed = actions.change_relation(PLATFORM, relation.id, edit, at=AT)
    assert (changed.group, changed.standby, changed.switch_minutes) == (None, "cold", 20)
    cold = {"standby": "cold", "switch_minutes": 20.0}
    for end, other in (("lis", "备用服务器"), ("spare", "实验室信息化管理系统")):
        assert relation_history(end)[:2] == [
            ("relation.runs-on", other, {"name": other, **cold}),
            ("relation.runs-on", None, other),
        ]


def test_another_definition_that_keeps_a_relation_is_no_news(world: dict[str, UUID]) -> None:
    entry = RelationEntry(kind="runs-on", source="lis", target="spare", need=1)
    relation = actions.relate(PLATFORM, entry.relation, at=AT)
    before = relation_history("lis")
    actions.import_items(PLATFORM, [ItemsDefinition(name="more", relations=(entry,))], at=AT)
    assert relation_history("lis") == before
    actions.import_items(PLATFORM, [ItemsDefinition(name="more")], at=AT)
    assert relation_history("lis")[0][1:] == ({"name": relation.target.name, "need": 1}, None)


# Differences that were there once ----------------------------------------------------------------


def bring(*items: ItemEntry) -> None:
    actions.import_items(PLATFORM, [ItemsDefinition(name="mine", items=items)], at=AT)


def fields_of(key: str) -> list[str]:
    return [name for name, _old, _new in relation_history(key)]


def test_what_vanishes_from_a_definition_leaves_a_line_and_so_does_its_return(
    world: dict[str, UUID],
) -> None:
    bring(ItemEntry(key="x", type="host", name="X"))
    bring()
    bring(ItemEntry(key="x", type="host", name="X"))
    assert fields_of("x") == ["retired", "retired", "created"]


def test_a_retired_item_comes_back_by_an_act_of_its_own_with_its_systems(
    world: dict[str, UUID],
) -> None:
    host = world["host-1"]
    actions.retire_item(PLATFORM, host, at=AT)
    with pytest.raises(errors.OutOfUse):
        actions.update_item(PLATFORM, host, ItemEdit(name="主机"), version=2, at=AT)
    with pytest.raises(errors.StaleItem):
        actions.restore_item(PLATFORM, host, version=1, at=AT)
    back = actions.restore_item(PLATFORM, host, version=2, at=AT)
    assert (back.retired_at, back.version) == (None, 3)
    assert [system.key for system in back.systems] == ["pacs"]
    assert fields_of("host-1")[:2] == ["retired", "retired"]
    assert actions.restore_item(PLATFORM, host, at=AT).version == 3  # it is in use already


def test_what_comes_back_is_not_known_to_be_as_it_was_left(world: dict[str, UUID]) -> None:
    host = world["host-1"]
    actions.set_conditions(PLATFORM, [ConditionChange(host, Condition.DOWN)], at=AT)
    actions.retire_item(PLATFORM, host, at=AT)
    back = actions.restore_item(PLATFORM, host, at=AT)
    assert (back.condition, back.condition_since) == (Condition.UNKNOWN, None)


def test_an_item_that_becomes_another_type_keeps_what_both_declare(
    world: dict[str, UUID],
) -> None:
    start = {"memory": 64, "serial": "S", "password": "tiger", "location": "room"}
    bring(ItemEntry(key="x", type="host", name="X", attributes=start))
    bring(ItemEntry(key="x", type="switch", name="X", attributes={"tier": "core"}))
    item = queries.item(EVERYTHING, queries.items_by_key(["x"])["x"].id)
    assert {name: getattr(one, "key", one) for name, one in item.attributes.items()} == {
        "serial": "S",
        "password": MASK,
        "location": "room",
        "tier": "core",
    }
    assert sorted(fields_of("x")) == ["attributes.memory", "attributes.tier", "created", "type"]
    with pytest.raises(BadInput) as caught:
        bring(ItemEntry(key="x", type="ip-address", name="X"))
    assert [one.field for one in caught.value.problems] == ["attributes.address"]


def test_somebody_who_left_stays_where_he_is_named_already(world: dict[str, UUID]) -> None:
    bring(ItemEntry(key="x", type="host", name="X", owner="zhou"))
    actions.retire_item(PLATFORM, world["zhou"], at=AT)
    bring(ItemEntry(key="x", type="host", name="Y", owner="zhou"))
    assert "name" in fields_of("x")
    with pytest.raises(BadInput):
        bring(
            ItemEntry(key="x", type="host", name="Y", owner="zhou"),
            ItemEntry(key="y", type="host", name="Y", owner="zhou"),
        )


def test_what_vanishes_cannot_be_named_in_the_same_breath(world: dict[str, UUID]) -> None:
    bring(ItemEntry(key="boss", type="person", name="主任"))
    with pytest.raises(BadInput) as caught:
        bring(ItemEntry(key="x", type="host", name="X", owner="boss"))
    assert [(one.field, one.row) for one in caught.value.problems] == [("owner", 1)]
