"""When a rule fires and when it recovers: one step of the state of many instances at once.

An instance is one rule for one set of labels of one target. It goes from inactive to pending when
its condition holds, fires once it has held for `for`, and recovers once the condition for recovery
has held for `keep_firing_for`. What is unknown holds the state. A moment not later than the last
one is ignored, so a clock that goes back, or a batch told twice, decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wardround.detection.evaluate import GONE, PRESENT, UNKNOWN, Floats, Statuses

INACTIVE, PENDING, FIRING, KEEPING = 0, 1, 2, 3
NEVER = -np.inf

Truths = NDArray[np.bool_]


@dataclass(frozen=True)
class Timing:
    """How a rule holds; seconds. `times` of the last `of` evaluations must be true."""

    hold: float = 0.0
    keep: float = 0.0
    times: int = 1
    of: int = 1
    no_data: float = 0.0
    """0: silence never fires this rule."""
    gap: float = 300.0
    """A pending instance that was not evaluated for longer starts anew."""


@dataclass(frozen=True, eq=False)
class States:
    """Columns of equal length, one row an instance. Moments are seconds since 1970."""

    phase: Statuses
    active_at: Floats
    keep_since: Floats
    last_at: Floats
    known_at: Floats
    recent: NDArray[np.uint64]
    """The last evaluations, newest in the lowest bit."""


@dataclass(frozen=True, eq=False)
class Observed:
    """What was found for each instance: its condition, its recovery, and whether it exists."""

    status: Statuses
    there: Statuses
    recovery: Statuses | None
    """`None` where the rule has no condition of its own for recovery."""


@dataclass(frozen=True, eq=False)
class Step:
    """The new states and who crossed which line."""

    states: States
    fired: Truths
    recovered: Truths
    changed: Truths
    """Whose phase or holding time must survive a restart."""


def fresh(count: int) -> States:
    """States of instances that were never evaluated."""
    never = np.full(count, NEVER)
    return States(
        phase=np.zeros(count, np.int8),
        active_at=never.copy(),
        keep_since=never.copy(),
        last_at=never.copy(),
        known_at=never.copy(),
        recent=np.zeros(count, np.uint64),
    )


def step(states: States, observed: Observed, at: Floats, timing: Timing) -> Step:
    """Move every instance to its own moment `at`."""
    later = at > states.last_at
    known = observed.status != UNKNOWN
    known_at = np.where(later & (known | (states.known_at == NEVER)), at, states.known_at)
    silent = _silent(known, at - known_at, timing)
    decided = later & (known | silent)
    recent = np.where(
        later & known, _shifted(states.recent, observed.status, timing), states.recent
    )
    wrong = silent | (known & (np.bitwise_count(recent) >= timing.times))
    right = known & ~wrong & _may_recover(observed)
    phase, active_at, keep_since = _moved(states, decided & wrong, decided & right, at, timing)
    dropped = decided & ~wrong & (states.phase == PENDING)
    phase = np.where(dropped, INACTIVE, phase).astype(np.int8)
    after = States(
        phase=phase,
        active_at=np.where(phase == INACTIVE, NEVER, active_at),
        keep_since=np.where(phase == KEEPING, keep_since, NEVER),
        last_at=np.where(decided, at, states.last_at),
        known_at=known_at,
        recent=recent,
    )
    open_before, open_after = states.phase >= FIRING, phase >= FIRING
    return Step(
        states=after,
        fired=open_after & ~open_before,
        recovered=open_before & ~open_after,
        changed=(phase != states.phase) | (after.active_at != states.active_at),
    )


def is_quiet(phase: Statuses, status: Statuses, timing: Timing) -> bool:
    """Whether nothing is wrong and nothing was: then a step would move the moments alone.

    Most scrapes are; looking first makes them several times cheaper.
    """
    return (
        timing.of == 1 and not timing.no_data and not phase.any() and not (status == PRESENT).any()
    )


def _silent(known: Truths, silence: Floats, timing: Timing) -> Truths:
    if not timing.no_data:
        return np.zeros(len(known), np.bool_)
    return ~known & (silence >= timing.no_data)


def _shifted(recent: NDArray[np.uint64], status: Statuses, timing: Timing) -> NDArray[np.uint64]:
    newest = (status == PRESENT).astype(np.uint64)
    shifted: NDArray[np.uint64] = (recent << np.uint64(1)) | newest
    return shifted & np.uint64((1 << timing.of) - 1)


def _may_recover(observed: Observed) -> Truths:
    """With a condition for recovery, only that or the end of the series itself recovers."""
    if observed.recovery is None:
        return np.ones(len(observed.status), np.bool_)
    recovers: Truths = (observed.recovery == PRESENT) | (observed.there == GONE)
    return recovers


def _moved(
    states: States, wrong: Truths, right: Truths, at: Floats, timing: Timing
) -> tuple[Statuses, Floats, Floats]:
    phase = states.phase
    waiting = phase == PENDING
    begins = wrong & ((phase == INACTIVE) | (waiting & (at - states.last_at > timing.gap)))
    active_at = np.where(begins, at, states.active_at)
    held = wrong & (waiting | begins) & (at - active_at >= timing.hold)
    stops = right & (phase == FIRING)
    keep_since = np.where(stops, at, states.keep_since)
    ended = (stops | (right & (phase == KEEPING))) & (at - keep_since >= timing.keep)
    again = (phase == KEEPING) & wrong
    moved = np.where(stops, KEEPING, phase)
    moved = np.where(ended, INACTIVE, moved)
    moved = np.where(begins, PENDING, moved)
    moved = np.where(held | again, FIRING, moved)
    return moved.astype(np.int8), active_at, keep_since
