"""Decisions about signing in, sessions, passwords, second factors and what roles add up to.

Pure: the moment is an argument, so every limit can be tested to the second.
"""

from __future__ import annotations

import enum
import hmac
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from fnmatch import fnmatchcase
from ipaddress import IPv4Address, IPv6Network, ip_address

import pyotp

from wardround.kernel.types import Actor, Grant, Scope


def normal_user_name(text: str) -> str:
    """One spelling per user name: full-width letters, case and outer blanks do not count."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def caller(address: str) -> str:
    """What counts as one address: an IPv6 caller commands a whole /64, so that is counted."""
    try:
        given = ip_address(address)
    except ValueError:
        return address
    if isinstance(given, IPv4Address):
        return str(given)
    if given.ipv4_mapped is not None:
        return str(given.ipv4_mapped)
    return str(IPv6Network((given.packed[:8] + bytes(8), 64)))


# --- lock-out -----------------------------------------------------------------------------


@dataclass(frozen=True)
class LockPolicy:
    """When failures lock, and for how long."""

    free: int
    """Failures that cost nothing."""
    first_wait: timedelta
    """After that each further failure doubles the wait, beginning here."""
    longest_wait: timedelta
    drain: timedelta
    """One failure is forgotten each time this passes without a new one."""


@dataclass(frozen=True)
class Failures:
    """What is known of failed sign-ins for one user name, or from one address."""

    count: int = 0
    last_at: datetime | None = None
    locked_until: datetime | None = None


ACCOUNT_LOCK = LockPolicy(
    free=5,
    first_wait=timedelta(seconds=30),
    longest_wait=timedelta(minutes=15),
    drain=timedelta(hours=1),
)
"""The wait is capped, so that an attacker cannot keep a known colleague out for a day."""

ADDRESS_LOCK = LockPolicy(
    free=50,
    first_wait=timedelta(seconds=30),
    longest_wait=timedelta(minutes=15),
    drain=timedelta(minutes=1),
)
"""A ward may share one address behind a gateway: many typing mistakes an hour are normal there."""

FAILURES_KEPT = timedelta(days=2)
"""Longer than any failure counts."""


def failures_left(failures: Failures, policy: LockPolicy, *, at: datetime) -> int:
    """How many past failures still count."""
    if failures.last_at is None:
        return 0
    forgotten = max(0, (at - failures.last_at) // policy.drain)
    return max(0, failures.count - forgotten)


def after_failure(failures: Failures, policy: LockPolicy, *, at: datetime) -> Failures:
    """One more failure: counted, and beyond the free ones it locks for a doubling wait."""
    count = failures_left(failures, policy, at=at) + 1
    beyond = count - policy.free
    if beyond < 0:
        return Failures(count, at)
    doublings = min(beyond, 20)  # far past any longest wait; keeps the product small
    wait = min(policy.first_wait * 2**doublings, policy.longest_wait)
    return Failures(count, at, at + wait)


def locked_until(failures: Failures, *, at: datetime) -> datetime | None:
    """The moment a lock ends, while it lasts."""
    until = failures.locked_until
    return until if until is not None and until > at else None


# --- sessions -----------------------------------------------------------------------------


@dataclass(frozen=True)
class SessionLimits:
    idle: timedelta = timedelta(minutes=60)
    whole: timedelta = timedelta(hours=12)


TOUCH_EVERY = timedelta(minutes=1)
"""How exactly the last use of sessions and tokens is kept: saves a write on most requests."""


def session_is_open(
    *,
    last_seen_at: datetime,
    ends_at: datetime | None,
    idle: timedelta | None,
    at: datetime,
) -> bool:
    """Whether neither the whole span nor the idle span has passed. `None` means no such limit."""
    if ends_at is not None and at >= ends_at:
        return False
    return idle is None or at - last_seen_at < idle


def worth_touching(last: datetime | None, *, at: datetime) -> bool:
    return last is None or at - last >= TOUCH_EVERY


# --- passwords ----------------------------------------------------------------------------


class PasswordFault(enum.StrEnum):
    TOO_SHORT = "too_short"
    COMMON = "common"
    TOO_PLAIN = "too_plain"
    LIKE_THE_ACCOUNT = "like_the_account"
    SAME_AS_BEFORE = "same_as_before"


SHORTEST_PASSWORD = 10
PASSPHRASE = 16
"""From this length on, kinds of characters no longer matter."""
_KINDS_NEEDED = 3
_TOO_ALIKE = 0.7


def password_faults(
    password: str, *, common: Collection[str], about: Iterable[str]
) -> list[PasswordFault]:
    """What is wrong with a new password.

    Args:
        password: as typed.
        common: passwords everybody tries first, in lower case.
        about: user name, name, mail and phone of its owner.

    """
    faults = []
    if len(password) < SHORTEST_PASSWORD:
        faults.append(PasswordFault.TOO_SHORT)
    if password.lower() in common:
        faults.append(PasswordFault.COMMON)
    if len(password) < PASSPHRASE and _kinds(password) < _KINDS_NEEDED:
        faults.append(PasswordFault.TOO_PLAIN)
    if any(_alike(password.casefold(), part) for part in _words(about)):
        faults.append(PasswordFault.LIKE_THE_ACCOUNT)
    return faults


def _kinds(password: str) -> int:
    """Lower case, upper case, digits, everything else (Chinese characters too)."""
    return len({_kind(character) for character in password})


def _kind(character: str) -> str:
    if character.isdigit():
        return "digit"
    if character.islower():
        return "lower"
    return "upper" if character.isupper() else "other"


def _words(about: Iterable[str]) -> Iterable[str]:
    for text in about:
        whole = text.casefold().strip()
        yield from {whole, *whole.replace("@", " ").replace(".", " ").split()} - {""}


def _alike(password: str, word: str) -> bool:
    if len(word) < 4:  # too short to be recognised in anything
        return False
    if word in password and len(word) * 2 >= len(password):
        return True
    return SequenceMatcher(a=password, b=word).quick_ratio() >= _TOO_ALIKE


# --- second factor ------------------------------------------------------------------------

TOTP_SECONDS = 30
_DRIFT_STEPS = (0, -1, 1)
"""Phones and servers disagree by some seconds: one step either way is let pass (RFC 6238 §5.2)."""


def totp_step(secret: str, code: str, *, last_step: int, at: datetime) -> int | None:
    """The time step a code belongs to; `None` when it is wrong or was used before.

    Keep the result as the next `last_step`: no step is accepted twice, nor one before it.
    """
    generator = pyotp.TOTP(secret, interval=TOTP_SECONDS)
    now = int(at.timestamp()) // TOTP_SECONDS
    for drift in _DRIFT_STEPS:
        step = now + drift
        if hmac.compare_digest(generator.generate_otp(step), code) and step > last_step:
            return step
    return None


def plain_code(typed: str) -> str:
    """A code as people type it: blanks and dashes do not count, nor does case."""
    folded = unicodedata.normalize("NFKC", typed)
    return "".join(c for c in folded if c.isalnum() and c.isascii()).upper()


def is_totp_code(code: str) -> bool:
    return len(code) == 6 and code.isdigit()


# --- what roles add up to -----------------------------------------------------------------


def chosen(
    keys: Iterable[str], *, include: Sequence[str], exclude: Sequence[str] = ()
) -> frozenset[str]:
    """The permission keys that match a pattern of `include` and none of `exclude`."""
    return frozenset(key for key in keys if _matches(key, include) and not _matches(key, exclude))


def _matches(key: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(key, pattern) for pattern in patterns)


def narrowed(grants: Iterable[Grant], allowed: frozenset[str] | None) -> tuple[Grant, ...]:
    """The grants of a token: its owner's, cut down to what the token may carry."""
    if allowed is None:
        return tuple(grants)
    cut = (replace(each, permissions=frozenset(filter(each.gives, allowed))) for each in grants)
    return tuple(grant for grant in cut if grant.permissions)


def within(inner: Scope, outer: Scope) -> bool:
    """Whether everything `inner` reaches is reached by `outer` too; of expressions that is known
    where they are the same.
    """
    if outer.everything:
        return True
    return (
        not inner.everything
        and inner.systems <= outer.systems
        and inner.organisations <= outer.organisations
        and inner.where <= outer.where
    )


def beyond(actor: Actor, permissions: Iterable[str], scope: Scope) -> frozenset[str]:
    """Those permissions that the actor does not hold over the whole scope.

    Who hands out a role may not hand out more than they have themselves.
    """
    return frozenset(key for key in permissions if not within(scope, actor.scope_of(key)))


def only_for_walls(grants: Iterable[Grant]) -> bool:
    """Whether the grants open boards and nothing else, as a screen that nobody guards must."""
    keys = {key for grant in grants for key in grant.permissions}
    return bool(keys) and all(key.startswith("boards.") for key in keys)
