"""What people do to their own account: password, language and theme, saved views."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from wardround.access import keys, models, rows
from wardround.access.actions import lockout
from wardround.access.actions.passwords import refuse_weak
from wardround.access.actions.sign_in import open_session
from wardround.access.errors import NotForTokens, PasswordToReplace, PasswordWrong
from wardround.access.types import Account, AccountDraft, Attempt, SavedView, SignedIn
from wardround.kernel import audit
from wardround.kernel.errors import BadInput, FieldProblem, NotFound, WardroundError
from wardround.kernel.types import Actor, ActorKind

MOST_VIEWS = 200


def own_row(actor: Actor) -> models.Account:
    """The actor's own account, locked. A token may not touch what it hangs on."""
    _refuse_tokens(actor)
    row = models.Account.objects.select_for_update().filter(id=actor.id, active=True).first()
    if row is None:
        raise NotFound
    return row


def _refuse_tokens(actor: Actor) -> None:
    if actor.kind is not ActorKind.PERSON:
        raise NotForTokens


def own_row_to_prove(actor: Actor, address: str) -> tuple[models.Account, lockout.Counters]:
    """The actor's own account and what counts wrong proofs of being its owner, both locked.

    The counters first, as whoever signs in takes them: two at once wait for each other, and never
    both for the other.
    """
    _refuse_tokens(actor)
    names = models.Account.objects.filter(id=actor.id).values_list("user_name", flat=True)
    counters = lockout.hold(names.first() or "", address)
    return own_row(actor), counters


def refuse_one_time_password(row: models.Account) -> None:
    """Raise `PasswordToReplace` where a password that was handed over would be followed by a key
    that outlives it.
    """
    if row.must_change_password:
        raise PasswordToReplace


@transaction.atomic
def change_me(actor: Actor, draft: AccountDraft) -> Account:
    """Set one's own name, mail, phone, language or theme; nothing else in the draft counts."""
    row = own_row(actor)
    wanted = {
        name: value
        for name in ("display_name", "email", "phone", "language", "theme")
        if (value := getattr(draft, name)) is not None and value != getattr(row, name)
    }
    for name, value in wanted.items():
        setattr(row, name, value)
    if wanted:
        row.save(update_fields=list(wanted))
        audit.record(
            actor, "account.change_own", subject=("account", row.id), fields=sorted(wanted)
        )
    return rows.account(row)


def change_password(actor: Actor, attempt: Attempt, new: str, *, at: datetime) -> SignedIn:
    """Replace one's own password. Every session ends; the result is a new one for this browser.

    Args:
        actor: whose password.
        attempt: the old password, and where the request came from.
        new: the new one.
        at: this moment.

    Raises:
        PasswordWrong: the old one; it counts as a failed sign-in.
        PasswordRefused: with one problem for each rule that the new one breaks.

    """
    with transaction.atomic():
        outcome = _changed_password(actor, attempt, new, at=at)
    if isinstance(outcome, WardroundError):
        raise outcome
    return outcome


def _changed_password(
    actor: Actor, attempt: Attempt, new: str, *, at: datetime
) -> SignedIn | WardroundError:
    row, counters = own_row_to_prove(actor, attempt.address)
    until = counters.locked_until(at=at)
    if until is not None:
        return lockout.locked_out(until, at=at)
    if not keys.password_matches(attempt.password, row.password):
        counters.failed(at=at)
        audit.record(actor, "account.password_failed", subject=("account", row.id))
        return PasswordWrong(field="old")
    refuse_weak(new, row, field="new")
    row.password = keys.hashed_password(new)
    row.must_change_password = False
    row.totp_offered = ""  # whoever asked for it had the old password
    row.save(update_fields=["password", "must_change_password", "totp_offered"])
    models.Session.objects.filter(account=row, token=None).delete()
    audit.record(actor, "account.change_password", subject=("account", row.id))
    return open_session(row, address=attempt.address, program=attempt.program, at=at)


@transaction.atomic
def add_view(actor: Actor, *, page: str, name: str, query: str, shared: bool) -> SavedView:
    """Keep a list's filters under a name; the same name on the same page is replaced."""
    owner = own_row(actor)
    if models.SavedView.objects.filter(account=owner).count() >= MOST_VIEWS:
        message = _("You have %(most)s saved views already. Remove one first.")
        raise BadInput(problems=[FieldProblem("name", message % {"most": MOST_VIEWS})])
    row, _created = models.SavedView.objects.update_or_create(
        account=owner, page=page, name=name, defaults={"query": query, "shared": shared}
    )
    audit.record(actor, "view.save", subject=("view", row.id), page=page, name=name)
    return rows.saved_view(row, reader=actor.id)


@transaction.atomic
def remove_view(actor: Actor, view: UUID) -> None:
    owner = own_row(actor)
    deleted, _rows = models.SavedView.objects.filter(id=view, account=owner).delete()
    if not deleted:
        raise NotFound
    audit.record(actor, "view.remove", subject=("view", view))
