"""Decisions about samples: which are taken, which store answers, which series is which.

Pure: numbers and moments in, numbers and moments out.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from wardround.history.types import Refusal, Retention, SeriesKey, Source

if TYPE_CHECKING:
    from numpy.typing import NDArray

FUTURE_TOLERANCE = timedelta(minutes=5)
MAX_POINTS = 11_000
"""Points a series in one answer: a week of minutes, and more than a screen is wide."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_METRIC_BITS = 16
_SERIES_BITS = 64 - _METRIC_BITS


def series_id(key: SeriesKey) -> int:
    """A stable number for a series: 16 bits of its metric's hash, 48 of the whole key's.

    The shared upper bits keep a metric's series together on disk. Two keys of one metric collide
    with a chance of n²/2⁴⁹ among n series: 1 in 200,000 at 50,000 series of one metric.
    """
    parts = [key.metric.encode(), key.item.bytes]
    for name, value in key.labels:
        parts += [name.encode(), value.encode()]
    whole = hashlib.blake2b(digest_size=8)
    for part in parts:
        whole.update(len(part).to_bytes(4, "little") + part)
    metric = hashlib.blake2b(parts[0], digest_size=2).digest()
    upper = int.from_bytes(metric, "big") << _SERIES_BITS
    return upper | int.from_bytes(whole.digest(), "big") >> _METRIC_BITS


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970 UTC, rounded down."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def moment(milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=milliseconds)


def refusals(
    at: NDArray[np.int64], *, now: datetime, keep: timedelta
) -> dict[Refusal, NDArray[np.bool_]]:
    """Which samples are refused, by reason; a mask over the samples each."""
    return {
        Refusal.FUTURE: at > milliseconds(now + FUTURE_TOLERANCE),
        Refusal.TOO_OLD: at < milliseconds(now - keep),
    }


NARROW_SAMPLES = 500_000
NARROW_SPAN = timedelta(days=2)
_USUAL_INTERVAL = timedelta(seconds=15)


def is_narrow(series: int, *, since: datetime, until: datetime) -> bool:
    """Whether so few samples are asked for that reading them is quicker than anything else."""
    span = until - since
    return span <= NARROW_SPAN and series * (span / _USUAL_INTERVAL) <= NARROW_SAMPLES


def source_for(
    step: timedelta, *, since: datetime, now: datetime, retention: Retention
) -> tuple[Source, timedelta]:
    """The coarsest store that gives exactly this step and still reaches back to `since`.

    Where none reaches back that far with this step, the step grows to a multiple of what does.
    """
    exact = [
        source
        for source in (Source.HOUR, Source.FIVE_MINUTES, Source.RAW)
        if not source.width or step % source.width == timedelta(0)
    ]
    for source in exact:
        if since >= now - retention.of(source):
            return source, step
    for source in (Source.FIVE_MINUTES, Source.HOUR):
        if since >= now - retention.of(source):
            return source, _up(step, source.width)
    return Source.HOUR, _up(step, Source.HOUR.width)


def fleet_source(
    since: datetime, until: datetime, *, now: datetime, retention: Retention
) -> Source:
    """Where one value per series over a window comes from: the finest that is quick enough."""
    window = until - since
    if window > timedelta(days=3) or since < now - retention.of(Source.FIVE_MINUTES):
        return Source.HOUR
    if window >= timedelta(minutes=20) or since < now - retention.of(Source.RAW):
        return Source.FIVE_MINUTES
    return Source.RAW


def whole_steps(since: datetime, until: datetime, step: timedelta) -> tuple[int, int]:
    """The range in milliseconds, widened to whole steps."""
    width = step // timedelta(milliseconds=1)
    first = milliseconds(since) // width * width
    return first, -(-milliseconds(until) // width) * width


def least_step(since: datetime, until: datetime) -> timedelta:
    """The shortest whole-second step whose points fit into an answer."""
    seconds = (until - since) / timedelta(seconds=1) / MAX_POINTS
    return timedelta(seconds=max(1, int(-(-seconds // 1))))


def _up(step: timedelta, width: timedelta) -> timedelta:
    return -(-step // width) * width
