"""The public description of the API: complete, and changed only on purpose."""

from __future__ import annotations

import importlib
import inspect
import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from tests.hospital import ApiClient
from tools.openapi import document
from wardround.web.settings import ROOMS

KEPT = Path(__file__).resolve().parent.parent / "docs" / "openapi.json"


def test_the_api_is_the_one_that_was_reviewed() -> None:
    assert document() == KEPT.read_text(), "run `make openapi`, and read the difference"


def test_it_is_public_and_of_the_version_promised(db: None) -> None:
    answer = ApiClient(None).get("/openapi.json")
    assert answer.status == 200
    assert answer.body["openapi"].startswith("3.1")


def test_the_lists_that_programs_outside_rely_on_are_there() -> None:
    paths = json.loads(document())["paths"]
    for name in (
        "items", "relations", "targets", "samples", "alerts", "tickets",
        "boards/information", "boards/status", "health",
    ):  # fmt: skip
        assert "get" in paths[f"/api/v1/{name}"], name


def shapes() -> Iterator[type[BaseModel]]:
    for room in ROOMS:
        if Path("wardround", room, "wire.py").exists():
            wire = importlib.import_module(f"wardround.{room}.wire")
            for _name, shape in inspect.getmembers(wire, inspect.isclass):
                if issubclass(shape, BaseModel) and shape.__module__ == wire.__name__:
                    yield shape


def test_no_two_shapes_share_a_name() -> None:
    """The description keeps shapes by name: of two the first would be told for both."""
    said: dict[str, object] = {}
    for shape in shapes():
        found = shape.model_json_schema()
        assert said.setdefault(shape.__name__, found) == found, f"another {shape.__name__}"
    assert len(said) > 60
