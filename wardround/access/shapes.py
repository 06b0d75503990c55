"""The JSON of this room's routes, and how it turns into what the actions take."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints

from wardround.access import types
from wardround.access.types import Language, Theme
from wardround.kernel.audit_trail import TrailLine
from wardround.kernel.http import ListFilters, Moment, Ref, ShortFilters
from wardround.kernel.types import Scope

_NO_CONTROLS = r"^[^\x00-\x1f\x7f]*$"
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=100, pattern=_NO_CONTROLS)
]
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=_NO_CONTROLS),
]
UserName = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=64, pattern=r"^[^\x00-\x20\x7f/:]+$"
    ),
]
RoleName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,48}$")]
Email = Annotated[str, StringConstraints(max_length=254, pattern=r"^([^\s@\x00]+@[^\s@\x00]+)?$")]
Phone = Annotated[str, StringConstraints(pattern=r"^[0-9+() #*-]{0,32}$")]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Code = Annotated[str, StringConstraints(max_length=32)]
Query = Annotated[str, StringConstraints(max_length=2000, pattern=_NO_CONTROLS)]


class Strict(Schema):
    """What comes in: an unknown field is a mistake that gets named, not something to ignore."""

    model_config = ConfigDict(extra="forbid")


class SignInIn(Strict):
    user_name: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
    password: Annotated[str, StringConstraints(max_length=256)]
    code: Code | None = None


class WallIn(Strict):
    token: Secret


class PasswordIn(Strict):
    old: Secret
    new: Secret


class CodeIn(Strict):
    code: Code


class MeOut(Schema):
    id: UUID
    user_name: str
    display_name: str
    email: str
    phone: str
    language: str
    theme: str


class SessionOut(Schema):
    """Who is signed in and what they may do. Both limits are null with a token or on a wall."""

    account: MeOut
    permissions: list[str]
    second_factor: bool
    must_change_password: bool
    idle_minutes: float | None
    ends_at: datetime | None
    time_zone: str
    """The hospital's, in which times are shown."""


class MeIn(Strict):
    display_name: Line | None = None
    email: Email | None = None
    phone: Phone | None = None
    language: Language | None = None
    theme: Theme | None = None

    def draft(self) -> types.AccountDraft:
        return types.AccountDraft(**self.model_dump(exclude_none=True))


class OwnSessionOut(Schema):
    id: UUID
    created_at: datetime
    last_seen_at: datetime
    ends_at: datetime | None
    wall: bool
    address: str
    program: str
    current: bool


class TotpOut(Schema):
    secret: str
    otpauth_url: str


class RecoveryCodesOut(Schema):
    """Shown once; each opens the second factor one time."""

    recovery_codes: list[str]


class TokenIn(Strict):
    name: Name
    permissions: Annotated[list[str], Field(max_length=500)] | None = None
    expires_at: Moment | None = None

    def draft(self) -> types.TokenDraft:
        chosen = None if self.permissions is None else frozenset(self.permissions)
        return types.TokenDraft(self.name, chosen, self.expires_at)


class TokenOut(Schema):
    id: UUID
    name: str
    hint: str
    permissions: list[str] | None
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None

    @classmethod
    def of(cls, token: types.Token) -> TokenOut:
        return cls(**_token(token))


class NewTokenOut(TokenOut):
    token: str

    @classmethod
    def new(cls, made: types.NewToken) -> NewTokenOut:
        return cls(**_token(made.token), token=made.secret)


def _token(token: types.Token) -> dict[str, Any]:
    fields = dict(vars(token))
    fields["permissions"] = None if token.permissions is None else sorted(token.permissions)
    return fields


class ViewIn(Strict):
    page: Name
    name: Name
    query: Query = ""
    shared: bool = False


class ViewOut(Schema):
    id: UUID
    page: str
    name: str
    query: str
    shared: bool
    owner: Ref
    mine: bool

    @classmethod
    def of(cls, view: types.SavedView) -> ViewOut:
        owner = Ref(id=str(view.owner.id), name=view.owner.name)
        return cls(**{**vars(view), "owner": owner})


class ViewFilters(ShortFilters):
    page: Query | None = None


class ScopeShape(Strict):
    everything: bool = False
    systems: Annotated[list[UUID], Field(max_length=1000, default_factory=list)]
    organisations: Annotated[list[UUID], Field(max_length=1000, default_factory=list)]


class RoleGivenShape(Strict):
    role: str
    scope: ScopeShape

    def given(self) -> types.RoleGiven:
        scope = Scope(
            everything=self.scope.everything,
            systems=frozenset(self.scope.systems),
            organisations=frozenset(self.scope.organisations),
        )
        return types.RoleGiven(self.role, scope)

    @classmethod
    def of(cls, given: types.RoleGiven) -> RoleGivenShape:
        scope = ScopeShape(
            everything=given.scope.everything,
            systems=sorted(given.scope.systems),
            organisations=sorted(given.scope.organisations),
        )
        return cls(role=given.role, scope=scope)


class AccountChange(Strict):
    """Fields left out stay as they are; `person_item: null` takes the person away."""

    user_name: UserName | None = None
    display_name: Line | None = None
    email: Email | None = None
    phone: Phone | None = None
    language: Language | None = None
    theme: Theme | None = None
    active: bool | None = None
    person_item: UUID | None = None
    roles: Annotated[list[RoleGivenShape], Field(max_length=50)] | None = None

    def draft(self) -> types.AccountDraft:
        fields = self.model_dump(exclude_none=True, exclude={"roles"})
        without = "person_item" in self.model_fields_set and self.person_item is None
        given = None if self.roles is None else tuple(one.given() for one in self.roles)
        return types.AccountDraft(**fields, without_person=without, roles=given)


class AccountIn(AccountChange):
    user_name: UserName


class AccountOut(Schema):
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
    roles: list[RoleGivenShape]
    created_at: datetime
    must_change_password: bool | None
    second_factor: bool | None
    locked_until: datetime | None
    last_seen_at: datetime | None

    @classmethod
    def of(cls, account: types.Account, *, whole: bool) -> AccountOut:
        fields = dict(vars(account))
        fields["roles"] = [RoleGivenShape.of(given) for given in account.roles]
        if not whole:
            fields.update(dict.fromkeys(_FOR_MANAGERS))
        return cls(**fields)


_FOR_MANAGERS = ("must_change_password", "second_factor", "locked_until", "last_seen_at")


class AccountFilters(ListFilters):
    active: bool | None = None
    q: Query | None = None
    role: list[Query] = Field(default=[])


class OneTimePasswordOut(Schema):
    password: str


class RoleChange(Strict):
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


class RoleOut(Schema):
    """`label` is in the reader's language; the two others are for editing."""

    id: UUID
    name: str
    label: str
    label_zh: str
    label_en: str
    permissions: list[str]
    built_in: bool

    @classmethod
    def of(cls, role: types.Role, language: str) -> RoleOut:
        fields = {**vars(role), "permissions": sorted(role.permissions)}
        return cls(**fields, label=role.label(language))


class PermissionOut(Schema):
    key: str
    label: str
    room: str


class AuditFilters(ListFilters):
    q: Query | None = None
    actor: list[UUID] = Field(default=[])
    action: list[Query] = Field(default=[])
    subject_kind: list[Query] = Field(default=[])
    subject_id: list[Query] = Field(default=[])
    since: Moment | None = Field(default=None, alias="from")
    until: Moment | None = Field(default=None, alias="to")


class AuditOut(Schema):
    id: UUID
    at: datetime
    actor: Ref
    actor_kind: str
    action: str
    subject_kind: str
    subject_id: str
    detail: Any
    sealed: bool

    @classmethod
    def of(cls, found: TrailLine) -> AuditOut:
        line = found.line
        return cls(
            id=line.id,
            at=line.at,
            actor=Ref(id=str(line.actor_id), name=line.actor_name),
            actor_kind=line.actor_kind,
            action=line.action,
            subject_kind=line.subject_kind,
            subject_id=line.subject_id,
            detail=line.detail,
            sealed=found.sealed,
        )
