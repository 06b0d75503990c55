"""What is read from the history."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from wardround.history import pages, rules, statements
from wardround.history.catalogue import catalogue, key_from
from wardround.history.engine import engine, probe
from wardround.history.errors import (
    BadAggregate,
    BadMoment,
    BadNumber,
    BadRange,
    BadStep,
    SamplesNotKept,
    StepNeeded,
    TooManyPoints,
    TooManySeries,
)
from wardround.history.rolling import rolling
from wardround.history.settings import retention
from wardround.history.types import (
    Aggregate,
    CommitFigures,
    DamagedPart,
    Event,
    FleetQuery,
    FleetRow,
    Latest,
    RangeQuery,
    RangeResult,
    Retention,
    SeriesInfo,
    SeriesKey,
    Source,
    StateChange,
    StoreFigures,
    StoreTable,
)
from wardround.kernel import clock
from wardround.kernel.errors import WardroundError

MAX_SERIES = 2_000
"""Series in one answer of `samples`, and of a ranking."""
MAX_LISTED = 100_000
"""State changes or events in one answer."""
NEWEST = timedelta(hours=1)
FIGURES_SECONDS = 4

_LAST = np.dtype([("series", "<u8"), ("at", "<i8")])
_NEWEST = np.dtype([("series", "<u8"), ("at", "<i8"), ("value", "<f8")])


def answers() -> bool:
    """Whether the store is set up and answers within a second or so; never raises."""
    try:
        probe().rows("SELECT 1 FROM migrations LIMIT 1")
    except WardroundError:
        return False
    return True


def store_figures() -> StoreFigures:
    """How the store itself does. Gives up after a few seconds with what `samples` raises too."""
    store = probe(FIGURES_SECONDS)
    tables = store.rows(statements.sql("store_tables"))
    work: dict[str, float] = dict(store.rows(statements.sql("store_work")))
    state = rolling(store)
    return StoreFigures(
        tables=tuple(StoreTable(*row[:6], *map(_unix, row[6:])) for row in tables),
        uptime_seconds=work["uptime"],
        inserts=work.get("InsertQuery", 0),
        inserted_rows=work.get("InsertedRows", 0),
        inserted_bytes=work.get("InsertedBytes", 0),
        queries=work.get("Query", 0),
        failed_queries=work.get("FailedQuery", 0),
        queries_running=work.get("running", 0),
        merges_running=work["merges"],
        memory_bytes=work.get("memory", 0),
        disk_free_bytes=work["free"],
        rolled_until=_unix(state.until),
        touched_windows=len(state.touched),
        commits=CommitFigures(**json.loads(store.send("/figures", b"")))
        if store.embedded
        else None,
        damaged=store.damaged(),
    )


def damaged_parts(url: str = "") -> tuple[DamagedPart, ...]:
    """What of the store (at an address; else this process's) cannot be read, as far as it is known:
    met by a question since its process began, or set aside at its start. Raises as `samples`,
    after a few seconds.
    """
    return probe(FIGURES_SECONDS, url).damaged()


def samples(query: RangeQuery, *, now: datetime | None = None) -> RangeResult:
    """The samples of a query, from the store that suits its step: raw, 5 minutes or 1 hour.

    Raises BadRange, BadStep, StepNeeded, TooManyPoints or TooManySeries, each naming the field.
    """
    return samples_of([query], now=now)[0]


def samples_of(
    asked: Sequence[RangeQuery], *, now: datetime | None = None
) -> tuple[RangeResult, ...]:
    """The answers to several queries, those of a page, in one statement. Raises as `samples`."""
    for query in asked:
        _check(query)
    store = engine()
    catalogue(store).hear({query.metric for query in asked})
    moment = now or clock.now()
    kept = retention()
    plans = [_plan(query, _series(query), moment, kept) for query in asked]
    answers = pages.answers(store, plans)
    for query, answer in zip(asked, answers, strict=True):
        _refuse_too_many(query, answer)
    return answers


def latest(
    metrics: Sequence[str], items: Sequence[UUID] = (), *, at: datetime | None = None
) -> list[Latest]:
    """The newest number within the last hour of every series of these metrics and items.

    Raises BadMoment.
    """
    _check_moment("at", at)
    store = engine()
    keys: dict[int, SeriesKey] = {}
    for metric in metrics:
        keys |= catalogue(store).find(metric, items)
    numbers = list(keys)
    found: list[Latest] = []
    for start in range(0, len(numbers), statements.MAX_LISTED):
        found += _latest(numbers[start : start + statements.MAX_LISTED], keys, at=at)
    return found


def series(item: UUID, *, at: datetime | None = None) -> list[SeriesInfo]:
    """Every series of an item that the store still knows, with its newest number if it has one."""
    rows = engine().rows(statements.sql("series_of_item"), {"item": item, "limit": MAX_SERIES})
    keys = {row[0]: key_from((row[1], item, *row[2:6])) for row in rows}
    newest = {found.key: found for found in _latest(list(keys), keys, at=at)}
    ended = _ended([number for number, key in keys.items() if key not in newest])
    return [
        SeriesInfo(
            keys[row[0]],
            _aware(row[6]),
            max(_aware(row[7]), ended.get(row[0], rules.moment(0))),
            newest.get(keys[row[0]]),
        )
        for row in rows
    ]


def fleet(query: FleetQuery, *, now: datetime | None = None) -> list[FleetRow]:
    """The `top` series of a metric over all items, by one value over the whole window each.

    Raises BadRange, BadMoment, BadNumber or BadAggregate, each naming the field.
    """
    _check_range(query.since, query.until)
    _check_aggregate(query.aggregate)
    _check_number("top", query.top, MAX_SERIES)
    source = _fleet_source(query, now or clock.now(), retention())
    width = source.width or timedelta(milliseconds=1)
    since, until = rules.whole_steps(query.since, query.until, width)
    store = engine()
    keys = catalogue(store).find(query.metric, labels=query.labels)
    if not keys:
        return []
    if source is Source.FIVE_MINUTES and query.aggregate in _FROM_CELLS:
        cells, complete, _ = store.hot(_numbers(keys), since // 1000, until // 1000)
        if complete:
            return _ranked(query, keys, cells)
    named = len(keys) <= statements.MAX_LISTED
    looked_up = statements.SERIES_OF_METRIC + statements.label_clause(query.labels)
    words = statements.whole_window(query.top, lowest=query.lowest) | {
        "part": "0",
        "series": statements.listed(keys) if named else looked_up,
        "since": str(since),
        "until": str(until),
        "lookback": str(pages.milliseconds(timedelta(minutes=5) + source.width)),
    }
    state = None if source is Source.RAW else rolling(store)
    text = statements.points_of(source, query.aggregate, words, state)
    parameters = statements.parameters_of(query.metric, query.labels)
    points = store.records(text, {} if named else parameters, pages.POINTS)
    return [
        FleetRow(keys[number], value) for _, number, _, value in points.tolist() if number in keys
    ]


def _fleet_source(query: FleetQuery, now: datetime, kept: Retention) -> Source:
    if query.aggregate is not Aggregate.P95:
        return rules.fleet_source(query.since, query.until, now=now, retention=kept)
    if query.since < now - kept.of(Source.RAW):
        raise SamplesNotKept(field="from", days=kept.raw)
    return Source.RAW


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
    _check_number("limit", limit, MAX_LISTED)
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
    _check_number("limit", limit, MAX_LISTED)
    rows = engine().rows(
        statements.sql("events"), {"kind": kind} | _window(subjects, since, until, limit)
    )
    return [Event(row[0], _aware(row[1]), *row[2:]) for row in rows]


def _plan(
    query: RangeQuery, keys: dict[int, SeriesKey], now: datetime, kept: Retention
) -> pages.Plan:
    if query.step is None:
        since, until = rules.milliseconds(query.since), rules.milliseconds(query.until)
        return pages.Plan(keys, Source.RAW, None, query.aggregate, since, until, narrow=False)
    if query.aggregate is Aggregate.P95:
        return _plan_of_percentile(query, query.step, keys, now - kept.of(Source.RAW))
    source, step = rules.source_for(query.step, since=query.since, now=now, retention=kept)
    narrow = rules.is_narrow(len(keys), since=query.since, until=query.until)
    if narrow and query.since >= now - kept.of(Source.RAW):
        source, step = Source.RAW, query.step
    since, until = rules.whole_steps(query.since, query.until, step)
    return pages.Plan(keys, source, step, query.aggregate, since, until, narrow=narrow)


def _plan_of_percentile(
    query: RangeQuery, step: timedelta, keys: dict[int, SeriesKey], kept_since: datetime
) -> pages.Plan:
    """Of samples at every step, and of whole steps: no roll-up knows a percentile. It begins where
    samples are kept.
    """
    narrow = rules.is_narrow(len(keys), since=query.since, until=query.until)
    since, until = rules.whole_steps(query.since, query.until, step)
    _, kept = rules.whole_steps(kept_since, kept_since, step)
    since = min(max(since, kept), until)
    return pages.Plan(keys, Source.RAW, step, query.aggregate, since, until, narrow=narrow)


def _refuse_too_many(query: RangeQuery, answer: RangeResult) -> None:
    most = max((len(series.at) for series in answer.series), default=0)
    if query.step is None and most > rules.MAX_POINTS:
        raise _too_many_points(query, f"> {rules.MAX_POINTS}")


def _check(query: RangeQuery) -> None:
    _check_range(query.since, query.until)
    _check_aggregate(query.aggregate)
    if query.step is None:
        if query.aggregate.grows or query.aggregate is Aggregate.P95:
            raise StepNeeded(field="step")
        return
    if query.step < timedelta(seconds=1):
        raise BadStep(field="step")
    points = math.ceil((query.until - query.since) / query.step)
    if points > rules.MAX_POINTS:
        raise _too_many_points(query, points)


def _check_range(since: datetime, until: datetime) -> None:
    _check_moment("from", since)
    _check_moment("to", until)
    if since >= until:
        raise BadRange(field="from")


def _check_moment(field: str, moment: datetime | None) -> None:
    if moment is not None and moment.tzinfo is None:
        raise BadMoment(field=field)


def _check_number(field: str, number: int, limit: int) -> None:
    if not (type(number) is int and 1 <= number <= limit):
        raise BadNumber(field=field, limit=limit)


def _check_aggregate(aggregate: Aggregate) -> None:
    if aggregate not in set(Aggregate):
        raise BadAggregate(field="aggregate", known=", ".join(Aggregate))


def _too_many_points(query: RangeQuery, points: object) -> TooManyPoints:
    least = rules.least_step(query.since, query.until) // timedelta(seconds=1)
    return TooManyPoints(field="step", points=points, limit=rules.MAX_POINTS, least=least)


def _series(query: RangeQuery) -> dict[int, SeriesKey]:
    """The series that match; TooManySeries past the limit."""
    keys = catalogue(engine()).find(query.metric, query.items, query.labels)
    if len(keys) > MAX_SERIES:
        raise TooManySeries(field="item", series=len(keys), limit=MAX_SERIES)
    return keys


def _numbers(keys: Mapping[int, SeriesKey]) -> NDArray[np.uint64]:
    return np.fromiter(keys, np.uint64, len(keys))


_FROM_CELLS: dict[Aggregate, Callable[[NDArray[np.void]], NDArray[np.float64]]] = {
    Aggregate.AVG: lambda cells: cells["total"] / cells["count"],
    Aggregate.MIN: lambda cells: cells["low"],
    Aggregate.MAX: lambda cells: cells["high"],
    Aggregate.SUM: lambda cells: cells["total"],
    Aggregate.LAST: lambda cells: cells["last"],
    Aggregate.COUNT: lambda cells: cells["count"].astype(np.float64),
}


def _ranked(
    query: FleetQuery, keys: Mapping[int, SeriesKey], cells: NDArray[np.void]
) -> list[FleetRow]:
    numbers = _numbers(keys)
    full = cells["count"] > 0
    numbers, values = numbers[full], _FROM_CELLS[query.aggregate](cells[full])
    order = np.lexsort((numbers, values if query.lowest else -values))[: query.top]
    return [
        FleetRow(keys[number], value)
        for number, value in zip(numbers[order].tolist(), values[order].tolist(), strict=True)
    ]


def _latest(
    numbers: Sequence[int], keys: Mapping[int, SeriesKey], *, at: datetime | None
) -> list[Latest]:
    """From memory, and from the tables what memory may not know: a sample that came late may be all
    it heard of a series whose newer ones were stored before.
    """
    if not numbers:
        return []
    now = at or clock.now()
    since, until = rules.whole_steps(
        now - NEWEST, now + rules.FUTURE_TOLERANCE, Source.FIVE_MINUTES.width
    )
    series = np.array(numbers, np.uint64)
    cells, complete, heard_from = engine().hot(series, since // 1000, until // 1000)
    full = cells["count"] > 0
    found = zip(cells["last_at"][full].tolist(), cells["last"][full].tolist(), strict=True)
    newest = dict(zip(series[full].tolist(), found, strict=True))
    unsure = ~full | (cells["last_at"] < heard_from * 1000)
    if not complete and unsure.any():
        for number, moment, value in _latest_stored(series[unsure].tolist(), since, until):
            newest[number] = max(newest.get(number, (moment, value)), (moment, value))
    different = {moment for moment, _ in newest.values()}  # few: those of one scrape are the same
    moments = {moment: rules.moment(moment) for moment in different}
    return [
        Latest(keys[number], moments[moment], value) for number, (moment, value) in newest.items()
    ]


def _latest_stored(numbers: Sequence[int], since: int, until: int) -> list[tuple[int, int, float]]:
    store, series = engine(), statements.listed(numbers)
    rows = statements.rolled(
        rolling(store), since // 1000, until // 1000, series=series, hours=False
    )
    points = store.records(statements.sql("latest", {"rolled": rows}), {}, _NEWEST)
    return [(number, moment, value) for number, moment, value in points.tolist()]


def _ended(numbers: Sequence[int]) -> dict[int, datetime]:
    """The last number's moment of series that have none of the newest, from the hours' roll-ups."""
    if not numbers:
        return {}
    text = statements.sql("last_of_series", {"series": statements.listed(numbers)})
    found = engine().records(text, {}, _LAST)
    return {number: rules.moment(moment) for number, moment in found.tolist()}


def _window(
    subjects: Sequence[UUID], since: datetime, until: datetime, limit: int
) -> dict[str, Any]:
    return {
        "subjects": list(subjects),
        "since": rules.milliseconds(since),
        "until": rules.milliseconds(until),
        "limit": limit,
    }


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)


def _unix(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
