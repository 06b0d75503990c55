"""Judges scrapes as they come in: the thread in a collector that runs the engine.

A scrape waits at most a moment to be judged together with others. One that is overtaken by the
next of its target is not judged, and counted: a missed evaluation is a fault, not a saving.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from time import monotonic
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection

from wardround.collect.types import CollectedBatch
from wardround.detection import queries
from wardround.detection.engine import Engine
from wardround.detection.filling import Filling
from wardround.detection.missing import Missing
from wardround.detection.recorder import VerdictRecorder
from wardround.detection.types import Verdicts
from wardround.kernel.attempts import Attempts, Backoff, FailureLog

logger = logging.getLogger("wardround.detection")

_GATHER = 0.02
_PAUSE = 1.0
_PAUSES = Backoff(first=_PAUSE, longest=_PAUSE)
_FAILING = "The database does not answer; scrapes wait to be judged: %s"
_LOOK_AGAIN = 60.0
_NOTE_WAITING = 20.0
_SETTLING = 2.0
"""Seconds that each part may take to end; what is lost is found again after the next start."""
_LONGEST_QUIET = 45.0
"""Seconds without a scrape after which another process may have judged the target meanwhile."""


class Detector:
    """Owns the engine and the recorder of one process."""

    def __init__(self) -> None:
        self._pending: dict[UUID, CollectedBatch] = {}
        self._arrived = threading.Condition()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="detection", daemon=True)
        self._engine = Engine()
        self._recorder = VerdictRecorder()
        self._filling = Filling()
        self._revision: object = self
        self._held: frozenset[UUID] | None = None
        self._last_at: dict[UUID, float] = {}
        self._watched: set[UUID] = set()
        self._looked_at = self._noted_at = monotonic()
        self._missing = Missing()
        log = FailureLog(logger, _FAILING, "The database answers; scrapes are judged again")
        self._attempts = Attempts(_PAUSES, log)
        self._idle = True
        self.judged = 0
        self.missed = 0
        """Scrapes judged, and scrapes that were overtaken before they were."""

    def start(self) -> None:
        self._recorder.start()
        self._filling.start()
        self._thread.start()

    def stop(self) -> None:
        """Judge and record what waits, if the database is there, and end both threads."""
        self.settle(_SETTLING)
        self._stopping.set()
        with self._arrived:
            self._arrived.notify_all()
        self._thread.join(_SETTLING)
        self._filling.stop(_SETTLING)
        self._recorder.put(Verdicts(standings=self._engine.waiting()))
        self._recorder.stop(patience=_SETTLING)

    def offer(self, batch: CollectedBatch) -> None:
        """Take a scrape from the collector; returns at once."""
        with self._arrived:
            if batch.target in self._pending:
                self.missed += 1
            self._pending[batch.target] = batch
            self._arrived.notify_all()

    def hold(self, targets: Iterable[UUID]) -> None:
        """Say which targets this process collects from now on; the others are let go."""
        with self._arrived:
            self._held = frozenset(targets)

    def settle(self, patience: float) -> bool:
        """Wait until everything offered is judged and recorded; whether it is."""
        with self._arrived:
            judged = self._arrived.wait_for(lambda: self._idle and not self._pending, patience)
        return judged and self._recorder.settle(patience)

    def figures(self) -> Mapping[str, float]:
        """What the collector tells about detection."""
        return {
            "detection_instances": self._engine.instances,
            "detection_judged_total": self.judged,
            "detection_refused": self._engine.refused,
            "detection_missed_total": self.missed,
            "detection_lost_total": self._recorder.lost,
        }

    def _run(self) -> None:
        while not self._stopping.is_set():
            with self._arrived:
                self._arrived.wait_for(lambda: self._pending or self._stopping.is_set())
            self._stopping.wait(_GATHER)
            with self._arrived:
                taken, self._pending = self._pending, {}
                self._idle = False
            self._judge_or_put_back(taken)
            with self._arrived:
                self._idle = True
                self._arrived.notify_all()
        connection.close()

    def _judge_or_put_back(self, taken: dict[UUID, CollectedBatch]) -> None:
        try:
            self._judge(taken)
        except (OperationalError, InterfaceError) as error:
            connection.close()
            with self._arrived:
                self.missed += len(taken.keys() & self._pending.keys())
                self._pending = {**taken, **self._pending}
            self._stopping.wait(self._attempts.failed(error))
        except Exception:
            self.missed += len(taken)
            logger.exception("%d scrapes could not be judged", len(taken))
        else:
            self._attempts.worked()

    def _judge(self, taken: dict[UUID, CollectedBatch]) -> None:
        self._use_newest_rules()
        self._let_go()
        batches = [batch for batch in taken.values() if batch.worked]
        self._leave({batch.target for batch in taken.values() if not batch.worked})
        if not batches:
            return
        again = self._look_again() + self._note_waiting()
        self._engine.fill(self._filling.take())
        self._engine.admit(batches)
        self._filling.ask(self._engine.unfilled())
        self._restore({batch.target for batch in batches if self._long_quiet(batch)})
        self._missing.take_back(self._engine)
        verdicts = again + self._engine.evaluate(batches) + self._missing.end(self._engine)
        self._last_at.update((batch.target, batch.at.timestamp()) for batch in batches)
        self.judged += len(batches)
        self._recorder.put(verdicts + Verdicts(watched=self._newly_watched(batches)))

    def _use_newest_rules(self) -> None:
        revision = queries.revision()
        if revision != self._revision:
            self._engine.use(queries.rules().values(), queries.metric_groups())
            self._revision = revision
            self._last_at.clear()  # instances of new rules may be kept from an earlier time

    def _let_go(self) -> None:
        """Forget targets that another collector has now; it may find what this one did not."""
        held = self._held
        if held is not None:
            for target in self._engine.targets() - held:
                self._engine.forget(target)
                self._missing.forget(target)
                self._last_at.pop(target, None)

    def _leave(self, targets: AbstractSet[UUID]) -> None:
        """What has never worked as it is asked cannot have gone down: it is not judged, and begins
        anew from what is kept once it works.
        """
        for target in targets:
            self._last_at.pop(target, None)
            self._watched -= self._engine.items_of(target)

    def _long_quiet(self, batch: CollectedBatch) -> bool:
        last = self._last_at.get(batch.target)
        return last is None or batch.at.timestamp() - last > _LONGEST_QUIET

    def _restore(self, targets: AbstractSet[UUID]) -> None:
        """Take over what is kept, once all that this process found is kept too."""
        if not targets:
            return
        while not self._recorder.settle(_PAUSE):
            if self._stopping.is_set():
                return
        missing = self._engine.restore(queries.standings(targets), targets)
        self._missing.replace(missing, targets)
        for target in targets:
            self._watched -= self._engine.items_of(target)

    def _look_again(self) -> Verdicts:
        """Now and then compare with what is kept, and say what still holds.

        What another process recorded meanwhile is taken over.
        """
        if monotonic() - self._looked_at < _LOOK_AGAIN or not self._recorder.settle(0):
            return Verdicts()
        self._looked_at = monotonic()
        self._restore(self._engine.targets())
        return Verdicts(seen=self._engine.seen())

    def _note_waiting(self) -> Verdicts:
        """Now and then note when what is pending was last looked at: after a restart, time in which
        nobody looked is known by it.
        """
        if monotonic() - self._noted_at < _NOTE_WAITING:
            return Verdicts()
        self._noted_at = monotonic()
        return Verdicts(standings=self._engine.waiting())

    def _newly_watched(self, batches: list[CollectedBatch]) -> frozenset[UUID]:
        items = {
            item for batch in batches if batch.up for item in self._engine.items_of(batch.target)
        }
        new = frozenset(items - self._watched)
        self._watched |= new
        return new
