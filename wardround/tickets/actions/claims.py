"""Whoever claims an alert first handles it: one row for each, whatever is delivered twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from wardround.alerts.signals import AlertRaised, AlertResolved


def raised(values: Sequence[AlertRaised]) -> dict[UUID, datetime | None]:
    """Alerts that nobody has handled yet, with their end if that was heard first; what is open
    still when its silence ends is handled anew, once.
    """
    pairs = sorted({value.alert_id: value.at for value in values}.items())
    again = sorted({value.alert_id for value in values if value.after_silence})
    return _claim(
        "INSERT INTO tickets_alert (alert, raised_at) "
        "SELECT * FROM unnest(%s::uuid[], %s::timestamptz[]) ON CONFLICT (alert) DO UPDATE "
        "SET raised_at = excluded.raised_at WHERE tickets_alert.raised_at IS NULL "
        "OR (tickets_alert.raised_at < excluded.raised_at AND tickets_alert.ended_at IS NULL "
        "AND tickets_alert.alert = ANY(%s::uuid[])) "
        "RETURNING alert, ended_at",
        pairs,
        again,
    )


def ended(values: Sequence[AlertResolved]) -> list[tuple[UUID, datetime]]:
    """Alerts whose end is news, if they have a ticket already."""
    ends = {value.alert_id: value.at for value in values}
    claimed = _claim(
        "INSERT INTO tickets_alert (alert, ended_at) "
        "SELECT * FROM unnest(%s::uuid[], %s::timestamptz[]) ON CONFLICT (alert) DO UPDATE "
        "SET ended_at = excluded.ended_at WHERE tickets_alert.ended_at IS NULL "
        "RETURNING alert, raised_at",
        sorted(ends.items()),
    )
    return [(alert, ends[alert]) for alert, raised_at in claimed.items() if raised_at]


def _claim(
    statement: str, pairs: Sequence[tuple[UUID, datetime]], *further: list[UUID]
) -> dict[UUID, datetime | None]:
    """Run a claim; sorted pairs, so that two deliveries never wait for each other."""
    if not pairs:
        return {}
    alerts, moments = zip(*pairs, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(alerts), list(moments), *further])
        return dict(cursor.fetchall())
