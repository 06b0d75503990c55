"""The newest samples of every series in memory, as far back as a budget goes.

Whoever looks at a page asks for its last hours again and again; planning a statement costs the
engine more than such an answer is worth. It is filled with what was acknowledged, so it never lags
behind a promise; what lies before the moment from which on it has everything is asked of the
tables. It must never keep anybody waiting: until its code is compiled it leaves all to them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wardround.history.blocks import Rows, unpack, wide
from wardround.history.steps import ASK

if TYPE_CHECKING:
    from types import ModuleType

    from numpy.typing import NDArray

    from wardround.history.chunks import Samples
    from wardround.history.stepping import Points

BUDGET = 256 * 1024 * 1024
"""Bytes: three quarters for samples, some 3 each, the rest for the rows of 60,000 series."""
MOST_PENDING = 8_000_000
"""Rows (200 MB) that wait to be packed; past that they are let go and it begins anew."""
EVERYTHING = np.iinfo(np.int64).min
_LATEST = np.iinfo(np.int64).max
_ROW_BYTES = 64 * 17 + 58
_FEWEST_ROWS = 1024
_PIECES = 24
"""A piece of so many rows as the ring has words in one of these takes a sixtieth of it, as a rule;
a tenth where moments and numbers take all their bits.
"""


class Figures(NamedTuple):
    """What memory takes, and how far back it has everything."""

    bytes: int
    series: int
    seconds: float
    full: bool


class Recent:
    """One database's; for any number of threads."""

    def __init__(
        self, budget: int, *, complete_from: int, clock: Callable[[], float] = time.time
    ) -> None:
        """`budget` in bytes; `complete_from` in milliseconds: what is older was not heard."""
        self._budget = budget
        self._clock = clock
        self._lock = threading.Lock()
        self._in_queue = threading.Lock()
        self._waiting: list[Rows] = []
        self._pending = 0
        self._complete_from = complete_from
        self._packed: _Packed | None = None
        threading.Thread(target=self._compile, name="compile", daemon=True).start()

    @property
    def full(self) -> bool:
        """Whether some series have no place: the tables answer for those."""
        return self._packed is not None and self._packed.full

    def together(self, parts: Sequence[Rows]) -> list[Rows] | None:
        """The same rows with those of each series together, in pieces as it wants them; None until
        its code is compiled.
        """
        packed = self._packed
        return None if packed is None else list(packed.together(parts))

    def take(self, rows: Rows) -> None:
        """Rows that are about to be acknowledged; quickest where those of a series are together."""
        with self._in_queue:
            self._waiting.append(rows)
            self._pending += len(rows)

    def work_in(self) -> None:
        """Pack what waits; for the thread that has the time."""
        with self._lock:
            self._work_in()

    def steps(self, asks: NDArray[np.void]) -> tuple[NDArray[np.int64], Points] | None:
        """How many points each ask (`steps.ASK`) has, and all of them one after the other; None
        where they need samples that memory has not.
        """
        with self._lock:
            packed = self._work_in()
            since = int(asks["begin"].min(initial=_LATEST))
            if packed is None or since < max(self._complete_from, packed.horizon):
                return None
            return packed.steps(asks)

    def window(
        self, since: int, until: int, *, after: int = 0, limit: int = 1_000_000
    ) -> tuple[Samples, int] | None:
        """Samples of a time by series and moment, of whole series past one, some `limit` of them
        at most, and the last series (0: there are no more); None where that is more than it knows.
        """
        with self._lock:
            packed = self._work_in()
            if packed is None or packed.full or since < max(self._complete_from, packed.horizon):
                return None
            return packed.window(since, until, after, limit)

    def figures(self) -> Figures:
        with self._lock:
            packed = self._work_in()
            if packed is None:
                return Figures(0, 0, 0.0, full=False)
            since = max(self._complete_from, packed.horizon, packed.oldest)
            seconds = max(self._clock() - since / 1000, 0.0)
            return Figures(packed.size, packed.series, seconds, packed.full)

    def _compile(self) -> None:
        """Load the compiled code, or compile it, beside the work of everybody else."""
        from wardround.history import (  # noqa: PLC0415  # their compiler loads slowly
            chunks,
            grouping,
            stepping,
            unpacking,
        )

        code = _Code(chunks, unpacking, stepping, grouping)
        _Packed(code, 1024).rehearse()
        packed = _Packed(code, self._budget)
        with self._lock:
            self._packed = packed

    def _work_in(self) -> _Packed | None:
        with self._in_queue:
            if self._packed is None and self._pending <= MOST_PENDING:
                return None
            waiting, pending = self._waiting, self._pending
            self._waiting, self._pending = [], 0
        if pending > MOST_PENDING:
            newest = max(int(rows.at.max(initial=0)) for rows in waiting)
            self._complete_from = max(self._complete_from, newest + 1)
            self._packed = self._packed and _Packed(self._packed.code, self._budget)
        elif waiting and self._packed:
            for rows in wide(waiting):
                self._packed.take(rows)
        return self._packed


class _Code(NamedTuple):
    """The compiled code, once it is loaded."""

    chunks: ModuleType
    unpacking: ModuleType
    stepping: ModuleType
    grouping: ModuleType


class _Packed:
    """The memory itself, once its code is there; for one thread at a time."""

    def __init__(self, code: _Code, budget: int) -> None:
        self.code = code
        self.full = False
        """Whether some series have no row: the tables answer for them."""
        self.oldest = np.iinfo(np.int64).max
        self._most_rows = max(budget // 4 // _ROW_BYTES, _FEWEST_ROWS)
        self._memory = code.chunks.empty(
            _FEWEST_ROWS, max(budget // 4 * 3 // 8, code.chunks.LARGEST)
        )

    @property
    def horizon(self) -> int:
        """The moment (milliseconds) from which on no sample was overwritten."""
        return int(self._memory.marks[self.code.chunks.HORIZON])

    @property
    def series(self) -> int:
        return int(self._memory.marks[self.code.chunks.SERIES])

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        words = min(int(self._memory.marks[self.code.chunks.HEAD]), len(self._memory.ring))
        return 8 * words + len(self._memory.ids) * _ROW_BYTES

    def window(self, since: int, until: int, after: int, limit: int) -> tuple[Samples, int]:
        ids: NDArray[np.uint64] = np.sort(self._memory.ids[: self.series])
        ids = ids[ids > np.uint64(after)].copy()
        most = np.zeros(len(ids), np.int64)
        chunks = self.code.unpacking.bound(self._memory, ids, since, until, most)
        first = max(int(np.searchsorted(np.cumsum(most), limit, side="right")), 1)
        wanted = ids[:first].copy()
        out = self.code.chunks.room_for(int(most[:first].sum()))
        positions = np.empty(chunks, np.int64)
        found = self.code.unpacking.gather(self._memory, wanted, since, until, positions, out)
        samples = self.code.chunks.Samples(*(column[:found] for column in out))
        return samples, int(wanted[-1]) if len(wanted) < len(ids) else 0

    def together(self, parts: Sequence[Rows]) -> Iterator[Rows]:
        """In pieces that are little of what it holds: within one, what came last is not what is
        overwritten last.
        """
        most = max(len(self._memory.ring) // _PIECES, 1)
        pieces: Iterator[Rows] = self.code.grouping.together(
            parts, min(most, self.code.grouping.MOST_TOGETHER)
        )
        return pieces

    def take(self, rows: Rows) -> None:
        self.oldest = min(self.oldest, int(rows.at.min(initial=self.oldest)))
        samples = self.code.chunks.Samples(rows.series, rows.at, rows.number, rows.code)
        begin = self.code.chunks.take(self._memory, samples, 0, int(self.full))
        while begin < len(rows):
            self._make_room()
            begin = self.code.chunks.take(self._memory, samples, begin, int(self.full))

    def steps(self, asks: NDArray[np.void]) -> tuple[NDArray[np.int64], Points] | None:
        wanted, most = asks["series"].copy(), np.zeros(len(asks), np.int64)
        since, until = int(asks["begin"].min(initial=_LATEST)), int(asks["until"].max(initial=0))
        chunks = self.code.unpacking.bound(self._memory, wanted, since, until, most)
        if self.full and (most < 0).any():
            return None
        stepping, samples = self.code.stepping, int(most.max(initial=0))
        desk = stepping.Desk(
            np.empty(chunks, np.int64), self.code.chunks.room_for(samples),
            np.empty(samples, np.int64), np.empty(samples, np.float64),
        )  # fmt: skip
        steps = np.minimum(most, (asks["until"] - asks["begin"]) // asks["step"] + 2)
        points = int(np.maximum(steps, 0).sum())
        out = stepping.Points(np.empty(points, np.int64), np.empty(points, np.float64))
        counts = np.zeros(len(asks), np.int64)
        found = stepping.step_by_step(self._memory, asks, desk, counts, out)
        return counts, stepping.Points(out.at[:found], out.value[:found])

    def rehearse(self) -> None:
        """Call everything once, with what it will be called with."""
        nothing = unpack(b"")
        self.code.grouping.rehearse(nothing)
        self.take(nothing)
        self._make_room()
        self.window(0, 0, 0, 0)
        self.steps(np.frombuffer(b"", ASK))

    def _make_room(self) -> None:
        """More rows for series, or those of series that ended. Past the budget new series are left
        to the tables until the next start.
        """
        rows = min(2 * len(self._memory.ids), self._most_rows)
        into = self.code.chunks.with_rows(rows, self._memory.ring, self._memory.marks)
        kept = self.code.chunks.move(self._memory, self.horizon, into)
        self._memory = into
        into.marks[self.code.chunks.SERIES] = kept
        self.full = kept > 0.9 * rows
