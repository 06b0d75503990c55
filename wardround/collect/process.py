"""`wardround collect`: one collector process, from its first lock to its last sample on disk."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import logging
import os
import signal
import socket
import time
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import psycopg
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections

from wardround.collect import actions, queries, trials
from wardround.collect.delivery import Delivery
from wardround.collect.drivers.platform_address import platform_database
from wardround.collect.errors import SpoolFailed
from wardround.collect.exposition import load_compiled
from wardround.collect.recorder import TargetRecorder
from wardround.collect.runner import Runner
from wardround.collect.series_budget import SeriesBudget
from wardround.collect.settings import limits, spool_bytes
from wardround.collect.shards import Shards
from wardround.collect.signals import Companions
from wardround.collect.spool import Leftover, Spool
from wardround.collect.trial_desk import TrialDesk
from wardround.collect.trial_server import TrialServer
from wardround.collect.types import CollectorRow
from wardround.history.actions import append
from wardround.kernel import clock
from wardround.kernel.attempts import FailureLog
from wardround.kernel.ids import new_id
from wardround.kernel.pulse import Pulse, Stood

if TYPE_CHECKING:
    from uuid import UUID

    from wardround.collect.types import CollectedBatch, TargetSpec

logger = logging.getLogger("wardround.collect")
_LOSING = "samples are lost, the spool cannot be written: %s"
_FAREWELL = 3.0
"""Seconds a database that hangs may hold up the end."""
_RECENT = 900.0
"""Seconds for which health and an alert tell that a collector was ended for standing."""
_TRIALS_EVERY, _TRIM_EVERY = 2.0, 60.0
"""Seconds between two looks for trials of which no word came."""
_RECORD_EVERY, _HEARTBEAT_EVERY, _RELOAD_EVERY = 1.0, 5.0, 30.0


class Collector:
    """Puts the parts together: shards decide, the runner collects, spool and companions take."""

    def __init__(self, spool: Spool, tries: TrialServer) -> None:
        self.id = new_id()
        self.started_at = clock.now()
        self.database = ThreadPoolExecutor(1, thread_name_prefix="database")
        self.spool = spool
        self.delivery = Delivery(spool, append)
        self.companions = Companions()
        self.recorder = TargetRecorder(self.id)
        self.runner = Runner(self._take, database=self.database, budget=SeriesBudget(limits()))
        self.desk = TrialDesk(tries, self.database)
        self.shards = Shards(
            platform_database(),
            on_change=self._load,
            on_news=self._reload,
            further={trials.CHANNEL: self.desk.look},
        )
        self._loading = asyncio.Lock()
        self._rates: deque[tuple[float, int]] = deque([(time.monotonic(), 0)], maxlen=13)
        self._losses = FailureLog(logger, _LOSING, "the spool can be written again")
        self._taken = asyncio.Event()
        self._stood = Stood.before_us()

    async def run(self, stop: asyncio.Event, *, once: bool) -> None:
        """Collect until told to stop; with `once`, until every target was tried once."""
        self.companions.start()
        self.delivery.start()
        Thread(target=load_compiled, name="compiled", daemon=True).start()
        await self._beat()
        tasks = [
            asyncio.create_task(self.shards.keep(), name="shards"),
            asyncio.create_task(self._every(_RECORD_EVERY, self._record)),
            asyncio.create_task(self._every(_HEARTBEAT_EVERY, self._beat)),
            asyncio.create_task(self._every(_RELOAD_EVERY, self._reload)),
            asyncio.create_task(self._every(_TRIALS_EVERY, self.desk.look)),
            asyncio.create_task(self._every(_TRIM_EVERY, _trim)),
        ]
        wanted = asyncio.create_task(self._until_all_tried() if once else _until(stop))
        try:
            done, _ = await asyncio.wait([wanted, *tasks], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # a part that failed ends the process; its keeper starts a new one
        finally:
            await self._end([wanted, *tasks])

    async def _end(self, tasks: list[asyncio.Task[None]]) -> None:
        """First stop collecting, then give the shards back, then settle what was collected: what
        runs beside ends after the last scrape and before the database is let go.
        """
        await self.desk.close()
        await self.runner.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.to_thread(self.companions.stop)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FAREWELL):
                await self._record()
                await self._in_database(lambda: actions.leave(self.id))
        self.database.submit(connections.close_all)
        self.database.shutdown(wait=False)

    async def _take(self, batch: CollectedBatch) -> bool:
        """A scrape counts once it is on the disk; then everybody may know of it. One that cannot
        be written is known all the same: what it says is wrong is so.
        """
        try:
            await self.spool.accept(batch)
        except SpoolFailed as error:
            kept = False
            self._losses.failed(error)
        else:
            kept = True
            self._losses.worked()
        self.recorder.take(batch)
        self.companions.offer(batch)
        self._taken.set()
        return kept

    async def _load(self, shards: frozenset[int]) -> None:
        """Collect the targets of these shards; of none at once, without asking anybody."""
        if not shards:
            self.recorder.forget_all()
            await self.runner.stop()
            self.companions.hold({})
            return
        async with self._loading:
            specs = await asyncio.get_running_loop().run_in_executor(self.database, _specs, shards)
            self.companions.hold(specs)
            if self.shards.held >= shards:
                await self.runner.replace(specs.values())
                self.recorder.keep(specs)

    async def _reload(self) -> None:
        if not self.shards.held:
            return
        try:
            await self._load(self.shards.held)
        except DatabaseError as error:
            logger.warning("targets cannot be read anew: %s", error)

    async def _record(self) -> None:
        await self._in_database(self.recorder.write)

    async def _beat(self) -> None:
        row = self._standing()
        await self._in_database(lambda: actions.heartbeat(row))

    async def _in_database(self, work: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self.database, _quietly, work)

    def _standing(self) -> CollectorRow:
        self._rates.append((time.monotonic(), self.recorder.samples))
        (then, before), (now, samples) = self._rates[0], self._rates[-1]
        return CollectorRow(
            id=self.id,
            host=socket.gethostname(),
            pid=os.getpid(),
            started_at=self.started_at,
            last_at=clock.now(),
            targets=len(self.runner.targets),
            samples_per_second=(samples - before) / max(now - then, 0.001),
            spool_bytes=self.spool.waiting_bytes,
            figures=self._figures(),
        )

    def _figures(self) -> dict[str, float]:
        figures = self.spool.figures
        refused = {f"refused_total.{why}": n for why, n in self.delivery.refused.items()}
        return {
            "samples_total": figures.accepted_samples,
            "delivered_total": self.delivery.delivered,
            "dropped_total": figures.dropped_samples,
            "spool_failures_total": figures.failed_scrapes,
            "spool_fails": float(self._losses.failing),
            "history_takes": float(self.delivery.working),
            "shards": len(self.shards.held),
            "stood_total": self._stood.times,
            "stood_recently": float(self._stood.last > time.time() - _RECENT),
            **refused,
            **self.runner.budget.figures(),
            **self.companions.figures(),
        }

    async def _until_all_tried(self) -> None:
        while not self.runner.targets or not self.runner.targets <= self.recorder.known:
            self._taken.clear()
            await self._taken.wait()

    @staticmethod
    async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            await work()


async def _trim() -> None:
    """Give back to the system what was let go of; the C library keeps it else."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # not every C library has it
    if trim is not None:
        await asyncio.to_thread(trim, 0)


async def _until(stop: asyncio.Event) -> None:
    await stop.wait()


def _specs(shards: frozenset[int]) -> dict[UUID, TargetSpec]:
    close_old_connections()
    return queries.specs(shards)


def _quietly(work: Callable[[], None]) -> None:
    """For what may fail while the database is away and is done again soon."""
    try:
        close_old_connections()
        work()
    except (DatabaseError, psycopg.Error) as error:
        logger.debug("the database does not take it: %s", error)
        connections.close_all()


async def _collect(spool: Spool, tries: TrialServer, *, once: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    collector = Collector(spool, tries)
    beating = asyncio.create_task(Pulse.inherited().beat(), name="pulse")
    try:
        await collector.run(stop, once=once)
    finally:
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)
    await asyncio.to_thread(collector.delivery.stop)


def run(*, once: bool = False) -> int:
    """Run one collector until SIGTERM."""
    tries = TrialServer.forked()  # before there are threads and files
    place = Path(settings.DATA_FOLDER) / "spool"
    spool = Spool.open_any(place, limit_bytes=spool_bytes())
    leftover = [Delivery(delivery, append) for delivery in Leftover.take(place).spools]
    for delivery in leftover:
        delivery.start()
    try:
        asyncio.run(_collect(spool, tries, once=once))
    finally:
        for delivery in leftover:
            delivery.stop()
            delivery.spool.close()
        spool.close()
    return 0
