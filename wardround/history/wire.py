"""How samples and series look over HTTP."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

from wardround.history.types import Aggregate, RangeResult, SeriesInfo, SeriesKey, SeriesPoints
from wardround.kernel.http import Moment, Page


class SampleFilters(Schema):
    """`label.NAME=value` parameters choose among the series; `step` is `raw`, seconds or `5m`."""

    model_config = ConfigDict(extra="allow", populate_by_name=True)

    metric: Annotated[str, Field(min_length=1, max_length=200)]
    item: Annotated[list[UUID], Field(default_factory=list, max_length=200)]
    since: Annotated[Moment | None, Field(alias="from")] = None
    until: Annotated[Moment | None, Field(alias="to")] = None
    step: str | None = None
    aggregate: Aggregate = Aggregate.AVG
    limit: Annotated[int, Field(ge=1, le=2_000)] = 500
    cursor: str | None = None


class SeriesFilters(Schema):
    model_config = ConfigDict(extra="forbid")

    item: UUID
    metric: Annotated[list[str], Field(default_factory=list)]
    limit: Annotated[int, Field(ge=1, le=2_000)] = 500
    cursor: str | None = None


class SamplesOut(Schema):
    """Each point is the beginning of its step in milliseconds since 1970 UTC, and a value.

    A value that JSON cannot write (not a number, infinite) is null.
    """

    metric: str
    item: UUID
    labels: dict[str, str]
    unit: str
    kind: str
    points: list[tuple[int, float | None]]


class SamplesPage(Page[SamplesOut]):
    """`source` says which store answered; `step_s` may be longer than asked for old times."""

    source: str
    step_s: float | None


class PageFilters(Schema):
    """What a page of charts about some items asks at once: `ask` holds one question each, as
    `rate(node_disk_writes_total)`, an aggregate and a metric.
    """

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    item: Annotated[list[UUID], Field(min_length=1, max_length=200)]
    ask: Annotated[list[str], Field(min_length=1, max_length=200)]
    since: Annotated[Moment | None, Field(alias="from")] = None
    until: Annotated[Moment | None, Field(alias="to")] = None
    step: str | None = None


class AnswerOut(Schema):
    """The series of one question; `source` and `step_s` as of a question alone."""

    ask: str
    items: list[SamplesOut]
    source: str
    step_s: float | None


class AnswersOut(Schema):
    """One answer a question, in the order they were asked."""

    items: list[AnswerOut]


class SeriesOut(Schema):
    metric: str
    item: UUID
    labels: dict[str, str]
    unit: str
    kind: str
    target: UUID | None
    first_at: datetime
    last_at: datetime | None
    last_value: float | None


def series_out(info: SeriesInfo) -> SeriesOut:
    newest = info.latest
    value = newest.value if newest and math.isfinite(newest.value) else None
    return SeriesOut(
        **_key(info.key),
        target=info.key.target,
        first_at=info.first_seen,
        last_at=newest.at if newest else info.last_seen,
        last_value=value,
    )


def _key(key: SeriesKey) -> dict[str, Any]:
    return {
        "metric": key.metric,
        "item": key.item,
        "labels": dict(key.labels),
        "unit": key.unit,
        "kind": str(key.kind),
    }


def answer(ask: str, result: RangeResult) -> dict[str, Any]:
    """As `AnswerOut`."""
    ordered = sorted(result.series, key=lambda series: (series.key.item, series.key.labels))
    return {
        "ask": ask,
        "items": [series_points(series) for series in ordered],
        "source": str(result.source),
        "step_s": result.step and result.step.total_seconds(),
    }


def series_points(series: SeriesPoints) -> dict[str, Any]:
    """As `SamplesOut`, unchecked: checking our own numbers one by one takes seconds."""
    return _key(series.key) | {"points": _points(series)}


def _points(series: SeriesPoints) -> list[tuple[int, float | None]]:
    return [
        (at, value if math.isfinite(value) else None)
        for at, value in zip(series.at.tolist(), series.value.tolist(), strict=True)
    ]
