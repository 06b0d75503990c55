"""How the platform itself does: its collectors and its queue, as their rows say."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from wardround.collect import rows, shards
from wardround.collect.models import CollectorProcessRow
from wardround.collect.types import CollectorRow
from wardround.kernel import clock

GONE_AFTER = timedelta(seconds=20)
"""A collector that has not spoken for so long is no longer running."""


def collectors() -> list[CollectorRow]:
    """Collectors that are running."""
    alive = CollectorProcessRow.objects.filter(last_at__gt=clock.now() - GONE_AFTER)
    return [rows.collector(row) for row in alive.order_by("host", "pid")]


def silent_collectors() -> int:
    """Collectors that hold their targets and do not speak: nobody else collects these."""
    with connection.cursor() as cursor:
        cursor.execute(shards.PRESENT, [shards.PRESENCE_LOCKS])
        row = cursor.fetchone()
    return max(0, (int(row[0]) if row else 0) - len(collectors()))


def queue_lengths() -> list[tuple[str, str, int]]:
    """Jobs of the platform's own queue: queue, status, how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT queue_name, status, count(*) FROM procrastinate_jobs GROUP BY 1, 2")
        return [(queue, status, count) for queue, status, count in cursor.fetchall()]


def oldest_waiting_job_seconds() -> float:
    """How long the oldest job that could run has been waiting; 0 without one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(extract(epoch FROM now() - min(coalesce(j.scheduled_at, e.at))), 0)"
            " FROM procrastinate_jobs j JOIN procrastinate_events e"
            " ON e.job_id = j.id AND e.type = 'deferred'"
            " WHERE j.status = 'todo' AND coalesce(j.scheduled_at, now()) <= now()"
        )
        row = cursor.fetchone()
    return float(row[0]) if row else 0.0
