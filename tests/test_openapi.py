"""The public description of the API: complete, and changed only on purpose."""

from __future__ import annotations

import importlib
import json
import pkgutil
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


KEEPERS = ("wire", "routes", "http")


def shapes(base: type[BaseModel] = BaseModel) -> Iterator[type[BaseModel]]:
    """Every shape of the API, whichever module keeps it, by whatever it is derived of."""
    for shape in base.__subclasses__():
        if shape.__module__.startswith("wardround.") and shape.__module__.endswith(KEEPERS):
            yield shape
        yield from shapes(shape)


def told_of(shape: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """What the description keeps by name of a shape and of all that stands in it."""
    found = shape.model_json_schema()
    for name, inner in found.pop("$defs", {}).items():
        yield name.rpartition("__")[2], json.dumps(inner, sort_keys=True)
    if "$ref" not in found:  # what holds things like itself stands among its own
        yield shape.__name__, json.dumps(found, sort_keys=True)


def test_no_two_shapes_share_a_name() -> None:
    """The description keeps shapes by name: of two the first would be told for both. Enumerations
    that stand in them are shapes, too.
    """
    for room in ROOMS:
        package = importlib.import_module(f"wardround.{room}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.endswith(KEEPERS):
                importlib.import_module(module.name)
    described = json.loads(document())["components"]["schemas"]
    of: dict[str, type[BaseModel]] = {}
    said: dict[str, tuple[str, type[BaseModel]]] = {}
    for shape in set(shapes()):
        if shape.__name__ in described:
            assert of.setdefault(shape.__name__, shape) is shape, f"another {shape.__name__}"
            for name, found in told_of(shape):
                first = said.setdefault(name, (found, shape))
                assert first[0] == found, f"another {name} in {shape} than in {first[1]}"
    assert len(of) > 300
