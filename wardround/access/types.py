"""What crosses the door of `access`: frozen values, no rows."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from wardround.kernel import wording
from wardround.kernel.permissions import lacking
from wardround.kernel.types import ALWAYS, Actor, Scope, TimeRange
from wardround.kernel.wording import Label


class Theme(enum.StrEnum):
    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Language(enum.StrEnum):
    CHINESE = wording.CHINESE
    ENGLISH = wording.ENGLISH


@dataclass(frozen=True)
class AccountRef:
    """Enough to name a person on a screen."""

    id: UUID
    name: str
    user_name: str


@dataclass(frozen=True)
class RoleGiven:
    """A role an account has, and where it holds."""

    role: str
    scope: Scope
    problem: str = ""
    """Why nothing comes of its expression; none where it can be read."""


@dataclass(frozen=True)
class Expressed:
    """A role that an account is given by an expression over items."""

    id: UUID
    expression: str


@dataclass(frozen=True)
class Account:
    """A person (or a wall screen, or a program) that may sign in."""

    id: UUID
    user_name: str
    display_name: str
    email: str
    phone: str
    language: str
    theme: str
    active: bool
    person_item: UUID | None
    """The CMDB item of the same person, where there is one."""
    must_change_password: bool
    second_factor: bool
    created_at: datetime
    last_seen_at: datetime | None
    locked_until: datetime | None
    roles: tuple[RoleGiven, ...] = ()

    @property
    def ref(self) -> AccountRef:
        return AccountRef(self.id, self.display_name or self.user_name, self.user_name)


@dataclass(frozen=True)
class Way:
    """By which role somebody holds a permission, and where."""

    role: str
    label: Label
    counts_as: str
    """The role as what is shown to some roles only knows it; `*`: as each of them."""
    scope: Scope


@dataclass(frozen=True)
class Holding:
    """An account, or a program with a token of its, that holds a permission somewhere."""

    account: AccountRef
    token: str
    """What the token is called; empty for the account itself."""
    ways: tuple[Way, ...]


@dataclass(frozen=True)
class AccountDraft:
    """What an administrator may set; `None` leaves a field as it is (or at its default)."""

    user_name: str | None = None
    display_name: str | None = None
    email: str | None = None
    phone: str | None = None
    language: str | None = None
    theme: str | None = None
    active: bool | None = None
    person_item: UUID | None = None
    without_person: bool = False
    """Take the person away; `None` above cannot say that."""
    roles: tuple[RoleGiven, ...] | None = None


@dataclass(frozen=True)
class Role:
    """A named set of permissions; a built-in one grows with the product and cannot be edited."""

    id: UUID
    name: str
    label_zh: str
    label_en: str
    permissions: frozenset[str]
    built_in: bool

    @property
    def lacking(self) -> dict[str, tuple[str, ...]]:
        """Permissions of it that are of no use, with what they need beside."""
        return lacking(self.permissions)

    @property
    def label(self) -> Label:
        return Label(
            zh=self.label_zh or self.label_en or self.name,
            en=self.label_en or self.label_zh or self.name,
        )


@dataclass(frozen=True)
class AccountsWanted:
    """Filters of the list of accounts."""

    limit: int = 50
    cursor: str | None = None
    sort: str | None = None
    text: str = ""
    active: bool | None = None
    roles: tuple[str, ...] = ()
    seen: TimeRange = ALWAYS
    """When they were last seen; those who never came have no such moment."""


@dataclass(frozen=True)
class RoleDraft:
    """What may be set of a role; `None` leaves a field as it is."""

    name: str | None = None
    label_zh: str | None = None
    label_en: str | None = None
    permissions: frozenset[str] | None = None


@dataclass(frozen=True)
class DeclaredRole:
    """A role as a definition gives it: patterns, so that permissions of later versions fit in."""

    name: str
    label_zh: str
    label_en: str
    include: tuple[str, ...]
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True)
class Attempt:
    """One try to sign in, as it reached the door."""

    user_name: str
    password: str = field(repr=False)
    code: str = field(default="", repr=False)
    """From the second factor: six digits, or a recovery code."""
    address: str = ""
    program: str = ""
    """What the browser calls itself."""


@dataclass(frozen=True)
class Session:
    """A browser that is signed in."""

    id: UUID
    account: UUID
    created_at: datetime
    last_seen_at: datetime
    ends_at: datetime | None
    """`None` for a wall screen: it ends with the token it was opened with."""
    wall: bool
    address: str
    program: str


@dataclass(frozen=True)
class SignedIn:
    """A fresh session and the key that only the browser keeps."""

    session: Session
    account: Account
    key: str = field(repr=False)


@dataclass(frozen=True)
class Token:
    """An API token without its secret."""

    id: UUID
    name: str
    hint: str
    """The first characters, so that its owner recognises it."""
    permissions: frozenset[str] | None
    """`None`: everything its owner may do."""
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True)
class NewToken:
    token: Token
    secret: str = field(repr=False)
    """Shown once; only its hash is kept."""


@dataclass(frozen=True)
class TokenDraft:
    name: str
    permissions: frozenset[str] | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True)
class TotpOffer:
    """A second factor waiting for its first code."""

    secret: str = field(repr=False)
    address: str = field(repr=False)
    """The otpauth:// address that authenticator programs read from a QR code."""


@dataclass(frozen=True)
class SavedView:
    """A list as somebody likes to see it: the query part of its address, under a name."""

    id: UUID
    page: str
    name: str
    query: str
    shared: bool
    owner: AccountRef
    mine: bool


@dataclass(frozen=True)
class FirstAccount:
    """What the first start has to tell its user."""

    user_name: str
    password: str | None = field(repr=False)
    """`None` when accounts existed already."""
    created: bool


@dataclass(frozen=True)
class Opening:
    """What opens the door to somebody: a session, or a token without one."""

    session: UUID | None
    token: UUID | None


@dataclass(frozen=True)
class Recognised:
    """Whom the cookie or the token of a request belongs to."""

    actor: Actor
    session: UUID | None = None
    token: UUID | None = None
    must_change_password: bool = False

    @property
    def opening(self) -> Opening:
        return Opening(self.session, self.token)
