"""Roles: the built-in ones, one's own, the permissions they hold and the audit chain's list."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest

from tests.access.conftest import Browser, Clock, Hire, audited
from wardround.access import actions
from wardround.access.builtin_roles import BUILT_IN
from wardround.access.models import Role
from wardround.kernel import audit_chain, audit_proof, clock
from wardround.kernel.permissions import permissions

pytestmark = pytest.mark.django_db
Come = Callable[..., Browser]


def roles(browser: Browser, **headers: str) -> dict[str, dict[str, object]]:
    return {one["name"]: one for one in browser("GET", "/roles", **headers).body["items"]}


def test_the_built_in_roles_are_there_in_the_readers_language(admin: Browser) -> None:
    english, chinese = roles(admin), roles(admin, **{"Accept-Language": "zh-CN"})
    assert [one.name for one in BUILT_IN] == list(
        dict.fromkeys(one.name for one in BUILT_IN if one.name in english)
    )
    assert english["duty-engineer"]["label"] == "Duty engineer"
    assert chinese["duty-engineer"]["label"] == "值班工程师"
    assert all(role["built_in"] for role in english.values())


def test_what_the_built_in_roles_may_do(admin: Browser) -> None:
    held = {name: set(map(str, role["permissions"])) for name, role in roles(admin).items()}  # type: ignore[call-overload]
    everything = set(permissions())
    assert held["administrator"] == everything
    assert held["wall-screen"] <= {"boards.read"}
    assert held["reader"] == {
        key for key in everything if key.endswith(".read") and not key.startswith("access.")
    }
    assert held["auditor"] - held["reader"] == {"access.audit", "access.read"}
    for name in held.keys() - {"administrator"}:
        assert "access.manage" not in held[name], name
    assert not {key for key in held["vendor-engineer"] if key.startswith("access.")}


def test_a_role_is_made_changed_given_and_removed(admin: Browser, hire: Hire) -> None:
    body = {"name": "night-watch", "label_zh": "夜班", "permissions": ["access.read"]}
    made = admin("POST", "/roles", body)
    assert made.status == 201, made.body
    path = f"/roles/{made.body['id']}"
    hire("zhang", "night-watch")
    browser = Browser()
    browser.sign_in("zhang")
    assert browser("GET", "/audit").status == 403
    assert admin("PATCH", path, {"permissions": ["access.audit"]}).status == 200
    assert browser("GET", "/audit").status == 200
    assert browser("GET", "/roles").status == 403
    answer = admin("DELETE", path)
    assert (answer.status, answer.code) == (409, "role_in_use")
    assert "1 account" in answer.body["detail"]
    account = browser("GET", "/session").body["account"]["id"]
    admin("PATCH", f"/accounts/{account}", {"roles": []})
    assert admin("DELETE", path).status == 204
    assert "night-watch" not in roles(admin)
    (change,) = audited("role.change")
    assert (change["detail"]["added"], change["detail"]["removed"]) == (
        ["access.audit"],
        ["access.read"],
    )


@pytest.mark.parametrize(("method", "body"), [("PATCH", {"label_en": "Boss"}), ("DELETE", None)])
def test_built_in_roles_stay_as_they_are(admin: Browser, method: str, body: object) -> None:
    path = f"/roles/{roles(admin)['administrator']['id']}"
    answer = admin(method, path, body)
    assert (answer.status, answer.code) == (409, "built_in_role")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "Night Watch"}, "name"),
        ({"permissions": []}, "name"),
        ({"name": "x-1", "permissions": ["no.such"]}, "permissions"),
        ({"name": "x-1", "permissions": ["*"]}, "permissions"),
        ({"name": "x-1", "built_in": True}, "built_in"),
    ],
)
def test_a_wrong_role_is_refused_by_field(admin: Browser, body: object, field: str) -> None:
    answer = admin("POST", "/roles", body)
    assert (answer.status, answer.body["problems"][0]["field"]) == (422, field)


def test_two_roles_of_one_name_are_refused(admin: Browser) -> None:
    answer = admin("POST", "/roles", {"name": "administrator"})
    assert (answer.status, answer.code) == (409, "name_taken")


def test_a_role_that_does_not_exist_is_not_found(admin: Browser) -> None:
    assert admin("PATCH", f"/roles/{uuid4()}", {"label_en": "x"}).status == 404
    assert admin("PATCH", "/roles/seven", {"label_en": "x"}).status == 422


def test_shipping_again_changes_nothing_and_moves_a_clashing_name_aside(db: None) -> None:
    before = list(Role.objects.order_by("id").values())
    actions.ship_built_in(at=clock.now())
    assert list(Role.objects.order_by("id").values()) == before
    Role.objects.filter(name="auditor").delete()
    own = Role.objects.create(name="auditor")
    Role.objects.create(name="auditor-local")
    actions.ship_built_in(at=clock.now())
    own.refresh_from_db()
    assert own.name == "auditor-local-2"
    assert Role.objects.get(name="auditor").built_in


def test_permissions_are_listed_with_label_and_room(admin: Browser) -> None:
    listed = admin("GET", "/permissions").body["items"]
    assert {
        "key": "access.manage",
        "label": "Manage accounts and roles",
        "room": "access",
    } in listed
    assert [one["key"] for one in listed] == sorted(permissions())


class TestAudit:
    def test_it_tells_who_did_what_and_whether_it_is_sealed(
        self, admin: Browser, moment: Clock
    ) -> None:
        audit_chain.seal()
        made = admin("POST", "/roles", {"name": "night-watch", "permissions": []}).body
        (line,) = admin("GET", "/audit?action=role.create").body["items"]
        me = admin("GET", "/session").body["account"]
        assert line == {
            "id": line["id"],
            "at": "2026-11-23T08:00:00Z",
            "actor": {"id": me["id"], "name": "管理员"},
            "actor_kind": "person",
            "action": "role.create",
            "action_label": "Created a role",
            "subject_kind": "role",
            "subject_label": "Role",
            "subject_id": made["id"],
            "subject_name": "night-watch",
            "subject_there": True,
            "detail": {"name": "night-watch", "permissions": []},
            "told": [{"label": "Name", "text": "night-watch"}],
            "sealed": False,
        }
        (earlier,) = admin("GET", "/audit?action=account.sign_in").body["items"]
        assert earlier["sealed"] is True
        assert audit_proof.verify(()).sound

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ("subject_kind=user_name", 2),
            ("subject_id=ghost", 1),
            ("action=account.sign_in_failed&action=account.sign_in", 3),
            ("since=2026-11-23T07:59:00Z&until=2026-11-23T08:00:00Z", 0),
            ("q=failed", 2),
        ],
    )
    def test_filters(self, admin: Browser, moment: Clock, query: str, count: int) -> None:
        Browser().sign_in("ghost", "wrong")
        Browser().sign_in("phantom", "wrong")
        answer = admin("GET", f"/audit?{query}")
        assert answer.status == 200, answer.body
        assert len(answer.body["items"]) == count

    @pytest.mark.parametrize("role", ["reader", "engineer", "wall-screen"])
    def test_most_roles_may_not_read_it(self, signed_in: Come, role: str) -> None:
        assert signed_in("zhang", role)("GET", "/audit").status == 403

    @pytest.mark.parametrize("role", ["auditor", "director"])
    def test_auditors_and_directors_may(self, signed_in: Come, role: str) -> None:
        assert signed_in("zhang", role)("GET", "/audit").status == 200
