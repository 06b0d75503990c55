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
