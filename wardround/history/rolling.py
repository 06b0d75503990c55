"""How far roll-ups have come, and so what a question must read as samples instead."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from wardround.history.engine import Engine
from wardround.history.windows import HOUR, WIDTH

FRESH_SECONDS = 1.0
"""A late sample that another process has brought counts in roll-ups this much later at most."""
_STATE = np.dtype([("at", "<u4"), ("touches", "<u8"), ("seen", "<u8")])
_QUESTION = """
SELECT at, sum(touches) AS all_touches, max(seen) AS last_seen
FROM rolling GROUP BY at HAVING toUInt32(at) = 0 OR all_touches > last_seen
"""
_BEFORE = """
SELECT count() AS parts FROM system.parts
WHERE active AND database = currentDatabase() AND table IN ('samples_5m', 'samples_1h')
"""
_COUNT = np.dtype([("parts", "<u8")])


@dataclass(frozen=True, slots=True)
class Rolling:
    """Unix seconds. Windows before `until` are rolled up, except those that were touched since."""

    until: int
    touched: tuple[tuple[int, int], ...]
    """Begin of a window, and how often it was touched until this was read."""
    before: bool
    """Whether there are roll-ups of earlier versions."""

    @property
    def windows(self) -> list[int]:
        return [window for window, _ in self.touched]


class Part(NamedTuple):
    """One stretch of one table: `begin` to before `end`, Unix seconds, with or without windows."""

    table: str
    begin: int
    end: int
    only: tuple[int, ...] = ()
    without: tuple[int, ...] = ()
    width: int = WIDTH
    """What `only` and `without` count in, seconds."""


RAW, FIVE_MINUTES, ONE_HOUR = "samples", "rolled_5m", "rolled_1h"


def parts(state: Rolling, begin: int, end: int, *, hours: bool) -> Iterator[Part]:
    """What to read for the windows from `begin` to before `end`: each window exactly once."""
    rolled = min(max(state.until, begin), end)
    touched = tuple(window for window in state.windows if begin <= window < rolled)
    if hours:
        whole = min(max(state.until // HOUR * HOUR, begin), end)
        broken = tuple(sorted({window // HOUR * HOUR for window in touched if window < whole}))
        if begin < whole:
            yield Part(ONE_HOUR, begin, whole, without=broken, width=HOUR)
        if broken:
            fine = tuple(
                window
                for hour in broken
                for window in range(hour, hour + HOUR, WIDTH)
                if window not in set(touched)
            )
            yield Part(FIVE_MINUTES, broken[0], broken[-1] + HOUR, only=fine or (0,))
    else:
        whole = begin
    if whole < rolled:
        yield Part(FIVE_MINUTES, whole, rolled, without=tuple(w for w in touched if w >= whole))
    if touched:
        yield Part(RAW, touched[0], touched[-1] + WIDTH, only=touched)
    if rolled < end:
        yield Part(RAW, rolled, end)


_states: dict[Engine, tuple[float, Rolling]] = {}
_without_before: set[Engine] = set()
_lock = threading.Lock()


def rolling(store: Engine, *, fresh: bool = False) -> Rolling:
    """How far this store's roll-ups are, as heard within a second; `fresh`: as they are now."""
    now = time.monotonic()
    with _lock:
        heard, state = _states.get(store, (-FRESH_SECONDS, None))
        if state is not None and not fresh and now < heard + FRESH_SECONDS:
            return state
    state = _read(store)
    with _lock:
        _states[store] = (now, state)
    return state


def forget(store: Engine, since: float = 0.0) -> None:
    """This process has just brought samples, the first of this moment (Unix seconds): where that is
    rolled up, as far as it heard, their windows were touched.
    """
    with _lock:
        _, state = _states.get(store, (0.0, None))
        if state is not None and since < state.until:
            del _states[store]


def _read(store: Engine) -> Rolling:
    rows = store.records(_QUESTION, {}, _STATE)
    until = int(rows["seen"][rows["at"] == 0].max(initial=0))
    late = np.sort(rows[rows["at"] != 0], order="at")
    touched = zip(late["at"].tolist(), late["touches"].tolist(), strict=True)
    return Rolling(until, tuple(touched), before=_has_before(store))


def _has_before(store: Engine) -> bool:
    """Whether roll-ups of earlier versions are left; once there are none there never are again."""
    if store in _without_before:
        return False
    if store.records(_BEFORE, {}, _COUNT)["parts"][0]:
        return True
    _without_before.add(store)
    return False


def listed(windows: Sequence[int]) -> str:
    return ",".join(map(str, windows))
