"""Alerts of dates on which something ends: raised, told again with each notice, and ended."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from wardround.alerts import models, notices, statements
from wardround.alerts.actions import raising
from wardround.alerts.types import CLOSED, DATE_MOVED, EXPIRY, NEXT_NOTICE
from wardround.cmdb import expiring
from wardround.kernel.types import system_actor

logger = logging.getLogger(__name__)

DATES = system_actor("dates")
MOST = 10_000
"""Dates that are told of at once; those that end first come first."""


@transaction.atomic
def follow_dates(*, at: datetime) -> tuple[UUID, ...]:
    """Raise what is within notice now, end what holds no longer; gives the ids of new alerts.

    A fixed number of statements. An item's condition is left alone: what ends one day works today.
    """
    due = expiring.due(at, ended_for=notices.TOLD_AFTER, most=MOST)
    if len(due) == MOST:
        logger.warning("more than %s dates end soon; alerts tell of the first ones alone", MOST)
    statements.run(statements.ONE_AT_A_TIME)
    wanted = notices.wanted(due, expiring.today_at(at), at)
    rows = models.Alert.objects.filter(rule=EXPIRY)
    open_now = _standing(rows.filter(ended_at=None))
    closed = _standing(rows.filter(fingerprint__in=list(wanted), end_reason=CLOSED))
    turn = notices.turn(wanted, open_now, closed)
    raising.end_unmeasured(DATES, turn.ending, DATE_MOVED, at=at)
    raising.end_unmeasured(DATES, turn.stepping, NEXT_NOTICE, at=at)
    return raising.raise_alerts(DATES, turn.raising, at=at, judging=False)


def _standing(rows: QuerySet[models.Alert]) -> Sequence[notices.Standing]:
    found = rows.values_list("fingerprint", "value")
    return [notices.Standing(mark, value) for mark, value in found]
