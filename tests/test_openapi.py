"""The public description of the API: complete, and changed only on purpose."""

from __future__ import annotations

import json
from pathlib import Path

from tests.hospital import ApiClient
from tools.openapi import document

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
