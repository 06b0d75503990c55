"""Setting up and taking off one's own second factor."""

from __future__ import annotations

from datetime import datetime

import pyotp
from django.db import transaction

from wardround.access import models, rules
from wardround.access.actions import lockout
from wardround.access.actions.codes import code_is_right, renew_recovery_codes
from wardround.access.actions.own import own_row
from wardround.access.errors import SecondFactorWrong
from wardround.access.types import TotpOffer
from wardround.kernel import audit
from wardround.kernel.errors import WardroundError
from wardround.kernel.secrets import seal, unseal
from wardround.kernel.types import Actor

_ISSUER = "Wardround 查房"


@transaction.atomic
def offer_totp(actor: Actor) -> TotpOffer:
    """A new secret for an authenticator. The one in use stays good until this one is confirmed."""
    row = own_row(actor)
    secret = pyotp.random_base32()
    row.totp_offered = seal(secret)
    row.save(update_fields=["totp_offered"])
    audit.record(actor, "account.totp_offered", subject=("account", row.id))
    address = pyotp.TOTP(secret).provisioning_uri(name=row.user_name, issuer_name=_ISSUER)
    return TotpOffer(secret=secret, address=address)


def confirm_totp(actor: Actor, code: str, *, at: datetime) -> tuple[str, ...]:
    """Switch the offered secret on; returns the recovery codes, which nobody sees again.

    Raises:
        SecondFactorWrong: no secret was offered, or the code is not its own.

    """
    with transaction.atomic():
        row = own_row(actor)
        step = (
            rules.totp_step(unseal(row.totp_offered), rules.plain_code(code), last_step=0, at=at)
            if row.totp_offered
            else None
        )
        if step is None:
            raise SecondFactorWrong(field="code")
        row.totp_sealed, row.totp_offered, row.totp_last_step = row.totp_offered, "", step
        row.save(update_fields=["totp_sealed", "totp_offered", "totp_last_step"])
        codes = renew_recovery_codes(row)
        audit.record(actor, "account.totp_on", subject=("account", row.id))
        return codes


def drop_totp(actor: Actor, code: str, *, address: str, at: datetime) -> None:
    """Take the second factor off; asks for one last code. A wrong one counts as a failure."""
    with transaction.atomic():
        outcome = _dropped(actor, code, address=address, at=at)
    if outcome is not None:
        raise outcome


def _dropped(actor: Actor, code: str, *, address: str, at: datetime) -> WardroundError | None:
    row = own_row(actor)
    if not row.totp_sealed:
        return None
    counters = lockout.hold(row.user_name, address)
    until = counters.locked_until(at=at)
    if until is not None:
        return lockout.locked_out(until, at=at)
    if not code_is_right(row, code, at=at):
        counters.failed(at=at)
        audit.record(actor, "account.totp_failed", subject=("account", row.id))
        return SecondFactorWrong(field="code")
    take_off(row)
    audit.record(actor, "account.totp_off", subject=("account", row.id))
    return None


def take_off(row: models.Account) -> None:
    row.totp_sealed = row.totp_offered = ""
    row.save(update_fields=["totp_sealed", "totp_offered"])
    models.RecoveryCode.objects.filter(account=row).delete()
