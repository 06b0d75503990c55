"""The platform's own history store; its room asks it, for nobody else may speak to it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from wardround.collect.drivers import yields
from wardround.collect.drivers.driver import DriverKind, Equipment
from wardround.collect.drivers.failures import reason_of
from wardround.collect.drivers.platform_address import PLATFORM
from wardround.collect.errors import TargetFailed
from wardround.collect.readings import Readings
from wardround.collect.types import Collected, Reason, ScrapeGroup, Table, TargetSpec
from wardround.history import queries
from wardround.history.errors import HistoryMisconfigured, HistorySignInRefused, HistoryTooSlow
from wardround.kernel import clock
from wardround.kernel.errors import Unavailable, WardroundError

if TYPE_CHECKING:
    from wardround.history.types import StoreFigures, StoreTable

_SAMPLES = "samples"
_REASONS: tuple[tuple[type[WardroundError], Reason], ...] = (
    (HistorySignInRefused, Reason.AUTH),
    (HistoryMisconfigured, Reason.SETTINGS),
    (HistoryTooSlow, Reason.TIMEOUT),
)


class HistoryDriver:
    """Asks the store this installation is configured for, embedded or not."""

    def __init__(self, spec: TargetSpec, equipment: Equipment) -> None:
        if spec.address not in ("", PLATFORM):
            raise TargetFailed(
                Reason.SETTINGS, f"only the platform's own history: address {PLATFORM!r}"
            )
        self._spec = spec
        self._equipment = equipment
        self._readings: dict[str, Readings] = {}

    async def collect(self, group: ScrapeGroup) -> Collected:
        out = self._readings.setdefault(group.name, Readings(self._spec, group))
        figures = await self._equipment.in_thread(_ask)
        _work(out, figures)
        _keeping_up(out, figures)
        for table in figures.tables:
            _table(out, table)
        return out.finish([Table("history", [_row(table) for table in figures.tables])])

    async def close(self) -> None:
        """The connection belongs to the history room."""


def _ask() -> StoreFigures:
    try:
        return queries.store_figures()
    except WardroundError as error:
        raise TargetFailed(_reason(error), str(error)) from error


def _reason(error: WardroundError) -> Reason:
    known = next((reason for kind, reason in _REASONS if isinstance(error, kind)), None)
    silent = Reason.UNREACHABLE if isinstance(error, Unavailable) else Reason.ANSWER
    return known or reason_of(error) or silent


def _work(out: Readings, figures: StoreFigures) -> None:
    out.add("history_uptime_seconds", figures.uptime_seconds)
    out.add("history_rows", sum(table.rows for table in figures.tables))
    out.add("history_bytes", sum(table.bytes for table in figures.tables))
    out.add("history_parts", sum(table.parts for table in figures.tables))
    out.add("history_inserts_total", figures.inserts)
    out.add("history_inserted_rows_total", figures.inserted_rows)
    out.add("history_inserted_bytes_total", figures.inserted_bytes)
    out.add("history_queries_total", figures.queries)
    out.add("history_failed_queries_total", figures.failed_queries)
    out.add("history_queries_running", figures.queries_running)
    out.add("history_merges_running", figures.merges_running)
    out.add("history_memory_bytes", figures.memory_bytes)
    out.add("history_disk_free_bytes", figures.disk_free_bytes)


def _keeping_up(out: Readings, figures: StoreFigures) -> None:
    """What waits to be done: samples in the log, windows to roll up, parts to merge."""
    out.add("history_rollup_lag_seconds", _age(figures.rolled_until))
    out.add("history_touched_windows", figures.touched_windows)
    backlog = sum(table.parts - table.partitions for table in figures.tables)
    out.add("history_merge_backlog_parts", backlog)
    out.add("history_damaged_parts", len(figures.damaged))
    out.add("history_damaged_rows", sum(part.rows or 0 for part in figures.damaged))
    commits = figures.commits
    if commits is None:
        return  # a ClickHouse of one's own commits each batch by itself
    out.add("history_waiting_rows", commits.waiting_rows)
    out.add("history_waiting_seconds", commits.oldest_seconds)
    out.add("history_batches_total", commits.batches)
    out.add("history_repeated_batches_total", commits.repeated)
    out.add("history_commits_total", commits.commits)
    out.add("history_commit_seconds_total", commits.commit_seconds)
    out.add("history_slowest_commit_seconds", commits.slowest_commit_seconds)
    out.add("history_set_aside_rows", commits.set_aside_rows)
    out.add("history_mended_parts_total", commits.mended_parts)
    out.add("history_recent_bytes", commits.recent_bytes)
    out.add("history_recent_series", commits.recent_series)
    out.add("history_recent_seconds", commits.recent_seconds)
    out.add("history_recent_full", commits.recent_full)
    out.add("history_hot_series", commits.hot_series)
    out.add("history_hot_bytes", commits.hot_bytes)
    out.add("history_takes", 1 - commits.failing)


def _table(out: Readings, table: StoreTable) -> None:
    if table.rows:
        out.add("history_bytes_per_row", table.bytes / table.rows, table=table.name)
    out.add("history_table_rows", table.rows, table=table.name)
    out.add("history_table_bytes", table.bytes, table=table.name)
    out.add("history_table_parts", table.parts, table=table.name)
    out.add("history_partition_parts", table.most_parts, table=table.name)
    if table.name == _SAMPLES:
        out.add("history_oldest_sample_age_seconds", _age(table.oldest))
        out.add("history_newest_sample_age_seconds", _age(table.newest))


def _age(moment: datetime | None) -> float | None:
    return (clock.now() - moment).total_seconds() if moment else None


def _row(table: StoreTable) -> dict[str, object]:
    return {
        "name": table.name, "rows": table.rows, "bytes": table.bytes, "parts": table.parts,
        "most_parts": table.most_parts, "oldest": _seconds(table.oldest),
        "newest": _seconds(table.newest),
    }  # fmt: skip


def _seconds(moment: datetime | None) -> int | None:
    return int(moment.timestamp()) if moment else None


HISTORY = DriverKind("history", HistoryDriver, yields.HISTORY, inward=True)
