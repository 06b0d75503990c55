"""What a driver is, and what all drivers of a collector share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from wardround.collect.types import Collected, Group, Reason, TargetFailed, TargetSpec

T = TypeVar("T")


class Driver(Protocol):
    """Reads one target, one call at a time; it may keep a connection and what it last read."""

    async def collect(self, group: Group) -> Collected:
        """Read one group. Raises `TargetFailed`; may be cancelled at any await."""

    async def close(self) -> None:
        """Let go of connections; called once, also after a cancelled `collect`."""


@dataclass(eq=False)
class Equipment:
    """What a driver works with: bounded threads for what blocks, one for our own database.

    One a target: a thread that hangs cannot be stopped, so its target waits for it alone and
    never takes a second one.
    """

    threads: Executor
    database: Executor
    _busy: Future[Any] | None = None

    async def in_thread(self, work: Callable[[], T]) -> T:
        return await self._run(self.threads, work)

    async def in_database(self, work: Callable[[], T]) -> T:
        return await self._run(self.database, work)

    async def _run(self, threads: Executor, work: Callable[[], T]) -> T:
        if self._busy is not None and not self._busy.done():
            raise TargetFailed(Reason.TIMEOUT, "the reading before this one has not come back yet")
        running = self._busy = threads.submit(work)
        return await asyncio.shield(asyncio.wrap_future(running))


@dataclass(frozen=True)
class DriverKind:
    """A driver as templates name it; no `groups` means that it takes groups of any name."""

    name: str
    open: Callable[[TargetSpec, Equipment], Driver]
    groups: frozenset[str] = frozenset()
