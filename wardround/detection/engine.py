"""All rules over all targets of this process. In memory only: no database, no clock, no thread.

`admit` takes scrapes, `evaluate` judges what they changed. What must survive the process comes out
as verdicts; what was kept goes in by `restore`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from wardround.collect.types import CollectedBatch
from wardround.detection.bind import Labels
from wardround.detection.columns import SeriesColumns
from wardround.detection.errors import TooCostly
from wardround.detection.evaluate import Floats
from wardround.detection.filling import Filled, Unfilled
from wardround.detection.holdings import TargetSeries, admit
from wardround.detection.plan import Indexes
from wardround.detection.types import Rule, Seen, Standing, Verdicts
from wardround.detection.watch import Instance, Looks, Owner, Watch, look_back, windows

logger = logging.getLogger("wardround.detection")

_FORGET_AFTER = 180.0
"""Seconds for which a series that ended is kept; longer where a rule looks further back at it."""
_HOUSEKEEPING = 30.0
_REACH, _TIMES = 90.0, 3.0
_SET_BACK = 60.0
"""Seconds; a clock set back by less is waited for."""
_BETWEEN = 1.0
_NO_GROUPS: Mapping[str, Mapping[str, str]] = {}
_NO_GROUP: Mapping[str, str] = {}


Groups = Mapping[str, Mapping[str, str]]
"""By template, the group in which each declared metric is collected."""


@dataclass(eq=False)
class _Member:
    series: TargetSeries
    template: str
    alone: bool
    """Whether no other target of its template tells about the same item; if another does, the
    target's name becomes a label, so that their alerts stay apart."""
    number: int
    bound_version: int = -1


class Engine:
    """Holds series, rules and states. One thread only."""

    def __init__(self, rules: Iterable[Rule] = (), groups: Groups = _NO_GROUPS) -> None:
        self._columns = SeriesColumns()
        self._members: dict[UUID, _Member] = {}
        self._free_numbers: list[int] = []
        self._watches: dict[str, Watch] = {}
        self._looks = Looks(np.zeros(0), np.zeros(0))
        self._pauses: Floats = np.zeros((0, 2))
        """By target: seconds between its last scrapes."""
        self._moved: list[Standing] = []
        """What a clock set back has moved, to be kept with the next verdicts."""
        self._unfilled: list[Unfilled] = []
        self._cleaned_at = -np.inf
        self._forget_after = _FORGET_AFTER
        self._groups: Groups = _NO_GROUPS
        self.use(rules, groups)

    @property
    def instances(self) -> int:
        """How many instances of rules there are."""
        return sum(map(len, self._watches.values()))

    @property
    def refused(self) -> int:
        """How often a rule is not judged for an item of a target because it would cost too much."""
        return sum(len(watch.refused) for watch in self._watches.values())

    def items_of(self, target: UUID) -> frozenset[UUID]:
        """The items that a target tells about."""
        member = self._members.get(target)
        return frozenset() if member is None else member.series.items()

    def targets(self) -> frozenset[UUID]:
        return frozenset(self._members)

    def use(self, rules: Iterable[Rule], groups: Groups = _NO_GROUPS) -> None:
        """Use these rules from now on. States of a rule that stays or is changed are kept."""
        self._groups = groups
        wanted = {rule.name: rule for rule in rules if rule.enabled}
        self._forget_after = max([_FORGET_AFTER, *map(look_back, wanted.values())])
        for name in self._watches.keys() - wanted.keys():
            del self._watches[name]
        for name, rule in wanted.items():
            old = self._watches.get(name)
            if old is None or old.rule != rule:
                self._watches[name] = self._bound_anew(rule, old)

    def forget(self, target: UUID) -> None:
        """Let go of a target that is no longer collected here."""
        member = self._members.pop(target, None)
        if member is None:
            return
        for watch in self._watches.values():
            for owner in [owner for owner in watch.owners() if owner[0] == target]:
                watch.unbind(owner)
        member.series.drop()
        self._looks.at[member.number] = -np.inf
        self._looks.reach[member.number] = _REACH
        self._pauses[member.number] = 0.0
        self._free_numbers.append(member.number)

    def admit(self, batches: Sequence[CollectedBatch]) -> None:
        """Take scrapes, at most one a target."""
        members = [self._member(batch) for batch in batches]
        numbers = np.fromiter((member.number for member in members), np.intp, len(members))
        moments = np.fromiter((batch.at.timestamp() for batch in batches), float, len(members))
        for place in np.flatnonzero(moments <= self._looks.at[numbers] - _SET_BACK):
            self._follow_clock(members[place], float(moments[place]))
        self._look(numbers, moments)
        self._columns.now = float(moments.max())
        admit(
            self._columns,
            [(member.series, batch) for member, batch in zip(members, batches, strict=True)],
        )
        for member in members:
            if member.bound_version != member.series.version:
                self._bind(member)

    def restore(self, standings: Iterable[Standing], targets: AbstractSet[UUID]) -> list[Standing]:
        """Take over what is kept of these targets, after they were admitted.

        Gives what is kept of instances that are not there (yet).
        """
        by_rule: dict[str, dict[Instance, Standing]] = {}
        for standing in standings:
            instance = (standing.target, standing.item, standing.labels)
            by_rule.setdefault(standing.rule, {})[instance] = standing
        return [
            missing
            for name, watch in self._watches.items()
            for missing in watch.restore(by_rule.get(name, {}), targets, self._looks)
        ]

    def unfilled(self) -> list[Unfilled]:
        """Long windows, since the last time, of series of which the history may know more."""
        unfilled, self._unfilled = self._unfilled, []
        return unfilled

    def fill(self, filled: Iterable[Filled]) -> None:
        """Put before windows what they held earlier, where their series is still that series."""
        for found in filled:
            still = [self._has(window) for window in found.windows]
            kept = [window for window, here in zip(found.windows, still, strict=True) if here]
            ids = np.array([window.number for window in kept], np.int64)
            first = np.array([window.value for window in kept], np.float64)
            self._columns.fill(found.shape, ids, found.older.only(np.flatnonzero(still)), first)

    def not_there(self, standings: Iterable[Standing]) -> list[tuple[Standing, float]]:
        """Which of these have no series though all that could tell of them answers, each with the
        moment of its target's last answer.
        """
        found = []
        for standing in standings:
            watch, member = self._watches.get(standing.rule), self._members.get(standing.target)
            if watch is None or member is None:
                continue  # of a rule or a target that is gone others tell
            instance = (standing.target, standing.item, standing.labels)
            if not watch.has(instance) and member.series.has_told_of(watch.metrics):
                found.append((standing, float(self._looks.at[member.number])))
        return found

    def waiting(self) -> tuple[Standing, ...]:
        """What is pending, with the moment of its last look."""
        return tuple(waiting for watch in self._watches.values() for waiting in watch.waiting())

    def kept_for(self, rule: str) -> float:
        """Seconds for which an alert of this rule stays after its condition ended."""
        watch = self._watches.get(rule)
        return 0.0 if watch is None else watch.rule.timing.keep

    def looked_at(self, target: UUID) -> float | None:
        """The moment of a target's newest scrape here."""
        member = self._members.get(target)
        return None if member is None else float(self._looks.at[member.number])

    def gap_of(self, rule: str) -> float | None:
        """For how long what is pending may be unknown; None where that counts as holding."""
        watch = self._watches.get(rule)
        return None if watch is None or watch.rule.timing.unknown_counts else watch.rule.timing.gap

    def seen(self) -> tuple[Seen, ...]:
        """What fires now, with its newest value."""
        return tuple(instance for watch in self._watches.values() for instance in watch.seen())

    def evaluate(self, batches: Sequence[CollectedBatch]) -> Verdicts:
        """Judge the targets of these batches, which were admitted before."""
        updated = np.zeros(len(self._looks.at), np.bool_)
        for batch in batches:
            number = self._members[batch.target].number
            updated[number] = True
        moved, self._moved = Verdicts(standings=tuple(self._moved)), []
        found = [
            verdicts
            for watch in self._watches.values()
            if (verdicts := watch.evaluate(self._columns, updated, self._looks))
        ]
        self._clean()
        return sum(found, moved)

    def _member(self, batch: CollectedBatch) -> _Member:
        member = self._members.get(batch.target)
        group_of = self._groups.get(batch.template, _NO_GROUP)
        if member is not None and _same(member, batch, group_of):
            return member
        self.forget(batch.target)
        number = self._free_numbers.pop() if self._free_numbers else self._new_number()
        series = TargetSeries.of(batch, self._columns, group_of)
        member = _Member(series, batch.template, batch.alone, number)
        self._members[batch.target] = member
        return member

    def _new_number(self) -> int:
        looks = self._looks
        self._looks = Looks(np.append(looks.at, -np.inf), np.append(looks.reach, _REACH))
        self._pauses = np.concatenate([self._pauses, np.zeros((1, 2))])
        return len(looks.at)

    def _look(self, numbers: Indexes, moments: Floats) -> None:
        """Note scrapes of different targets. What one says is believed for three times the shorter
        of the two pauses before, so that one long silence does not make the next look usual.
        """
        pauses = self._pauses[numbers]
        self._looks.reach[numbers] = np.maximum(_REACH, _TIMES * pauses.min(axis=1))
        newest = moments - self._looks.at[numbers]
        newest[~np.isfinite(newest)] = 0.0
        self._pauses[numbers] = np.column_stack([pauses[:, 1], newest])
        self._looks.at[numbers] = moments

    def _follow_clock(self, member: _Member, at: float) -> None:
        """The clock was set back: what is known moves with it, else nothing would be judged until
        it is again as late as it was.
        """
        last = float(self._looks.at[member.number])
        seconds = at - _BETWEEN - last
        logger.warning("the clock was set back by %.0f s: %s", last - at, member.series.name)
        self._columns.shift(np.append(member.series.all_ids(), member.series.up), seconds)
        self._looks.at[member.number] += seconds
        for watch in self._watches.values():
            self._moved += watch.shift(member.number, seconds)

    def _bound_anew(self, rule: Rule, old: Watch | None) -> Watch:
        watch = Watch(rule)
        if old is not None:
            watch.inherit(old)
        for member in self._members.values():
            self._bind_to(watch, member)
        return watch

    def _bind(self, member: _Member) -> None:
        member.bound_version = member.series.version
        for watch in self._watches.values():
            self._bind_to(watch, member)

    def _bind_to(self, watch: Watch, member: _Member) -> None:
        if watch.rule.templates and member.template not in watch.rule.templates:
            return
        target = member.series.target
        stale = {owner for owner in watch.owners() if owner[0] == target}
        for item, holding in member.series.holdings():
            owner: Owner = (target, item)
            stale.discard(owner)
            extra = _extra(watch.rule, member)
            try:
                plans = list(watch.bind(owner, member.number, holding, extra))
                kept = [window for plan in plans for window in windows(plan)]
                self._columns.watch((window.window, window.ids) for window in kept)
                self._note_unfilled(member)
            except TooCostly:
                self._refuse(watch, owner, member)
        for owner in stale:
            watch.unbind(owner)

    def _note_unfilled(self, member: _Member) -> None:
        unfilled = self._columns.unfilled()
        if not unfilled:
            return
        keys = member.series.keys_by_number()
        self._unfilled += [
            Unfilled(member.series.target, keys[number], number, shape, at, value)
            for shape, ids, moments, values in unfilled
            for number, at, value in zip(
                ids.tolist(), moments.tolist(), values.tolist(), strict=True
            )
        ]

    def _has(self, window: Unfilled) -> bool:
        member = self._members.get(window.target)
        if member is None or self._columns.now - window.at >= window.shape.horizon:
            return False
        return member.series.number_of(window.key) == window.number

    def _refuse(self, watch: Watch, owner: Owner, member: _Member) -> None:
        """A rule that would cost too much is not judged for this owner, and that is told."""
        watch.unbind(owner)
        watch.refused.add(owner)
        told = "Rule %s would cost too much on target %s and is not judged for it"
        logger.error(told, watch.rule.name, member.series.name)

    def _clean(self) -> None:
        """Now and then, forget series that ended long ago."""
        now = self._columns.now
        if abs(now - self._cleaned_at) < _HOUSEKEEPING:
            return
        self._cleaned_at = now
        for member in self._members.values():
            member.series.forget_ended(now - _FORGET_AFTER, kept=now - self._forget_after)
            if member.bound_version != member.series.version:
                self._bind(member)


def _same(member: _Member, batch: CollectedBatch, group_of: Mapping[str, str]) -> bool:
    """Whether a target is still what it was when it was first seen."""
    series = member.series
    was = (member.template, member.alone, series.item, series.name, series.group_of)
    return was == (batch.template, batch.alone, batch.item, batch.target_name, group_of)


def _extra(rule: Rule, member: _Member) -> Labels:
    """Tell targets apart where a rule could find the same of one item through two of them."""
    if rule.templates and member.alone:
        return ()
    return (("target", member.series.name),)
