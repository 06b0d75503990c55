"""Formulas through the door: what they refine, what they refuse, and what becomes of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.cmdb.conftest import AT, PLATFORM, base, hospital
from tests.hospital import Answer, ApiClient, client_of
from tests.impact.test_matrix import asked, cells
from wardround.cmdb import actions, models
from wardround.cmdb.types import NewItem, NewRelation
from wardround.impact.models import FormulaRow
from wardround.kernel.models import AuditRecord
from wardround.kernel.types import Scope

__all__ = ["base", "hospital"]
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def li(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("li", "administrator")


@pytest.fixture
def trio(hospital: dict[str, UUID]) -> dict[str, UUID]:
    """A system that needs three servers, each on its own."""
    made = {"web": ("business-system", "门户"), "w1": ("application", "web1"),
            "w2": ("application", "web2"), "w3": ("application", "web3")}  # fmt: skip
    ids = {
        key: actions.create_item(PLATFORM, NewItem(type=type_, name=name, key=key), at=AT).id
        for key, (type_, name) in made.items()
    }
    for key in ("w1", "w2", "w3"):
        actions.relate(PLATFORM, NewRelation(kind="uses", source="web", target=key), at=AT)
    return ids


def put(client: ApiClient, item: UUID, text: str, version: int = 0) -> Answer:
    return client.put(f"/items/{item}/formula", {"text": text, "version": version})


def saved(client: ApiClient, item: UUID, text: str, version: int = 0) -> Any:
    answer = put(client, item, text, version)
    assert answer.status == 200, answer.body
    return answer.body


def of_portal(client: ApiClient) -> dict[str, str]:
    return {item: letter for (item, name), letter in cells(asked(client)).items() if name == "门户"}


def get(client: ApiClient, item: UUID, more: str = "") -> Any:
    answer = client.get(f"/items/{item}/formula{more}")
    assert answer.status == 200, answer.body
    return answer.body


def test_it_refines_what_it_names_and_the_rest_stays(trio: dict[str, UUID], li: ApiClient) -> None:
    assert of_portal(li) == {"w1": "X", "w2": "X", "w3": "X"}
    body = saved(li, trio["web"], "web1 or web2")
    assert (body["text"], body["version"], body["editable"]) == ("web1 or web2", 1, True)
    assert {each["name"]: each["named"] for each in body["related"]} == {
        "web1": True, "web2": True, "web3": False,
    }  # fmt: skip
    assert of_portal(li) == {"w1": "A", "w2": "A", "w3": "X"}
    saved(li, trio["web"], "web1 冷备[15分钟] web2", 1)
    assert of_portal(li) == {"w1": "M", "w2": "A", "w3": "X"}
    assert li.delete(f"/items/{trio['web']}/formula?version=2").status == 204
    assert of_portal(li) == {"w1": "X", "w2": "X", "w3": "X"}
    assert li.delete(f"/items/{trio['web']}/formula").status == 404


def test_a_rename_does_not_break_it_and_two_of_one_name_are_told_by_code(
    trio: dict[str, UUID], li: ApiClient
) -> None:
    saved(li, trio["web"], "web1 or web2")
    renamed = li.patch(f"/items/{trio['w1']}", {"name": "web2", "version": 1})
    assert renamed.status == 200, renamed.body
    text = get(li, trio["web"])["text"]
    assert text == '"web2 (w1)" or "web2 (w2)"'
    assert saved(li, trio["web"], text, 1)["version"] == 1
    assert of_portal(li)["w1"] == "A"


def test_what_is_not_related_is_refused_and_the_nearest_named(
    trio: dict[str, UUID], li: ApiClient
) -> None:
    answer = put(li, trio["web"], "web1 or wbe2\n or 核心交换机")
    assert (answer.status, answer.body["code"]) == (422, "bad_formula")
    checked = li.post(
        f"/items/{trio['web']}/formula/check", {"text": "web1 or wbe2\n or 核心交换机"}
    ).body
    first, second = checked["mistakes"]
    assert (first["line"], first["column"], first["suggestion"]) == (1, 9, "web2")
    assert (second["line"], second["column"]) == (2, 5)
    assert checked["effect"] is None
    tree = {"word": "or", "parts": [{"item": str(trio["w1"])}, {"item": str(trio["web"])}]}
    assert li.put(f"/items/{trio['web']}/formula", {"tree": tree, "version": 0}).status == 422
    for broken in ("web1 or", "2 of (web1)", "web1 cold web2", ""):
        assert put(li, trio["web"], broken).status == 422


def test_a_check_says_what_saving_would_change_and_saves_nothing(
    trio: dict[str, UUID], li: ApiClient
) -> None:
    body = {"text": "2 of (web1, web2, web3)"}
    checked = li.post(f"/items/{trio['web']}/formula/check", body).body
    told = {(c["item"]["name"], c["before"], c["after"]) for c in checked["effect"]["cells"]}
    assert told == {(name, "X", "A") for name in ("web1", "web2", "web3")}
    assert (checked["text"], checked["mistakes"]) == (body["text"], [])
    assert of_portal(li)["w1"] == "X"
    assert get(li, trio["web"])["version"] == 0


def test_two_people_editing_one_formula(trio: dict[str, UUID], li: ApiClient) -> None:
    wang = client_of("wang", "administrator")
    saved(li, trio["web"], "web1 or web2")
    late = put(wang, trio["web"], "web1 or web3")
    assert (late.status, late.body["code"]) == (409, "stale_formula")
    assert "web1 or web2" in late.body["detail"]
    assert saved(wang, trio["web"], "web1 or web3", 1)["version"] == 2
    former = get(li, trio["web"], "/history")["versions"]
    assert [each["text"] for each in former] == ["web1 or web3", "web1 or web2"]
    assert saved(li, trio["web"], former[1]["text"], 2)["version"] == 3
    line = AuditRecord.objects.filter(action="item.formula").order_by("-id").first()
    assert line is not None
    assert line.detail == {"formula_before": "web1 or web3", "formula_after": "web1 or web2"}


def test_a_formula_naming_a_deleted_item_says_the_rest_and_it_comes_back(
    trio: dict[str, UUID], li: ApiClient
) -> None:
    saved(li, trio["web"], "web1 or web2")
    li.post("/items/delete", {"items": [str(trio["w2"])]})
    assert of_portal(li)["w1"] == "X"
    body = get(li, trio["web"])
    assert [doubt["kind"] for doubt in body["doubts"]] == ["left-formula"]
    assert [part["standing"] for part in body["tree"]["parts"]] == ["needed", "gone"]
    li.post("/recycle-bin/restore", {"items": [str(trio["w2"])]})
    assert of_portal(li)["w1"] == "A"
    assert get(li, trio["web"])["doubts"] == []


def test_k_larger_than_what_is_left_after_a_retirement(
    trio: dict[str, UUID], li: ApiClient
) -> None:
    saved(li, trio["web"], "2 of (web1, web2, web3)")
    for key in ("w2", "w3"):
        models.Item.objects.filter(id=trio[key]).update(retired_at=AT)
    body = get(li, trio["web"])
    assert sorted(d["kind"] for d in body["doubts"]) == ["left-formula", "left-formula", "too-few"]
    few = next(doubt for doubt in body["doubts"] if doubt["kind"] == "too-few")
    assert (few["need"], few["there"]) == (2, 1)
    assert of_portal(li) == {"w1": "X"}


def test_only_cold_ones_count_at_once_and_that_is_told(
    trio: dict[str, UUID], li: ApiClient
) -> None:
    body = saved(li, trio["web"], "1 of (cold[5min] web1, cold[20min] web2)")
    assert [doubt["kind"] for doubt in body["doubts"]] == ["only-cold"]
    assert of_portal(li)["w1"] == "M"


def test_a_circle_is_named_with_what_closes_it(trio: dict[str, UUID], li: ApiClient) -> None:
    actions.relate(PLATFORM, NewRelation(kind="uses", source="w1", target="web"), at=AT)
    checked = li.post(f"/items/{trio['web']}/formula/check", {"text": "web1 or web2"}).body
    assert {(e["needing"]["name"], e["needed"]["name"]) for e in checked["effect"]["circle"]} == {
        ("门户", "web1"), ("web1", "门户"),
    }  # fmt: skip
    body = saved(li, trio["web"], "web1 or web2")
    assert [doubt["kind"] for doubt in body["doubts"]] == ["circle"]


def test_what_is_out_of_reach_is_redacted_and_keeps_the_formula_from_being_changed(
    trio: dict[str, UUID], li: ApiClient
) -> None:
    saved(li, trio["web"], "web1 or web2")
    said = 'name = "门户" or name = "web1"'
    wang = client_of("wang", "administrator", scope=Scope(where=frozenset({said})))
    body = get(wang, trio["web"])
    assert (body["editable"], body["tree"]["parts"][1]["hidden"]) == (False, True)
    everything = str(body) + str(get(wang, trio["web"], "/history"))
    assert "web2" not in everything
    assert str(trio["w2"]) not in everything
    refused = put(wang, trio["web"], "web1", 1)
    assert (refused.status, refused.body["code"]) == (403, "hidden_in_formula")
    assert wang.get(f"/items/{trio['w2']}/formula").status == 404
    reader = client_of("zhao", "reader")
    assert get(reader, trio["web"])["editable"] is False
    assert put(reader, trio["web"], "web1", 1).status == 403


def test_a_deleted_item_takes_its_formula_along_and_brings_it_back(
    trio: dict[str, UUID], li: ApiClient
) -> None:
    saved(li, trio["web"], "web1 or web2")
    li.post("/items/delete", {"items": [str(trio["web"])]})
    assert not FormulaRow.objects.exists()
    li.post("/recycle-bin/restore", {"items": [str(trio["web"])]})
    assert get(li, trio["web"])["text"] == "web1 or web2"


def test_of_two_that_were_one_the_other_is_named(trio: dict[str, UUID], li: ApiClient) -> None:
    saved(li, trio["web"], "web1 or web2")
    answer = li.post(f"/items/{trio['w3']}/merge", {"other": str(trio["w2"])})
    if answer.status == 200:
        assert get(li, trio["web"])["text"] == "web1 or web3"
