"""The unified view through the door: zones, what lies in each, and what of it a reader may see."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.cmdb.conftest import AT, PLATFORM, base, hospital
from tests.hospital import ApiClient, client_of
from wardround.cmdb import actions
from wardround.cmdb.types import Condition, ConditionChange, ItemEdit, NewItem, NewRelation
from wardround.kernel.types import Scope

__all__ = ["base", "hospital"]
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def house(hospital: dict[str, UUID]) -> dict[str, UUID]:
    """PACS in the inner network by its addresses, but for a front in the DMZ; the laboratory
    in the DMZ by what it says of itself; the switch in the management network.
    """
    for key, type_name, attributes in (
        ("inner", "network-zone", {}), ("dmz", "network-zone", {}), ("mgmt", "network-zone", {}),
        ("net-inner", "subnet", {"network": "10.2.0.0/16", "zone": "inner"}),
        ("net-dmz", "subnet", {"network": "10.2.36.0/24", "zone": "dmz"}),
        ("front", "virtual-machine", {"address": "10.2.36.1"}),
    ):  # fmt: skip
        wanted = NewItem(type=type_name, name=key, key=key, attributes=attributes)
        hospital[key] = actions.create_item(PLATFORM, wanted, at=AT).id
    for key, attributes in (
        ("host-1", {"management_address": "10.2.1.1"}),
        ("lis", {"network_zone": "dmz"}),
        ("pacs-app-1", {"address": "10.2.1.2"}),
    ):
        edit = ItemEdit(attributes=attributes)
        actions.update_item(PLATFORM, hospital[key], edit, version=1, at=AT)
    for kind, source, target in (
        ("runs-on", "pacs-app-2", "front"),
        ("located-in", "switch-1", "mgmt"),
    ):
        actions.relate(PLATFORM, NewRelation(kind, source, target), at=AT)
    return hospital


def told(body: Any) -> dict[str, tuple[list[str], dict[str, int]]]:
    """By zone the systems in it, and how many of which type."""
    return {
        zone["zone"]["name"] if zone["zone"] else zone["area"]: (
            [system["name"] for system in zone["systems"]],
            {row["type"]: row["fare"]["all"] for row in zone["types"]},
        )
        for zone in body["zones"]
    }


def test_everything_is_in_one_zone_or_in_none(house: dict[str, UUID]) -> None:
    body = client_of("li", "administrator").get("/unified-view").body
    assert told(body) == {
        "dmz": (
            ["实验室信息化管理系统"],
            {"application": 1, "virtual-machine": 1, "subnet": 1},
        ),
        "inner": (
            ["放射科PACS/RIS"],
            {"application": 1, "database": 1, "host": 1, "subnet": 1},
        ),
        "mgmt": ([], {"host": 1, "switch": 1}),
        "nowhere": ([], {"person": 1, "department": 1, "vendor": 1, "host": 1, "interface": 1}),
    }
    assert sum(zone["fare"]["all"] for zone in body["zones"]) == body["items"] == 16
    (pacs,) = body["zones"][1]["systems"]
    assert [where["zone"]["name"] for where in pacs["beside"]] == ["dmz"]


def test_a_zone_says_how_it_fares(house: dict[str, UUID]) -> None:
    actions.set_conditions(PLATFORM, [ConditionChange(house["host-1"], Condition.DOWN)], at=AT)
    li = client_of("li", "administrator")
    inner = li.get("/unified-view").body["zones"][1]
    assert inner["systems"][0]["parts"]["worst"] == "down"
    assert inner["fare"] == {"all": 5, "abnormal": 2, "unknown": 3, "worst": "down"}
    seen = li.get(f"/unified-view/items/{house['host-1']}").body
    assert (seen["condition"], seen["where"]["zone"]["name"]) == ("down", "inner")
    assert [system["name"] for system in seen["systems"]] == ["放射科PACS/RIS"]


def nodes(body: Any) -> set[str]:
    return {node["key"] or f"restricted {node['layer']}" for node in body["nodes"]}


def test_a_zone_opens_to_its_machines_and_what_they_stand_on(house: dict[str, UUID]) -> None:
    li = client_of("li", "administrator")
    body = li.get("/zone-topology", zone=house["inner"]).body
    assert nodes(body) == {"host-1", "net-inner", "switch-1"}
    assert len(body["edges"]) == 1
    assert nodes(li.get("/zone-topology").body) == {"spare"}
    hosts = li.get("/zone-topology", zone=house["mgmt"], type="host").body
    assert nodes(hosts) == {"host-2"}
    assert li.get("/zone-topology", zone=house["pacs"]).status == 404


def test_an_address_leads_to_its_item_and_its_zone(house: dict[str, UUID]) -> None:
    li = client_of("li", "administrator")
    body = li.get("/unified-view/found", q="10.2.36.1").body
    (found,) = body["items"]
    assert (found["name"], found["where"]["zone"]["name"]) == ("front", "dmz")
    assert [system["name"] for system in found["systems"]] == ["放射科PACS/RIS"]
    free = li.get("/unified-view/found", q="10.2.7.7").body
    assert (free["items"], free["address"]["zone"]["name"]) == ([], "inner")
    assert li.get("/unified-view/found", q="192.0.2.1").body["address"]["area"] == "nowhere"
    assert (
        li.get("/unified-view/found", q="放射科PACS").body["items"][0]["name"] == "放射科PACS/RIS"
    )


def test_an_address_tells_nobody_of_networks_out_of_his_reach(house: dict[str, UUID]) -> None:
    """Else the plan of all networks could be found out, address by address."""
    lab = client_of("lab", "reader", scope=Scope(systems=frozenset({house["lis"]})))
    words = Scope(where=frozenset({'name in ["net-inner", "inner"]'}))
    inner = client_of("of-words", "reader", scope=words)
    for address in ("10.2.36.1", "10.2.7.7", "192.0.2.1", "10.2.1.1"):
        assert lab.get("/unified-view/found", q=address).body["address"] is None
    own = inner.get("/unified-view/found", q="10.2.7.7").body["address"]
    assert own["zone"]["name"] == "inner"
    narrower = inner.get("/unified-view/found", q="10.2.36.1").body["address"]
    assert narrower == own, "as if the network in it, which he does not see, were not there"


def test_of_what_is_out_of_reach_the_layer_is_told(house: dict[str, UUID]) -> None:
    """Whoever reads the laboratory alone learns neither names nor numbers of the rest."""
    reader: ApiClient = client_of("lab", "reader", scope=Scope(systems=frozenset({house["lis"]})))
    body = reader.get("/unified-view").body
    assert told(body) == {
        "dmz": (["实验室信息化管理系统"], {}),
        "mgmt": ([], {"host": 1, "switch": 1}),
        "nowhere": ([], {"interface": 1}),
        "restricted": ([], {}),
    }
    beyond = {zone["area"]: zone["beyond"] for zone in body["zones"]}
    assert "Organisation" in beyond["nowhere"]
    assert beyond["restricted"]
    assert "放射科" not in str(body)
    topology = reader.get("/zone-topology", zone=house["dmz"]).body
    assert nodes(topology) == {"restricted virtualisation", "restricted infrastructure"}
    assert reader.get("/zone-topology", zone=house["dmz"], type="subnet").body["nodes"] == []
    assert reader.get(f"/unified-view/items/{house['pacs']}").status == 404
    assert reader.get("/unified-view/found", q="10.2.36.1").body["items"] == []


def test_what_some_roles_alone_see_places_nothing(house: dict[str, UUID]) -> None:
    """Where an item lies would tell what its restricted address is."""
    li = client_of("li", "administrator")
    stored = li.get("/definitions/item-type/virtual-machine").body
    text = stored["text"].replace("{name: address,", "{name: address, seen_by: [administrator],", 1)
    saved = li.put("/definitions/item-type/virtual-machine", {"text": text, "base_version": 1})
    assert saved.status == 200, saved.body
    assert told(li.get("/unified-view").body)["nowhere"][1]["virtual-machine"] == 1


def test_a_zone_that_nothing_within_reach_names_keeps_its_name(house: dict[str, UUID]) -> None:
    """Not in the overview, not by its topology, and not by asking where an address lies."""
    lab = client_of("lab", "reader", scope=Scope(systems=frozenset({house["lis"]})))
    assert "inner" not in str(lab.get("/unified-view").body)
    assert lab.get("/zone-topology", zone=house["inner"]).status == 404
    for address in ("10.2.7.7", "10.2.36.9"):  # of networks that are out of reach, too
        assert lab.get("/unified-view/found", q=address).body["address"] is None
    li = client_of("li", "administrator")
    known = li.get("/unified-view/found", q="10.2.36.9").body["address"]
    assert known["zone"]["name"] == "dmz"


def test_a_zone_in_which_part_of_a_system_lies_is_named_to_its_readers(
    house: dict[str, UUID],
) -> None:
    pacs = client_of("pacs", "reader", scope=Scope(systems=frozenset({house["pacs"]})))
    actions.update_item(
        PLATFORM, house["lis"], ItemEdit(attributes={"network_zone": "mgmt"}), version=2, at=AT
    )
    assert {"inner", "dmz", "mgmt"} <= set(told(pacs.get("/unified-view").body))
    assert pacs.get("/zone-topology", zone=house["dmz"]).status == 200
