"""Bring what waits in a spool into history, in order, one group at a time, until it is there."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from wardround.collect.errors import SpoolFailed
from wardround.collect.spool_reader import SpoolReader
from wardround.history.errors import BatchChanged
from wardround.kernel.attempts import Attempts, Backoff, FailureLog
from wardround.kernel.errors import BadInput, Unavailable, WardroundError

if TYPE_CHECKING:
    from wardround.collect.spool import Spool
    from wardround.collect.spool_reader import SpoolGroup
    from wardround.history.types import AppendReport, SampleBatch

logger = logging.getLogger("wardround.collect.delivery")

Append = Callable[["SampleBatch"], "AppendReport"]
LINGER = 1.0
"""Seconds in which scrapes gather into one group. An insert costs history by its parts, hardly by
its rows (3,000 rows 45 ms of CPU, 30,000 rows 70). Detection does not wait for it."""
_PAUSES = Backoff(first=0.25, longest=5.0)
_REFUSED = "history does not take samples, they wait on disk: %s"


class Delivery:
    """A thread that empties one spool."""

    def __init__(self, spool: Spool, append: Append, *, linger: float = LINGER) -> None:
        self.spool = spool
        self._append = append
        self._linger = linger
        self._reader = SpoolReader(spool)
        self._ending = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="delivery", daemon=True)
        log = FailureLog(logger, _REFUSED, "history takes samples again")
        self._attempts = Attempts(_PAUSES, log)
        self.delivered = 0
        self.refused: Counter[str] = Counter()

    def start(self) -> None:
        self._thread.start()

    def stop(self, *, patience: float = 2.0) -> None:
        """End; what is not in history within a moment stays on the disk for the next start."""
        self._ending.set()
        self._thread.join(patience)
        self._stopping.set()
        self._thread.join(patience)

    @property
    def working(self) -> bool:
        """Whether history takes what is sent."""
        return not self._attempts.failing

    def drain(self) -> bool:
        """Send what is there now, in this thread; whether all of it went."""
        while not self._stopping.is_set():
            group = self._reader.next_group()
            if group is None:
                return True
            self._bring(group)
        return False

    def _run(self) -> None:
        while not self._ending.is_set():
            if not self._reader.wait(0.25):
                continue
            if not self._reader.behind:
                self._ending.wait(self._linger)
            group = self._reader.next_group()
            if group is not None:
                self._bring(group)
        self.drain()

    def _bring(self, group: SpoolGroup) -> None:
        """Send a group until history has it, or until told to stop."""
        noted = group.known
        while not self._stopping.is_set():
            try:
                if not noted:
                    self.spool.write_group(group.bounds)
                    noted = True
                report = self._append(group.batch)
            except (BadInput, BatchChanged) as error:
                self._give_up(group, error)
                return
            except (Unavailable, WardroundError, SpoolFailed, OSError) as error:
                self._stopping.wait(self._attempts.failed(error))
                continue
            self._take_note(group, report)
            return

    def _take_note(self, group: SpoolGroup, report: AppendReport) -> None:
        self.delivered += report.accepted
        for reason, count in report.refused.items():
            self.refused[str(reason)] += count
        self.spool.acknowledge(group.bounds.last)
        self._attempts.worked()

    def _give_up(self, group: SpoolGroup, error: BadInput | BatchChanged) -> None:
        """History will never take this group: it must not keep the next ones waiting."""
        logger.error("history refuses a batch of %d samples: %s", len(group.batch), error)
        why = "changed" if isinstance(error, BatchChanged) else "malformed"
        self.refused[why] += len(group.batch)
        self.spool.acknowledge(group.bounds.last)
