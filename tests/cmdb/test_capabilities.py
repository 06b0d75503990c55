"""Switches of types: inherited, overridden by a type, and each with an effect."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.cmdb.test_serving import lost, proposal
from tests.hospital import ApiClient, client_of
from wardround.cmdb import graph_queries, queries
from wardround.kernel.reach import EVERYTHING
from wardround.schema.types import Capability, ItemType, Label, with_inherited


def of(**types: dict[str, object]) -> dict[str, ItemType]:
    made = {
        name: ItemType(name=name, label=Label(name, name), **said)  # type: ignore[arg-type]
        for name, said in types.items()
    }
    return {name: with_inherited(each, made) for name, each in made.items()}


def test_what_nobody_says_is_on_but_for_the_warranty() -> None:
    (plain,) = of(thing={"layer": "hardware"}).values()
    assert set(plain.capabilities) == set(Capability) - {Capability.WARRANTY}
    assert all(plain.can(each) is (each is not Capability.WARRANTY) for each in Capability)
    bare = ItemType(name="bare", label=Label("x", "x"), without=(Capability.IMPACT,))
    assert bare.can(Capability.MONITORED)
    assert not bare.can(Capability.IMPACT)


def test_a_type_overrides_what_it_inherits() -> None:
    types = of(
        a={"without": (Capability.MONITORED,), "capabilities": (Capability.WARRANTY,)},
        b={"extends": "a"},
        c={"extends": "b", "capabilities": (Capability.MONITORED,)},
        d={"extends": "c", "without": (Capability.WARRANTY,)},
    )
    assert [types[name].can(Capability.MONITORED) for name in "abcd"] == [False, False, True, True]
    assert [types[name].can(Capability.WARRANTY) for name in "abcd"] == [True, True, True, False]
    assert [types[name].attribute("warranty_ends_on") is not None for name in "abcd"] == [
        True,
        True,
        True,
        False,
    ]


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("modeller", "administrator")


def switch(admin: ApiClient, name: str, line: str, **more: object) -> dict[str, object]:
    path = f"item-type/{name}"
    return {**proposal(admin, path, (f"name: {name}\n", f"name: {name}\n{line}\n")), **more}


def test_the_warranty_that_goes_is_counted(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    (item,) = admin.get("/items", key="host-1").body["items"]
    values = {"warranty_ends_on": "2027-01-31", "warranty_level": "4h"}
    body = {"version": item["version"], "attributes": values}
    assert admin.patch(f"/items/{item['id']}", body).status == 200
    wanted = switch(admin, "host", "without: [warranty]")
    checked = admin.post("/definitions/item-type/host/check", wanted).body
    assert lost(checked) == {"attribute-value": 2}
    assert admin.put("/definitions/item-type/host", wanted).status == 409


def test_a_kind_that_needs_a_capability_is_refused_with_the_reason(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    address = {"type": "ip-address", "name": "10.0.0.9", "attributes": {"address": "10.0.0.9"}}
    made = admin.post("/items", address).body["id"]
    fine = {"kind": "addressed-by", "source": str(hospital["host-1"]), "target": made}
    assert admin.post("/relations", fine).status == 201
    person = {**fine, "source": str(hospital["zhou"])}
    refused = admin.post("/relations", person)
    assert refused.status == 422
    (problem,) = refused.body["problems"]
    assert problem["message"] == (
        "“is addressed by” needs “Has addresses”, which the type “Person” is without."
    )
    wanted = switch(admin, "host", "without: [addresses]")
    checked = admin.post("/definitions/item-type/host/check", wanted).body
    assert lost(checked) == {"relation-ends": 1}


def test_what_takes_no_part_in_impact_is_left_out_of_the_graph(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    def reached() -> set[UUID]:
        found = graph_queries.around(EVERYTHING, hospital["pacs"])
        return {node.item.id for node in found.nodes if node.item}

    assert {hospital["host-1"], hospital["switch-1"]} <= reached()
    before = len(queries.impact_relations())
    saved = admin.put(
        "/definitions/item-type/host", switch(admin, "host", "without: [impact]", consent=True)
    )
    assert saved.status == 200, saved.body
    assert hospital["host-1"] not in reached()
    assert hospital["pacs-db"] in reached()
    ends = {end for each in queries.impact_relations() for end in (each.dependent, each.needed)}
    assert hospital["host-1"] not in ends
    assert len(queries.impact_relations()) == before - 4
    back = proposal(admin, "item-type/host", ("without: [impact]\n", ""))
    assert admin.put("/definitions/item-type/host", {**back, "consent": True}).status == 200
    assert hospital["host-1"] in reached()


def test_on_and_off_at_once_is_a_mistake(admin: ApiClient) -> None:
    wanted = switch(admin, "host", "capabilities: [impact]\nwithout: [impact]")
    checked = admin.post("/definitions/item-type/host/check", wanted).body
    assert ["switched on and off" in each["message"] for each in checked["problems"]] == [True]
