"""One rule over all its targets: its bound plan, its instances and their states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cached_property
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from wardround.detection.bind import LOOK_BACK, Holding, Labels, bind, meetings
from wardround.detection.columns import SeriesColumns
from wardround.detection.evaluate import GONE, PRESENT, UNKNOWN, Floats, Statuses, Values, evaluate
from wardround.detection.expression import Selector, Window, nodes, selectors
from wardround.detection.functions import OUTLASTING
from wardround.detection.plan import Indexes, Plan, Windowed, join
from wardround.detection.rules import (
    FIRING,
    INACTIVE,
    PENDING,
    Observed,
    States,
    Step,
    fresh,
    is_quiet,
    step,
)
from wardround.detection.types import (
    Finding,
    Recovery,
    RecoveryReason,
    Rule,
    Seen,
    Standing,
    Verdicts,
)

Truths = NDArray[np.bool_]
_FEW = 8
"""Where less than one of so many owners is concerned, the plan of all is not worth evaluating."""

_MOMENTS = ("active_at", "keep_since", "last_at", "known_at", "looked_at")
"""Columns of states that are moments."""

Owner = tuple[UUID, UUID]
"""A target and one item that it tells about."""
Instance = tuple[UUID, UUID, Labels]
"""Target, item and the labels of the alert."""


@dataclass(frozen=True, eq=False)
class Looks:
    """By number of a target: the moment of its newest scrape (seconds since 1970), and how many
    seconds may have passed since the one before for what that said to be believed until now.
    """

    at: Floats
    reach: Floats


@dataclass(frozen=True, eq=False)
class _Bound:
    """The rule for one owner; `recovery_at` gives each slot its slot of the recovery, or -1."""

    number: int
    condition: Plan
    labels: tuple[Labels, ...]
    recovery: Plan | None
    recovery_at: Indexes


class Watch:
    """Evaluates one rule. One thread only."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.refused: set[Owner] = set()
        """Owners of which the expression would make too many values."""
        self._bound: dict[Owner, _Bound] = {}
        self._dirty = False
        self._parts: list[_Bound] = []
        self._whole = _join([])
        self._starts: Indexes = np.zeros(1, np.int64)
        self._owner_numbers: Indexes = np.zeros(0, np.int64)
        self._numbers: Indexes = np.zeros(0, np.int64)
        self._instances: list[Instance] = []
        self._rows: dict[Instance, int] = {}
        self._states = fresh(0)
        self._values: Floats = np.zeros(0)

    def __len__(self) -> int:
        return len(self._instances)

    def bind(self, owner: Owner, number: int, holding: Holding, extra: Labels) -> Iterator[Plan]:
        """Learn the series of an owner; gives the plans whose windows must be kept.

        `number` is the target's place in the moments that `evaluate` gets.
        """
        self.refused.discard(owner)
        condition = bind(self.rule.condition, holding)
        recovery = None if self.rule.recovery is None else bind(self.rule.recovery, holding)
        met: dict[int, int] = {}
        if recovery is not None:
            for _, at, recovery_at in meetings(condition.labels, recovery.labels):
                met.setdefault(at, recovery_at)
        self._bound[owner] = _Bound(
            number=number,
            condition=condition.plan,
            labels=tuple(_merged(labels, extra, self.rule.labels) for labels in condition.labels),
            recovery=None if recovery is None else recovery.plan,
            recovery_at=np.array([met.get(at, -1) for at in range(len(condition.labels))], int),
        )
        self._dirty = True
        yield condition.plan
        if recovery is not None:
            yield recovery.plan

    def unbind(self, owner: Owner) -> None:
        """Forget an owner and its instances, without a verdict."""
        self.refused.discard(owner)
        if self._bound.pop(owner, None) is not None:
            self._dirty = True

    def owners(self) -> Iterable[Owner]:
        return self._bound.keys() | self.refused

    def inherit(self, old: Watch) -> None:
        """Begin with the states of the same rule as it was before it was changed."""
        self._instances, self._rows, self._states = old._instances, old._rows, old._states

    def shift(self, number: int, seconds: float) -> list[Standing]:
        """Move what is known of a target in time, as its clock was; gives what is not inactive."""
        self._settle()
        rows = np.flatnonzero(self._numbers == number)
        for name in _MOMENTS:
            getattr(self._states, name)[rows] += seconds
        return [self._standing(int(row)) for row in rows if self._states.phase[row] != INACTIVE]

    def restore(
        self,
        standings: Mapping[Instance, Standing],
        targets: AbstractSet[UUID],
        looks: Looks,
    ) -> list[Standing]:
        """Take over what is kept of these targets; what is not kept is inactive. Moments later than
        a target's last scrape, of a clock that was set back, count as that.

        Gives what is kept of instances that are not there: their series may come yet.
        """
        self._settle()
        for row in np.flatnonzero(self._states.phase != INACTIVE):
            instance = self._instances[row]
            if instance[0] in targets and instance not in standings:
                self._restore(int(row), None, np.inf)
        missing = []
        for kept_of, kept in standings.items():
            place = self._rows.get(kept_of)
            if place is None:
                missing.append(kept)
            else:
                self._restore(place, kept, float(looks.at[self._numbers[place]]))
        return missing

    def has(self, instance: Instance) -> bool:
        """Whether the series of an instance are there."""
        self._settle()
        return instance in self._rows

    @cached_property
    def metrics(self) -> frozenset[str]:
        """The metrics that the rule asks for."""
        return frozenset(selector.metric for selector in selectors(self.rule.condition))

    def evaluate(self, columns: SeriesColumns, updated: Truths, looks: Looks) -> Verdicts:
        """Step the instances of updated targets to their moments."""
        moments = looks.at
        self._settle()
        owners = np.flatnonzero(updated[self._owner_numbers])
        if not len(owners):
            return Verdicts()
        rows, found, recovery = self._judged(columns, owners, updated)
        if not len(rows):
            return Verdicts()
        self._values[rows] = found.value
        at = moments[self._numbers[rows]]
        if is_quiet(self._states.phase[rows], found.status, self.rule.timing):
            known = rows[found.status != UNKNOWN]
            self._states.last_at[known] = np.maximum(
                self._states.last_at[known], moments[self._numbers[known]]
            )
            return Verdicts()
        observed = Observed(found.status, found.there, recovery)
        reach = looks.reach[self._numbers[rows]]
        moved = step(_taken(self._states, rows), observed, at, self.rule.timing, reach)
        _put(self._states, rows, moved.states)
        return self._verdicts(moved, rows, found, at)

    def _judged(
        self, columns: SeriesColumns, owners: Indexes, updated: Truths
    ) -> tuple[Indexes, Values, Statuses | None]:
        """Rows of these owners with what was found for each: by the plan of all, or, where few
        are concerned, by a plan of these alone.
        """
        if len(owners) * _FEW >= len(self._parts):
            rows = np.flatnonzero(updated[self._numbers])
            found, recovery = self._whole.evaluate(columns)
            found = Values(found.value[rows], found.status[rows], found.there[rows])
            return rows, found, None if recovery is None else recovery[rows]
        parts = [self._parts[owner] for owner in owners]
        spans = [np.arange(self._starts[owner], self._starts[owner + 1]) for owner in owners]
        found, recovery = _join(parts).evaluate(columns)
        return np.concatenate(spans), found, recovery

    def _verdicts(self, moved: Step, rows: Indexes, found: Values, at: Floats) -> Verdicts:
        if not moved.changed.any():
            return Verdicts()
        return Verdicts(
            findings=tuple(
                self._finding(rows[place], float(found.value[place]), at[place])
                for place in np.flatnonzero(moved.fired)
            ),
            recoveries=tuple(
                self._recovery_of(rows[place], at[place], ended=bool(found.there[place] == GONE))
                for place in np.flatnonzero(moved.recovered)
            ),
            standings=tuple(self._standing(row) for row in rows[moved.changed]),
        )

    def _finding(self, row: int, value: float, at: float) -> Finding:
        target, item, labels = self._instances[row]
        return Finding(self.rule, target, item, labels, value, _moment(at))

    def _recovery_of(self, row: int, at: float, *, ended: bool) -> Recovery:
        target, item, labels = self._instances[row]
        reason = RecoveryReason.SERIES_ENDED if ended else RecoveryReason.RECOVERED
        return Recovery(self.rule.name, target, item, labels, reason, _moment(at))

    def _standing(self, row: int) -> Standing:
        target, item, labels = self._instances[row]
        return Standing(
            rule=self.rule.name,
            target=target,
            item=item,
            labels=labels,
            phase=int(self._states.phase[row]),
            active_at=float(self._states.active_at[row]),
            keep_since=float(self._states.keep_since[row]),
            looked_at=float(self._states.looked_at[row]),
        )

    def waiting(self) -> Iterator[Standing]:
        """What is pending, with the moment of the last look."""
        for row in np.flatnonzero(self._states.phase == PENDING):
            yield self._standing(int(row))

    def seen(self) -> Iterator[Seen]:
        """What fires now, with its newest value."""
        for row in np.flatnonzero(self._states.phase == FIRING):
            if not np.isnan(self._values[row]):
                _, item, labels = self._instances[row]
                at = _moment(self._states.last_at[row])
                yield Seen(self.rule.name, item, labels, float(self._values[row]), at)

    def _restore(self, row: int, kept: Standing | None, now: float) -> None:
        states = self._states
        states.phase[row] = INACTIVE if kept is None else kept.phase
        states.active_at[row] = -np.inf if kept is None else min(kept.active_at, now)
        states.keep_since[row] = -np.inf if kept is None else min(kept.keep_since, now)
        if kept is not None:
            looked = min(max(kept.active_at, kept.keep_since, kept.looked_at), now)
            states.last_at[row] = max(states.last_at[row], looked)
            states.looked_at[row] = max(states.looked_at[row], looked)

    def _settle(self) -> None:
        """Join what was bound since the last time, keeping the states of instances that stay."""
        if not self._dirty:
            return
        self._dirty = False
        self._parts = list(self._bound.values())
        sizes = [len(part.labels) for part in self._parts]
        self._starts = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int64)
        self._owner_numbers = np.array([part.number for part in self._parts], np.int64)
        self._numbers = np.repeat(self._owner_numbers, sizes)
        self._whole = _join(self._parts)
        self._carry_over(
            [
                (target, item, labels)
                for (target, item), part in self._bound.items()
                for labels in part.labels
            ]
        )

    def _carry_over(self, instances: list[Instance]) -> None:
        before = np.array([self._rows.get(instance, -1) for instance in instances], np.int64)
        states = fresh(len(instances))
        _put(states, np.flatnonzero(before >= 0), _taken(self._states, before[before >= 0]))
        self._states, self._instances = states, instances
        self._values = np.full(len(instances), np.nan)
        self._rows = {instance: row for row, instance in enumerate(instances)}


@dataclass(frozen=True, eq=False)
class _Joined:
    """The rule for some owners together."""

    condition: Plan | None
    recovery: Plan | None
    recovery_at: Indexes

    def evaluate(self, columns: SeriesColumns) -> tuple[Values, Statuses | None]:
        """The condition, and the status of the recovery where the rule has one of its own.

        Where the recovery has no slot, or its series are not there any more, the end of the
        condition is enough.
        """
        if self.condition is None:
            return Values(np.zeros(0), np.zeros(0, np.int8), np.zeros(0, np.int8)), None
        found = evaluate(self.condition, columns)
        if self.recovery is None:
            return found, None
        recovery = evaluate(self.recovery, columns)
        status = np.where(recovery.there == GONE, PRESENT, recovery.status).astype(np.int8)
        recovered = np.full(len(self.recovery_at), PRESENT, np.int8)
        has = self.recovery_at >= 0
        recovered[has] = status[self.recovery_at[has]]
        return found, recovered


def _join(parts: Sequence[_Bound]) -> _Joined:
    if not parts:
        return _Joined(None, None, np.zeros(0, np.int64))
    recoveries = [part.recovery for part in parts if part.recovery is not None]
    shift, joined = 0, []
    for part in parts:
        joined.append(np.where(part.recovery_at >= 0, part.recovery_at + shift, -1))
        shift += 0 if part.recovery is None else part.recovery.size
    return _Joined(
        condition=join([part.condition for part in parts]),
        recovery=join(recoveries) if recoveries else None,
        recovery_at=np.concatenate(joined),
    )


def look_back(rule: Rule) -> float:
    """Seconds for which the rule looks back at series that may have ended since."""
    found = [0.0]
    for node in (rule.condition, rule.recovery):
        for part in () if node is None else nodes(node):
            if isinstance(part, Window) and (part.selector.offset or part.function in OUTLASTING):
                found.append(part.seconds + part.selector.offset)
            elif isinstance(part, Selector) and part.offset:
                found.append(part.offset + LOOK_BACK)
    return max(found)


def windows(plan: Plan) -> Iterator[Windowed]:
    """Every window of a plan."""
    if isinstance(plan, Windowed):
        yield plan
    for inner in vars(plan).values():
        if isinstance(inner, Plan):
            yield from windows(inner)


def _merged(labels: Labels, extra: Labels, of_rule: Labels) -> Labels:
    if not extra and not of_rule:
        return labels
    return tuple(sorted({**dict(labels), **dict(extra), **dict(of_rule)}.items()))


def _taken(states: States, rows: Indexes) -> States:
    return States(**{column.name: getattr(states, column.name)[rows] for column in fields(states)})


def _put(states: States, rows: Indexes, values: States) -> None:
    for column in fields(states):
        getattr(states, column.name)[rows] = getattr(values, column.name)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(float(seconds), UTC)
