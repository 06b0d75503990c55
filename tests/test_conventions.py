"""What programs may rely on over all routes: one status for one kind of act, and lists that can be
asked for the moment they show. Read from the API's own document; the tables are in CONTRIBUTING.md.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

import wardround
from tools.openapi import document

_DOCUMENT = json.loads(document())
_MADE_WITHIN = {"/tickets/{ticket_id}/comments"}
"""Where something new is made that only the thing it belongs to shows."""
_DONE_TO_MANY = {"/packs"}
"""A list that is posted to without one new thing: an import makes, changes and retires many."""
_STATUSES = {"GET": {"200"}, "PUT": {"200"}, "PATCH": {"200"}, "DELETE": {"204"}}
_BESIDE = {"GET /health": {"503"}}
"""Answers of their own beside the usual one, where a refusal would not do."""
MOST_OF_A_LONG_LIST = 500


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, found in _DOCUMENT["paths"].items():
        for method, operation in found.items():
            yield method.upper(), path.removeprefix("/api/v1"), operation


def shape_of(operation: dict[str, Any], status: str) -> str:
    """The name of what is answered; empty where that is nothing, or no JSON."""
    content = operation["responses"].get(status, {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    return str(schema.get("$ref", "")).rpartition("/")[2]


def is_list(operation: dict[str, Any]) -> bool:
    shape = shape_of(operation, "200")  # a page that says something more has a name of its own
    return shape.startswith("Page_") or shape.endswith("PageOut")


_LISTS = {path for method, path, found in operations() if method == "GET" and is_list(found)}


def expected(method: str, path: str) -> set[str]:
    if method != "POST":
        return _STATUSES[method] | _BESIDE.get(f"{method} {path}", set())
    makes = path in _LISTS - _DONE_TO_MANY or path in _MADE_WITHIN
    return {"201"} if makes else {"200"}


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [pytest.param(*found, id=f"{found[0]} {found[1]}") for found in operations()],
)
def test_one_kind_of_act_has_one_status(method: str, path: str, operation: dict[str, Any]) -> None:
    answers = {
        status
        for status, answer in operation["responses"].items()
        if status != "default" and "$ref" not in answer
    }
    assert answers == expected(method, path)
    if method == "DELETE":
        assert shape_of(operation, "204") == ""


def test_the_exceptions_are_still_there() -> None:
    there = {f"{method} {path}" for method, path, _ in operations()}
    assert {f"POST {path}" for path in _MADE_WITHIN | _DONE_TO_MANY} | _BESIDE.keys() <= there


# Moments ------------------------------------------------------------------------------------------


def _parameters(operation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {found["name"]: found for found in operation.get("parameters", ())}


def _moments(operation: dict[str, Any]) -> set[str]:
    """The moments that a list's rows show."""
    shapes = _DOCUMENT["components"]["schemas"]
    rows = shapes[shape_of(operation, "200")]["properties"]["items"]["items"]
    fields = shapes[rows["$ref"].rpartition("/")[2]]["properties"]
    return {name for name, field in fields.items() if '"date-time"' in json.dumps(field)}


def long_lists_with_moments() -> dict[str, dict[str, Any]]:
    return {
        path: operation
        for method, path, operation in operations()
        if method == "GET"
        and is_list(operation)
        and _parameters(operation)["limit"]["schema"].get("maximum") == MOST_OF_A_LONG_LIST
        and _moments(operation)
    }


def test_a_list_that_shows_a_moment_can_be_asked_with_it() -> None:
    lists = long_lists_with_moments()
    assert len(lists) >= 7
    for path, operation in lists.items():
        asked = _parameters(operation)
        assert {"since", "until"} <= asked.keys(), path
        assert "date-time" in json.dumps(asked["since"]), path
        said = operation.get("description", "")
        assert "`since` and `until`" in said, f"{path} must say of which moment"


def test_no_two_shapes_share_a_name() -> None:
    """The API's document knows a shape by its name alone: the second would stand for both."""
    package = Path(wardround.__file__).parent
    found: dict[str, set[str]] = {}
    for path in package.glob("*/*wire*.py"):
        module = f"wardround.{path.parent.name}.{path.stem}"
        for name, shape in vars(importlib.import_module(module)).items():
            if isinstance(shape, type) and issubclass(shape, BaseModel):
                found.setdefault(name, set()).add(shape.__module__)
    assert {name: modules for name, modules in found.items() if len(modules) > 1} == {}
