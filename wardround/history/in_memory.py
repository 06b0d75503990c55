"""What the history process keeps in memory of each database: its newest samples, and the last hour
of every series as windows. Filled with what is about to be acknowledged.
"""

from __future__ import annotations

import sys
import threading
import traceback

from wardround.history.blocks import Rows
from wardround.history.hot import Hot
from wardround.history.recent import BUDGET, EVERYTHING, Recent

MOST_WAITING = 200_000
"""Rows that wait to be put together before somebody asks."""


class _Database:
    """Both memories of one, and what waits to be passed on to them."""

    def __init__(self, complete_from: int) -> None:
        since = complete_from * 1000 if complete_from else EVERYTHING
        self.recent = Recent(BUDGET, complete_from=since)
        self.hot = Hot(complete_from=complete_from)
        self._in_queue = threading.Lock()
        self._passing = threading.Lock()
        self._waiting: list[Rows] = []
        self._count = 0

    def take(self, rows: Rows) -> None:
        with self._in_queue:
            self._waiting.append(rows)
            self._count += len(rows)
            many = self._count > MOST_WAITING
        if many:
            self.pass_on()

    def pass_on(self) -> None:
        """Whoever comes while somebody else does it waits until it is done: what was acknowledged
        is seen by all who ask later.
        """
        with self._passing:
            with self._in_queue:
                waiting, self._waiting, self._count = self._waiting, [], 0
            together = self.recent.together(waiting)
            for rows in waiting if together is None else together:
                self.hot.take(rows, together=together is not None)
                self.recent.take(rows)


class InMemory:
    """For any number of threads."""

    def __init__(self) -> None:
        self._of: dict[str, _Database] = {}

    def __contains__(self, database: str) -> bool:
        return database in self._of

    def begin(self, database: str, complete_from: int) -> None:
        """From now on samples of a database are taken; before this moment (Unix seconds; 0: never)
        there may be some that were not heard.
        """
        self._of.setdefault(database, _Database(complete_from))

    def take(self, database: str, rows: Rows) -> None:
        """Rows of a database that was begun; of others there is nothing to keep."""
        try:
            if (found := self._of.get(database)) is not None:
                found.take(rows)
        except Exception:  # noqa: BLE001  # the rows are promised, whatever becomes of memory
            self._give_up()

    def hot(self, database: str) -> Hot | None:
        """The last hour as windows; nothing until samples came."""
        found = self._filled(database)
        return found.hot if found else None

    def recent(self, database: str) -> Recent | None:
        """The newest samples; nothing until samples came."""
        found = self._filled(database)
        return found.recent if found else None

    def _filled(self, database: str) -> _Database | None:
        try:
            if (found := self._of.get(database)) is not None:
                found.pass_on()
        except Exception:  # noqa: BLE001  # what did not arrive must not look like all there is
            self._give_up()
            return None
        return found

    def work_in(self) -> None:
        """Pack what waits; for the thread that has the time."""
        try:
            for found in list(self._of.values()):
                found.pass_on()
                found.recent.work_in()
        except Exception:  # noqa: BLE001  # its thread fills the tables
            self._give_up()

    def _give_up(self) -> None:
        """A defect of memory must cost speed alone: the tables answer until it has begun anew."""
        print("history: memory begins anew:", traceback.format_exc(), file=sys.stderr, flush=True)  # noqa: T201
        self.forget()

    def forget(self) -> None:
        self._of.clear()

    def figures(self) -> dict[str, float]:
        """As `types.CommitFigures` has them."""
        found = [each for name in list(self._of) if (each := self._filled(name))]
        windows = [each.hot.figures() for each in found]
        newest = [each.recent.figures() for each in found]
        return {
            "recent_bytes": sum(figures.bytes for figures in newest),
            "recent_series": sum(figures.series for figures in newest),
            "recent_seconds": min((figures.seconds for figures in newest), default=0.0),
            "recent_full": max((figures.full for figures in newest), default=0),
            "hot_series": sum(series for series, _ in windows),
            "hot_bytes": sum(size for _, size in windows),
        }
