"""Whoever writes items or targets through definitions must hold the right to write them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hospital import HOSPITAL, ApiClient
from wardround.access import actions as access
from wardround.access.types import AccountDraft, RoleDraft, RoleGiven, TokenDraft
from wardround.cmdb import models
from wardround.collect.models import TargetRow
from wardround.kernel import clock
from wardround.kernel.types import EVERYWHERE
from wardround.schema import actions as schema
from wardround.schema.sources import Source

DEFINER = {"schema.read", "schema.edit", "schema.import", "cmdb.read", "collect.read"}
HEAD = b'pack: ward\nversion: "1"\nlabel: {zh: x, en: x}\nrequires: [base, monitors]\n'
ITEMS = "kind: items\nname: ward\nitems:\n  - {key: h-1, type: host, name: H}\n"
TARGETS = (
    "kind: targets\nname: pages\ntargets:\n"
    '  - {item: h-1, template: prometheus, name: p, address: "a:1"}\n'
)


@pytest.fixture
def installed(db: None) -> None:
    schema.import_shipped(HOSPITAL, at=clock.now(), names=("base", "monitors"))
    files = {"pack.yaml": HEAD, "i.yaml": ITEMS.encode(), "t.yaml": TARGETS.encode()}
    schema.import_packs(HOSPITAL, [Source("ward", files)], at=clock.now())


def of_role(*more: str) -> ApiClient:
    access.create_role(HOSPITAL, RoleDraft("definer", "定义", "D", frozenset(DEFINER | {*more})))
    draft = AccountDraft(user_name="definer", roles=(RoleGiven("definer", EVERYWHERE),))
    account = access.create_account(HOSPITAL, draft, at=clock.now())
    token = access.issue_token(HOSPITAL, account.id, TokenDraft("t"), at=clock.now())
    return ApiClient(token.secret)


def acts(who: ApiClient, kind: str, name: str, text: str) -> list[Any]:
    path, body = f"/definitions/{kind}/{name}", {"text": text, "base_version": 1}
    fresh = text.replace(f"name: {name}", "name: fresh")
    return [
        who.post(f"{path}/check", body),
        who.put(path, body),
        who.put(f"/definitions/{kind}/fresh", {"text": fresh}),
        who.put(f"/definitions/{kind}/fresh", {"text": fresh, **body, "renamed_from": name}),
        who.post(f"{path}/check-retirement"),
        who.delete(f"{path}?base_version=1&consent=true"),
    ]


@pytest.mark.parametrize(
    ("kind", "name", "right"),
    [("items", "ward", "cmdb.write"), ("targets", "pages", "collect.manage")],
)
def test_without_the_right_nothing_of_the_kind_is_written(
    installed: None, kind: str, name: str, right: str
) -> None:
    who = of_role()
    text = {
        "items": ITEMS.replace("name: H}", "name: X}"),
        "targets": TARGETS.replace("a:1", "b:2"),
    }
    for answer in acts(who, kind, name, text[kind]):
        assert (answer.status, answer.body["code"]) == (403, "forbidden")
        assert right in answer.body["detail"]
    removed = who.delete("/packs/ward?consent=true")
    assert (removed.status, removed.body["code"]) == (403, "forbidden")
    assert models.Item.objects.get(key="h-1").name == "H"
    row = TargetRow.objects.get()
    assert (row.address, row.undeclared_at) == ("a:1", None)


def test_a_name_that_is_written_into_them_is_writing_them(installed: None) -> None:
    who = of_role()
    text = (
        who.get("/definitions/item-type/host")
        .body["text"]
        .replace("name: host", "name: machine", 1)
    )
    body = {"text": text, "base_version": 1, "renamed_from": "host"}
    refused = who.put("/definitions/item-type/machine", body)
    assert (refused.status, refused.body["code"]) == (403, "forbidden")
    assert models.Item.objects.get(key="h-1").type == "host"


def test_with_both_rights_each_is_written_and_a_rule_needs_neither(installed: None) -> None:
    who = of_role("cmdb.write", "collect.manage")
    fresh = {"text": ITEMS.replace("name: H}", "name: X}"), "base_version": 1}
    assert who.put("/definitions/items/ward", fresh).status == 200
    other = {"text": TARGETS.replace("a:1", "b:2"), "base_version": 1}
    assert who.put("/definitions/targets/pages", other).status == 200
    assert models.Item.objects.get(key="h-1").name == "X"
    assert TargetRow.objects.get().address == "b:2"


def test_rules_need_neither(installed: None) -> None:
    layer = "kind: layer\nname: roof\nlabel: x\norder: 90\nview: hardware\n"
    assert of_role().put("/definitions/layer/roof", {"text": layer}).status == 200
