"""Several questions as one statement, and its answer cut into theirs.

Questions that differ in their series alone share a part of the statement; the answer says of each
row which part it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from wardround.history import rules, statements
from wardround.history.engine import Engine
from wardround.history.rolling import Rolling, rolling
from wardround.history.steps import ASK, CODES, by_step
from wardround.history.types import Aggregate, RangeResult, SeriesKey, SeriesPoints, Source

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wardround.history.steps import Moments, Values

POINTS = np.dtype([("part", "<u2"), ("series", "<u8"), ("at", "<i8"), ("value", "<f8")])
_FIVE_MINUTES = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Where the answer to one question comes from; moments in milliseconds since 1970 UTC."""

    keys: Mapping[int, SeriesKey]
    source: Source
    step: timedelta | None
    aggregate: Aggregate
    since: int
    until: int
    narrow: bool
    """Whether it asks for few samples."""

    @property
    def shape(self) -> tuple[object, ...]:
        """What plans have in common that share a part of a statement."""
        return self.source, self.step, self.aggregate, self.since, self.until

    @property
    def lookback(self) -> int:
        """Milliseconds before `since` in which a rate finds what it begins from."""
        return milliseconds(max(self.step or _FIVE_MINUTES, _FIVE_MINUTES, self.source.width))

    @property
    def begin(self) -> int:
        """From where on it needs samples."""
        return self.since - (self.lookback if self.aggregate.grows else 0)

    def ask(self, number: int) -> tuple[int, int, int, int, int, int]:
        """What it asks of one series, as `steps.ASK`."""
        step = milliseconds(self.step or _FIVE_MINUTES)
        return number, CODES[self.aggregate], step, self.begin, self.since, self.until


def answers(store: Engine, plans: Sequence[Plan]) -> tuple[RangeResult, ...]:
    """The answers to all plans: those over few samples from one reading of them, the others each
    a part of one statement.
    """
    narrow = [plan for plan in plans if plan.narrow and plan.source is Source.RAW]
    wide = [plan for plan in plans if plan not in narrow]
    found = dict(zip(map(id, narrow), _from_samples(store, narrow), strict=True))
    found |= dict(zip(map(id, wide), _from_parts(store, wide), strict=True))
    return tuple(found[id(plan)] for plan in plans)


def _from_samples(store: Engine, plans: Sequence[Plan]) -> list[RangeResult]:
    asks = [(plan, number) for plan in plans for number in sorted(plan.keys)]
    if not asks:
        return [RangeResult((), plan.source, plan.step) for plan in plans]
    found = _in_memory(store, plans, asks)
    if found is not None:
        return [RangeResult(tuple(series), plan.source, plan.step)
                for plan, series in zip(plans, found, strict=True)]  # fmt: skip
    words = {
        "series": statements.listed(sorted({number for _, number in asks})),
        "since": str(min(plan.begin for plan in plans)),
        "until": str(max(plan.until for plan in plans)),
    }
    stored = _stored(store.columns(statements.sql("samples", words)))
    return [RangeResult(tuple(_computed(plan, stored)), plan.source, plan.step) for plan in plans]


def _in_memory(
    store: Engine, plans: Sequence[Plan], asked: Sequence[tuple[Plan, int]]
) -> list[list[SeriesPoints]] | None:
    """The points of each plan from the server's memory; None where that does not reach."""
    asks = np.array([plan.ask(number) for plan, number in asked], ASK)
    found = store.steps(asks)
    if found is None:
        return None
    counts, at, value = found
    ends = np.cumsum(counts).tolist()
    series: dict[int, list[SeriesPoints]] = {id(plan): [] for plan in plans}
    for (plan, number), count, end in zip(asked, counts.tolist(), ends, strict=True):
        if count:
            points = SeriesPoints(
                plan.keys[number], at[end - count : end], value[end - count : end]
            )
            series[id(plan)].append(points)
    return [series[id(plan)] for plan in plans]


def _stored(columns: Mapping[str, NDArray[Any]]) -> dict[int, tuple[Moments, Values]]:
    """The samples of each series in order; the store gives them part by part."""
    if not columns:
        return {}
    series, at, value = columns["series"], columns["ms"], columns["number"]
    order = np.lexsort((value, at, series))
    series, at, value = series[order], at[order], value[order]
    starts = np.flatnonzero(np.diff(series, prepend=series[0] ^ np.uint64(1)))
    ends = np.append(starts[1:], len(series))
    return {
        int(series[start]): (at[start:end], value[start:end])
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
    }


def _computed(plan: Plan, stored: Mapping[int, tuple[Moments, Values]]) -> Iterator[SeriesPoints]:
    step = milliseconds(plan.step or _FIVE_MINUTES)
    for number, key in sorted(plan.keys.items()):
        if number not in stored:
            continue
        at, value = stored[number]
        begin, end = np.searchsorted(at, [plan.begin, plan.until])
        moments, values = by_step(
            at[begin:end], value[begin:end], aggregate=plan.aggregate, step=step, since=plan.since
        )
        if len(moments):
            yield SeriesPoints(key, moments, values)


def _from_parts(store: Engine, plans: Sequence[Plan]) -> tuple[RangeResult, ...]:
    """One part of a statement for each shape that has series."""
    asked = any(plan.keys and plan.source is not Source.RAW for plan in plans)
    state = rolling(store) if asked else None
    texts = [
        _text(part, group, state)
        for part, group in enumerate(_groups(plans).values())
        if any(plan.keys for plan in group)
    ]
    if not texts:
        return tuple(RangeResult((), plan.source, plan.step) for plan in plans)
    return split(plans, store.records(together(texts), {}, POINTS))


def together(texts: Sequence[str]) -> str:
    union = "\nUNION ALL\n".join(texts)
    return statements.sql("together", {"parts": union})


def split(plans: Sequence[Plan], points: NDArray[np.void]) -> tuple[RangeResult, ...]:
    """Each plan's rows of an answer that is ordered by part, series and moment."""
    part_of = {shape: part for part, shape in enumerate(_groups(plans))}
    found = _by_series(points)
    answers = []
    for plan in plans:
        part = part_of[plan.shape]
        series = tuple(
            SeriesPoints(key, *found[part, number])
            for number, key in sorted(plan.keys.items())
            if (part, number) in found
        )
        answers.append(RangeResult(series, plan.source, plan.step))
    return tuple(answers)


def milliseconds(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)


def _groups(plans: Sequence[Plan]) -> dict[tuple[object, ...], list[Plan]]:
    groups: dict[tuple[object, ...], list[Plan]] = {}
    for plan in plans:
        groups.setdefault(plan.shape, []).append(plan)
    return groups


def _text(part: int, group: Sequence[Plan], state: Rolling | None) -> str:
    plan = group[0]
    words = {
        "part": str(part),
        "series": statements.listed(sorted({number for member in group for number in member.keys})),
        "since": str(plan.since),
        "until": str(plan.until),
    }
    if plan.step is None:
        return statements.sql("raw_points", words | {"limit": str(rules.MAX_POINTS + 1)})
    words |= statements.steps(milliseconds(plan.step)) | {"lookback": str(plan.lookback)}
    return statements.points_of(plan.source, plan.aggregate, words, state)


def _by_series(
    points: NDArray[np.void],
) -> dict[tuple[int, int], tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """The rows, cut where part or series changes."""
    if not len(points):
        return {}
    part, series = points["part"], points["series"]
    changes = (part[1:] != part[:-1]) | (series[1:] != series[:-1])
    starts = [0, *(np.flatnonzero(changes) + 1).tolist()]
    ends = [*starts[1:], len(points)]
    return {
        (int(part[start]), int(series[start])): (
            np.ascontiguousarray(points["at"][start:end]),
            np.ascontiguousarray(points["value"][start:end]),
        )
        for start, end in zip(starts, ends, strict=True)
    }
