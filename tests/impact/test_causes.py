"""What must fail together, and why what is down is down: through the door, redacted by reach."""

from __future__ import annotations

import itertools
from typing import Any
from uuid import UUID

import pytest

from tests.cmdb.conftest import AT, PLATFORM, base, hospital
from tests.hospital import ApiClient, client_of
from tests.impact.test_state import conditions
from wardround.cmdb import actions
from wardround.cmdb.types import Condition, ConditionChange, NewRelation
from wardround.kernel.types import Scope

__all__ = ["base", "hospital"]
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def li(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("li", "administrator")


def names(parts: list[dict[str, Any]]) -> frozenset[str]:
    return frozenset(part["item"]["name"] if part["item"] else "hidden" for part in parts)


def cut_sets(client: ApiClient, service: UUID, **asked: Any) -> Any:
    answer = client.get(f"/impact/services/{service}/cut-sets", **asked)
    assert answer.status == 200, answer.body
    return answer.body


def causes(client: ApiClient) -> Any:
    answer = client.get("/impact/root-causes")
    assert answer.status == 200, answer.body
    return answer.body


def test_cut_sets_are_what_stops_it_when_taken_out(
    hospital: dict[str, UUID], li: ApiClient
) -> None:
    """All single items and pairs, by taking them out one after the other."""
    body = cut_sets(li, hospital["pacs"])
    told = {frozenset(part["item"]["id"] for part in each["parts"]) for each in body["sets"]}
    ids = [str(id_) for key, id_ in hospital.items() if key != "pacs"]

    def stops(failed: tuple[str, ...]) -> bool:
        answer = li.post("/impact/what-if", {"failed": list(failed)}).body
        (service,) = (one for one in answer["services"] if one["id"] == str(hospital["pacs"]))
        return bool(service["state"] == "down")

    singles = {frozenset({id_}) for id_ in ids if stops((id_,))}
    pairs = {
        frozenset(pair)
        for pair in itertools.combinations(ids, 2)
        if not any(single <= frozenset(pair) for single in singles) and stops(pair)
    }
    assert told == singles | pairs
    assert body["by_order"] == [len(singles), len(pairs)]
    assert (body["more"], body["complete_to"]) == (False, 2)
    assert cut_sets(li, hospital["pacs"], max_order=1)["by_order"] == [len(singles)]
    wrong = li.get(f"/impact/services/{hospital['pacs']}/cut-sets", max_order=9)
    assert (wrong.status, wrong.body["problems"][0]["field"]) == (422, "max_order")
    assert li.get(f"/impact/services/{hospital['host-1']}/cut-sets").status == 404


def test_sets_with_what_is_hidden_are_told_once_and_not_counted(
    hospital: dict[str, UUID], li: ApiClient
) -> None:
    said = 'name = "放射科PACS/RIS" or name = "PACS 应用 2"'
    wang = client_of("wang", "reader", scope=Scope(where=frozenset({said})))
    body = cut_sets(wang, hospital["pacs"])
    assert body["by_order"] is None
    shapes = [
        (sorted(part["layer_label"] for part in each["parts"]), names(each["parts"]))
        for each in body["sets"]
    ]
    assert len({str(shape) for shape in shapes}) == len(shapes)
    assert frozenset({"hidden", "PACS 应用 2"}) in [named for _layers, named in shapes]
    assert not any(name in str(body) for name in ("核心交换机", "物理服务器", "PACS 数据库"))


def test_what_both_stand_on_explains_what_is_down(hospital: dict[str, UUID], li: ApiClient) -> None:
    assert causes(li)["causes"] == []
    actions.relate(PLATFORM, NewRelation(kind="uses", source="pacs-app-2", target="pacs-db"), at=AT)
    conditions(hospital, host_1=Condition.DOWN, pacs_db=Condition.DOWN, spare=Condition.DOWN)
    body = causes(li)
    assert [ref["name"] for ref in body["down"]] == ["放射科PACS/RIS"]
    first = body["causes"][0]
    assert names(first["parts"]) == {"物理服务器 1"}
    assert (first["assumed"], body["unexplained"], body["conflicting"]) == ([], [], [])
    kinds = {row["item"]["name"]: row["kind"] for row in body["failed"]}
    assert kinds == {
        "物理服务器 1": "contributing", "PACS 数据库": "explained", "备用服务器": "unrelated",
    }  # fmt: skip


def test_what_stands_alone_is_its_own_cause(hospital: dict[str, UUID], li: ApiClient) -> None:
    """A system without a model, and a machine that nobody needs: measured as down all the same."""
    made = {}
    for kind, name in (("business-system", "无模型系统"), ("host", "闲置主机")):
        made[name] = UUID(li.post("/items", {"type": kind, "name": name}).body["id"])
    changes = [ConditionChange(id_, Condition.DOWN) for id_ in made.values()]
    actions.set_conditions(PLATFORM, changes, at=AT)
    body = causes(li)
    assert [ref["name"] for ref in body["down"]] == ["无模型系统"]
    assert [names(cause["parts"]) for cause in body["causes"]] == [{"无模型系统"}]
    kinds = {row["item"]["name"]: row["kind"] for row in body["failed"]}
    assert kinds == {"无模型系统": "contributing", "闲置主机": "unrelated"}
    conditions(hospital, switch_1=Condition.DOWN)
    assert names(causes(li)["causes"][0]["parts"]) == {"无模型系统", "核心交换机 1"}


def test_what_is_measured_as_working_is_no_cause(hospital: dict[str, UUID], li: ApiClient) -> None:
    """Two hosts are down at once: their switch is likelier, as long as nobody measured it."""
    conditions(hospital, host_1=Condition.DOWN, host_2=Condition.DOWN)
    first = causes(li)["causes"][0]
    assert names(first["parts"]) == names(first["assumed"]) == {"核心交换机 1"}
    conditions(hospital, switch_1=Condition.OK)
    for cause in causes(li)["causes"]:
        assert "核心交换机 1" not in names(cause["parts"])


def test_measurements_that_contradict_each_other_are_told(
    hospital: dict[str, UUID], li: ApiClient
) -> None:
    conditions(hospital, switch_1=Condition.DOWN, host_2=Condition.OK)
    body = causes(li)
    assert names(body["conflicting"]) == {"核心交换机 1"}
    assert {ref["name"] for ref in body["down"]} == {"放射科PACS/RIS", "实验室信息化管理系统"}
    assert names(body["causes"][0]["parts"]) == {"核心交换机 1"}


def test_causes_out_of_reach_are_told_by_their_layer(
    hospital: dict[str, UUID], li: ApiClient
) -> None:
    conditions(hospital, switch_1=Condition.DOWN)
    said = 'name = "实验室信息化管理系统"'
    wang = client_of("wang", "reader", scope=Scope(where=frozenset({said})))
    body = causes(wang)
    assert [ref["name"] for ref in body["down"]] == ["实验室信息化管理系统"]
    assert names(body["causes"][0]["parts"]) == {"hidden"}
    assert body["failed"] == []
    assert "核心交换机" not in str(body)
    nobody = client_of("zhao", "reader", scope=Scope(where=frozenset({'name = "备用服务器"'})))
    assert (causes(nobody)["down"], causes(nobody)["causes"]) == ([], [])
