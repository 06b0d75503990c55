"""What the collect room tells: every scrape, in the process and the moment it was taken.

This is no announcement through the database: samples are many, and their listeners run beside the
collector. A listener that is slow loses batches (counted), never the collector its rhythm.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from wardround.collect.types import CollectedBatch, TargetSpec

logger = logging.getLogger("wardround.collect.signals")

SamplesListener = Callable[[CollectedBatch], Awaitable[None]]
TargetsListener = Callable[[Mapping[UUID, TargetSpec]], Awaitable[None]]
FiguresListener = Callable[[], Mapping[str, float]]
MOST_WAITING = 2_000
"""Batches that may wait for one listener."""

_samples: list[SamplesListener] = []
_targets: list[TargetsListener] = []
_figures: list[FiguresListener] = []


def on_samples(listener: SamplesListener) -> SamplesListener:
    """Listen to every scrape of this process, one after the other, in the order they came."""
    if listener not in _samples:
        _samples.append(listener)
    return listener


def on_targets(listener: TargetsListener) -> TargetsListener:
    """Listen to which targets this process collects; called before the first of their scrapes."""
    if listener not in _targets:
        _targets.append(listener)
    return listener


def on_figures(listener: FiguresListener) -> FiguresListener:
    """Be asked, with every heartbeat, what to tell of oneself beside the collector's figures."""
    if listener not in _figures:
        _figures.append(listener)
    return listener


def figures() -> dict[str, float]:
    """What listeners tell of themselves."""
    return {name: value for listener in _figures for name, value in listener().items()}


async def tell_targets(specs: Mapping[UUID, TargetSpec]) -> None:
    """Say which targets are collected here from now on."""
    for listener in _targets:
        await listener(specs)


@dataclass(eq=False)
class _Line:
    """The batches waiting for one listener."""

    listener: SamplesListener
    waiting: asyncio.Queue[CollectedBatch]
    task: asyncio.Task[None] | None = None
    failing: bool = False


@dataclass
class SamplesCollected:
    """Hands scrapes to listeners, each by a queue and a task of its own."""

    most_waiting: int = MOST_WAITING
    dropped: int = 0
    _lines: list[_Line] = field(default_factory=list)

    def start(self) -> None:
        for listener in _samples:
            line = _Line(listener, asyncio.Queue(self.most_waiting))
            line.task = asyncio.create_task(self._serve(line))
            self._lines.append(line)

    def send(self, batch: CollectedBatch) -> None:
        """Never waits: of a full queue the oldest batch goes."""
        for line in self._lines:
            if line.waiting.full():
                line.waiting.get_nowait()
                line.waiting.task_done()
                self.dropped += 1
            line.waiting.put_nowait(batch)

    @property
    def waiting(self) -> int:
        return max((line.waiting.qsize() for line in self._lines), default=0)

    async def stop(self, *, patience: float = 2.0) -> None:
        """Let listeners finish what waits, for a moment."""
        for line in self._lines:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await line.waiting.join()
            if line.task is not None:
                line.task.cancel()
        self._lines.clear()

    async def _serve(self, line: _Line) -> None:
        while True:
            batch = await line.waiting.get()
            try:
                await line.listener(batch)
            except Exception:
                if not line.failing:
                    logger.exception("a listener of samples fails")
                line.failing = True
            else:
                line.failing = False
            finally:
                line.waiting.task_done()
