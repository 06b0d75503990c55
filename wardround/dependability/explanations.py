"""Why: the chain of gates that proves what a failure does, and what-if for any set of failures.

A proof is a list of steps, inputs first: each names a node, what it needs and which of its inputs
are down by then, so it can be replayed without trusting the engine. Of all proofs the one with the
shortest chain (then the fewest inputs) is given.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, overload

import numpy as np

from wardround.dependability.chains import shortest
from wardround.dependability.cutwith import cut_set_with
from wardround.dependability.errors import NotAList
from wardround.dependability.evaluation import FULL_DOWN, HOT_DOWN, TROUBLED
from wardround.dependability.graph import closure_among
from wardround.dependability.matrix import row_of
from wardround.dependability.messages import Notice, Term
from wardround.dependability.model import HOT, offsets
from wardround.dependability.relevance import ALTERNATIVE, BLANK, MANUAL, SINGLE
from wardround.dependability.state import bits_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from wardround.dependability.model import Model


@dataclass(frozen=True)
class Step:
    """`node` is down: it failed itself (`down` empty, `inputs` 0), or of its `inputs` inputs `need`
    must be up and those in `down` are not (`cold`: cold inputs do not count in this proof and are
    among them).
    """

    node: str
    need: int
    inputs: int
    down: tuple[str, ...]
    cold: tuple[str, ...] = ()

    @property
    def notice(self) -> Notice:
        """The key and arguments of its words."""
        node = label_term(self.node)
        if not self.down and not self.cold:
            return Notice("step_failed", {"node": node})
        down = (*map(label_term, self.down), *map(_cold_term, self.cold))
        given = {"node": node, "inputs": self.inputs, "need": self.need, "down": down}
        return Notice("step_down", given)

    def __str__(self) -> str:
        return str(self.notice)

    @property
    def zh(self) -> str:
        return self.notice.zh

    @property
    def text(self) -> str:
        """In the language of the terminal."""
        return self.notice.text


@dataclass(frozen=True)
class Switch:
    """A cold input that carries a node once it is switched on."""

    node: str
    standby: str
    minutes: float


@dataclass(frozen=True, repr=False)
class Explanation:
    """Why an item's failure does to a service what its letter says.

    proof     X: the service is down; M: it is down without cold standbys; A: it is down when
              `together` (a minimal cut set with the item in it) fails; empty where nothing happens
    switches  M: the cold inputs that bring it back, and the minutes of the longest chain of them
    holds     A, blank: the gates at which the failure of the item alone ends
    proved    A: that the item is in a minimal cut set; False where the matrix counts it undecided
    """

    item: str
    service: str
    letter: str
    proof: Proof
    switches: tuple[Switch, ...] = ()
    minutes: float = 0.0
    together: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    proved: bool = True

    def __repr__(self) -> str:
        letter = self.letter or "blank"
        return f"<Explanation: {self.item} to {self.service} {letter}, {len(self.proof)} steps>"


def _cold_term(label: str) -> Term:
    label_word = label_term(label)
    if isinstance(label_word, Term):
        return Term("cold_gate_number", label_word.text)
    return Term("cold", label_word)


def label_term(label: str) -> Term | str:
    """A label among the arguments of a text: that of a nameless gate differs by language."""
    number = label.removeprefix("gate #")
    return Term("gate_number", number) if number != label and number.isdecimal() else label


class WhatIf:
    """The model with a set of items failed and every cold standby used where it helps.

    A service is `down`, `switched` (up only by cold standbys; with the minutes that takes),
    `degraded` (up, but something it rests on is not) or untouched.
    """

    def __init__(self, model: Model, failed: Iterable[str], services: Sequence[str] | None) -> None:
        self.model = model
        if isinstance(failed, str):
            raise NotAList(failed)
        self.failed = tuple(failed)
        self.flags = np.zeros(model.size, bool)
        self.flags[model.nodes(self.failed)] = True
        self.bits = bits_of(model, self.flags)
        if services is not None:
            self.services = model.nodes(services)
        else:
            self.services = np.array(model.tops, np.int32) if model.tops else model.roots

    def __repr__(self) -> str:
        found = (
            f"{len(self.down)} down, {len(self.switched)} switched, {len(self.degraded)} degraded"
        )
        return f"<WhatIf of {len(self.failed)} failed: {found} of {len(self.services)} services>"

    def _those(self, wanted: NDArray[np.bool_]) -> list[str]:
        return [self.model.label(int(node)) for node in self.services[wanted]]

    @cached_property
    def down(self) -> list[str]:
        return self._those((self.bits[self.services] & FULL_DOWN) > 0)

    @cached_property
    def switched(self) -> list[str]:
        bits = self.bits[self.services]
        return self._those(((bits & HOT_DOWN) > 0) & ((bits & FULL_DOWN) == 0))

    @cached_property
    def degraded(self) -> list[str]:
        bits = self.bits[self.services]
        return self._those(((bits & HOT_DOWN) == 0) & ((bits & TROUBLED) > 0))

    def switches(self, service: str) -> tuple[tuple[Switch, ...], float]:
        """The cold inputs to switch on for a service, and the minutes until it is up."""
        return switching(self.model, self.bits, self.model.node(service))

    def why(self, service: str) -> Proof:
        """The proof that the service is down, or down without its cold standbys; else nothing."""
        node = self.model.node(service)
        mode = FULL_DOWN if self.bits[node] & FULL_DOWN else HOT_DOWN
        return proof(self.model, self.flags, self.bits, node, mode)


def what_if(model: Model, failed: Iterable[str], services: Sequence[str] | None = None) -> WhatIf:
    """What happens to the services (default: the model's tops, else its roots) when items fail."""
    return WhatIf(model, failed, services)


class Proof(Sequence[Step]):
    """Steps, inputs first, each made when it is read: a chain may have a hundred thousand."""

    def __init__(self, steps: int, step: Callable[[int], Step]) -> None:
        self._steps, self._step = steps, step

    def __len__(self) -> int:
        return self._steps

    @overload
    def __getitem__(self, place: int) -> Step: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Step, ...]: ...
    def __getitem__(self, place: int | slice) -> Step | tuple[Step, ...]:
        places = range(self._steps)[place]
        if isinstance(places, range):
            return tuple(map(self._step, places))
        return self._step(places)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        shown = [str(each) for each in self[:3]]
        more = [f"… {self._steps - 3:,} more"] if self._steps > 3 else []
        return f"<Proof of {self._steps:,} steps: {'; '.join([*shown, *more])}>"


NO_PROOF = Proof(0, lambda place: Step(str(place), 0, 0, ()))


def proof(
    model: Model, failed: NDArray[np.bool_], bits: NDArray[np.uint8], node: int, mode: int
) -> Proof:
    """Why `node` is down in this mode (FULL_DOWN: even with cold standbys; HOT_DOWN: without)."""
    if not bits[node] & mode:
        return NO_PROOF
    hot_only = mode == HOT_DOWN
    graph = (model.need, model.start, model.inputs, model.minutes)
    nodes, first, edges = shortest(node, mode, hot_only, failed, bits, model.rank, *graph)

    def step(place: int) -> Step:
        at = int(nodes[place])
        rests = edges[first[place] : first[place + 1]]
        cold = (model.minutes[rests] >= 0.0) & hot_only
        alone = bool(failed[at])
        return Step(
            node=model.label(at),
            need=0 if alone else int(model.need[at]),
            inputs=0 if alone else int(model.start[at + 1] - model.start[at]),
            down=tuple(map(model.label, model.inputs[rests[~cold]].tolist())),
            cold=tuple(map(model.label, model.inputs[rests[cold]].tolist())),
        )

    return Proof(len(nodes), step)


def switching(
    model: Model, bits: NDArray[np.uint8], service: int
) -> tuple[tuple[Switch, ...], float]:
    """Cold inputs that bring a service back, chosen for the least time until it is up.

    Time of a node: 0 when up without cold inputs, else the `need`-th smallest over its inputs of
    the input's own time plus its switch minutes (switches of one gate run side by side).
    """
    time: dict[int, float] = {}
    chosen: dict[int, list[tuple[float, int, float]]] = {}
    for node in _waiting_part(model, bits, service):
        if bits[node] & FULL_DOWN:
            time[node], chosen[node] = math.inf, []
            continue
        ways = []
        for each in model.inputs_of(node):
            own = time.get(each.node, 0.0 if not bits[each.node] & HOT_DOWN else math.inf)
            ways.append((own + max(each.minutes, 0.0), each.node, each.minutes))
        best = heapq.nsmallest(int(model.need[node]), ways)
        time[node] = max((way[0] for way in best), default=0.0)
        chosen[node] = best
    switches: list[Switch] = []
    seen = {service}
    stack = [service] if service in chosen else []
    while stack:
        node = stack.pop()
        for _, below, minutes in chosen[node]:
            if minutes != HOT:
                switches.append(Switch(model.label(node), model.label(below), minutes))
            if below in chosen and below not in seen:
                seen.add(below)
                stack.append(below)
    return tuple(switches), time.get(service, 0.0)


def _waiting_part(model: Model, bits: NDArray[np.uint8], service: int) -> list[int]:
    """Nodes below the service, and it, that are down without cold inputs; inputs first."""
    if not bits[service] & HOT_DOWN:
        return []
    seen = {service}
    stack = [service]
    while stack:
        for each in model.inputs_of(stack.pop()):
            if bits[each.node] & HOT_DOWN and each.node not in seen:
                seen.add(each.node)
                stack.append(each.node)
    return sorted(seen, key=lambda node: int(model.rank[node]))


def explain(model: Model, item: str, service: str) -> Explanation:
    """Why the CFIA cell of an item and a service holds its letter, with a proof to replay."""
    world = WhatIf(model, [item], [service])
    node = model.node(service)
    items, codes = row_of(model, node)
    found = np.flatnonzero(items == model.node(item))
    code = int(codes[found[0]]) if len(found) else BLANK
    if code == SINGLE:
        return Explanation(item, service, "X", world.why(service))
    if code == MANUAL:
        switches, minutes = world.switches(service)
        return Explanation(item, service, "M", world.why(service), switches, minutes)
    holds = _holding(model, world.bits, node)
    if code == BLANK:
        return Explanation(item, service, "", NO_PROOF, holds=holds)
    together = cut_set_with(model, model.node(item), node, len(items))
    steps = WhatIf(model, together, [service]).why(service) if together else NO_PROOF
    proved = code == ALTERNATIVE or bool(together)
    return Explanation(item, service, "A", steps, together=together, holds=holds, proved=proved)


def _holding(model: Model, bits: NDArray[np.uint8], service: int) -> tuple[str, ...]:
    """Gates below the service that are up with an input down: there the failure ends. From the
    service down.
    """
    seeds = np.array([service], np.int32)
    reached = closure_among(model.start, model.inputs, seeds, bits, TROUBLED)
    up = reached[bits[reached] & FULL_DOWN == 0]
    down = (bits[model.inputs] & FULL_DOWN > 0).astype(np.int64)
    lost = offsets(down)  # inputs down before each edge
    found = up[lost[model.start[up + 1]] > lost[model.start[up]]]
    return tuple(model.label(int(node)) for node in found[np.argsort(-model.rank[found])])


__all__ = ["Explanation", "Proof", "Step", "Switch", "WhatIf", "explain", "what_if"]
