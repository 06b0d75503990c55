"""How far a file has come, told while the one transaction that works in it is open.

Nothing that it writes is seen before it ends. So it is told by the name of its connection, which
others see at once, and which goes with the connection: what died is not told to be at work.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Sized
from typing import TypeVar
from uuid import UUID

from django.db import connection

from wardround.cmdb.import_types import Progress, Step

_EVERY = 1.0
_LOOKED_AT = 256
_TOLD = re.compile(r"import ([0-9a-f]{32}) (\w+) (\d+)/(\d+)")
T = TypeVar("T")


def tell(import_id: UUID, step: Step, done: int, rows: int) -> None:
    """Say how far it is, until the transaction that is open ends."""
    name = f"import {import_id.hex} {step} {done}/{rows}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('application_name', %s, true)", [name])


class Watch:
    """Tells how far a file is as its rows go by, at most once a second."""

    def __init__(self, import_id: UUID) -> None:
        self._import = import_id
        self._due = 0.0

    def each(self, step: Step, things: Iterable[T], rows: int | None = None) -> Iterator[T]:
        """The same things. Args: `rows`: how many they are, where they cannot be counted."""
        many = len(things) if isinstance(things, Sized) else rows or 0
        tell(self._import, step, 0, many)
        for place, thing in enumerate(things):
            if place % _LOOKED_AT == 0 and (now := time.monotonic()) >= self._due:
                self._due = now + _EVERY
                tell(self._import, step, min(place, many), many)
            yield thing


def told() -> dict[UUID, Progress]:
    """By import that is worked in at this moment, how far it is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT application_name FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name LIKE 'import %%'"
        )
        names = [row[0] for row in cursor.fetchall()]
    found = (_TOLD.fullmatch(name) for name in names)
    return {
        UUID(each[1]): Progress(Step(each[2]), int(each[3]), int(each[4]))
        for each in found
        if each and each[2] in set(Step)
    }
