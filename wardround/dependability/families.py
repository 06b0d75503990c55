"""A family of minimal sets, held in modules: how many, of which order, and one after the other.

Nothing is listed before it is asked for. Counts are exact at any size. A part in which everything
is used once is counted along its tree (`counting`). Of any other a pass over logarithms tells how
many digits are needed; then either a pass from the root down carries exact integers, where few
orders meet in a node, or passes from the leaves up run modulo 2⁶⁴ or modulo several primes, joined
by the Chinese remainder theorem.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wardround.dependability import numbers
from wardround.dependability.counting import counts_of, series
from wardround.dependability.errors import TooDear
from wardround.dependability.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator


_CELLS = 16_000_000  # of a table of counts at a time: 128 MB
_FEWEST = 1 << 16
_PRIME_BITS = 30.9
_OFTEN = 4096  # nodes between two checks, or thousands of bits of what is added up
_AT_ONCE = 100_000_000  # steps of a compiled pass between two checks: some 0.1 s
_NANOSECONDS = 500.0  # of a sum of exact integers, and another for each 4 bits of them


def _go_on() -> None:
    """Where nobody limits the work."""


@dataclass(frozen=True)
class FamilyPart:
    """A finished family and what its levels stand for: a variable (≥ 0) or −1 − another part.
    `tree`: the same as a tree in which everything is used once, where it is one.
    """

    rows: NDArray[np.int32]
    variables: Sequence[int]
    tree: Tree | None = None


class Families:
    """The sets of the last part, with the parts it refers to multiplied out on demand."""

    def __init__(self, parts: Sequence[FamilyPart]) -> None:
        self.parts = parts

    def by_order(self, room: float = math.inf, check: Callable[[], None] = _go_on) -> list[int]:
        """[number of sets with 0, 1, 2 … members], exact; in about so many bytes. `check` is called
        again and again, and may raise.
        """
        cells = int(max(_FEWEST, min(_CELLS, room / 20.0)))
        found: list[list[int]] = []
        for part in self.parts:
            check()
            found.append(_counts_of(part, found, cells, check))
        return found[-1]

    def cheapest_first(self, cost: NDArray[np.float64]) -> Iterator[tuple[float, tuple[int, ...]]]:
        """(total cost, variables) of one set after the other, by ascending cost (each ≥ 0).

        Best-first search; what is still to come is known exactly from one pass over the diagram, so
        every step down leads to a set that is given out.
        """
        search = _Search(self.parts, cost)
        return search.sets()


def _counts_of(
    part: FamilyPart, found: list[list[int]], cells: int, check: Callable[[], None]
) -> list[int]:
    if part.tree is not None:
        of_tree = [[0, 1] if each >= 0 else found[-1 - each] for each in part.tree.variables]
        try:
            return counts_of(part.tree, [series(each) for each in of_tree], check)
        except TooDear:
            pass
    weights = [[0, 1] if each >= 0 else found[-1 - each] for each in part.variables]
    return _counts(part.rows, weights, cells, check)


def _counts(
    rows: NDArray[np.int32], weights: list[list[int]], cells: int, check: Callable[[], None]
) -> list[int]:
    if len(rows) <= 2:
        return [len(rows) - 1]
    length = np.array([len(each) - 1 for each in weights], np.int64)
    most = int(numbers.longest(rows, length))
    width = int(length.max(initial=1)) + 1
    block = min(most + 1, cells // len(rows) - width)
    totals = (sum(each) for each in weights)
    logarithms = np.array([math.log2(each) if each else -math.inf for each in totals])
    bits = max(0.0, float(numbers.digits(rows, logarithms))) + 2
    primes = 1 if bits < 63 else math.ceil(bits / _PRIME_BITS) + 1
    shortest = np.array([next(n for n, m in enumerate(each) if m) for each in weights], np.int64)
    sums, steps = numbers.work(rows, shortest, length)
    downwards = sums * (_NANOSECONDS + bits / 4.0)
    if block < 1 or downwards < steps * (most + 1) * primes:
        return sparse_counts(rows, weights, check)
    work = _Work(rows, weights, length, most, block, check)
    return work.modulo(0) if primes == 1 else work.joined(primes)


@dataclass(frozen=True)
class _Work:
    rows: NDArray[np.int32]
    weights: list[list[int]]
    length: NDArray[np.int64]
    most: int
    block: int
    check: Callable[[], None]

    def modulo(self, modulus: int) -> list[int]:
        wide = int(self.length.max(initial=1))
        weights = np.zeros((len(self.weights), wide + 1), np.uint64)
        for level, each in enumerate(self.weights):
            weights[level, : len(each)] = [
                number % modulus if modulus else number for number in each
            ]
        table = np.zeros((len(self.rows), wide + self.block), np.uint64)
        found: list[int] = []
        for base in range(0, self.most + 1, self.block):
            self._pass(weights, modulus, table, base)
            found += table[-1, wide:].tolist()
        return found[: self.most + 1]

    def _pass(
        self, weights: NDArray[np.uint64], modulus: int, table: NDArray[np.uint64], base: int
    ) -> None:
        """One block of orders, so many nodes at a time that a check follows soon."""
        nodes = max(1, _AT_ONCE // (self.block * weights.shape[1]))
        numbers.next_block(table, weights.shape[1] - 1, base)
        for first in range(2, len(self.rows), nodes):
            self.check()
            last = min(len(self.rows), first + nodes)
            numbers.orders_modulo(self.rows, weights, self.length, modulus, table, first, last)

    def joined(self, primes: int) -> list[int]:
        total = [0] * (self.most + 1)
        product = 1
        for prime in itertools.islice(_primes(), primes):
            rest = self.modulo(prime)
            self.check()
            inverse = pow(product, -1, prime)
            total = [
                old + product * ((new - old) * inverse % prime)
                for old, new in zip(total, rest, strict=True)
            ]
            product *= prime
        return total


def _primes() -> Iterator[int]:
    """Primes below 2³¹, downwards."""
    for number in itertools.count(2**31 - 1, -2):
        if all(number % divisor for divisor in range(3, math.isqrt(number) + 1, 2)):
            yield number


def sparse_counts(
    rows: NDArray[np.int32], weights: list[list[int]], check: Callable[[], None] = _go_on
) -> list[int]:
    """The same from the root down with exact integers: for very long sets, and to check by."""
    arrived: list[dict[int, int] | None] = [None] * len(rows)
    arrived[-1] = {0: 1}
    table = np.ascontiguousarray(rows).data
    factors = [[(step, each) for step, each in enumerate(given) if each] for given in weights]
    passed = 0
    for node in range(len(rows) - 1, 1, -1):
        level, low, high = table[node, 0], table[node, 1], table[node, 2]
        here, arrived[node] = arrived[node] or {}, None
        passed += 1 + len(here) * len(factors[level])
        if passed > _OFTEN:
            passed = 0
            check()
        if low != 0:
            _pour(arrived, low, here, _AS_IT_IS)
        _pour(arrived, high, here, factors[level])
    final = (arrived[1] if len(rows) > 1 else None) or {}
    return [final.get(order, 0) for order in range(max(final, default=0) + 1)]


_AS_IT_IS = [(0, 1)]


def _pour(
    arrived: list[dict[int, int] | None],
    node: int,
    here: dict[int, int],
    factors: list[tuple[int, int]],
) -> None:
    there = arrived[node]
    if there is None:
        there = arrived[node] = {}
    for step, factor in factors:
        for order, number in here.items():
            there[order + step] = there.get(order + step, 0) + number * factor


_Rest = tuple[int, int, Any, float] | None
"""What follows after a module: part, node, the rest after that, and the least cost of it all."""
_Place = tuple[int, int, _Rest, float]
"""Where a walk stands: part, node, what follows, and the least cost of that."""
_Picked = tuple[int, Any] | None
"""The members taken, the newest first, shared between walks."""
_Way = tuple[float, float, _Place, _Picked]
"""A way passed by: the least it can cost, what was spent, where it goes on, what it holds."""


class _Search:
    def __init__(self, parts: Sequence[FamilyPart], cost: NDArray[np.float64]) -> None:
        self.cost: list[list[float]] = []
        self.best: list[memoryview] = []
        self.rows = [np.ascontiguousarray(part.rows).data for part in parts]
        self.variables = [part.variables for part in parts]
        for part in parts:
            prices = [
                float(cost[each]) if each >= 0 else self.best[-1 - each][-1]
                for each in part.variables
            ]
            self.cost.append(prices)
            best = numbers.cheapest(part.rows, np.array(prices, np.float64))
            self.best.append(best.data)

    def sets(self) -> Iterator[tuple[float, tuple[int, ...]]]:
        last = len(self.rows) - 1
        root = len(self.rows[last]) - 1
        if math.isinf(self.best[last][root]):
            return
        ticket = itertools.count()
        heap: list[tuple[float, int, _Way]] = []
        first: _Way = (self.best[last][root], 0.0, (last, root, None, 0.0), None)
        heapq.heappush(heap, (first[0], next(ticket), first))
        while heap:
            ways: list[_Way] = []
            yield self._down(heapq.heappop(heap)[2], ways)
            for way in ways:
                heapq.heappush(heap, (way[0], next(ticket), way))

    def _down(self, way: _Way, ways: list[_Way]) -> tuple[float, tuple[int, ...]]:
        """Follow the cheapest way to a set; every other way passed is added to `ways`."""
        _, spent, place, picked = way
        while True:
            part, node, rest, after = place
            if node == 1:
                if rest is None:
                    return spent, _unrolled(picked)
                place = rest
                continue
            rows = self.rows[part]
            level, low, high = rows[node, 0], rows[node, 1], rows[node, 2]
            price, variable = self.cost[part][level], self.variables[part][level]
            by_low, by_high = self.best[part][low], price + self.best[part][high]
            inside = self._inside(place, variable, high)
            paid = spent + price if variable >= 0 else spent
            taken = (variable, picked) if variable >= 0 else picked
            skipped = (part, low, rest, after)
            if by_low <= by_high:
                if by_high < math.inf:
                    ways.append((spent + by_high + after, paid, inside, taken))
                place = skipped
                continue
            if by_low < math.inf:
                ways.append((spent + by_low + after, spent, skipped, picked))
            place, spent, picked = inside, paid, taken

    def _inside(self, place: _Place, variable: int, high: int) -> _Place:
        """Where the walk stands after taking a variable, or on entering a module."""
        part, _, rest, after = place
        if variable >= 0:
            return part, high, rest, after
        module = -1 - variable
        inner = after + self.best[part][high]
        return module, len(self.rows[module]) - 1, (part, high, rest, after), inner


def _unrolled(picked: _Picked) -> tuple[int, ...]:
    members = []
    while picked is not None:
        member, picked = picked
        members.append(member)
    return tuple(reversed(members))
