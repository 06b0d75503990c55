"""Secrets at rest: sealed with the installation's key, never logged, never sent to a browser."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from wardround.kernel.errors import WardroundError


class SecretUnreadable(WardroundError):
    code = "secret_unreadable"
    message = _(
        "A stored secret cannot be opened: the key file of this installation is not the one it"
        " was sealed with. Restore the key file, or enter the secret again."
    )


def derived_key(purpose: str) -> bytes:
    """32 bytes for one purpose, derived from the installation's key (HKDF-like, one block)."""
    return hashlib.blake2b(
        settings.SECRET_KEY.encode(), digest_size=32, person=purpose.encode()[:16]
    ).digest()


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
