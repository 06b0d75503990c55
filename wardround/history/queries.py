"""What is read from the history."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np

from wardround.history import rules, statements
from wardround.history.engine import engine, probe
from wardround.history.errors import BadRange, BadStep, StepNeeded, TooManyPoints, TooManySeries
from wardround.history.settings import retention
from wardround.history.types import (
    Aggregate,
    Event,
    FleetQuery,
    FleetRow,
    Kind,
    Labels,
    Latest,
    RangeQuery,
    RangeResult,
    SeriesInfo,
    SeriesKey,
    SeriesPoints,
    Source,
    StateChange,
)
from wardround.kernel import clock
from wardround.kernel.errors import WardroundError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_SERIES = 2_000
"""Series in one answer of `samples`."""
NEWEST = timedelta(hours=1)

_POINTS = np.dtype([("series", "<u8"), ("at", "<i8"), ("value", "<f8")])


def answers() -> bool:
    """Whether the store is set up and answers within a second or so; never raises."""
    try:
        probe().rows("SELECT 1 FROM migrations LIMIT 1")
    except WardroundError:
        return False
    return True


def samples(query: RangeQuery, *, now: datetime | None = None) -> RangeResult:
    """The samples of a query, from the store that suits its step: raw, 5 minutes or 1 hour.

    Raises BadRange, BadStep, StepNeeded, TooManyPoints or TooManySeries, each naming the field.
    """
    _check(query)
    if query.step is None:
        return _as_stored(query)
    source, step = rules.source_for(
        query.step, since=query.since, now=now or clock.now(), retention=retention()
    )
    since, until = rules.whole_steps(query.since, query.until, step)
    keys = _series(query.metric, query.items, query.labels, since=since, limit=MAX_SERIES)
    if not keys:
        return RangeResult((), source, step)
    text, words = statements.points_of(source, query.aggregate, query.labels)
    parameters = statements.parameters_of(query.metric, query.items, query.labels) | {
        "since": since,
        "until": until,
        "step": _ms(step),
        "lookback": _ms(max(step, timedelta(minutes=5), source.width)),
    }
    points = engine().records(statements.sql(text, words | statements.STEPS), parameters, _POINTS)
    return RangeResult(_by_series(points, keys), source, step)


def latest(
    metrics: Sequence[str], items: Sequence[UUID] = (), *, at: datetime | None = None
) -> list[Latest]:
    """The newest number within the last hour of every series of these metrics and items."""
    since = _newest_since(at)
    found: list[Latest] = []
    for metric in metrics:
        keys = _series(metric, items, (), since=since, limit=None)
        found += _latest(metric, items, keys, since=since) if keys else []
    return found


def series(item: UUID, *, at: datetime | None = None) -> list[SeriesInfo]:
    """Every series of an item that the store still knows, with its newest number if it has one."""
    since = _newest_since(at)
    rows = engine().rows(statements.sql("series_of_item"), {"item": item, "limit": MAX_SERIES})
    keys = {row[0]: _key(row[1], item, row[2:6]) for row in rows}
    if not keys:
        return []
    words = {"series": statements.listed(keys)}
    points = engine().records(statements.sql("latest", words), {"since": since}, _POINTS)
    newest = {found.key: found for found in _to_latest(points, keys)}
    return [
        SeriesInfo(keys[row[0]], _aware(row[6]), _aware(row[7]), newest.get(keys[row[0]]))
        for row in rows
    ]


def fleet(query: FleetQuery, *, now: datetime | None = None) -> list[FleetRow]:
    """The `top` series of a metric over all items, by one value over the whole window each."""
    _check_range(query.since, query.until)
    source = rules.fleet_source(
        query.since, query.until, now=now or clock.now(), retention=retention()
    )
    width = source.width or timedelta(milliseconds=1)
    since, until = rules.whole_steps(query.since, query.until, width)
    text, words = statements.points_of(source, query.aggregate, query.labels)
    words |= statements.whole_window(query.top, lowest=query.lowest)
    parameters = statements.parameters_of(query.metric, (), query.labels) | {
        "since": since,
        "until": until,
        "lookback": _ms(timedelta(minutes=5) + source.width),
    }
    points = engine().records(statements.sql(text, words), parameters, _POINTS)
    keys = _series_named(query.metric, points["series"])
    return [FleetRow(keys[number], value) for number, _, value in points.tolist() if number in keys]


def state_changes(
    subject_kind: str,
    subjects: Sequence[UUID] = (),
    *,
    since: datetime,
    until: datetime,
    limit: int = 1000,
) -> list[StateChange]:
    """State changes of some subjects (none named: of all of the kind), newest first."""
    _check_range(since, until)
    rows = engine().rows(
        statements.sql("state_changes"),
        {"subject_kind": subject_kind} | _window(subjects, since, until, limit),
    )
    return [StateChange(row[0], _aware(row[1]), *row[2:]) for row in rows]


def events(
    kind: str,
    subjects: Sequence[UUID] = (),
    *,
    since: datetime,
    until: datetime,
    limit: int = 1000,
) -> list[Event]:
    """Events of one kind about some subjects (none named: about all), newest first."""
    _check_range(since, until)
    rows = engine().rows(
        statements.sql("events"), {"kind": kind} | _window(subjects, since, until, limit)
    )
    return [Event(row[0], _aware(row[1]), *row[2:]) for row in rows]


def _as_stored(query: RangeQuery) -> RangeResult:
    since, until = rules.milliseconds(query.since), rules.milliseconds(query.until)
    keys = _series(query.metric, query.items, query.labels, since=since, limit=MAX_SERIES)
    if not keys:
        return RangeResult((), Source.RAW, None)
    words = {"series": statements.SERIES_IDS + statements.label_clause(query.labels)}
    parameters = statements.parameters_of(query.metric, query.items, query.labels) | {
        "since": since,
        "until": until,
        "limit": rules.MAX_POINTS + 1,
    }
    points = engine().records(statements.sql("raw_points", words), parameters, _POINTS)
    found = _by_series(points, keys)
    most = max((len(one.at) for one in found), default=0)
    if most > rules.MAX_POINTS:
        raise _too_many_points(query, f"> {rules.MAX_POINTS}")
    return RangeResult(found, Source.RAW, None)


def _check(query: RangeQuery) -> None:
    _check_range(query.since, query.until)
    if query.step is None:
        if query.aggregate in {Aggregate.RATE, Aggregate.P95}:
            raise StepNeeded(field="step")
        return
    if query.step < timedelta(seconds=1):
        raise BadStep(field="step")
    points = math.ceil((query.until - query.since) / query.step)
    if points > rules.MAX_POINTS:
        raise _too_many_points(query, points)


def _check_range(since: datetime, until: datetime) -> None:
    if since >= until:
        raise BadRange(field="from")


def _too_many_points(query: RangeQuery, points: object) -> TooManyPoints:
    least = rules.least_step(query.since, query.until) // timedelta(seconds=1)
    return TooManyPoints(field="step", points=points, limit=rules.MAX_POINTS, least=least)


def _series(
    metric: str, items: Sequence[UUID], labels: Labels, *, since: int, limit: int | None
) -> dict[int, SeriesKey]:
    """The series that match and were seen since, by id; TooManySeries past the limit."""
    parameters = statements.parameters_of(metric, items, labels) | {
        "since": since,
        "limit": 1_000_000 if limit is None else limit + 1,
    }
    rows = engine().rows(
        statements.sql("series_of", {"labels": statements.label_clause(labels)}), parameters
    )
    if limit is not None and len(rows) > limit:
        raise TooManySeries(field="item", series=f"> {limit}", limit=limit)
    return {row[0]: _key(metric, row[1], row[2:6]) for row in rows}


def _series_named(metric: str, ids: NDArray[np.uint64]) -> dict[int, SeriesKey]:
    if not len(ids):
        return {}
    clause = f" AND id IN ({statements.listed(ids.tolist())})"
    rows = engine().rows(
        statements.sql("series_of", {"labels": clause}),
        statements.parameters_of(metric, (), ()) | {"since": 7_200_000, "limit": len(ids)},
    )
    return {row[0]: _key(metric, row[1], row[2:6]) for row in rows}


def _latest(
    metric: str, items: Sequence[UUID], keys: Mapping[int, SeriesKey], *, since: int
) -> list[Latest]:
    parameters = statements.parameters_of(metric, items, ()) | {"since": since}
    points = engine().records(
        statements.sql("latest", {"series": statements.SERIES_IDS}), parameters, _POINTS
    )
    return _to_latest(points, keys)


def _to_latest(points: Any, keys: Mapping[int, SeriesKey]) -> list[Latest]:
    return [
        Latest(keys[number], rules.moment(at), value)
        for number, at, value in (point.item() for point in points)
        if number in keys
    ]


def _key(metric: str, item: UUID, rest: Sequence[Any]) -> SeriesKey:
    """A key from its columns; `rest` is labels, unit, kind and target."""
    labels, unit, kind, target = rest
    return SeriesKey(
        metric=metric,
        item=item,
        labels=tuple(sorted(labels.items())),
        kind=Kind(kind),
        unit=unit,
        target=target if target.int else None,
    )


def _by_series(points: NDArray[np.void], keys: Mapping[int, SeriesKey]) -> tuple[SeriesPoints, ...]:
    """Cut the rows, which come ordered by series, where the series changes."""
    ids = points["series"]
    starts = np.flatnonzero(np.diff(ids, prepend=ids[:1] + np.uint64(1)))
    ends = [*starts[1:].tolist(), len(ids)]
    return tuple(
        SeriesPoints(
            keys[number],
            np.ascontiguousarray(points["at"][start:end]),
            np.ascontiguousarray(points["value"][start:end]),
        )
        for start, end in zip(starts.tolist(), ends, strict=True)
        if (number := ids[start].item()) in keys
    )


def _window(
    subjects: Sequence[UUID], since: datetime, until: datetime, limit: int
) -> dict[str, Any]:
    return {
        "subjects": list(subjects),
        "since": rules.milliseconds(since),
        "until": rules.milliseconds(until),
        "limit": limit,
    }


def _newest_since(at: datetime | None) -> int:
    width = Source.FIVE_MINUTES.width
    return rules.whole_steps((at or clock.now()) - NEWEST, at or clock.now(), width)[0]


def _ms(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)
