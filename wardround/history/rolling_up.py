"""The standing work on roll-ups: closed windows once, touched ones again.

A window's rows are always made anew of all its samples, and of two rows the one of more samples
counts; so whatever is cut short or done twice ends in the same answer.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from wardround.history import commits, rolling, windows
from wardround.history.blocks import Column
from wardround.history.engine import Engine
from wardround.history.errors import HistoryDamaged
from wardround.history.rolling import Rolling
from wardround.history.rollups import (
    ROLLED,
    SAMPLE,
    combined,
    rolled,
    rolled_columns,
    samples_of,
)
from wardround.history.windows import HOUR, WIDTH
from wardround.kernel.ids import new_id

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_ROWS = 1_000_000
"""Rows read at once: 33 MB of samples."""
TURN_SECONDS = 2.0
"""After which the worker's other duties get their turn."""
SHORT_SECONDS = 0.5
"""Whole hours that took less are done two, four … together: an insert costs by its parts."""
MOST_HOURS = 24
AGAIN_SECONDS = 600.0
"""After which windows are tried again whose samples the disk had damaged."""

log = logging.getLogger(__name__)

_SAMPLES = """
SELECT series, toUnixTimestamp64Milli(at), digits + counted, scale, value FROM samples
WHERE at >= toDateTime64({begin:Int64}, 3, 'UTC') AND at < toDateTime64({end:Int64}, 3, 'UTC')
    AND series > {after:UInt64}
ORDER BY series, at LIMIT {limit:UInt64}
"""
_ROLLED_ROWS = f"""
SELECT {", ".join(ROLLED.names or ())} FROM rolled_5m FINAL
WHERE at >= toDateTime({{begin:Int64}}, 'UTC') AND at < toDateTime({{end:Int64}}, 'UTC')
    AND series > {{after:UInt64}}
ORDER BY series, at LIMIT {{limit:UInt64}}
"""  # noqa: S608  our own column names


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some windows that are rolled up in one pass over their samples; Unix seconds."""

    begin: int
    end: int

    @property
    def hours(self) -> bool:
        """Whether an hour ends with it, which is rolled up with it: whoever goes on from its end
        never looks back.
        """
        return self.end % HOUR == 0

    @property
    def windows(self) -> range:
        return range(self.begin, self.end, WIDTH)


def stretches(
    state: Rolling, closed: int, together: Callable[[], int] = lambda: 1
) -> Iterator[Stretch]:
    """What is to be done until `closed`, in order: touched windows, then newly closed ones. Whole
    hours in a row come so many `together`, at most, as it says by then.

    An hour is rolled when its last window is; a touched window of such an hour rolls all of it.
    """
    whole = state.until // HOUR * HOUR
    late = [window for window in state.windows if window < state.until]
    again = sorted({window // HOUR * HOUR for window in late if window < whole})
    while again:
        row = 1
        while row < min(together(), len(again)) and again[row] == again[row - 1] + HOUR:
            row += 1
        yield Stretch(again[0], again[row - 1] + HOUR)
        del again[:row]
    for window in sorted(window for window in late if window >= whole):
        yield Stretch(window, window + WIDTH)
    begin = state.until
    while begin < closed:
        end = begin + WIDTH
        if begin % HOUR == 0 and begin + HOUR <= closed:
            end = begin + min(together(), (closed - begin) // HOUR) * HOUR
        yield Stretch(begin, end)
        begin = end


@dataclass(slots=True)
class _Pace:
    """How many whole hours are done together: as many as take half a second."""

    hours: int = 1

    def took(self, seconds: float) -> None:
        self.hours = (
            min(2 * self.hours, MOST_HOURS) if seconds < SHORT_SECONDS else max(self.hours // 2, 1)
        )


@dataclass(slots=True)
class _PutOff:
    """Windows that could not be read, and when (monotonic seconds) they are tried again."""

    _until: dict[int, float] = field(default_factory=dict)

    def put_off(self, unread: Sequence[Stretch]) -> None:
        again = time.monotonic() + AGAIN_SECONDS
        for stretch in unread:
            self._until |= dict.fromkeys(stretch.windows, again)

    def without(self, state: Rolling) -> Rolling:
        """What is to be done now."""
        now = time.monotonic()
        self._until = {window: at for window, at in self._until.items() if at > now}
        left = tuple(found for found in state.touched if found[0] not in self._until)
        return replace(state, touched=left)


_put_off: dict[Engine, _PutOff] = {}


def roll_up(store: Engine, *, now: float, seconds: float = TURN_SECONDS) -> int:
    """Bring the roll-ups up to date, or as far as the seconds go; how many stretches it did.

    `now` is in Unix seconds.
    """
    state = rolling.rolling(store, fresh=True)
    closed = max(windows.closed_until(now), state.until)
    done, touches, until = 0, dict(state.touched), time.monotonic() + seconds
    pace, damaged = _Pace(), _put_off.setdefault(store, _PutOff())
    for stretch in stretches(damaged.without(state), closed, lambda: pace.hours):
        begun = time.monotonic()
        commits.closing(store, stretch.end)
        unread = _attempt(store, stretch, touches, state.until)
        if unread:
            damaged.put_off(unread)
            pace.hours = 1
        done += 1
        if time.monotonic() > until:
            break
        pace.took(time.monotonic() - begun)
    rolling.forget(store)
    return done


def _attempt(store: Engine, stretch: Stretch, touches: dict[int, int], until: int) -> list[Stretch]:
    """Roll up a stretch and remember it; what of it could not be read, hour by hour."""
    try:
        _roll(store, stretch)
    except HistoryDamaged as error:
        hours = [Stretch(at, at + HOUR) for at in range(stretch.begin, stretch.end, HOUR)]
        if len(hours) > 1:
            return [at for hour in hours for at in _attempt(store, hour, touches, until)]
        log.warning("samples cannot be rolled up now, and will be tried again: %s", error)
        _pass_over(store, stretch, touches, until)
        return [stretch]
    _note(store, stretch, touches, until)
    return []


def _roll(store: Engine, stretch: Stretch) -> None:
    whole = stretch.hours and stretch.begin % HOUR == 0
    for samples in _samples(store, stretch):
        _insert(store, rolling.FIVE_MINUTES, rolled(samples, WIDTH * 1000))
        if whole:
            _insert(store, rolling.ONE_HOUR, rolled(samples, HOUR * 1000))
    if stretch.hours and not whole:
        hour = Stretch(stretch.end - HOUR, stretch.end)
        for rows in _pages(store, _ROLLED_ROWS, hour, ROLLED):
            _insert(store, rolling.ONE_HOUR, combined(rows, HOUR * 1000))


def _samples(store: Engine, stretch: Stretch) -> Iterator[NDArray[np.void]]:
    """The samples by series and moment, some whole series at a time: from memory as far as that
    knows, which spares the engine most of its work.
    """
    after = 0
    while True:
        found = store.window(stretch.begin * 1000, stretch.end * 1000, after=after, limit=MOST_ROWS)
        if found is None:
            yield from _pages(store, _SAMPLES, stretch, SAMPLE, after)
            return
        rows, after = found
        yield samples_of(rows)
        if not after:
            return


def _pages(
    store: Engine, text: str, stretch: Stretch, layout: np.dtype[np.void], after: int = 0
) -> Iterator[NDArray[np.void]]:
    """The rows by series and moment, some whole series at a time."""
    limit = MOST_ROWS
    while True:
        given = {"begin": stretch.begin, "end": stretch.end, "after": after, "limit": limit}
        found = store.records(text, given, layout)
        if len(found) < limit:
            yield found
            return
        whole = int(np.searchsorted(found["series"], found["series"][-1]))
        if whole == 0:
            limit *= 2  # one series has more than that
            continue
        yield found[:whole]
        after = int(found["series"][whole - 1])


def _insert(store: Engine, table: str, rows: NDArray[np.void]) -> None:
    if len(rows):
        store.insert_columns(table, rolled_columns(rows), token=str(new_id()))


def _pass_over(store: Engine, stretch: Stretch, touches: dict[int, int], until: int) -> None:
    """Go on behind it. Its windows count as touched: questions read their samples, and are told
    where those cannot be read; and they are tried again.
    """
    fresh = [window for window in stretch.windows if window not in touches]
    if fresh:
        commits.touch(store, np.array(fresh, np.int64), token=str(new_id()))
    if stretch.begin >= until:
        _note(store, Stretch(stretch.end, stretch.end), {}, until)


def _note(store: Engine, stretch: Stretch, touches: dict[int, int], until: int) -> None:
    """Remember how far it has come, and which touches it has seen."""
    late = [window for window in stretch.windows if window in touches]
    at, seen = [*late], [touches[window] for window in late]
    if stretch.begin >= until:
        at, seen = [*at, 0], [*seen, stretch.end]
    if not at:
        return
    columns: list[Column] = [
        ("at", "DateTime('UTC')", np.array(at, np.uint32)),
        ("seen", "UInt64", np.array(seen, np.uint64)),
    ]
    store.insert_columns("rolling", columns, token=str(new_id()))
