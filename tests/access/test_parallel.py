"""Two at once at the same door: real connections, real locks."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from django.db import connection

from tests.access.conftest import OWNER, PASSWORD, Hire
from wardround.access import actions, queries
from wardround.access.types import AccountDraft, Attempt
from wardround.kernel.errors import WardroundError

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def together(*calls: Callable[[], object]) -> Counter[str]:
    """Run the calls at the same moment, each on a connection of its own; count the outcomes."""
    start = threading.Barrier(len(calls))

    def run(one: Callable[[], object]) -> str:
        start.wait()
        try:
            one()
        except WardroundError as error:
            return error.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(calls)) as pool:
        return Counter(pool.map(run, calls))


def attempt(password: str, code: str = "") -> Callable[[], object]:
    return lambda: actions.sign_in(Attempt("zhang", password, code, address="10.0.0.1"), at=AT)


def test_guessing_in_parallel_wins_no_extra_guess(hire: Hire) -> None:
    hire("zhang", "reader")
    outcomes = together(*[attempt(f"guess {n}") for n in range(12)])
    assert outcomes == {"sign_in_failed": 5, "locked_out": 7}


def test_one_code_opens_one_of_two_doors(hire: Hire) -> None:
    zhang = queries.actor_for(hire("zhang", "reader"))
    phone = pyotp.TOTP(actions.offer_totp(zhang, Attempt("", PASSWORD), at=AT).secret)
    earlier = phone.at(AT - timedelta(seconds=30))
    actions.confirm_totp(zhang, Attempt("", "", earlier), at=AT)
    outcomes = together(*[attempt(PASSWORD, phone.at(AT)) for _ in range(4)])
    assert outcomes == {"done": 1, "second_factor_wrong": 3}


def test_one_recovery_code_opens_one_of_two_doors(hire: Hire) -> None:
    zhang = queries.actor_for(hire("zhang", "reader"))
    phone = pyotp.TOTP(actions.offer_totp(zhang, Attempt("", PASSWORD), at=AT).secret)
    code, *_others = actions.confirm_totp(zhang, Attempt("", "", phone.at(AT)), at=AT)
    drop = Attempt("", PASSWORD, code, address="10.0.0.1")
    outcomes = together(
        *[attempt(PASSWORD, code) for _ in range(3)],
        lambda: actions.offer_totp(zhang, drop, at=AT),
    )
    assert outcomes["done"] == 1
    assert outcomes.total() == 4
    assert set(outcomes) <= {"done", "second_factor_wrong"}


def test_two_administrators_cannot_switch_each_other_off(hire: Hire) -> None:
    one, two = hire("one", "administrator"), hire("two", "administrator")
    off = AccountDraft(active=False)
    outcomes = together(
        lambda: actions.change_account(OWNER, one, off, at=AT),
        lambda: actions.change_account(OWNER, two, off, at=AT),
    )
    assert outcomes == {"done": 1, "last_administrator": 1}


def test_two_accounts_of_one_name_made_at_once_become_one(db: None) -> None:
    draft = AccountDraft(user_name="zhang")
    outcomes = together(*[lambda: actions.create_account(OWNER, draft, at=AT) for _ in range(4)])
    assert outcomes == {"done": 1, "name_taken": 3}


def test_proving_oneself_while_signing_in_ends_in_no_deadlock(hire: Hire) -> None:
    zhang = queries.actor_for(hire("zhang", "reader"))
    proof = Attempt("", PASSWORD, address="10.0.0.1")
    outcomes = together(
        *[attempt(PASSWORD) for _ in range(6)],
        *[lambda: actions.offer_totp(zhang, proof, at=AT) for _ in range(3)],
        *[lambda: actions.unlock_account(OWNER, zhang.id) for _ in range(3)],
    )
    assert outcomes == {"done": 12}
