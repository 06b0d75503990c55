"""What the collect room tells: every scrape, in the process and the moment it was taken.

This is no announcement through the database: samples are many, and who hears them runs beside the
collector, in its process, started before its first scrape and stopped after its last.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Protocol
from uuid import UUID

from wardround.collect.types import CollectedBatch, TargetSpec
from wardround.kernel.attempts import FailureLog

logger = logging.getLogger("wardround.collect.signals")


class Companion(Protocol):
    """What a higher room lets run beside a collector.

    `hold` and `offer` are called from the collector's loop and return at once: whatever takes time
    has a thread of its own.
    """

    def start(self) -> None:
        """Begin, before the collector holds a target. What is raised ends the collector."""

    def hold(self, specs: Mapping[UUID, TargetSpec], /) -> None:
        """Learn which targets are collected here from now on, before the first of their scrapes."""

    def offer(self, batch: CollectedBatch, /) -> None:
        """Take a scrape that is on the disk; all come in the order they were taken."""

    def figures(self) -> Mapping[str, float]:
        """What to tell of itself beside the collector's figures, with every heartbeat."""

    def stop(self) -> None:
        """Settle what was offered, within seconds, and end. Called in a thread that may wait."""


_makers: list[Callable[[], Companion]] = []


def beside_collectors(make: Callable[[], Companion]) -> None:
    """Let what `make` makes run beside every collector, from its start to its end."""
    if make not in _makers:
        _makers.append(make)


class Companions:
    """Those beside one collector: started in the order they were declared, stopped the other way.

    One that fails to take a scrape is told of in the log and offered the next; it keeps neither
    the collector nor another companion from anything.
    """

    def __init__(self) -> None:
        self._running: list[tuple[Companion, FailureLog]] = []

    def start(self) -> None:
        for make in _makers:
            companion = make()
            companion.start()
            failing = f"{type(companion).__name__} does not take scrapes: %s"
            self._running.append((companion, FailureLog(logger, failing)))

    def hold(self, specs: Mapping[UUID, TargetSpec]) -> None:
        for companion, _ in self._running:
            companion.hold(specs)

    def offer(self, batch: CollectedBatch) -> None:
        for companion, log in self._running:
            try:
                companion.offer(batch)
            except Exception as error:  # noqa: BLE001  # its fault must not stop collecting
                log.failed(error, defect=True)
            else:
                log.worked()

    def figures(self) -> dict[str, float]:
        return {
            name: figure
            for companion, _ in self._running
            for name, figure in companion.figures().items()
        }

    def stop(self) -> None:
        while self._running:
            companion, _ = self._running.pop()
            try:
                companion.stop()
            except Exception:
                logger.exception("%s does not end well", type(companion).__name__)
