"""Root cause: the smallest explanations of the services that are down, the likeliest first.

Observations are partial: items seen failed (for themselves or because of what they rest on: the
observer cannot tell), items seen up, everything else unknown. An explanation is a set of items
whose own failure brings every service seen down and every item seen failed down, and takes down
nothing that was seen up. Its cost is Σ −ln(probability); items nobody saw failed cost ln 2 more.

    1  The cheapest such set of all is found by branch and bound (`causes`).
    2  What of it the services need is the cause; the rest accounts for other observations.
    3  Again, without any set that holds a cause found before: the alternatives, in order of cost.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wardround.dependability.causes import WORK_PER_ANSWER, Found, Scene
from wardround.dependability.errors import BadNumber
from wardround.dependability.evaluation import NOW_DOWN, by_inputs, settle
from wardround.dependability.fitting import Fitting
from wardround.dependability.graph import closure_among

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wardround.dependability.model import Model

_DEFAULT_CHANCE = 1e-3
_UNSEEN = math.log(2.0)
_MOST_CAUSES, _MOST_TRIED = 8, 24


class Verdict(Enum):
    CONTRIBUTING = "contributing"  # failed itself, and a down service hangs on it
    EXPLAINED = "explained"  # down because of something else in the explanation
    UNRELATED = "unrelated"  # no down service needs it


@dataclass(frozen=True, repr=False)
class Cause:
    """items: whose own failure takes the services down; `assumed`: those of them nobody saw failed;
    `likelihood`: product of the probabilities of these and of what else was seen failed and does
    not fall with them, halved for each assumed item; `share`: relative to all causes given.
    """

    items: tuple[str, ...]
    assumed: tuple[str, ...]
    likelihood: float
    share: float = 0.0

    def __repr__(self) -> str:
        return f"<Cause {_few(self.items)}: share {self.share:.3g}>"


@dataclass(frozen=True, repr=False)
class RootCause:
    """`causes` likeliest first; `verdicts` of every item seen failed, by the first of them;
    `unexplained`: services that no consistent set of failures explains together with the others;
    `conflicting`: items seen failed that cannot be down while what was seen up is up, or seen up
    that cannot be (then nothing can be explained); `exact`: all this is proved: no explanation is
    likelier than the first, and what is unexplained or conflicting has none. Otherwise it is the
    best that was found with the work allowed.
    """

    causes: tuple[Cause, ...]
    verdicts: dict[str, Verdict]
    unexplained: tuple[str, ...]
    conflicting: tuple[str, ...] = ()
    exact: bool = True

    def __repr__(self) -> str:
        likeliest = f", likeliest {_few(self.causes[0].items)}" if self.causes else ""
        left = f", {len(self.unexplained)} unexplained" if self.unexplained else ""
        conflict = f", conflicting {_few(self.conflicting)}" if self.conflicting else ""
        proved = "" if self.exact else ", not proved"
        return f"<RootCause: {len(self.causes)} causes{likeliest}{left}{conflict}{proved}>"


def root_cause(  # noqa: PLR0913  keywords, each an observation of its own
    model: Model,
    *,
    down: Iterable[str],
    failed: Iterable[str] = (),
    up: Iterable[str] = (),
    switched: Iterable[str] = (),
    work: int = WORK_PER_ANSWER,
) -> RootCause:
    """Explain the services seen `down` from the items seen `failed` and `up`; `switched`: cold
    standbys now in use (others do not count); `work`: edges that may be looked at before the best
    found so far is taken (20 times as many where nothing is found). More of it may prove an answer
    that is not `exact`.
    """
    if isinstance(work, bool) or not work >= 1:
        raise BadNumber("work_not_counted", value=work)
    return _Search(model, _Seen(down, failed, up, switched), work).answer()


class _Seen(NamedTuple):
    """Names of what was observed."""

    down: Iterable[str]
    failed: Iterable[str]
    up: Iterable[str]
    switched: Iterable[str]


class _Search:
    def __init__(self, model: Model, seen: _Seen, work: int) -> None:
        self.model, self.work = model, work
        self.services = _without_repeats(model.nodes(seen.down))
        self.failed = np.setdiff1d(model.nodes(seen.failed), self.services).astype(np.int32)
        self.seen_up = np.unique(model.nodes(seen.up)).astype(np.int32)
        self.switched = self._flags(model.nodes(seen.switched))
        self.counts = (model.minutes < 0.0) | self.switched[model.inputs]
        chance = np.where(np.isnan(model.unavailability), _DEFAULT_CHANCE, model.unavailability)
        unseen = np.where(self._flags(self.failed), 0.0, _UNSEEN)
        price = -np.log(np.clip(chance, 1e-12, 0.999)) + unseen
        self.price = np.where(model.fallible, price, math.inf)

    def _flags(self, nodes: NDArray[np.int32]) -> NDArray[np.bool_]:
        flags = np.zeros(self.model.size, bool)
        flags[nodes] = True
        return flags

    def _scene(self, services: NDArray[np.int32], failed: NDArray[np.int32]) -> Scene:
        targets = np.concatenate([services, failed]).astype(np.int32)
        return Scene(self.model, targets, self.seen_up, self.counts, self.price, failed, self.work)

    def answer(self) -> RootCause:
        scene = self._scene(self.services, self.failed)
        never_up = scene.nodes[scene.seen_up[scene.rest.down[scene.seen_up]]]
        if len(never_up):
            return self._contradiction(np.sort(never_up), exact=True)
        fitting = Fitting(scene, self.work)
        left = [fitting.take(nodes) for nodes in (self.failed, self.services)]
        first = None
        if not any(fitting.refuted(nodes).any() for nodes in left):
            first = fitting.whole()
        services = self.services
        if first is None or not first.fits:
            fitting = fitting.afresh()  # what was seen failed goes before the services
            fitting.most(self.failed)
            conflicting = np.setdiff1d(self.failed, fitting.taken, assume_unique=True)
            if len(conflicting):
                return self._contradiction(conflicting, exact=fitting.proved)
            fitting.most(self.services)
            services = services[np.isin(services, fitting.taken)]
            scene = self._scene(services, self.failed)
            first = scene.cheapest(known=fitting.witness)
        causes = self._causes(scene, services, first)
        unexplained = np.setdiff1d(self.services, services, assume_unique=True)
        return RootCause(
            tuple(causes),
            self._verdicts(first.items, causes[0].items if causes else ()),
            self._labels(unexplained),
            exact=first.cheapest and fitting.proved,
        )

    def _labels(self, nodes: NDArray[np.int32]) -> tuple[str, ...]:
        return tuple(self.model.label(int(node)) for node in nodes)

    def _contradiction(self, conflicting: NDArray[np.int32], *, exact: bool) -> RootCause:
        """Nothing explains what was seen failed, given what was seen up."""
        return RootCause(
            (),
            self._verdicts(self.failed.tolist(), ()),
            self._labels(self.services),
            self._labels(conflicting),
            exact=exact,
        )

    # -- causes

    def _causes(self, scene: Scene, services: NDArray[np.int32], first: Found) -> list[Cause]:
        only_services = scene.only(services)
        found: list[tuple[tuple[int, ...], float]] = []
        tried: list[frozenset[int]] = []
        explanation = first
        while explanation.fits and len(found) < _MOST_CAUSES and len(tried) < _MOST_TRIED:
            needed = only_services.cheapest(among=explanation.items).items
            if not needed:
                break
            if not found or scene.is_plain(explanation.items):
                found.append((needed, explanation.cost))
            tried.append(frozenset(needed))
            if scene.work > self.work:
                break
            explanation = scene.cheapest(without=tried)
        found.sort(key=lambda each: round(each[1], 9))
        weights = [math.exp(first.cost - cost) for _, cost in found]
        return [
            self._cause(items, math.exp(-cost), weight / sum(weights))
            for (items, cost), weight in zip(found, weights, strict=True)
        ]

    def _cause(self, nodes: tuple[int, ...], likelihood: float, share: float) -> Cause:
        model, seen_failed = self.model, set(self.failed.tolist())
        return Cause(
            items=tuple(model.label(node) for node in nodes),
            assumed=tuple(model.label(node) for node in nodes if node not in seen_failed),
            likelihood=likelihood,
            share=share,
        )

    def _verdicts(self, explanation: Iterable[int], best: Iterable[str]) -> dict[str, Verdict]:
        """By what lies below the services through down nodes when the explanation has failed."""
        model = self.model
        nodes = np.array(list(explanation), np.int32)
        bits = np.zeros(model.size, np.uint8)
        graph = (model.start, model.inputs)
        settle(
            model.order, model.need, *graph, model.minutes, self._flags(nodes), self.switched, bits
        )
        reached = self._flags(closure_among(*graph, self.services, bits, NOW_DOWN))
        nothing = np.zeros(model.size, bool)
        own = by_inputs(
            self.failed, model.need, *graph, model.minutes, nothing, self.switched, bits
        )
        verdicts = {}
        for node, state in zip(self.failed.tolist(), own.tolist(), strict=True):
            name = model.label(node)
            if name in best:
                verdict = Verdict.CONTRIBUTING
            elif state & NOW_DOWN:
                verdict = Verdict.EXPLAINED
            else:
                verdict = Verdict.CONTRIBUTING if reached[node] else Verdict.UNRELATED
            verdicts[name] = verdict
        return verdicts


def _few(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return " + ".join(names[:5]) + more


def _without_repeats(nodes: NDArray[np.int32]) -> NDArray[np.int32]:
    """The nodes in the order given, each once."""
    return np.array(list(dict.fromkeys(nodes.tolist())), np.int32)
