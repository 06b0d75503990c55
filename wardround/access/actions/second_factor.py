"""Setting up and taking off one's own second factor."""

from __future__ import annotations

from datetime import datetime

import pyotp
from django.db import transaction

from wardround.access import keys, models, rules
from wardround.access.actions import lockout
from wardround.access.actions.codes import code_is_right, renew_recovery_codes
from wardround.access.actions.own import own_row_to_prove, refuse_one_time_password
from wardround.access.errors import CodeMissing, CodeWrong, PasswordWrong
from wardround.access.types import Attempt, TotpOffer
from wardround.kernel import audit
from wardround.kernel.errors import WardroundError
from wardround.kernel.secrets import seal, unseal
from wardround.kernel.types import Actor

_ISSUER = "Wardround 查房"


def offer_totp(actor: Actor, proof: Attempt, *, at: datetime) -> TotpOffer:
    """A new secret for an authenticator. The one in use stays good until this one is confirmed.

    Args:
        actor: whose account.
        proof: the password, and a code of the second factor that is in force, if one is: an open
            session alone must not put another lock on the account.
        at: this moment.

    Raises:
        PasswordWrong, CodeMissing, CodeWrong: what was wrong counts as a failed sign-in.

    """
    with transaction.atomic():
        outcome = _proved(actor, proof, at=at)
        if not isinstance(outcome, WardroundError):
            return _offered(actor, outcome)
    raise outcome


def _offered(actor: Actor, row: models.Account) -> TotpOffer:
    secret = pyotp.random_base32()
    row.totp_offered = seal(secret)
    row.save(update_fields=["totp_offered"])
    audit.record(actor, "account.totp_offered", subject=("account", row.id))
    address = pyotp.TOTP(secret).provisioning_uri(name=row.user_name, issuer_name=_ISSUER)
    return TotpOffer(secret=secret, address=address)


def confirm_totp(actor: Actor, proof: Attempt, *, at: datetime) -> tuple[str, ...]:
    """Switch the offered secret on; returns the recovery codes, which nobody sees again.

    Args:
        actor: whose account.
        proof: a code of the offered secret, and where it comes from: an open session alone must not
            find one by trying them all, and with it the recovery codes.
        at: this moment.

    Raises:
        CodeWrong: no secret was offered, or the code is not its own; of an offered one it counts as
            a failed sign-in.

    """
    with transaction.atomic():
        outcome = _confirmed(actor, proof, at=at)
    if isinstance(outcome, WardroundError):
        raise outcome
    return outcome


def _confirmed(actor: Actor, proof: Attempt, *, at: datetime) -> tuple[str, ...] | WardroundError:
    row, counters = own_row_to_prove(actor, proof.address)
    refuse_one_time_password(row)
    if not row.totp_offered:
        return CodeWrong(field="code")
    until = counters.locked_until(at=at)
    if until is not None:
        return lockout.locked_out(until, at=at)
    code = rules.plain_code(proof.code)
    step = rules.totp_step(unseal(row.totp_offered), code, last_step=0, at=at)
    if step is None:
        counters.failed(at=at)
        audit.record(actor, "account.totp_failed", subject=("account", row.id))
        return CodeWrong(field="code")
    row.totp_sealed, row.totp_offered, row.totp_last_step = row.totp_offered, "", step
    row.save(update_fields=["totp_sealed", "totp_offered", "totp_last_step"])
    codes = renew_recovery_codes(row)
    audit.record(actor, "account.totp_on", subject=("account", row.id))
    return codes


def drop_totp(actor: Actor, proof: Attempt, *, at: datetime) -> None:
    """Take the second factor off; asks for the password and one last code.

    Raises:
        PasswordWrong, CodeMissing, CodeWrong: what was wrong counts as a failed sign-in.

    """
    with transaction.atomic():
        outcome = _proved(actor, proof, at=at)
        if not isinstance(outcome, WardroundError):
            if outcome.totp_sealed:
                take_off(outcome)
                audit.record(actor, "account.totp_off", subject=("account", outcome.id))
            return
    raise outcome


def _proved(actor: Actor, proof: Attempt, *, at: datetime) -> models.Account | WardroundError:
    """The actor's own row, locked, once whoever asks has proved to be its owner."""
    row, counters = own_row_to_prove(actor, proof.address)
    refuse_one_time_password(row)
    until = counters.locked_until(at=at)
    if until is not None:
        return lockout.locked_out(until, at=at)
    if row.totp_sealed and not proof.code:
        return CodeMissing(field="code")
    failed = _failed(row, proof, at=at)
    if failed is None:
        return row
    act, error = failed
    counters.failed(at=at)
    audit.record(actor, act, subject=("account", row.id))
    return error


def _failed(
    row: models.Account, proof: Attempt, *, at: datetime
) -> tuple[str, WardroundError] | None:
    """What of the proof is wrong, and how the audit calls it. The password is judged first, so that
    a code is not used up beside a wrong one.
    """
    if not keys.password_matches(proof.password, row.password):
        return "account.password_failed", PasswordWrong(field="password")
    if row.totp_sealed and not code_is_right(row, proof.code, at=at):
        return "account.totp_failed", CodeWrong(field="code")
    return None


def take_off(row: models.Account) -> None:
    row.totp_sealed = row.totp_offered = ""
    row.save(update_fields=["totp_sealed", "totp_offered"])
    models.RecoveryCode.objects.filter(account=row).delete()
