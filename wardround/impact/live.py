"""What the failures of now do to the hospital. Pure, over the model."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from wardround.dependability import LiveState, State, protection_lost
from wardround.dependability.evaluation import NOW_DOWN, TROUBLED
from wardround.dependability.explanations import switching
from wardround.dependability.graph import closure_among
from wardround.dependability.state import bits_of
from wardround.impact.modelling import Hospital

_Places = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Live:
    """The hospital with these items failed themselves."""

    hospital: Hospital
    failed: NDArray[np.bool_]
    bits: NDArray[np.uint8]
    _lost: dict[int, _Places] = field(default_factory=dict, repr=False)
    """By place what `unprotected` has found: every board asks for the same."""

    @classmethod
    def of(cls, hospital: Hospital, failed: Collection[UUID]) -> Live:
        flags = np.zeros(hospital.model.size, np.bool_)
        flags[hospital.graph.places(failed)] = True
        return cls(hospital, flags, bits_of(hospital.model, flags))

    def states(self) -> NDArray[np.uint8]:
        """The State of every item, by its place in the graph."""
        nothing = np.zeros(self.hospital.model.size, np.bool_)
        settled = LiveState.settled(self.hospital.model, self.failed, nothing, self.bits)
        states: NDArray[np.uint8] = settled.states()[self.hospital.states]
        return states

    def causes(self, place: int, state: State) -> _Places:
        """The failed items that an item suffers from, ascending: of one that is down, those through
        which it is; of one that is up, all that it rests on.
        """
        wanted = NOW_DOWN if state is State.DOWN else TROUBLED
        model, node = self.hospital.model, self.hospital.states[place : place + 1]
        reached = closure_among(model.start, model.inputs, node, self.bits, wanted)
        return np.sort(self.hospital.items_of(reached[self.failed[reached]]))

    def switch_minutes(self, place: int) -> float | None:
        """Of an item that is down, how long it takes to switch to what would carry it; None where
        nothing would.
        """
        node = int(self.hospital.states[place])
        switches, minutes = switching(self.hospital.model, self.bits, node)
        return minutes if switches else None

    def unprotected(self, places: Sequence[int]) -> list[_Places]:
        """For each of these the items that would stop it alone by now, and would not have before
        the failures.
        """
        new = [place for place in places if place not in self._lost]
        nodes = self.hospital.states[new].tolist() if new else []
        found = protection_lost(self.hospital.model, self.failed, nodes)
        for place, items in zip(new, found, strict=True):
            self._lost[place] = self.hospital.items_of(items)
        return [self._lost[place] for place in places]
