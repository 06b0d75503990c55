"""A collector's desk for trials: takes those that wait, a few at once, and answers them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from uuid import UUID

import psycopg
from django.db import DatabaseError, close_old_connections, connections

from wardround.collect import queries, trial_form, trials
from wardround.collect.errors import UnknownTarget
from wardround.collect.trial_server import LONGEST, TrialRequest, TrialServer
from wardround.collect.trials import Trial
from wardround.collect.types import Reason, TargetCheck, TargetSpec
from wardround.kernel import clock
from wardround.kernel.attempts import Attempts, Backoff, FailureLog
from wardround.kernel.reach import EVERYTHING

logger = logging.getLogger("wardround.collect")
T = TypeVar("T")
AT_ONCE = 2
_ENDED_WITHIN = LONGEST + 5.0
_PAUSES = Backoff(first=1.0, longest=60.0, steady=60.0)
_GONE = "the process in which targets are tried is gone, a new one begins: %s"
_BACK = "targets are tried again"


class TrialDesk:
    """All methods belong to the loop's thread."""

    def __init__(self, server: TrialServer, database: ThreadPoolExecutor) -> None:
        self._server = server
        self._database = database
        self._running: dict[UUID, asyncio.Task[None]] = {}
        self._looking = asyncio.Lock()
        self._attempts = Attempts(_PAUSES, FailureLog(logger, _GONE, _BACK))
        self._begin_at = 0.0
        self._closed = False
        self.tried = 0

    async def look(self) -> None:
        """Take trials that wait, as many as may run; returns without waiting for them."""
        async with self._looking:
            while self._may_take() and self._there_is_a_server():
                taken = await self._in_database(_taken)
                if taken is None:
                    return
                self._running[taken[0].id] = asyncio.create_task(self._try(*taken), name="trial")

    async def close(self) -> None:
        """Answer nothing any more; what is not answered is left to the next collector."""
        self._closed = True  # or it would hear of what it gives back, and take it again
        async with self._looking:  # what is being taken right now is given back too
            left, self._running = self._running, {}
        for task in left.values():
            task.cancel()
        await asyncio.gather(*left.values(), return_exceptions=True)
        self._server.close()
        if left:
            await self._in_database(lambda: trials.give_back(left))

    def _may_take(self) -> bool:
        return not self._closed and len(self._running) < AT_ONCE

    def _there_is_a_server(self) -> bool:
        """The one there was, or a new one where that is gone; not at once where that fails too."""
        if not self._server.is_gone:
            return True
        if time.monotonic() < self._begin_at:
            return False
        self._server.end()
        self._begin_at = time.monotonic() + self._attempts.failed("it ended")
        try:
            self._server = TrialServer.spawned()
        except OSError as error:
            logger.warning("it cannot be begun: %s", error)
            return False
        return True

    async def _try(self, trial: Trial, spec: TargetSpec | None) -> None:
        try:
            await self._answer(trial, spec)
        finally:
            self._running.pop(trial.id, None)
        await self.look()

    async def _answer(self, trial: Trial, spec: TargetSpec | None) -> None:
        if spec is None:
            text = trial_form.told(_failed(Reason.TEMPLATE, ""))
        else:
            text = await self._tried(TrialRequest(spec, trial.visible))
        self.tried += 1
        await self._in_database(lambda: trials.answer(trial.id, text))

    async def _tried(self, request: TrialRequest) -> str:
        began, server = clock.now(), self._server
        try:
            line = server.begin()
        except OSError:
            return trial_form.told(_failed(Reason.INTERNAL, "the process for trials is gone"))
        reader, writer = await asyncio.open_connection(sock=line, limit=trial_form.MOST_BYTES + 1)
        try:
            async with asyncio.timeout(_ENDED_WITHIN):
                writer.write(request.packed())
                await writer.drain()
                told = await _whole(reader)
        except TimeoutError:
            told = b""
            server.end()  # or its trial would have ended by itself
        except OSError:
            told = b""
        finally:
            writer.close()
        if told:
            self._attempts.worked()
        if 0 < len(told) <= trial_form.MOST_BYTES:
            return told.decode()
        if (clock.now() - began).total_seconds() >= LONGEST:
            return trial_form.told(_failed(Reason.TIMEOUT, f"no result within {LONGEST:g} s"))
        return trial_form.told(_failed(Reason.INTERNAL, "the trial ended without a result"))

    async def _in_database(self, work: Callable[[], T]) -> T | None:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._database, _quietly, work)


async def _whole(reader: asyncio.StreamReader) -> bytes:
    """What comes to its end, or one byte more than may come."""
    told = b""
    while len(told) <= trial_form.MOST_BYTES:
        piece = await reader.read(trial_form.MOST_BYTES + 1 - len(told))
        if not piece:
            break
        told += piece
    return told


def _taken() -> tuple[Trial, TargetSpec | None] | None:
    trial = trials.take()
    if trial is None:
        return None
    try:
        if trial.draft:
            return trial, queries.drafted(trial.draft)
        return trial, queries.spec(EVERYTHING, trial.target)
    except UnknownTarget:  # deleted meanwhile, or its template is gone
        return trial, None


def _failed(reason: Reason, detail: str) -> TargetCheck:
    return trial_form.failed(reason, detail, at=clock.now())


def _quietly(work: Callable[[], T]) -> T | None:
    """A database that is away is asked again soon; whoever waits for a trial is told by it too."""
    try:
        close_old_connections()
        return work()
    except (DatabaseError, psycopg.Error) as error:
        logger.debug("trials cannot be taken or answered: %s", error)
        connections.close_all()
        return None
