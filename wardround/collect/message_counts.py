"""How many messages passed an interface, by the metrics of which a template says that they count.

A target counts for its own item, and for those that it names as those its page may speak for. What
grows is told as everywhere in the history: a fall is a new beginning, and what grew over a gap is
told with the sample after it. Two questions to the history, whatever the number of interfaces.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import Q

from wardround.cmdb import queries as cmdb
from wardround.cmdb.message_counts import (
    Measured,
    MessageCounts,
    MessageDay,
    Passed,
    Slice,
    count_by,
)
from wardround.collect import rows
from wardround.collect.counted import Counted
from wardround.collect.models import TargetRow
from wardround.collect.queries import templates
from wardround.collect.seen import item_keys
from wardround.history import queries as history
from wardround.history.permissions import READ
from wardround.history.types import Aggregate, RangeQuery, SeriesPoints
from wardround.kernel.errors import WardroundError
from wardround.kernel.reach import reach
from wardround.kernel.types import Actor
from wardround.schema import queries as schema

_MINUTE = timedelta(minutes=1)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
SLICE = timedelta(minutes=30)
_BEGINS_LATE = timedelta(minutes=5)
"""A first sample so long after the beginning of a period: before it nothing was measured."""
_ITEMS_ASKED = 400
"""Interfaces of one question; a question may be about 2,000 series."""
_NOTHING: Mapping[str, Counted] = {}

Counting = Mapping[UUID, Mapping[str, Counted]]
"""By interface what is counted of it by which metric."""


@dataclass
class _Sums:
    """What grew, by what it counts, and since when."""

    total: dict[Counted, float] = field(default_factory=dict)
    first: datetime | None = None
    slices: dict[datetime, dict[Counted, float]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, counted: Counted, points: SeriesPoints) -> None:
        self.total[counted] = self.total.get(counted, 0.0) + float(points.value.sum())
        for at, value in zip(points.at.tolist(), points.value.tolist(), strict=True):
            moment = datetime.fromtimestamp(at / 1000, UTC)
            self.first = min(self.first or moment, moment)
            held = self.slices[moment]
            held[counted] = held.get(counted, 0.0) + value

    def passed(self, since: datetime) -> Passed:
        late = self.first is not None and self.first - since > _BEGINS_LATE
        told = {str(counted): total for counted, total in self.total.items()}
        return Passed(self.first if late and self.first else since, **told)


@dataclass(frozen=True)
class _Newest:
    queued: float | None = None
    at: datetime | None = None


class MessageCounter:
    """As `cmdb.message_counts.Counter`."""

    def hour(
        self, actor: Actor, interfaces: Collection[UUID], *, at: datetime, strict: bool
    ) -> Mapping[UUID, MessageCounts]:
        seen = _readable(actor, interfaces)
        counting = _counting(seen)
        since = _beginning(at, _HOUR, _MINUTE)
        try:
            (grown,) = _grown(counting, [(since, _MINUTE)], at)
            newest = _newest(counting, at)
        except WardroundError:
            if strict:
                raise
            return {id_: _unknown(counting.get(id_), since) for id_ in seen}
        return {
            id_: _told(counting.get(id_), grown.get(id_, _Sums()), newest.get(id_), since)
            for id_ in seen
        }

    def day(self, actor: Actor, interface: UUID, *, at: datetime) -> MessageDay | None:
        if not _readable(actor, [interface]):
            return None
        counting = _counting([interface])
        begun = _beginning(at, _HOUR, _MINUTE), _beginning(at, _DAY, SLICE)
        try:
            hour, day = _grown(counting, [(begun[0], _MINUTE), (begun[1], SLICE)], at)
            newest = _newest(counting, at)
        except WardroundError:
            unknown = _unknown(counting.get(interface), begun[0])
            return MessageDay(unknown, Passed(begun[1]), (), SLICE.seconds, at)
        whole = day.get(interface, _Sums())
        return MessageDay(
            _told(
                counting.get(interface),
                hour.get(interface, _Sums()),
                newest.get(interface),
                begun[0],
            ),
            whole.passed(begun[1]),
            tuple(_slice(moment, told) for moment, told in sorted(whole.slices.items())),
            SLICE.seconds,
            at,
        )


def declare() -> None:
    count_by(MessageCounter())


def _readable(actor: Actor, interfaces: Collection[UUID]) -> Collection[UUID]:
    seen = reach(actor, READ)
    return interfaces if seen.everything else cmdb.visible(seen, interfaces)


def _counting_templates() -> Mapping[str, Mapping[str, Counted]]:
    found = {
        name: {metric.name: metric.messages for metric in template.metrics if metric.messages}
        for name, template in templates().items()
    }
    return {name: metrics for name, metrics in found.items() if metrics}


def _counting(interfaces: Collection[UUID]) -> Counting:
    """By the targets in use of the interfaces, and by those that name them; two queries."""
    known = schema.derived("collect.message_counts", _counting_templates)
    by_label = {name for name in known if templates()[name].naming.item_label}
    found = TargetRow.objects.filter(
        Q(item__in=interfaces) | Q(template__in=by_label, parameters__has_key=rows.ITEMS_PARAMETER),
        template__in=list(known),
        enabled=True,
        undeclared_at=None,
        item__retired_at=None,
    )
    columns = list(found.values_list("item", "template", "parameters"))
    named = {
        key
        for _item, template, parameters in columns
        if template in by_label
        for key in item_keys(parameters)
    }
    ids = cmdb.items_by_key(named)
    wanted, counting = set(interfaces), defaultdict[UUID, dict[str, Counted]](dict)
    for item, template, parameters in columns:
        keys = item_keys(parameters) if template in by_label else []
        for each in (item, *(ids[key].id for key in keys if key in ids)):
            if each in wanted:
                counting[each] |= known[template]
    return counting


def _beginning(at: datetime, span: timedelta, step: timedelta) -> datetime:
    """Of the last whole steps that lie within a time until now."""
    width = step.total_seconds()
    return datetime.fromtimestamp(-(-at.timestamp() // width) * width, UTC) - span


def _asked(counting: Counting) -> Iterator[tuple[str, tuple[UUID, ...]]]:
    """Each metric that grows with the interfaces that it counts for, so many at a time."""
    by_metric = defaultdict[str, list[UUID]](list)
    for item, metrics in counting.items():
        for metric, counted in metrics.items():
            if counted.grows:
                by_metric[metric].append(item)
    for metric, items in sorted(by_metric.items()):
        for start in range(0, len(items), _ITEMS_ASKED):
            yield metric, tuple(sorted(items)[start : start + _ITEMS_ASKED])


def _grown(
    counting: Counting, periods: Iterable[tuple[datetime, timedelta]], at: datetime
) -> list[dict[UUID, _Sums]]:
    """What grew in each of the periods until now; one question."""
    asked = list(_asked(counting))
    queries = [
        (place, RangeQuery(metric, items, since, at, step, Aggregate.INCREASE))
        for place, (since, step) in enumerate(periods)
        for metric, items in asked
        if since < at
    ]
    found: list[dict[UUID, _Sums]] = [defaultdict(_Sums) for _ in periods]
    if not queries:
        return found
    answers = history.samples_of([query for _, query in queries], now=at)
    for (place, _query), answer in zip(queries, answers, strict=True):
        for points in answer.series:
            counted = counting[points.key.item][points.key.metric]
            found[place][points.key.item].add(counted, points)
    return found


def _newest(counting: Counting, at: datetime) -> dict[UUID, _Newest]:
    """When each gave its newest sample, and how many messages wait; one question."""
    metrics = sorted({metric for told in counting.values() for metric in told})
    found: dict[UUID, _Newest] = {}
    if not metrics:
        return found
    for latest in history.latest(metrics, sorted(counting), at=at):
        item = latest.key.item
        counted = counting[item].get(latest.key.metric)
        if counted is None:
            continue
        before = found.get(item, _Newest())
        queued = before.queued
        if counted is Counted.QUEUED:
            queued = (queued or 0.0) + latest.value
        found[item] = _Newest(queued, max(before.at or latest.at, latest.at))
    return found


def _told(
    metrics: Mapping[str, Counted] | None, sums: _Sums, newest: _Newest | None, since: datetime
) -> MessageCounts:
    if not metrics:
        return MessageCounts(Measured.NO, Passed(since))
    if newest is None:
        return MessageCounts(Measured.SILENT, Passed(since))
    return MessageCounts(Measured.YES, sums.passed(since), newest.queued, newest.at)


def _unknown(metrics: Mapping[str, Counted] | None, since: datetime) -> MessageCounts:
    return MessageCounts(Measured.UNKNOWN if metrics else Measured.NO, Passed(since))


def _slice(at: datetime, told: Mapping[Counted, float]) -> Slice:
    return Slice(at, **{str(counted): value for counted, value in told.items()})
