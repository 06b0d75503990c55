"""What rows name may be gone, or lie there in a form that nobody reads any more: after half a
restore, a repair by hand, a version that went back. Every route that is read is walked from the
API's document; none goes down with it, and no list loses a row.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from openpyxl import load_workbook

from tests.web.conftest import Installation
from tests.web.test_every_filter import GETS, address
from wardround.schema import cache
from wardround.schema.models import Definition, Revision

pytestmark = [pytest.mark.django_db, pytest.mark.servers]

OF_DEFINITIONS = {
    "/definitions", "/definition-kinds", "/item-types", "/relation-kinds", "/layers",
    "/ticket-types", "/calendars", "/packs", "/sla-policies", "/alert-rules",
    "/monitor-templates", "/detection/rules", "/import-profiles", "/sources", "/webhooks",
    "/networks", "/systems/{system_id}/model/items", "/boards/systems",
    "/items/{item_id}/attachable", "/items/{item_id}/graph/items",
}  # fmt: skip
"""Lists of definitions themselves, and of what the role of a type or a kind of relation makes: none
are left to show."""
OF_ROLES = {"/systems/{system_id}/model/items"}
"""What is asked of an item by the role of its type: without the type nothing has the role."""


@pytest.fixture
def _django_db_helper(installation: Installation) -> None:
    """One database set up for the whole module, in place of an empty one for each test."""


def gone() -> None:
    Definition.objects.all().delete()


def unreadable() -> None:
    Definition.objects.update(body='{"name": 7}')


def answers(installation: Installation, paths: list[str]) -> dict[str, Any]:
    return {path: installation.send("GET", address(path, installation)) for path in paths}


def rows_of(answer: Any) -> int | None:
    """How many rows a list has; None for what is no list."""
    if "json" not in answer.headers.get("Content-Type", ""):
        return None
    body = json.loads(answer.content)
    items = body.get("items") if isinstance(body, dict) else None
    return len(items) if isinstance(items, list) else None


@pytest.mark.parametrize("harm", [gone, unreadable])
def test_no_way_out_goes_down_with_definitions(
    installation: Installation, harm: Callable[[], None]
) -> None:
    paths = [path for path in GETS if "{kind}" not in path and path != "/live"]
    before = answers(installation, paths)
    with transaction.atomic():
        point = transaction.savepoint()
        harm()
        Revision.objects.update(token=uuid4())
        cache.changed()
        after = answers(installation, paths)
        transaction.savepoint_rollback(point)
    fallen = {
        path: (was.status_code, after[path].status_code)
        for path, was in before.items()
        if path not in OF_ROLES and after[path].status_code != was.status_code
    }
    shorter = {
        path: (rows_of(was), rows_of(after[path]))
        for path, was in before.items()
        if path not in OF_DEFINITIONS and rows_of(was) != rows_of(after[path])
    }
    assert (fallen, shorter) == ({}, {})


def test_a_list_and_a_file_say_what_is_missing(installation: Installation) -> None:
    with transaction.atomic():
        point = transaction.savepoint()
        gone()
        Revision.objects.update(token=uuid4())
        cache.changed()
        rows = json.loads(installation.send("GET", "/tickets").content)["items"]
        file = installation.send("GET", "/tickets?format=xlsx&columns=number,title").content
        transaction.savepoint_rollback(point)
    (row,) = rows
    assert (row["type_label"], row["state_label"], row["title"]) == (
        "incident",
        "new",
        "打印机缺纸",
    )
    assert "Version 1 of the ticket type “incident”" in row["missing"]
    head, line = load_workbook(io.BytesIO(file)).active.values  # type: ignore[union-attr]
    assert dict(zip(head, line, strict=True))["Missing"] == row["missing"]
