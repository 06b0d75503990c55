"""The live stream: one LISTEN connection a web process, fanned out to its open pages.

A page that reads too slowly is told to load everything again instead of being queued for ever;
so is every page after the connection to the database was lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import psycopg
from asgiref.sync import sync_to_async
from django.db import connection

from wardround.kernel.attempts import Attempts, Backoff, FailureLog
from wardround.kernel.live import CHANNEL, topics
from wardround.kernel.reach import Reach
from wardround.kernel.types import Actor
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


@dataclass(frozen=True)
class News:
    """Things of a topic that changed; no ids: perhaps all of them."""

    topic: str
    ids: tuple[UUID, ...] = ()

    def frame(self, ids: Iterable[UUID]) -> bytes:
        named = [str(changed) for changed in ids]
        return _frame("changed", {"topic": self.topic, "ids": named, "at": _moment()})


class Subscription:
    """One open page: how far it hears of the topics it asked for, and what it has not read yet.

    Of things out of reach nothing is said: neither which, nor that there was something.
    """

    def __init__(self, reaches: Mapping[str, Reach]) -> None:
        self.reaches = reaches
        self._waiting: asyncio.Queue[News] = asyncio.Queue(_QUEUE)

    def offer(self, news: News) -> None:
        if news.topic != _EVERYTHING and news.topic not in self.reaches:
            return
        if self._waiting.full():
            self.clear()
            news = News(_EVERYTHING)
        self._waiting.put_nowait(news)

    def clear(self) -> None:
        while not self._waiting.empty():
            self._waiting.get_nowait()

    async def next(self) -> bytes:
        """The next frame; a heartbeat when nothing happens for a while that may be told."""
        try:
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                return await self._next()
        except TimeoutError:
            return _frame("heartbeat", {"at": _moment()})

    async def _next(self) -> bytes:
        while True:
            news = await self._waiting.get()
            seen = self.reaches.get(news.topic)
            if seen is None or seen.everything or not news.ids:
                return news.frame(news.ids)
            visible = await sync_to_async(_visible)(news, seen)
            if visible:
                return news.frame(visible)


def _visible(news: News, seen: Reach) -> list[UUID]:
    """The things within reach; asked on a connection that goes back at once."""
    ask = topics()[news.topic].visible
    try:
        return sorted(ask(seen, news.ids)) if ask else []
    finally:
        connection.close()


def reaches(actor: Actor, wanted: Iterable[str]) -> dict[str, Reach]:
    """How far the actor hears of each topic; of what he may not hear at all there is nothing."""
    known = topics()
    found = {name: known[name].reach(actor) for name in wanted if name in known}
    return {name: seen for name, seen in found.items() if not seen.empty}


class Broker:
    """Hears the database and tells the subscriptions. Lives in the server's event loop."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()
        self._listening: asyncio.Task[None] | None = None

    async def stream(self, reaches: Mapping[str, Reach]) -> AsyncIterator[bytes]:
        """Frames for one page, from now until it goes away."""
        self._listen()
        subscription = Subscription(reaches)
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
                async with await _connect() as listening:
                    if attempts.failing:
                        self._tell(News(_EVERYTHING))
                    attempts.worked()
                    await self._hear(listening)
            except (psycopg.Error, OSError) as error:
                await asyncio.sleep(attempts.failed(error))

    async def _hear(self, listening: psycopg.AsyncConnection[object]) -> None:
        await listening.execute(f"LISTEN {CHANNEL}")
        async for notice in listening.notifies():
            with contextlib.suppress(ValueError, KeyError):
                body = json.loads(notice.payload)
                self._tell(News(body["topic"], tuple(_ids(body["ids"]))))

    def _tell(self, news: News) -> None:
        for subscription in self._subscriptions:
            subscription.offer(news)


def _ids(given: Iterable[str]) -> Iterator[UUID]:
    """Of topics that name their things by ids; those of others (kinds) are everybody's."""
    for text in given:
        with contextlib.suppress(ValueError):
            yield UUID(text)


async def _connect() -> psycopg.AsyncConnection[object]:
    return await psycopg.AsyncConnection.connect(**parameters("live"))


broker = Broker()
