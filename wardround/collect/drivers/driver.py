"""What a driver is, and what all drivers of a collector share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Protocol, TypeVar

from wardround.collect.types import Collected, Group, TargetSpec

T = TypeVar("T")


class Driver(Protocol):
    """Reads one target, one call at a time; it may keep a connection and what it last read."""

    async def collect(self, group: Group) -> Collected:
        """Read one group. Raises `TargetFailed`; may be cancelled at any await."""

    async def close(self) -> None:
        """Let go of connections; called once, also after a cancelled `collect`."""


@dataclass(frozen=True)
class Equipment:
    """What drivers share: bounded threads for what blocks, one thread for our own database."""

    threads: Executor
    database: Executor

    async def in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.threads, work)

    async def in_database(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.database, work)


@dataclass(frozen=True)
class DriverKind:
    """A driver as templates name it; no `groups` means that it takes groups of any name."""

    name: str
    open: Callable[[TargetSpec, Equipment], Driver]
    groups: frozenset[str] = frozenset()
