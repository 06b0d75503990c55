"""Signing in through the HTTP door: who comes in, who does not, and what is left behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.access.conftest import PASSWORD, Browser, Clock, Hire, audited

pytestmark = pytest.mark.django_db


def test_the_right_password_opens_a_session_and_says_who_is_in(hire: Hire, moment: Clock) -> None:
    account = hire("Zhang.Wei", "reader", display_name="张伟", language="en")
    browser = Browser()
    answer = browser.sign_in("  ZHANG.WEI ")
    assert answer.status == 200, answer.body
    assert answer.body["account"]["id"] == str(account)
    assert answer.body["account"]["user_name"] == "zhang.wei"
    assert answer.body["account"]["display_name"] == "张伟"
    assert answer.body["second_factor"] is False
    assert answer.body["must_change_password"] is False
    assert answer.body["idle_minutes"] == 60
    assert answer.body["ends_at"] == "2026-11-23T20:00:00Z"
    assert all(key.endswith(".read") for key in answer.body["permissions"])
    assert browser("GET", "/session").body == answer.body


@pytest.mark.parametrize(
    ("user_name", "password"),
    [("zhang", "wrong"), ("nobody", PASSWORD), ("zhang", ""), ("", ""), ("retired", PASSWORD)],
)
def test_every_refusal_looks_the_same(hire: Hire, user_name: str, password: str) -> None:
    hire("zhang", "reader")
    hire("retired", "reader", active=False)
    answer = Browser().sign_in(user_name, password)
    assert (answer.status, answer.code) == (401, "sign_in_failed")
    assert answer.body["detail"] == "User name or password is wrong."
    assert Browser().sign_in("zhang").status == 200


def test_refusals_speak_the_readers_language(db: None) -> None:
    browser = Browser()
    body = {"user_name": "ghost", "password": "wrong"}
    for _ in range(5):
        answer = browser("POST", "/session", body, **{"Accept-Language": "zh-CN"})
        assert answer.body["detail"] == "用户名或密码不正确。"
    answer = browser("POST", "/session", body, **{"Accept-Language": "zh-CN"})
    assert answer.body["detail"] == "登录失败次数过多。请 1 分钟后再试，或请管理员解除锁定。"


def test_without_sign_in_nothing_opens(db: None) -> None:
    answer = Browser()("GET", "/session")
    assert (answer.status, answer.code) == (401, "sign_in_needed")


def test_the_cookie_is_out_of_reach_of_script_and_other_sites(hire: Hire) -> None:
    hire("zhang", "reader")
    cookie = Browser().sign_in("zhang").response.cookies["wardround_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["secure"]


def test_over_https_the_cookie_is_secure(hire: Hire) -> None:
    hire("zhang", "reader")
    response = Browser().client.post(
        "/api/v1/session",
        data={"user_name": "zhang", "password": PASSWORD},
        content_type="application/json",
        secure=True,
    )
    assert response.cookies["wardround_session"]["secure"]
    assert response.cookies["csrftoken"]["secure"]


def test_a_session_key_known_before_sign_in_never_opens(hire: Hire) -> None:
    hire("zhang", "reader")
    browser = Browser()
    browser.client.cookies["wardround_session"] = "planted"
    assert browser.sign_in("zhang").status == 200
    assert browser.client.cookies["wardround_session"].value != "planted"
    other = Browser()
    other.client.cookies["wardround_session"] = "planted"
    assert other("GET", "/session").status == 401


def test_signing_in_again_makes_another_key(hire: Hire) -> None:
    hire("zhang", "reader")
    browser = Browser()
    browser.sign_in("zhang")
    first = browser.client.cookies["wardround_session"].value
    browser.sign_in("zhang")
    assert browser.client.cookies["wardround_session"].value != first


def test_signing_out_ends_it(hire: Hire) -> None:
    hire("zhang", "reader")
    browser = Browser()
    browser.sign_in("zhang")
    kept = browser.client.cookies["wardround_session"].value
    assert browser("DELETE", "/session").status == 204
    browser.client.cookies["wardround_session"] = kept
    assert browser("GET", "/session").status == 401
    assert len(audited("account.sign_out")) == 1


def test_another_site_cannot_sign_somebody_in(hire: Hire) -> None:
    hire("zhang", "reader")
    body = {"user_name": "zhang", "password": PASSWORD}
    answer = Browser()("POST", "/session", body, **{"Sec-Fetch-Site": "cross-site"})
    assert (answer.status, answer.code) == (403, "cross_site")


def test_a_write_without_the_form_token_is_refused(hire: Hire) -> None:
    hire("zhang", "reader")
    browser = Browser()
    browser.sign_in("zhang")
    browser.form_token = False
    assert browser("PATCH", "/me", {"theme": "dark"}).status == 403
    browser.form_token = True
    assert browser("PATCH", "/me", {"theme": "dark"}).status == 200


class TestLockOut:
    def test_five_failures_lock_also_the_right_password(self, hire: Hire, moment: Clock) -> None:
        hire("zhang", "reader")
        for _ in range(5):
            assert Browser().sign_in("zhang", "wrong").code == "sign_in_failed"
        answer = Browser().sign_in("zhang")
        assert (answer.status, answer.code) == (423, "locked_out")
        assert "1 min" in answer.body["detail"]
        moment.at += timedelta(seconds=30)
        assert Browser().sign_in("zhang").status == 200

    def test_the_wait_doubles(self, hire: Hire, moment: Clock) -> None:
        hire("zhang", "reader")
        for _ in range(5):
            Browser().sign_in("zhang", "wrong")
        moment.at += timedelta(seconds=30)
        assert Browser().sign_in("zhang", "wrong").status == 401
        moment.at += timedelta(seconds=59)
        assert Browser().sign_in("zhang").status == 423
        moment.at += timedelta(seconds=1)
        assert Browser().sign_in("zhang").status == 200

    def test_an_unknown_name_locks_alike(self, db: None, moment: Clock) -> None:
        statuses = [Browser().sign_in("ghost", "wrong").status for _ in range(6)]
        assert statuses == [401] * 5 + [423]

    def test_success_clears_the_account(self, hire: Hire, moment: Clock) -> None:
        hire("zhang", "reader")
        for _ in range(4):
            Browser().sign_in("zhang", "wrong")
        assert Browser().sign_in("zhang").status == 200
        for _ in range(4):
            assert Browser().sign_in("zhang", "wrong").status == 401
        assert Browser().sign_in("zhang").status == 200

    def test_one_address_trying_many_names_is_locked(self, hire: Hire, moment: Clock) -> None:
        hire("zhang", "reader")
        attacker = Browser(address="10.9.9.9")
        for n in range(50):
            assert attacker.sign_in(f"guess{n}", "wrong").status == 401
        assert attacker.sign_in("zhang").status == 423
        assert Browser(address="10.0.0.2").sign_in("zhang").status == 200

    def test_an_administrator_unlocks(self, admin: Browser, hire: Hire, moment: Clock) -> None:
        account = hire("zhang", "reader")
        for _ in range(5):
            Browser().sign_in("zhang", "wrong")
        seen = admin("GET", f"/accounts/{account}").body
        assert seen["locked_until"] == "2026-11-23T08:00:30Z"
        assert admin("POST", f"/accounts/{account}/unlock").status == 200
        assert Browser().sign_in("zhang").status == 200
        assert len(audited("account.unlock")) == 1


def test_failures_are_in_the_audit_chain_and_passwords_are_nowhere(
    hire: Hire, everything_stored: Callable[[], str]
) -> None:
    account = hire("zhang", "reader")
    Browser().sign_in("zhang", "Typed-By-Mistake-1")
    Browser().sign_in("ghost", "Typed-By-Mistake-2")
    browser = Browser()
    browser.sign_in("zhang")
    known, unknown = audited("account.sign_in_failed")
    assert (known["subject_kind"], known["subject_id"]) == ("account", str(account))
    assert (unknown["subject_kind"], unknown["subject_id"]) == ("user_name", "ghost")
    assert known["detail"]["address"] == "10.0.0.1"
    (success,) = audited("account.sign_in")
    assert success["actor_id"] == account
    stored = everything_stored()
    assert "Typed-By-Mistake" not in stored
    assert PASSWORD not in stored
    assert browser.client.cookies["wardround_session"].value not in stored
    assert "$argon2id$" in stored


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"password": "x"}, "user_name"),
        ({"user_name": "x"}, "password"),
        ({"user_name": 7, "password": "x"}, "user_name"),
        ({"user_name": "x" * 201, "password": "x"}, "user_name"),
        ({"user_name": "a\0b", "password": "x"}, "user_name"),
        ({"user_name": "x", "password": "x", "colour": "red"}, "colour"),
    ],
)
def test_a_body_that_is_wrong_names_the_field(db: None, body: object, field: str) -> None:
    answer = Browser()("POST", "/session", body)
    assert (answer.status, answer.code) == (422, "bad_input")
    assert answer.body["problems"][0]["field"] == field
