"""Checking a code of the second factor; inside the transaction that holds the account's row."""

from __future__ import annotations

from datetime import datetime

from wardround.access import keys, models, rules
from wardround.kernel.secrets import unseal

RECOVERY_CODES = 10


def code_is_right(account: models.Account, typed: str, *, at: datetime) -> bool:
    """Whether the code is good, and used up by this: neither kind opens twice."""
    code = rules.plain_code(typed)
    if not rules.is_totp_code(code):
        return _use_recovery_code(account, code, at=at)
    step = rules.totp_step(
        unseal(account.totp_sealed), code, last_step=account.totp_last_step, at=at
    )
    if step is None:
        return False
    account.totp_last_step = step
    account.save(update_fields=["totp_last_step"])
    return True


def _use_recovery_code(account: models.Account, code: str, *, at: datetime) -> bool:
    used = models.RecoveryCode.objects.filter(
        account=account, code_hash=keys.hashed_recovery_code(code), used_at=None
    ).update(used_at=at)
    return used > 0


def renew_recovery_codes(account: models.Account) -> tuple[str, ...]:
    """New codes in place of the old ones; shown once."""
    models.RecoveryCode.objects.filter(account=account).delete()
    codes = tuple(keys.new_recovery_code() for _ in range(RECOVERY_CODES))
    models.RecoveryCode.objects.bulk_create(
        models.RecoveryCode(
            account=account, code_hash=keys.hashed_recovery_code(rules.plain_code(code))
        )
        for code in codes
    )
    return codes
