"""Measured values over HTTP: samples of a metric, and the series an item has."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from datetime import UTC, timedelta
from typing import TypeVar, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query

from wardround.cmdb import queries as cmdb
from wardround.history import durations, queries, wire
from wardround.history.permissions import READ
from wardround.history.types import Aggregate, Labels, RangeQuery
from wardround.history.wire import (
    AnswersOut,
    PageFilters,
    SampleFilters,
    SamplesPage,
    SeriesFilters,
    SeriesOut,
)
from wardround.kernel import clock
from wardround.kernel.errors import BadCursor, BadInput, FieldProblem, NotFound, UnknownParameter
from wardround.kernel.http import Page, Request, RoomRouter, actor_of
from wardround.kernel.reach import reach
from wardround.kernel.types import Actor

router = RoomRouter(tags=["history"])
T = TypeVar("T")

DEFAULT_SPAN = timedelta(hours=1)
POINTS_BY_DEFAULT = 300
_LABEL = "label."
_ASK = re.compile(r"(\w+)\((.{1,200})\)")


@router.get("/samples", needs=READ, response=SamplesPage)
def samples(request: HttpRequest, filters: Query[SampleFilters]) -> HttpResponse:
    """The samples of one metric, of the items named or of all, one value a step.

    Of several samples of a series at one moment, in whatever order they came, the greatest is the
    last, and a rate goes to the least of them and on from the greatest.
    """
    actor = actor_of(cast("Request", request))
    if filters.item:
        _require(actor, filters.item)
    until = filters.until or clock.now()
    since = filters.since or until - DEFAULT_SPAN
    query = RangeQuery(
        metric=filters.metric,
        items=tuple(filters.item) or _asked_of(actor),
        since=since.astimezone(UTC),
        until=until.astimezone(UTC),
        step=_step(filters.step, until - since),
        aggregate=filters.aggregate,
        labels=_labels(request),
    )
    result = queries.samples(query)
    ordered = sorted(result.series, key=lambda points: (points.key.item, points.key.labels))
    shown, following = _page(ordered, filters.limit, filters.cursor)
    body = {
        "items": [wire.series_points(points) for points in shown],
        "next": following,
        "total": len(ordered),
        "source": str(result.source),
        "step_s": result.step and result.step.total_seconds(),
    }
    # Written directly: validating tens of thousands of our own numbers one by one takes seconds.
    return HttpResponse(json.dumps(body, default=str), content_type="application/json")


@router.get("/samples/page", needs=READ, response=AnswersOut)
def samples_page(request: HttpRequest, filters: Query[PageFilters]) -> HttpResponse:
    """Several metrics of some items at once, each with its aggregate: a whole page of charts.

    Samples of one moment are ordered as in `/samples`.
    """
    _require(actor_of(cast("Request", request)), filters.item)
    until = filters.until or clock.now()
    since = filters.since or until - DEFAULT_SPAN
    step = _step(filters.step, until - since)
    asked = [
        RangeQuery(
            metric=metric,
            items=tuple(filters.item),
            since=since.astimezone(UTC),
            until=until.astimezone(UTC),
            step=step,
            aggregate=aggregate,
        )
        for aggregate, metric in map(_question, filters.ask)
    ]
    answers = zip(filters.ask, queries.samples_of(asked), strict=True)
    body = {"items": [wire.answer(ask, result) for ask, result in answers]}
    return HttpResponse(json.dumps(body, default=str), content_type="application/json")


@router.get("/series", needs=READ, response=Page[SeriesOut])
def series(request: HttpRequest, filters: Query[SeriesFilters]) -> Page[SeriesOut]:
    """What is measured on an item, with each newest value of the last hour."""
    _require(actor_of(cast("Request", request)), [filters.item])
    found = [
        info
        for info in queries.series(filters.item)
        if not filters.metric or info.key.metric in filters.metric
    ]
    shown, following = _page(found, filters.limit, filters.cursor)
    return Page[SeriesOut](
        items=[wire.series_out(info) for info in shown], next=following, total=len(found)
    )


_NO_ITEM = UUID(int=0)


def _asked_of(actor: Actor) -> tuple[UUID, ...]:
    """The items that a question without items is about: for whoever sees everything none, which
    means all; for others those within reach, so that nothing else is read, counted or told.
    """
    seen = reach(actor, READ)
    return () if seen.everything else cmdb.within(seen) or (_NO_ITEM,)


def _require(actor: Actor, items: Collection[UUID]) -> None:
    """NotFound where one of the items is none the actor may see."""
    if not _seen(actor, items).issuperset(items):
        raise NotFound(field="item")


def _seen(actor: Actor, items: Collection[UUID]) -> frozenset[UUID]:
    """The items of these whose values the actor may read."""
    seen = reach(actor, READ)
    return frozenset(items) if seen.everything else cmdb.visible(seen, items)


def _question(ask: str) -> tuple[Aggregate, str]:
    found = _ASK.fullmatch(ask)
    if found and found[1] in set(Aggregate):
        return Aggregate(found[1]), found[2]
    message = _("This must be an aggregate and a metric, such as avg(node_load1).")
    raise BadInput(field="ask", problems=[FieldProblem("ask", message)])


def _step(text: str | None, span: timedelta) -> timedelta | None:
    """The step asked for; without one, a round one that gives a chart's worth of points."""
    if text is None:
        return durations.round_up(max(span, timedelta(0)) / POINTS_BY_DEFAULT)
    if text == "raw":
        return None
    step = durations.parse(text)
    if step is None:
        message = _("This must be “raw”, a number of seconds, or a duration such as 5m or 1h.")
        raise BadInput(field="step", problems=[FieldProblem("step", message)])
    return step


def _labels(request: HttpRequest) -> Labels:
    """The `label.NAME` parameters; any other parameter we do not know is an error."""
    known = {field.alias or name for name, field in SampleFilters.model_fields.items()}
    unknown = [name for name in request.GET if name not in known and not name.startswith(_LABEL)]
    if unknown:
        listed = ", ".join([*sorted(known), f"{_LABEL}NAME"])
        raise UnknownParameter(field=unknown[0], name=unknown[0], known=listed)
    return tuple(
        sorted(
            (name.removeprefix(_LABEL), str(value))
            for name, value in request.GET.items()
            if name.startswith(_LABEL)
        )
    )


def _page(found: Sequence[T], limit: int, cursor: str | None) -> tuple[Sequence[T], str | None]:
    """One page; the cursor is how many came before."""
    try:
        start = int(cursor or 0)
    except ValueError:
        start = -1
    if start < 0:
        raise BadCursor(field="cursor")
    end = start + limit
    return found[start:end], str(end) if end < len(found) else None
