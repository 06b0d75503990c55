"""Fault trees and their figures through the door."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from tests.cmdb.conftest import AT, PLATFORM, base, hospital
from tests.hospital import ApiClient, client_of
from tests.impact.test_modelling import Need
from tests.impact.test_modelling import hospital as built
from wardround.cmdb import actions, models
from wardround.cmdb.types import NewRelation
from wardround.dependability import cut_sets, parse, read_openpsa
from wardround.impact import heavy
from wardround.impact.errors import TooBusy
from wardround.kernel.types import Scope

__all__ = ["base", "hospital"]
pytestmark = [pytest.mark.django_db, pytest.mark.once]
FILE = "/impact/services/{}/fault-tree.xml"


@pytest.fixture
def li(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("li", "administrator")


def tree(client: ApiClient, service: UUID, **asked: Any) -> Any:
    answer = client.get(f"/impact/services/{service}/fault-tree", **asked)
    assert answer.status == 200, answer.body
    return answer.body


def figures(client: ApiClient, service: UUID) -> Any:
    answer = client.get(f"/impact/services/{service}/dependability")
    assert answer.status == 200, answer.body
    return answer.body


def name(part: dict[str, Any]) -> str:
    return str(part["part"]["item"]["name"] if part["part"]["item"] else "hidden")


def measure(item: UUID, **hours: float) -> None:
    row = models.Item.objects.get(id=item)
    models.Item.objects.filter(id=item).update(attributes={**row.attributes, **hours})


def test_a_tree_has_gates_and_events_and_shared_parts_once(
    hospital: dict[str, UUID], li: ApiClient
) -> None:
    body = tree(li, hospital["pacs"])
    top = body["parts"][0]
    assert (name(top), top["kind"], top["above"]) == ("放射科PACS/RIS", "or", None)
    (pair,) = (part for part in body["parts"] if part["kind"] == "and")
    assert (name(pair), pair["part"]["group"], pair["fail"], pair["of"]) == (
        "放射科PACS/RIS", True, 2, 2,
    )  # fmt: skip
    full = [part for part in body["parts"] if part["same"] is None and name(part) == "核心交换机 1"]
    assert full
    assert (body["hidden"], body["cut"]) == (False, False)
    model = parse(body["text"])
    sets = {frozenset(each.items) for each in cut_sets(model, "放射科PACS/RIS").sets()}
    assert frozenset({"PACS 应用 1", "PACS 应用 2"}) in sets
    assert li.get(f"/impact/services/{hospital['host-1']}/fault-tree").status == 404
    unfolded = tree(li, hospital["pacs"], unfolded=True)
    assert not [part for part in unfolded["parts"] if part["same"] is not None]


def test_what_is_measured_as_down_shows_in_the_tree(
    hospital: dict[str, UUID], li: ApiClient
) -> None:
    models.Item.objects.filter(id=hospital["pacs-app-1"]).update(condition="down")
    parts = tree(li, hospital["pacs"])["parts"]
    told = {name(part): part for part in parts if part["kind"] == "event"}
    assert (told["PACS 应用 1"]["occurs"], told["PACS 应用 1"]["now"]["failed"]) == (True, True)
    assert (parts[0]["occurs"], parts[0]["now"]["state"]) == (False, "degraded")


def test_the_file_reads_back_with_the_same_cut_sets(
    hospital: dict[str, UUID], li: ApiClient
) -> None:
    answer = li.get(FILE.format(hospital["pacs"]))
    assert answer.status == 200
    model = read_openpsa(answer.body)
    sets = {
        frozenset(item.removesuffix(".itself") for item in each.items)
        for each in cut_sets(model, "pacs").sets()
    }
    keys = {str(id_): key for key, id_ in hospital.items()}
    told = li.get(f"/impact/services/{hospital['pacs']}/cut-sets", max_order=4).body["sets"]
    assert sets == {frozenset(keys[part["item"]["id"]] for part in each["parts"]) for each in told}


def test_what_is_out_of_reach_ends_the_tree_and_is_not_counted(
    hospital: dict[str, UUID], li: ApiClient
) -> None:
    said = 'name = "放射科PACS/RIS" or name = "PACS 应用 2"'
    wang = client_of("wang", "reader", scope=Scope(where=frozenset({said})))
    body = tree(wang, hospital["pacs"])
    assert body["hidden"]
    assert body["text"] == ""
    group = next(part for part in body["parts"] if part["part"]["group"])
    assert (group["kind"], group["fail"], group["of"]) == (None, None, None)
    hidden = [part for part in body["parts"] if name(part) == "hidden"]
    assert {part["kind"] for part in hidden} == {None}
    assert not [part for part in body["parts"] if part["above"] in {each["id"] for each in hidden}]
    told = figures(wang, hospital["pacs"])
    assert (told["told"], told["items"], told["unavailability"]) == (False, 0, None)
    refused = wang.get(FILE.format(hospital["pacs"]))
    assert (refused.status, refused.body["code"]) == (403, "tree_out_of_reach")


def test_figures_are_computed_and_what_has_none_is_told(
    hospital: dict[str, UUID], li: ApiClient
) -> None:
    assert figures(li, hospital["lis"])["unavailability"] == 0.0
    measure(hospital["host-2"], mtbf=999.0, mttr=1.0)
    some = figures(li, hospital["lis"])
    assert (some["items"], [each["name"] for each in some["missing"]]) == (2, ["核心交换机 1"])
    assert some["unavailability"] == pytest.approx(0.001)
    measure(hospital["switch-1"], mtbf=1999.0, mttr=1.0)
    whole = figures(li, hospital["lis"])
    assert (whole["missing"], whole["by_order"], whole["exact"]) == ([], [2], True)
    down = 1 - (1 - 0.001) * (1 - 0.0005)
    assert whole["unavailability"] == pytest.approx(down)
    assert whole["minutes_per_year"] == pytest.approx(down * 525_960)
    first = whole["weights"][0]
    assert (name(first), first["of_type"]) == ("物理服务器 2", False)
    assert first["birnbaum"] == pytest.approx(0.9995)
    assert first["fussell_vesely"] == pytest.approx(0.001 / down)
    (event,) = (
        part for part in tree(li, hospital["lis"])["parts"]
        if part["kind"] == "event" and name(part) == "物理服务器 2"
    )  # fmt: skip
    assert (event["between_failures"], event["to_repair"]) == (999.0, 1.0)


def test_a_further_heavy_question_is_told_to_come_again(
    hospital: dict[str, UUID], li: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heavy, "WAIT", 0.05)
    monkeypatch.setattr(heavy, "_slots", threading.BoundedSemaphore(1))
    address = f"/impact/services/{hospital['pacs']}/cut-sets"
    with heavy.turn():
        answer = li.get(address)
        assert (answer.status, answer.body["code"]) == (503, "too_busy")
    assert li.get(address).status == 200


def test_what_is_known_of_a_model_needs_no_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heavy, "WAIT", 0.05)
    monkeypatch.setattr(heavy, "_slots", threading.BoundedSemaphore(1))
    first, second = built([Need(0, 1)]), built([Need(0, 1)])
    assert heavy.answered(first, "asked", lambda _budget: 1) == 1
    with heavy.turn():
        assert heavy.answered(first, "asked", lambda _budget: 2) == 1
        with pytest.raises(TooBusy):
            heavy.answered(second, "asked", lambda _budget: 2)
    assert heavy.answered(second, "asked", lambda _budget: 2) == 2
    for number in range(heavy.MOST_KEPT + 1):
        heavy.answered(second, number, lambda _budget: 3)
    assert heavy.answered(second, "asked", lambda _budget: 4) == 4, "only so many are kept"


def test_where_the_time_has_ended_no_figure_is_made_up(
    hospital: dict[str, UUID], li: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heavy, "CUT_SECONDS", 0.0)
    measure(hospital["host-2"], mtbf=999.0, mttr=1.0)
    told = figures(li, hospital["pacs"])
    assert (told["unavailability"], told["minutes_per_year"], told["weights"]) == (None, None, [])
    assert 0 < told["low"] <= told["high"] <= 1


def test_an_edit_is_in_the_next_answer(hospital: dict[str, UUID], li: ApiClient) -> None:
    before = {name(part) for part in tree(li, hospital["lis"])["parts"]}
    actions.relate(PLATFORM, NewRelation(kind="uses", source="lis", target="spare"), at=AT)
    assert {name(part) for part in tree(li, hospital["lis"])["parts"]} - before == {"备用服务器"}


def test_a_file_from_elsewhere_is_read_by_keys_and_names_and_not_kept(
    hospital: dict[str, UUID], li: ApiClient
) -> None:
    content = (
        b"<?xml version='1.0'?><opsa-mef><define-fault-tree name='t'><define-gate name='top'><and>"
        b"<basic-event name='host-1'/><basic-event name='lis'/><basic-event name='elsewhere'/>"
        b"</and></define-gate></define-fault-tree><model-data><define-basic-event name='host-1'/>"
        b"<define-basic-event name='lis'/><define-basic-event name='elsewhere'/></model-data>"
        b"</opsa-mef>"
    )
    address = "/impact/fault-tree/read"
    body = li.upload(address, file=[("t.xml", content)]).body
    assert [each["event"] for each in body["matched"]] == ["host-1", "lis"]
    assert (body["unmatched"], body["events"]) == (["elsewhere"], 3)
    (top,) = body["tops"]
    assert (top["name"], top["sets"], top["complete_to"]) == ("top", [], 2)
    wang = client_of("wang", "reader", scope=Scope(where=frozenset({'key = "lis"'})))
    seen = wang.upload(address, file=[("t.xml", content)]).body
    assert ([each["event"] for each in seen["matched"]], len(seen["unmatched"])) == (["lis"], 2)
    broken = li.upload(address, file=[("t.xml", b"<opsa-mef>")])
    assert (broken.status, broken.body["code"]) == (422, "unreadable_tree")
    large = li.upload(address, file=[("t.xml", b"x" * (5 << 20) + b"x")])
    assert (large.status, large.body["code"]) == (413, "tree_too_large")


def test_our_own_file_is_read_back(hospital: dict[str, UUID], li: ApiClient) -> None:
    content = li.get(FILE.format(hospital["pacs"])).body
    body = li.upload("/impact/fault-tree/read", file=[("pacs.xml", content)]).body
    told = li.get(f"/impact/services/{hospital['pacs']}/cut-sets").body
    assert body["unmatched"] == []
    (top,) = body["tops"]
    assert (top["name"], top["by_order"]) == ("pacs", told["by_order"])


def test_an_answer_that_ran_out_of_time_is_asked_again_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first one of a busy moment would be all that anybody learns until the next edit."""
    hospital = built([Need(0, 1)])
    monkeypatch.setattr(heavy, "CUT_SECONDS", 0.0)
    assert heavy.answered(hospital, "cut short", lambda _budget: 1) == 1
    assert heavy.answered(hospital, "cut short", lambda _budget: 2) == 1
    later = time.monotonic() + heavy.SHORT_KEPT + 1
    monkeypatch.setattr(heavy, "time", SimpleNamespace(monotonic=lambda: later))
    assert heavy.answered(hospital, "cut short", lambda _budget: 3) == 3
