"""What is told of failures and what they do: frozen values. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from wardround.cmdb.types import WORST_FIRST, Condition, Item, ItemRef
from wardround.schema.types import Label

MOST_NAMED = 20
"""Items that an answer names of each list; the rest is counted."""
MOST_TROUBLED = 2_000
"""Items not plainly up that an answer names."""


class ServiceState(StrEnum):
    """How a business system is, by what it needs.

    UP        nothing that it needs, at any depth, is known to have failed
    DEGRADED  up, though something that it rests on has failed
    STANDBY   up by a cold standby that was switched on
    DOWN      it failed itself, or fewer of what it needs are up than it needs
    UNKNOWN   nothing is known to have failed, and nothing of it is measured
    """

    DOWN = "down"
    STANDBY = "standby"
    DEGRADED = "degraded"
    UNKNOWN = "unknown"
    UP = "up"


URGENCY: Mapping[ServiceState, int] = {state: at for at, state in enumerate(ServiceState)}
"""The worst first."""


@dataclass(frozen=True, slots=True)
class Named:
    """Items of an answer, as far as the reader may know of them."""

    items: tuple[ItemRef, ...]
    """By name; the first `MOST_NAMED`."""
    more: int
    hidden: tuple[Label, ...]
    """Layers of which there are others that are out of reach; not how many."""


NOBODY = Named((), 0, ())


@dataclass(frozen=True, slots=True)
class ServiceNow:
    """A business system, and what the failures of now do to it."""

    item: Item
    state: ServiceState
    switch_minutes: float | None
    """Of one that is down, how long it takes to switch to a cold standby that would carry it."""
    causes: Named
    """What has failed and is felt by it."""
    unprotected: Named
    """What would stop it alone by now, and would not if nothing had failed: its protection is
    lost."""
    supposed: bool = False
    """The failures are not those of now, so that what is measured now says nothing of them."""

    @property
    def judged(self) -> Condition:
        """How it fares in one word: as badly as failures reach it, or as what is measured of it and
        its parts. That a part is down is not the service's condition: what that does to it is.
        """
        felt, measured = _FELT.get(self.state), self.item.judged
        if self.supposed:
            return felt or _SUPPOSED.get(self.state, Condition.UNKNOWN)
        if felt is None:
            return measured
        if self.item.condition is Condition.UNKNOWN and measured is Condition.DOWN:
            measured = felt
        return min(felt, measured, key=WORST_FIRST.index)


_FELT = {
    ServiceState.DOWN: Condition.DOWN,
    ServiceState.STANDBY: Condition.WARNING,
    ServiceState.DEGRADED: Condition.WARNING,
}
_SUPPOSED = {ServiceState.UP: Condition.OK}


class DoubtKind(StrEnum):
    """Why the model does not take the relations as they are written."""

    CIRCLE = "circle"
    CIRCLE_CUT = "circle-cut"
    TOO_FEW = "too-few"
    ONLY_COLD = "only-cold"
    COLD_ALONE = "cold-alone"
    LEFT_FORMULA = "left-formula"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that was said of items and cannot be meant so; all of them are within reach.

    CIRCLE      they need each other: they are up until one of them, or something below, fails
    CIRCLE_CUT  the same, of too many with groups: failures do not spread along the circle
    TOO_FEW     the item needs more of a group than there are: all of them are needed
    ONLY_COLD   of a group fewer count at once than the item needs: cold ones count, too
    COLD_ALONE  the second is a cold standby of nothing for the first: it is needed
    LEFT_FORMULA  the formula of the first names something that it does not need any more (the
                second, where that is still in use): the formula says what it says of the rest
    """

    kind: DoubtKind
    items: tuple[ItemRef, ...]
    need: int | None = None
    there: int | None = None


@dataclass(frozen=True, slots=True)
class ItemNow:
    """An item that is not plainly up: it has failed, or something that it needs has."""

    id: UUID
    state: ServiceState
    failed: bool
    """It has failed itself."""


@dataclass(frozen=True, slots=True)
class HospitalNow:
    services: tuple[ServiceNow, ...]
    """All within reach: the worst first, then the most important."""
    failed: Named
    items: tuple[ItemNow, ...]
    """Within reach, not plainly up; at most `MOST_TROUBLED`, the failed ones first."""
    more_items: int
    doubts: tuple[Doubt, ...]
    as_of: datetime


# The matrix --------------------------------------------------------------------------------------

MOST_CELLS = 400_000
"""Cells of one answer."""
MOST_STEPS = 200
"""Steps of a proof that an answer tells."""


class Cell(StrEnum):
    """What the failure of one item does to a business system; nothing where there is no cell.

    SINGLE       the system stops
    MANUAL       it stops until somebody switches a cold standby on
    ALTERNATIVE  it goes on by itself, though something that it rests on is lost
    """

    SINGLE = "X"
    MANUAL = "M"
    ALTERNATIVE = "A"


GRAVEST = (Cell.SINGLE, Cell.MANUAL, Cell.ALTERNATIVE)


@dataclass(frozen=True, slots=True)
class Totals:
    single: int
    manual: int
    alternative: int


@dataclass(frozen=True, slots=True)
class MatrixItem:
    """A row: an item within reach, and what it does to the systems that were asked for."""

    item: ItemRef
    layer: str
    layer_label: Label
    totals: Totals


@dataclass(frozen=True, slots=True)
class MatrixService:
    """A column: a business system within reach, and by how much it is hit, as far as the items are
    within reach and asked for.
    """

    item: Item
    totals: Totals


@dataclass(frozen=True, slots=True)
class HiddenCells:
    """Of a layer there are items out of reach that do this to a system, at worst; not how many."""

    service: int
    """Place among the services."""
    layer_label: Label
    cell: Cell


@dataclass(frozen=True, slots=True)
class ImpactMatrix:
    items: tuple[MatrixItem, ...]
    """The most critical first: by X, then M, then A."""
    services: tuple[MatrixService, ...]
    """By importance, then name."""
    cells: tuple[tuple[int, int, Cell], ...]
    """Places of the item and of the service, and what it does; by service."""
    hidden: tuple[HiddenCells, ...]
    undecided: int
    """Of these cells, the A that nobody has proved in reasonable time."""
    as_of: datetime


# Why ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ProofPart:
    """An item of a proof, as the reader may know of it."""

    item: ItemRef | None
    """None where it is out of reach."""
    layer_label: Label
    group: bool = False
    """Not the item itself, but a group of things that it needs some of."""


@dataclass(frozen=True, slots=True)
class ProofStep:
    """Something is down: it failed itself (`down` and `cold` empty), or by what it needs."""

    part: ProofPart
    down: tuple[ProofPart, ...]
    """What it needs and is down by then."""
    cold: tuple[ProofPart, ...]
    """Cold standbys, which do not count before somebody switches them on."""
    need: int | None
    """Of a group how many must be up; None where the reader does not see all of it."""
    there: int | None


@dataclass(frozen=True, slots=True)
class SwitchStep:
    part: ProofPart
    standby: ProofPart
    minutes: float


@dataclass(frozen=True, slots=True)
class CellWhy:
    """Why an item does to a system what its cell says.

    X, M: `proof` leads from the item to the system. A: it does so when all of `together` fail, and
    `holds` says where the failure of the item alone ends. Blank: only `holds`.
    """

    item: ItemRef
    service: ItemRef
    cell: Cell | None
    proof: tuple[ProofStep, ...]
    """What is below first; the last `MOST_STEPS` of it, which end with the system."""
    more_steps: int
    switches: tuple[SwitchStep, ...]
    switch_minutes: float
    together: tuple[ProofPart, ...]
    holds: tuple[ProofPart, ...]
    proved: bool
    """False of an A that nobody has proved in reasonable time."""


# Cut sets ----------------------------------------------------------------------------------------

MOST_ORDER = 4
"""The largest cut sets that are asked for over the API."""
MOST_SETS = 1_000
CUT_SECONDS = 5.0
"""How long one answer about cut sets may take; then it says what it knows."""


@dataclass(frozen=True, slots=True)
class CutSetTold:
    """Items of which all must fail, and no fewer, to stop the system."""

    parts: tuple[ProofPart, ...]


@dataclass(frozen=True, slots=True)
class ServiceCutSets:
    service: ItemRef
    sets: tuple[CutSetTold, ...]
    """The smallest first; those that look alike to the reader, since some of them is out of reach,
    once."""
    more: bool
    """There are more sets than are told."""
    by_order: tuple[int, ...] | None
    """How many there are of one item, two, and so on; None where the reader does not see all."""
    complete_to: int
    """The order up to which none is missing; less than was asked where the time ran out."""


# Root causes -------------------------------------------------------------------------------------


class FailedKind(StrEnum):
    """What a failed item has to do with the systems that are down, by the likeliest cause.

    CONTRIBUTING  it failed itself, and a system that is down hangs on it
    EXPLAINED     it is down because of something else in the cause
    UNRELATED     no system that is down needs it
    """

    CONTRIBUTING = "contributing"
    EXPLAINED = "explained"
    UNRELATED = "unrelated"


@dataclass(frozen=True, slots=True)
class CauseTold:
    parts: tuple[ProofPart, ...]
    assumed: tuple[ProofPart, ...]
    """Those of them that nobody measured as failed."""
    share: float
    """How likely it is beside the others that are told, 0 to 1."""


@dataclass(frozen=True, slots=True)
class FailedItem:
    item: ItemRef
    kind: FailedKind


@dataclass(frozen=True, slots=True)
class RootCauses:
    """What explains the systems that are down, the likeliest first."""

    down: tuple[ItemRef, ...]
    """The systems that are explained: down by what is measured and needed."""
    causes: tuple[CauseTold, ...]
    failed: tuple[FailedItem, ...]
    """What is measured as down, within reach, and what it has to do with it."""
    unexplained: tuple[ItemRef, ...]
    conflicting: tuple[ProofPart, ...]
    """Measured as down, though what rests on it is measured as working: these measurements were
    left aside."""
    proved: bool
    """False where the work allowed ended before it was certain that nothing is likelier."""
    as_of: datetime
