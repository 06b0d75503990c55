"""Root cause: the smallest explanations of the services that are down, the likeliest first.

Observations are partial: items seen failed (for themselves or because of what they rest on: the
observer cannot tell), items seen up, everything else unknown. An explanation is a set of items
whose own failure brings every down service down, takes down nothing that was seen up, and accounts
for the failed items among the way. Its cost is Σ −ln(probability); unknown items cost ln 2 more.

    1  With what was seen failed, evaluate: what is down because of others is a consequence.
    2  Every root that a down service hangs on, and every down service not yet accounted for, would
       cost its own price; an item that alone takes several of them down saves more than it costs.
       The greatest saving is taken until none is left (greedy weighted cover, Chvátal 1979).
    3  Inside what is then down, each service takes its cheapest proof; what is not needed is
    dropped. 4  Again with each chosen item forbidden: the alternatives.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability import singles
from wardround.dependability.graph import closure, closure_among, critical_below, critical_pairs
from wardround.dependability.model import HOT
from wardround.dependability.state import NOW_DOWN, LiveState, bits_of, by_inputs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from wardround.dependability.model import Model

_DEFAULT_CHANCE = 1e-3
_UNSEEN = math.log(2.0)
_IMPOSSIBLE = 60.0  # the price of leaving an infallible service without a cause
_ALTERNATIVES = 6


class Verdict(Enum):
    CONTRIBUTING = "contributing"  # failed itself, and a down service hangs on it
    EXPLAINED = "explained"  # down because of something else in the explanation
    UNRELATED = "unrelated"  # no down service needs it


@dataclass(frozen=True)
class Cause:
    """items: whose own failure explains it all; `assumed`: those of them nobody saw failed;
    `likelihood`: product of their probabilities, relative to the best explanation in `share`.
    """

    items: tuple[str, ...]
    assumed: tuple[str, ...]
    likelihood: float
    share: float = 0.0


@dataclass(frozen=True)
class RootCause:
    """`causes` likeliest first; `verdicts` of every item seen failed, by the first of them;
    `unexplained`: services that no consistent set of failures was found for.
    """

    causes: tuple[Cause, ...]
    verdicts: dict[str, Verdict]
    unexplained: tuple[str, ...]


def root_cause(
    model: Model,
    *,
    down: Iterable[str],
    failed: Iterable[str] = (),
    up: Iterable[str] = (),
    switched: Iterable[str] = (),
) -> RootCause:
    """Explain the services seen `down` from the items seen `failed` and `up`; `switched`: cold
    standbys now in use (others do not count).
    """
    return _Search(model, down, failed, up, switched).answer()


class _Search:
    def __init__(
        self,
        model: Model,
        down: Iterable[str],
        failed: Iterable[str],
        up: Iterable[str],
        switched: Iterable[str],
    ) -> None:
        self.model = model
        self.targets = model.nodes(dict.fromkeys(down))
        self.failed = np.zeros(model.size, bool)
        self.failed[model.nodes(failed)] = True
        self.failed[self.targets] = False
        self.seen_up = np.zeros(model.size, bool)
        self.seen_up[model.nodes(up)] = True
        self.seen_up[self.failed] = False
        self.switched = np.zeros(model.size, bool)
        self.switched[model.nodes(switched)] = True
        chance = np.where(np.isnan(model.unavailability), _DEFAULT_CHANCE, model.unavailability)
        self.price = -np.log(np.clip(chance, 1e-12, 0.999)) + np.where(self.failed, 0.0, _UNSEEN)
        self.price[~model.fallible] = _IMPOSSIBLE
        self.nothing = np.zeros(model.size, bool)
        self._settled: dict[bytes, NDArray[np.uint8]] = {}
        self.minutes = np.where(self.switched[model.inputs], HOT, model.minutes)

    def answer(self) -> RootCause:
        model = self.model
        bits = self._bits(self.failed)
        open_targets = self.targets[(bits[self.targets] & NOW_DOWN) == 0]
        self.reached = self._flags(self._down_reach(bits))
        self.roots = self.failed & ~self._consequences(bits)
        roots = np.flatnonzero(self.roots & self.reached).astype(np.int32)
        pairs = self._pairs(roots, open_targets)
        causes, sets = self._causes(roots, open_targets, pairs)
        best = sets[0] if sets else roots
        after = self._bits(self._flags(best))
        missing = self.targets[(after[self.targets] & NOW_DOWN) == 0]
        return RootCause(
            tuple(causes),
            self._verdicts(after, set(best.tolist())),
            tuple(model.label(int(node)) for node in missing),
        )

    # -- what follows from what

    def _bits(self, failed: NDArray[np.bool_]) -> NDArray[np.uint8]:
        key = np.flatnonzero(failed).tobytes()
        if key not in self._settled:
            self._settled[key] = bits_of(self.model, failed, self.switched)
        return self._settled[key]

    def _flags(self, nodes: NDArray[np.int32]) -> NDArray[np.bool_]:
        flags = np.zeros(self.model.size, bool)
        flags[nodes] = True
        return flags

    def _consequences(self, bits: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """(n,) failed items that what they rest on takes down as well."""
        model = self.model
        graph = (model.need, model.start, model.inputs, model.minutes)
        failed = np.flatnonzero(self.failed).astype(np.int32)
        own = by_inputs(failed, *graph, self.nothing, self.switched, bits)
        return self._flags(failed[own & NOW_DOWN > 0])

    def _down_reach(self, bits: NDArray[np.uint8]) -> NDArray[np.int32]:
        """Down nodes that down services reach through down nodes only."""
        return closure_among(self.model.start, self.model.inputs, self.targets, bits, NOW_DOWN)

    def _killing(
        self, failed: NDArray[np.bool_], seeds: NDArray[np.int32]
    ) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
        """Slack and kill sets with some items already failed, for what lies below the seeds."""
        model = self.model
        inside = closure(model.start, model.inputs, seeds)
        need = np.where(failed, np.int32(1 << 30), model.need).astype(np.int32)
        order = model.order[inside[model.order]]
        graph = (model.start, model.inputs, self.minutes)
        slack = np.zeros(model.size, np.int32)
        begin, end = np.zeros(model.size, np.int64), np.zeros(model.size, np.int64)
        singles.slacks(order, need, *graph, True, slack, inside)  # noqa: FBT003  positional only
        items = singles.kills(
            order, slack, *graph, model.fallible, True, begin, end,  # noqa: FBT003  positional only
            np.empty(0, np.int32), inside,
        )  # fmt: skip
        return slack, begin, end, items

    def _pairs(
        self, roots: NDArray[np.int32], open_targets: NDArray[np.int32]
    ) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """(observation, candidate): the candidate alone takes the observation down (services: given
        all that was seen failed). Observations count roots first, then open services.
        """
        model = self.model
        graph = (model.start, model.inputs, self.minutes, model.fallible)
        found = []
        alone = self._killing(self.nothing, np.concatenate([roots, open_targets]))
        found.append(critical_pairs(roots, *graph, *alone))
        if len(open_targets):
            given = self._killing(self.failed, open_targets)
            rows, candidates = critical_pairs(open_targets, *graph, *given)
            found.append((rows + np.int32(len(roots)), candidates))
        row = np.concatenate([each[0] for each in found])
        candidate = np.concatenate([each[1] for each in found])
        good = ~self._excluded()[candidate]
        return row[good], candidate[good]

    def _excluded(self) -> NDArray[np.bool_]:
        """(n,) items that cannot have failed: something seen up would be down."""
        seeds = np.flatnonzero(self.seen_up).astype(np.int32)
        if not len(seeds):
            return self.nothing
        model = self.model
        slack, begin, end, items = self._killing(self.nothing, seeds)
        excluded = critical_below(
            seeds, model.start, model.inputs, self.minutes, slack, begin, end, items
        )
        excluded[self.failed] = False
        excluded[self.seen_up] = True
        return excluded

    # -- causes

    def _causes(
        self,
        roots: NDArray[np.int32],
        open_targets: NDArray[np.int32],
        pairs: tuple[NDArray[np.int32], NDArray[np.int32]],
    ) -> tuple[list[Cause], list[NDArray[np.int32]]]:
        observed = np.concatenate([roots, open_targets])
        first, notable = self._cover(observed, pairs, frozenset())
        candidates = [first]
        candidates += [
            self._cover(observed, pairs, frozenset([each]))[0] for each in notable[:_ALTERNATIVES]
        ]
        if notable:
            candidates.append(self._cover(observed, pairs, frozenset(notable))[0])
        candidates += self._exchanged(first, len(roots), observed, pairs)
        sets: dict[tuple[int, ...], float] = {}
        for each in candidates:
            small = tuple(self._smallest(each))
            if small not in sets:
                sets[small] = self._cost(small)
        ranked = sorted(sets, key=lambda each: (round(sets[each], 9), len(each), each))
        possible = [each for each in ranked if (self.price[list(each)] < _IMPOSSIBLE).all()]
        ranked = possible or ranked
        low = sets[ranked[0]] if ranked else 0.0
        weights = [math.exp(low - sets[each]) for each in ranked]
        causes = [
            self._cause(each, weight / sum(weights))
            for each, weight in zip(ranked, weights, strict=True)
            if each
        ]
        return causes, [np.array(each, np.int32) for each in ranked]

    def _exchanged(
        self,
        first: NDArray[np.int32],
        roots: int,
        observed: NDArray[np.int32],
        pairs: tuple[NDArray[np.int32], NDArray[np.int32]],
    ) -> list[NDArray[np.int32]]:
        """The first set with a service's own failure exchanged for items that take it down as well,
        together with what was seen failed.
        """
        row, candidate = pairs
        seen_failed = np.flatnonzero(self.roots).astype(np.int32)
        found: list[NDArray[np.int32]] = []
        for place in range(roots, len(observed)):
            own = observed[place]
            if own not in first or len(found) >= _ALTERNATIVES:
                continue
            others = candidate[(row == place) & (candidate != own)]
            cheap = others[np.argsort(self.price[others], kind="stable")][:_ALTERNATIVES]
            found += [np.concatenate([first[first != own], [each], seen_failed]) for each in cheap]
        return [np.unique(each).astype(np.int32) for each in found]

    def _cost(self, nodes: Sequence[int]) -> float:
        """What the set costs, with the items seen failed that it leaves to fail by themselves."""
        bits = self._bits(self._flags(np.array(nodes, np.int32)))
        unexplained = self.roots & ((bits & NOW_DOWN) == 0)
        return float(self.price[list(nodes)].sum() + self.price[unexplained].sum())

    def _cause(self, nodes: Sequence[int], share: float) -> Cause:
        model = self.model
        by_price = sorted(nodes, key=lambda node: (float(self.price[node]), node))
        return Cause(
            items=tuple(model.label(node) for node in by_price),
            assumed=tuple(model.label(node) for node in by_price if not self.failed[node]),
            likelihood=math.exp(-float(self.price[list(nodes)].sum())),
            share=share,
        )

    def _cover(
        self,
        observed: NDArray[np.int32],
        pairs: tuple[NDArray[np.int32], NDArray[np.int32]],
        banned: frozenset[int],
    ) -> tuple[NDArray[np.int32], list[int]]:
        """Items that together account for every observation, and those worth questioning."""
        row, candidate = pairs
        alone = self.price[observed]
        if banned:
            allowed = ~np.isin(candidate, list(banned))
            row, candidate = row[allowed], candidate[allowed]
        names, place = np.unique(candidate, return_inverse=True)
        worth = alone.copy()
        chosen: list[int] = []
        while len(names):
            saved = np.bincount(place, worth[row], len(names)) - self.price[names]
            best = int(saved.argmax())
            if saved[best] <= 1e-9:
                break
            chosen.append(int(names[best]))
            worth[row[place == best]] = 0.0
        left = observed[worth > 0.0]
        return np.concatenate([np.array(chosen, np.int32), left]).astype(np.int32), chosen

    def _smallest(self, nodes: NDArray[np.int32]) -> list[int]:
        """What is needed of a set that explains all: the cheapest proof of each service."""
        flags = self._flags(nodes)
        bits = self._bits(flags)
        reached = self._down_reach(bits)
        below = reached[np.argsort(self.model.rank[reached])]
        cost, chosen = self._proofs(below.tolist(), bits, flags)
        used: set[int] = set()
        stack = [int(each) for each in self.targets if int(each) in cost]
        seen = set(stack)
        while stack:
            node = stack.pop()
            if chosen[node] is None:
                used.add(node)
                continue
            fresh = [each for each in chosen[node] or [] if each not in seen]
            seen.update(fresh)
            stack += fresh
        return sorted(self._pruned(sorted(used, key=lambda each: -self.price[each])))

    def _proofs(
        self, below: list[int], bits: NDArray[np.uint8], flags: NDArray[np.bool_]
    ) -> tuple[dict[int, float], dict[int, list[int] | None]]:
        cost: dict[int, float] = {}
        chosen: dict[int, list[int] | None] = {}
        model = self.model
        for node in below:
            gone = [
                (cost.get(each.node, 0.0), each.node)
                for each in model.inputs_of(node)
                if bits[each.node] & NOW_DOWN
                or (each.minutes != HOT and not self.switched[each.node])
            ]
            enough = int(model.start[node + 1] - model.start[node]) - int(model.need[node]) + 1
            ways = heapq.nsmallest(enough, gone) if enough > 0 else []
            total = sum(each[0] for each in ways) if len(ways) == enough else math.inf
            if flags[node] and self.price[node] <= total:
                cost[node], chosen[node] = float(self.price[node]), None
            else:
                cost[node] = total
                chosen[node] = [each[1] for each in ways if each[1] in cost]
        return cost, chosen

    def _pruned(self, nodes: list[int]) -> list[int]:
        """Drop, dearest first, what the services are down without."""
        flags = self._flags(np.array(nodes, np.int32))
        live = LiveState.settled(self.model, flags, self.switched, self._bits(flags).copy())
        wanted = self.targets[(live.bits[self.targets] & NOW_DOWN) > 0]
        kept = []
        for node in nodes if len(nodes) <= 200 else []:
            live.set_failed(node, failed=False)
            if not (live.bits[wanted] & NOW_DOWN).all():
                live.set_failed(node, failed=True)
                kept.append(node)
        return kept if len(nodes) <= 200 else nodes

    def _verdicts(self, after: NDArray[np.uint8], best: set[int]) -> dict[str, Verdict]:
        reached = self.reached
        by_others = self._consequences(after)
        verdicts = {}
        for node in np.flatnonzero(self.failed).tolist():
            if node in best:
                verdict = Verdict.CONTRIBUTING
            elif by_others[node]:
                verdict = Verdict.EXPLAINED
            else:
                verdict = Verdict.CONTRIBUTING if reached[node] else Verdict.UNRELATED
            verdicts[self.model.label(node)] = verdict
        return verdicts
