"""Interfaces as nobody draws them: many consumers, none who provides, parties of their own."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.hospital import ApiClient, client_of
from wardround.kernel.types import Scope

pytestmark = pytest.mark.django_db
MANY = 500


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("li", "administrator")


def related(admin: ApiClient, kind: str, source: str, target: str) -> int:
    return admin.post("/relations", {"kind": kind, "source": source, "target": target}).status


def test_five_hundred_consumers_cost_no_statement_more(admin: ApiClient) -> None:
    rows = [{"key": f"s-{n}", "type": "business-system", "name": f"S {n}"} for n in range(MANY)]
    assert admin.post("/items/bulk", {"rows": rows, "mode": "all"}).status == 200
    for path in ("/interfaces", "/interface-map"):
        admin.get(path)

    def statements(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert admin.get(path).status == 200
        return len(captured)

    before = [statements(path) for path in ("/interfaces", "/interface-map")]
    assert related(admin, "consumes", "s-0", "if-1") == 201
    for n in range(1, MANY, 25):
        assert related(admin, "consumes", f"s-{n}", "if-1") == 201
    assert [statements(path) for path in ("/interfaces", "/interface-map")] == before


def test_one_leads_to_itself_or_nobody_provides_it(admin: ApiClient) -> None:
    assert related(admin, "provides", "if-1", "if-1") == 422
    assert related(admin, "consumes", "lis", "if-1") == 201  # who provides it consumes it, too
    made = {"type": "interface", "name": "孤立接口", "key": "if-alone"}
    assert admin.post("/items", made).status == 201
    found = {each["key"]: each for each in admin.get("/interfaces").body["items"]}
    assert (found["if-alone"]["providers"], found["if-alone"]["consumers"]) == ([], [])
    assert admin.get("/interface-map").status == 200


def test_how_many_there_are_tells_nothing(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    scope = Scope(systems=frozenset({hospital["lis"]}))
    narrow = client_of("of-lis", "administrator", scope=scope)

    def told() -> tuple[object, ...]:
        return tuple(narrow.get(path).body for path in ("/interfaces", "/interface-map"))

    before = told()
    made = {"type": "business-system", "name": "HIS", "key": "his"}
    assert admin.post("/items", made).status == 201
    assert related(admin, "consumes", "his", "if-1") == 201
    for was, other in zip(before, told(), strict=True):
        assert "HIS" not in str(other)
        assert was == other
