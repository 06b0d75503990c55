"""Whether the platform works, from what its parts left in the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from django.conf import settings
from django.db import connections

from wardround.history import queries as history
from wardround.kernel.disk import room_at
from wardround.kernel.errors import WardroundError
from wardround.kernel.wording import told
from wardround.web.connections import ProbingConnection, parameters
from wardround.web.live import broker

Connection = psycopg.Connection[Any]


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
    """Ask each part over a connection of its own; answers within seconds, and never raises."""
    try:
        wanted = {**parameters("health"), "connect_timeout": 3}
        with ProbingConnection.connect(**wanted) as connection:
            parts = tuple(part(connection) for part in (_database, _workers, _collectors))
    except psycopg.Error as error:
        return Health((Part("database", ok=False, text=str(error).split("\n")[0]), *_disk()))
    return Health((parts[0], *_disk(), _front_end(), _history(), *parts[1:]))


def _disk() -> tuple[Part, ...]:
    """The disk of this machine's data folder; a front end without one has nothing to tell."""
    room = room_at(settings.DATA_FOLDER) if settings.INSTALLED else None
    if room is None:
        return ()
    megabytes = room.free // 2**20
    if room.full:
        text = told("the disk is full; nothing can be written until some space is freed")
    elif not room.enough:
        text = told("almost full: %(megabytes)s MB are free; free some space", megabytes=megabytes)
    else:
        text = told("%(gigabytes).1f GB free", gigabytes=room.free / 2**30)
    return (Part("disk", ok=room.enough, text=text),)


def _front_end() -> Part:
    """This process: what its budgets are used for. Somebody who waits for a connection while none
    is free waits as long as whoever holds them.
    """
    pool = connections["default"].pool  # type: ignore[attr-defined]  # PostgreSQL's has one
    held = pool.get_stats() if pool else {}
    free = held.get("pool_available", 0) + settings.CONNECTIONS - held.get("pool_size", 0)
    ok = len(broker) < settings.STREAMS and not (held.get("requests_waiting") and free <= 0)
    return Part(
        "web",
        ok=ok,
        text=told(
            "%(streams)s of %(most)s listening pages; %(used)s of %(connections)s connections to"
            " the database in use, %(waiting)s requests wait for one",
            streams=len(broker),
            most=settings.STREAMS,
            used=settings.CONNECTIONS - free,
            connections=settings.CONNECTIONS,
            waiting=held.get("requests_waiting", 0),
        ),
    )


def _database(connection: Connection) -> Part:
    version = _single(connection, "SELECT current_setting('server_version')")
    return Part("database", ok=True, text=f"PostgreSQL {version}")


def _history() -> Part:
    if not history.answers():
        return Part("history", ok=False, text="—")
    try:
        damaged = len(history.damaged_parts())
    except WardroundError:
        return Part("history", ok=False, text="—")
    text = "ClickHouse SQL"
    if damaged:
        text += "; " + told("parts that the disk damaged: %(number)s", number=damaged)
    return Part("history", ok=not damaged, text=text)


def _workers(connection: Connection) -> Part:
    alive = _single(
        connection,
        "SELECT count(*) FROM procrastinate_workers"
        " WHERE last_heartbeat > now() - interval '30 seconds'",
    )
    return Part("work", ok=bool(alive), text=str(alive))


_STOOD = """
SELECT coalesce(sum((figures->>'stood_total')::float8), 0)::int FROM collect_collector
WHERE last_at > now() - interval '30 seconds' AND (figures->>'stood_recently')::float8 > 0
"""
_LOSING = """
SELECT count(*) FROM collect_collector
WHERE last_at > now() - interval '30 seconds' AND (figures->>'spool_fails')::float8 > 0
"""
_OVER = """
SELECT coalesce(sum((figures->>'targets_over_budget')::float8), 0)::int,
       coalesce(sum((figures->>'series_refused')::float8), 0)::int,
       coalesce(bool_or((figures->>'series')::float8 >= (figures->>'series_most')::float8), false)
FROM collect_collector WHERE last_at > now() - interval '30 seconds'
"""


def _collectors(connection: Connection) -> Part:
    alive = _single(
        connection,
        "SELECT count(*) FROM collect_collector WHERE last_at > now() - interval '30 seconds'",
    )
    bereft = _single(
        connection,
        "SELECT count(*) FROM collect_target t WHERE t.enabled AND t.undeclared_at IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM schema_definition d WHERE d.current"
        " AND d.kind = 'monitor-template' AND d.name = t.template)",
    )
    losing, stood = _single(connection, _LOSING), _single(connection, _STOOD)
    over, refused, used_up = connection.execute(_OVER).fetchone() or (0, 0, False)
    texts = [str(alive)]
    if bereft:
        texts.append(told("targets whose template is gone: %(number)s", number=bereft))
    if losing:
        texts.append(
            told(
                "%(number)s collectors lose samples: what they collect cannot be written to the"
                " disk; their logs tell why",
                number=losing,
            )
        )
    if stood:
        texts.append(
            told(
                "a collector stood still and was started again, %(number)s times so far; its log"
                " tells where",
                number=stood,
            )
        )
    if over:
        texts.append(
            told(
                "%(targets)s targets name more series than their budget has room for; %(series)s"
                " series are not taken",
                targets=over,
                series=refused,
            )
        )
    ok = bool(alive) and not (bereft or losing or stood or used_up)
    return Part("collect", ok=ok, text="; ".join(texts))


def _single(connection: Connection, query: LiteralString) -> object:
    row = connection.execute(query).fetchone()
    return row[0] if row else None
