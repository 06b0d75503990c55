"""What the history process keeps in memory of each database: its newest samples, and the last hour
of every series as windows. Filled with what is about to be acknowledged.
"""

from __future__ import annotations

import sys
import traceback

from wardround.history.blocks import Rows
from wardround.history.hot import Hot
from wardround.history.recent import BUDGET, EVERYTHING, Recent


class InMemory:
    """For any number of threads."""

    def __init__(self) -> None:
        self._of: dict[str, tuple[Hot, Recent]] = {}

    def __contains__(self, database: str) -> bool:
        return database in self._of

    def begin(self, database: str, complete_from: int) -> None:
        """From now on samples of a database are taken; before this moment (Unix seconds; 0: never)
        there may be some that were not heard.
        """
        recent = Recent(BUDGET, complete_from=complete_from * 1000 if complete_from else EVERYTHING)
        hot = Hot(complete_from=complete_from, together=recent.together)
        self._of.setdefault(database, (hot, recent))

    def take(self, database: str, rows: Rows) -> None:
        """Rows of a database that was begun; of others there is nothing to keep."""
        try:
            for memory in self._of.get(database, ()):
                memory.take(rows)
        except Exception:  # noqa: BLE001  # the rows are promised, whatever becomes of memory
            self._give_up()

    def hot(self, database: str) -> Hot | None:
        """The last hour as windows; nothing until samples came."""
        found = self._of.get(database)
        return found and found[0]

    def recent(self, database: str) -> Recent | None:
        """The newest samples; nothing until samples came."""
        found = self._of.get(database)
        return found and found[1]

    def work_in(self) -> None:
        """Pack what waits; for the thread that has the time."""
        try:
            for _, recent in list(self._of.values()):
                recent.work_in()
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
        both = list(self._of.values())
        windows = [hot.figures() for hot, _ in both]
        newest = [recent.figures() for _, recent in both]
        return {
            "recent_bytes": sum(figures.bytes for figures in newest),
            "recent_series": sum(figures.series for figures in newest),
            "recent_seconds": min((figures.seconds for figures in newest), default=0.0),
            "recent_full": max((figures.full for figures in newest), default=0),
            "hot_series": sum(series for series, _ in windows),
            "hot_bytes": sum(size for _, size in windows),
        }
