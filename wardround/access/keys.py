"""Secrets that leave the platform once and come back: how they are made, hashed and compared."""

from __future__ import annotations

import hashlib
import hmac
import secrets

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

from wardround.kernel.secrets import derived_key

TOKEN_PREFIX = "wr_"  # noqa: S105  # what a token begins with, so that leaks can be searched for
_HINT = len(TOKEN_PREFIX) + 6

# OWASP's argon2id setting of least memory: a morning's rush of sign-ins must not fill a small
# machine, and guessing is held back by the lock-out too.
_argon2 = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

_CLEAR_LETTERS = "abcdefghijkmnpqrstuvwxyz"
_CLEAR_CAPITALS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_CLEAR_DIGITS = "23456789"
"""Without letters and digits that are read for one another on a slip of paper."""


def hashed_password(password: str) -> str:
    return _argon2.hash(password)


_NOBODYS = hashed_password(secrets.token_hex(16))


def password_matches(password: str, stored: str) -> bool:
    """Whether this is the password. An account without one takes just as long to refuse."""
    try:
        _argon2.verify(stored or _NOBODYS, password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(stored)


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with other costs than today's."""
    return _argon2.check_needs_rehash(stored)


def random_password() -> str:
    """Four groups of four; every kind of character that the rules ask for is in each."""
    return "-".join(_group() for _ in range(4))


def _group() -> str:
    choice = secrets.choice
    return (
        choice(_CLEAR_CAPITALS)
        + choice(_CLEAR_LETTERS)
        + choice(_CLEAR_LETTERS)
        + choice(_CLEAR_DIGITS)
    )


def new_session_key() -> str:
    return secrets.token_urlsafe(32)


def new_token_secret() -> str:
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def token_hint(secret: str) -> str:
    return secret[:_HINT]


def hashed_key(key: str) -> bytes:
    """For secrets with 256 random bits: nothing to guess, so one plain hash will do."""
    return hashlib.sha256(key.encode()).digest()


def new_recovery_code() -> str:
    """50 random bits, as ABCDE-23456."""
    letters = (_CLEAR_CAPITALS + _CLEAR_DIGITS)[:32]
    text = "".join(secrets.choice(letters) for _ in range(10))
    return f"{text[:5]}-{text[5:]}"


def hashed_recovery_code(code: str) -> bytes:
    """Short enough to be guessed from a stolen table, hence keyed with the installation's key."""
    return hmac.digest(derived_key("recovery codes"), code.encode(), "sha256")
