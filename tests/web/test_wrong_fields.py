"""No request gets an unclear answer: whatever is wrong is refused with a code and the field named.

The table holds one line for every way in which a request was ever answered badly, and one for
each kind of mistake. `{item_id}` and the like stand for things that exist.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction

from tests.web.conftest import Installation
from wardround.kernel.typed_text import typed

JSON = "application/json"
PROBLEM = "application/problem+json"
NOBODY = "01890000-0000-7000-8000-000000000000"

Expected = tuple[int, str, str | None]

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


@pytest.fixture
def _django_db_helper(installation: Installation) -> None:
    """One database set up for the whole module, in place of an empty one for each test."""


def refused(installation: Installation, response: Any) -> Expected:
    """Status, code and first field of a problem; fails when the answer is no problem."""
    assert response.headers["Content-Type"] == PROBLEM, response.content[:200]
    body = json.loads(response.content)
    assert body["status"] == response.status_code
    assert body["title"]
    assert body["detail"]
    return body["status"], body["code"], body.get("field")


PARAMETERS: list[tuple[str, Expected]] = [
    # what there is not
    ("/items?colour=red", (422, "unknown_parameter", "colour")),
    ("/roles?colour=red", (422, "unknown_parameter", "colour")),
    ("/health?colour=red", (422, "unknown_parameter", "colour")),
    ("/items/{item_id}?colour=red", (422, "unknown_parameter", "colour")),
    ("/samples?metric=node_load1&colour=red", (422, "unknown_parameter", "colour")),
    # one thing twice
    ("/items?limit=5&limit=6", (422, "given_twice", "limit")),
    ("/tickets?open=true&open=false", (422, "given_twice", "open")),
    ("/samples?metric=a&metric=b", (422, "given_twice", "metric")),
    ("/samples?metric=a&label.x=1&label.x=2", (422, "given_twice", "label.x")),
    # numbers
    ("/items?limit=-1", (422, "bad_input", "limit")),
    ("/items?limit=0", (422, "bad_input", "limit")),
    ("/items?limit=501", (422, "bad_input", "limit")),
    ("/items?limit=1e2", (422, "bad_input", "limit")),
    ("/items?limit=" + "9" * 5000, (422, "bad_input", "limit")),
    ("/definitions/item-type/host?version=99999999999999999999", (422, "bad_input", "version")),
    ("/definitions/item-type/host?version=-1", (422, "bad_input", "version")),
    # text
    ("/items?q=%00", (422, "bad_input", "q")),
    ("/items?type=a%00b", (422, "bad_input", "type")),
    ("/accounts?role=%00", (422, "bad_input", "role")),
    ("/me/views?page=%00", (422, "bad_input", "page")),
    ("/samples?metric=%00", (422, "bad_input", "metric")),
    ("/samples?metric=a&label.x=%00", (422, "bad_input", "label.x")),
    ("/definitions/item-type/a%00b", (404, "not_found", None)),
    ("/items/{item_id}/tables/a%00b", (404, "not_found", None)),
    # ids
    ("/items/seven", (404, "not_found", None)),
    ("/items/" + NOBODY, (404, "unknown_item", "item")),
    ("/alerts/seven", (422, "bad_input", "alert_id")),
    ("/tickets/seven", (422, "bad_input", "ticket_id")),
    ("/tickets?assignee=somebody", (422, "bad_input", "assignee.0")),
    ("/items?system=seven", (422, "bad_input", "system.0")),
    # moments
    ("/audit?since=0001-01-01T00:00:00%2B14:00", (422, "bad_input", "since")),
    ("/audit?until=9999-12-31T23:59:59-14:00", (422, "bad_input", "until")),
    ("/audit?since=2026-01-01T00:00:00", (422, "bad_input", "since")),
    ("/alerts?since=0001-01-01T00:00:00%2B14:00", (422, "bad_input", "since")),
    ("/samples?metric=a&from=0001-01-01T00:00:00%2B14:00", (422, "bad_input", "from")),
    ("/samples?metric=a&to=9999-12-31T23:59:59-14:00", (422, "bad_input", "to")),
    ("/samples?metric=a&from=1e300", (422, "bad_input", "from")),
    ("/samples?metric=a&step=1e400", (422, "bad_input", "step")),
    ("/samples?metric=a&step=nan", (422, "bad_input", "step")),
    ("/samples?metric=a&step=-5m", (422, "bad_input", "step")),
    ("/samples?metric=a&step=" + "9" * 400, (422, "bad_input", "step")),
    ("/samples?metric=a&from=1970-01-01T00:00:00Z&step=1", (422, "too_many_points", "step")),
    # order and place
    ("/items?sort=colour", (422, "bad_sort", "sort")),
    ("/items?sort=--name", (422, "bad_sort", "sort")),
    ("/items?sort=name%3Bdrop", (422, "bad_sort", "sort")),
    ("/items?cursor=x", (422, "bad_cursor", "cursor")),
    ("/tickets?cursor=%E5%91%B5", (422, "bad_cursor", "cursor")),
    ("/items?cursor=" + "W" * 60_000, (422, "bad_cursor", "cursor")),
    ("/roles?cursor=-1", (422, "bad_cursor", "cursor")),
    ("/alert-rules?cursor=host-down", (422, "bad_cursor", "cursor")),
    ("/packs?cursor=" + "9" * 400, (422, "bad_cursor", "cursor")),
    ("/samples?metric=a&cursor=-1", (422, "bad_cursor", "cursor")),
    ("/series?item={item_id}&cursor=x", (422, "bad_cursor", "cursor")),
    # workbooks
    ("/items?format=pdf", (422, "bad_input", "format")),
    ("/items?format=xlsx&columns=colour", (422, "bad_column", "columns")),
    ("/alerts?format=xlsx&columns=colour", (422, "bad_column", "columns")),
    ("/targets?format=xlsx&columns=colour", (422, "bad_column", "columns")),
    ("/tickets?format=xlsx&columns=smell", (422, "bad_column", "columns")),
    ("/definitions?format=xlsx&columns=smell", (422, "bad_column", "columns")),
    ("/alert-rules?sort=smell", (422, "bad_sort", "sort")),
    ("/tickets?" + "&".join(["colour=red"] * 1001), (400, "bad_request", None)),
]


@pytest.mark.parametrize(
    ("path", "expected"),
    PARAMETERS,
    ids=[f"{place} {one[0][:60]}" for place, one in enumerate(PARAMETERS)],
)
def test_parameters(installation: Installation, path: str, expected: Expected) -> None:
    response = installation.send("GET", path.format(**installation.ids))
    assert refused(installation, response) == expected


HOST = {"type": "host", "name": "主机二"}
INCIDENT = {"type": "incident", "title": "打印机缺纸"}
TARGET = {"item": "{item_id}", "template": "linux-machine"}
DEEP = b'{"type":' * 40 + b"1" + b"}" * 40
BOTTOMLESS = b"[" * 200_000

BODIES: list[tuple[str, object, Expected]] = [
    # not JSON at all
    ("POST /items", b"{", (400, "not_json", "body")),
    ("POST /items", b"\xff\xfe\xfa", (400, "not_json", "body")),
    ("POST /items", b'{"type": NaN}', (400, "not_json", "body")),
    ("POST /items", b"1" * 5000, (400, "not_json", "body")),
    ("POST /items", DEEP, (400, "too_deep", "type")),
    ("POST /items", BOTTOMLESS, (400, "too_deep", "body")),
    ("POST /items", b'{"name":"a","name":"b"}', (422, "given_twice", "name")),
    ("POST /items", b" " * (9 * 2**20), (413, "too_large", "body")),
    # of another form
    ("POST /items", b"", (422, "bad_input", "payload")),
    ("POST /items", [], (422, "bad_input", "payload")),
    ("POST /items", "host", (422, "bad_input", "payload")),
    ("POST /items", {}, (422, "bad_input", "type")),
    ("POST /items", HOST | {"colour": "red"}, (422, "bad_input", "colour")),
    ("POST /items", HOST | {"attributes": []}, (422, "bad_input", "attributes")),
    ("POST /items", HOST | {"attributes": {"colour": 1}}, (422, "bad_input", "attributes.colour")),
    ("POST /items/{item_id}/changes", {}, (405, "method_not_allowed", None)),
    ("POST /targets/{target_id}/check", {"colour": 1}, (422, "no_body", "body")),
    ("DELETE /items/{item_id}", {"colour": 1}, (422, "no_body", "body")),
    # text that nothing can keep
    ("POST /items", HOST | {"name": "a\0b"}, (422, "bad_input", "name")),
    ("POST /items", HOST | {"name": "\ud800"}, (422, "bad_input", "name")),
    ("POST /items", HOST | {"\ud800": 1}, (422, "bad_input", "\N{REPLACEMENT CHARACTER}")),
    (
        "POST /items",
        HOST | {"attributes": {"serial": "\0"}},
        (422, "bad_input", "attributes.serial"),
    ),
    ("POST /session", {"user_name": "\0", "password": "x"}, (422, "bad_input", "user_name")),
    ("POST /session", {"user_name": "a", "password": "\udfff"}, (422, "bad_input", "password")),
    ("POST /tickets", INCIDENT | {"title": "\0"}, (422, "bad_input", "title")),
    ("POST /me/views", {"page": "a", "name": "\0"}, (422, "bad_input", "name")),
    # numbers that nothing can keep
    (
        "POST /items",
        b'{"type":"host","name":"a","attributes":{"cores":1e400}}',
        (422, "bad_input", "attributes.cores"),
    ),
    ("PATCH /items/{item_id}", {"version": 10**30}, (422, "bad_input", "version")),
    ("PATCH /items/{item_id}", {"version": 1.5}, (422, "bad_input", "version")),
    ("PATCH /tickets/{ticket_id}", {"version": 2**53}, (422, "bad_input", "version")),
    (
        "POST /relations",
        {"kind": "connects", "source": "host-1", "target": "sw-1", "need": 0},
        (422, "bad_input", "need"),
    ),
    (
        "POST /relations",
        {"kind": "connects", "source": "host-1", "target": "sw-1", "switch_minutes": -1},
        (422, "bad_input", "switch_minutes"),
    ),
    ("POST /targets", TARGET | {"interval_s": 0}, (422, "bad_input", "interval_s")),
    ("POST /targets", TARGET | {"interval_s": 1e9}, (422, "bad_input", "interval_s")),
    # moments
    (
        "POST /me/tokens",
        {"name": "a", "expires_at": "9999-12-31T23:59:59-14:00"},
        (422, "bad_input", "expires_at"),
    ),
    (
        "POST /me/tokens",
        {"name": "a", "expires_at": "0001-01-01T00:00:00+14:00"},
        (422, "bad_input", "expires_at"),
    ),
    (
        "POST /me/tokens",
        {"name": "a", "expires_at": "2027-01-01T00:00:00"},
        (422, "bad_input", "expires_at"),
    ),
    # addresses that are none
    *(
        (
            "POST /targets",
            TARGET | {"template": "prometheus", "address": address},
            (422, "bad_target", "address"),
        )
        for address in ("http://[::1", "http://a:99999", "http://a b/", " ", "ftp://a/", "a\x01b")
    ),
    # what there is not
    ("POST /items", HOST | {"type": "x' OR 1=1 --"}, (422, "bad_input", "type")),
    (
        "POST /relations",
        {"kind": "connects", "source": "nobody", "target": "sw-1"},
        (422, "bad_input", "source"),
    ),
    ("POST /tickets", INCIDENT | {"type": "<script>"}, (422, "no_such_ticket_type", "type")),
    ("POST /tickets", INCIDENT | {"item": NOBODY}, (422, "no_such_item", "item")),
    (
        "POST /tickets/{ticket_id}/assignee",
        {"account": NOBODY},
        (422, "no_such_account", "account"),
    ),
    ("POST /tickets/{ticket_id}/transitions", {"name": "fly"}, (409, "no_such_transition", "name")),
    ("POST /targets", TARGET | {"template": "none"}, (422, "bad_target", "template")),
    ("POST /targets", TARGET | {"parameters": {"x": 1}}, (422, "bad_target", "parameters.x")),
    ("POST /me/tokens", {"name": "a", "permissions": ["fly"]}, (403, "not_for_tokens", None)),
    (
        "POST /accounts",
        {"user_name": "a", "roles": [{"role": "x", "scope": {}}]},
        (422, "bad_input", "roles"),
    ),
    ("POST /session/wall", {"token": "x"}, (401, "token_refused", "token")),
]


@pytest.mark.parametrize(
    ("route", "body", "expected"),
    BODIES,
    ids=[f"{place} {one[0]}" for place, one in enumerate(BODIES)],
)
def test_bodies(installation: Installation, route: str, body: object, expected: Expected) -> None:
    method, _, path = route.partition(" ")
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    data = data.replace(b"{item_id}", str(installation.item).encode())
    response = installation.send(
        method, path.format(**installation.ids), data=data, content_type=JSON
    )
    assert refused(installation, response) == expected


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_a_body_that_is_not_sent_as_json(installation: Installation, kind: str) -> None:
    data = json.dumps(HOST).encode()
    response = installation.send("POST", "/items", data=data, content_type=kind)
    assert refused(installation, response) == (415, "unsupported_media_type", "Content-Type")


def test_a_method_that_an_address_does_not_take(installation: Installation) -> None:
    response = installation.send("PUT", "/items")
    assert refused(installation, response) == (405, "method_not_allowed", None)
    assert set(response.headers["Allow"].split(", ")) == {"GET", "POST"}
    assert "GET" in json.loads(response.content)["detail"]


@pytest.mark.parametrize(
    "path", ["/nothing", "/api/v2/items", "/api/v1/items/%ff", "/api/v1//items"]
)
def test_an_address_that_there_is_not(installation: Installation, path: str) -> None:
    response = installation.send("GET", f"/api/v1{path}" if path == "/nothing" else path)
    assert refused(installation, response) == (404, "not_found", None)


def test_a_token_that_opens_nothing(installation: Installation) -> None:
    for token in ("x", "\xff", "a b", "x" * 10_000):
        response = installation.send("GET", "/items", headers={"Authorization": f"Bearer {token}"})
        assert refused(installation, response)[:2] == (401, "token_refused")


def test_an_answer_is_in_the_language_asked_for(installation: Installation) -> None:
    response = installation.send("PUT", "/items", headers={"Accept-Language": "zh-CN"})
    assert "不接受" in json.loads(response.content)["detail"]


# Lists -------------------------------------------------------------------------------------------

LISTS = [
    "/items", "/relations", "/targets", "/samples?metric=node_load1", "/alerts", "/tickets",
    "/boards/information", "/boards/status", "/boards/systems", "/series?item={item_id}",
    "/alert-rules", "/definitions", "/packs", "/item-types", "/relation-kinds", "/layers",
    "/accounts", "/roles", "/permissions", "/audit", "/me/tokens", "/me/sessions", "/me/views",
    "/monitor-templates", "/collectors", "/ticket-types", "/items/{item_id}/changes",
    "/items/{item_id}/tables",
]  # fmt: skip


@pytest.mark.parametrize("path", LISTS)
def test_every_list_comes_in_pages(installation: Installation, path: str) -> None:
    """With `limit=500`, as the browser asks; and one by one, which gives the same things."""
    path = path.format(**installation.ids) + ("&" if "?" in path else "?")
    whole, _next = listed(installation, f"{path}limit=500")
    first, following = listed(installation, f"{path}limit=1")
    assert first == whole[:1]
    assert (following is not None) == (len(whole) > 1)
    if following:
        second, _next = listed(installation, f"{path}limit=1&cursor={quote(following)}")
        assert second == whole[1:2]


def listed(installation: Installation, path: str) -> tuple[list[Any], str | None]:
    """What a list answers, without the clocks that run meanwhile."""
    body = json.loads(installation.send("GET", path).content)
    still = [{name: one[name] for name in one if name != "clocks"} for one in body["items"]]
    return still, body["next"]


@pytest.mark.parametrize("path", ["/items?sort=-name", "/items?sort=key", "/accounts", "/audit"])
def test_a_cursor_belongs_to_one_list_in_one_order(installation: Installation, path: str) -> None:
    page = json.loads(installation.send("GET", "/items?limit=1&sort=name").content)
    joined = "&" if "?" in path else "?"
    response = installation.send("GET", f"{path}{joined}cursor={quote(page['next'])}")
    assert refused(installation, response) == (422, "bad_cursor", "cursor")


@pytest.mark.parametrize("step", ["raw", "1m", "1h"])
def test_a_window_without_samples_is_empty(installation: Installation, step: str) -> None:
    """Of a series that there is: nothing was measured then, which is no mistake."""
    then = "from=2199-01-01T00:00:00Z&to=2199-01-01T06:00:00Z"
    response = installation.send("GET", f"/samples?metric=node_load1&{then}&step={step}")
    assert (response.status_code, json.loads(response.content)["items"]) == (200, [])


# Text that is merely strange ---------------------------------------------------------------------

STRANGE = [
    "'; DROP TABLE cmdb_item; --", "<script>alert(1)</script>", "%s %(x)s {0} {x}", "=1+1",
    "\\", "a\x01b\x1fc", "👩‍⚕️ e\u0301 \u202e", "\ufffe\uffff", "%00", "_%",
]  # fmt: skip


@pytest.mark.parametrize("text", STRANGE, ids=range(len(STRANGE)))
def test_strange_text_is_kept_found_and_written(installation: Installation, text: str) -> None:
    """As it was given, without what nobody sees; a workbook escapes what XML cannot write."""
    kept = typed(text)
    with transaction.atomic():
        before = transaction.savepoint()
        api = installation.api
        made = api.post("/items", {"type": "host", "name": text})
        assert (made.status, made.body["name"]) == (201, kept)
        assert [one["name"] for one in api.get("/items", q=text).body["items"]] == [kept]
        book = api.get("/items", q=text, format="xlsx")
        assert (book.status, book.body[:2]) == (200, b"PK")
        transaction.savepoint_rollback(before)
