"""Targets as data: a list in place of one value, and one value in place of a list."""

from __future__ import annotations

import pytest

from tests.hospital import client_of
from wardround.cmdb.types import Item

LIST = """\
kind: targets
name: pages
targets:
  - {item: his-db-host-1, template: prometheus, name: p, address: "a:1", parameters: PARAMETERS}
"""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("times", "paths"),
    [
        ("interval: 0.001", ["interval"]),
        ("interval: 1e300", ["interval"]),
        ("interval: 1000000000", ["interval"]),
        ("interval: 2d", ["interval"]),
        ("interval: 10s, timeout: 11s", ["timeout"]),
        ("interval: 2s", []),
        ("interval: 1d, timeout: 1h", []),
    ],
)
def test_times_that_nobody_could_set_by_hand(host: Item, times: str, paths: list[str]) -> None:
    admin = client_of("head-of-pages", "administrator")
    body = {"text": LIST.replace("parameters: PARAMETERS", times)}
    problems = admin.post("/definitions/targets/pages/check", body).body["problems"]
    assert [each["path"] for each in problems] == [f"targets[0].{path}" for path in paths]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("parameters", "path"),
    [
        ("{token: [TIGER, LION]}", "targets[0].parameters.token"),
        ("{token: {a: TIGER}}", "targets[0].parameters.token"),
        ("{items: his-db-host-1}", "targets[0].parameters.items"),
        ("{token: TIGER, items: [his-db-host-1]}", None),
    ],
)
def test_several_in_place_of_one(host: Item, parameters: str, path: str | None) -> None:
    admin = client_of("head-of-pages", "administrator")
    body = {"text": LIST.replace("PARAMETERS", parameters)}
    problems = admin.post("/definitions/targets/pages/check", body).body["problems"]
    assert [each["path"] for each in problems] == ([path] if path else [])
    assert "TIGER" not in str(problems)


ONE_TARGET = """\
kind: targets
name: NAME
targets:
  - {item: his-db-host-1, template: prometheus, name: "T", address: "a:1", parameters: PARAMETERS}
"""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "address", "parameters", "refused"),
    [
        ("other", "a:1", "{token: LION}", True),  # collected twice
        ("p", "b:2", "{}", True),  # one would undo the other
        ("other", "b:2", "{}", False),
        ("other", "a:1", "{items: [his-db-host-1]}", False),
    ],
)
def test_a_target_that_another_definition_declares_is_refused(
    host: Item, name: str, address: str, parameters: str, *, refused: bool
) -> None:
    admin = client_of("head-of-pages", "administrator")
    first = ONE_TARGET.replace("NAME", "pages").replace('"T"', "p")
    answer = admin.put(
        "/definitions/targets/pages", {"text": first.replace("PARAMETERS", "{token: TIGER}")}
    )
    assert answer.status == 200, answer.body
    second = ONE_TARGET.replace("NAME", "more").replace('"T"', name).replace("a:1", address)
    body = {"text": second.replace("PARAMETERS", parameters)}
    problems = admin.post("/definitions/targets/more/check", body).body["problems"]
    assert {each["path"] for each in problems} == ({"targets[0]"} if refused else set())
    if refused:
        assert any("entry 1 of “pages”" in each["message"] for each in problems)


@pytest.mark.django_db
def test_a_template_that_is_not_for_the_items_type_is_refused(host: Item) -> None:
    """Of an item that is there, and of one that a definition declares."""
    admin = client_of("head-of-pages", "administrator")
    line = "  - {item: KEY, template: TEMPLATE, address: 'a:1'}\n"
    items = "kind: items\nname: more\nitems:\n  - {key: db-9, type: database, name: DB 9}\n"
    assert admin.put("/definitions/items/more", {"text": items}).status == 200
    for key, template, paths in (
        ("his-db-host-1", "postgresql", ["targets[0].template"]),
        ("his-db-host-1", "linux-machine", []),
        ("db-9", "linux-machine", ["targets[0].template"]),
        ("db-9", "postgresql", []),
    ):
        text = "kind: targets\nname: t\ntargets:\n" + line.replace("KEY", key)
        body = {"text": text.replace("TEMPLATE", template)}
        problems = admin.post("/definitions/targets/t/check", body).body["problems"]
        assert [each["path"] for each in problems] == paths, (key, template, problems)
