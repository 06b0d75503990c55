"""The second factor: set up, asked for, never accepted twice, and taken off again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest

from tests.access.conftest import PASSWORD, Browser, Clock, Hire, audited

pytestmark = pytest.mark.django_db


@pytest.fixture
def zhang(hire: Hire, moment: Clock) -> tuple[Browser, pyotp.TOTP, list[str]]:
    """Zhang's browser, authenticator and recovery codes, a minute after setting up."""
    hire("zhang", "reader")
    browser = Browser()
    browser.sign_in("zhang")
    offer = browser("POST", "/me/totp", {"password": PASSWORD}).body
    phone = pyotp.parse_uri(offer["otpauth_url"])
    assert isinstance(phone, pyotp.TOTP)
    assert phone.secret == offer["secret"]
    answer = browser("POST", "/me/totp/confirm", {"code": phone.at(moment.at)})
    assert answer.status == 200, answer.body
    moment.at += timedelta(minutes=1)
    return browser, phone, answer.body["recovery_codes"]


Zhang = tuple[Browser, pyotp.TOTP, list[str]]


def test_the_password_alone_no_longer_opens(zhang: Zhang, moment: Clock) -> None:
    _browser, phone, _codes = zhang
    answer = Browser().sign_in("zhang")
    assert (answer.status, answer.code) == (401, "second_factor_needed")
    opened = Browser().sign_in("zhang", code=phone.at(moment.at))
    assert opened.status == 200
    assert opened.body["second_factor"] is True


def test_the_code_alone_tells_nothing_about_the_password(zhang: Zhang, moment: Clock) -> None:
    _browser, phone, _codes = zhang
    answer = Browser().sign_in("zhang", "wrong", code=phone.at(moment.at))
    assert answer.code == "sign_in_failed"


def test_no_code_opens_twice(zhang: Zhang, moment: Clock) -> None:
    _browser, phone, _codes = zhang
    code = phone.at(moment.at)
    assert Browser().sign_in("zhang", code=code).status == 200
    answer = Browser().sign_in("zhang", code=code)
    assert (answer.status, answer.code) == (401, "second_factor_wrong")
    moment.at += timedelta(seconds=30)
    assert Browser().sign_in("zhang", code=code).code == "second_factor_wrong"
    assert Browser().sign_in("zhang", code=phone.at(moment.at)).status == 200


def test_the_code_that_confirmed_it_does_not_open(hire: Hire, moment: Clock) -> None:
    hire("zhang", "reader")
    browser = Browser()
    browser.sign_in("zhang")
    phone = pyotp.TOTP(browser("POST", "/me/totp", {"password": PASSWORD}).body["secret"])
    browser("POST", "/me/totp/confirm", {"code": phone.at(moment.at)})
    assert Browser().sign_in("zhang", code=phone.at(moment.at)).code == "second_factor_wrong"


def test_five_wrong_codes_lock(zhang: Zhang, moment: Clock) -> None:
    _browser, phone, _codes = zhang
    for _ in range(5):
        assert Browser().sign_in("zhang", code="000000").code == "second_factor_wrong"
    assert Browser().sign_in("zhang", code=phone.at(moment.at)).status == 423


def test_a_recovery_code_opens_once(zhang: Zhang) -> None:
    _browser, _phone, codes = zhang
    assert len(set(codes)) == 10
    typed = codes[3].lower().replace("-", " ")
    assert Browser().sign_in("zhang", code=typed).status == 200
    assert Browser().sign_in("zhang", code=codes[3]).code == "second_factor_wrong"
    assert Browser().sign_in("zhang", code=codes[4]).status == 200


def test_it_is_off_until_it_is_confirmed(hire: Hire, moment: Clock) -> None:
    hire("zhang", "reader")
    browser = Browser()
    browser.sign_in("zhang")
    secret = browser("POST", "/me/totp", {"password": PASSWORD}).body["secret"]
    answer = browser("POST", "/me/totp/confirm", {"code": "000000"})
    assert (answer.status, answer.code, answer.body["field"]) == (
        422,
        "second_factor_wrong",
        "code",
    )
    assert Browser().sign_in("zhang").status == 200
    code = pyotp.TOTP(secret).at(moment.at)
    assert browser("POST", "/me/totp/confirm", {"code": code}).status == 200
    assert Browser().sign_in("zhang").status == 401


def test_nothing_to_confirm_is_refused(signed_in: Callable[..., Browser]) -> None:
    browser = signed_in("zhang", "reader")
    assert browser("POST", "/me/totp/confirm", {"code": "123456"}).code == "second_factor_wrong"


def test_guessing_the_code_of_an_offer_locks_like_guessing_at_the_door(
    hire: Hire, moment: Clock
) -> None:
    hire("zhang", "reader")
    browser = Browser()
    browser.sign_in("zhang")
    phone = pyotp.TOTP(browser("POST", "/me/totp", {"password": PASSWORD}).body["secret"])
    for _ in range(5):
        wrong = browser("POST", "/me/totp/confirm", {"code": "000000"})
        assert (wrong.status, wrong.code) == (422, "second_factor_wrong")
    right = {"code": phone.at(moment.at)}
    assert browser("POST", "/me/totp/confirm", right).status == 423
    assert len(audited("account.totp_failed")) == 5
    moment.at += timedelta(minutes=1)
    assert browser("POST", "/me/totp/confirm", {"code": phone.at(moment.at)}).status == 200


def test_an_offer_ends_with_the_password_it_was_made_with(hire: Hire, moment: Clock) -> None:
    hire("zhang", "reader")
    browser = Browser()
    browser.sign_in("zhang")
    phone = pyotp.TOTP(browser("POST", "/me/totp", {"password": PASSWORD}).body["secret"])
    new = {"old": PASSWORD, "new": "Night-Shift-2027"}
    assert browser("POST", "/session/password", new).status == 200
    answer = browser("POST", "/me/totp/confirm", {"code": phone.at(moment.at)})
    assert answer.code == "second_factor_wrong"


def test_a_new_offer_leaves_the_old_factor_in_force(zhang: Zhang, moment: Clock) -> None:
    browser, phone, _codes = zhang
    offered = browser("POST", "/me/totp", {"password": PASSWORD, "code": phone.at(moment.at)})
    assert offered.status == 200
    moment.at += timedelta(minutes=1)
    assert Browser().sign_in("zhang", code=phone.at(moment.at)).status == 200


def test_taking_it_off_asks_for_password_and_code(zhang: Zhang, moment: Clock) -> None:
    browser, phone, codes = zhang
    wrong = browser("DELETE", "/me/totp", {"password": PASSWORD, "code": "000000"})
    assert (wrong.status, wrong.code) == (422, "second_factor_wrong")
    assert Browser().sign_in("zhang").status == 401
    right = {"password": PASSWORD, "code": phone.at(moment.at)}
    assert browser("DELETE", "/me/totp", right).status == 204
    assert Browser().sign_in("zhang").status == 200
    assert Browser().sign_in("zhang", code=codes[0]).status == 200  # not asked for any more
    assert [len(audited(f"account.totp_{what}")) for what in ("on", "off", "failed")] == [1, 1, 1]


@pytest.mark.parametrize(
    ("proof", "code"),
    [
        ({"password": "wrong"}, "second_factor_needed"),
        ({"password": "wrong", "code": "right"}, "password_wrong"),
        ({"password": PASSWORD}, "second_factor_needed"),
        ({"password": PASSWORD, "code": "000000"}, "second_factor_wrong"),
    ],
)
def test_an_open_page_alone_puts_on_no_other_factor_and_takes_none_off(
    zhang: Zhang, moment: Clock, proof: dict[str, str], code: str
) -> None:
    browser, phone, _codes = zhang
    if proof.get("code") == "right":
        proof = {**proof, "code": phone.at(moment.at)}
    for method in ("POST", "DELETE"):
        answer = browser(method, "/me/totp", proof)
        assert (answer.status, answer.code) == (422, code)
    assert browser("GET", "/session").status == 200
    assert Browser().sign_in("zhang", code=phone.at(moment.at)).status == 200


def test_guessing_at_an_open_page_locks_like_guessing_at_the_door(
    zhang: Zhang, moment: Clock
) -> None:
    browser, phone, _codes = zhang
    for _ in range(5):
        wrong = {"password": "wrong", "code": phone.at(moment.at)}
        assert browser("POST", "/me/totp", wrong).code == "password_wrong"
    right = {"password": PASSWORD, "code": phone.at(moment.at)}
    assert browser("POST", "/me/totp", right).status == 423
    assert len(audited("account.password_failed")) == 5


def test_an_administrator_helps_who_lost_phone_and_codes(
    zhang: Zhang, admin: Browser, signed_in: Callable[..., Browser]
) -> None:
    account = zhang[0]("GET", "/session").body["account"]["id"]
    assert signed_in("li", "engineer")("DELETE", f"/accounts/{account}/totp").status == 403
    assert admin("DELETE", f"/accounts/{account}/totp").status == 204
    assert Browser().sign_in("zhang").status == 200


def test_secret_and_codes_are_not_stored_as_they_are(
    zhang: Zhang, everything_stored: Callable[[], str]
) -> None:
    _browser, phone, codes = zhang
    stored = everything_stored()
    assert phone.secret not in stored
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)
