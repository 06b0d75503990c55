"""Interfaces between systems: the list, the map, and what is told of who is out of reach.

The laboratory system provides the order interface to PACS; the exchange platform, which serves
both, passes results on, and one interface is known of which nobody says who consumes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import pytest

from tests.cmdb.conftest import AT, PLATFORM, person, seen_by
from tests.hospital import client_of
from wardround.cmdb import actions, graph_queries, interfaces
from wardround.cmdb.graph_types import Direction
from wardround.cmdb.interface_types import Interface, InterfaceFilters, InterfaceMap
from wardround.cmdb.items import Item
from wardround.cmdb.types import Condition, ConditionChange, ItemFilters, NewItem, NewRelation
from wardround.kernel.reach import EVERYTHING, Reach
from wardround.kernel.types import Scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(hospital: dict[str, UUID]) -> Mapping[str, UUID]:
    for key, type_name, name in (
        ("exchange", "exchange-platform", "集成平台"),
        ("if-2", "interface", "检验结果接口"),
        ("if-3", "interface", "医保接口"),
    ):
        made = actions.create_item(PLATFORM, NewItem(type=type_name, name=name, key=key), at=AT)
        hospital[key] = made.id
    for kind, source, target in (
        ("uses", "lis", "exchange"),
        ("uses", "pacs-app-1", "exchange"),
        ("provides", "exchange", "if-2"),
        ("consumes", "pacs-app-1", "if-2"),
        ("consumes", "lis", "if-2"),
        ("provides", "lis", "if-3"),
    ):
        actions.relate(PLATFORM, NewRelation(kind, source, target), at=AT)
    return hospital


def told(reach: Reach, filters: InterfaceFilters | None = None) -> dict[str, tuple[str, str]]:
    page = interfaces.list_interfaces(reach, filters or InterfaceFilters())
    return {found.item.key: sides(found) for found in page.interfaces}


def sides(found: Interface) -> tuple[str, str]:
    provided, consumed = (
        ", ".join(str(party.shown.name) for party in parties)
        for parties in (found.providers, found.consumers)
    )
    return provided, consumed


def ids(found: Interface) -> tuple[list[UUID | None], list[UUID | None]]:
    provided, consumed = (
        [party.shown.id for party in parties] for parties in (found.providers, found.consumers)
    )
    return provided, consumed


def ways(found: InterfaceMap) -> dict[tuple[str, str], int]:
    named = {party.number: str(party.item.name) for party in found.parties}
    return {(named[way.provider], named[way.consumer]): way.fare.all for way in found.ways}


def test_each_names_its_parties_as_the_systems_that_they_serve(house: Mapping[str, UUID]) -> None:
    assert told(EVERYTHING) == {
        "if-1": ("实验室信息化管理系统", "放射科PACS/RIS"),
        "if-2": ("集成平台", "实验室信息化管理系统, 放射科PACS/RIS"),
        "if-3": ("实验室信息化管理系统", ""),
    }


def test_the_map_joins_who_provides_with_who_consumes(house: Mapping[str, UUID]) -> None:
    found = interfaces.interface_map(EVERYTHING, InterfaceFilters())
    assert ways(found) == {
        ("实验室信息化管理系统", "放射科PACS/RIS"): 1,
        ("集成平台", "实验室信息化管理系统"): 1,
        ("集成平台", "放射科PACS/RIS"): 1,
    }
    assert (found.fare.all, found.without_provider, found.without_consumer) == (3, 0, 1)
    counted = {str(each.item.name): (each.provides, each.consumes) for each in found.parties}
    assert counted == {
        "实验室信息化管理系统": (2, 1), "放射科PACS/RIS": (0, 2), "集成平台": (1, 0),
    }  # fmt: skip


def test_what_is_wrong_is_seen_on_its_way(house: Mapping[str, UUID]) -> None:
    actions.set_conditions(PLATFORM, [ConditionChange(house["if-2"], Condition.DOWN)], at=AT)
    actions.set_conditions(PLATFORM, [ConditionChange(house["if-1"], Condition.OK)], at=AT)
    found = interfaces.interface_map(EVERYTHING, InterfaceFilters())
    assert sorted(way.fare.worst for way in found.ways) == ["down", "down", "ok"]
    assert (found.fare.abnormal, found.fare.unknown) == (1, 1)


def test_they_are_found_by_item_and_by_system_on_either_side(house: Mapping[str, UUID]) -> None:
    pacs, lis, exchange = house["pacs"], house["lis"], house["exchange"]
    assert set(told(EVERYTHING, InterfaceFilters(consumers=(pacs,)))) == {"if-1", "if-2"}
    assert set(told(EVERYTHING, InterfaceFilters(providers=(lis,)))) == {"if-1", "if-2", "if-3"}
    assert set(told(EVERYTHING, InterfaceFilters(providers=(exchange,)))) == {"if-2"}
    assert set(told(EVERYTHING, InterfaceFilters(providers=(pacs,), consumers=(lis,)))) == {"if-2"}
    assert set(told(EVERYTHING, InterfaceFilters(parties=(house["pacs-app-1"],)))) == {"if-2"}
    assert set(told(EVERYTHING, InterfaceFilters(incomplete=True))) == {"if-3"}
    named = InterfaceFilters(items=ItemFilters(q="医保"))
    assert set(told(EVERYTHING, named)) == {"if-3"}


def test_of_two_interfaces_the_one_that_is_led_to_has_the_other_as_its_party(
    house: Mapping[str, UUID],
) -> None:
    """One that passes on what another gives is a consumer like any."""
    actions.relate(PLATFORM, NewRelation("consumes", "if-2", "if-3"), at=AT)
    assert told(EVERYTHING)["if-3"] == ("实验室信息化管理系统", "检验结果接口")
    assert told(EVERYTHING)["if-2"] == ("集成平台", "实验室信息化管理系统, 放射科PACS/RIS")
    assert set(told(EVERYTHING, InterfaceFilters(consumers=(house["if-2"],)))) == {"if-3"}
    assert told(EVERYTHING, InterfaceFilters(providers=(house["if-3"],))) == {}
    assert told(EVERYTHING, InterfaceFilters(incomplete=True)) == {}


def test_who_is_out_of_use_is_no_party(house: Mapping[str, UUID]) -> None:
    actions.retire_item(PLATFORM, house["exchange"], at=AT)
    assert told(EVERYTHING)["if-2"] == ("", "实验室信息化管理系统, 放射科PACS/RIS")
    assert set(told(EVERYTHING, InterfaceFilters(incomplete=True))) == {"if-2", "if-3"}


def test_who_is_out_of_reach_is_there_without_a_name(house: Mapping[str, UUID]) -> None:
    radiology = seen_by(person(Scope(systems=frozenset({house["pacs"]}))))
    lis, pacs = house["lis"], house["pacs"]
    page = interfaces.list_interfaces(radiology, InterfaceFilters())
    assert {found.item.key: ids(found) for found in page.interfaces} == {
        "if-1": ([None], [pacs]),
        "if-2": ([house["exchange"]], [pacs, None]),
    }
    (hidden,) = next(each for each in page.interfaces if each.item.key == "if-1").providers
    assert (hidden.condition, hidden.owner, hidden.item.id) == (None, None, None)
    assert told(radiology, InterfaceFilters(providers=(lis,))) == {}
    assert told(radiology, InterfaceFilters(parties=(lis,))) == {}
    assert told(radiology, InterfaceFilters(incomplete=True)) == {}
    found = interfaces.interface_map(radiology, InterfaceFilters())
    assert [party.item.id for party in found.parties] == [pacs, house["exchange"], None]
    assert (found.fare.all, found.without_provider) == (2, 0)


def test_several_out_of_reach_are_told_as_one(house: Mapping[str, UUID]) -> None:
    radiology = seen_by(person(Scope(systems=frozenset({house["pacs"]}))))
    before = interfaces.interface_map(radiology, InterfaceFilters())
    for number in range(3):
        key = f"other-{number}"
        new = NewItem(type="business-system", name=f"其他系统 {number}", key=key)
        actions.create_item(PLATFORM, new, at=AT)
        actions.relate(PLATFORM, NewRelation("consumes", key, "if-2"), at=AT)
    assert interfaces.interface_map(radiology, InterfaceFilters()) == before


def test_a_failed_provider_hits_the_consumers_and_no_consumer_the_provider(
    house: Mapping[str, UUID],
) -> None:
    def hit(key: str) -> set[str]:
        graph = graph_queries.around(EVERYTHING, house[key], Direction.SUPPORTS)
        return {node.item.key for node in graph.nodes if isinstance(node.item, Item)}

    assert {"if-1", "pacs"} <= hit("lis")
    assert {"if-2", "lis", "pacs"} <= hit("exchange")
    assert not {"if-1", "lis"} & hit("pacs")


def test_they_are_served_over_http(house: Mapping[str, UUID]) -> None:
    client = client_of("wang.min", "reader")
    body = client.get("/interfaces", consumer=str(house["pacs"])).body
    assert [row["key"] for row in body["items"]] == ["if-2", "if-1"]
    assert body["total"] == 2
    assert body["items"][0]["providers"][0]["item"]["name"] == "集成平台"
    found = client.get("/interface-map").body
    assert found["fare"]["all"] == 3
    assert len(found["parties"]) == 3
    assert client.get("/interfaces", provider="nobody").status == 422
