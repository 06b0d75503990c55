"""What a driver is, and what all drivers of a collector share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol, TypeVar

from wardround.collect.drivers.yields import Reads, Yields
from wardround.collect.errors import TargetFailed
from wardround.collect.types import Collected, Reason, ScrapeGroup, TargetSpec

T = TypeVar("T")


class Driver(Protocol):
    """Reads one target, one call at a time; it may keep a connection and what it last read."""

    async def collect(self, group: ScrapeGroup) -> Collected:
        """Read one group. Raises `TargetFailed`; may be cancelled at any await."""

    async def close(self) -> None:
        """Let go of connections; called once, also after a cancelled `collect`."""


@dataclass(eq=False)
class Equipment:
    """What a driver works with: bounded threads for what blocks, one for our own database.

    One a target. A thread that hangs cannot be stopped, so what it was asked for waits for it and
    never takes a second one; the target's other work goes on.
    """

    threads: Executor
    database: Executor
    large: Executor | None = None
    """For what takes much memory, one after the other for all targets; None: as any other work."""
    _busy: dict[str, Future[Any]] = field(default_factory=dict)

    async def in_thread(self, work: Callable[[], T], *, what: str = "") -> T:
        """Run `work` beside the loop; `what` names it, so that it never runs twice at once."""
        return await self._run(self.threads, work, what)

    async def in_turn(self, work: Callable[[], T], *, what: str = "") -> T:
        """The same for work that takes much memory: of all targets, one does it at a time."""
        return await self._run(self.large or self.threads, work, what)

    async def in_database(self, work: Callable[[], T], *, what: str = "database") -> T:
        """Run `work` in the one thread that has the platform's own database."""
        return await self._run(self.database, work, what)

    async def _run(self, threads: Executor, work: Callable[[], T], what: str) -> T:
        before = self._busy.get(what)
        if before is not None and not before.done():
            raise TargetFailed(Reason.TIMEOUT, "the reading before this one has not come back yet")
        running = self._busy[what] = threads.submit(work)
        waiting = asyncio.wrap_future(running)
        waiting.add_done_callback(_look)
        return await asyncio.shield(waiting)


def _look(done: asyncio.Future[Any]) -> None:
    """Nobody waits any more for what came after its time; its error is no news to asyncio."""
    if not done.cancelled():
        done.exception()


@dataclass(frozen=True)
class DriverKind:
    """A driver as templates name it.

    `reads` holds what it can read, by group; empty where that depends on what it reads: then it
    takes groups of any name and any metric, and reads no table. One that is `inward` reads the
    platform itself: its machine, its processes, its stores.
    """

    name: str
    open: Callable[[TargetSpec, Equipment], Driver]
    reads: Mapping[str, Reads] = field(default_factory=dict)
    inward: bool = False

    @cached_property
    def yields(self) -> Yields:
        """Every metric that it can read, with the labels of its series."""
        return {
            name: labels for read in self.reads.values() for name, labels in read.metrics.items()
        }
