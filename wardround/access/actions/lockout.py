"""Counting failed sign-ins; used inside the transaction of the action that failed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from wardround.access import models, rows, rules
from wardround.access.errors import LockedOut

_POLICIES: Mapping[str, rules.LockPolicy] = {
    "account": rules.ACCOUNT_LOCK,
    "address": rules.ADDRESS_LOCK,
}


@dataclass(frozen=True)
class Counters:
    """The rows that count for one attempt, locked: guesses in parallel queue up here."""

    held: tuple[models.FailedSignIns, ...]

    def locked_until(self, *, at: datetime) -> datetime | None:
        return _locked_until(self.held, at=at)

    def failed(self, *, at: datetime) -> datetime | None:
        """Count one failure; returns the end of the lock that it brought, if it did."""
        for row in self.held:
            after = rules.after_failure(rows.failures(row), _POLICIES[row.kind], at=at)
            row.count, row.last_at = after.count, after.last_at
            row.locked_until = after.locked_until
            row.save()
        return self.locked_until(at=at)

    def succeeded(self) -> None:
        """Forget the account's failures. Not the address's: else an attacker with one account
        of their own could wash off every guess.
        """
        for row in self.held:
            if row.kind == "account":
                row.delete()


def hold(user_name: str, address: str) -> Counters:
    """The counters of this user name and address, made when missing, locked in a fixed order."""
    wanted = [("account", user_name), ("address", rules.caller(address))]
    models.FailedSignIns.objects.bulk_create(
        [models.FailedSignIns(kind=kind, subject=subject) for kind, subject in wanted if subject],
        ignore_conflicts=True,
    )
    return Counters(tuple(_of(user_name, address).order_by("kind").select_for_update()))


def refuse_when_locked(user_name: str, address: str, *, at: datetime) -> None:
    """The cheap look before a password is hashed; raises `LockedOut`."""
    until = _locked_until(_of(user_name, address), at=at)
    if until is not None:
        raise locked_out(until, at=at)


def locked_out(until: datetime, *, at: datetime) -> LockedOut:
    return LockedOut(minutes=max(1, -int((at - until).total_seconds() // 60)))


def unlock(user_name: str) -> None:
    models.FailedSignIns.objects.filter(kind="account", subject=user_name).delete()


def account_locked_until(row: models.Account, *, at: datetime) -> datetime | None:
    return _locked_until(_of(row.user_name, ""), at=at)


def _of(user_name: str, address: str) -> QuerySet[models.FailedSignIns]:
    return models.FailedSignIns.objects.filter(
        Q(kind="account", subject=user_name) | Q(kind="address", subject=rules.caller(address))
    )


def _locked_until(held: Iterable[models.FailedSignIns], *, at: datetime) -> datetime | None:
    return rows.latest(rules.locked_until(rows.failures(row), at=at) for row in held)
