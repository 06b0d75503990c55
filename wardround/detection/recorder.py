"""Writes verdicts to the database, in order, however long the database is away."""

from __future__ import annotations

import logging
import threading
from collections import deque
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection

from wardround.detection import actions
from wardround.detection.types import Labels, Verdicts
from wardround.kernel import clock
from wardround.kernel.attempts import Attempts, Backoff, FailureLog

logger = logging.getLogger("wardround.detection.recorder")

_PAUSES = Backoff(first=0.1, longest=5.0)
_FAILING = "The database takes no verdicts, trying on: %s"


class VerdictRecorder:
    """A thread that records what the engine found. Nothing waits for it but a restore."""

    def __init__(self) -> None:
        self._waiting: deque[Verdicts] = deque()
        self._changed = threading.Condition()
        self._busy = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        log = FailureLog(logger, _FAILING, "The database takes verdicts again")
        self._attempts = Attempts(_PAUSES, log)
        self.lost = 0
        """Verdicts that could not be recorded for another reason than an absent database."""

    def start(self) -> None:
        self._thread.start()

    def stop(self, *, patience: float = 5.0) -> None:
        """Record what waits, for at most `patience` seconds. What is lost is found again."""
        self.settle(patience)
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()
        self._thread.join(patience)

    def put(self, verdicts: Verdicts) -> None:
        """Record these after those before."""
        if verdicts:
            with self._changed:
                self._waiting.append(verdicts)
                self._changed.notify_all()

    def settle(self, patience: float) -> bool:
        """Wait until everything is recorded; whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting and not self._busy, patience)

    def _run(self) -> None:
        while not self._stopping.is_set():
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._stopping.is_set())
                together = self._together()
                self._busy = True
            self._record_patiently(together)
            with self._changed:
                self._busy = False
                self._changed.notify_all()
        connection.close()

    def _together(self) -> Verdicts:
        """Join what waits, as long as no instance comes twice: the order of its verdicts counts."""
        joined = Verdicts()
        touched: set[tuple[str, UUID, Labels]] = set()
        while self._waiting and not (touched & self._waiting[0].touched()):
            touched |= self._waiting[0].touched()
            joined += self._waiting.popleft()
        return joined

    def _record_patiently(self, verdicts: Verdicts) -> None:
        while verdicts and not self._stopping.is_set():
            try:
                actions.record(verdicts, at=clock.now())
            except (OperationalError, InterfaceError) as error:
                connection.close()
                self._stopping.wait(self._attempts.failed(error))
            except Exception as error:  # noqa: BLE001  # one bad verdict must not stop the others
                self._record_apart(verdicts, error)
                return
            else:
                self._attempts.worked()
                return

    def _record_apart(self, verdicts: Verdicts, error: Exception) -> None:
        """One of these cannot be recorded at all; find it, so that it holds up no other."""
        parts = _halves(verdicts)
        if len(parts) == 1:
            self.lost += 1
            logger.error("A verdict could not be recorded: %s", verdicts, exc_info=error)
            return
        for part in parts:
            self._record_patiently(part)


def _halves(verdicts: Verdicts) -> list[Verdicts]:
    """Split by instance; what concerns one instance stays together."""
    marks = sorted(verdicts.touched())
    aside = Verdicts(watched=verdicts.watched, unknown=verdicts.unknown, seen=verdicts.seen)
    if len(marks) + bool(aside) <= 1:
        return [verdicts]
    parts = (set(marks[: len(marks) // 2]), set(marks[len(marks) // 2 :]))
    return [part for part in (aside, *(_only(verdicts, marks) for marks in parts)) if part]


def _only(verdicts: Verdicts, marks: set[tuple[str, UUID, Labels]]) -> Verdicts:
    return Verdicts(
        findings=tuple(
            finding
            for finding in verdicts.findings
            if (finding.rule.name, finding.item, finding.labels) in marks
        ),
        recoveries=tuple(
            recovery
            for recovery in verdicts.recoveries
            if (recovery.rule, recovery.item, recovery.labels) in marks
        ),
        standings=tuple(
            standing
            for standing in verdicts.standings
            if (standing.rule, standing.item, standing.labels) in marks
        ),
    )
