"""When a target is due, who collects it, and how long a failing one is left alone."""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING

from wardround.collect.types import SHARDS, FoundSample, Reason, TargetCheck
from wardround.kernel.attempts import Backoff

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from wardround.collect.types import CollectedBatch, Layout, ScrapeGroup

NEAR, NEAR_SHARE = 0.05, 0.01
"""Seconds, and share of the interval, within which a scrape counts as taken when planned."""
SAME, BESIDE = 0.001, 0.002
"""Seconds: samples are stored by the millisecond; two apart are two however they are rounded."""
PATIENCE = 5
"""Failures in a row after which a target is asked less often."""
LONGEST_PAUSE = 60.0
"""Seconds between attempts at a target that stays down, however long."""
MOST_SHOWN = 200
"""Samples of a try that are shown."""
REFUSED_SIGN_INS = 3
PAUSE_AFTER_REFUSED_SIGN_INS = 600.0
"""Seconds: most accounts lock after five refused sign-ins; a third must not lead to a fifth."""


def unfilled(group: ScrapeGroup, layout: Layout) -> tuple[str, ...]:
    """Metrics that a group declares and no series has."""
    filled = {key.metric for key in layout.keys}
    return tuple(metric.name for metric in group.metrics if metric.name not in filled)


def phase_of(target: UUID, interval: float) -> float:
    """Seconds within its interval at which a target is due: spread evenly, always the same.

    Whole milliseconds, as samples are stored: planned moments then differ by the interval exactly.
    """
    digest = hashlib.blake2b(target.bytes, digest_size=8).digest()
    return math.floor(int.from_bytes(digest) / 2**64 * interval * 1000) / 1000


def shard_of(target: UUID) -> int:
    digest = hashlib.blake2b(target.bytes, digest_size=8, person=b"shard").digest()
    return int.from_bytes(digest) % SHARDS


def next_due(now: float, *, interval: float, phase: float) -> float:
    """The first moment after `now` (Unix seconds) with this phase. Missed ones are not made up."""
    due = math.floor((now - phase) / interval) * interval + phase + interval
    return due if due > now else due + interval


def stamp(actual: float, planned: float, *, newest: float, interval: float) -> float:
    """The moment (Unix seconds) that samples taken at `actual` bear.

    The planned one where it is close: even steps take a hundredth of a byte each on disk, uneven
    ones more than half. Always after `newest`, the last this target bore, unless the clock was set
    back by more than an interval; then samples follow the clock, beside the old rhythm.
    """
    close = -SAME < actual - planned <= max(NEAR, interval * NEAR_SHARE)
    if close and planned > newest + SAME:
        return planned
    if newest - interval < actual < newest + SAME:
        return newest + BESIDE
    return max(actual, planned + BESIDE) if close else actual


def pause_after(failures: int, reason: Reason, interval: float) -> float:
    """Seconds to leave a target alone after so many failures in a row; 0: try at the next tick.

    Doubles from two intervals on, up to a minute, in whole intervals, so that a target that comes
    back is asked again within one; refused sign-ins pause for ten minutes after the third, so that
    no account is locked.
    """
    if reason is Reason.AUTH and failures >= REFUSED_SIGN_INS:
        return PAUSE_AFTER_REFUSED_SIGN_INS
    if failures < PATIENCE:
        return 0
    doubled = Backoff(first=2.0 * interval, longest=LONGEST_PAUSE)
    return max(1, doubled.pause(failures - PATIENCE + 1) // interval) * interval


def fair_share(collectors: int) -> int:
    """How many shards one of so many collectors may hold at most."""
    return math.ceil(SHARDS / max(collectors, 1))


def checked(batch: CollectedBatch, visible: Collection[UUID]) -> TargetCheck:
    """What a try found of these items; the first of its samples alone."""
    found = [
        FoundSample(key, value)
        for key, value in zip(batch.keys, batch.values.tolist(), strict=True)
        if key.item in visible
    ]
    return TargetCheck(
        up=batch.up,
        reason=batch.reason,
        detail=batch.detail,
        at=batch.at,
        seconds=batch.seconds,
        samples=len(found),
        sample=tuple(found[:MOST_SHOWN]),
        tables=tuple(table.name for table in batch.tables),
    )
