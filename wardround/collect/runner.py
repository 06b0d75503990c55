"""All targets of this process, each in a task of its own: a slow one keeps nobody waiting."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connections

from wardround.collect.drivers.driver import Equipment
from wardround.collect.scrape import Clock, Sink, TargetScrape
from wardround.collect.series_budget import SeriesBudget
from wardround.kernel import clock as system

if TYPE_CHECKING:
    from wardround.collect.types import CollectedBatch, TargetSpec

logger = logging.getLogger("wardround.collect")
THREADS = 32
_CLOSING = 3.0


class Runner:
    """Starts and stops the tasks of targets. All methods belong to the loop's thread."""

    def __init__(
        self,
        sink: Sink,
        *,
        database: ThreadPoolExecutor,
        threads: int = THREADS,
        clock: Clock = system.now,
        budget: SeriesBudget | None = None,
    ) -> None:
        self.budget = budget or SeriesBudget()
        self._sink = sink
        self._clock = clock
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="driver")
        self._large = ThreadPoolExecutor(1, thread_name_prefix="large")
        self._database = database
        self._specs: dict[UUID, TargetSpec] = {}
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        self._stops = 0

    @property
    def targets(self) -> frozenset[UUID]:
        return frozenset(self._specs)

    async def replace(self, specs: Iterable[TargetSpec]) -> None:
        """Collect exactly these from now on; those that did not change go on undisturbed."""
        stops = self._stops
        wanted = {spec.id: spec for spec in specs}
        stale = [target for target, spec in self._specs.items() if wanted.get(target) != spec]
        await self._end(stale)
        if stops != self._stops:
            return  # told to stop meanwhile: nothing may begin any more
        for target, spec in wanted.items():
            if target not in self._tasks:
                self._specs[target] = spec
                self._tasks[target] = asyncio.create_task(self._follow(spec), name=spec.name)

    async def stop(self) -> None:
        """Stop every target at once; nothing is collected after this returns."""
        self._stops += 1
        await self._end(list(self._tasks))

    async def close(self) -> None:
        await self.stop()
        for threads in (self._threads, self._large):
            threads.shutdown(wait=False, cancel_futures=True)

    async def _end(self, targets: list[UUID]) -> None:
        tasks = [self._tasks.pop(target) for target in targets]
        for target in targets:
            del self._specs[target]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_CLOSING)

    async def _follow(self, spec: TargetSpec) -> None:
        equipment = Equipment(self._threads, self._database, self._large)
        scrape = TargetScrape(spec, equipment, clock=self._clock, budget=self.budget)
        try:
            await scrape.follow(self._sink)
        except asyncio.CancelledError:
            raise
        except Exception:
            logger.exception("collecting %s ended; it begins again with the next change", spec.name)
            raise


async def check_once(spec: TargetSpec, *, clock: Clock = system.now) -> CollectedBatch:
    """Try a target once, with every group, here and now."""
    with ThreadPoolExecutor(2) as threads, ThreadPoolExecutor(1) as database:
        try:
            return await check_with(spec, Equipment(threads, database), clock=clock)
        finally:
            database.submit(connections.close_all)  # the thread ends, its connection with it


async def check_with(
    spec: TargetSpec,
    equipment: Equipment,
    *,
    clock: Clock = system.now,
    budget: SeriesBudget | None = None,
) -> CollectedBatch:
    """The same with what is given to work with."""
    scrape = TargetScrape(spec, equipment, clock=clock, budget=budget)
    try:
        return await scrape.take(spec.template.groups)
    finally:
        await scrape.close()
