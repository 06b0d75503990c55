"""Accounts found by what somebody types."""

from __future__ import annotations

from datetime import datetime

from wardround.access import models, queries
from wardround.access.permissions import READ
from wardround.kernel.finding import (
    Asked,
    Candidate,
    Found,
    Hit,
    Match,
    Searched,
    chosen,
    texts_of_name,
)
from wardround.kernel.reach import reach
from wardround.kernel.telephone import digits
from wardround.kernel.types import Actor
from wardround.kernel.wording import Label

_MOST = 10_000
"""Accounts that are looked at, by user name."""
_OPEN, _CLOSED = Label("账号", "Account"), Label("已停用的账号", "Deactivated account")


def _find(actor: Actor, asked: Asked, limit: int, _at: datetime) -> Found:
    """Accounts within the actor's reach, deactivated ones too; one statement."""
    rows = models.Account.objects.filter(queries.within(reach(actor, READ)))
    seen = rows.order_by("user_name")[:_MOST]
    found = chosen(asked, map(_candidate, seen.iterator()), limit)
    return Found(tuple(_hit(row, match) for row, match in found.best), found.total)


def _candidate(row: models.Account) -> Candidate[models.Account]:
    pieces = row.user_name, row.email, row.phone, digits(row.phone)
    return Candidate(row, str(row), texts_of_name(str(row), *pieces))


def _hit(row: models.Account, match: Match) -> Hit:
    return Hit(
        id=str(row.id),
        name=str(row),
        note=_OPEN if row.active else _CLOSED,
        match=match,
        by=row.user_name,
    )


ACCOUNTS = Searched(
    name="accounts",
    scope="people",
    label=Label("账号", "Accounts"),
    needs=READ,
    find=_find,
    order=4,
)
