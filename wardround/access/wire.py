"""Sessions, accounts, roles and the audit chain as the API shows and takes them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from wardround.access import queries, types
from wardround.access.types import Language, Theme
from wardround.kernel.http import Moment, ShortFilters, TimedListFilters
from wardround.kernel.suggestions import Named
from wardround.kernel.telephone import normal_number
from wardround.kernel.typed_text import typed, typed_code
from wardround.kernel.types import Scope
from wardround.kernel.wire import Answer, Body, Label, Ref, Several


def _as_typed(given: object) -> object:
    return typed(given) if isinstance(given, str) else given


def _as_text(given: object) -> object:
    return " ".join(given) if isinstance(given, frozenset) else given


def _as_code(given: object) -> object:
    return typed_code(given) if isinstance(given, str) else given


def _as_number(given: str) -> str:
    """The one form of a telephone number; nothing stays nothing."""
    if not given.strip():
        return ""
    number = normal_number(given)
    if number is None:
        raise PydanticCustomError("no_phone_number", "expected a telephone number")
    return number


_NO_CONTROLS = r"^[^\x00-\x1f\x7f]*$"
Line = Annotated[
    str,
    BeforeValidator(_as_typed),
    StringConstraints(strip_whitespace=True, max_length=100, pattern=_NO_CONTROLS),
]
Name = Annotated[
    str,
    BeforeValidator(_as_typed),
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=_NO_CONTROLS),
]
UserName = Annotated[
    str,
    BeforeValidator(_as_typed),
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=64, pattern=r"^[^\x00-\x20\x7f/:]+$"
    ),
]
RoleName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,48}$")]
Email = Annotated[
    str,
    BeforeValidator(_as_code),
    StringConstraints(max_length=254, pattern=r"^([^\s@\x00]+@[^\s@\x00]+)?$"),
]
Phone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_as_number)]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Code = Annotated[str, StringConstraints(max_length=32)]
Query = Annotated[str, StringConstraints(max_length=2000, pattern=_NO_CONTROLS)]
Expression = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=2000, pattern=r"^[^\x00]*$")
]
"""A condition on items, in the language that filters their list."""
Keys = Annotated[list[str], BeforeValidator(sorted)]
"""A set of keys, in one order."""
Ids = Annotated[list[UUID], BeforeValidator(sorted)]


class SignInIn(Body):
    user_name: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
    password: Annotated[str, StringConstraints(max_length=256)]
    code: Code | None = None


class WallIn(Body):
    token: Secret


class PasswordIn(Body):
    old: Secret
    new: Secret


class ProofIn(Body):
    """That it is the owner who asks, not only somebody at an open page."""

    password: Secret
    code: Code | None = None


class CodeIn(Body):
    code: Code


class MeOut(Answer):
    id: UUID
    user_name: str
    display_name: str
    email: str
    phone: str
    language: str
    theme: str


class SessionOut(Answer):
    """Who is signed in and what they may do. Both limits are null with a token or on a wall."""

    account: MeOut
    permissions: list[str]
    second_factor: bool
    must_change_password: bool
    idle_minutes: float | None
    ends_at: datetime | None
    """The hospital's, in which times are shown."""


class MeIn(Body):
    display_name: Line | None = None
    email: Email | None = None
    phone: Phone | None = None
    language: Language | None = None
    theme: Theme | None = None

    def draft(self) -> types.AccountDraft:
        return types.AccountDraft(**self.model_dump(exclude_none=True))


class OwnSessionOut(Answer):
    id: UUID
    created_at: datetime
    last_seen_at: datetime
    ends_at: datetime | None
    wall: bool
    address: str
    program: str
    current: bool

    @classmethod
    def of(cls, session: types.Session, *, current: UUID | None) -> OwnSessionOut:
        return cls(**vars(session), current=session.id == current)


class TotpOut(Answer):
    secret: str
    otpauth_url: str = Field(validation_alias="address")


class RecoveryCodesOut(Answer):
    """Shown once; each opens the second factor one time."""

    recovery_codes: list[str]


class TokenIn(Body):
    name: Name
    permissions: Annotated[list[str], Field(max_length=500)] | None = None
    expires_at: Moment | None = None

    def draft(self) -> types.TokenDraft:
        chosen = None if self.permissions is None else frozenset(self.permissions)
        return types.TokenDraft(self.name, chosen, self.expires_at)


class TokenOut(Answer):
    id: UUID
    name: str
    hint: str
    permissions: Keys | None
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


class NewTokenOut(TokenOut):
    token: str

    @classmethod
    def of(cls, made: types.NewToken) -> NewTokenOut:
        return cls(**vars(made.token), token=made.secret)


class ViewIn(Body):
    page: Name
    name: Name
    query: Query = ""
    shared: bool = False


class ViewOut(Answer):
    id: UUID
    page: str
    name: str
    query: str
    shared: bool
    owner: Ref
    mine: bool


class ViewFilters(ShortFilters):
    page: Query | None = None


class ScopeIn(Body):
    everything: bool = False
    systems: Annotated[list[UUID], Field(max_length=1000, default_factory=list)]
    organisations: Annotated[list[UUID], Field(max_length=1000, default_factory=list)]
    where: Expression = ""
    """Items of which this expression is true; then it holds nowhere else."""


class ScopeOut(Answer):
    everything: bool
    systems: Ids
    organisations: Ids
    where: Annotated[str, BeforeValidator(_as_text)]


class RoleGivenIn(Body):
    role: str
    scope: ScopeIn

    def given(self) -> types.RoleGiven:
        scope = Scope(
            everything=self.scope.everything,
            systems=frozenset(self.scope.systems),
            organisations=frozenset(self.scope.organisations),
            where=frozenset(filter(None, (self.scope.where,))),
        )
        return types.RoleGiven(self.role, scope)


class RoleGivenOut(Answer):
    role: str
    scope: ScopeOut
    problem: str
    """Why its expression reaches nothing; none where it can be read."""


class AccountChange(Body):
    """Fields left out stay as they are; `person_item: null` takes the person away."""

    user_name: UserName | None = None
    display_name: Line | None = None
    email: Email | None = None
    phone: Phone | None = None
    language: Language | None = None
    theme: Theme | None = None
    active: bool | None = None
    person_item: UUID | None = None
    roles: Annotated[list[RoleGivenIn], Field(max_length=50)] | None = None

    def draft(self) -> types.AccountDraft:
        fields = self.model_dump(exclude_none=True, exclude={"roles"})
        without = "person_item" in self.model_fields_set and self.person_item is None
        given = None if self.roles is None else tuple(role.given() for role in self.roles)
        return types.AccountDraft(**fields, without_person=without, roles=given)


class AccountIn(AccountChange):
    user_name: UserName


class AccountOut(Answer):
    """`locked_until`, `last_seen_at` and the like are null for readers who manage nobody."""

    id: UUID
    user_name: str
    display_name: str
    email: str
    phone: str
    language: str
    theme: str
    active: bool
    person_item: UUID | None
    roles: list[RoleGivenOut]
    created_at: datetime
    must_change_password: bool | None
    second_factor: bool | None
    locked_until: datetime | None
    last_seen_at: datetime | None

    def for_readers(self) -> AccountOut:
        """Without what only those who manage accounts may know."""
        return self.model_copy(update=dict.fromkeys(_FOR_MANAGERS))


_FOR_MANAGERS = ("must_change_password", "second_factor", "locked_until", "last_seen_at")


class AccountFilters(TimedListFilters):
    active: bool | None = None
    q: Query | None = None
    role: list[Annotated[Query, Named("role", queries.every_role_name)]] = Several


class OneTimePasswordOut(Answer):
    password: str


class RoleChange(Body):
    name: RoleName | None = None
    label_zh: Line | None = None
    label_en: Line | None = None
    permissions: Annotated[list[str], Field(max_length=500)] | None = None

    def draft(self) -> types.RoleDraft:
        fields = self.model_dump(exclude_none=True)
        if self.permissions is not None:
            fields["permissions"] = frozenset(self.permissions)
        return types.RoleDraft(**fields)


class RoleIn(RoleChange):
    name: RoleName


class RoleOut(Answer):
    """`label` is in the reader's language; the two others are for editing."""

    id: UUID
    name: str
    label: Label
    label_zh: str
    label_en: str
    permissions: Keys
    lacking: dict[str, list[str]]
    """Permissions of it that are of no use, with those they need beside."""
    built_in: bool


class PermissionOut(Answer):
    key: str
    label: Label
    room: str
