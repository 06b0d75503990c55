"""Several questions as one statement, and its answer cut into theirs.

Questions that differ in their series alone share a part of the statement; the answer says of each
row which part it belongs to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from wardround.history import rules, statements
from wardround.history.types import Aggregate, RangeResult, SeriesKey, SeriesPoints, Source

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wardround.history.rolling import Rolling

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

    @property
    def shape(self) -> tuple[object, ...]:
        """What plans have in common that share a part of a statement."""
        return self.source, self.step, self.aggregate, self.since, self.until


def statements_of(plans: Sequence[Plan], state: Callable[[], Rolling]) -> list[str]:
    """The parts of the statement, one for each shape that has series; `state` is asked once."""
    heard = [state()] if any(plan.keys and plan.source is not Source.RAW for plan in plans) else []
    return [
        _text(part, group, heard[0] if heard else None)
        for part, group in enumerate(_groups(plans).values())
        if any(plan.keys for plan in group)
    ]


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
    lookback = max(plan.step, _FIVE_MINUTES, plan.source.width)
    words |= statements.steps(milliseconds(plan.step)) | {"lookback": str(milliseconds(lookback))}
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
