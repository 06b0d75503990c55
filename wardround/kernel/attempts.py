"""Trying again what failed: how long to wait before it, and saying so once.

Whatever waits for something of the outside (a store, a child process, a target) waits by the one
rule here, so that nothing hammers what is coming up and nothing fills the log.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

_SPREAD = 0.25
_MOST_DOUBLINGS = 60
"""Far past any longest pause; keeps the power a number."""


@dataclass(frozen=True, slots=True)
class Setbacks:
    """Failures in a row at one thing, and when (`pause` seconds after the last) to try again."""

    count: int = 0
    pause: float = 0.0
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses in seconds: `first`, then doubled with every failure in a row, at most `longest`.

    `steady` is how long it must have gone well for the next failure to be a first one again; where
    it is infinite, only who knows of a success begins anew, with `Setbacks()`.
    """

    first: float
    longest: float
    steady: float = float("inf")

    def pause(self, failures: int, *, jitter: float = 0.0) -> float:
        """Seconds to wait after so many failures in a row; 0 after none.

        `jitter`, from 0 to 1, shortens the pause by up to a quarter, so that many who failed
        together do not come back together.
        """
        if failures <= 0:
            return 0.0
        doubled = self.first * 2.0 ** min(failures - 1, _MOST_DOUBLINGS)
        return min(doubled, self.longest) * (1.0 - _SPREAD * jitter)

    def after(self, before: Setbacks, *, at: float, jitter: float = 0.0) -> Setbacks:
        """What a failure at the moment `at` (seconds of any one clock) makes of those before it."""
        anew = before.count == 0 or at - before.until >= self.steady
        count = 1 if anew else before.count + 1
        pause = self.pause(count, jitter=jitter)
        return Setbacks(count, pause, at + pause)


class FailureLog:
    """Tells the log once that something fails, and once that it works again."""

    def __init__(self, logger: logging.Logger, failing: str, working: str = "") -> None:
        """`failing` takes the error at its one `%s`; without `working` the end is not told."""
        self._logger = logger
        self._failing = failing
        self._working = working
        self.failing = False

    def failed(self, error: object, *, defect: bool = False) -> None:
        """Note a failure; a defect of ours is told as an error, with the traceback at hand."""
        if not self.failing:
            level = logging.ERROR if defect else logging.WARNING
            self._logger.log(level, self._failing, str(error).strip(), exc_info=defect)
        self.failing = True

    def worked(self) -> None:
        if self.failing and self._working:
            self._logger.warning(self._working)
        self.failing = False


class Attempts:
    """Attempts at one thing that may fail for a while: a pause for each, two lines in the log."""

    def __init__(
        self,
        backoff: Backoff,
        log: FailureLog,
        *,
        moment: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._backoff = backoff
        self._log = log
        self._moment = moment
        self._chance = chance
        self._setbacks = Setbacks()

    @property
    def failing(self) -> bool:
        return self._log.failing

    def failed(self, error: object) -> float:
        """Note a failure; gives the seconds to wait before the next attempt."""
        at, jitter = self._moment(), self._chance()
        self._setbacks = self._backoff.after(self._setbacks, at=at, jitter=jitter)
        if self._setbacks.count == 1:
            self._log.failing = False  # it went well long enough to be told anew
        self._log.failed(error)
        return self._setbacks.pause

    def worked(self) -> None:
        self._setbacks = Setbacks()
        self._log.worked()
