"""What became wrong by itself with a definition does not refuse the change of another one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hospital import HOSPITAL, ApiClient, client_of
from wardround.access import actions as access
from wardround.access import models
from wardround.access.types import AccountDraft, RoleDraft, RoleGiven
from wardround.kernel import clock
from wardround.kernel.types import EVERYWHERE
from wardround.schema import actions

pytestmark = pytest.mark.django_db

ASSIGNMENT = """\
kind: assignment
name: ours
label: Ours
rules:
  - {{name: first, to: {to}, whom: {whom}}}
"""
LAYER = """\
kind: layer
name: attic
label: Attic
order: 100
view: infrastructure
"""


@pytest.fixture
def admin() -> ApiClient:
    actions.import_shipped(HOSPITAL, at=clock.now(), names=["base", "service"])
    chief = AccountDraft(user_name="chief", roles=(RoleGiven("administrator", EVERYWHERE),))
    account = access.create_account(HOSPITAL, chief, at=clock.now()).id
    access.give_one_time_password(HOSPITAL, account)  # somebody must be able to manage accounts
    return client_of("keeper", "administrator")


def save(admin: ApiClient, path: str, text: str, version: int | None = None) -> Any:
    return admin.put(f"/definitions/{path}", {"text": text, "base_version": version})


def leave(to: str) -> None:
    """What the assignment names goes by a way that tells nobody."""
    if to == "account":
        models.Account.objects.filter(user_name="gone").delete()
    else:
        models.Role.objects.filter(name="gone").delete()


@pytest.mark.parametrize("to", ["account", "role"])
def test_a_name_that_is_gone_refuses_its_own_definition_alone(admin: ApiClient, to: str) -> None:
    access.create_account(HOSPITAL, AccountDraft(user_name="gone"), at=clock.now())
    permissions = frozenset({"tickets.read"})
    access.create_role(HOSPITAL, RoleDraft(name="gone", permissions=permissions))
    text = ASSIGNMENT.format(to=to, whom="gone")
    assert save(admin, "assignment/ours", text).status == 200
    leave(to)
    assert save(admin, "layer/attic", LAYER).status == 200  # in the same pack
    hardware = admin.get("/definitions/layer/hardware").body
    again = hardware["text"].replace("en: ", "en: Our ")
    assert save(admin, "layer/hardware", again, hardware["version"]).status == 200  # in another
    assert actions.import_shipped(HOSPITAL, at=clock.now()).packs  # a product update comes in
    touched = save(admin, "assignment/ours", text.replace("Ours", "Mine"), 1)
    assert touched.status == 422
    (problem,) = touched.body["problems"]
    assert "gone" in problem["message"]
    assert problem["field"].startswith("text:5:")


def test_what_a_change_itself_breaks_is_refused_as_ever(admin: ApiClient) -> None:
    extending = "kind: item-type\nname: pump\nlabel: P\nextends: robot\n"
    robot = "kind: item-type\nname: robot\nlabel: R\nlayer: hardware\n"
    assert save(admin, "item-type/robot", robot).status == 200
    assert save(admin, "item-type/pump", extending).status == 200
    assert admin.delete("/definitions/item-type/robot?base_version=1&consent=true").status == 422
