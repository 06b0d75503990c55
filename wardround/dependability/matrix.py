"""Component failure impact analysis: items × services, cells X, M, A and blank, sparse.

    X  the item alone takes the service down
    M  it does unless a cold standby is switched on
    A  the service goes on by itself, yet the item is in one of its minimal cut sets
    blank  the item's failure never matters to the service, or the service is up only by a cold
           standby with nothing failed (`cold_only`), so that neither M nor A can be told

X, M and blank-for-X are exact. A cell is A when a cut set was found that needs the item; where the
search did not find one the binary diagram of the service decides, if it takes few enough steps;
`undecided` counts what neither did.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar, cast, overload

import numpy as np
from numpy.typing import NDArray

from wardround.dependability import relevance, routing, straight
from wardround.dependability import singles as compiled
from wardround.dependability.errors import UnknownItem
from wardround.dependability.graph import closure
from wardround.dependability.model import Model, offsets
from wardround.dependability.proofs import proof_budget, support
from wardround.dependability.relevance import (
    ALTERNATIVE,
    BLANK,
    MANUAL,
    SINGLE,
    UNPROVED,
)
from wardround.dependability.words import ALL, NONE, WORD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


T = TypeVar("T")
LETTERS = {ALTERNATIVE: "A", MANUAL: "M", SINGLE: "X", UNPROVED: "A"}
Row = tuple[NDArray[np.int32], NDArray[np.uint8]]
_Killing = tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]


@dataclass(frozen=True)
class Totals:
    """How many cells of each letter a row or column holds."""

    single: int
    manual: int
    alternative: int


@dataclass(frozen=True)
class Singles:
    """What one model's single failures are computed from: `singles.slacks` and `singles.kills`,
    with cold inputs (`full`) and without (`hot`): slack, begin, end, heads.
    """

    full: _Killing
    hot: _Killing


class Rows(Sequence[Row]):
    """The rows of a matrix; those left out (None) are computed when they are first asked for, a
    word of 64 services at a time.
    """

    def __init__(
        self, known: list[Row | None], compute: Callable[[NDArray[np.int64]], list[Row]]
    ) -> None:
        self.known, self.compute = known, compute

    def __len__(self) -> int:
        return len(self.known)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | list[Row]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        row = self.known[place]
        if row is None:
            missing = self.missing
            first = int(np.searchsorted(missing, place % len(self.known))) // WORD * WORD
            self._fill(missing[first : first + WORD])
        return cast("Row", self.known[place])

    def __iter__(self) -> Iterator[Row]:
        self._fill(self.missing)
        return iter(cast("list[Row]", self.known))

    @property
    def missing(self) -> NDArray[np.int64]:
        return np.array([n for n, row in enumerate(self.known) if row is None], np.int64)

    def _fill(self, places: NDArray[np.int64]) -> None:
        for place, row in zip(places.tolist(), self.compute(places), strict=True):
            self.known[place] = row


@dataclass(frozen=True, repr=False)
class Matrix:
    """services (s,) node ids; rows[r] = (items, codes) of the cells of service r that are not blank
    (codes: 1 A, 2 M, 3 X, 4 A not proved).
    """

    model: Model
    services: NDArray[np.int32]
    rows: Rows
    singles: Singles

    def __repr__(self) -> str:
        waiting = len(self.rows.missing)
        cells = sum(len(row[0]) for row in self.rows.known if row is not None)
        later = f", {waiting} rows to compute" if waiting else ""
        size = f"{self.model.size} nodes × {len(self.services)} services"
        return f"<Matrix {size}: {cells} cells{later}>"

    @cached_property
    def broken(self) -> tuple[str, ...]:
        """Services that are down with nothing failed; their rows are empty."""
        return self._named(self.singles.full[0][self.services] < 0)

    @cached_property
    def cold_only(self) -> tuple[str, ...]:
        """Services up only by cold standbys with nothing failed: a mistake of the model, or a
        standby in use for good. Of their cells only X is told: for A nothing goes on by itself, and
        M would stand at every item.
        """
        full, hot = self.singles.full[0], self.singles.hot[0]
        return self._named((hot[self.services] < 0) & (full[self.services] >= 0))

    def _named(self, chosen: NDArray[np.bool_]) -> tuple[str, ...]:
        return tuple(self.model.label(int(node)) for node in self.services[chosen])

    @cached_property
    def offset(self) -> NDArray[np.int64]:
        """(s + 1,) where each row begins in `items` and `codes`."""
        return offsets(np.array([len(items) for items, _ in self.rows], np.int64))

    @cached_property
    def items(self) -> NDArray[np.int32]:
        return np.concatenate([items for items, _ in self.rows] or [np.empty(0, np.int32)])

    @cached_property
    def codes(self) -> NDArray[np.uint8]:
        """Codes of all cells, 1 A, 2 M, 3 X."""
        flat = np.concatenate([codes for _, codes in self.rows] or [np.empty(0, np.uint8)])
        flat[flat == UNPROVED] = ALTERNATIVE
        return flat

    @cached_property
    def unproved(self) -> NDArray[np.bool_]:
        """Of all cells, the A whose item was neither proved nor disproved to be in a minimal cut
        set.
        """
        flat = [codes == UNPROVED for _, codes in self.rows]
        return np.concatenate(flat or [np.empty(0, np.bool_)])

    @property
    def undecided(self) -> int:
        """How many those are."""
        return int(self.unproved.sum())

    def _row(self, service: str) -> Row:
        found = np.flatnonzero(self.services == self.model.node(service))
        if not len(found):
            raise UnknownItem(service)
        return self.rows[int(found[0])]

    def cell(self, item: str, service: str) -> str:
        """X, M, A or an empty string."""
        items, codes = self._row(service)
        found = np.flatnonzero(items == self.model.node(item))
        return LETTERS[int(codes[found[0]])] if len(found) else ""

    def row(self, service: str) -> dict[str, str]:
        """Item → letter for one service."""
        items, codes = self._row(service)
        pairs = zip(items.tolist(), codes.tolist(), strict=True)
        return {self.model.label(item): LETTERS[code] for item, code in pairs}

    def column(self, item: str) -> dict[str, str]:
        """Service → letter for one item."""
        places = np.flatnonzero(self.items == self.model.node(item))
        rows = np.searchsorted(self.offset, places, side="right") - 1
        names = [self.model.label(int(node)) for node in self.services[rows]]
        return dict(zip(names, (LETTERS[int(code)] for code in self.codes[places]), strict=True))

    def by_service(self) -> NDArray[np.int64]:
        """(s, 3) number of A, M and X cells of each service."""
        row = np.repeat(np.arange(len(self.services)), np.diff(self.offset))
        return self._tally(row, len(self.services))

    def by_item(self) -> NDArray[np.int64]:
        """(n, 3) number of A, M and X cells of each item."""
        return self._tally(self.items, self.model.size)

    def _tally(self, groups: NDArray[Any], count: int) -> NDArray[np.int64]:
        flat = groups.astype(np.int64) * 3 + (self.codes - 1)
        return np.bincount(flat, minlength=3 * count).reshape(count, 3)

    def totals_of_item(self, item: str) -> Totals:
        count = np.bincount(self.codes[self.items == self.model.node(item)], minlength=4)
        return Totals(int(count[SINGLE]), int(count[MANUAL]), int(count[ALTERNATIVE]))

    def totals_of_service(self, service: str) -> Totals:
        _, codes = self._row(service)
        count = np.bincount(codes, minlength=5)
        weak = int(count[ALTERNATIVE] + count[UNPROVED])
        return Totals(int(count[SINGLE]), int(count[MANUAL]), weak)

    def critical_items(self) -> Iterator[tuple[str, Totals]]:
        """Items by how many services they take down alone, then with a switch, then weaken."""
        table = self.by_item()
        touched = np.flatnonzero(table.any(axis=1))
        keys = table[touched]
        for place in np.lexsort((keys[:, 0], keys[:, 1], keys[:, 2]))[::-1]:
            weak, manual, single = (int(each) for each in keys[place])
            yield self.model.label(int(touched[place])), Totals(single, manual, weak)

    def after(self, model: Model, changed: Iterable[str], *, prove: bool = True) -> Matrix:
        """The matrix of an edited model. Only rows of services above a changed item are computed
        again, and those when they are first asked for.

        `model` must come from this matrix's model by `edited` or `rewired`, so that ids agree.
        """
        # what stands above the changed items is the same in both models
        touched = closure(*self.model.parents, model.nodes(changed))
        singles = _single_failures(model, touched, self.singles)
        stale = touched[self.services].tolist()
        known = [None if old else row for old, row in zip(stale, self.rows.known, strict=True)]
        return Matrix(
            model, self.services, _later(model, self.services, singles, known, prove=prove), singles
        )


def _later(
    model: Model,
    services: NDArray[np.int32],
    singles: Singles,
    known: list[Row | None],
    *,
    prove: bool,
) -> Rows:
    def compute(places: NDArray[np.int64]) -> list[Row]:
        return _rows(model, services[places], singles, prove=prove)

    return Rows(known, compute)


def cfia(model: Model, services: Sequence[str] | None = None, *, prove: bool = True) -> Matrix:
    """The whole matrix; without names, the model's tops, else its roots.

    `prove`: settle cells the walk left open by binary diagrams, within limits (see `proofs`).
    """
    if services is not None:
        nodes = model.nodes(services)
    else:
        nodes = np.array(model.tops, np.int32) if model.tops else model.roots
    singles = _single_failures(model, np.ones(model.size, bool), None)
    rows = _later(model, nodes, singles, [None] * len(nodes), prove=prove)
    iter(rows)
    return Matrix(model, nodes, rows, singles)


def _single_failures(model: Model, stale: NDArray[np.bool_], old: Singles | None) -> Singles:
    _ = model.order  # once, before two threads ask for it
    full, hot = _side_by_side(
        [
            partial(_killing, model, stale, old.full if old else None, hot_only=False),
            partial(_killing, model, stale, old.hot if old else None, hot_only=True),
        ]
    )
    return Singles(full, hot)


def _killing(
    model: Model, stale: NDArray[np.bool_], old: _Killing | None, *, hot_only: bool
) -> _Killing:
    slack = old[0].copy() if old else np.zeros(model.size, np.int32)
    begin = old[1].copy() if old else np.zeros(model.size, np.int64)
    end = old[2].copy() if old else np.zeros(model.size, np.int64)
    heads = old[3] if old else np.empty(0, np.int32)
    graph = (model.start, model.inputs, model.minutes)
    order = model.order if old is None else model.order[stale[model.order]]
    compiled.slacks(order, model.need, *graph, hot_only, slack, stale)
    heads = compiled.kills(order, slack, *graph, hot_only, begin, end, heads, stale)
    return slack, begin, end, heads


def _rows(model: Model, services: NDArray[np.int32], singles: Singles, *, prove: bool) -> list[Row]:
    """Rows by words of services; a word is a task for a core (compiled code frees the lock)."""
    words = [services[low : low + WORD] for low in range(0, len(services), WORD)]
    found = _side_by_side([partial(_word, model, each, singles) for each in words])
    rows = [row for rows in found for row in rows]
    return _settled(model, services, rows) if prove else rows


def _side_by_side(tasks: Sequence[Callable[[], T]]) -> list[T]:
    cores = min(os.cpu_count() or 1, 8, len(tasks))
    if cores < 2:
        return [task() for task in tasks]
    pool = ThreadPoolExecutor(cores)
    try:
        return list(pool.map(lambda task: task(), tasks))
    finally:  # who interrupts this waits for what runs, not for what has not begun
        pool.shutdown(cancel_futures=True)


@dataclass(frozen=True)
class _Part:
    """What lies below up to 64 services, and what of it takes them down alone; a bit a service."""

    nodes: NDArray[np.int32]
    start: NDArray[np.int32]
    inputs: NDArray[np.int32]
    heads: NDArray[np.uint64]
    hot_heads: NDArray[np.uint64]
    only: NDArray[np.uint64]
    """All bits of items, none of gates."""
    single: NDArray[np.uint64]
    manual: NDArray[np.uint64]

    @classmethod
    def of(cls, model: Model, services: NDArray[np.int32], singles: Singles) -> _Part:
        full, hot = singles.full, singles.hot
        graph = (model.start, model.inputs, model.minutes)
        part = relevance.part_below(services, *graph, full[0])
        nodes, place, start, inputs, _cold = part
        only = np.where(model.fallible[nodes], ALL, NONE)
        heads = relevance.heads_of(services, nodes, place, full[0])
        hot_heads = relevance.heads_of(services, nodes, place, hot[0])
        single = relevance.alone(heads, *part, False, *full)  # noqa: FBT003  positional only
        manual = relevance.alone(hot_heads, *part, True, *hot) & only  # noqa: FBT003
        return cls(nodes, start, inputs, heads, hot_heads, only, single, manual)


def _word(model: Model, services: NDArray[np.int32], singles: Singles) -> list[Row]:
    """The rows of up to 64 services."""
    part = _Part.of(model, services, singles)
    nodes, start, inputs, heads, only = (
        part.nodes, part.start, part.inputs, part.heads, part.only,
    )  # fmt: skip
    fallible, need = model.fallible[nodes], model.need[nodes]
    reached = relevance.reachable(heads, start, inputs, need, fallible, part.single)
    single = part.single & only
    told = np.bitwise_or.reduce(part.hot_heads)  # up without a switch at rest; else nothing is told
    weak = reached & only & ~single & ~part.manual & told
    left = weak.copy()
    worth = routing.worth_in(model.size)
    routing.prove(heads, start, inputs, need, fallible, left, worth)
    straight.prove(heads, start, inputs, need, fallible, left)
    offset, items, codes = relevance.gathered(
        len(services), nodes, single, part.manual, weak & ~left, left
    )
    spans = itertools.pairwise(offset.tolist())
    return [(items[low:high], codes[low:high]) for low, high in spans]


def _settled(model: Model, services: NDArray[np.int32], rows: list[Row]) -> list[Row]:
    """Unproved cells, decided where that is cheap by the support of the service's cut sets."""
    settled = []
    for service, row in zip(services.tolist(), rows, strict=True):
        unproved = row[1] == UNPROVED
        relevant = None
        if unproved.any():
            relevant = support(model, service, proof_budget(model, len(row[0])))
        settled.append(row if relevant is None else _decided(row, unproved, relevant))
    return settled


def row_of(model: Model, service: int) -> Row:
    """One row as the whole matrix has it, from what lies below the service alone."""
    services = np.array([service], np.int32)
    below = closure(model.start, model.inputs, services)
    return _rows(model, services, _single_failures(model, below, None), prove=True)[0]


def alone_fatal(model: Model, services: NDArray[np.int32], below: NDArray[np.bool_]) -> list[Row]:
    """For each service the items marked X or M, and which of both.

    Args:
        model: all of it.
        services: node ids.
        below: (n,) what lies below any of them, they themselves included.

    """
    singles = _single_failures(model, below, None)
    found: list[Row] = []
    for low in range(0, len(services), WORD):
        word = services[low : low + WORD]
        part = _Part.of(model, word, singles)
        nothing = np.zeros_like(part.single)
        told = relevance.gathered(
            len(word), part.nodes, part.single & part.only, part.manual, nothing, nothing
        )
        offset, items, codes = told
        spans = itertools.pairwise(offset.tolist())
        found += [(items[begin:end], codes[begin:end]) for begin, end in spans]
    return found


def _decided(row: Row, unproved: NDArray[np.bool_], relevant: NDArray[np.int32]) -> Row:
    items, codes = row
    verdict = np.where(np.isin(items, relevant), ALTERNATIVE, BLANK)
    codes = np.where(unproved, verdict, codes).astype(np.uint8)
    return items[codes != BLANK], codes[codes != BLANK]
