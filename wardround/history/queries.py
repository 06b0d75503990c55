"""What is read from the history."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np

from wardround.history import rules
from wardround.history.engine import engine
from wardround.history.errors import BadRange, BadStep, StepNeeded, TooManyPoints, TooManySeries
from wardround.history.settings import retention
from wardround.history.types import (
    Aggregate,
    Event,
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

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_SERIES = 2_000
"""Series in one answer of `samples`."""
NEWEST = timedelta(hours=1)

_TABLES = {Source.FIVE_MINUTES: "samples_5m", Source.HOUR: "samples_1h"}
_RAW = {
    Aggregate.AVG: "avg(value)",
    Aggregate.MIN: "min(value)",
    Aggregate.MAX: "max(value)",
    Aggregate.SUM: "sum(value)",
    Aggregate.LAST: "argMax(value, at)",
    Aggregate.COUNT: "count()",
    Aggregate.P95: "quantile(0.95)(value)",
}
_ROLLED_UP = {
    Aggregate.AVG: "sum(r.sum) / sum(r.count)",
    Aggregate.MIN: "min(r.min)",
    Aggregate.MAX: "max(r.max)",
    Aggregate.SUM: "sum(r.sum)",
    Aggregate.LAST: "max(r.last).2",
    Aggregate.COUNT: "sum(r.count)",
    Aggregate.P95: "quantile(0.95)(r.sum / r.count)",
}
_STEPS = {"bucket": "intDiv(ms, {step:Int64}) * {step:Int64}", "tail": "ORDER BY series, bucket"}
_POINTS = np.dtype([("series", "<u8"), ("at", "<i8"), ("value", "<f8")])


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
    text, words = _statement(source, query.aggregate, query.labels)
    parameters = _parameters(query.metric, query.items, query.labels) | {
        "since": since,
        "until": until,
        "step": _ms(step),
        "lookback": _ms(max(step, timedelta(minutes=5), source.width)),
    }
    points = engine().records(_sql(text, words | _STEPS), parameters, _POINTS)
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
    rows = engine().rows(_sql("series_of_item"), {"item": item, "limit": MAX_SERIES})
    keys = {row[0]: _key(row[1], item, *row[2:6]) for row in rows}
    wanted = {"since": since}
    points = (
        engine().records(_sql("latest", {"series": _listed(keys)}), wanted, _POINTS) if keys else []
    )
    newest = {found.key: found for found in _to_latest(points, keys)}
    return [
        SeriesInfo(keys[row[0]], _aware(row[6]), _aware(row[7]), newest.get(keys[row[0]]))
        for row in rows
    ]


def fleet(
    metric: str,
    aggregate: Aggregate,
    since: datetime,
    until: datetime,
    *,
    top: int = 50,
    lowest: bool = False,
    labels: Labels = (),
    now: datetime | None = None,
) -> list[FleetRow]:
    """The `top` series of a metric over all items, by one value over the whole window.

    From 20 minutes on the window widens to whole roll-up steps.
    """
    _check_range(since, until)
    source = rules.fleet_source(since, until, now=now or clock.now(), retention=retention())
    first, last = rules.whole_steps(since, until, source.width or timedelta(milliseconds=1))
    text, words = _statement(source, aggregate, labels)
    words |= {
        "bucket": "toInt64(0)",
        "tail": f"ORDER BY result {'ASC' if lowest else 'DESC'}, series LIMIT {int(top)}",
    }
    parameters = _parameters(metric, (), labels) | {
        "since": first,
        "until": last,
        "lookback": _ms(timedelta(minutes=5) + source.width),
    }
    points = engine().records(_sql(text, words), parameters, _POINTS)
    keys = _series_named(metric, points["series"])
    return [
        FleetRow(keys[row["series"].item()], row["value"].item())
        for row in points
        if row["series"].item() in keys
    ]


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
        _sql("state_changes"),
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
        _sql("events"), {"kind": kind} | _window(subjects, since, until, limit)
    )
    return [Event(row[0], _aware(row[1]), *row[2:]) for row in rows]


def _as_stored(query: RangeQuery) -> RangeResult:
    since, until = rules.milliseconds(query.since), rules.milliseconds(query.until)
    keys = _series(query.metric, query.items, query.labels, since=since, limit=MAX_SERIES)
    if not keys:
        return RangeResult((), Source.RAW, None)
    words = {"series": _SERIES_IDS + _label_clause(query.labels)}
    parameters = _parameters(query.metric, query.items, query.labels) | {
        "since": since,
        "until": until,
        "limit": rules.MAX_POINTS + 1,
    }
    points = engine().records(_sql("raw_points", words), parameters, _POINTS)
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


def _statement(source: Source, aggregate: Aggregate, labels: Labels) -> tuple[str, dict[str, str]]:
    """The named statement for a store and an aggregate, and the words it wants."""
    words = {"series": _SERIES_IDS + _label_clause(labels)}
    shape = "rate" if aggregate is Aggregate.RATE else "steps"
    if source is Source.RAW:
        return f"raw_{shape}", words | {"value": _RAW.get(aggregate, "")}
    words |= {"rollup": _TABLES[source], "value": _ROLLED_UP.get(aggregate, "")}
    return f"rollup_{shape}", words


# The ids are looked up where they are used: thousands of them need not travel.
_SERIES_IDS = (
    "SELECT id FROM series WHERE metric = {metric:String} "
    "AND (empty({items:Array(UUID)}) OR has({items:Array(UUID)}, item))"
)


def _label_clause(labels: Labels) -> str:
    return "".join(
        f" AND labels[{{label{i}:String}}] = {{match{i}:String}}" for i in range(len(labels))
    )


def _parameters(metric: str, items: Sequence[UUID], labels: Labels) -> dict[str, Any]:
    given: dict[str, Any] = {"metric": metric, "items": list(items)}
    for i, (name, value) in enumerate(labels):
        given |= {f"label{i}": name, f"match{i}": value}
    return given


def _series(
    metric: str, items: Sequence[UUID], labels: Labels, *, since: int, limit: int | None
) -> dict[int, SeriesKey]:
    """The series that match and were seen since, by id; TooManySeries past the limit."""
    parameters = _parameters(metric, items, labels) | {
        "since": since,
        "limit": 1_000_000 if limit is None else limit + 1,
    }
    rows = engine().rows(_sql("series_of", {"labels": _label_clause(labels)}), parameters)
    if limit is not None and len(rows) > limit:
        raise TooManySeries(field="item", series=f"> {limit}", limit=limit)
    return {row[0]: _key(metric, *row[1:6]) for row in rows}


def _series_named(metric: str, ids: NDArray[np.uint64]) -> dict[int, SeriesKey]:
    if not len(ids):
        return {}
    clause = f" AND id IN ({_listed(ids.tolist())})"
    rows = engine().rows(
        _sql("series_of", {"labels": clause}),
        _parameters(metric, (), ()) | {"since": 7_200_000, "limit": len(ids)},
    )
    return {row[0]: _key(metric, *row[1:6]) for row in rows}


def _latest(
    metric: str, items: Sequence[UUID], keys: Mapping[int, SeriesKey], *, since: int
) -> list[Latest]:
    parameters = _parameters(metric, items, ()) | {"since": since}
    points = engine().records(_sql("latest", {"series": _SERIES_IDS}), parameters, _POINTS)
    return _to_latest(points, keys)


def _to_latest(points: Any, keys: Mapping[int, SeriesKey]) -> list[Latest]:
    return [
        Latest(keys[number], rules.moment(at), value)
        for number, at, value in (point.item() for point in points)
        if number in keys
    ]


def _key(
    metric: str,
    item: UUID,
    labels: Mapping[str, str],
    unit: str,
    kind: str,
    target: UUID,
) -> SeriesKey:
    return SeriesKey(
        metric=metric,
        item=item,
        labels=tuple(sorted(labels.items())),
        kind=Kind(kind),
        unit=unit,
        target=target if target.int else None,
    )


def _by_series(
    points: NDArray[np.void], keys: Mapping[int, SeriesKey]
) -> tuple[SeriesPoints, ...]:
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


def _listed(ids: Any) -> str:
    return ",".join(str(int(number)) for number in ids)


def _ms(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)


@cache
def _text(name: str) -> Template:
    return Template((files("wardround.history") / "sql" / f"{name}.sql").read_text("utf-8"))


def _sql(name: str, words: Mapping[str, str] | None = None) -> str:
    """The named statement of `sql/`; its words may hold words again."""
    text = _text(name).safe_substitute(words or {})
    return Template(text).substitute(words or {})
