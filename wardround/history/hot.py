"""The last hour of every series in memory: the newest value, and 5-minute windows of its samples.

For the tables and rankings over a whole fleet, whose rows lie far apart on disk. It is filled with
what was acknowledged, so it never lags behind a promise; what it lacks (all before its process
began) is asked of the tables. Some 0.9 kB a series.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from wardround.history.blocks import Rows, joined, values_of
from wardround.history.windows import WIDTH

if TYPE_CHECKING:
    from numpy.typing import NDArray

RING = 16
"""Windows kept: an hour, what is open, and some room for samples that are late."""
MOST_SERIES = 200_000
"""Past that (180 MB) it begins anew, and the tables answer for an hour."""
MOST_PENDING = 200_000
"""Rows that wait to be worked in before somebody asks."""
_WIDTH_MS = WIDTH * 1000

CELL = np.dtype([
    ("count", "<i8"), ("low", "<f8"), ("high", "<f8"), ("total", "<f8"), ("last", "<f8"),
    ("last_at", "<i8"),
])  # fmt: skip
"""Samples of one window, or of several: what a roll-up has. Empty where `count` is 0."""


class Hot:
    """One database's; for any number of threads."""

    def __init__(self, *, complete_from: int, clock: Callable[[], float] = time.time) -> None:
        """`complete_from` in Unix seconds: what is older was not heard."""
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: list[tuple[Rows, bool]] = []
        self._count = 0
        self._latest = clock()
        self._begin(-(-complete_from // WIDTH) * WIDTH)

    def take(self, rows: Rows, *, together: bool = False) -> None:
        """Rows that are about to be acknowledged. Where those of each series stand `together`
        (`grouping`), they need not be sorted, which takes much longer.
        """
        with self._lock:
            self._waiting.append((rows, together))
            self._count += len(rows)
            if self._count > MOST_PENDING:
                self._work_in()

    def cells(
        self, series: NDArray[np.uint64], since: int, until: int
    ) -> tuple[NDArray[np.void], bool, int]:
        """A CELL for each series over the windows from `since` to before `until` (Unix seconds),
        whether those are all its samples of that time, and from when on (Unix seconds) it has all.
        """
        with self._lock:
            self._work_in()
            oldest = self._oldest() * WIDTH
            complete = max(self._complete_from, oldest) <= since < until <= oldest + RING * WIDTH
            out = np.zeros(len(series), CELL)
            if not len(self._ids):
                return out, complete, self._complete_from
            found = np.minimum(np.searchsorted(self._ids, series), len(self._ids) - 1)
            known = np.flatnonzero(self._ids[found] == series)
            places = self._places[found[known]]
            windows = self._windows[places]
            inside = (windows >= since // WIDTH) & (windows < until // WIDTH)
            out[known] = _together(self._cells[places], inside)
            return out, complete, self._complete_from

    def figures(self) -> tuple[int, int]:
        """Series that it keeps, and the bytes of their windows."""
        with self._lock:
            return len(self._ids), self._cells.nbytes + self._windows.nbytes

    def _begin(self, complete_from: int) -> None:
        self._complete_from = complete_from
        self._ids = np.zeros(0, np.uint64)
        self._places = np.zeros(0, np.int64)
        self._windows = np.full((0, RING), -1, np.int64)
        self._cells = np.zeros((0, RING), CELL)

    def _unheard(self) -> int:
        """After all that was heard and may be forgotten: samples are as far ahead of the clock as a
        window is wide, and it may just have been set back.
        """
        return (int(max(self._clock(), self._latest)) // WIDTH + 2) * WIDTH

    def _oldest(self) -> int:
        """The number of the oldest window that is kept."""
        return int(self._clock()) // WIDTH - RING + 2

    def _work_in(self) -> None:
        now = self._clock()
        if now < self._latest - WIDTH:
            self._begin(self._unheard())  # the clock was set back: windows would mix
        self._latest = max(now, self._latest) if now >= self._latest - WIDTH else now
        waiting, self._waiting, self._count = self._waiting, [], 0
        for rows, together in waiting:
            if together:
                self._work_in_rows(rows, sort=False)
        if apart := [rows for rows, together in waiting if not together]:
            self._work_in_rows(joined(apart), sort=True)

    def _work_in_rows(self, rows: Rows, *, sort: bool) -> None:
        first, end = self._oldest(), self._oldest() + RING
        window = rows.at // _WIDTH_MS
        ahead = int(window.max(initial=0)) + 1
        if ahead > end:  # not kept, and so missing when the clock gets there
            self._complete_from = max(self._complete_from, ahead * WIDTH)
        recent = (window >= first) & (window < end)
        if not recent.any():
            return
        if not recent.all():
            rows = rows.where(recent)
        value = values_of(rows)
        if (unknown := np.isnan(value)).any():
            rows, value = rows.where(~unknown), value[~unknown]
        series, at = rows.series, rows.at
        if sort or not _forward(series, at):
            order = np.lexsort((value, at, series))
            series, at, value = series[order], at[order], value[order]
        if len(value):
            self._add(series, at, value)

    def _add(
        self, series: NDArray[np.uint64], at: NDArray[np.int64], value: NDArray[np.float64]
    ) -> None:
        """Samples, those of a series together and in order of moment and value."""
        window = at // _WIDTH_MS
        changes = (series[1:] != series[:-1]) | (window[1:] != window[:-1])
        starts = np.concatenate([[0], np.flatnonzero(changes) + 1])
        ends = np.append(starts[1:], len(at)) - 1
        fresh = np.zeros(len(starts), CELL)
        fresh["count"] = ends - starts + 1
        fresh["low"] = np.minimum.reduceat(value, starts)
        fresh["high"] = np.maximum.reduceat(value, starts)
        fresh["total"] = np.add.reduceat(value, starts)
        fresh["last"], fresh["last_at"] = value[ends], at[ends]
        if len(starts) > MOST_SERIES < len(np.unique(series[starts])):
            self._begin(self._unheard())  # not even these alone have room
            return
        place = self._place(series[starts])
        number = window[starts]
        slot = number % RING
        before = self._cells[place, slot]
        before[self._windows[place, slot] != number] = np.zeros((), CELL)
        self._cells[place, slot] = _merged(before, fresh)
        self._windows[place, slot] = number

    def _place(self, series: NDArray[np.uint64]) -> NDArray[np.int64]:
        """The rows of these series; they get some where they have none."""
        unknown = np.setdiff1d(series, self._ids)
        if len(unknown):
            if len(self._ids) + len(unknown) > MOST_SERIES:
                self._begin(self._unheard())
                unknown = np.unique(series)
            used = len(self._ids)
            ids = np.concatenate([self._ids, unknown])
            places = np.concatenate([self._places, np.arange(used, used + len(unknown))])
            order = np.argsort(ids)
            self._ids, self._places = ids[order], places[order]
            self._grow(len(ids))
        return self._places[np.searchsorted(self._ids, series)]

    def _grow(self, size: int) -> None:
        have = len(self._windows)
        if size <= have:
            return
        room = max(size, 2 * have)
        windows = np.full((room, RING), -1, np.int64)
        cells = np.zeros((room, RING), CELL)
        windows[:have], cells[:have] = self._windows, self._cells
        self._windows, self._cells = windows, cells


def _forward(series: NDArray[np.uint64], at: NDArray[np.int64]) -> bool:
    """Whether each sample is of another series than the one before it, or of a later moment."""
    return bool(((at[1:] > at[:-1]) | (series[1:] != series[:-1])).all())


def _merged(before: NDArray[np.void], fresh: NDArray[np.void]) -> NDArray[np.void]:
    """Two cells each as one; the first may be empty."""
    out = fresh.copy()
    full = before["count"] > 0
    out["count"] += before["count"]
    out["total"] += np.where(full, before["total"], 0.0)
    out["low"] = np.where(full, np.minimum(before["low"], fresh["low"]), fresh["low"])
    out["high"] = np.where(full, np.maximum(before["high"], fresh["high"]), fresh["high"])
    same = (before["last_at"] == fresh["last_at"]) & (before["last"] > fresh["last"])
    later = full & ((before["last_at"] > fresh["last_at"]) | same)
    out["last"] = np.where(later, before["last"], fresh["last"])
    out["last_at"] = np.where(later, before["last_at"], fresh["last_at"])
    return out


def _together(cells: NDArray[np.void], inside: NDArray[np.bool_]) -> NDArray[np.void]:
    """Each row's cells that are inside as one."""
    inside &= cells["count"] > 0
    out = np.zeros(len(cells), CELL)
    out["count"] = np.where(inside, cells["count"], 0).sum(axis=1)
    out["total"] = np.where(inside, cells["total"], 0.0).sum(axis=1)
    out["low"] = np.where(inside, cells["low"], np.inf).min(axis=1)
    out["high"] = np.where(inside, cells["high"], -np.inf).max(axis=1)
    newest = np.where(inside, cells["last_at"], -1).argmax(axis=1)
    row = np.arange(len(cells))
    out["last"], out["last_at"] = cells["last"][row, newest], cells["last_at"][row, newest]
    out[out["count"] == 0] = np.zeros((), CELL)
    return out
