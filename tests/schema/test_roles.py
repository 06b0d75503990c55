"""Roles as definitions: in packs and one by one, never more than whoever writes them holds."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.hospital import HOSPITAL, ApiClient, client_of
from wardround.access import actions as access
from wardround.access import queries as people
from wardround.access.errors import RoleIsDefined
from wardround.access.types import AccountDraft, RoleDraft, RoleGiven
from wardround.kernel import clock
from wardround.kernel.models import AuditRecord
from wardround.kernel.types import EVERYWHERE, Actor
from wardround.schema import actions, queries
from wardround.schema.refusals import counted
from wardround.schema.sources import Source

pytestmark = pytest.mark.django_db

NIGHT = """\
kind: role
name: night-watch
label: {zh: 夜班, en: Night watch}
permissions: [tickets.*, alerts.read]
excluding: [tickets.assign]
"""
ASSIGNMENT = """\
kind: assignment
name: at-night
label: {zh: 夜间派单, en: At night}
rules:
  - {name: watch, to: role, whom: night-watch}
  - {name: fallback, to: role, whom: administrator}
"""
HEAD = b'pack: ours\nversion: "1"\nlabel: X\n'
PATH = "/definitions/role/night-watch"


@pytest.fixture
def admin() -> ApiClient:
    return client_of("head-of-people", "administrator")


def pack(*texts: str) -> Source:
    files = {f"{place}.yaml": text.encode() for place, text in enumerate(texts)}
    return Source("ours", {"pack.yaml": HEAD, **files})


def install(*texts: str) -> None:
    actions.import_packs(HOSPITAL, [pack(*texts)], at=clock.now())


def watchman() -> UUID:
    given = (RoleGiven("night-watch", EVERYWHERE),)
    draft = AccountDraft(user_name="zhao", roles=given)
    return access.create_account(HOSPITAL, draft, at=clock.now()).id


def actor(account: UUID) -> Actor:
    return people.actor_for(account)


def mistakes(*texts: str) -> list[str]:
    _difference, problems = actions.check_packs(HOSPITAL, [pack(*texts)])
    return [f"{problem.dotted}: {problem.text()}" for problem in problems]


def test_a_role_of_a_pack_gives_what_its_patterns_choose(db: None) -> None:
    install(NIGHT)
    zhao = watchman()
    assert actor(zhao).holds("tickets.work")
    assert actor(zhao).holds("alerts.read")
    assert not actor(zhao).holds("tickets.assign")
    assert not actor(zhao).holds("alerts.raise")
    install(NIGHT.replace("alerts.read", "alerts.*"))
    assert actor(zhao).holds("alerts.raise")
    (role,) = [role for role in people.roles() if role.name == "night-watch"]
    assert (role.label.text("en"), role.built_in) == ("Night watch", False)


def test_what_is_mistyped_is_told_with_what_was_meant(db: None) -> None:
    wrong = NIGHT.replace("alerts.read", "alerts.raed").replace("tickets.assign]", "cmdb.read]")
    assert mistakes(wrong) == [
        "permissions[1]: no permission fits “alerts.raed”",
        "excluding[0]: no permission fits “cmdb.read”",
    ]
    assert mistakes(NIGHT.replace("tickets.assign]", "tickets.*, alerts.read]")) == [
        "excluding: it takes away all that the role gives"
    ]
    (taken,) = mistakes(NIGHT.replace("night-watch", "engineer"))
    assert taken.startswith("name: there is a role “engineer” already")


def test_a_role_made_by_hand_is_not_taken_over(db: None) -> None:
    access.create_role(HOSPITAL, RoleDraft(name="night-watch", permissions=frozenset()))
    (taken,) = mistakes(NIGHT)
    assert taken.startswith("name: there is a role “night-watch” already")


def test_a_declared_role_is_changed_by_its_definition_alone(db: None) -> None:
    install(NIGHT)
    (role,) = [role for role in people.roles() if role.name == "night-watch"]
    with pytest.raises(RoleIsDefined):
        access.change_role(
            HOSPITAL, role.id, RoleDraft(permissions=frozenset({"*"})), at=clock.now()
        )
    with pytest.raises(RoleIsDefined):
        access.delete_role(HOSPITAL, role.id)


def test_nobody_declares_more_than_they_hold(admin: ApiClient) -> None:
    """Who may write definitions is not who may hand out rights."""
    writes = {"schema.read", "schema.edit", "cmdb.read", "collect.read"}
    for name, permissions in (
        ("writer", writes),
        ("clerk", writes | {"access.manage", "access.read"}),
    ):
        access.create_role(HOSPITAL, RoleDraft(name=name, permissions=frozenset(permissions)))
    writer, clerk = client_of("w", "writer"), client_of("c", "clerk")
    assert writer.put(PATH, {"text": NIGHT}).status == 403
    refused = clerk.put(PATH, {"text": NIGHT})
    assert (refused.status, refused.body["code"]) == (403, "more_than_you_have")
    assert "night-watch" not in queries.definitions("role")
    reads = NIGHT.replace("[tickets.*, alerts.read]", "[access.read]")
    modest = reads.replace("excluding: [tickets.assign]\n", "")
    assert clerk.put(PATH, {"text": modest}).status == 200
    assert admin.put(PATH, {"text": NIGHT, "base_version": 1}).status == 200
    taken_away = modest.replace("Night watch", "Watch")
    assert clerk.put(PATH, {"text": taken_away, "base_version": 2}).status == 403


def test_whom_a_rule_names_is_there(db: None) -> None:
    actions.import_shipped(HOSPITAL, at=clock.now(), names=["base", "service"])
    install(NIGHT, ASSIGNMENT)
    assert mistakes(NIGHT, ASSIGNMENT.replace("whom: night-watch", "whom: night-wathc")) == [
        "rules[0].whom: there is no role “night-wathc”"
    ]
    account = ASSIGNMENT.replace("to: role, whom: night-watch", "to: account, whom: nobody")
    assert mistakes(NIGHT, account) == [
        "rules[0].whom: there is no account with the user name “nobody”"
    ]
    watchman()
    assert mistakes(NIGHT, account.replace("nobody", "ZHAO")) == []


def test_a_new_name_is_followed_by_rules_and_people(admin: ApiClient) -> None:
    actions.import_shipped(HOSPITAL, at=clock.now(), names=["base", "service"])
    install(NIGHT, ASSIGNMENT)
    zhao = watchman()
    body = {
        "text": NIGHT.replace("night-watch", "night-owl"),
        "base_version": 1,
        "renamed_from": "night-watch",
    }
    assert admin.put("/definitions/role/night-owl", body).status == 200
    text = queries.stored(HOSPITAL, "assignment", "at-night").text
    assert "whom: night-owl" in text
    assert actor(zhao).holds("tickets.work")
    assert [found.id for found in people.accounts_with_role("night-owl")] == [zhao]


def test_a_retired_role_is_taken_from_people_with_consent_alone(admin: ApiClient) -> None:
    install(NIGHT)
    zhao = watchman()
    refused = admin.delete(PATH)
    assert (refused.status, refused.body["code"]) == (409, "consent_needed")
    assert refused.body["problems"][0]["message"] == "1 account"
    assert actor(zhao).holds("tickets.work")
    assert admin.delete(f"{PATH}?consent=true").status == 204
    assert not actor(zhao).holds("tickets.work")
    assert people.role_names(["night-watch"]) == frozenset()
    assert AuditRecord.objects.filter(action="role.withdraw").count() == 1


def test_who_loses_by_two_roles_at_once_counts_once(admin: ApiClient) -> None:
    day = NIGHT.replace("night-watch", "day-watch")
    install(NIGHT, day)
    given = (RoleGiven("night-watch", EVERYWHERE), RoleGiven("day-watch", EVERYWHERE))
    access.create_account(HOSPITAL, AccountDraft(user_name="qian", roles=given), at=clock.now())
    fewer = [text.replace("tickets.*, alerts.read", "tickets.*") for text in (NIGHT, day)]
    difference, problems = actions.check_packs(HOSPITAL, [pack(*fewer)])
    assert problems == []
    assert len(difference.lost) == 2
    assert counted([each for change in difference.lost for each in change.lost]) == (
        "1 个账号失去某项权限"
    )


def test_a_permission_taken_from_who_has_the_role_is_counted(admin: ApiClient) -> None:
    install(NIGHT)
    zhao = watchman()
    wanted = {"text": NIGHT.replace("tickets.*, alerts.read", "tickets.*"), "base_version": 1}
    checked = admin.post(f"{PATH}/check", wanted).body
    assert (checked["needs_consent"], checked["lost"]) == (
        True,
        "1 account that loses a permission",
    )
    assert admin.put(PATH, wanted).status == 409
    assert actor(zhao).holds("alerts.read")
    assert admin.put(PATH, {**wanted, "consent": True}).status == 200
    assert not actor(zhao).holds("alerts.read")
    more = {"text": NIGHT, "base_version": 2}
    assert admin.post(f"{PATH}/check", more).body["needs_consent"] is False


def signs_in(user_name: str, *roles: str) -> UUID:
    """Somebody who can sign in; without them nobody could manage accounts."""
    given = tuple(RoleGiven(role, EVERYWHERE) for role in roles)
    draft = AccountDraft(user_name=user_name, roles=given)
    account = access.create_account(HOSPITAL, draft, at=clock.now()).id
    access.give_one_time_password(HOSPITAL, account)
    return account


MANAGERS = """\
kind: role
name: managers
label: Managers
permissions: [access.read, access.manage]
"""


def test_the_last_role_that_manages_accounts_is_told_before_it_is_refused(admin: ApiClient) -> None:
    path = "/definitions/role/managers"
    assert admin.put(path, {"text": MANAGERS}).status == 200
    signs_in("keeper", "managers")
    body = {"text": MANAGERS.replace(", access.manage", ""), "base_version": 1}
    (told,) = admin.post(f"{path}/check", body).body["problems"]
    assert (told["path"], told["message"][:42]) == (
        "permissions",
        "then nobody who can sign in could manage a",
    )
    refused = admin.put(path, {**body, "consent": True})
    assert (refused.status, refused.body["code"]) == (409, "last_administrator")
    (told,) = admin.post(f"{path}/check-retirement").body["problems"]
    assert told["message"].startswith("then nobody who can sign in")
    refused = admin.delete(f"{path}?base_version=1&consent=true")
    assert (refused.status, refused.body["code"]) == (409, "last_administrator")
    signs_in("second", "administrator")
    assert admin.post(f"{path}/check", body).body["problems"] == []
    assert admin.put(path, {**body, "consent": True}).status == 200


def test_a_role_written_without_the_right_to_is_told_by_the_check(admin: ApiClient) -> None:
    assert admin.put("/definitions/role/editors", {"text": EDITOR}).status == 200
    editor = client_of("editor", "editors")
    told = editor.post("/definitions/role/more/check", {"text": EDITOR.replace("editors", "more")})
    assert [each["message"] for each in told.body["problems"]] == [
        "who writes roles needs “access.manage” everywhere, and you do not have it"
    ]


EDITOR = """\
kind: role
name: editors
label: Editors
permissions: ["*.read", schema.*]
"""


def test_a_permission_that_is_of_no_use_alone_is_told_and_saved(admin: ApiClient) -> None:
    text = NIGHT.replace("tickets.*", "tickets.work, cmdb.condition")
    text = text.replace("excluding: [tickets.assign]\n", "")
    told = admin.post(PATH + "/check", {"text": text}).body
    assert told["problems"] == []
    assert [each["message"] for each in told["advice"]] == [
        "“cmdb.condition” is of no use without “cmdb.read”, which this role does not give",
        "“tickets.work” is of no use without “tickets.read”, which this role does not give",
    ]
    assert [(each["file"], each["line"], each["path"]) for each in told["advice"]] == [
        ("text", 1 + text[: text.index("permissions:")].count("\n"), "permissions")
    ] * 2
    assert admin.put(PATH, {"text": text}).status == 200
    (role,) = [role for role in admin.get("/roles").body["items"] if role["name"] == "night-watch"]
    assert role["lacking"] == {"cmdb.condition": ["cmdb.read"], "tickets.work": ["tickets.read"]}
    sound = text.replace("tickets.work", "tickets.*").replace("cmdb.condition", "cmdb.*")
    assert admin.post(PATH + "/check", {"text": sound, "base_version": 1}).body["advice"] == []


def test_built_in_roles_give_nothing_that_is_of_no_use(admin: ApiClient) -> None:
    roles = admin.get("/roles").body["items"]
    assert {role["name"]: role["lacking"] for role in roles if role["lacking"]} == {}
