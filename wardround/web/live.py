"""The live stream: one LISTEN connection a web process, fanned out to its open pages.

A page that reads too slowly is told to load everything again instead of being queued for ever;
so is every page after the connection to the database was lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import psycopg

from wardround.kernel.attempts import Attempts, Backoff, FailureLog
from wardround.kernel.live import CHANNEL
from wardround.web.connections import parameters

logger = logging.getLogger("wardround.web.live")
HEARTBEAT_SECONDS = 10.0
_QUEUE = 256
_EVERYTHING = "*"
_PAUSES = Backoff(first=0.2, longest=5.0)
_LOST = "the live stream lost the database: %s"
_BACK = "the live stream hears the database again"


def _frame(event: str, body: dict[str, object]) -> bytes:
    return f"event: {event}\ndata: {json.dumps(body, ensure_ascii=False)}\n\n".encode()


def _moment() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Subscription:
    """One open page: the topics it asked for, and what it has not read yet."""

    def __init__(self, topics: frozenset[str]) -> None:
        self.topics = topics
        self._waiting: asyncio.Queue[bytes] = asyncio.Queue(_QUEUE)

    def offer(self, topic: str, ids: list[str]) -> None:
        if topic != _EVERYTHING and topic not in self.topics:
            return
        body: dict[str, object] = {"topic": topic, "ids": ids, "at": _moment()}
        if self._waiting.full():
            self.clear()
            body = {"topic": _EVERYTHING, "ids": [], "at": _moment()}
        self._waiting.put_nowait(_frame("changed", body))

    def clear(self) -> None:
        while not self._waiting.empty():
            self._waiting.get_nowait()

    async def next(self) -> bytes:
        """The next frame; a heartbeat when nothing happens for a while."""
        try:
            return await asyncio.wait_for(self._waiting.get(), HEARTBEAT_SECONDS)
        except TimeoutError:
            return _frame("heartbeat", {"at": _moment()})


class Broker:
    """Hears the database and tells the subscriptions. Lives in the server's event loop."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()
        self._listening: asyncio.Task[None] | None = None

    async def stream(self, topics: frozenset[str]) -> AsyncIterator[bytes]:
        """Frames for one page, from now until it goes away."""
        self._listen()
        subscription = Subscription(topics)
        self._subscriptions.add(subscription)
        try:
            yield _frame("hello", {"at": _moment(), "heartbeat": HEARTBEAT_SECONDS})
            while True:
                yield await subscription.next()
        finally:
            self._subscriptions.discard(subscription)

    def _listen(self) -> None:
        if self._listening is None or self._listening.done():
            self._listening = asyncio.create_task(self._hear_for_ever())

    async def _hear_for_ever(self) -> None:
        attempts = Attempts(_PAUSES, FailureLog(logger, _LOST, _BACK))
        while True:
            try:
                async with await _connect() as connection:
                    if attempts.failing:
                        self._tell(_EVERYTHING, [])
                    attempts.worked()
                    await self._hear(connection)
            except (psycopg.Error, OSError) as error:
                await asyncio.sleep(attempts.failed(error))

    async def _hear(self, connection: psycopg.AsyncConnection[object]) -> None:
        await connection.execute(f"LISTEN {CHANNEL}")
        async for notice in connection.notifies():
            with contextlib.suppress(ValueError, KeyError):
                body = json.loads(notice.payload)
                self._tell(body["topic"], body["ids"])

    def _tell(self, topic: str, ids: list[str]) -> None:
        for subscription in self._subscriptions:
            subscription.offer(topic, ids)


async def _connect() -> psycopg.AsyncConnection[object]:
    return await psycopg.AsyncConnection.connect(**parameters("live"))


broker = Broker()
