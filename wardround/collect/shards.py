"""Which shards of the targets this process collects: those whose advisory lock it holds.

All locks of a process hang on one connection to PostgreSQL. When that connection ends, however
that comes, the locks are free and this process has stopped collecting: two never collect the same
target. Over TCP we give the connection up well before the server could give our locks away; a
unix socket cannot lose its other end unseen.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import psycopg
from django.db import Error as DatabaseError
from psycopg import sql

from wardround.collect import rules
from wardround.collect.types import SHARDS
from wardround.kernel.attempts import Attempts, Backoff, FailureLog

logger = logging.getLogger("wardround.collect.shards")

CHANNEL = "wardround_targets"
"""What is told on it: that targets or their templates changed."""
_SHARD_LOCKS, PRESENCE_LOCKS = 0x57435348, 0x57435052
_BALANCE_EVERY = 1.0
_GIVE_UP_AFTER = 6.0
"""Seconds without an answer over TCP after which we consider the connection lost."""
_SERVER_SIDE = (
    "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
    " -c tcp_user_timeout=25000 -c idle_session_timeout=0 -c idle_in_transaction_session_timeout=0"
)
_PAUSES = Backoff(first=0.2, longest=2.0)

PRESENT = """
select count(distinct pid) from pg_locks
where locktype = 'advisory' and granted and classid = %s and objsubid = 2
  and database = (select oid from pg_database where datname = current_database())
"""
"""How many collectors hold shards or would."""
_TAKE = "select shard, pg_try_advisory_lock(%s, shard) from unnest(%s::int[]) as shard"

Connection = psycopg.AsyncConnection[tuple[Any, ...]]


class Shards:
    """Takes and gives back shards so that every live collector holds a fair share.

    `on_change` is awaited before any shard is given back, and after some were taken; with the
    connection lost it is awaited with none. `on_news` is awaited when targets changed.
    """

    def __init__(
        self,
        database: Mapping[str, Any],
        *,
        on_change: Callable[[frozenset[int]], Awaitable[None]],
        on_news: Callable[[], Awaitable[None]],
        further: Mapping[str, Callable[[], Awaitable[None]]] | None = None,
    ) -> None:
        """`further` are channels beside our own, and who is awaited when something comes there."""
        self._database = dict(database)
        self._on_change = on_change
        self._heard = {CHANNEL: on_news, **(further or {})}
        self._held: frozenset[int] = frozenset()
        self._local = str(database.get("host", "")).startswith("/") or not database.get("host")
        self.collectors = 0

    @property
    def held(self) -> frozenset[int]:
        return self._held

    async def keep(self) -> None:
        """Hold shards until cancelled."""
        log = FailureLog(logger, "no shards without the database: %s", "the database is back")
        attempts = Attempts(_PAUSES, log)
        while True:
            try:
                async with await self._connect() as connection:
                    attempts.worked()
                    await self._hold_and_let_go(connection)
            except (psycopg.Error, DatabaseError, OSError, TimeoutError) as error:
                await asyncio.sleep(attempts.failed(error))

    async def _connect(self) -> Connection:
        return await psycopg.AsyncConnection.connect(
            **self._database,
            autocommit=True,
            connect_timeout=5,
            application_name="wardround collect shards",
            options=_SERVER_SIDE,
        )

    async def _hold_and_let_go(self, connection: Connection) -> None:
        """Whatever ends it, collecting stops before the connection and its locks do."""
        try:
            await self._hold(connection)
        finally:
            if self._held:
                self._held = frozenset()
                await self._on_change(self._held)

    async def _hold(self, connection: Connection) -> None:
        for channel in self._heard:
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        me = random.randrange(2**31)  # noqa: S311  # a number to be present under, no secret
        await connection.execute("select pg_advisory_lock(%s, %s)", (PRESENCE_LOCKS, me))
        while True:
            async with asyncio.timeout(None if self._local else _GIVE_UP_AFTER):
                await self._balance(connection)
            async for news in connection.notifies(timeout=_BALANCE_EVERY, stop_after=1):
                await self._heard[news.channel]()

    async def _balance(self, connection: Connection) -> None:
        cursor = await connection.execute(PRESENT, (PRESENCE_LOCKS,))
        row = await cursor.fetchone()
        self.collectors = int(row[0]) if row else 1
        share = rules.fair_share(self.collectors)
        if len(self._held) > share:
            await self._give_back(connection, share)
        elif len(self._held) < share:
            await self._take(connection, share - len(self._held))

    async def _give_back(self, connection: Connection, share: int) -> None:
        kept = frozenset(sorted(self._held)[:share])
        surplus = sorted(self._held - kept)
        self._held = kept
        await self._on_change(kept)
        await connection.execute(
            "select pg_advisory_unlock(%s, shard) from unnest(%s::int[]) as shard",
            (_SHARD_LOCKS, surplus),
        )

    async def _take(self, connection: Connection, wanted: int) -> None:
        others = [shard for shard in range(SHARDS) if shard not in self._held]
        random.shuffle(others)
        taken: set[int] = set()
        for begin in range(0, len(others), wanted):
            cursor = await connection.execute(
                _TAKE, (_SHARD_LOCKS, others[begin : begin + wanted - len(taken)])
            )
            taken |= {shard for shard, got in await cursor.fetchall() if got}
            if len(taken) >= wanted:
                break
        if taken:
            self._held |= taken
            await self._on_change(self._held)
