"""What a read page consists of, and why a page can be refused."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


class PageProblem(enum.StrEnum):
    """Why a whole page is refused."""

    FORMAT = "format"
    CUT = "cut"
    TOO_BIG = "too_big"
    ENCODING = "encoding"
    CONTENT_TYPE = "content_type"


class Kind(enum.StrEnum):
    """The types of both formats; what a page does not declare is `unknown`."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"
    GAUGE_HISTOGRAM = "gaugehistogram"
    SUMMARY = "summary"
    INFO = "info"
    STATE_SET = "stateset"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Series:
    """A metric's name and its labels, sorted by name."""

    name: str
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Family:
    """What a page declares of one metric."""

    name: str
    kind: Kind = Kind.UNKNOWN
    unit: str = ""
    help: str = ""
    typed: bool = False
    """A TYPE was read: `unknown` is then what the page says, not what it leaves open."""


@dataclass(frozen=True, eq=False)
class PageLayout:
    """Which series a page holds, in its order.

    The same object comes back as long as a target's page keeps its shape, so that whoever works
    on pages may remember by identity what it found out about one.
    """

    series: tuple[Series, ...]
    families: Mapping[str, Family] = field(default_factory=dict)
    openmetrics: bool = False
    """By whose rules the samples belong to their families."""


@dataclass(frozen=True)
class Skipped:
    """A line that gives nothing; the page is read without it."""

    line: int
    expected: str
    """What would have been taken in its place."""


@dataclass(frozen=True)
class Duplicate:
    """A series that came a second time in one page; the first one counts."""

    series: Series
    line: int


NO_TIME = np.iinfo(np.int64).min
"""In `times_ms`: the page gives no time for this sample."""


@dataclass(frozen=True)
class Page:
    """A read page: `values[i]` belongs to `layout.series[i]`.

    `times_ms` is None when no sample carries a time of its own.
    """

    layout: PageLayout
    values: NDArray[np.float64]
    times_ms: NDArray[np.int64] | None
    duplicates: tuple[Duplicate, ...] = ()
    skipped: tuple[Skipped, ...] = ()
