"""Whether the platform works, from what its parts left in the database."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import DatabaseError, connection
from psycopg_pool import PoolTimeout

from wardround.history import queries as history


@dataclass(frozen=True)
class Part:
    name: str
    ok: bool
    text: str


@dataclass(frozen=True)
class Health:
    parts: tuple[Part, ...]

    @property
    def status(self) -> str:
        if not self.parts[0].ok:
            return "down"
        return "ok" if all(part.ok for part in self.parts) else "degraded"


def health_now() -> Health:
    """Ask each part; quick, and never raises."""
    database = _database()
    if not database.ok:
        return Health((database,))
    return Health((database, _history(), _workers(), _collectors()))


def _database() -> Part:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version')")
            version = cursor.fetchone()
    except (DatabaseError, PoolTimeout) as error:
        return Part("database", ok=False, text=str(error).split("\n")[0])
    return Part("database", ok=True, text=f"PostgreSQL {version[0] if version else '?'}")


def _history() -> Part:
    answers = history.answers()
    return Part("history", ok=answers, text="ClickHouse SQL" if answers else "—")


def _workers() -> Part:
    alive = _count(
        "SELECT count(*) FROM procrastinate_workers"
        " WHERE last_heartbeat > now() - interval '30 seconds'"
    )
    return Part("work", ok=alive > 0, text=str(alive))


def _collectors() -> Part:
    alive = _count(
        "SELECT count(*) FROM collect_collector WHERE last_at > now() - interval '30 seconds'"
    )
    return Part("collect", ok=alive > 0, text=str(alive))


def _count(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
    return int(row[0]) if row else 0
