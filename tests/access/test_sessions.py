"""Sessions: their two limits, the list of them, and what ends them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.access.conftest import PASSWORD, Browser, Clock, Hire, audited
from wardround.access import actions
from wardround.access.models import FailedSignIns, Session

pytestmark = pytest.mark.django_db
NEW = "Night-Shift-2027"


def test_an_idle_session_ends_after_an_hour(hire: Hire, moment: Clock) -> None:
    hire("zhang", "reader")
    browser = Browser()
    browser.sign_in("zhang")
    moment.at += timedelta(minutes=59, seconds=59)
    assert browser("GET", "/session").status == 200
    moment.at += timedelta(minutes=59)
    assert browser("GET", "/session").status == 200
    moment.at += timedelta(minutes=60)
    assert browser("GET", "/session").status == 401


def test_no_session_outlives_its_twelve_hours(hire: Hire, moment: Clock) -> None:
    hire("zhang", "reader")
    browser = Browser()
    browser.sign_in("zhang")
    for _ in range(23):
        moment.at += timedelta(minutes=30)
        assert browser("GET", "/session").status == 200
    moment.at += timedelta(minutes=30)
    assert browser("GET", "/session").status == 401


@pytest.mark.parametrize(
    "header", [("X-Wardround-Background", "1"), ("Accept", "text/event-stream")]
)
def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(
    hire: Hire, moment: Clock, header: tuple[str, str]
) -> None:
    hire("zhang", "reader")
    browser = Browser()
    browser.sign_in("zhang")
    for _ in range(5):
        moment.at += timedelta(minutes=10)
        asked = browser("GET", "/session", **dict([header]))
        assert asked.status == 200
    moment.at += timedelta(minutes=10)
    assert browser("GET", "/session").status == 401


def test_reading_writes_at_most_once_a_minute(
    signed_in: Callable[..., Browser], moment: Clock
) -> None:
    browser = signed_in("zhang", "reader")
    (before,) = Session.objects.values_list("last_seen_at", flat=True)
    moment.at += timedelta(seconds=59)
    browser("GET", "/session")
    assert list(Session.objects.values_list("last_seen_at", flat=True)) == [before]
    moment.at += timedelta(seconds=1)
    browser("GET", "/session")
    assert list(Session.objects.values_list("last_seen_at", flat=True)) == [moment.at]


def test_recognising_somebody_costs_three_queries(signed_in: Callable[..., Browser]) -> None:
    browser = signed_in("zhang", "reader", "engineer", "auditor")
    with CaptureQueriesContext(connection) as asked:
        assert browser("GET", "/me/views").status == 200
    assert len(asked) == 3 + 1


def test_one_sees_and_ends_ones_own_sessions_only(hire: Hire) -> None:
    hire("zhang", "reader")
    hire("li", "reader")
    desk, phone, other = Browser(), Browser(), Browser()
    desk.sign_in("zhang")
    phone.sign_in("zhang")
    other.sign_in("li")
    listed = desk("GET", "/me/sessions").body["items"]
    assert [one["current"] for one in listed].count(True) == 1
    assert len(listed) == 2
    phones = next(one["id"] for one in listed if not one["current"])
    assert other("DELETE", f"/me/sessions/{phones}").status == 404
    assert desk("DELETE", f"/me/sessions/{phones}").status == 204
    assert phone("GET", "/session").status == 401
    assert desk("GET", "/session").status == 200
    assert len(audited("account.session_ended")) == 1


def test_a_new_password_ends_every_other_session(hire: Hire) -> None:
    hire("zhang", "reader")
    desk, phone = Browser(), Browser()
    desk.sign_in("zhang")
    phone.sign_in("zhang")
    old_key = desk.client.cookies["wardround_session"].value
    answer = desk("POST", "/session/password", {"old": PASSWORD, "new": NEW})
    assert answer.status == 200, answer.body
    assert phone("GET", "/session").status == 401
    assert desk("GET", "/session").status == 200
    assert desk.client.cookies["wardround_session"].value != old_key
    assert Browser().sign_in("zhang").status == 401
    assert Browser().sign_in("zhang", NEW).status == 200
    assert len(audited("account.change_password")) == 1


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("short", "Use at least 10 characters."),
        ("Zhang.Wei-1", "It is too much like the user name, name, mail or phone."),
        ("alllowercase", "Mix at least three of"),
        ("1q2w3e4r5t6y", "This password is on every attacker's list."),
        (PASSWORD, "It is the same as the old one."),
    ],
)
def test_a_weak_password_is_refused_with_its_reasons(hire: Hire, new: str, said: str) -> None:
    hire("zhang.wei", "reader")
    browser = Browser()
    browser.sign_in("zhang.wei")
    answer = browser("POST", "/session/password", {"old": PASSWORD, "new": new})
    assert (answer.status, answer.code, answer.body["field"]) == (422, "password_refused", "new")
    assert any(said in one["message"] for one in answer.body["problems"])
    assert Browser().sign_in("zhang.wei").status == 200


def test_a_wrong_old_password_is_refused_and_counts(hire: Hire, moment: Clock) -> None:
    hire("zhang", "reader")
    browser = Browser()
    browser.sign_in("zhang")
    wrong = {"old": "Not-The-Old-1", "new": NEW}
    for _ in range(5):
        answer = browser("POST", "/session/password", wrong)
        assert (answer.status, answer.code, answer.body["field"]) == (422, "password_wrong", "old")
    assert browser("POST", "/session/password", {"old": PASSWORD, "new": NEW}).status == 423
    assert len(audited("account.password_failed")) == 5


def test_a_one_time_password_opens_only_the_way_to_a_new_one(admin: Browser, hire: Hire) -> None:
    account = hire("zhang", "engineer")
    given = admin("POST", f"/accounts/{account}/password").body["password"]
    browser = Browser()
    answer = browser.sign_in("zhang", given)
    assert answer.body["must_change_password"] is True
    assert answer.body["permissions"] == []
    assert browser("GET", "/roles").status == 403
    changed = browser("POST", "/session/password", {"old": given, "new": NEW})
    assert changed.body["must_change_password"] is False
    assert "access.read" in changed.body["permissions"]
    assert browser("GET", "/roles").status == 200


def test_switching_an_account_off_ends_its_sessions_and_tokens(admin: Browser, hire: Hire) -> None:
    account = hire("zhang", "engineer")
    browser = Browser()
    browser.sign_in("zhang")
    token = browser("POST", "/me/tokens", {"name": "script"}).body["token"]
    assert Browser(bearer=token)("GET", "/session").status == 200
    assert admin("PATCH", f"/accounts/{account}", {"active": False}).status == 200
    assert browser("GET", "/session").status == 401
    assert Browser(bearer=token)("GET", "/session").status == 401
    assert Browser().sign_in("zhang").code == "sign_in_failed"


def test_what_has_ended_is_cleared_away(hire: Hire, moment: Clock) -> None:
    hire("zhang", "reader")
    Browser().sign_in("zhang", "wrong")
    Browser().sign_in("zhang")
    moment.at += timedelta(minutes=30)
    Browser().sign_in("zhang")
    Browser().sign_in("ghost", "wrong")
    actions.clear_away(at=moment.at + timedelta(minutes=45))
    assert Session.objects.count() == 1
    assert FailedSignIns.objects.count() == 2
    actions.clear_away(at=moment.at + timedelta(days=3))
    assert Session.objects.count() == 0
    assert FailedSignIns.objects.count() == 0
