"""Batches of samples for tests, in few words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np

from wardround.history.types import SampleBatch, SeriesKey, SeriesList
from wardround.kernel.ids import new_id

Point = tuple[datetime, float]

NOON = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(hours=12)
"""The last noon but one or so: recent, because the store itself drops what is too old."""


def ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def batch(
    points: Mapping[SeriesKey, Sequence[Point]], *, batch_id: UUID | None = None
) -> SampleBatch:
    rows = [
        (index, ms(at), value)
        for index, series in enumerate(points.values())
        for at, value in series
    ]
    index, at, value = zip(*rows, strict=True) if rows else ((), (), ())
    return SampleBatch(
        batch_id=batch_id or new_id(),
        series=(SeriesList(tuple(points)),),
        series_index=np.array(index, dtype=np.int32),
        at=np.array(at, dtype=np.int64),
        value=np.array(value, dtype=np.float64),
    )


def every(seconds: float, values: Sequence[float], *, start: datetime) -> list[Point]:
    return [(start + timedelta(seconds=seconds * i), value) for i, value in enumerate(values)]
