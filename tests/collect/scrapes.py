"""Scrapes for the tests of the collect room."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import numpy as np

from wardround.collect.types import CollectedBatch, Layout, Reason
from wardround.history.types import Kind, SeriesKey

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TARGET, ITEM = UUID(int=1), UUID(int=2)


def layout(count: int, *, metric: str = "load") -> Layout:
    return Layout(
        tuple(
            SeriesKey(
                f"{metric}_{one}",
                ITEM,
                (("host", "his-db-1"), ("盘", f"d{one}")),
                kind=Kind.COUNTER,
                unit="bytes",
                target=TARGET,
            )
            for one in range(count)
        )
    )


def scrape(
    of: Layout, *, first: float = 0, at: datetime = AT, times_ms: list[int] | None = None
) -> CollectedBatch:
    return CollectedBatch(
        target=TARGET,
        target_name="his-db-1",
        item=ITEM,
        layout=of,
        values=np.arange(first, first + len(of.keys), dtype=np.float64),
        times_ms=None if times_ms is None else np.array(times_ms, dtype=np.int64),
        at=at,
        up=True,
        reason=Reason.OK,
    )
