"""The matrix through the door: it says what taking one item out says, and is redacted by reach."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from openpyxl import load_workbook

from tests.cmdb.conftest import AT, PLATFORM, base, hospital
from tests.hospital import ApiClient, client_of
from wardround.cmdb import actions, models
from wardround.cmdb.types import NewItem, NewRelation, Standby
from wardround.impact import matrix, matrix_queries
from wardround.impact.matrix import CODES
from wardround.impact.modelling import Hospital
from wardround.impact.types import Cell
from wardround.kernel.types import Scope

__all__ = ["base", "hospital"]
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def li(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("li", "administrator")


def asked(client: ApiClient, **filters: Any) -> Any:
    answer = client.get("/impact/matrix", **filters)
    assert answer.status == 200, answer.body
    return answer.body


def cells(body: Any) -> dict[tuple[str, str], str]:
    keys = {row["id"]: row["key"] for row in body["items"]}
    names = {row["id"]: row["name"][:2] for row in body["services"]}
    return {(keys[cell["item"]], names[cell["service"]]): cell["cell"] for cell in body["cells"]}


def why(client: ApiClient, item: UUID, service: UUID) -> Any:
    answer = client.get("/impact/explanation", item=item, service=service)
    assert answer.status == 200, answer.body
    return answer.body


def names(parts: list[dict[str, Any]]) -> list[str]:
    return [part["item"]["name"] if part["item"] else part["layer_label"] for part in parts]


def test_a_pair_is_a_and_what_an_interface_needs_is_x(
    hospital: dict[str, UUID], li: ApiClient
) -> None:
    """PACS takes orders from LIS by an interface: what LIS stands on stops both."""
    body = asked(li)
    assert cells(body) == {
        **{(key, "放射"): "A" for key in ("pacs-app-1", "pacs-app-2", "pacs-db", "host-1")},
        **{(key, "放射"): "X" for key in ("if-1", "lis", "host-2", "switch-1")},
        ("host-2", "实验"): "X",
        ("switch-1", "实验"): "X",
    }
    assert [row["name"] for row in body["services"]] == ["放射科PACS/RIS", "实验室信息化管理系统"]
    assert body["services"][0]["totals"] == {"single": 4, "manual": 0, "alternative": 4}
    assert {row["key"] for row in body["items"][:2]} == {"switch-1", "host-2"}
    assert body["items"][0]["totals"] == {"single": 2, "manual": 0, "alternative": 0}
    assert body["hidden"] == []


def test_two_of_a_pair_on_one_machine_are_a_and_the_machine_is_x(
    hospital: dict[str, UUID], li: ApiClient
) -> None:
    """Spreadsheets call it A."""
    of = NewRelation(kind="uses", source="pacs-app-2", target="pacs-db")
    actions.relate(PLATFORM, of, at=AT)
    found = cells(asked(li))
    assert found["pacs-app-1", "放射"] == found["pacs-app-2", "放射"] == "A"
    assert found["pacs-db", "放射"] == found["host-1", "放射"] == "X"


def test_columns_say_the_same_in_places(hospital: dict[str, UUID], li: ApiClient) -> None:
    body, columns = asked(li), asked(li, form="columns")
    told = columns["columns"]
    again = [
        {"item": columns["items"][item]["id"], "service": columns["services"][service]["id"],
         "cell": cell}
        for item, service, cell in zip(told["items"], told["services"], told["cells"], strict=True)
    ]  # fmt: skip
    assert again == body["cells"]
    assert columns["cells"] == []


def test_every_cell_is_what_taking_the_item_out_says(
    hospital: dict[str, UUID], li: ApiClient
) -> None:
    """One evaluator: X is down, M is down and could be switched, A and blank go on."""
    made = actions.create_item(
        PLATFORM, NewItem(type="database", name="备库", key="pacs-db-2"), at=AT
    )
    group = {"kind": "uses", "group": "db"}
    models.Relation.objects.filter(source=hospital["pacs"], target=hospital["pacs-db"]).delete()
    actions.relate(PLATFORM, NewRelation(source="pacs", target="pacs-db", **group), at=AT)
    actions.relate(
        PLATFORM,
        NewRelation(source="pacs", target="pacs-db-2", standby=Standby.COLD,
                    switch_minutes=20, **group),
        at=AT,
    )  # fmt: skip
    found = cells(asked(li))
    assert found["pacs-db", "放射"] == "M"
    keys = {**hospital, "pacs-db-2": made.id}
    for key, id_ in keys.items():
        answer = li.post("/impact/what-if", {"failed": [str(id_)]})
        for service in answer.body["services"]:
            if service["id"] == str(id_):
                continue
            letter = found.get((key, service["name"][:2]), "")
            down = service["state"] == "down"
            assert down == (letter in ("X", "M")), (key, service["name"])
            assert (service["switch_minutes"] is not None) == (letter == "M")
    told = why(li, hospital["pacs-db"], hospital["pacs"])
    assert (told["cell"], told["switch_minutes"]) == ("M", 20.0)
    (switch,) = told["switches"]
    assert (switch["standby"]["item"]["name"], switch["part"]["group"]) == ("备库", True)


def test_the_proof_leads_from_the_item_to_the_system(
    hospital: dict[str, UUID], li: ApiClient
) -> None:
    told = why(li, hospital["switch-1"], hospital["pacs"])
    assert told["cell"] == "X"
    first, last = told["proof"][0], told["proof"][-1]
    assert (names([first["part"]]), first["down"]) == (["核心交换机 1"], [])
    assert names([last["part"]]) == ["放射科PACS/RIS"]
    for before, after in zip(told["proof"], told["proof"][1:], strict=False):
        assert after["down"]
        assert before["part"] in [part for step in told["proof"] for part in step["down"]]
    half = why(li, hospital["pacs-app-1"], hospital["pacs"])
    assert (half["cell"], half["proved"]) == ("A", True)
    assert sorted(names(half["together"])) == ["PACS 应用 1", "PACS 应用 2"]
    assert half["holds"][0]["group"] is True
    step = next(step for step in half["proof"] if step["part"]["group"])
    assert (step["need"], step["there"]) == (1, 2)
    blank = why(li, hospital["host-1"], hospital["lis"])
    assert (blank["cell"], blank["proof"], blank["holds"]) == (None, [], [])


def test_what_is_out_of_reach_is_computed_with_and_told_by_its_layer(
    hospital: dict[str, UUID], li: ApiClient
) -> None:
    said = 'name = "放射科PACS/RIS" or name = "PACS 应用 1" or name = "PACS 应用 2"'
    wang = client_of("wang", "reader", scope=Scope(where=frozenset({said})))
    body = asked(wang)
    assert cells(body) == {("pacs-app-1", "放射"): "A", ("pacs-app-2", "放射"): "A"}
    assert body["services"][0]["totals"] == {"single": 0, "manual": 0, "alternative": 2}
    worst = {each["layer_label"]: each["cell"] for each in body["hidden"]}
    assert len(worst) == len(body["hidden"])
    assert sorted(worst.values()) == ["A", "X", "X", "X", "X"]
    assert {each["service"] for each in body["hidden"]} == {str(hospital["pacs"])}
    whole = li.get("/impact/explanation", item=hospital["pacs-app-1"], service=hospital["pacs"])
    mine = wang.get("/impact/explanation", item=hospital["pacs-app-1"], service=hospital["pacs"])
    assert mine.body["cell"] == whole.body["cell"]
    text = str(mine.body)
    assert not any(name in text for name in ("PACS 数据库", "核心交换机", str(hospital["host-1"])))
    for item in (hospital["pacs-db"], uuid4()):
        refused = wang.get("/impact/explanation", item=item, service=hospital["pacs"])
        assert (refused.status, refused.body["code"]) == (404, "unknown_items")
    assert wang.get("/impact/matrix", services=hospital["lis"]).status == 404


def test_it_is_narrowed_and_wrong_filters_are_named(
    hospital: dict[str, UUID], li: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = next(row["layer"] for row in asked(li)["items"] if row["key"] == "pacs-db")
    body = asked(li, services=hospital["pacs"], layers=layer)
    assert {row["layer"] for row in body["items"]} == {layer}
    assert [row["name"] for row in body["services"]] == ["放射科PACS/RIS"]
    wrong = li.get("/impact/matrix", layers="nowhere")
    assert (wrong.status, wrong.body["problems"][0]["field"]) == (422, "layers.0")
    no_system = li.get("/impact/explanation", item=hospital["host-1"], service=hospital["host-2"])
    assert (no_system.status, no_system.body["code"]) == (404, "unknown_system")
    monkeypatch.setattr(matrix_queries, "MOST_CELLS", 6)
    crowded = li.get("/impact/matrix")
    assert (crowded.status, crowded.body["code"]) == (422, "too_many_cells")


def test_an_edit_is_in_the_next_answer(hospital: dict[str, UUID], li: ApiClient) -> None:
    assert cells(asked(li))["pacs-app-1", "放射"] == "A"
    li.post("/items/delete", {"items": [str(hospital["pacs-app-2"])]})
    assert cells(asked(li))["pacs-app-1", "放射"] == "X"


def test_what_is_not_proved_is_counted_among_the_cells_that_are_shown(
    hospital: dict[str, UUID], li: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither of other systems nor of what is out of reach: the number would tell of them."""

    def unproved(model_hospital: Hospital, services: Any) -> matrix.Cells:
        found = cells_of(model_hospital, services)
        return replace(found, unproved=found.code == CODES.index(Cell.ALTERNATIVE))

    cells_of = matrix.cells
    monkeypatch.setattr(matrix, "cells", unproved)
    assert asked(li)["undecided"] == 4
    assert asked(li, services=hospital["lis"])["undecided"] == 0
    said = 'name = "放射科PACS/RIS" or name = "PACS 应用 1"'
    wang = client_of("wang", "reader", scope=Scope(where=frozenset({said})))
    assert asked(wang)["undecided"] == 1


def test_the_workbook_says_what_the_matrix_says(hospital: dict[str, UUID], li: ApiClient) -> None:
    told = li.get("/impact/matrix").body
    book = load_workbook(BytesIO(li.get("/impact/matrix.xlsx").body))
    matrix, systems, legend = (list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets)
    head = matrix[0]
    names = [each["name"] for each in told["services"]]
    assert list(head[-len(names) :]) == names
    by_id = {each["id"]: each for each in told["items"]}
    service = {each["id"]: each["name"] for each in told["services"]}
    cells = {
        (row[0], head[column], row[column])
        for row in matrix[1:]
        for column in range(len(head) - len(names), len(head))
        if row[column]
    }
    assert cells == {
        (by_id[each["item"]]["key"], service[each["service"]], each["cell"])
        for each in told["cells"]
    }
    singles = {row[0]: row[2] for row in systems[1:]}
    assert singles == {each["name"]: each["totals"]["single"] for each in told["services"]}
    assert [row[0] for row in legend[1:4]] == ["X", "M", "A"]
    layer = li.get("/impact/matrix.xlsx", layers="no-such-layer")
    assert layer.status == 422
