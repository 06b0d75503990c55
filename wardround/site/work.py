"""The worker process: background jobs, and the standing duties of the installation.

A duty is done by whoever holds its advisory lock; the lock dies with its holder's connection, so
another worker takes over within seconds.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
import time
import zlib
from dataclasses import dataclass
from typing import cast

import psycopg
from django.db import DatabaseError, close_old_connections, connections
from procrastinate.connector import BaseConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import DeleteJobCondition

from wardround.kernel import clock
from wardround.kernel.attempts import Attempts, Backoff, FailureLog
from wardround.kernel.duties import Duty, duties, standing_duty

logger = logging.getLogger("wardround.site.work")
CONCURRENCY = 4
_HEARTBEAT, _STALLED = 2.0, 10.0
_LOCK_SPACE = 0x5752
_PAUSES = Backoff(first=0.5, longest=10.0, steady=60.0)
_GRACE = 10.0
"""Seconds that running jobs get to end; what is cut off is done again by another worker."""


def run() -> int:
    """Work until SIGTERM; what is begun is finished first."""
    stopping = threading.Event()
    thread = threading.Thread(target=_stand, args=[stopping], name="duties", daemon=True)
    thread.start()
    try:
        asyncio.run(_work())
    finally:
        stopping.set()
        thread.join(5)
    return 0


async def _work() -> None:
    """Run jobs; a database that went away is waited for, not died of."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _stop_soon, stop)
    attempts = Attempts(_PAUSES, FailureLog(logger, "the worker ended and starts again: %s"))
    while not stop.is_set():
        worker = asyncio.create_task(_one_worker())
        waiter = asyncio.create_task(stop.wait())
        await asyncio.wait({worker, waiter}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            worker.cancel()
        waiter.cancel()
        ended_by = await _ended(worker)
        if not stop.is_set():
            await asyncio.sleep(attempts.failed(ended_by))


async def _ended(worker: asyncio.Task[None]) -> str:
    """Why a worker ended, when it was told to or the database left it; anything else is raised."""
    try:
        await worker
    except asyncio.CancelledError:
        return "cancelled"
    except (psycopg.Error, DatabaseError, OSError) as error:
        return str(error)
    return "it ended by itself"


def _stop_soon(stop: asyncio.Event) -> None:
    """Finish what is begun, but not for ever: a database that went away first answers nobody."""
    stop.set()
    limit = threading.Timer(_GRACE + 3, os._exit, [1])
    limit.daemon = True
    limit.start()


def _connector() -> BaseConnector:
    """The asynchronous connector of the same database; the job queue's own is synchronous."""
    return cast(DjangoConnector, app.connector).get_worker_connector()


async def _one_worker() -> None:
    with app.replace_connector(_connector()) as working:
        async with working.open_async():
            await working.run_worker_async(
                concurrency=CONCURRENCY,
                install_signal_handlers=False,
                listen_notify=True,
                fetch_job_polling_interval=1.0,
                delete_jobs=DeleteJobCondition.SUCCESSFUL,
                shutdown_graceful_timeout=_GRACE,
                update_heartbeat_interval=_HEARTBEAT,
                stalled_worker_timeout=_STALLED,
            )


@standing_duty("site.retry_stalled", every=2.0)
def retry_stalled() -> None:
    """Give the jobs of a worker that died to the others. Listeners are idempotent."""
    stalled = ProcrastinateJob.objects.raw(
        "SELECT job.* FROM procrastinate_jobs AS job"
        " LEFT JOIN procrastinate_workers AS worker ON worker.id = job.worker_id"
        " WHERE job.status = 'doing' AND (worker.id IS NULL"
        " OR worker.last_heartbeat < now() - make_interval(secs => %s))",
        [_STALLED],
    )
    for row in stalled:
        logger.warning("job %s (%s) was left by a worker that died; again", row.id, row.task_name)
        app.job_manager.retry_job_by_id(row.id, retry_at=clock.now())


@dataclass
class _Shift:
    """When a duty is due again, whether its lock is held, and how it went."""

    duty: Duty
    log: FailureLog
    due: float = 0.0
    held: bool = False

    def turn(self) -> None:
        self.due = time.monotonic() + self.duty.every
        try:
            if self._hold():
                self.duty.run()
        except Exception as error:  # noqa: BLE001  # one duty must not end the others
            self.held = False
            self.log.failed(error, defect=True)
            connections.close_all()
        else:
            self.log.worked()

    def _hold(self) -> bool:
        """Hold the duty's lock on this thread's connection, once and for as long as it lives."""
        connection = connections["default"]
        if self.held and connection.connection is not None and not connection.connection.closed:
            return True
        with connection.cursor() as cursor:
            key = zlib.crc32(self.duty.name.encode()) & 0x7FFFFFFF
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK_SPACE, key])
            row = cursor.fetchone()
        self.held = bool(row and row[0])
        return self.held


def _log_of(duty: Duty) -> FailureLog:
    failing = f"the duty {duty.name} fails; it is tried again: %s"
    return FailureLog(logger, failing, f"the duty {duty.name} works again")


def _stand(stopping: threading.Event) -> None:
    """Take turns at the duties, in one thread with one connection."""
    shifts = [_Shift(duty, _log_of(duty)) for duty in duties()]
    while not stopping.wait(0.2):
        now = time.monotonic()
        for shift in shifts:
            if shift.due <= now:
                shift.turn()
    close_old_connections()
    connections.close_all()
