"""Sign-in names in definitions, and of who wrote them, are for those who may look at people."""

from __future__ import annotations

import json

import pytest

from tests.hospital import HOSPITAL, ApiClient, client_of
from wardround.access import actions as access
from wardround.access import models as access_models
from wardround.access.types import AccountDraft, RoleDraft
from wardround.kernel import clock
from wardround.kernel.types import Scope
from wardround.schema import actions
from wardround.schema.models import Definition

pytestmark = pytest.mark.django_db

TEXT = """\
# Mr Li is on leave
kind: assignment
name: ours
label: &li li.ming
rules:
  - {name: first, to: account, whom: "Li.Ming", when: {importance: A}}
  - {name: second, to: account, whom: wang.fang}  # she knows
  - {name: third, to: account, whom: wei}
"""


@pytest.fixture
def keeper() -> ApiClient:
    """Who writes definitions and has no name but that to sign in."""
    actions.import_shipped(HOSPITAL, at=clock.now(), names=["base", "service"])
    for name, called in (("li.ming", "李明"), ("wang.fang", 'Wang "Fang": F'), ("wei", "")):
        draft = AccountDraft(user_name=name, display_name=called)
        access.create_account(HOSPITAL, draft, at=clock.now())
    keeper = client_of("keeper.of.all", "administrator")
    assert keeper.put("/definitions/assignment/ours", {"text": TEXT}).status == 200
    return keeper


def everything(reader: ApiClient) -> str:
    """All that is told of the definition."""
    path = "/definitions/assignment/ours"
    answers = [reader.get(each) for each in (path, f"{path}/versions", f"{path}?version=1")]
    assert {answer.status for answer in answers} == {200}
    return json.dumps([answer.body for answer in answers], ensure_ascii=False)


def test_a_reader_is_told_what_people_are_called(keeper: ApiClient) -> None:
    reader = client_of("looks-on", "reader")
    told = reader.get("/definitions/assignment/ours").body
    rules = told["body"]["rules"]
    assert [rule["whom"] for rule in rules] == ["李明", 'Wang "Fang": F', "an account"]
    assert "# Mr Li is on leave\n" in told["text"]
    assert 'whom: "李明", when' in told["text"]
    assert "# she knows" in told["text"]
    assert "whom: an account}" in told["text"]
    assert told["created_by"] == "an account"
    for hidden in ("Li.Ming", "wang.fang", "wei}", "keeper.of.all"):
        assert hidden not in everything(reader)


def test_in_the_readers_language(keeper: ApiClient) -> None:
    told = client_of("looks-on", "reader", language="zh-CN").get("/definitions/assignment/ours")
    assert told.body["created_by"] == "某账号"


def test_a_name_that_stands_there_in_another_way_is_not_told_either(keeper: ApiClient) -> None:
    text = TEXT.replace("whom: wei", 'whom: "\\x77ei"').replace('"Li.Ming"', "*li")
    saved = keeper.put("/definitions/assignment/ours", {"text": text, "base_version": 1})
    assert saved.status == 200, saved.body
    told = client_of("looks-on", "reader").get("/definitions/assignment/ours").body
    assert "wei" not in told["text"]
    assert "x77" not in told["text"]
    assert [rule["whom"] for rule in told["body"]["rules"]][2] == "an account"


def test_who_may_look_at_people_reads_it_as_it_stands(keeper: ApiClient) -> None:
    permissions = frozenset({"schema.read", "access.read"})
    access.create_role(HOSPITAL, RoleDraft(name="registrar", permissions=permissions))
    told = client_of("registrar", "registrar").get("/definitions/assignment/ours").body
    assert told["text"] == TEXT
    assert told["created_by"] == "keeper.of.all (tests)"


def test_who_may_write_definitions_reads_what_they_would_save(keeper: ApiClient) -> None:
    permissions = frozenset({"schema.read", "schema.edit", "cmdb.read", "collect.read"})
    access.create_role(HOSPITAL, RoleDraft(name="writer", permissions=permissions))
    writer = client_of("writer", "writer")
    told = writer.get("/definitions/assignment/ours").body
    assert (told["text"], told["created_by"]) == (TEXT, "an account")
    body = {"text": told["text"].replace("third", "last"), "base_version": 1}
    assert writer.put("/definitions/assignment/ours", body).status == 200


def test_who_may_look_at_some_people_is_told_the_names_of_those(keeper: ApiClient) -> None:
    system = access_models.new_id()
    permissions = frozenset({"schema.read", "access.read"})
    access.create_role(HOSPITAL, RoleDraft(name="registrar", permissions=permissions))
    access.create_role(HOSPITAL, RoleDraft(name="helper", permissions=frozenset({"tickets.read"})))
    wei = access_models.Account.objects.get(user_name="wei")
    access_models.RoleAssignment.objects.create(
        account=wei,
        role=access_models.Role.objects.get(name="helper"),
        systems=[system],
    )
    scope = Scope(systems=frozenset({system}))
    told = client_of("registrar", "registrar", scope=scope).get("/definitions/assignment/ours")
    whom = [rule["whom"] for rule in told.body["body"]["rules"]]
    assert whom == ["李明", 'Wang "Fang": F', "wei"]
    assert told.body["created_by"] == "keeper.of.all (tests)"  # who holds a role everywhere


def test_of_a_version_that_nobody_can_read_any_more_nothing_is_told(keeper: ApiClient) -> None:
    Definition.objects.filter(name="ours").update(body='{"name":"ours","rules":"wei"}')
    told = client_of("looks-on", "reader").get("/definitions/assignment/ours?version=1").body
    assert (told["text"], told["body"]) == ("", {})


def test_who_brought_a_pack_and_who_retired_something(keeper: ApiClient) -> None:
    assert keeper.delete("/definitions/assignment/ours?base_version=1").status == 204
    reader = client_of("looks-on", "reader")
    told = reader.get("/definitions/assignment/ours").body
    assert (told["retired_by"], told["created_by"]) == ("an account", "an account")
    packs = {pack["name"]: pack["imported_by"] for pack in reader.get("/packs").body["items"]}
    assert packs["own"] == "an account"
    keeper_rows = access_models.Account.objects.filter(user_name="keeper.of.all")
    keeper_rows.update(display_name="Keeper (of all)")
    assert keeper.put("/definitions/assignment/ours", {"text": TEXT}).status == 200
    told = reader.get("/definitions/assignment/ours").body
    assert told["created_by"] == "Keeper (of all) (tests)"
