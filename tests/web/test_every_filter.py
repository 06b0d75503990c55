"""A list that a mistyped filter leaves empty looks like an answer: every filter of every route that
is read is walked from the API's document, and takes no name that nothing has.

What is no name of anything defined (ids, keys, words to search for) may find nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.web.conftest import NOW, Installation
from wardround.schema import cache
from wardround.schema.models import Definition
from wardround.web.api import api

pytestmark = [pytest.mark.django_db, pytest.mark.servers, pytest.mark.once]

DESCRIPTION: dict[str, Any] = dict(api.get_openapi_schema())
GETS = {
    path.removeprefix("/api/v1"): methods["get"]
    for path, methods in DESCRIPTION["paths"].items()
    if "get" in methods
}
FREE = {
    "q": "words to search for",
    "where": "an expression, whose mistakes are told with their place",
    "finding": "a finding of the data-quality page; others are refused by `cmdb.findings`",
    "cursor": "signed, or a number; has an error of its own",
    "sort": "has an error of its own",
    "columns": "has an error of its own",
    "step": "a length of time",
    "at": "an IP address, whose mistakes are told",
    "first": "an IP address, whose mistakes are told",
    "key": "the key of an item, which may not be there yet",
    "subject_id": "whatever an audit line is about, gone or not",
    "id": "of whatever an audit line is about, gone or not",
    "metric": "what machines send; nobody declares all of it",
    "ask": "an aggregate and a metric",
    "table": "a table of the file that was sent, which alone knows its tables",
    "page": "a page of the browser, which alone knows its pages",
}
"""Texts that may find nothing, and why."""
NEEDED = {
    "metric": "node_load1",
    "ask": "avg(node_load1)",
    "at": "10.9.1.9",
    "picture": "model",
}
KNOWN = {
    "item-type": "host",
    "layer": "hardware",
    "relation-kind": "connects",
    "monitor-template": "linux-machine",
    "rule": "EndpointDown",
    "ticket-type": "incident",
    "state": "in_work",
    "kind": "calendar",
    "pack": "base",
    "role": "administrator",
    "attribute": "serial",
    "topic": "tickets",
    "audit-action": "ticket.open",
    "audit-subject": "ticket",
    "webhook": "portal",
}
"""One that there is of each kind that filters name."""


@pytest.fixture
def _django_db_helper(installation: Installation) -> None:
    """One database set up for the whole module, in place of an empty one for each test."""


def plain(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter's own shape, out of lists, choices and references."""
    if "items" in schema:
        return plain(schema["items"])
    if "$ref" in schema:
        return plain(DESCRIPTION["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    for key in ("anyOf", "allOf"):
        for choice in schema.get(key, ()):
            if choice.get("type") != "null":
                return {**plain(choice), **{k: v for k, v in schema.items() if k[:2] == "x-"}}
    return schema


def filters() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, name and shape of every query parameter."""
    for path, operation in GETS.items():
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "query":
                yield path, parameter["name"], plain(parameter["schema"])


def address(path: str, installation: Installation, **asked: str) -> str:
    """The path with things that there are in its places, and what it must be asked with."""
    needed = {
        parameter["name"]: NEEDED.get(parameter["name"], str(installation.item))
        for parameter in GETS[path].get("parameters", ())
        if parameter.get("required") and parameter["in"] == "query"
    }
    places = {"kind": "item-type", "name": "host", **installation.ids}
    return f"{path.format(**places)}?{urlencode({**needed, **asked})}"


def of_shape(wanted: str) -> list[Any]:
    return [
        pytest.param(path, name, shape, id=f"{path} {name}")
        for path, name, shape in filters()
        if wanted in shape
    ]


def test_every_text_says_what_it_names() -> None:
    silent = [
        f"{path} {name}"
        for path, name, shape in filters()
        if shape.get("type") == "string"
        and not {"enum", "format", "x-names"} & shape.keys()
        and name not in FREE
    ]
    assert silent == []
    assert {shape["x-names"] for _path, _name, shape in filters() if "x-names" in shape} == {*KNOWN}


def _ways_out(path: str) -> list[dict[str, str]]:
    formats = any(name == "format" and where == path for where, name, _shape in filters())
    return [{}, {"format": "xlsx"}] if formats else [{}]


@pytest.mark.parametrize(("path", "name", "shape"), of_shape("x-names"))
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_name_that_nothing_has_is_refused(
    installation: Installation, path: str, name: str, shape: dict[str, Any], language: str
) -> None:
    headers = {"Accept-Language": language}
    known = KNOWN[shape["x-names"]]
    did_you_mean = {"en": f"did you mean “{known}”", "zh-hans": f"您是否想写“{known}”"}[language]
    for way in _ways_out(path):
        for wrong, told in ((f"{known}x", did_you_mean), ("zzz", "zzz")):
            asked = address(path, installation, **{name: wrong}, **way)
            answer = installation.send("GET", asked, headers=headers)
            assert answer.status_code == 422, asked
            (problem,) = json.loads(answer.content)["problems"]
            assert problem["field"].removesuffix(".0") == name
            assert told in problem["message"]


@pytest.mark.parametrize(("path", "name", "shape"), of_shape("x-names"))
def test_a_name_that_something_has_is_taken(
    installation: Installation, path: str, name: str, shape: dict[str, Any]
) -> None:
    if path == "/stream":
        return  # endless; tests/web/test_live_door.py reads it
    for way in _ways_out(path):
        asked = address(path, installation, **{name: KNOWN[shape["x-names"]]}, **way)
        assert installation.send("GET", asked).status_code == 200, asked


@pytest.mark.parametrize(("path", "name", "shape"), of_shape("enum"))
def test_a_choice_that_there_is_not_is_refused(
    installation: Installation, path: str, name: str, shape: dict[str, Any]
) -> None:
    answer = installation.send("GET", address(path, installation, **{name: "zzz"}))
    assert answer.status_code == 422
    (problem,) = json.loads(answer.content)["problems"]
    assert problem["field"].removesuffix(".0") == name
    for choice in shape["enum"]:
        asked = address(path, installation, **{name: str(choice)})
        assert installation.send("GET", asked).status_code in {200, 422}, asked


@pytest.mark.parametrize(("path", "name", "shape"), of_shape("format"))
def test_an_id_or_moment_that_is_none_is_refused(
    installation: Installation, path: str, name: str, shape: dict[str, Any]
) -> None:
    assert shape["format"] in {"uuid", "date-time", "date"}
    answer = installation.send("GET", address(path, installation, **{name: "zzz"}))
    assert answer.status_code == 422
    assert json.loads(answer.content)["field"].removesuffix(".0") == name


def test_columns_are_of_a_workbook(installation: Installation) -> None:
    """Asked for without one they would be read by nobody."""
    for path, name, _shape in filters():
        if name == "columns":
            answer = installation.send("GET", address(path, installation, columns="name"))
            assert answer.status_code == 422, path
            assert json.loads(answer.content)["field"] == "columns"


def test_what_a_definition_no_longer_says_is_still_found(installation: Installation) -> None:
    """What lives on bears the name of what is no more: it is found by it."""
    gone = {("/items", "type"): "host", ("/alerts", "rule"): "EndpointDown"}
    Definition.objects.filter(kind__in=("item-type", "alert-rules")).update(
        current=False, retired_at=NOW
    )
    cache.changed()
    try:
        for (path, name), known in gone.items():
            answer = installation.send("GET", address(path, installation, **{name: known}))
            assert json.loads(answer.content)["items"], path
    finally:
        Definition.objects.filter(kind__in=("item-type", "alert-rules")).update(
            current=True, retired_at=None
        )
        cache.changed()
