"""Secrets at rest: sealed with the installation's key, never logged, never sent to a browser."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings

from wardround.kernel.errors import SecretUnreadable


def derived_key(purpose: str, size: int = 32) -> bytes:
    """Bytes for one purpose, at most 64, derived from the installation's key (HKDF-like, one
    block).
    """
    return hashlib.blake2b(
        settings.SECRET_KEY.encode(), digest_size=size, person=purpose.encode()[:16]
    ).digest()


def installed() -> bool:
    """Whether there is an installation whose key this is; else nothing sealed can be judged."""
    return bool(settings.INSTALLED)


@lru_cache(maxsize=1)
def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derived_key("secrets")))


def seal(text: str) -> str:
    """Encrypt and authenticate; the result is printable."""
    return _fernet().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text that was sealed; raises `SecretUnreadable` under another key."""
    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise SecretUnreadable from None


def is_sealed(value: object) -> bool:
    """Whether it looks like what `seal` makes, under whichever key."""
    return isinstance(value, str) and _SEALED_WHOLE.fullmatch(value) is not None


SEALED = "gAAAA"
"""What everything sealed begins with (Fernet, version 0x80)."""
_SEALED_WHOLE = re.compile(rf"{SEALED}[A-Za-z0-9_-]{{90,}}={{0,2}}")


# Tokens in texts ---------------------------------------------------------------------------------

_TOKEN = "sealed:"  # noqa: S105  # what a token begins with
_TOKEN_WHOLE = re.compile(rf"{_TOKEN}[A-Za-z0-9_-]{{22,}}")
"""At least the 16 bytes that AES-SIV adds."""


@lru_cache(maxsize=1)
def _siv() -> AESSIV:
    return AESSIV(derived_key("tokens", 64))


def is_token(text: str) -> bool:
    return text.startswith(_TOKEN)


def looks_sealed(value: object) -> bool:
    """Whether it is, as a whole, what stands for a secret: sealed for a row, or a token."""
    if not isinstance(value, str):
        return False
    return is_sealed(value) or _TOKEN_WHOLE.fullmatch(value.strip()) is not None


def may_hold_sealed(text: str) -> bool:
    """Whether something that looks sealed can stand in a text; quick."""
    return _TOKEN in text or SEALED in text


def seal_for(place: str, text: str) -> str:
    """A token for a secret that may stand in a text: it opens for this place alone.

    The same secret gives the same token (AES-SIV), so that a text that did not change stays as it
    was; and a token that was carried to another place tells nobody anything there.
    """
    sealed = _siv().encrypt(text.encode(), [place.encode()])
    return _TOKEN + base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def unseal_for(place: str, token: str) -> str | None:
    """The secret; None under another key, or for another place."""
    body = token.removeprefix(_TOKEN)
    try:
        sealed = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        return _siv().decrypt(sealed, [place.encode()]).decode()
    except (InvalidTag, ValueError):
        return None
