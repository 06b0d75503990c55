"""Background work on procrastinate: the queue is a table of the same database.

A job deferred inside a transaction exists exactly when the transaction does, so the queue is the
outbox: nothing that must follow a change can be lost between the two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec

from django.db import connection
from procrastinate import RetryStrategy, tasks
from procrastinate.contrib.django import app

P = ParamSpec("P")

PATIENT = RetryStrategy(max_attempts=20, exponential_wait=2)
"""Tries for about a day: for what must happen once its cause is gone."""


STUBBORN = 3
"""Failures in a row after which a job is told to people."""


@dataclass(frozen=True)
class FailingWork:
    """Jobs of one kind that failed several times and wait for their next try, or were given up."""

    name: str
    """Of the job; for news that is delivered, of the listener."""
    count: int
    given_up: int


def failing_work() -> list[FailingWork]:
    """What the workers do not get done, by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(args->>'listener', task_name), count(*),"
            " count(*) FILTER (WHERE status = 'failed') FROM procrastinate_jobs"
            " WHERE status = 'failed' OR (status IN ('todo', 'doing') AND attempts >= %s)"
            " GROUP BY 1 ORDER BY 1",
            [STUBBORN],
        )
        return [FailingWork(*row) for row in cursor.fetchall()]


class Job(Generic[P]):
    """A function that runs in `wardround work`; call it to run it here and now."""

    def __init__(self, function: Callable[P, None], task: tasks.Task[Any, Any, Any]) -> None:
        self._function = function
        self._task = task
        self.name = task.name

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        self._function(*args, **kwargs)

    def defer(self, *_args: P.args, **kwargs: P.kwargs) -> None:
        """Queue one run, in the transaction that is open. Arguments are JSON, by name."""
        self._task.defer(**kwargs)


def job(
    name: str,
    *,
    every: str | None = None,
    queue: str = "default",
    retry: RetryStrategy | bool = False,
    lock: str | None = None,
) -> Callable[[Callable[P, None]], Job[P]]:
    """Declare a job. `every` is a cron line; a periodic job takes `timestamp: int`.

    Args:
        name: stable, `room.verb`: rows in the queue carry it across versions.
        every: five fields, or six with seconds last.
        queue: the queue that carries it.
        retry: when to try again after an error; the job must be idempotent.
        lock: jobs with the same lock never run at the same time.

    """

    def declare(function: Callable[P, None]) -> Job[P]:
        task: tasks.Task[Any, Any, Any] = app.task(name=name, queue=queue, retry=retry, lock=lock)(
            function
        )
        if every is not None:
            task = app.periodic(cron=every)(task)
        return Job(function, task)

    return declare
