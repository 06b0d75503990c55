"""Networks, addresses and circuits through the door, and what is told of who is out of reach."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from ipaddress import ip_network
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from tests.cmdb.conftest import AT, PLATFORM
from tests.hospital import ApiClient, client_of
from wardround.cmdb import actions, queries
from wardround.cmdb.networks.troubles import Standing, conflicting, overlapping
from wardround.cmdb.types import ItemEdit, ItemEntry, ItemsDefinition, RelationEntry
from wardround.kernel import clock
from wardround.kernel.types import Scope

pytestmark = pytest.mark.django_db


def entry(key: str, its_type: str, **attributes: Any) -> ItemEntry:
    return ItemEntry(key=key, type=its_type, name=f"{key}!", attributes=attributes)


ENTRIES = (
    entry("vrf", "ip-space"),
    entry("inner", "network-zone"),
    entry("campus", "subnet", network="10.9.0.0/16"),
    entry("servers", "subnet", network="10.9.1.0/24", vlan=101, zone="inner", gateway="10.9.1.1"),
    entry("line", "subnet", network="10.9.8.0/30"),
    entry("six", "subnet", network="2001:db8::/64"),
    entry("apart", "subnet", network="10.9.1.0/24", space="vrf"),
    entry("pool", "ip-range", first="10.9.1.100", last="10.9.1.199", subnet="servers"),
    entry("vm-1", "virtual-machine", address="10.9.1.2"),
    entry("vm-2", "virtual-machine", address="10.9.1.3"),
    entry("os-1", "server-system", hostname="os-1", management_address="10.9.1.2"),
    entry("note", "ip-address", address="10.9.1.2", subnet="servers"),
    entry("far", "ip-address", address="10.9.1.2", subnet="apart"),
    entry("v6", "virtual-machine", address="2001:db8::1"),
)
RELATIONS = (
    RelationEntry(kind="hosted-on", source="os-1", target="vm-1"),
    RelationEntry(kind="runs-on", source="lis", target="vm-2"),
)


@pytest.fixture
def house(hospital: dict[str, UUID]) -> dict[str, UUID]:
    return keep(hospital, ENTRIES, RELATIONS)


def keep(
    house: dict[str, UUID],
    entries: tuple[ItemEntry, ...],
    relations: tuple[RelationEntry, ...] = (),
    name: str = "wires",
) -> dict[str, UUID]:
    told = ItemsDefinition(name=name, items=entries, relations=relations)
    actions.import_items(PLATFORM, [told], at=AT)
    found = queries.items_by_key([each.key for each in entries])
    return house | {key: ref.id for key, ref in found.items()}


@pytest.fixture
def admin(house: dict[str, UUID]) -> ApiClient:
    return client_of("cabler", "administrator")


@pytest.fixture
def engineer(house: dict[str, UUID]) -> ApiClient:
    """Of the imaging system alone."""
    scope = Scope(systems=frozenset({house["pacs"]}))
    return client_of("imager", "engineer", scope=scope)


def told(admin: ApiClient, **filters: Any) -> dict[str, dict[str, Any]]:
    return {row["key"]: row for row in admin.get("/networks", **filters).body["items"]}


def quality(client: ApiClient) -> dict[str, int]:
    found = client.get("/data-quality").body["findings"]
    names = ("address-", "wrong-mask", "networks-")
    return {each["name"]: each["count"] for each in found if each["name"].startswith(names)}


def found(client: ApiClient, finding: str) -> list[str]:
    rows = client.get("/items", finding=finding, sort="key").body["items"]
    return [row["key"] for row in rows]


def sheet(body: bytes) -> list[tuple[object, ...]]:
    return list(load_workbook(BytesIO(body)).worksheets[0].iter_rows(values_only=True))


# Read --------------------------------------------------------------------------------------------


def test_networks_come_as_a_tree_with_how_much_of_each_is_used(admin: ApiClient) -> None:
    rows = told(admin)
    assert list(rows) == ["campus", "servers", "line", "apart", "six"]
    campus, servers, six = rows["campus"], rows["servers"], rows["six"]
    assert (servers["depth"], servers["parent"]["name"]) == (1, "campus!")
    assert (campus["depth"], campus["children"], campus["parent"]) == (0, 2, None)
    # 10.9.1.1 the gateway, .2 and .3; one that is registered in another space is not of it
    assert (servers["usable"], servers["used"], servers["reserved"]) == (254, 3, 100)
    assert (servers["free"], servers["share"]) == (151, pytest.approx(3 / 254))
    assert (campus["used"], campus["covered"]) == (3, pytest.approx((256 + 4) / 65536))
    assert (rows["apart"]["used"], rows["apart"]["space"]["name"]) == (1, "vrf!")
    assert (six["usable"], six["host_bits"], six["used"]) == (None, 64, 1)
    assert list(told(admin, at="10.9.8.1")) == ["campus", "line"]
    assert list(told(admin, inside=str(campus["id"]), version=4)) == ["servers", "line"]
    assert set(told(admin, top=True)) == {"campus", "apart", "six"}
    assert next(iter(told(admin, sort="-used", type="subnet"))) in {"campus", "servers"}
    lines = sheet(admin.get("/networks", format="xlsx").body)
    assert ("10.9.1.0/24", 254, 3) in [row[:3] for row in lines]


def test_the_page_of_a_network(admin: ApiClient, house: dict[str, UUID]) -> None:
    page = admin.get(f"/networks/{house['servers']}").body
    assert [each["key"] for each in page["above"]] == ["campus"]
    assert page["free"]["addresses"] == ["10.9.1.4"]
    ranges = [(each["first"], each["last"]) for each in page["free"]["ranges"]]
    assert ranges == [("10.9.1.4", "10.9.1.99"), ("10.9.1.200", "10.9.1.254")]
    assert [each["item"]["name"] for each in page["reserved"]] == ["pool!"]
    assert page["troubles"] == []
    campus = admin.get(f"/networks/{house['campus']}").body
    assert [each["key"] for each in campus["below"]] == ["servers", "line"]
    assert campus["free"]["addresses"] == ["10.9.0.1"]
    six = admin.get(f"/networks/{house['six']}/free", count=3).body
    assert six["addresses"] == ["2001:db8::2", "2001:db8::3", "2001:db8::4"]
    assert six["count"] is None


def test_addresses_one_by_one(admin: ApiClient, house: dict[str, UUID]) -> None:
    rows = admin.get(f"/networks/{house['servers']}/addresses").body
    assert [(row["address"], row["state"], row["item"]["name"]) for row in rows["items"]] == [
        ("10.9.1.1", "gateway", "servers!"),
        ("10.9.1.2", "used", "vm-1!"),
        ("10.9.1.2", "used", "os-1!"),
        ("10.9.1.2", "used", "note!"),
        ("10.9.1.3", "used", "vm-2!"),
        ("10.9.1.100", "reserved", "pool!"),
    ]
    grid = admin.get(f"/networks/{house['servers']}/grid").body
    states = [cell["state"] for cell in grid["cells"]]
    assert len(states) == 256
    assert (states[:5], states[255]) == (["edge", "gateway", "used", "used", "free"], "edge")
    assert states.count("reserved") == 100
    campus = admin.get(f"/networks/{house['campus']}/grid", first="10.9.8.77").body
    assert (campus["before"], campus["after"]) == ("10.9.7.0", "10.9.9.0")
    assert [cell["state"] for cell in campus["cells"][:5]] == ["inner"] * 4 + ["free"]
    outside = admin.get(f"/networks/{house['servers']}/grid", first="10.1.1.1")
    assert (outside.status, outside.body["problems"][0]["field"]) == (422, "first")


def test_an_address_is_found_by_its_number(admin: ApiClient) -> None:
    common, apart = sorted(
        admin.get("/addresses", at="１０.9.1.2").body["places"],
        key=lambda place: bool(place["space"]),
    )
    assert [each["prefix"] for each in common["networks"]] == ["10.9.0.0/16", "10.9.1.0/24"]
    assert {each["item"]["name"] for each in common["holders"]} == {"vm-1!", "os-1!", "note!"}
    assert (apart["space"]["name"], apart["state"]) == ("vrf!", "used")
    places = {at: admin.get("/addresses", at=at).body["places"] for at in ("10.9.1.150", "8.8.8.8")}
    assert {at: place[0]["state"] for at, place in places.items()} == {
        "10.9.1.150": "reserved",
        "8.8.8.8": "outside",
    }
    assert admin.get("/addresses", at="printer").body["problems"][0]["field"] == "at"


# Taken -------------------------------------------------------------------------------------------


def test_the_next_free_address_is_taken_by_a_new_item(
    admin: ApiClient, house: dict[str, UUID]
) -> None:
    path = f"/networks/{house['servers']}/addresses"
    first, second = (admin.post(path, {"name": "新主机"}).body for _ in range(2))
    assert (first["address"], second["address"]) == ("10.9.1.4", "10.9.1.5")
    assert first["item"]["attributes"]["subnet"]["name"] == "servers!"
    taken = admin.post(path, {"address": "10.9.1.3"})
    assert (taken.status, taken.body["code"]) == (409, "address_taken")
    assert "vm-2!" in str(taken.body)
    pooled = admin.post(path, {"address": "10.9.1.150"})
    assert pooled.status == 201  # who says so may
    for wrong in ("10.9.2.1", "10.9.1.255"):
        assert admin.post(path, {"address": wrong}).body["problems"][0]["field"] == "address"
    inner = admin.post(f"/networks/{house['campus']}/addresses", {"address": "10.9.1.9"})
    assert inner.status == 422
    line = f"/networks/{house['line']}/addresses"
    assert [admin.post(line, {}).status for _ in range(3)] == [201, 201, 409]


def test_an_address_is_taken_by_an_item_that_there_is(
    admin: ApiClient, house: dict[str, UUID]
) -> None:
    path, host = f"/networks/{house['servers']}/addresses", house["host-1"]
    version = admin.get(f"/items/{host}").body["version"]
    some = admin.post(path, {"item": str(host), "version": version})
    assert some.body["problems"][0]["field"] == "attribute"  # it has two
    wanted = {"item": str(host), "version": version, "attribute": "bmc_address"}
    assert admin.post(path, wanted).body["address"] == "10.9.1.4"
    assert admin.post(path, wanted).status == 409  # it is another version now
    apart = f"/networks/{house['apart']}/addresses"
    body = {"item": str(house["host-2"]), "version": 1, "attribute": "management_address"}
    assert admin.post(apart, body).body["address"] == "10.9.1.1"
    assert told(admin)["apart"]["used"] == 2  # for the host says in which space it is


# What is wrong -----------------------------------------------------------------------------------


def test_what_is_wrong_is_found(admin: ApiClient, house: dict[str, UUID]) -> None:
    assert quality(admin) == dict.fromkeys(quality(admin), 0)  # a machine and its system are one
    more = (
        entry("twin", "virtual-machine", address="10.9.1.3"),
        entry("again", "ip-address", address="10.9.1.2", subnet="servers"),
        entry("lost", "virtual-machine", address="172.20.0.9"),
        entry("cast", "virtual-machine", address="10.9.1.255"),
        entry("stray", "ip-address", address="10.9.8.1", subnet="servers"),
        entry("half", "subnet", network="10.9.1.128/25", gateway="10.9.1.1"),
        entry("double", "subnet", network="10.9.8.0/30"),
    )
    keep(house, more, name="wrong")
    assert found(admin, "address-shared") == ["again", "note", "twin", "vm-2"]
    assert found(admin, "address-outside") == ["lost"]
    assert found(admin, "address-of-network") == ["cast"]
    assert found(admin, "wrong-mask") == ["half", "stray"]
    assert found(admin, "networks-overlap") == ["double", "half", "line", "servers"]
    page = admin.get(f"/networks/{house['servers']}").body["troubles"]
    assert {(each["finding"], each["address"]) for each in page} == {
        ("address-shared", "10.9.1.2"),
        ("address-shared", "10.9.1.3"),
        ("address-of-network", "10.9.1.255"),
        ("networks-overlap", "10.9.1.128/25"),
        ("wrong-mask", "10.9.8.1"),
    }
    grid = admin.get(f"/networks/{house['servers']}/grid").body["cells"]
    assert [cell["state"] for cell in grid[2:4]] == ["conflict", "conflict"]


def test_who_is_out_of_reach_counts_and_is_not_named(
    engineer: ApiClient, house: dict[str, UUID]
) -> None:
    assert engineer.get(f"/networks/{house['servers']}").status == 404
    assert told(engineer) == {}
    app = house["pacs-app-1"]
    edges = (
        RelationEntry(kind="connects", source="pacs-app-1", target="servers"),
        RelationEntry(kind="runs-on", source="pacs-app-1", target="vm-1"),
    )
    keep(house, (), edges, name="edges")
    assert engineer.get(f"/items/{app}").status == 200
    rows = told(engineer)
    assert list(rows) == ["servers"]  # it serves the imaging system now
    assert (rows["servers"]["used"], rows["servers"]["parent"], rows["servers"]["depth"]) == (
        3, None, 0,
    )  # fmt: skip
    path = f"/networks/{house['servers']}"
    listed = engineer.get(f"{path}/addresses").body["items"]
    named = {(row["address"], row["state"], row["item"]["id"] is None) for row in listed}
    assert ("10.9.1.3", "restricted", True) in named
    assert ("10.9.1.2", "used", False) in named
    everything = [
        engineer.get(path), engineer.get(f"{path}/addresses"), engineer.get(f"{path}/grid"),
        engineer.get("/addresses", at="10.9.1.3"), engineer.get("/networks", at="10.9.1.3"),
    ]  # fmt: skip
    assert all(
        "vm-2!" not in str(each.body) and "campus" not in str(each.body) for each in everything
    )
    assert engineer.get(f"{path}/addresses", q="vm-2").body["items"] == []
    keep(house, (entry("twin", "virtual-machine", address="10.9.1.2"),), name="wrong")
    assert quality(engineer)["address-shared"] == 0  # with whom, he may not know


def test_a_kept_attribute_holds_an_address_of_nobody(
    house: dict[str, UUID], admin: ApiClient
) -> None:
    reader = client_of("reader", "reader")
    body = admin.get("/definitions/item-type/virtual-machine").body
    text = body["text"].replace("name: address,", "name: address, seen_by: engineer,", 1)
    saved = admin.put(
        "/definitions/item-type/virtual-machine",
        {"text": text, "base_version": body["version"]},
    )
    assert saved.status == 200, saved.body
    path = f"/networks/{house['servers']}"
    for client, state in ((reader, "restricted"), (admin, "used")):
        rows = client.get(f"{path}/addresses").body["items"]
        assert {row["state"] for row in rows if row["address"] == "10.9.1.3"} == {state}
    assert "vm-2!" not in str(reader.get("/addresses", at="10.9.1.3").body)
    keep(house, (entry("twin", "virtual-machine", address="10.9.1.3"),), name="wrong")
    assert (quality(reader)["address-shared"], quality(admin)["address-shared"]) == (0, 2)


# Rules -------------------------------------------------------------------------------------------

HOLDER, REGISTERED = "holder", "registered"
_A, _B, _C, _N, _M = (UUID(int=number) for number in range(1, 6))


@pytest.mark.parametrize(
    ("parts", "joined", "wrong"),
    [
        ({_A: HOLDER, _B: HOLDER}, [], {_A, _B}),
        ({_A: HOLDER, _B: HOLDER}, [(_A, _B)], set()),
        ({_A: HOLDER, _N: REGISTERED}, [], set()),
        ({_A: HOLDER, _B: HOLDER, _N: REGISTERED}, [(_A, _N), (_B, _N)], set()),
        ({_A: HOLDER, _B: HOLDER, _N: REGISTERED}, [(_A, _N)], {_A, _B, _N}),
        ({_N: REGISTERED, _M: REGISTERED}, [], {_N, _M}),
        ({_A: HOLDER, _B: HOLDER, _C: HOLDER}, [(_A, _B), (_B, _C)], set()),
    ],
)
def test_who_is_one_host(
    parts: dict[UUID, str], joined: list[tuple[UUID, UUID]], wrong: set[UUID]
) -> None:
    assert conflicting(parts, joined) == wrong


@given(
    st.lists(
        st.tuples(st.integers(0, 15), st.integers(28, 32), st.booleans(), st.booleans()), max_size=8
    )
)
def test_overlaps_are_those_of_each_with_each(
    drawn: list[tuple[int, int, bool, bool]],
) -> None:
    made: list[Standing] = []
    for number, (host, bits, led, apart) in enumerate(drawn):
        prefix = ip_network((f"10.0.0.{host}", bits), strict=False)
        made.append((UUID(int=number), str(prefix), UUID(int=apart), led))

    def key(each: Standing) -> Any:
        prefix = ip_network(each[1])
        return str(each[2]), int(prefix.network_address), prefix.prefixlen, each[0]

    ordered = sorted(made, key=key)
    wrong = {id_ for each in overlapping(ordered) for id_ in each.networks}
    expected = set()
    for mine in made:
        for other in made:
            same = mine[0] != other[0] and mine[2] == other[2]
            inside = same and ip_network(mine[1]).subnet_of(ip_network(other[1]))  # type: ignore[arg-type]
            twins = same and mine[1] == other[1]
            if twins or (inside and mine[3] and other[3]):
                expected |= {mine[0], other[0]}
    assert wrong == expected


# Circuits ----------------------------------------------------------------------------------------


@pytest.fixture
def lines(house: dict[str, UUID]) -> dict[str, UUID]:
    today = timezone.localtime(clock.now()).date()

    def day(days: int) -> str:
        return (today + timedelta(days=days)).isoformat()

    entries = (
        entry("c-old", "contract", ends_on=day(-1)),
        entry("c-soon", "contract", ends_on=day(60)),
        entry("c-long", "contract", ends_on=day(61)),
        entry("l-old", "network-link", contract="c-old", carrier="电信", circuit="GZ-1"),
        entry("l-soon", "network-link", contract="c-soon"),
        entry("l-long", "network-link", contract="c-long"),
    )
    ends = (
        RelationEntry(kind="ends-at", source="l-old", target="switch-1"),
        RelationEntry(kind="ends-at", source="l-old", target="inner"),
        RelationEntry(kind="ends-at", source="l-soon", target="lis"),
    )
    return keep(house, entries, ends, name="lines")


def test_circuits_have_ends_and_contracts_that_end(
    admin: ApiClient, lines: dict[str, UUID]
) -> None:
    def keys(**filters: Any) -> list[str]:
        return [row["key"] for row in admin.get("/circuits", **filters).body["items"]]

    rows = {row["key"]: row for row in admin.get("/circuits").body["items"]}
    assert {key: row["contract_state"] for key, row in rows.items()} == {
        "l-old": "ended", "l-soon": "ending", "l-long": "running",
    }  # fmt: skip
    assert [end["item"]["name"] for end in rows["l-old"]["ends"]] == ["核心交换机 1", "inner!"]
    assert keys(end=str(lines["inner"])) == ["l-old"]
    assert keys(contract_state=["ended", "ending"]) == ["l-old", "l-soon"]
    assert keys(incomplete=True) == ["l-long", "l-soon"]
    third = {"kind": "ends-at", "source": str(lines["l-old"]), "target": str(lines["lis"])}
    assert admin.post("/relations", third).status == 422  # a line has two ends
    assert any(
        "核心交换机 1" in str(row) for row in sheet(admin.get("/circuits", format="xlsx").body)
    )


def test_ends_and_contracts_out_of_reach_are_not_named(
    engineer: ApiClient, lines: dict[str, UUID]
) -> None:
    edge = RelationEntry(kind="connects", source="pacs-app-1", target="l-soon")
    keep(lines, (), (edge,), name="edges")
    (row,) = engineer.get("/circuits").body["items"]
    assert (row["key"], row["ends"][0]["item"]["id"], row["contract_state"]) == (
        "l-soon", None, None,
    )  # fmt: skip
    assert engineer.get("/circuits", contract_state="ending").body["items"] == []
    assert engineer.get("/circuits", end=str(lines["lis"])).body["items"] == []


def test_an_item_that_goes_frees_its_address(admin: ApiClient, house: dict[str, UUID]) -> None:
    actions.retire_item(PLATFORM, house["vm-2"], at=AT)
    path = f"/networks/{house['servers']}/free"
    assert admin.get(path, count=2).body["addresses"] == ["10.9.1.3", "10.9.1.4"]
    actions.restore_item(PLATFORM, house["vm-2"], at=AT)
    edit = ItemEdit(attributes={"network": "10.9.1.0/25"})
    actions.update_item(PLATFORM, house["servers"], edit, version=1, at=AT)
    rows = told(admin)
    assert (rows["servers"]["usable"], rows["servers"]["used"]) == (126, 3)
    assert admin.get("/addresses", at="10.9.1.200").body["places"][0]["networks"][-1]["prefix"] == (
        "10.9.0.0/16"
    )
