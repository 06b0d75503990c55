"""The standing work on roll-ups: closed windows once, touched ones again.

A window's rows are always made anew of all its samples, and of two rows the one of more samples
counts; so whatever is cut short or done twice ends in the same answer.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wardround.history import commits, rolling, windows
from wardround.history.blocks import Column
from wardround.history.engine import Engine
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
    five_minutes: bool
    hours: bool


def stretches(state: Rolling, closed: int) -> Iterator[Stretch]:
    """What is to be done until `closed`, in order: touched windows, then newly closed ones.

    An hour is rolled when its last window is; a touched window of such an hour rolls all of it.
    """
    whole = state.until // HOUR * HOUR
    late = [window for window in state.windows if window < state.until]
    for hour in sorted({window // HOUR * HOUR for window in late if window < whole}):
        yield Stretch(hour, hour + HOUR, five_minutes=True, hours=True)
    for window in sorted(window for window in late if window >= whole):
        yield Stretch(window, window + WIDTH, five_minutes=True, hours=False)
    begin = state.until
    while begin < closed:
        if begin % HOUR == 0 and begin + HOUR <= closed:
            yield Stretch(begin, begin + HOUR, five_minutes=True, hours=True)
            begin += HOUR
            continue
        yield Stretch(begin, begin + WIDTH, five_minutes=True, hours=False)
        begin += WIDTH
        if begin % HOUR == 0:
            yield Stretch(begin - HOUR, begin, five_minutes=False, hours=True)


def roll_up(store: Engine, *, now: float, seconds: float = TURN_SECONDS) -> int:
    """Bring the roll-ups up to date, or as far as the seconds go; how many stretches it did.

    `now` is in Unix seconds.
    """
    state = rolling.rolling(store, fresh=True)
    closed = max(windows.closed_until(now), state.until)
    done, touches, until = 0, dict(state.touched), time.monotonic() + seconds
    for stretch in stretches(state, closed):
        commits.closing(store, stretch.end)
        _roll(store, stretch)
        _note(store, stretch, touches, state.until)
        done += 1
        if time.monotonic() > until:
            break
    rolling.forget(store)
    return done


def _roll(store: Engine, stretch: Stretch) -> None:
    if not stretch.five_minutes:
        for rows in _pages(store, _ROLLED_ROWS, stretch, ROLLED):
            _insert(store, rolling.ONE_HOUR, combined(rows, HOUR * 1000))
        return
    for samples in _samples(store, stretch):
        _insert(store, rolling.FIVE_MINUTES, rolled(samples, WIDTH * 1000))
        if stretch.hours:
            _insert(store, rolling.ONE_HOUR, rolled(samples, HOUR * 1000))


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


def _note(store: Engine, stretch: Stretch, touches: dict[int, int], until: int) -> None:
    """Remember how far it has come, and which touches it has seen."""
    late = [window for window in range(stretch.begin, stretch.end, WIDTH) if window in touches]
    at, seen = [*late], [touches[window] for window in late]
    if stretch.five_minutes and stretch.begin >= until:
        at, seen = [*at, 0], [*seen, stretch.end]
    if not at:
        return
    columns: list[Column] = [
        ("at", "DateTime('UTC')", np.array(at, np.uint32)),
        ("seen", "UInt64", np.array(seen, np.uint64)),
    ]
    store.insert_columns("rolling", columns, token=str(new_id()))
