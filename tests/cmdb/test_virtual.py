"""Virtualisation both ways: everything in sight once, in its place, and what is thin marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cmdb.conftest import AT, PLATFORM
from tests.hospital import ApiClient, client_of
from wardround.cmdb import actions
from wardround.cmdb.items import Condition, Item
from wardround.cmdb.types import NewItem, NewRelation
from wardround.cmdb.virtual_rules import (
    CloudParts,
    ClusterParts,
    Sighted,
    cloud_picture,
    cluster_picture,
)
from wardround.kernel.types import Scope
from wardround.schema.types import Label

# Rules -------------------------------------------------------------------------------------------


def item(id_: UUID) -> Item:
    return Item(
        id=id_, key=str(id_), type="t", type_label=Label("", ""), type_retired=False, layer="",
        layer_label=Label("", ""), roles=(), name=f"n{id_.int}", importance=None,
        condition=Condition.OK, condition_since=None, owner=None, vendor=None, systems=(),
        attributes={"cpu_cores": 2}, restricted=(), updated_at=datetime(2026, 1, 1, tzinfo=UTC),
        version=1,
    )  # fmt: skip


def some(begin: int) -> st.SearchStrategy[frozenset[UUID]]:
    return st.frozensets(st.integers(begin, begin + 4).map(lambda n: UUID(int=n)))


@st.composite
def pairs(draw: st.DrawFn, *sides: frozenset[UUID]) -> frozenset[tuple[UUID, UUID]]:
    left, right = (sorted(side) for side in sides)
    if not left or not right:
        return frozenset()
    both = st.tuples(st.sampled_from(left), st.sampled_from(right))
    return draw(st.frozensets(both, max_size=8))


def sighted(draw: st.DrawFn, every: Iterable[UUID]) -> Sighted:
    seen = [id_ for id_ in sorted(every) if draw(st.booleans())]
    return Sighted({id_: item(id_) for id_ in seen}, beyond=False, left_out=0)


@given(st.data())
def test_every_machine_in_sight_is_in_a_cluster_once(data: st.DataObject) -> None:
    hosts, machines = data.draw(some(1)), data.draw(some(11))
    runs = data.draw(pairs(hosts, machines))
    parts = ClusterParts(hosts, machines, runs, frozenset(), frozenset())
    seen = sighted(data.draw, hosts | machines)
    drawn = cluster_picture(parts, seen)
    told = [m.id for host in drawn.hosts for m in host.machines] + [m.id for m in drawn.machines]
    assert Counter(told) == Counter(machines & seen.known.keys())
    shown = [each.host.id for each in drawn.hosts if each.host.id]
    assert Counter(shown) == Counter(hosts & seen.known.keys())
    assert (drawn.capacity.given_cores or 0) == 2 * len(told)
    given_out = [host.capacity.given_cores or 0 for host in drawn.hosts]
    assert sum(given_out) + 2 * len(drawn.machines) == 2 * len(told)


@given(st.data())
def test_everything_in_sight_is_in_a_cloud_once(data: st.DataObject) -> None:
    nodes, spaces, loads, pods, services = (data.draw(some(n)) for n in (1, 11, 21, 31, 41))
    parts = CloudParts(
        nodes, spaces, loads, pods, services,
        holds=data.draw(pairs(spaces, loads | pods | services)),
        replicas=data.draw(pairs(loads, pods)),
        on=data.draw(pairs(nodes, pods)),
        leads=data.draw(pairs(loads, services)),
    )  # fmt: skip
    seen = sighted(data.draw, nodes | spaces | loads | pods | services)
    drawn = cloud_picture(parts, seen)
    found = [load for space in drawn.namespaces for load in space.workloads]
    told = [pod.pod.id for load in found for pod in load.pods]
    assert Counter(told) == Counter(pods & seen.known.keys())
    named = [load.workload.id for load in found if load.workload and load.workload.id]
    assert Counter(named) == Counter(loads & seen.known.keys())
    served = [s.id for space in drawn.namespaces for s in space.services]
    served += [s.id for load in found for s in load.services]
    assert set(served) == services & seen.known.keys()


# Through the door --------------------------------------------------------------------------------

ITEMS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("cl", "cluster", {}),
    ("esx-1", "hypervisor", {"cpu_cores": 8, "memory": 64}),
    ("esx-2", "hypervisor", {"cpu_cores": 8, "memory": 64}),
    ("vm-1", "virtual-machine", {"cpu_cores": 12, "memory": 32}),
    ("vm-2", "virtual-machine", {}),
    ("vsw", "virtual-switch", {}),
    ("ds", "datastore", {}),
    ("k8s", "cloud-cluster", {}),
    ("node-1", "node", {}),
    ("node-2", "node", {}),
    ("ns", "namespace", {}),
    ("web", "workload", {"namespace": "ns", "replicas": 2}),
    ("pay", "workload", {"namespace": "ns"}),
    ("web-1", "pod", {"namespace": "ns"}),
    ("web-2", "pod", {"namespace": "ns"}),
    ("pay-1", "pod", {}),
    ("pay-2", "pod", {}),
    ("svc", "cloud-service", {"namespace": "ns"}),
)
RELATIONS = (
    ("composed-of", "cl", "esx-1"), ("composed-of", "cl", "esx-2"), ("runs-on", "vm-1", "esx-1"),
    ("runs-on", "vm-2", "cl"), ("connects", "esx-1", "vsw"), ("stored-on", "esx-2", "ds"),
    ("composed-of", "k8s", "node-1"), ("composed-of", "k8s", "node-2"),
    ("belongs-to", "ns", "k8s"), ("composed-of", "web", "web-1"), ("composed-of", "web", "web-2"),
    ("composed-of", "pay", "pay-1"), ("composed-of", "pay", "pay-2"), ("uses", "svc", "web"),
    ("runs-on", "web-1", "node-1"), ("runs-on", "web-2", "node-2"), ("runs-on", "pay-1", "node-1"),
    ("runs-on", "pay-2", "node-1"), ("runs-on", "pacs-app-1", "vm-1"), ("uses", "lis", "pay"),
)  # fmt: skip


@pytest.fixture
def house(hospital: dict[str, UUID]) -> dict[str, UUID]:
    for key, type_name, attributes in ITEMS:
        new = NewItem(type=type_name, name=key, key=key, attributes=attributes)
        hospital[key] = actions.create_item(PLATFORM, new, at=AT).id
    for kind, source, target in RELATIONS:
        actions.relate(PLATFORM, NewRelation(kind, source, target), at=AT)
    return hospital


def cluster_of(client: ApiClient, id_: UUID) -> Any:
    return client.get(f"/clusters/{id_}/picture").body


def names(parts: Any) -> list[str]:
    return [part["name"] for part in parts]


@pytest.mark.django_db
def test_a_cluster_with_its_hosts_and_what_is_given_out(house: dict[str, UUID]) -> None:
    li = client_of("li", "administrator")
    body = cluster_of(li, house["cl"])
    assert {host["host"]["name"]: names(host["machines"]) for host in body["hosts"]} == {
        "esx-1": ["vm-1"], "esx-2": [],
    }  # fmt: skip
    assert (names(body["machines"]), names(body["switches"])) == (["vm-2"], ["vsw"])
    assert (names(body["storage"]), body["single_host"]) == (["ds"], False)
    assert body["capacity"] == {
        "cores": 16.0, "given_cores": 12.0, "memory": 128.0, "given_memory": 32.0,
    }  # fmt: skip
    actions.retire_item(PLATFORM, house["esx-2"], at=AT)
    assert cluster_of(li, house["cl"])["single_host"] is True
    assert li.get(f"/clusters/{house['k8s']}/picture").status == 404


def drawn(body: Any) -> dict[str, dict[str, tuple[list[tuple[str, str]], bool]]]:
    return {
        space["namespace"]["name"] if space["namespace"] else "": {
            load["workload"]["name"] if load["workload"] else "": (
                [(pod["pod"]["name"], (pod["node"] or {}).get("name", "")) for pod in load["pods"]],
                load["crowded"],
            )
            for load in space["workloads"]
        }
        for space in body["namespaces"]
    }


@pytest.mark.django_db
def test_a_cloud_and_a_namespace_of_it(house: dict[str, UUID]) -> None:
    li = client_of("li", "administrator")
    body = li.get(f"/clouds/{house['k8s']}/picture").body
    wanted = {
        "ns": {
            "pay": ([("pay-1", "node-1"), ("pay-2", "node-1")], True),
            "web": ([("web-1", "node-1"), ("web-2", "node-2")], False),
        }
    }
    assert drawn(body) == wanted
    assert [(node["node"]["name"], node["pods"]) for node in body["nodes"]] == [
        ("node-1", 3), ("node-2", 1),
    ]  # fmt: skip
    web = body["namespaces"][0]["workloads"][1]
    assert (names(web["services"]), web["workload"]["attributes"]) == (["svc"], {"replicas": 2})
    assert drawn(li.get(f"/clouds/{house['ns']}/picture").body) == wanted


@pytest.mark.django_db
def test_what_is_out_of_reach_is_there_without_a_name(house: dict[str, UUID]) -> None:
    """Whoever reads the laboratory sees the payment it uses: crowded for him, too."""
    reader = client_of("lab", "reader", scope=Scope(systems=frozenset({house["lis"]})))
    assert reader.get(f"/clouds/{house['ns']}/picture").status == 404
    li = client_of("li", "administrator")
    actions.relate(PLATFORM, NewRelation("uses", "lis", "k8s"), at=AT)
    body = reader.get(f"/clouds/{house['k8s']}/picture").body
    told = drawn(body)
    assert told == {"不在您的可见范围内": told.get("不在您的可见范围内")} or list(told) == [
        "out of your reach"
    ]
    (loads,) = told.values()
    assert loads == {"pay": ([("pay-1", "node-1"), ("pay-2", "node-1")], True)}
    assert body["beyond"] is True
    assert li.get(f"/clouds/{house['k8s']}/picture").body["beyond"] is False
