"""The live stream: one LISTEN connection a web process, fanned out to its open pages.

A page is greeted when the database is heard: whoever was greeted misses nothing that is said from
then on. A page that reads too slowly is told to load everything again instead of being queued for
ever; so is every page that was open while the database was not heard.

How far a page hears is asked anew every other second, not kept from when it was opened: with its
session, token or account its stream ends, and with a grant it narrows. While nobody can say who
may hear what, nothing is told.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncGenerator, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import DatabaseError, connection
from psycopg_pool import PoolTimeout

from wardround.access import queries as access
from wardround.access.types import Opening
from wardround.kernel import clock
from wardround.kernel.attempts import Attempts, Backoff, FailureLog
from wardround.kernel.live import CHANNEL, topics
from wardround.kernel.reach import Reach
from wardround.kernel.types import Actor
from wardround.web.connections import parameters
from wardround.web.errors import StreamsUsedUp, TooManyStreams

logger = logging.getLogger("wardround.web.live")
HEARTBEAT_SECONDS = 10.0
ASK_SECONDS, PATIENCE_SECONDS = 1.5, 1.5
"""How often the right of the open streams is asked, and how long an answer may take before they
fall silent: what is taken away has gone after at most three such times, within five seconds.
"""
_QUEUE = 256
_LOOKING = ThreadPoolExecutor(4, thread_name_prefix="visible")
"""Ask what of some news a reader may see: never with all connections that requests have too."""
_EVERYTHING = "*"
_PAUSES = Backoff(first=0.2, longest=5.0)
_LOST = "the live stream lost the database: %s"
_BACK = "the live stream hears the database again"
_UNSURE = "nobody can say who may still hear the live stream: %s"
_SURE = "it is known again who may hear the live stream"


Reaches = Mapping[str, Reach]
"""How far somebody hears of each topic; of one that is not there, nothing."""


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
    """One open page: what opened it, how far it hears of the topics it asked for, and what it has
    not read yet.

    Of things out of reach nothing is said: neither which, nor that there was something.
    """

    def __init__(
        self, opening: Opening, wanted: Iterable[str], reaches: Reaches, account: UUID | None = None
    ) -> None:
        self.opening = opening
        self.account = account
        self.wanted = frozenset(wanted)
        self.greeted = False
        self._reaches = reaches
        self._vouched = True
        self._missed = False
        self._waiting: asyncio.Queue[News | None] = asyncio.Queue(_QUEUE)

    def offer(self, news: News) -> None:
        if news.topic != _EVERYTHING and news.topic not in self._reaches:
            return
        if self._waiting.full():
            self.clear()
            news = News(_EVERYTHING)
        self._waiting.put_nowait(news)

    def clear(self) -> None:
        while not self._waiting.empty():
            self._waiting.get_nowait()

    def vouch(self, reaches: Reaches) -> None:
        """Its reader hears this far now; where that is new, the page loads everything again."""
        anew = self._missed or reaches != self._reaches
        self._reaches, self._vouched, self._missed = reaches, True, False
        if anew:
            self.offer(News(_EVERYTHING))

    def doubt(self) -> None:
        """Tell nothing until somebody vouches for it again."""
        self._vouched = False

    def end(self) -> None:
        """Its reader has no right to it any more."""
        self.clear()
        self._waiting.put_nowait(None)

    async def next(self) -> bytes | None:
        """The next frame, `None` after the last; a heartbeat when nothing happens for a while
        that may be told.
        """
        until = asyncio.get_running_loop().time() + HEARTBEAT_SECONDS
        while True:
            try:
                async with asyncio.timeout_at(until):
                    news = await self._waiting.get()
            except TimeoutError:
                return _frame("heartbeat", {"at": _moment()})
            if news is None:
                return None
            heard = self._reaches
            told = await self._told(news)
            if not self._vouched:
                self._missed = True
            elif told is not None and heard == self._reaches:  # else all is loaded again anyway
                return told

    async def _told(self, news: News) -> bytes | None:
        """What this reader is told of it, if anything."""
        if news.topic == _EVERYTHING:
            return news.frame(())
        seen = self._reaches.get(news.topic)
        if seen is None:
            return None
        if seen.everything or not news.ids:
            return news.frame(news.ids)
        loop = asyncio.get_running_loop()
        visible = await loop.run_in_executor(_LOOKING, _visible, news, seen)
        return news.frame(visible) if visible else None


def _visible(news: News, seen: Reach) -> list[UUID]:
    """The things within reach; asked on a connection that goes back at once."""
    ask = topics()[news.topic].visible
    try:
        return sorted(ask(seen, news.ids)) if ask else []
    finally:
        connection.close()


def reaches(actor: Actor, wanted: Iterable[str]) -> Reaches:
    """How far the actor hears of each topic; of what he may not hear at all there is nothing."""
    known = topics()
    found = {name: known[name].reach(actor) for name in wanted if name in known}
    return {name: seen for name, seen in found.items() if not seen.empty}


def present_reaches(subscriptions: Collection[Subscription]) -> dict[Subscription, Reaches]:
    """How far the readers of these hear at this moment; those who have no right are left out.

    Runs beside the event loop, on a connection that goes back at once.
    """
    openings = {subscription.opening for subscription in subscriptions}
    try:
        actors = access.still_recognised(openings, at=clock.now())
        return {
            subscription: reaches(actors[subscription.opening], subscription.wanted)
            for subscription in subscriptions
            if subscription.opening in actors
        }
    finally:
        connection.close()


class Broker:
    """Hears the database and tells the subscriptions. Lives in the server's event loop."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()
        self._listening: asyncio.Task[None] | None = None
        self._hears = asyncio.Event()
        self._vouching: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """How many pages listen."""
        return len(self._subscriptions)

    def require_room(self, account: UUID) -> None:
        """Raises TooManyStreams and StreamsUsedUp."""
        if len(self) >= settings.STREAMS:
            raise StreamsUsedUp(limit=settings.STREAMS)
        theirs = sum(open_page.account == account for open_page in self._subscriptions)
        if theirs >= settings.STREAMS_OF_AN_ACCOUNT:
            raise TooManyStreams(limit=settings.STREAMS_OF_AN_ACCOUNT)

    async def stream(
        self, opening: Opening, wanted: Iterable[str], reaches: Reaches, account: UUID | None = None
    ) -> AsyncGenerator[bytes, None]:
        """Frames for one page, from now until it goes away or its reader's right does."""
        subscription = Subscription(opening, wanted, reaches, account)
        self._subscriptions.add(subscription)
        self._begin()
        try:
            with contextlib.suppress(TimeoutError):  # then it is told of all when that comes back
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await self._hears.wait()
            subscription.greeted = True
            yield _frame("hello", {"at": _moment(), "heartbeat": HEARTBEAT_SECONDS})
            while (frame := await subscription.next()) is not None:
                yield frame
            yield _frame("ended", {"at": _moment()})
        finally:
            self._subscriptions.discard(subscription)

    def _begin(self) -> None:
        if self._listening is None or self._listening.done():
            self._listening = asyncio.create_task(self._hear_for_ever())
        if self._vouching is None or self._vouching.done():
            self._vouching = asyncio.create_task(self._vouch_while_open())

    async def _vouch_while_open(self) -> None:
        """Ask who may still hear what, as long as anybody hears. What goes wrong in the asking is
        logged, and nobody hears anything before it went well again.
        """
        log = FailureLog(logger, _UNSURE, _SURE)
        try:
            while self._subscriptions:
                await asyncio.sleep(ASK_SECONDS)
                asked = tuple(self._subscriptions)
                asking = asyncio.create_task(asyncio.to_thread(present_reaches, asked))
                done, _ = await asyncio.wait({asking}, timeout=PATIENCE_SECONDS)
                if not done:
                    self._doubt()
                try:
                    present = await asking
                except (DatabaseError, PoolTimeout) as error:
                    self._doubt()
                    log.failed(error)
                    continue
                log.worked()
                if done:  # a late answer may be about the time before the wait
                    _take_over(asked, present)
        finally:
            for subscription in self._subscriptions:
                subscription.end()

    def _doubt(self) -> None:
        for subscription in self._subscriptions:
            subscription.doubt()

    async def _hear_for_ever(self) -> None:
        attempts = Attempts(_PAUSES, FailureLog(logger, _LOST, _BACK))
        while True:
            try:
                async with await _connect() as listening:
                    await listening.execute(f"LISTEN {CHANNEL}")
                    attempts.worked()
                    await self._hear(listening)
            except (psycopg.Error, OSError) as error:
                self._hears.clear()
                await asyncio.sleep(attempts.failed(error))

    async def _hear(self, listening: psycopg.AsyncConnection[object]) -> None:
        for subscription in self._subscriptions:
            if subscription.greeted:  # before it was heard: nobody knows what it missed
                subscription.offer(News(_EVERYTHING))
        self._hears.set()
        async for notice in listening.notifies():
            with contextlib.suppress(ValueError, KeyError):
                body = json.loads(notice.payload)
                self._tell(News(body["topic"], tuple(_ids(body["ids"]))))

    def _tell(self, news: News) -> None:
        for subscription in self._subscriptions:
            subscription.offer(news)


def _take_over(asked: Iterable[Subscription], present: Mapping[Subscription, Reaches]) -> None:
    for subscription in asked:
        if subscription in present:
            subscription.vouch(present[subscription])
        else:
            subscription.end()


def _ids(given: Iterable[str]) -> Iterator[UUID]:
    """Of topics that name their things by ids; those of others (kinds) are everybody's."""
    for text in given:
        with contextlib.suppress(ValueError):
            yield UUID(text)


async def _connect() -> psycopg.AsyncConnection[object]:
    return await psycopg.AsyncConnection.connect(**parameters("live"))


broker = Broker()
