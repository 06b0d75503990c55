"""Filling long windows from the history, so that a restart does not blind a rule for half a day.

What a series was before this process saw it is read beside the judging, which waits for nothing:
until it is there, the window is as unknown as it was.
"""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np

from wardround.detection.evaluate import Floats
from wardround.detection.windows import Ring, Shape
from wardround.history import queries as history
from wardround.history.errors import TooManyPoints, TooManySeries
from wardround.history.types import RangeQuery, SeriesKey
from wardround.kernel.attempts import Attempts, Backoff, FailureLog
from wardround.kernel.errors import WardroundError

logger = logging.getLogger("wardround.detection.filling")

_PAUSES = Backoff(first=2.0, longest=60.0)
_FAILING = "The history does not tell what long windows held before; asking on: %s"
_WORKING = "The history tells what long windows held before"
_AT_ONCE = 200
"""Series read together: a day of them takes some 20 MB."""
_PIECE = timedelta(hours=3)
"""Of so long the store tells each value, down to one a second."""
_JUST_BEFORE = 0.5
"""Seconds before the first value seen here, which the history has too."""


@dataclass(frozen=True)
class Unfilled:
    """A window of a series, by its number here; `at` and `value` are the first that it held."""

    target: UUID
    key: SeriesKey
    number: int
    shape: Shape
    at: float
    value: float


@dataclass(frozen=True, eq=False)
class Filled:
    """What some windows of one shape held before: row i of `older` is that of `windows[i]`."""

    shape: Shape
    windows: Sequence[Unfilled]
    older: Ring


class Filling:
    """Reads what windows held before; in a thread of its own."""

    def __init__(self) -> None:
        self._waiting: list[Unfilled] = []
        self._filled: list[Filled] = []
        self._changed = threading.Condition()
        self._busy = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="filling", daemon=True)
        self._attempts = Attempts(_PAUSES, FailureLog(logger, _FAILING, _WORKING))

    def start(self) -> None:
        self._thread.start()

    def stop(self, patience: float) -> None:
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()
        self._thread.join(patience)

    def ask(self, windows: Sequence[Unfilled]) -> None:
        """Read what these held before, some time soon."""
        if windows:
            with self._changed:
                self._waiting += windows
                self._changed.notify_all()

    def take(self) -> list[Filled]:
        """What was read since the last time."""
        with self._changed:
            filled, self._filled = self._filled, []
        return filled

    def settle(self, patience: float) -> bool:
        """Wait until everything asked for was read; whether it was."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting and not self._busy, patience)

    def _run(self) -> None:
        while not self._stopping.is_set():
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._stopping.is_set())
                together = _together(self._waiting)
                self._busy = True
            self._read_patiently(together)
            with self._changed:
                self._busy = False
                self._changed.notify_all()

    def _read_patiently(self, windows: Sequence[Unfilled]) -> None:
        """Read these; what cannot be read now waits behind the others."""
        try:
            filled = read(windows)
        except (TooManyPoints, TooManySeries) as error:
            logger.warning("%d windows begin empty: %s", len(windows), error)
        except WardroundError as error:
            with self._changed:
                self._waiting += windows
            self._stopping.wait(self._attempts.failed(error))
        except Exception:
            logger.exception("%d windows begin empty", len(windows))
        else:
            self._attempts.worked()
            with self._changed:
                self._filled += filled


def _together(waiting: list[Unfilled]) -> list[Unfilled]:
    """Take some out that are asked for together: of one shape and metric."""
    if not waiting:
        return []
    first = waiting[0]
    alike = [
        window
        for window in waiting
        if (window.shape, window.key.metric) == (first.shape, first.key.metric)
    ][:_AT_ONCE]
    taken = set(map(id, alike))
    waiting[:] = [window for window in waiting if id(window) not in taken]
    return alike


def read(windows: Sequence[Unfilled]) -> list[Filled]:
    """What windows of one shape and metric held before. Raises what the history raises."""
    if not windows:
        return []
    shape = windows[0].shape
    told = _told(windows)
    known = [window for window in windows if window.key in told]
    older = [_before(window, *told[window.key]) for window in known]
    return [Filled(shape, known, ring_of(shape, older))] if known else []


def _told(windows: Sequence[Unfilled]) -> Mapping[SeriesKey, tuple[Floats, Floats]]:
    """Moments and values of the series, each in order, over all that any of the windows needs."""
    shape, metric = windows[0].shape, windows[0].key.metric
    wanted = {window.key for window in windows}
    items = tuple({window.key.item for window in windows})
    found: dict[SeriesKey, list[tuple[Floats, Floats]]] = defaultdict(list)
    until = _moment(max(window.at for window in windows))
    since = _moment(min(window.at for window in windows) - shape.horizon)
    for begin, end in _pieces(since, until):
        for points in history.samples(RangeQuery(metric, items, begin, end)).series:
            if points.key in wanted:
                found[points.key].append((points.at.astype(np.float64) / 1000, points.value))
    return {
        key: (np.concatenate([at for at, _ in parts]), np.concatenate([of for _, of in parts]))
        for key, parts in found.items()
    }


def _pieces(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    while since < until:
        end = min(since + _PIECE, until)
        yield since, end
        since = end


def _before(window: Unfilled, at: Floats, values: Floats) -> tuple[Floats, Floats]:
    """What of a series lies in the window and before what was seen here."""
    inside = (at > window.at - window.shape.horizon) & (at < window.at - _JUST_BEFORE)
    return at[inside], values[inside]


def ring_of(shape: Shape, series: Sequence[tuple[Floats, Floats]]) -> Ring:
    """A ring with these moments and values of series 0, 1, …: all first ones, then all second."""
    ring = Ring(shape)
    ring.watch(np.arange(len(series)))
    lengths = np.array([len(at) for at, _ in series], np.int64)
    longest = int(lengths.max(initial=0))
    moments, values = np.zeros((2, len(series), longest))
    for row, (at, of) in enumerate(series):
        moments[row, : len(at)], values[row, : len(of)] = at, of
    for place in range(longest):
        rows = np.flatnonzero(lengths > place)
        no_gap = np.zeros(len(rows), np.bool_)
        ring.push(rows, values[rows, place], moments[rows, place], no_gap)
    return ring


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
