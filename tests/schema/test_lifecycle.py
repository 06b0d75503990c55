"""Broken life cycles, each told with its path."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

from wardround.schema import kinds
from wardround.schema.errors import BadDefinition
from wardround.schema.expressions import Field, FieldType
from wardround.schema.lifecycle import (
    FieldAccess,
    LifeCycle,
    StateCategory,
    check_lifecycle,
    permits,
)

AT = datetime(2026, 1, 1, tzinfo=UTC)
FIELDS = {"cause": Field(FieldType.TEXT), "users": Field(FieldType.NUMBER)}


def incident() -> dict[str, Any]:
    return {
        "states": [
            {"name": "new", "label": "New", "category": "new", "access": {"cause": "hidden"}},
            {"name": "working", "label": "Working", "category": "working"},
            {"name": "closed", "label": "Closed", "category": "closed", "requires": ["cause"]},
        ],
        "transitions": [
            {"name": "take", "label": "Take", "from": ["new"], "to": "working"},
            {
                "name": "close",
                "label": "Close",
                "from": "working",
                "to": "closed",
                "guard": "users < 10",
                "requires": ["users"],
            },
        ],
    }


def told(body: dict[str, Any]) -> list[str]:
    try:
        return sorted(map(str, check_lifecycle(kinds.read(LifeCycle, body), FIELDS)))
    except BadDefinition as refused:
        return sorted(map(str, refused.problems))


def test_a_sound_life_cycle_has_no_problems() -> None:
    assert told(incident()) == []


def test_it_says_what_may_be_done_and_what_is_needed() -> None:
    cycle = kinds.read(LifeCycle, incident())
    close = cycle.transition("working", "close")
    assert close is not None
    assert cycle.required(close) == ("users", "cause")
    assert cycle.missing(close, {"users": 3, "cause": ""}) == ("cause",)
    assert permits(close, {"users": 3}, at=AT)
    assert not permits(close, {"users": 30}, at=AT)
    assert not permits(close, {}, at=AT)
    assert cycle.transition("new", "close") is None
    assert cycle.state("new").access_to("cause") is FieldAccess.HIDDEN
    assert cycle.state("closed").access_to("users") is FieldAccess.READ
    assert cycle.state("closed").category is StateCategory.CLOSED


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        (
            lambda body: body["transitions"][0].update(to="workign"),
            [
                "states[1]: no transition leads to the state “working”",
                "states[2]: no transition leads to the state “closed”",
                "states[0]: from the state “new” no closed state can be reached",
                "transitions[0].to: there is no state “workign”",
            ],
        ),
        (
            lambda body: body["states"].append(
                {"name": "lost", "label": "L", "category": "waiting"}
            ),
            [
                "states[3]: no transition leads to the state “lost”",
                "states[3]: from the state “lost” no closed state can be reached",
            ],
        ),
        (
            lambda body: body["transitions"].pop(),
            [
                "states[0]: from the state “new” no closed state can be reached",
                "states[1]: from the state “working” no closed state can be reached",
                "states[2]: no transition leads to the state “closed”",
            ],
        ),
        (
            lambda body: body["transitions"][1].update(guard="userz < 10"),
            ["transitions[1].guard: there is no field “userz”"],
        ),
        (
            lambda body: body["transitions"][1].update(guard="users <"),
            ["transitions[1].guard: the expression ends where a value should follow"],
        ),
        (
            lambda body: body["transitions"][1].update(requires=["cuase"]),
            ["transitions[1].requires[0]: there is no field “cuase”"],
        ),
        (
            lambda body: body["states"][0].update(access={"cuase": "edit"}),
            ["states[0].access.cuase: there is no field “cuase”"],
        ),
        (
            lambda body: body["states"][1].update(name="new"),
            [
                "states[1].name: two states are called “new”",
                "transitions[0].to: there is no state “working”",
                "transitions[1].from: there is no state “working”",
            ],
        ),
        (
            lambda body: body["transitions"].append(deepcopy(body["transitions"][0])),
            ["transitions[2].name: two transitions called “take” leave the state “new”"],
        ),
        (lambda body: body.update(initial="nwe"), ["initial: there is no state “nwe”"]),
        (
            lambda body: body["states"][0].update(main="close"),
            ["states[0].main: no transition “close” leaves the state “new”"],
        ),
    ],
)
def test_a_broken_one_is_told(change: Any, problems: list[str]) -> None:
    body = incident()
    change(body)
    found = told(body)
    assert set(problems) <= set(found)
