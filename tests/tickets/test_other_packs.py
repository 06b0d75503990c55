"""Conditions of a matrix and an assignment hold with what other packs define, and follow it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hospital import HOSPITAL, ApiClient, client_of
from wardround.kernel import clock
from wardround.schema import actions, queries
from wardround.schema.sources import Source

pytestmark = pytest.mark.django_db

TYPE = """\
kind: item-type
name: pump
label: Pump
layer: hardware
"""
TEAM = """\
kind: assignment
name: pumps
label: Pumps
rules:
  - {name: pumps, to: role, whom: administrator, when: {item_type: [pump, host]}}
  - {name: alone, to: role, whom: administrator, when: {item_type: pump, type: incident}}
"""
MATRIX = """\
kind: level-matrix
name: ours
label: Ours
levels: [{name: p1, label: P1}]
rows:
  - {name: pumps, when: {item_type: pump}, level: p1, sla: incident}
  - {name: rest, level: p1, sla: incident}
"""


def head(name: str) -> bytes:
    return f'pack: {name}\nversion: "1"\nlabel: X\n'.encode()


@pytest.fixture
def admin(db: None) -> ApiClient:
    actions.import_shipped(HOSPITAL, at=clock.now(), names=["base", "service"])
    return client_of("keeper", "administrator")


def text(kind: str, name: str) -> str:
    return queries.stored(HOSPITAL, kind, name).text


def install(name: str, *texts: str) -> None:
    files = {f"{place}.yaml": text.encode() for place, text in enumerate(texts)}
    pack = Source(name, {"pack.yaml": head(name), **files})
    actions.import_packs(HOSPITAL, [pack], at=clock.now())


def sla() -> str:
    (first, *_others) = sorted(queries.definitions("sla-policy"))
    return first


def test_an_item_type_takes_its_place_in_conditions_along(admin: ApiClient) -> None:
    install("devices", TYPE)
    matrix = MATRIX.replace("sla: incident", f"sla: {sla()}")
    install("teams", TEAM, matrix)
    renamed = {"text": TYPE.replace("pump", "infusion"), "base_version": 1, "renamed_from": "pump"}
    answer = admin.put("/definitions/item-type/infusion", renamed)
    assert answer.status == 200, answer.body
    follows = TEAM.replace("[pump,", "[infusion,").replace("item_type: pump", "item_type: infusion")
    assert text("assignment", "pumps") == follows
    assert "item_type: infusion" in text("level-matrix", "ours")


def test_a_type_that_conditions_ask_for_is_needed(admin: ApiClient) -> None:
    install("devices", TYPE)
    install("teams", TEAM)
    refused = admin.delete("/definitions/item-type/pump?base_version=1")
    assert (refused.status, refused.body["code"]) == (422, "definition_needed")
    assert "pumps" in str(refused.body["problems"])


def test_a_choice_that_a_condition_asks_for_is_not_taken_out_by_another_pack(
    admin: ApiClient,
) -> None:
    body: dict[str, Any] = admin.get("/definitions/ticket-type/incident").body
    fields = body["body"]["fields"]
    index, field = next((at, each) for at, each in enumerate(fields) if each.get("choices"))
    value = field["choices"][0]["value"]
    rule = f"{{name: x, to: role, whom: administrator, when: {{{field['name']}: {value}}}}}"
    install("teams", f"kind: assignment\nname: by-choice\nlabel: X\nrules:\n  - {rule}\n")
    left = {**field, "choices": field["choices"][1:]}
    changed = {**body["body"], "fields": [*fields[:index], left, *fields[index + 1 :]]}
    path = "/definitions/ticket-type/incident"
    answer = admin.post(f"{path}/check", {"body": changed, "base_version": body["version"]})
    told = [problem["message"] for problem in answer.body["problems"]]
    assert any("by-choice" in message and value in message for message in told), told
    again = {**changed, "label": {"zh": "故障", "en": "Trouble"}, "fields": fields}
    answer = admin.post(f"{path}/check", {"body": again, "base_version": body["version"]})
    assert answer.body["problems"] == []


def test_an_unknown_name_is_told_once(admin: ApiClient) -> None:
    typo = TEAM.replace("[pump, host]", "[hots]").replace("item_type: pump, ", "")
    answer = admin.post("/definitions/assignment/pumps/check", {"text": typo})
    assert [problem["message"] for problem in answer.body["problems"]] == [
        "there is no item-type “hots”; did you mean “host”?"
    ]


RULES = """\
kind: alert-rules
name: pumps
label: Pumps
groups:
  - name: all
    rules:
      - {alert: PumpSilent, expr: up == 0, annotations: {summary: silent}}
"""
ROWS = """\
kind: alert-ticket
name: pumps
label: Pumps
order: 1
rows:
  - {name: silent, when: {rule: PumpSilent}, type: null}
"""


def test_a_rule_that_a_row_of_another_pack_asks_for_is_not_called_otherwise(
    admin: ApiClient,
) -> None:
    """The row would wait for ever, and the alerts go to whichever row takes the rest."""
    install("devices", RULES)
    install("teams", ROWS)
    otherwise = {"text": RULES.replace("PumpSilent", "PumpMute"), "base_version": 1}
    told = admin.put("/definitions/alert-rules/pumps", otherwise)
    assert told.status == 422
    (problem,) = told.body["problems"]
    assert problem["message"] == (
        "alert-ticket “pumps” of the installed pack “teams”: there is no alert rule “PumpSilent”"
    )
    assert text("alert-rules", "pumps") == RULES
