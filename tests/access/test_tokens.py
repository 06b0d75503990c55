"""API tokens: what they open, what they never open, and the wall screens that hang on them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.access.conftest import OWNER, Browser, Clock, Hire, audited
from wardround.access import actions
from wardround.access.types import TokenDraft
from wardround.kernel import clock
from wardround.kernel.types import Scope

pytestmark = pytest.mark.django_db
Come = Callable[..., Browser]


def token_of(browser: Browser, **body: object) -> str:
    answer = browser("POST", "/me/tokens", {"name": "script", **body})
    assert answer.status == 201, answer.body
    return str(answer.body["token"])


def test_a_token_opens_what_its_owner_may(signed_in: Come) -> None:
    browser = signed_in("zhang", "engineer")
    secret = token_of(browser)
    assert secret.startswith("wr_")
    program = Browser(bearer=secret)
    answer = program("GET", "/session")
    assert answer.status == 200
    assert answer.body["account"]["user_name"] == "zhang"
    assert answer.body["permissions"] == browser("GET", "/session").body["permissions"]
    assert (answer.body["idle_minutes"], answer.body["ends_at"]) == (None, None)
    assert program("GET", "/accounts").status == 200


def test_a_narrow_token_opens_only_that(signed_in: Come) -> None:
    secret = token_of(signed_in("zhang", "engineer"), permissions=["tickets.read"])
    program = Browser(bearer=secret)
    assert program("GET", "/session").body["permissions"] == ["tickets.read"]
    assert program("GET", "/accounts").status == 403


def test_a_token_follows_its_owners_roles(admin: Browser, hire: Hire) -> None:
    account = hire("zhang", "engineer")
    browser = Browser()
    browser.sign_in("zhang")
    program = Browser(bearer=token_of(browser, permissions=["access.read"]))
    assert program("GET", "/accounts").status == 200
    admin("PATCH", f"/accounts/{account}", {"roles": []})
    assert program("GET", "/accounts").status == 403


def test_nobody_gives_a_token_what_they_do_not_hold(signed_in: Come) -> None:
    browser = signed_in("zhang", "reader")
    body = {"name": "more", "permissions": ["access.manage", "no.such", "tickets.read"]}
    answer = browser("POST", "/me/tokens", body)
    assert (answer.status, answer.body["field"]) == (422, "permissions")
    assert [one["message"] for one in answer.body["problems"]] == [
        "You do not hold “access.manage” yourself.",
        "You do not hold “no.such” yourself.",
    ]
    assert browser("GET", "/me/tokens").body["items"] == []


def test_it_is_listed_without_its_secret_and_revoked(
    signed_in: Come, moment: Clock, everything_stored: Callable[[], str]
) -> None:
    browser = signed_in("zhang", "reader")
    secret = token_of(browser, expires_at="2026-12-01T00:00:00Z")
    moment.at += timedelta(minutes=5)
    assert Browser(bearer=secret)("GET", "/session").status == 200
    (listed,) = browser("GET", "/me/tokens").body["items"]
    assert listed == {
        "id": listed["id"],
        "name": "script",
        "hint": secret[:9],
        "permissions": None,
        "created_at": "2026-11-23T08:00:00Z",
        "expires_at": "2026-12-01T00:00:00Z",
        "last_used_at": "2026-11-23T08:05:00Z",
    }
    assert secret not in everything_stored()
    assert browser("DELETE", f"/me/tokens/{listed['id']}").status == 204
    answer = Browser(bearer=secret)("GET", "/session")
    assert (answer.status, answer.code) == (401, "token_refused")
    assert browser("DELETE", f"/me/tokens/{listed['id']}").status == 404
    assert [len(audited(f"token.{what}")) for what in ("create", "revoke")] == [1, 1]


def test_it_ends_when_it_expires(signed_in: Come, moment: Clock) -> None:
    program = Browser(bearer=token_of(signed_in("zhang", "reader"),
                                      expires_at="2026-11-23T09:00:00Z"))  # fmt: skip
    moment.at += timedelta(minutes=59)
    assert program("GET", "/session").status == 200
    moment.at += timedelta(minutes=1)
    assert program("GET", "/session").code == "token_refused"


@pytest.mark.parametrize(
    "expires_at",
    [
        "2026-11-23T08:00:00Z",
        "2020-01-01T00:00:00Z",
        "2032-01-01T00:00:00Z",
        "2026-12-01T00:00:00",
        "soon",
    ],
)
def test_its_end_lies_within_five_years(signed_in: Come, moment: Clock, expires_at: str) -> None:
    browser = signed_in("zhang", "reader")
    answer = browser("POST", "/me/tokens", {"name": "x", "expires_at": expires_at})
    assert (answer.status, answer.body["problems"][0]["field"]) == (422, "expires_at")


@pytest.mark.parametrize("secret", ["wr_unknown", "nonsense", "", "wr_" + "x" * 5000])
def test_a_token_that_opens_nothing_is_refused_by_name(db: None, secret: str) -> None:
    answer = Browser(bearer=secret or " ")("GET", "/session")
    assert (answer.status, answer.code) == (401, "token_refused")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/me/tokens", {"name": "child"}),
        ("POST", "/session/password", {"old": "Ward-Round-2026", "new": "Night-Shift-2027"}),
        ("POST", "/me/totp", {"password": "Ward-Round-2026"}),
        ("DELETE", "/me/totp", {"password": "Ward-Round-2026", "code": "123456"}),
        ("PATCH", "/me", {"email": "thief@example.org"}),
        ("POST", "/me/views", {"page": "tickets", "name": "mine"}),
    ],
)
def test_a_leaked_token_does_not_become_the_account(
    signed_in: Come, method: str, path: str, body: object
) -> None:
    program = Browser(bearer=token_of(signed_in("zhang", "administrator")))
    answer = program(method, path, body)
    assert (answer.status, answer.code) == (403, "not_for_tokens")


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/accounts/{me}/password"), ("DELETE", "/accounts/{me}/totp")]
)
def test_neither_a_token_nor_an_open_page_manages_the_account_it_hangs_on(
    signed_in: Come, method: str, path: str
) -> None:
    page = signed_in("zhang", "administrator")
    me = page("GET", "/session").body["account"]["id"]
    for asked in (page, Browser(bearer=token_of(page))):
        answer = asked(method, path.format(me=me))
        assert (answer.status, answer.code) == (403, "own_account")
    assert Browser().sign_in("zhang").status == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [("/me/tokens", {"name": "stays"}), ("/me/totp", {}), ("/me/totp/confirm", {"code": "123456"})],
)
def test_a_one_time_password_leaves_no_key_that_outlives_it(
    admin: Browser, hire: Hire, path: str, body: dict[str, str]
) -> None:
    account = hire("zhang", "administrator")
    given = admin("POST", f"/accounts/{account}/password").body["password"]
    browser = Browser()
    assert browser.sign_in("zhang", given).status == 200
    asked = {"password": given} if path == "/me/totp" else body
    refused = browser("POST", path, asked)
    assert (refused.status, refused.code) == (403, "password_to_replace")
    own = {"old": given, "new": "Night-Shift-2027"}
    assert browser("POST", "/session/password", own).status == 200
    assert browser("POST", "/me/tokens", {"name": "mine"}).status == 201


def test_tokens_of_others_cannot_be_revoked(signed_in: Come) -> None:
    owner, other = signed_in("zhang", "reader"), signed_in("li", "administrator")
    token_of(owner)
    (listed,) = owner("GET", "/me/tokens").body["items"]
    assert other("DELETE", f"/me/tokens/{listed['id']}").status == 404
    assert len(owner("GET", "/me/tokens").body["items"]) == 1


class TestWall:
    def wall(self, hire: Hire, *permissions: str, role: str = "wall-screen") -> str:
        account = hire("wall-7", role)
        draft = TokenDraft("Ward 7", frozenset(permissions) or None)
        return actions.issue_token(OWNER, account, draft, at=clock.now()).secret

    def test_it_opens_boards_and_stays(self, hire: Hire, moment: Clock) -> None:
        secret = self.wall(hire)
        screen = Browser()
        answer = screen("POST", "/session/wall", {"token": secret})
        assert answer.status == 200, answer.body
        assert answer.body["permissions"] == ["boards.read"]
        assert (answer.body["idle_minutes"], answer.body["ends_at"]) == (None, None)
        moment.at += timedelta(days=30)
        assert screen("GET", "/session").status == 200
        assert screen("GET", "/accounts").status == 403
        assert screen("POST", "/me/tokens", {"name": "more"}).code == "not_for_tokens"
        moment.at += timedelta(days=335)
        assert screen("GET", "/session").status == 401

    def test_it_ends_with_its_token(self, hire: Hire, admin: Browser) -> None:
        screen = Browser()
        screen("POST", "/session/wall", {"token": self.wall(hire)})
        account = screen("GET", "/session").body["account"]["id"]
        admin("PATCH", f"/accounts/{account}", {"active": False})
        assert screen("GET", "/session").status == 401

    def test_a_token_that_opens_more_is_refused(self, hire: Hire) -> None:
        answer = Browser()("POST", "/session/wall", {"token": self.wall(hire, role="director")})
        assert (answer.status, answer.code) == (403, "not_for_walls")

    def test_a_wide_owners_narrow_token_will_do(self, hire: Hire) -> None:
        secret = self.wall(hire, "boards.read", role="director")
        assert Browser()("POST", "/session/wall", {"token": secret}).status == 200

    def test_an_unknown_token_is_refused(self, db: None) -> None:
        answer = Browser()("POST", "/session/wall", {"token": "wr_unknown"})
        assert (answer.status, answer.code) == (401, "token_refused")


def test_a_scope_goes_with_the_token(signed_in: Come) -> None:
    system = uuid4()
    browser = signed_in("vendor", "vendor-engineer", scope=Scope(systems=frozenset({system})))
    found = actions.by_token(token_of(browser), at=clock.now())
    assert found is not None
    assert found.actor.scope_of("tickets.read") == Scope(systems=frozenset({system}))
