"""A growing table of decision-diagram nodes around the compiled machine, under a budget."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability import machine, nodetable
from wardround.dependability.errors import BadNumber, BudgetEnded
from wardround.dependability.messages import Notice

if TYPE_CHECKING:
    from numpy.typing import NDArray

_QUOTA = 2_000_000  # steps between two looks at the clock: about 0.1 s
_PIECE = 1 << 22  # nodes between two looks while they are entered anew: about 0.2 s
_LARGEST_CACHE = 1 << 23
_MOMENT = 0.05  # seconds between two looks at the memory
_STATM = Path("/proc/self/statm")
_BYTES_TO_GROW = 40  # a node, more while a table grows: row 16, least 2, chains 4–8, cache 16
_MOST_NODES = 2**31 - 16
_PAGE = resource.getpagesize()


def resident_bytes() -> int:
    """What this process holds in memory now; 0 where the system does not say."""
    try:
        return int(_STATM.read_text().split()[1]) * _PAGE
    except OSError:
        return 0


@dataclass
class Budget:
    """How long and how much an answer may take: wall seconds since the budget was made, and memory
    of the whole process.
    """

    seconds: float = float("inf")
    memory_mb: float = 3072.0
    progress: Callable[[Notice], None] | None = field(default=None, repr=False)
    stopped: bool = field(default=False, repr=False)  # set by whoever wants the answer now (Ctrl-C)
    began: float = field(default_factory=time.monotonic, repr=False)
    parent: Budget | None = field(default=None, repr=False)  # stopped with it
    steps: float = field(
        default=float("inf"), repr=False
    )  # of the machine still allowed: the same on every computer
    looked: float = field(default=float("-inf"), repr=False)  # at the memory, when last

    def __post_init__(self) -> None:
        for value in (self.seconds, self.memory_mb):
            if not value >= 0:
                raise BadNumber("budget_not_counted", value=value)

    @property
    def room(self) -> float:
        """Bytes the process may still take."""
        return self.memory_mb * 1e6 - resident_bytes()

    def need(self, size: float) -> None:
        """BudgetEnded where the process would become too large with so many bytes more."""
        if size > self.room:
            raise BudgetEnded("memory")

    @property
    def left(self) -> float:
        return self.seconds - (time.monotonic() - self.began)

    def look(self) -> None:
        """BudgetEnded where it is stopped, or its time or work is used up."""
        if self.stopped or (self.parent is not None and self.parent.stopped):
            raise BudgetEnded("interrupted")
        if self.left <= 0:
            raise BudgetEnded("time")
        if self.steps <= 0:
            raise BudgetEnded("work")

    def check(self) -> None:
        """BudgetEnded where any of it is used up, memory included; whoever asks for more of that
        asks `need`, so that looking at it now and then is enough.
        """
        self.look()
        now = time.monotonic()
        if now - self.looked > _MOMENT:
            self.looked = now
            self.need(0.0)

    def say(self, key: str, **given: object) -> None:
        if self.progress is not None:
            self.progress(Notice(key, given))


class Diagram:
    """Nodes of one variable order. Registers given to `run` hold node numbers."""

    def __init__(self, room: int = 1 << 12) -> None:
        self.nodes = np.empty((room, 4), np.int32)
        self.least = np.empty(room, np.int16)
        self.table = np.empty(room, np.int32)
        self.cache = np.empty((room, 4), np.int32)
        self.stack = np.empty((1 << 10, 6), np.int32)
        self.meta = np.zeros(8, np.int64)
        self.clear()

    def clear(self) -> None:
        """Forget all nodes, keep the room."""
        self.nodes[:2] = [[nodetable.BOTTOM, 0, 0, -1], [nodetable.BOTTOM, 1, 1, -1]]
        self.least[:2] = [16384, 0]
        self.table.fill(-1)
        self.cache.fill(-1)
        self.meta[:] = 0
        self.meta[nodetable.COUNT] = 2

    @property
    def count(self) -> int:
        return int(self.meta[nodetable.COUNT])

    @property
    def steps(self) -> int:
        return int(self.meta[machine.STEPS])

    def literals(self, count: int) -> NDArray[np.int32]:
        """(count,) the diagrams of the variables 0 … count − 1; only in an empty table."""
        while len(self.nodes) < count + 1024:
            self._grow()
        made = np.arange(count, dtype=np.int32)
        rows = self.nodes[2 : count + 2]
        rows[:, nodetable.VAR], rows[:, nodetable.LOW], rows[:, nodetable.HIGH] = made, 0, 1
        self.least[2 : count + 2] = 1
        self.meta[nodetable.COUNT] = count + 2
        nodetable.rehash(self.nodes, self.table, 2, count + 2)
        return made + 2

    def negations(self, literals: NDArray[np.int32]) -> list[int]:
        """The diagrams that hold where these literals do not."""
        while len(self.nodes) < self.count + len(literals) + 1024:
            self._grow()
        variables = self.nodes[literals, nodetable.VAR].tolist()
        rest = (self.nodes, self.least, self.table, self.meta)
        return [nodetable.make(variable, 1, 0, *rest) for variable in variables]

    def load(self, rows: NDArray[np.int32], levels: int) -> int:
        """Enter a finished diagram into an empty table; returns its root."""
        self.literals(levels)
        while len(self.nodes) < len(rows) + levels + 1024:
            self._grow()
        return int(nodetable.enter(rows, self.nodes, self.least, self.table, self.meta))

    def run(
        self,
        program: NDArray[np.int32],
        registers: NDArray[np.int32],
        budget: Budget,
        *,
        most: int | None = None,
        resume: bool = False,
    ) -> None:
        """Execute the program; BudgetEnded("nodes") beyond `most` nodes, after which the same call
        with `resume` goes on.
        """
        limit = most or _MOST_NODES
        if not resume:
            self.meta[[machine.DEPTH, machine.PC]] = 0
        while True:
            before, quota = self.steps, int(min(_QUOTA, budget.steps))
            status = machine.execute(
                program, registers, self.nodes, self.least, self.table, self.cache,
                self.stack, self.meta, quota,
            )  # fmt: skip
            budget.steps -= self.steps - before
            if status == machine.FINISHED:
                return
            if status == machine.NODES_FULL:
                if len(self.nodes) >= limit:
                    raise BudgetEnded("nodes")
                budget.need(_BYTES_TO_GROW * len(self.nodes))
                self._grow(budget)
            elif status == machine.STACK_FULL:
                self.stack = np.concatenate([self.stack, np.empty_like(self.stack)])
            budget.check()
            if self.count > limit:
                raise BudgetEnded("nodes")

    def apply(self, operation: int, left: int, right: int, budget: Budget) -> int:
        registers = np.array([left, right, 0], np.int32)
        self.run(np.array([[operation, 2, 0, 1]], np.int32), registers, budget)
        return int(registers[2])

    def collect(self, registers: NDArray[np.int32]) -> None:
        """Free what the registers do not reach; they are renumbered in place."""
        left = nodetable.collect(self.nodes, self.least, registers, self.count)
        self.meta[nodetable.COUNT] = left
        self.table.fill(-1)
        self.cache.fill(-1)
        nodetable.rehash(self.nodes, self.table, 2, left)

    def _grow(self, budget: Budget | None = None) -> None:
        """Room for twice as many; of no more use where the budget ends on the way."""
        size = 2 * len(self.nodes)
        cached = min(size, _LARGEST_CACHE)
        self.cache = self.cache[:0]  # given back first: it starts empty anyway
        nodes = np.empty((size, 4), np.int32)
        nodes[: len(self.nodes)] = self.nodes
        least = np.empty(size, np.int16)
        least[: len(self.least)] = self.least
        self.nodes, self.least = nodes, least
        self.table = np.full(size, -1, np.int32)
        for first in range(2, self.count, _PIECE):
            if budget is not None:
                budget.look()
            last = min(self.count, first + _PIECE)
            nodetable.rehash(self.nodes, self.table, first, last)
        self.cache = np.full((cached, 4), -1, np.int32)
