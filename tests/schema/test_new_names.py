"""Definitions that name an account or a role follow its new name, in the same transaction."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.access.test_parallel import together
from tests.hospital import HOSPITAL, ApiClient, client_of
from wardround.access import actions as access
from wardround.access import models
from wardround.access import queries as people
from wardround.access.builtin_roles import BUILT_IN
from wardround.access.types import AccountDraft, RoleDraft, RoleGiven
from wardround.kernel import clock
from wardround.kernel.models import AuditRecord
from wardround.kernel.types import EVERYWHERE, Actor
from wardround.schema import actions, names, queries, writing
from wardround.schema.sources import Source

pytestmark = pytest.mark.django_db

OURS = """\
kind: assignment
name: ours
label: Ours
rules:
  # Wu knows the laboratory.
  - {name: first, to: account, whom: "WuJJ", when: {importance: A}}
  - {name: second, to: account, whom: wujj}
  - {name: third, to: role, whom: wujj}
  - {name: fourth, to: account, whom: li}
"""
THEIRS = """\
kind: assignment
name: theirs
label: Theirs
rules: [{name: all, to: account, whom: li}]
"""
HEAD = b'pack: ours\nversion: "1"\nlabel: X\n'


@pytest.fixture
def admin() -> ApiClient:
    actions.import_shipped(HOSPITAL, at=clock.now(), names=["base", "service"])
    chief = AccountDraft(user_name="chief", roles=(RoleGiven("administrator", EVERYWHERE),))
    access.give_one_time_password(
        HOSPITAL, access.create_account(HOSPITAL, chief, at=clock.now()).id
    )
    for name in ("wujj", "li"):
        access.create_account(HOSPITAL, AccountDraft(user_name=name), at=clock.now())
    access.create_role(HOSPITAL, RoleDraft(name="wujj", permissions=frozenset({"tickets.read"})))
    files = {"pack.yaml": HEAD, "a.yaml": OURS.encode(), "b.yaml": THEIRS.encode()}
    actions.import_packs(HOSPITAL, [Source("ours", files)], at=clock.now())
    return client_of("keeper", "administrator")


def keeper() -> Actor:
    return people.actor_for(people.account_by_user_name("keeper").id)


def told() -> list[tuple[str, object, object]]:
    rows = AuditRecord.objects.filter(action="definition.follow").order_by("id")
    return [(row.subject_id, row.detail["old"], row.detail["new"]) for row in rows]


def text(name: str) -> tuple[int, str]:
    stored = queries.stored(HOSPITAL, "assignment", name)
    return stored.version, stored.text


def test_an_account_takes_its_place_in_definitions_along(admin: ApiClient) -> None:
    account = people.account_by_user_name("wujj")
    answer = admin.patch(f"/accounts/{account.id}", {"user_name": "WuJunJie"})
    assert answer.status == 200
    follows = OURS.replace('"WuJJ"', '"wujunjie"').replace(
        "account, whom: wujj", "account, whom: wujunjie"
    )
    assert text("ours") == (2, follows)
    assert text("theirs") == (1, THEIRS)
    assert told() == [("assignment/ours", "wujj", "wujunjie")]
    assert queries.stored(HOSPITAL, "assignment", "ours").created_by.startswith("keeper")


def test_a_role_made_by_hand_does_too(admin: ApiClient) -> None:
    (role,) = [role for role in people.roles() if role.name == "wujj"]
    assert admin.patch(f"/roles/{role.id}", {"name": "laboratory"}).status == 200
    assert text("ours") == (2, OURS.replace("role, whom: wujj", "role, whom: laboratory"))
    assert told() == [("assignment/ours", "wujj", "laboratory")]


def test_every_definition_follows_and_other_changes_touch_none(admin: ApiClient) -> None:
    account = people.account_by_user_name("li")
    path = f"/accounts/{account.id}"
    assert admin.patch(path, {"user_name": "LI", "display_name": "李"}).status == 200
    assert told() == []
    assert admin.patch(path, {"user_name": "lizi"}).status == 200
    assert [text(name)[0] for name in ("ours", "theirs")] == [2, 2]
    assert text("theirs")[1] == THEIRS.replace("whom: li", "whom: lizi")


def test_a_name_that_definitions_cannot_follow_is_not_given(
    admin: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_args: object) -> None:
        message = "no room on the disk"
        raise OSError(message)

    monkeypatch.setattr(writing, "write", fails)
    account = people.account_by_user_name("li")
    with pytest.raises(OSError, match="no room"):
        access.change_account(keeper(), account.id, AccountDraft(user_name="lizi"), at=clock.now())
    assert people.account_by_user_name("li").id == account.id
    assert text("theirs") == (1, THEIRS)


# A name that goes ---------------------------------------------------------------------------------


def role_of(name: str) -> models.Role:
    return models.Role.objects.get(name=name)


def test_a_role_that_definitions_name_is_not_deleted(admin: ApiClient) -> None:
    path = f"/roles/{role_of('wujj').id}"
    refused = admin.delete(path)
    assert (refused.status, refused.body["code"]) == (409, "role_named")
    assert "1 place" in refused.body["detail"]
    (named,) = refused.body["problems"]
    assert (named["field"], named["message"]) == ("assignment ours", "names it in 1 place(s)")
    assert role_of("wujj").permissions == ["tickets.read"]
    body = {"text": OURS.replace("to: role, whom: wujj", "to: owner"), "base_version": 1}
    assert admin.put("/definitions/assignment/ours", body).status == 200
    assert admin.delete(path).status == 204


def test_who_may_not_read_definitions_is_told_the_count_alone(admin: ApiClient) -> None:
    permissions = frozenset({"access.read", "access.manage", "tickets.read"})
    access.create_role(HOSPITAL, RoleDraft(name="registrar", permissions=permissions))
    refused = client_of("registrar", "registrar").delete(f"/roles/{role_of('wujj').id}")
    assert (refused.status, refused.body["code"]) == (409, "role_named")
    assert "1 place" in refused.body["detail"]
    assert not refused.body.get("problems")


# A name that the product ships from now on --------------------------------------------------------


def test_a_role_that_gives_way_takes_its_place_in_definitions_along(admin: ApiClient) -> None:
    models.Role.objects.filter(name="auditor").delete()
    permissions = frozenset({"tickets.read"})
    access.create_role(HOSPITAL, RoleDraft(name="auditor", permissions=permissions))
    body = {"text": OURS.replace("role, whom: wujj", "role, whom: auditor"), "base_version": 1}
    assert admin.put("/definitions/assignment/ours", body).status == 200
    access.ship_built_in(at=clock.now())
    assert text("ours") == (3, OURS.replace("role, whom: wujj", "role, whom: auditor-local"))
    assert told() == [("assignment/ours", "auditor", "auditor-local")]
    assert (role_of("auditor").built_in, role_of("auditor-local").permissions) == (
        True,
        ["tickets.read"],
    )


DECLARED = """kind: role
name: auditor  # who looks on
label: Looks on
permissions: [tickets.read]
"""


def test_a_role_of_a_definition_gives_way_with_its_definition(
    admin: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [role for role in BUILT_IN if role.name != "auditor"]
    models.Role.objects.filter(name="auditor").delete()
    with monkeypatch.context() as earlier:
        earlier.setattr("wardround.access.queries.builtin_roles.BUILT_IN", known)
        assert admin.put("/definitions/role/auditor", {"text": DECLARED}).status == 200
        ours = {"text": OURS.replace("role, whom: wujj", "role, whom: auditor"), "base_version": 1}
        assert admin.put("/definitions/assignment/ours", ours).status == 200
        looks_on = client_of("li-lei", "auditor")
    access.ship_built_in(at=clock.now())
    assert queries.stored(HOSPITAL, "role", "auditor-local").text == DECLARED.replace(
        "name: auditor ", "name: auditor-local "
    )
    assert queries.stored(HOSPITAL, "assignment", "ours").text.count("whom: auditor-local") == 1
    assert "auditor" not in queries.definitions("role")
    assert role_of("auditor-local").declared
    assert role_of("auditor").built_in
    assert looks_on.get("/tickets").status == 200
    assert looks_on.get("/audit").status == 403


def test_the_product_starts_where_definitions_cannot_follow(
    admin: ApiClient, caplog: pytest.LogCaptureFixture
) -> None:
    models.Role.objects.filter(name="auditor").delete()
    access.create_role(HOSPITAL, RoleDraft(name="auditor", permissions=frozenset()))
    for whom in ("auditor", "wujj"):
        body = {
            "text": OURS.replace("role, whom: wujj", f"role, whom: {whom}"),
            "base_version": text("ours")[0],
        }
        if whom == "auditor":
            assert admin.put("/definitions/assignment/ours", body).status == 200
    broken = text("ours")[1].replace("label: Ours", "label: Ours\nno_such_key: 1")
    file = names.models.PackFile.objects.get(pack__name="ours", path="a.yaml")
    file.data = broken.encode()
    file.save()
    access.ship_built_in(at=clock.now())
    assert role_of("auditor").built_in
    assert role_of("auditor-local")
    assert "no_such_key" in caplog.text
    (line,) = AuditRecord.objects.filter(action="role.move")
    assert (line.detail["old"], line.detail["new"]) == ("auditor", "auditor-local")
    assert "no_such_key" in line.detail["problems"]


# Two at once --------------------------------------------------------------------------------------

NIGHT = """kind: role
name: night
label: Night
permissions: [tickets.read{more}]
"""


@pytest.mark.django_db(transaction=True)
def test_a_new_name_and_a_new_definition_at_once_wait_for_each_other_in_one_order(
    admin: ApiClient,
) -> None:
    """Each would hold one lock and wait for the other's: PostgreSQL would end one of the two."""
    account = people.account_by_user_name("wujj").id
    actor = keeper()

    def rename(name: str) -> Callable[[], object]:
        draft = AccountDraft(user_name=name)
        return lambda: access.change_account(actor, account, draft, at=clock.now())

    def declare(turn: int) -> Callable[[], object]:
        more = ", alerts.read" if turn % 2 else ""
        draft = actions.DefinitionDraft(kind="role", name="night", text=NIGHT.format(more=more))
        version = turn or None
        return lambda: actions.save_definition(
            actor, draft, at=clock.now(), base_version=version, consent=True
        )

    for turn in range(4):
        outcomes = together(rename(f"wu{turn}"), declare(turn))
        assert outcomes == {"done": 2}
    assert text("ours")[0] == 5
    assert "whom: wu3" in text("ours")[1]


@pytest.mark.django_db(transaction=True)
def test_no_definition_comes_to_name_a_role_while_it_goes(admin: ApiClient) -> None:
    access.create_role(HOSPITAL, RoleDraft(name="brief", permissions=frozenset()))
    brief, actor = role_of("brief").id, keeper()
    draft = actions.DefinitionDraft(
        kind="assignment",
        name="ours",
        text=OURS.replace("role, whom: wujj", "role, whom: brief"),
    )
    outcomes = together(
        lambda: access.delete_role(actor, brief),
        lambda: actions.save_definition(actor, draft, at=clock.now(), base_version=1),
    )
    assert sorted(outcomes) in (["done", "role_named"], ["bad_definition", "done"])
