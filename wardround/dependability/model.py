"""Items, gates and what supports them, as arrays over a shared directed acyclic graph.

One rule covers AND, OR and k-of-n: a node is up when it has not failed itself and at least `need`
of its inputs are up (AND: all, OR: 1, no inputs: 0). In failures it is the dual gate: m − need + 1
of m. A hot input counts at once, a cold one only after a switch of some minutes.

It must never evaluate anything but itself at rest; that is `state`, `matrix`, `cuts` and
`rootcause`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wardround.dependability.errors import (
    BadNumber,
    CyclicModel,
    ImpossibleVote,
    NotAList,
    NotAName,
    UnknownItem,
)
from wardround.dependability.messages import Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


HOT = -1.0
"""The switch minutes of an input that needs no switch."""


class Input(NamedTuple):
    """One input of a node: the supporting node and the minutes to switch to it (HOT: none)."""

    node: int
    minutes: float = HOT


def check_input(given: Any) -> None:
    """NotAName where something else stands for an input: a bare number, a truth, a text."""
    node, minutes = given if isinstance(given, Input) else (None, None)
    whole = isinstance(node, int | np.integer) and not isinstance(node, bool)
    number = isinstance(minutes, int | float | np.number) and not isinstance(minutes, bool)
    if not (whole and number):
        raise NotAName("not_an_input", text=repr(given)[:80])


@dataclass(frozen=True, repr=False)
class Model:
    """n nodes and m inputs. Node ids are positions 0 … n − 1; the order carries no meaning.

    names          n names; "" for a gate without a name (a nested formula)
    need           (n,) int32: inputs that must be up; more than there are = always down
    start, inputs  (n + 1,) int64 and (m,) int32: inputs of v are inputs[start[v]:start[v + 1]]
    minutes        (m,) float64: HOT, or the minutes of the switch to a cold input (≥ 0)
    fallible       (n,) bool: the node can fail itself (an item); gates cannot
    probability    (n,) float64: of being failed, 0–1; NaN: not known
    failure_rate, repair_rate   (n,) float64 per hour; NaN: not known
    tops           nodes the source calls the questions (top events, services); may be empty
    hulls          names of gates that stand for the monotone hull of what was written (with NOT)
    """

    names: Sequence[str]
    need: NDArray[np.int32]
    start: NDArray[np.int64]
    inputs: NDArray[np.int32]
    minutes: NDArray[np.float64]
    fallible: NDArray[np.bool_]
    probability: NDArray[np.float64]
    failure_rate: NDArray[np.float64]
    repair_rate: NDArray[np.float64]
    tops: tuple[int, ...] = ()
    hulls: tuple[str, ...] = ()

    def __repr__(self) -> str:
        items, tops = int(self.fallible.sum()), len(self.tops)
        gates, inputs = self.size - items, len(self.inputs)
        return f"<Model: {items} items, {gates} gates, {inputs} inputs, {tops} tops>"

    @property
    def size(self) -> int:
        return len(self.need)

    @cached_property
    def ids(self) -> dict[str, int]:
        """Node id by name."""
        return {name: node for node, name in enumerate(self.names) if name}

    def node(self, name: str) -> int:
        if not isinstance(name, str):
            raise NotAName("not_a_name", text=repr(name)[:80])
        found = self.ids.get(name)
        if found is None:
            raise UnknownItem(name)
        return found

    def nodes(self, names: Iterable[str]) -> NDArray[np.int32]:
        """The ids of several names; a text is refused, for its letters would be the names."""
        if isinstance(names, str):
            raise NotAList(names)
        return np.array([self.node(name) for name in names], np.int32)

    def label(self, node: int) -> str:
        """The name, or for a nameless gate its number, so that a chain can be read."""
        return self.names[node] or f"gate #{node}"

    def inputs_of(self, node: int) -> list[Input]:
        span = slice(int(self.start[node]), int(self.start[node + 1]))
        pairs = zip(self.inputs[span].tolist(), self.minutes[span].tolist(), strict=True)
        return [Input(*pair) for pair in pairs]

    @cached_property
    def order(self) -> NDArray[np.int32]:
        """(n,) all nodes, inputs before what they support."""
        from wardround.dependability.graph import topological  # noqa: PLC0415  loaded on demand

        order = topological(self.start, self.inputs)
        if len(order) < self.size:
            raise CyclicModel(self._circle(order))
        return order

    @cached_property
    def parents(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Reverse graph: start (n + 1,) and the supported nodes (m,)."""
        from wardround.dependability.graph import reverse  # noqa: PLC0415  loaded on demand

        return reverse(self.start, self.inputs)

    @cached_property
    def roots(self) -> NDArray[np.int32]:
        """Nodes that support nothing else."""
        used = np.zeros(self.size, bool)
        used[self.inputs] = True
        return np.flatnonzero(~used).astype(np.int32)

    @cached_property
    def unavailability(self) -> NDArray[np.float64]:
        """(n,) the probability, else λ / (λ + μ) from the rates in the steady state, else NaN."""
        with np.errstate(invalid="ignore", divide="ignore"):
            from_rates = self.failure_rate / (self.failure_rate + self.repair_rate)
        return np.where(np.isnan(self.probability), from_rates, self.probability)

    def top(self, name: str | None = None) -> int:
        """The node asked for; without a name the only top, else the only root, else an error."""
        from wardround.dependability.errors import NoSuchTop  # noqa: PLC0415  loaded on demand

        if name is not None:
            return self.node(name)
        for choice in (self.tops, tuple(self.roots.tolist())):
            if len(choice) == 1:
                return choice[0]
        candidates = [self.label(node) for node in (self.tops or self.roots.tolist())]
        raise NoSuchTop(candidates)

    def edited(self, name: str, need: int, inputs: Sequence[Input]) -> Model:
        """The same model with another formula for one item; all ids stay."""
        return self.rewired({self.node(name): (need, inputs)})

    def rewired(self, changes: Mapping[int, tuple[int, Sequence[Input]]]) -> Model:
        need = self.need.copy()
        inputs, minutes = self.inputs, self.minutes
        counts = np.diff(self.start)
        for node in sorted(changes, reverse=True):
            self._check(node, *changes[node])
            need[node], given = changes[node]
            low, high = int(self.start[node]), int(self.start[node + 1])
            nodes = np.array([each.node for each in given], np.int32)
            times = np.array([each.minutes for each in given], np.float64)
            inputs = np.concatenate([inputs[:low], nodes, inputs[high:]])
            minutes = np.concatenate([minutes[:low], times, minutes[high:]])
            counts[node] = len(given)
        model = replace(self, need=need, start=offsets(counts), inputs=inputs, minutes=minutes)
        model.__dict__["ids"] = self.ids
        if self._still_ordered(changes):
            model.__dict__["order"] = self.order
            model.__dict__["rank"] = self.rank
        return model

    def _check(self, node: int, need: int, given: Sequence[Input]) -> None:
        """Whether a formula is one that the readers would take; 0 of nothing: no supports."""
        whose = Term("item", self.label(node))
        if not (1 <= need <= len(given) or need == len(given) == 0):
            raise ImpossibleVote("impossible_vote", whose=whose, need=need, count=len(given))
        for each in given:
            check_input(each)
            if not 0 <= each.node < self.size:
                raise UnknownItem.of_node(each.node, self.size)
            if each.minutes != HOT and not 0.0 <= each.minutes < float("inf"):
                raise BadNumber("switch_minutes", whose=whose, minutes=each.minutes)

    def _still_ordered(self, changes: Mapping[int, tuple[int, Sequence[Input]]]) -> bool:
        rank = self.rank
        return all(
            rank[each.node] < rank[node] for node, (_, given) in changes.items() for each in given
        )

    @cached_property
    def rank(self) -> NDArray[np.int32]:
        """(n,) the place of each node in `order`."""
        rank = np.empty(self.size, np.int32)
        rank[self.order] = np.arange(self.size, dtype=np.int32)
        return rank

    @cached_property
    def resting(self) -> NDArray[np.uint8]:
        """(n,) the state bits with nothing failed and nothing switched."""
        from wardround.dependability.evaluation import settle  # noqa: PLC0415  loaded on demand

        bits = np.zeros(self.size, np.uint8)
        nothing = np.zeros(self.size, bool)
        graph = (self.start, self.inputs, self.minutes)
        settle(self.order, self.need, *graph, nothing, nothing, bits)
        return bits

    def _circle(self, order: NDArray[np.int32]) -> list[str]:
        """A path that returns to its beginning, among the nodes that could not be ordered."""
        left = np.ones(self.size, bool)
        left[order] = False
        node = int(np.flatnonzero(left)[0])
        seen: dict[int, int] = {}
        path: list[int] = []
        while node not in seen:
            seen[node] = len(path)
            path.append(node)
            node = next(each.node for each in self.inputs_of(node) if left[each.node])
        circle = [*path[seen[node] :], node]
        named = [self.names[each] for each in circle if self.names[each]]
        if not self.names[node] and named:
            named.append(named[0])
        return named or [self.label(each) for each in circle]


def offsets(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n + 1,) where each group begins, from the sizes of the groups."""
    start = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=start[1:])
    return start
