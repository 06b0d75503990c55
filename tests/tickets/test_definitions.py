"""Ticket types, level matrices and assignments: those shipped are right, and mistakes are named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from wardround.schema.errors import BadDefinition
from wardround.schema.kinds import DefinitionView
from wardround.tickets import definitions
from wardround.tickets.types import LevelMatrix, TicketType

SERVICE = Path(__file__).parents[2] / "packs" / "service" / "tickets"
KINDS = {kind.name: kind for kind in definitions.KINDS}


def shipped() -> Iterator[dict[str, Any]]:
    for file in sorted(SERVICE.glob("*.yaml")):
        yield from yaml.safe_load_all(file.read_text("utf-8"))


def view() -> DefinitionView:
    values: dict[str, dict[str, Any]] = {}
    for body in shipped():
        values.setdefault(body["kind"], {})[body["name"]] = KINDS[body["kind"]].read(body)
    return DefinitionView(values)


def body_of(name: str) -> dict[str, Any]:
    return next(body for body in shipped() if body["name"] == name)


def mistakes(body: dict[str, Any]) -> list[str]:
    """Places and words of everything wrong with a body."""
    kind = KINDS[body["kind"]]
    assert kind.check is not None
    try:
        found = tuple(kind.check(kind.read(body), view()))
    except BadDefinition as refused:
        found = refused.problems
    return [f"{problem.dotted}: {problem.text()}" for problem in found]


@pytest.mark.parametrize("body", list(shipped()), ids=lambda body: body["name"])
def test_what_is_shipped_is_right(body: dict[str, Any]) -> None:
    assert mistakes(body) == []


def test_both_types_go_the_whole_way_and_back() -> None:
    for name in ("event", "incident"):
        one: TicketType = view().all("ticket-type")[name]
        ways = {transition.name for transition in one.cycle.transitions}
        assert {"accept", "arrive", "start", "wait_vendor", "wait_user", "resume"} <= ways
        assert {"resolve", "reopen"} <= ways


def test_every_row_of_the_matrix_has_a_level_with_a_label() -> None:
    matrix: LevelMatrix = view().all("level-matrix")["service-levels"]
    assert {matrix.label_of(row.level).zh for row in matrix.rows} == {
        "一级",
        "二级",
        "三级",
        "四级",
    }


EVENT = body_of("event")
LEVELS = body_of("service-levels")
TEAM = body_of("service-team")


def with_row(**row: Any) -> dict[str, Any]:
    return LEVELS | {"rows": [{"name": "x", "level": "1", "sla": "standard", **row}]}


@pytest.mark.parametrize(
    ("body", "mistake"),
    [
        (EVENT | {"takes": ["acept"]}, "takes[0]: there is no transition “acept”"),
        (
            EVENT | {"alerts": {**EVENT["alerts"], "end_by": "heal"}},
            "alerts.end_by: there is no transition “heal”",
        ),
        (
            EVENT | {"fields": [{"name": "impact", "label": "x", "type": "text"}]},
            "fields[0].name: every ticket has “impact” already",
        ),
        (EVENT | {"numbering": "evt"}, "numbering: found evt, expected text like ^[A-Z]{2,6}$"),
        (with_row(level="9"), "rows[0].level: there is no level “9”"),
        (with_row(when={"mood": "bad"}), "rows[0].when.mood: no ticket has a field “mood”"),
        (
            with_row(when={"importance": "D"}),
            "rows[0].when.importance: “importance” is never “D”",
        ),
        (
            with_row(when={"fault_kind": ["data_error", "fire"]}),
            "rows[0].when.fault_kind: “fault_kind” is never “fire”",
        ),
        (
            LEVELS | {"rows": [LEVELS["rows"][-1], LEVELS["rows"][0]]},
            "rows[1]: this row never decides: “ordinary” fits before it",
        ),
        (
            TEAM | {"rules": [{"name": "x", "to": "role"}]},
            "rules[0]: say whom: the name of a role or a user name",
        ),
        (
            TEAM | {"rules": [{"name": "x", "to": "owner", "whom": "li"}]},
            "rules[0].whom: the owner is who the item says: “whom” means nothing here",
        ),
        (
            TEAM | {"rules": [{"name": "x", "to": "owner", "when": {"level": "99"}}]},
            "rules[0].when.level: “level” is never “99”",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(body: dict[str, Any], mistake: str) -> None:
    assert mistake in mistakes(body)


def test_a_guard_over_an_unknown_field_is_found() -> None:
    broken = EVENT | {"transitions": [{**EVENT["transitions"][0], "guard": "asigned"}]}
    assert any("transitions[0].guard" in one for one in mistakes(broken))
