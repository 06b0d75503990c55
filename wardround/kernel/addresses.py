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
    r"""((?:^|[\s?&;#])(?:
        [\w.-]*(?:passw(?:or)?d|passphrase|pwd|token|secret|credentials?|authorization
            |(?:api|access|shared|account)[_-]?key)
        |(?:[\w.-]*[_.-])?(?:key|sig|signature|auth|jwt|sas|pass))
    \s*=\s*)('(?:[^'\\]|\\.)*'|[^\s&;#]+)""",
    re.IGNORECASE | re.VERBOSE,
)
"""In `host=h password='p'` and in `…?token=t`."""
_NEEDLESS = re.compile(r"%(?:2[DE]|3\d|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE])", re.IGNORECASE)
"""An encoded letter, digit, `-`, `.`, `_` or `~`: it means the same as itself (RFC 3986, 2.3)."""
_BARE_USER = re.compile(r"^(?!https?:|wss?:)([a-z][a-z0-9+.-]*://)[^/?#:@\s]+@", re.IGNORECASE)
"""`ssh://admin@host`; before a web server's name it would be a token."""


def signs_in(address: str) -> bool:
    """Whether an address carries a user name, a password or a token of its own."""
    plain = _plain(address)
    return bool(_USER_INFO.match(plain) or _NAMED.search(plain))


def tells_secret(address: str) -> bool:
    """Whether an address that people read carries a password or a token that is not hidden yet."""
    plain = _BARE_USER.sub(r"\1", _plain(address))
    return without_sign_in(plain) != plain


def without_sign_in(address: str) -> str:
    """An address as it may be shown: what it signs in with is hidden."""
    if not signs_in(address):
        return address
    shown = _USER_INFO.sub(rf"\g<1>{HIDDEN}@", _plain(address))
    return _NAMED.sub(rf"\g<1>{HIDDEN}", shown)


def _plain(address: str) -> str:
    """The same address, as short as it can be written."""
    return _NEEDLESS.sub(lambda found: unquote(found[0]), address)


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
