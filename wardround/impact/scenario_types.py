"""What is taken out together, what that does, and what is saved of it: frozen values. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from wardround.cmdb.types import Importance, ItemRef
from wardround.impact.types import HospitalNow, ServiceState
from wardround.kernel.types import Named
from wardround.schema.declarations import told_as

MOST_OUT = 5_000
"""Items that are taken out at once, of all sets together."""
MOST_SETS = 20
SCENARIO = "scenario"
"""What the audit chain calls it."""
MOST_SCENARIOS = 500
"""That one person saves."""


@told_as(
    {
        "within": ("某处之内", "Within a place"),
        "kept-by": ("某人或厂商所维护", "Kept running by somebody"),
        "where": ("符合表达式", "An expression is true of"),
    }
)
class SetKind(StrEnum):
    """Items that are spoken of together.

    WITHIN   a place, and what stands in it, to any depth
    KEPT_BY  what a person, post, team or vendor answers for, supplies or maintains
    WHERE    of which an expression is true
    """

    WITHIN = "within"
    KEPT_BY = "kept-by"
    WHERE = "where"


@dataclass(frozen=True, slots=True)
class SetAsked:
    kind: SetKind
    item: UUID | None = None
    """Of the first two: the place, or the somebody."""
    where: str = ""


@dataclass(frozen=True, slots=True)
class SetFound:
    """A set as it is at the moment, within the reader's reach."""

    kind: SetKind
    item: ItemRef | None
    where: str
    count: int
    """How many items it is."""
    apart: int
    """Of these, how many take no part in impact: that they fail does nothing."""


@dataclass(frozen=True, slots=True)
class TakenOut:
    ids: frozenset[UUID]
    sets: tuple[SetFound, ...]


NOTHING_OUT = TakenOut(frozenset(), ())


@dataclass(frozen=True, slots=True)
class Department:
    """An organisation that uses systems that are hit."""

    item: ItemRef
    state: ServiceState
    """The worst of them."""
    systems: tuple[ItemRef, ...]
    """The worst first."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What these items would do if they failed together, and nothing else."""

    taken: TakenOut
    hospital: HospitalNow
    departments: tuple[Department, ...]
    """The worst hit first."""
    users_hidden: bool
    """Systems that are hit are used by organisations out of reach, too."""


# Scenarios ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ScenarioDraft:
    name: str
    note: str
    shared: bool
    failed: tuple[UUID, ...]
    sets: tuple[SetAsked, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """How each business system that was hit stood, with its minutes of switching."""

    states: Mapping[UUID, tuple[ServiceState, float | None, bool]]
    """By system: state, minutes, and whether it lost protection. Others went on."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """Systems of a result, as far as its reader sees them."""

    down: int
    switching: int
    degraded: int
    unprotected: int


@dataclass(frozen=True, slots=True)
class Scenario:
    """One that is saved, as its list shows it."""

    id: UUID
    name: str
    note: str
    owner: Named
    own: bool
    shared: bool
    items: int
    """Named one by one, within reach."""
    sets: int
    """Of an item within reach, or by an expression."""
    then: Counted | None
    """Nothing where some of what was taken out is out of reach: it tells of the rest."""
    saved_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A system that fares otherwise than when the scenario was saved."""

    item: ItemRef
    importance: Importance | None
    then: ServiceState
    then_minutes: float | None
    now: ServiceState
    now_minutes: float | None


@dataclass(frozen=True, slots=True)
class ScenarioRun:
    """A scenario on the model of now."""

    scenario: Scenario
    asked: tuple[ItemRef, ...]
    """The items named one by one that are there and within reach."""
    gone: tuple[ItemRef, ...]
    """Those that were deleted since, or are out of use."""
    unread: tuple[str, ...]
    """Expressions that cannot be read any more: what they name is called otherwise, or gone."""
    whole: bool
    """False where some of it is out of the reader's reach: then it is not compared."""
    what_if: WhatIf
    now: Counted
    moved: tuple[Moved, ...]
    """The worst first; of systems that are there and within reach."""
