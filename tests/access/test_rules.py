"""The pure decisions of the door, to the second and for every combination."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardround.access import rules
from wardround.access.rules import (
    ACCOUNT_LOCK,
    Failures,
    PasswordFault,
    after_failure,
    failures_left,
    locked_until,
)
from wardround.kernel.types import EVERYWHERE, NOWHERE, Actor, ActorKind, Grant, Scope

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105  # of no account

ids = st.integers(1, 4).map(lambda n: UUID(int=n))
scopes = st.builds(
    Scope,
    everything=st.booleans(),
    systems=st.frozensets(ids, max_size=3),
    organisations=st.frozensets(ids, max_size=3),
)
keys = st.sampled_from(["tickets.read", "tickets.work", "cmdb.read", "boards.read"])
grants = st.builds(Grant, st.frozensets(keys, max_size=4), scopes)
several_grants = st.lists(grants, max_size=4).map(tuple)


def actor(held: tuple[Grant, ...]) -> Actor:
    return Actor(UUID(int=9), "测试", ActorKind.PERSON, held)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("Zhang.Wei", "zhang.wei"), ("  admin ", "admin"), ("ＡＤＭＩＮ", "admin"), ("王芳", "王芳")],
)
def test_user_names_have_one_spelling(typed: str, kept: str) -> None:
    assert rules.normal_user_name(typed) == kept


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("testserver", "testserver"),
        ("", ""),
    ],
)
def test_what_counts_as_one_address(address: str, counted: str) -> None:
    assert rules.caller(address) == counted


class TestLockOut:
    def test_waits_double_up_to_a_quarter_of_an_hour(self) -> None:
        state, at, waits = Failures(), AT, []
        for _ in range(12):
            state = after_failure(state, ACCOUNT_LOCK, at=at)
            until = locked_until(state, at=at)
            waits.append(0 if until is None else int((until - at).total_seconds()))
            at = until or at
        assert waits == [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]

    def test_one_failure_an_hour_is_forgotten(self) -> None:
        state = Failures(count=4, last_at=AT)
        left = [failures_left(state, ACCOUNT_LOCK, at=AT + timedelta(hours=h)) for h in range(6)]
        assert left == [4, 3, 2, 1, 0, 0]

    @given(st.lists(st.integers(0, 20_000), min_size=1, max_size=60))
    def test_no_wait_is_ever_longer_than_the_longest(self, pauses: list[int]) -> None:
        state, at = Failures(), AT
        for pause in pauses:
            at += timedelta(seconds=pause)
            state = after_failure(state, ACCOUNT_LOCK, at=at)
            until = locked_until(state, at=at)
            assert until is None or until - at <= ACCOUNT_LOCK.longest_wait
            assert (until is None) == (state.count < ACCOUNT_LOCK.free)

    def test_a_clock_set_back_forgets_nothing(self) -> None:
        state = Failures(count=4, last_at=AT)
        assert failures_left(state, ACCOUNT_LOCK, at=AT - timedelta(days=1)) == 4


@pytest.mark.parametrize(
    ("seen_minutes_ago", "ends_in_minutes", "idle", "is_open"),
    [
        (0, 60, 60, True),
        (59, 60, 60, True),
        (60, 60, 60, False),
        (0, 1, 60, True),
        (0, 0, 60, False),
        (10_000, None, None, True),
        (10_000, None, 60, False),
        (0, None, 60, True),
    ],
)
def test_both_limits_of_a_session(
    *, seen_minutes_ago: int, ends_in_minutes: int | None, idle: int | None, is_open: bool
) -> None:
    ends = None if ends_in_minutes is None else AT + timedelta(minutes=ends_in_minutes)
    assert (
        rules.session_is_open(
            last_seen_at=AT - timedelta(minutes=seen_minutes_ago),
            ends_at=ends,
            idle=None if idle is None else timedelta(minutes=idle),
            at=AT,
        )
        is is_open
    )


@pytest.mark.parametrize(
    ("password", "faults"),
    [
        ("Ward-Round-2026", set()),
        ("护士站Ward2026!", set()),
        ("correct horse battery", set()),
        ("Short1!", {PasswordFault.TOO_SHORT}),
        ("alllowercase", {PasswordFault.TOO_PLAIN}),
        ("1234567890", {PasswordFault.COMMON, PasswordFault.TOO_PLAIN}),
        ("PassWord12", {PasswordFault.COMMON}),
        ("Zhang.Wei.1", {PasswordFault.LIKE_THE_ACCOUNT}),
        ("X13800138000x", {PasswordFault.LIKE_THE_ACCOUNT}),
        ("", {PasswordFault.TOO_SHORT, PasswordFault.TOO_PLAIN}),
    ],
)
def test_what_is_wrong_with_a_password(password: str, faults: set[PasswordFault]) -> None:
    about = ("zhang.wei", "张伟", "zhang.wei@hospital.example", "13800138000")
    common = {"1234567890", "password12"}
    assert set(rules.password_faults(password, common=common, about=about)) == faults


class TestTotp:
    def code(self, at: datetime) -> str:
        return pyotp.TOTP(SECRET).at(at)

    @pytest.mark.parametrize(
        ("seconds", "good"),
        [(-31, False), (-30, True), (0, True), (30, True), (59, True), (60, False)],
    )
    def test_one_step_of_drift_is_let_pass(self, *, seconds: int, good: bool) -> None:
        step = rules.totp_step(
            SECRET, self.code(AT + timedelta(seconds=seconds)), last_step=0, at=AT
        )
        assert (step is not None) is good

    def test_no_code_opens_twice_nor_an_older_one_after_it(self) -> None:
        now = rules.totp_step(SECRET, self.code(AT), last_step=0, at=AT)
        assert now is not None
        assert rules.totp_step(SECRET, self.code(AT), last_step=now, at=AT) is None
        before = self.code(AT - timedelta(seconds=30))
        assert rules.totp_step(SECRET, before, last_step=now, at=AT) is None
        after = self.code(AT + timedelta(seconds=30))
        assert rules.totp_step(SECRET, after, last_step=now, at=AT) == now + 1

    def test_the_vectors_of_rfc_6238(self) -> None:
        secret = pyotp.random_base32()
        assert rules.totp_step(secret, "", last_step=0, at=AT) is None
        rfc = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # the ASCII secret 12345678901234567890
        for moment, code in [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")]:
            at = datetime.fromtimestamp(moment, UTC)
            assert rules.totp_step(rfc, code, last_step=0, at=at) == moment // 30


@pytest.mark.parametrize(
    ("typed", "plain"),
    [("123 456", "123456"), ("１２３４５６", "123456"), ("abcde-23456", "ABCDE23456"), ("\0é", "")],
)
def test_codes_as_people_type_them(typed: str, plain: str) -> None:
    assert rules.plain_code(typed) == plain


@given(several_grants, keys, ids)
def test_what_is_held_is_the_union_of_the_grants(
    held: tuple[Grant, ...], key: str, system: UUID
) -> None:
    one_by_one = any(actor((grant,)).scope_of(key).covers(systems=[system]) for grant in held)
    assert actor(held).scope_of(key).covers(systems=[system]) is one_by_one


@given(several_grants, grants, keys)
def test_another_role_never_takes_anything_away(
    held: tuple[Grant, ...], more: Grant, key: str
) -> None:
    assert rules.within(actor(held).scope_of(key), actor((*held, more)).scope_of(key))


@given(several_grants, st.frozensets(keys), keys)
def test_a_token_holds_what_both_it_and_its_owner_hold(
    held: tuple[Grant, ...], allowed: frozenset[str], key: str
) -> None:
    narrowed = actor(rules.narrowed(held, allowed))
    expected = actor(held).scope_of(key) if key in allowed else NOWHERE
    assert narrowed.scope_of(key) == expected


@given(several_grants)
def test_a_token_without_a_list_holds_all_of_its_owner(held: tuple[Grant, ...]) -> None:
    assert rules.narrowed(held, None) == held


def test_a_token_narrows_an_owner_who_may_do_everything() -> None:
    everything = (Grant(frozenset({"*"}), EVERYWHERE),)
    narrowed = actor(rules.narrowed(everything, frozenset({"boards.read"})))
    assert narrowed.holds("boards.read")
    assert not narrowed.holds("tickets.read")


@given(scopes, scopes, scopes)
def test_reach_is_an_order(one: Scope, two: Scope, three: Scope) -> None:
    assert rules.within(one, one)
    assert rules.within(one, one | two)
    if rules.within(one, two) and rules.within(two, three):
        assert rules.within(one, three)


@given(several_grants, st.frozensets(keys), scopes)
def test_nobody_hands_out_more_than_they_have(
    held: tuple[Grant, ...], wanted: frozenset[str], scope: Scope
) -> None:
    more = rules.beyond(actor(held), wanted, scope)
    after = (*held, Grant(wanted - more, scope))
    for key in wanted - more:
        assert rules.within(actor(after).scope_of(key), actor(held).scope_of(key))


@pytest.mark.parametrize(
    ("keys_held", "fits"),
    [
        ({"boards.read"}, True),
        ({"boards.read", "boards.arrange"}, True),
        ({"boards.read", "tickets.read"}, False),
        ({"*"}, False),
        (set(), False),
    ],
)
def test_a_wall_gets_boards_and_nothing_else(*, keys_held: set[str], fits: bool) -> None:
    assert rules.only_for_walls([Grant(frozenset(keys_held), EVERYWHERE)]) is fits


@pytest.mark.parametrize(
    ("include", "exclude", "chosen"),
    [
        (("*",), (), {"access.manage", "access.read", "tickets.read", "tickets.work"}),
        (("*.read",), ("access.*",), {"tickets.read"}),
        (("tickets.*",), (), {"tickets.read", "tickets.work"}),
        ((), (), set()),
    ],
)
def test_roles_choose_by_pattern(
    include: tuple[str, ...], exclude: tuple[str, ...], chosen: set[str]
) -> None:
    known = ["access.manage", "access.read", "tickets.read", "tickets.work"]
    assert rules.chosen(known, include=include, exclude=exclude) == chosen


def test_the_limits_that_hospitals_were_told() -> None:
    """They stand in docs/access.md: who changes one changes a promise."""
    assert (rules.SHORTEST_PASSWORD, rules.PASSPHRASE) == (10, 16)
    assert rules.SessionLimits() == rules.SessionLimits(timedelta(hours=1), timedelta(hours=12))
    assert timedelta(minutes=1) == rules.TOUCH_EVERY


@pytest.mark.parametrize("length", range(9, 18))
def test_kinds_of_characters_matter_up_to_a_passphrase(length: int) -> None:
    plain = PasswordFault.TOO_PLAIN in rules.password_faults("q" * length, common=(), about=())
    assert plain is (length < 16)


@pytest.mark.parametrize("typed", ["12345", "1234567", "12345a", ""])
def test_a_code_of_an_authenticator_has_six_digits(typed: str) -> None:
    assert rules.is_totp_code("123456")
    assert not rules.is_totp_code(typed)
