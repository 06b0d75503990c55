"""Signing in and out, and what a second factor does at the door."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from wardround.access import keys, models, rows, rules
from wardround.access.actions import lockout
from wardround.access.actions.codes import code_is_right
from wardround.access.errors import (
    NotForWalls,
    SecondFactorNeeded,
    SecondFactorWrong,
    SignInFailed,
    TokenRefused,
)
from wardround.access.limits import session_limits
from wardround.access.types import Attempt, SignedIn
from wardround.kernel import audit
from wardround.kernel.errors import NotFound, WardroundError
from wardround.kernel.types import Actor, system_actor

_DOOR = system_actor("access")
"""Who is named in the audit chain while nobody is signed in."""


def sign_in(attempt: Attempt, *, at: datetime) -> SignedIn:
    """Open a session for whoever has the password (and the second factor, where there is one).

    Raises:
        SignInFailed: whichever of user name, password or account was not good; an unknown user
            name takes as long and locks as soon as a known one.
        SecondFactorNeeded, SecondFactorWrong: the password was right.
        LockedOut: too many failures; also for the right password.

    """
    user_name = rules.normal_user_name(attempt.user_name)
    lockout.refuse_when_locked(user_name, attempt.address, at=at)
    stored = models.Account.objects.filter(user_name=user_name, active=True).values_list(
        "password", flat=True
    )
    proven = stored.first() or ""
    right = keys.password_matches(attempt.password, proven)  # slow: before any lock is held
    with transaction.atomic():
        outcome = _judged(user_name, proven if right else None, attempt, at=at)
    if isinstance(outcome, WardroundError):
        raise outcome
    return outcome


def _judged(
    user_name: str, proven: str | None, attempt: Attempt, *, at: datetime
) -> SignedIn | WardroundError:
    """The verdict, one attempt after the other: the counters are locked.

    Args:
        user_name: in its normal spelling.
        proven: the stored hash that the password was right for; `None` when it was wrong.
        attempt: the rest of it.
        at: this moment.

    """
    counters = lockout.hold(user_name, attempt.address)
    until = counters.locked_until(at=at)
    if until is not None:
        return lockout.locked_out(until, at=at)
    account = (
        models.Account.objects.select_for_update().filter(user_name=user_name, active=True).first()
    )
    if account is None or account.password != proven:  # changed since, when it was right
        _note_failure(user_name, attempt, counters.failed(at=at), account)
        return SignInFailed()
    error = _second_factor_error(account, attempt, at=at)
    if isinstance(error, SecondFactorWrong):
        _note_failure(user_name, attempt, counters.failed(at=at), account)
    if error is not None:
        return error
    counters.succeeded()
    return _let_in(account, attempt, at=at)


def _second_factor_error(
    account: models.Account, attempt: Attempt, *, at: datetime
) -> WardroundError | None:
    if not account.totp_sealed:
        return None
    if not attempt.code:
        return SecondFactorNeeded()
    return None if code_is_right(account, attempt.code, at=at) else SecondFactorWrong(field="code")


def _note_failure(
    user_name: str, attempt: Attempt, locked_until: datetime | None, account: models.Account | None
) -> None:
    audit.record(
        _DOOR,
        "account.sign_in_failed",
        subject=("account", account.id) if account else ("user_name", user_name),
        user_name=user_name,
        address=attempt.address,
        locked_until=locked_until,
    )


def _let_in(account: models.Account, attempt: Attempt, *, at: datetime) -> SignedIn:
    if keys.is_outdated(account.password):
        account.password = keys.hashed_password(attempt.password)
    account.last_seen_at = at
    account.save()
    signed_in = open_session(account, address=attempt.address, program=attempt.program, at=at)
    audit.record(
        rows.person(account),
        "account.sign_in",
        subject=("account", account.id),
        address=attempt.address,
        session=str(signed_in.session.id),
    )
    return signed_in


def open_session(
    account: models.Account,
    *,
    address: str,
    program: str,
    at: datetime,
    token: models.Token | None = None,
) -> SignedIn:
    """A new session with a new key: a key seen before the sign-in never becomes one."""
    key = keys.new_session_key()
    session = models.Session.objects.create(
        account=account,
        token=token,
        key_hash=keys.hashed_key(key),
        created_at=at,
        last_seen_at=at,
        ends_at=None if token else at + session_limits().whole,
        address=address[:64],
        program=program[:200],
    )
    return SignedIn(session=rows.session(session), account=rows.account(account), key=key)


@transaction.atomic
def open_wall(secret: str, *, address: str, program: str, at: datetime) -> SignedIn:
    """Turn a token that opens boards and nothing else into a session without an idle limit.

    Raises:
        TokenRefused: unknown, expired or revoked.
        NotForWalls: the token opens more than boards; an unguarded screen must not.

    """
    token = (
        models.Token.objects.select_related("account")
        .prefetch_related("account__role_assignments__role")
        .filter(key_hash=keys.hashed_key(secret), account__active=True)
        .first()
    )
    if token is None or not rows.token_is_good(token, at=at):
        raise TokenRefused(field="token")
    actor = rows.bearer(token.account, token)
    if not rules.only_for_walls(actor.grants):
        raise NotForWalls(field="token")
    signed_in = open_session(token.account, address=address, program=program, at=at, token=token)
    audit.record(
        actor,
        "account.wall_opened",
        subject=("account", token.account_id),
        address=address,
        token=str(token.id),
    )
    return signed_in


@transaction.atomic
def sign_out(actor: Actor, session: UUID | None) -> None:
    """End the session the request came with."""
    if session is not None and _delete_session(actor, session):
        audit.record(actor, "account.sign_out", subject=("account", actor.id))


@transaction.atomic
def end_session(actor: Actor, session: UUID) -> None:
    """End one of one's own sessions, on another machine perhaps."""
    if not _delete_session(actor, session):
        raise NotFound
    audit.record(
        actor, "account.session_ended", subject=("account", actor.id), session=str(session)
    )


def _delete_session(actor: Actor, session: UUID) -> bool:
    deleted, _ = models.Session.objects.filter(id=session, account_id=actor.id).delete()
    return bool(deleted)


@transaction.atomic
def clear_away(*, at: datetime) -> None:
    """Delete sessions that have ended and failures that no longer count; nothing depends on them,
    so no audit line.
    """
    idle_since = at - session_limits().idle
    models.Session.objects.filter(token=None).filter(
        Q(ends_at__lte=at) | Q(last_seen_at__lte=idle_since)
    ).delete()
    models.Session.objects.filter(token__expires_at__lte=at).delete()
    models.FailedSignIns.objects.filter(last_at__lt=at - rules.FAILURES_KEPT).delete()
