"""When a rule fires and when it recovers: one step of the state of many instances at once.

An instance is one rule for one set of labels of one target. It goes from inactive to pending when
its condition holds, fires once it has held for `for`, and recovers once the condition for recovery
has held for `keep_firing_for`. What is unknown holds the state, and its time does not count for
`for` unless the rule says so. A moment not later than the last one is ignored, so a clock that goes
back, or a batch told twice, decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

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
    """A pending instance of which nothing was known for longer starts anew."""
    unknown_counts: bool = False
    """Whether time in which nothing is known counts for `hold`."""


@dataclass(frozen=True, eq=False)
class States:
    """Columns of equal length, one row an instance. Moments are seconds since 1970."""

    phase: Statuses
    active_at: Floats
    keep_since: Floats
    last_at: Floats
    known_at: Floats
    looked_at: Floats
    """The last evaluation, whether anything was known or not."""
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
        looked_at=never.copy(),
        recent=np.zeros(count, np.uint64),
    )


def step(
    states: States,
    observed: Observed,
    at: Floats,
    timing: Timing,
    reach: Floats | float = np.inf,
) -> Step:
    """Move every instance to its own moment `at`.

    `reach` is how many seconds may lie between two evaluations of an instance for what was known at
    the first to be believed until the second.
    """
    before = states
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
    states = _waited(states, decided, at, timing, reach)
    phase, active_at, keep_since = _moved(states, decided & wrong, decided & right, at, timing)
    dropped = decided & ~wrong & (states.phase == PENDING)
    phase = np.where(dropped, INACTIVE, phase).astype(np.int8)
    after = States(
        phase=phase,
        active_at=np.where(phase == INACTIVE, NEVER, active_at),
        keep_since=np.where(phase == KEEPING, keep_since, NEVER),
        last_at=np.where(decided, at, states.last_at),
        known_at=known_at,
        looked_at=np.maximum(states.looked_at, at),
        recent=recent,
    )
    open_before, open_after = before.phase >= FIRING, phase >= FIRING
    return Step(
        states=after,
        fired=open_after & ~open_before,
        recovered=open_before & ~open_after,
        changed=(phase != before.phase) | (after.active_at != before.active_at),
    )


def _waited(
    states: States, decided: Truths, at: Floats, timing: Timing, reach: Floats | float
) -> States:
    """How far pending instances are at `at`: what was not known for too long starts anew, and the
    holding of the others begins as much later as nobody knew since the last look.
    """
    waiting = states.phase == PENDING
    if not waiting.any():
        return states
    longest = np.maximum(np.where(np.isfinite(reach), reach, 0.0), timing.gap)
    anew = waiting & decided & (at - states.last_at > longest)
    since = at - states.looked_at
    unknown = waiting & (since > 0) & np.isfinite(since) & (~decided | (since > reach))
    if timing.unknown_counts:
        unknown &= False
    return replace(
        states,
        phase=np.where(anew, INACTIVE, states.phase).astype(np.int8),
        active_at=states.active_at + np.where(unknown, since, 0.0),
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
    begins = wrong & (phase == INACTIVE)
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
