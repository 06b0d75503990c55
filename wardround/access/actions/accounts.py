"""Managing other people's accounts. Nobody may hand out, or take over, more than they have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from wardround.access import builtin_roles, keys, models, queries, rows, rules, signals
from wardround.access.actions import lockout
from wardround.access.actions.second_factor import take_off
from wardround.access.actions.tokens import refuse_more_than_own
from wardround.access.errors import LastAdministrator, MoreThanYouHave, NameTaken, OwnAccount
from wardround.access.permissions import MANAGE
from wardround.access.signals import Named, Renamed
from wardround.access.types import Account, AccountDraft, FirstAccount, RoleGiven
from wardround.kernel import among, audit
from wardround.kernel.errors import BadInput, FieldProblem, NotFound
from wardround.kernel.types import Actor, Scope, system_actor

_PLAIN = ("display_name", "email", "phone", "language", "theme", "active", "person_item")
_LOCK = 0x5741_5244_0101


@transaction.atomic
def create_account(actor: Actor, draft: AccountDraft, *, at: datetime) -> Account:
    """A new account. It opens only after `give_one_time_password`.

    Raises:
        NameTaken: the user name, or the person, has an account already.
        MoreThanYouHave: a role gives more than the actor holds.
        BadInput: an unknown role.

    """
    actor.require(MANAGE, systems=())
    lock_administration()
    row = models.Account(created_at=at)
    _fill(row, draft)
    row.save(force_insert=True)
    _set_roles(actor, row, draft.roles or ())
    audit.record(actor, "account.create", subject=("account", row.id), **_told(draft))
    return rows.account(row)


@transaction.atomic
def change_account(actor: Actor, account: UUID, draft: AccountDraft, *, at: datetime) -> Account:
    """Change what the draft names. An account that is switched off loses its sessions at once;
    definitions that name one follow its new name.

    Raises:
        LastAdministrator: nobody would be left to manage accounts.
        NameTaken, MoreThanYouHave, BadInput: as for `create_account`.

    """
    lock_administration()
    row = _held(actor, account)
    refuse_more_than_own(actor, row)
    name = row.user_name
    _fill(row, draft)
    row.save()
    if row.user_name != name:
        signals.tell(actor, Renamed(Named.ACCOUNT, name, row.user_name), at)
    if draft.roles is not None:
        _set_roles(actor, row, draft.roles)
    if not row.active:
        models.Session.objects.filter(account=row).delete()
    refuse_without_administrator()
    audit.record(actor, "account.change", subject=("account", row.id), **_told(draft))
    return rows.account(_fresh(row), locked_until=lockout.account_locked_until(row, at=at))


@transaction.atomic
def unlock_account(actor: Actor, account: UUID) -> Account:
    """Forget the failed sign-ins of an account."""
    row = _held_and_unlocked(actor, account)
    audit.record(actor, "account.unlock", subject=("account", row.id))
    return rows.account(row)


@transaction.atomic
def give_one_time_password(actor: Actor, account: UUID) -> str:
    """A new password to hand over; its first use must replace it. Ends every session.

    Raises:
        OwnAccount: one's own is changed with the old one, by nobody's token and no open session.

    """
    row = _held_and_unlocked(actor, account)
    _refuse_own(actor, row)
    refuse_more_than_own(actor, row)
    password = keys.random_password()
    row.password = keys.hashed_password(password)
    row.must_change_password = True
    row.totp_offered = ""  # whoever asked for it had the old password
    row.save(update_fields=["password", "must_change_password", "totp_offered"])
    models.Session.objects.filter(account=row, token=None).delete()
    audit.record(actor, "account.one_time_password", subject=("account", row.id))
    return password


@transaction.atomic
def remove_second_factor(actor: Actor, account: UUID) -> None:
    """For somebody who lost both phone and recovery codes; never one's own (`OwnAccount`)."""
    row = _held(actor, account)
    _refuse_own(actor, row)
    refuse_more_than_own(actor, row)
    take_off(row)
    audit.record(actor, "account.totp_removed", subject=("account", row.id))


@transaction.atomic
def ensure_first_account(
    *, user_name: str, at: datetime, password: str | None = None
) -> FirstAccount:
    """At the first start: an administrator, so that somebody can sign in.

    Args:
        user_name: of the administrator.
        at: this moment.
        password: one to keep (the demonstration's); else a one-time password is made.

    """
    lock_administration()
    if models.Account.objects.exists():
        return FirstAccount(user_name, None, created=False)
    builtin = models.Role.objects.get(name=builtin_roles.ADMINISTRATOR)
    given = password or keys.random_password()
    row = models.Account.objects.create(
        user_name=rules.normal_user_name(user_name),
        display_name=builtin.label_zh,
        password=keys.hashed_password(given),
        must_change_password=password is None,
        created_at=at,
    )
    models.RoleAssignment.objects.create(account=row, role=builtin, everything=True)
    audit.record(system_actor("start"), "account.create_first", subject=("account", row.id))
    return FirstAccount(row.user_name, given, created=True)


def refuse_without_administrator() -> None:
    """Raise `LastAdministrator` unless somebody who can sign in may manage accounts everywhere."""
    if not queries.somebody_manages():
        raise LastAdministrator


def lock_administration() -> None:
    """Who manages accounts and roles does it one after the other: two at once could take a name
    twice, or switch off the last two administrators.

    Who changes definitions takes it too, and before any other lock: they declare roles, and follow
    the names of accounts and roles.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _held(actor: Actor, account: UUID) -> models.Account:
    """The row, locked, for somebody who manages accounts everywhere."""
    actor.require(MANAGE, systems=())
    row = models.Account.objects.select_for_update().filter(id=account).first()
    if row is None:
        raise NotFound
    return row


def _held_and_unlocked(actor: Actor, account: UUID) -> models.Account:
    """The row, locked, with its failed sign-ins forgotten: these first, as whoever signs in holds
    them while waiting for the row.
    """
    actor.require(MANAGE, systems=())
    for name in models.Account.objects.filter(id=account).values_list("user_name", flat=True):
        lockout.unlock(name)
    return _held(actor, account)


def _refuse_own(actor: Actor, row: models.Account) -> None:
    if row.id == actor.id:
        raise OwnAccount


def _fresh(row: models.Account) -> models.Account:
    return models.Account.objects.prefetch_related("role_assignments__role").get(id=row.id)


def _fill(row: models.Account, draft: AccountDraft) -> None:
    if draft.user_name is not None:
        row.user_name = rules.normal_user_name(draft.user_name)
        _refuse_taken(row, "user_name", row.user_name)
    if draft.person_item is not None:
        _refuse_taken(row, "person_item", draft.person_item)
    for name in _PLAIN:
        value = getattr(draft, name)
        if value is not None:
            setattr(row, name, value)
    if draft.without_person:
        row.person_item = None


def _refuse_taken(row: models.Account, field: str, value: object) -> None:
    if models.Account.objects.filter(**{field: value}).exclude(id=row.id).exists():
        raise NameTaken(field=field, name=value)


def _told(draft: AccountDraft) -> dict[str, object]:
    """What the audit line says: new values, and the roles by name."""
    told: dict[str, object] = {
        name: value
        for name in ("user_name", *_PLAIN)
        if (value := getattr(draft, name)) is not None
    }
    if draft.without_person:
        told["person_item"] = None
    if draft.roles is not None:
        told["roles"] = [_told_role(given) for given in draft.roles]
    return {key: str(value) if isinstance(value, UUID) else value for key, value in told.items()}


def _told_role(given: RoleGiven) -> dict[str, object]:
    return {
        "role": given.role,
        "everything": given.scope.everything,
        "systems": sorted(map(str, given.scope.systems)),
        "organisations": sorted(map(str, given.scope.organisations)),
        **({"where": " ".join(given.scope.where)} if given.scope.where else {}),
    }


def _set_roles(actor: Actor, row: models.Account, wanted: Sequence[RoleGiven]) -> None:
    """Make the account's roles these; only what differs is touched, and only within one's reach."""
    known = {role.name: role for role in models.Role.objects.all()}
    _refuse_unknown(wanted, known)
    present = {given.role.name: given for given in row.role_assignments.select_related("role")}
    target = {given.role: given.scope for given in wanted}
    for name in present.keys() - target.keys():
        present[name].delete()
    for name, scope in target.items():
        if name in present and _stands(present[name], scope):
            continue
        more = rules.beyond(actor, rows.permissions(known[name]), scope)
        if more:
            raise MoreThanYouHave(field="roles", permissions=", ".join(sorted(more)))
        models.RoleAssignment.objects.update_or_create(
            account=row,
            role=known[name],
            defaults={
                "everything": scope.everything,
                "systems": sorted(scope.systems),
                "organisations": sorted(scope.organisations),
                "where": " ".join(scope.where),
                "where_lost": False,
            },
        )


def _stands(row: models.RoleAssignment, scope: Scope) -> bool:
    return rows.scope(row) == scope and not row.where_lost


def _refuse_unknown(wanted: Iterable[RoleGiven], known: dict[str, models.Role]) -> None:
    problems = [
        FieldProblem("roles", _("There is no role “%(name)s”.") % {"name": given.role}, row)
        for row, given in enumerate(wanted, start=1)
        if given.role not in known
    ]
    problems += [
        FieldProblem("roles", _("Say where the role holds: everywhere, or for which."), row)
        for row, given in enumerate(wanted, start=1)
        if given.scope.empty
    ]
    problems += _expressions_refused(wanted, known)
    if problems:
        raise BadInput(field="roles", problems=problems)


def _expressions_refused(
    wanted: Iterable[RoleGiven], known: dict[str, models.Role]
) -> Iterator[FieldProblem]:
    """What stands already is refused too: it reaches nothing, and whoever saves is told so."""
    for row, given in enumerate(wanted, start=1):
        scope, role = given.scope, known.get(given.role)
        if not scope.where or role is None:
            continue
        if scope.everything or scope.systems or scope.organisations:
            message = _(
                "A role holds everywhere, for some, or by an expression: choose one of them."
            )
            yield FieldProblem("roles", message, row)
        for expression in scope.where:
            if problem := among.problem(expression, rows.counting_as(role)):
                yield FieldProblem("roles", problem.message, row, offset=problem.offset)
