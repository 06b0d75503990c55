"""The kernel's counters, which now and then fall a little without having begun anew.

Idle and waiting time of a processor are corrected backwards by some ticks; a processor that is
taken away takes its part with it. Read as a reset, such a fall would count everything once more.
"""

from __future__ import annotations

from dataclasses import dataclass

_RESET_BELOW = 0.5
"""A counter that began anew stands below this part of what it was; one corrected stands above."""
_PATIENCE = 20
"""Readings that a fallen counter is held; then it goes on from where it stands, without a jump."""


@dataclass(slots=True)
class _Counter:
    raw: float
    shown: float
    held: int = 0


class SteadyCounters:
    """What each counter shows, reading after reading: it rises, stays, or begins anew."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], _Counter] = {}

    def read(self, thing: str, name: str, raw: float) -> float:
        """The value to report for a counter of a thing that now stands at `raw`."""
        counter = self._known.get((thing, name))
        if counter is None:
            self._known[thing, name] = _Counter(raw, raw)
            return raw
        if raw >= counter.raw:
            counter.shown += raw - counter.raw
        elif raw < counter.raw * _RESET_BELOW:
            counter.shown = raw
        elif counter.held < _PATIENCE:
            counter.held += 1
            return counter.shown
        counter.raw, counter.held = raw, 0
        return counter.shown
