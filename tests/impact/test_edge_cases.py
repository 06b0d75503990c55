"""What spreadsheets and other products get wrong, each by its name, through the door."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.cmdb.conftest import base, hospital
from tests.hospital import ApiClient, client_of
from tests.impact.test_matrix import asked

__all__ = ["base", "hospital"]
pytestmark = [pytest.mark.django_db, pytest.mark.once]


class House:
    """A system of its own in the hospital, made through the API."""

    def __init__(self, api: ApiClient) -> None:
        self.api = api
        self.ids: dict[str, str] = {}
        self.make("system", "business-system")

    def make(self, key: str, type_name: str = "application") -> None:
        made = self.api.post("/items", {"type": type_name, "name": key, "key": f"e-{key}"})
        assert made.status == 201, made.body
        self.ids[key] = made.body["id"]

    def relate(self, source: str, target: str, kind: str = "uses", **more: Any) -> None:
        ends = {"source": self.ids[source], "target": self.ids[target]}
        made = self.api.post("/relations", {"kind": kind, **ends, **more})
        assert made.status == 201, made.body

    def group(self, *members: str, need: int, cold: tuple[str, ...] = ()) -> None:
        """The system needs so many of these."""
        for each in (*members, *cold):
            self.make(each)
            standby: dict[str, Any] = {}
            if each in cold:
                standby = {"standby": "cold", "switch_minutes": 15}
            self.relate("system", each, group="g", need=need, **standby)

    def letters(self, of: str = "system") -> dict[str, str]:
        body = asked(self.api, services=self.ids[of])
        names = {row["id"]: row["name"] for row in body["items"]}
        return {names[cell["item"]]: cell["cell"] for cell in body["cells"]}

    def without(self, *failed: str) -> Any:
        body = {"failed": [self.ids[each] for each in failed]}
        answer = self.api.post("/impact/what-if", body)
        assert answer.status == 200, answer.body
        return next(each for each in answer.body["services"] if each["id"] == self.ids["system"])

    def doubts(self) -> list[tuple[str, list[str]]]:
        told = self.api.get("/impact/state").body["doubts"]
        return [(each["kind"], [item["name"] for item in each["items"]]) for each in told]


@pytest.fixture
def house(hospital: dict[str, UUID]) -> House:
    return House(client_of("li", "administrator"))


@pytest.mark.parametrize(("shared", "kind"), [("host", "runs-on"), ("switch", "uses")])
def test_what_two_hot_halves_share_is_a_single_point(house: House, shared: str, kind: str) -> None:
    house.group("a", "b", need=1)
    house.make("shared", shared)
    for half in ("a", "b"):
        house.relate(half, "shared", kind)
    assert house.letters() == {"a": "A", "b": "A", "shared": "X"}


def test_of_k_of_n_without_a_spare_each_is_a_single_point(house: House) -> None:
    house.group("a", "b", "c", need=3)
    assert house.letters() == {"a": "X", "b": "X", "c": "X"}


def test_of_k_of_n_with_a_cold_spare_each_stops_it_until_that_is_on(house: House) -> None:
    house.group("a", "b", need=2, cold=("spare",))
    assert house.letters() == {"a": "M", "b": "M", "spare": "A"}
    told = house.without("a")
    assert (told["state"], told["switch_minutes"]) == ("down", 15.0)
    assert house.without("a", "b")["switch_minutes"] is None


def test_a_circle_is_up_until_something_below_it_fails(house: House) -> None:
    for key in ("a", "b", "below", "beside"):
        house.make(key)
    house.relate("system", "a")
    house.relate("a", "b")
    house.relate("b", "a")
    house.relate("b", "below")
    assert house.without("beside")["state"] != "down"
    assert house.without("below")["state"] == "down"
    assert house.letters() == {"a": "X", "b": "X", "below": "X"}
    (kind, items), *_others = house.doubts()
    assert (kind, sorted(items)) == ("circle", ["a", "b"])


def test_a_standby_that_fails_itself_costs_protection_and_not_the_service(house: House) -> None:
    house.group("main", "second", need=1)
    assert house.letters() == {"main": "A", "second": "A"}
    told = house.without("second")
    assert told["state"] == "degraded"
    assert [each["name"] for each in told["unprotected"]["items"]] == ["main"]


def test_a_cold_standby_that_fails_itself_leaves_nothing_to_switch_to(house: House) -> None:
    house.group("main", need=1, cold=("standby",))
    assert house.letters() == {"main": "M", "standby": "A"}
    told = house.without("standby")
    assert told["state"] == "degraded"
    assert [each["name"] for each in told["unprotected"]["items"]] == ["main"]
    assert house.without("main")["switch_minutes"] == 15.0
    assert house.without("main", "standby")["switch_minutes"] is None


def test_what_a_primary_and_its_cold_standby_share_is_a_single_point(house: House) -> None:
    house.group("main", need=1, cold=("standby",))
    house.make("storage", "switch")
    for each in ("main", "standby"):
        house.relate(each, "storage")
    assert house.letters() == {"main": "M", "standby": "A", "storage": "X"}


def test_a_service_that_only_cold_ones_carry_is_told_and_not_down(house: House) -> None:
    house.group(need=1, cold=("first", "second"))
    assert ("only-cold", ["system"]) in house.doubts()
    (state,) = (
        each["state"]
        for each in house.api.get("/impact/state").body["services"]
        if each["id"] == house.ids["system"]
    )
    assert state != "down"


def test_an_interface_falls_with_its_provider_and_not_with_a_consumer(house: House) -> None:
    house.make("provider", "business-system")
    house.make("consumer", "business-system")
    house.make("interface", "interface")
    house.relate("provider", "interface", "provides")
    house.relate("consumer", "interface", "consumes")
    assert house.letters("consumer") == {"interface": "X", "provider": "X"}
    assert house.letters("provider") == {}


def test_k_of_n_is_measured_anew_when_one_is_retired(house: House) -> None:
    house.group("a", "b", "c", need=2)
    assert house.letters() == {"a": "A", "b": "A", "c": "A"}
    assert house.api.post(f"/items/{house.ids['c']}/retire").status in {200, 204}
    assert house.letters() == {"a": "X", "b": "X"}
    assert house.api.post(f"/items/{house.ids['b']}/retire").status in {200, 204}
    assert house.letters() == {"a": "X"}
    assert ("too-few", ["system"]) in house.doubts()
