"""A parameter that a template calls a secret later, or no longer."""

from __future__ import annotations

import json

import pytest

from tests.hospital import ApiClient, client_of
from tests.stored import everything_stored
from wardround.cmdb.types import Item
from wardround.collect import rows
from wardround.collect.models import TargetRow

TEMPLATE = """\
kind: monitor-template
name: page
label: {zh: 页面, en: Page}
driver: prometheus
parameters:
  - {name: token, label: {zh: 令牌, en: Token}, type: text}
groups:
  - {name: page}
"""
SECRET = TEMPLATE.replace("type: text", "type: secret")
LIST = """\
kind: targets
name: pages
targets:
  - {item: KEY, template: page, name: declared, address: "a:1", parameters: {token: TIGER-1}}
"""


@pytest.fixture
def admin(host: Item) -> ApiClient:
    return client_of("head-of-pages", "administrator")


def put(admin: ApiClient, kind: str, name: str, text: str, **more: object) -> int:
    return admin.put(f"/definitions/{kind}/{name}", {"text": text, **more}).status


def by_hand(admin: ApiClient, host: Item) -> str:
    body = {"item": str(host.id), "template": "page", "name": "hand", "address": "a:2"}
    made = admin.post("/targets", {**body, "parameters": {"token": "TIGER-2"}})
    assert made.status == 201
    return str(made.body["id"])


def test_it_is_sealed_in_every_target_and_every_version(admin: ApiClient, host: Item) -> None:
    assert put(admin, "monitor-template", "page", TEMPLATE) == 200
    assert put(admin, "targets", "pages", LIST.replace("KEY", host.key)) == 200
    by_hand(admin, host)
    assert "TIGER" in everything_stored()
    assert put(admin, "monitor-template", "page", SECRET, base_version=1) == 200
    assert "TIGER" not in everything_stored()
    held = {row.name: rows.opened(row.parameters)["token"] for row in TargetRow.objects.all()}
    assert held == {"declared": "TIGER-1", "hand": "TIGER-2"}


def test_what_was_sealed_stays_hidden_when_the_template_calls_it_none(
    admin: ApiClient, host: Item
) -> None:
    assert put(admin, "monitor-template", "page", SECRET) == 200
    target = by_hand(admin, host)
    assert put(admin, "monitor-template", "page", TEMPLATE, base_version=1) == 200
    shown = admin.get(f"/targets/{target}").body
    assert shown["parameters"] == {"token": "••••••"}
    assert "gAAAA" not in json.dumps(shown)
    given_back = {"name": "again", "parameters": shown["parameters"]}
    assert admin.patch(f"/targets/{target}", given_back).status == 200
    assert rows.opened(TargetRow.objects.get().parameters) == {"token": "TIGER-2"}
