"""What supports what, through the door: all that is found, redacted for who may not see it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.cmdb.conftest import AT, PLATFORM, person, seen_by
from tests.hospital import ApiClient, client_of
from wardround.cmdb import actions, graph_queries, held_graph, models
from wardround.cmdb.errors import UnknownItem
from wardround.cmdb.graph_types import Direction, GraphNode, ItemGraph
from wardround.cmdb.items import Item
from wardround.cmdb.types import Condition, ConditionChange, NewItem, NewRelation, RelationEdit
from wardround.kernel.reach import EVERYTHING
from wardround.kernel.types import Scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("li", "administrator")


def name_of(node: GraphNode) -> str:
    return node.item.key if isinstance(node.item, Item) else f"restricted {node.layer}"


def steps_of(graph: ItemGraph) -> dict[str, int]:
    return {name_of(node): node.steps for node in graph.nodes}


def edges_of(graph: ItemGraph) -> set[tuple[str, str]]:
    names = {node.number: name_of(node) for node in graph.nodes}
    return {(names[edge.needing], names[edge.needed]) for edge in graph.edges}


def test_both_ways_from_an_item_in_the_middle(hospital: dict[str, UUID]) -> None:
    graph = graph_queries.around(EVERYTHING, hospital["pacs-db"])
    assert steps_of(graph) == {
        "pacs-db": 0, "host-1": 1, "switch-1": 2, "pacs-app-1": -1, "pacs": -2,
    }  # fmt: skip
    assert edges_of(graph) == {
        ("pacs", "pacs-app-1"), ("pacs-app-1", "pacs-db"), ("pacs-db", "host-1"),
        ("host-1", "switch-1"),
    }  # fmt: skip
    assert not graph.more
    assert graph.items == 5


@pytest.mark.parametrize(
    ("direction", "depth", "wanted"),
    [
        (Direction.SUPPORTS, None, {"pacs-db": 0, "pacs-app-1": -1, "pacs": -2}),
        (Direction.SUPPORTED_BY, None, {"pacs-db": 0, "host-1": 1, "switch-1": 2}),
        (Direction.BOTH, 1, {"pacs-db": 0, "host-1": 1, "pacs-app-1": -1}),
    ],
)
def test_one_way_and_so_far(
    hospital: dict[str, UUID], direction: Direction, depth: int | None, wanted: dict[str, int]
) -> None:
    found = graph_queries.around(EVERYTHING, hospital["pacs-db"], direction, depth=depth)
    assert steps_of(found) == wanted


def test_a_kind_that_carries_impact_the_other_way(hospital: dict[str, UUID]) -> None:
    found = graph_queries.around(EVERYTHING, hospital["lis"], Direction.SUPPORTS)
    assert steps_of(found) == {"lis": 0, "if-1": -1, "pacs": -2}


def test_relations_say_why(hospital: dict[str, UUID]) -> None:
    graph = graph_queries.around(EVERYTHING, hospital["pacs"], Direction.SUPPORTED_BY, depth=1)
    names = {node.number: name_of(node) for node in graph.nodes}
    told = {names[edge.needed]: edge.relations[0] for edge in graph.edges}
    web = told["pacs-app-1"]
    assert (web.kind, web.group, web.need, web.standby) == ("uses", "web", 1, "hot")


def test_a_node_that_nothing_needs_stands_alone(hospital: dict[str, UUID]) -> None:
    assert steps_of(graph_queries.around(EVERYTHING, hospital["spare"])) == {"spare": 0}


def test_a_model_shows_another_system_and_does_not_enter_it(hospital: dict[str, UUID]) -> None:
    actions.relate(PLATFORM, NewRelation("uses", "pacs", "lis"), at=AT)
    found = graph_queries.model(EVERYTHING, hospital["pacs"])
    assert set(steps_of(found)) == {
        "pacs", "pacs-app-1", "pacs-app-2", "pacs-db", "host-1", "switch-1", "if-1", "lis",
    }  # fmt: skip
    with pytest.raises(UnknownItem):
        graph_queries.model(EVERYTHING, hospital["host-1"])


# In step -----------------------------------------------------------------------------------------


def test_every_way_of_change_is_in_the_next_answer(hospital: dict[str, UUID]) -> None:
    def below(key: str) -> set[str]:
        found = graph_queries.around(EVERYTHING, hospital[key], Direction.SUPPORTED_BY)
        return set(steps_of(found)) - {key}

    assert below("lis") == {"host-2", "switch-1"}
    made = actions.relate(PLATFORM, NewRelation("runs-on", "lis", "spare"), at=AT)
    assert below("lis") == {"host-2", "switch-1", "spare"}
    actions.change_relation(PLATFORM, made.id, RelationEdit(group="machines", need=1), at=AT)
    actions.retire_item(PLATFORM, hospital["host-2"], version=None, at=AT)
    assert below("lis") == {"spare"}
    actions.unrelate(PLATFORM, made.id, at=AT)
    assert below("lis") == set()
    models.Item.objects.filter(id=hospital["host-2"]).update(retired_at=None)
    assert below("lis") == {"host-2", "switch-1"}
    models.Relation.objects.filter(source=hospital["lis"]).delete()
    assert below("lis") == set()


def test_a_new_item_is_found_as_soon_as_it_is_related(hospital: dict[str, UUID]) -> None:
    graph_queries.around(EVERYTHING, hospital["lis"])
    new = actions.create_item(PLATFORM, NewItem(type="host", name="新服务器", key="new"), at=AT)
    actions.relate(PLATFORM, NewRelation("runs-on", "lis", "new"), at=AT)
    assert steps_of(graph_queries.around(EVERYTHING, new.id)) == {"new": 0, "lis": -1, "if-1": -2,
                                                                  "pacs": -3}  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_is_not_held(hospital: dict[str, UUID]) -> None:
    from django.db import transaction  # noqa: PLC0415

    before = len(held_graph.current().needing)
    with transaction.atomic():
        actions.relate(PLATFORM, NewRelation("runs-on", "lis", "spare"), at=AT)
        assert len(held_graph.current().needing) == before + 1
        transaction.set_rollback(True)
    assert len(held_graph.current().needing) == before
    actions.relate(PLATFORM, NewRelation("runs-on", "pacs-db", "spare"), at=AT)
    assert len(held_graph.current().needing) == before + 1
    assert held_graph.current() is held_graph.current()


@pytest.mark.django_db(transaction=True)
def test_an_emptied_log_is_no_news_and_hides_none(hospital: dict[str, UUID]) -> None:
    before = len(held_graph.current().needing)
    actions.relate(PLATFORM, NewRelation("runs-on", "lis", "spare"), at=AT)
    models.GraphChange.objects.all().delete()
    assert len(held_graph.current().needing) == before + 1
    actions.relate(PLATFORM, NewRelation("runs-on", "pacs-db", "spare"), at=AT)
    assert len(held_graph.current().needing) == before + 2


# Much --------------------------------------------------------------------------------------------


@pytest.fixture
def farm(hospital: dict[str, UUID]) -> list[UUID]:
    """Forty servers under the laboratory system, alike as eggs."""
    made = []
    for number in range(40):
        new = NewItem(type="host", name=f"节点 {number:02}", key=f"node-{number:02}")
        made.append(actions.create_item(PLATFORM, new, at=AT).id)
        actions.relate(PLATFORM, NewRelation("runs-on", "lis", f"node-{number:02}"), at=AT)
    return made


def test_many_alike_are_one_and_say_how_many(hospital: dict[str, UUID], farm: list[UUID]) -> None:
    graph = graph_queries.around(EVERYTHING, hospital["lis"], Direction.SUPPORTED_BY)
    (crowd,) = [node for node in graph.nodes if node.alike > 1]
    assert crowd.alike == 40
    assert set(crowd.members) == set(farm)
    assert graph.items == 43
    assert len(graph.nodes) == 4


def test_of_very_many_alike_the_first_hundred_are_named(hospital: dict[str, UUID]) -> None:
    for number in range(110):
        new = NewItem(type="host", name=f"节点 {number:03}", key=f"node-{number:03}")
        actions.create_item(PLATFORM, new, at=AT)
        actions.relate(PLATFORM, NewRelation("runs-on", "lis", f"node-{number:03}"), at=AT)
    graph = graph_queries.around(EVERYTHING, hospital["lis"], Direction.SUPPORTED_BY)
    (crowd,) = [node for node in graph.nodes if node.alike > 1]
    assert (crowd.alike, len(crowd.members)) == (110, 100)


def test_one_in_trouble_is_never_hidden_among_them(
    hospital: dict[str, UUID], farm: list[UUID]
) -> None:
    actions.set_conditions(PLATFORM, [ConditionChange(farm[7], Condition.DOWN)], at=AT)
    graph = graph_queries.around(EVERYTHING, hospital["lis"], Direction.SUPPORTED_BY)
    assert {node.alike for node in graph.nodes} == {1, 39}
    (bad,) = [
        node
        for node in graph.nodes
        if isinstance(node.item, Item) and node.item.condition is Condition.DOWN
    ]
    assert bad.item.id == farm[7]


def test_those_that_nobody_measures_are_no_part_of_a_crowd_that_is_well(
    hospital: dict[str, UUID], farm: list[UUID]
) -> None:
    """What is drawn as one has one condition, and that is the condition of each."""
    well = [ConditionChange(item, Condition.OK) for item in farm[:25]]
    actions.set_conditions(PLATFORM, well, at=AT)
    graph = graph_queries.around(EVERYTHING, hospital["lis"], Direction.SUPPORTED_BY)
    crowds = {
        node.item.condition: set(node.members)
        for node in graph.nodes
        if isinstance(node.item, Item) and node.alike > 1
    }
    assert crowds == {Condition.OK: set(farm[:25]), Condition.UNKNOWN: set(farm[25:])}
    actions.set_conditions(PLATFORM, [ConditionChange(farm[0], Condition.UNKNOWN)], at=AT)
    again = graph_queries.around(EVERYTHING, hospital["lis"], Direction.SUPPORTED_BY)
    assert sum(node.alike for node in again.nodes) == again.items


def test_a_system_with_a_part_in_trouble_is_in_trouble(hospital: dict[str, UUID]) -> None:
    """Where it has no room it is counted so, as every page judges it."""
    actions.set_conditions(
        PLATFORM, [ConditionChange(hospital["pacs-app-2"], Condition.DOWN)], at=AT
    )
    graph = graph_queries.around(EVERYTHING, hospital["switch-1"], Direction.SUPPORTS, most=2)
    assert {name_of(node) for node in graph.nodes} == {"switch-1", "host-1"}
    (business,) = [left for left in graph.more if left.layer == "business"]
    assert (business.items, business.abnormal) == (2, 1)


def test_what_has_no_room_is_counted_by_layer(hospital: dict[str, UUID], farm: list[UUID]) -> None:
    actions.set_conditions(
        PLATFORM, [ConditionChange(hospital["switch-1"], Condition.CRITICAL)], at=AT
    )
    graph = graph_queries.around(EVERYTHING, hospital["lis"], most=2)
    assert len(graph.nodes) == 2
    assert sum(node.alike for node in graph.nodes) + sum(left.items for left in graph.more) == (
        graph.items
    )
    assert sum(left.abnormal for left in graph.more) == 2  # the switch, and PACS that needs it
    assert {(left.layer, left.side) for left in graph.more} >= {
        ("business", Direction.SUPPORTS),
    }


# Reach -------------------------------------------------------------------------------------------


def test_of_what_is_out_of_reach_only_the_layer_is_told(hospital: dict[str, UUID]) -> None:
    laboratory = Scope(systems=frozenset({hospital["lis"]}))
    reader = seen_by(person(laboratory))
    found = graph_queries.around(reader, hospital["switch-1"])
    assert "pacs" not in steps_of(found)
    assert set(steps_of(found)) == {
        "switch-1", "host-2", "lis", "if-1", "restricted hardware", "restricted database",
        "restricted application", "restricted business",
    }  # fmt: skip
    hidden = [node for node in found.nodes if not isinstance(node.item, Item)]
    assert len(hidden) == 4
    assert all(not node.members and node.item.id is None for node in hidden)
    numbers = {node.number for node in hidden}
    for edge in found.edges:
        if {edge.needing, edge.needed} & numbers:
            assert not edge.relations


def test_how_many_are_out_of_reach_is_not_told(hospital: dict[str, UUID]) -> None:
    laboratory = seen_by(person(Scope(systems=frozenset({hospital["lis"]}))))
    asked = (300, 5, 1)
    before = [graph_queries.around(laboratory, hospital["switch-1"], most=most) for most in asked]
    for number in range(15):
        new = NewItem(type="host", name=f"新 {number}", key=f"other-{number}")
        actions.create_item(PLATFORM, new, at=AT)
        actions.relate(PLATFORM, NewRelation("runs-on", "pacs-db", f"other-{number}"), at=AT)
        actions.relate(PLATFORM, NewRelation("connects", f"other-{number}", "switch-1"), at=AT)
    after = [graph_queries.around(laboratory, hospital["switch-1"], most=most) for most in asked]
    assert after == before


def test_who_may_not_see_the_item_finds_nothing(hospital: dict[str, UUID]) -> None:
    laboratory = seen_by(person(Scope(systems=frozenset({hospital["lis"]}))))
    for asked in (
        lambda: graph_queries.around(laboratory, hospital["pacs-db"]),
        lambda: graph_queries.model(laboratory, hospital["pacs"]),
        lambda: graph_queries.between(laboratory, hospital["lis"], hospital["pacs-db"]),
    ):
        with pytest.raises(UnknownItem):
            asked()


# Over HTTP ---------------------------------------------------------------------------------------


def test_a_graph_over_http(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    body = admin.get(f"/items/{hospital['pacs-db']}/graph?direction=supported-by").body
    by_key = {node["key"]: node for node in body["nodes"]}
    assert by_key["host-1"]["steps"] == 1
    assert by_key["host-1"]["condition"] == "unknown"
    assert by_key["pacs-db"]["lane"] < by_key["host-1"]["lane"]
    assert body["more"] == []
    assert body["items"] == 3
    (first, _second) = body["edges"]
    assert first["relations"][0]["kind"] == "runs-on"


@pytest.mark.parametrize(
    ("ends", "direction", "length"),
    [
        (("pacs", "switch-1"), "supported-by", 4),
        (("switch-1", "pacs"), "supports", 4),
        (("pacs-app-1", "pacs-app-2"), "both", 2),
        (("pacs", "spare"), None, 0),
        (("pacs", "pacs"), None, 0),
    ],
)
def test_ways_between_two(
    admin: ApiClient,
    hospital: dict[str, UUID],
    ends: tuple[str, str],
    direction: str | None,
    length: int,
) -> None:
    first, second = ends
    body: Any = admin.get(f"/paths?from={hospital[first]}&to={hospital[second]}").body
    assert (body["direction"], body["length"]) == (direction, length)
    assert {first, second} <= {node["key"] for node in body["graph"]["nodes"]}


def test_both_of_two_short_ways_are_shown(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    actions.relate(PLATFORM, NewRelation("uses", "pacs-app-2", "pacs-db"), at=AT)
    body = admin.get(f"/paths?from={hospital['pacs']}&to={hospital['pacs-db']}").body
    assert {node["key"] for node in body["graph"]["nodes"]} == {
        "pacs", "pacs-app-1", "pacs-app-2", "pacs-db",
    }  # fmt: skip


def test_a_wrong_question_is_named(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    item = hospital["pacs"]
    assert admin.get(f"/items/{uuid4()}/graph").status == 404
    assert admin.get(f"/items/{item}/graph?direction=sideways").status == 422
    assert admin.get(f"/items/{item}/graph?depth=0").status == 422
    assert admin.get(f"/items/{item}/graph?most=100000").status == 422
    assert admin.get(f"/systems/{hospital['host-1']}/model").status == 404
    assert admin.get(f"/paths?from={item}").status == 422
    assert admin.get(f"/paths?from={item}&to={uuid4()}").status == 404
