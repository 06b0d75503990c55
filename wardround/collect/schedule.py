"""When the groups of one target are due. Knows no clock: every moment is an argument."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from wardround.collect import rules
from wardround.collect.types import Reason, ScrapeGroup, TargetSpec


@dataclass(frozen=True)
class Tick:
    """A moment (Unix seconds) and the groups that are due at it, the deciding one first."""

    at: float
    groups: tuple[ScrapeGroup, ...]


@dataclass
class Schedule:
    """All groups of a target share its phase, so that they come together in one scrape.

    The first tick takes every group: nobody waits five minutes for the first size of a database.
    """

    spec: TargetSpec
    _done: dict[str, float] = field(default_factory=dict)
    _planned: float = -math.inf

    def interval_of(self, group: ScrapeGroup) -> float:
        return max(group.interval, self.spec.interval)

    def next(self, now: float) -> Tick:
        base = self.spec.interval
        phase = rules.phase_of(self.spec.id, base)
        at = rules.next_due(now, interval=base, phase=phase)
        if at <= self._planned < at + base / 2:  # a clock set back a little plans no moment twice
            at = rules.next_due(self._planned, interval=base, phase=phase)
        self._planned = at
        first, *others = self.spec.template.groups
        due = [first, *(group for group in others if self._is_due(group, at))]
        return Tick(at, tuple(due))

    def took(self, group: ScrapeGroup, at: float) -> None:
        self._done[group.name] = at

    def _is_due(self, group: ScrapeGroup, at: float) -> bool:
        done = self._done.get(group.name)
        # Half a base interval of grace: ticks are not to drift past a group's own interval.
        # A clock set back makes everything due: what was done later than now says nothing.
        grace = self.spec.interval / 2
        return done is None or not -grace < at - done < self.interval_of(group) - grace


@dataclass
class Patience:
    """How a failing target is asked less and less often."""

    interval: float
    failures: int = 0
    until: float = 0.0
    since: float = 0.0

    def resting(self, now: float) -> bool:
        """A clock set back to before the failure ends the rest."""
        return self.since - self.interval / 2 <= now < self.until

    def failed(self, reason: Reason, now: float) -> None:
        self.failures += 1
        # Half an interval less: a tick that comes a little early must not be skipped.
        pause = rules.pause_after(self.failures, reason, self.interval)
        self.until = now + pause - self.interval / 2 if pause else 0.0
        self.since = now

    def answered(self) -> None:
        self.failures, self.until = 0, 0.0
