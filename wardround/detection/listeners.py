"""Detection beside the collector: it hears every scrape in the process that takes it."""

from __future__ import annotations

import atexit
from collections.abc import Mapping
from uuid import UUID

from wardround.collect.signals import on_figures, on_samples, on_targets
from wardround.collect.types import CollectedBatch, TargetSpec
from wardround.detection.detector import Detector

_running: list[Detector] = []


def detector() -> Detector:
    """The detector of this process; started by the first who asks, and only where scrapes are."""
    if not _running:
        started = Detector()
        started.start()
        atexit.register(started.stop)
        _running.append(started)
    return _running[0]


@on_targets
async def hold_targets(specs: Mapping[UUID, TargetSpec]) -> None:
    """Let go of what is collected elsewhere from now on."""
    detector().hold(specs)


@on_samples
async def judge_samples(batch: CollectedBatch) -> None:
    """Never waits: judging has a thread of its own."""
    detector().offer(batch)


@on_figures
def tell_figures() -> Mapping[str, float]:
    """How detection does, once it runs."""
    return _running[0].figures() if _running else {}
