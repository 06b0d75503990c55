"""Every way out of the platform, by readers who may see one system: nothing of another leaves it.

The ways are walked from the API's own description, so that a route, a filter or a field added
tomorrow is tested tomorrow: every GET route, every parameter, every value that could find something
hidden, pages and workbooks. Two things are asked of every answer: that nothing marked is in it, and
that it is the same, byte for byte, after more has been hidden — so that no count tells either.
"""

from __future__ import annotations

import io
import itertools
import json
import re
import zipfile
from collections.abc import Iterator
from operator import itemgetter
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.db import transaction

from tests.access.hidden import MARK, Hospital, furnish, hide
from tests.history.conftest import _migrated, history_url
from tests.hospital import Answer, ApiClient, client_of
from wardround.access.models import Account
from wardround.kernel.types import Scope
from wardround.schema.models import Definition
from wardround.web.api import api

__all__ = ["_migrated", "history_url"]  # the one history store of the run

pytestmark = [pytest.mark.django_db, pytest.mark.servers, pytest.mark.once]
NOBODY_HAS_THIS = UUID("01890000-0000-7000-8000-000000000000")
_ENDLESS = {"/api/v1/stream"}
"""Tested by `tests/web/test_live.py`."""
_MOMENT = re.compile(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
NEEDLE = MARK[:-1].lower()
"""Finds what is marked, and is not the mark itself, which an answer may not even repeat."""

DESCRIPTION: dict[str, Any] = dict(api.get_openapi_schema())
GETS = {
    path: methods["get"]
    for path, methods in DESCRIPTION["paths"].items()
    if "get" in methods and path not in _ENDLESS
}


@pytest.fixture(scope="module")
def hospital(
    django_db_setup: None, django_db_blocker: Any, history_url: str, _migrated: None
) -> Iterator[Hospital]:
    with pytest.MonkeyPatch.context() as environment, django_db_blocker.unblock():
        environment.setenv("WARDROUND_HISTORY_URL", history_url)
        with transaction.atomic():
            yield furnish()
            transaction.set_rollback(True)


@pytest.fixture
def _django_db_helper(hospital: Hospital) -> None:
    """One database set up for the whole module, in place of an empty one for each test."""


@pytest.fixture(scope="module")
def readers(hospital: Hospital) -> dict[str, ApiClient]:
    """By how far they see; of the mightiest role, so that nothing but reach hides anything."""
    lis = Scope(systems=frozenset({hospital.seen["lis"]}))
    lab = Scope(organisations=frozenset({hospital.seen["lab"]}))
    nothing = Scope(systems=frozenset({NOBODY_HAS_THIS}))
    said = Scope(where=frozenset({'starts_with(key, "lis") or key = "core-switch"'}))
    return {
        "an expression": client_of("of-words", "administrator", scope=said),
        "one system": client_of("of-lis", "administrator", scope=lis),
        "one organisation": client_of("of-lab", "administrator", scope=lab),
        "nothing there is": client_of("of-nothing", "administrator", scope=nothing),
        "no role at all": client_of("nobody"),
    }


# Requests ----------------------------------------------------------------------------------------


def addresses(path: str, hospital: Hospital) -> Iterator[str]:
    """The path with everything in its places that there is, and something that there is not."""
    if "{kind}/{name}" in path:
        rows = Definition.objects.order_by("kind", "name").values_list("kind", "name").distinct()
        for kind, several in itertools.groupby(rows, key=itemgetter(0)):
            most = None if kind in {"items", "targets"} else 1
            for _kind, name in itertools.islice(several, most):
                yield path.replace("{kind}", kind).replace("{name}", name)
        return
    names = re.findall(r"{([^}]+)}", path)
    for values in itertools.product(*(known(name, hospital) for name in names)):
        address = path
        for name, value in zip(names, values, strict=True):
            address = address.replace(f"{{{name}}}", value)
        yield address


def known(name: str, hospital: Hospital) -> list[str]:
    if name == "number":
        return ["1"]
    if not name.endswith("_id"):
        return ["processes", f"{MARK}-table"]  # the only other names in places there are
    kind = name.removesuffix("_id")
    hidden = hospital.hidden.get(kind)
    ids = hidden[:3] if hidden else one_of_each(hospital)
    seen = hospital.seen.get(kind) or hospital.seen["lis-host"]
    return [str(one) for one in (*ids, seen, NOBODY_HAS_THIS)]


def one_of_each(hospital: Hospital) -> list[UUID]:
    return [ids[0] for ids in hospital.hidden.values()]


def values(  # noqa: PLR0911  # a table of types
    parameter: dict[str, Any], hospital: Hospital
) -> list[str]:
    """What a parameter is tried with."""
    name, shape = parameter["name"], plain(parameter["schema"])
    if name in {"limit", "cursor", "columns", "format"}:
        return []
    if "enum" in shape or "const" in shape:
        return [str(one) for one in shape.get("enum", [shape.get("const")])][:3]
    if shape.get("type") == "boolean":
        return ["true", "false"]
    if shape.get("format") == "uuid":
        seen = [hospital.seen[name] for name in ("lis", "core-switch")]
        return [str(one) for one in (*one_of_each(hospital), *seen)]
    if shape.get("format") == "date-time":
        return ["2020-01-01T00:00:00Z", "2100-01-01T00:00:00Z"]
    if shape.get("type") in {"integer", "number"}:
        return ["1", "2"]
    words = {
        "metric": ["node_load1", f"{MARK.lower()}_metric"],
        "ask": ["avg(node_load1)", "max(node_load1)"],  # an answer says what was asked
        "sort": ["zzz"],
    }
    return words.get(name, [NEEDLE, "hm-one-host"])


def plain(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter's own schema, out of lists, choices and references."""
    for key in ("items",):
        if key in schema:
            return plain(schema[key])
    if "$ref" in schema:
        return plain(DESCRIPTION["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    for key in ("anyOf", "allOf"):
        for one in schema.get(key, ()):
            if one.get("type") != "null":
                return plain(one)
    return schema


def queries(operation: dict[str, Any], hospital: Hospital) -> Iterator[dict[str, str]]:
    """Each parameter alone with each of its values, beside those that must be there."""
    found = [one for one in operation.get("parameters", ()) if one["in"] == "query"]
    needed = {
        "metric": "node_load1",
        "ask": "avg(node_load1)",
        "item": str(hospital.seen["lis-host"]),
        "from": str(hospital.seen["lis"]),
        "to": str(hospital.seen["core-switch"]),
        "picture": "model",
        "at": "10.9.1.9",
        "service": str(hospital.seen["lis"]),
        "q": NEEDLE,
        "since": "2026-03-02",
    }
    base = {one["name"]: needed[one["name"]] for one in found if one.get("required")}
    names = {one["name"] for one in found}
    yield base
    yield from ({**base, "limit": "1"} for _ in range("limit" in names))
    yield from ({**base, "format": "xlsx"} for _ in range("format" in names))
    for one in found:
        for value in values(one, hospital):
            yield {**base, one["name"]: value}
        if "format" in names and one["name"] == "q":
            yield {**base, "q": NEEDLE, "format": "xlsx"}


def ask(reader: ApiClient, address: str) -> tuple[int, bytes]:
    response = reader._client.get(address, headers=reader._headers)
    content = response.content
    if "spreadsheet" in response.headers.get("Content-Type", ""):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"\n".join(book.read(name) for name in sorted(book.namelist()))
    return response.status_code, content


def walk(
    reader: ApiClient, hospital: Hospital, paths: dict[str, Any] = GETS
) -> Iterator[tuple[str, int, bytes]]:
    """Every address asked, its status and what came out."""
    for path, operation in paths.items():
        for number, address in enumerate(addresses(path, hospital)):
            for query in queries(operation, hospital) if number == 0 or "{" in path else ({},):
                asked = f"{address}?{urlencode(query)}" if query else address
                status, content = ask(reader, asked)
                yield asked, status, content
                yield from following(reader, address, query, content)


def following(
    reader: ApiClient, address: str, query: dict[str, str], content: bytes
) -> Iterator[tuple[str, int, bytes]]:
    """The pages after the first, and the list in each order that it knows."""
    text = content.decode(errors="replace")
    if query.get("limit") == "1":
        for _ in range(5):
            more = re.search(r'"next": ?"([^"]+)"', text)
            if more is None:
                break
            asked = f"{address}?{urlencode({**query, 'cursor': more[1]})}"
            status, content = ask(reader, asked)
            text = content.decode()
            yield asked, status, content
    if query.get("sort") == "zzz" and (told := re.search(r"sorted by: ([a-z_, ]+)", text)):
        for column in told[1].split(", "):
            asked = f"{address}?{urlencode({**query, 'sort': column})}"
            yield asked, *ask(reader, asked)


# The tests ---------------------------------------------------------------------------------------


def test_whoever_sees_everything_finds_all_of_it(hospital: Hospital) -> None:
    """Else the others could not find it for the wrong reason."""
    everybody = client_of("of-everything", "administrator")
    marked = set()
    for path, operation in GETS.items():
        for address in itertools.islice(addresses(path, hospital), 60):
            query = next(queries(operation, hospital))
            _status, content = ask(everybody, f"{address}?{urlencode(query)}")
            assert secrets_in(content) == [], address
            if MARK.lower().encode() in content.lower():
                marked.add(path.removeprefix("/api/v1"))
    assert marked >= {
        "/accounts", "/accounts/{account_id}", "/alerts", "/alerts/{alert_id}", "/audit",
        "/boards/information", "/boards/status", "/boards/systems", "/collectors", "/definitions",
        "/definitions/{kind}/{name}", "/imports", "/imports/{import_id}",
        "/imports/{import_id}/errors.xlsx", "/imports/{import_id}/rows",
        "/items", "/items/{item_id}", "/items/{item_id}/changes",
        "/items/{item_id}/tables", "/items/{item_id}/tables/{name}", "/packs", "/relations",
        "/samples", "/targets", "/targets/{target_id}", "/tickets", "/tickets/{ticket_id}",
        "/webhook-deliveries", "/webhook-deliveries/{delivery_id}",
    }  # fmt: skip


@pytest.mark.parametrize("who", ["one organisation", "nothing there is", "no role at all"])
def test_nothing_hidden_comes_out(
    hospital: Hospital, readers: dict[str, ApiClient], who: str
) -> None:
    told = []
    for asked, status, content in walk(readers[who], hospital):
        assert status < 500, (asked, content)
        told += leaks(asked, content, hospital)
    assert told == []


ABOUT_ITEMS = re.compile(r"/(items|alerts|boards|search)\b")
"""Where an expression decides by other means than a list of systems does."""


@pytest.mark.parametrize(
    ("who", "paths", "least"),
    [
        ("one system", GETS, 300),
        ("an expression", {path: GETS[path] for path in filter(ABOUT_ITEMS.search, GETS)}, 150),
    ],
)
def test_nothing_hidden_comes_out_and_no_count_tells_of_it(
    hospital: Hospital,
    readers: dict[str, ApiClient],
    who: str,
    paths: dict[str, Any],
    least: int,
) -> None:
    reader = readers[who]
    with transaction.atomic():
        before = {asked: scrubbed(content) for asked, _, content in walk(reader, hospital, paths)}
        assert len(before) > least
        more = Hospital(hospital.seen, {kind: [*ids] for kind, ids in hospital.hidden.items()})
        hide(more, "two")
        told, changed = [], []
        for asked, status, content in walk(reader, more, paths):
            assert status < 500, (asked, content)
            told += leaks(asked, content, more)
            if asked in before and scrubbed(content) != before[asked]:
                changed.append((asked, before[asked][:300], scrubbed(content)[:300]))
        transaction.set_rollback(True)
    assert told == []
    assert changed == []


_PASSING = re.compile(rb'"remaining[a-z_]*": ?-?[0-9.]+')
"""What is left of a promise runs on while the test does."""
_DAY_IN_CELL = re.compile(rb"<v>\d{5}\.\d+</v>")
"""A moment as a workbook has it, days since 1900: a token is marked as used once a minute."""


def scrubbed(content: bytes) -> bytes:
    told = _DAY_IN_CELL.sub(b"then", _MOMENT.sub(b"then", content))
    return _PASSING.sub(b"remaining", told)


SECRETS = (b"seen-tiger", b"hiddenmark-secret", b"hiddenmark-token", b"gaaaaab")
"""What was given as a secret, and what anything sealed for a row begins with."""


def secrets_in(content: bytes) -> list[str]:
    """Nobody is told these, whatever they see."""
    return [secret.decode() for secret in SECRETS if secret in content.lower()]


def leaks(asked: str, content: bytes, hospital: Hospital) -> list[tuple[str, str]]:
    """What of the hidden is in an answer; ids that the question itself named aside."""
    marked = MARK not in asked and MARK.lower().encode() in content.lower()
    found = [MARK] if marked else []
    found += secrets_in(content)
    ids = (str(one) for one in hospital.hidden_ids)
    found += [one for one in ids if one not in asked and one.encode() in content]
    keys = (f"hm-{tag}{part}" for tag in ("one", "two") for part in ("", "-host", "-person"))
    found += [key for key in keys if key not in asked and f'"{key}"'.encode() in content]
    return [(asked, one) for one in found]


def test_what_is_within_reach_is_there(hospital: Hospital, readers: dict[str, ApiClient]) -> None:
    for who in ("one system", "one organisation", "an expression"):
        reader = readers[who]
        keys = {one["key"] for one in reader.get("/items").body["items"]}
        assert keys - {"lab"} == {"lis", "lis-host", "core-switch"}
        definitions = {
            one["name"] for one in reader.get("/definitions", kind="items").body["items"]
        }
        # It names the department that uses the system, which who sees the system need not know.
        assert ("seen" in definitions) is (who == "one organisation")
        text = reader.get("/definitions/targets/seen-targets").body["text"]
        assert "sealed:" in text
        assert "seen-tiger" not in text
        assert len(reader.get("/alerts").body["items"]) == 2
        (ticket,) = reader.get("/tickets").body["items"]
        assert [one["name"] for one in ticket["systems"]] == ["检验系统"]
        (target,) = reader.get("/targets").body["items"]
        assert target["parameters"]["items"] == ["lis-host"]
        switch = hospital.seen["core-switch"]
        changes = reader.get(f"/items/{switch}/changes").body["items"]
        assert [(one["field"], one["new"]) for one in changes][:2] == [
            ("name", "核心交换机（一）"),
            ("owner", "out of your reach"),
        ]
        assert len(reader.get("/samples", metric="node_load1").body["items"]) == 1


# Acts --------------------------------------------------------------------------------------------

BODIES: dict[str, Any] = {
    "POST /alerts/{alert_id}/acknowledgement": {"note": "hm"},
    "POST /alerts/{alert_id}/silence": {"until": "2100-01-01T00:00:00Z", "reason": "hm"},
    "POST /alerts/{alert_id}/closing": {"reason": "hm"},
    "PATCH /imports/{import_id}": {"clear": True},
    "POST /imports/{import_id}/accept": {"rows": []},
    "POST /imports/{import_id}/choose": {"row": 1, "item": str(NOBODY_HAS_THIS)},
    "POST /imports/{import_id}/held": {"retire": True},
    "POST /items/{item_id}/formula/check": {"text": "x"},
    "PUT /items/{item_id}/formula": {"text": "x", "version": 0},
    "POST /items/{item_id}/release": {"fields": ["name"]},
    "POST /networks/{network_id}/addresses": {"name": "x"},
    "PATCH /accounts/{account_id}": {"display_name": "x"},
    "PATCH /items/{item_id}": {"version": 1, "name": "x"},
    "POST /items/{item_id}/undo": {"changes": [1]},
    "PATCH /relations/{relation_id}": {"need": 1},
    "PATCH /targets/{target_id}": {"name": "x"},
    "PATCH /tickets/{ticket_id}": {"title": "x"},
    "POST /tickets/{ticket_id}/assignee": {"account": None},
    "POST /tickets/{ticket_id}/comments": {"text": "x"},
    "POST /tickets/{ticket_id}/retargeting": {"reason": "x"},
    "POST /tickets/{ticket_id}/transitions": {"name": "accept"},
}
"""What is sent where the place alone is not enough; without it a body is refused before."""


def acts(hospital: Hospital) -> Iterator[tuple[str, str, UUID, Any]]:
    """Every write on a thing of a kind that is hidden: method, path with one place, id, body."""
    for path, methods in DESCRIPTION["paths"].items():
        for place in re.findall(r"{(\w+)_id}", path):
            for method in sorted(methods.keys() - {"get"}):
                for one in hospital.hidden.get(place, ()):
                    short = path.removeprefix("/api/v1").replace(f"{{{place}_id}}", "ID")
                    body = BODIES.get(f"{method.upper()} {path.removeprefix('/api/v1')}")
                    yield method.upper(), short, one, body


def acted(reader: ApiClient, method: str, path: str, body: Any) -> Answer:
    """What takes a file is given one."""
    if method == "POST" and path.endswith(("/documents", "/versions")):
        return reader.upload(path, file=[("x.txt", b"x")])
    return reader._send(method, path, body)


def test_to_act_on_the_hidden_is_to_act_on_nothing(
    hospital: Hospital, readers: dict[str, ApiClient]
) -> None:
    reader, tried = readers["one system"], 0
    for method, path, hidden, body in acts(hospital):
        there, nowhere = (
            acted(reader, method, path.replace("ID", str(id_)), body)
            for id_ in (hidden, NOBODY_HAS_THIS)
        )
        assert (there.status, there.body) == (nowhere.status, nowhere.body), (method, path)
        assert there.status in {403, 404}, (method, path, there.body)
        tried += 1
    assert tried > 15


@pytest.mark.parametrize("to", ["item", "key"])
def test_to_name_the_hidden_is_to_name_nothing(
    hospital: Hospital, readers: dict[str, ApiClient], to: str
) -> None:
    reader = readers["one system"]
    names = (str(hospital.hidden["item"][1]), str(NOBODY_HAS_THIS))
    there, nowhere = names if to == "item" else ("hm-one-host", "hm-nine-host")
    host, target = hospital.seen["lis-host"], hospital.seen["target"]
    version = reader.get(f"/items/{host}").body["version"]
    writes: list[tuple[str, str, Any]] = [
        ("PATCH", f"/items/{host}", {"version": version, "owner": "NAME"}),
        ("POST", "/relations", {"kind": "connects", "source": str(host), "target": "NAME"}),
        ("POST", "/relations", {"kind": "connects", "source": "NAME", "target": str(host)}),
        ("PATCH", f"/targets/{target}", {"parameters": {"items": ["NAME"]}}),
    ]
    if to == "item":
        writes += [
            ("POST", "/targets", {"item": "NAME", "template": "prometheus", "address": "a:1"}),
            ("PATCH", f"/targets/{target}", {"item": "NAME"}),
            ("POST", "/tickets", {"type": "incident", "title": "x", "item": "NAME"}),
            ("PATCH", f"/tickets/{hospital.seen['ticket']}", {"item": "NAME"}),
        ]
    for method, path, body in writes:
        answers = [_told(reader, method, path, body, name) for name in (there, nowhere)]
        assert answers[0] == answers[1], (method, path, answers)
        assert answers[0][0] in {404, 422}, (method, path, answers)


def _told(reader: ApiClient, method: str, path: str, body: Any, name: str) -> tuple[int, str]:
    answer = reader._send(method, path, json.loads(json.dumps(body).replace("NAME", name)))
    return answer.status, json.dumps(answer.body).replace(name, "NAME")


def test_a_ticket_is_given_to_those_only_who_may_see_it(
    hospital: Hospital, readers: dict[str, ApiClient]
) -> None:
    path = f"/tickets/{hospital.seen['ticket']}/assignee"
    alien = client_of("alien", "vendor-engineer", scope=Scope(systems=frozenset({NOBODY_HAS_THIS})))
    one = alien.get("/session").body["account"]["id"]
    refused = readers["one system"].post(path, {"account": one})
    assert (refused.status, refused.body["field"]) == (422, "account")


# Sign-in names -----------------------------------------------------------------------------------

NAME_MARK = "signmark"
NAMING = """\
kind: assignment
name: a-first
label: First
rules:
  - {name: first, to: account, whom: Signmark-li}
  - {name: second, to: account, whom: signmark-wei}
"""


def write_and_retire(keeper: ApiClient) -> None:
    """Definitions that name accounts by how they sign in, each version by somebody who has no
    other name.
    """
    called = {"signmark-li": "李明", "signmark-wei": ""}
    for name, display_name in called.items():
        client_of(name)
        account = Account.objects.filter(user_name=name)
        account.update(display_name=display_name)
    saved = keeper.put("/definitions/assignment/a-first", {"text": NAMING})
    assert saved.status == 200, saved.body
    again = {"text": NAMING.replace("label: First", "label: 一"), "base_version": 1}
    assert keeper.put("/definitions/assignment/a-first", again).status == 200
    layer = "kind: layer\nname: a-layer\nlabel: A\norder: 99\nview: hardware\n"
    assert keeper.put("/definitions/layer/a-layer", {"text": layer}).status == 200
    assert keeper.delete("/definitions/layer/a-layer?base_version=1").status == 204


def test_no_sign_in_name_comes_out_to_who_may_not_look_at_people(hospital: Hospital) -> None:
    with transaction.atomic():
        keeper = client_of("signmark-keeper", "administrator")
        write_and_retire(keeper)
        reader = client_of("looks-on", "reader")
        told, asked_of = [], set()
        for asked, status, content in walk(reader, hospital):
            assert status < 500, (asked, content)
            asked_of.add(asked)
            if NAME_MARK in content.decode(errors="replace").lower():
                told.append((asked, content[:300]))
        shown = keeper.get("/definitions/assignment/a-first").body
        assert NAME_MARK in shown["text"].lower()
        assert NAME_MARK in shown["created_by"]
        transaction.set_rollback(True)
    assert told == []
    assert asked_of >= {
        f"/api/v1/definitions/{path}"
        for path in ("assignment/a-first", "assignment/a-first/versions", "layer/a-layer")
    }
