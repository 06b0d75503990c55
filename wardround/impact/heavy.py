"""Questions that may take seconds and half a gigabyte: few at a time, and none twice."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from wardround.dependability import Budget, resident_bytes
from wardround.impact.errors import TooBusy
from wardround.impact.modelling import Hospital
from wardround.impact.types import CUT_SECONDS

MOST_AT_ONCE = 2
WAIT = 3.0
"""Seconds until a further one is told to try again."""
MOST_KEPT = 256
SHORT_KEPT = 60.0
"""Seconds that an answer is kept which ran out of time: asked later, it may say more."""
_ROOM_MB = 512.0
"""Memory for the diagrams of one answer, beyond what the process holds."""
_Answer = TypeVar("_Answer")
_slots = threading.BoundedSemaphore(MOST_AT_ONCE)


@contextmanager
def turn() -> Iterator[None]:
    """Waits for a place of this process. What the compiler takes is over when it is given. Raises
    TooBusy.
    """
    from wardround.impact.warming import cutting_warmed  # noqa: PLC0415  # it loads the compiler

    if not _slots.acquire(timeout=WAIT):
        raise TooBusy
    try:
        cutting_warmed()
        yield
    finally:
        _slots.release()


def budget() -> Budget:
    return Budget(CUT_SECONDS, resident_bytes() / 1e6 + _ROOM_MB)


class _Kept:
    """Answers about one model, the ones asked last; gone when the model is another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: Hospital | None = None
        self._answers: OrderedDict[Hashable, tuple[Any, float]] = OrderedDict()
        """Each with the moment of the process's clock until which it is good."""

    def get(self, hospital: Hospital, question: Hashable) -> Any:
        with self._lock:
            if self._of is not hospital:
                self._of, self._answers = hospital, OrderedDict()
            answer, until = self._answers.get(question, (None, 0.0))
            if until <= time.monotonic():
                return None
            self._answers.move_to_end(question)
            return answer

    def keep(self, hospital: Hospital, question: Hashable, answer: Any, until: float) -> None:
        with self._lock:
            if self._of is hospital:
                self._answers[question] = answer, until
                while len(self._answers) > MOST_KEPT:
                    self._answers.popitem(last=False)


_kept = _Kept()


def answered(hospital: Hospital, question: Hashable, work: Callable[[Budget], _Answer]) -> _Answer:
    """What the work says of this model, or what it said before. Raises TooBusy."""
    found: _Answer | None = _kept.get(hospital, question)
    if found is not None:
        return found
    with turn():
        found = _kept.get(hospital, question)  # of who waited for the same
        if found is None:
            given = budget()
            found = work(given)
            # who gives its parts a share each runs out of time before all of it is over
            short = given.left <= given.seconds / 2
            until = time.monotonic() + SHORT_KEPT if short else float("inf")
            _kept.keep(hospital, question, found, until)
    return found
