"""API tokens: made once, narrowed to what their owner may do, revocable."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from wardround.access import keys, models, rows, rules
from wardround.access.actions.own import own_row, refuse_one_time_password
from wardround.access.errors import MoreThanYouHave
from wardround.access.permissions import MANAGE
from wardround.access.types import NewToken, TokenDraft
from wardround.kernel import audit
from wardround.kernel.errors import BadInput, FieldProblem, NotFound
from wardround.kernel.types import Actor

USUAL_LIFE = timedelta(days=365)
LONGEST_LIFE = timedelta(days=5 * 366)


@transaction.atomic
def create_token(actor: Actor, draft: TokenDraft, *, at: datetime) -> NewToken:
    """A token of one's own.

    Raises:
        BadInput: `permissions` that the owner does not hold, or an `expires_at` in the past or
            more than five years away.
        PasswordToReplace: the owner has signed in with a one-time password.

    """
    owner = own_row(actor)
    refuse_one_time_password(owner)
    _refuse_what_is_not_held(actor, draft)
    return _create(actor, owner, draft, at=at)


@transaction.atomic
def issue_token(actor: Actor, account: UUID, draft: TokenDraft, *, at: datetime) -> NewToken:
    """A token for somebody else's account, such as a wall screen's.

    Raises:
        Forbidden: the actor does not manage accounts.
        MoreThanYouHave: the account may do more than the actor.

    """
    actor.require(MANAGE, systems=())
    owner = models.Account.objects.select_for_update().filter(id=account, active=True).first()
    if owner is None:
        raise NotFound
    refuse_more_than_own(actor, owner)
    return _create(actor, owner, draft, at=at)


@transaction.atomic
def revoke_token(actor: Actor, token: UUID, *, at: datetime) -> None:
    """Close a token of one's own, and every wall screen that was opened with it."""
    owner = own_row(actor)
    row = models.Token.objects.filter(id=token, account=owner, revoked_at=None).first()
    if row is None:
        raise NotFound
    row.revoked_at = at
    row.save(update_fields=["revoked_at"])
    models.Session.objects.filter(token=row).delete()
    audit.record(actor, "token.revoke", subject=("token", row.id), name=row.name)


def refuse_more_than_own(actor: Actor, account: models.Account) -> None:
    """Raise `MoreThanYouHave` where acting for this account would widen the actor's own reach."""
    more = {
        key
        for grant in rows.grants(account)
        for key in rules.beyond(actor, grant.permissions, grant.scope)
    }
    if more:
        raise MoreThanYouHave(permissions=", ".join(sorted(more)))


def _refuse_what_is_not_held(actor: Actor, draft: TokenDraft) -> None:
    missing = sorted(key for key in draft.permissions or () if not actor.holds(key))
    if missing:
        problems = [
            FieldProblem("permissions", _("You do not hold “%(key)s” yourself.") % {"key": key})
            for key in missing
        ]
        raise BadInput(field="permissions", problems=problems)


def _create(actor: Actor, owner: models.Account, draft: TokenDraft, *, at: datetime) -> NewToken:
    expires_at = draft.expires_at or at + USUAL_LIFE
    if not at < expires_at <= at + LONGEST_LIFE:
        problem = FieldProblem("expires_at", _("Choose a moment within the next five years."))
        raise BadInput(field="expires_at", problems=[problem])
    secret = keys.new_token_secret()
    row = models.Token.objects.create(
        account=owner,
        name=draft.name,
        hint=keys.token_hint(secret),
        key_hash=keys.hashed_key(secret),
        permissions=None if draft.permissions is None else sorted(draft.permissions),
        created_at=at,
        expires_at=expires_at,
    )
    audit.record(
        actor,
        "token.create",
        subject=("token", row.id),
        account=str(owner.id),
        name=row.name,
        permissions=row.permissions,
        expires_at=expires_at,
    )
    return NewToken(token=rows.token(row), secret=secret)
