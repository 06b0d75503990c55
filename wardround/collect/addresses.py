"""What an address signs in with, and the address without it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

HIDDEN = "••••••"
"""Shown in place of a secret; given back, it means that the secret stays."""

_USER_INFO = re.compile(r"^((?:[^/?#@\s]*://)?)([^/?#\s]*)@")
"""In `scheme://user:password@host/…`, with a scheme or without."""
_NAMED = re.compile(
    r"""((?:^|[\s?&;#])(?:[\w.-]*(?:passw(?:or)?d|passphrase|pwd|token|secret|api[_-]?key)|key|sig)
    \s*=\s*)('(?:[^'\\]|\\.)*'|[^\s&;#]+)""",
    re.IGNORECASE | re.VERBOSE,
)
"""In `host=h password='p'` and in `…?token=t`."""


def signs_in(address: str) -> bool:
    """Whether an address carries a user name, a password or a token of its own."""
    return bool(_USER_INFO.match(address) or _NAMED.search(address))


def without_sign_in(address: str) -> str:
    """An address as it may be shown: what it signs in with is hidden."""
    shown = _USER_INFO.sub(rf"\g<1>{HIDDEN}@", address)
    return _NAMED.sub(rf"\g<1>{HIDDEN}", shown)


def without_secrets_in(told: str, address: str, secrets: Iterable[str]) -> str:
    """What a driver or a server says of a failure, without the address's sign-in and secrets."""
    told = told.replace(address, without_sign_in(address)) if address else told
    for secret in sorted({*_sign_in_of(address), *secrets}, key=len, reverse=True):
        if len(secret) >= _SHORTEST_HIDDEN:
            told = told.replace(secret, HIDDEN)
    return told


_SHORTEST_HIDDEN = 4
"""Shorter ones stand in any text by chance."""


def _sign_in_of(address: str) -> Iterator[str]:
    if user_info := _USER_INFO.match(address):
        _user, _colon, password = user_info[2].partition(":")
        yield from (user_info[2], password, unquote(password))
    for named in _NAMED.finditer(address):
        yield from (named[2], named[2].strip("'"), unquote(named[2]))
