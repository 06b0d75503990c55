"""How many minimal sets of each order a tree has in which everything is used once.

Such sets multiply: of an AND they are the products of its inputs' (generating functions over the
order), of an OR their sum, of k of n the sum over all k inputs. Equal inputs are counted together,
so thousands of like pairs cost a power and no product each.
"""

from __future__ import annotations

import heapq
import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability.errors import TooDear

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from wardround.dependability.tree import Tree

_OFTEN = 1_000_000  # units of work, some 0.1 µs, between two checks
_MOST = 200_000_000
_SHORT = 8  # terms up to which a product is taken term by term
_LONG = 20_000  # inputs above which the choices among them are counted by prime factors
_ALIKE = 64  # terms up to which inputs are compared
_DIGITS = 1 << 20  # bits of a number multiplied at once: some 0.3 s
_DIGITS_UNITS = 3_000_000  # what that costs; half the bits cost a third


@dataclass
class Series:
    """Σ terms[n] xⁿ⁺ˢʰⁱᶠᵗ: how many sets there are of each order. No term is 0."""

    terms: dict[int, int]
    shift: int = 0

    def listed(self) -> list[int]:
        """By order, from 0 to the greatest; [0] where there is none."""
        found = [0] * (max(self.terms, default=-self.shift) + self.shift + 1)
        for order, number in self.terms.items():
            found[order + self.shift] = number
        return found


def series(counts: Sequence[int]) -> Series:
    return Series({order: number for order, number in enumerate(counts) if number})


def counts_of(tree: Tree, weights: Sequence[Series], check: Callable[[], None]) -> list[int]:
    """Number of minimal sets by order of the tree's top, a gate; weights[v]: of each variable.
    `check` is called again and again, and may raise; TooDear where it would take too long.
    """
    work = _Work(check)
    known: dict[int, Series] = {}
    for gate, inputs in enumerate(tree.inputs):
        work.spend(len(inputs))
        given = [_own(weights[each]) if each >= 0 else known.pop(each) for each in inputs]
        known[-1 - gate] = work.gate(tree.fail[gate], given)
    return known[tree.top].listed()


def choices(count: int, taken: int) -> int:
    """Ways to choose so many of `count`; by its prime factors where it is long (Kummer 1852)."""
    if count < _LONG:
        return math.comb(count, taken)
    sieve = np.ones(count + 1, bool)
    sieve[:2] = False
    for prime in range(2, math.isqrt(count) + 1):
        if sieve[prime]:
            sieve[prime * prime :: prime] = False
    primes = np.flatnonzero(sieve)
    times = np.zeros(len(primes), np.int64)
    power = primes.copy()
    while (power <= count).any():
        times += count // power - taken // power - (count - taken) // power
        power = np.where(power <= count, power * primes, power)
    factors = [prime**often for prime, often in zip(primes.tolist(), times.tolist(), strict=True)]
    while len(factors) > 1:
        factors.append(1)
        factors = [left * right for left, right in zip(factors[::2], factors[1::2], strict=False)]
    return int(factors[0])


class _Work:
    def __init__(self, check: Callable[[], None]) -> None:
        self.check = check
        self.spent = self.checked = 0

    def spend(self, units: int) -> None:
        self.spent += units
        if self.spent - self.checked > _OFTEN:
            self.checked = self.spent
            self.check()
        if self.spent > _MOST:
            raise TooDear

    def gate(self, fail: int, given: list[Series]) -> Series:
        if fail == 1:
            return self._sum(given)
        groups = _alike(given)
        if fail == len(given):
            return self._product([self._power(each, times) for each, times in groups])
        if len(groups) == 1:
            ((each, count),) = groups
            return self._scaled(self._power(each, fail), choices(count, fail))
        return self._chosen(fail, groups)

    def _sum(self, given: list[Series]) -> Series:
        """All into the longest, so that a chain costs no square."""
        total = max(given, key=lambda each: len(each.terms))
        for each in given:
            if each is total:
                continue
            self.spend(len(each.terms))
            moved = each.shift - total.shift
            for order, number in each.terms.items():
                total.terms[order + moved] = total.terms.get(order + moved, 0) + number
        return total

    def _chosen(self, fail: int, groups: list[tuple[Series, int]]) -> Series:
        """The sum over all choices of `fail` inputs, group after group."""
        none = Series({})
        chosen = [Series({0: 1}), *(none for _ in range(fail))]
        for each, count in groups:
            powers = [
                self._scaled(self._power(each, taken), choices(count, taken))
                for taken in range(min(count, fail) + 1)
            ]
            for wanted in range(fail, 0, -1):
                ways = [
                    _own(self._product([power, chosen[wanted - taken]]))
                    for taken, power in enumerate(powers[: wanted + 1])
                ]
                chosen[wanted] = self._sum(ways)
        return chosen[fail]

    def _scaled(self, given: Series, factor: int) -> Series:
        if factor == 1:
            return given
        self.spend(len(given.terms) + _bits(given) * factor.bit_length() // _WORD)
        return Series({n: number * factor for n, number in given.terms.items()}, given.shift)

    def _power(self, given: Series, times: int) -> Series:
        """fᵐ by f · (fᵐ)′ = m · f′ · fᵐ: as many products as it has terms, times those of f."""
        if times == 1 or not given.terms:
            return given
        low = min(given.terms)
        shift = (low + given.shift) * times
        first = given.terms[low]
        if len(given.terms) == 1:
            return Series({0: first**times}, shift)
        rest = sorted((n - low, number) for n, number in given.terms.items() if n > low)
        longest = rest[-1][0]
        bits = times * max(number.bit_length() for number in given.terms.values())
        found = [first**times]
        for order in range(1, longest * times + 1):
            self.spend(len(rest) * (1 + bits // 4096))
            total = 0
            for step, number in rest:
                if step > order:
                    break
                total += (step * (times + 1) - order) * number * found[order - step]
            found.append(total // (order * first))
        return Series({n: number for n, number in enumerate(found) if number}, shift)

    def _product(self, given: Iterable[Series]) -> Series:
        """The smallest two first."""
        ticket = itertools.count()
        heap = [(_bits(each), next(ticket), each) for each in given]
        heapq.heapify(heap)
        while len(heap) > 1:
            left, right = heapq.heappop(heap)[2], heapq.heappop(heap)[2]
            made = self._times(left, right)
            heapq.heappush(heap, (_bits(made), next(ticket), made))
        return heap[0][2]

    def _times(self, left: Series, right: Series) -> Series:
        if len(left.terms) > len(right.terms):
            left, right = right, left
        shift = left.shift + right.shift
        if len(left.terms) > _SHORT:
            return Series(self._packed(left, right), shift)
        self.spend(len(left.terms) * len(right.terms) + _bits(left) * _bits(right) // _WORD)
        if len(left.terms) == 1:
            ((moved, factor),) = left.terms.items()
            if factor == 1:
                return Series(right.terms, shift + moved)
            return Series({n: factor * number for n, number in right.terms.items()}, shift + moved)
        found: dict[int, int] = {}
        for n, number in left.terms.items():
            for m, other in right.terms.items():
                found[n + m] = found.get(n + m, 0) + number * other
        return Series(found, shift)

    def _packed(self, left: Series, right: Series) -> dict[int, int]:
        """All terms in one long number, multiplied piece by piece."""
        widest = _widest(left) + _widest(right) + len(left.terms).bit_length()
        width = widest // 8 + 1
        many = max(1, _DIGITS // (8 * width))
        pieces = [_pieces(each, many) for each in (left, right)]
        units = int(_DIGITS_UNITS * (min(many, len(left.terms)) * width * 8 / _DIGITS) ** 1.58)
        if self.spent + units * len(pieces[0]) * len(pieces[1]) > _MOST:
            raise TooDear
        found: dict[int, int] = {}
        for (low, ours), (other_low, theirs) in itertools.product(*pieces):
            self.spend(units)
            product = _number(ours, width) * _number(theirs, width)
            count = len(ours) + len(theirs) - 1
            written = product.to_bytes(width * (count + 1), "little")
            for place in range(count):
                number = int.from_bytes(written[place * width : (place + 1) * width], "little")
                if number:
                    order = low + other_low + place
                    found[order] = found.get(order, 0) + number
        return found


_WORD = 1 << 17  # bits times bits of a product that cost one unit


def _own(given: Series) -> Series:
    """One whose terms may be changed."""
    return Series(dict(given.terms), given.shift)


def _alike(given: list[Series]) -> list[tuple[Series, int]]:
    """Each different one, and how often it stands there."""
    groups: dict[object, list[Series]] = {}
    for each in given:
        key: object = id(each)
        if len(each.terms) <= _ALIKE:
            key = tuple(sorted((n + each.shift, number) for n, number in each.terms.items()))
        groups.setdefault(key, []).append(each)
    return [(same[0], len(same)) for same in groups.values()]


def _bits(given: Series) -> int:
    """About how long all its terms are together."""
    return len(given.terms) * (1 + _widest(given))


def _widest(given: Series) -> int:
    return max((number.bit_length() for number in given.terms.values()), default=0)


def _pieces(given: Series, many: int) -> list[tuple[int, list[int]]]:
    """(order of the first, so many numbers by ascending order) again and again."""
    low, high = min(given.terms), max(given.terms)
    return [
        (first, [given.terms.get(n, 0) for n in range(first, min(first + many, high + 1))])
        for first in range(low, high + 1, many)
    ]


def _number(terms: list[int], width: int) -> int:
    return int.from_bytes(b"".join(each.to_bytes(width, "little") for each in terms), "little")
