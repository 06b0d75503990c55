"""How long a child's loop has stood through its own fault.

A loop may be late because the whole machine is: asleep, paused by its host, or with more to do than
it has processors. Then nothing is mended by ending the process. So only time counts in which it
could have turned: not what we slept through ourselves, not what its threads waited for a processor,
not what the disk holds it in the kernel (no signal would reach it there), not while somebody traces
it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 10.0
"""Seconds that a loop may stand."""
LONGEST_STEP = 1.0
"""Of a longer time between two looks we know only that we did not look: we may have slept."""
_NANOSECONDS = 1e-9
_RUNNABLE, _IN_KERNEL, _TRACED = "R", "D", "t"


@dataclass(frozen=True, slots=True)
class ThreadTimes:
    """What the kernel says of one thread: its state, seconds it ran and seconds it waited to."""

    state: str
    ran: float
    waited: float


Threads = Mapping[int, ThreadTimes]


def could_run(before: Threads, now: Threads, seconds: float, *, leader: int) -> float:
    """Of the seconds between two looks, those in which nothing kept the loop from turning.

    `leader` is the thread of the loop. The loop may wait for another thread of the process, so the
    thread that was kept longest counts.
    """
    seconds = min(seconds, LONGEST_STEP)
    loop = now.get(leader)
    if loop is not None and loop.state in (_IN_KERNEL, _TRACED):
        return 0.0
    kept = max(
        (_kept(before[thread], now[thread], seconds) for thread in before.keys() & now.keys()),
        default=0.0,
    )
    return max(seconds - kept, 0.0)


def _kept(before: ThreadTimes, now: ThreadTimes, seconds: float) -> float:
    """The kernel books a wait when it is over, so one that goes on is what is left of the time."""
    waited = now.waited - before.waited
    if now.state == before.state == _RUNNABLE:
        waited = max(waited, seconds - max(now.ran - before.ran, 0.0))
    return min(max(waited, 0.0), seconds)


def threads_of(pid: int) -> dict[int, ThreadTimes]:
    """The threads of a process; none of one that is gone, or where the kernel does not tell."""
    found: dict[int, ThreadTimes] = {}
    try:
        for place in Path(f"/proc/{pid}/task").iterdir():
            state = (place / "stat").read_text().rpartition(")")[2].split()[0]
            ran, waited, _slices = (place / "schedstat").read_text().split()
            found[int(place.name)] = ThreadTimes(
                state, int(ran) * _NANOSECONDS, int(waited) * _NANOSECONDS
            )
    except (OSError, ValueError, IndexError):
        return found
    return found
