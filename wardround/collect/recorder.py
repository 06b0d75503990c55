"""What a collector writes about its targets into the configuration database: states and tables.

States travel together: news within a second, an unchanged one only now and then. The database
may be away; then the newest of each is kept and written when it is back.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import DatabaseError, close_old_connections

from wardround.collect import actions
from wardround.collect.types import State, Table, TargetStanding
from wardround.kernel.attempts import FailureLog

if TYPE_CHECKING:
    from wardround.collect.types import CollectedBatch

logger = logging.getLogger("wardround.collect")
_FAILING = "states of targets cannot be recorded: %s"
REFRESH = 5.0
"""Seconds after which an unchanged state is written again, for its time."""


@dataclass(frozen=True)
class _Pending:
    """A table to write; its target may be gone by then."""

    target: UUID
    item: UUID
    table: Table
    at: datetime


@dataclass
class TargetRecorder:
    """`take` belongs to the loop, `write` to the database thread; they never wait for each other
    longer than a dictionary takes to be replaced.
    """

    collector: UUID
    _standings: dict[UUID, TargetStanding] = field(default_factory=dict)
    _written: dict[UUID, TargetStanding] = field(default_factory=dict)
    _tables: dict[tuple[UUID, str], _Pending] = field(default_factory=dict)
    samples: int = 0
    _log: FailureLog = field(
        default_factory=lambda: FailureLog(logger, _FAILING, "states of targets are recorded again")
    )

    def take(self, batch: CollectedBatch) -> None:
        standing = TargetStanding(
            target=batch.target,
            state=State.UP if batch.up else State.DOWN,
            reason=batch.reason,
            detail=batch.detail,
            at=batch.at,
            seconds=batch.seconds,
            samples=len(batch.values),
            unfilled=batch.unfilled,
            worked_as=batch.asked_at if batch.worked else None,
        )
        self.samples += len(batch.values)
        self._standings[batch.target] = standing
        for table in batch.tables:
            self._tables[batch.target, table.name] = _Pending(
                batch.target, batch.item, table, batch.at
            )

    @property
    def known(self) -> frozenset[UUID]:
        """Targets that were tried since they were taken over."""
        return frozenset(self._standings)

    def keep(self, targets: Collection[UUID]) -> None:
        """Know of these targets alone; the others are collected here no longer."""
        held = frozenset(targets)
        self._standings = {key: it for key, it in self._standings.copy().items() if key in held}
        self._written = {key: it for key, it in self._written.copy().items() if key in held}

    def forget_all(self) -> None:
        """Other collectors may hold these targets now: what was written is no longer known."""
        self._standings, self._tables = {}, {}
        self._written = {}

    def write(self) -> None:
        """Write what is due. Raises nothing: what cannot be written stays."""
        standings = {
            target: standing
            for target, standing in self._standings.copy().items()
            if self._is_due(standing)
        }
        tables, self._tables = self._tables, {}
        try:
            close_old_connections()
            news = [target for target in standings if self._is_news(standings[target])]
            actions.record_standings(self.collector, list(standings.values()), news=news)
            self._written |= standings
            for key in list(tables):
                table = tables[key]
                actions.record_table(table.target, table.item, table.table, at=table.at)
                del tables[key]
        except DatabaseError as error:
            self._tables = {**tables, **self._tables}
            self._log.failed(error)
            self._drop_orphans(error)
        else:
            self._log.worked()

    def _is_due(self, standing: TargetStanding) -> bool:
        before = self._written.get(standing.target)
        if before is None or self._is_news(standing):
            return True
        return (standing.at - before.at).total_seconds() >= REFRESH

    def _is_news(self, standing: TargetStanding) -> bool:
        before = self._written.get(standing.target)
        return before is None or _told(before) != _told(standing)

    def _drop_orphans(self, error: DatabaseError) -> None:
        """A table whose target was deleted meanwhile can never be written."""
        if "foreign key" in str(error):
            self._tables = {}


def _told(standing: TargetStanding) -> tuple[object, ...]:
    """What open pages hear of when it changes."""
    return (
        standing.state, standing.reason, standing.detail, standing.unfilled, standing.worked_as
    )  # fmt: skip
