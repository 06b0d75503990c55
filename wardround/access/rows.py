"""From rows to the values that may leave the room."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from wardround.access import builtin_roles, models, rules, types
from wardround.access.limits import session_limits
from wardround.kernel import among
from wardround.kernel.reach import EVERYTHING, Reach
from wardround.kernel.types import EVERY_ROLE, Actor, ActorKind, Grant, Scope
from wardround.kernel.wording import Wording, untranslated

_LOST = Wording(
    untranslated(
        "A definition has changed what it asks for. It reaches nothing until it is said anew."
    )
)


def scope(row: models.RoleAssignment) -> Scope:
    return Scope(
        everything=row.everything,
        systems=frozenset(row.systems),
        organisations=frozenset(row.organisations),
        where=frozenset(filter(None, (row.where,))),
    )


def in_force(row: models.RoleAssignment) -> Scope:
    """As far as it reaches: by an expression that is not what it was, nothing."""
    given = scope(row)
    return replace(given, where=frozenset()) if row.where_lost else given


def given(row: models.RoleAssignment, told: Scope) -> types.RoleGiven:
    """A role as it is shown, with why nothing comes of its expression, where that is so."""
    problem = ""
    if told.where:
        found = among.problem(row.where, counting_as(row.role))
        problem = str(found.message) if found else _LOST.text() if row.where_lost else ""
    return types.RoleGiven(row.role.name, told, problem)


def role(row: models.Role) -> types.Role:
    return types.Role(
        id=row.id,
        name=row.name,
        label_zh=row.label_zh,
        label_en=row.label_en,
        permissions=permissions(row),
        built_in=row.built_in,
    )


def permissions(row: models.Role) -> frozenset[str]:
    if row.declared:
        return builtin_roles.chosen_by(row.permissions, row.excluded)
    return builtin_roles.permissions_of(row.name, row.permissions, built_in=row.built_in)


def grants(account: models.Account) -> tuple[Grant, ...]:
    """What the account's roles give; needs `role_assignments__role` prefetched to be cheap."""
    return tuple(
        Grant(permissions(assignment.role), in_force(assignment), counting_as(assignment.role))
        for assignment in account.role_assignments.all()
    )


def counting_as(row: models.Role) -> str:
    """The role by whose name something is shown to some only: the administrator is each of them."""
    administrator = row.built_in and row.name == builtin_roles.ADMINISTRATOR
    return EVERY_ROLE if administrator else row.name


def ways(row: models.Account, permission: str, reach: Reach) -> tuple[types.Way, ...]:
    """By which of its roles an account holds a permission, as far as that is within reach."""
    found = (
        types.Way(each.role.name, role(each.role).label, counting_as(each.role), told)
        for each in sorted(row.role_assignments.all(), key=lambda given: given.role.name)
        if permission in permissions(each.role) and not (told := _told(in_force(each), reach)).empty
    )
    return tuple(found)


def ref(row: models.Account) -> types.AccountRef:
    return types.AccountRef(row.id, str(row), row.user_name)


def account(
    row: models.Account, reach: Reach = EVERYTHING, *, locked_until: datetime | None = None
) -> types.Account:
    """An account as its reader sees it: of its roles what lies within his reach."""
    return types.Account(
        id=row.id,
        user_name=row.user_name,
        display_name=row.display_name,
        email=row.email,
        phone=row.phone,
        language=row.language,
        theme=row.theme,
        active=row.active,
        person_item=row.person_item,
        must_change_password=row.must_change_password,
        second_factor=bool(row.totp_sealed),
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        locked_until=locked_until,
        roles=tuple(
            given(assignment, told)
            for assignment in sorted(row.role_assignments.all(), key=lambda given: given.role.name)
            if not (told := _told(scope(assignment), reach)).empty
        ),
    )


def _told(given: Scope, reach: Reach) -> Scope:
    if reach.everything or given.everything:
        return given
    return Scope(
        systems=given.systems & reach.systems,
        organisations=given.organisations & reach.organisations,
        where=given.where & reach.expressions,
    )


def person(row: models.Account) -> Actor:
    """The account as an actor. Until a one-time password is replaced it may do nothing else."""
    return Actor(
        id=row.id,
        name=str(row),
        kind=ActorKind.PERSON,
        grants=() if row.must_change_password else grants(row),
        language=row.language,
    )


def bearer(owner: models.Account, token: models.Token) -> Actor:
    """A program (or a wall screen) that acts for the owner of its token."""
    allowed = None if token.permissions is None else frozenset(token.permissions)
    return Actor(
        id=owner.id,
        name=f"{owner} ({token.name})",
        kind=ActorKind.TOKEN,
        grants=rules.narrowed(grants(owner), allowed),
        language=owner.language,
    )


_ROLES = "account__role_assignments__role"


def sessions() -> QuerySet[models.Session]:
    """Of active accounts, with all that tells what they may do."""
    found = models.Session.objects.filter(account__active=True)
    return found.select_related("account", "token").prefetch_related(_ROLES)


def tokens() -> QuerySet[models.Token]:
    """Of active accounts, with all that tells what they may do."""
    found = models.Token.objects.filter(account__active=True)
    return found.select_related("account").prefetch_related(_ROLES)


def by_session(row: models.Session) -> types.Recognised:
    """Whom an open session belongs to."""
    if row.token is not None:
        actor = bearer(row.account, row.token)
        return types.Recognised(actor, session=row.id, token=row.token.id)
    return types.Recognised(
        person(row.account),
        session=row.id,
        must_change_password=row.account.must_change_password,
    )


def by_token(row: models.Token) -> types.Recognised:
    """Whom a good token belongs to."""
    return types.Recognised(bearer(row.account, row), token=row.id)


def session(row: models.Session) -> types.Session:
    return types.Session(
        id=row.id,
        account=row.account_id,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        ends_at=row.ends_at,
        wall=row.token_id is not None,
        address=row.address,
        program=row.program,
    )


def session_is_open(row: models.Session, *, at: datetime) -> bool:
    """A wall screen's session lives as long as its token; any other has both limits."""
    if row.token is not None:
        return token_is_good(row.token, at=at)
    return rules.session_is_open(
        last_seen_at=row.last_seen_at, ends_at=row.ends_at, idle=session_limits().idle, at=at
    )


def token_is_good(row: models.Token, *, at: datetime) -> bool:
    return row.revoked_at is None and at < row.expires_at


def token(row: models.Token) -> types.Token:
    return types.Token(
        id=row.id,
        name=row.name,
        hint=row.hint,
        permissions=None if row.permissions is None else frozenset(row.permissions),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
    )


def saved_view(row: models.SavedView, *, reader: UUID) -> types.SavedView:
    return types.SavedView(
        id=row.id,
        page=row.page,
        name=row.name,
        query=row.query,
        shared=row.shared,
        owner=ref(row.account),
        mine=row.account_id == reader,
    )


def failures(row: models.FailedSignIns) -> rules.Failures:
    return rules.Failures(row.count, row.last_at, row.locked_until)


def latest(moments: Iterable[datetime | None]) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)
