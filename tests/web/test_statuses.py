"""Every status that can come stands in the API's description: all routes, asked wrongly.

Beside this every answer that any other test gets through `ApiClient` is compared too.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator

import pytest
from django.test import Client

from tests.declared import named, require
from tests.hospital import client_of
from wardround.kernel.errors import WardroundError
from wardround.web.api import routes
from wardround.web.refusals import _MEANINGS
from wardround.web.settings import ROOMS

NOBODY_HAS_THIS = "01890000-0000-7000-8000-000000000000"
_OF_NO_ROUTE = {405, 500}
ROUTES = [(method, path) for method, path, _ in routes() if path != "/stream"]


def errors(kind: type[WardroundError] = WardroundError) -> Iterator[type[WardroundError]]:
    for found in kind.__subclasses__():
        yield found
        yield from errors(found)


def test_every_error_of_every_room_has_a_status_that_is_described() -> None:
    for room in ROOMS:
        importlib.import_module(f"wardround.{room}.apps")
    found = {kind.status for kind in errors()}
    assert found - _OF_NO_ROUTE <= _MEANINGS.keys()
    assert found >= {400, 401, 403, 404, 409, 413, 415, 422, 423, 429, 503, 504, 507}


WRONGLY = {
    "nobody": {"headers": {"Authorization": ""}},
    "a token that opens nothing": {"headers": {"Authorization": "Bearer nothing"}},
    "no JSON": {"data": b"{", "content_type": "application/json"},
    "another kind": {"data": b"<a/>", "content_type": "text/xml"},
    "a list": {"data": b"[]", "content_type": "application/json"},
    "nothing known": {"data": b'{"nothing": 1}', "content_type": "application/json"},
    "too much": {"data": b'{"a": "%s"}' % (b"x" * 9_000_000), "content_type": "application/json"},
}


@pytest.mark.django_db
@pytest.mark.parametrize("how", WRONGLY)
def test_whatever_is_wrong_the_status_is_described(how: str) -> None:
    person = client_of("head-nurse-of-machines", "administrator")
    asked, seen = WRONGLY[how], set()
    headers = {**person._headers, **asked.get("headers", {})}  # type: ignore[dict-item]
    rest = {name: value for name, value in asked.items() if name != "headers"}
    for method, path in ROUTES:
        if method == "GET" and "data" in rest:
            continue
        place = re.sub(r"{[^}]*}", NOBODY_HAS_THIS, path)
        for query in ("", "?nothing=1"):
            answer = Client().generic(method, f"/api/v1{place}{query}", headers=headers, **rest)
            require(method, place, answer.status_code)
            seen.add(answer.status_code)
    assert seen - {200, 201, 204, 503}


def test_the_comparison_finds_what_is_not_described() -> None:
    assert named("POST", f"/targets/{NOBODY_HAS_THIS}/check") == {
        200, 400, 401, 403, 404, 409, 413, 422, 429, 503, 504, 507,
    }  # fmt: skip
    with pytest.raises(AssertionError, match="answered 418"):
        require("GET", "/items", 418)
    require("GET", "/nothing-there", 404)
