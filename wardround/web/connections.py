"""Connections to the database for those who wait in front of a screen.

The server limits how long a statement runs, but a server that is frozen (stopped, swapped out, its
disk gone) limits nothing and answers nobody. So the wait for an answer ends on this side too.
"""

from __future__ import annotations

from typing import Any, ClassVar

import psycopg
from django.db import connections
from psycopg.pq import TransactionStatus

INTERVAL = 0.1


class LimitedConnection(psycopg.Connection[Any]):
    """Gives up, and its connection with it, when no answer comes for `patience` seconds."""

    patience: ClassVar[float] = 25.0
    """Longer than a statement may take, so that the server's own word comes first."""

    def wait(self, gen: Any, interval: float = INTERVAL, timeout: float | None = None) -> Any:
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.patience)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()  # an answer that comes later would be taken for the next one's
            raise


class ProbingConnection(LimitedConnection):
    """For the question whether the database is well: no answer soon is the answer."""

    patience: ClassVar[float] = 3.0


def parameters(name: str) -> dict[str, Any]:
    """How to connect beside Django's own connections, under a name that the server shows."""
    given = connections["default"].get_connection_params()
    unwanted = {"pool", "context", "cursor_factory", "prepare_threshold"}
    kept = {key: value for key, value in given.items() if key not in unwanted}
    return {**kept, "application_name": f"wardround {name}", "autocommit": True}
