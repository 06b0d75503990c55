"""Whose request is this? Runs before every view, so it is two queries and seldom a write."""

from __future__ import annotations

from datetime import datetime

from wardround.access import keys, models, rows, rules
from wardround.access.types import Recognised


def by_session(key: str, *, at: datetime, background: bool = False) -> Recognised | None:
    """The actor behind a session cookie; `None` when it is unknown or has ended.

    Args:
        key: the cookie's value.
        at: this moment.
        background: an open page asked by itself; that keeps no idle session alive.

    """
    session = rows.sessions().filter(key_hash=keys.hashed_key(key)).first()
    if session is None or not rows.session_is_open(session, at=at):
        return None
    if not background and rules.worth_touching(session.last_seen_at, at=at):
        models.Session.objects.filter(id=session.id).update(last_seen_at=at)
        models.Account.objects.filter(id=session.account_id).update(last_seen_at=at)
    return rows.by_session(session)


def by_token(secret: str, *, at: datetime) -> Recognised | None:
    """The actor behind an API token; `None` when it is unknown, expired or revoked."""
    if not secret.startswith(keys.TOKEN_PREFIX):
        return None
    token = rows.tokens().filter(key_hash=keys.hashed_key(secret)).first()
    if token is None or not rows.token_is_good(token, at=at):
        return None
    if rules.worth_touching(token.last_used_at, at=at):
        models.Token.objects.filter(id=token.id).update(last_used_at=at)
    return rows.by_token(token)
