"""What failures do, through the door: the reader's services, their causes, and what is hidden."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.cmdb.conftest import AT, PLATFORM, base, hospital
from tests.hospital import ApiClient, client_of
from wardround.cmdb import actions, models
from wardround.cmdb.types import Condition, ConditionChange, NewItem, NewRelation, Standby
from wardround.kernel.types import Scope

__all__ = ["base", "hospital"]
pytestmark = [pytest.mark.django_db, pytest.mark.once]
PACS, LIS = "放射科PACS/RIS", "实验室信息化管理系统"


def conditions(hospital: dict[str, UUID], **of_items: Condition) -> None:
    changes = [
        ConditionChange(hospital[key.replace("_", "-")], condition)
        for key, condition in of_items.items()
    ]
    actions.set_conditions(PLATFORM, changes, at=AT)


@pytest.fixture
def li(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("li", "administrator")


def state(client: ApiClient) -> dict[str, Any]:
    return services(client.get("/impact/state"))


def services(answer: Any) -> dict[str, Any]:
    assert answer.status == 200, answer.body
    return {service["name"]: service for service in answer.body["services"]}


def names(told: dict[str, Any]) -> list[str]:
    return [ref["name"] for ref in told["items"]]


def test_where_nothing_is_measured_nothing_is_called_up(
    hospital: dict[str, UUID], li: ApiClient
) -> None:
    assert {name: service["state"] for name, service in state(li).items()} == {
        PACS: "unknown", LIS: "unknown",
    }  # fmt: skip
    conditions(hospital, host_2=Condition.OK)
    assert state(li)[LIS]["state"] == "up"
    assert state(li)[PACS]["state"] == "unknown"


def test_a_lost_half_of_a_pair_degrades_and_the_other_half_is_named(
    hospital: dict[str, UUID], li: ApiClient
) -> None:
    conditions(hospital, pacs_app_1=Condition.DOWN)
    pacs = state(li)[PACS]
    assert (pacs["state"], pacs["judged"]) == ("degraded", "warning")
    assert names(pacs["causes"]) == ["PACS 应用 1"]
    assert names(pacs["unprotected"]) == ["PACS 应用 2"]
    conditions(hospital, pacs_app_2=Condition.DOWN)
    pacs = state(li)[PACS]
    assert pacs["state"] == "down"
    assert names(pacs["causes"]) == ["PACS 应用 1", "PACS 应用 2"]
    assert names(pacs["unprotected"]) == []
    assert pacs["judged"] == "down"


def test_what_all_rest_on_stops_all(hospital: dict[str, UUID], li: ApiClient) -> None:
    conditions(hospital, switch_1=Condition.DOWN)
    found = state(li)
    # the interface is provided by the laboratory system, which is down: PACS consumes it
    assert {name: service["state"] for name, service in found.items()} == {
        PACS: "down", LIS: "down",
    }  # fmt: skip
    assert names(found[LIS]["causes"]) == ["核心交换机 1"]


def test_one_in_maintenance_has_not_failed(hospital: dict[str, UUID], li: ApiClient) -> None:
    conditions(hospital, switch_1=Condition.MAINTENANCE, host_1=Condition.CRITICAL)
    assert {service["state"] for service in state(li).values()} == {"up"}


def test_one_that_can_be_switched_says_how_long_it_takes(
    hospital: dict[str, UUID], li: ApiClient
) -> None:
    spare = NewItem(type="database", name="PACS 备库", key="pacs-db-2")
    hospital["pacs-db-2"] = actions.create_item(PLATFORM, spare, at=AT).id
    models.Relation.objects.filter(kind="uses", target=hospital["pacs-db"]).delete()
    for app in ("pacs-app-1", "pacs-app-2"):
        for key, standby, minutes in (
            ("pacs-db", Standby.HOT, None), ("pacs-db-2", Standby.COLD, 20.0),
        ):  # fmt: skip
            wanted = NewRelation(
                "uses", app, key, group="db", need=1, standby=standby, switch_minutes=minutes
            )
            actions.relate(PLATFORM, wanted, at=AT)
    assert state(li)[PACS]["state"] == "unknown"
    conditions(hospital, pacs_db=Condition.DOWN)
    pacs = state(li)[PACS]
    assert (pacs["state"], pacs["switch_minutes"]) == ("down", 20)
    conditions(hospital, pacs_db_2=Condition.DOWN)
    assert state(li)[PACS]["switch_minutes"] is None


def test_one_that_is_measured_as_working_is_not_to_be_switched(
    hospital: dict[str, UUID], li: ApiClient
) -> None:
    spare = NewItem(type="database", name="PACS 备库", key="pacs-db-2")
    hospital["pacs-db-2"] = actions.create_item(PLATFORM, spare, at=AT).id
    rows = models.Relation.objects.filter(kind="uses", target=hospital["pacs-db"])
    rows.update(group="db", need=1)
    cold = {"group": "db", "need": 1, "standby": Standby.COLD, "switch_minutes": 20.0}
    actions.relate(PLATFORM, NewRelation("uses", "pacs-app-1", "pacs-db-2", **cold), at=AT)
    models.Relation.objects.filter(target=hospital["pacs-app-2"]).delete()
    conditions(hospital, pacs_db=Condition.DOWN)
    pacs = state(li)[PACS]
    assert (pacs["state"], pacs["switch_minutes"]) == ("down", 20)
    conditions(hospital, pacs=Condition.OK)
    pacs = state(li)[PACS]
    assert (pacs["state"], pacs["switch_minutes"]) == ("degraded", None)


def test_what_is_measured_now_says_nothing_of_failures_that_are_supposed(
    hospital: dict[str, UUID], li: ApiClient
) -> None:
    """A system that works now would not work without what it needs, nor when it fails itself."""
    conditions(hospital, pacs=Condition.OK, lis=Condition.DOWN)
    for failed in ("switch-1", "pacs"):
        found = services(li.post("/impact/what-if", {"failed": [hospital[failed]]}))
        assert (found[PACS]["state"], found[PACS]["judged"]) == ("down", "down")
    assert (found[LIS]["state"], found[LIS]["judged"]) == ("up", "ok")
    assert state(li)[PACS]["state"] == "degraded"
    assert (state(li)[LIS]["state"], state(li)[LIS]["judged"]) == ("down", "down")


def test_what_is_out_of_reach_is_a_layer_and_no_name(
    hospital: dict[str, UUID], li: ApiClient
) -> None:
    """Somebody who sees the laboratory system alone."""
    stray = NewItem(type="storage", name="秘密存储", key="secret-store")
    hospital["secret-store"] = actions.create_item(PLATFORM, stray, at=AT).id
    actions.relate(PLATFORM, NewRelation("stored-on", "host-2", "secret-store"), at=AT)
    models.Item.objects.filter(key="secret-store").update(systems=[])
    conditions(hospital, secret_store=Condition.DOWN)
    client = client_of("wang", "administrator", scope=Scope(systems=frozenset({hospital["lis"]})))
    answer = client.get("/impact/state")
    (lis,) = services(answer).values()
    assert lis["state"] == "down"
    assert lis["causes"]["items"] == []
    assert len(lis["causes"]["hidden"]) == 1
    assert answer.body["failed"] == {"items": [], "more": 0, "hidden": []}
    assert "秘密存储" not in str(answer.body)
    assert str(hospital["secret-store"]) not in str(answer.body)
    asked = client.post("/impact/what-if", {"failed": [str(hospital["secret-store"])]})
    assert (asked.status, asked.body["code"]) == (404, "unknown_items")


def test_what_if_tells_what_would_be_and_changes_nothing(
    hospital: dict[str, UUID], li: ApiClient
) -> None:
    conditions(hospital, switch_1=Condition.DOWN)
    asked = li.post("/impact/what-if", {"failed": [str(hospital["host-2"])]})
    found = services(asked)
    assert {name: found[name]["state"] for name in found} == {LIS: "down", PACS: "down"}
    asked = li.post("/impact/what-if", {"failed": [str(hospital["pacs-app-2"])]})
    found = services(asked)
    assert (found[PACS]["state"], found[LIS]["state"]) == ("degraded", "up")
    assert li.post("/impact/what-if", {"failed": [str(uuid4())]}).status == 404
    assert state(li)[LIS]["state"] == "down"


def test_a_circle_is_told_and_computed(hospital: dict[str, UUID], li: ApiClient) -> None:
    actions.relate(PLATFORM, NewRelation("uses", "pacs-db", "pacs-app-1"), at=AT)
    actions.relate(PLATFORM, NewRelation("uses", "pacs-app-2", "pacs-app-1"), at=AT)
    body = li.get("/impact/state").body
    (circle,) = body["doubts"]
    assert circle["kind"] == "circle"
    assert {ref["name"] for ref in circle["items"]} == {"PACS 应用 1", "PACS 数据库"}
    conditions(hospital, pacs_db=Condition.DOWN)
    assert state(li)[PACS]["state"] == "down"


def test_boards_say_the_same(hospital: dict[str, UUID], li: ApiClient) -> None:
    conditions(hospital, pacs_app_1=Condition.DOWN)
    rows = li.get("/boards/systems").body["items"]
    assert [(row["name"], row["now"]["state"]) for row in rows] == [
        (PACS, "degraded"), (LIS, "unknown"),
    ]  # fmt: skip
    view = li.get("/unified-view").body
    told = {
        system["name"]: system["now"]["state"]
        for zone in view["zones"]
        for system in zone["systems"]
    }
    assert told == {PACS: "degraded", LIS: "unknown"}


def test_an_edit_is_in_the_next_answer(hospital: dict[str, UUID], li: ApiClient) -> None:
    conditions(hospital, pacs_app_1=Condition.DOWN)
    assert state(li)[PACS]["state"] == "degraded"
    rows = models.Relation.objects.filter(source=hospital["pacs"], group="web")
    rows.update(need=2)
    assert state(li)[PACS]["state"] == "down"
