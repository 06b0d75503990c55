"""What a room announces upward: a lower room says what happened, higher rooms listen.

Two ways to listen. `on_commit` runs in the same process right after the commit, for what may be
lost with the process. `in_worker` is a job deferred in the very transaction of the announcement,
for what must follow come what may; it can run more than once, so it is idempotent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Generic, TypeVar, cast

from django.db import transaction
from procrastinate.contrib.django import app
from pydantic import TypeAdapter

from wardround.kernel.attempts import FailureLog
from wardround.kernel.jobs import PATIENT

T = TypeVar("T")
Listener = Callable[[Sequence[T]], None]
Queued = Mapping[str, Any]
"""A value as a job carries it: JSON."""

_MOST_IN_ONE_JOB = 500
"""A storm travels in batches of this size: one job row each, not one per value."""

logger = logging.getLogger("wardround.kernel.announcements")
_deliveries: dict[str, Callable[[object], None]] = {}
_troubles: dict[str, FailureLog] = {}


class Announcement(Generic[T]):
    """One kind of news; `shape` is the frozen value that carries it.

    A job may wait through an upgrade. `completed` gives what an earlier version queued the fields
    that the shape has won since; it gets every value, and leaves those alone that have them.
    """

    def __init__(
        self, name: str, shape: type[T], *, completed: Callable[[Queued], Queued] | None = None
    ) -> None:
        self.name = name
        self._completed = completed
        self._values: TypeAdapter[list[T]] = TypeAdapter(list[shape])  # type: ignore[valid-type]
        self._now: list[Listener[T]] = []
        self._later: list[str] = []

    def on_commit(self, listener: Listener[T]) -> Listener[T]:
        """Listen in the announcing process, after the commit."""
        self._now.append(listener)
        return listener

    def in_worker(self, name: str) -> Callable[[Listener[T]], Listener[T]]:
        """Listen in a worker, by a job that commits with the announcement. `name` is stable."""

        def declare(listener: Listener[T]) -> Listener[T]:
            _deliveries[name] = lambda body: listener(self._received(body))
            self._later.append(name)
            return listener

        return declare

    def _received(self, body: object) -> list[T]:
        """The values of a job, by whichever version it was queued."""
        if self._completed is not None:
            body = [self._completed(value) for value in cast("Iterable[Queued]", body)]
        return self._values.validate_python(body)

    def send(self, value: T) -> None:
        """Announce one value; inside the transaction that made it true."""
        self.send_many([value])

    def send_many(self, values: Sequence[T]) -> None:
        """Announce many values of one transaction together."""
        if not values:
            return
        for first in range(0, len(values), _MOST_IN_ONE_JOB):
            part = list(values[first : first + _MOST_IN_ONE_JOB])
            body = self._values.dump_python(part, mode="json") if self._later else None
            for name in self._later:
                deliver.configure(queue="news").defer(listener=name, body=body)
        for listener in self._now:
            transaction.on_commit(partial(listener, tuple(values)))


@app.task(name="kernel.deliver", queue="news", retry=PATIENT)
def deliver(*, listener: str, body: object) -> None:
    """Hand announced values to one listener. An unknown listener fails and is tried again:
    during an upgrade the worker that knows it may start later.

    What fails is tried again for a day, so it is told in the log at once, and by the doctor.
    """
    trouble = _troubles.setdefault(
        listener,
        FailureLog(logger, f"{listener} failed and is tried again: %s", f"{listener} works again"),
    )
    try:
        _deliveries[listener](body)
    except Exception as error:
        trouble.failed(f"{type(error).__name__} {error}", defect=True)
        raise
    trouble.worked()
